"""What a policy row is, and what the rows say together for one act."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from types import MappingProxyType

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Act, Basis, Purpose, Role, Section

Words = str | Promise
ANYONE = frozenset(Role)


@dataclass(frozen=True, slots=True)
class Held:
    """An Allow's condition: a live grant on this case, for the declared purpose, on one of these bases. No bases: needs no case."""

    name: str
    bases: frozenset[Basis]
    words: Words


IN_THE_HOUSE = Held("in_the_house", frozenset(), _("no case is touched"))
ON_OWN_CASE = Held("on_own_case", frozenset({Basis.OWN_CASE}), _("the case is the organisation's own"))
ON_THIS_CASE = Held(
    "on_this_case",
    frozenset({Basis.OWN_CASE, Basis.REFERRAL, Basis.CONSENT, Basis.LEGAL_DUTY, Basis.VITAL_INTEREST}),
    _("the case was opened by, referred to or shared with the organisation"),
)
ON_CASE_WITH_CONSENT = Held(
    "on_case_with_consent",
    frozenset({Basis.OWN_CASE, Basis.REFERRAL, Basis.CONSENT}),
    _("own case, or shared with the person's consent"),
)
BY_LEGAL_DUTY = Held("by_legal_duty", frozenset({Basis.LEGAL_DUTY}), _("a law makes it this role's duty"))
IN_EMERGENCY = Held("in_emergency", frozenset({Basis.BREAK_GLASS, Basis.VITAL_INTEREST}), _("danger to life, or the glass was broken"))
AS_CUSTODIAN = Held("as_custodian", frozenset({Basis.CUSTODIAN}), _("custodian of a sealed case"))
ON_REQUEST = Held("on_request", frozenset({Basis.IDENTITY_REQUEST}), _("the custodians of the name granted this person's request"))


class When(Enum):
    """A Forbid's condition."""

    ALWAYS = "always"
    CASE_SEALED = "case_sealed"
    IN_CONFLICT = "in_conflict"
    FACTOR_STALE = "factor_stale"
    FOR_JUSTICE = "for_justice"
    RESTRICTED = "restricted"

    @property
    def words(self) -> Words:
        """The condition as a sentence for a refusal, in the reader's language."""
        return {
            When.ALWAYS: _("always"),
            When.CASE_SEALED: _("the case is sealed and the grant is not a custodian's"),
            When.IN_CONFLICT: _("a conflict of interest is recorded for this holder"),
            When.FACTOR_STALE: _("the second factor was not given in the last minutes"),
            When.FOR_JUSTICE: _("the declared purpose is justice"),
            When.RESTRICTED: _("this section of this person is closed to you by the restriction list"),
        }[self]


@dataclass(frozen=True, slots=True)
class Allow:
    """These roles may do these acts on these sections, only when."""

    acts: frozenset[Act]
    sections: Section
    roles: AbstractSet[Role]
    when: Held
    law: str


@dataclass(frozen=True, slots=True)
class Forbid:
    """These roles may not, whatever any Allow says."""

    acts: frozenset[Act]
    sections: Section
    roles: AbstractSet[Role]
    when: When
    law: str


def acts(*several: Act) -> frozenset[Act]:
    """The acts of a row, as a set."""
    return frozenset(several)


@dataclass(frozen=True)
class Rule:
    """What the rows say together for one act, one section and one role."""

    bases: frozenset[Basis]
    needs_factor: bool
    minds_seal: bool
    minds_conflict: bool
    minds_restriction: bool
    never_for_justice: bool = False

    def serves(self, purpose: Purpose) -> bool:
        """Whether an actor who declares this purpose may use the rule at all."""
        return not (self.never_for_justice and purpose == Purpose.JUSTICE)

    @property
    def by_person(self) -> bool:
        """Whether one of its bases opens one person of a case and not the others."""
        return bool(self.bases & ON_REQUEST.bases)


@dataclass(frozen=True)
class Policy:
    """A whole table. Compiled once; the tests compile mutilated copies to see that they are noticed."""

    rows: tuple[Allow | Forbid, ...]

    @cached_property
    def allows(self) -> tuple[tuple[str, Allow], ...]:
        """The rows that open something, by name."""
        return tuple((f"A{number:02}", row) for number, row in enumerate((r for r in self.rows if isinstance(r, Allow)), 1))

    @cached_property
    def forbids(self) -> tuple[tuple[str, Forbid], ...]:
        """The rows that close something, by name; one that fires outweighs every Allow."""
        return tuple((f"F{number:02}", row) for number, row in enumerate((r for r in self.rows if isinstance(r, Forbid)), 1))

    @cached_property
    def rules(self) -> MappingProxyType[tuple[Act, Section, Role], Rule]:
        """The compiled rules: what is in no key is refused."""
        found: dict[tuple[Act, Section, Role], set[Basis]] = {}
        for _name, row in self.allows:
            if row.when is IN_THE_HOUSE:
                continue
            for key in product(row.acts, row.sections, row.roles):
                found.setdefault(key, set()).update(row.when.bases)
        compiled = {}
        for key, bases in found.items():
            against = [row for _name, row in self.forbids if key[0] in row.acts and key[1] & row.sections and key[2] in row.roles]
            if any(row.when is When.ALWAYS for row in against):
                continue
            compiled[key] = Rule(
                frozenset(bases),
                needs_factor=any(row.when is When.FACTOR_STALE for row in against),
                minds_seal=any(row.when is When.CASE_SEALED for row in against),
                minds_conflict=any(row.when is When.IN_CONFLICT for row in against),
                never_for_justice=any(row.when is When.FOR_JUSTICE for row in against),
                minds_restriction=any(row.when is When.RESTRICTED for row in against),
            )
        return MappingProxyType(compiled)

    @cached_property
    def house(self) -> frozenset[tuple[Act, Role]]:
        """What needs no case: (act, role) pairs."""
        return frozenset((act, role) for _name, row in self.allows if row.when is IN_THE_HOUSE for act in row.acts for role in row.roles)

    def without(self, row: Allow | Forbid) -> Policy:
        """A copy that lacks one row, for tests."""
        return Policy(tuple(other for other in self.rows if other is not row))


def product(several: Iterable[Act], sections: Section, roles: Iterable[Role]) -> Iterable[tuple[Act, Section, Role]]:
    """Every (act, single section, role) of a row."""
    return ((act, section, role) for act in several for section in sections for role in roles)
