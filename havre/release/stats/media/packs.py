"""The word lists of a language, compiled once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from havre.release.stats.errors import BadTable
from havre.standards.library import library

WORDS = Path(__file__).parent / "words"
LANGUAGES = ("en", "fr")
# the commonest little words of each language: enough to tell the two apart
COMMON = {
    language: frozenset(words.split())
    for language, words in {
        "en": "the of and to in is was were for on that with by are as at from this she he they it be have has not their",
        "fr": "le la les de des du et un une est en dans pour sur que qui par au aux ce cette elle il ils sont ont pas leur",
    }.items()
}
# a word of the rules that has a plain use beside the one to avoid
PLAIN_USE = {
    "rescue": r"(?:search[- ]and[- ])?\brescue\b(?! (?:services?|boats?|coordination|centre|cent(?:er|re)|at sea|package))",
    "john": r"(?-i:\bjohns?\b)",
}


@dataclass(frozen=True)
class Pack:
    """One language: named patterns, the words that are no names, given names, and per rule the words to avoid with what to write."""

    language: str
    patterns: Mapping[str, re.Pattern[str]]
    stop: frozenset[str]
    given: frozenset[str]
    countries: frozenset[str]
    avoid: tuple[tuple[str, re.Pattern[str], str], ...]

    def finds(self, name: str, text: str) -> re.Match[str] | None:
        """The first place of a pattern."""
        return self.patterns[name].search(text)


@cache
def pack(language: str) -> Pack:
    """The word lists of "en" or "fr". Raises: BadTable for another language."""
    if language not in LANGUAGES:
        raise BadTable(f"language {language!r}: the word lists are in {' and '.join(LANGUAGES)}; have a person read this text")
    raw = yaml.safe_load((WORDS / f"{language}.yaml").read_text(encoding="utf8"))
    names = yaml.safe_load((WORDS / "names.yaml").read_text(encoding="utf8"))
    given, large = (" ".join(names[kind]).split() for kind in ("given", "large"))
    countries = frozenset(country.label.text(language) for country in library().countries.countries) | frozenset(large)
    patterns = {name: _pattern(value) for name, value in raw.items() if name not in ("stop", "lexicon")}
    return Pack(language, patterns, frozenset(raw["stop"].split()), frozenset(given), countries, tuple(_avoid(language, raw["lexicon"])))


def _pattern(value: Any) -> re.Pattern[str]:
    parts = value if isinstance(value, list) else [value]
    return re.compile("|".join(f"(?:{part})" for part in parts), re.IGNORECASE)


def _avoid(language: str, lexicon: Mapping[str, list[str]]) -> list[tuple[str, re.Pattern[str], str]]:
    """Our own forms first, then the phrases of the media rules with what they say instead."""
    rules = library().media_rules.lexicon_replace[language]
    found = [(rule, re.compile(rf"\b(?:{form})\b", re.IGNORECASE), "") for rule, forms in lexicon.items() for form in forms]
    for phrase, instead in rules.items():
        form = PLAIN_USE.get(phrase) or r"\b" + r"\s+".join(re.escape(word) + "s?" for word in phrase.split()) + r"\b"
        # "child prostitute" belongs to the rule about children, not to the one about "prostitute"
        fitting = [(match.end() - match.start(), name) for name, pattern, _none in found if (match := pattern.search(phrase))]
        rule = max(fitting, default=(0, "MR15"))[1]
        found.append((rule, re.compile(form, re.IGNORECASE), instead))
    return found


def language_of(text: str) -> str:
    """ "en" or "fr", by the commonest little words; English when neither shows.

    Source: Grefenstette 1995 (telling languages apart by their commonest short words).
    """
    words = re.findall(r"[a-zà-ÿ]+", text.lower())
    counts = {language: sum(word in common for word in words) for language, common in COMMON.items()}
    return "fr" if counts["fr"] > counts["en"] else "en"
