"""How long what is sealed of a closed case is kept, by section and outcome."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

Kept = Literal["person", "identity", "whereabouts", "screening", "facts", "protection", "health", "justice"]
Ending = Literal["any", "confirmed", "not_confirmed", "declined", "no_decision"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One term: `months` after the case was closed, what is sealed in `section` goes (`person`: everything, with the key).

    `confidence` default is the project's own term, not yet confirmed by the country.
    """

    id: str
    section: Kept
    outcome: Ending
    months: int
    reason: Words
    confidence: Literal["default", "low", "medium", "high"] = "default"
    source: str = ""


@dataclass(frozen=True, slots=True)
class Retention:
    """The project's terms, and by country (two small letters) those that replace the rule of the same id or are added."""

    version: str
    source: str
    rules: tuple[Rule, ...]
    countries: Mapping[str, tuple[Rule, ...]]

    def of(self, country: str) -> tuple[Rule, ...]:
        """The terms in force in a country, in the order of the file."""
        own = {rule.id: rule for rule in self.countries.get(country.lower(), ())}
        kept = [own.pop(rule.id, rule) for rule in self.rules]
        return (*kept, *own.values())


def read(page: Page, *, countries: frozenset[str]) -> Retention:
    """The file. Raises: StandardsError for a term of no month, a rule written twice, two rules of one section and outcome, or a country
    without a profile."""
    found = page.read(Retention)
    for place, (name, rules) in enumerate([("rules", found.rules), *found.countries.items()]):
        where: tuple[str, ...] = ("rules",) if place == 0 else ("countries", name)
        if place:
            page.refer(name, countries, "country with a profile", "countries", name)
        unique(page, rules, "id", *where)
        seen: set[tuple[str, str]] = set()
        for number, rule in enumerate(rules):
            page.require(rule.months >= 1, f"{rule.id}: a term of {rule.months} months", "Write at least 1", *where, number, "months")
            pair = (rule.section, rule.outcome)
            page.require(pair not in seen, f"{rule.id}: a second term for {pair[0]}, {pair[1]}", "Keep one of the two", *where, number)
            seen.add(pair)
    return found
