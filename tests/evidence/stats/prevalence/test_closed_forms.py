"""Estimates that can be written down by hand, and two published tables that no constant of Havre was looked at with.

Hepatitis A among students, Taiwan 1995: Chao, Lee & Jeng, Biometrics 48 (1992); Chao, Tsay and others, Statistics in Medicine 20 (2001): a
blood screen of everybody later found about 545 infected, so the truth is known. Diabetes, Casale Monferrato 1988: Bruno and others, Diabetes
Care 17 (1994); International Working Group for Disease Monitoring and Forecasting, American J. Epidemiology 142 (1995).
"""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.evidence.stats.prevalence import estimate
from havre.evidence.stats.prevalence.bic import hierarchical, ranked
from havre.evidence.stats.prevalence.existence import EXISTS, Cells, fit
from tests.evidence.stats.prevalence.published import table

# fmt: off
HEPATITIS = table("P Q E", {"012": 28, "01": 21, "02": 17, "12": 18, "0": 69, "1": 55, "2": 63})
DIABETES = table("clinic hospital prescription strips", {
    "0123": 58, "012": 157, "013": 18, "01": 104, "023": 46, "02": 650, "03": 12, "0": 709, "123": 14, "12": 20, "13": 7, "1": 74, "23": 8,
    "2": 182, "3": 10})
# fmt: on
A, B, C = 0b001, 0b010, 0b100
CELLS = ("0", "1", "2", "01", "02", "12", "012")


def missing(overlaps, *terms):
    found = fit(Cells.of(overlaps), tuple(sorted(terms)))
    assert found.outcome == EXISTS
    return found.missing


@settings(deadline=None)
@given(st.lists(st.integers(1, 500), min_size=7, max_size=7))
def test_three_lists_have_the_estimates_of_their_closed_forms(counts):
    n = dict(zip(CELLS, counts, strict=True))
    three = table("a b c", n)

    saturated = n["012"] * n["0"] * n["1"] * n["2"] / (n["01"] * n["02"] * n["12"])
    assert missing(three, A | B, A | C, B | C) == pytest.approx(saturated, rel=1e-5)
    # a and c are independent among those not on b
    assert missing(three, A | B, B | C) == pytest.approx(n["0"] * n["2"] / n["02"], rel=1e-5)
    # c is independent of a and b together: Lincoln and Petersen on "a or b" against c
    either, both = n["0"] + n["1"] + n["01"], n["02"] + n["12"] + n["012"]
    assert missing(three, A | B) == pytest.approx(either * n["2"] / both, rel=1e-5)


@settings(deadline=None)
@given(st.lists(st.integers(1, 10_000), min_size=3, max_size=3))
def test_two_lists_have_the_estimate_of_lincoln_and_petersen(counts):
    one, other, both = counts
    assert missing(table("a b", {"0": one, "1": other, "01": both})) == pytest.approx(one * other / both, rel=1e-5)


@settings(deadline=None)
@given(st.lists(st.integers(1, 60), min_size=7, max_size=7), st.integers(0, 6))
def test_an_empty_cell_in_the_closed_form_leaves_no_estimate_of_all_pairs(counts, at):
    n = dict(zip(CELLS, counts, strict=True)) | {CELLS[at]: 0}
    found = fit(Cells.of(table("a b c", n)), (A | B, A | C, B | C))

    # the estimate would be 0 or without bound; a pair that nobody is on at all is another matter, but here all three are
    assert found.outcome != EXISTS


def test_diabetes_has_the_published_estimate_of_its_models():
    fits = ranked(Cells.of(DIABETES), hierarchical(4, 3))
    assert (len(fits), [DIABETES.people + one.missing for one in fits[:3]]) == (
        113,
        pytest.approx([2472.247, 2544.431, 2771.191], abs=0.01),
    )


def test_hepatitis_has_the_published_estimates_and_a_red_light_over_the_truth():
    fits = ranked(Cells.of(HEPATITIS), hierarchical(3, 2))
    assert [HEPATITIS.people + one.missing for one in fits[:3]] == pytest.approx([1312.765, 388.483, 526.706], abs=0.01)
    found = estimate(HEPATITIS, resamples=200, sweeps=4_000)

    assert found.light.colour == "red"
    assert found.low <= 545 <= found.high
