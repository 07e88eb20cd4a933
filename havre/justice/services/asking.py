"""Non-punishment: the alert of the day of the flag, the answer before the next hearing, the review by another person, the dates bundle."""

from __future__ import annotations

from datetime import date
from math import ceil
from typing import Any
from uuid import UUID

from django.db.models import Min

from havre.justice.enums import NonPunishment, Stage
from havre.justice.enums_records import AskStatus, HearingStatus
from havre.justice.models import Hearing, NonPunishmentRequest, Proceeding
from havre.justice.workflow import ALERT, ANSWER, LAWYERS, PROSECUTORS
from havre.trust import audit, clocks
from havre.trust.actors import Actor
from havre.trust.law import RulePart

OPEN = (AskStatus.FLAGGED, AskStatus.ASKED, AskStatus.REVIEWED)


def is_open(proceeding_id: UUID) -> bool:
    """Whether a request of this proceeding waits for its answer; asked for every role, since it holds up a hearing."""
    return NonPunishmentRequest.objects.for_house("gates").filter(proceeding_id=proceeding_id, status__in=OPEN).exists()


def next_hearing(proceeding_id: UUID, *, after: Any) -> date | None:
    """The day of the next planned hearing, None when there is none."""
    planned = Hearing.objects.for_house("gates").filter(proceeding_id=proceeding_id, status=HearingStatus.PLANNED, starts_at__gt=after)
    first = planned.aggregate(first=Min("starts_at"))["first"]
    return first.date() if first else None


def before(row: NonPunishmentRequest, step: str, _record: dict[str, Any], by: Actor) -> None:
    """Whoever takes a step has been alerted by it."""
    if step != "flag":
        _alerted(row, by)


def after(row: NonPunishmentRequest, step: str, _record: dict[str, Any], by: Actor) -> None:
    """Clocks, moments, and the proceeding that goes with the answer."""
    if step == "flag":
        clocks.start(ALERT, case_id=row.case_id, subject_id=row.pk, at=by.at, by=by)
        _alerted(row, by)
    elif step in {"ask", "ask_review"}:
        _owed(row, step, by)
    elif step in {"refuse", "uphold"}:
        _answered(row, step, by)
        _proceeding(row, by, non_punishment=NonPunishment.MAINTAINED)
    elif step == "grant":
        _answered(row, "refuse" if row.review_asked_at is None else "uphold", by)
        _drop(row, by)


def _owed(row: NonPunishmentRequest, step: str, by: Actor) -> None:
    """The answer is owed before the next hearing, or after 14 days where none is planned."""
    if step == "ask":
        row.asked_at = by.at
        _proceeding(row, by, non_punishment_asked_at=by.at, non_punishment="")
    else:
        row.review_asked_at = by.at
    hearing = next_hearing(row.proceeding_id, after=by.at)
    parts = None
    if hearing is not None:
        days = max(0, ceil((hearing - by.at.date()).days) - 1)
        parts = (RulePart(days, "days", "record.next_hearing", "record", "CoE Convention 2005, art. 26", True),)
    clock = clocks.start(ANSWER, case_id=row.case_id, subject_id=row.pk, at=by.at, by=by, parts=parts)
    due = clocks.due_at(clock)
    row.answer_by = due.date() if due else hearing


def _answered(row: NonPunishmentRequest, step: str, by: Actor) -> None:
    if step == "refuse":
        row.answered_at, row.answered_by_id = by.at, by.user.pk
    else:
        row.reviewed_at, row.reviewed_by_id = by.at, by.user.pk
    _end(row.pk, ANSWER, by)


def _alerted(row: NonPunishmentRequest, by: Actor) -> None:
    if by.role in LAWYERS and row.lawyer_alerted_at is None:
        row.lawyer_alerted_at = by.at
    if by.role in PROSECUTORS and row.prosecutor_alerted_at is None:
        row.prosecutor_alerted_at = by.at
    if row.lawyer_alerted_at and row.prosecutor_alerted_at:
        _end(row.pk, ALERT, by)


def _drop(row: NonPunishmentRequest, by: Actor) -> None:
    proceeding = row.proceeding
    closed = {"status": Stage.CLOSED, "closed_at": by.at, "close_reason": "dropped"} if proceeding.status != Stage.CLOSED else {}
    _proceeding(row, by, non_punishment=NonPunishment.DROPPED, **closed)
    if closed:
        audit.record(event="proceeding.drop", by=by, subject=proceeding.person_id, case_id=row.case_id)


def _proceeding(row: NonPunishmentRequest, by: Actor, **fields: Any) -> None:
    """Write the answer on the proceeding too, whose table asks for it."""
    found = Proceeding.objects.visible_to(by).get_for_step(pk=row.proceeding_id)
    for name, value in fields.items():
        setattr(found, name, value)
    found.save()
    row.proceeding = found


def _end(subject_id: UUID, rule: clocks.ClockRule, by: Actor) -> None:
    clock = clocks.latest(subject_id, rule.name)
    if clock is not None and clocks.state(clock) in {"running", "expired"}:
        clocks.end(clock, at=by.at, by=by)
