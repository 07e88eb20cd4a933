"""Titles of editions and documents in the reader's language, and of a document in its own."""

from __future__ import annotations

from django.utils.translation import get_language

from havre.publishing.sources import document, editions
from havre.publishing.texts import text_of


def title_of(edition: str, id: str = "", language: str = "", *, part: str = "title") -> str:
    """The title of an edition, or of a document of it; in English where nobody has translated it; the id where there is no such thing any more.

    Args: language, the reader's own by default; part, `subtitle` for that of a document, "" where it has none.
    """
    code = language or (get_language() or "en")[:2]
    found = editions().get(edition)
    if found is None or (id and id not in found.documents):
        return id or edition
    if not id:
        return str(found.words.get(code, found.title))
    written = document(edition, id)
    unit = next((unit for unit in written.own_units() if unit.id == part), None)
    if unit is None:
        return ""
    text = text_of(unit, f"{edition}/{id}", code)
    # what is not translated is given in English
    return text.value
