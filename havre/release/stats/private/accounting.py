"""How much noise a budget asks for, and what given noise costs: privacy loss distribution of discrete Gaussians, and OpenDP's zCDP."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import opendp.prelude as dp
from scipy.optimize import brentq
from scipy.special import ndtr

from havre.release.stats.accounting import Charge, compose
from havre.release.stats.errors import BadTable
from havre.release.stats.private.spend import Spend, charges_of

Accountant = Literal["pld", "zcdp"]

EPSILON_MOST = 10.0
# how far the search for a sigma goes at once
_STRIDE = 1.005


@dataclass(frozen=True, slots=True)
class Budget:
    """What one release may spend for each person. Raises: BadTable for a budget that protects nobody or releases nothing."""

    epsilon: float
    delta: float

    def __post_init__(self) -> None:
        if not (math.isfinite(self.epsilon) and self.epsilon > 0):
            raise BadTable(
                f"epsilon = {self.epsilon}: nothing can be released for it; give a number above 0, such as 1",
                f"epsilon = {self.epsilon} : rien ne peut être publié à ce prix ; donner un nombre au-dessus de 0, par exemple 1",
            )
        if self.epsilon > EPSILON_MOST:
            raise BadTable(
                f"epsilon = {self.epsilon} protects nobody; give {EPSILON_MOST:g} or less, such as 1",
                f"epsilon = {self.epsilon} ne protège personne ; donner {EPSILON_MOST:g} ou moins, par exemple 1",
            )
        if self.epsilon < 0.01:
            raise BadTable(
                f"epsilon = {self.epsilon} leaves only noise; give 0.01 or more, or publish nothing",
                f"epsilon = {self.epsilon} ne laisse que du bruit ; donner 0,01 ou plus, ou ne rien publier",
            )
        if not 0 < self.delta <= 1e-3:
            raise BadTable(
                f"delta = {self.delta}: give a number above 0 and at most 0.001, well below one over the number of persons",
                f"delta = {self.delta} : donner un nombre au-dessus de 0 et d'au plus 0,001, bien inférieur à un sur le nombre de personnes",
            )


def epsilon_of(scales: Sequence[tuple[float, int]], delta: float) -> float:
    """What tables with discrete Gaussian noise cost together, one person in one cell of each: the reading a ledger gives.

    Args: scales, pairs of (sigma, number of tables). Source: `havre.release.stats.accounting.compose`.
    """
    return compose([[Charge("discrete gaussian", "tables", sigma, queries=count) for sigma, count in scales]], delta).epsilon


def epsilon_of_spends(spends: Sequence[Spend], delta: float) -> float:
    """What spends of one release cost together at `delta`, as a ledger reads them.

    Source: Koskela, Jälkö & Honkela 2020, as in `accounting.compose`.
    """
    return compose([charges_of(spends)], delta).epsilon


def rho_of(budget: Budget) -> float:
    """The largest zCDP rho whose (epsilon, delta) curve stays inside the budget, by OpenDP's own conversion.

    A hair is left unspent: mechanisms that divide a budget lose the last place to rounding.
    Source: Bun & Steinke 2016; Canonne, Kamath & Steinke 2020, as converted by OpenDP.
    """
    low, high = 0.0, max(1.0, budget.epsilon**2)
    for _ in range(45):
        middle = (low + high) / 2
        low, high = (middle, high) if _epsilon_of_rho(middle, budget.delta) <= budget.epsilon else (low, middle)
    return low * (1 - 1e-9)


def _epsilon_of_rho(rho: float, delta: float) -> float:
    dp.enable_features("contrib")
    scale = math.sqrt(1 / (2 * rho)) if rho > 0 else 1e9
    space = dp.atom_domain(T="i64"), dp.absolute_distance(T="f64")
    measurement = dp.c.make_zCDP_to_approxDP(dp.m.make_gaussian(*space, scale=scale))
    return float(measurement.map(1.0).epsilon(delta))


def scales_for(shares: Sequence[float], budget: Budget, *, accountant: Accountant = "pld") -> tuple[float, ...]:
    """One sigma for each table, so that all tables together cost the budget; a table's precision 1/σ² is in proportion to its share.

    Args: shares, positive; they need not sum to 1. accountant, "pld" (tight) or "zcdp" (OpenDP's conversion, about 8 % more noise).
    Raises: BadTable for a share that is not positive.
    Source: Koskela, Jälkö & Honkela 2020 ("pld"); Bun & Steinke 2016 ("zcdp").
    """
    if not shares or min(shares) <= 0:
        raise BadTable("every table needs a positive share of the budget", "chaque tableau doit avoir une part positive du budget")
    total = sum(shares)
    if accountant == "zcdp":
        base = math.sqrt(1 / (2 * rho_of(budget)))
    else:
        base = _least_base(lambda sigma: epsilon_of(_grouped(shares, total, sigma), budget.delta) <= budget.epsilon, _continuous(budget))
    return tuple(base * math.sqrt(total / share) for share in shares)


def sigmas_for(
    shares: Sequence[float],
    reaches: Sequence[float],
    charged: Callable[[Sequence[float]], Sequence[Charge]],
    budget: Budget,
    *,
    accountant: Accountant = "pld",
) -> tuple[float, ...]:
    """One sigma for each answer, so that all together cost the budget; what an answer costs is in proportion to its share.

    Args: reaches, how far (L2) one person moves each answer; charged, the charges of answers with given sigmas, as a ledger is told them.
    Raises: BadTable for a share that is not positive, or a delta that the grid's slack uses up.
    Source: Koskela, Jälkö & Honkela 2020 ("pld"); Bun & Steinke 2016 ("zcdp"); Xiao, He, Zhang & Kifer 2023 (reach of parts).
    """
    if not shares or min(shares) <= 0:
        raise BadTable("every table needs a positive share of the budget", "chaque tableau doit avoir une part positive du budget")
    total = sum(shares)
    unit = [reach * math.sqrt(total / share) for share, reach in zip(shares, reaches, strict=True)]
    if accountant == "zcdp":
        base = math.sqrt(1 / (2 * rho_of(budget)))
    else:

        def fits(sigma: float) -> bool:
            try:
                return compose([charged([sigma * one for one in unit])], budget.delta).epsilon <= budget.epsilon
            except ValueError as problem:
                raise BadTable(
                    f"delta = {budget.delta} is too small for these tables ({problem})",
                    f"delta = {budget.delta} est trop petit pour ces tableaux ({problem})",
                ) from None

        base = _least_base(fits, _continuous(budget))
    return tuple(base * one for one in unit)


def _least_base(fits: Callable[[float], bool], guess: float) -> float:
    """The least sigma that fits, to one part in three thousand, found from a guess on either side of it.

    Discrete noise of a small sigma may cost less than the continuous one it is guessed from, so the search goes down too.
    """
    base = guess
    while not fits(base):
        base *= _STRIDE
    while fits(base / _STRIDE):
        base /= _STRIDE
    low = base / _STRIDE
    for _ in range(4):
        middle = (low + base) / 2
        low, base = (low, middle) if fits(middle) else (middle, base)
    return base


def _continuous(budget: Budget) -> float:
    """Where to look: the sigma of one continuous Gaussian (Balle & Wang 2018). Never used as the answer."""

    def excess(sigma: float) -> float:
        a, b = 1 / (2 * sigma), budget.epsilon * sigma
        return float(ndtr(a - b) - math.exp(budget.epsilon) * ndtr(-a - b)) - budget.delta

    return float(brentq(excess, 0.05, 1e5))


def _grouped(shares: Sequence[float], total: float, base: float) -> list[tuple[float, int]]:
    values, counts = np.unique(np.asarray(shares, float), return_counts=True)
    return [(base * math.sqrt(total / value), int(count)) for value, count in zip(values, counts, strict=True)]
