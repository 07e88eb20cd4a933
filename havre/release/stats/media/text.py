"""The media-safe check of a text: what a machine can see of the rules, in French and English."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field

from havre.release.stats.media import identity, numbers, wording
from havre.release.stats.media.findings import Finding, tidy
from havre.release.stats.media.packs import language_of, pack
from havre.release.stats.media.reading import Doc, read

# shorter texts are posts and captions: a helpline and a contact stand beside them, not in them
WHOLE = 800
# a sentence that says that a child is not shown is no fault
_DENIED = re.compile(
    r"\b(?:(?:not|never|no|cannot|without|must|may|ne|pas|jamais|aucun\w*|sans|doi(?:t|vent)|blurred|flouté\w*)\b|n['’])", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Declared:
    """What a person answers for and a text does not show: a dated written consent for this very use, a best-interests note for a child.

    `names` are printed as they stand in the text.
    """

    consent: bool = False
    best_interests: bool = False
    names: Collection[str] = field(default_factory=tuple)


def check_text(
    text: str,
    *,
    language: str | None = None,
    caption: bool = False,
    threshold: int = 11,
    declared: Declared | None = None,
) -> tuple[Finding, ...]:
    """Every place of a text that breaks a media rule which a machine can see.

    Args: language, "en" or "fr" (by default told from the words); caption, the whole text is a title or a caption; threshold, the smallest
    group that may be described; declared, what a person answers for, with names that may be printed (a minister's).
    Raises: BadTable for another language. What no machine can see is on the checklist.
    Source: media_rules.yaml of `havre.standards`, MR01-MR31.

    >>> [(one.rule, one.excerpt) for one in check_text("Police rescued Mary Mensah, 17, from Accra.")]
    [('MR01', 'Mary Mensah'), ('MR09', 'Mary Mensah')]
    """
    declared = declared or Declared()
    words = pack(language or language_of(text))
    doc = read(text, words, caption=caption)
    return tidy(_all(doc, threshold, declared))


def _all(doc: Doc, threshold: int, declared: Declared) -> Iterator[Finding]:
    named = [one for one in identity.names(doc) if one.excerpt not in declared.names]
    pointing = [*named, *identity.places(doc), *identity.combinations(doc, threshold)]
    yield from pointing
    yield from identity.shelters(doc)
    story = _story(doc)
    if story is not None:
        yield from _consent(doc, story, declared)
    yield from _unwritten(doc, declared)
    yield from _child(doc, pointing, story, declared)
    yield from wording.words(doc)
    yield from wording.sensational(doc)
    yield from wording.guilty(doc)
    yield from numbers.figures(doc)
    yield from numbers.shares(doc)
    yield from numbers.estimates(doc)
    yield from numbers.rises(doc)
    yield from numbers.small(doc, threshold)
    yield from numbers.listed(doc, threshold)
    yield from _whole(doc)


def _story(doc: Doc) -> tuple[int, int] | None:
    """Where a survivor speaks, or somebody speaks in the first person about what was done to them; None when nobody does."""
    if doc.has("changed") and re.search(r"fict|invent|compos|made[- ]up|training|exercise|exercice", doc.text, re.IGNORECASE):
        return None
    for sentence in doc.sentences:
        spoken = doc.words.finds("speech", sentence.text)
        near = doc.near(sentence)
        about = (
            doc.words.finds("case", near) or (spoken and doc.words.finds("child", spoken.group())) or not doc.words.finds("titles", near)
        )
        if spoken and about and (doc.words.finds("quote", near) or doc.words.finds("first_person", near)):
            return sentence.start, sentence.end
        quote = doc.words.finds("quote", sentence.text)
        if (
            quote
            and doc.words.finds("quoted_self", quote.group())
            and doc.words.finds("told", near)
            and not doc.words.finds("titles", near)
        ):
            return sentence.start, sentence.end
        first = doc.words.finds("first_person", sentence.text)
        if first and (doc.words.finds("case", near) or _suffered(doc, near)):
            return sentence.start, sentence.end
    return None


def _suffered(doc: Doc, near: str) -> bool:
    """Whether somebody who holds no office tells in the first person of two hardships: the floor and the key, hunger and a blow."""
    told = {found.group().lower() for found in doc.words.patterns["hardship"].finditer(near)}
    return len(told) >= 2 and not doc.words.finds("titles", near)


def _consent(doc: Doc, story: tuple[int, int], declared: Declared) -> Iterator[Finding]:
    if not declared.consent and not doc.has("consent"):
        yield Finding("MR07", "story", doc.excerpt(*story), *story)


def _unwritten(doc: Doc, declared: Declared) -> Iterator[Finding]:
    """Somebody agreed by word of mouth, and the text says so."""
    if declared.consent or doc.has("consent"):
        return
    for sentence in doc.sentences:
        told = doc.words.finds("unwritten", sentence.text)
        if told and (doc.words.finds("person", sentence.text) or doc.words.finds("case", sentence.text)):
            yield Finding("MR07", "story", doc.excerpt(sentence.start, sentence.end), sentence.start, sentence.end)


def _child(doc: Doc, pointing: list[Finding], story: tuple[int, int] | None, declared: Declared) -> Iterator[Finding]:
    """A child is recognisable, or the story of one lacks its note."""
    for one in pointing:
        near = doc.around(one.start, one.end)
        if doc.words.finds("child", near) and not doc.has("changed"):
            yield Finding("MR09", "child", one.excerpt, one.start, one.end)
    for sentence in doc.sentences:
        told = [doc.words.finds(name, sentence.text) for name in ("child", "shown", "likeness")]
        if all(told) and not _DENIED.search(sentence.text) and not doc.has("changed"):
            yield Finding("MR09", "child", doc.excerpt(sentence.start, sentence.end), sentence.start, sentence.end)
    if story is not None and doc.words.finds("child", doc.text) and not (declared.best_interests or doc.has("best_interests")):
        yield Finding("MR09", "best_interests", doc.excerpt(*story), *story)


def _whole(doc: Doc) -> Iterator[Finding]:
    """What a whole publication must show."""
    if doc.caption or len(doc.text) < WHOLE or not doc.has("case"):
        return
    if not (doc.has("offer_help") and re.search(r"\d{3}|@|www\.", doc.text)):
        yield Finding("MR30", "no_helpline", "")
    if not doc.has("contact"):
        yield Finding("MR31", "no_contact", "")
