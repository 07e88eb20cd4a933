"""A leaked account: who was affected, from the audit trail alone. Ids, sections, moments and the services to call; no name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from havre.trust.contracts import contracts
from havre.trust.enums import SECTION_LABELS, Basis, Section
from havre.trust.errors import Words
from havre.trust.history.queries import name_of
from havre.trust.models import Grant, Organisation, Reading, Seal
from havre.trust.models.audit import Outcome, ReadingKind


@dataclass(frozen=True, slots=True)
class Affected:
    """One person or file that the account read: which sections, how often, when last, whether sealed words were opened.

    `sections` are those of whole pages: the widest that may have been seen.
    """

    subject: UUID
    sections: Section
    times: int
    last_at: datetime
    opened: bool

    @property
    def parts(self) -> list[Words]:
        """The sections in words."""
        return [SECTION_LABELS[one] for one in Section if one in self.sections]


@dataclass(frozen=True, slots=True)
class Breach:
    """What one account read between two moments: the files and the persons apart, and the services that lead those files."""

    files: tuple[Affected, ...]
    persons: tuple[Affected, ...]
    services: tuple[tuple[Words, int], ...]
    readings: int


def affected(*, user_id: UUID, since: datetime, until: datetime) -> Breach:
    """Whom a leaked account may have shown to others. What belongs to a sealed case is left out: its custodians ask for themselves.

    Args: since, included; until, not. Reads the trail once, whatever the number of persons.
    """
    hidden = _sealed_subjects()
    rows = Reading.objects.filter(kind=ReadingKind.READING, user_id=user_id, at__gte=since, at__lt=until).order_by("no")
    found: dict[UUID, Affected] = {}
    readings = 0
    for row in rows.iterator():
        readings += 1
        for text in row.subjects:
            subject = UUID(text)
            if subject in hidden:
                continue
            before = found.get(subject, Affected(subject, Section(0), 0, row.at, False))
            opened = before.opened or row.outcome == Outcome.OPENED
            found[subject] = Affected(
                subject, before.sections | Section(row.sections), before.times + 1, max(before.last_at, row.at), opened
            )
    leads = _leads(found)
    lines = sorted(found.values(), key=lambda one: (not one.opened, -one.times, str(one.subject)))
    return Breach(
        files=tuple(one for one in lines if one.subject in leads),
        persons=tuple(one for one in lines if one.subject not in leads),
        services=_services(leads),
        readings=readings,
    )


def _sealed_subjects() -> set[UUID]:
    cases = set(Seal.objects.filter(ended_at=None).values_list("case_id", flat=True))
    return cases | {person for case in cases for contract in contracts() for person in contract.persons_of_case(case)}


def _leads(subjects: Iterable[UUID]) -> dict[UUID, UUID | None]:
    """The files among the subjects, each with an organisation whose own it is."""
    ids = list(subjects)
    found: dict[UUID, UUID | None] = {}
    for start in range(0, len(ids), 10_000):
        rows = Grant.objects.filter(case_id__in=ids[start : start + 10_000], basis=Basis.OWN_CASE)
        found.update(dict(rows.order_by("-starts_at").values_list("case_id", "holder__organisation_id")))
    return found


def _services(leads: dict[UUID, UUID | None]) -> tuple[tuple[Words, int], ...]:
    counts: dict[UUID | None, int] = {}
    for organisation in leads.values():
        counts[organisation] = counts.get(organisation, 0) + 1
    known = Organisation.objects.in_bulk([pk for pk in counts if pk])
    named = [(name_of(known.get(pk) if pk else None, neutral=False), count) for pk, count in counts.items()]
    return tuple(sorted(named, key=lambda line: (-line[1], str(line[0]))))
