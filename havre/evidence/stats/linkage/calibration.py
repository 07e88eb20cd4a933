"""How many records truly are one person with another, for each that the probabilities expect, and how sure that is.

The probability of each pair is right on the whole, but lists with more errors than most lose more pairs at blocking than Chao's lower
bound says, and lists with fewer lose less. On invented lists of many sizes, error rates and agencies the logarithm of true over expected
joins (records less persons) is regressed on what a run can see of itself; the coefficients and the spread left over come with the
model (`model.json`).
Source: Little and Rubin, Statistical Analysis with Missing Data (2002), ch. 10, for drawing parameters before values.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from havre.evidence.stats.linkage import guards
from havre.evidence.stats.linkage.scored import Scored

LEAST = 1e-4  # a share below it says only "few"
FEW = 4  # a pair that no more rules than these found might have been met by none


def covariates(scored: Scored, guard: np.ndarray, records: int) -> np.ndarray:
    """What a run sees of itself: 1; the logarithm of the share in doubt, and its square; of the share that few rules found; of the mean
    weight in bits; log10 of the records; the logarithm of expected pairs a record."""
    p = scored.probability
    free = p[~guards.held(guard, "balanced")]
    expected = max(float(free.sum()), 1.0)
    doubt, few, weight = (
        np.log(max(float(value) / expected, LEAST))
        for value in ((free * (1 - free)).sum(), p[np.bitwise_count(scored.rules) <= FEW].sum(), (p * scored.weight).sum())
    )
    return np.array([1.0, doubt, doubt**2, few, weight, np.log10(max(records, 1)), np.log(expected / max(records, 1))])


def fit(rows: np.ndarray, ratio: np.ndarray) -> dict[str, Any]:
    """Least squares of log(true / expected joins) on `covariates` (runs × 7): coefficients, their covariance, spread left over.

    Source: Draper and Smith, Applied Regression Analysis (1998).
    """
    gram = np.linalg.inv(rows.T @ rows)
    coefficients = gram @ rows.T @ np.log(ratio)
    left = np.log(ratio) - rows @ coefficients
    spread = float(np.sqrt((left**2).sum() / (len(rows) - rows.shape[1])))
    span = [rows.min(axis=0).tolist(), rows.max(axis=0).tolist()]
    return {
        "coefficients": coefficients.tolist(),
        "covariance": (gram * spread**2).tolist(),
        "spread": spread,
        "span": span,
        "runs": len(rows),
    }


def most_likely(calibration: dict[str, Any], seen: np.ndarray, *, lost: float) -> float:
    """How many true joins there are for each one expected, at the middle of what `true_to_expected` draws from. Args: as there.

    Source: Little and Rubin, Statistical Analysis with Missing Data (2002), ch. 10.
    """
    if not calibration:
        return 1 + lost
    inside = np.clip(seen, *(np.array(edge) for edge in calibration["span"]))
    return float(np.exp(inside @ np.array(calibration["coefficients"])))


def true_to_expected(calibration: dict[str, Any], seen: np.ndarray, rng: np.random.Generator, *, lost: float) -> float:
    """One draw of how many true joins there are for each one expected; without a calibration, what Chao's bound adds (`lost`, a share).

    Lists outside the span that the calibration saw are taken at its edge, with twice the spread.
    Source: Little and Rubin, Statistical Analysis with Missing Data (2002), ch. 10.
    """
    if not calibration:
        return 1 + lost
    low, high = (np.array(edge) for edge in calibration["span"])
    inside = np.clip(seen, low, high)
    spread = calibration["spread"] * (1 if np.allclose(inside, seen) else 2)
    of_coefficients = inside @ np.array(calibration["covariance"]) @ inside
    return float(np.exp(rng.normal(inside @ np.array(calibration["coefficients"]), np.sqrt(max(of_coefficients, 0.0) + spread**2))))
