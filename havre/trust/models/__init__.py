"""The models of trust, by subject."""

from havre.trust.models.accounts import Holder, Membership, User
from havre.trust.models.audit import ActRow, ChainLink, Checkpoint, Reading, ReadingSubject
from havre.trust.models.grants import BreakGlass, Conflict, Grant, Receipt, Seal
from havre.trust.models.organisations import Accreditation, Agreement, Organisation

__all__ = [
    "Accreditation",
    "ActRow",
    "Agreement",
    "BreakGlass",
    "ChainLink",
    "Checkpoint",
    "Conflict",
    "Grant",
    "Holder",
    "Membership",
    "Organisation",
    "Reading",
    "ReadingSubject",
    "Receipt",
    "Seal",
    "User",
]
