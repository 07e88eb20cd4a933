"""Draws of the links: joins are calibrated, made up where pairs were never met, and the truth lies among them."""

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.lists import make
from havre.evidence.stats.linkage import calibration, draws, expected, link


@pytest.fixture(scope="module")
def known():
    return make(1_500, seed=78, level="high")


@pytest.fixture(scope="module")
def linkage(known):
    return link([pl.DataFrame(rows).with_columns(pl.all().replace("", None)) for rows in known.lists])


def persons(table):
    return table["count"].sum()


def test_draw_covers_the_true_number_of_persons_where_links_alone_leave_too_many(known, linkage):
    true = len(set(known.person.values()))
    drawn = [persons(table) for table in draws.draw(linkage, draws=20, seed=3)]
    assert min(drawn) <= true <= max(drawn)
    alone = replace(linkage, model=replace(linkage.model, calibration={}))
    assert np.mean([persons(table) for table in draws.draw(alone, draws=5, seed=3)]) > true


def test_draw_without_a_calibration_still_adds_what_blocking_is_estimated_to_lose(linkage):
    alone = replace(linkage, model=replace(linkage.model, calibration={}))
    records, usual = (
        len(linkage.records.table),
        expected.joins_expected(expected.Doubt(linkage.records, linkage.scored, linkage.guard, linkage.unique)),
    )
    drawn = [records - persons(table) for table in draws.draw(alone, draws=5, seed=3)]
    assert min(drawn) > usual


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 0.999), min_size=3, max_size=40), st.floats(0.2, 1.5))
def test_shifted_expects_no_more_than_asked_and_keeps_the_order(values, share):
    p = np.array(values)
    shifted = draws._shifted(p, float(p.sum() * share))
    assert shifted.sum() == pytest.approx(p.sum() * min(share, 1), rel=1e-6)
    assert (np.argsort(shifted, kind="stable") == np.argsort(p, kind="stable")).all()


@given(st.integers(0, 40))
def test_with_missed_makes_up_so_many_joins_and_only_between_strangers_lists(missing):
    source = np.repeat([0, 1, 2], 100)
    person = np.arange(300)
    person[100:120] = np.arange(20)  # twenty persons on lists 0 and 1
    left, right = np.arange(20), np.arange(100, 120)
    made = draws._with_missed(person, source, left, right, missing, np.random.default_rng(missing))
    assert draws.joins(made) == 20 + missing
    joined = {(a, b) for a in range(300) for b in np.flatnonzero(made == made[a]).tolist() if a < b}
    assert all({source[a], source[b]} == {0, 1} for a, b in joined)


def test_fit_finds_the_coefficients_it_was_made_of_and_draws_around_them():
    rng = np.random.default_rng(5)
    rows = np.hstack([np.ones((400, 1)), rng.normal(size=(400, 6))])
    true = np.array([0.1, 0.2, -0.1, 0.05, 0.0, 0.3, -0.2])
    found = calibration.fit(rows, np.exp(rows @ true + rng.normal(0, 0.02, 400)))
    assert found["coefficients"] == pytest.approx(true, abs=0.01)
    assert found["spread"] == pytest.approx(0.02, rel=0.15)
    drawn = np.log([calibration.true_to_expected(found, rows[0], rng, lost=0.0) for _ in range(2_000)])
    assert drawn.mean() == pytest.approx(rows[0] @ true, abs=0.01)
    assert drawn.std() == pytest.approx(0.02, rel=0.2)


def test_true_to_expected_outside_what_was_seen_is_less_sure():
    found = {"coefficients": [0.0] * 7, "covariance": np.zeros((7, 7)).tolist(), "spread": 0.02, "span": [[0.0] * 7, [1.0] * 7], "runs": 9}
    spread = [
        np.std(np.log([calibration.true_to_expected(found, np.full(7, x), np.random.default_rng(i), lost=0.0) for i in range(800)]))
        for x in (0.5, 3.0)
    ]
    assert spread[1] == pytest.approx(2 * spread[0], rel=0.15)
