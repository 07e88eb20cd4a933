"""Rules for whatever Havre publishes, and the words to replace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from havre.standards.reading import Page, unique
from havre.standards.words import Words

Category = Literal["identity", "consent", "images", "language", "stereotype", "numbers", "justice", "balance", "accountability"]


@dataclass(frozen=True, slots=True)
class MediaRule:
    """One rule. `check`: auto = the machine can see it; human = the reviewer ticks it. `effect`: block or warn."""

    id: str
    category: Category
    effect: Literal["block", "warn"]
    check: Literal["auto", "human"]
    rule: Words


@dataclass(frozen=True, slots=True)
class MediaRules:
    """The rules, and for each language the words to replace with what to write instead."""

    version: str
    rules: tuple[MediaRule, ...]
    lexicon_replace: Mapping[str, Mapping[str, str]]

    def get(self, id: str) -> MediaRule:
        """The rule with this id, such as MR03. Raises: KeyError."""
        for rule in self.rules:
            if rule.id == id:
                return rule
        raise KeyError(id)


def read(page: Page) -> MediaRules:
    """The file. Raises: StandardsError."""
    found = page.read(MediaRules)
    unique(page, found.rules, "id", "rules")
    for language in ("en", "fr"):
        known = language in found.lexicon_replace
        page.require(known, f"the word list {language!r} is missing", f"Add '{language}:' under it", "lexicon_replace")
    return found
