"""The metrics, against values worked out by hand."""

import polars as pl
import pytest

from havre.release.stats.errors import BadTable
from havre.release.stats.synthesis.metrics import compare


def rows(*pairs) -> pl.DataFrame:
    return pl.DataFrame({"a": [pair[0] for pair in pairs], "b": [pair[1] for pair in pairs]})


def test_compare_a_copy_has_no_error():
    frame = rows(("x", "1"), ("x", "2"), ("y", "2"))
    found = compare(frame, frame, k=1)

    for one in found.ways:
        assert (one.mae, one.relative_all, one.tvd, one.spurious, one.suppressed, one.within_tenth) == (0, 0, 0, 0, 0, 1)
    assert found.unique_reproduced == found.unique_rows == 3


def test_compare_worked_example():
    original = rows(*[("x", "1")] * 6, *[("x", "2")] * 2, *[("y", "2")] * 2)
    # five rows stand for ten: x1 3 -> 6, y1 1 -> 2 (spurious), y2 1 -> 2; x2 is lost
    synthetic = rows(*[("x", "1")] * 3, ("y", "1"), ("y", "2"))
    found = compare(original, synthetic, k=3)
    one, two = found.way(1), found.way(2)

    assert (one.cells, one.publishable) == (4, 4 - 1)
    # singles: x 8->6, y 2->4, 1: 6->8, 2: 4->2
    assert one.mae == pytest.approx(2.0)
    assert one.relative_all == pytest.approx((2 / 8 + 2 / 2 + 2 / 6 + 2 / 4) / 4)
    assert one.relative == pytest.approx((2 / 8 + 2 / 6 + 2 / 4) / 3)
    assert one.relative_median == pytest.approx(2 / 6)
    assert one.tvd == pytest.approx(0.2)
    assert (two.cells, two.publishable) == (3, 1)
    assert two.mae == pytest.approx((0 + 2 + 2 + 0) / 4)
    assert two.spurious == pytest.approx(1 / 3)
    assert two.spurious_mass == pytest.approx(0.2)
    assert two.suppressed == pytest.approx(1 / 3)
    assert two.suppressed_publishable == 0
    assert two.rare_kept == pytest.approx(1 / 2)


def test_compare_withheld_value_counts_in_no_cell_but_in_the_total():
    original = rows(*[("x", "1")] * 4)
    synthetic = rows(*[("x", "1")] * 2, *[("x", "?")] * 2)
    found = compare(original, synthetic, k=2, withheld="?")

    assert found.withheld_values == 2
    assert found.way(1).spurious == found.way(2).spurious == 0
    assert found.way(1).mae == pytest.approx(1.0)  # b = 1: 4 -> 2
    assert found.way(2).mae == pytest.approx(2.0)


def test_compare_withheld_value_not_declared_is_a_value():
    original = rows(*[("x", "1")] * 4)
    synthetic = rows(*[("x", "1")] * 2, *[("x", "?")] * 2)

    assert compare(original, synthetic, k=2).way(2).spurious == pytest.approx(0.5)


def test_compare_missing_value_is_a_value():
    original = pl.DataFrame({"a": ["x", None, None]})
    synthetic = pl.DataFrame({"a": ["x", "", "x"]})

    assert compare(original, synthetic, k=1).way(1).spurious == 0


def test_compare_other_columns_are_refused():
    with pytest.raises(BadTable, match="b"):
        compare(rows(("x", "1")), rows(("x", "1")).drop("b"), k=2)
