"""Field terms in five languages, with short definitions and French usage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

TermConfidence = Literal["high", "medium", "needs_native_review"]


@dataclass(frozen=True, slots=True)
class Term:
    """One term. Several words are parted by a semicolon, the preferred one first; `confidence` is given per language."""

    id: str
    domain: Literal["offence", "justice", "person", "process", "rights", "service", "data"]
    term: Words
    definition: Words
    confidence: Mapping[str, TermConfidence]
    seen_in: Mapping[str, str] = field(default_factory=dict)

    def preferred(self, language: str) -> str:
        """The word to use in this language, without the mark of the country whose use it is: "(TL)", "(PT)"."""
        return re.sub(r" \([A-Z]{2}\)$", "", self.term.text(language).partition(";")[0].strip())

    def may_be_printed(self, language: str) -> bool:
        """Whether a native reader need not approve it first. A language that has no term of its own may not."""
        return self.confidence.get(language) in {"high", "medium"}


@dataclass(frozen=True, slots=True)
class Usage:
    """One wording to avoid, what to write, and why."""

    avoid: str
    use: str
    why: str


@dataclass(frozen=True, slots=True)
class Glossary:
    """The terms, the languages they come in, and usage by language."""

    version: str
    languages: Mapping[str, str]
    confidence_values: Mapping[str, str]
    usage: Mapping[str, tuple[Usage, ...]]
    terms: tuple[Term, ...]

    def get(self, id: str) -> Term:
        """The term with this id, such as G-act. Raises: KeyError."""
        for term in self.terms:
            if term.id == id:
                return term
        raise KeyError(id)


def read(page: Page) -> Glossary:
    """The file, with a confidence for each language of each term. Raises: StandardsError."""
    found = page.read(Glossary)
    unique(page, found.terms, "id", "terms")
    for place, term in enumerate(found.terms):
        for language in term.term.languages:
            page.refer(language, found.languages, "language of this file", "terms", place, "term", language)
            stated = language in term.confidence
            page.require(stated, f"the term has no confidence in {language!r}", f"Add '{language}:'", "terms", place, "confidence")
    return found
