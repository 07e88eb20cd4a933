"""The record of processing (Convention 108+ art. 10; EU 2016/679 art. 30), generated from the contracts and the policy, so that it cannot differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.utils.translation import gettext_lazy as _

from havre.trust.contracts import contracts
from havre.trust.enums import ROLE_PURPOSES, SECTION_LABELS, Act, Role, Section
from havre.trust.errands import WORDS
from havre.trust.errors import Words
from havre.trust.models import accounts as jobs
from havre.trust.models import audit, clocks, codes, grants, organisations, retention, vault
from havre.trust.policy.rows import IN_THE_HOUSE
from havre.trust.policy.table import POLICY

TOUCHING = frozenset({Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE})
# what trust itself keeps outside the sections, and what for
KEPT: tuple[tuple[Words, tuple[str, ...]], ...] = (
    (_("Staff: accounts, jobs, codes and organisations"), (jobs.__name__, codes.__name__, organisations.__name__)),
    (_("Who may: grants, seals, conflicts, emergency accesses, holds, waivers"), (grants.__name__, retention.__name__, clocks.__name__)),
    (_("Who read: the audit trail, ids and codes only"), (audit.__name__,)),
    (_("Keys, and the ledger of what was erased"), (vault.__name__,)),
)


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


def errands() -> tuple[tuple[str, Words], ...]:
    """Every errand of the house that reads or writes records for nobody's eyes, by name; the test suite's own is none of an instance."""
    return tuple((name, words) for name, words in sorted(WORDS.items()) if name != "tests")


def beside() -> tuple[tuple[Words, tuple[str, ...]], ...]:
    """Every table of Havre that belongs to no section of a case, by what it is kept for; those of the other parts by part."""
    protected = {model for contract in contracts() for model in contract.models}
    left = {m for m in apps.get_models() if m.__module__.startswith("havre.") and m not in protected}
    found: list[tuple[Words, tuple[str, ...]]] = []
    for title, modules in KEPT:
        mine = {model for model in left if model.__module__ in modules}
        found.append((title, _labels(mine)))
        left -= mine
    parts = dict.fromkeys(sorted(model._meta.app_label for model in left))
    others = _("Lists, files in transit and publications of the part %(part)s")
    return (*found, *((others % {"part": part}, _labels(m for m in left if m._meta.app_label == part)) for part in parts))


def _labels(models: Iterable[type]) -> tuple[str, ...]:
    return tuple(sorted(model._meta.label for model in models))  # type: ignore[attr-defined]


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
