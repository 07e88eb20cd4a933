"""How counts move, how long people wait, and the one SDG indicator that a register can feed."""

from __future__ import annotations

import itertools
import re
import warnings as warnings_module
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import CensoredData, binomtest, ecdf

from havre.evidence.stats.engines import Engine, Where
from havre.evidence.stats.errors import BadRows
from havre.evidence.stats.measure import Measure, Source, poisson, share


@dataclass(frozen=True, slots=True)
class Mark:
    """A change of practice: from `period` on (same width as the trend's periods), in French and English.

    `period` is an ISO year or month. Source: breaks in series, UN National Quality Assurance Frameworks Manual 2019.
    """

    period: str
    fr: str
    en: str


@dataclass(frozen=True, slots=True)
class Trend:
    """Counts by period, the change from each to the next, and the marks that fall among them.

    Counts are Measures in persons, changes are ratios. Source: Garwood 1936.
    """

    counts: tuple[Measure, ...]
    changes: tuple[Measure, ...]
    marks: tuple[Mark, ...]


def trend(
    engine: Engine,
    column: str,
    source: Source,
    *,
    marks: Sequence[Mark] = (),
    where: Where | None = None,
    width: int = 4,
    table: str = "persons",
) -> Trend:
    """Persons by period, with exact Poisson intervals; the ratio of each period to the one before with its exact interval.

    Args: column, ISO months as text; width, 4 for years, 7 for months; marks, changes of practice: a ratio across one carries a warning.
    Periods without anybody between the first and the last are shown as zero.
    Raises: BadRows where a period is no year or month, so that nobody is lost or put elsewhere.
    Source: Garwood 1936; the ratio of two Poisson counts by Clopper-Pearson on their conditional share.
    """
    if width not in _PERIOD:
        raise BadRows(f"width={width} : 4 pour des années ou 7 pour des mois.", f"width={width}: 4 for years or 7 for months.")
    seen = engine.over_time(column, where or {}, table=table, width=width)
    _checked_periods(column, seen, width)
    periods = _whole(sorted(seen))
    counts = tuple(_count(column, period, seen.get(period, 0), source) for period in periods)
    marked = {mark.period for mark in marks}
    changes = tuple(
        _ratio(column, before, after, seen.get(before, 0), seen.get(after, 0), source, after in marked)
        for before, after in itertools.pairwise(periods)
    )
    return Trend(counts, changes, tuple(mark for mark in marks if periods and periods[0] <= mark.period <= periods[-1]))


# a period by its width; before 1900 or after 2199 it is a slip
_PERIOD = {4: re.compile(r"(19|20|21)\d\d"), 7: re.compile(r"(19|20|21)\d\d-(0[1-9]|1[0-2])")}


def _checked_periods(column: str, seen: Mapping[str, int], width: int) -> None:
    bad = {period: number for period, number in sorted(seen.items()) if not _PERIOD[width].fullmatch(period)}
    if bad:
        shown = ", ".join(repr(period) for period in list(bad)[:3]) + (" …" if len(bad) > 3 else "")
        what = ("une année (2024)", "a year (2024)") if width == 4 else ("un mois (2024-03)", "a month (2024-03)")
        raise BadRows(
            f"Colonne {column} : pour {sum(bad.values())} personne(s) la valeur n'est pas {what[0]} : {shown}. La corriger, ou la laisser vide.",
            f"Column {column}: for {sum(bad.values())} person(s) the value is not {what[1]}: {shown}. Mend it, or leave it empty.",
        )


def _whole(periods: list[str]) -> list[str]:
    if not periods:
        return []
    if len(periods[0]) == 4:
        return [str(year) for year in range(int(periods[0]), int(periods[-1]) + 1)]
    (first, month), (last, end) = ((int(part) for part in edge.split("-")[:2]) for edge in (periods[0], periods[-1]))
    return [f"{n // 12}-{n % 12 + 1:02}" for n in range(first * 12 + month - 1, last * 12 + end)]


def _count(column: str, period: str, number: int, source: Source) -> Measure:
    low, high = poisson(number)
    warnings = ("detections", *(("partial_cover",) if source.partial else ()))
    mine = replace(source, period=period)
    return Measure(
        f"{column}:{period}", "all", number, low, high, number, 1, 1, "persons", "Poisson, Garwood 95 %", mine, warnings=warnings
    )


def _ratio(column: str, before: str, after: str, first: int, second: int, source: Source, marked: bool) -> Measure:
    low = high = None
    if first + second:
        found = binomtest(second, first + second).proportion_ci(0.95, method="exact")
        low = float(found.low / (1 - found.low))
        high = float(found.high / (1 - found.high)) if found.high < 1 else None
    warnings = ("detections", *(("practice",) if marked else ()))
    value = second / first if first else None
    mine = replace(source, period=f"{before}/{after}")
    method = "ratio of Poisson counts, exact 95 %"
    return Measure(f"{column}:{after}/{before}", "all", value, low, high, second, first, first, "ratio", method, mine, warnings=warnings)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the chain: who reached it, the median wait, and which share of those at the step before has not got here (None for
    the first).
    `wait` is in days, `drop_off` a share. Source: Kaplan & Meier 1958.
    """

    step: str
    reached: Measure
    wait: Measure
    drop_off: Measure | None


def chain(engine: Engine, steps: Sequence[str], source: Source, *, where: Where | None = None) -> tuple[Step, ...]:
    """From detection to each right: who got there, after how long, and where people are lost.

    Waits are days from the first detection; those who have not got there are censored at the days they have been observed, so recent
    people do not make the chain look fast. Median and interval from the Kaplan-Meier curve (log-log interval).
    Source: Kaplan & Meier 1958; scipy.stats.ecdf.
    """
    found: list[Step] = []
    before: str | None = None
    for step in steps:
        done, open_ = engine.waits(step, where or {})
        everyone = len(done) + len(open_)
        reached = share(f"reached:{step}", "all", len(done), everyone, everyone, source, extra=("waiting",) if open_ else ())
        drop = None
        if before is not None:
            went, lost = (len(one) for one in engine.waits(step, where or {}, after=before))
            drop = share(f"drop_off:{step}", "all", lost, went + lost, went + lost, source, extra=("waiting",) if lost else ())
        found.append(Step(step, reached, median_wait(step, done, open_, source), drop))
        before = step
    return tuple(found)


def median_wait(step: str, done: list[int], open_: list[int], source: Source) -> Measure:
    """The median days to a step, those who still wait counted as unfinished. Source: Kaplan & Meier 1958; log-log interval.

    Args: days of those who got there, and of those who still wait. Gives a Measure in days.
    """
    everyone = len(done) + len(open_)
    value = low = high = None
    warnings = ["waiting"] if open_ else []
    if done:
        curve = ecdf(CensoredData(uncensored=done, right=open_)).sf
        value = _crossing(curve.quantiles, curve.probabilities)
        with warnings_module.catch_warnings():
            # the formula has no value where the curve is 1 or 0: there the lower edge is the curve itself, the upper one unknown
            warnings_module.simplefilter("ignore", RuntimeWarning)
            band = curve.confidence_interval(0.95, method="log-log")
        under = np.where(np.isnan(band.low.probabilities), curve.probabilities, band.low.probabilities)
        low = _crossing(curve.quantiles, under)
        high = _crossing(curve.quantiles, np.nan_to_num(band.high.probabilities, nan=1.0))
    if value is None:
        warnings.append("not_reached")
    if everyone < 30:
        warnings.append("few")
    method = "Kaplan-Meier median, log-log 95 %"
    return Measure(f"wait:{step}", "all", value, low, high, len(done), everyone, everyone, "days", method, source, warnings=tuple(warnings))


def _crossing(days: np.ndarray, left: np.ndarray) -> float | None:
    under = np.flatnonzero(left <= 0.5)
    return float(days[under[0]]) if len(under) else None


@dataclass(frozen=True, slots=True)
class Population:
    """Residents by group ("all", "Female", "child" ...), with who counted them and when.

    Numbers are residents. Source: metadata of SDG 16.2.2.
    """

    residents: Mapping[str, int]
    source: str
    year: str


def sdg_16_2_2(
    engine: Engine, year: str, population: Population, source: Source, *, where: Where | None = None, by: Sequence[str] = ()
) -> tuple[Measure, ...]:
    """Detected victims of trafficking per 100,000 residents in a year, and by each value of `by` (sex, age group, form).

    Numerator: distinct persons first detected in the year. Denominator: residents, all ages; of the same group where the population
    table has it, else of everybody (forms of exploitation have no population of their own). It counts detections.
    Raises: BadRows for a population without "all", or of nobody.
    Source: UN SDG metadata 16.2.2, 31 March 2023 (custodian UNODC).
    """
    for group, residents in {"all": 0, **population.residents}.items():
        if residents < 1:
            raise BadRows(
                f"Population de {year} : {residents} habitants pour {group!r}. Donner « all » et, pour chaque groupe, un nombre d'habitants.",
                f"Population of {year}: {residents} residents for {group!r}. Give 'all' and, for each group, a number of residents.",
            )
    within = {**(where or {}), "detected_year": year}
    total = engine.spread("detected_year", within).everyone
    found = [_rate("all", total, total, population.residents["all"], population, source)]
    for column in by:
        spread = engine.spread(column, within)
        for value, number in sorted(spread.values.items()):
            residents = population.residents.get(value, population.residents["all"])
            found.append(_rate(f"{column}={value}", number, spread.everyone, residents, population, source))
    return tuple(found)


def _rate(group: str, number: int, everyone: int, residents: int, population: Population, source: Source) -> Measure:
    low, high = poisson(number)
    warnings = ("detections", *(("partial_cover",) if source.partial else ()))
    scale = 100_000 / residents
    return Measure(
        "sdg_16_2_2", group, number * scale, low * scale, high * scale, number, residents, everyone, "per 100,000 residents",
        f"Poisson, Garwood 95 %; residents: {population.source}, {population.year}", source, warnings=warnings,
    )  # fmt: skip
