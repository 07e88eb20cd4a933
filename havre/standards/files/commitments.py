"""International and regional commitments, each with the indicator that measures it and where Havre finds it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words


@dataclass(frozen=True, slots=True)
class Commitment:
    """One commitment of some countries. `computed`: by Havre, by hand, or by a checklist. `confidence` opens with high, medium or low.

    `us_tip` rows are an outside assessment, not a commitment: `is_assessment`.
    """

    id: str
    instrument: str
    reference: str
    pillar: Literal["prevention", "protection", "prosecution", "partnership"]
    commitment: Words
    indicator: Words
    data_source: tuple[str, ...]
    computed: Literal["automatic", "manual_entry", "checklist"]
    confidence: str
    countries: tuple[str, ...]
    note: Words | str | None = None

    @property
    def is_assessment(self) -> bool:
        """Whether somebody else assesses the country here."""
        return self.instrument == "us_tip"

    @property
    def confidence_level(self) -> str:
        """high, medium or low, without the explanation."""
        return self.confidence.partition(":")[0].strip()


@dataclass(frozen=True, slots=True)
class Commitments:
    """Every commitment, with the four pillars and the criteria of the US TIP report."""

    version: str
    pillars: Mapping[str, Words]
    us_tip_criteria: Mapping[str, Any]
    commitments: tuple[Commitment, ...]

    def get(self, id: str) -> Commitment:
        """The commitment with this id. Raises: KeyError."""
        for one in self.commitments:
            if one.id == id:
                return one
        raise KeyError(id)

    def of(self, country: str) -> tuple[Commitment, ...]:
        """Those that bind or assess this country (`gh`)."""
        return tuple(one for one in self.commitments if country.lower() in one.countries)


def read(page: Page, *, countries: frozenset[str], gates: frozenset[str]) -> Commitments:
    """The file, with countries and gate ids checked, also those named within a sentence. Raises: StandardsError."""
    found = page.read(Commitments)
    unique(page, found.commitments, "id", "commitments")
    for place, one in enumerate(found.commitments):
        at = ("commitments", place)
        page.refer(one.pillar, found.pillars, "pillar of this file", *at, "pillar")
        for nth, country in enumerate(one.countries):
            page.refer(country, countries, "country with a profile", *at, "countries", nth)
        page.require(one.confidence_level in {"high", "medium", "low"}, f"{one.confidence!r} opens with no confidence word",
                     "Begin with high, medium or low, then a colon", *at, "confidence")  # fmt: skip
        for tag, text in (("en", one.indicator.en), ("fr", one.indicator.fr)):
            for gate in re.findall(r"RG\d\d", text):
                page.refer(gate, gates, "gate of rights_gates.yaml", *at, "indicator", tag)
    return found
