"""Seasons and breaks in series whose truth is known."""

from dataclasses import replace

import numpy as np

from havre.evidence.stats.changes import REFUSALS, changes, seasonality
from havre.evidence.stats.measure import Measure
from havre.evidence.stats.trends import Mark, Trend
from tests.evidence.stats.tables import SOURCE


def series(counts, marks=()):
    """A monthly trend from January 2021 on."""
    periods = [f"{2021 + n // 12}-{n % 12 + 1:02}" for n in range(len(counts))]
    measures = tuple(
        Measure(f"detected:{period}", "all", float(n), None, None, float(n), 1, 1, "persons", "count", replace(SOURCE, period=period))
        for period, n in zip(periods, counts, strict=True)
    )
    return Trend(measures, (), tuple(marks))


def noisy(means, seed):
    """Counts twice as variable as Poisson's."""
    return np.random.default_rng(seed).negative_binomial(np.asarray(means, dtype=float), 0.5)


def test_flat_series_seldom_shows_a_break_or_a_season():
    flat = [series(noisy(np.full(48, 15), seed)) for seed in range(60)]
    # at 5 % each, 60 series give more than 8 about once in two hundred
    assert sum(bool(changes(one, SOURCE, seed=seed, draws=99).changes) for seed, one in enumerate(flat)) <= 8
    assert sum(seasonality(one, SOURCE).p < 0.05 for one in flat) <= 8


def test_interval_of_a_break_holds_the_true_month():
    held = ratios = 0
    for seed in range(50):
        found = changes(series(noisy([12] * 20 + [24] * 28, seed)), SOURCE, seed=seed, draws=99).changes
        held += any(one.earliest <= "2022-09" <= one.latest for one in found)
        ratios += any(one.ratio.low <= 2 <= one.ratio.high for one in found)
    # a true 95 % gives fewer than 43 of 50 about once in a hundred and fifty
    assert held >= 43
    assert ratios >= 40


def test_break_at_a_change_of_practice_says_so_and_carries_its_method():
    mark = Mark("2022-09", "dépistage étendu", "screening extended")
    found = changes(series(noisy([12] * 20 + [40] * 28, 3), [mark]), SOURCE, seed=3)
    (one,) = found.changes
    assert one.marks == (mark,)
    assert {"search", "practice", "detections"} == set(one.ratio.warnings)
    assert (one.ratio.seed, one.ratio.unit) == (3, "ratio of levels")
    assert [level.denominator for level in found.levels] == [20, 28]


def test_same_seed_gives_the_same_breaks():
    trend = series(noisy([12] * 20 + [20] * 28, 8))
    assert changes(trend, SOURCE, seed=5) == changes(trend, SOURCE, seed=5)


def test_season_is_found_measured_and_taken_out_before_breaks():
    means = [10 if month % 12 < 8 else 30 for month in range(60)]
    trend = series(np.random.default_rng(1).poisson(means))
    season = seasonality(trend, SOURCE)
    index = {one.code: one for one in season.months}
    assert season.p < 1e-6
    # the geometric mean of eight tens and four thirties is 10 * 3 ** (1/3)
    truth = 30 / (10 * 3 ** (1 / 3))
    assert sum(index[f"season:{month:02}"].low <= truth <= index[f"season:{month:02}"].high for month in range(9, 13)) >= 3
    assert len(changes(trend, SOURCE, seed=1).changes) > 3
    assert changes(trend, SOURCE, season=season, seed=1) == replace(
        changes(trend, SOURCE, season=season, seed=1), changes=(), season_removed=True
    )


def test_short_sparse_or_yearly_series_are_refused_by_reason():
    assert seasonality(series([20] * 23), SOURCE).refusal == "short"
    assert seasonality(series([1] * 36), SOURCE).refusal == "sparse"
    yearly = Trend(
        tuple(replace(one, source=replace(SOURCE, period=str(2000 + n))) for n, one in enumerate(series([20] * 24).counts)), (), ()
    )
    assert seasonality(yearly, SOURCE).refusal == "not_monthly"
    assert changes(series([20] * 7), SOURCE).refusal == "short"
    assert changes(series([0, 1, 2, 1] * 6), SOURCE).refusal == "sparse"
    assert all(words.en and words.fr for words in REFUSALS.values())


def gradual(found):
    return bool(found.changes) and all("gradual" in one.ratio.warnings for one in found.changes)


def test_a_slow_rise_cut_into_steps_says_that_it_may_be_gradual_and_a_true_step_seldom_does():
    rising = [changes(series(noisy(np.linspace(8, 30, 60), seed)), SOURCE, seed=seed, draws=99) for seed in range(20)]
    stepped = [changes(series(noisy([12] * 30 + [26] * 30, seed)), SOURCE, seed=seed, draws=99) for seed in range(20)]

    assert sum(map(gradual, rising)) >= 0.7 * sum(bool(found.changes) for found in rising)
    assert sum(map(gradual, stepped)) <= 5
