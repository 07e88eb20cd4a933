"""Which further cells to hide so that no unsafe cell can be worked out: the least-cost pattern, by cuts from the attacker's programmes.

A binary programme chooses cells; the attacker's two linear programmes of each unsafe cell answer; where the pattern fails, the dual of
the attacker's programme is a new inequality for the choice. The stopping test is the audit itself.
Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47(7) 1008-1027; Hundepool et al. 2012, section 4.4.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse import csr_array, vstack

from havre.release.stats.attack import SLACK, Audit, audit, known_from
from havre.release.stats.cells import Cell, System, words
from havre.release.stats.errors import BadTable, CannotProtect
from havre.release.stats.primary import Need


@dataclass(frozen=True, slots=True)
class Pattern:
    """The chosen pattern with its proof.

    `hidden` (n,) every cell not shown; `needs` the unsafe ones; `reasons` for every hidden cell; `cost` and `bound` in cost units:
    equal when `optimal`. `audit` is the attack on this very pattern.
    The reasons are for the internal proof: a table that marked which cells are primary would tell the attacker that they are small.
    """

    hidden: NDArray[np.bool_]
    needs: tuple[Need, ...]
    reasons: Mapping[Cell, str]
    cost: float
    bound: float
    optimal: bool
    audit: Audit

    @property
    def complementary(self) -> int:
        """How many cells are hidden for the sake of others."""
        return int(self.hidden.sum()) - len(self.needs)


@dataclass
class _Choice:
    """The state of one search: fixed data first, the cuts found so far last."""

    system: System
    needs: tuple[Need, ...]
    cost: NDArray[np.float64]
    never: NDArray[np.bool_]
    must: NDArray[np.bool_]
    reach: float
    cuts: list[csr_array] = field(default_factory=list)
    least: list[float] = field(default_factory=list)
    seen: set[bytes] = field(default_factory=set)
    # how many of the attacker's programmes may still be solved in the search, so that a hard table ends everywhere at the same place
    left: int = 0

    def add(self, coefficients: NDArray[np.float64], right: float) -> bool:
        """Add `coefficients @ x >= right` after lowering each coefficient to what a binary can use. False when it is not new."""
        if right <= SLACK:
            return False
        lowered = np.minimum(coefficients, right) / right
        lowered[lowered < 1e-7] = 0.0
        # rounding up keeps the inequality true and its numbers kind to the solver
        lowered = np.minimum(1.0, np.ceil(lowered * 1e4) / 1e4)
        mark = hashlib.sha256(lowered.tobytes()).digest()
        if mark in self.seen:
            return False
        self.seen.add(mark)
        self.cuts.append(csr_array(lowered.reshape(1, -1)))
        self.least.append(1.0)
        return True


def choose(
    system: System,
    needs: Sequence[Need],
    *,
    earlier: Sequence[Mapping[Cell, float]] = (),
    keep: Sequence[Cell] = (),
    weights: Mapping[Cell, float] | None = None,
    effort: int = 12_000,
    past: Sequence[Need] = (),
) -> Pattern:
    """The cheapest set of cells to hide so that every need is met, with its audit.

    Args: keep, cells that must stay shown; weights, what hiding a cell costs (default: its persons + 1); effort, how many of the
    attacker's programmes the search may solve: a count, not a time, so that the same input gives the same pattern on every machine. When
    it runs out, a good audited pattern is given with `optimal` False and the bound that was reached. past, needs of cells that earlier
    tables hid and this release does not publish (`still_hidden`): it must not give them away either.
    Raises: CannotProtect, naming cells, when no pattern can do it (earlier releases or kept cells give them away); BadTable.
    Source: Fischetti & Salazar-Gonzalez 2001, Management Science 47(7) 1008-1027.

    >>> import polars as pl
    >>> from havre.release.stats.cells import Layout, tabulate
    >>> from havre.release.stats.primary import below_k
    >>> rows = pl.DataFrame({"year": ["2019"] * 30 + ["2020"] * 24, "sex": ["f"] * 12 + ["m"] * 18 + ["f"] * 3 + ["m"] * 21})
    >>> system = tabulate(rows, Layout((("year", "sex"),), {"year": ("2019", "2020"), "sex": ("f", "m")}))
    >>> pattern = choose(system, below_k(system, k=11))
    >>> int(pattern.hidden.sum()), pattern.complementary, pattern.audit.holds
    (4, 3, True)
    """
    known = known_from(system, earlier)
    # what is known to be empty moves nowhere, in a table nobody published either
    system = system.knowing(known | system.structural)
    must = system.mask([need.cell for need in needs])
    past = [need for need in past if system.latent[system.at(need.cell)]]
    never = system.latent | system.structural | known | system.mask(keep)
    _refuse_given_away(system, needs, must & never)
    cost = np.array([_price(system, place, weights) for place in range(len(system.cells))])
    reach = float(system.values.max(initial=0.0)) + sum(need.top + need.width for need in (*needs, *past)) + 1.0
    everyone = (*needs, *past)
    choice = _Choice(system, everyone, cost, never, must, reach, left=effort)
    _refuse_hopeless(choice, ~never)
    bound, hidden, leaning = _by_cuts(choice)
    optimal = hidden is not None
    if hidden is None:
        hidden = _repair(choice, must, leaning)
    # whole numbers may tell more than the relaxation: hide more until they do not
    final = audit(system, hidden, everyone, earlier=earlier)
    while final.exposed:
        hidden, optimal = _widen(choice, hidden, final), False
        final = audit(system, hidden, everyone, earlier=earlier)
    total = float(cost[hidden].sum())
    return Pattern(hidden, tuple(needs), _reasons(choice, hidden), total, min(bound, total), optimal, final)


def still_hidden(system: System, past: Sequence[Need], *, earlier: Sequence[Mapping[Cell, float]]) -> tuple[Need, ...]:
    """The needs of earlier tables' hidden cells that those tables alone have not given away: a new release can still do harm to them.

    Source: Hundepool et al. 2012, Statistical Disclosure Control, chapter 5 (disclosure by differencing).
    """
    known = known_from(system, earlier)
    system = system.knowing(known | system.structural)
    past = [need for need in past if system.latent[system.at(need.cell)]]
    never = system.latent | system.structural | known
    reach = float(system.values.max(initial=0.0)) + sum(need.top + need.width for need in past) + 1.0
    none = np.zeros(len(system.cells), bool)
    given = {need.cell for need in _unmet(_Choice(system, tuple(past), np.ones(len(none)), never, none, reach), ~never)}
    return tuple(need for need in past if need.cell not in given)


def _price(system: System, place: int, weights: Mapping[Cell, float] | None) -> float:
    price = (weights or {}).get(system.cells[place], float(system.values[place]) + 1.0)
    if price <= 0:
        raise BadTable(f"weight of {words(system.cells[place])} is {price:g}: hiding must cost something; give a number above 0")
    return price


def _refuse_given_away(system: System, needs: Sequence[Need], given: NDArray[np.bool_]) -> None:
    if given.any():
        names = tuple(words(key) for key in system.keys(given))
        raise CannotProtect(
            f"{len(names)} of {len(needs)} unsafe cells were shown in an earlier release or must stay shown: {', '.join(names[:5])}",
            names,
            f"{len(names)} des {len(needs)} cellules à risque ont été montrées dans une publication antérieure ou doivent le rester : "
            f"{', '.join(names[:5])} ; prendre des codes plus larges",
        )


def _flow(choice: _Choice, room: NDArray[np.float64], place: int, sign: float, reach: float) -> tuple[float, NDArray[np.float64]]:
    """The furthest that one cell can move (sign 1 up, -1 down) when each cell may use `room` of its reach, and the dual's reduced costs."""
    system = choice.system
    upper = np.where(system.latent, np.inf, np.where(system.structural, 0.0, room * reach))
    lower = np.where(system.latent, -system.values, -np.minimum(room, 1.0) * system.values)
    target = np.zeros(len(room))
    target[place] = -sign
    live = np.flatnonzero((upper > 0) | (lower < 0))
    rows = csr_array(system.rows[:, live])
    used = np.flatnonzero(np.diff(rows.indptr))
    found = linprog(
        target[live], A_eq=rows[used], b_eq=np.zeros(len(used)), bounds=np.column_stack([lower[live], upper[live]]), method="highs"
    )
    if found.x is None:
        raise BadTable(f"the attacker's programme of {words(system.cells[place])} failed: {found.message}")
    price = np.zeros(system.rows.shape[0])
    price[used] = -found.eqlin.marginals
    reduced = -target - system.rows.T @ price
    reduced[np.abs(reduced) < 1e-9] = 0.0
    return float(-found.fun), reduced


def _capacity(choice: _Choice, reduced: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
    """Weak duality: the move is at most coefficients @ x + constant, whatever the multipliers were."""
    system = choice.system
    gain = np.maximum(reduced, 0.0) * choice.reach + np.maximum(-reduced, 0.0) * system.values
    constant = float((np.maximum(-reduced, 0.0) * system.values)[system.latent].sum())
    gain[system.latent | system.structural] = 0.0
    return gain, constant


def _separate(choice: _Choice, x: NDArray[np.float64], *, reach: float) -> tuple[int, int]:
    """Add every inequality that pattern `x` violates. Gives how many needs were violated and how many inequalities were new.

    A shorter `reach` than the true one finds better inequalities for a fractional `x`; they are true all the same (weak duality).
    """
    violated = added = 0
    choice.left -= 2 * len(choice.needs)
    for need in choice.needs:
        place = choice.system.at(need.cell)
        up, dual_up = _flow(choice, x, place, 1.0, reach)
        down, dual_down = _flow(choice, x, place, -1.0, reach)
        gain_up, free_up = _capacity(choice, dual_up)
        if up < need.upper - SLACK:
            added += choice.add(gain_up, need.upper - free_up)
        if up + down < need.width - SLACK:
            gain_down, free_down = _capacity(choice, dual_down)
            added += choice.add(gain_up + gain_down, need.width - free_up - free_down)
        violated += up < need.upper - SLACK or up + down < need.width - SLACK
    return violated, added


def _relaxed(choice: _Choice, low: NDArray[np.float64], high: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
    """The relaxation's bound and its fractional pattern, until nothing is violated or the bound hardly moves."""
    bound, x, gained = float(choice.cost[choice.must].sum()), low.copy(), [0.0]
    near = max((need.top + need.width for need in choice.needs), default=1.0)
    while choice.left > 0 and _separate(choice, x, reach=near)[1]:
        rows = vstack(choice.cuts).tocsr()
        found = linprog(choice.cost, A_ub=-rows, b_ub=-np.array(choice.least), bounds=np.column_stack([low, high]))
        if found.x is None:
            break
        x, bound = np.clip(found.x, low, high), max(bound, float(found.fun))
        gained.append(bound)
        if len(gained) > 12 and gained[-1] - gained[-11] < 0.01 * bound and len(choice.needs) > 40:
            break
    return bound, x


def _by_cuts(choice: _Choice) -> tuple[float, NDArray[np.bool_] | None, NDArray[np.float64]]:
    """The proven bound, the optimal pattern when it was reached, and the last pattern seen."""
    low, high = choice.must.astype(float), np.where(choice.never, 0.0, 1.0)
    near = max((need.top + need.width for need in choice.needs), default=1.0)
    bound, leaning = _relaxed(choice, low, high)
    x = low.copy()
    while choice.left > 0:
        if choice.cuts:
            rows = vstack(choice.cuts).tocsr()
            found = milp(
                choice.cost,
                constraints=LinearConstraint(rows, np.array(choice.least), np.inf),
                bounds=Bounds(low, high),
                integrality=1,
                # a node costs about as much as the programme has numbers
                options={"node_limit": max(20, min(20_000, 20_000_000 // (rows.nnz + 1))), "mip_rel_gap": 0.0},
            )
            bound = max(bound, float(found.mip_dual_bound or 0.0))
            if found.x is None or found.status != 0:
                return bound, None, leaning
            x = leaning = np.round(found.x)
        violated, added = _separate(choice, x, reach=near)
        if violated and not added:
            violated, added = _separate(choice, x, reach=choice.reach)
        if violated and not added:
            return bound, None, leaning
        if violated:
            continue
        if not audit(choice.system, x > 0.5, choice.needs).exposed:
            return bound, x > 0.5, leaning
        # whole numbers tell more here: this pattern and every part of it is out
        choice.add((x < 0.5).astype(float), 1.0)
    return bound, None, leaning


def _unmet(choice: _Choice, hidden: NDArray[np.bool_]) -> list[Need]:
    unmet = []
    for need in choice.needs:
        place, x = choice.system.at(need.cell), hidden.astype(float)
        up = _flow(choice, x, place, 1.0, choice.reach)[0]
        if up < need.upper - SLACK or up + _flow(choice, x, place, -1.0, choice.reach)[0] < need.width - SLACK:
            unmet.append(need)
    return unmet


def _refuse_hopeless(choice: _Choice, everything: NDArray[np.bool_]) -> None:
    hopeless = tuple(words(need.cell) for need in _unmet(choice, everything))
    if hopeless:
        raise CannotProtect(
            f"hiding every cell that may be hidden still exposes {', '.join(hopeless[:5])}: use coarser codes or leave a column out",
            hopeless,
            f"même en masquant tout ce qui peut l'être, restent exposées {', '.join(hopeless[:5])} : prendre des codes plus larges ou retirer "
            "une colonne",
        )


def _repair(choice: _Choice, start: NDArray[np.bool_], leaning: NDArray[np.float64]) -> NDArray[np.bool_]:
    """A protecting pattern, not the best: for each unmet need hide the cells of the cheapest way in which its cell could move.

    Cells that the search leaned towards cost less here: what is known of the best pattern is not thrown away.
    """
    hidden = start.copy()
    price = choice.cost * (1.02 - np.clip(leaning, 0.0, 1.0))
    for need in sorted(choice.needs, key=lambda need: (-need.width, need.cell)):
        down = min(need.value, max(0.0, need.width - need.upper))
        for move in (max(need.upper, need.width - down), -down):
            if abs(move) > SLACK:
                hidden |= (np.abs(_way(choice, need, move, hidden, price)) > SLACK) & ~choice.never
    hidden &= ~choice.never
    # what is not needed comes out again, dearest first
    tries = max(5, min(60, 3_000 // max(1, len(choice.needs))))
    for place in sorted(np.flatnonzero(hidden & ~choice.must), key=lambda place: (-choice.cost[place], place))[:tries]:
        hidden[place] = False
        if _unmet(choice, hidden):
            hidden[place] = True
    return hidden


def _way(
    choice: _Choice, need: Need, move: float, hidden: NDArray[np.bool_], cost: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """The move of every cell when the needed one moves by `move`, cheapest in cells newly hidden.

    Raises: CannotProtect, when no such move exists.
    """
    system, count = choice.system, len(choice.system.cells)
    barred = choice.never & ~system.latent
    up = np.where(barred, 0.0, np.inf)
    down = np.where(barred, 0.0, system.values)
    place = system.at(need.cell)
    bounds = np.column_stack([np.zeros(2 * count), np.concatenate([up, down])])
    bounds[place] = (max(move, 0.0), max(move, 0.0))
    bounds[count + place] = (max(-move, 0.0), max(-move, 0.0))
    price = np.where(hidden | system.latent, 1e-3, choice.cost if cost is None else cost)
    both = csr_array(vstack([system.rows.T, -system.rows.T]).T)
    found = linprog(np.concatenate([price, price]), A_eq=both, b_eq=np.zeros(both.shape[0]), bounds=bounds, method="highs")
    if found.x is None:
        raise CannotProtect(f"{words(need.cell)} cannot move by {move:g} in any table: use coarser codes", (words(need.cell),))
    return found.x[:count] - found.x[count:]


def _widen(choice: _Choice, hidden: NDArray[np.bool_], final: Audit) -> NDArray[np.bool_]:
    """Hide the cheapest further cells next to the exposed ones. Raises: CannotProtect when none is left."""
    wider = hidden.copy()
    for exposed in final.exposed:
        place = choice.system.at(exposed.need.cell)
        touching = choice.system.rows[:, [place]].tocsr()
        beside = np.unique(choice.system.rows[np.flatnonzero(np.diff(touching.indptr))].indices)
        free = [other for other in beside if not wider[other] and not choice.never[other]]
        free = free or list(np.flatnonzero(~wider & ~choice.never))
        if not free:
            raise CannotProtect(f"whole numbers give {exposed.why} away: use coarser codes", (words(exposed.need.cell),))
        wider[min(free, key=lambda other: (choice.cost[other], other))] = True
    # the added cells may themselves be isolated: give each a way to move
    return _repair_from(choice, wider)


def _repair_from(choice: _Choice, hidden: NDArray[np.bool_]) -> NDArray[np.bool_]:
    wider = hidden.copy()
    for place in np.flatnonzero(hidden & ~choice.must):
        value = float(choice.system.values[place])
        need = Need(choice.system.cells[place], value, value + 1, 1.0, "")
        wider |= (np.abs(_way(choice, need, 1.0, wider)) > SLACK) & ~choice.never
    return wider


def _reasons(choice: _Choice, hidden: NDArray[np.bool_]) -> dict[Cell, str]:
    """Why each cell is hidden: `primary: <rule>`, or `complementary: protects <cell>` for the cells its protection moves through."""
    system = choice.system
    found = {need.cell: f"primary: {need.rule}" for need in choice.needs if hidden[system.at(need.cell)]}
    protects: dict[int, list[str]] = {}
    narrowed = _Choice(system, choice.needs, choice.cost, ~hidden & ~system.latent, choice.must, choice.reach)
    for need in choice.needs:
        down = min(need.value, max(0.0, need.width - need.upper))
        for move in (need.upper, -down):
            if abs(move) <= SLACK:
                continue
            try:
                way = _way(narrowed, need, move, hidden)
            except CannotProtect:  # its width is reached upwards only
                continue
            for place in map(int, np.flatnonzero(np.abs(way) > SLACK)):
                if hidden[place] and words(need.cell) not in protects.setdefault(place, []):
                    protects[place].append(words(need.cell))
    for place in map(int, np.flatnonzero(hidden)):
        key = system.cells[place]
        if key not in found:
            whom = protects.get(place)
            found[key] = f"complementary: protects {'; '.join(whom[:3])}" if whom else "complementary: keeps whole numbers from telling"
    return found
