"""What a step on a record of care changes beside its own columns: dates, clocks, tasks, the presumption of childhood."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import TaskKind
from havre.protection.enums_evidence import AgeResult
from havre.protection.models import AssistancePlan, Identification, RiskAssessment, Shelter, Task
from havre.protection.workflow_care import BEST_DUE
from havre.register.enums import AgeBasis
from havre.register.models import Person
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.errands import as_house
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Conflict, Membership, User

Effect = Callable[[Any, str, Actor], None]
# months after the help, or the journey, at which somebody asks how it goes (Havre's own value; TRM 2010 leaves the length open)
SCHEDULE = (1, 3, 6, 12)
STAY_NOTICE = timedelta(days=30)


def prepare(kind: str, made: Any, by: Actor) -> None:
    """Fill in what the first step of a kind rests on, before its table is asked. Raises: Refused, Invalid."""
    if kind == "evidence":
        found = Identification.objects.visible_to(by).filter(person_id=made.person_id).order_by("-opened_at").first()
        if found is None:
            raise Refused((_("no identification of this person is open to you: evidence stands on one"),))
        made.identification = found
    elif kind == "follow_up":
        plan = AssistancePlan.objects.visible_to(by).filter(person_id=made.person_id).order_by("-started_at").first()
        if plan is None:
            raise Refused((_("no help for this person was begun: a follow-up stands on a plan"),))
        made.plan = plan
    elif kind == "safety_measure":
        made.risk = RiskAssessment.objects.visible_to(by).filter(person_id=made.person_id).order_by("-at").first()
    elif kind == "placement" and made.shelter_id:
        # two who place at once wait for each other here, and the second sees what the first took
        made.shelter = Shelter.objects.select_for_update().get(pk=made.shelter_id)
    elif kind == "task":
        made.owner = made.owner or by.user
        _of_the_house(made.owner, by)
    elif kind == "assignment":
        made.worker = made.worker if made.worker_id else by.user
        made.organisation_id, made.role = by.organisation_id, by.role
        _of_the_house(made.worker, by)


def apply(kind: str, kept: Any, step: str, by: Actor) -> None:
    """Change the row's own dates with its state, before it is saved. Raises: Refused."""
    effect = _EFFECTS.get(kind)
    if effect is not None:
        effect(kept, step, by)


def after(kind: str, kept: Any, step: str, by: Actor) -> None:
    """Change what stands beside the row, once it is there: clocks, tasks, the person."""
    effect = _AFTER.get(kind)
    if effect is not None:
        effect(kept, step, by)


def later(moment: datetime, months: int) -> datetime:
    """The same day some months on, or the last day of a shorter month: the 31st of January and one month is the end of February."""
    year, month = divmod(moment.month - 1 + months, 12)
    for day in (moment.day, 30, 29, 28):
        try:
            return moment.replace(year=moment.year + year, month=month + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has 28 days")


def remind(
    *, kept: Any, kind: TaskKind, due_at: datetime, at: datetime | None = None, owner: User | None = None, by: Actor | None = None
) -> bool:
    """Set one task about a record, by the house; False when that very task was set before. Safe to call twice.

    Args: at, when the house sets it, where nobody acts.
    """
    same = Task.objects.for_house("clocks").filter(subject_id=kept.pk, kind=kind, due_at=due_at)
    if same.exists():
        return False
    task = Task(
        case_id=kept.case_id,
        # a task may be about the person as such
        person_id=getattr(kept, "person_id", None) or kept.pk,
        by=by.user if by else None,
        at=by.at if by else at or due_at,
        kind=kind,
        owner=owner,
        due_at=due_at,
        subject_id=kept.pk,
    )
    with as_house():
        task.save(force_insert=True)
    return True


def _of_the_house(user: User, by: Actor) -> None:
    """Raises: Invalid unless this user holds the acting job's own role in the same service."""
    if not Membership.objects.filter(user=user, organisation_id=by.organisation_id, role=by.role, ended_at=None).exists():
        raise Invalid({"owner": [_("choose somebody of your own service and job")]})


def _age(kept: Any, step: str, by: Actor) -> None:
    if step == "conclude":
        kept.result, kept.concluded_at = kept.reading, by.at


def _age_after(kept: Any, step: str, by: Actor) -> None:
    """In doubt a child: from the question on, after a refusal, after a challenge, and when the margin reaches below 18."""
    person = Person.objects.visible_to(by).get_for_step(pk=kept.person_id)
    person.presumed_minor = step != "conclude" or kept.result != AgeResult.ADULT
    if step == "conclude" and kept.result != AgeResult.IN_DOUBT:
        person.age_basis = AgeBasis.ASSESSED
    person.save(update_fields=["presumed_minor", "age_basis"])


def _attempt(kept: Any, _step: str, by: Actor) -> None:
    kept.happened_at = kept.happened_at or by.at
    _not_ahead(kept.happened_at, by)


def _entry(kept: Any, step: str, by: Actor) -> None:
    if step == "write":
        kept.happened_at = kept.happened_at or by.at
        _not_ahead(kept.happened_at, by)


def _not_ahead(moment: datetime, by: Actor) -> None:
    if moment > by.at:
        raise Invalid({"happened_at": [_("this moment is still to come: give the moment at which it happened")]})


def _notice(kept: Any, step: str, by: Actor) -> None:
    if step == "send":
        kept.sent_at = by.at


def _measure(kept: Any, step: str, by: Actor) -> None:
    if step in {"do", "drop"}:
        kept.done_at = by.at


def _safety_note(kept: Any, step: str, by: Actor) -> None:
    if step == "end":
        kept.ended_at = by.at


def _follow_up(kept: Any, step: str, by: Actor) -> None:
    if step == "hold":
        kept.held_at = by.at


def _follow_up_after(kept: Any, step: str, by: Actor) -> None:
    """Signs of being trafficked again are acted on the next day."""
    if step == "hold" and kept.retrafficking:
        remind(kept=kept, kind=TaskKind.CALL, due_at=by.at + timedelta(days=1), owner=by.user, by=by)


def _placement(kept: Any, step: str, by: Actor) -> None:
    if step == "accept":
        kept.starts_at = by.at
    elif step == "leave":
        kept.ended_at = by.at


def _booking(kept: Any, step: str, by: Actor) -> None:
    if step == "confirm":
        # two bookings of one interpreter wait for each other here
        User.objects.select_for_update().get(pk=kept.interpreter_id)
        if not kept.is_possible:
            raise Refused((_("this interpreter has just been booked for that time"),))
        if Conflict.objects.filter(case_id=kept.case_id, holder__user_id=kept.interpreter_id).exists():
            raise Refused((_("a conflict of interest is on record for this interpreter: choose another"),))
        kept.conflict_checked_at = by.at
    elif step == "replace":
        kept.interpreter, kept.interpreter_gender, kept.no_link, kept.conflict_checked_at = None, "", None, None


def _beside(kept: Any, step: str, by: Actor) -> None:
    if step == "name":
        kept.named_at = kept.named_at or by.at
    elif step == "end":
        kept.ended_at = by.at


def _best(kept: Any, step: str, by: Actor) -> None:
    if step == "decide":
        kept.decided_by, kept.decided_at = by.user, by.at


def _best_after(kept: Any, step: str, by: Actor) -> None:
    if step == "open":
        clocks.start(BEST_DUE, case_id=kept.case_id, subject_id=kept.pk, at=by.at, by=by)
    elif step == "decide":
        stop(kept, BEST_DUE.name, by)


def stop(kept: Any, name: str, by: Actor) -> None:
    """End a clock of this record, where one runs."""
    clock = clocks.latest(kept.pk, name)
    if clock is not None and clocks.state(clock) in {"running", "paused", "expired"}:
        clocks.end(clock, at=by.at, by=by)


def _return(kept: Any, step: str, by: Actor) -> None:
    if step == "follow_up":
        kept.followed_at = by.at


def _return_after(kept: Any, step: str, by: Actor) -> None:
    if step == "travel":
        for months in SCHEDULE:
            remind(kept=kept, kind=TaskKind.CALL, due_at=later(kept.travelled_at, months), owner=by.user, by=by)


def _stay_after(kept: Any, step: str, by: Actor) -> None:
    if step == "grant":
        end = by.at.replace(year=kept.valid_until.year, month=kept.valid_until.month, day=kept.valid_until.day)
        remind(kept=kept, kind=TaskKind.STAY_ENDS, due_at=max(by.at, end - STAY_NOTICE), owner=by.user, by=by)


def _task(kept: Any, step: str, by: Actor) -> None:
    if step in {"do", "drop"}:
        kept.done_at = by.at
    elif step == "pass_on":
        _of_the_house(kept.owner, by)


def _assignment(kept: Any, step: str, by: Actor) -> None:
    if step == "hand_on":
        kept.ended_at = by.at


_EFFECTS: dict[str, Effect] = {
    "age_assessment": _age,
    "attempt": _attempt,
    "refusal_notice": _notice,
    "safety_measure": _measure,
    "safety_note": _safety_note,
    "follow_up": _follow_up,
    "placement": _placement,
    "day_log": _entry,
    "interpreter": _booking,
    "beside": _beside,
    "best_interests": _best,
    "health_note": _entry,
    "return": _return,
    "task": _task,
    "assignment": _assignment,
}
_AFTER: dict[str, Effect] = {
    "age_assessment": _age_after,
    "follow_up": _follow_up_after,
    "best_interests": _best_after,
    "return": _return_after,
    "stay": _stay_after,
}
