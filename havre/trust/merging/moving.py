"""Moving what is present from one organisation to the other. What is past stays where it happened."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from havre.trust import grants
from havre.trust.actors import Actor
from havre.trust.models import (
    Accreditation,
    Agreement,
    Conflict,
    FactorReset,
    Grant,
    Holder,
    Membership,
    Nomination,
    Organisation,
    Restriction,
)
from havre.trust.models.accounts import job_holder, person_holder
from havre.trust.records import ProtectedModel

BATCH = 2_000


@dataclass(frozen=True, slots=True)
class Moved:
    """One line of the report: what (a code), how many went on, how many were resolved otherwise (`how`, a code)."""

    what: str
    moved: int
    left: int = 0
    how: str = ""


def repoint(model: Any, field: str, *, first: UUID, second: UUID, what: str, how: str = "stays", when: Q | None = None) -> Moved:
    """Let rows that name the first organisation name the second. A row that the database refuses there stays, and is counted in `left`.

    Args: field, the foreign key's name; when, which rows are present; how, the code that the report gives for the rows that stay.
    """
    rows = _rows(model).filter(when or Q(), **{field: first})
    try:
        with transaction.atomic():
            return Moved(what, rows.update(**{field: second}))
    except IntegrityError:
        moved = left = 0
        for key in list(rows.values_list("pk", flat=True)):
            try:
                with transaction.atomic():
                    moved += _rows(model).filter(pk=key).update(**{field: second})
            except IntegrityError:
                left += 1
        return Moved(what, moved, left, how if left else "")


def _rows(model: Any) -> Any:
    return model.objects.for_house("merging") if issubclass(model, ProtectedModel) else model._base_manager.all()


def jobs(first: Organisation, second: Organisation, by: Actor) -> list[Moved]:
    """Every job of the first goes on in the second, as it is; who holds it there already keeps that one."""
    moved = kept = 0
    for job in Membership.objects.filter(organisation=first, ended_at=None).order_by("starts_at"):
        job.ended_at = by.at
        job.save(update_fields=["ended_at"])
        same = Membership.objects.filter(user=job.user_id, organisation=second, role=job.role, ended_at=None)
        if same.exists():
            kept += 1
            continue
        Membership.objects.create(user_id=job.user_id, organisation=second, role=job.role, supervisor=job.supervisor)
        moved += 1
    waiting = repoint(
        Nomination, "organisation", first=first.pk, second=second.pk, when=Q(decided_at=None), what="nominations", how="waits_there_already"
    )
    resets = repoint(FactorReset, "organisation", first=first.pk, second=second.pk, when=Q(confirmed_at=None), what="resets")
    return [Moved("jobs", moved, kept, "held_there_already" if kept else ""), waiting, resets]


def accesses(first: Organisation, second: Organisation, people: Sequence[UUID], by: Actor) -> list[Moved]:
    """Each access of each job: the old one ends and one with the same sections, purpose, basis, source and end begins at that moment.

    A conflict of interest and a line of a restriction list go along: to each person who moves, and to the job there unless it holds the case
    by itself. Args: people, the users who move.
    """
    found = [Moved("accesses", 0), Moved("conflicts", 0), Moved("restrictions", 0)]
    for old in Holder.objects.filter(organisation=first, user=None).order_by("role"):
        new = job_holder(second.pk, old.role)
        by_themselves = set(_live(new, by).values_list("case_id", flat=True))
        mates = Membership.objects.filter(user__in=people, organisation=second, role=old.role, ended_at=None)
        persons = [person_holder(user_id) for user_id in mates.values_list("user_id", flat=True)]
        lines = (_grants(old, new, by), _conflicts(old, new, persons, by_themselves), _restrictions(old, new, persons, by_themselves, by))
        found = [_sum(one, other) for one, other in zip(found, lines, strict=True)]
    return found


def _sum(one: Moved, other: Moved) -> Moved:
    return Moved(one.what, one.moved + other.moved, one.left + other.left, one.how or other.how)


def _live(holder: Holder, by: Actor) -> Any:
    return Grant.objects.filter(holder=holder, ends_at__gt=by.at)


def _grants(old: Holder, new: Holder, by: Actor) -> Moved:
    moved = met = 0
    known: dict[tuple[Any, ...], list[Grant]] = {}
    for grant in _live(new, by):
        known.setdefault(_key(grant), []).append(grant)
    made: list[Grant] = []
    for grant in _live(old, by).order_by("pk").iterator(chunk_size=BATCH):
        if any(_holds(there, grant) for there in known.get(_key(grant), ())):
            met += 1
            continue
        made.append(
            Grant(
                holder=new,
                role=grant.role,
                case_id=grant.case_id,
                sections=grant.sections,
                purpose=grant.purpose,
                basis=grant.basis,
                source_id=grant.source_id,
                starts_at=max(grant.starts_at, by.at),
                ends_at=grant.ends_at,
            )
        )
        moved += 1
    Grant.objects.bulk_create(made, batch_size=BATCH)
    grants.end(at=by.at, holder=old)
    return Moved("accesses", moved, met, "held_there_already" if met else "")


def _key(grant: Grant) -> tuple[Any, ...]:
    return (grant.case_id, grant.role, grant.purpose, grant.basis, grant.source_id)


def _holds(there: Grant, grant: Grant) -> bool:
    """Whether an access of the receiving job holds all that this one gives, for as long."""
    return there.sections & grant.sections == grant.sections and there.starts_at <= grant.starts_at and there.ends_at >= grant.ends_at


def _conflicts(old: Holder, new: Holder, persons: Iterable[Holder], by_themselves: set[UUID]) -> Moved:
    moved = left = 0
    for conflict in Conflict.objects.filter(holder=old):
        to = [*persons, *([] if conflict.case_id in by_themselves else [new])]
        for holder in to:
            Conflict.objects.get_or_create(case_id=conflict.case_id, holder=holder, defaults={"reason": conflict.reason})
        moved += 1
        left += conflict.case_id in by_themselves
    return Moved("conflicts", moved, left, "persons_only" if left else "")


def _restrictions(old: Holder, new: Holder, persons: Iterable[Holder], by_themselves: set[UUID], by: Actor) -> Moved:
    moved = left = 0
    for line in Restriction.objects.filter(holder=old, lifted_at=None):
        for holder in [*persons, *([] if line.case_id in by_themselves else [new])]:
            _restrict(line, holder, by)
        moved += 1
        left += line.case_id in by_themselves
    return Moved("restrictions", moved, left, "persons_only" if left else "")


def _restrict(line: Restriction, holder: Holder, by: Actor) -> None:
    sections = line.sections
    there = Restriction.objects.filter(person_id=line.person_id, holder=holder, lifted_at=None).first()
    if there is not None:
        if there.sections & sections == sections:
            return
        sections |= there.sections
        there.lifted_at, there.lifted_by = by.at, by.user
        there.save(update_fields=["lifted_at", "lifted_by"])
    Restriction.objects.create(
        case_id=line.case_id,
        person_id=line.person_id,
        holder=holder,
        sections=sections,
        reason=line.reason,
        placed_by_id=line.placed_by_id,
        placed_at=by.at,
    )


def papers(first: Organisation, second: Organisation, by: Actor) -> list[Moved]:
    """Agreements in force go on under the second's name, the one between the two ends; accreditations that it lacks go along, to be
    confirmed by whoever gave them. The old rows stay, ended.
    """
    today = by.at.date()
    in_force = Q(ended_at=None, ends_on__gte=today) & (Q(first=first) | Q(second=first))
    moved = between = 0
    for agreement in Agreement.objects.filter(in_force):
        agreement.ended_at = by.at
        agreement.save(update_fields=["ended_at"])
        sides = {second.pk if side == first.pk else side for side in (agreement.first_id, agreement.second_id)}
        if len(sides) < 2:
            between += 1
            continue
        one = second.pk if agreement.first_id == first.pk else agreement.first_id
        other = second.pk if agreement.second_id == first.pk else agreement.second_id
        Agreement.objects.create(
            first_id=one,
            second_id=other,
            sections=agreement.sections,
            purposes=agreement.purposes,
            starts_on=max(agreement.starts_on, today),
            ends_on=agreement.ends_on,
            reference=agreement.reference,
        )
        moved += 1
    carried = kept = 0
    for paper in Accreditation.objects.filter(organisation=first, ends_on__gte=today):
        if Accreditation.objects.filter(organisation=second, kind=paper.kind, ends_on__gte=paper.ends_on).exists():
            kept += 1
            continue
        span = {"starts_on": paper.starts_on, "ends_on": paper.ends_on}
        Accreditation.objects.create(organisation=second, kind=paper.kind, by=paper.by, **span)
        carried += 1
    return [
        Moved("agreements", moved, between, "ended_between_the_two" if between else ""),
        Moved("accreditations", carried, kept, "held_there_already" if kept else ""),
    ]
