"""From probabilities to a threshold, by purpose. Probabilities are taken at their word; a clerical sample should check them.

`auto`: links at an estimated precision of 0.99; `balanced`: as many false joins of records expected as missed ones, for prevalence
(a missed one inflates the hidden figure, a false one deflates it); `review`: nothing is linked, a person decides all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PURPOSES = ("review", "auto", "balanced")
AUTO_PRECISION, AUTO_LEAST = 0.992, 0.8  # a margin over 0.99; no single pair under 0.8
BALANCED_LEAST = 1 / 6  # no link below this, whatever was missed: five in six would be false
REVIEW_LEAST = 0.05  # below this nothing is shown


@dataclass(frozen=True)
class Threshold:
    """Attributes: link, pairs at or above this probability are linked (above 1: none); review, pairs at or above it go to a person."""

    link: float
    review: float = REVIEW_LEAST


NONE = 2.0  # a threshold that nothing reaches


def choose(probability: np.ndarray, *, purpose: str) -> Threshold:
    """The threshold of a purpose, from the probability of each pair that no guard holds. Raises: ValueError, for a purpose.

    For `balanced` it is the least there may be; `balance` raises it when fewer links are enough.
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969): thresholds from the error rates one is ready to bear.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"purpose {purpose!r} is not one of {', '.join(PURPOSES)}")
    if purpose == "balanced":
        return Threshold(BALANCED_LEAST)
    if purpose == "review":
        return Threshold(NONE)
    p = np.sort(probability)[::-1]
    keeps = (np.cumsum(p) / np.arange(1, len(p) + 1) >= AUTO_PRECISION) & (p >= AUTO_LEAST)
    return Threshold(float(p[np.flatnonzero(keeps)[-1]]) if keeps.any() else NONE)


def lost_at_blocking(rules: np.ndarray, probability: np.ndarray) -> float:
    """True pairs that no rule found, from how many were found by one rule and by two.

    Source: Chao, Nonparametric Estimation of the Number of Classes, Scand. J. Statistics 11 (1984); a lower bound.
    """
    found = np.bitwise_count(rules)
    once, twice = float(probability[found == 1].sum()), float(probability[found == 2].sum())
    return once * once / (2 * twice) if twice else once
