"""What evidence counts of protection: coded columns and dates, by person, and never a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from havre.protection.enums import (
    AskState,
    CallEnd,
    Caller,
    CallSubject,
    DecisionReason,
    IdentificationStatus,
    Need,
    Profile,
    RecoveryAnswer,
    ScreeningOutcome,
    ServiceKind,
    ServiceReason,
    ServiceStatus,
    Situation,
    VitalGround,
)
from havre.protection.enums_care import CareKind
from havre.protection.kinds import KINDS
from havre.protection.models import AssistanceService, HotlineContact, Identification, LaterConsent, Screening
from havre.trust.contracts import Column

Rows = Iterator[dict[str, Any]]

_CODES = (
    ("screening", "situation", Situation),
    ("screening", "profile", Profile),
    ("screening", "suggested", ScreeningOutcome),
    ("screening", "outcome", ScreeningOutcome),
    ("identification", "status", IdentificationStatus),
    ("identification", "reason", DecisionReason),
    ("identification", "recovery_answer", RecoveryAnswer),
    ("assistance", "kind", ServiceKind),
    ("assistance", "need", Need),
    ("assistance", "status", ServiceStatus),
    ("assistance", "reason", ServiceReason),
    ("care", "kind", CareKind),
    ("later_consent", "ground", VitalGround),
    ("later_consent", "status", AskState),
    ("hotline", "caller", Caller),
    ("hotline", "subject", CallSubject),
    ("hotline", "ended", CallEnd),
)
_DATES = (
    ("screening", "happened_on"),
    ("identification", "opened_on"),
    ("identification", "presumed_on"),
    ("identification", "decided_on"),
    ("assistance", "proposed_on"),
    ("care", "noted_on"),
    ("later_consent", "since_on"),
    ("later_consent", "asked_on"),
    ("hotline", "happened_on"),
)
_BY_PERSON = ("screening", "identification", "assistance", "care", "later_consent")
COLUMNS = (
    *(Column(table, name, "code", tuple(values.values)) for table, name, values in _CODES),
    *(Column(table, name, "date") for table, name in _DATES),
    *(Column(table, name, "pseudonym") for table in _BY_PERSON for name in ("case_id", "person_id")),
)


def columns_of_extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """The tables that evidence counts, one at a time and read row by row: name, and rows of the columns in `COLUMNS`."""
    yield "screening", _screenings()
    yield "identification", _identifications()
    yield "assistance", _services()
    yield "later_consent", _later_consents()
    yield "hotline", _contacts()
    yield "care", _care()


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _screenings() -> Rows:
    for one in Screening.objects.for_house("extract").order_by("pk").iterator():
        yield {
            "case_id": str(one.case_id),
            "person_id": str(one.person_id),
            "situation": one.situation,
            "profile": one.profile,
            "suggested": one.suggested,
            "outcome": one.outcome or None,
            "happened_on": _day(one.happened_at),
        }


def _identifications() -> Rows:
    for one in Identification.objects.for_house("extract").order_by("pk").iterator():
        yield {
            "case_id": str(one.case_id),
            "person_id": str(one.person_id),
            "status": one.status,
            "reason": one.reason or None,
            "opened_on": _day(one.opened_at),
            "presumed_on": _day(one.presumed_at),
            "decided_on": _day(one.decided_at),
            "recovery_answer": one.recovery_answer or None,
        }


def _services() -> Rows:
    for one in AssistanceService.objects.for_house("extract").select_related("plan").order_by("pk").iterator():
        yield {
            "case_id": str(one.case_id),
            "person_id": str(one.plan.person_id),
            "kind": one.kind,
            "need": one.need,
            "status": one.status,
            "reason": one.reason or None,
            "proposed_on": _day(one.proposed_at),
        }


def _later_consents() -> Rows:
    for one in LaterConsent.objects.for_house("extract").order_by("pk").iterator():
        yield {
            "case_id": str(one.case_id),
            "person_id": str(one.person_id),
            "ground": one.ground,
            "status": one.status,
            "since_on": _day(one.since),
            "asked_on": _day(one.asked_at),
        }


def _contacts() -> Rows:
    for one in HotlineContact.objects.order_by("pk").iterator():
        yield {"caller": one.caller, "subject": one.subject, "ended": one.ended, "happened_on": one.happened_on}


def _care() -> Rows:
    """That a record of care was made and when: codes and dates only."""
    for code in CareKind.values:
        for one in KINDS[code].model.objects.for_house("extract").order_by("pk").iterator():
            yield {"case_id": str(one.case_id), "person_id": str(one.person_id), "kind": code, "noted_on": _day(one.at)}
