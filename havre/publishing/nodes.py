"""What a document is once it is bound to a country, a language and a day: a tree of plain nodes that every output walks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any


@dataclass(frozen=True, slots=True)
class Node:
    """One node as it is printed.

    kind: heading, text, list, steps, checklist, note, table, form, figure, case, question, section, panel.
    `items`: lines of a list or form, or options of a question; `columns` and `rows`: a table; `nodes`: what it holds; `data`: what only one
    kind has (svg, alt, tone, place, minutes, answer, folded). `unconfirmed`: a fact behind it awaits a national reviewer; `unreviewed`: its words
    await a native one; `stale`: the notice that they were made from an earlier text, with its day; `law`: the texts that it rests on.
    """

    id: str
    kind: str
    title: str = ""
    text: str = ""
    items: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    nodes: tuple[Node, ...] = ()
    level: int = 2
    data: Mapping[str, Any] = field(default_factory=dict)
    audience: str = "all"
    law: tuple[str, ...] = ()
    unconfirmed: bool = False
    unreviewed: bool = False
    stale: str = ""

    def walk(self) -> Iterator[Node]:
        """Itself and everything in it, in reading order."""
        yield self
        for node in self.nodes:
            yield from node.walk()

    def strings(self) -> Iterator[str]:
        """Every text that a reader sees in it, its own only."""
        yield from (
            text for text in (self.title, self.text, *self.items, *self.columns, *(cell for row in self.rows for cell in row)) if text
        )

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON, for the typesetter."""
        return {
            "id": self.id,
            "kind": self.kind,
            "title": self.title,
            "text": self.text,
            "items": list(self.items),
            "columns": list(self.columns),
            "rows": [list(row) for row in self.rows],
            "nodes": [node.plain for node in self.nodes],
            "level": self.level,
            "data": dict(self.data),
            "audience": self.audience,
            "law": list(self.law),
            "unconfirmed": self.unconfirmed,
            "unreviewed": self.unreviewed,
            "stale": self.stale,
        }


@dataclass(frozen=True, slots=True)
class Problem:
    """Why something may not go out: the block, what is wrong, and how to mend it. `code`: the check that found it.

    `stops` False: it goes out, says so itself, and the board shows it (a former wording, law that nobody has signed).
    """

    code: str
    block: str
    words: str
    stops: bool = True

    def __str__(self) -> str:
        return f"{self.block}: {self.words}"


@dataclass(frozen=True, slots=True)
class Document:
    """A whole document for one country in one language on one day.

    `manifest`: everything it was made of, row by row (havre.publishing.manifests); `code`: its fingerprint, printed on it. `problems`: why it
    may not be released as it stands.
    """

    edition: str
    id: str
    country: str
    language: str
    title: str
    subtitle: str
    country_name: str
    on: date
    revised_on: date
    form: str
    print: tuple[str, ...]
    nodes: tuple[Node, ...]
    manifest: Mapping[str, Any]
    code: str
    problems: tuple[Problem, ...] = ()

    def walk(self) -> Iterator[Node]:
        """Every node in reading order."""
        for node in self.nodes:
            yield from node.walk()

    @property
    def unconfirmed(self) -> bool:
        """Whether something in it still waits for a national reviewer."""
        return any(node.unconfirmed for node in self.walk())

    @property
    def unreviewed(self) -> bool:
        """Whether some of its words still wait for a native reviewer."""
        return any(node.unreviewed for node in self.walk())
