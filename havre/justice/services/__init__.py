"""Acts of justice, by subject."""

from havre.justice.services.proceedings import (
    CLAIM_RECORDS,
    PROCEEDING_RECORDS,
    add_charge,
    inform,
    move,
    move_claim,
    open_proceeding,
    protect,
)

__all__ = [
    "CLAIM_RECORDS",
    "PROCEEDING_RECORDS",
    "add_charge",
    "inform",
    "move",
    "move_claim",
    "open_proceeding",
    "protect",
]
