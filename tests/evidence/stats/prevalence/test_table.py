"""Overlaps as a table: lists that lie within another."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.evidence.stats.prevalence import Overlaps, estimate
from havre.evidence.stats.prevalence.table import Nested, without_nested
from havre.evidence.stats.prevalence.words import reason

CLASSICAL = ("stepwise", "decomposable")
# everyone on the register came from the police
REGISTER = {"p": 80, "n": 90, "h": 70, "pr": 50, "pn": 12, "ph": 9, "nh": 11, "prn": 8, "prh": 6, "pnh": 2}


def table(counts, lists="prnh"):
    return Overlaps.of(lists, counts)


def test_list_within_another_is_left_out_and_told_and_nobody_is_lost():
    whole = table(REGISTER)
    left, found = without_nested(whole)

    assert found == (Nested("r", "p", 64),)
    assert left.lists == ("p", "n", "h") and left.people == whole.people
    result = estimate(whole, families=CLASSICAL, resamples=20, checks=False)
    assert reason("nested", inner="r", outer="p", count=64) in result.light.reasons
    # the estimate is that of the other lists, and the table shown is the one given
    assert result.value == estimate(left, families=CLASSICAL, resamples=20, checks=False).value
    assert result.table == whole


def test_three_lists_of_which_one_lies_within_another_are_two_and_refused():
    result = estimate(table({key: people for key, people in REGISTER.items() if "h" not in key}, "prn"), resamples=20)

    assert result.refused
    assert result.light.reasons == (reason("nested", inner="r", outer="p", count=58), reason("few_lists", count=2))


def test_short_list_that_happens_to_lie_within_another_stays():
    lists = table({"p": 80, "n": 90, "h": 70, "pr": 3, "pn": 12, "ph": 9, "nh": 11, "pnh": 2})

    assert without_nested(lists) == (lists, ())


@given(st.dictionaries(st.integers(1, 15), st.integers(1, 60), min_size=3))
def test_leaving_out_nested_lists_never_loses_a_person_and_ends(counts):
    whole = Overlaps.from_masks("abcd", counts)
    left, found = without_nested(whole)

    assert left.people == whole.people
    assert len(left.lists) + len(found) == 4
    assert without_nested(left) == (left, ())


def test_drawn_tables_of_a_table_with_a_nested_list_are_estimated_on_the_same_lists():
    whole = table(REGISTER)
    found = estimate(whole, families=CLASSICAL, resamples=20, checks=False, drawn=[whole, whole])

    assert found.linkage.tables == 2
    assert np.isfinite(found.linkage.value) and found.linkage.low == pytest.approx(found.linkage.without_low, rel=0.25)
