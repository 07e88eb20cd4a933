"""One call from a table of overlaps to an estimate with its spread, its light and its checks, or to a refusal."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from havre import __version__
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
from havre.evidence.stats.prevalence.pool import Pool, headline
from havre.evidence.stats.prevalence.reading import read_strata, read_table
from havre.evidence.stats.prevalence.result import Linkage, Prevalence, Strata
from havre.evidence.stats.prevalence.strata import by_stratum, with_strata
from havre.evidence.stats.prevalence.table import Overlaps, without_nested
from havre.evidence.stats.prevalence.words import BadTable, Text, method, reason

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
        families: some of FAMILIES; resamples: for each bootstrap; sweeps: of each latent-class chain, beside a burn-in of a tenth.
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
    _checked_settings(families, resamples, sweeps, level)
    given = read_table(table, count=count, strata=strata)
    _checked_population(given.people, population, populations)
    asked = _Asked(tuple(families), seed, resamples, sweeps, level, kept, checks, [read_table(one) for one in drawn])
    shared: dict[str, Any] = {
        "table": given,
        "source": Source(name or _name(table), period, coverage, given.fingerprint),
        "level": level,
        "seed": seed,
        "method": method("together"),
        "population": population,
        "settings": {"resamples": resamples, "sweeps": sweeps, "families": list(families), "checks": checks, "drawn": len(drawn)},
        "versions": versions(),
    }
    read, nested = without_nested(given)
    notes = [reason("nested", inner=one.inner, outer=one.outer, count=one.count) for one in nested]
    if (no := refusal_before(read)) is not None:
        return Prevalence(families=(), light=refused([*notes, *no.reasons]), **shared)
    answers = tuple(_ask(family, read, asked) for family in families)
    pool = headline(answers, level)
    if pool is None:
        reasons = [*notes, reason("no_family"), *(text for one in answers for text in one.reasons)]
        return Prevalence(families=answers, light=refused(reasons), spread=spread_of(answers), **shared)
    parts = _strata(table, strata, count, pool.value, asked, populations)
    return Prevalence(families=answers, strata=parts, **shared, **_judged(read, asked, answers, pool, parts, notes))


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the caller asked for, beside the table."""

    families: tuple[str, ...]
    seed: int
    resamples: int
    sweeps: int
    level: float
    kept: int | None
    checks: bool
    drawn: list[Overlaps]


def _judged(
    table: Overlaps, asked: _Asked, answers: Sequence[FamilyEstimate], pool: Pool, parts: Strata | None, notes: Sequence[Text]
) -> dict[str, Any]:
    """The figure quoted, its light and its checks, as fields of Prevalence."""
    pool, apart = with_strata(pool, parts)
    changes = change_table(table, asked.families) if asked.checks else ()
    few = min(asked.resamples, 200)
    hits = check_lists(table, seed=asked.seed, resamples=few, level=asked.level) if asked.checks else ()
    linkage = _linkage(table, asked)
    misfit = fit_of(Cells.of(table), answers, table)
    more: dict[str, Any] = {"sensitivity": changes, "consistency": hits, "linkage": linkage}
    colour = light(table, answers, pool, misfit=misfit, notes=(*notes, *apart), **more)
    return {
        "light": colour,
        "value": pool.value,
        "low": pool.low,
        "high": pool.high,
        "spread": spread_of(answers),
        "curve": pool.curve,
        **more,
    }


def _ask(family: str, table: Overlaps, asked: _Asked) -> FamilyEstimate:
    seed, level, resamples = asked.seed, asked.level, asked.resamples
    if family == "stepwise":
        return stepwise(table, resamples=resamples, seed=seed, level=level)
    if family == "least_bic":
        return least_bic(table, resamples=resamples, seed=seed, level=level, kept=asked.kept)
    if family == "decomposable":
        return decomposable_average(table, seed=seed, level=level)
    if family == "heterogeneous":
        return heterogeneous(table, resamples=resamples, seed=seed, level=level)
    return latent_classes(table, seed=seed, level=level, sweeps=asked.sweeps, burn_in=max(200, asked.sweeps // 10))


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


def _strata(
    table: Any, column: str | None, count: str | None, national: float, asked: _Asked, populations: Mapping[str, int] | None
) -> Strata | None:
    if column is None or isinstance(table, Overlaps):
        return None
    tables = read_strata(table, column, count=count)
    few = min(asked.resamples, 200)
    return by_stratum(column, tables, national, resamples=few, seed=asked.seed, level=asked.level, populations=populations)


def _linkage(table: Overlaps, asked: _Asked) -> Linkage | None:
    """Over the drawn tables, with the lists of the table that is estimated; tables of other lists are refused as they are."""
    drawn = [_same_lists(one, table) for one in asked.drawn]
    return over_links(table, drawn, resamples=asked.resamples, seed=asked.seed, level=asked.level) if drawn else None


def _same_lists(one: Overlaps, table: Overlaps) -> Overlaps:
    for name in one.lists:
        if name not in table.lists and len(one.lists) > len(table.lists):
            one = one.without(one.lists.index(name))
    return one


def _name(table: Any) -> str:
    return Path(table).name if isinstance(table, str | Path) else type(table).__name__


def versions() -> dict[str, str]:
    """Of Havre and of what the figures rest on."""
    found = {"python": platform.python_version(), "havre": __version__}
    for package in ("numpy", "scipy", "numba"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "–"
    return found
