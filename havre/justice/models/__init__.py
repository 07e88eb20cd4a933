"""The models of justice, by subject."""

from havre.justice.models.exhibits import Custody, Exhibit
from havre.justice.models.links import LinkNode, SourcedLink
from havre.justice.models.parties import Asset, Hearing, LegalAssistance, NonPunishmentRequest, Sentence, Suspect
from havre.justice.models.proceedings import ICCS, Charge, CompensationClaim, Proceeding, new_pseudonym
from havre.justice.models.wages import WageCalculation

__all__ = [
    "ICCS",
    "Asset",
    "Charge",
    "CompensationClaim",
    "Custody",
    "Exhibit",
    "Hearing",
    "LegalAssistance",
    "LinkNode",
    "NonPunishmentRequest",
    "Proceeding",
    "Sentence",
    "SourcedLink",
    "Suspect",
    "WageCalculation",
    "new_pseudonym",
]
