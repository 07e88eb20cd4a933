"""What a distance says: six levels from equal to unrelated, each a binomial of turned bits; and how often each falls by chance in one list."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.stats import binom

from havre.evidence.stats.linkage.private.distances import FIELDS, MISSING, Distances

# the share of bits apart at each level, before noise: equal, respelled, mistyped, alike, hardly alike, unrelated
RATES = (0.0, 0.10, 0.20, 0.32, 0.42, 0.50)
BITS = (64,) * 9 + (32, 32)
Floats = npt.NDArray[np.float64]


def level_table(flip: float) -> Floats:
    """The probability of each distance at each level (FIELDS × 256 × levels).

    Args: flip, the share of bits that each side turned. Two flipped copies of one value differ in 2 f (1 - f) of their bits.
    Source: Warner, Randomized Response, JASA 60 (1965), for the turned bits.
    """
    noise = max(2 * flip * (1 - flip), 0.004)
    rates = noise + (1 - 2 * noise) * np.array(RATES)
    out = np.ones((len(FIELDS), 256, len(RATES)))
    for place, bits in enumerate(BITS):
        out[place, : bits + 1] = binom.pmf(np.arange(bits + 1)[:, None], bits, rates[None, :])
        out[place, bits + 1 :] = out[place, bits]
    return out


def shares(found: Distances, flip: float, *, rounds: int = 60) -> dict[str, tuple[float, ...]]:
    """The shares of the levels among pairs of rows, by field, by expectation and maximisation; no shares where nothing is known.

    Source: Dempster, Laird and Rubin, Maximum Likelihood from Incomplete Data via the EM Algorithm, JRSS B 39 (1977).
    """
    table, out = level_table(flip), {}
    for place, field in enumerate(FIELDS):
        counts = np.bincount(found[:, place], minlength=256)[:MISSING].astype(float)
        if not counts.sum():
            continue
        share = np.full(len(RATES), 1 / len(RATES))
        for _ in range(rounds):
            belief = table[place, :MISSING] * share
            belief /= np.maximum(belief.sum(axis=1, keepdims=True), 1e-300)
            share = (belief * counts[:, None]).sum(axis=0) / counts.sum()
        out[field] = tuple(round(float(value), 6) for value in share)
    return out
