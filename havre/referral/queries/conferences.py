"""Conferences as a seat sees them: who sits, what is asked, the documents of the sections it may read, what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from havre.referral.models import ActionItem, AgendaItem, Conference, ConferenceDocument, Seat
from havre.referral.queries.offers import not_hidden
from havre.trust import identity, policy
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.enums import SECTION_LABELS, Act, Section
from havre.trust.errors import Missing, Words

MINUTES, REASONS, DISSENT = "minutes", "decision_reasons", "dissent"


@dataclass(frozen=True, slots=True)
class Laid:
    """One document that this seat may read: its section and day; it is opened on the case's own page."""

    section: Words
    note: bool
    at: Any


def seat_of(actor: Actor, conference_id: UUID) -> Seat:
    """The actor's own seat. Raises: Missing without one, for a sealed case and for a conflict of interest on record."""
    mine: Any = Seat.objects.for_house("offers").select_related("conference__person", "conference__case", "organisation")
    mine = mine.filter(conference_id=conference_id, organisation_id=actor.organisation_id, role=actor.role)
    seat: Seat = not_hidden(mine, actor).get_or_missing()
    require(actor).log.add(Section.CASE, [seat.conference.person_id])
    return seat


def seats_of(actor: Actor) -> list[Seat]:
    """The actor's seats at conferences that are not over, the next first."""
    mine: Any = (
        Seat.objects.for_house("offers")
        .select_related("conference")
        .filter(organisation_id=actor.organisation_id, role=actor.role, conference__status__in=["called", "sitting", "decided"])
    )
    return list(not_hidden(mine, actor).order_by("conference__sits_at")[:50])


def laid_before(actor: Actor, conference: Conference) -> list[Laid]:
    """The documents of a conference whose section this actor may read; the others are not even counted."""
    rows = ConferenceDocument.objects.visible_to(actor).filter(conference=conference).select_related("note", "attachment")
    found = []
    for row in rows:
        at = row.note.happened_at if row.note else row.attachment.recorded_at
        found.append(Laid(SECTION_LABELS[Section(row.section_bit)], row.note is not None, at))
    return found


def agenda_of(conference: Conference) -> list[AgendaItem]:
    """The points of the agenda in their order. For a page whose reader has a seat."""
    return list(AgendaItem.objects.for_house("offers").filter(conference=conference).order_by("number"))


def actions_of(conference: Conference) -> list[ActionItem]:
    """The actions of a conference by their day. For a page whose reader has a seat."""
    mine = ActionItem.objects.for_house("offers").filter(conference=conference)
    return list(mine.select_related("owner__organisation", "item", "conference").order_by("due_on", "pk"))


def own_actions(actor: Actor) -> list[ActionItem]:
    """The actions that this actor's job has still to answer, the nearest day first: kind, number, day."""
    mine: Any = ActionItem.objects.for_house("offers").select_related("conference", "item")
    mine = mine.filter(owner__organisation_id=actor.organisation_id, owner__role=actor.role, outcome="")
    return list(not_hidden(mine, actor).order_by("due_on", "pk")[:50])


def may_read_minutes(seat: Seat) -> bool:
    """Those who sat; nobody else, whatever section it may read."""
    return seat.present_at is not None and seat.no_conflict_declared and seat.closed_at is None


def words_of(actor: Actor, seat: Seat) -> dict[str, Any]:
    """Minutes, reasons by point and dissent by seat, opened for somebody who sat and may read protection; {} for everybody else.

    The opening leaves its trace, as every reading of the vault. Raises: Missing for another conference's seat.
    """
    conference = seat.conference
    if (seat.organisation_id, seat.role) != (actor.organisation_id, actor.role):
        raise Missing
    readable = policy.decide(actor, Act.READ, Section.PROTECTION, conference.case_id).allowed
    if not may_read_minutes(seat) or not readable:
        return {}
    kinds = {MINUTES, REASONS, DISSENT}
    known = {conference.pk, *(one.pk for one in agenda_of(conference)), *(one.pk for one in conference.all_seats())}
    bodies = identity.read(by=actor, case_id=conference.case_id, person_id=conference.person_id, section=Section.PROTECTION, kinds=kinds)
    return {f"{kind}-{record}": body.get("words", "") for (kind, record), body in bodies.items() if record in known}


def of_case(actor: Actor, case_id: UUID) -> Iterable[Conference]:
    """The conferences of a case, for whoever may read its protection."""
    return Conference.objects.visible_to(actor).filter(case_id=case_id).order_by("-sits_at")
