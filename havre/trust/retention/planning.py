"""The dry run: what is over its term today, what holds it, and what would go. Reading it changes nothing."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from uuid import UUID

from django.conf import settings
from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre import standards
from havre.standards.files.retention import Rule
from havre.trust.contracts import Ended, contracts
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.errors import Words
from havre.trust.models import Erasure, LegalHold, Seal, SealedSection
from havre.trust.models.retention import HoldReason

# cases asked about in one go: a list of ids longer than this is no statement of SQLite
CHUNK = 500
NO_DECISION = "no_decision"
WHOLE = 0


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that is over its term: a section of a person, or (`section` None) everything sealed of the person.

    `sealed` counts the sealed bodies that go; `held` says in words why it stays, "" when nothing holds it.
    """

    rule: Rule
    case_id: UUID
    ref: str
    person_id: UUID
    section: Section | None
    sealed: int
    due_on: date
    held: Words = ""

    @property
    def key(self) -> list[str | int]:
        """What an order keeps of the line: ids and codes only."""
        return [self.rule.id, str(self.case_id), str(self.person_id), int(self.section or WHOLE)]

    @property
    def what(self) -> Words:
        """What goes, as people read it."""
        return SECTION_LABELS[self.section] if self.section else _("The person's key: nothing sealed can be read again")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is over its term at a moment, oldest first. `digest` names exactly the lines that would go."""

    at: datetime
    lines: tuple[Line, ...]

    @property
    def going(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if not line.held)

    @property
    def held(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.held)

    @property
    def digest(self) -> str:
        """SHA-256 of the keys of the lines that would go, in their order."""
        said = json.dumps([line.key for line in self.going], separators=(",", ":"))
        return hashlib.sha256(said.encode()).hexdigest()


def rules() -> tuple[Rule, ...]:
    """The terms of this country."""
    return standards.retention().of(settings.HAVRE_COUNTRY)


OUTCOMES: dict[str, Words] = {
    "any": _("any"),
    "confirmed": _("confirmed victim"),
    "not_confirmed": _("not confirmed"),
    "declined": _("the person chose to stop"),
    NO_DECISION: _("closed without a decision"),
}


def titles(rule: Rule) -> tuple[Words, Words]:
    """The section and the outcome of a term, as people read them."""
    section = _("The whole person") if rule.section == "person" else SECTION_LABELS[Section[rule.section.upper()]]
    return section, OUTCOMES[rule.outcome]


def over_on(closed_at: datetime, months: int) -> date:
    """The day on which a term of whole months is over; a day that the month does not have is its last.

    >>> from datetime import UTC
    >>> over_on(datetime(2024, 11, 30, 12, tzinfo=UTC), 3)
    datetime.date(2025, 2, 28)
    """
    day = timezone.localdate(closed_at)
    year, month = divmod(day.month - 1 + months, 12)
    year, month = day.year + year, month + 1
    first_of_next = date(year + month // 12, month % 12 + 1, 1)
    return date(year, month, min(day.day, (first_of_next - date.resolution).day))


def plan(now: datetime) -> Plan:
    """Everything over its term at `now`. A sealed case is not in it: nothing of it goes, and nothing says that it is there."""
    lines: list[Line] = []
    known = rules()
    shortest = min(rule.months for rule in known)
    today = timezone.localdate(now)
    for some in _chunks(_ended(now)):
        over = [one for one in some if over_on(one.closed_at, shortest) <= today]
        lines.extend(_lines_of(over, known, today))
    return Plan(now, tuple(sorted(lines, key=lambda line: (line.due_on, line.ref, str(line.person_id), line.rule.id))))


def _ended(now: datetime) -> Iterator[Ended]:
    sealed = set(Seal.objects.filter(ended_at=None).values_list("case_id", flat=True))
    for contract in contracts():
        yield from (one for one in contract.ended(now) if one.case_id not in sealed)


def _chunks(several: Iterator[Ended]) -> Iterator[list[Ended]]:
    while some := list(islice(several, CHUNK)):
        yield some


def _lines_of(cases: list[Ended], known: Iterable[Rule], today: date) -> Iterator[Line]:
    if not cases:
        return
    persons = [person for one in cases for person in one.person_ids]
    gone = set(Erasure.objects.filter(pk__in=persons).values_list("pk", flat=True))
    outcomes: dict[UUID, str] = {}
    for contract in contracts():
        outcomes |= contract.outcomes(persons)
    held = _holds([one.case_id for one in cases])
    sealed = _sealed([one.case_id for one in cases])
    for one in cases:
        for person in one.person_ids:
            if person not in gone:
                found = _of_person(one, person, outcomes.get(person, NO_DECISION), known, sealed[person], today)
                yield from (_with_hold(line, held.get(one.case_id, "")) for line in found)


def _of_person(case: Ended, person: UUID, outcome: str, known: Iterable[Rule], sealed: dict[int, int], today: date) -> Iterator[Line]:
    """The person's own term where it is over, since the key takes every section with it; else the sections that are over theirs."""
    named = [rule for rule in known if rule.outcome == outcome]
    general = [rule for rule in known if rule.outcome == "any"]
    of_section = {rule.section: rule for rule in (*general, *named)}
    whole = of_section.pop("person", None)
    if whole and over_on(case.closed_at, whole.months) <= today and sealed:
        yield Line(whole, case.case_id, case.ref, person, None, sum(sealed.values()), over_on(case.closed_at, whole.months))
        return
    for name, rule in of_section.items():
        section, due = Section[name.upper()], over_on(case.closed_at, rule.months)
        if due <= today and sealed.get(int(section)):
            yield Line(rule, case.case_id, case.ref, person, section, sealed[int(section)], due)


def _with_hold(line: Line, held: Words) -> Line:
    if not held:
        return line
    return Line(line.rule, line.case_id, line.ref, line.person_id, line.section, line.sealed, line.due_on, held)


def _holds(cases: list[UUID]) -> dict[UUID, Words]:
    """Why a case is kept: what a part still needs it for, and before that the officer's own hold."""
    found: dict[UUID, Words] = {}
    for contract in contracts():
        found |= contract.needed(cases)
    mine = LegalHold.objects.filter(case_id__in=cases, lifted_at=None).order_by("placed_at")
    return found | {one.case_id: HoldReason(one.reason).label for one in mine}


def _sealed(cases: list[UUID]) -> defaultdict[UUID, dict[int, int]]:
    """Person → section bit → how many sealed bodies stand."""
    rows = SealedSection.objects.for_house("retention").filter(case_id__in=cases).order_by()
    found: defaultdict[UUID, dict[int, int]] = defaultdict(dict)
    for person, section, number in (
        rows.values("person_id", "section_bit").annotate(n=Count("pk")).values_list("person_id", "section_bit", "n")
    ):
        found[person][section] = number
    return found
