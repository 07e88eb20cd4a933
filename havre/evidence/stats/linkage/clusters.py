"""Links to persons: strongest first, and never through a chain whose ends cannot be one person."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import polars as pl

# records of one person at most: beyond it a shared name or a placeholder is at work, and every join would be tried against them all
LARGEST = 40


class _Forest:
    def __init__(self, n: int) -> None:
        self.parent = np.arange(n)
        self.members: dict[int, list[int]] = {}

    def root(self, i: int) -> int:
        while self.parent[i] != i:
            self.parent[i] = self.parent[self.parent[i]]
            i = int(self.parent[i])
        return i

    def of(self, root: int) -> list[int]:
        return self.members.get(root, [root])

    def join(self, a: int, b: int) -> None:
        keep, gone = min(a, b), max(a, b)
        self.parent[gone] = keep
        self.members[keep] = self.of(keep) + self.of(gone)
        self.members.pop(gone, None)


def impossible(table: pl.DataFrame, unique: frozenset[int] = frozenset()) -> Callable[[int, int], bool]:
    """A test of two record numbers: whether they cannot be one person (birth dates that share nothing; one list without duplicates)."""
    year, month, day = (table[c].fill_null(-1).to_list() for c in "ymd")
    source = table["source"].to_list()

    def test(a: int, b: int) -> bool:
        if source[a] == source[b] and source[a] in unique:
            return True
        if min(day[a], day[b]) < 0:
            return min(year[a], year[b]) > 0 and abs(year[a] - year[b]) > 8
        return abs(year[a] - year[b]) > 3 and (month[a], day[a]) != (month[b], day[b])

    return test


def alone(test: Callable[[int, int], bool], left: np.ndarray, right: np.ndarray) -> Callable[[int, int], bool]:
    """`test`, and also whether two records may not be of one cluster (`left` < `right`, those that may): clusters become complete.

    Source: complete linkage, Sørensen, Biologiske Skrifter 5 (1948).
    """
    links = set(zip(left.tolist(), right.tolist(), strict=True))
    return lambda a, b: ((a, b) if a < b else (b, a)) not in links or test(a, b)


def cluster(
    n: int,
    left: np.ndarray,
    right: np.ndarray,
    probability: np.ndarray,
    test: Callable[[int, int], bool],
    forbidden: set[tuple[int, int]],
) -> tuple[np.ndarray, np.ndarray]:
    """The person of each record (smallest record number of its cluster) and which links held.

    Args: n, records; left, right, probability of the pairs to link; test, from `impossible`; forbidden, pairs a guard holds.
    Source: single linkage, Sneath, J. General Microbiology 17 (1957), by union-find, Tarjan, J. ACM 22 (1975); what stops it is our own.
    """
    forest, held, _last = _grow(n, left, right, probability, test, forbidden, n)
    return np.array([forest.root(i) for i in range(n)]), held


def weakest(
    n: int,
    left: np.ndarray,
    right: np.ndarray,
    probability: np.ndarray,
    test: Callable[[int, int], bool],
    forbidden: set[tuple[int, int]],
    joins: int,
) -> float:
    """The probability down to which `cluster` must link for so many joins; the least one given if it never gets there; 2 if none are asked.

    Args: joins, records less persons; the others as `cluster` takes them.
    Source: single linkage, Sneath, J. General Microbiology 17 (1957).
    """
    last = _grow(n, left, right, probability, test, forbidden, joins)[2]
    return 2.0 if last is None else float(probability[last])


def _grow(n, left, right, probability, test, forbidden, joins) -> tuple[_Forest, np.ndarray, int | None]:  # noqa: ANN001
    """Links taken strongest first until so many records are joined: the forest, which links held, the last one looked at.

    No cluster grows above LARGEST records."""
    forest, held, last = _Forest(n), np.ones(len(left), bool), None
    for i in np.lexsort((right, left, -probability)):
        if joins <= 0:
            break
        last = int(i)
        a, b = forest.root(int(left[i])), forest.root(int(right[i]))
        if a == b:
            continue
        ones, others = forest.of(a), forest.of(b)
        if len(ones) + len(others) > LARGEST:
            held[i] = False
            continue
        if len(ones) * len(others) > 1 and any(
            ((x, y) if x < y else (y, x)) in forbidden or test(x, y)
            for x in ones
            for y in others
            if (x, y) != (int(left[i]), int(right[i]))
        ):
            held[i] = False
            continue
        forest.join(a, b)
        joins -= 1
    return forest, held, last
