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
OVERFLOW = re.compile(r"overflow:(?P<panel>[\w.-]+):(?P<over>\d+)")


@contextmanager
def refused(document: Document, shape: str) -> Iterator[None]:
    """Make a document within this.

    Raises: Invalid with the panels that are too long, by how many millimetres, or that lack or lie elsewhere; what else the typesetter says
    goes through as it is.
    """
    if shape in PLACES:
        _placed(document, shape)
    try:
        yield
    except typst.TypstError as error:
        long = OVERFLOW.findall(str(error))
        if not long:
            raise
        raise Invalid({"blocks": [_too_long(document, shape, panel, over) for panel, over in long]}) from error


def _too_long(document: Document, shape: str, panel: str, over: str) -> str:
    where = {"panel": panel, "document": document.id, "language": document.language, "shape": shape, "over": over}
    words = _("%(document)s, panel %(panel)s: too long by %(over)s mm on %(shape)s in the language %(language)s. Shorten its text.")
    return words % where


def _placed(document: Document, shape: str) -> None:
    wanted = set(PLACES[shape])
    places = [str(node.data.get("place", "")) if node.kind == "panel" else "" for node in document.nodes]
    odd = [node.id for node, place in zip(document.nodes, places, strict=True) if place not in wanted or places.count(place) > 1]
    lacking = sorted(wanted - set(places))
    if odd or lacking:
        words = _("%(document)s: %(shape)s needs one panel for each of its places; look at %(odd)s")
        raise Invalid({"blocks": [words % {"document": document.id, "shape": shape, "odd": ", ".join([*odd, *lacking])}]})
