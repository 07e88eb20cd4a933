"""Figures checked by hand, and the two engines against each other."""

import tempfile
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.evidence.stats.engines import Polars
from havre.evidence.stats.errors import BadRows
from havre.evidence.stats.measure import WARNINGS, exact, poisson, wilson
from havre.evidence.stats.profiles import breakdown, flow_kinds, flows, incidence, profile
from havre.evidence.stats.trends import Mark, Population, chain, sdg_16_2_2, trend
from tests.evidence.stats.tables import SOURCE, both, frames, person


def test_wilson_gives_the_published_interval():
    # Newcombe 1998, Statistics in Medicine 17, table I: 81/263 -> 0.2553 to 0.3662; 0/20 -> 0 to 0.1611
    assert [round(edge, 4) for edge in wilson(81, 263)] == [0.2553, 0.3662]
    assert [round(edge, 4) for edge in wilson(0, 20)] == [0.0, 0.1611]


def test_exact_gives_the_published_interval():
    # the same table: Clopper-Pearson 81/263 -> 0.2527 to 0.3676
    assert [round(edge, 4) for edge in exact(81, 263)] == [0.2527, 0.3676]
    assert exact(0, 0) == (None, None)


def test_poisson_of_zero_reaches_the_rule_of_three_and_seven_tenths():
    assert [round(edge, 4) for edge in poisson(0)] == [0.0, 3.6889]
    assert [round(edge, 3) for edge in poisson(10)] == [4.795, 18.39]


def test_breakdown_of_a_list_column_keeps_three_states_and_prints_both_denominators():
    rows = [person(1, means=["debt", "threat"]), person(2, means=[]), person(3, means=None), person(4, means=["debt"])]
    found = breakdown(Polars(frames(rows)), "means", SOURCE)
    assert (found.recorded, found.everyone) == (3, 4)
    debt = found.measures[0]
    assert (debt.code, debt.numerator, debt.denominator, debt.everyone) == ("means=debt", 2, 3, 4)
    assert debt.value == pytest.approx(2 / 3)
    assert debt.share_of_everyone == 0.5
    assert debt.warnings == ("few", "gaps")


def test_breakdown_with_several_answers_a_person_says_that_shares_do_not_add_up():
    rows = [person(n, means=["debt", "threat"]) for n in range(40)]
    assert breakdown(Polars(frames(rows)), "means", SOURCE).measures[0].warnings == ("many_answers",)


def test_profile_keeps_children_adults_and_unknown_ages_apart():
    rows = [person(1, age="child", forms=["sexual"]), person(2, forms=["labour"]), person(3, age="not_recorded", forms=["begging"])]
    found = profile(Polars(frames(rows)), ["age_group", "forms"], SOURCE)
    assert [(one.column, one.group, [m.code for m in one.measures]) for one in found[1:]] == [
        ("forms", "child", ["forms=sexual"]),
        ("forms", "adult", ["forms=labour"]),
        ("forms", "not_recorded", ["forms=begging"]),
    ]


def test_incidence_of_means_by_form_counts_a_person_under_each_form():
    rows = [
        person(1, means=["debt"], forms=["sexual", "labour"]),
        person(2, means=["threat"], forms=["labour"]),
        person(3, forms=["labour"]),
    ]
    found = incidence(Polars(frames(rows)), "means", "forms", SOURCE)
    assert [(m.group, m.code, m.numerator, m.denominator, m.everyone) for m in found] == [
        ("forms=labour", "means=debt", 1, 2, 3),
        ("forms=labour", "means=threat", 1, 2, 3),
        ("forms=sexual", "means=debt", 1, 1, 1),
    ]


def test_flows_tell_domestic_from_intra_regional_and_count_incomplete_routes_apart():
    events = [
        ("p1", "Recruitment", 0, "TL"), ("p1", "Exploitation", 1, "TL"),
        ("p2", "Recruitment", 0, "MM"), ("p2", "Transit", 1, "LA"), ("p2", "Exploitation", 2, "TH"),
        ("p3", "Recruitment", 0, "GH"), ("p3", "Exploitation", 1, "LB"),
        ("p4", "Recruitment", 0, "GH"),
    ]  # fmt: skip
    engine = Polars(frames([person(n) for n in range(1, 5)], events))
    regions = {"MM": "sea", "TH": "sea", "TL": "sea", "GH": "waf", "LB": "mea"}
    found = flows(engine, SOURCE, regions=regions)
    assert {(f.origin, f.via, f.end, f.kind) for f in found} == {
        ("TL", (), "TL", "domestic"), ("MM", ("LA",), "TH", "intra_regional"), ("GH", (), "LB", "cross_regional"),
    }  # fmt: skip
    assert {(f.measure.denominator, f.measure.everyone) for f in found} == {(3, 4)}
    assert flow_kinds(found) == {"cross_regional": 1, "domestic": 1, "intra_regional": 1}


def test_trend_across_a_change_of_practice_carries_its_warning():
    rows = [person(n, detected="2023-05") for n in range(10)] + [person(n, detected="2025-05") for n in range(10, 30)]
    found = trend(
        Polars(frames(rows)), "detected", SOURCE, marks=[Mark("2025", "dépistage étendu au port", "screening extended to the port")]
    )
    assert [(m.source.period, m.value) for m in found.counts] == [("2023", 10), ("2024", 0), ("2025", 20)]
    assert [m.value for m in found.changes] == [0.0, None]
    assert found.changes[1].warnings == ("detections", "practice")
    assert found.marks[0].period == "2025"


def test_chain_counts_those_still_waiting_as_unfinished():
    rows = [person(n, days=d) for n, d in enumerate([100, 100, 100, 5])]
    steps = [("p0", "presumed", 10), ("p1", "presumed", 20), ("p2", "presumed", 40), ("p0", "recovery", 30)]
    presumed, recovery = chain(Polars(frames(rows, steps=steps)), ["presumed", "recovery"], SOURCE)
    assert (presumed.reached.numerator, presumed.reached.denominator) == (3, 4)
    # by hand: the person seen for 5 days leaves the risk set before day 10; 3 at risk: 2/3, 1/3, 0 -> median 20
    assert presumed.wait.value == 20
    assert recovery.wait.value is None
    assert recovery.wait.warnings == ("waiting", "not_reached", "few")
    assert (recovery.drop_off.numerator, recovery.drop_off.denominator) == (2, 3)


def test_sdg_16_2_2_counts_detections_of_the_year_over_residents():
    rows = [person(n, detected="2024-02") for n in range(30)] + [person(n, detected="2023-02", gender="Male") for n in range(30, 50)]
    population = Population({"all": 1_000_000, "Female": 500_000}, "example census", "2024")
    total, women = sdg_16_2_2(Polars(frames(rows)), "2024", population, SOURCE, by=["gender"])
    assert (total.value, total.numerator, total.denominator, total.unit) == (3.0, 30, 1_000_000, "per 100,000 residents")
    assert (women.group, women.value) == ("gender=Female", 6.0)
    assert total.warnings == ("detections",)


def test_every_warning_has_both_languages():
    assert all(fr and en and fr != en for fr, en in WARNINGS.values())


maybe_list = st.none() | st.lists(st.sampled_from(["a", "b", "c'"]), unique=True, max_size=3)
persons_rows = st.lists(
    st.tuples(st.sampled_from(["child", "adult", "not_recorded"]), st.none() | st.sampled_from(["Female", "Male"]), maybe_list, maybe_list,
              st.none() | st.sampled_from(["2023-01", "2024-06", "2025-12"]), st.none() | st.integers(-9, 900)),
    max_size=12,
)  # fmt: skip
event_rows = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from(["Recruitment", "Transit", "Exploitation"]), st.integers(0, 3),
              st.sampled_from(["", "GH", "LB", "TH"])),
    max_size=30, unique_by=lambda row: row[:3],
)  # fmt: skip
step_rows = st.lists(
    st.tuples(st.integers(0, 11), st.sampled_from(["presumed", "recovery"]), st.none() | st.integers(-9, 500)), max_size=20
)


@settings(max_examples=25, deadline=None)
@given(persons=persons_rows, events=event_rows, steps=step_rows)
def test_both_engines_give_equal_measures(persons, events, steps):
    rows = [person(n, age=a, gender=g, means=m, forms=f, detected=d, days=o) for n, (a, g, m, f, d, o) in enumerate(persons)]
    tables = frames(rows, [(f"p{n}", *rest) for n, *rest in events], [(f"p{n}", *rest) for n, *rest in steps])
    with tempfile.TemporaryDirectory() as folder:
        first, second = both(tables, Path(folder))
        for measure in (
            lambda e: profile(e, ["gender", "means", "forms"], SOURCE),
            lambda e: incidence(e, "means", "forms", SOURCE),
            lambda e: incidence(e, "gender", "forms", SOURCE, where={"age_group": "adult"}),
            lambda e: incidence(e, "forms", "forms", SOURCE),
            lambda e: flows(e, SOURCE, regions={"TH": "sea", "GH": "waf"}),
            lambda e: trend(e, "detected", SOURCE, width=7),
            lambda e: chain(e, ["presumed", "recovery"], SOURCE, where={"forms": "c'"}),
            lambda e: sdg_16_2_2(e, "2024", Population({"all": 1000}, "x", "2024"), SOURCE, by=["gender", "forms"]),
        ):
            assert measure(first) == measure(second)


def test_incidence_of_forms_among_themselves_says_which_go_together():
    found = incidence(Polars(frames([person(1, forms=["labour", "sexual"]), person(2, forms=["labour"])])), "forms", "forms", SOURCE)
    assert {(m.group, m.code): m.numerator for m in found} == {
        ("forms=labour", "forms=labour"): 2, ("forms=labour", "forms=sexual"): 1,
        ("forms=sexual", "forms=labour"): 1, ("forms=sexual", "forms=sexual"): 1,
    }  # fmt: skip


@pytest.mark.parametrize("slip", ["", "unknown", "2024-13", "2024", "0024-03"])
def test_trend_names_a_period_that_is_none_and_loses_nobody(slip):
    engine = Polars(frames([person(1, detected="2024-01"), person(2, detected=slip)]))
    with pytest.raises(BadRows, match="Column detected: for 1 person") as problem:
        trend(engine, "detected", SOURCE, width=7)
    assert repr(slip) in problem.value.words("fr")
    with pytest.raises(BadRows, match="4 for years or 7 for months"):
        trend(engine, "detected", SOURCE, width=10)


@pytest.mark.parametrize("residents", [{"all": 0}, {"Female": 5}, {"all": 9, "Female": -1}])
def test_rate_over_a_population_of_nobody_is_refused(residents):
    with pytest.raises(BadRows, match="residents for"):
        sdg_16_2_2(Polars(frames([person(1)])), "2024", Population(residents, "census", "2024"), SOURCE)


@pytest.mark.parametrize("engine", [0, 1])
def test_amounts_leave_out_what_is_no_number_and_waits_never_run_backwards(tmp_path, engine):
    tables = frames([person(1, days=-5), person(2, days=10)], steps=[("p1", "presumed", -2), ("p2", "presumed", 3)])
    tables["claim"] = pl.DataFrame({"person": ["p1", "p2"], "paid": [float("nan"), 7.0], "currency": ["GHS", "GHS"]})
    found = both(tables, tmp_path)[engine]
    assert found.amounts("claim", "paid", "currency", {}) == {"GHS": [7.0]}
    assert found.waits("presumed", {}) == ([0, 3], []) and found.waits("never", {}) == ([], [0, 10])
