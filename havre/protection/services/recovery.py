"""The recovery and reflection period: extended, paused, let go on, ended early; each on a listed ground, by the authority only."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import workflow
from havre.protection.services.identification import for_step
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.errors import Refused
from havre.trust.models import Clock


@trust.act("identification.extend_recovery")
def extend_recovery(*, identification_id: UUID, ground: str, days: int, by: Actor) -> Clock:
    """Extend the recovery period by days, on a listed ground. Raises: Missing; Refused without one, or when none was opened."""
    clock = _recovery(identification_id, "extend_recovery", by)
    clocks.extend(clock, ground=ground, days=days, at=by.at, by=by)
    return clock


@trust.act("identification.pause_recovery")
def pause_recovery(*, identification_id: UUID, ground: str, by: Actor) -> Clock:
    """Hold the period on a listed ground: the days are given back when it goes on. Raises: Missing; Refused."""
    clock = _recovery(identification_id, "pause_recovery", by)
    clocks.pause(clock, ground=ground, at=by.at, by=by)
    return clock


@trust.act("identification.resume_recovery")
def resume_recovery(*, identification_id: UUID, by: Actor) -> Clock:
    """Let a paused period go on; its end moves by the time it was held. Raises: Missing; Refused when it is not paused."""
    clock = _recovery(identification_id, "resume_recovery", by)
    clocks.resume(clock, at=by.at, by=by)
    return clock


@trust.act("identification.cut_recovery")
def cut_recovery(*, identification_id: UUID, reason: str, by: Actor) -> Clock:
    """End the recovery period before its time, for a listed reason only. Raises: Missing; Refused."""
    clock = _recovery(identification_id, "cut_recovery", by)
    clocks.end_early(clock, reason=reason, at=by.at, by=by)
    return clock


def _recovery(identification_id: UUID, step: str, by: Actor) -> Clock:
    identification = for_step(identification_id, by)
    workflow.identification(identification.case.country).check(identification, move=step, by=by)
    clock = clocks.latest(identification.pk, workflow.RECOVERY.name)
    if clock is None:
        raise Refused((_("no recovery period was opened for this person"),))
    return clock
