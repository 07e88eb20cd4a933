"""Countries (ISO 3166-1) and languages (ISO 639-3) with names in English and French."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words


@dataclass(frozen=True, slots=True)
class Place:
    """One country or territory. alpha-2 is stored, alpha-3 goes to CTDC. A name takes no position on any territory."""

    alpha2: str
    alpha3: str
    label: Words


@dataclass(frozen=True, slots=True)
class SpecialCode:
    """A code for a person without a known country: XXA stateless, XXX not known."""

    code: str
    label: Words


@dataclass(frozen=True)
class Countries:
    """All of ISO 3166-1, and the special codes."""

    version: str
    countries: tuple[Place, ...]
    special: tuple[SpecialCode, ...]

    @cached_property
    def by_alpha2(self) -> Mapping[str, Place]:
        """Countries by upper-case alpha-2."""
        return {place.alpha2: place for place in self.countries}

    @cached_property
    def by_alpha3(self) -> Mapping[str, Place]:
        """Countries by upper-case alpha-3."""
        return {place.alpha3: place for place in self.countries}

    def label(self, code: str) -> Words:
        """The name for an alpha-2, alpha-3 or special code, in any case. Raises: KeyError."""
        upper = code.upper()
        found = self.by_alpha2.get(upper) or self.by_alpha3.get(upper)
        return found.label if found else {one.code: one.label for one in self.special}[upper]


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language. `scope` collective: a group of languages; ask which one before booking an interpreter."""

    code: str
    bcp47: str
    label: Words
    scope: Literal["individual", "collective"] = "individual"


@dataclass(frozen=True)
class Languages:
    """The languages that profiles and interface use."""

    version: str
    languages: tuple[Tongue, ...]

    @cached_property
    def by_code(self) -> Mapping[str, Tongue]:
        """Languages by ISO 639-3 code."""
        return {tongue.code: tongue for tongue in self.languages}

    def label(self, code: str) -> Words:
        """The name of a language. Raises: KeyError."""
        return self.by_code[code].label


def read(page: Page) -> Countries:
    """The countries. Raises: StandardsError."""
    found = page.read(Countries)
    for name in ("alpha2", "alpha3"):
        unique(page, found.countries, name, "countries")
    for place, one in enumerate(found.countries):
        for name, size in (("alpha2", 2), ("alpha3", 3)):
            fits = re.fullmatch(rf"[A-Z]{{{size}}}", getattr(one, name)) is not None
            page.require(fits, f"{getattr(one, name)!r} is no {name} code", f"Use {size} capital letters", "countries", place, name)
    return found


def read_languages(page: Page) -> Languages:
    """The languages. Raises: StandardsError."""
    found = page.read(Languages)
    unique(page, found.languages, "code", "languages")
    for place, one in enumerate(found.languages):
        fits = re.fullmatch(r"[a-z]{3}", one.code) is not None
        page.require(fits, f"{one.code!r} is no ISO 639-3 code", "Use three small letters", "languages", place, "code")
    return found
