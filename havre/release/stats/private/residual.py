"""What a table says beyond its smaller tables, measured alone: it costs a person less than the whole table, at the same noise.

A table of columns A splits into parts at right angles, one for each set of columns within A (the total, what each column adds, what each
pair adds beyond that). Measuring each part once, and not again inside every table that holds it, saves budget: the part of columns with
m codes each costs the share prod(1 - 1/m) of what the table costs. Two columns of two codes: a quarter.
Source: Xiao, He, Zhang & Kifer 2023 (ResidualPlanner); Darroch & Speed 1983 (the parts).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import combinations

import numpy as np

from havre.release.stats.private.noise import noisy

Subset = tuple[int, ...]
# whole numbers a person: contrasts are rounded to this grid, so that noise and sensitivity are exact on whole numbers
GRID = 2**34


@lru_cache(maxsize=256)
def contrasts(codes: int, grid: int) -> np.ndarray:
    """Helmert contrasts as whole numbers, shape (codes - 1, codes): orthogonal rows of length `grid`, rounded.

    Source: Helmert 1876; Lancaster 1965.
    """
    rows = np.zeros((codes - 1, codes))
    for place in range(1, codes):
        rows[place - 1, :place] = 1.0
        rows[place - 1, place] = -place
        rows[place - 1] /= math.sqrt(place * (place + 1))
    return np.asarray(np.rint(rows * grid), np.int64)


def _grid(ways: int) -> int:
    return round(GRID ** (1 / ways))


def cost(sizes: Sequence[int]) -> float:
    """The square of how far one person moves the part of a table with so many codes a column, in persons: prod(1 - 1/m).

    Source: Xiao, He, Zhang & Kifer 2023 (ResidualPlanner), privacy cost of a residual.

    >>> cost([2, 2])
    0.25
    """
    return math.prod(1 - 1 / size for size in sizes)


def sensitivity(sizes: Sequence[int]) -> float:
    """How far (L2) one person moves the whole numbers that are asked for, exactly: the longest column of the rounded contrasts.

    Source: Xiao, He, Zhang & Kifer 2023; exactly on whole numbers, as Canonne, Kamath & Steinke 2020 ask for.
    """
    if not sizes:
        return 1.0
    grid = _grid(len(sizes))
    square = math.prod(max(sum(int(entry) ** 2 for entry in column) for column in contrasts(size, grid).T) for size in sizes)
    root = math.isqrt(square)
    return float(root + 1) * (1 + 1e-15)


def reach(sizes: Sequence[int]) -> float:
    """How far (L2) one person moves the noisy part, in persons, as the rounded contrasts have it.

    Source: Xiao, He, Zhang & Kifer 2023.
    """
    return sensitivity(sizes) / float(_grid(len(sizes)) ** len(sizes)) if sizes else 1.0


def slack(sizes: Sequence[int], sigma: float) -> float:
    """What discrete noise on the grid may add to delta beside the continuous Gaussian noise that a ledger composes.

    Rounding each of d coordinates moves the loss by at most sqrt(d)/2 steps of the grid, of which the noise spans sigma * GRID.
    Far more than is needed: continuous noise rounded to the grid is a post-processing of it, and a coordinate so rounded differs in total
    variation from the discrete law of s = sigma * GRID steps by E|z² - 1| / (24 s²) to first order, under 1e-19 from a tenth of a person up.
    Source: Canonne, Kamath & Steinke 2020 (discrete beside continuous Gaussian noise); the bound is worked out above.
    """
    dimensions = math.prod(max(1, size - 1) for size in sizes)
    return math.sqrt(dimensions) / (sigma * GRID)


def scale_on_grid(sizes: Sequence[int], sigma: float) -> float:
    """The noise parameter on the whole numbers that is `sigma` persons on each contrast.

    Source: Canonne, Kamath & Steinke 2020 (discrete Gaussian on a lattice).
    """
    return sigma * float(_grid(len(sizes)) ** len(sizes)) if sizes else sigma


def _apply(tensor: np.ndarray, matrices: Sequence[np.ndarray]) -> np.ndarray:
    for axis, matrix in enumerate(matrices):
        tensor = np.moveaxis(np.tensordot(matrix, tensor, axes=(1, axis)), 0, axis)
    return tensor


def measured(counts: np.ndarray, sizes: Sequence[int], sigma: float, *, cancelled: Callable[[], bool] | None = None) -> np.ndarray:
    """The noisy contrasts of one table as whole numbers on the grid. counts: flattened table of at most 2^28 persons.

    Source: Xiao, He, Zhang & Kifer 2023 (residuals), noise of Canonne, Kamath & Steinke 2020.
    """
    matrices = [contrasts(size, _grid(len(sizes))) for size in sizes]
    asked = _apply(np.asarray(counts, np.int64).reshape(tuple(sizes) or (1,)), matrices)
    return noisy(asked.ravel(), scale_on_grid(sizes, sigma), cancelled=cancelled)


def part(answers: np.ndarray, sizes: Sequence[int]) -> np.ndarray:
    """The noisy part of the table, in persons, from its noisy contrasts: flattened, sums of zero along every column.

    Source: Xiao, He, Zhang & Kifer 2023 (reconstruction from residuals).
    """
    if not sizes:
        return answers.astype(float)
    grid = _grid(len(sizes))
    tensor = answers.astype(float).reshape([size - 1 for size in sizes])
    return _apply(tensor, [contrasts(size, grid).T / grid**2 for size in sizes]).ravel()


def table(parts: Mapping[Subset, np.ndarray], subset: Subset, sizes: Sequence[int]) -> np.ndarray:
    """The noisy table of `subset`, put together from the parts of all sets of columns within it, flattened.

    Source: Xiao, He, Zhang & Kifer 2023 (reconstruction from residuals); Darroch & Speed 1983.
    """
    shape = [sizes[column] for column in subset]
    out = np.zeros(shape)
    for way in range(len(subset) + 1):
        for inner in combinations(subset, way):
            if inner not in parts:  # a column of one code says nothing of its own
                continue
            spread = math.prod(sizes[column] for column in subset if column not in inner)
            view = [sizes[column] if column in inner else 1 for column in subset]
            out += parts[inner].reshape(view) / spread
    return out.ravel()


def cell_noise(sigmas: Mapping[Subset, float], subset: Subset, sizes: Sequence[int]) -> float:
    """Standard error of a cell of `table`, in persons.

    Source: Xiao, He, Zhang & Kifer 2023 (variance of a reconstructed cell).
    """
    variance = 0.0
    for way in range(len(subset) + 1):
        for inner in combinations(subset, way):
            if inner in sigmas:
                spread = math.prod(sizes[column] for column in subset if column not in inner)
                variance += sigmas[inner] ** 2 * cost([sizes[column] for column in inner]) / spread**2
    return math.sqrt(variance)


def precisions(sigmas: Mapping[Subset, float], sizes: Sequence[int]) -> dict[Subset, float]:
    """Weight of the squared counts of each table in the log likelihood of all parts; some are negative.

    |part of A|² is a sum over the sets B within A of (-1)^(|A|-|B|) |table of B|² / product of the other columns' codes.
    Source: Darroch & Speed 1983 (inclusion and exclusion over parts), applied to Xiao, He, Zhang & Kifer 2023.
    """
    found = dict.fromkeys(sigmas, 0.0)
    for subset, sigma in sigmas.items():
        for way in range(len(subset) + 1):
            for inner in combinations(subset, way):
                spread = math.prod(sizes[column] for column in subset if column not in inner)
                found[inner] = found.get(inner, 0.0) + (-1.0) ** (len(subset) - way) / (spread * sigma**2)
    return found
