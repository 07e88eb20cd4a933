"""The attacker: what the published cells, their sums and earlier releases say about each hidden cell.

For every hidden cell two linear programmes give its least and greatest possible value. An attacker who can add does the same.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components

from havre.release.stats.cells import Cell, System, words
from havre.release.stats.errors import BadTable
from havre.release.stats.primary import Need

# the programmes are solved to 1e-7; a bound is read with this much slack
SLACK = 1e-5


@dataclass(frozen=True, slots=True)
class Interval:
    """What an attacker can say of one hidden cell: between `low` and `high`, both in the cell's unit; `high` may be infinite."""

    cell: Cell
    low: float
    high: float

    @property
    def width(self) -> float:
        """How wide the interval is, in the unit of the cell; infinite without an upper end."""
        return self.high - self.low

    @property
    def exact(self) -> bool:
        """Whether the attacker knows the value itself."""
        return self.width < 0.5


@dataclass(frozen=True, slots=True)
class Exposed:
    """A cell that needs protection and does not have it, with the words that say why."""

    need: Need
    interval: Interval

    @property
    def why(self) -> str:
        """The cell, what an attacker can say of it and what it needed, in words."""
        if self.interval.exact:
            return f"{words(self.need.cell)}: recovered exactly"
        low, high = f"{self.interval.low:g}", f"{self.interval.high:g}"
        return f"{words(self.need.cell)}: between {low} and {high}, must reach {self.need.top:g} and be {self.need.width:g} wide"


@dataclass(frozen=True, slots=True)
class Audit:
    """The attacker's result on one pattern.

    `intervals` of every hidden cell; `exposed`, the needs that are not met; `whole`, whether whole numbers were tried as well; `joint`,
    whether the finest common table of linked tables was used; `earlier`, how many cells earlier releases gave away.
    """

    intervals: tuple[Interval, ...]
    exposed: tuple[Exposed, ...]
    whole: bool
    joint: bool
    earlier: int

    @property
    def holds(self) -> bool:
        """Whether every need is met."""
        return not self.exposed

    @property
    def recovered(self) -> int:
        """How many hidden cells an attacker knows exactly."""
        return sum(interval.exact for interval in self.intervals)


@dataclass(frozen=True, slots=True)
class _Part:
    """One connected block of unknown cells: rows @ y = right, 0 <= y."""

    places: NDArray[np.int64]
    rows: csr_array
    right: NDArray[np.float64]


def parts(system: System, hidden: NDArray[np.bool_]) -> tuple[_Part, ...]:
    """The unknown cells in blocks that share no sum; what is known is moved to the right-hand side.

    Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47(7) (the attacker's system of sums); Tarjan 1972 (its connected blocks).
    """
    unknown = np.flatnonzero((hidden | system.latent) & ~system.structural)
    if not len(unknown):
        return ()
    known = np.where(np.isin(np.arange(len(system.cells)), unknown), 0.0, system.values)
    inside = system.rows[:, unknown].tocsr()
    right = -(system.rows @ known)
    count, label = connected_components(inside.T @ inside, directed=False) if inside.shape[0] else (len(unknown), np.arange(len(unknown)))
    found = []
    for number in range(count):
        members = np.flatnonzero(label == number)
        block = inside[:, members].tocsr()
        used = np.flatnonzero(np.diff(block.indptr))
        found.append(_Part(unknown[members], csr_array(block[used]), right[used]))
    return tuple(found)


def _extreme(part: _Part, place: int, sign: float, whole: bool) -> float:
    """The least (sign 1) or greatest (sign -1) value of one unknown cell of a block."""
    cost = np.zeros(len(part.places))
    cost[np.flatnonzero(part.places == place)[0]] = sign
    if not part.rows.shape[0]:
        return 0.0 if sign > 0 else math.inf
    if whole:
        found = milp(cost, constraints=LinearConstraint(part.rows, part.right, part.right), bounds=Bounds(0, np.inf), integrality=1)
    else:
        found = linprog(cost, A_eq=part.rows, b_eq=part.right, bounds=(0, None), method="highs")
    if found.status == 3 or (found.status == 4 and sign < 0):
        return math.inf
    if found.x is None:
        raise BadTable(f"the published figures contradict one another ({found.message}): do they describe the same persons?")
    return float(found.fun * sign)


def intervals(
    system: System,
    hidden: NDArray[np.bool_],
    *,
    targets: Iterable[Cell] | None = None,
    whole: bool = False,
) -> tuple[Interval, ...]:
    """The attacker's interval of each hidden cell, or of `targets` among them.

    Args: hidden, (n,) cells not shown; whole, also use that counts are whole numbers (slower, an attacker can do it).
    Raises: BadTable when the shown cells cannot all be true of one table.
    Source: Hundepool et al. 2012, section 4.3 (feasibility intervals).

    >>> import polars as pl
    >>> from havre.release.stats.cells import Layout, cell, tabulate
    >>> rows = pl.DataFrame({"year": ["2019"] * 30 + ["2020"] * 3})
    >>> system = tabulate(rows, Layout((("year",),), {"year": ("2019", "2020")}))
    >>> [(one.low, one.high) for one in intervals(system, system.mask([cell(year="2020")]))]
    [(3.0, 3.0)]
    """
    wanted: set[int] = (
        {system.at(key) for key in targets} if targets is not None else {int(place) for place in np.flatnonzero(hidden & ~system.latent)}
    )
    found: dict[int, Interval] = {}
    for part in parts(system, hidden):
        for place in sorted(wanted & {int(place) for place in part.places}):
            key = system.cells[place]
            found[place] = Interval(key, max(0.0, _extreme(part, place, 1.0, whole)), _extreme(part, place, -1.0, whole))
    for place in wanted.difference(found):
        value = float(system.values[place])
        found[place] = Interval(system.cells[place], value, value)
    return tuple(found[place] for place in sorted(found))


def known_from(system: System, earlier: Sequence[Mapping[Cell, float]]) -> NDArray[np.bool_]:
    """The cells that earlier releases about the same persons have shown.

    Raises: BadTable when an earlier figure differs from today's: then the persons are not the same, and `differences` is the check.
    Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 4 (linked tables: what one tells counts in all).
    """
    known = np.zeros(len(system.cells), dtype=bool)
    for number, release in enumerate(earlier, 1):
        for key, value in release.items():
            place = system.index.get(key)
            if place is None:
                continue
            if abs(system.values[place] - value) > SLACK:
                raise BadTable(
                    f"earlier release {number} shows {value:g} for {words(key)}, now {system.values[place]:g}: "
                    "declare it as another population and check the differences"
                )
            known[place] = True
    return known


def differences(system: System, shown: NDArray[np.bool_], earlier: Mapping[Cell, float], *, k: int) -> tuple[Cell, ...]:
    """The cells shown now and in a release about an earlier state of the same register that differ by 1 to k - 1 persons.

    Such a difference tells how many persons came or left: it is a small count, published in two halves.
    Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 5 (disclosure by differencing).
    """
    return tuple(
        key for key, value in sorted(earlier.items()) if key in system.index and shown[system.at(key)]
        and 0 < abs(system.values[system.at(key)] - value) < k
    )  # fmt: skip


def audit(
    system: System,
    hidden: NDArray[np.bool_],
    needs: Sequence[Need],
    *,
    earlier: Sequence[Mapping[Cell, float]] = (),
    whole: bool = True,
) -> Audit:
    """Attack a pattern and say which needs it does not meet.

    Args: hidden, (n,) cells not shown in this release; earlier, the shown cells of earlier releases about the same persons, which the
    attacker adds to what is shown now; whole, repeat with whole numbers where the linear answer is within 2 of a limit.
    Gives: the intervals of every hidden cell, and the exposed ones. A need whose cell is shown is exposed too.
    Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47(7) (the attacker's two programmes); Hundepool et al. 2012, section 4.3.
    """
    known = known_from(system, earlier)
    system, open_to_doubt = system.knowing(known), hidden & ~known
    found = {interval.cell: interval for interval in intervals(system, open_to_doubt)}
    for place in np.flatnonzero(hidden & known):
        value = float(system.values[place])
        found[system.cells[place]] = Interval(system.cells[place], value, value)
    # cells that earlier tables hid, and that this release does not publish
    unpublished = [need.cell for need in needs if system.latent[system.at(need.cell)]]
    behind = {interval.cell: interval for interval in intervals(system, open_to_doubt, targets=unpublished)} if unpublished else {}
    exposed = []
    for need in needs:
        value = need.value
        interval = found.get(need.cell) or behind.get(need.cell) or Interval(need.cell, value, value)
        if whole and _near(need, interval) and _met(need, interval):
            (interval,) = intervals(system, open_to_doubt, targets=[need.cell], whole=True)
            (behind if need.cell in behind else found)[need.cell] = interval
        if not _met(need, interval):
            exposed.append(Exposed(need, interval))
    return Audit(tuple(found[key] for key in sorted(found)), tuple(exposed), whole, system.joint, int(known.sum()))


def _met(need: Need, interval: Interval) -> bool:
    return interval.high >= need.top - SLACK and interval.width >= need.width - SLACK


def _near(need: Need, interval: Interval) -> bool:
    return interval.high < need.top + 2 or interval.width < need.width + 2
