"""What the worker tidies as time passes: old sessions, keys left over, finished tasks, ledger copies that could not be written."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from axes.models import AccessAttempt
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from havre.trust import erasure, erasure_ledger
from havre.trust.errands import as_house
from havre.trust.models import Slowdown
from havre.trust.retention import services as retention

log = logging.getLogger("havre.worker")
# finished tasks and sign-in attempts hold ids and digests only; after this they serve nobody
KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Chore:
    """One thing to tidy: how often, and how. It gives how many things went (or, for the ledger, how many copies were not reached)."""

    name: str
    every: timedelta
    do: Callable[[datetime], int]


def sessions(now: datetime) -> int:
    """Remove sessions that have ended."""
    return Session.objects.filter(expire_date__lt=now).delete()[0]


def keys(now: datetime) -> int:
    """Remove keys under which nothing was sealed, a day after a kill left them. Raises: KeyFault, as `erasure.sweep_orphans`."""
    with as_house():
        return erasure.sweep_orphans(now)


def tasks(now: datetime) -> int:
    """Remove what is left in the queue of tasks that ended long ago."""
    return DBTaskResult.objects.filter(finished_at__lt=now - KEPT).delete()[0]


def attempts(now: datetime) -> int:
    """Remove tries, at signing in and at printed codes, that no longer slow anybody down: guessing must not fill the disk."""
    return (
        AccessAttempt.objects.filter(attempt_time__lt=now - KEPT).delete()[0] + Slowdown.objects.filter(last_at__lt=now - KEPT).delete()[0]
    )


def ledgers(_now: datetime) -> int:
    """Write the erasure ledger beside backups that were out of reach when somebody was erased. Gives how many still are."""
    return len(erasure_ledger.refresh())


def terms(now: datetime) -> int:
    """Carry out what a data-protection officer ordered to go. Gives how many lines went."""
    return retention.carry_out(now)


HOURLY, DAILY = timedelta(hours=1), timedelta(days=1)
CHORES = (
    Chore("sessions", HOURLY, sessions),
    Chore("ledgers", HOURLY, ledgers),
    Chore("terms", timedelta(minutes=10), terms),
    Chore("keys", DAILY, keys),
    Chore("tasks", DAILY, tasks),
    Chore("attempts", DAILY, attempts),
)


@dataclass(slots=True)
class Housekeeper:
    """Remembers when each chore was last done by this process; the first time is at once."""

    done_at: dict[str, datetime] = field(default_factory=dict)

    def tidy(self, now: datetime, chores: tuple[Chore, ...] = CHORES) -> dict[str, int]:
        """Do what is due. One that fails is logged by its kind, does not stop the others and is tried again when next due."""
        found = {}
        for chore in chores:
            last = self.done_at.get(chore.name)
            # a clock that was set back must not put a chore off for ever
            if last is not None and timedelta(0) <= now - last < chore.every:
                continue
            self.done_at[chore.name] = now
            try:
                found[chore.name] = chore.do(now)
            except Exception as error:
                log.error("housekeeping of %s: %s", chore.name, type(error).__name__)
        return found
