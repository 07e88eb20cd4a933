"""The rights gates and recovery periods as the workflow engine needs them, from the standards and the country's dated facts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

import yaml
from django.utils import timezone

from havre import standards
from havre.standards.queries import fact

# a country without a profile here: what the Convention asks at least, shown as unconfirmed
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
def gates() -> dict[str, Gate]:
    """Every gate by id. Source: rights_gates.yaml, through the standards."""
    return {
        gate.id: Gate(
            id=gate.id,
            effect=gate.effect,
            applies_to=gate.applies_to,
            right={language: gate.right.text(language) for language in gate.right.languages},
            sources=gate.sources,
            must_record=gate.must_record,
            confidence=gate.confidence,
        )
        for gate in standards.rights().gates
    }


def recovery_parts(country: str, *, on: date | None = None) -> tuple[RulePart, ...]:
    """The recovery and reflection period of a country on a day, stretch by stretch; where two may overlap, the longer reading (RG08).

    A signed revision of the fact comes before the packaged one. A country whose law names no period gets the project's default of 30 days
    (CoE Convention 2005, art. 13), marked as not confirmed.
    """
    on = on or timezone.localdate()
    if country.lower() not in standards.country_codes():
        return (RulePart(DEFAULT_RECOVERY_DAYS, "days", "default.reflection_days", "default", "CoE Convention 2005, art. 13", False),)
    found = (fact(name, on=on, country=country.lower()) for name in ("reflection_days", "reflection_extension_days"))
    return tuple(
        RulePart(one.value, "days", f"{one.country}.{one.id}", one.revision, one.source, one.is_signed or one.confidence == "high")
        for one in found
        if one.usable and isinstance(one.value, int)
    )


@cache
def _variants() -> dict[str, Any]:
    with (standards.DATA / "workflow_variants.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)["countries"]


def variant_rows(workflow: str, country: str) -> dict[str, dict[str, Any]]:
    """The rows by which a country changes a workflow, step by step; empty when it changes none."""
    return _variants().get(country.lower(), {}).get(workflow, {})
