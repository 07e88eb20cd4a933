"""What evidence counts of protection: coded columns and dates, by person, and never a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from havre.protection.enums_care import CareKind
from havre.protection.kinds import KINDS
from havre.protection.models import AssistanceService, HotlineContact, Identification, LaterConsent, Screening


def care_of_extract() -> Iterable[dict[str, Any]]:
    """That a record of care was made and when: codes and dates only."""
    for code in CareKind.values:
        for one in KINDS[code].model.objects.for_house("extract").order_by("pk").iterator():
            yield {"case_id": str(one.case_id), "person_id": str(one.person_id), "kind": code, "noted_on": one.at.date()}


def columns_of_extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Coded columns only, by person: what evidence counts."""
    yield (
        "screening",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "situation": one.situation,
                "profile": one.profile,
                "suggested": one.suggested,
                "outcome": one.outcome or None,
                "happened_on": one.happened_at.date(),
            }
            for one in Screening.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "identification",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "status": one.status,
                "reason": one.reason or None,
                "opened_on": one.opened_at.date(),
                "presumed_on": one.presumed_at.date() if one.presumed_at else None,
                "decided_on": one.decided_at.date() if one.decided_at else None,
                "recovery_answer": one.recovery_answer or None,
            }
            for one in Identification.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "assistance",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.plan.person_id),
                "kind": one.kind,
                "need": one.need,
                "status": one.status,
                "reason": one.reason or None,
                "proposed_on": one.proposed_at.date(),
            }
            for one in AssistanceService.objects.for_house("extract").select_related("plan").order_by("pk").iterator()
        ),
    )
    yield (
        "later_consent",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "ground": one.ground,
                "status": one.status,
                "since_on": one.since.date(),
                "asked_on": one.asked_at.date() if one.asked_at else None,
            }
            for one in LaterConsent.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "hotline",
        (
            {"caller": one.caller, "subject": one.subject, "ended": one.ended, "happened_on": one.happened_on}
            for one in HotlineContact.objects.order_by("pk").iterator()
        ),
    )
    yield "care", care_of_extract()
