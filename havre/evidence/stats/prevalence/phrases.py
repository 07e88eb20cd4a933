"""Numbers and results in words, French and English."""

from __future__ import annotations

from typing import TYPE_CHECKING

from havre.evidence.stats.figures.drawing import figure as number
from havre.evidence.stats.prevalence.words import spaced

if TYPE_CHECKING:
    from havre.evidence.stats.prevalence.result import Prevalence

__all__ = ["number", "rounded", "sentence"]

_SENTENCES = {
    "fr": "{value} personnes (intervalle à {level} % : {low} à {high}), dont {seen} vues sur au moins une liste.",
    "en": "{value} people ({level} % interval: {low} to {high}), of whom {seen} were seen on at least one list.",
}
_REFUSED = {
    "fr": "Aucune estimation défendable. {seen} personnes ont été vues sur au moins une liste ; les autres ne peuvent être comptées ici.",
    "en": "No defensible estimate. {seen} people were seen on at least one list; the others cannot be counted here.",
}


def rounded(value: float | None, language: str) -> str:
    """A population size to three figures: more would be false precision.

    Args: value, in people.
    """
    if value is None:
        return "–"
    size = max(0, len(str(int(abs(value)))) - 3)
    return number(round(value, -size), language)


def sentence(result: Prevalence, language: str) -> str:
    """The result in one sentence.

    Args: language, "fr" or "en". A refusal is said as one.
    """
    key = "fr" if language == "fr" else "en"
    seen = number(result.numerator, key)
    if result.refused:
        return _set(_REFUSED[key].format(seen=seen), key)
    figures = {name: rounded(getattr(result, name), key) for name in ("value", "low", "high")}
    return _set(_SENTENCES[key].format(seen=seen, level=number(100 * result.level, key), **figures), key)


def _set(words: str, language: str) -> str:
    return spaced(words) if language == "fr" else words
