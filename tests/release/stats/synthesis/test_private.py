"""Private synthetic rows on small populations of our own."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.release.stats.errors import BadTable
from havre.release.stats.private.codebook import from_json
from havre.release.stats.private.noise import Cancelled
from havre.release.stats.synthesis.inference import Effort
from havre.release.stats.synthesis.metrics import compare
from havre.release.stats.synthesis.private import synthesise, with_recipe

CODES = {"sex": ["F", "M"], "age": ["", "child", "adult"], "work": ["farm", "home", "sea", "none"], "status": ["0", "1"]}
BOOK = from_json(CODES)
QUICK = with_recipe(effort=Effort(draws=6, sweeps=4, classes=(10, 6), refits=2))


def population(rows: int = 4000) -> pl.DataFrame:
    """Structured: no child at sea, status follows work. A fixed pattern, so that no generator is needed."""
    place = np.arange(rows)
    sex = np.where(place % 3 == 0, "M", "F")
    age = np.where(place % 5 == 0, "child", np.where(place % 17 == 0, "", "adult"))
    work = np.where((age == "adult") & (place % 7 < 2), "sea", np.where(place % 11 < 4, "farm", np.where(place % 2 == 0, "home", "none")))
    return pl.DataFrame({"sex": sex, "age": age, "work": work, "status": np.where(work == "none", "0", "1")})


def made(frame=None, book=BOOK, **more):
    settings_ = {"epsilon": 1.0, "delta": 1e-6, "recipe": QUICK, **more}
    return synthesise(population() if frame is None else frame, book, **settings_)


def test_synthesise_structured_population_is_near_on_one_to_three_columns():
    frame = population()
    found = made(frame)
    score = compare(frame, found.rows, withheld=found.withheld)

    assert [one.relative < 0.25 for one in score.ways] == [True, True, True]
    assert score.way(3).spurious <= 0.15


def test_synthesise_rows_hold_only_codes_of_the_book_and_the_marker():
    found = made()

    for name, codes in CODES.items():
        assert set(found.rows[name]) <= {*codes, found.withheld}


def test_synthesise_writes_about_a_noisy_number_of_rows():
    found = [made() for _ in range(4)]

    assert all(abs(one.rows.height - 4000) < 400 for one in found)
    # one in thirty or so is exact by chance, all four once in a million
    assert {one.total for one in found} != {4000.0}


def test_synthesise_says_what_it_spent_within_the_budget():
    found = made()

    assert found.epsilon <= 1.0
    assert sum(spend.queries for spend in found.spends) == 1 + 4 + 6 + 1
    assert {spend.mechanism for spend in found.spends} == {"discrete gaussian", "gaussian"}


@settings(max_examples=4, deadline=None)
@given(st.permutations(list(CODES)))
def test_synthesise_columns_in_any_order_give_the_same_columns_and_errors_of_the_same_size(order):
    frame = population().select(order)
    found = made(frame, from_json({name: CODES[name] for name in order}))

    assert found.rows.columns == order
    assert compare(frame, found.rows, withheld=found.withheld).way(2).relative < 0.3


def test_synthesise_same_run_taken_up_again_reads_its_own_noise(tmp_path):
    first, second = (made(run="a", folder=tmp_path / "a") for _ in range(2))

    assert first.rows.equals(second.rows)
    assert first.total == second.total


def test_synthesise_interrupted_run_keeps_what_was_measured_and_draws_only_the_rest(tmp_path):
    asked = []

    def soon() -> bool:
        asked.append(1)
        return len(asked) > 6

    with pytest.raises(Cancelled):
        made(run="a", folder=tmp_path / "a", cancelled=soon)
    before = {path.name: path.read_bytes() for path in (tmp_path / "a").glob("*.answers")}
    made(run="a", folder=tmp_path / "a")

    assert before
    assert {name: (tmp_path / "a" / name).read_bytes() for name in before} == before


def test_synthesise_refused_charge_leaves_no_answers(tmp_path):
    def refuse(_spends):
        raise BadTable("over budget")

    with pytest.raises(BadTable, match="over budget"):
        made(folder=tmp_path / "a", charge=refuse)
    assert list((tmp_path / "a").glob("*.answers")) == []


def test_synthesise_charge_is_told_before_anything_is_drawn(tmp_path):
    seen = []
    made(folder=tmp_path / "a", charge=lambda spends: seen.append((len(spends), list((tmp_path / "a").glob("*.answers")))))

    assert seen == [(len(made().spends), [])]


def test_synthesise_progress_goes_up_and_ends():
    steps = []
    made(progress=lambda _step, done: steps.append(done))

    assert steps == sorted(steps)
    assert steps[-1] == 1.0


def test_synthesise_one_row_gives_noise_and_no_error():
    assert made(population(1)).rows.height >= 0


@pytest.mark.parametrize("columns", [["sex"], ["sex", "age"]])
def test_synthesise_one_or_two_columns_work(columns):
    found = made(population().select(columns), from_json({name: CODES[name] for name in columns}))

    assert found.rows.columns == columns
    assert found.epsilon <= 1.0


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"epsilon": 0.0}, "epsilon = 0"),
        ({"epsilon": 1e9}, "protects nobody"),
        ({"delta": 0.0}, "delta"),
        ({"withheld": "sea"}, "'sea'"),
        ({"frame": population(0)}, "no rows"),
        ({"frame": population().with_columns(pl.lit("x").alias("name"))}, "'name'"),
        ({"frame": population().with_columns(pl.lit("mine").alias("work"))}, "'work'"),
    ],
)
def test_synthesise_bad_input_is_refused_in_words(change, words):
    with pytest.raises(BadTable, match=words):
        made(**change)
