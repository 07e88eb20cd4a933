"""Statuses and debts on the route, needs, compensation: by hand, then the engines against each other."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.evidence.stats.chains import between, compensation, unmet_needs
from havre.evidence.stats.engines import DuckDB, Polars, open_tables
from havre.evidence.stats.errors import BadRows
from havre.evidence.stats.measure import Source
from havre.evidence.stats.profiles import flow_shares, flows_apart
from havre.evidence.stats.status_flows import median, mixed_flows
from havre.evidence.stats.trends import chain
from tests.evidence.stats.tables import SOURCE, both, frames, person, route_frames


def leg(who, kind, number, country, status=None, debt=None, amount=None, coin=None):
    return (f"p{who}", kind, number, country, status, debt, amount, coin)


def journeys():
    """Two adults and a child smuggled, one adult a migrant worker; those with a debt end trafficked."""
    persons = [person(1), person(2), person(3), person(4, age="child")]
    events = [
        leg(1, "Recruitment", 0, "GH", "smuggled", True, 900.0, "GHS"), leg(1, "Transit", 1, "TG", "irregular"),
        leg(1, "Exploitation", 2, "LB", "trafficked", None, 1200.0, "GHS"),
        leg(2, "Recruitment", 0, "GH", "smuggled", False), leg(2, "Exploitation", 1, "GH", "asylum_seeker"),
        leg(3, "Recruitment", 0, "GH", "labour_migrant"),
        leg(4, "Recruitment", 0, "GH", "smuggled", True), leg(4, "Exploitation", 1, "GH", "trafficked"),
    ]  # fmt: skip
    return route_frames(persons, events)


def test_statuses_of_adults_and_children_are_counted_apart_at_each_stage():
    child, adult = mixed_flows(Polars(journeys()), SOURCE)
    assert (child.group, adult.group) == ("child", "adult")
    counts = {stage: {m.code: (m.numerator, m.denominator, m.everyone) for m in one.measures} for stage, one in adult.stages.items()}
    assert counts == {
        "Recruitment": {"status_recruitment=smuggled": (2, 3, 3), "status_recruitment=labour_migrant": (1, 3, 3)},
        "Transit": {"status_transit=irregular": (1, 1, 3)},
        "Exploitation": {"status_exploitation=asylum_seeker": (1, 2, 3), "status_exploitation=trafficked": (1, 2, 3)},
    }
    assert [(m.code, m.numerator) for m in child.stages["Exploitation"].measures] == [("status_exploitation=trafficked", 1)]


def test_moves_and_debts_tell_who_began_smuggled_and_ended_trafficked():
    adult = mixed_flows(Polars(journeys()), SOURCE)[1]
    assert [(m.first, m.last, m.measure.numerator, m.measure.denominator) for m in adult.moves] == [
        ("labour_migrant", "labour_migrant", 1, 1), ("smuggled", "asylum_seeker", 1, 2), ("smuggled", "trafficked", 1, 2),
    ]  # fmt: skip
    assert [(m.code, m.numerator, m.denominator) for m in adult.became_trafficked] == [
        ("became_trafficked:all", 1, 3), ("became_trafficked:owes=yes", 1, 1), ("became_trafficked:owes=no", 0, 1),
    ]  # fmt: skip
    assert {m.warnings[0] for m in adult.became_trafficked} == {"association"}
    assert [(m.group, m.numerator, m.denominator) for m in adult.debts_by_status] == [("status_first=smuggled", 1, 2)]
    # the larger of the two amounts told by one person
    assert [(m.unit, m.value, m.numerator) for m in adult.amounts] == [("GHS", 1200.0, 1)]


def test_extract_without_status_or_debt_says_that_nothing_is_recorded():
    one = mixed_flows(Polars(frames([person(1)], [("p1", "Recruitment", 0, "GH")])), SOURCE)[0]
    assert (one.debts.recorded, one.debts.everyone, one.first.measures, one.amounts) == (0, 1, (), ())


def test_flows_of_children_and_adults_have_their_own_denominators():
    found = flows_apart(Polars(journeys()), SOURCE, regions={"GH": "waf", "LB": "mea"})
    assert {
        group: [(f.origin, f.end, f.kind, f.measure.denominator, f.measure.everyone) for f in flows] for group, flows in found.items()
    } == {
        "child": [("GH", "GH", "domestic", 1, 1)],
        "adult": [("GH", "GH", "domestic", 2, 3), ("GH", "LB", "cross_regional", 2, 3)],
    }
    assert [(m.code, m.group, m.numerator, m.denominator) for m in flow_shares(found["adult"], SOURCE)] == [
        ("flow=cross_regional", "adult", 1, 2), ("flow=domestic", "adult", 1, 2)
    ]  # fmt: skip


def test_need_is_met_by_any_service_and_a_refusal_is_not_unmet():
    rows = [
        ("p1", "medical", "unavailable"), ("p1", "medical", "running"), ("p2", "medical", "proposed"), ("p3", "medical", "refused"),
        ("p4", "medical", "unavailable"), ("p4", "work", "accepted"),
    ]  # fmt: skip
    medical, work = unmet_needs(Polars(route_frames([person(n) for n in range(1, 5)], services=rows)), SOURCE)
    assert [(m.numerator, m.denominator) for m in (medical.met, medical.unmet, medical.unavailable, medical.not_wanted)] == [
        (1, 4), (2, 4), (1, 4), (1, 4)
    ]  # fmt: skip
    assert "not_wanted" in medical.met.warnings
    assert (work.need, work.unmet.numerator, work.unmet.warnings) == ("work", 1, ("few",))


def test_compensation_runs_from_prosecution_to_money_in_hand():
    claims = [("p1", "paid", 500, "GHS"), ("p2", "awarded", None, ""), ("p3", "rejected", None, ""), ("p4", "informed", None, "")]
    proceedings = [(f"p{n}", "charged") for n in range(1, 6)]
    found = {
        m.code: m
        for m in compensation(Polars(route_frames([person(n) for n in range(1, 6)], claims=claims, proceedings=proceedings)), SOURCE)
    }
    assert {code: (m.numerator, m.denominator) for code, m in found.items()} == {
        "compensation:claimed": (3, 5), "compensation:decided": (3, 5), "compensation:awarded": (2, 5), "compensation:paid": (1, 5),
        "compensation:awarded/decided": (2, 3), "compensation:paid/awarded": (1, 2), "compensation:paid:GHS": (1, 1),
    }  # fmt: skip


def test_wait_between_two_steps_starts_at_the_first_and_counts_the_open_ones():
    rows = [person(n, days=300) for n in range(4)]
    steps = [
        ("p0", "charged", 100),
        ("p0", "paid", 160),
        ("p1", "charged", 50),
        ("p1", "paid", 90),
        ("p2", "charged", 280),
        ("p3", "paid", 9),
    ]
    found = between(Polars(frames(rows, steps=steps)), "charged", "paid", SOURCE)
    assert (found.reached.numerator, found.reached.denominator, found.drop_off.numerator) == (2, 3, 1)
    # waits 40 and 60, one open after 20 days: two at risk at 40 -> one half
    assert found.wait.value == 40


def test_drop_off_counts_persons_and_not_the_difference_of_totals():
    # as many recoveries as presumptions, but not of the same persons
    rows, steps = (
        [person(n) for n in range(4)],
        [("p0", "presumed", 1), ("p1", "presumed", 1), ("p1", "recovery", 5), ("p2", "recovery", 5)],
    )
    recovery = chain(Polars(frames(rows, steps=steps)), ["presumed", "recovery"], SOURCE)[1]
    assert (recovery.drop_off.numerator, recovery.drop_off.denominator) == (1, 2)


@pytest.mark.parametrize(("size", "low", "high"), [(5, None, None), (6, 1.0, 6.0), (17, 5.0, 13.0), (100, 40.0, 61.0)])
def test_median_has_the_tabled_interval(size, low, high):
    # Conover 1999 (sign test): n = 6 -> smallest and largest; n = 17 -> 5th and 13th; n = 100 -> 40th and 61st
    found = median("x", "all", [float(n + 1) for n in range(size)], "GHS", SOURCE)
    assert (found.low, found.high) == (low, high)


def test_mixed_flows_of_a_part_count_that_part_only():
    tables = journeys()
    assert [one.first.everyone for one in mixed_flows(Polars(tables), SOURCE, where={"gender": "Male"})] == []
    assert [one.first.everyone for one in mixed_flows(Polars(tables), SOURCE, where={"gender": "Female"})] == [1, 3]


def test_open_tables_takes_the_engine_by_name_and_by_size(tmp_path):
    tables = journeys()
    both(tables, tmp_path)
    files = {name: tmp_path / f"{name}.parquet" for name in tables}
    assert isinstance(open_tables(files), Polars)
    assert isinstance(open_tables(files, engine="duckdb"), DuckDB)
    assert open_tables(files, engine="duckdb").spread("gender", {}) == open_tables(files).spread("gender", {})


def test_open_tables_names_the_table_that_cannot_be_read(tmp_path):
    (tmp_path / "persons.parquet").write_text("person\n1\n")
    with pytest.raises(BadRows, match=r"^Table 'persons': persons.parquet is no readable Parquet file"):
        open_tables({"persons": tmp_path / "persons.parquet"})
    with pytest.raises(BadRows, match="No engine 'hadoop': auto, polars, duckdb, spark"):
        open_tables({}, engine="hadoop")


statuses = st.sampled_from([None, "", "smuggled", "trafficked", "labour_migrant"])
events = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(["Recruitment", "Transit", "Exploitation", "Other"]), st.integers(0, 3),
              st.sampled_from(["", "GH", "LB"]), statuses, st.sampled_from([None, True, False]),
              st.sampled_from([None, 0.0, 5.0, 70.0]), st.sampled_from(["", "GHS", "USD"])),
    max_size=25, unique_by=lambda row: row[:3],
)  # fmt: skip
services = st.lists(
    st.tuples(st.integers(0, 7), st.sampled_from(["medical", "work"]), st.sampled_from(["running", "refused", "unavailable", "odd", None]))
)
claims = st.lists(
    st.tuples(
        st.integers(0, 7), st.sampled_from(["paid", "awarded", "informed"]), st.none() | st.integers(0, 9), st.sampled_from(["", "GHS"])
    )
)
steps = st.lists(st.tuples(st.integers(0, 7), st.sampled_from(["charged", "paid"]), st.none() | st.integers(0, 500)), max_size=20)
groups = st.lists(st.sampled_from(["child", "adult", "not_recorded"]), min_size=1, max_size=8)


def measures(engine, source: Source):
    """Every measure of the route, the chain and the needs."""
    return (
        mixed_flows(engine, source),
        flows_apart(engine, source, regions={"GH": "waf"}),
        between(engine, "charged", "paid", source, where={"age_group": "adult"}),
        chain(engine, ["charged", "paid"], source),
        unmet_needs(engine, source),
        compensation(engine, source, where={"age_group": "adult"}),
    )


@settings(max_examples=6, deadline=None)
@given(groups=groups, events=events, services=services, claims=claims, steps=steps)
def test_polars_and_duckdb_give_equal_measures_of_the_route(groups, events, services, claims, steps):
    rows = [person(n, age=age, days=300) for n, age in enumerate(groups)]
    named = [[(f"p{row[0]}", *row[1:]) for row in table] for table in (events, steps, services, claims)]
    tables = route_frames(rows, *named, [("p0", "charged")])
    with tempfile.TemporaryDirectory() as folder:
        first, second = both(tables, Path(folder))
        assert measures(first, SOURCE) == measures(second, SOURCE)
