"""What has gone out, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from havre.publishing import documents, stepping
from havre.publishing.models import Artefact
from havre.publishing.nodes import Document
from havre.publishing.sources import LANGUAGES, editions


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a paper with a code still holds. `now`: the document as it stands today; `changed`: what differs, row by row; `words`: of that, what a
    reader can be told in their language."""

    code: str
    current: bool
    now: Document
    changed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def standing(code: str, *, on: date) -> Standing | None:
    """What the code on a paper says today; None for a code that was never given."""
    row = Artefact.objects.filter(code=code).order_by("-made_at").first()
    if row is None:
        return None
    now = documents.draft(row.edition, row.document, country=row.country, language=row.language, on=on)
    if now.code == code:
        return Standing(code, True, now)
    changed = stepping.changed_in(row, now)
    words = stepping.in_words(changed, country=row.country, language=row.language, on=on)
    return Standing(code, False, now, changed, tuple(words))


def board(country: str, *, on: date, languages: tuple[str, ...] = LANGUAGES) -> Iterator[Document]:
    """Every document of a country in every language that it promises, or in some of them, as it stands."""
    known: documents.Known = {}
    for edition in editions().values():
        for id in edition.documents:
            for language in (one for one in documents.source(edition.id, id).languages if one in languages):
                yield documents.draft(edition.id, id, country=country, language=language, on=on, known=known)
