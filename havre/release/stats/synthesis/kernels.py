"""Inner loops of the fit. They see noisy answers only, so nothing here costs privacy; their random numbers are no noise."""

from __future__ import annotations

from math import lgamma

import numba as nb
import numpy as np


@nb.njit(cache=True)
def scale_to_margins(index: np.ndarray, targets: np.ndarray, weights: np.ndarray, sweeps: int, total: float) -> None:
    """Damped iterative proportional fitting of row weights, in place. index (rows, tables) holds places in `targets`.

    Source: Deming & Stephan 1940.
    """
    rows, tables = index.shape
    current = np.zeros(len(targets))
    for _ in range(sweeps):
        for t in range(tables):
            for r in range(rows):
                current[index[r, t]] = 0.0
            for r in range(rows):
                current[index[r, t]] += weights[r]
            mass = 0.0
            for r in range(rows):
                c = index[r, t]
                weights[r] *= np.sqrt(max(targets[c], 0.5) / max(current[c], 1e-9))
                mass += weights[r]
            for r in range(rows):
                weights[r] *= total / mass


@nb.njit(cache=True)
def log_prior(count: int, mean: float, shape: float) -> float:
    """Log of a negative binomial, up to a constant of the row.

    Source: Greenwood & Yule 1920, JRSS 83(2) (negative binomial as a Poisson of uncertain mean).
    """
    p = mean / (mean + shape)
    return lgamma(count + shape) - lgamma(count + 1.0) + count * np.log(p)


@nb.njit(cache=True)
def _reach(count: int, widest: int) -> int:
    return 3 if count == 0 else min(2 + count // 10, widest)


@nb.njit(cache=True)
def _gain(index: np.ndarray, precision: np.ndarray, slope: np.ndarray, r: int, d: int) -> float:
    gain = 0.0
    for t in range(index.shape[1]):
        gain += slope[index[r, t]] * d - 0.5 * precision[t] * d * d
    return gain


@nb.njit(cache=True)
def _swap_gain(index: np.ndarray, precision: np.ndarray, slope: np.ndarray, r: int, s: int, d: int) -> float:
    gain = 0.0
    for t in range(index.shape[1]):
        c, e = index[r, t], index[s, t]
        if c != e:
            gain += (slope[e] - slope[c]) * d - precision[t] * d * d
    return gain


@nb.njit(cache=True)
def _drawn_change(old: int, widest: int) -> int:
    """Persons to add to a row of `old`, or to take when negative; 0 where the way back could not be drawn."""
    d = np.random.randint(1, _reach(old, widest) + 1)
    if old > 0 and np.random.random() < 0.5:
        d = -d
    return 0 if old + d < 0 or abs(d) > _reach(old + d, widest) else d


@nb.njit(cache=True)
def _log_chance(count: int, widest: int) -> float:
    """Log of the chance that one certain change is drawn for a row: from none, persons are only ever added."""
    return np.log((1.0 if count == 0 else 0.5) / _reach(count, widest))


@nb.njit(cache=True)
def _drawn_move(old: int, there: int) -> int:
    """Persons to move from a row of `old` to one of `there`: all of them into an empty row, else up to four; 0 for no move."""
    if np.random.random() < 0.3:
        return old if there == 0 else 0
    d = 1 + np.random.randint(4)
    return d if d <= old else 0


@nb.njit(cache=True)
def sample(
    index: np.ndarray,
    precision: np.ndarray,
    slope: np.ndarray,
    counts: np.ndarray,
    mean: np.ndarray,
    shape: float,
    steps: int,
    seed: int,
    neighbours: np.ndarray,
    starts: np.ndarray,
    widest: int,
) -> None:
    """Metropolis steps over whole numbers of persons per row, in place, given noisy tables (Gaussian likelihood).

    `precision` holds one weight a table, which may be negative (see `residual.precisions`); `slope` is how the log likelihood rises with a
    person more in each cell: weighted answers minus weighted tables of `counts`. A step adds or takes persons of one row, or moves them to a
    row one column away.
    Source: Metropolis et al. 1953; Hastings 1970 (unequal proposals); Diaconis & Sturmfels 1998 (moves among tables).
    """
    np.random.seed(seed)
    rows = len(counts)
    for _ in range(steps):
        r = np.random.randint(rows)
        old = counts[r]
        if np.random.random() < 0.5:
            d = _drawn_change(old, widest)
            if d == 0:
                continue
            new = old + d
            gain = _log_chance(new, widest) - _log_chance(old, widest)
            gain += _gain(index, precision, slope, r, d) + log_prior(new, mean[r], shape) - log_prior(old, mean[r], shape)
            if gain >= 0 or np.random.random() < np.exp(gain):
                counts[r] = new
                for t in range(index.shape[1]):
                    slope[index[r, t]] -= precision[t] * d
            continue
        near = starts[r + 1] - starts[r]
        if old == 0 or near == 0:
            continue
        s = neighbours[starts[r] + np.random.randint(near)]
        d = _drawn_move(old, counts[s])
        if d == 0:
            continue
        gain = np.log(near / (starts[s + 1] - starts[s])) + _swap_gain(index, precision, slope, r, s, d)
        gain += log_prior(old - d, mean[r], shape) - log_prior(old, mean[r], shape)
        gain += log_prior(counts[s] + d, mean[s], shape) - log_prior(counts[s], mean[s], shape)
        if gain >= 0 or np.random.random() < np.exp(gain):
            counts[r] -= d
            counts[s] += d
            for t in range(index.shape[1]):
                slope[index[r, t]] += precision[t] * d
                slope[index[s, t]] -= precision[t] * d


@nb.njit(cache=True)
def least_squares(index: np.ndarray, targets: np.ndarray, cost: np.ndarray, weights: np.ndarray, sweeps: int) -> None:
    """Multiplicative non-negative weighted least squares, in place. A place of -1 means that the row counts in no cell of that table.

    Source: Lee & Seung 2001; all entries are non-negative, so the error never rises.
    """
    rows, tables = index.shape
    for _ in range(sweeps):
        current = np.zeros(len(targets))
        for r in range(rows):
            for t in range(tables):
                if index[r, t] >= 0:
                    current[index[r, t]] += weights[r]
        for r in range(rows):
            up, down = 0.0, 1e-12
            for t in range(tables):
                c = index[r, t]
                if c >= 0:
                    up += cost[c] * targets[c]
                    down += cost[c] * current[c]
            weights[r] *= up / down


@nb.njit(cache=True)
def _change(index: np.ndarray, targets: np.ndarray, cost: np.ndarray, current: np.ndarray, r: int, d: int) -> float:
    change = 0.0
    for t in range(index.shape[1]):
        c = index[r, t]
        if c >= 0:
            change += cost[c] * (abs(current[c] + d - targets[c]) - abs(current[c] - targets[c]))
    return change


@nb.njit(cache=True)
def whole_rows(index: np.ndarray, targets: np.ndarray, cost: np.ndarray, counts: np.ndarray, passes: int, seed: int) -> int:
    """Add and take whole rows while the weighted absolute error falls, in place; returns the passes used.

    Source: Aarts & Lenstra 1997, Local Search in Combinatorial Optimization (iterative improvement).
    """
    np.random.seed(seed)
    rows, tables = index.shape
    current = np.zeros(len(targets))
    for r in range(rows):
        for t in range(tables):
            if index[r, t] >= 0:
                current[index[r, t]] += counts[r]
    for used in range(passes):
        moved = 0
        for r in np.random.permutation(rows):
            for d in (1, -1, 1 + counts[r] // 20, -(1 + counts[r] // 20)):
                if counts[r] + d < 0:
                    continue
                if _change(index, targets, cost, current, r, d) < -1e-12:
                    counts[r] += d
                    moved += 1
                    for t in range(tables):
                        if index[r, t] >= 0:
                            current[index[r, t]] += d
                    break
        if moved == 0:
            return used
    return passes


@nb.njit(cache=True)
def withhold(  # noqa: PLR0912
    index: np.ndarray, allowed: np.ndarray, holds: np.ndarray, value: np.ndarray
) -> np.ndarray:
    """For each row columns whose withholding leaves only allowed cells, chosen greedily; 1 marks a withheld column.

    index (rows, tables) places in `allowed`; holds (tables, columns) is 1 where the table holds the column; `value` of a cell is what is
    lost with it: the next column withheld ends most forbidden cells for the value lost. All values 0: the fewest columns.
    Source: Hundepool et al. 2012, chapter 3 (local suppression); greedy cover: Chvátal 1979.
    """
    rows, tables = index.shape
    columns = holds.shape[1]
    out = np.zeros((rows, columns), np.uint8)
    state = np.zeros(tables, np.uint8)  # 0 shown, 1 forbidden, 2 withheld
    for r in range(rows):
        for t in range(tables):
            state[t] = 0 if allowed[index[r, t]] else 1
        while True:
            best, most = -1, 0.0
            for j in range(columns):
                if out[r, j]:
                    continue
                ends, lost = 0, 1e-9
                for t in range(tables):
                    if holds[t, j]:
                        if state[t] == 1:
                            ends += 1
                        elif state[t] == 0:
                            lost += value[index[r, t]]
                if ends > 0 and ends / lost > most:
                    best, most = j, ends / lost
            if best < 0:
                break
            out[r, best] = 1
            for t in range(tables):
                if holds[t, best]:
                    state[t] = 2
    return out


@nb.njit(cache=True)
def cover(index: np.ndarray, wanted: np.ndarray, counts: np.ndarray, order: np.ndarray) -> int:
    """Add one row here and there until every wanted cell that some row can show is shown, in place; returns the rows added.

    Source: Chvátal 1979, Mathematics of Operations Research 4(3) (greedy set cover).
    """
    rows, tables = index.shape
    shown = np.zeros(len(wanted), np.uint8)
    for r in range(rows):
        if counts[r] > 0:
            for t in range(tables):
                if index[r, t] >= 0:
                    shown[index[r, t]] = 1
    added = 0
    for least in (32, 16, 8, 4, 2, 1):
        for r in order:
            new = 0
            for t in range(tables):
                c = index[r, t]
                if c >= 0 and wanted[c] and not shown[c]:
                    new += 1
            if new >= least:
                counts[r] += 1
                added += 1
                for t in range(tables):
                    if index[r, t] >= 0:
                        shown[index[r, t]] = 1
    return added
