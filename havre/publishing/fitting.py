"""Whether a document fits its paper: a panel with more words than room is refused by name, never cut off and never printed too small to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import typst
from django.utils.translation import gettext as _

from havre.publishing.nodes import Document
from havre.trust.errors import Invalid

# shapes of paper with fixed places, and the places that a document must fill; other shapes run on to a next page
PLACES = {"trifold": ("cover", "inside1", "inside2", "inside3", "flap", "back")}
# what the typesetter says of a letter that no font of Havre has
UNKNOWN = re.compile(r"the text `?[\"“](?P<text>.+?)[\"”]`? could not be displayed")
OVERFLOW = re.compile(r"overflow:(?P<panel>[\w.-]+):(?P<over>\d+)")

WIDE = re.compile(r"wide:(?P<panel>[\w.-]+):(?P<word>[^\s\"]+)")

# what parts words where a line may be broken; in Portuguese papers a word with hyphens is kept whole
_PARTS, _KEPT = re.compile(r"[\s\u200b/-]+"), re.compile(r"[\s\u200b/]+")
_THAI = re.compile(r"[\u0e00-\u0e7f]")
# a shorter run fits every panel in every size
SHORT = 13


def runs(words: str, language: str) -> list[str]:
    """The long parts of a text that no line can break, which may be wider than a panel. Thai is broken between its words, without a space."""
    if len(words) <= SHORT:
        return []
    parts = (_KEPT if language == "pt" else _PARTS).split(words)
    return [part for part in parts if len(part) > SHORT and not _THAI.search(part)]


@contextmanager
def refused(document: Document, shape: str) -> Iterator[None]:
    """Make a document within this.

    Raises: Invalid with the panels that are too long, by how many millimetres, that hold a word wider than they are, or that lack or lie
    elsewhere, and the blocks with letters that no font of Havre has; what else the typesetter says goes through as it is.
    """
    if shape in PLACES:
        _placed(document, shape)
    try:
        yield
    except typst.TypstError as error:
        told = [_unknown(document, text) for text in UNKNOWN.findall(str(error))]
        told += [_too_long(document, shape, panel, over) for panel, over in OVERFLOW.findall(str(error))]
        told += [_too_wide(document, shape, panel, word) for panel, word in WIDE.findall(str(error))]
        if not told:
            raise
        raise Invalid({"blocks": [*told]}) from error


def _unknown(document: Document, escaped: str) -> str:
    text = re.sub(r"\\u\{([0-9a-f]+)\}", lambda code: chr(int(code[1], 16)), escaped)
    where = next((node.id for node in document.walk() if any(text in one for one in node.strings())), document.id)
    return _("%(block)s: “%(text)s” is in no font of Havre: write it in the letters of the language") % {"block": where, "text": text}


def _too_long(document: Document, shape: str, panel: str, over: str) -> str:
    where = {"panel": panel, "document": document.id, "language": document.language, "shape": shape, "over": over}
    words = _("%(document)s, panel %(panel)s: too long by %(over)s mm on %(shape)s in the language %(language)s. Shorten its text.")
    return words % where


def _too_wide(document: Document, shape: str, panel: str, word: str) -> str:
    where = {"panel": panel, "document": document.id, "language": document.language, "shape": shape, "word": word}
    words = _(
        "%(document)s, panel %(panel)s: “%(word)s” is wider than its place on %(shape)s in the language %(language)s. Use shorter words."
    )
    return words % where


def _placed(document: Document, shape: str) -> None:
    wanted = set(PLACES[shape])
    places = [str(node.data.get("place", "")) if node.kind == "panel" else "" for node in document.nodes]
    odd = [node.id for node, place in zip(document.nodes, places, strict=True) if place not in wanted or places.count(place) > 1]
    lacking = sorted(wanted - set(places))
    if odd or lacking:
        words = _("%(document)s: %(shape)s needs one panel for each of its places; look at %(odd)s")
        raise Invalid({"blocks": [words % {"document": document.id, "shape": shape, "odd": ", ".join([*odd, *lacking])}]})
