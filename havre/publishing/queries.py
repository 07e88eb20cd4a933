"""What has gone out, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from havre.publishing import documents, stepping
from havre.publishing.models import Artefact
from havre.publishing.nodes import Document, Problem
from havre.publishing.sources import DocumentSource, editions
from havre.trust.errors import Invalid


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


class State(StrEnum):
    """Where a document stands in a language, gravest first."""

    MISSING, REFUSED, WITHHELD, REREAD, CURRENT = "missing", "refused", "withheld", "reread", "current"


@dataclass(frozen=True, slots=True)
class Row:
    """One document in one language on the board. `reasons`: what stops it, then what waits; `more`: how many are left out."""

    document: Document
    source: DocumentSource
    state: State
    reasons: tuple[Problem, ...]
    more: int

    @property
    def shapes(self) -> tuple[str, ...]:
        """Its shapes on paper."""
        return self.document.print if "pdf" in self.source.formats else ()


REASONS = 3


def board(country: str, *, on: date) -> Iterator[Row]:
    """Every document of a country in every language that it promises, as it stands, with its state and the reasons for it."""
    known: documents.Known = {}
    for edition in editions().values():
        for id in edition.documents:
            source = documents.source(edition.id, id)
            for language in source.languages:
                made = documents.draft(edition.id, id, country=country, language=language, on=on, known=known)
                found = sorted(documents.findings(made, paper=False, media=False), key=lambda one: not one.stops)
                yield Row(made, source, state_of(made, found), tuple(found[:REASONS]), max(0, len(found) - REASONS))


def state_of(made: Document, found: Sequence[Problem]) -> State:
    """The gravest state that holds."""
    if any(one.code == "missing" for one in found):
        return State.MISSING
    if any(one.stops for one in found):
        return State.REFUSED
    if made.manifest["withheld"]:
        return State.WITHHELD
    stale = any(node.stale for node in made.walk()) or any(one.code == "stale" for one in found)
    return State.REREAD if stale else State.CURRENT


def readable(country: str, language: str, *, on: date) -> Iterator[tuple[Document, DocumentSource]]:
    """What the public may read in a language: every document that may go out, with its source."""
    known: documents.Known = {}
    for edition in editions().values():
        for id in edition.documents:
            source = documents.source(edition.id, id)
            if language in source.languages:
                try:
                    yield documents.build(edition.id, id, country=country, language=language, on=on, known=known), source
                except Invalid:
                    continue
