"""The four families, and a fifth that lets people differ, each with the same face: a table in, one answer or a named reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from havre.evidence.stats.prevalence import graphs, latent
from havre.evidence.stats.prevalence.bic import EXHAUSTIVE_TO, descents, hierarchical, highest_order, ranked
from havre.evidence.stats.prevalence.bootstrap import GRID, MOST_FAILED, Bootstrap, bca
from havre.evidence.stats.prevalence.diagnostics import Gates
from havre.evidence.stats.prevalence.existence import EXISTS, Cells, Fit, fault, fit
from havre.evidence.stats.prevalence.heterogeneity import GAMMA, NORMAL, heterogeneous_missing, with_heterogeneity
from havre.evidence.stats.prevalence.stepwise import THRESHOLD, stepwise_terms
from havre.evidence.stats.prevalence.table import Overlaps, pairs
from havre.evidence.stats.prevalence.words import Text, method, reason

FAMILIES = ("stepwise", "least_bic", "decomposable", "latent_class", "heterogeneous")
# models refitted in each resample: the best of the point search
KEPT = 100
# an estimate above this many times the people seen is no estimate
_ABSURD = 1e4
# twice the gain in log likelihood from which a spread of visibility shows at all
_SHOWS = 1.0
# and above which (upper over lower end) an interval is not joined where none shows
_MOST_UNCALLED = 4.0
# an interval wider than this (upper over lower end) says nothing
HOLLOW = 10.0


@dataclass(frozen=True, slots=True)
class ModelLine:
    """One model of a list: its interactions in words, estimate, BIC, degrees of freedom, terms at -∞; weight for averages.

    `value` is in people; `weight` a share of one. Source: as the family's own function (Silverman 2020; Madigan & York 1997).
    """

    terms: tuple[str, ...]
    value: float
    bic: float | None = None
    weight: float | None = None
    spare: int | None = None
    at_minus_infinity: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilyEstimate:
    """What one family says of one table, in people.

    `outcome` is "answer", "no answer" (`reasons` say why) or "not offered". `low` and `high` bound `value` at `level`; `curve` is the distribution
    behind them on bootstrap.GRID; `draws` the resamples or kept draws, for plots; `failed` the share of resamples without an estimate;
    `flags` are codes that the traffic light reads. `reach`, of a family without an answer, is a range that may widen what is quoted and never
    narrow it: from the lowest lower to the highest upper end of chains that have nearly met.
    Source: as the family's own function (Silverman 2020; Madigan & York 1997; Manrique-Vallier 2016).
    """

    family: str
    outcome: str
    level: float
    seed: int
    method: Text
    value: float | None = None
    low: float | None = None
    high: float | None = None
    curve: tuple[float, ...] | None = None
    draws: tuple[float, ...] = ()
    failed: float = 0.0
    models: tuple[ModelLine, ...] = ()
    reasons: tuple[Text, ...] = ()
    flags: frozenset[str] = frozenset()
    gates: Gates | None = None
    traces: np.ndarray | None = field(default=None, repr=False, compare=False)
    searches: Mapping[str, int] = field(default_factory=dict)
    reach: tuple[float, float] | None = None

    @property
    def answers(self) -> bool:
        """Whether the family has a figure and an interval to be pooled."""
        return self.outcome == "answer" and self.curve is not None


def _line(table: Overlaps, one: Fit) -> ModelLine:
    names = tuple(table.name(term) for term in one.terms)
    lost = tuple(table.name(term) for term in one.at_minus_infinity)
    return ModelLine(names, table.people + one.missing, one.bic, None, one.spare, lost)


def _none(family: str, table: Overlaps, level: float, seed: int, how: Text, cells: Cells) -> FamilyEstimate:
    at_fault = ", ".join(table.name(term) for term in fault(cells, ())) or ", ".join(table.lists)
    return FamilyEstimate(family, "no answer", level, seed, how, reasons=(reason("no_model", terms=at_fault),))


def _resampled(
    family: str, table: Overlaps, found: Bootstrap, how: Text, seed: int, models: tuple[ModelLine, ...], **more
) -> FamilyEstimate:
    flags = set(more.pop("flags", ()))
    reasons: list[Text] = list(more.pop("reasons", ()))
    outcome = "answer"
    if not math.isfinite(found.value) or found.value > _ABSURD * table.people:
        return FamilyEstimate(family, "no answer", found.level, seed, how, reasons=(reason("absurd"),), models=models, **more)
    if found.failed > MOST_FAILED:
        flags.add("failed_many")
        reasons.append(reason("failed", share=round(100 * found.failed, 1)))
    elif found.failed > 0.01:
        flags.add("failed_some")
    return FamilyEstimate(
        *(family, outcome, found.level, seed, how, found.value, found.low, found.high, found.curve, found.values, found.failed, models),
        tuple(reasons),
        frozenset(flags),
        **more,
    )


def stepwise(table: Overlaps, *, resamples: int = 1000, seed: int = 1, level: float = 0.95, threshold: float = THRESHOLD) -> FamilyEstimate:
    """Pairs of lists added while they are significant; BCa interval with the selection repeated in every resample.

    Args: resamples, 1,000 by default; threshold, the one-tailed p of entry (0.02).
    Source: Bales, Hesketh & Silverman 2015; Chan, Silverman & Vincent 2021.

    >>> small = Overlaps.of("ABC", {"A": 40, "B": 30, "C": 20, "AB": 6})
    >>> round(stepwise(small, resamples=20).value, 2)
    539.09
    """
    how = method("stepwise", threshold=threshold, resamples=resamples)
    cells, lists = Cells.of(table), len(table.lists)
    found = stepwise_terms(cells, threshold=threshold)
    if found is None:
        return _none("stepwise", table, level, seed, how, cells)
    line = _line(table, fit(cells, found[0]))

    def missing(counts: np.ndarray) -> float:
        again = stepwise_terms(Cells(counts, lists), threshold=threshold)
        return float("nan") if again is None else again[1]

    flags = {"saturated"} if lists == 3 and len(found[0]) == 3 else set()
    interval = bca(table, missing, number=resamples, seed=seed, level=level)
    return _resampled("stepwise", table, interval, how, seed, (line,), flags=flags)


def least_bic(
    table: Overlaps, *, resamples: int = 1000, seed: int = 1, level: float = 0.95, order: int | None = None, kept: int | None = None
) -> FamilyEstimate:
    """The log-linear model of least BIC; BCa interval with the choice among the best models repeated in every resample.

    Exhaustive over hierarchical models to five lists, downhill from several starts beyond. Args: order, the highest interaction (2 at three
    lists and above six, else 3); kept, how many of the best models each resample chooses among (100; 30 above six lists).
    Source: Silverman, Chan & Vincent 2024.

    >>> small = Overlaps.of("ABC", {"A": 40, "B": 30, "C": 20, "AB": 6})
    >>> least_bic(small, resamples=20).models[0].terms
    ()
    """
    lists, cells = len(table.lists), Cells.of(table)
    order = highest_order(lists) if order is None else order
    kept = (KEPT if lists <= 6 else 30) if kept is None else kept
    searches: dict[str, int] = {}
    if lists <= EXHAUSTIVE_TO:
        tried = hierarchical(lists, order)
        fits = ranked(cells, tried)
        search = method("exhaustive", admitted=len(fits), tried=len(tried))
    else:
        fits, searches = _searched(table, cells, seed, order)
        search = method("downhill", searches=sum(searches.values()))
    how = method("least_bic", how=search, order=order, resamples=resamples, kept=min(kept, max(1, len(fits))))
    if not fits:
        return _none("least_bic", table, level, seed, how, cells)
    candidates = tuple(one.terms for one in fits[:kept])

    def missing(counts: np.ndarray) -> float:
        again = Cells(counts, lists)
        best = min((found for terms in candidates if (found := fit(again, terms)).outcome == EXISTS), key=lambda one: one.bic, default=None)
        return float("nan") if best is None else best.missing

    near = tuple(_line(table, one) for one in fits if one.bic <= fits[0].bic + 2)
    flags = {"saturated"} if lists == 3 and len(fits[0].terms) == 3 else set()
    interval = bca(table, missing, number=resamples, seed=seed, level=level)
    return _resampled("least_bic", table, interval, how, seed, near, flags=flags, searches=searches)


def _searched(table: Overlaps, cells: Cells, seed: int, order: int) -> tuple[list[Fit], dict[str, int]]:
    memory: dict[tuple[int, ...], Fit] = {}
    ends: dict[str, int] = {}
    for one in descents(cells, seed=seed, order=order, memory=memory):
        name = " ".join(table.name(term) for term in one.end.terms) or "main effects"
        ends[name] = ends.get(name, 0) + 1
    fits = sorted((one for one in memory.values() if one.outcome == EXISTS), key=lambda one: (one.bic, len(one.terms), one.terms))
    return fits, ends


def decomposable_average(
    table: Overlaps, *, seed: int = 1, level: float = 0.95, delta: float | None = None, reach: float = 30.0, prior: float = 1.0
) -> FamilyEstimate:
    """The average over all decomposable graphs on up to six lists; the interval is of the posterior. Nothing is drawn: `seed` is unused.

    Args: delta, prior weight of a cell (2^-t); reach, the grid's end in people seen; prior, k of the prior 1/N^k.
    Source: Madigan & York 1997.

    >>> small = Overlaps.of("ABC", {"A": 40, "B": 30, "C": 20, "AB": 6})
    >>> decomposable_average(small).value
    319.0
    """
    how = method("decomposable", prior=float(prior), reach=float(reach))
    if len(table.lists) > graphs.MOST_LISTS:
        why = (reason("too_many_graphs", most=graphs.MOST_LISTS),)
        return FamilyEstimate("decomposable", "not offered", level, seed, how, reasons=why)
    if not any(history.bit_count() > 1 for history, _ in table.cells):
        return FamilyEstimate("decomposable", "no answer", level, seed, how, reasons=(reason("no_overlap"),))
    found = graphs.average(table, delta=delta, reach=reach, prior=prior, level=level, points=GRID)
    lines = tuple(ModelLine(tuple(table.name(edge) for edge in edges), found.median, None, weight) for edges, weight in found.graphs)
    flags = frozenset({"edge"} if found.at_edge else ())
    reasons = (reason("edge", mass=round(100 * found.edge, 2), moved=round(100 * found.moved)),) if found.at_edge else ()
    return FamilyEstimate(
        *("decomposable", "answer", level, seed, how, found.median, found.low, found.high, found.curve, (), 0.0, lines, reasons, flags)
    )


def latent_classes(
    table: Overlaps,
    *,
    seed: int = 1,
    level: float = 0.95,
    chains: int = latent.CHAINS,
    sweeps: int = latent.SWEEPS,
    burn_in: int = latent.BURN_IN,
    longer: int = 1,
) -> FamilyEstimate:
    """Latent classes by Gibbs sampling of at least four chains; no answer unless they meet (R-hat ≤ 1.01, bulk and tail ESS ≥ 400).

    Source: Manrique-Vallier 2016; Vehtari et al. 2021.
    Args: chains, at least four; sweeps of each, of which `burn_in` are thrown away; longer, how often the run may be doubled. In people.
    """
    if not any(history.bit_count() > 1 for history, _ in table.cells):
        how = method("latent_class", classes=latent.CLASSES, chains=chains, sweeps=0, burn_in=0)
        return FamilyEstimate("latent_class", "no answer", level, seed, how, reasons=(reason("no_overlap"),))
    found = latent.latent_class(table, seed=seed, chains=chains, sweeps=sweeps, burn_in=burn_in, level=level, longer=longer)
    how = method("latent_class", classes=found.classes, chains=chains, sweeps=found.sweeps, burn_in=burn_in)
    thinned = found.chains[:, :: max(1, found.chains.shape[1] // 500)]
    if not found.gates.hold:
        numbers = {"rhat": round(found.gates.rhat, 3), "bulk": round(found.gates.bulk), "tail": round(found.gates.tail)}
        why = (reason("gates", **numbers),)
        more: dict[str, Any] = {"gates": found.gates, "traces": thinned, "reach": found.reach}
        return FamilyEstimate("latent_class", "no answer", level, seed, how, reasons=why, flags=frozenset({"gates"}), **more)
    curve = tuple(float(v) for v in np.quantile(found.chains, GRID))
    return FamilyEstimate(
        *("latent_class", "answer", level, seed, how, found.median, found.low, found.high, curve, tuple(map(float, thinned.ravel()))),
        gates=found.gates,
        traces=thinned,
    )


def heterogeneous(
    table: Overlaps, *, resamples: int = 1000, seed: int = 1, level: float = 0.95, threshold: float = THRESHOLD
) -> FamilyEstimate:
    """Pairs chosen stepwise, and one term more for people who differ in how visible they are; BCa interval, selection repeated.

    No test decides whether the term is needed: on lists of the usual size a test rarely sees a spread of visibility that hides a fifth of the
    people. Nor does any table tell its form: the ends hold those of a gamma spread too. Where the spread shows, pairs chosen stepwise may be
    nothing but its trace, and the gamma spread is tried without them as well.
    Source: Darroch, Fienberg, Glonek & Junker 1993; Agresti 1994; Baillargeon & Rivest 2007.
    """
    cells = Cells.of(table)
    chosen = stepwise_terms(cells, threshold=threshold)
    spread = None if chosen is None else with_heterogeneity(cells, chosen[0])
    if chosen is None or spread is None:
        how = method("heterogeneous", resamples=resamples)
        return FamilyEstimate("heterogeneous", "no answer", level, seed, how, reasons=(reason("no_spread"),))
    interval = _spread_interval(table, NORMAL, resamples, seed, level, threshold)
    lines, others = [_spread_line(table, chosen[0], NORMAL, spread.missing)], []
    for pairs_in in dict.fromkeys((chosen[0], ())):
        shows = with_heterogeneity(cells, pairs_in)
        other = with_heterogeneity(cells, pairs_in, GAMMA)
        visible = shows is not None and shows.gain >= _SHOWS
        if other is None or not (visible or pairs_in == chosen[0]):
            continue
        gamma = _spread_interval(table, GAMMA, resamples, seed, level, threshold if pairs_in == chosen[0] else 0.0)
        # a form that nothing in the table calls for may widen the interval, not empty it
        joined = _joined(interval, gamma, most=HOLLOW if visible else _MOST_UNCALLED)
        if joined is not None:
            interval = joined
            lines.append(_spread_line(table, pairs_in, GAMMA, other.missing))
            others += [round(table.people + other.missing)] if visible else []
    how = method("heterogeneous_forms" if len(lines) > 1 else "heterogeneous", resamples=resamples)
    if not others:
        return _resampled("heterogeneous", table, interval, how, seed, tuple(lines))
    why = (reason("forms", normal=round(interval.value), gamma=max(others)),)
    return _resampled("heterogeneous", table, interval, how, seed, tuple(lines), reasons=why, flags={"forms"})


def _spread_line(table: Overlaps, terms: tuple[int, ...], form: str, missing: float) -> ModelLine:
    term = "k(k-1)/2" if form == NORMAL else "-log(3.5+k)"
    return ModelLine((*(table.name(two) for two in terms), term), table.people + missing)


def _spread_interval(table: Overlaps, form: str, number: int, seed: int, level: float, threshold: float) -> Bootstrap:
    """Of one form of spread; at threshold 0 no pair enters."""
    lists = len(table.lists)

    def missing(counts: np.ndarray) -> float:
        return heterogeneous_missing(Cells(counts, lists), threshold=threshold, form=form)

    return bca(table, missing, number=number, seed=seed, level=level)


def _joined(one: Bootstrap, other: Bootstrap, *, most: float) -> Bootstrap | None:
    """The value of the first between the outer ends of both; None when the second has none, or is wider than `most` (upper over lower end).
    The curve is of their equal mixture."""
    if one.curve is None or other.curve is None or one.low is None or one.high is None or other.low is None or other.high is None:
        return None
    low, high = min(one.low, other.low), max(one.high, other.high)
    if other.high > most * other.low or high > HOLLOW * low:
        return None
    curve = tuple(float(v) for v in np.quantile(np.concatenate([one.curve, other.curve]), GRID))
    return replace(one, low=low, high=high, curve=curve, failed=max(one.failed, other.failed))


def only_saturated(table: Overlaps) -> bool:
    """Whether three lists admit no model but that of all pairs.

    Source: Chan, Silverman & Vincent, JASA 116 (2021), for which models have an estimate.
    """
    if len(table.lists) != 3:
        return False
    cells = Cells.of(table)
    fits = ranked(cells, hierarchical(3, 2))
    return bool(fits) and all(one.terms == pairs(3) for one in fits)
