"""What a release tells together with earlier ones: by adding tables about the same persons, by subtracting tables about changed ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from havre.release.stats.attack import SLACK, intervals
from havre.release.stats.cells import Cell, words
from havre.release.stats.cells import of_figures as system_of
from havre.release.stats.errors import BadTable
from havre.release.stats.published import Published, layout_of

Parents = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Told:
    """A small count that outsiders can work out: between `low` and `high` persons in `cell`.

    `way` is "itself" (the release alone), "together" (with earlier tables about the same persons) or "difference" (persons who came or
    left since `earlier`).
    """

    cell: Cell
    low: float
    high: float
    way: str
    earlier: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        """The small count in words, with the earlier releases it takes."""
        span = f"{self.low:g}" if self.high - self.low < 0.5 else f"{self.low:g} to {self.high:g}"
        if self.way == "difference":
            return f"{words(self.cell)}: differs by {span} from {', '.join(self.earlier)}"
        return f"{words(self.cell)}: {span}, " + (
            "from the tables themselves" if self.way == "itself" else f"with {', '.join(self.earlier)}"
        )


@dataclass(frozen=True, slots=True)
class Subtraction:
    """The attack's result: what it told, over how many cells; `control`, whether it caught one planted departure (None: none possible)."""

    k: int
    told: tuple[Told, ...]
    cells: int
    earlier: int
    control: bool | None

    @property
    def holds(self) -> bool:
        """Whether no small count could be worked out."""
        return not self.told


def subtract(
    now: Sequence[Published],
    earlier: Sequence[Published],
    *,
    k: int,
    parents: Parents | None = None,
) -> Subtraction:
    """Work out every count of 1 to k - 1 persons that these published tables tell together.

    Earlier tables that agree with today's wherever both show a figure are taken for the same persons and solved together; others are
    about a changed register, and the differences of what either tells exactly are small counts as well.
    Args: now, the tables of one release; earlier, tables published before; parents, hierarchies as in Layout.
    Raises: BadTable when no table is given or the tables of one release contradict one another.
    Source: Hundepool et al. 2012, sections 4.3 and 5.4 (linked tables, differencing).
    """
    if not now:
        raise BadTable("give at least one table of the release")
    told = _all_told(now, earlier, k, parents)
    planted = _one_left(now[0])
    control = None if planted is None else any(one.way == "difference" for one in _all_told(now[:1], [planted], k, parents))
    return Subtraction(k, told, sum(len(table.cells) for table in now), len(earlier), control)


def _all_told(now: Sequence[Published], earlier: Sequence[Published], k: int, parents: Parents | None) -> tuple[Told, ...]:
    alone = _small(now, (), k, parents)
    found = {one.cell: one for one in alone}
    same = [table for table in earlier if _agree(now, table)]
    moved = [table for table in earlier if table not in same]
    if same:
        try:
            for one in _small(now, same, k, parents):
                found.setdefault(one.cell, one)
        except BadTable:
            # they agree cell by cell and not in their sums: the register has moved
            moved, same = list(earlier), []
    differences = [one for table in moved for one in _moved(now, table, k, parents)]
    return (*(found[key] for key in sorted(found)), *differences)


def _agree(now: Sequence[Published], other: Published) -> bool:
    known = {key: value for table in now for key, value in table.figures.items()}
    return all(abs(known[key] - value) < 0.5 for key, value in other.figures.items() if key in known)


def _solved(now: Sequence[Published], past: Sequence[Published], parents: Parents | None) -> dict[Cell, tuple[float, float]]:
    """What outsiders know of every cell of these tables: least and greatest value."""
    figures = {key: value for table in (*past, *now) for key, value in table.figures.items()}
    system = system_of(layout_of(now, past, parents=parents), figures)
    known = system.mask(figures)
    named = {key for table in (*now, *past) for key in table.cells}
    system = system.knowing(known)
    wanted = [key for key in sorted(named) if key not in figures]
    found = {key: (value, value) for key, value in figures.items()}
    for interval in intervals(system, ~known, targets=wanted):
        found[interval.cell] = (interval.low, interval.high)
    return found


def _small(now: Sequence[Published], past: Sequence[Published], k: int, parents: Parents | None) -> list[Told]:
    names = tuple(table.name for table in past)
    return [
        Told(key, float(np.ceil(low - SLACK)), float(np.floor(high + SLACK)), "together" if past else "itself", names)
        for key, (low, high) in sorted(_solved(now, past, parents).items())
        if low > SLACK and high < k - SLACK
    ]


def _moved(now: Sequence[Published], other: Published, k: int, parents: Parents | None) -> list[Told]:
    today, then = _solved(now, (), parents), _solved([other], (), parents)
    found = []
    for key in sorted(today.keys() & then.keys()):
        low, high = today[key][0] - then[key][1], today[key][1] - then[key][0]
        least, most = (low, high) if low >= 0 else (-high, -low)
        if least > SLACK and most < k - SLACK:
            found.append(Told(key, round(least, 4), round(most, 4), "difference", (other.name,)))
    return found


def _one_left(table: Published) -> Published | None:
    """The same table before one person of its smallest shown cell came: the positive control."""
    finest = [key for key, value in table.figures.items() if value >= 1 and len(key) == len(table.columns)]
    if not finest:
        return None
    figures = table.figures
    smallest: Cell = min(finest, key=lambda key: (figures[key], key))
    chosen = dict(smallest)
    cells = {
        key: value - 1 if value is not None and all(chosen.get(column) == code for column, code in key) else value
        for key, value in table.cells.items()
    }
    return replace(table, name="positive control", cells=cells)
