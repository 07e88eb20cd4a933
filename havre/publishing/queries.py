"""What has gone out, and whether it still holds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from time import monotonic

from havre.publishing import checks, documents, stepping
from havre.publishing.models import Artefact
from havre.publishing.nodes import Document, Problem
from havre.publishing.sources import DocumentSource, editions
from havre.trust.errors import Invalid, Missing


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a paper with a code still holds. `now`: the document as it stands today; None where it is withdrawn, or may not go out as it stands;
    `changed`: what differs, row by row; `words`: of that, what a reader can be told in their language."""

    code: str
    language: str
    current: bool
    now: Document | None
    changed: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


def standing(code: str, *, on: date) -> Standing | None:
    """What the code on a paper says today; None for a code that was never given."""
    row = Artefact.objects.filter(code=code).order_by("-made_at").first()
    if row is None:
        return None
    try:
        now = documents.draft(row.edition, row.document, country=row.country, language=row.language, on=on)
    except Missing:
        return Standing(code, row.language, False, None)
    if now.code == code:
        return Standing(code, row.language, True, now)
    changed = stepping.changed_in(row, now)
    words = stepping.in_words(changed, country=row.country, language=row.language, on=on)
    out = not any(one.stops for one in documents.findings(now, paper=False))
    return Standing(code, row.language, False, now if out else None, changed, tuple(words))


class State(StrEnum):
    """Where a document stands in a language, gravest first. Awaiting: its facts or its words await a reviewer's name."""

    MISSING, REFUSED, WITHHELD, REREAD, AWAITING, CURRENT = "missing", "refused", "withheld", "reread", "awaiting", "current"


@dataclass(frozen=True, slots=True)
class Row:
    """One document in one language on the board. `reasons`: what stops it, then what waits; `more`: how many are left out; `weighed`: whether
    the rules for media and its fit on paper are among what was asked."""

    document: Document
    source: DocumentSource
    state: State
    reasons: tuple[Problem, ...]
    more: int
    weighed: bool = True

    @property
    def shapes(self) -> tuple[str, ...]:
        """Its shapes on paper."""
        return self.document.print if "pdf" in self.source.formats else ()


REASONS = 3
# seconds that the board spends on the rules for media and on setting papers: what was asked is kept, so that the next opening goes on
SECONDS = 1.0


def board(country: str, *, on: date, seconds: float = SECONDS, edition: str = "", language: str = "") -> Iterator[Row]:
    """Every document of a country in every language that it promises, as it stands, with its state and the reasons for it.

    Args: edition, language, to look at those alone;
    seconds, how long the slow checks may take together; documents that are left are not `weighed`, and wait for the next opening.
    """
    facts: documents.Known = {}
    made: list[tuple[Document, DocumentSource]] = []
    for listed in editions().values():
        for id in listed.documents if edition in {"", listed.id} else ():
            source = documents.source(listed.id, id)
            for one in source.languages:
                if language in {"", one}:
                    made.append((documents.draft(listed.id, id, country=country, language=one, on=on, known=facts), source))
    until = monotonic() + seconds
    for document, source in made:
        weighed = checks.known(document) or monotonic() < until
        found = sorted(documents.findings(document, paper=weighed, media=weighed), key=lambda one: not one.stops)
        yield Row(document, source, state_of(document, found), tuple(found[:REASONS]), max(0, len(found) - REASONS), weighed)


def state_of(made: Document, found: Sequence[Problem]) -> State:
    """The gravest state that holds."""
    if any(one.code == "missing" for one in found):
        return State.MISSING
    if any(one.stops for one in found):
        return State.REFUSED
    if made.manifest["withheld"]:
        return State.WITHHELD
    stale = any(node.stale for node in made.walk()) or any(one.code == "stale" for one in found)
    if stale:
        return State.REREAD
    return State.AWAITING if made.unconfirmed or made.unreviewed else State.CURRENT


def readable(country: str, language: str, *, on: date) -> Iterator[tuple[Document, DocumentSource]]:
    """What the public may read in a language: every document that may go out and is a page (a course is a package), with its source."""
    known: documents.Known = {}
    for edition in editions().values():
        for id in edition.documents:
            source = documents.source(edition.id, id)
            if language in source.languages and "web" in source.formats:
                try:
                    yield documents.build(edition.id, id, country=country, language=language, on=on, known=known), source
                except Invalid:
                    continue
