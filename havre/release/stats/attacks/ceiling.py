"""The most that any attack can learn from a private release: what its (ε, δ) leaves open, as a curve and as an area under it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from havre.release.stats.accounting import Charge, compose

# at each of these δ the charges have an ε of their own, and each such pair bounds every attack
DELTAS = tuple(float(delta) for delta in (*10.0 ** np.arange(-6.0, -1.0, 0.2), *np.arange(0.1, 0.7, 0.02)))
GRID = 4_001


@dataclass(frozen=True, slots=True)
class Ceiling:
    """What an attack on one person can reach at most, whoever makes it and whatever else is known.

    `pairs` are (ε, δ) that hold for the release all at once; `epsilon` at `delta` is the one that is published of it.
    """

    epsilon: float
    delta: float
    pairs: tuple[tuple[float, float], ...]

    def hits(self, alarms: float) -> float:
        """The greatest share of members caught (0 to 1) by an attack that accuses this share of strangers.

        >>> round(Ceiling(1.0, 0.0, ((1.0, 0.0),)).hits(0.05), 3)
        0.136

        Source: Wasserman & Zhou 2010, theorem 2.4; Kairouz, Oh & Viswanath 2015, theorem 2.1 (both bounds of each pair).
        """
        if not 0 <= alarms <= 1:
            raise ValueError(f"a share of strangers is from 0 to 1, not {alarms!r}")
        return float(self._curve(np.array([alarms]))[0])

    def excess(self, low: float, high: float) -> float:
        """The greatest difference of shares, members less strangers, where the strangers' share lies from `low` to `high`.

        Source: Kairouz, Oh & Viswanath 2015; Humphries et al. 2023 (advantage of membership attacks under (ε, δ)).
        """
        alarms = np.linspace(low, high, GRID)
        return float((self._curve(alarms) - alarms).max())

    @property
    def area(self) -> float:
        """The greatest area under the curve of any score, members against strangers (0.5 to 1).

        >>> round(Ceiling(1.0, 0.0, ((1.0, 0.0),)).area, 4)
        0.7311

        Source: the integral of the curve of Kairouz, Oh & Viswanath 2015; for Gaussian noise it nears Φ(μ/√2) (Dong, Roth & Su 2022).
        """
        alarms = np.linspace(0, 1, GRID)
        return float(np.trapezoid(self._curve(alarms), alarms)) + 1 / GRID**2

    def _curve(self, alarms: NDArray[np.float64]) -> NDArray[np.float64]:
        most = np.ones_like(alarms)
        for epsilon, delta in self.pairs:
            grow = math.exp(epsilon)
            most = np.minimum(most, np.minimum(grow * alarms + delta, 1 - (1 - delta - alarms) / grow))
        return np.clip(most, 0.0, 1.0)


def ceiling_of(charges: Sequence[Charge], delta: float) -> Ceiling:
    """The ceiling of a release from what it has spent, by the accountant that the ledger uses.

    Args: charges, every answer that the release was made from; delta, the published one (0 to 1).
    Raises: ValueError where no charge is given, or the charges have used `delta` up.
    Source: Dong, Roth & Su 2022 (a release is all its (ε, δ) at once); composition as in `accounting.compose`.
    """
    if not charges:
        raise ValueError("no charge, no ceiling: a release that spent nothing of a budget has no guarantee to be held against")
    pairs = []
    spent = sum(charge.delta for charge in charges)
    for one in (delta, *DELTAS):
        if one > spent:
            pairs.append((compose([charges], one).epsilon, one))
    if not pairs or pairs[0][1] != delta:
        raise ValueError(f"the charges use δ = {spent:g}, more than the {delta:g} that is published")
    return Ceiling(pairs[0][0], delta, tuple(pairs))
