"""A document as a page: alone in a folder with its style sheet, or within Havre."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from django.template.loader import render_to_string

from havre.publishing.nodes import Document
from havre.publishing.printing import made_line, states
from havre.publishing.terms import every_term, sentences

SHEET = Path(__file__).parent / "static" / "publishing" / "paper.css"


def context(document: Document, *, trainer: bool = False) -> dict[str, Any]:
    """What the templates of a document need."""
    words, professional = every_term(document.language), document.form in {"book", "module"}
    return {
        "document": document,
        "words": words,
        "made": made_line(document),
        "made_with": sentences(document.language, words["made_with"]),
        "states": states(document),
        "trainer": trainer,
        "cite": professional,
    }


def as_folder(document: Document) -> dict[str, bytes]:
    """The page and its style sheet: opens from a stick, asks nothing of any host."""
    return {"index.html": render_to_string("publishing/alone.html", context(document)).encode(), "paper.css": sheet()}


@cache
def sheet() -> bytes:
    """The style sheet of a page that stands alone."""
    return SHEET.read_bytes()
