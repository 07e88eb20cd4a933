"""The classification tree of the register, aligned with the concepts of IC-TIP. The codes are Havre's own and not official."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from havre.standards.reading import Page, unique
from havre.standards.words import Words


@dataclass(frozen=True, slots=True)
class Node:
    """One class of the tree. `htcds` and `ctdc` are notes for a reader; the exact maps are in `crosswalk()`."""

    code: str
    parent: str | None
    label: Words
    htcds: str | None = None
    ctdc: str | None = None


@dataclass(frozen=True, slots=True)
class Ictip:
    """The tree: events (E), victims (V), perpetrators (P), reporting entities (O). Acts, means and purposes stand apart."""

    version: str
    status: str
    external_standards: Mapping[str, str]
    sdg_16_2_2: Mapping[str, Any]
    nodes: tuple[Node, ...]

    def get(self, code: str) -> Node:
        """The node with this code, such as E.M.4. Raises: KeyError."""
        for node in self.nodes:
            if node.code == code:
                return node
        raise KeyError(code)

    def under(self, code: str) -> tuple[Node, ...]:
        """The children of a node, in the order of the file."""
        return tuple(node for node in self.nodes if node.parent == code)

    def leaves(self, code: str) -> tuple[Node, ...]:
        """The finest classes below a node."""
        children = self.under(code)
        return tuple(leaf for child in children for leaf in (self.leaves(child.code) or (child,)))

    @property
    def codes(self) -> frozenset[str]:
        """Every code of the tree."""
        return frozenset(node.code for node in self.nodes)


def read(page: Page) -> Ictip:
    """The file, with every parent checked. Raises: StandardsError."""
    found = page.read(Ictip)
    unique(page, found.nodes, "code", "nodes")
    seen: set[str] = set()
    for place, node in enumerate(found.nodes):
        if node.parent is not None:
            page.refer(node.parent, seen, "code written above it", "nodes", place, "parent")
            same = node.code.startswith(node.parent + ".")
            page.require(same, f"{node.code!r} does not begin with its parent", "Begin with the parent's code", "nodes", place, "code")
        seen.add(node.code)
    return found
