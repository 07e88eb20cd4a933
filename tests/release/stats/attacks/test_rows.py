"""Each attack must take a verbatim copy, and must find nothing where nothing of the persons is."""

import os
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.release.stats.attacks.battery import as_json, attack_rows, lines
from havre.release.stats.attacks.inference import inference
from havre.release.stats.attacks.linkability import linkability
from havre.release.stats.attacks.membership import likelihood_ratio, nearest_row
from havre.release.stats.attacks.rates import BATTERY, Verdict, excess, rate, score, together
from havre.release.stats.attacks.sides import keys, sides
from havre.release.stats.attacks.singling_out import singling_out
from havre.release.stats.errors import BadTable

EXTRACT = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"
published = pytest.mark.skipif(not EXTRACT.is_file(), reason="HAVRE_PUBLISHED_DATA does not hold the CTDC extract")
ATTACKS = [singling_out, linkability, inference, likelihood_ratio]


def population(size, seed):
    """Made-up persons whose columns hang together, as those of a register do."""
    chance = np.random.default_rng(seed)
    origin = chance.choice(30, size, p=np.arange(30, 0, -1) / 465)
    form = (origin + chance.choice(4, size, p=[0.6, 0.2, 0.1, 0.1])) % 7
    age = chance.choice(9, size)
    means = (form + age + chance.choice(3, size)) % 8
    return pl.DataFrame(
        {
            "origin": origin,
            "form": form,
            "age": age,
            "means": means,
            "sector": (form * 2 + chance.choice(5, size)) % 11,
            "year": chance.choice(12, size),
            "gender": chance.choice(3, size, p=[0.6, 0.38, 0.02]),
        }
    ).cast(pl.String)


MEMBERS, STRANGERS = population(3_000, 1), population(3_000, 2)


def k_anonymous(frame, k=11, by=("origin", "form", "gender")):
    """Coarse columns only, and only the combinations that at least k persons share: the rest is withheld."""
    counted = frame.with_columns(pl.len().over(list(by)).alias("n"))
    every = [pl.when(pl.col("n") >= k).then(pl.col(column)).otherwise(pl.lit("x")).alias(column) for column in by]
    rest = [pl.lit("x").alias(column) for column in frame.columns if column not in by]
    return counted.select(*every, *rest).select(frame.columns)


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_on_a_verbatim_copy_succeeds_and_on_fresh_persons_does_not(attack):
    fresh = sides(population(3_000, 3), MEMBERS, STRANGERS, seed=4)
    found = attack(fresh, seed=5)
    assert found.verdict is Verdict.WITHSTOOD, found.release
    copy = attack(sides(MEMBERS, MEMBERS, STRANGERS, seed=4), seed=5)
    assert copy.verdict is Verdict.LEAKS
    assert copy.release == found.control


@pytest.mark.parametrize("attack", ATTACKS)
def test_attack_on_a_k_anonymous_file_learns_nothing(attack):
    safe = sides(k_anonymous(MEMBERS), MEMBERS, STRANGERS, seed=4, withheld="x")
    assert attack(safe, seed=5).verdict is Verdict.WITHSTOOD


def test_nearest_row_alone_is_never_a_clearance_where_it_does_not_see_the_copy():
    # every combination is held by many: a copy is no nearer to its members than to strangers
    common = pl.DataFrame({"a": [str(n % 2) for n in range(600)], "b": [str(n % 3) for n in range(600)]})
    found = nearest_row(sides(common, common, common.sample(fraction=1.0, shuffle=True, seed=1), seed=2), seed=3)
    assert found.verdict is Verdict.BLIND


def test_half_copied_release_is_caught_by_the_battery_and_named():
    half = pl.concat([MEMBERS[:1_500], population(1_500, 9)])
    battery = attack_rows(half, MEMBERS, STRANGERS, seed=6)
    assert not battery.holds
    assert "singling out" in [attack.name for attack in battery.leaks]
    assert as_json(battery)["holds"] is False
    assert lines(battery, language="fr")[0].startswith("singling out: fuite")


def test_same_seed_gives_the_same_battery():
    some = population(400, 3)
    first, second = (attack_rows(some, MEMBERS[:400], STRANGERS[:400], seed=11, tries=200) for _ in range(2))
    assert as_json(first) == as_json(second)


def test_singling_out_counts_the_predicates_found_not_those_asked_for():
    tiny = pl.DataFrame({"a": ["1", "1", "2"], "b": ["1", "2", "2"]})
    found = singling_out(sides(tiny, tiny, tiny, seed=1), seed=1, tries=1_000)
    assert found.release[0].members.tries == 3
    assert found.note == "3 predicates found of 1000 asked for"


def test_singling_out_takes_at_most_a_fiftieth_from_one_subset():
    # one column makes every row unique; the others are constant
    wide = pl.DataFrame({"id": [str(n) for n in range(500)], "a": ["1"] * 500, "b": ["1"] * 500})
    found = singling_out(sides(wide, wide, wide, seed=1), seed=1, tries=500)
    # subsets with the id: two of two columns, one of three; ten of 500 from each
    assert found.release[0].members.tries == 30


def test_withheld_values_fit_nobody():
    released = pl.DataFrame({"a": ["x", "1"], "b": ["1", "x"], "c": ["x", "x"]})
    one = pl.DataFrame({"a": ["1", "2"], "b": ["1", "2"], "c": ["1", "2"]})
    found = singling_out(sides(released, one, one, seed=1, withheld="x"), seed=1)
    assert found.release[0].members.tries == 0
    assert found.release[0].members == rate(0, 0)


@pytest.mark.parametrize(
    ("released", "strangers", "words"),
    [
        (MEMBERS.drop("age"), STRANGERS, r"missing \['age'\]"),
        (MEMBERS, STRANGERS.head(0), "kept out of the release"),
        (MEMBERS, STRANGERS.head(1), "at least two members and two strangers"),
    ],
)
def test_sides_that_cannot_be_compared_are_refused(released, strangers, words):
    with pytest.raises(BadTable, match=words):
        attack_rows(released, MEMBERS, strangers, seed=1)


@given(hits=st.integers(0, 40), more=st.integers(0, 40))
def test_wilson_interval_holds_the_share_and_meets_its_own_definition(hits, more):
    tries = hits + more + 1
    found = rate(hits, tries)
    assert found.low <= found.value <= found.high
    z = score()
    for end in (found.low, found.high):
        if 0 < end < 1:
            # each end is the share whose score test just rejects
            assert abs(abs(found.value - end) - z * (end * (1 - end) / tries) ** 0.5) < 1e-9


def test_excess_of_the_battery_is_wider_than_one_alone():
    # Newcombe 1998, table II: 56/70 against 48/80 gives 0.0524 to 0.3339
    found = excess((56, 70), (48, 80))
    assert (round(found.low, 4), round(found.high, 4)) == (0.0524, 0.3339)
    assert found.sure < found.low
    assert BATTERY == 5


def test_hits_that_go_together_count_for_one():
    assert together([]) == together([1, 2, 3]) == 1.0
    assert together([1, 1, 1, 2]) == 2.5
    # 40 hits on ten persons say what ten hits of a quarter of the tries say
    found = excess((40, 200), (20, 200), clusters=(4.0, 1.0))
    assert (found.low, found.high) == pytest.approx((excess((10, 50), (20, 200)).low, excess((10, 50), (20, 200)).high))
    assert found.value == excess((40, 200), (20, 200)).value
    assert found.sure < excess((40, 200), (20, 200)).sure


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.permutations(range(4)))
def test_keys_are_equal_exactly_where_rows_are(seed, order):
    rows = np.random.default_rng(seed).integers(0, 3, size=(30, 4))
    (key,) = keys([rows[:, order]], [3] * 4, range(4))
    (large,) = keys([rows], [2**40] * 4, range(4))
    alike = (rows[:, None, :] == rows[None, :, :]).all(axis=2)
    assert ((key[:, None] == key[None, :]) == alike).all()
    assert ((large[:, None] == large[None, :]) == alike).all()


@published
def test_battery_on_the_published_extract_takes_the_copy_and_clears_columns_drawn_apart():
    rows = pl.read_csv(EXTRACT, infer_schema=False).sample(fraction=1.0, shuffle=True, seed=1)
    members, strangers = rows[:7_149], rows[7_149:14_298]
    apart = members.select(
        pl.col(column).sample(fraction=1.0, shuffle=True, with_replacement=True, seed=number) for number, column in enumerate(rows.columns)
    )
    battery = attack_rows(apart, members, strangers, seed=3)
    assert battery.holds, lines(battery)
    assert [attack.verdict for attack in battery.attacks] == [Verdict.WITHSTOOD] * 5
    copy = attack_rows(members, members, strangers, seed=3)
    assert len(copy.leaks) == 5
