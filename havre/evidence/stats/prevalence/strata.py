"""Strata: each apart, and partially pooled so that the small ones borrow, with the weight of the borrowing shown.

Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986); Paule & Mandel 1982 for the variance between strata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import ndtri

from havre.evidence.stats.prevalence.families import HOLLOW, FamilyEstimate, decomposable_average, heterogeneous, least_bic, stepwise
from havre.evidence.stats.prevalence.graphs import MOST_LISTS
from havre.evidence.stats.prevalence.light import refusal_before
from havre.evidence.stats.prevalence.pool import Pool, headline
from havre.evidence.stats.prevalence.result import Strata, Stratum
from havre.evidence.stats.prevalence.table import Overlaps, without_nested
from havre.evidence.stats.prevalence.words import Text, reason


class _Common(NamedTuple):
    """Mean of log(missing/seen) over strata, its standard error, and the variance between strata."""

    mean: float
    error: float
    between: float


@dataclass(frozen=True, slots=True)
class _Apart:
    pool: Pool | None
    reasons: tuple[Text, ...]


def by_stratum(
    column: str,
    tables: Mapping[str, Overlaps],
    national: float | None,
    *,
    resamples: int = 200,
    seed: int = 1,
    level: float = 0.95,
    populations: Mapping[str, int] | None = None,
) -> Strata:
    """Estimate each stratum apart, then pool log(missing/seen) around a common mean (DerSimonian & Laird 1986; Paule & Mandel 1982).

    The sum of the pooled figures is set beside the national figure; the gap is given, never forced shut. A stratum without an estimate of its
    own borrows the mean whole (weight 0) and says why. Families: all but the
    latent classes, least BIC among its best 20 models.
    Args: column, its name; tables by stratum; national, the whole table's estimate in people; populations by stratum, for rates per 100,000.
    """
    aparts = {name: _apart(table, resamples, seed, level) for name, table in tables.items()}
    odds: dict[str, tuple[float, float]] = {}
    for name, one in aparts.items():
        if one.pool is not None:
            odds[name] = _log_odds(one.pool, tables[name].people)
    common = _common(list(odds.values()))
    rows = tuple(_row(name, tables[name], aparts[name], odds.get(name), common, level, populations) for name in tables)
    sizes = [row.pooled for row in rows if row.pooled is not None]
    if len(sizes) < len(rows):
        return Strata(column, rows, common.between, None, None)
    total = float(sum(sizes))
    gap = None if national is None else total - national
    return Strata(column, rows, common.between, total, gap, *_ends(rows, odds, common, level))


def with_strata(pool: Pool, strata: Strata | None) -> tuple[Pool, tuple[Text, ...]]:
    """The pool, widened to the ends of the sum over strata where the two disagree, and the reason.

    Lists that reach one stratum and not another bind or part the lists of the whole table, which then misleads; apart the strata do not. Where
    a stratum has no estimate of its own, or the sum says nothing, the pool stays as it is.
    In people. Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986), for the sum; the widening is Havre's.
    """
    if strata is None or strata.total is None or strata.low is None or strata.high is None:
        return pool, ()
    told = all(row.value is not None for row in strata.rows) and strata.high <= HOLLOW * strata.low
    if not told or (strata.low <= pool.value <= strata.high and pool.low <= strata.total <= pool.high):
        return pool, ()
    wider = replace(pool, low=min(pool.low, strata.low), high=max(pool.high, strata.high))
    return wider, (reason("strata_gap", total=round(strata.total)),)


def _ends(rows: Sequence[Stratum], odds: Mapping[str, tuple[float, float]], common: _Common, level: float) -> tuple[float, float]:
    """Of the sum, log-normal in the people missing: each stratum's own error, and the common mean's, which all share (delta method)."""
    seen = sum(row.people for row in rows)
    missing = {row.name: row.pooled - row.people for row in rows if row.pooled is not None}
    own = sum(
        missing[row.name] ** 2 * row.weight * odds[row.name][1] if row.name in odds else missing[row.name] ** 2 * common.between
        for row in rows
    )
    shared = sum(missing[row.name] * (1 - row.weight) for row in rows) * common.error
    whole = sum(missing.values())
    factor = float(np.exp(ndtri((1 + level) / 2) * np.sqrt(own + shared**2) / whole))
    return seen + whole / factor, seen + whole * factor


def _apart(table: Overlaps, resamples: int, seed: int, level: float) -> _Apart:
    for index in reversed(range(len(table.lists))):
        if not table.on(table.lists[index]):
            table = table.without(index)
    table, _ = without_nested(table)
    no = refusal_before(table)
    if no is not None:
        return _Apart(None, no.reasons)
    answers: list[FamilyEstimate] = [
        stepwise(table, resamples=resamples, seed=seed, level=level),
        least_bic(table, resamples=resamples, seed=seed, level=level, kept=20),
        heterogeneous(table, resamples=resamples, seed=seed, level=level),
    ]
    if len(table.lists) < MOST_LISTS:
        answers.append(decomposable_average(table, level=level))
    pool = headline(answers, level)
    if pool is not None:
        return _Apart(pool, ())
    reasons = dict.fromkeys(text for one in answers for text in one.reasons)
    return _Apart(None, tuple(reasons) or (reason("no_family"),))


def _log_odds(pool: Pool, people: int) -> tuple[float, float]:
    """log(missing/seen) and its variance, from the pool's quartiles (its tails say more of the families than of the stratum)."""
    logs = np.log(np.maximum(np.asarray(pool.curve) - people, 0.5) / people)
    low, high = np.quantile(logs, (0.025, 0.975))
    return float(np.median(logs)), max(((high - low) / 3.92) ** 2, 1e-6)


def _common(odds: list[tuple[float, float]]) -> _Common:
    """By Paule and Mandel."""
    if not odds:
        return _Common(float("nan"), float("nan"), 0.0)
    y, v = np.array(odds).T

    def heterogeneity(between: float) -> float:
        w = 1 / (v + between)
        return float((w * (y - np.average(y, weights=w)) ** 2).sum()) - (len(y) - 1)

    between = 0.0
    if len(y) > 1 and heterogeneity(0.0) > 0:
        upper = 1.0
        while heterogeneity(upper) > 0 and upper < 1e6:
            upper *= 2
        between = float(brentq(heterogeneity, 0.0, upper))
    w = 1 / (v + between)
    return _Common(float(np.average(y, weights=w)), float(w.sum() ** -0.5), between)


def _row(
    name: str,
    table: Overlaps,
    apart: _Apart,
    odds: tuple[float, float] | None,
    common: _Common,
    level: float,
    populations: Mapping[str, int] | None,
) -> Stratum:
    population = None if populations is None else populations.get(name)
    people, pool = table.people, apart.pool
    mean, error, between = common
    reach = float(ndtri((1 + level) / 2))
    value, own_low, own_high = (None, None, None) if pool is None else (pool.value, pool.low, pool.high)
    if not np.isfinite(mean):
        return Stratum(name, people, None, None, None, None, None, None, 0.0, apart.reasons, population)
    if odds is None:
        weight, centre, spread = 0.0, mean, np.sqrt(between + error**2)
    else:
        y, v = odds
        weight = between / (between + v)
        centre = weight * y + (1 - weight) * mean
        spread = np.sqrt(weight * v + (1 - weight) ** 2 * error**2)
    low, middle, high = (float(people * (1 + np.exp(centre + z * spread))) for z in (-reach, 0.0, reach))
    return Stratum(name, people, value, own_low, own_high, middle, low, high, float(weight), apart.reasons, population)
