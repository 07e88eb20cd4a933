"""What the person's own copy holds of justice: what is theirs. Nothing of a suspect, of a third person, of how it is investigated."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from havre.justice.enums import Against
from havre.justice.enums_records import ExhibitSource
from havre.justice.models import Charge, CompensationClaim, Exhibit, Hearing, NonPunishmentRequest, Proceeding, WageCalculation
from havre.trust.actors import Actor

# kind of entry -> its model, what narrows it to the person's own, and the columns that are copied (shown name = column)
OWN: tuple[tuple[str, Any, dict[str, Any], tuple[str, ...]], ...] = (
    (
        "proceeding", Proceeding, {},
        (
            "pseudonym", "stage=status", "against", "opened_at", "interviews", "measures", "hearing_mode", "lawyer_at", "charged_at",
            "judged_at", "closed_at", "close_reason", "non_punishment", "verdict",
        ),
    ),
    # what is held against the person; a charge against somebody else is not theirs
    ("charge", Charge, {"proceeding__against": Against.PERSON, "suspect": None}, ("article", "iccs", "charged_on", "verdict")),
    ("hearing", Hearing, {}, ("status", "starts_at", "court", "purpose", "mode", "measures", "person_heard", "adjourned_because")),
    (
        "non_punishment", NonPunishmentRequest, {},
        ("status", "ground", "flagged_at", "asked_at", "answer_by", "answered_at", "kept_because", "review_asked_at", "reviewed_at"),
    ),
    # what the person gave, so that it can be asked back
    ("exhibit", Exhibit, {"source": ExhibitSource.PERSON}, ("number", "kind", "taken_at", "status")),
    (
        "claim", CompensationClaim, {},
        (
            "status", "kind", "informed_at", "wanted_at", "limitation_on", "claimed", "rejected_because", "rejected_at", "awarded", "paid",
            "currency", "awarded_at", "paid_at",
        ),
    ),
    ("lost_wages", WageCalculation, {}, ("total", "currency", "made_at")),
)  # fmt: skip


def dossier(actor: Actor, case_id: UUID) -> Iterable[tuple[str, dict[str, Any]]]:
    """Each entry that this actor may read, for the copy that the person takes away."""
    for kind, model, own, named in OWN:
        pairs = [(one.partition("=")[0], one.rpartition("=")[2]) for one in named]
        for row in model.objects.visible_to(actor).filter(case_id=case_id, **own).order_by("pk"):
            yield kind, {shown: _told(getattr(row, column)) for shown, column in pairs}


def _told(value: Any) -> Any:
    return None if value == "" else value
