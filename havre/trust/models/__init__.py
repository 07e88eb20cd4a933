"""The models of trust, by subject."""

from havre.trust.models.accounts import Holder, Membership, User
from havre.trust.models.grants import BreakGlass, Conflict, Grant, Receipt, Seal
from havre.trust.models.organisations import Accreditation, Agreement, Organisation
from havre.trust.models.vault import BlindIndex, CountrySearch, Erasure, IndexKey, PersonKey, RootKey, SealedSection, ServerKey

__all__ = [
    "Accreditation",
    "Agreement",
    "BlindIndex",
    "BreakGlass",
    "Conflict",
    "CountrySearch",
    "Erasure",
    "Grant",
    "Holder",
    "IndexKey",
    "Membership",
    "Organisation",
    "PersonKey",
    "Receipt",
    "RootKey",
    "Seal",
    "SealedSection",
    "ServerKey",
    "User",
]
