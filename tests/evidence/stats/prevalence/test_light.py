"""What widens the figure that is quoted, and what its light must say."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest

from benchmarks.coverage import overlaps
from havre.evidence.stats.prevalence import Overlaps, estimate, heterogeneous, stepwise
from havre.evidence.stats.prevalence.latent import latent_class
from havre.evidence.stats.prevalence.pool import Pool, headline, usable_range
from havre.evidence.stats.prevalence.result import Strata, Stratum
from havre.evidence.stats.prevalence.strata import with_strata
from havre.evidence.stats.prevalence.words import Text, reason, spaced
from tests.evidence.stats.prevalence.published import KOSOVO, UK5, WESTERN

CLASSICAL = ("stepwise", "least_bic", "decomposable", "heterogeneous")


def drawn(chances, size=4000, seed=1) -> Overlaps:
    """Independent lists."""
    return overlaps(np.random.default_rng(seed).random((size, len(chances))) < np.array(chances))


def of_two_kinds(size=6000, seed=2) -> Overlaps:
    """A third of the people are easily seen, the others hardly."""
    draw = np.random.default_rng(seed)
    chances = np.where(draw.random((size, 1)) < 0.35, 0.4, 0.08)
    return overlaps(draw.random((size, 4)) < chances)


def test_light_is_green_when_lists_cover_most_people_and_amber_when_most_were_seen_by_nobody():
    covered = estimate(drawn((0.5, 0.4, 0.4, 0.3)), families=CLASSICAL, resamples=40, checks=False)
    thin = estimate(drawn((0.12, 0.1, 0.1, 0.1)), families=CLASSICAL, resamples=40, checks=False)

    assert (covered.light.colour, covered.light.reasons) == ("green", ())
    assert thin.light.colour == "amber"
    share = round(100 * (1 - thin.numerator / thin.value))
    assert reason("unseen", share=share) in thin.light.reasons and share > 50


def test_light_is_not_green_over_a_third_unseen_since_people_hardly_visible_leave_no_trace():
    # drawn from 2,000 people, half of them seen by each of four lists at 20 to 30 %, half at 2 to 3 %: as good as independent lists of 1,130
    histories = (145, 139, 44, 106, 46, 40, 13, 86, 37, 28, 12, 24, 10, 4, 2)
    found = estimate(Overlaps.from_masks("abcd", dict(enumerate(histories, start=1))), families=CLASSICAL, resamples=40, checks=False)

    assert found.high < 2000 and found.light.colour == "amber"
    assert found.light.reasons[0] == reason("unseen", share=35)


def test_light_is_red_where_a_handful_of_people_carry_the_estimate():
    few = Overlaps.of("abc", {"a": 60, "b": 50, "c": 55, "ab": 3, "ac": 2, "bc": 1})

    found = estimate(few, families=("stepwise", "decomposable"), resamples=40, checks=False)
    assert found.light.colour == "red"
    assert reason("few_overlaps", count=6) in found.light.reasons


def test_visibility_that_shows_joins_its_other_form_and_is_never_green():
    seen = of_two_kinds()
    family = heterogeneous(seen, resamples=60)
    whole = estimate(seen, families=CLASSICAL, resamples=60, checks=False)

    assert "forms" in family.flags
    normal, *gamma = [line.value for line in family.models]
    assert family.value == normal and family.low <= normal < max(gamma) <= family.high
    assert whole.high >= 6000 > stepwise(seen, resamples=60).high
    assert whole.light.colour != "green" and family.reasons[0] in whole.light.reasons
    assert "forms" not in heterogeneous(drawn((0.3, 0.3, 0.3, 0.3), seed=5), resamples=60).flags


def test_chains_that_nearly_meet_widen_what_is_quoted_and_give_no_figure():
    found = estimate(KOSOVO, families=("stepwise", "latent_class"), resamples=40, sweeps=6_000, checks=False)
    family = found.family("latent_class")
    alone = headline([found.family("stepwise")], 0.95)

    assert (family.outcome, family.value) == ("no answer", None)
    assert (found.value, found.low, found.high) == (alone.value, min(alone.low, family.reach[0]), max(alone.high, family.reach[1]))
    assert found.low < alone.low
    assert [one["reach"] for one in found.as_json()["families"]] == [None, family.reach]
    assert any("not quite met" in text.en for text in found.light.reasons)


def test_chains_far_apart_or_a_range_that_says_nothing_widen_nothing():
    far = latent_class(UK5, sweeps=400, burn_in=100, longer=0)
    family = stepwise(WESTERN, resamples=40)
    hollow = replace(family, family="latent_class", outcome="no answer", curve=None, reach=(400.0, 40_000.0))

    assert far.gates.rhat > 1.5 and far.reach is None
    assert not usable_range(hollow.reach)
    assert headline([family, hollow], 0.95) == headline([family], 0.95)


def strata(total, low, high, value=900.0) -> Strata:
    row = Stratum("all", 500, value, 800.0, 1000.0, total, low, high, 1.0)
    return Strata("sex", (row,), 0.1, total, total - 1000, low, high)


def test_strata_widen_only_what_they_contradict():
    pool = Pool(1000.0, 900.0, 1200.0, ())

    assert with_strata(pool, strata(1050.0, 950.0, 1150.0)) == (pool, ())
    assert with_strata(pool, strata(700.0, 600.0, 850.0)) == (replace(pool, low=600.0), (reason("strata_gap", total=700),))
    # a stratum that borrowed its whole estimate, and a sum that says nothing, contradict nobody
    assert with_strata(pool, strata(700.0, 600.0, 850.0, value=None)) == (pool, ())
    assert with_strata(pool, strata(9000.0, 600.0, 90_000.0)) == (pool, ())
    assert with_strata(pool, None) == (pool, ())


def test_strata_seen_by_different_lists_widen_the_national_figure_to_hold_the_truth():
    draw = np.random.default_rng(4)
    frames = []
    for name, chances in (("F", (0.3, 0.28, 0.06, 0.05)), ("M", (0.06, 0.05, 0.3, 0.28))):
        table = overlaps(draw.random((4000, 4)) < np.array(chances))
        rows = [[name, *(mask >> j & 1 for j in range(4)), people] for mask, people in table.cells]
        frames.append(pl.DataFrame(rows, schema=["sex", *table.lists, "n"], orient="row"))
    both = pl.concat(frames)
    families = ("stepwise", "decomposable")
    blind = estimate(both.group_by(pl.col("^L.*$")).agg(pl.col("n").sum()).sort(pl.all()), families=families, resamples=40, checks=False)
    told = estimate(both, strata="sex", families=families, resamples=40, checks=False)

    assert not blind.low <= 8000 <= blind.high
    assert told.low <= 8000 <= told.high
    assert told.value == pytest.approx(blind.value, rel=1e-9)
    assert reason("strata_gap", total=round(told.strata.total)) in told.light.reasons
    assert told.strata.low < told.strata.total < told.strata.high


def test_french_never_breaks_a_line_before_its_punctuation():
    assert spaced("« 95 % » : non ; oui ? oui !") == "«\u00a095\u00a0%\u00a0»\u00a0: non\u00a0; oui\u00a0? oui\u00a0!"
    assert Text("a : b", "a: b").words("fr") == "a\u00a0: b"
    assert Text("a : b", "a: b").words("en") == "a: b"
