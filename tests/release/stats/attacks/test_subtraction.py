"""A release is judged with what was published before it, from what outsiders see."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.release.stats.attacks.subtraction import subtract
from havre.release.stats.cells import Layout, cell, domains_of
from havre.release.stats.errors import BadTable, CannotProtect
from havre.release.stats.protect import NOT_RECORDED, grid, protect
from havre.release.stats.published import layout_of, of_grid

COUNTS = {
    ("north", "f"): 3, ("north", "m"): 20, ("north", "o"): 30,
    ("south", "f"): 25, ("south", "m"): 40, ("south", "o"): 15,
    ("isles", "f"): 50, ("isles", "m"): 22, ("isles", "o"): 18,
}  # fmt: skip


def rows(counts, columns=("place", "gender")):
    every = [key for key, number in counts.items() for _ in range(number)]
    return pl.DataFrame({name: [row[place] for row in every] for place, name in enumerate(columns)})


def released(frame, table, k=5, name="now", **more):
    protected = protect(frame, Layout((table,), domains_of(frame, table)), k=k, **more)
    return of_grid(grid(protected, table), name=name)


def plain(frame, table, name):
    """The table as somebody without Havre would print it: every count."""
    return released(frame, table, k=2, name=name)


def test_protected_table_alone_tells_no_small_count():
    found = subtract([released(rows(COUNTS), ("place", "gender"))], [], k=5)
    assert (found.holds, found.control) == (True, True)
    assert found.cells == 16


def test_unprotected_table_tells_its_small_cell():
    found = subtract([plain(rows(COUNTS), ("place", "gender"), "now")], [], k=5)
    assert [(one.cell, one.low, one.high, one.way) for one in found.told] == [(cell(place="north", gender="f"), 3, 3, "itself")]


def test_earlier_release_that_reveals_a_person_is_named_with_the_cells():
    frame = rows(COUNTS)
    now = released(frame, ("place", "gender"))
    hidden = [key for key in now.hidden if key != cell(place="north", gender="f")]
    # an earlier table gave one of the complementary cells away
    earlier = of_grid(pl.DataFrame({"place": [dict(hidden[0])["place"]], "gender": [dict(hidden[0])["gender"]],
                                    "persons": [str(COUNTS[dict(hidden[0])["place"], dict(hidden[0])["gender"]])]}), name="2024")  # fmt: skip
    found = subtract([now], [earlier], k=5)
    assert [one.words for one in found.told] == ["gender=f place=north: 3, with 2024"]


def test_release_after_one_person_came_tells_the_difference():
    then = plain(rows({**COUNTS, ("south", "m"): 39}), ("place", "gender"), "2024")
    now = released(rows(COUNTS), ("place", "gender"), k=2)
    found = subtract([now], [then], k=3)
    assert {one.words for one in found.told} == {
        "gender=m place=south: differs by 1 from 2024",
        "place=south: differs by 1 from 2024",
        "gender=m: differs by 1 from 2024",
        "total: differs by 1 from 2024",
    }


def test_difference_of_k_persons_or_more_is_no_small_count():
    then = plain(rows({**COUNTS, ("south", "m"): 33}), ("place", "gender"), "2024")
    assert subtract([released(rows(COUNTS), ("place", "gender"), k=3)], [then], k=3).holds


def test_linked_tables_with_an_earlier_finer_one_are_solved_together():
    frame = rows(COUNTS).with_columns(pl.lit("1").alias("year"))
    now = released(frame, ("place", "gender"))
    earlier = [plain(frame.filter(pl.col("gender") != "f"), ("place", "gender"), "men and others")]
    found = subtract([now], earlier, k=5)
    # the earlier table is about fewer persons: it contradicts the margins, so differences are looked at, and women of the north come out
    assert cell(place="north") in [one.cell for one in found.told if one.way == "difference"]


def test_protect_with_the_earlier_release_refuses_and_names_the_cell():
    frame = rows(COUNTS)
    with pytest.raises(CannotProtect) as refusal:
        protect(frame, Layout((("place", "gender"),), domains_of(frame, ("place", "gender"))), k=5,
                earlier=[{cell(place="north", gender="f"): 3.0}])  # fmt: skip
    assert refusal.value.cells == ("gender=f place=north",)


def test_missing_value_and_total_are_told_apart_when_read_back():
    frame = rows({("north", ""): 12, ("north", "f"): 15, ("south", "f"): 20, ("south", ""): 30})
    found = released(frame, ("place", "gender"))
    assert found.cells[cell(gender="", place="north")] == 12
    assert found.cells[cell(place="north")] == 27
    protected = protect(frame, Layout((("place", "gender"),), domains_of(frame, ("place", "gender"))), k=5)
    assert NOT_RECORDED in grid(protected, ("place", "gender"))["gender"].to_list()


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"place": ["a"], "n": ["3"]}, "no column 'persons'"),
        ({"place": ["a", "a"], "persons": ["3", "4"]}, "line 3: place=a is there twice"),
        ({"place": ["a"], "persons": ["-3"]}, "line 2: '-3' is no number of persons"),
    ],
)
def test_table_that_is_none_is_refused_with_its_line(table, words):
    with pytest.raises(BadTable, match=words):
        of_grid(pl.DataFrame(table), name="t.csv")


def test_hierarchy_of_published_codes_is_one_sum_not_two():
    counts = {("a1", "f"): 12, ("a2", "f"): 30, ("b1", "f"): 40}
    parents = {"place": {"a1": "a", "a2": "a"}}
    frame = rows(counts)
    protected = protect(frame, Layout((("place",),), domains_of(frame, ("place",)), parents=parents), k=5)
    table = of_grid(grid(protected, ("place",)), name="now")
    assert layout_of([table], parents=parents).domains["place"] == ("a1", "a2", "b1")
    assert subtract([table], [], k=5, parents=parents).holds


@settings(max_examples=8, deadline=None)
@given(st.lists(st.integers(0, 25), min_size=9, max_size=9), st.integers(3, 8))
def test_whatever_protect_publishes_tells_outsiders_no_small_count(numbers, k):
    counts = {key: number for key, number in zip(COUNTS, numbers, strict=True) if number}
    if not counts:
        return
    try:
        table = released(rows(counts), ("place", "gender"), k=k)
    except CannotProtect:
        return
    assert subtract([table], [], k=k).holds
