"""Victims' rights as gates of the workflow. A block binds the agency, never the person."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

Phase = Literal[
    "screening", "identification", "recovery", "assistance", "referral", "justice", "status", "return", "closure", "publication", "any"
]


@dataclass(frozen=True, slots=True)
class Article:
    """One source of a right. `instrument` is a key of `Rights.instruments`; `place` is the article or principle, "" for the whole text."""

    instrument: str
    place: str

    def __str__(self) -> str:
        return f"{self.instrument}:{self.place}" if self.place else self.instrument


@dataclass(frozen=True, slots=True)
class Gate:
    """One right. `effect`: block = not without the record or a reasoned override by a named supervisor; warn = shown and counted.

    `must_record` are the names of what the agency writes down. `checked`: before the step, on its result, or all the time.
    """

    id: str
    phase: Phase
    checked: Literal["before", "on_result", "continuous"]
    effect: Literal["block", "warn"]
    applies_to: Literal["all", "child", "foreign_national"]
    right: Words
    must_record: tuple[str, ...]
    sources: tuple[str, ...]
    confidence: Literal["high", "medium", "low"]
    note: Words | None = None
    record_notes: Mapping[str, str] = field(default_factory=dict)

    @property
    def blocks(self) -> bool:
        """Whether the step waits for it."""
        return self.effect == "block"

    @property
    def articles(self) -> tuple[Article, ...]:
        """The sources, read apart into instrument and place."""
        return tuple(_article(text) for text in self.sources)


def _article(text: str) -> Article:
    instrument, _colon, place = text.partition(":")
    return Article(instrument, place)


@dataclass(frozen=True, slots=True)
class Rights:
    """The gates, the instruments they come from, and which article numbers were compared with a text (`article_check`)."""

    version: str
    instruments: Mapping[str, str]
    instrument_names_fr: Mapping[str, str]
    article_check: Mapping[str, Any]
    phases: tuple[Phase, ...]
    gates: tuple[Gate, ...]

    def get(self, id: str) -> Gate:
        """The gate with this id, such as RG08. Raises: KeyError."""
        for gate in self.gates:
            if gate.id == id:
                return gate
        raise KeyError(id)

    def at(self, phase: Phase) -> tuple[Gate, ...]:
        """The gates of a phase, with those of every phase."""
        return tuple(gate for gate in self.gates if gate.phase in {phase, "any"})

    def instrument(self, code: str) -> Words:
        """The name of an instrument. Raises: KeyError."""
        return Words(self.instruments[code], self.instrument_names_fr[code])


def read(page: Page, *, htcds_fields: frozenset[str]) -> Rights:
    """The file, with every source checked. Raises: StandardsError."""
    found = page.read(Rights)
    unique(page, found.gates, "id", "gates")
    for code in found.instruments:
        page.require(
            code in found.instrument_names_fr, f"{code!r} has no French name", "Add it to instrument_names_fr", "instruments", code
        )
    for code in found.instrument_names_fr:
        page.refer(code, found.instruments, "instrument of this file", "instrument_names_fr", code)
    for place, gate in enumerate(found.gates):
        page.require(
            re.fullmatch(r"RG\d\d", gate.id) is not None, f"{gate.id!r} is no gate id", "Use RG and two figures", "gates", place, "id"
        )
        page.refer(gate.phase, found.phases, "phase of this file", "gates", place, "phase")
        for nth, article in enumerate(gate.articles):
            page.refer(article.instrument, found.instruments, "instrument of this file", "gates", place, "sources", nth)
            if article.instrument == "HTCDS":
                page.refer(article.place, htcds_fields, "HTCDS field", "gates", place, "sources", nth)
    return found
