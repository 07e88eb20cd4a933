"""Every measure on Spark equals the same on polars. One session for all; needs Java; run by `make drill`."""

import shutil

import numpy as np
import pytest

from havre.evidence.stats.engines import Polars, open_tables
from havre.evidence.stats.profiles import incidence, profile
from havre.evidence.stats.trends import Population, sdg_16_2_2, trend
from tests.evidence.stats.tables import SOURCE, both, frames, person, route_frames
from tests.evidence.stats.test_routes import measures

pytestmark = pytest.mark.drill


@pytest.fixture(scope="module")
def session():
    pytest.importorskip("pyspark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java")
    from havre.evidence.stats.engines.spark import local_session

    # forty rows: compiling each question costs more than answering it
    found = local_session(
        spark__sql__codegen__wholeStage="false", spark__sql__codegen__factoryMode="NO_CODEGEN", spark__sql__adaptive__enabled="false"
    )
    yield found
    found.stop()


def made_up(seed):
    """Forty persons with every kind of silence, and quotes where a name of a value may hold them."""
    rng = np.random.default_rng(seed)
    some = lambda *values: values[int(rng.integers(len(values)))]  # noqa: E731
    persons = [
        person(n, age=some("child", "adult"), gender=some("Female", "Male", None), means=some(None, [], ["debt"], ["debt", "c'"]),
               forms=some(None, ["sexual"], ["labour", "c'"]), detected=some("2023-01", "2024-06", None), days=some(None, 5, 400))
        for n in range(40)
    ]  # fmt: skip
    who = lambda: f"p{rng.integers(40)}"  # noqa: E731
    kinds, statuses = ("Recruitment", "Transit", "Exploitation"), (None, "", "trafficked")
    events = {
        (w, k, leg): (
            w,
            k,
            leg,
            some("", "GH", "LB", "TH"),
            some(*statuses),
            some(None, True, False),
            some(None, 0.0, 7.5),
            some("", "GHS"),
        )
        for w, k, leg in ((who(), some(*kinds), int(rng.integers(4))) for _n in range(150))
    }
    steps = [(who(), some("charged", "paid"), some(None, 3, 90)) for _n in range(60)]
    services = [(who(), some("medical", "work", None), some("running", "refused", "unavailable", None)) for _n in range(60)]
    claims = [(who(), some("paid", "awarded", "informed"), some(None, 0, 9), some("", "GHS", "USD")) for _n in range(30)]
    return route_frames(persons, events.values(), steps, services, claims, [(who(), some("charged", None)) for _n in range(20)])


def everything(engine):
    return (
        profile(engine, ["gender", "means", "forms"], SOURCE),
        incidence(engine, "means", "forms", SOURCE),
        incidence(engine, "gender", "forms", SOURCE, where={"means": "c'"}),
        trend(engine, "detected", SOURCE, width=7),
        sdg_16_2_2(engine, "2024", Population({"all": 1000}, "x", "2024"), SOURCE, by=["gender", "forms"]),
        engine.spread("debt", {}, table="events"),
        measures(engine, SOURCE),
    )


def test_every_measure_on_spark_equals_the_same_on_polars(session, tmp_path):
    tables = made_up(4)
    both(tables, tmp_path)
    spark = open_tables({name: tmp_path / f"{name}.parquet" for name in tables}, engine="spark", session=session)
    assert everything(spark) == everything(Polars(tables))


def test_extract_without_status_or_debt_is_the_same_on_spark(session, tmp_path):
    tables = frames([person(1), person(2, age="child")], [("p1", "Recruitment", 0, "GH"), ("p2", "Transit", 1, "")])
    both(tables, tmp_path)
    spark = open_tables({name: tmp_path / f"{name}.parquet" for name in tables}, engine="spark", session=session).with_route()
    plain = Polars(tables).with_route()
    assert set(spark.columns("persons")) == set(plain.columns("persons"))
    assert spark.spread("transits", {}) == plain.spread("transits", {})
