"""The few words that every document needs beside its text: edition, contents, submit, months of the year. Five languages."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from havre.publishing.sources import texts_of
from havre.publishing.texts import text_of

FILE = "shared/terms"
BUDDHIST_ERA = 543


def term(key: str, language: str) -> str:
    """One word or sentence of the frame. Raises: KeyError."""
    return text_of(texts_of(FILE)[key], FILE, language).value


def every_term(language: str) -> dict[str, str]:
    """All of them."""
    return {key: text_of(unit, FILE, language).value for key, unit in texts_of(FILE).items()}


def former(days: Collection[str], language: str) -> str:
    """What a reader is told of words that were made from an earlier text. Args: days, on which they were written; "" for one nobody noted."""
    return (
        term("stale", language) if "" in days else term("stale_on", language).format(day=day_words(date.fromisoformat(max(days)), language))
    )


def full_stop(language: str) -> str:
    """What ends a sentence: nothing in Thai."""
    return "" if language == "th" else "."


def sentences(language: str, *said: str) -> str:
    """Short sentences one after another. Thai parts them by a space and writes no full stop."""
    return " ".join(f"{one}{full_stop(language)}" for one in said)


def option_letters(language: str) -> str:
    """What the options of a question are called on paper, five at most: Thai examinations have ก ข ค ง จ."""
    return "กขคงจ" if language == "th" else "abcde"


def day_words(day: date, language: str) -> str:
    """A day written out. Thai readers count years of the Buddhist era (2569 is 2026)."""
    year = day.year + BUDDHIST_ERA if language == "th" else day.year
    return term("day", language).format(day=day.day, month=term(f"month_{day.month}", language), year=year)
