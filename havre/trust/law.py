"""The rights gates and recovery periods, read from the packaged reference data.

To be replaced by `havre.standards` (`rights()`, `fact(id, on=)`) when that part is merged: only the functions here read the files.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from havre import standards

DATA = Path(standards.__file__).parent / "data"
# Council of Europe Convention art. 13: thirty days at least; used where national law names no period, and shown as unconfirmed.
DEFAULT_RECOVERY_DAYS = 30


@dataclass(frozen=True, slots=True)
class Gate:
    """One victim's right as a workflow gate. `effect` is block or warn; `applies_to` is all, child or foreign_national."""

    id: str
    effect: str
    applies_to: str
    right: dict[str, str]
    sources: tuple[str, ...]
    must_record: tuple[str, ...]
    confidence: str

    def words(self, language: str) -> str:
        """The right in this language, in English where it has no other."""
        return self.right.get(language, self.right["en"])


@dataclass(frozen=True, slots=True)
class RulePart:
    """One stretch of a period: how long, in which unit (days, working_days, hours), which fact says so, from which article or report."""

    amount: int
    unit: str
    fact: str
    revision: str
    source: str
    confirmed: bool


@cache
def _file(name: str) -> dict[str, Any]:
    with (DATA / name).open(encoding="utf-8") as file:
        return yaml.safe_load(file)


@cache
def gates() -> dict[str, Gate]:
    """Every gate by id. Source: rights_gates.yaml."""
    return {
        row["id"]: Gate(
            id=row["id"],
            effect=row["effect"],
            applies_to=row["applies_to"],
            right=row["right"],
            sources=tuple(row["sources"]),
            must_record=tuple(row["must_record"]),
            confidence=row["confidence"],
        )
        for row in _file("rights_gates.yaml")["gates"]
    }


def recovery_parts(country: str) -> tuple[RulePart, ...]:
    """The recovery and reflection period of a country, stretch by stretch; where two may overlap, the longer reading (RG08).

    A country whose law names no period gets 30 days, marked as not confirmed.
    """
    file = _file("country_profiles.yaml")
    revision = f"{file['as_of']}/{file['version']}"
    facts = file["countries"].get(country.lower(), {}).get("facts", {})
    fact = facts.get("recovery_reflection", {})
    value = fact.get("value")
    if not isinstance(value, dict):
        default = "CoE Convention 2005, art. 13"
        return (RulePart(DEFAULT_RECOVERY_DAYS, "days", "default.reflection_days", revision, default, False),)
    confirmed = fact["confidence"] == "high"
    return tuple(
        RulePart(value[name], "days", f"{country.lower()}.recovery_reflection.{name}", revision, fact["source"], confirmed)
        for name in ("screening_days", "reflection_days")
        if isinstance(value.get(name), int)
    )


def variant_rows(workflow: str, country: str) -> dict[str, dict[str, Any]]:
    """The rows by which a country changes a workflow, step by step; empty when it changes none."""
    return _file("workflow_variants.yaml")["countries"].get(country.lower(), {}).get(workflow, {})
