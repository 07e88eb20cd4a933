"""What blocks are bound to: one country, one language, one day. What was used is kept for the manifest; the words come with the facts in them.

Which maker turns a block into a node is in havre.publishing.makers.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from havre.publishing import tables
from havre.publishing.kinds import KINDS
from havre.publishing.nodes import Node, Problem
from havre.publishing.sources import BlockSource, Unit, placeholders
from havre.publishing.terms import day_words, former
from havre.publishing.texts import Text, TextState, text_of, worded
from havre.standards.dated import Fact
from havre.standards.errors import UnknownFact
from havre.standards.queries import fact

# a day as the data writes it, from which on a rate holds
DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


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
    # blocks with a row of the data in its former words → the days of these words
    former: dict[str, set[str]] = field(default_factory=dict)
    # blocks with a row of the data that no native reader has signed
    unread: set[str] = field(default_factory=set)

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
        return self._flagged(text, key, block)

    def said(self, table: str, key: str, english: str, block: str) -> Text:
        """The words of a row of the data whose English is at hand: a label of a workflow, a part of the value of a fact."""
        return self.noted(text_of(Unit(key, english), table, self.language), f"{table} {key}", block)

    def noted(self, text: Text, row: str, block: str) -> Text:
        """A text of the data that another row brings along, with its state written down for the block that shows it."""
        self.use("words", row, fingerprint(text.value))
        return self._flagged(text, row, block)

    def _flagged(self, text: Text, row: str, block: str) -> Text:
        self.state(text, f"{block} ({row})")
        if text.state == TextState.STALE:
            self.former.setdefault(block, set()).add(text.written_on)
        if not text.reviewed:
            self.unread.add(block)
        return text

    def value(self, found: Fact, block: str) -> str:
        """The value of a fact as one line in the language; "" when it is not known. English and French write their own days."""
        said = found.said(
            lambda row, words: tables.own(words, self.language) or self.said(tables.FACTS, row, words.en, block).value, self.language
        )
        if self.language in tables.SOFTWARE:
            return said
        return DAY.sub(lambda day: day_words(date.fromisoformat(day[0]), self.language), said)

    def source(self, found: Fact, block: str) -> str:
        """What a fact rests on, in the language."""
        return self.cited(f"{found.country}.{found.id}", found.source, block)

    def cited(self, name: str, source: str, block: str) -> str:
        """The source of a fact (`gh.penalty`) in the language. What a reviewer of this house cited stands as it was written."""
        shipped = tables.table(tables.FACTS).get(f"{name}.source")
        if self.language == "en" or shipped is None or shipped.en != source:
            return source
        return self.said(tables.FACTS, f"{name}.source", source, block).value

    def holds_back(self, text: Text, block: BlockSource, key: str) -> bool:
        """Whether a row in its former words is left out: its meaning changed, and the block is about safety."""
        if text.state != TextState.STALE or not block.data.get("safety"):
            return False
        self.withheld.append(f"{block.id} {key}")
        return True

    def here(self) -> str:
        """The country's name, as every document says it."""
        text = worded(tables.AUTHORITIES, self.country, self.language)
        self.use("words", f"{tables.AUTHORITIES} {self.country}", fingerprint(text.value))
        return text.value

    def state(self, text: Text, where: str) -> None:
        if text.state == TextState.MISSING:
            self.wrong("missing", where, _("not translated into %(language)s: add it to the PO file") % {"language": self.language})


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
        words = [[id, text.value, text.state] for id, text in sorted(self.texts.items())]
        return fingerprint([*words, self.notice, sorted(map(str, self.block.data.items()))])

    @property
    def notice(self) -> str:
        """What a reader is told of former words, with the day of the newest of them; "" when there are none."""
        of_rows = set() if self.block.data.get("safety") else self.binding.former.get(self.block.id, set())
        days = of_rows | {text.written_on for text in self.texts.values() if text.state == TextState.STALE}
        return former(days, self.binding.language) if days else ""

    def flags(self, node: Node) -> dict[str, Any]:
        """What a reader is told of its state."""
        return {
            "unconfirmed": node.unconfirmed or any(one.unconfirmed for one in self.facts.values()),
            "unreviewed": node.unreviewed or self.block.id in self.binding.unread or any(not text.reviewed for text in self.texts.values()),
            "stale": node.stale or self.notice,
        }

    def one(self, name: str) -> str:
        """A single text; "" where the block has none, or where a fact is not usable and another text stands for it."""
        return "" if self._stood_in else self._filled(f"{self.block.id}.{name}")

    @property
    def body(self) -> str:
        """The text of a block whose words stand in the source; its stand-in where a fact is not usable; "" for a kind that has none."""
        if self._stood_in:
            return self.stand_in
        name = KINDS[self.block.kind].body
        return self.one(name) if name else ""

    @property
    def _stood_in(self) -> bool:
        return bool(self.lacking) and "without" in self.block.data

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
            self.binding.wrong("placeholder", id, _("a brace is left open, or holds something else than one name: write {name}"))
        if self.lacking and "without" not in self.block.data and set(self.lacking) & names:
            words = _("needs %(facts)s, which no national reviewer has confirmed: sign it in the country profile, or write `without`")
            self.binding.wrong("fact", id, words % {"facts": ", ".join(sorted(set(self.lacking) & names))})
        values = {name: self.binding.value(one, self.block.id) for name, one in self.facts.items()}
        values |= {"country": self.binding.here()}
        lost = names - set(values)
        for name in sorted(lost):
            self.binding.wrong("placeholder", id, _("{%(name)s} has nothing to stand for: mend the name") % {"name": name})
        return text if lost or not names else text.format(**values)


SPECIAL = frozenset({"country"})
