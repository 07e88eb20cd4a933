"""The words of the public pages, and how each language calls itself."""

from __future__ import annotations

from havre.publishing.sources import LANGUAGES, texts_of
from havre.publishing.texts import text_of

FILE = "shared/site"
# as their speakers write them
OWN_NAMES = {"en": "English", "fr": "Français", "pt": "Português", "tet": "Tetun", "th": "ไทย"}


def site_words(language: str) -> dict[str, str]:
    """Every word of the public pages in a language."""
    return {key: text_of(unit, FILE, language).value for key, unit in texts_of(FILE).items()}


def own_names(languages: tuple[str, ...] = LANGUAGES) -> list[tuple[str, str]]:
    """Code and own name of each language, in the order of the house."""
    return [(code, OWN_NAMES[code]) for code in LANGUAGES if code in languages]
