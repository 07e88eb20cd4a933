"""From what the noisy answers make likely to rows: only combinations that are sure enough are shown, the rest is withheld."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from havre.release.stats.synthesis.candidates import Subset, keys, row_keys
from havre.release.stats.synthesis.kernels import least_squares, whole_rows, withhold

# a combination of two columns is shown from this share of what one of three needs
PAIR = 1 / 1.5
# what an error on the total, on one, two and three columns weighs in the last fit
WEIGHTS = (4.0, 3.0, 1.5, 1.0)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Distinct rows (-1 where withheld) and how many persons each stands for."""

    rows: np.ndarray
    counts: np.ndarray


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells that rows fall in, over many tables: places (rows, tables), -1 where withheld; `starts` where each table begins."""

    index: np.ndarray
    size: int
    starts: np.ndarray
    subsets: tuple[Subset, ...]


def cells_of(rows: np.ndarray, sizes: Sequence[int], subsets: Sequence[Subset], known: np.ndarray | None = None) -> Cells:
    """Number the cells of `known` rows (default: the rows themselves); a row outside them gets -1."""
    base = rows if known is None else known
    index = np.full((len(rows), len(subsets)), -1, np.int32)
    starts = [0]
    for place, subset in enumerate(subsets):
        here = keys(base, sizes, subset)
        cells = np.unique(here)
        shown = (rows[:, subset] >= 0).all(axis=1) if subset else np.ones(len(rows), bool)
        mine = keys(rows[shown], sizes, subset)
        spot = np.minimum(np.searchsorted(cells, mine), len(cells) - 1)
        index[shown, place] = np.where(cells[spot] == mine, spot + starts[-1], -1)
        starts.append(starts[-1] + len(cells))
    return Cells(index, starts[-1], np.array(starts), tuple(subsets))


def _levelled(rows: np.ndarray, samples: np.ndarray, singles: Sequence[np.ndarray]) -> np.ndarray:
    """Draws scaled row by row so that their single columns agree with the counts measured for them.

    Source: Deming & Stephan 1940.
    """
    mean = samples.mean(axis=0)
    factor = np.ones(len(mean))
    for _ in range(3):
        for column, wanted in enumerate(singles):
            current = np.bincount(rows[:, column], weights=mean * factor, minlength=len(wanted))
            factor *= np.clip(wanted / np.maximum(current, 1e-9), 0.2, 3.0)[rows[:, column]]
    return np.asarray(samples * factor)


def _with_lone_codes(rows: np.ndarray, samples: np.ndarray, singles: Sequence[np.ndarray]) -> tuple[np.ndarray, np.ndarray]:
    """The rows, and one held by nobody for each code that is to be written and that no row holds, so that it can be shown alone."""
    more = []
    for column, wanted in enumerate(singles):
        for code in np.setdiff1d(np.flatnonzero(wanted), rows[:, column]):
            row = rows[int(samples.mean(axis=0).argmax())].copy()
            row[column] = code
            more.append(row)
    if not more:
        return rows, samples
    return np.concatenate([rows, more]), np.column_stack([samples, np.zeros((len(samples), len(more)))])


def _summaries(cells: Cells, samples: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean of every cell over the draws, and the count of least expected relative error given that k persons or more have it."""
    mean, target = np.zeros(cells.size), np.zeros(cells.size)
    for table in range(cells.index.shape[1]):
        start, end = cells.starts[table], cells.starts[table + 1]
        place = cells.index[:, table] - start
        found = np.array([np.bincount(place, weights=one, minlength=end - start) for one in samples])
        mean[start:end] = found.mean(axis=0)
        found.sort(axis=0)
        # the median under weights 1/count minimises |written - count| / count; counts under k hardly weigh
        weight = np.cumsum(np.where(found >= k, 1 / np.maximum(found, 1.0), 1e-3 / k), axis=0)
        middle = (weight < 0.5 * weight[-1]).sum(axis=0)
        target[start:end] = np.take_along_axis(found, middle[None, :], axis=0)[0]
    return mean, target


def choose(
    rows: np.ndarray,
    samples: np.ndarray,
    sizes: Sequence[int],
    *,
    singles: Sequence[np.ndarray],
    total: float,
    least: float,
    k: int,
    seed: int,
    most: int = 6000,
) -> Chosen:
    """Whole rows whose tables of one to three columns come as near as can be to what the draws say.

    Args: rows (candidates, columns); samples (draws, candidates) whole persons; singles, the count to write for each code of each column, 0
    for a code not shown; least, the smallest mean count at which a combination of three columns is shown; k weighs the cells: an error on
    a cell of k persons or more costs its share of the cell.
    Source: McKenna, Miklau & Sheldon 2021 (rows from measured tables); Lee & Seung 2001 (fit); withholding as in Hundepool et al. 2012,
    chapter 3.
    """
    columns = rows.shape[1]
    seen = samples.any(axis=0)
    rows, samples = _with_lone_codes(rows[seen], _levelled(rows[seen], samples[:, seen], singles), singles)
    average = samples.mean(axis=0)
    heavy = np.argsort(-average, kind="stable")[:most]
    ways = [subset for way in range(min(3, columns) + 1) for subset in combinations(range(columns), way)]
    cells = cells_of(rows, sizes, ways)
    mean, targets = _summaries(cells, samples, k)
    way_of = np.concatenate([np.full(cells.starts[i + 1] - cells.starts[i], len(subset)) for i, subset in enumerate(ways)])
    for place, subset in enumerate(ways):
        if len(subset) == 1:
            here = slice(cells.starts[place], cells.starts[place + 1])
            mean[here] = targets[here] = singles[subset[0]][np.unique(rows[:, subset[0]])]
    allowed = mean >= np.choose(way_of, [0.0, 1.0, PAIR * least, least])
    cost = _cost(targets, way_of, k)
    shown, weight = _patterns(rows, average, heavy, cells, allowed, cost, ways)
    if not len(shown):
        return Chosen(rows[heavy[:1]], np.array([max(1, round(total))]))
    counts = _fit(cells_of(shown, sizes, ways, rows), targets, way_of, weight, total=total, k=k, seed=seed)
    return Chosen(shown[counts > 0], counts[counts > 0])


def _cost(targets: np.ndarray, way_of: np.ndarray, k: int) -> np.ndarray:
    """What one person too many or too few in a cell costs: a share of the cell, averaged over the publishable cells of its way."""
    publishable = np.array([max(1, int(((way_of == way) & (targets >= k)).sum())) for way in range(4)])
    return np.asarray(1.0 / (np.maximum(targets, k) * publishable[way_of]))


def _patterns(
    rows: np.ndarray, mean: np.ndarray, heavy: np.ndarray, cells: Cells, allowed: np.ndarray, cost: np.ndarray, ways: list[Subset]
) -> tuple[np.ndarray, np.ndarray]:
    """Each likely row with as few values withheld as possible, and once more with its rare values kept and common ones withheld."""
    columns = rows.shape[1]
    holds = np.array([[column in subset for column in range(columns)] for subset in ways], np.uint8).reshape(len(ways), columns)
    index, shown, weight = cells.index[heavy], [], []
    for share, value in ((0.6, np.zeros(len(cost))), (0.4, cost)):
        hidden = withhold(index, allowed, holds, value)
        shown.append(np.where(hidden.astype(bool), -1, rows[heavy]))
        weight.append(share * mean[heavy])
    shown.append(_lone_values(rows, cells, allowed, ways))
    weight.append(np.full(len(shown[-1]), 0.5))
    joined = np.concatenate(shown)
    _, first, where = np.unique(row_keys(joined + 1), return_index=True, return_inverse=True)
    joined, sums = joined[first], np.bincount(where, weights=np.concatenate(weight), minlength=len(first))
    keep = (joined >= 0).any(axis=1)
    return joined[keep], np.maximum(sums[keep], 1e-3)


def _lone_values(rows: np.ndarray, cells: Cells, allowed: np.ndarray, ways: list[Subset]) -> np.ndarray:
    """One row for each sure value that shows nothing else: a rare value may be sure where none of its combinations is."""
    lone = []
    for place, subset in enumerate(ways):
        if len(subset) != 1:
            continue
        found, first = np.unique(cells.index[:, place], return_index=True)
        for row in first[allowed[found]]:
            alone = np.full(rows.shape[1], -1)
            alone[subset[0]] = rows[row, subset[0]]
            lone.append(alone)
    return np.array(lone, dtype=rows.dtype).reshape(-1, rows.shape[1])


def _fit(cells: Cells, targets: np.ndarray, way_of: np.ndarray, weight: np.ndarray, *, total: float, k: int, seed: int) -> np.ndarray:
    targets = targets.copy()
    targets[way_of == 0] = total
    cost = _cost(targets, way_of, k)
    cost *= np.choose(way_of, WEIGHTS)
    least_squares(cells.index, targets, cost / np.maximum(targets, k), weight, 150)
    counts = np.floor(weight + 0.5).astype(np.int64)
    whole_rows(cells.index, targets, cost, counts, 40, seed)
    return counts
