"""What every act on a referral does: find it for this side, stop its clocks, write its audit row."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from havre.referral.models import Referral
from havre.referral.queries import for_receiver
from havre.trust import audit, clocks
from havre.trust.actors import Actor


def mine(referral_id: UUID, by: Actor) -> Referral:
    """The sender's side. Raises: Missing."""
    return Referral.objects.visible_to(by).select_related("person", "consent").get_for_step(pk=referral_id)


def received(referral_id: UUID, by: Actor) -> Referral:
    """The receiver's side, also before it holds any grant, or holds one that does not show protection. Raises: Missing."""
    return for_receiver(by, lock=True).get_or_missing(pk=referral_id)


def stop(subject: Any, rule: clocks.ClockRule, by: Actor | None, *, at: datetime | None = None) -> None:
    """End a record's clock of this rule, where one runs."""
    clock = clocks.latest(subject.pk, rule.name)
    if clock is not None and clocks.state(clock) in {"running", "expired"}:
        moment = at or (by.at if by else None)
        if moment is not None:
            clocks.end(clock, at=moment, by=by)


def record(referral: Referral, step: str, by: Actor, codes: dict[str, str | int], reason: str = "") -> None:
    """The audit row of one step."""
    audit.record(event=f"referral.{step}", by=by, subject=referral.person_id, case_id=referral.case_id, reason=reason, codes=codes)
