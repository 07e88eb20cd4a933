"""The three sides of an attack: what was released, the persons behind it, and strangers from the same population."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from havre.release.stats.errors import BadTable

WITHHELD = -1
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Sides:
    """Rows as whole numbers over one code list a column, shared by the three sides.

    `released` (r, c), `members` (n, c), `strangers` (n, c): as many strangers as members, so that "exactly one" means the same on both.
    A withheld value is -1: it equals nothing.
    """

    columns: tuple[str, ...]
    sizes: tuple[int, ...]
    released: Codes
    members: Codes
    strangers: Codes

    @property
    def control(self) -> Sides:
        """The same attack on a verbatim copy of the members."""
        return replace(self, released=self.members)


def sides(
    released: pl.DataFrame,
    members: pl.DataFrame,
    strangers: pl.DataFrame,
    *,
    seed: int,
    withheld: str | None = None,
) -> Sides:
    """Read three tables with the same columns as text; a missing value is a value of its own.

    Args: members, the rows that the release was made from; strangers, rows of the same population that were kept out of it; withheld, the
    marker of a withheld value in the release. The larger of members and strangers is sampled down to the smaller.
    Raises: BadTable for columns that differ, an empty side, or a row count that leaves nothing to compare.
    Source: Giomi et al. 2023, PoPETs 2023(2) (an attack on members beside the same attack on a holdout).
    """
    columns = tuple(members.columns)
    for name, frame in (("the release", released), ("the holdout", strangers)):
        if set(frame.columns) != set(columns):
            missing, foreign = sorted(set(columns) - set(frame.columns)), sorted(set(frame.columns) - set(columns))
            raise BadTable(f"{name} has other columns than the original (missing {missing}, foreign {foreign}): give the same ones")
        if not frame.height:
            raise BadTable(f"{name} holds no rows: an attack needs the released rows and a holdout that was kept out of the release")
    if members.height < 2 or strangers.height < 2:
        raise BadTable("one row cannot be told from another: give at least two members and two strangers")
    chance = np.random.default_rng(seed)
    size = min(members.height, strangers.height)
    texts = [frame.select(pl.col(column).cast(pl.String).fill_null("") for column in columns) for frame in (released, members, strangers)]
    coded = _coded(texts, columns, withheld)
    picked = [block if len(block) == size else block[np.sort(chance.permutation(len(block))[:size])] for block in coded[1:]]
    sizes = tuple(int(max(block[:, place].max() for block in coded)) + 1 for place in range(len(columns)))
    return Sides(columns, sizes, coded[0], picked[0], picked[1])


def _coded(texts: Sequence[pl.DataFrame], columns: Sequence[str], withheld: str | None) -> list[Codes]:
    blocks = [np.empty((frame.height, len(columns)), dtype=np.int64) for frame in texts]
    for place, column in enumerate(columns):
        codes = sorted(set().union(*(frame[column].unique().to_list() for frame in texts)))
        number = {code: value for value, code in enumerate(codes)}
        if withheld is not None and withheld in number:
            number[withheld] = WITHHELD
        for frame, block in zip(texts, blocks, strict=True):
            block[:, place] = frame[column].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    return blocks


def keys(blocks: Sequence[Codes], sizes: Sequence[int], subset: Sequence[int]) -> list[NDArray[np.int64]]:
    """One number for each row's values in `subset`, the same over all blocks; -1 where a value is withheld."""
    rows = np.concatenate([block[:, list(subset)] for block in blocks]) if blocks else np.empty((0, len(subset)), dtype=np.int64)
    key, room = np.zeros(len(rows), dtype=np.int64), 1
    for place, column in enumerate(subset):
        if room > 2**62 // max(1, sizes[column]):
            _seen, key = np.unique(key, return_inverse=True)
            room = int(key.max(initial=0)) + 1
        key = key * sizes[column] + rows[:, place]
        room *= sizes[column]
    key = np.where((rows == WITHHELD).any(axis=1), -1, key)
    return np.split(key, np.cumsum([len(block) for block in blocks])[:-1])


def lone(key: NDArray[np.int64]) -> NDArray[np.int64]:
    """The values that occur exactly once, withheld ones left out, in rising order.

    Source: Cohen & Nissim 2020, PNAS 117(15) (a predicate isolates when exactly one row meets it).
    """
    values, counts = np.unique(key[key >= 0], return_counts=True)
    return values[counts == 1]


def distances(targets: Codes, rows: Codes, columns: Sequence[int]) -> NDArray[np.int16]:
    """Hamming distance of each target (t) to each row (r) over `columns`, shape (t, r). A withheld value differs from everything.

    Source: Hamming 1950, Bell System Technical Journal 29(2).
    """
    found = np.zeros((len(targets), len(rows)), dtype=np.int16)
    for column in columns:
        found += targets[:, column, None] != rows[None, :, column]
    return found
