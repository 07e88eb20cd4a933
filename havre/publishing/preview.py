"""One text as it will be printed: the facts of the country put in, a gap shown where there is none."""

from __future__ import annotations

from datetime import date

from havre.publishing import tables
from havre.publishing.sources import placeholders
from havre.publishing.texts import worded
from havre.standards.errors import UnknownFact
from havre.standards.queries import fact


def filled(words: str, *, country: str, language: str, on: date) -> str:
    """The words with the country's facts of a day; as they are where a brace is open or a name is no fact."""
    try:
        names = placeholders(words)
    except ValueError:
        return words
    here, values = worded(tables.AUTHORITIES, country, language).value, {}
    for name in names:
        try:
            values[name] = here if name == "country" else fact(name, on=on, country=country).text(language)
        except UnknownFact:
            return words
    try:
        return words.format(**{name: value or "…" for name, value in values.items()})
    except (KeyError, IndexError, ValueError):
        return words
