"""What the sweep sets by itself, once: a period that is about to end, a child who may be 18."""

from __future__ import annotations

from datetime import datetime

from havre.protection import workflow
from havre.protection.enums import IdentificationStatus
from havre.protection.enums_care import TaskKind
from havre.protection.models import Identification
from havre.protection.services.effects import later, remind
from havre.register.enums import CaseStatus
from havre.register.models import Person
from havre.trust import clocks

MAJORITY = 18


def sweep(at: datetime) -> int:
    """Set every task that is due by now. Gives how many; safe to run twice."""
    return before_the_end_of_recovery(at) + at_18(at)


def before_the_end_of_recovery(at: datetime) -> int:
    """A task for each period that ends within seven days: offer more time, or note that it is not wanted."""
    presumed = Identification.objects.for_house("clocks").filter(status=IdentificationStatus.PRESUMED)
    due = clocks.due_by_subject([one.pk for one in presumed], workflow.RECOVERY.name)
    done = 0
    for one in presumed:
        ends = due.get(one.pk)
        if ends is not None and at < ends <= at + workflow.NOTICE_BEFORE:
            done += remind(kept=one, kind=TaskKind.RECOVERY_ENDS, due_at=ends, at=at)
    return done


def at_18(at: datetime) -> int:
    """A task from the first day on which a child of an open case may be 18: ask every consent again (RG10).

    The age in years on opening is all that is read, never a birthday: who was 16 then may turn 18 one year and a day later at the
    earliest. The rights of the child stay as they were decided.
    """
    children = Person.objects.for_house("clocks").filter(
        age_on_opening__lt=MAJORITY, case__status__in=[CaseStatus.ACTIVE, CaseStatus.FOLLOW_UP]
    )
    done = 0
    for one in children.select_related("case"):
        first = later(one.case.opened_at, 12 * (MAJORITY - 1 - one.age_on_opening))
        if first <= at + workflow.NOTICE_BEFORE:
            done += remind(kept=one, kind=TaskKind.TURNS_18, due_at=first, at=at)
    return done
