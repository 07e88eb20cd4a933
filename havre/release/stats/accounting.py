"""What several private releases about the same persons cost together: an (ε, δ) that no adversary can beat, and how it was found.

Noise laws that are known are composed by their privacy loss distribution; a release known only by its zCDP is composed in zCDP; one known
only by (ε, δ) is added. Several sound bounds are computed and the least is given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.signal import fftconvolve
from scipy.special import log_ndtr
from scipy.stats import binom, norm

Mechanism = Literal[
    "gaussian", "discrete gaussian", "discrete gaussian with threshold", "laplace", "discrete laplace", "exponential", "zcdp", "approximate"
]
GAUSSIAN = ("gaussian", "discrete gaussian", "discrete gaussian with threshold")
PURE = ("laplace", "discrete laplace", "exponential")
# losses are rounded up to this grid (nats)
STEP = 1e-4
# below this δ the rounding of the Fourier transform would count
LEAST_DELTA = 1e-9
# an independent reading may round every answer up on a grid of its own: totals are raised by this share and by half a step an answer (no
# more than the last share), so as never to lie below it
MARGIN, HALF_STEP, MOST_RAISED = 5e-4, 0.55 * STEP, 0.03


@dataclass(frozen=True, slots=True)
class Charge:
    """One group of equal noisy answers.

    `scale`, σ of a Gaussian or b of a Laplace, in the unit of the answer; `sensitivity`, how far one person moves one answer (L2 for
    Gaussian, L1 for Laplace); `queries`, how many such answers. `rho` for "zcdp", `epsilon` (and `delta`) for "exponential" and
    "approximate", each for all queries of the group together. `delta` beside a Gaussian is what a threshold costs on top.
    """

    mechanism: Mechanism
    use: str
    scale: float = 0.0
    sensitivity: float = 1.0
    queries: int = 1
    rho: float = 0.0
    epsilon: float = 0.0
    delta: float = 0.0

    def __post_init__(self) -> None:
        numbers = (self.scale, self.sensitivity, self.rho, self.epsilon, self.delta)
        needed = {"zcdp": self.rho, "exponential": self.epsilon, "approximate": self.epsilon or self.delta}.get(self.mechanism, self.scale)
        if self.mechanism not in Mechanism.__args__:  # type: ignore[attr-defined]
            raise ValueError(
                f"mechanism {self.mechanism!r} is not one that can be composed: give its rho as zcdp, or its (ε, δ) as approximate"
            )
        if not all(math.isfinite(number) and number >= 0 for number in numbers) or not needed > 0 or self.sensitivity <= 0:
            raise ValueError(f"{self.mechanism} with {numbers}: give finite numbers, and a positive σ, b, ρ or ε")
        if self.queries < 1 or self.delta >= 1:
            raise ValueError(f"{self.queries} queries, δ = {self.delta:g}: give at least one query and a δ below 1")

    @property
    def pure(self) -> float:
        """ε of one answer of a pure mechanism."""
        return self.epsilon / self.queries if self.mechanism == "exponential" else self.sensitivity / self.scale

    @property
    def zcdp(self) -> float | None:
        """ρ of the whole group; None for one that is known only by (ε, δ)."""
        if self.mechanism in GAUSSIAN:
            return self.queries * (self.sensitivity / self.scale) ** 2 / 2
        if self.mechanism in PURE:
            # Bun & Steinke 2016, proposition 1.4; one eighth for the exponential mechanism (Cesar & Rogers 2021)
            return self.queries * self.pure**2 / (8 if self.mechanism == "exponential" else 2)
        return self.rho if self.mechanism == "zcdp" else None


@dataclass(frozen=True, slots=True)
class Total:
    """The composed cost: `epsilon` at `delta`, by `method`; `naive`, what adding each release by itself would say (ε)."""

    epsilon: float
    delta: float
    method: str
    naive: float


def gaussian_delta(mu: float, epsilon: float) -> float:
    """δ of Gaussian noise with sensitivity over σ = `mu` at `epsilon`, exact.

    Source: Balle & Wang 2018, theorem 8; Dong, Roth & Su 2022 (composition adds the squares of mu).
    """
    first, second = log_ndtr(mu / 2 - epsilon / mu), epsilon + log_ndtr(-mu / 2 - epsilon / mu)
    return float(math.exp(first) * -math.expm1(second - first))


def gaussian_epsilon(mu: float, delta: float) -> float:
    """The least ε of Gaussian noise at `delta`, exact to 1e-10.

    Source: Balle & Wang 2018, theorem 8, solved for ε.

    >>> round(gaussian_epsilon(0.25, 7.3e-6), 4)
    0.9457
    """
    if gaussian_delta(mu, 0.0) <= delta:
        return 0.0
    top = mu * mu / 2 + mu * 40
    return float(brentq(lambda epsilon: gaussian_delta(mu, epsilon) - delta, 0.0, top, xtol=1e-10))


def zcdp_epsilon(rho: float, delta: float) -> float:
    """ε of ρ-zCDP at `delta`. Source: Canonne, Kamath & Steinke 2020, corollary 13 and proposition 12."""
    if rho == 0:
        return 0.0

    def bound(log: float) -> float:
        alpha = 1 + math.exp(log)
        return alpha * rho + math.log1p(-1 / alpha) - (math.log(delta) + math.log(alpha)) / (alpha - 1)

    guess = math.log(math.sqrt(-math.log(delta) / rho))
    found = minimize_scalar(bound, bounds=(guess - 8, guess + 8), method="bounded", options={"xatol": 1e-10})
    return max(0.0, float(found.fun))


@dataclass(frozen=True, slots=True)
class Loss:
    """A privacy loss distribution on the grid, rounded up: `mass[i]` at (start + i) * STEP, `lost` counted as infinite loss."""

    start: int
    mass: NDArray[np.float64]
    lost: float = 0.0

    def plus(self, other: Loss) -> Loss:
        """The losses of both releases together (adaptively too)."""
        mass = np.maximum(fftconvolve(self.mass, other.mass), 0.0)
        return Loss(self.start + other.start, mass, self.lost + other.lost).trimmed()

    def trimmed(self) -> Loss:
        """Without its ends under 1e-15: the upper one counts as infinite loss, the lower one moves up."""
        above = np.cumsum(self.mass[::-1])[::-1]
        below = np.cumsum(self.mass)
        last, first = int(np.searchsorted(-above, -1e-15)), int(np.searchsorted(below, 1e-15))
        first = min(first, last - 1)
        mass = self.mass[first:last].copy()
        mass[0] += float(self.mass[:first].sum())
        return Loss(self.start + first, mass, self.lost + float(self.mass[last:].sum()))

    def epsilon(self, delta: float) -> float:
        """The least ε at `delta`; infinite when more than δ was lost."""
        losses = (self.start + np.arange(len(self.mass))) * STEP
        # the Fourier transform's rounding, once a point
        lost = self.lost + 1e-17 * len(self.mass)

        def excess(epsilon: float) -> float:
            over = losses > epsilon
            return lost + float(-(self.mass[over] * np.expm1(epsilon - losses[over])).sum()) - delta

        if excess(0.0) <= 0:
            return 0.0
        top = float(losses[-1])
        return math.inf if excess(top) > 0 else float(brentq(excess, 0.0, top, xtol=1e-7))


def _on_grid(losses: NDArray[np.floating[Any]], mass: NDArray[np.floating[Any]], lost: float) -> Loss:
    places = np.ceil(losses / STEP - 1e-9).astype(np.int64)
    start = int(places.min())
    return Loss(start, np.bincount(places - start, weights=mass).astype(np.float64), lost).trimmed()


def gaussian_loss(mu: float) -> Loss:
    """The loss of Gaussian noise: normal with mean mu²/2 and variance mu².

    Source: Sommer, Meiser & Mohammadi 2019, PoPETs 2019(2) (the loss of a Gaussian is a Gaussian); Koskela, Jälkö & Honkela 2020 (its
    grid).
    """
    edge = np.arange(math.floor((mu * mu / 2 - 9 * mu) / STEP), math.ceil((mu * mu / 2 + 9 * mu) / STEP) + 1)
    below = norm.cdf(edge * STEP, loc=mu * mu / 2, scale=mu)
    mass = np.diff(below, prepend=0.0)
    return Loss(int(edge[0]), mass, float(norm.sf(edge[-1] * STEP, loc=mu * mu / 2, scale=mu))).trimmed()


def discrete_gaussian_loss(scale: float, queries: int) -> Loss:
    """The loss of `queries` answers with discrete Gaussian noise when one person moves one whole number in each by one.

    The loss of an answer is linear in its noise, so that the sum over answers lies on one lattice and is rounded once.
    Source: Canonne, Kamath & Steinke 2020, theorem 7 (one answer).
    """
    reach = math.ceil(9 * scale) + 2
    noise = np.arange(-reach, reach + 1)
    one = np.exp(-0.5 * (noise / scale) ** 2)
    one /= one.sum()
    summed, power, left = np.ones(1), one, queries
    while left:
        if left & 1:
            summed = np.maximum(fftconvolve(summed, power), 0.0)
        left >>= 1
        if left:
            power = np.maximum(fftconvolve(power, power), 0.0)
    total = np.arange(-reach * queries, reach * queries + 1)
    losses = ((2 * total + queries) / (2 * scale * scale)).astype(np.float64)
    return _on_grid(losses, summed, queries * 2 * float(norm.sf(9)) * 1.1)


def pure_loss(epsilon: float, queries: int) -> Loss:
    """The worst loss of `queries` answers that are each ε-private: randomised response.

    Source: Kairouz, Oh & Viswanath 2015, theorem 3.3.
    """
    wins = np.arange(queries + 1)
    return _on_grid((2 * wins - queries) * epsilon, binom.pmf(wins, queries, 1 / (1 + math.exp(-epsilon))), 0.0)


@dataclass
class _Known:
    """The charges whose noise law is known, merged by law."""

    square: float = 0.0
    lattice: dict[float, int] = field(default_factory=dict)
    pure: dict[float, int] = field(default_factory=dict)

    def add(self, charge: Charge) -> bool:
        if charge.mechanism == "gaussian":
            self.square += charge.queries * (charge.sensitivity / charge.scale) ** 2
        elif charge.mechanism in GAUSSIAN and charge.sensitivity == 1.0:
            self.lattice[charge.scale] = self.lattice.get(charge.scale, 0) + charge.queries
        elif charge.mechanism in PURE:
            self.pure[charge.pure] = self.pure.get(charge.pure, 0) + charge.queries
        else:
            # whole numbers that move by more than one in a way that is not said
            return False
        return True

    def epsilon(self, delta: float) -> tuple[float, str]:
        if not self.lattice and not self.pure:
            found = gaussian_epsilon(math.sqrt(self.square), delta) if self.square else 0.0
            return found, "privacy loss distribution, Gaussian, exact"
        if delta < LEAST_DELTA:
            return math.inf, ""
        losses = [discrete_gaussian_loss(scale, queries) for scale, queries in sorted(self.lattice.items())]
        losses += [pure_loss(epsilon, queries) for epsilon, queries in sorted(self.pure.items())]
        if self.square:
            losses.append(gaussian_loss(math.sqrt(self.square)))
        total = losses[0]
        for loss in losses[1:]:
            total = total.plus(loss)
        return total.epsilon(delta), f"privacy loss distribution, grid {STEP:g}, rounded up"


def compose(releases: Sequence[Sequence[Charge]], delta: float) -> Total:
    """The cost of all releases together at `delta`.

    Args: releases, each the charges of one release. Raises: ValueError for δ outside 0 to 1, or when (ε, δ) releases and thresholds have
    used δ up.
    Source: Koskela, Jälkö & Honkela 2020 (numerical composition); Dwork & Roth 2014, theorem 3.16 (addition).

    >>> one = [Charge("gaussian", "tables", scale=4.0)]
    >>> four = compose([one] * 4, 7.3e-6)
    >>> round(compose([one], 7.3e-6).epsilon, 2), round(four.epsilon, 2), round(four.naive, 2)
    (0.95, 2.03, 4.12)
    """
    if not 0 < delta < 1:
        raise ValueError(f"δ = {delta!r}: give a number between 0 and 1; below one over the number of persons is usual")
    charges = [charge for release in releases for charge in release]
    added = [charge for charge in charges if charge.mechanism == "approximate"]
    rest = [charge for charge in charges if charge.mechanism != "approximate"]
    spent, plain = sum(charge.delta for charge in charges), sum(charge.epsilon for charge in added)
    left = delta - spent
    if left <= 0:
        raise ValueError(f"the releases use δ = {spent:g}, and the ledger allows {delta:g}: raise the ledger's δ or leave a release out")
    known, unsaid = _Known(), []
    for charge in rest:
        if not known.add(charge):
            unsaid.append(charge)
    found, method = _least(known, rest, unsaid, left)
    naive = sum(naive_epsilon(release, delta) for release in releases)
    if added:
        method = f"{method} + addition" if rest else "addition"
    raised = min(MOST_RAISED * found, MARGIN * found + HALF_STEP * sum(charge.queries for charge in rest))
    return Total(plain + found + raised, delta, method, naive)


def _least(known: _Known, rest: list[Charge], unsaid: list[Charge], left: float) -> tuple[float, str]:
    """The least of the sound bounds, without what is added."""
    if not rest:
        return 0.0, ""
    bounds = [(zcdp_epsilon(sum(charge.zcdp or 0.0 for charge in rest), left), "zero-concentrated")]
    rho = sum(charge.zcdp or 0.0 for charge in unsaid)
    if not unsaid:
        bounds.append(known.epsilon(left))
    elif len(unsaid) < len(rest):
        part, method = known.epsilon(left / 2)
        bounds.append((part + zcdp_epsilon(rho, left / 2), f"{method} + zero-concentrated"))
    if all(charge.mechanism in PURE for charge in rest):
        bounds.append((sum(charge.queries * charge.pure for charge in rest), "addition of pure ε"))
    return min(bounds)


def naive_epsilon(release: Sequence[Charge], delta: float) -> float:
    """ε of one release read by itself: its zCDP converted at `delta`, and what is known only by (ε, δ) added.

    Source: Bun & Steinke 2016 (zCDP of a release); Dwork & Roth 2014, theorem 3.16 (addition).
    """
    rho = sum(charge.zcdp or 0.0 for charge in release)
    return sum(charge.epsilon for charge in release if charge.mechanism == "approximate") + zcdp_epsilon(rho, delta)
