"""Graphs, latent classes and chains' gates, each against something it must agree with."""

from itertools import combinations

import numpy as np
import pytest
from scipy.special import gammaln

from havre.evidence.stats.prevalence.diagnostics import ess, gates
from havre.evidence.stats.prevalence.graphs import average, decomposable
from havre.evidence.stats.prevalence.latent import _dispersed, latent_class, latent_draws_plain
from tests.evidence.stats.prevalence.published import ARTIFICIAL


@pytest.mark.parametrize(("lists", "number"), [(3, 8), (4, 61), (5, 822)])
def test_decomposable_graphs_are_all_found_once(lists, number):
    edges, rows = decomposable(lists)

    assert len(edges) == len(set(edges)) == number
    # every list lies in cliques one time more than in separators
    single = [sum(row[mask] for mask in range(1 << lists) if mask >> 0 & 1) for row in rows.astype(int)]
    assert set(single) == {1}


def test_decomposable_average_of_the_complete_graph_is_a_dirichlet_over_all_cells():
    # the saturated graph's evidence, written out: one Dirichlet with the missing people in the eighth cell
    missing = np.arange(1.0, 30 * ARTIFICIAL.people + 1)
    size = ARTIFICIAL.people + missing
    counts = ARTIFICIAL.dense()
    logs = gammaln(1) - gammaln(1 + size) + gammaln(1 / 8 + missing) - gammaln(1 / 8)
    logs += sum(gammaln(1 / 8 + counts[c]) - gammaln(1 / 8) for c in range(1, 8)) + gammaln(size + 1) - gammaln(missing + 1) - np.log(size)
    edges, rows = decomposable(3)
    complete = rows[[len(one) for one in edges].index(3)]
    assert [mask for mask in range(8) if complete[mask]] == [7]

    from havre.evidence.stats.prevalence.graphs import _mass

    mass, _ = _mass(ARTIFICIAL, complete[None, :], missing, 1 / 8, 1.0)
    direct = np.exp(logs - logs.max())
    assert mass == pytest.approx(direct / direct.sum(), rel=1e-6, abs=1e-12)


def test_average_needs_no_more_than_the_tables_of_its_lists():
    with pytest.raises(ValueError, match="up to 6"):
        average(ARTIFICIAL.__class__(tuple("abcdefg"), tuple((1 << i, 3) for i in range(7))))


def test_gates_close_on_chains_that_have_not_met_and_open_on_those_that_have():
    draw = np.random.default_rng(4)
    same = draw.normal(size=(4, 1000))

    assert gates(same).hold
    assert not gates(same + np.arange(4)[:, None]).hold
    assert not gates(np.cumsum(same, axis=1)).hold
    # a first-order autoregression of 0.9 has n(1-0.9)/(1+0.9) draws' worth
    slow = np.zeros((4, 5000))
    for step in range(1, 5000):
        slow[:, step] = 0.9 * slow[:, step - 1] + draw.normal(size=4)
    assert ess(slow) == pytest.approx(20_000 * 0.1 / 1.9, rel=0.25)


def test_latent_classes_compiled_and_plain_agree_with_each_other_and_the_reference():
    found = latent_class(ARTIFICIAL, sweeps=8_000, burn_in=1_000, seed=3, longer=0)
    draw = np.random.default_rng(5)
    state = _dispersed(draw, 4, 10, 3)
    _, _, state = latent_draws_plain(ARTIFICIAL, state, draw, sweeps=150)
    plain, _, _ = latent_draws_plain(ARTIFICIAL, state, draw, sweeps=1_200, thin=3)

    # one chain of the reference software gave 405 and 401
    assert found.median == pytest.approx(403, rel=0.05)
    assert np.median(plain) == pytest.approx(403, rel=0.15)


def test_lists_of_every_pair_are_in_the_graphs():
    edges, _ = decomposable(4)
    assert {edge for one in edges for edge in one} == {(1 << i) | (1 << j) for i, j in combinations(range(4), 2)}
