"""Capture cells: how many persons are on which lists. Small ones are hidden, and so is whatever would give them away.

The owners know their own lists' sizes, so a hidden cell beside shown ones can be had by subtraction: cells are hidden until no small one can
be told closer than within `least` counts. Source: Fischetti & Salazar 2001 (bounds by linear programme).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

History = tuple[int, ...]  # 1 for each list that the persons are on, in the order of the lists


@dataclass(frozen=True, slots=True)
class Cell:
    """One capture history: `count` of persons, None where hidden; `low`, `high`, 95 % bounds for linkage error alone; `why` hidden: "small",
    "complementary" or empty."""

    history: History
    count: int | None
    low: int | None
    high: int | None
    why: str = ""


def bounds(counts: Mapping[History, int], hidden: set[History], sizes: tuple[int, ...]) -> dict[History, tuple[float, float]]:
    """What anyone who knows every list's size can tell of each hidden cell: least and greatest count.

    Source: Fischetti and Salazar 2001 (bounds by linear programme).
    """
    unknown = sorted(hidden)
    if not unknown:
        return {}
    left = np.array([[history[place] for history in unknown] for place in range(len(sizes))], dtype=float)
    shown = [sum(count for history, count in counts.items() if history not in hidden and history[place]) for place in range(len(sizes))]
    right = np.array(sizes, dtype=float) - shown
    out = {}
    for place, history in enumerate(unknown):
        cost = np.zeros(len(unknown))
        cost[place] = 1.0
        low, high = (linprog(sign * cost, A_eq=left, b_eq=right, bounds=(0, None), method="highs") for sign in (1, -1))
        out[history] = (float(low.fun), float(-high.fun))
    return out


def hidden(counts: Mapping[History, int], *, sizes: tuple[int, ...], least: int) -> dict[History, str]:
    """Which cells to hide and why. A cell under `least`, zero too, is small; others are hidden, smallest first, until every small cell's
    bounds are at least `least` apart or nothing is left to hide.
    Source: Fischetti and Salazar 2001.
    """
    why = {history: "small" for history, count in counts.items() if count < least}
    while why:
        known = bounds(counts, set(why), sizes)
        open_ = [history for history, reason in why.items() if reason == "small" and known[history][1] - known[history][0] < least]
        rest = sorted((count, history) for history, count in counts.items() if history not in why)
        if not open_ or not rest:
            break
        # a cell that shares a list with the open one widens its equation
        useful = [history for _, history in rest if any(mine and theirs for mine, theirs in zip(history, open_[0], strict=True))]
        why[(useful or [rest[0][1]])[0]] = "complementary"
    return why


def table(counts: Mapping[History, int], draws: Mapping[History, np.ndarray], *, sizes: tuple[int, ...], least: int) -> tuple[Cell, ...]:
    """The cells as they may leave the linkage unit, sorted by history. `draws`, counts of each cell over draws of the links."""
    why = hidden(counts, sizes=sizes, least=least)
    out = []
    for history, count in sorted(counts.items(), reverse=True):
        if history in why:
            out.append(Cell(history, None, None, None, why[history]))
            continue
        low, high = np.quantile(draws[history], [0.025, 0.975])
        out.append(Cell(history, count, int(np.floor(min(low, count))), int(np.ceil(max(high, count)))))
    return tuple(out)
