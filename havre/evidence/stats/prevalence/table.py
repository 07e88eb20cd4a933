"""Overlaps of lists: who is on which. The one input of every estimator; frozen, so that a resample can never change it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np

from havre.evidence.stats.prevalence.words import BadTable

MOST_LISTS = 10
MOST_PEOPLE = 100_000_000
# log p under which a list within another is not there by chance
_CHANCE = np.log(0.001)


@dataclass(frozen=True, slots=True)
class Overlaps:
    """People counted by the set of lists they are on.

    `lists` names the t lists; `cells` holds (history, people) with people > 0, sorted: a history is a bit mask, bit i for list i.
    A history that is absent counts 0; history 0 (on no list) is never there.
    Source: capture histories, as Otis et al., Wildlife Monographs 62 (1978).

    >>> table = Overlaps.of(("police", "ngo", "hotline"), {("police",): 40, ("ngo",): 30, ("hotline",): 20, ("police", "ngo"): 6})
    >>> table.people, table.on("police"), table.on("police", "ngo")
    (96, 46, 6)
    """

    lists: tuple[str, ...]
    cells: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, lists: Iterable[str], counts: Mapping[Iterable[str], int]) -> Overlaps:
        """From list names and a mapping of sets of names to people. Raises KeyError for a name that is no list."""
        names = tuple(lists)
        place = {name: 1 << index for index, name in enumerate(names)}
        return cls.from_masks(names, {sum(place[name] for name in set(history)): people for history, people in counts.items()})

    @classmethod
    def from_masks(cls, lists: Iterable[str], counts: Mapping[int, int]) -> Overlaps:
        """From bit masks; empty cells and the history of nobody are left out."""
        return cls(tuple(lists), tuple(sorted((int(mask), int(people)) for mask, people in counts.items() if mask and people)))

    @property
    def people(self) -> int:
        """People on at least one list."""
        return sum(people for _, people in self.cells)

    def on(self, *lists: str) -> int:
        """People on all of these lists."""
        mask = sum(1 << self.lists.index(name) for name in lists)
        return sum(people for history, people in self.cells if history & mask == mask)

    def dense(self) -> np.ndarray:
        """Counts as floats, index = history, length 2**t (index 0 is 0)."""
        found = np.zeros(1 << len(self.lists))
        for history, people in self.cells:
            found[history] = people
        return found

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the lists and their cells."""
        return hashlib.sha256(json.dumps([self.lists, self.cells]).encode()).hexdigest()

    def without(self, index: int) -> Overlaps:
        """The table with one list never drawn up: people only on it are not seen."""
        low = (1 << index) - 1
        return self._mapped(lambda mask: (mask & low) | ((mask >> (index + 1)) << index), self.lists[:index] + self.lists[index + 1 :])

    def merged(self, first: int, second: int) -> Overlaps:
        """Two lists as one: on either is on it. Source: DOI 10.1177/0011128720951429."""
        first, second = sorted((first, second))

        def joined(mask: int) -> int:
            either = (mask >> first | mask >> second) & 1
            kept = (mask & ~(1 << first)) | (either << first)
            low = (1 << second) - 1
            return (kept & low) | ((kept >> (second + 1)) << second)

        names = list(self.lists)
        names[first] = f"{names[first]}+{names[second]}"
        del names[second]
        return self._mapped(joined, tuple(names))

    def within(self, index: int) -> Overlaps:
        """The other lists' overlaps among the people of one list, whose number is known. Source: Binette & Steorts, arXiv 2112.01594."""
        bit = 1 << index
        inside = Overlaps(self.lists, tuple(cell for cell in self.cells if cell[0] & bit))
        return inside.without(index)

    def changed(self, history: int, by: int) -> Overlaps:
        """The table with `by` people more in one cell (never under 0)."""
        counts = dict(self.cells)
        counts[history] = max(0, counts.get(history, 0) + by)
        return Overlaps.from_masks(self.lists, counts)

    def _mapped(self, move, lists: tuple[str, ...]) -> Overlaps:  # noqa: ANN001
        counts: dict[int, int] = {}
        for history, people in self.cells:
            target = move(history)
            counts[target] = counts.get(target, 0) + people
        return Overlaps.from_masks(lists, counts)

    def name(self, mask: int) -> str:
        """The lists of a set, joined: `police:ngo`."""
        return ":".join(name for index, name in enumerate(self.lists) if mask >> index & 1)


def checked(table: Overlaps) -> Overlaps:
    """The same table, or BadTable when a list is empty, is written twice, holds everyone, or there are too many.

    Raises: BadTable, with the list and what to do.
    """
    if not table.lists:
        raise BadTable("no_lists")
    if len(table.lists) > MOST_LISTS:
        raise BadTable("too_many", count=len(table.lists))
    if not table.people:
        raise BadTable("nobody")
    for index, name in enumerate(table.lists):
        on = table.on(name)
        if not on:
            raise BadTable("empty_list", list=name)
        for other in table.lists[index + 1 :]:
            if on == table.on(other) == table.on(name, other):
                raise BadTable("identical", first=name, second=other)
    for name in table.lists:
        if len(table.lists) > 1 and table.on(name) == table.people:
            raise BadTable("everybody", list=name)
    return table


@dataclass(frozen=True, slots=True)
class Nested:
    """A list all of whose `count` people are on another.

    `inner` and `outer` are names of lists; `count` is people.
    """

    inner: str
    outer: str
    count: int


def without_nested(table: Overlaps) -> tuple[Overlaps, tuple[Nested, ...]]:
    """The table without the lists that lie wholly within another, and which they were.

    Such a list was drawn up from the other: it sees nobody anew, and the bond between the two has no finite estimate. It is left out when chance
    alone would not have put it there (p < 0.001, by the share of the outer list among the people of the remaining ones).
    Gives the same table and nothing where no list is nested. Source: Laplace's rule of succession (1814) for that share.
    """
    found: list[Nested] = []
    while (next_one := _nested(table)) is not None:
        found.append(next_one)
        table = table.without(table.lists.index(next_one.inner))
    return table, tuple(found)


def _nested(table: Overlaps) -> Nested | None:
    for inner in table.lists:
        count = table.on(inner)
        for outer in table.lists:
            if outer == inner or table.on(inner, outer) < count:
                continue
            one, two = (1 << table.lists.index(name) for name in (inner, outer))
            others = [(mask, people) for mask, people in table.cells if mask & ~(one | two)]
            reached, of = sum(people for mask, people in others if mask & two), sum(people for _, people in others)
            if count and of and count * np.log((reached + 1) / (of + 2)) < _CHANCE:
                return Nested(inner, outer, count)
    return None


@lru_cache(maxsize=12)
def incidence(lists: int) -> np.ndarray:
    """incidence[history, term] = 1.0 where the term is inside the history; 2**t square, floats, read only.

    Args: lists, t. Source: the zeta matrix of the subset order, Rota 1964.
    """
    masks = np.arange(1 << lists)
    found = ((masks[:, None] & masks[None, :]) == masks[None, :]).astype(float)
    found.setflags(write=False)
    return found


def margins(dense: np.ndarray) -> np.ndarray:
    """For each set of lists, the people on all of them (zeta transform over supersets). Last axis of length 2**t.

    Gives the shape of `dense`. Source: the fast zeta transform, Yates 1937.
    """
    found = np.array(dense, dtype=float)
    step = 1
    while step < found.shape[-1]:
        block = found.reshape(*found.shape[:-1], -1, 2, step)
        block[..., 0, :] += block[..., 1, :]
        step *= 2
    return found


@lru_cache(maxsize=12)
def pairs(lists: int) -> tuple[int, ...]:
    """The masks of all pairs of lists.

    Args: lists, t. Gives t(t - 1)/2 masks, smallest first.
    """
    return tuple((1 << i) | (1 << j) for i, j in combinations(range(lists), 2))
