"""From probabilities to a threshold, by purpose. Probabilities are taken at their word; a clerical sample should check them.

`auto`: links at an estimated precision of 0.99; `balanced`: as many false links expected as missed ones, for prevalence
(a missed link inflates the hidden figure, a false one deflates it); `review`: nothing is linked, a person decides all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

PURPOSES = ("review", "auto", "balanced")
AUTO_PRECISION, AUTO_LEAST = 0.992, 0.8  # a margin over 0.99; no single pair under 0.8
BALANCED_LEAST = 0.15  # no link below this, whatever blocking lost
REVIEW_LEAST = 0.05  # below this nothing is shown


@dataclass(frozen=True)
class Threshold:
    """Attributes: link, pairs at or above it are linked (above 1: none); review, pairs at or above it go to a person;
    precision, recall, as the probabilities estimate them (recall counts what blocking is estimated to have lost)."""

    link: float
    review: float
    precision: float
    recall: float


def choose(probability: np.ndarray, *, purpose: str, lost: float = 0.0) -> Threshold:
    """The threshold of a purpose. Args: lost, true pairs that blocking is estimated to have missed. Raises: ValueError."""
    if purpose not in PURPOSES:
        raise ValueError(f"purpose {purpose!r} is not one of {', '.join(PURPOSES)}")
    p = np.sort(probability)[::-1]
    right, n = np.cumsum(p), np.arange(1, len(p) + 1)
    everything = float(p.sum()) + lost
    if purpose == "auto":
        keeps = (right / n >= AUTO_PRECISION) & (p >= AUTO_LEAST)
        count = int(np.flatnonzero(keeps)[-1]) + 1 if keeps.any() else 0
    elif purpose == "balanced":
        # as many links as true pairs are expected in all: then expected false and missed links are equal
        count = min(round(everything), int((p >= BALANCED_LEAST).sum()))
    else:
        count = 0
    link = float(p[count - 1]) if count else 2.0
    precision = float(right[count - 1] / count) if count else 1.0
    recall = float(right[count - 1] / everything) if count and everything else 0.0
    return Threshold(link, REVIEW_LEAST, precision, recall)


def lost_at_blocking(rules: np.ndarray, probability: np.ndarray) -> float:
    """True pairs that no rule found, from how many were found by one rule and by two.

    Source: Chao, Nonparametric Estimation of the Number of Classes, Scand. J. Statistics 11 (1984); a lower bound.
    """
    found = np.bitwise_count(rules)
    once, twice = float(probability[found == 1].sum()), float(probability[found == 2].sum())
    return once * once / (2 * twice) if twice else once
