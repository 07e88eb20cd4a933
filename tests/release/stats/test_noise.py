"""Rounding and cell keys: additive where they say so, the same persons the same noise, nothing small left."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.release.stats.cellkey import noise_table, perturb, record_keys
from havre.release.stats.cells import Layout, cell, tabulate
from havre.release.stats.errors import BadTable
from havre.release.stats.rounding import round_table
from tests.release.stats.test_suppress import SQUARE, frame_of, layout_of, small_tables


@settings(max_examples=40, deadline=None)
@given(counts=small_tables, base=st.integers(2, 7))
def test_round_table_adds_up_and_moves_less_than_its_steps(counts, base):
    system = tabulate(frame_of(counts), layout_of(counts))
    found = round_table(system, base=base)
    assert np.all(found.values % base == 0)
    assert np.allclose(system.rows @ found.values, 0)
    assert np.all(np.abs(found.values - system.values) < base * found.steps + 1e-9)
    # a two-way table can always be rounded to neighbours (Cox 1987)
    assert found.steps == 1


def test_round_table_of_base_one_is_refused():
    with pytest.raises(BadTable, match="2 or more"):
        round_table(tabulate(frame_of(SQUARE), layout_of(SQUARE)), base=1)


@pytest.mark.parametrize(("most", "variance", "least"), [(5, 3.0, 2), (4, 2.0, 1), (10, 8.0, 3)])
def test_noise_table_is_unbiased_and_never_leaves_a_small_count(most, variance, least):
    table = noise_table(most=most, variance=variance, least=least)
    assert np.allclose(table.probabilities.sum(axis=1), 1)
    assert np.allclose(table.probabilities @ table.noise, 0, atol=1e-5)
    for count, row in enumerate(table.probabilities):
        after = count + table.noise[row > 0]
        assert after.min() >= 0
        assert not set(after.tolist()) & set(range(1, least + 1))
    assert table.probabilities[-1] @ table.noise**2 == pytest.approx(variance, rel=1e-4)


def test_perturb_gives_the_same_persons_the_same_noise_in_every_table():
    frame = frame_of(SQUARE).with_row_index("id").with_columns(record_keys([str(n) for n in range(sum(SQUARE.values()))], secret=b"s" * 32))
    table = noise_table()
    both = perturb(frame, layout_of(SQUARE), table)
    alone = perturb(frame.filter(pl.col("a") == "1"), Layout((("b",),), {"b": ("1", "2", "3")}), table)
    assert {code: both[cell(a="1", b=code)] for code in "123"} == {code: alone[cell(b=code)] for code in "123"}
    assert all(value == 0 or value > 2 for value in both.values())
    # positive control: the noise is there
    plain = tabulate(frame, layout_of(SQUARE))
    assert both != dict(zip(plain.cells, plain.values.astype(int).tolist(), strict=True))


def test_perturb_without_keys_is_refused():
    with pytest.raises(BadTable, match="record_keys"):
        perturb(frame_of(SQUARE), layout_of(SQUARE), noise_table())


def test_record_keys_with_a_short_secret_are_refused():
    with pytest.raises(BadTable, match="16 bytes"):
        record_keys(["1"], secret=b"short")
