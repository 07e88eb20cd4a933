"""Which full rows may exist at all, read from noisy tables of one and two columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from havre.release.stats.synthesis.kernels import scale_to_margins

Subset = tuple[int, ...]


def keys(rows: np.ndarray, sizes: Sequence[int], subset: Sequence[int]) -> np.ndarray:
    """One number for each combination of codes. Raises: OverflowError when 64 bits do not hold them."""
    cells = 1
    for column in subset:
        cells *= int(sizes[column])
    if cells >= 2**63:
        raise OverflowError("more combinations than 64 bits can number")
    key = np.zeros(len(rows), np.int64)
    for column in subset:
        key = key * sizes[column] + rows[:, column]
    return key


def row_keys(rows: np.ndarray) -> np.ndarray:
    """Rows as comparable byte strings, whatever the number of combinations."""
    packed = np.ascontiguousarray(rows.astype(">i4"))
    return packed.view([("", packed.dtype)] * rows.shape[1]).ravel() if rows.shape[1] > 1 else packed.ravel()


@dataclass(frozen=True, slots=True)
class Margins:
    """Noisy tables with the scale of their noise, by column subset, flattened; `total`, the noisy number of persons."""

    sizes: tuple[int, ...]
    answers: Mapping[Subset, np.ndarray]
    scales: Mapping[Subset, float]
    total: float


def spread(noisy: np.ndarray, scale: float, total: float) -> tuple[np.ndarray, np.ndarray]:
    """A grid of counts and how likely each is for each cell: how common each size is was learnt from the noisy cells themselves.

    Source: Robbins 1956; Efron 2016 (empirical Bayes deconvolution on a grid).
    """
    grid = np.concatenate([[0.0], np.geomspace(1.0, max(2.0, total), 96)])
    fit = np.exp(-0.5 * np.minimum(((noisy[:, None] - grid[None, :]) / scale) ** 2, 1400.0)) + 1e-300
    weight = np.full(grid.size, 0.5 / (grid.size - 1))
    weight[0] = 0.5
    for _ in range(60):
        share = fit * weight
        share /= share.sum(axis=1, keepdims=True)
        weight = (share.sum(axis=0) + 0.02) / (len(noisy) + 0.02 * grid.size)
    return grid, share


def shrunk_single(noisy: np.ndarray, scale: float, total: float) -> np.ndarray:
    """Posterior means of one column's counts.

    Source: Robbins 1956; Efron 2016 (empirical Bayes), by `spread`.
    """
    grid, share = spread(noisy, scale, total)
    mean = (share * grid).sum(axis=1)
    far = mean > 6 * scale  # the grid is coarse there and the noise small
    return np.asarray(np.where(far, np.maximum(noisy, 0.0), mean))


def single_targets(noisy: np.ndarray, scale: float, total: float, k: int) -> np.ndarray:
    """The count to write for each code of one column: the noisy one, or 0 for a code that is more likely absent than held by k persons.

    Source: Efron 2016 (empirical Bayes), by `spread`; the choice between absent and publishable is the likelier of both.
    """
    grid, share = spread(noisy, scale, total)
    absent, publishable = share[:, 0], share[:, grid >= k].sum(axis=1)
    far = noisy > 6 * scale
    return np.asarray(np.where(far | (publishable > absent), np.maximum(noisy, 0.75 * k), 0.0))


def estimates(margins: Margins, total: float) -> dict[Subset, np.ndarray]:
    """Shrunk counts: single columns by their own spread, pairs towards independence as far as their noise leaves them unsure.

    Source: James & Stein 1961; Efron 2016 (shrinkage of noisy counts towards what is expected).
    """
    found: dict[Subset, np.ndarray] = {}
    columns = range(len(margins.sizes))
    for column in columns:
        one = shrunk_single(margins.answers[(column,)].astype(float), margins.scales[(column,)], total)
        found[(column,)] = one * total / max(one.sum(), 1e-9)
    for pair in combinations(columns, 2):
        a, b = found[(pair[0],)], found[(pair[1],)]
        mean = np.outer(a, b).ravel() / total
        variance = mean**2 + (0.15 * np.minimum.outer(a, b).ravel()) ** 2
        trust = variance / (variance + margins.scales[pair] ** 2)
        found[pair] = mean + trust * (margins.answers[pair] - mean)
    return found


def grow(allowed: Mapping[Subset, np.ndarray], single: Sequence[np.ndarray], sizes: Sequence[int], limit: int) -> np.ndarray | None:
    """Every row whose pairs are all allowed, column by column; None beyond `limit`.

    Source: Agrawal & Srikant 1994 (a combination is only grown from parts that are there).
    """
    order = sorted(range(len(sizes)), key=lambda column: int(single[column].sum()))
    rows = np.flatnonzero(single[order[0]])[:, None]
    for place, column in enumerate(order[1:], start=1):
        parts, size = [], 0
        for code in np.flatnonzero(single[column]):
            fits = np.ones(len(rows), bool)
            for before in range(place):
                other = order[before]
                table = allowed[(other, column)][:, code] if other < column else allowed[(column, other)][code, :]
                fits &= table[rows[:, before]]
            size += int(fits.sum())
            if size > limit:
                return None
            parts.append(np.column_stack([rows[fits], np.full(int(fits.sum()), code)]))
        rows = np.concatenate(parts) if parts else rows[:0]
    return rows[:, np.argsort(order)]


@dataclass(frozen=True, slots=True)
class Candidates:
    """Rows that may exist, with the number of persons the small tables expect in each; `index` gives their cells in those tables."""

    rows: np.ndarray
    expected: np.ndarray
    index: np.ndarray
    subsets: tuple[Subset, ...]
    starts: np.ndarray


def expect(margins: Margins, *, keep: int, limit: int = 200_000, floor: float = 0.5) -> Candidates:
    """The `keep` rows that the small tables expect most persons in.

    A pair of codes whose shrunk count is under `floor` is taken for absent; the floor rises until the rows are at most `limit`.
    Source: Deming & Stephan 1940 (weights from margins); Agrawal & Srikant 1994 (listing); McKenna, Miklau & Sheldon 2021.
    """
    total = max(1.0, margins.total)
    found = estimates(margins, total)
    sizes = margins.sizes
    limit = min(limit, 12_000_000 // max(1, len(margins.answers)))
    while True:
        single = [found[(column,)] >= min(floor, 0.02 * total) for column in range(len(sizes))]
        single = [keep_ if keep_.any() else found[(place,)] == found[(place,)].max() for place, keep_ in enumerate(single)]
        allowed: dict[Subset, np.ndarray] = {
            pair: (found[pair] >= floor).reshape(sizes[pair[0]], sizes[pair[1]]) for pair in found if len(pair) == 2
        }
        rows = grow(allowed, single, sizes, limit)
        if rows is not None:
            break
        floor = floor * 1.4 + 0.25
    if not len(rows):
        rows = np.array([[int(found[(column,)].argmax()) for column in range(len(sizes))]])
    subsets = tuple(margins.answers)
    starts = np.cumsum([0, *(margins.answers[subset].size for subset in subsets)])
    index = np.column_stack([keys(rows, sizes, subset) + starts[place] for place, subset in enumerate(subsets)]).astype(np.int32)
    weights = np.full(len(rows), total / len(rows))
    scale_to_margins(index, np.concatenate([found[subset] for subset in subsets]), weights, 12, total)
    best = np.argsort(-weights, kind="stable")[:keep]
    return Candidates(rows[best], weights[best], index[best], subsets, starts)


def neighbours(rows: np.ndarray, sizes: Sequence[int], *, most: int = 40) -> tuple[np.ndarray, np.ndarray]:
    """For each row the rows that differ in one column: their places, and where each row's places start. Symmetric.

    Source: Hamming 1950 (rows at distance one).
    """
    pairs = []
    for column in range(rows.shape[1]):
        others = [other for other in range(rows.shape[1]) if other != column]
        number = np.unique(row_keys(rows[:, others]), return_inverse=True)[1] if others else np.zeros(len(rows), np.int64)
        order = np.argsort(number, kind="stable")
        for apart in range(1, most):
            same = number[order[apart:]] == number[order[:-apart]] if apart < len(order) else np.zeros(0, bool)
            if not same.any():
                break
            first, second = order[:-apart][same], order[apart:][same]
            pairs += [np.column_stack([first, second]), np.column_stack([second, first])]
    if not pairs:
        return np.zeros(0, np.int64), np.zeros(len(rows) + 1, np.int64)
    found = np.concatenate(pairs)
    found = found[np.argsort(found[:, 0], kind="stable")]
    return found[:, 1].copy(), np.concatenate([[0], np.cumsum(np.bincount(found[:, 0], minlength=len(rows)))])
