"""What the records of a case say on its timeline: each part declares its lines, one query reads the rows of them all.

The policy is asked once for the case: `policy.ground_of` reads what the database says of this actor and case, and each branch of the one
union is `objects.visible_in(ground)`, which lets through exactly the rows that `visible_to(actor)` does (tests/trust/test_moments.py tries
both over drawn grants, seals, conflicts, moments and second factors). On PostgreSQL row-level security looks at each row besides. What was
read a moment ago may be closed by now, as with any page that was opened before: the ground lives for one page.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.core.exceptions import EmptyResultSet
from django.db import connections, models
from django.db.models import F, Value
from django.db.models.functions import Coalesce, JSONObject
from django.urls import reverse
from django.utils import timezone

from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.contracts import Entry
from havre.trust.enums import Act, Role, Section
from havre.trust.errors import Words

if TYPE_CHECKING:
    from havre.trust.records import ProtectedQuerySet

# rows of one case, the newest by their ids: a thread that long is read by its tabs
MOST = 3_000
Say = Words | Callable[["Moment"], Words]


@dataclass(frozen=True, eq=False, slots=True)
class Mark:
    """One moment of a record: the column that dates it, what happened then, and the coded columns whose words stand below.

    A title that is a callable may give "": the record then has no such line. `instead` dates it where nobody recorded `at`.
    """

    at: str
    title: Say
    words: tuple[str, ...] | Callable[[Moment], Words] = ()
    instead: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """What it reads of its record."""
        return (self.at, *([self.instead] if self.instead else []), *(() if callable(self.words) else self.words))


@dataclass(frozen=True, eq=False)
class Line:
    """One kind of record on the timeline. Without marks it has no line and is read for the part's panels only.

    `facts` are further columns that panels show; `roles` are those who may see such records at all, where that is narrower than the section
    (None: whoever the policy lets); `page` is the address of a record, which takes the column `of`; `owner`, the column that names the
    service whose page that is, where another's would not find it; `sealed`, whether words are sealed under the record's id that the page
    opens.
    """

    model: Any
    icon: str = "note"
    marks: tuple[Mark, ...] = ()
    facts: tuple[str, ...] = ()
    roles: Collection[Role] | None = None
    page: str = ""
    of: str = "pk"
    owner: str = ""
    sealed: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        of_page = [name for name in (self.of, self.owner) if self.page and name not in {"pk", ""}]
        return tuple(dict.fromkeys([*(name for mark in self.marks for name in mark.columns), *self.facts, *of_page]))


@dataclass(frozen=True, slots=True)
class Moment:
    """One record as the union gives it. It answers as its record does, for the columns that its line reads."""

    line: Line
    pk: UUID
    section: Section
    facts: dict[str, Any]

    def __getattr__(self, name: str) -> Any:
        try:
            if name.startswith("get_") and name.endswith("_display"):
                return self.said(name.removeprefix("get_").removesuffix("_display"))
            return self.facts[name]
        except KeyError:
            raise AttributeError(name) from None

    def said(self, name: str) -> Words:
        """A column in words: a code's label, a name as it is, "" where nothing is recorded."""
        value = self.facts[name]
        if value is None or value == "":
            return ""
        labels: dict[Any, Words] = dict(_column(self.line.model, name).flatchoices)
        return labels.get(value, str(value))

    def told(self) -> Iterator[Told]:
        """Its lines, dated and not yet put in words."""
        for mark in self.line.marks:
            at = self.facts[mark.at] or (self.facts[mark.instead] if mark.instead else None)
            if at is None or (callable(mark.title) and not mark.title(self)):
                continue
            whole_day = not isinstance(at, datetime)
            yield Told(timezone.make_aware(datetime.combine(at, time.min)) if whole_day else at, self, mark, whole_day)

    def entries(self, actor: Actor, pages: Mapping[str, Collection[Role] | None]) -> Iterator[Entry]:
        """Its lines; each leads to the record's page where this role reaches it."""
        return (one.entry(actor, pages) for one in self.told())

    def address(self, actor: Actor, pages: Mapping[str, Collection[Role] | None]) -> str:
        """Where the record's own page is, for a role and a service that reach it; "" for every other, and where it has none."""
        allowed = pages.get(self.line.page, ())
        if not self.line.page or (allowed is not None and actor.role not in allowed):
            return ""
        if self.line.owner and self.facts[self.line.owner] != actor.organisation_id:
            return ""
        return reverse(self.line.page, args=[self.pk if self.line.of == "pk" else self.facts[self.line.of]])


@dataclass(frozen=True, slots=True)
class Told:
    """One line of the timeline before it is put in words: a page sorts all of them and says a hundred."""

    at: datetime
    moment: Moment
    mark: Mark
    whole_day: bool

    def entry(self, actor: Actor, pages: Mapping[str, Collection[Role] | None]) -> Entry:
        """In the reader's language, with the address of the record's page."""
        one, mark = self.moment, self.mark
        title = mark.title(one) if callable(mark.title) else mark.title
        words = mark.words(one) if callable(mark.words) else ", ".join(str(said) for said in map(one.said, mark.words) if said)
        record = one.pk if one.line.sealed else None
        return Entry(self.at, title, words, one.line.icon, one.section, record, one.address(actor, pages), self.whole_day)


@dataclass(slots=True)
class Reading:
    """One case as one actor reads it for one page: the policy's ground, and what the parts' lines found, read once."""

    actor: Actor
    case_id: UUID
    ground: policy.Ground
    moments: list[Moment] = field(default_factory=list)

    @classmethod
    def of(cls, actor: Actor, case_id: UUID, lines: Iterable[Line], *, ground: policy.Ground | None = None) -> Reading:
        """Two queries, whatever the case holds: the ground (where it is not given) and the union. Raises: Unscoped outside `acting`."""
        ground = ground or policy.ground_of(actor, case_id)
        return cls(actor, case_id, ground, read(ground, lines))

    def records(self, model: Any) -> ProtectedQuerySet[Any]:
        """The records of one kind, for a panel that needs more than the union reads."""
        found: ProtectedQuerySet[Any] = model.objects.visible_in(self.ground)
        return found

    def moments_of(self, model: Any) -> list[Moment]:
        """The moments of one kind of record, the newest record first."""
        return [one for one in self.moments if one.line.model is model]


def read(ground: policy.Ground, lines: Iterable[Line]) -> list[Moment]:
    """The rows of these lines that the actor of this ground may read, newest record first: one query. What was read is in the log.

    Raises: Unscoped outside `acting`.
    """
    context = require(ground.actor)
    mine = [line for line in lines if line.roles is None or ground.actor.role in line.roles]
    readable = policy.sections_in(ground, Act.READ, of_anybody=True)
    open_lines = [line for line in mine if (line.model.section in readable if line.model.section is not None else readable)]
    if not open_lines:
        return []
    found = []
    for number, key, section, subject, facts in _statement(tuple(open_lines), tuple(readable), ground).rows(ground.case_id):
        line = open_lines[number]
        context.log.add(Section(section), [_id(subject)])
        held = json.loads(facts)
        found.append(Moment(line, _id(key), Section(section), {name: turn(held[name]) for name, turn in _turns(line)}))
    return found


@dataclass(frozen=True, slots=True)
class _Statement:
    """The union in the database's own words, for any case: made once for the same lines and readable sections, since making it costs more
    than running it. `places` are the parameters that name the case.
    """

    using: str
    sql: str
    params: tuple[Any, ...]
    places: frozenset[int]

    def rows(self, case_id: UUID) -> list[tuple[Any, ...]]:
        """The rows of one case; on PostgreSQL as the actor in force, whom row-level security asks again."""
        if not self.sql:
            return []
        connection = connections[self.using]
        own = case_id if connection.features.has_native_uuid_field else case_id.hex
        with connection.cursor() as cursor:
            cursor.execute(self.sql, [own if place in self.places else one for place, one in enumerate(self.params)])
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


_statements: dict[tuple[str, tuple[Line, ...], tuple[Section, ...]], _Statement] = {}


def _statement(lines: tuple[Line, ...], readable: tuple[Section, ...], ground: policy.Ground) -> _Statement:
    """What `visible_in(ground)` lets through hangs on the case and on the sections that it opens, and on nothing else of the ground; but
    where a grant or a restriction list names one person the statement is this ground's own and is kept for nobody.
    """
    using = lines[0].model.objects.visible_in(ground).db
    if ground.names_a_person:
        return _made(lines, ground, using)
    known = _statements.get((using, lines, readable))
    if known is None:
        known = _statements[using, lines, readable] = _made(lines, ground, using)
    return known


def _made(lines: tuple[Line, ...], ground: policy.Ground, using: str) -> _Statement:
    branches = [_branch(number, line, ground) for number, line in enumerate(lines)]
    rows = branches[0].union(*branches[1:], all=True) if len(branches) > 1 else branches[0]
    try:
        sql, params = rows.order_by("-m_key")[:MOST].query.get_compiler(using).as_sql()
    except EmptyResultSet:
        return _Statement(using, "", (), frozenset())
    places = frozenset(place for place, one in enumerate(params) if one in (ground.case_id, ground.case_id.hex))
    return _Statement(using, sql, tuple(params), places)


def _branch(number: int, line: Line, ground: policy.Ground) -> ProtectedQuerySet[Any]:
    model = line.model
    small: models.Field[Any, Any] = models.PositiveSmallIntegerField()
    rows: ProtectedQuerySet[Any] = model.objects.visible_in(ground)
    marked = rows.order_by().annotate(
        m_line=Value(number, small),
        m_key=F("pk"),
        m_section=F("section_bit") if model.section is None else Value(int(model.section), small),
        m_subject=_subject(model),
        m_facts=JSONObject(**{name: F(name) for name in line.columns}),
    )
    return marked.values_list("m_line", "m_key", "m_section", "m_subject", "m_facts")


@cache
def _subject(model: Any) -> Any:
    """Whom a row is about, as `ProtectedModel.audit_subject` says it."""
    person = next((one for one in model._meta.fields if one.attname == "person_id"), None)
    if person is None:
        return F(model.case_path)
    return Coalesce(F("person_id"), F(model.case_path)) if person.null else F("person_id")


@cache
def _column(model: Any, name: str) -> Any:
    """The field at the end of a path."""
    *steps, last = name.split("__")
    for step in steps:
        model = model._meta.get_field(step).related_model
    return model._meta.get_field(last)


@cache
def _turns(line: Line) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    return tuple((name, _turn(_column(line.model, name))) for name in line.columns)


def _turn(column: Any) -> Callable[[Any], Any]:
    """How a value of this column comes out of JSON, as either database writes it there."""
    while getattr(column, "target_field", None) is not None and column.is_relation:
        column = column.target_field
    for kind, turn in _KNOWN:
        if isinstance(column, kind):
            return lambda value: None if value is None else turn(value)
    return lambda value: value


def _id(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(value)


def _moment(value: str) -> datetime:
    found = datetime.fromisoformat(value)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _listed(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value


# DateTimeField is a DateField: it comes first
_KNOWN: tuple[tuple[type[models.Field[Any, Any]], Callable[[Any], Any]], ...] = (
    (models.DateTimeField, _moment),
    (models.DateField, date.fromisoformat),
    (models.UUIDField, UUID),
    (models.BooleanField, bool),
    (models.DecimalField, lambda value: round(Decimal(str(value)), 2)),
    (models.JSONField, _listed),
)
