"""The texts of a document in one language beside the English that they come from: what the checks of words read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from havre.publishing.nodes import Document
from havre.publishing.questions import bank
from havre.publishing.sources import BlockSource, DocumentSource, Unit
from havre.publishing.texts import Text, TextState, text_of


@dataclass(frozen=True, slots=True)
class Pair:
    """One text. `english`: the source as it is today; `text`: the words in the language; `kind`: the block's; `law`: whether it cites law."""

    unit: Unit
    text: Text
    language: str
    kind: str
    law: bool = False
    safety: bool = False

    @property
    def id(self) -> str:
        """The unit, which names its block."""
        return self.unit.id

    @property
    def english(self) -> str:
        """What the source says today."""
        return self.text.source or self.unit.text

    @property
    def words(self) -> str:
        """What is printed."""
        return self.text.value

    @property
    def translated(self) -> bool:
        """Whether somebody wrote these words in another language than English."""
        return self.language != "en" and self.text.state != TextState.MISSING

    @property
    def changed(self) -> bool:
        """Whether this is English that somebody wrote on the page."""
        return self.language == "en" and self.text.state != TextState.SOURCE

    @property
    def compared(self) -> bool:
        """Whether they were made from the English of today, so that both must say the same."""
        return self.language != "en" and self.text.state == TextState.CURRENT


def pairs(source: DocumentSource, country: str, language: str) -> list[Pair]:
    """Every text of a document for a country, in reading order: its own, those of its blocks, those of the questions it asks."""
    own = f"{source.edition}/{source.id}"
    found = [Pair(unit, text_of(unit, own, language), language, "title") for unit in source.own_units()]
    for block in _for(country, source.blocks):
        found += of_block(block, language)
    return found


def of_block(block: BlockSource, language: str) -> Iterator[Pair]:
    """The texts of one block, without what it holds."""
    law, safety = bool(block.data.get("law")), bool(block.data.get("safety"))
    for unit in block.units():
        yield Pair(unit, text_of(unit, block.file, language), language, block.kind, law, safety)


def of_questions(document: Document) -> Iterator[Pair]:
    """The texts of the questions that the document asks, once each."""
    asked = {node.id for node in document.walk() if node.kind == "question"}
    for one in bank(document.edition).values() if asked else ():
        if one.id in asked:
            for unit in one.block.units():
                yield Pair(unit, text_of(unit, one.file, document.language), document.language, "question", law=True)


def _for(country: str, blocks: Iterable[BlockSource]) -> Iterator[BlockSource]:
    """Blocks of a country's edition: what stands in one that it has not is not in it either."""
    for block in blocks:
        if block.is_for(country):
            yield block
            yield from _for(country, block.blocks)
