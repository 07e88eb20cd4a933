"""Seasons and breaks in monthly counts: which months stand out, where the level changed, and how sure the place is."""

from __future__ import annotations

import itertools
import warnings as warnings_module
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import statsmodels.api as sm
from scipy.stats import f as f_distribution
from scipy.stats import norm
from scipy.stats import t as t_distribution

from havre.evidence.stats.measure import Measure, Source
from havre.evidence.stats.trends import Mark, Trend
from havre.standards.words import Words

REFUSALS = {
    "short": Words(
        "Fewer than 24 months: no season can be told from chance.", "Moins de 24 mois : aucune saison ne se distingue du hasard."
    ),
    "sparse": Words("Fewer than three persons a month on average: too sparse.", "Moins de trois personnes par mois en moyenne : trop peu."),
    "not_monthly": Words("Seasons need monthly counts (width=7).", "Les saisons demandent des comptes mensuels (width=7)."),
}
# a level must last this many periods to be one
SHORTEST = 4
_ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Season:
    """Each month's index (1 is an ordinary month) with its interval, the test that all are one, and why there is none.

    `months` are Measures without unit. Source: McCullagh & Nelder 1989.
    """

    months: tuple[Measure, ...]
    p: float | None
    dispersion: float | None
    refusal: str | None = None


def seasonality(trend: Trend, source: Source, *, breaks: Sequence[str] = ()) -> Season:
    """Whether some months of the year have more detections than others.

    A log-linear model with one level a year (with `breaks`, one level between breaks) and one effect a month; intervals and test widened
    by the dispersion of the counts.
    Source: McCullagh & Nelder 1989 (quasi-likelihood).
    """
    periods = [one.source.period for one in trend.counts]
    counts = np.array([one.numerator for one in trend.counts])
    refusal = _unfit(periods, counts)
    if refusal:
        return Season((), None, None, refusal)
    place = [sum(period >= one for one in breaks) if breaks else int(period[:4]) for period in periods]
    years = sorted(set(place))
    year = np.array([[here == one for one in years] for here in place], dtype=float)
    month = np.array([int(period[5:7]) for period in periods])
    # effects that sum to zero: December is minus the others
    effect = np.array([[float(m == one) - float(m == 12) for one in range(1, 12)] for m in month])
    with warnings_module.catch_warnings():
        warnings_module.simplefilter("ignore")
        plain = sm.GLM(counts, year, family=sm.families.Poisson()).fit()
        full = sm.GLM(counts, np.hstack([year, effect]), family=sm.families.Poisson()).fit()
    freedom = float(full.df_resid)
    dispersion = max(1.0, float(full.pearson_chi2) / freedom)
    statistic = (plain.deviance - full.deviance) / 11 / dispersion
    back = np.zeros((12, len(full.params)))
    back[:11, len(years) :] = np.eye(11)
    back[11, len(years) :] = -1
    middle = back @ np.asarray(full.params)
    error = np.sqrt(np.diag(back @ np.asarray(full.cov_params()) @ back.T) * dispersion)
    reach = t_distribution.ppf(0.975, freedom) * error
    months = tuple(
        Measure(
            f"season:{place + 1:02}", "all", float(np.exp(middle[place])), float(np.exp(middle[place] - reach[place])),
            float(np.exp(middle[place] + reach[place])), float(counts[month == place + 1].sum()), float(counts.sum()), float(counts.sum()),
            "ratio to an ordinary month", f"quasi-Poisson, {len(years)} levels and month effects, t 95 %", source, warnings=("detections",),
        )
        for place in range(12)
    )  # fmt: skip
    return Season(months, float(f_distribution.sf(statistic, 11, freedom)), dispersion)


def _unfit(periods: Sequence[str], counts: np.ndarray) -> str | None:
    if periods and len(periods[0]) != 7:
        return "not_monthly"
    if len(periods) < 24 or len({period[5:7] for period in periods}) < 12:
        return "short"
    return "sparse" if counts.mean() < 3 else None


@dataclass(frozen=True, slots=True)
class Change:
    """A break: the new level begins in `period`, between `earliest` and `latest` at 95 %; `marks` are changes of practice in between.

    `ratio` is the new level over the old one. Source: as `changes`, binary segmentation: Scott & Knott 1974.
    """

    period: str
    earliest: str
    latest: str
    ratio: Measure
    p: float
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """The breaks in order, the levels between them, the dispersion used, and whether the seasons were taken out first.

    Levels are persons a period. Source: as `changes`, Scott & Knott 1974.
    """

    changes: tuple[Change, ...]
    levels: tuple[Measure, ...]
    dispersion: float
    season_removed: bool
    refusal: str | None = None


def changes(trend: Trend, source: Source, *, season: Season | None = None, seed: int = 0, draws: int = 199, p: float = 0.05) -> Changes:
    """Where the level of the counts changed.

    The likeliest break of a piece is kept when its likelihood ratio is beyond what pieces without a break give (parametric bootstrap with
    the dispersion of the series); then each side is searched. The interval of a place comes from series drawn with the two levels found.
    Args: season, taken out when its test is below 0.05, then estimated again between the breaks found until these stay; draws, of each
    bootstrap; p, for keeping a break. Breaks that a straight line or months tied to one another explain as well carry the warning "gradual":
    such series show breaks by themselves.
    Source: Scott & Knott 1974 (binary segmentation); Hinkley 1970 (place of a break); Davison & Hinkley 1997 (bootstrap).
    """
    periods = [one.source.period for one in trend.counts]
    counts = np.array([one.numerator for one in trend.counts], dtype=float)
    if len(counts) < 2 * SHORTEST:
        return Changes((), (), 1.0, False, "short")
    if counts.mean() < 3:
        return Changes((), (), 1.0, False, "sparse")
    rng = np.random.default_rng(seed)
    earlier: list[tuple[int, float]] | None = None
    for _round in range(_ROUNDS):
        share = _season_shares(periods, season)
        dispersion = _dispersion(counts / share)
        breaks = sorted(_search(counts, share, 0, len(counts), dispersion, rng, draws, p))
        if season is None or [place for place, _p in breaks] == [place for place, _p in earlier or []]:
            break
        # a break in the middle of a year would else be taken for a season
        season, earlier = seasonality(trend, source, breaks=[periods[place] for place, _p in breaks]), breaks
    edges = [0, *(place for place, _p in breaks), len(counts)]
    found = tuple(
        _change(trend, counts, share, edges[number : number + 3], periods, dispersion, chance, source, seed, rng, draws)
        for number, (_place, chance) in enumerate(breaks)
    )
    if found and _gradual(counts, share, edges, dispersion):
        found = tuple(replace(one, ratio=replace(one.ratio, warnings=(*one.ratio.warnings, "gradual"))) for one in found)
    levels = tuple(_level(counts, share, a, b, periods, dispersion, source, seed) for a, b in itertools.pairwise(edges))
    return Changes(found, levels, dispersion, season is not None and bool((share != 1).any()))


def _season_shares(periods: Sequence[str], season: Season | None) -> np.ndarray:
    if season is None or season.p is None or season.p >= 0.05:
        return np.ones(len(periods))
    index = {one.code[-2:]: one.value or 1.0 for one in season.months}
    return np.array([index[period[5:7]] for period in periods])


def _dispersion(level: np.ndarray) -> float:
    """Variance over mean, from neighbours: a few breaks hardly move it. Never under one."""
    both = level[1:] + level[:-1]
    return max(1.0, float(np.mean(np.diff(level)[both > 0] ** 2 / both[both > 0])))


def _gradual(counts: np.ndarray, share: np.ndarray, edges: Sequence[int], dispersion: float) -> bool:
    """Whether a steady rise or fall fits as well as the levels found (quasi-BIC), or what the levels leave is tied from month to month (one
    in twenty by chance). Source: Schwarz 1978; first autocorrelation, Anderson 1942."""
    means = np.zeros(len(counts))
    for a, b in itertools.pairwise(edges):
        means[a:b] = share[a:b] * counts[a:b].sum() / share[a:b].sum()
    line = np.column_stack([np.ones(len(counts)), np.linspace(-1, 1, len(counts))])
    with warnings_module.catch_warnings():
        warnings_module.simplefilter("ignore")
        straight = sm.GLM(counts, line, family=sm.families.Poisson(), offset=np.log(share)).fit()
    stepped = float(sm.families.Poisson().deviance(counts, np.maximum(means, 1e-9)))
    price = np.log(len(counts))
    if straight.deviance / dispersion + 2 * price <= stepped / dispersion + (2 * len(edges) - 3) * price:
        return True
    left = (counts - means) / np.sqrt(np.maximum(means, 1e-9))
    tied = float((left[1:] * left[:-1]).sum() / max((left**2).sum(), 1e-9))
    # levels fitted to the months pull what is left under zero, each by about one over their number
    return tied + (len(edges) - 1) / len(counts) > norm.ppf(0.95) / np.sqrt(len(counts))


def _ratios(counts: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Twice the log likelihood ratio of a break before each place, along the last axis; -inf where a side would be too short."""
    total, weight = counts.sum(axis=-1, keepdims=True), share.sum()
    left, left_weight = np.cumsum(counts, axis=-1)[..., :-1], np.cumsum(share)[:-1]
    right, right_weight = total - left, weight - left_weight
    with np.errstate(divide="ignore", invalid="ignore"):
        gain = np.nan_to_num(left * np.log(left / left_weight)) + np.nan_to_num(right * np.log(right / right_weight))
        gain = gain - np.nan_to_num(total * np.log(total / weight))
    found = np.full((*counts.shape[:-1], counts.shape[-1]), -np.inf)
    inside = slice(SHORTEST, counts.shape[-1] - SHORTEST + 1)
    found[..., inside] = 2 * gain[..., SHORTEST - 1 : counts.shape[-1] - SHORTEST]
    return found


def _draw(rng: np.random.Generator, means: np.ndarray, dispersion: float, draws: int) -> np.ndarray:
    """Counts with these means and variance dispersion × mean: Poisson, or negative binomial above one."""
    wide = np.broadcast_to(np.maximum(means, 1e-9), (draws, len(means)))
    if dispersion <= 1.0001:
        return rng.poisson(wide).astype(float)
    return rng.negative_binomial(wide / (dispersion - 1), 1 / dispersion).astype(float)


def _search(
    counts: np.ndarray, share: np.ndarray, start: int, end: int, dispersion: float, rng: np.random.Generator, draws: int, limit: float
) -> list[tuple[int, float]]:
    piece, part = counts[start:end], share[start:end]
    if len(piece) < 2 * SHORTEST or not piece.sum():
        return []
    ratios = _ratios(piece, part)
    drawn = _ratios(_draw(rng, part * piece.sum() / part.sum(), dispersion, draws), part).max(axis=1)
    chance = float((1 + (drawn >= ratios.max()).sum()) / (draws + 1))
    if chance > limit:
        return []
    place = start + int(ratios.argmax())
    sides = [_search(counts, share, a, b, dispersion, rng, draws, limit) for a, b in ((start, place), (place, end))]
    return [(place, chance), *sides[0], *sides[1]]


def _change(
    trend: Trend, counts: np.ndarray, share: np.ndarray, edges: Sequence[int], periods: Sequence[str], dispersion: float, chance: float,
    source: Source, seed: int, rng: np.random.Generator, draws: int,
) -> Change:  # fmt: skip
    start, place, end = edges
    piece, part, at = counts[start:end], share[start:end], place - start
    before, after = piece[:at].sum(), piece[at:].sum()
    rates = np.where(np.arange(len(piece)) < at, before / part[:at].sum(), after / part[at:].sum())
    moved = _ratios(_draw(rng, rates * part, dispersion, draws), part).argmax(axis=1) - at
    low, high = np.quantile(moved, [0.025, 0.975], method="inverted_cdf")
    earliest, latest = (int(np.clip(at - away, 1, len(piece) - 1)) + start for away in (high, low))
    value = float((after / part[at:].sum()) / (before / part[:at].sum())) if before else None
    reach = norm.ppf(0.975) * np.sqrt(dispersion * (1 / before + 1 / after)) if before and after else None
    bounds = (float(value * np.exp(-reach)), float(value * np.exp(reach))) if value and reach else (None, None)
    near = tuple(mark for mark in trend.marks if periods[earliest] <= mark.period <= periods[latest])
    warnings = ("detections", "search", *(("practice",) if near else ()))
    measure = Measure(
        f"change:{periods[place]}", "all", value, bounds[0], bounds[1], float(after), float(before), float(piece.sum()), "ratio of levels",
        f"binary segmentation, bootstrap of {draws}, dispersion {dispersion:.2f}, 95 %", source, seed=seed, warnings=warnings,
    )  # fmt: skip
    return Change(periods[place], periods[earliest], periods[latest], measure, chance, near)


def _level(
    counts: np.ndarray, share: np.ndarray, start: int, end: int, periods: Sequence[str], dispersion: float, source: Source, seed: int
) -> Measure:
    total, weight = float(counts[start:end].sum()), float(share[start:end].sum())
    reach = norm.ppf(0.975) * np.sqrt(dispersion * max(total, 1.0))
    edges = [max(0.0, total - reach) / weight, (total + reach) / weight]
    return Measure(
        f"level:{periods[start]}/{periods[end - 1]}", "all", total / weight, edges[0], edges[1], total, weight, weight,
        "persons a period", f"mean level, dispersion {dispersion:.2f}, normal 95 %", source, seed=seed, warnings=("detections",),
    )  # fmt: skip
