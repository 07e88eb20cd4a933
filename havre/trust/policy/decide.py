"""Asking the policy: a filter for lists, an answer for one record, a check for acts that touch no case."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Exists, ExpressionWrapper, F, OuterRef, PositiveSmallIntegerField, Q, QuerySet
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


def ground_of(actor: Actor, case_id: UUID) -> Ground:
    """The live grants, the seal and the conflicts on which `decide` rests: one query, two where no grant is live."""
    marks = {"on_seal": Exists(_open_seals(OuterRef("case_id"))), "on_conflict": Exists(_conflicts(actor, OuterRef("case_id")))}
    grants = tuple(_live_grants(actor, case_id).annotate(**marks))
    if grants:
        first: Any = grants[0]
        return Ground(actor, case_id, first.on_seal, first.on_conflict, grants)
    return Ground(actor, case_id, _open_seals(case_id).exists(), _conflicts(actor, case_id).exists(), ())


def _same_ground(ground: Ground, actor: Actor, case_id: UUID) -> bool:
    """Whether it was read for this very actor (the age of the second factor apart, on which no grant depends) and case."""
    return ground.case_id == case_id and replace(ground.actor, factor_at=actor.factor_at) == actor


def scope(queryset: QuerySet[Any], actor: Actor, act: Act = Act.READ, *, policy: Policy = POLICY) -> QuerySet[Any]:
    """Keep the records on which `actor` may do `act`: one semi-join on grants, never an OR of bases.

    The model says its section (fixed, or None for a `section_bit` column) and the path to its case.
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
    rules = [policy.rules[act, section, actor.role] for section in usable]
    if any(rule.minds_seal for rule in rules):
        grants = grants.filter(Q(basis=Basis.CUSTODIAN) | ~Exists(_open_seals(OuterRef("case_id"))))
    queryset = queryset.filter(Exists(grants))
    if any(rule.minds_conflict for rule in rules):
        queryset = queryset.filter(~Exists(_conflicts(actor, OuterRef(model.case_path))))
    return queryset


def decide(actor: Actor, act: Act, section: Section, case_id: UUID, *, policy: Policy = POLICY, ground: Ground | None = None) -> Decision:
    """Answer for one section of one case, with every reason at once. Evaluated in memory, apart from the SQL of `scope`.

    Args: ground, what was read for this actor and case a moment ago, by whoever asks about several sections; another's is read anew.
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
    for name, row in policy.forbids:
        if act not in row.acts or not section & row.sections or actor.role not in row.roles:
            continue
        fires = {
            When.ALWAYS: True,
            When.IN_CONFLICT: conflicted,
            When.FACTOR_STALE: not actor.factor_is_fresh,
            When.FOR_JUSTICE: actor.purpose == Purpose.JUSTICE,
            When.CASE_SEALED: False,
        }[row.when]
        if fires:
            cited.append(name)
            reasons.append(_REFUSALS.get(row.when, row.when.words))
    minds_seal = any(
        row.when is When.CASE_SEALED and act in row.acts and section & row.sections and actor.role in row.roles
        for _name, row in policy.forbids
    )
    held = [grant for grant in ground.grants if grant.sections & section]
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


def require(actor: Actor, act: Act, section: Section, case_id: UUID) -> tuple[str, ...]:
    """The rows that allow it. Raises: Refused (403), naming the section and every reason."""
    decision = decide(actor, act, section, case_id)
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


def sections_readable(actor: Actor, case_id: UUID) -> Iterable[Section]:
    """The sections of one case that this actor may read now, in the order of the page."""
    ground = ground_of(actor, case_id)
    return [section for section in Section if decide(actor, Act.READ, section, case_id, ground=ground).allowed]
