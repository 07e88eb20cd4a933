"""Private tables: what comes out, what is refused, and what a run taken up again does."""

import numpy as np
import polars as pl
import pytest

from havre.release.stats.errors import BadTable
from havre.release.stats.private.codebook import Codebook, declared_public, from_json
from havre.release.stats.private.noise import Cancelled, noisy
from havre.release.stats.private.store import Run
from havre.release.stats.private.tables import private_tables


def people(rows: int = 300) -> pl.DataFrame:
    return pl.DataFrame({"gender": ["F", "M", "F"] * (rows // 3), "age": ["child", "adult", ""] * (rows // 3)})


BOOK = from_json({"gender": ["F", "M", "X"], "age": {"codes": ["", "child", "adult"], "source": "list"}})


def released(frame=None, book: Codebook = BOOK, wanted=(("gender", "age"), ("age",)), **more):
    return private_tables(people() if frame is None else frame, book, wanted, **{"epsilon": 1.0, "delta": 1e-6, **more})


def test_private_tables_hold_every_public_combination_and_not_only_those_that_occur():
    table = released().tables[0]

    assert table.frame.height == 9
    assert set(table.frame["gender"]) == {"F", "M", "X"}


def test_private_tables_errors_are_as_large_as_said():
    errors = []
    for _ in range(30):
        table = released().tables[1]
        errors += [abs(count - 100) for count in table.frame["noisy count"]]

    # 90 draws, 5 % beyond on average
    assert sum(error > table.within for error in errors) <= 14
    assert max(errors) > 0


def test_private_tables_spend_is_said_for_every_table():
    found = released()

    assert [spend.queries for spend in found.spends] == [1, 1]
    assert found.epsilon <= 1.0


def test_private_tables_refused_charge_draws_and_stores_nothing(tmp_path):
    def refuse(_spends):
        raise BadTable("over budget")

    with pytest.raises(BadTable, match="over budget"):
        released(folder=tmp_path / "run", charge=refuse)
    assert list((tmp_path / "run").glob("*.answers")) == []


def test_private_tables_same_run_again_gives_the_same_noise(tmp_path):
    first, second = (released(folder=tmp_path / "run") for _ in range(2))

    assert first.tables[0].frame.equals(second.tables[0].frame)


def test_private_tables_same_run_with_other_rows_is_refused(tmp_path):
    released(folder=tmp_path / "run")

    with pytest.raises(BadTable, match="other rows"):
        released(people(303), folder=tmp_path / "run")


def test_store_crash_between_draw_and_storing_leaves_nothing_half(tmp_path):
    run = Run("r", "f", tmp_path / "run")

    def crash():
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run.answers("t", crash)
    assert run.answers("t", lambda: np.array([1, 2])).tolist() == [1, 2]
    assert run.answers("t", lambda: np.array([9, 9])).tolist() == [1, 2]


def test_noise_cancelled_stops_with_nothing():
    with pytest.raises(Cancelled):
        noisy(np.zeros(3, int), 2.0, cancelled=lambda: True)


@pytest.mark.parametrize(
    ("frame", "wanted", "words"),
    [
        (None, [("gender", "shoe")], "'shoe'"),
        (None, [("gender",), ("gender",)], "twice"),
        (None, [], "at least one"),
        (pl.DataFrame({"gender": ["F", "Awa Mensah"], "age": ["child", "child"]}), [("gender",)], "'gender'"),
        (pl.DataFrame({"gender": ["F", ""]}), [("gender",)], "empty"),
    ],
)
def test_private_tables_bad_input_is_refused_with_the_column_named(frame, wanted, words):
    with pytest.raises(BadTable, match=words) as refusal:
        released(frame, wanted=wanted)
    assert "Awa" not in str(refusal.value)


def test_encode_identifier_column_is_refused_and_named():
    with pytest.raises(BadTable, match="'case_no'"):
        BOOK.encode(people().with_columns(pl.Series("case_no", range(300))))


def test_encode_free_text_is_called_so():
    frame = pl.DataFrame({"gender": ["she was found at the harbour on Monday and said so"], "age": [""]})

    with pytest.raises(BadTable, match="free text"):
        BOOK.encode(frame)


def test_declared_public_identifier_is_refused_and_named():
    with pytest.raises(BadTable, match="'id'"):
        declared_public(people().with_columns(pl.Series("id", [f"p{i}" for i in range(300)])))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "every column"),
        ({"a": []}, "not filled in"),
        ({"a": ["x", "x"]}, "twice"),
        ({"a": {"codes": ["x"], "parents": {"y": "z"}}}, "parents"),
    ],
)
def test_codebook_bad_is_refused(data, words):
    with pytest.raises(BadTable, match=words):
        from_json(data)
