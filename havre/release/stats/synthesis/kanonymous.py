"""k-anonymous synthetic rows: made of combinations that k persons share, and of nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from havre.release.stats.errors import BadTable
from havre.release.stats.private.codebook import Codebook
from havre.release.stats.private.noise import Cancelled, Progress, nothing
from havre.release.stats.synthesis.candidates import Subset, grow, keys, row_keys
from havre.release.stats.synthesis.kernels import cover, least_squares, whole_rows, withhold
from havre.release.stats.synthesis.rows import Cells, cells_of

WITHHELD = "(withheld)"
LIMIT = 40_000


@dataclass(frozen=True, slots=True)
class Anonymous:
    """Synthetic rows in which no combination of up to `length` columns is one that fewer than `k` persons have.

    `shown` combinations appear in the rows; `publishable` exist with k persons or more; `rare_shown` counts those under k found in the
    written rows by a count of its own: it is 0, or there is no release.
    """

    rows: pl.DataFrame
    k: int
    length: int
    withheld: str
    shown: int
    publishable: int
    rare_shown: int

    def proof(self) -> dict[str, Any]:
        """What is published beside the rows."""
        return {
            "method": "k-anonymous synthesis from rounded counts of publishable combinations",
            "k": self.k,
            "longest combination": self.length,
            "rows": self.rows.height,
            "combinations shown": self.shown,
            "combinations shown that fewer than k persons have": self.rare_shown,
            "withheld marker": self.withheld,
            "limits": "no bound on what someone with other knowledge learns: use the private method where that matters",
        }


def synthesise_k(
    frame: pl.DataFrame,
    codebook: Codebook,
    *,
    k: int = 11,
    length: int = 3,
    withheld: str = WITHHELD,
    progress: Progress = nothing,
    cancelled: Callable[[], bool] = lambda: False,
) -> Anonymous:
    """Rows made only from counts of combinations of up to `length` columns that at least k persons share, rounded to multiples of k.

    What real rows hold beyond `length` columns is never read. A row withholds the values it cannot show.
    Raises: BadTable for k under 2 or above the number of rows, or a file that shows nothing at k; Cancelled.
    Source: Samarati & Sweeney 1998; synthesis from publishable aggregates as in Edge, Yang, Lytvynets et al. 2020.
    """
    if k < 2:
        raise BadTable(f"k = {k} protects nobody: give 2 or more", f"k = {k} ne protège personne : donner 2 ou plus")
    if k > frame.height:
        raise BadTable(
            f"k = {k} is more than the {frame.height} rows of the file: nothing can be shown",
            f"k = {k} dépasse les {frame.height} lignes du fichier : rien ne peut être montré",
        )
    rows = codebook.encode(frame)
    sizes = codebook.sizes
    columns = range(len(sizes))
    ways = [subset for way in range(1, min(length, len(sizes)) + 1) for subset in combinations(columns, way)]
    progress("count combinations", 0.0)
    cells = cells_of(rows, sizes, ways)
    counts = np.bincount(cells.index.ravel(), minlength=cells.size)
    allowed = counts >= k
    if not allowed.any():
        raise BadTable(
            f"no value is shared by {k} persons: nothing can be shown; group the codes or take a smaller k",
            f"aucune valeur n'est partagée par {k} personnes : rien ne peut être montré ; regrouper les codes",
        )
    _stop(cancelled)
    progress("build rows", 0.2)
    shown = _buildable(rows, cells, allowed, sizes, ways, k)
    mine = cells_of(shown, sizes, ways, rows)
    _stop(cancelled)
    progress("fit rows", 0.5)
    made = _fit(mine, counts, allowed, len(rows), k, ways)
    keep = made > 0
    out = np.repeat(shown[keep], made[keep], axis=0)
    out = out[np.lexsort(out.T[::-1])]
    progress("check rows", 0.9)
    return _verdict(rows, out, codebook, ways, k, length, withheld, int(allowed.sum()))


def _stop(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("stopped; nothing was written")


def _allowed_pairs(rows: np.ndarray, sizes: Sequence[int], floor: int) -> Mapping[Subset, np.ndarray]:
    found: dict[Subset, np.ndarray] = {}
    for pair in combinations(range(len(sizes)), 2):
        count = np.bincount(keys(rows, sizes, pair), minlength=sizes[pair[0]] * sizes[pair[1]])
        found[pair] = (count >= floor).reshape(sizes[pair[0]], sizes[pair[1]])
    return found


def _buildable(rows: np.ndarray, cells: Cells, allowed: np.ndarray, sizes: Sequence[int], ways: list[Subset], k: int) -> np.ndarray:
    """Rows, some values withheld, all of whose combinations are allowed: full ones first, then one for each combination left over."""
    columns = len(sizes)
    single = [np.bincount(rows[:, column], minlength=sizes[column]) >= k for column in range(columns)]
    single = [one if one.any() else np.ones(len(one), bool) for one in single]
    floor, found = k, None
    while found is None:
        found = grow(_allowed_pairs(rows, sizes, floor), single, sizes, LIMIT)
        floor = floor * 2
    holds = np.array([[column in subset for column in range(columns)] for subset in ways], np.uint8)
    with_none = np.concatenate([allowed, [False]])  # place -1: a combination nobody has
    parts = []
    if len(found):
        hidden = withhold(cells_of(found, sizes, ways, rows).index, with_none, holds, np.zeros(len(with_none)))
        parts.append(np.where(hidden.astype(bool), -1, found))
    short = []
    for place, subset in enumerate(ways):
        here = np.unique(cells.index[:, place], return_index=True)
        for cell, first in zip(*here, strict=True):
            if allowed[cell]:
                row = np.full(columns, -1)
                row[list(subset)] = rows[first, list(subset)]
                short.append(row)
    parts.append(np.array(short).reshape(-1, columns))
    joined = np.concatenate(parts)
    joined = joined[(joined >= 0).any(axis=1)]
    return joined[np.sort(np.unique(row_keys(joined + 1), return_index=True)[1])]


def _fit(mine: Cells, counts: np.ndarray, allowed: np.ndarray, persons: int, k: int, ways: list[Subset]) -> np.ndarray:
    targets = np.where(allowed, np.maximum(np.round(counts / k), 1) * k, 0).astype(float)
    way_of = np.concatenate([np.full(mine.starts[i + 1] - mine.starts[i], len(subset)) for i, subset in enumerate(ways)])
    many = np.bincount(way_of[allowed], minlength=way_of.max() + 1)
    cost = 1.0 / (np.maximum(targets, k) * np.maximum(many[way_of], 1))
    weight = np.full(len(mine.index), persons / len(mine.index))
    weight *= ((mine.index >= 0).mean(axis=1) ** 2) + 0.01
    # the total is a table of one cell, so that about as many rows are written as there are persons
    index = np.column_stack([mine.index, np.full(len(weight), len(targets))]).astype(np.int32)
    targets, cost = np.append(targets, max(1, round(persons / k)) * float(k)), np.append(cost, 1.0 / persons)
    least_squares(index, targets, cost / np.maximum(targets, k), weight, 200)
    made = np.floor(weight + 0.5).astype(np.int64)
    whole_rows(index, targets, cost, made, 30, 1)
    cover(mine.index, allowed, made, np.argsort(-weight, kind="stable"))
    return made


def _verdict(
    rows: np.ndarray, out: np.ndarray, codebook: Codebook, ways: list[Subset], k: int, length: int, withheld: str, publishable: int
) -> Anonymous:
    """Count the written rows' combinations again, apart from what built them; a rare one ends the run."""
    sizes, shown, rare = codebook.sizes, 0, 0
    for subset in ways:
        full = out[(out[:, subset] >= 0).all(axis=1)]
        true, times = np.unique(keys(rows, sizes, subset), return_counts=True)
        made = np.unique(keys(full, sizes, subset))
        fine = np.isin(made, true[times >= k])
        shown += len(made)
        rare += int((~fine).sum())
    if rare:
        raise BadTable(f"{rare} combinations under {k} persons would be shown: not released; this is a fault of Havre, report it")
    return Anonymous(codebook.decode(out, withheld=withheld), k, length, withheld, shown, publishable, rare)
