"""The models of trust, by subject."""

from havre.trust.models.accounts import Holder, Membership, User
from havre.trust.models.codes import CodeKind, FactorReset, Nomination, OneTimeCode, Slowdown, UsedCode
from havre.trust.models.grants import BreakGlass, Conflict, Grant, Receipt, Seal
from havre.trust.models.organisations import Accreditation, Agreement, Organisation

__all__ = [
    "Accreditation",
    "Agreement",
    "BreakGlass",
    "CodeKind",
    "Conflict",
    "FactorReset",
    "Grant",
    "Holder",
    "Membership",
    "Nomination",
    "OneTimeCode",
    "Organisation",
    "Receipt",
    "Seal",
    "Slowdown",
    "UsedCode",
    "User",
]
