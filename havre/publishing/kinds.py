"""The kinds of block: which fields are words that a translator sees, where those stand in the node, which are plain, what holds others.

What makes the node of each kind is in havre.publishing.makers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# fields that any block may have: the countries it is for (or not for), its readers, the texts of law behind it, what stands for it where
# a fact is not usable, whether it tells an invented case (composite), and whether it is withheld rather than shown in its former wording
# (rights, what not to do)
COMMON = frozenset({"id", "kind", "only", "unless", "audience", "law", "safety", "without", "picture", "composite"})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind. `texts`: single fields of words; `maps`: words by stable key; `grid`: rows by key, each a map of words; `plain`: data.

    Where the words stand in the node of a block that is written: `body`, the text that is its `text`; `lines`, the map that is its `items`;
    `heads`, the map that is its `columns`; `grid`, its `rows`. Every other map stands under its own name in `data`.
    `written` False: it is never a block of a document.
    """

    texts: tuple[str, ...] = ()
    maps: tuple[str, ...] = ()
    grid: str = ""
    body: str = ""
    lines: str = ""
    heads: str = ""
    plain: tuple[str, ...] = ()
    holds: bool = False
    needs: tuple[str, ...] = ()
    written: bool = True

    @property
    def beside(self) -> tuple[str, ...]:
        """The maps that are neither lines nor heads."""
        return tuple(name for name in self.maps if name not in (self.lines, self.heads))

    @property
    def fields(self) -> frozenset[str]:
        """Every field that a block of this kind may have."""
        held = ("blocks",) if self.holds else ()
        return COMMON | {*self.texts, *self.maps, *self.plain, *held, *([self.grid] if self.grid else [])}


KINDS: Mapping[str, Kind] = {
    # what is written
    "heading": Kind(texts=("text",), body="text", plain=("level",), needs=("text",)),
    "text": Kind(texts=("text",), body="text", needs=("text",)),
    "list": Kind(texts=("title",), maps=("items",), lines="items", needs=("items",)),
    "steps": Kind(texts=("title",), maps=("items",), lines="items", needs=("items",)),
    "checklist": Kind(texts=("title",), maps=("items",), lines="items", needs=("items",)),
    "note": Kind(texts=("title", "text"), body="text", plain=("tone",), needs=("text",)),
    "table": Kind(texts=("title",), maps=("columns",), heads="columns", grid="rows", needs=("columns", "rows")),
    "terms": Kind(texts=("title",), plain=("ids",), needs=("ids",)),
    "form": Kind(texts=("title",), maps=("fields",), lines="fields", needs=("title", "fields")),
    "figure": Kind(texts=("alt", "caption"), plain=("name",), needs=("alt", "name")),
    "case": Kind(
        texts=("title", "story"),
        maps=("tasks", "notes"),
        body="story",
        lines="tasks",
        plain=("features",),
        needs=("title", "story", "features"),
    ),
    "questions": Kind(texts=("title",), plain=("unit", "ids", "most", "answers")),
    # one of a bank, see havre.publishing.questions
    "question": Kind(
        texts=("stem", "reason"),
        maps=("options",),
        plain=("unit", "about", "right", "source", "read"),
        needs=("stem", "reason", "options"),
        written=False,
    ),
    # what holds other blocks
    "section": Kind(
        texts=("title",),
        maps=("objectives",),
        lines="objectives",
        plain=("minutes", "level", "index"),
        holds=True,
        needs=("title", "blocks"),
    ),
    "panel": Kind(texts=("title",), plain=("place",), holds=True, needs=("place", "blocks")),
    "include": Kind(plain=("file",), needs=("file",)),
    # what is bound to the data
    "rights": Kind(texts=("title",), plain=("gates", "phase", "cite"), needs=()),
    "numbers": Kind(plain=("fact",), needs=("fact",)),
    "authorities": Kind(texts=("title",), plain=("fact", "roles", "phones")),
    "indicators": Kind(texts=("title",), plain=("ids", "set", "profile", "dimension", "most")),
    "workflow": Kind(texts=("title",), plain=("name", "show"), needs=("name",)),
    "facts": Kind(texts=("title",), plain=("ids",), needs=("ids",)),
    # of a handbook, see havre.publishing.handbook
    "tree": Kind(texts=("title",), plain=("name",), needs=("title", "name")),
    "limits": Kind(texts=("title",), plain=("workflows", "clocks"), needs=("workflows",)),
    "index": Kind(maps=("items",), plain=("places",), needs=("items", "places")),
    "chart": Kind(texts=("title", "alt"), plain=("measure", "show"), needs=("measure", "alt")),
}
