"""What a charge is chosen from: ICCS categories, and the articles that each country's sources name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from havre.standards.files.profiles import Confidence
from havre.standards.reading import Page, unique
from havre.standards.words import Words


@dataclass(frozen=True, slots=True)
class Category:
    """One category of the ICCS: its digits and its short name."""

    code: str
    label: Words
    confidence: Confidence
    source: str


@dataclass(frozen=True, slots=True)
class Article:
    """One article of a country: how it is cited, what it punishes, and its category where its words say it. `code` is ours."""

    code: str
    article: str
    label: Words
    confidence: Confidence
    source: str
    category: str = ""


@dataclass(frozen=True)
class Offences:
    """The categories in the order in which a list offers them, and the articles by country (lower-case code)."""

    version: str
    categories: tuple[Category, ...]
    articles: Mapping[str, tuple[Article, ...]]

    @cached_property
    def labels(self) -> Mapping[str, Words]:
        """Category code to its name, in the file's order."""
        return {one.code: one.label for one in self.categories}

    @cached_property
    def article_codes(self) -> tuple[str, ...]:
        """Every code of an article, of every country."""
        return tuple(one.code for group in self.articles.values() for one in group)

    def of(self, country: str) -> Mapping[str, Article]:
        """The articles of a country by their code; empty where none is on record."""
        return {one.code: one for one in self.articles.get(country.lower(), ())}


def read(page: Page, *, countries: Mapping[str, Any]) -> Offences:
    """The file. Raises: StandardsError."""
    found = page.read(Offences)
    unique(page, found.categories, "code", "categories")
    for place, one in enumerate(found.categories):
        fits = re.fullmatch(r"\d{2,6}", one.code) is not None
        page.require(fits, f"{one.code!r} is no ICCS code", "Write two to six digits", "categories", place, "code")
    for country, group in found.articles.items():
        page.refer(country, countries, "country of country_profiles.yaml", "articles", country)
        unique(page, group, "code", "articles", country)
        for nth, article in enumerate(group):
            starts = re.fullmatch(rf"{country}-[a-z0-9-]{{1,20}}", article.code) is not None
            page.require(starts, f"{article.code!r} is no code of {country}", f"Begin with {country}-", "articles", country, nth, "code")
            if article.category:
                page.refer(article.category, found.labels, "category of this file", "articles", country, nth, "category")
    return found
