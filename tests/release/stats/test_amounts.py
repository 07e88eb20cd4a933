"""Amounts that are no amounts stop a table: a cell that compares with nothing would otherwise pass for safe."""

import polars as pl
import pytest

from havre.release.stats.cells import Layout, tabulate
from havre.release.stats.errors import BadTable
from havre.release.stats.primary import p_percent

LAYOUT = Layout((("year",),), {"year": ("2019",)})


@pytest.mark.parametrize("amounts", [[float("nan"), 1.0], [float("inf"), 1.0], [None, 1.0], [-1.0, 1.0], ["many", "1"]])
def test_amount_that_is_none_is_refused(amounts):
    rows = pl.DataFrame({"year": ["2019"] * 2, "giver": ["a", "b"], "hours": amounts})
    with pytest.raises(BadTable, match="column 'hours' holds amounts"):
        p_percent(rows, LAYOUT, amount="hours", giver="giver", p=10)


@pytest.mark.parametrize(("rest", "unsafe"), [(10.0, 0), (9.999, 1), (10.001, 0)])
def test_p_percent_holds_exactly_at_its_limit(rest, unsafe):
    rows = pl.DataFrame({"year": ["2019"] * 3, "giver": ["a", "b", "c"], "hours": [100.0, 50.0, rest]})
    assert len([need for need in p_percent(rows, LAYOUT, amount="hours", giver="giver", p=10) if need.cell]) == unsafe


def test_table_with_one_column_twice_or_named_as_the_counts_is_refused():
    rows = pl.DataFrame({"year": ["2019"], "persons": ["1"]})
    with pytest.raises(BadTable, match="twice in one table"):
        tabulate(rows, Layout((("year", "year"),), {"year": ("2019",)}))
    with pytest.raises(BadTable, match="rename it"):
        tabulate(rows, Layout((("persons",),), {"persons": ("1",)}))
