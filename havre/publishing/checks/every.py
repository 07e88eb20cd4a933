"""All checks of one document, in order. What a check finds stops the document, or is a state that the board shows."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from django.utils.translation import get_language

from havre.publishing.checks import whole, words
from havre.publishing.checks.pairs import Pair, of_questions, pairs
from havre.publishing.nodes import Document, Problem
from havre.publishing.sources import DocumentSource

OF_WORDS = (
    words.placeholder,
    words.number,
    words.phone,
    words.limit,
    words.year,
    words.glossary,
    words.script,
    words.language,
    words.stale,
)
CODES = frozenset({*(one.__name__ for one in OF_WORDS), "media", "reading", "alternative", "link", "law", "overflow", "missing", "fact"})


def of_words(found: list[Pair]) -> Iterator[Problem]:
    """What is wrong with texts, each beside its English."""
    for pair in found:
        yield from _of_pair(pair, get_language())


@lru_cache(maxsize=20_000)
def _of_pair(pair: Pair, reader: str | None) -> tuple[Problem, ...]:
    """The same of one text, once in a process for a reader of this language: a text stands in several documents and every country's edition."""
    return tuple(problem for one in OF_WORDS for problem in one(pair))


def check(document: Document, source: DocumentSource, *, media: bool = True) -> list[Problem]:
    """Everything that is wrong with a document, and what waits: beside what was found when it was bound (missing words, facts).

    Whether it fits its paper is for `fits`: it costs a setting, and making the paper refuses it in any case.
    Args: media, whether every text is weighed by the rules for media, which takes most of the time.
    """
    texts = [*pairs(source, document.country, document.language), *of_questions(document)]
    return [
        *of_words(texts),
        *(whole.media(document) if media else ()),
        *whole.reading(document, source.level),
        *whole.alternative(document),
        *whole.link(document),
        *whole.law(document),
    ]


# a page of the public is checked when it changes, not each time it is read
_KEPT: dict[str, tuple[Problem, ...]] = {}
MOST_KEPT = 2000


def checked(document: Document, source: DocumentSource, *, media: bool = True) -> tuple[Problem, ...]:
    """The same, once for each code in a process: the code stands for every word and fact of the document."""
    key = _key("whole", document)
    if not media and key not in _KEPT:
        key = _key("quick", document)
    if key not in _KEPT:
        if len(_KEPT) >= MOST_KEPT:
            _KEPT.clear()
        _KEPT[key] = tuple(check(document, source, media=media))
    return _KEPT[key]


def fits(document: Document) -> tuple[Problem, ...]:
    """Panels that are too long for their paper, measured once for each code in a process."""
    key = _key("paper", document)
    if key not in _KEPT:
        _KEPT[key] = tuple(whole.overflow(document))
    return _KEPT[key]


def known(document: Document) -> bool:
    """Whether this process has weighed the document by the rules for media and measured it on its papers: asking again costs nothing."""
    # what has gaps is not set on paper
    return _key("whole", document) in _KEPT and (bool(document.problems) or _key("paper", document) in _KEPT)


def _key(what: str, document: Document) -> str:
    # what is wrong is said in the reader's language
    return f"{what} {get_language()} {document.edition}/{document.id}/{document.code}"
