"""From blocks as they are written to nodes as they are printed: the one register of what makes the node of each kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from havre.publishing import bound, handbook
from havre.publishing.binding import Binding, Words
from havre.publishing.kinds import KINDS
from havre.publishing.nodes import Node
from havre.publishing.sources import BlockSource

Maker = Callable[[Binding, BlockSource, Words], Node | None]


def bind(binding: Binding, block: BlockSource) -> Iterator[Node]:
    """The nodes of one block: none where it is not for this country or is withheld. What it rests on is written down in `binding`."""
    if not block.is_for(binding.country):
        return
    words = Words(binding, block)
    if words.withheld:
        binding.withheld.append(block.id)
        binding.use("blocks", block.id, "withheld")
        return
    node = MAKERS[block.kind](binding, block, words)
    if node is not None:
        binding.use("blocks", block.id, words.revision)
        yield replace(node, audience=block.data.get("audience", "all"), law=tuple(block.data.get("law", ())), **words.flags(node))


def written(binding: Binding, block: BlockSource, words: Words) -> Node:
    """A block whose words stand in the source, with what it holds."""
    kind, data = KINDS[block.kind], block.data
    nodes = tuple(node for inner in block.blocks for node in bind(binding, inner))
    plain = {name: data[name] for name in (*kind.plain, "picture") if name in data}
    alt = {"alt": words.one("alt")} if "alt" in kind.texts else {}
    return Node(
        block.id,
        block.kind,
        title=words.one("title"),
        text=words.body,
        items=tuple(words.map(kind.lines).values()) if kind.lines else (),
        columns=tuple(words.map(kind.heads).values()) if kind.heads else (),
        rows=tuple(map(tuple, words.grid(kind.grid))) if kind.grid else (),
        nodes=nodes,
        level=data.get("level", 2),
        data=plain | alt | {name: list(words.map(name).values()) for name in kind.beside},
    )


# every kind that may be written in a document, but for `include`, which gives the blocks of its file
MAKERS: Mapping[str, Maker] = {
    "heading": written,
    "text": written,
    "list": written,
    "steps": written,
    "checklist": written,
    "note": written,
    "table": written,
    "form": written,
    "case": written,
    "section": written,
    "panel": written,
    "rights": bound.rights,
    "numbers": bound.numbers,
    "authorities": bound.authorities,
    "indicators": bound.indicators,
    "workflow": bound.workflow,
    "facts": bound.facts,
    "terms": bound.terms,
    "figure": bound.pictogram,
    "questions": bound.asked,
    "chart": bound.chart,
    "tree": handbook.tree,
    "limits": handbook.limits,
    "index": handbook.index,
}
