"""The model and the policy that run, as one flat table: what an assessment was signed for, and what has changed since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from django.conf import settings

from havre.standards import UnknownFact
from havre.standards.queries import fact
from havre.trust.assessment.catalogue import catalogue
from havre.trust.contracts import contracts
from havre.trust.enums import ROLE_PURPOSES, Act, Role, Section
from havre.trust.errands import ERRANDS
from havre.trust.policy.rows import IN_THE_HOUSE, Policy
from havre.trust.policy.table import POLICY
from havre.trust.retention.planning import rules

# kind of statement → its key → what is said of it (plain values)
Model = dict[str, dict[str, Any]]
# these let nobody see anything of a person, and are no reading of one
SUITE = "tests"


@dataclass(frozen=True, slots=True)
class Change:
    """One statement that is new, gone or different. `kind` and `key` are codes, as in the table."""

    kind: str
    key: str
    what: str

    @property
    def plain(self) -> list[str]:
        """What a row of the database keeps."""
        return [self.kind, self.key, self.what]


def model_of(on: date, *, policy: Policy = POLICY) -> Model:
    """Every statement that the assessment rests on, on a day. Codes only, but for the catalogue's own texts in both languages."""
    book = catalogue()
    found = {
        "law": _law(on),
        "frame": {one.id: asdict(one) for one in book.frames_of(settings.HAVRE_COUNTRY)},
        "need": {code: {"en": words.en, "fr": words.fr} for code, words in book.needs.items()},
        "table": dict.fromkeys(_tables(), ""),
        "purpose": {f"{role.value}/{purpose.value}": "" for role in Role for purpose in ROLE_PURPOSES[role]},
        "right": dict(_rights(policy)),
        "house": {f"{act.value}/{role.value}": "" for act, role in sorted(policy.house)},
        "errand": dict.fromkeys(sorted(ERRANDS - {SUITE}), ""),
        "term": {one.id: {"section": one.section, "outcome": one.outcome, "months": one.months, "confidence": one.confidence} for one in rules()},
        "column": {f"{one.table}.{one.name}": one.kind for contract in contracts() for one in contract.columns},
        "risk": {one.id: {k: v for k, v in asdict(one).items() if k not in {"id", "measures"}} for one in book.risks},
        "measure": {f"{one.id}/{n}": asdict(m) for one in book.risks for n, m in enumerate(one.measures, 1)},
    }  # fmt: skip
    # as a database gives it back: lists for tuples
    return json.loads(json.dumps(found))


def _law(on: date) -> dict[str, Any]:
    """The country's own act, from its profile; nothing when the profile names none."""
    try:
        found = fact("data_law", on=on, country=settings.HAVRE_COUNTRY)
    except UnknownFact:
        return {}
    if found.value is None:
        return {}
    said = {"en": found.text("en"), "fr": found.text("fr")}
    return {"data_law": {**said, "confidence": found.confidence, "source": found.source, "state": found.review_state}}


def _tables() -> Iterator[str]:
    """`section/table`; a table whose rows say their own section stands under each."""
    for section in Section:
        names = {m._meta.label for c in contracts() for m in c.models if getattr(m, "section", 0) in {section, None}}
        yield from (f"{section.code}/{name}" for name in sorted(names))


def _rights(policy: Policy) -> Iterator[tuple[str, dict[str, Any]]]:
    """`section/role/act` → on which bases, under which conditions, by which laws."""
    order = {act: number for number, act in enumerate(Act)}
    for (act, section, role), rule in sorted(policy.rules.items(), key=lambda one: (one[0][1], one[0][2], order[one[0][0]])):
        laws = [
            row.law
            for _name, row in policy.allows
            if act in row.acts and section & row.sections and role in row.roles and row.when is not IN_THE_HOUSE
        ]
        yield (
            f"{section.code}/{role.value}/{act.value}",
            {
                "bases": sorted(basis.value for basis in rule.bases),
                "factor": rule.needs_factor,
                "seal": rule.minds_seal,
                "conflict": rule.minds_conflict,
                "laws": sorted(set(laws)),
            },
        )


def digest(model: Model) -> str:
    """SHA-256 of the table, in one order of keys."""
    return hashlib.sha256(json.dumps(model, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def changes(before: Model, now: Model) -> tuple[Change, ...]:
    """What the later table says otherwise, kind by kind, in the order of the later one."""
    found: list[Change] = []
    for kind in dict.fromkeys((*now, *before)):
        old, new = before.get(kind, {}), now.get(kind, {})
        found += [Change(kind, key, "added") for key in new if key not in old]
        found += [Change(kind, key, "changed") for key in new if key in old and old[key] != new[key]]
        found += [Change(kind, key, "gone") for key in old if key not in new]
    return tuple(found)
