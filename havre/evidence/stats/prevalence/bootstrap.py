"""Bias-corrected and accelerated intervals with the selection of the model repeated in every resample.

Sources: DiCiccio & Efron, Statistical Science 11 (1996); Chan, Silverman & Vincent, JASA 116 (2021).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from havre.evidence.stats.prevalence.table import Overlaps

# above this share of resamples without an estimate no interval is given
MOST_FAILED = 0.05
# the grid on which a family's distribution of estimates is kept
GRID = (np.arange(999) + 0.5) / 999

# people missing, from counts by history; NaN when the resample has no estimate
Estimator = Callable[[np.ndarray], float]


@dataclass(frozen=True, slots=True)
class Bootstrap:
    """Resamples of one estimator. Values are total population sizes; `curve` the BCa confidence distribution on GRID, None if refused.

    `value`, `low`, `high`, `values` and `curve` are people; `failed` the share of resamples without an estimate; `bias` (z0) and `acceleration` (a)
    have no unit.
    Source: DiCiccio & Efron, Statistical Science 11 (1996).
    """

    value: float
    low: float | None
    high: float | None
    level: float
    values: tuple[float, ...]
    failed: float
    bias: float
    acceleration: float
    curve: tuple[float, ...] | None


def resamples(table: Overlaps, number: int, seed: int | np.random.Generator) -> np.ndarray:
    """Multinomial resamples of the people over the observed cells: number × 2**t counts.

    Args: seed, a number or a generator of yours. Cells are in the order of the history masks; each row sums to the people seen.
    Source: Chan, Silverman & Vincent, JASA 116 (2021).
    """
    draw = np.random.default_rng(seed)
    masks = np.array([history for history, _ in table.cells])
    counts = np.array([people for _, people in table.cells])
    found = np.zeros((number, 1 << len(table.lists)))
    found[:, masks] = draw.multinomial(table.people, counts / counts.sum(), size=number)
    return found


def jackknife(table: Overlaps, estimator: Estimator) -> tuple[np.ndarray, np.ndarray]:
    """Estimates with one person less in each occupied cell, and the cells' people as weights.

    Gives two arrays of one length, the number of occupied cells: population sizes (nan where there is no estimate), and people.
    Source: Chan, Silverman & Vincent, JASA 116 (2021).
    """
    dense = table.dense()
    found, weights = [], []
    for history, people in table.cells:
        dense[history] -= 1
        found.append(table.people - 1 + estimator(dense.copy()))
        dense[history] += 1
        weights.append(people)
    return np.array(found), np.array(weights, dtype=float)


def acceleration(values: np.ndarray, weights: np.ndarray) -> float:
    """BCa's a from the weighted jackknife; 0 when nothing varies.

    Args: values and weights as `jackknife` gives them; nan is left out. No unit.
    Source: DiCiccio & Efron, Statistical Science 11 (1996), each value weighted by its people.
    """
    held = np.isfinite(values)
    values, weights = values[held], weights[held]
    if not len(values):
        return 0.0
    centred = np.average(values, weights=weights) - values
    spread = float((weights * centred**2).sum())
    return float((weights * centred**3).sum() / (6 * spread**1.5)) if spread > 1e-12 else 0.0


def bca(
    table: Overlaps, estimator: Estimator, *, number: int, seed: int, level: float = 0.95, drawn: np.ndarray | None = None
) -> Bootstrap:
    """BCa interval of the population size; the estimator selects its model anew in each resample and each jackknife table.

    Args: estimator, counts by history to people missing; number of resamples; drawn, resamples made elsewhere (linkage error).
    Gives population sizes at `level`; low and high are None where too many resamples have no estimate. `seed` is used unless `drawn`
    (number × 2**t counts) is given.
    Source: DiCiccio & Efron, Statistical Science 11 (1996); Chan, Silverman & Vincent, JASA 116 (2021).
    """
    value = table.people + estimator(table.dense())
    drawn = resamples(table, number, seed) if drawn is None else drawn
    found = np.array([counts.sum() + estimator(counts) for counts in drawn])
    held = np.sort(found[np.isfinite(found)])
    failed = 1 - len(held) / len(found)
    if failed > MOST_FAILED or not len(held) or not np.isfinite(value):
        return Bootstrap(value, None, None, level, tuple(held), failed, 0.0, 0.0, None)
    below = (np.sum(held < value - 1e-9) + 0.5 * np.sum(np.abs(held - value) <= 1e-9)) / len(held)
    bias = float(ndtri(np.clip(below, 0.5 / len(held), 1 - 0.5 / len(held))))
    a = acceleration(*jackknife(table, estimator))
    low, high = (float(adjusted(held, point, bias, a)) for point in ((1 - level) / 2, (1 + level) / 2))
    curve = tuple(float(v) for v in np.maximum.accumulate(adjusted(held, GRID, bias, a)))
    return Bootstrap(value, low, high, level, tuple(held), failed, bias, a, curve)


def adjusted(held: np.ndarray, point: np.ndarray | float, bias: float, a: float) -> np.ndarray:
    """The BCa quantile of sorted resamples at confidence `point`.

    Args: held, sorted values in people, length n; point, one or many confidences between 0 and 1; bias and a without unit. Gives the shape of point.
    Source: DiCiccio & Efron, Statistical Science 11 (1996).
    """
    z = bias + ndtri(point)
    spread = np.maximum(1 - a * z, 1e-6)
    return np.quantile(held, np.clip(ndtr(bias + z / spread), 0, 1))
