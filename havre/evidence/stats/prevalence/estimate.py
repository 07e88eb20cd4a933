"""One call from a table of overlaps to an estimate with its spread, its light and its checks, or to a refusal."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from havre.evidence.stats.measure import Source
from havre.evidence.stats.prevalence.checks import consistency as check_lists
from havre.evidence.stats.prevalence.checks import sensitivity as change_table
from havre.evidence.stats.prevalence.existence import Cells
from havre.evidence.stats.prevalence.families import (
    FAMILIES,
    FamilyEstimate,
    decomposable_average,
    heterogeneous,
    latent_classes,
    least_bic,
    stepwise,
)
from havre.evidence.stats.prevalence.light import fit_of, light, refusal_before, refused, spread_of
from havre.evidence.stats.prevalence.links import over_links
from havre.evidence.stats.prevalence.pool import headline
from havre.evidence.stats.prevalence.reading import read_strata, read_table
from havre.evidence.stats.prevalence.result import Linkage, Prevalence, Strata
from havre.evidence.stats.prevalence.strata import by_stratum
from havre.evidence.stats.prevalence.table import Overlaps
from havre.evidence.stats.prevalence.words import BadTable, reason

_METHOD = (
    "log-linear families and graph average pooled (linear opinion pool), joined with latent classes and with unequal visibility: median of the "
    "equal mixture; lowest lower and highest upper end"
)
_LEAST_RESAMPLES, _LEAST_SWEEPS = 20, 400


def estimate(
    table: Any,
    *,
    families: Sequence[str] = FAMILIES,
    seed: int = 1,
    resamples: int = 1000,
    sweeps: int = 100_000,
    level: float = 0.95,
    count: str | None = None,
    strata: str | None = None,
    population: int | None = None,
    populations: Mapping[str, int] | None = None,
    drawn: Sequence[Any] = (),
    checks: bool = True,
    kept: int | None = None,
    period: str = "",
    coverage: str = "",
    name: str = "",
) -> Prevalence:
    """How many people there are, seen and unseen: families of methods side by side, pooled, checked, and refused where no figure is defensible.

    Args:
        table: a CSV path, a polars, Arrow or pandas table (0/1 columns and a last column of counts, or one row a person), or Overlaps.
        families: of "stepwise", "least_bic", "decomposable", "latent_class", "heterogeneous".
        resamples: for each bootstrap; sweeps: of each latent-class chain, beside a burn-in of a tenth.
        count, strata: columns of counts and of strata; population: people living there, for a rate; populations: the same by stratum.
        drawn: tables drawn from the posterior of the links (20 to 50), to carry linkage error through.
        checks: sensitivity and internal consistency, left out only by simulations; kept: models of least BIC refitted in each resample.
        period, coverage, name: words about the data, printed with the result.
    Raises: BadTable, in French and English, for an input that cannot be read. A refusal is a result, not an error.
    Source: see each family; the pool is Stone's (1961).

    >>> two = Overlaps.of(("police", "ngo"), {("police",): 40, ("ngo",): 30, ("police", "ngo"): 6})
    >>> estimate(two).light.colour
    'refused'
    """
    settings = {"resamples": resamples, "sweeps": sweeps, "families": list(families), "checks": checks, "drawn": len(drawn)}
    _checked_settings(families, resamples, sweeps, level)
    read = read_table(table, count=count, strata=strata)
    _checked_population(read.people, population, populations)
    source = Source(name or _name(table), period, coverage, read.fingerprint)
    shared: dict[str, Any] = {
        "table": read,
        "source": source,
        "level": level,
        "seed": seed,
        "method": _METHOD,
        "population": population,
        "settings": settings,
        "versions": versions(),
    }
    no = refusal_before(read)
    if no is not None:
        return Prevalence(families=(), light=no, **shared)
    answers = tuple(_ask(family, read, seed, resamples, sweeps, level, kept) for family in families)
    pool = headline([one for one in answers if one.answers], level)
    if pool is None:
        reasons = [reason("no_family"), *(text for one in answers for text in one.reasons)]
        return Prevalence(families=answers, light=refused(reasons), spread=spread_of(answers), **shared)
    changes = change_table(read, families) if checks else ()
    hits = check_lists(read, seed=seed, resamples=min(resamples, 200), level=level) if checks else ()
    linkage = _linkage(read, drawn, resamples, seed, level)
    misfit = fit_of(Cells.of(read), answers, read)
    colour = light(read, answers, pool, misfit=misfit, sensitivity=changes, consistency=hits, linkage=linkage)
    return Prevalence(
        families=answers,
        light=colour,
        value=pool.value,
        low=pool.low,
        high=pool.high,
        spread=spread_of(answers),
        sensitivity=changes,
        consistency=hits,
        linkage=linkage,
        strata=_strata(table, strata, count, pool.value, resamples, seed, level, populations),
        curve=pool.curve,
        **shared,
    )


def _ask(family: str, table: Overlaps, seed: int, resamples: int, sweeps: int, level: float, kept: int | None) -> FamilyEstimate:
    if family == "stepwise":
        return stepwise(table, resamples=resamples, seed=seed, level=level)
    if family == "least_bic":
        return least_bic(table, resamples=resamples, seed=seed, level=level, kept=kept)
    if family == "decomposable":
        return decomposable_average(table, seed=seed, level=level)
    if family == "heterogeneous":
        return heterogeneous(table, resamples=resamples, seed=seed, level=level)
    return latent_classes(table, seed=seed, level=level, sweeps=sweeps, burn_in=max(200, sweeps // 10))


def _checked_settings(families: Sequence[str], resamples: int, sweeps: int, level: float) -> None:
    unknown = [family for family in families if family not in FAMILIES]
    if unknown or not families:
        raise BadTable("setting", name="families", value=", ".join(unknown) or "()", rule=", ".join(FAMILIES))
    if resamples < _LEAST_RESAMPLES:
        raise BadTable("setting", name="resamples", value=resamples, rule=f"≥ {_LEAST_RESAMPLES}")
    if sweeps < _LEAST_SWEEPS:
        raise BadTable("setting", name="sweeps", value=sweeps, rule=f"≥ {_LEAST_SWEEPS}")
    if not 0.5 <= level < 1:
        raise BadTable("setting", name="level", value=level, rule="0.5 ≤ level < 1")


def _checked_population(seen: int, population: int | None, populations: Mapping[str, int] | None) -> None:
    for people in (population, *(populations or {}).values()):
        if people is not None and people < 1:
            raise BadTable("population", value=people, people=seen)
    if population is not None and population < seen:
        raise BadTable("population", value=population, people=seen)


def _linkage(table: Overlaps, drawn: Sequence[Any], resamples: int, seed: int, level: float) -> Linkage | None:
    return over_links(table, [read_table(one) for one in drawn], resamples=resamples, seed=seed, level=level) if drawn else None


def _strata(
    table: Any,
    column: str | None,
    count: str | None,
    national: float,
    resamples: int,
    seed: int,
    level: float,
    populations: Mapping[str, int] | None,
) -> Strata | None:
    if column is None or isinstance(table, Overlaps):
        return None
    parts = read_strata(table, column, count=count)
    return by_stratum(column, parts, national, resamples=min(resamples, 200), seed=seed, level=level, populations=populations)


def _name(table: Any) -> str:
    return Path(table).name if isinstance(table, str | Path) else type(table).__name__


def versions() -> dict[str, str]:
    """Of Havre and of what the figures rest on."""
    found = {"python": platform.python_version()}
    for package in ("havre", "numpy", "scipy", "numba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "–"
    return found
