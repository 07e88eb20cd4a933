"""In step with the data: which artefacts no longer hold, through what kind of change, and what is done about each.

A *value* (a fact of the country, a body) is put into every language at once, no translator needed. A *meaning* (a right, a sign, a workflow, a
question) is current in English and French; elsewhere the former words stand under a notice, or are withheld where safety asks
(havre.publishing.binding). *Words* of a block are for its translators to read again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre.publishing import documents, manifests, tables
from havre.publishing.documents import Known
from havre.publishing.models import Artefact
from havre.publishing.nodes import Document
from havre.publishing.texts import TextState, worded
from havre.standards.queries import fact
from havre.trust.errors import Missing


class Change(StrEnum):
    """What kind of change it is, in the order of what must be done first."""

    VALUE, MEANING, WORDING = "value", "meaning", "wording"


WORDS = {
    Change.VALUE: _("a value changed: remade in every language at once"),
    Change.MEANING: _("a meaning changed: translations are shown with a notice or withheld until they are read again"),
    Change.WORDING: _("the words changed: translations are to be read again"),
}
# table of the manifest → kind of change; whatever is not here is a matter of words
KINDS: Mapping[str, Change] = {
    "facts": Change.VALUE,
    "authorities": Change.VALUE,
    "phones": Change.VALUE,
    "clocks": Change.VALUE,
    "releases": Change.VALUE,
    "pictograms": Change.VALUE,
    "cases": Change.VALUE,
    "rights": Change.MEANING,
    "sources": Change.MEANING,
    "indicators": Change.MEANING,
    "grades": Change.MEANING,
    "workflows": Change.MEANING,
    "questions": Change.MEANING,
    "glossary": Change.MEANING,
    "withheld": Change.MEANING,
}
# table of the manifest → where its words lie, and what stands before the row's id there
NAMED: Mapping[str, tuple[str, str]] = {
    "facts": (tables.FACTS, "label."),
    "authorities": (tables.AUTHORITIES, ""),
    "phones": (tables.AUTHORITIES, ""),
    "clocks": (tables.WORKFLOWS, "clock."),
    "rights": (tables.RIGHTS, ""),
    "indicators": (tables.SIGNS, ""),
}
COUNTED = frozenset({"days", "age"})


@dataclass(frozen=True, slots=True)
class Superseded:
    """An artefact that no longer holds. `now`: its document today; `changed`: what differs, row by row; `change`: the gravest kind of it."""

    artefact: Artefact
    now: Document
    changed: tuple[str, ...]
    change: Change

    @property
    def key(self) -> tuple[str, str, str, str]:
        """Document, country, language and format: what is made in one go, all its shapes together."""
        return (self.artefact.document, self.artefact.country, self.artefact.language, self.artefact.format)


def kind_of(changed: Iterable[str]) -> Change:
    """The gravest kind among rows that differ, as `manifests.changed` names them."""
    found = {KINDS.get(one.partition(" ")[0], Change.WORDING) for one in changed}
    return min(found, key=list(Change).index, default=Change.WORDING)


def latest() -> list[Artefact]:
    """The last that was made of each document, country, language, format and shape: older ones are superseded by it already."""
    found: dict[tuple[str, ...], tuple[object, UUID]] = {}
    rows = Artefact.objects.values_list("edition", "document", "country", "language", "format", "shape", "made_at", "pk").order_by(
        "made_at", "pk"
    )
    for *key, _at, pk in rows:
        found[tuple(key)] = (_at, pk)
    return list(Artefact.objects.filter(pk__in=[pk for _at, pk in found.values()]))


def superseded(*, on: date, edition: str = "") -> Iterator[Superseded]:
    """Every artefact that was made and no longer holds on a day, of one edition or of all: those, and no other.

    In the order of edition, document, country, language, format and shape. Nothing is made and no check is asked.
    """
    known: Known = {}
    drafts: dict[tuple[str, str, str, str], Document | None] = {}
    for row in latest():
        if edition and row.edition != edition:
            continue
        key = (row.edition, row.document, row.country, row.language)
        if key not in drafts:
            drafts[key] = _draft(key, on, known)
        now = drafts[key]
        if now is not None and now.code != row.code:
            changed = changed_in(row, now)
            yield Superseded(row, now, changed, kind_of(changed))


def changed_in(row: Artefact, now: Document) -> tuple[str, ...]:
    """What differs between an artefact and its document today. Template, fonts and engine are the artefact's own: a document has none."""
    frame = {key: row.manifest[key] for key in manifests.FRAME if key in row.manifest}
    return tuple(manifests.changed(row.manifest, {**frame, **now.manifest}))


def _draft(key: tuple[str, str, str, str], on: date, known: Known) -> Document | None:
    edition, id, country, language = key
    try:
        return documents.draft(edition, id, country=country, language=language, on=on, known=known)
    except Missing:
        return None  # the document is no longer published: nothing to remake


def in_words(changed: Iterable[str], *, country: str, language: str, on: date) -> list[str]:
    """What changed, for a reader: the names of facts, rights, bodies and signs in their language, and a new number of days or years.

    Telephone numbers are left to the paper that replaces the old one: it prints those that somebody has dialled.
    """
    found = []
    for one in changed:
        table, _space, row = one.partition(" ")
        if table in NAMED:
            name, before = NAMED[table]
            try:
                text = worded(name, f"{before}{row}", language)
            except KeyError:
                continue  # a row that is not there any more has no words
            if text.state != TextState.MISSING:
                found.append(_with_value(text.value, table, row, country, on))
    return list(dict.fromkeys(found))


def _with_value(label: str, table: str, row: str, country: str, on: date) -> str:
    if table != "facts":
        return label
    today = fact(row, on=on, country=country)
    return f"{label}: {today}" if today.kind in COUNTED and today.usable else label
