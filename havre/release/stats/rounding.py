"""Controlled rounding: every cell becomes a near multiple of a base and every sum still adds up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, OptimizeResult, milp
from scipy.sparse import csr_array, hstack

from havre.release.stats.cells import System
from havre.release.stats.errors import BadTable, CannotProtect


@dataclass(frozen=True, slots=True)
class Rounded:
    """The rounded table: `values` (n,) multiples of `base`; `moved`, the sum of absolute changes, in persons.

    `steps` is 1 when every cell went to one of its two neighbours; more when no such table adds up.
    """

    values: NDArray[np.float64]
    base: int
    moved: float
    steps: int
    optimal: bool


def round_table(system: System, *, base: int, most_steps: int = 3, nodes: int = 20_000) -> Rounded:
    """Round every cell to a multiple of `base` so that all rows still add up, moving as few persons as possible.

    Args: base, 2 or more (3 and 5 are usual; take at least k when small counts must not be told); most_steps, how far a cell may go when
    its two neighbours cannot add up. A multiple of the base stays as it is while that is possible (zero-restricted).
    Raises: BadTable for a base under 2; CannotProtect when nothing adds up.
    Source: Cox 1987, JASA 82(398); Salazar-Gonzalez 2006, controlled rounding and cell perturbation.

    >>> import polars as pl
    >>> from havre.release.stats.cells import Layout, tabulate
    >>> system = tabulate(pl.DataFrame({"sex": ["f"] * 12 + ["m"] * 23}), Layout((("sex",),), {"sex": ("f", "m")}))
    >>> rounded = round_table(system, base=5)
    >>> rounded.values.tolist(), rounded.moved
    ([35.0, 10.0, 25.0], 4.0)
    """
    if base < 2:
        raise BadTable(f"base = {base} rounds nothing: give 2 or more")
    down = np.floor(system.values / base)
    count = len(system.cells)
    for steps in range(1, most_steps + 1):
        # variables: the multiple itself, then the distance moved
        room = np.where((system.values % base == 0) & (steps == 1), 0, steps - 1)
        low = np.maximum(0, down - room)
        high = down + np.where(system.values % base == 0, room, room + 1)
        low, high = np.where(system.structural, 0, low), np.where(system.structural, 0, high)
        found = _solve(system, base, low, high, count, nodes)
        if found is not None and found.x is not None:
            values = np.round(found.x[:count]) * base
            return Rounded(values, base, float(np.abs(values - system.values).sum()), steps, found.status == 0)
    raise CannotProtect(f"no table of multiples of {base} within {most_steps} steps adds up: use coarser codes or another base")


def _solve(system: System, base: int, low: NDArray[np.float64], high: NDArray[np.float64], count: int, nodes: int) -> OptimizeResult:
    one = csr_array((np.ones(count), (np.arange(count), np.arange(count))), shape=(count, count))
    zero = csr_array((system.rows.shape[0], count))
    adds = LinearConstraint(hstack([system.rows, zero]).tocsr(), 0, 0)
    above = LinearConstraint(hstack([one * float(base), -one]).tocsr(), -np.inf, system.values)
    below = LinearConstraint(hstack([one * float(base), one]).tocsr(), system.values, np.inf)
    return milp(
        np.concatenate([np.zeros(count), np.ones(count)]),
        constraints=[adds, above, below],
        bounds=Bounds(np.concatenate([low, np.zeros(count)]), np.concatenate([high, np.full(count, np.inf)])),
        integrality=np.concatenate([np.ones(count), np.zeros(count)]),
        options={"node_limit": nodes},
    )
