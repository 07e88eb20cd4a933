"""The scorer of candidate pairs: the same with numba and without, rivals told from partners, and it earns its place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.private_linkage import encoded, ids_of, quality, two_lists
from havre.evidence.stats.linkage import trees
from havre.evidence.stats.linkage.private import Hardening, judging, unit


@settings(deadline=None, max_examples=20)
@given(st.integers(0, 2**32 - 1))
def test_walk_without_numba_gives_what_the_compiled_loop_gives(seed):
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 12, (40, len(judging.NAMES))).astype(np.float32)
    rows[rng.random(rows.shape) < 0.3] = np.nan
    assert judging.walk(judging.shipped(), rows) == pytest.approx(trees.predict(judging.shipped(), rows), abs=1e-9)


def test_best_rival_is_the_best_of_a_persons_other_pairs():
    weight, person = np.array([9.0, 4.0, 7.0, 7.0, 1.0]), np.array([0, 0, 1, 1, 2])
    assert judging._best_rival(weight, person, 3).tolist() == [4.0, 9.0, 7.0, 7.0, -40.0]


@pytest.fixture(scope="module")
def two():
    return two_lists(2_400, 91, "high")


@pytest.mark.parametrize("how", [Hardening(), Hardening(fold=True, flip=4)])
def test_links_of_lists_with_many_errors_are_mostly_right_whatever_the_hardening(two, how):
    files = encoded(two, how)
    found, ids = unit.link(files), ids_of(two, files)
    links = {(ids[0][x], ids[1][y]) for _, x, _, y, _ in found.links}
    precision, recall, f1 = quality(links, two.truth)
    assert precision > 0.8 and recall > 0.6 and f1 > 0.74
    assert found.expected == pytest.approx(len(links), rel=0.1)
