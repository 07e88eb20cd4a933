"""The budget is met, by a reading of our own that shares no code with the product's."""

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.release.stats.errors import BadTable
from havre.release.stats.ledger import Head, Ledger
from havre.release.stats.private.accounting import Budget, epsilon_of, rho_of, scales_for
from havre.release.stats.private.spend import charges_of, gaussian_spend

GRID, TAIL = 4e-5, 12.0


def delta_of(scales: Sequence[tuple[float, int]], epsilon: float) -> float:
    """The least delta at which tables with discrete Gaussian noise are (epsilon, delta)-private, one person in one cell of each.

    Args: scales, pairs of (sigma, number of tables). The privacy loss of one table, (1 - 2x)/2σ² with x the noise, is put on a grid rounded
    up and composed by Fourier transform; mass outside the grid counts as lost.
    Source: Koskela, Jälkö & Honkela 2020; Canonne, Kamath & Steinke 2020, for the discrete Gaussian.
    """
    variance = sum(count / sigma**2 for sigma, count in scales)
    half = TAIL * math.sqrt(variance) + variance / 2 + 2 * GRID * sum(count for _, count in scales)
    size = 1 << max(12, math.ceil(math.log2(2 * half / GRID)))
    lost, total = 0.0, np.ones(size // 2 + 1, complex)
    for sigma, count in scales:
        reach = math.ceil(14 * sigma) + 1
        x = np.arange(-reach, reach + 1)
        mass = np.exp(-(x**2) / (2 * sigma**2))
        mass /= mass.sum()
        steps = np.ceil((1 - 2 * x) / (2 * sigma**2) / GRID).astype(np.int64)
        inside = np.abs(steps) < size // 2
        lost += count * float(mass[~inside].sum())
        pmf = np.bincount(steps[inside] % size, weights=mass[inside], minlength=size)
        total *= np.fft.rfft(pmf) ** count
    pmf = np.maximum(np.fft.irfft(total, size), 0.0)
    loss = np.fft.fftfreq(size, 1 / size) * GRID
    above = loss > epsilon
    # what the transform wraps around or the tail of one table hides: under 1e-12 at twelve standard deviations
    return float((pmf[above] * -np.expm1(epsilon - loss[above])).sum()) + lost + 1e-12


@settings(max_examples=6, deadline=None)
@given(st.sampled_from([0.5, 1.0, 2.0, 4.0]), st.lists(st.sampled_from([1.0, 2.0, 5.0]), min_size=1, max_size=8))
def test_scales_for_any_shares_stay_inside_the_budget_and_use_nearly_all(epsilon, shares):
    scales = scales_for(shares, Budget(epsilon, 7.3e-6))

    tables = [(scale, 1) for scale in scales]
    assert delta_of(tables, epsilon) <= 7.3e-6
    assert delta_of(tables, epsilon * 0.985) > 7.3e-6


def test_scales_for_a_budget_fit_a_ledger_with_exactly_that_budget():
    scales = scales_for([3.0, 1.0, 1.0], Budget(1.0, 7.3e-6))
    spends = [gaussian_spend(scale=scale, queries=1, use="test") for scale in scales]

    assert Ledger(Head("p", 1.0, 7.3e-6)).price(charges_of(spends)).epsilon <= 1.0


def test_scales_larger_share_gets_less_noise_in_proportion_of_roots():
    small, large = scales_for([1.0, 4.0], Budget(1.0, 1e-6))

    assert small / large == pytest.approx(2.0)


def test_epsilon_of_published_noise_agrees_with_the_notes():
    # dp-accounting's PLD reads 0.917 for ten tables at 13.0; both published figures are rounded
    assert epsilon_of([(13.0, 10)], 7.3e-6) == pytest.approx(0.917, abs=0.005)


def test_rho_of_budget_is_tight_and_not_above_it():
    rho = rho_of(Budget(1.0, 7.3e-6))

    # the notes: sigma 13.0 for ten tables by RDP
    assert math.sqrt(10 / (2 * rho)) == pytest.approx(13.0, abs=0.05)


def test_zcdp_accountant_asks_for_more_noise_than_pld():
    assert scales_for([1.0], Budget(1.0, 7.3e-6), accountant="zcdp")[0] > scales_for([1.0], Budget(1.0, 7.3e-6))[0] * 1.05


@pytest.mark.parametrize("epsilon", [0.0, -1.0, math.nan, math.inf, 11.0, 0.001])
def test_budget_absurd_epsilon_is_refused(epsilon):
    with pytest.raises(BadTable, match="epsilon"):
        Budget(epsilon, 1e-6)


@pytest.mark.parametrize("delta", [0.0, -1e-6, 0.5, math.nan])
def test_budget_absurd_delta_is_refused(delta):
    with pytest.raises(BadTable, match="delta"):
        Budget(1.0, delta)


def test_scales_for_a_share_of_nothing_is_refused():
    with pytest.raises(BadTable, match="share"):
        scales_for([1.0, 0.0], Budget(1.0, 1e-6))
