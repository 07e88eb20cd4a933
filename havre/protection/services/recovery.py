"""The recovery and reflection period: extended, paused, let go on, ended early; each on a listed ground, by the authority only.

`override_id` is a supervisor's waiver.
"""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import workflow
from havre.protection.services.identification import for_step, waiver
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.errors import Refused
from havre.trust.models import Clock


@trust.act("identification.extend_recovery")
def extend_recovery(*, identification_id: UUID, ground: str, days: int, by: Actor, override_id: UUID | None = None) -> Clock:
    """Extend the recovery period by days, on a listed ground. Raises: Missing; Refused without one, or when none was opened."""
    clock = _recovery(identification_id, "extend_recovery", by, override_id)
    clocks.extend(clock, ground=ground, days=days, at=by.at, by=by)
    return clock


@trust.act("identification.pause_recovery")
def pause_recovery(*, identification_id: UUID, ground: str, by: Actor, override_id: UUID | None = None) -> Clock:
    """Hold the period on a listed ground: the days are given back when it goes on. Raises: Missing; Refused."""
    clock = _recovery(identification_id, "pause_recovery", by, override_id)
    clocks.pause(clock, ground=ground, at=by.at, by=by)
    return clock


@trust.act("identification.resume_recovery")
def resume_recovery(*, identification_id: UUID, by: Actor, override_id: UUID | None = None) -> Clock:
    """Let a paused period go on; its end moves by the time it was held. Raises: Missing; Refused when it is not paused."""
    clock = _recovery(identification_id, "resume_recovery", by, override_id)
    clocks.resume(clock, at=by.at, by=by)
    return clock


@trust.act("identification.cut_recovery")
def cut_recovery(*, identification_id: UUID, reason: str, by: Actor, override_id: UUID | None = None) -> Clock:
    """End the recovery period before its time, for a listed reason only. Raises: Missing; Refused."""
    clock = _recovery(identification_id, "cut_recovery", by, override_id)
    clocks.end_early(clock, reason=reason, at=by.at, by=by)
    return clock


def _recovery(identification_id: UUID, step: str, by: Actor, override_id: UUID | None) -> Clock:
    identification = for_step(identification_id, by)
    table = workflow.identification(identification.case.country)
    table.check(identification, move=step, by=by, override=waiver(override_id, by))
    clock = clocks.latest(identification.pk, workflow.RECOVERY.name)
    if clock is None:
        raise Refused((_("no recovery period was opened for this person"),))
    return clock
