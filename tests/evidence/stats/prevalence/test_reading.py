"""What the reader takes, and what it says of what it cannot take."""

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.evidence.stats.prevalence import BadTable, Overlaps, estimate, read_strata, read_table
from havre.evidence.stats.prevalence.words import BAD

GOOD = {"a": [1, 0, 0, 1], "b": [0, 1, 0, 1], "c": [0, 0, 1, 0], "n": [4, 5, 6, 2]}
HERE = Overlaps.of("abc", {"a": 4, "b": 5, "c": 6, "ab": 2})


@pytest.mark.parametrize("name", ["n", "Count", "count", "Frequency", "anything", "Effectif"])
def test_read_finds_the_last_column_of_counts_whatever_its_name(name):
    assert read_table(pl.DataFrame(GOOD).rename({"n": name})) == HERE


def test_read_takes_polars_arrow_a_path_and_rows_of_persons(tmp_path):
    frame = pl.DataFrame(GOOD)
    path = tmp_path / "t.csv"
    frame.write_csv(path, separator=";")
    persons = frame.select(pl.all().exclude("n").repeat_by("n").explode()).cast(pl.Boolean)

    assert [read_table(one) for one in (frame, frame.lazy(), frame.to_arrow(), path, str(path), persons)] == [HERE] * 6


def test_read_takes_a_byte_order_mark_an_old_encoding_blank_lines_and_the_history_of_nobody(tmp_path):
    path = tmp_path / "t.csv"
    path.write_bytes("﻿police,élus,ngo,n\n1,0,0,4\n0,1,0,5\n0,0,1,6\n1,1,0,2\n0,0,0,0\n,,,\n".encode())
    assert read_table(path).lists == ("police", "élus", "ngo")
    path.write_bytes("élus,b,c,n\n1,0,0,4\n0,1,0,5\n0,0,1,6\n".encode("cp1252"))
    assert read_table(path).lists[0] == "élus"


@given(st.integers(3, 6), st.data())
def test_read_gives_back_what_was_written(lists, data):
    counts = data.draw(st.dictionaries(st.integers(1, (1 << lists) - 1), st.integers(1, 500), min_size=1))
    for place in range(lists):
        counts.setdefault(1 << place, 3)
    rows = [[*(history >> i & 1 for i in range(lists)), people] for history, people in counts.items()]
    names = [f"L{i}" for i in range(lists)]

    assert read_table(pl.DataFrame(rows, schema=[*names, "total"], orient="row")) == Overlaps.from_masks(names, counts)


def changed(column, value, row=1):
    return pl.DataFrame({**{name: list(map(str, values)) for name, values in GOOD.items()}}).with_columns(
        pl.when(pl.int_range(pl.len()) == row).then(pl.lit(value)).otherwise(column).alias(column)
    )


BROKEN = {
    "negative": changed("n", "-3"),
    "fractional": changed("n", "2.5"),
    "not_a_count": changed("n", "many"),
    "blank_count": changed("n", ""),
    "too_large": changed("n", "1e12"),
    "not_binary": changed("a", "2"),
    "twice": changed("a", "1", row=1),
    "nowhere": changed("b", "0", row=1),
    "empty_list": pl.DataFrame({**GOOD, "c": [0, 0, 0, 0], "a": [1, 0, 1, 1], "b": [0, 1, 1, 1]}).head(3),
    "identical": pl.DataFrame({"a": [1, 0, 1], "b": [1, 0, 1], "c": [0, 1, 1], "n": [4, 5, 6]}),
    "everybody": pl.DataFrame({"a": [1, 0, 1], "b": [0, 1, 1], "all": [1, 1, 1], "n": [4, 5, 6]}),
    "nobody": pl.DataFrame({"a": [1, 0], "b": [0, 1], "c": [0, 0], "n": [0, 0]}),
    "no_rows": pl.DataFrame({"a": [], "b": [], "c": [], "n": []}),
    "no_lists": pl.DataFrame({"n": [3]}),
    "too_many": pl.DataFrame({**{f"l{i}": [int(i == j) for j in range(11)] for i in range(11)}, "n": [5] * 11}),
    "bad_type": object(),
}


@pytest.mark.parametrize("code", BROKEN)
def test_read_of_a_broken_table_says_what_is_wrong_in_both_languages(code):
    with pytest.raises(BadTable) as problem:
        read_table(BROKEN[code])

    assert problem.value.code == code
    assert problem.value.words("fr") != problem.value.words("en") == str(problem.value)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_a_table"),
        (b"\0\1\2", "not_a_table"),
        (b"a,a,n\n1,0,3\n", "same_name"),
        (b"a,b,n\n1,0,3,9\n", "ragged"),
        (b",a,b,n\n1,1,0,3\n", "no_name"),
    ],
)
def test_read_of_a_file_that_is_no_table_names_the_file(tmp_path, content, code):
    path = tmp_path / "t.csv"
    path.write_bytes(content)

    with pytest.raises(BadTable) as problem:
        read_table(path)
    assert problem.value.code == code


def test_read_of_an_absent_file_an_absent_column_or_a_column_asked_twice_says_so(tmp_path):
    tries = [
        (lambda: read_table(tmp_path / "no.csv"), "missing_file"),
        (lambda: read_table(pl.DataFrame(GOOD), count="m"), "no_such_column"),
        (lambda: read_table(pl.DataFrame(GOOD), count="n", strata="n"), "two_roles"),
        (lambda: read_table(pa.table([[1], [0]], names=["a", "a"])), "same_name"),
        (lambda: read_strata(pl.DataFrame({**GOOD, "sex": ["F", "", "F", "F"]}), "sex", count="n"), "blank_stratum"),
        (lambda: estimate(HERE, population=5), "population"),
        (lambda: estimate(HERE, families=("tarot",)), "setting"),
        (lambda: estimate(HERE, resamples=3), "setting"),
    ]
    for attempt, code in tries:
        with pytest.raises(BadTable) as problem:
            attempt()
        assert problem.value.code == code


def test_every_sentence_about_a_bad_input_has_the_same_fields_in_both_languages():
    import re

    for fr, en in BAD.values():
        assert sorted(re.findall(r"{\w+}", fr)) == sorted(re.findall(r"{\w+}", en))


def test_strata_are_read_apart_and_summed_to_the_whole():
    frame = pl.concat([pl.DataFrame({"sex": ["F"] * 4, **GOOD}), pl.DataFrame({"sex": ["M"] * 4, **GOOD})])

    assert read_strata(frame, "sex") == {"F": HERE, "M": HERE}
    assert read_table(frame, strata="sex").people == 2 * HERE.people


def test_read_numbers_rows_as_a_spreadsheet_does_past_blank_lines_and_a_short_row_is_blank_at_its_end(tmp_path):
    path = tmp_path / "t.csv"
    for content, row in (("a,b,c,n\n1,0,0,4\n\n,,,\n0,1,0,-5\n", 5), ("a,b,c,n\r1,0,0,4\r0,1,0\r", 3)):
        path.write_text(content, newline="")
        with pytest.raises(BadTable) as problem:
            read_table(path)
        assert f"row {row}" in problem.value.words("en") and f"ligne {row}" in problem.value.words("fr")


def test_read_takes_names_with_the_separator_in_quotes(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text('"police, north","police, south",ngo,n\n1,0,0,4\n0,1,0,5\n0,0,1,6\n1,1,0,2\n')

    assert read_table(path) == Overlaps(("police, north", "police, south", "ngo"), HERE.cells)


def told(source) -> Overlaps | BadTable:
    """The overlaps read, or what is wrong with them."""
    try:
        return read_table(source)
    except BadTable as problem:
        return problem


@given(st.binary(max_size=200) | st.text('01,;\n\r"abn -.\t\0é', max_size=80).map(str.encode))
def test_read_of_any_file_gives_people_or_a_sentence_in_both_languages(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(content)
    found = told(path)

    if isinstance(found, BadTable):
        assert found.code in BAD
        assert found.words("fr") and found.words("en") != found.words("fr")
    else:
        assert found.people == sum(people for _, people in found.cells) > 0
        assert all(0 < history < 1 << len(found.lists) and people > 0 for history, people in found.cells)


CELL = st.sampled_from(["0", "1", "1", "0", "true", "2", "", "-1", "x", "0.5"])
COUNT = st.sampled_from(["3", "0", "12", "-2", "1.5", "", "many", "1e99", "nan", "inf"])
# what rows of sound cells can say together
TOGETHER = {"no_rows", "nobody", "nowhere", "twice", "empty_list", "identical", "everybody"}


@given(
    st.lists(st.tuples(CELL, CELL, CELL, COUNT), max_size=6) | st.lists(st.tuples(*[st.sampled_from("01")] * 3, st.just("3")), max_size=6)
)
def test_read_refuses_every_cell_that_is_no_list_and_no_count(rows):
    found = told(pl.DataFrame(rows, schema=dict.fromkeys("abcn", pl.String), orient="row"))
    sound = all(cell in ("0", "1", "true") for row in rows for cell in row[:3]) and all(row[3] in ("3", "0", "12") for row in rows)

    if isinstance(found, BadTable):
        assert not sound or found.code in TOGETHER
    else:
        assert sound
        assert found.people == sum(int(row[3]) for row in rows)
