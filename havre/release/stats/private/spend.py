"""What one release has spent of a population's privacy, said so that a ledger can compose it with every other spend."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from typing import Any, Literal

from havre.release.stats.accounting import Charge

Mechanism = Literal["gaussian", "discrete gaussian", "discrete gaussian with threshold", "discrete laplace", "exponential"]

UNIT = "one person, whatever number of rows"
NEIGHBOURS = "one person added or removed"


def versions() -> tuple[tuple[str, str], ...]:
    """Names and versions of the libraries that draw the noise."""
    return tuple((name, version(name)) for name in ("opendp",))


@dataclass(frozen=True, slots=True)
class Spend:
    """One group of queries answered with noise of one scale.

    `mechanism` names the law of the noise; "gaussian" is discrete noise on a grid of billionths of a person, composed as continuous, with
    `delta` for the difference. `scale` is its parameter in persons: σ of a (discrete) Gaussian, b of a Laplace.
    `sensitivity` is how far one person can move one query (L2 for Gaussian, L1 for Laplace). `queries` is how many queries of that
    sensitivity and scale were answered; a table of disjoint cells is one query.
    `rho` is the zCDP of the group (None where it has none); `epsilon` its pure part (0 for Gaussian noise); `delta` what it costs beside
    the noise, such as the chance that a threshold shows a combination held by one person (0 for plain Gaussian noise).
    `use` says what the answers are for; `run` is the id of the run: the same run read again from its store spends nothing more.

    A ledger that composes by privacy loss distribution reads mechanism, sensitivity, scale and queries; one that composes in zCDP reads
    rho and delta. Spends of one release add up over all its groups, also when later queries were chosen after seeing earlier answers.
    Source: Bun & Steinke 2016; Canonne, Kamath & Steinke 2020; Koskela et al. 2020 (composition by privacy loss distribution).
    """

    mechanism: Mechanism
    scale: float
    sensitivity: float
    queries: int
    rho: float | None
    epsilon: float
    delta: float
    use: str
    run: str = ""
    unit: str = UNIT
    neighbours: str = NEIGHBOURS
    libraries: tuple[tuple[str, str], ...] = ()

    def as_row(self) -> dict[str, Any]:
        """The spend as plain JSON."""
        return {**asdict(self), "libraries": dict(self.libraries)}


def gaussian_spend(
    *, scale: float, queries: int, use: str, run: str = "", sensitivity: float = 1.0, fine: bool = False, delta: float = 0.0
) -> Spend:
    """The spend of `queries` tables answered with discrete Gaussian noise of standard parameter `scale`; `fine`, on a grid far below a person.

    Raises: ValueError for a scale that is not positive and finite, or no query.
    Source: Bun & Steinke 2016, proposition 1.6 (ρ of Gaussian noise).

    >>> gaussian_spend(scale=4.0, queries=2, use="two tables").rho
    0.0625
    """
    if not (scale > 0 and math.isfinite(scale)) or queries < 1:
        raise ValueError(f"{queries} queries at scale {scale!r}: give at least one query and a positive, finite scale")
    rho = queries * (sensitivity / scale) ** 2 / 2
    law: Mechanism = "gaussian" if fine else "discrete gaussian"
    return Spend(law, scale, sensitivity, queries, rho, 0.0, delta, use, run, libraries=versions())


def charges_of(spends: Iterable[Spend]) -> tuple[Charge, ...]:
    """The charges of a private release from what its mechanisms say they spent."""
    return tuple(
        Charge(spend.mechanism, spend.use, spend.scale, spend.sensitivity, spend.queries, spend.rho or 0.0, spend.epsilon, spend.delta)
        for spend in spends
    )
