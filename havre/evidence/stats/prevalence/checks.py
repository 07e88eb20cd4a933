"""How far an estimate moves, and whether it can find what is known: sensitivity and internal consistency. Always run.

Sources: Binette & Steorts, arXiv 2112.01594 (consistency); DOI 10.1177/0011128720951429 (merging lists).
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from typing import Any

import numpy as np
from scipy.special import ndtri

from havre.evidence.stats.prevalence import graphs
from havre.evidence.stats.prevalence.bic import EXHAUSTIVE_TO, descents, downhill, hierarchical, highest_order, ranked
from havre.evidence.stats.prevalence.existence import EXISTS, Cells, Fit
from havre.evidence.stats.prevalence.families import KEPT, decomposable_average, stepwise
from havre.evidence.stats.prevalence.pool import Pool, pooled
from havre.evidence.stats.prevalence.result import Change, Check
from havre.evidence.stats.prevalence.stepwise import stepwise_terms
from havre.evidence.stats.prevalence.table import Overlaps

THRESHOLDS = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1)
# an overlap of at most this many people is rare: one record more or less may change the model
RARE = 4
_POINTS = ("stepwise", "least_bic", "decomposable")
# of the rarest overlaps, how many are changed
_MOST_RARE = 20


def point(table: Overlaps, family: str, *, threshold: float = 0.02, candidates: Sequence[tuple[int, ...]] | None = None) -> float | None:
    """One family's estimate of the population size without interval; None when it has none. `candidates`: models of least BIC to choose among.

    Args: family, a name of FAMILIES; threshold of the stepwise p. In people, those seen included.
    Source: as the family's own function, such as Silverman, JRSS A 183 (2020) for stepwise.
    """
    if len(table.lists) < 3 or not any(history.bit_count() > 1 for history, _ in table.cells):
        return None
    cells = Cells.of(table)
    if family == "stepwise":
        found = stepwise_terms(cells, threshold=threshold)
        return None if found is None else table.people + found[1]
    if family == "least_bic":
        order = highest_order(cells.lists)
        if candidates or cells.lists < EXHAUSTIVE_TO:
            fits = ranked(cells, candidates or hierarchical(cells.lists, order))
            return table.people + fits[0].missing if fits else None
        step = stepwise_terms(cells)
        ends = [downhill(cells, start, order=order) for start in ((), step[0] if step else ())]
        best = min((end for end in ends if end.outcome == EXISTS), key=lambda one: one.bic, default=None)
        return None if best is None else table.people + best.missing
    if family == "decomposable" and cells.lists <= EXHAUSTIVE_TO:
        return graphs.average(table, double=False, grid=3_000).median
    return None


def sensitivity(table: Overlaps, families: Sequence[str], *, rare: bool = True) -> tuple[Change, ...]:
    """The trajectory of estimates: each list dropped, each pair merged, thresholds, priors and grid, each rare overlap one more or less.

    Point estimates of stepwise, least BIC (among the 100 best models while the lists stay the same; exhaustive to four lists and two searches
    beyond otherwise) and, to five lists, the decomposable average. Source: merged lists, DOI 10.1177/0011128720951429.
    Args: families, names of FAMILIES; rare, whether small overlaps are changed too. Gives one Change a family and change, in people.
    """
    best = _best_models(table) if rare and "least_bic" in families else None
    asked = [family for family in _POINTS if family in families]
    found: list[Change] = []

    def add(kind: str, what: str, changed: Overlaps) -> None:
        models = best if changed.lists == table.lists else None
        found.extend(Change(kind, what, family, point(changed, family, candidates=models)) for family in asked)

    if len(table.lists) > 3:
        for index, name in enumerate(table.lists):
            add("drop", name, table.without(index))
        for one, two in combinations(range(len(table.lists)), 2):
            add("merge", f"{table.lists[one]}+{table.lists[two]}", table.merged(one, two))
    if "stepwise" in asked:
        found += [Change("threshold", f"{value:g}", "stepwise", point(table, "stepwise", threshold=value)) for value in THRESHOLDS]
    if "decomposable" in asked and len(table.lists) <= EXHAUSTIVE_TO:
        found += _priors(table)
    rarest = sorted((people, history) for history, people in table.cells if history.bit_count() > 1 and people <= RARE)
    for _, history in rarest[:_MOST_RARE] if rare else ():
        for by in (-1, 1):
            add("overlap", f"{table.name(history)} {by:+d}", table.changed(history, by))
    return tuple(found)


def _best_models(table: Overlaps) -> list[tuple[int, ...]]:
    cells = Cells.of(table)
    order = highest_order(cells.lists)
    if cells.lists <= EXHAUSTIVE_TO:
        return [one.terms for one in ranked(cells, hierarchical(cells.lists, order))[:KEPT]]
    memory: dict[tuple[int, ...], Fit] = {}
    descents(cells, seed=1, order=order, random=2, memory=memory)
    fits = sorted((one for one in memory.values() if one.outcome == EXISTS), key=lambda one: one.bic)
    return [one.terms for one in fits[:KEPT]]


def _priors(table: Overlaps) -> list[Change]:
    usual = 2.0 ** -len(table.lists)
    tried: dict[str, dict[str, Any]] = {
        "δ/2": {"delta": usual / 2},
        "2δ": {"delta": 2 * usual},
        "1/N⁰": {"prior": 0.0},
        "1/N²": {"prior": 2.0},
        "10 n": {"reach": 10.0},
        "60 n": {"reach": 60.0},
    }
    return [
        Change("prior", name, "decomposable", graphs.average(table, double=False, grid=3_000, **how).median) for name, how in tried.items()
    ]


def consistency(table: Overlaps, *, seed: int, resamples: int = 200, level: float = 0.95) -> tuple[Check, ...]:
    """Each list as a population of known size, estimated from the overlaps of the other lists inside it.

    With two other lists the estimate is Chapman's (1951); else the pool of stepwise and the decomposable average.
    Source: Binette & Steorts, arXiv 2112.01594.
    Args: resamples and seed of each interval, at `level`. Gives one Check a list that has at least two others, in people.
    """
    found = []
    for index, name in enumerate(table.lists):
        inside, known = table.within(index), table.on(name)
        # people of the list who are on no other are what has to be found
        pool = _two_lists(inside, level) if len(inside.lists) == 2 else _inside(inside, seed, resamples, level)
        found.append(Check(name, known, None, None, None) if pool is None else Check(name, known, pool.value, pool.low, pool.high))
    return tuple(found)


def _two_lists(table: Overlaps, level: float) -> Pool | None:
    """Chapman's estimate with a log-normal interval. Source: Chapman 1951; Chao 1987."""
    first, second, both = table.on(table.lists[0]), table.on(table.lists[1]), table.on(*table.lists)
    if not both:
        return None
    value = (first + 1) * (second + 1) / (both + 1) - 1
    variance = (first + 1) * (second + 1) * (first - both) * (second - both) / ((both + 1) ** 2 * (both + 2))
    missing = max(value - table.people, 1e-9)
    factor = float(np.exp(ndtri((1 + level) / 2) * np.sqrt(np.log1p(variance / missing**2))))
    return Pool(value, table.people + missing / factor, table.people + missing * factor, ())


def _inside(table: Overlaps, seed: int, resamples: int, level: float) -> Pool | None:
    used = tuple(index for index, name in enumerate(table.lists) if table.on(name))
    for index in reversed(range(len(table.lists))):
        if index not in used:
            table = table.without(index)
    if len(table.lists) < 3 or not any(history.bit_count() > 1 for history, _ in table.cells):
        return None
    answers = [stepwise(table, resamples=resamples, seed=seed, level=level)]
    if len(table.lists) <= EXHAUSTIVE_TO:
        answers.append(decomposable_average(table, level=level))
    return pooled([one for one in answers if one.answers], level)
