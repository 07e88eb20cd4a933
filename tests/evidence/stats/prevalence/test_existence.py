"""The quick answer on existence against the whole linear programme, the compiled loops against plain numpy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.evidence.stats.prevalence import Overlaps
from havre.evidence.stats.prevalence.bic import hierarchical
from havre.evidence.stats.prevalence.existence import EXISTS, Cells, exists_by_programme, fault, fit, setup
from havre.evidence.stats.prevalence.loops import newton, newton_plain, null_plain, null_space
from havre.evidence.stats.prevalence.table import margins
from tests.evidence.stats.prevalence.published import ARTIFICIAL, UK, WESTERN


@st.composite
def tables(draw, lists=st.integers(3, 4)):
    number = draw(lists)
    counts = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2, 9]), min_size=(1 << number) - 1, max_size=(1 << number) - 1))
    return Overlaps.from_masks([f"L{i}" for i in range(number)], dict(enumerate(counts, 1)))


@settings(max_examples=150, deadline=None)
@given(tables(), st.data())
def test_existence_the_quick_way_agrees_with_the_linear_programme(table, data):
    if table.people:
        model = data.draw(st.sampled_from(hierarchical(len(table.lists), 3 if len(table.lists) == 4 else 2)))

        assert setup(Cells.of(table), model)[0] == exists_by_programme(table, model)


@settings(max_examples=60, deadline=None)
@given(tables(), st.data())
def test_fit_that_exists_reproduces_the_margins_of_its_terms(table, data):
    if table.people:
        model = data.draw(st.sampled_from(hierarchical(len(table.lists), 2)))
        cells = Cells.of(table)
        outcome, _, live, kept, design = setup(cells, model)
        if outcome == EXISTS:
            _, mean, _, converged = newton(design, cells.dense[kept])

            assert converged
            assert design.T @ mean == pytest.approx([cells.people if not term else cells.margin[term] for term in live], abs=1e-4)


def test_newton_compiled_and_plain_give_the_same_fit():
    cells = Cells.of(UK)
    _, _, _, kept, design = setup(cells, (3, 6, 24))
    fast, slow = newton(design, cells.dense[kept]), newton_plain(design, cells.dense[kept])

    assert fast[0] == pytest.approx(slow[0], abs=1e-6)
    assert fast[2] == pytest.approx(slow[2], abs=1e-8)


@settings(deadline=None)
@given(st.integers(0, 2**30), st.integers(2, 8), st.integers(2, 8))
def test_null_space_compiled_and_plain_span_the_same_space(seed, rows, columns):
    matrix = np.random.default_rng(seed).integers(0, 2, (rows, columns)).astype(float)
    fast, slow = null_space(matrix), null_plain(matrix)

    assert fast.shape == slow.shape
    assert np.abs(matrix @ fast).max(initial=0) < 1e-9
    assert np.linalg.matrix_rank(np.hstack([fast, slow]), tol=1e-9) == fast.shape[1] if fast.size else True


def test_term_nobody_meets_is_at_minus_infinity_and_a_term_at_fault_is_named():
    # nobody on A and C, nor on B and C
    found = fit(Cells.of(ARTIFICIAL), (5, 6))
    assert found.at_minus_infinity == (5, 6)
    assert ARTIFICIAL.people + found.missing == pytest.approx(296.0)
    broken = fit(Cells.of(ARTIFICIAL), (3, 5), explain=True)
    assert broken.at_fault and set(broken.at_fault) <= {3, 5}
    assert fault(Cells.of(WESTERN), ()) == ()


def test_margins_count_the_people_on_all_lists_of_a_set():
    found = margins(UK.dense())

    assert found[0] == UK.people
    assert found[0b011] == UK.on("LA", "NG") == 18
