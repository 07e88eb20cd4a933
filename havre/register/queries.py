"""Reads that serve the case list, the case page and the search."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from havre import trust
from havre.register import notes
from havre.register.enums import CaseStatus, PersonRole
from havre.register.models import Case, Person
from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Ended, Entry, Panel, contracts
from havre.trust.enums import SECTION_LABELS, Act, Section
from havre.trust.errors import Words
from havre.trust.moments import Reading

OPEN = (CaseStatus.ACTIVE, CaseStatus.FOLLOW_UP)
SHUT = (CaseStatus.CLOSED, CaseStatus.CLOSED_REFERRED)
# the tabs of the list: code, status values
TABS: dict[str, tuple[CaseStatus, ...]] = {
    "open": (CaseStatus.ACTIVE,),
    "follow-up": (CaseStatus.FOLLOW_UP,),
    "closed": SHUT,
    "all": (*OPEN, *SHUT),
}


@dataclass(frozen=True, slots=True)
class Load:
    """How many cases an actor holds by status, exact as far as they are counted; beyond, only "more than `count`"."""

    count: int
    more: bool
    statuses: Counter[str]

    @property
    def by_status(self) -> list[tuple[Words, int]]:
        """Status words and counts, without the empty ones; nothing when there are more."""
        return [] if self.more else [(status.label, self.statuses[status]) for status in CaseStatus if self.statuses[status]]

    def of(self, tab: str) -> int | None:
        """The count of one tab of the list, None when there are more."""
        return None if self.more else sum(self.statuses[status] for status in TABS[tab])


def caseload(actor: Actor, filters: Q | None = None, *, within: Any = None) -> Load:
    """The capped count of what the actor may read, two queries whatever the size. Raises: Unscoped outside `acting`."""
    visible = trust.held(Case, actor) if within is None else within
    if filters is not None:
        visible = visible.filter(filters)
    found, more = trust.counted(visible, "status")
    return Load(len(found), more, Counter(found))


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the case and who is in it, without a name."""

    case: Case
    persons: list[Person]


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of the list; `next` is "" on the last one."""

    rows: list[Row]
    next: str
    load: Load


def listing(
    actor: Actor,
    *,
    tab: str,
    after: str = "",
    ref: str = "",
    urgent: bool = False,
    since: date | None = None,
    until: date | None = None,
) -> Listing:
    """One page of the cases that `actor` may read, newest first.

    Args: tab, a key of TABS; ref, part of a reference; since and until, days on which the case was opened, both included.
    Raises: Invalid for a mangled `after`; Unscoped outside `acting`.
    """
    wanted = Q()
    if urgent:
        wanted &= Q(urgent=True)
    if since:
        wanted &= Q(opened_at__gte=timezone.make_aware(datetime.combine(since, time.min)))
    if until:
        wanted &= Q(opened_at__lte=timezone.make_aware(datetime.combine(until, time.max)))
    mine = trust.held(Case, actor)
    if ref:
        mine = trust.matching(mine, Q(ref__contains=tidy_reference(ref)))
    page = trust.page(Case, actor, after=after, filters=wanted & Q(status__in=TABS[tab]), related=("lead",), within=mine)
    return Listing(with_persons(actor, page.rows), page.next, caseload(actor, wanted, within=mine))


def with_persons(actor: Actor, cases: Iterable[Case]) -> list[Row]:
    """The cases in their order, each with the persons concerned: one query for all."""
    cases = list(cases)
    by_case: dict[UUID, list[Person]] = {case.pk: [] for case in cases}
    if by_case:
        for person in Person.objects.visible_to(actor).filter(case_id__in=by_case, role=PersonRole.VICTIM).order_by("recorded_at", "pk"):
            by_case[person.case_id].append(person)
    return [Row(case, by_case[case.pk]) for case in cases]


def tidy_reference(typed: str) -> str:
    """A reference as it is kept: capitals, without spaces, O and I read as the digits they are mistaken for."""
    return "".join(typed.upper().split()).replace("O", "0").replace("I", "1").replace("L", "1")


def by_reference(actor: Actor, typed: str) -> list[Case]:
    """Up to 20 visible cases whose reference holds what was typed."""
    tidy = tidy_reference(typed)
    found = trust.matching(trust.held(Case, actor), Q(ref__contains=tidy))
    return trust.page(Case, actor, size=20, related=("lead",), within=found).rows


def by_ids(actor: Actor, ids: Iterable[UUID]) -> list[Case]:
    """The visible cases among these, newest first."""
    return list(Case.objects.visible_to(actor).filter(pk__in=list(ids)).select_related("lead").order_by("-opened_at", "-pk"))


@dataclass(frozen=True, slots=True)
class Lock:
    """A section that the role may ask for and that is closed now: why, and whether a fresh second factor would do."""

    section: Section
    title: Words
    reasons: tuple[Words, ...]
    only_factor: bool

    @property
    def code(self) -> str:
        return self.section.code


@dataclass(frozen=True, slots=True)
class CasePage:
    """Everything the case page is composed of."""

    case: Case
    persons: list[Person]
    entries: list[Entry]
    tabs: list[Panel]
    side: list[Panel]
    above: list[Panel]
    locks: list[Lock]
    readable: frozenset[Section]
    noting: list[Section] = field(default_factory=list)
    acts: list[CaseAct] = field(default_factory=list)
    # the thread's own pages, from 1, and whether an older one follows
    number: int = 1
    older: bool = False
    # whose names this actor was granted on a request
    named: frozenset[UUID] = frozenset()

    @property
    def name_opens(self) -> bool:
        """Whether a name may be opened on a reason, be it after giving the second factor again."""
        return Section.IDENTITY in self.readable or any(lock.section == Section.IDENTITY and lock.only_factor for lock in self.locks)


# panels of these codes stand above the tabs: the stepper, and the next right that is due
ABOVE = ("steps", "next")
THREAD = 100


def case_page(actor: Actor, case: Case, *, number: int = 1) -> CasePage:
    """The case page as this actor may see it: the policy asked once, every part's records read in one query, panels made of them.

    Args: number, which page of the thread, from 1 (the newest hundred lines). Raises: Unscoped outside `acting`.
    """
    ground = policy.ground_of(actor, case.pk)
    parts = contracts()
    reading = Reading.of(actor, case.pk, [line for part in parts for line in part.lines()], ground=ground)
    panels = [panel for part in parts for panel in part.sheets(reading)]
    locks, readable = [], set()
    for section in Section:
        if (Act.READ, section, actor.role) not in policy.POLICY.rules:
            continue
        decision = policy.decide(actor, Act.READ, section, case.pk, ground=ground)
        if decision.allowed:
            readable.add(section)
        else:
            locks.append(Lock(section, SECTION_LABELS[section], decision.reasons, _lacks_only_a_factor(actor, section, case.pk, ground)))
    persons = list(Person.objects.visible_in(ground).order_by("recorded_at", "pk"))
    concerned = next((person for person in persons if person.role == PersonRole.VICTIM), None)
    pages = {name: roles for part in parts for name, roles in part.pages.items()}
    thread = sorted((told for moment in reading.moments for told in moment.told()), key=lambda told: told.at, reverse=True)
    start = THREAD * (number - 1)
    shown = [told.entry(actor, pages) for told in thread[start : start + THREAD]]
    return CasePage(
        case=case,
        persons=persons,
        entries=notes.opened(ground, shown),
        number=number,
        older=len(thread) > start + THREAD,
        tabs=[panel for panel in panels if not panel.side and panel.code not in ABOVE],
        side=[panel for panel in panels if panel.side],
        above=sorted((panel for panel in panels if panel.code in ABOVE), key=lambda panel: ABOVE.index(panel.code)),
        locks=locks,
        readable=frozenset(readable),
        noting=sections_for_notes(actor, case.pk, ground),
        acts=_acts(actor, case, concerned, frozenset(panel.code for panel in panels)),
        named=frozenset(grant.person_id for grant in ground.grants if grant.person_id is not None),
    )


def _acts(actor: Actor, case: Case, concerned: Person | None, shown: frozenset[str]) -> list[CaseAct]:
    if concerned is None or case.closed_at:
        return []
    return [act for contract in contracts() for act in contract.acts(actor, case.pk, concerned.pk, shown)]


def _lacks_only_a_factor(
    actor: Actor, section: Section, case_id: UUID, ground: policy.Ground | None = None, person_id: UUID | None = None
) -> bool:
    if actor.factor_is_fresh or (actor.user.reduced_until and actor.user.reduced_until > actor.at):
        return False
    return policy.decide(replace(actor, factor_at=actor.at), Act.READ, section, case_id, ground=ground, person_id=person_id).allowed


def sections_for_notes(actor: Actor, case_id: UUID, ground: policy.Ground | None = None) -> list[Section]:
    """The sections of this case in which the actor may write a note, in the order of the page. The bare file and identity hold none."""
    possible = [section for section in Section if section not in (Section.CASE, Section.IDENTITY)]
    ground = ground or policy.ground_of(actor, case_id)
    return [section for section in possible if policy.decide(actor, Act.WRITE, section, case_id, ground=ground).allowed]


def persons_of(actor: Actor, case: Case) -> list[Person]:
    """Everybody in one case whom the actor may see, in the order in which they were recorded."""
    return list(Person.objects.visible_to(actor).filter(case_id=case.pk).order_by("recorded_at", "pk"))


def name_state(actor: Actor, case: Case, person: Person) -> str:
    """Whether this person's name is "open" to the actor, needs the second "factor" again, or is "closed"."""
    if policy.decide(actor, Act.READ, Section.IDENTITY, case.pk, person_id=person.pk).allowed:
        return "open"
    return "factor" if _lacks_only_a_factor(actor, Section.IDENTITY, case.pk, person_id=person.pk) else "closed"


def exactly(actor: Actor, typed: str) -> Case | None:
    """The visible case with exactly this reference, hyphens optional."""
    tidy = tidy_reference(typed).replace("-", "").removeprefix("D")
    if len(tidy) != 8:
        return None
    return Case.objects.visible_to(actor).filter(ref=f"D-{tidy[:4]}-{tidy[4:]}").first()


def ended(now: datetime) -> Iterable[Ended]:
    """The closed cases with the persons concerned, for retention: ids, references and dates, and for nobody's eyes but the officer's."""
    closed = Case.objects.for_house("retention").filter(closed_at__lte=now).order_by("closed_at", "pk")
    rows = closed.values_list("pk", "ref", "closed_at").iterator()
    while some := list(islice(rows, 500)):
        persons: dict[UUID, list[UUID]] = {pk: [] for pk, _ref, _at in some}
        for pk, case_id in Person.objects.for_house("retention").filter(case_id__in=persons).order_by("pk").values_list("pk", "case_id"):
            persons[case_id].append(pk)
        yield from (Ended(pk, ref, tuple(persons[pk]), at) for pk, ref, at in some)
