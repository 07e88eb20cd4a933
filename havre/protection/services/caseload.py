"""The caseload: who is in charge of what, and the hand-over of all of it in one act, without losing an access, a period or a task."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection.enums_care import AssignmentState, TaskState
from havre.protection.models import Assignment, CaseloadHandover, Task
from havre.trust import audit, clocks
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Clock, ClockEvent, Conflict, Membership, User
from havre.trust.records import ProtectedQuerySet


@dataclass(frozen=True, slots=True)
class Open:
    """What goes with a caseload: one line for each period that runs, with the case's reference and when it ends."""

    case_ref: str
    clock: Clock
    due_at: datetime | None


def open_clocks(worker: User, by: Actor) -> list[Open]:
    """Every period that runs in the cases of one worker of one's own service, the soonest first. Reads only what `by` may read."""
    mine = {one.case_id: one.case.ref for one in _held(worker, by).select_related("case")}
    found = clocks.load(ClockEvent.objects.visible_to(by).filter(case_id__in=list(mine)).select_related("clock", "by"))
    running = [Open(mine[clock.case_id], clock, clocks.due_at(clock)) for clock in found if clocks.state(clock) in {"running", "paused"}]
    return sorted(running, key=lambda one: (one.due_at is None, one.due_at or by.at))


@trust.act("caseload.hand_over")
def hand_over(*, giver_id: UUID, taker_id: UUID, by: Actor) -> CaseloadHandover:
    """Give every case and every open task of one worker to another of the same service and job, in one act.

    No grant changes: access belongs to the job, so none is lost; no clock is touched, and each that runs is counted.
    By the worker, or by a supervisor of the service. Raises: Refused (403) for anybody else, and, naming how many cases, where a conflict
    of interest is on record for who takes over; Invalid when the two are one, or not of this service and job.
    """
    _may(giver_id, by)
    giver, taker = _pair(giver_id, taker_id, by)
    held = list(_held(giver, by).select_for_update(of=("self",)))
    barred = Conflict.objects.filter(case_id__in=[one.case_id for one in held], holder__user=taker).values("case_id").distinct().count()
    if barred:
        raise Refused(
            (_("a conflict of interest is on record for %(count)s of these cases: give those to somebody else first") % {"count": barred},)
        )
    tasks = list(_tasks(giver, by).select_for_update(of=("self",)))
    running = len(open_clocks(giver, by))
    for one in held:
        one.status, one.ended_at = AssignmentState.HANDED_ON, by.at
        one.save(update_fields=["status", "ended_at"])
        Assignment.objects.add(
            by=by,
            case_id=one.case_id,
            person_id=one.person_id,
            by_id=by.user.pk,
            at=by.at,
            worker_id=taker.pk,
            organisation_id=by.organisation_id,
            role=by.role,
            status=AssignmentState.HELD,
        )
    for task in tasks:
        task.owner = taker
        task.save(update_fields=["owner"])
    done = CaseloadHandover.objects.create(
        organisation_id=by.organisation_id,
        role=by.role,
        giver=giver,
        taker=taker,
        by=by.user,
        at=by.at,
        cases=len(held),
        tasks=len(tasks),
        clocks=running,
    )
    codes: dict[str, str | int] = {"cases": len(held), "tasks": len(tasks), "clocks": running, "taker": str(taker.pk)}
    audit.record(event="caseload.hand_over", by=by, subject=giver.pk, codes=codes)
    return done


def _held(worker: User, by: Actor) -> ProtectedQuerySet[Any]:
    mine = Assignment.objects.visible_to(by).filter(organisation_id=by.organisation_id, role=by.role)
    return mine.filter(worker=worker, status=AssignmentState.HELD)


def _tasks(worker: User, by: Actor) -> ProtectedQuerySet[Any]:
    return Task.objects.visible_to(by).filter(owner=worker, status=TaskState.OPEN)


def _may(giver_id: UUID, by: Actor) -> None:
    if by.user.pk == giver_id:
        return
    mine = Membership.objects.filter(user=by.user, organisation_id=by.organisation_id, role=by.role, supervisor=True, ended_at=None)
    if not mine.exists():
        raise Refused((_("a caseload is handed over by whoever holds it, or by a supervisor of the service"),), status=403)


def _pair(giver_id: UUID, taker_id: UUID, by: Actor) -> tuple[User, User]:
    if giver_id == taker_id:
        raise Invalid({"taker": [_("choose somebody else")]})
    job = Membership.objects.filter(organisation_id=by.organisation_id, role=by.role)
    # who leaves may have left already
    giver = User.objects.filter(Q(pk=giver_id) & Q(pk__in=job.values("user_id"))).first()
    taker = User.objects.filter(pk=taker_id, pk__in=job.filter(ended_at=None).values("user_id")).first()
    if giver is None or taker is None:
        raise Invalid({"taker": [_("both must be of this service and of this job")]})
    return giver, taker
