"""A sentence in French and English, and how one is filled and set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Text(NamedTuple):
    """One sentence in the two languages of the house.

    `fr` and `en` are whole sentences.
    """

    fr: str
    en: str

    def words(self, language: str) -> str:
        """The sentence in French ("fr") or English (anything else)."""
        return spaced(self.fr) if language == "fr" else self.en


def spaced(words: str) -> str:
    """French with the spaces that no line may break: before : ; ! ? % and inside « ».

    Source: Lexique des règles typographiques en usage à l'Imprimerie nationale, 2002.
    """
    return re.sub(r" (?=[:;!?%»])|(?<=«) ", "\u00a0", words)


def filled(pair: tuple[str, str], values: Mapping[str, object]) -> Text:
    """Both sentences with their values; a float has a decimal comma in French, a Text its own words in each language,
    a whole number from ten thousand on its groups of three.

    Args: pair, French then English, with named places. Raises: KeyError for a place that has no value.

    >>> filled(("{n} personnes", "{n} people"), {"n": 14038})
    Text(fr='14\\u202f038 personnes', en='14,038 people')
    """
    said = ({name: _said(value, language) for name, value in values.items()} for language in ("fr", "en"))
    return Text(*(words.format(**each) for words, each in zip(pair, said, strict=True)))


def _said(value: object, language: str) -> object:
    if isinstance(value, Text):
        return value.words(language)
    if isinstance(value, float):
        return f"{value:g}".replace(".", ",") if language == "fr" else f"{value:g}"
    if isinstance(value, int) and abs(value) >= 10_000:
        return f"{value:,}".replace(",", "\u202f") if language == "fr" else f"{value:,}"
    return value
