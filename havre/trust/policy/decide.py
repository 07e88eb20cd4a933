"""Asking the policy: a filter for lists, an answer for one record, a check for acts that touch no case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, PositiveSmallIntegerField, Q, QuerySet, Value
from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.enums import SECTION_LABELS, Act, Basis, Purpose, Section
from havre.trust.errors import Refused, Words
from havre.trust.policy.rows import IN_THE_HOUSE, Policy, When
from havre.trust.policy.table import POLICY

if TYPE_CHECKING:
    from havre.trust.models import Grant


# where the condition's own words would not say what to do next
_REFUSALS: dict[When, Words] = {
    When.ALWAYS: _("this role never does that"),
    When.FOR_JUSTICE: _("you act for justice now: change the purpose of your job to identification for this"),
}


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, the rows that decided, and the reasons of a refusal in the user's language."""

    allowed: bool
    rows: tuple[str, ...]
    reasons: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Ground:
    """What the database says of one actor and one case, read once for several questions: nothing of it is anybody's decision."""

    actor: Actor
    case_id: UUID
    sealed: bool
    conflicted: bool
    grants: tuple[Grant, ...]
    # (person, sections closed to this actor) of the restriction lists of this case's persons
    restrictions: tuple[tuple[UUID, int], ...] = ()
    # what `scope_in` has asked already of this very ground
    answers: dict[tuple[Act, Section, UUID | None], bool] = field(default_factory=dict, compare=False, repr=False)

    @property
    def names_a_person(self) -> bool:
        """Whether what is open differs from one person of the case to another."""
        return bool(self.restrictions) or any(grant.person_id for grant in self.grants)


def ground_of(actor: Actor, case_id: UUID) -> Ground:
    """The live grants, the seal, the conflicts and the restrictions on which `decide` rests: one query, two where no grant is live or
    somebody in the case has a restriction list that names this actor.
    """
    marks = {
        "on_seal": Exists(_open_seals(OuterRef("case_id"))),
        "on_conflict": Exists(_conflicts(actor, OuterRef("case_id"))),
        "on_list": Exists(_restrictions(actor, case_id=OuterRef("case_id"))),
    }
    grants = tuple(_live_grants(actor, case_id).annotate(**marks))
    if grants:
        first: Any = grants[0]
        closed = tuple(_restrictions(actor, case_id=case_id).values_list("person_id", "sections")) if first.on_list else ()
        return Ground(actor, case_id, first.on_seal, first.on_conflict, grants, closed)
    return Ground(actor, case_id, _open_seals(case_id).exists(), _conflicts(actor, case_id).exists(), ())


def _same_ground(ground: Ground, actor: Actor, case_id: UUID) -> bool:
    """Whether it was read for this very actor (the age of the second factor apart, on which no grant depends) and case."""
    return ground.case_id == case_id and replace(ground.actor, factor_at=actor.factor_at) == actor


def scope(queryset: QuerySet[Any], actor: Actor, act: Act = Act.READ, *, policy: Policy = POLICY) -> QuerySet[Any]:
    """Keep the records on which `actor` may do `act`: one semi-join on grants, never an OR of bases.

    The model says its section (fixed, or None for a `section_bit` column), the path to its case, and which person a row is about. A row
    about no one person is opened by no grant for one person, and closed by the restriction list of anybody in the case.
    """
    model = queryset.model
    usable = _usable(actor, act, policy)
    if not usable:
        return queryset.none()
    grants = _live_grants(actor, OuterRef(model.case_path))
    if model.section is not None:
        if model.section not in usable:
            return queryset.none()
        grants = grants.annotate(held=F("sections").bitand(int(model.section))).filter(held__gt=0, basis__in=usable[model.section])
    else:
        pairs = Q()
        for bases in set(usable.values()):
            pairs |= Q(basis__in=bases, asked__in=[int(s) for s in usable if usable[s] == bases])
        grants = grants.alias(asked=_row_section()).annotate(held=_bits(F("sections"), F("asked"))).filter(pairs, held__gt=0)
    rules = [policy.rules[act, section, actor.role] for section in usable if model.section in (section, None)]
    person = person_path(model)
    if any(rule.by_person for rule in rules):
        grants = grants.filter(Q(person_id=None) | Q(person_id=OuterRef(person)) if person else Q(person_id=None))
    if any(rule.minds_seal for rule in rules):
        grants = grants.filter(Q(basis=Basis.CUSTODIAN) | ~Exists(_open_seals(OuterRef("case_id"))))
    queryset = queryset.filter(Exists(grants))
    if any(rule.minds_conflict for rule in rules):
        queryset = queryset.filter(~Exists(_conflicts(actor, OuterRef(model.case_path))))
    if any(rule.minds_restriction for rule in rules):
        closed = _restrictions(actor, **{"person_id": OuterRef(person)} if person else {"case_id": OuterRef(model.case_path)})
        asked = Value(int(model.section)) if model.section is not None else F("asked")
        closed = closed if model.section is not None else closed.alias(asked=_row_section())
        queryset = queryset.filter(~Exists(closed.annotate(held=_bits(F("sections"), asked)).filter(held__gt=0)))
    return queryset


def scope_in(queryset: QuerySet[Any], ground: Ground, act: Act = Act.READ) -> QuerySet[Any]:
    """Keep the records of the ground's case on which its actor may do `act`: `scope` for one case, decided in memory.

    What the ground says was read a moment ago: a page asks it once, then reads in one go all that it shows. Row-level security, where there
    is any, asks again at each row.
    """
    model = queryset.model
    mine = queryset.filter(**{model.case_path: ground.case_id})
    path = person_path(model)
    if model.section is not None:
        rows = _rows_in(ground, act, model.section, path)
        return queryset.none() if rows is None else mine.filter(rows)
    by_section = {section: rows for section in Section if (rows := _rows_in(ground, act, section, path)) is not None}
    plain = [int(section) for section, rows in by_section.items() if not rows]
    every = Q(section_bit__in=plain) if plain else Q(pk__in=())
    for section, rows in by_section.items():
        if rows:
            every |= Q(section_bit=int(section)) & rows
    return mine.filter(every) if by_section else queryset.none()


# stands for somebody whom no grant and no list names
NOBODY_NAMED = UUID(int=0)


def _rows_in(ground: Ground, act: Act, section: Section, path: str) -> Q | None:
    """Which rows of one section the actor of this ground may touch: None for none, an empty Q for all, else by the person they are about."""
    if not path:
        return Q() if _answer(ground, act, section, None) else None
    named = {person for person, _bits in ground.restrictions} | {grant.person_id for grant in ground.grants if grant.person_id}
    answers = {person: _answer(ground, act, section, person) for person in named}
    if _answer(ground, act, section, NOBODY_NAMED):
        shut = [person for person, opens in answers.items() if not opens]
        return ~Q(**{f"{path}__in": shut}) if shut else Q()
    opened = [person for person, opens in answers.items() if opens]
    return Q(**{f"{path}__in": opened}) if opened else None


def _answer(ground: Ground, act: Act, section: Section, person_id: UUID | None) -> bool:
    """`decide` on this ground, each question once."""
    asked = (act, section, person_id)
    if asked not in ground.answers:
        ground.answers[asked] = decide(ground.actor, act, section, ground.case_id, person_id=person_id, ground=ground).allowed
    return ground.answers[asked]


def person_path(model: Any) -> str:
    """The column of a record that names the person it is about; empty where it is about no one person, or about a whole case."""
    if model.case_path == "id":
        return ""
    return next((field.attname for field in model._meta.concrete_fields if field.attname == "person_id"), "")


def decide(
    actor: Actor,
    act: Act,
    section: Section,
    case_id: UUID,
    *,
    person_id: UUID | None = None,
    policy: Policy = POLICY,
    ground: Ground | None = None,
) -> Decision:
    """Answer for one section of one case, with every reason at once. Evaluated in memory, apart from the SQL of `scope`.

    Args: person_id, the person that the question is about; None asks about the section for everybody in the case, which a grant for one
    person does not open and anybody's restriction list closes. ground, what was read for this actor and case a moment ago, by whoever
    asks about several sections; another's is read anew.
    """
    reasons: list[Words] = []
    cited: list[str] = []
    allows = [
        (name, row)
        for name, row in policy.allows
        if act in row.acts and section & row.sections and actor.role in row.roles and row.when is not IN_THE_HOUSE
    ]
    if not allows:
        return Decision(False, (), (_("no rule lets this role do that"),))
    if ground is None or not _same_ground(ground, actor, case_id):
        ground = ground_of(actor, case_id)
    sealed, conflicted = ground.sealed, ground.conflicted
    restricted = any(bits & section for person, bits in ground.restrictions if person_id in (person, None))
    for name, row in policy.forbids:
        if act not in row.acts or not section & row.sections or actor.role not in row.roles:
            continue
        fires = {
            When.ALWAYS: True,
            When.IN_CONFLICT: conflicted,
            When.FACTOR_STALE: not actor.factor_is_fresh,
            When.FOR_JUSTICE: actor.purpose == Purpose.JUSTICE,
            When.CASE_SEALED: False,
            When.RESTRICTED: restricted,
        }[row.when]
        if fires:
            cited.append(name)
            reasons.append(_REFUSALS.get(row.when, row.when.words))
    minds_seal = any(
        row.when is When.CASE_SEALED and act in row.acts and section & row.sections and actor.role in row.roles
        for _name, row in policy.forbids
    )
    held = [grant for grant in ground.grants if grant.sections & section and grant.person_id in (None, person_id)]
    live = [grant for grant in held if grant.basis == Basis.CUSTODIAN or not (sealed and minds_seal)]
    if len(live) < len(held):
        # cited for the audit trail alone: to the actor a sealed case is simply not there
        cited.extend(name for name, row in policy.forbids if row.when is When.CASE_SEALED and act in row.acts)
    fitting = [name for name, row in allows if any(grant.basis in row.when.bases for grant in live)]
    if not fitting:
        reasons.append(_("no access to this section of this case is open to your service for this purpose"))
    if reasons:
        return Decision(False, tuple(cited), tuple(reasons))
    return Decision(True, tuple(fitting))


def require(actor: Actor, act: Act, section: Section, case_id: UUID, *, person_id: UUID | None = None) -> tuple[str, ...]:
    """The rows that allow it. Raises: Refused (403), naming the section and every reason."""
    decision = decide(actor, act, section, case_id, person_id=person_id)
    if not decision.allowed:
        label = SECTION_LABELS[section]
        raise Refused(
            (_("%(section)s: %(reason)s") % {"section": label, "reason": r} for r in decision.reasons), status=403, rows=decision.rows
        )
    return decision.rows


def may_in_house(actor: Actor, act: Act, *, policy: Policy = POLICY) -> bool:
    """Whether this role may do an act that touches no single case."""
    return (act, actor.role) in policy.house


def require_in_house(actor: Actor, act: Act) -> None:
    """Raises: Refused (403) unless the role may do this act."""
    if not may_in_house(actor, act):
        raise Refused((_("your role may not do that here"),), status=403)


def _usable(actor: Actor, act: Act, policy: Policy) -> dict[Section, frozenset[Basis]]:
    """Section → bases on which this actor's role may do this act now, the second factor taken into account."""
    found = {}
    for section in Section:
        rule = policy.rules.get((act, section, actor.role))
        if rule and rule.serves(actor.purpose) and (actor.factor_is_fresh or not rule.needs_factor):
            found[section] = rule.bases
    return found


def _live_grants(actor: Actor, case_id: Any) -> QuerySet[Grant]:
    from havre.trust.models import Grant

    return Grant.objects.filter(
        case_id=case_id,
        holder_id__in=actor.holders,
        role=actor.role,
        purpose=actor.purpose,
        starts_at__lte=actor.at,
        ends_at__gt=actor.at,
    )


def _row_section() -> Any:
    # a bare OuterRef has no lookups until the outer query is known
    return ExpressionWrapper(OuterRef("section_bit"), output_field=PositiveSmallIntegerField())


def _bits(mask: Any, asked: Any) -> Any:
    return mask.bitand(asked)


def _open_seals(case_id: Any) -> QuerySet[Any]:
    from havre.trust.models import Seal

    return Seal.objects.filter(case_id=case_id, ended_at=None)


def _conflicts(actor: Actor, case_id: Any) -> QuerySet[Any]:
    from havre.trust.models import Conflict

    return Conflict.objects.filter(case_id=case_id, holder_id__in=actor.holders)


def _restrictions(actor: Actor, **of: Any) -> QuerySet[Any]:
    from havre.trust.models import Restriction

    return Restriction.objects.filter(holder_id__in=actor.holders, lifted_at=None, **of)


def sections_readable(actor: Actor, case_id: UUID) -> Iterable[Section]:
    """The sections of one case that this actor may read now, in the order of the page."""
    return sections_in(ground_of(actor, case_id), Act.READ)


def sections_in(ground: Ground, act: Act, *, of_anybody: bool = False) -> list[Section]:
    """The sections of the ground's case on which its actor may do `act` now, in the order of the page.

    Args: of_anybody, also those that are open for one person of the case only.
    """
    if of_anybody:
        return [
            section for section in Section if _rows_in(ground, act, section, "person_id") is not None or _answer(ground, act, section, None)
        ]
    return [section for section in Section if _answer(ground, act, section, None)]
