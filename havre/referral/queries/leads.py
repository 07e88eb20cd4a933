"""Transfers of the lead as each side sees them; the open periods of a case that go with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from havre.referral.enums import TransferStatus
from havre.referral.models import Transfer
from havre.referral.queries.offers import not_hidden
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.enums import Section
from havre.trust.errors import Words
from havre.trust.models import Clock


@dataclass(frozen=True, slots=True)
class OpenClock:
    """One period of a case that still runs, by its rule's name and its date alone."""

    id: UUID
    title: Words
    due_at: datetime | None


def proposed_to(actor: Actor) -> Any:
    """The leads proposed to this actor's service and role, whole rows: only services use them."""
    mine: Any = Transfer.objects.for_house("offers").filter(second_id=actor.organisation_id, second_role=actor.role)
    return not_hidden(mine, actor)


def of_side(actor: Actor, transfer_id: UUID) -> Transfer:
    """One transfer for either side: the second service it was proposed to; the first, of which nothing but the state is left once
    the lead has moved, and that only where the person agreed. Raises: Missing.
    """
    mine: Any = (
        Transfer.objects.for_house("offers")
        .select_related("first", "second")
        .filter(
            Q(second_id=actor.organisation_id, second_role=actor.role)
            | Q(first_id=actor.organisation_id) & (~Q(status=TransferStatus.TRANSFERRED) | Q(status_agreed=True))
        )
    )
    found: Transfer = not_hidden(mine, actor).get_or_missing(pk=transfer_id)
    require(actor).log.add(Section.CASE, [found.case_id])
    return found


def transfers(actor: Actor) -> list[Transfer]:
    """Those of both sides, newest first."""
    mine: Any = (
        Transfer.objects.for_house("offers")
        .select_related("first", "second")
        .filter(
            Q(second_id=actor.organisation_id, second_role=actor.role)
            | Q(first_id=actor.organisation_id) & (~Q(status=TransferStatus.TRANSFERRED) | Q(status_agreed=True))
        )
    )
    return list(not_hidden(mine, actor).order_by("-proposed_at")[:100])


def open_clocks(case_id: UUID, sections: Section) -> list[OpenClock]:
    """The periods of a case that run or ran out unanswered, in these sections: they go with the lead and none stops."""
    found = []
    for clock in Clock.objects.for_house("clocks").filter(case_id=case_id).order_by("recorded_at", "pk"):
        if clock.section_bit & sections and clocks.state(clock) in {"running", "paused", "expired"} and clock.name != "lead_answer":
            found.append(OpenClock(clock.pk, clocks.rule_of(clock).title, clocks.due_at(clock)))
    return found
