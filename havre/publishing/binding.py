"""From blocks as they are written to nodes as they are printed: one country, one language, one day; what was used is kept for the manifest."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from havre.publishing import tables
from havre.publishing.kinds import KINDS
from havre.publishing.nodes import Node, Problem
from havre.publishing.sources import BlockSource, Unit, placeholders
from havre.publishing.texts import Text, TextState, text_of, worded
from havre.standards.dated import Fact
from havre.standards.errors import UnknownFact
from havre.standards.queries import fact


def fingerprint(value: Any) -> str:
    """Eight hexadecimal digits of anything that JSON can hold."""
    return hashlib.sha256(json.dumps(value, sort_keys=True, ensure_ascii=False, default=str).encode()).hexdigest()[:8]


@dataclass
class Binding:
    """One document being bound. `used` grows as blocks are: kind of row → row → fingerprint or revision; `problems` likewise."""

    country: str
    language: str
    on: date
    used: dict[str, dict[str, str]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    withheld: list[str] = field(default_factory=list)
    # facts already looked up for this country and day: documents that are made together share it
    known: dict[tuple[str, date, str], Fact] = field(default_factory=dict)
    # blocks with a row of the data in its former words
    former: set[str] = field(default_factory=set)

    def use(self, table: str, row: str, revision: str) -> None:
        """Write down that the document rests on this row."""
        self.used.setdefault(table, {})[row] = revision

    def wrong(self, code: str, block: str, words: str) -> None:
        """Write down why the document may not go out."""
        self.problems.append(Problem(code, block, words))

    def fact(self, name: str) -> Fact:
        """A fact of the country on the day. Raises: UnknownFact."""
        key = (self.country, self.on, name)
        if key not in self.known:
            self.known[key] = fact(name, on=self.on, country=self.country)
        found = self.known[key]
        self.use("facts", name, f"{found.revision} {fingerprint(found.plain)}")
        return found

    def row(self, table: str, key: str, block: str) -> Text:
        """The words of a row of the data."""
        text = worded(table, key, self.language)
        self.use(table.partition("/")[2], key, fingerprint([text.value, text.source]))
        self.state(text, f"{block} ({key})")
        if text.state == TextState.STALE:
            self.former.add(block)
        return text

    def holds_back(self, text: Text, block: BlockSource, key: str) -> bool:
        """Whether a row in its former words is left out: its meaning changed, and the block is about safety."""
        if text.state != TextState.STALE or not block.data.get("safety"):
            return False
        self.withheld.append(f"{block.id} {key}")
        return True

    def state(self, text: Text, where: str) -> None:
        if text.state == TextState.MISSING:
            self.wrong("missing", where, _("not translated into %(language)s: add it to the PO file") % {"language": self.language})

    def bind(self, block: BlockSource) -> Iterator[Node]:
        """The nodes of one block: none where it is not for this country or is withheld."""
        from havre.publishing.bound import MAKERS

        if not block.is_for(self.country):
            return
        words = Words(self, block)
        if words.withheld:
            self.withheld.append(block.id)
            self.use("blocks", block.id, "withheld")
            return
        node = MAKERS.get(block.kind, written)(self, block, words)
        if node is not None:
            self.use("blocks", block.id, words.revision)
            yield replace(node, audience=block.data.get("audience", "all"), law=tuple(block.data.get("law", ())), **words.flags(node))


class Words:
    """The texts of one block in the language, with the facts put in."""

    def __init__(self, binding: Binding, block: BlockSource) -> None:
        self.binding, self.block = binding, block
        self.texts = {unit.id: text_of(unit, block.file, binding.language) for unit in block.units()}
        for id, text in self.texts.items():
            binding.state(text, id)
        self.facts: dict[str, Fact] = {}
        self.lacking: list[str] = []
        for unit in block.units():
            self._look_up(unit)

    def _look_up(self, unit: Unit) -> None:
        for name in unit.names - SPECIAL:
            if name not in self.facts:
                try:
                    self.facts[name] = self.binding.fact(name)
                except UnknownFact:
                    words = _("{%(name)s} is no fact of a country profile: mend the name") % {"name": name}
                    self.binding.wrong("placeholder", unit.id, words)
                    continue
                if not self.facts[name].usable:
                    self.lacking.append(name)

    @property
    def stale(self) -> bool:
        """Whether something of it was translated from an earlier text."""
        return any(text.state == TextState.STALE for text in self.texts.values())

    @property
    def withheld(self) -> bool:
        """Whether it is safer not to show it in its former wording."""
        return bool(self.block.data.get("safety")) and self.stale

    @property
    def revision(self) -> str:
        """What the block says in this language, before the facts."""
        return fingerprint(
            [[id, text.value, text.state] for id, text in sorted(self.texts.items())] + [sorted(map(str, self.block.data.items()))]
        )

    def flags(self, node: Node) -> dict[str, Any]:
        """What a reader is told of its state."""
        return {
            "unconfirmed": node.unconfirmed or any(one.unconfirmed for one in self.facts.values()),
            "unreviewed": node.unreviewed or any(not text.reviewed for text in self.texts.values()),
            "stale": node.stale or self.stale or (self.block.id in self.binding.former and not self.block.data.get("safety")),
        }

    def one(self, name: str) -> str:
        """A single text; its stand-in where a fact is not usable; "" where the block has none."""
        if self.lacking and "without" in self.block.data:
            return self._filled(f"{self.block.id}.without") if name == "text" else ""
        return self._filled(f"{self.block.id}.{name}")

    @property
    def stand_in(self) -> str:
        """What is said where the data has nothing yet."""
        return self._filled(f"{self.block.id}.without")

    def map(self, name: str) -> dict[str, str]:
        """Texts by key."""
        return {key: self._filled(f"{self.block.id}.{name}.{key}") for key in self.block.data.get(name) or {}}

    def grid(self, name: str) -> list[list[str]]:
        """Rows of texts."""
        rows: Mapping[str, Mapping[str, str]] = self.block.data.get(name) or {}
        return [[self._filled(f"{self.block.id}.{name}.{row}.{column}") for column in cells] for row, cells in rows.items()]

    def _filled(self, id: str) -> str:
        if id not in self.texts:
            return ""
        text = self.texts[id].value
        try:
            names = placeholders(text)
        except ValueError:
            names = frozenset()
            self.binding.wrong("placeholder", id, _("a brace is left open: close it"))
        if self.lacking and "without" not in self.block.data and set(self.lacking) & names:
            words = _("needs %(facts)s, which no national reviewer has confirmed: sign it in the country profile, or write `without`")
            self.binding.wrong("fact", id, words % {"facts": ", ".join(sorted(set(self.lacking) & names))})
        values = {name: one.text(self.binding.language) for name, one in self.facts.items()}
        values |= {"country": worded(tables.AUTHORITIES, self.binding.country, self.binding.language).value}
        lost = names - set(values)
        for name in sorted(lost):
            self.binding.wrong("placeholder", id, _("{%(name)s} has nothing to stand for: mend the name") % {"name": name})
        return text if lost or not names else text.format(**values)


SPECIAL = frozenset({"country"})


def written(binding: Binding, block: BlockSource, words: Words) -> Node | None:
    """A block whose words stand in the source, with what it holds."""
    kind, data = KINDS[block.kind], block.data
    nodes = tuple(node for inner in block.blocks for node in binding.bind(inner))
    items = words.map(kind.maps[0]) if kind.maps and kind.maps[0] != "columns" else {}
    plain = {name: data[name] for name in (*kind.plain, "picture") if name in data}
    return Node(
        block.id,
        block.kind,
        title=words.one("title"),
        text=words.one("text") or words.one("story") or words.one("caption"),
        items=tuple(items.values()),
        columns=tuple(words.map("columns").values()) if "columns" in kind.maps else (),
        rows=tuple(map(tuple, words.grid(kind.grid))) if kind.grid else (),
        nodes=nodes,
        level=data.get("level", 2),
        data=plain | ({"alt": words.one("alt")} if "alt" in kind.texts else {}) | _more(kind.maps[1:], words),
    )


def _more(maps: tuple[str, ...], words: Words) -> dict[str, Any]:
    return {name: list(words.map(name).values()) for name in maps}
