"""Which cells are unsafe by themselves, and how wide an attacker's interval around each must stay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl

from havre.release.stats.cells import Cell, Layout, System, tabulate
from havre.release.stats.errors import BadTable


@dataclass(frozen=True, slots=True)
class Need:
    """What one unsafe cell needs: the attacker's greatest value at least `top`, the interval at least `width` wide (the cell's unit)."""

    cell: Cell
    value: float
    top: float
    width: float
    rule: str

    @property
    def upper(self) -> float:
        """The protection wanted above the true value."""
        return max(0.0, self.top - self.value)


def below_k(system: System, *, k: int) -> tuple[Need, ...]:
    """Every published cell, margins included, that holds 1 to k - 1 persons.

    Each must stay open up to k at least, in an interval at least k wide: an attacker then can say neither who is in it nor that it is
    small. A sampling zero is no person's and is shown, unless it is hidden for another cell's sake.
    Raises: BadTable for k below 2.
    Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4 (threshold rule).

    >>> rows = pl.DataFrame({"year": ["2019"] * 30 + ["2020"] * 3})
    >>> system = tabulate(rows, Layout((("year",),), {"year": ("2019", "2020")}))
    >>> [(need.cell, need.value, need.width) for need in below_k(system, k=11)]
    [((('year', '2020'),), 3.0, 11.0)]
    """
    if k < 2:
        raise BadTable(f"k = {k} protects nobody: give 2 or more", f"k = {k} ne protège personne : donner 2 ou plus")
    unsafe = (system.values > 0) & (system.values < k) & ~system.latent
    return tuple(
        Need(system.cells[place], float(system.values[place]), float(k), float(k), f"below k = {k}") for place in np.flatnonzero(unsafe)
    )


def below_k_before(system: System, layout: Layout, *, k: int) -> tuple[Need, ...]:
    """Every cell of an earlier table that holds 1 to k - 1 persons and is in no table of this release: hidden then, it stays hidden.

    Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4 (linked tables), chapter 5 (disclosure by differencing).
    """
    small = (system.values > 0) & (system.values < k) & system.latent
    tables = [set(table) for table in layout.past]
    return tuple(
        Need(key, float(system.values[place]), float(k), float(k), f"below k = {k} in an earlier table")
        for place, key in ((int(place), system.cells[place]) for place in np.flatnonzero(small))
        if any({column for column, _code in key} <= table for table in tables)
    )


def p_percent(frame: pl.DataFrame, layout: Layout, *, amount: str, giver: str, p: float) -> tuple[Need, ...]:
    """Every cell of a magnitude table in which the second contributor could estimate the first within p per cent.

    A cell with total T and largest contributions x1 >= x2 is unsafe when T - x1 - x2 < p/100 * x1; it then needs that much above T.
    Args: frame, one row a contribution; amount, non-negative; giver, the column naming the contributor (an organisation, a person).
    Raises: BadTable for p outside 0 to 100 or a missing column.
    Source: Hundepool et al. 2012, Statistical Disclosure Control, section 4.2.

    >>> rows = pl.DataFrame({"year": ["2019"] * 3, "giver": ["a", "b", "c"], "hours": [100.0, 5.0, 2.0]})
    >>> layout = Layout((("year",),), {"year": ("2019",)})
    >>> [(need.value, need.top) for need in p_percent(rows, layout, amount="hours", giver="giver", p=10)]
    [(107.0, 115.0), (107.0, 115.0)]
    """
    if not 0 < p <= 100:
        raise BadTable(
            f"p = {p}: give a percentage above 0, at most 100", f"p = {p} : donner un pourcentage au-dessus de 0 et d'au plus 100"
        )
    if giver not in frame.columns:
        raise BadTable(
            f"no column {giver!r}; the file has {', '.join(map(repr, frame.columns))}",
            f"pas de colonne {giver!r} ; le fichier a {', '.join(map(repr, frame.columns))}",
        )
    system = tabulate(frame, layout, weight=amount, joint=False)
    largest = _largest_two(frame, layout, amount, giver, system)
    needs = []
    for place, key in enumerate(system.cells):
        total = float(system.values[place])
        first, second = largest.get(key, (0.0, 0.0))
        wanted = p / 100 * first - (total - first - second)
        if total > 0 and wanted > 1e-9:
            needs.append(Need(key, total, total + wanted, wanted, f"p-percent rule, p = {p:g}"))
    return tuple(needs)


def _largest_two(frame: pl.DataFrame, layout: Layout, amount: str, giver: str, system: System) -> Mapping[Cell, tuple[float, float]]:
    found: dict[Cell, tuple[float, float]] = {}
    names = frame[giver].cast(pl.String).fill_null("")
    for name in sorted(names.unique()):
        theirs = tabulate(frame.filter(names == name), layout, weight=amount, joint=False)
        for place in np.flatnonzero(theirs.values > 0):
            first, second = found.get(theirs.cells[place], (0.0, 0.0))
            value = float(theirs.values[place])
            found[theirs.cells[place]] = (value, first) if value > first else (first, max(second, value))
    return {key: pair for key, pair in found.items() if key in system.index}
