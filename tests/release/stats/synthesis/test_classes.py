"""Hidden classes find who goes together; single columns are written when they are more likely held by k persons than absent."""

from itertools import product

import numpy as np
import pytest

from havre.release.stats.synthesis.candidates import single_targets
from havre.release.stats.synthesis.classes import mixture

SIZES = (3, 3, 3)
ROWS = np.array(list(product(range(3), repeat=3)))


def test_mixture_of_two_groups_makes_rows_across_groups_unlikely():
    """0-0-0 and 1-1-1 are common: 0-0-1 mixes them, though each of its codes is common."""
    weights = np.array([500.0 if tuple(row) in {(0, 0, 0), (1, 1, 1)} else 0.0 for row in ROWS])
    likely = dict(zip(map(tuple, ROWS), mixture(ROWS, SIZES, weights, classes=2), strict=True))

    assert likely[(0, 0, 0)] == pytest.approx(0.5, abs=0.05)
    assert likely[(0, 0, 1)] < likely[(0, 0, 0)] / 50


def test_mixture_leaves_nothing_to_chance_and_sums_to_at_most_one():
    weights = np.arange(len(ROWS), dtype=float)
    first, second = (mixture(ROWS, SIZES, weights, classes=4) for _ in range(2))

    assert np.array_equal(first, second)
    assert first.sum() == pytest.approx(1.0, abs=1e-6)


def test_single_targets_drop_codes_that_are_likely_absent_and_keep_the_others_as_measured():
    """A hundred empty codes with noise of 5, three held by many."""
    noise = np.tile([-6.0, 4.0, -1.0, 7.0, -4.0], 20)
    found = single_targets(np.concatenate([[900.0, 400.0, 60.0], noise]), 5.0, 1360.0, 11)

    assert found[:3].tolist() == [900.0, 400.0, 60.0]
    assert not found[3:].any()
