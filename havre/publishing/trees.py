"""Decision trees from workflow tables: each state with the acts that leave it and where each leads. The same table gives the same bytes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from havre.trust import diagrams
from havre.trust.wording import Wording
from havre.trust.workflow import Workflow

WIDTH, LINE, GAP, LONGEST = 700, 38, 14, 17
LEFT, ACT, END = 190, 236, 480


@dataclass(frozen=True, slots=True)
class Branch:
    """One act that leaves a state: its name, the gates before it, and where it leads."""

    act: str
    gates: str
    end: str


@dataclass(frozen=True, slots=True)
class Fork:
    """One state and its branches; a state that nothing leaves has none. `begins`: nothing exists yet."""

    state: str
    branches: tuple[Branch, ...]
    begins: bool = False


def forks(table: Workflow, words: Wording) -> tuple[Fork, ...]:
    """The tree of a workflow, state by state in the order of the table, in the words of the software or of a document."""
    found = []
    for state in (None, *table.states):
        branches = tuple(
            Branch(
                words.step(table, move),
                ", ".join(right.gate for right in move.rights if right.gate),
                words.state(table, move.end),
            )
            for move in table.moves
            if state in move.starts
        )
        if branches or state is not None:
            found.append(Fork(words.state(table, state), branches, state is None))
    return tuple(found)


def pages(tree: tuple[Fork, ...]) -> Iterator[tuple[Fork, ...]]:
    """The tree in pieces that each fit on a page: at most LONGEST lines, a state never cut unless it alone is longer."""
    held: list[Fork] = []
    lines = 0
    for fork in (piece for one in tree for piece in _cut(one)):
        height = max(1, len(fork.branches))
        if held and lines + height > LONGEST:
            yield tuple(held)
            held, lines = [], 0
        held.append(fork)
        lines += height
    if held:
        yield tuple(held)


def _cut(fork: Fork) -> Iterator[Fork]:
    for first in range(0, max(1, len(fork.branches)), LONGEST):
        yield Fork(fork.state, fork.branches[first : first + LONGEST], fork.begins)


def spoken(tree: tuple[Fork, ...]) -> str:
    """The same in one line for whoever cannot see it: state, act, where it leads."""
    return ". ".join(
        f"{fork.state}: " + "; ".join(f"{one.act} → {one.end}" for one in fork.branches) if fork.branches else fork.state for fork in tree
    )


def ladder(title: str, tree: tuple[Fork, ...]) -> str:
    """One piece as SVG: states as boxes on the left, one line an act, where it leads on the right. No script, no style attribute."""
    height = sum(_height(fork) + GAP for fork in tree) + GAP
    out = [
        f'<svg class="wf" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img">',
        f"<title>{escape(title)}</title>",
    ]
    top = GAP
    for fork in tree:
        out += _fork(fork, top)
        top += _height(fork) + GAP
    return "".join([*out, "</svg>"])


def _height(fork: Fork) -> int:
    # a box is as high as its branches, and never lower than its own words
    return max(LINE * max(1, len(fork.branches)), 12 * len(diagrams.lines(fork.state, 25)[:3]) + 14)


def _fork(fork: Fork, top: int) -> Iterator[str]:
    height, radius = _height(fork), 16 if fork.begins else 4
    weight = 1 if fork.branches else 2.5
    yield (
        f'<rect class="wf-box" x="8" y="{top}" width="{LEFT - 8}" height="{height - 6}" rx="{radius}" '
        f'fill="none" stroke="currentColor" stroke-width="{weight}"/>'
    )
    yield from _words(fork.state, 18, top + (height - 6) // 2, 25, "700")
    for number, branch in enumerate(fork.branches):
        yield from _branch(branch, top + LINE * number + LINE // 2 - 3, branch.end == fork.state)


def _branch(branch: Branch, y: int, stays: bool) -> Iterator[str]:
    yield f'<path class="wf-edge" fill="none" stroke="currentColor" d="M{LEFT} {y}H{ACT - 8}"/>'
    words = f"{branch.act} ({branch.gates})" if branch.gates else branch.act
    yield from _words(words, ACT, y, 38, "400")
    # an act that leaves the record where it was turns back on itself
    path = f"M{END - 24} {y + 5}h8v-10h-8l5 -4m-5 4l5 4" if stays else f"M{END - 26} {y}h20l-6 -4m6 4l-6 4"
    yield f'<path class="wf-edge" fill="none" stroke="currentColor" d="{path}"/>'
    yield from _words(branch.end, END, y, 34, "700")


def _words(words: str, x: int, middle: int, width: int, weight: str) -> Iterator[str]:
    lines = diagrams.lines(words, width)[:3]
    first = middle + 4 - 6 * (len(lines) - 1)
    for number, line in enumerate(lines):
        yield (
            f'<text x="{x}" y="{first + 12 * number}" fill="currentColor" font-family="Noto Sans, sans-serif" '
            f'font-size="11" font-weight="{weight}">{escape(line)}</text>'
        )
