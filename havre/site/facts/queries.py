"""What the fact pages show."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from havre.standards import Fact, UnknownFact, fact_book, queries
from havre.standards.files.profiles import FactBook
from havre.standards.models import FactRevision, RevisionState
from havre.trust.errors import Missing
from havre.trust.models import User


@dataclass(frozen=True, slots=True)
class Row:
    """One fact of the list. `drives`: a clock, a gate or a document acts on it. `waiting`: revisions not yet in force."""

    fact: Fact
    drives: bool
    waiting: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision with the names of its two readers. `by_reader`: whether the one who looks wrote it."""

    revision: FactRevision
    author: str
    reviewer: str
    by_reader: bool

    @property
    def is_draft(self) -> bool:
        return self.revision.state == RevisionState.DRAFT

    @property
    def is_reviewed(self) -> bool:
        return self.revision.state == RevisionState.REVIEWED

    @property
    def is_in_force(self) -> bool:
        return self.revision.state == RevisionState.IN_FORCE

    @property
    def value(self) -> Fact:
        """The proposed value, written as a fact's is."""
        one = self.revision
        return Fact(one.fact, one.country, one.value, "high", one.source, str(one.pk), "in_force")


def rows(on: date) -> tuple[Row, ...]:
    """Every fact of the country on a day: those that something acts on first. Two queries, however many there are."""
    waiting: dict[str, int] = {}
    for name in _waiting().values_list("fact", flat=True):
        root = name.partition(".")[0]
        waiting[root] = waiting.get(root, 0) + 1
    book = fact_book()
    found = [
        Row(fact, book.definitions[fact.id].drives, waiting.get(fact.id, 0))
        for fact in queries.facts(on=on)
        if not _repeats(fact, book) or fact.id in waiting
    ]
    return tuple(sorted(found, key=lambda row: not row.drives))


def _repeats(fact: Fact, book: FactBook) -> bool:
    # `majority_age` is `age_majority` under the name that the workflow asks for: one line is enough
    derived = book.derived.get(fact.id)
    origin = derived and derived.origin(fact.country)
    return bool(origin) and "." not in str(origin)


def waiting_entries(reader: UUID) -> tuple[Entry, ...]:
    """Drafts and revisions that were read, oldest first."""
    return _entries(_waiting().order_by("proposed_at"), reader)


def history(root: str, reader: UUID) -> tuple[Entry, ...]:
    """Every revision of a fact and of its parts, newest first."""
    return _entries(_own().of_root(root).order_by("-proposed_at"), reader)  # type: ignore[attr-defined]


def one(id: str, on: date) -> Fact:
    """The fact on a day. Raises: Missing."""
    try:
        return queries.fact(id, on=on)
    except UnknownFact:
        raise Missing from None


def _own():
    return FactRevision.objects.of(settings.HAVRE_COUNTRY)  # type: ignore[attr-defined]


def _waiting():
    return _own().filter(state__in=[RevisionState.DRAFT, RevisionState.REVIEWED])


def _entries(revisions, reader: UUID) -> tuple[Entry, ...]:  # noqa: ANN001
    found = list(revisions)
    ids = {one.author_id for one in found} | {one.reviewer_id for one in found if one.reviewer_id}
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "name"))
    return tuple(
        Entry(one, names.get(one.author_id, ""), names.get(one.reviewer_id, "") if one.reviewer_id else "", one.author_id == reader)
        for one in found
    )
