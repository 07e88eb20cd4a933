"""The words of the data that documents are bound to, by row: rights, authorities, signs, facts, workflows, the glossary's meanings.

The standards have them in English and French. Where a native reader's word is not yet in the standards, the PO files of
`source/data/` hold a draft in Portuguese, Tetum and Thai, under the row's own id, and go stale like any other text. They hold French
too, of what a country's profile has as one string for every language.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache

from django.utils import translation

from havre import standards
from havre.evidence import labels
from havre.publishing.sources import Unit, document, editions
from havre.standards.dated import packaged_fact
from havre.standards.words import Words
from havre.trust.clocks import rules
from havre.trust.wording import UNITS, Wording
from havre.trust.workflows import workflows

RIGHTS, AUTHORITIES, SIGNS, FACTS = "data/rights", "data/authorities", "data/indicators", "data/facts"
WORKFLOWS, GLOSSARY, FIGURES = "data/workflows", "data/glossary", "data/figures"
# what the row of a right's articles ends with
SOURCES = ".sources"
# the languages that the software and the standards speak by themselves
SOFTWARE = ("en", "fr")
# a fact that somebody remembered, or that nobody found, has no source that a reader could open
NO_SOURCE = frozenset({"memory", "not found", "project"})


def _rights() -> Mapping[str, Words]:
    gates = standards.rights().gates
    texts = {f"{gate.id}{SOURCES}": "; ".join(gate.sources) for gate in gates}
    return {gate.id: gate.right for gate in gates} | {row: Words(text, text) for row, text in texts.items()}


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
        for id in sorted(_shown()):
            shown = packaged_fact(id, country)
            shown.said(lambda row, words: found.setdefault(row, words).en)
            if shown.source not in NO_SOURCE:
                found[f"{country}.{id}.source"] = Words(shown.source, shown.source)
    return found


@cache
def _shown() -> frozenset[str]:
    """The facts whose values stand in some document: only their plain strings are rows, for nobody reads the others there."""
    found: set[str] = set()
    for edition in editions().values():
        for block in (block for id in edition.documents for block in document(edition.id, id).walk()):
            found |= set(block.data["ids"]) if block.kind == "facts" else set()
            found |= {name for unit in block.units() for name in unit.names if name.partition(".")[0] in standards.fact_book().definitions}
    return frozenset(found)


class _Listing(Wording):
    """Keeps every row that is said."""

    def __init__(self, language: str) -> None:
        super().__init__(language)
        self.kept: dict[str, str] = {}

    def said(self, key: str, words: Callable[[], str]) -> str:
        self.kept[key] = super().said(key, words)
        return self.kept[key]


def _workflows() -> Mapping[str, Words]:
    """Everything that a table, a picture, a tree or a list of time limits shows of any workflow."""
    english, french = (_Listing(language) for language in SOFTWARE)
    for words in (english, french):
        for one in workflows().values():
            one.rows(words), one.picture(words)
        for rule in rules():
            words.clock(rule), [words.law(part.source) for part in rule.parts]
        for unit in UNITS:
            words.length(1, unit), words.length(2, unit)
    return {key: Words(text, french.kept[key]) for key, text in english.kept.items()}


def _glossary() -> Mapping[str, Words]:
    return {one.id: one.definition for one in standards.glossary().terms}


def _figures() -> Mapping[str, Words]:
    """Columns and values of published tables, and countries."""
    found = {}
    for code in labels.codes():
        with translation.override("en"):
            english = labels.label_of(code)
        with translation.override("fr"):
            found[f"code.{code}"] = Words(english, labels.label_of(code))
    book = standards.countries()
    found |= {f"country.{one.alpha2}": one.label for one in book.countries}
    return found | {f"country.{one.code}": one.label for one in book.special}


def row_of_code(code: str) -> str | None:
    """The row of data/figures that has the words of a code: a country by either of its codes, else a column or a value. None for neither."""
    upper, book = code.upper(), standards.countries()
    place = book.by_alpha2.get(upper) or book.by_alpha3.get(upper)
    row = f"country.{place.alpha2 if place else upper}"
    if row not in table(FIGURES):
        row = f"code.{labels.code_of(code)}"
    return row if row in table(FIGURES) else None


def _worded(value: object) -> list[Words]:
    if isinstance(value, Mapping):
        return [Words(value["en"], value["fr"])] if {"en", "fr"} <= set(value) else [w for part in value.values() for w in _worded(part)]
    return [words for part in value for words in _worded(part)] if isinstance(value, (list, tuple)) else []


TABLES: Mapping[str, Callable[[], Mapping[str, Words]]] = {
    RIGHTS: _rights,
    AUTHORITIES: _authorities,
    SIGNS: _signs,
    FACTS: _facts,
    WORKFLOWS: _workflows,
    GLOSSARY: _glossary,
    FIGURES: _figures,
}


def own(words: Words, language: str) -> str:
    """What the software and the standards say in this language by themselves; "" where a PO file has to.

    A profile has many values as one string for every language: in French that string is English, unless a row of `data/facts` words it.
    """
    if language == "en":
        return words.en
    return words.fr if language == "fr" and words.fr != words.en else ""


def in_file(name: str, key: str, language: str) -> bool:
    """Whether a row is worded by the PO file of a language that the software speaks: what the standards have as one string for every one."""
    listed = name == FACTS or (name == RIGHTS and key.endswith(SOURCES))
    return listed and not own(table(name)[key], language)


@cache
def table(name: str) -> Mapping[str, Words]:
    """The rows of one table with the words that the standards have. Raises: KeyError."""
    return TABLES[name]()


def units(name: str, language: str = "") -> dict[str, Unit]:
    """Every text of a table of the data, by row; with a language, those that its PO file holds."""
    kind, rows = name.partition("/")[2], table(name)
    if language in SOFTWARE:
        rows = {key: words for key, words in rows.items() if in_file(name, key, language)}
    return {key: Unit(key, words.en, kind) for key, words in rows.items()}
