"""The words of the data that documents are bound to: rights, authorities, signs, facts, by row.

The standards have them in English and French. Where a native reader's word is not yet in the standards, the PO files of
`source/data/` hold a draft in Portuguese, Tetum and Thai, under the row's own id, and go stale like any other text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from havre import standards
from havre.publishing.sources import Unit
from havre.standards.words import Words

RIGHTS, AUTHORITIES, SIGNS, FACTS = "data/rights", "data/authorities", "data/indicators", "data/facts"


def _rights() -> Mapping[str, Words]:
    return {gate.id: gate.right for gate in standards.rights().gates}


def _authorities() -> Mapping[str, Words]:
    found = {}
    for country in standards.country_codes():
        found[f"{country}"] = standards.profile(country).name
        found.update({f"{country}.{one.code}": one.name for one in standards.profile(country).authorities})
    return found


def _signs() -> Mapping[str, Words]:
    found = {}
    for one in standards.indicators().indicators:
        found[one.id] = one.statement
        found.update({f"{one.id}.{profile}": words for profile, words in one.statement_by_profile.items()})
    return found


def _facts() -> Mapping[str, Words]:
    found = {f"label.{id}": one.label for id, one in standards.fact_book().definitions.items() if one.label}
    for country in standards.country_codes():
        for id, one in standards.profile(country).facts.items():
            for place, words in enumerate(_worded(one.value)):
                found[f"{country}.{id}.{place}"] = words
    return found


def _worded(value: object) -> list[Words]:
    if isinstance(value, Mapping):
        return [Words(value["en"], value["fr"])] if {"en", "fr"} <= set(value) else [w for part in value.values() for w in _worded(part)]
    return [words for part in value for words in _worded(part)] if isinstance(value, (list, tuple)) else []


TABLES: Mapping[str, Callable[[], Mapping[str, Words]]] = {
    RIGHTS: _rights,
    AUTHORITIES: _authorities,
    SIGNS: _signs,
    FACTS: _facts,
}


@cache
def table(name: str) -> Mapping[str, Words]:
    """The rows of one table with the words that the standards have. Raises: KeyError."""
    return TABLES[name]()


def units(name: str) -> dict[str, Unit]:
    """Every text of a table of the data, by row: what its PO files hold."""
    return {key: Unit(key, words.en, name.partition("/")[2]) for key, words in table(name).items()}
