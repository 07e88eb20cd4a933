"""The record of processing (Convention 108+ art. 10; EU 2016/679 art. 30), generated from the contracts and the policy, so that it cannot differ."""

from __future__ import annotations

from dataclasses import dataclass

from havre.trust.contracts import contracts
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Act, Role, Section
from havre.trust.errors import Words
from havre.trust.policy.rows import IN_THE_HOUSE
from havre.trust.policy.table import POLICY

TOUCHING = frozenset({Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE})


@dataclass(frozen=True, slots=True)
class Ground:
    """One row of the policy as the record names it: who may what, only when, and by which law."""

    acts: tuple[Words, ...]
    roles: tuple[Words, ...]
    when: Words
    law: str


@dataclass(frozen=True, slots=True)
class Activity:
    """One section of a case as an activity of processing: which tables hold it, for which purposes, on which grounds."""

    section: Section
    title: Words
    tables: tuple[str, ...]
    purposes: tuple[Words, ...]
    grounds: tuple[Ground, ...]


def activities() -> tuple[Activity, ...]:
    """Every section, in the order of the page. A table whose rows say their own section is named under each."""
    return tuple(_activity(section) for section in Section)


def _activity(section: Section) -> Activity:
    rows = [row for _name, row in POLICY.allows if row.sections & section and row.acts & TOUCHING and row.when is not IN_THE_HOUSE]
    may = {role for act, held, role in POLICY.rules if held == section and act in TOUCHING}
    purposes = dict.fromkeys(purpose for role in Role if role in may for purpose in ROLE_PURPOSES[role])
    tables = [model._meta.label for contract in contracts() for model in contract.models if getattr(model, "section", 0) in {section, None}]
    return Activity(
        section=section,
        title=SECTION_LABELS[section],
        tables=tuple(sorted(tables)),
        purposes=tuple(purpose.label for purpose in purposes),
        grounds=tuple(
            Ground(
                acts=tuple(act.label for act in Act if act in row.acts & TOUCHING),
                roles=tuple(role.label for role in Role if role in row.roles and role in may),
                when=row.when.words,
                law=row.law,
            )
            for row in rows
        ),
    )
