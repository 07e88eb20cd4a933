"""The models of trust, by subject."""

from havre.trust.models.accounts import Holder, Membership, User
from havre.trust.models.clocks import Clock, ClockEvent, Override
from havre.trust.models.grants import BreakGlass, Conflict, Grant, Receipt, Seal
from havre.trust.models.organisations import Accreditation, Agreement, Organisation

__all__ = [
    "Accreditation",
    "Agreement",
    "BreakGlass",
    "Clock",
    "ClockEvent",
    "Conflict",
    "Grant",
    "Holder",
    "Membership",
    "Organisation",
    "Override",
    "Receipt",
    "Seal",
    "User",
]
