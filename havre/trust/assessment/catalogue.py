"""What of the assessment is written and not generated: its frame, why each section is needed, the risks and their measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words
from havre.trust.enums import Role, Section

PLACE = Path(__file__).parent / "data" / "risks.yaml"
ALL, EVERYONE = "all", "everyone"
MOST = 3


@dataclass(frozen=True, slots=True)
class Frame:
    """One text that asks for the assessment. `countries` is empty when it is the method everywhere."""

    id: str
    countries: tuple[str, ...]
    confidence: Literal["low", "medium", "high"]
    source: str
    en: str
    fr: str


@dataclass(frozen=True, slots=True)
class Measure:
    """What the software does against a risk, and the tests that show it (`path::name`)."""

    en: str
    fr: str
    shown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Risk:
    """One risk to the persons concerned. Severity and likelihood run from 1 to 3, before any measure."""

    id: str
    sections: tuple[str, ...]
    readers: tuple[str, ...]
    severity: int
    likelihood: int
    en: str
    fr: str
    measures: tuple[Measure, ...]

    def touches(self, section: Section) -> bool:
        """Whether it is a risk of this section."""
        return ALL in self.sections or section.code in self.sections

    def comes_from(self, role: Role) -> bool:
        """Whether it is a risk of this role's reading."""
        return EVERYONE in self.readers or role.value in self.readers


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The whole file."""

    version: str
    frames: tuple[Frame, ...]
    needs: Mapping[str, Words]
    risks: tuple[Risk, ...]

    def frames_of(self, country: str) -> tuple[Frame, ...]:
        """The frames that hold in a country (two letters)."""
        return tuple(one for one in self.frames if not one.countries or country.lower() in one.countries)


@cache
def catalogue() -> Catalogue:
    """The file, read once. Raises: StandardsError, with file, line and mend."""
    return read(PLACE)


def read(path: Path) -> Catalogue:
    """Read and check a catalogue. Raises: StandardsError for a section, role or level that is none, a risk without measure or test."""
    page = Page(path)
    found = page.read(Catalogue)
    unique(page, found.risks, "id", "risks")
    codes = frozenset(section.code for section in Section)
    page.require(
        set(found.needs) == codes, "needs: not exactly the sections of the model", f"Write one for each of {sorted(codes)}", "needs"
    )
    for number, risk in enumerate(found.risks):
        where = ("risks", number)
        for code in risk.sections:
            page.refer(code, codes | {ALL}, "section", *where, "sections")
        for code in risk.readers:
            page.refer(code, frozenset(Role.values) | {EVERYONE}, "role", *where, "readers")
        levels = {risk.severity, risk.likelihood} <= set(range(1, MOST + 1))
        page.require(levels, f"{risk.id}: a level outside 1 to {MOST}", f"Write a whole number from 1 to {MOST}", *where)
        shown = bool(risk.measures) and all(one.shown for one in risk.measures)
        page.require(shown, f"{risk.id}: a risk without a measure that a test shows", "Name the measure and its test", *where)
    return found
