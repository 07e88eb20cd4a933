"""The parts of tables: what one person moves, what the noise is, and that the parts make the table again."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from havre.release.stats.private import residual
from havre.release.stats.private.accounting import Budget
from havre.release.stats.private.codebook import from_json
from havre.release.stats.synthesis.private import Recipe, plan, spends_of

sizes_of_tables = st.lists(st.integers(2, 9), min_size=1, max_size=2)


def exact(counts: np.ndarray) -> np.ndarray:
    """The part of a table by centring every axis: an independent way."""
    for axis in range(counts.ndim):
        counts = counts - counts.mean(axis=axis, keepdims=True)
    return counts


@settings(max_examples=30, deadline=None)
@given(sizes=sizes_of_tables, data=st.data())
def test_one_person_moves_the_whole_numbers_asked_for_by_no_more_than_the_sensitivity(sizes, data):
    cell = data.draw(st.integers(0, math.prod(sizes) - 1))
    person = np.zeros(math.prod(sizes), np.int64)
    person[cell] = 1
    grid = round(residual.GRID ** (1 / len(sizes)))
    moved = person.reshape(sizes)
    for axis, size in enumerate(sizes):
        moved = np.moveaxis(np.tensordot(residual.contrasts(size, grid), moved, axes=(1, axis)), 0, axis)
    square = sum(int(entry) ** 2 for entry in moved.ravel())

    assert square <= residual.sensitivity(sizes) ** 2
    assert residual.reach(sizes) == pytest.approx(math.sqrt(residual.cost(sizes)), rel=1e-4)


@settings(max_examples=15, deadline=None)
@given(sizes=sizes_of_tables, data=st.data())
def test_part_of_noisy_contrasts_is_the_centred_table(sizes, data):
    cells = math.prod(sizes)
    counts = np.array(data.draw(st.lists(st.integers(0, 9000), min_size=cells, max_size=cells)))
    found = residual.part(residual.measured(counts, sizes, 1e-4), sizes)

    assert found == pytest.approx(exact(counts.reshape(sizes).astype(float)).ravel(), abs=0.1)


def test_table_put_together_from_its_parts_is_the_table():
    counts = np.arange(12.0).reshape(3, 4) ** 2
    parts = {
        (): np.array([counts.sum()]),
        (0,): exact(counts.sum(axis=1)),
        (1,): exact(counts.sum(axis=0)),
        (0, 1): exact(counts).ravel(),
    }

    assert residual.table(parts, (0, 1), (3, 4)) == pytest.approx(counts.ravel())


def test_noise_of_a_cell_is_as_large_as_said():
    sizes, sigmas = (4, 5), {(): 20.0, (0,): 6.0, (1,): 8.0, (0, 1): 10.0}
    counts = np.full((4, 5), 50)
    tables = []
    for _ in range(60):
        parts = {(): np.array([1000.0])} | {
            subset: residual.part(
                residual.measured(counts.sum(axis=tuple({0, 1} - set(subset))).ravel(), [sizes[c] for c in subset], sigmas[subset]),
                [sizes[c] for c in subset],
            )
            for subset in ((0,), (1,), (0, 1))
        }
        tables.append(residual.table(parts, (0, 1), sizes))
    said = residual.cell_noise({**sigmas, (): 0.0}, (0, 1), sizes)

    # 1,200 cells, correlated within a table: within a tenth
    assert np.std(np.array(tables) - 50.0) == pytest.approx(said, rel=0.1)


def test_precisions_give_the_squares_of_the_parts():
    counts = np.arange(12.0).reshape(3, 4) ** 2
    sigmas = {(): 3.0, (0,): 5.0, (1,): 7.0, (0, 1): 11.0}
    parts = {(): counts.sum(), (0,): exact(counts.sum(axis=1)), (1,): exact(counts.sum(axis=0)), (0, 1): exact(counts)}
    tables = {(): counts.sum(), (0,): counts.sum(axis=1), (1,): counts.sum(axis=0), (0, 1): counts}
    weights = residual.precisions(sigmas, (3, 4))

    assert sum(weights[subset] * np.sum(tables[subset] ** 2) for subset in sigmas) == pytest.approx(
        sum(np.sum(parts[subset] ** 2) / sigmas[subset] ** 2 for subset in sigmas)
    )
    # negative for the single columns, which the pairs' centring takes away from
    assert residual.precisions({(0, 1): 1.0}, (3, 4))[(0,)] == pytest.approx(-1 / 4)


@settings(max_examples=5, deadline=None)
@given(epsilon=st.sampled_from([0.25, 1.0, 4.0]), sizes=st.lists(st.integers(1, 30), min_size=1, max_size=6))
def test_plan_spends_the_budget_and_no_more_by_a_reading_of_its_own(epsilon, sizes):
    book = from_json({f"column {place}": [str(code) for code in range(size)] for place, size in enumerate(sizes)})
    sigmas = plan(book, Budget(epsilon, 7.3e-6), Recipe())
    spends = spends_of(sigmas, book.sizes, "run")
    mu = math.sqrt(sum(one.queries * (one.sensitivity / one.scale) ** 2 for one in spends))

    def delta(at: float) -> float:
        return float(norm.cdf(mu / 2 - at / mu) - math.exp(at) * norm.cdf(-mu / 2 - at / mu))

    assert delta(epsilon) + sum(one.delta for one in spends) <= 7.3e-6
    assert delta(epsilon * 0.97) > 7.3e-6
    assert sum(one.delta for one in spends) < 1e-8
