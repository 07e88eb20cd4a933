"""The models of trust, by subject."""

from havre.trust.models.accounts import Holder, Membership, User
from havre.trust.models.assessment import Assessment
from havre.trust.models.audit import ActRow, ChainLink, Checkpoint, Reading, ReadingSubject
from havre.trust.models.clocks import Clock, ClockEvent, Override
from havre.trust.models.codes import CodeKind, FactorReset, Nomination, OneTimeCode, Slowdown, UsedCode
from havre.trust.models.grants import BreakGlass, Conflict, Grant, Receipt, Restriction, Seal
from havre.trust.models.mergers import Merger, MergerApproval
from havre.trust.models.organisations import Accreditation, Agreement, Organisation
from havre.trust.models.requests import IdentityEvent, IdentityRequest
from havre.trust.models.retention import LegalHold, RetentionOrder
from havre.trust.models.vault import BlindIndex, CountrySearch, Erasure, IndexKey, PersonKey, RootKey, SealedSection, ServerKey

__all__ = [
    "Accreditation",
    "ActRow",
    "Agreement",
    "Assessment",
    "BlindIndex",
    "BreakGlass",
    "ChainLink",
    "Checkpoint",
    "Clock",
    "ClockEvent",
    "CodeKind",
    "Conflict",
    "CountrySearch",
    "Erasure",
    "FactorReset",
    "Grant",
    "Holder",
    "IdentityEvent",
    "IdentityRequest",
    "IndexKey",
    "LegalHold",
    "Membership",
    "Merger",
    "MergerApproval",
    "Nomination",
    "OneTimeCode",
    "Organisation",
    "Override",
    "PersonKey",
    "Reading",
    "ReadingSubject",
    "Receipt",
    "Restriction",
    "RetentionOrder",
    "RootKey",
    "Seal",
    "SealedSection",
    "ServerKey",
    "Slowdown",
    "UsedCode",
    "User",
]
