"""What ε leaves open: the curve of a budget, and a verdict that names a small gain without calling it a clearance or a leak."""

import math

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from havre.release.stats.accounting import Charge
from havre.release.stats.attacks.battery import VERDICTS, as_json, attack_rows, lines
from havre.release.stats.attacks.ceiling import Ceiling, ceiling_of
from havre.release.stats.attacks.rates import Verdict
from havre.release.stats.bundle.contents import About, Column, of_rows
from havre.release.stats.bundle.verifier import _learns
from havre.release.stats.errors import BadTable
from havre.release.stats.ledger import Head, Ledger

DELTA = 1e-6
ABOUT = About("2026-3", "Persons", "Example Ministry", "corrections@ministry.example", "2026-11-24")


def gaussian(mu):
    return (Charge("gaussian", "tables", scale=1 / mu),)


def leaning(seed):
    """Members and strangers with other shares of the same few codes: no row is alone, and yet the rows tell who is a member."""
    chance = np.random.default_rng(seed)
    members = chance.choice(4, size=(800, 2), p=[0.34, 0.3, 0.2, 0.16])
    strangers = chance.choice(4, size=(800, 2), p=[0.25, 0.25, 0.25, 0.25])
    return tuple(pl.DataFrame(rows, schema=["a", "b"]).cast(pl.String) for rows in (members, strangers))


def attacked(mu):
    members, strangers = leaning(1)
    ceiling = ceiling_of(gaussian(mu), DELTA) if mu else None
    battery = attack_rows(members, members, strangers, seed=2, ceiling=ceiling)
    return battery, next(attack for attack in battery.attacks if attack.name == "membership, likelihood ratio")


@pytest.mark.parametrize("mu", [0.1, 0.26, 1.0])
def test_ceiling_of_gaussian_noise_is_its_own_curve_and_never_under_it(mu):
    ceiling = ceiling_of(gaussian(mu), DELTA)
    # Dong, Roth & Su 2022: the best attack on Gaussian noise is the likelihood ratio, Φ(Φ⁻¹(α) + μ)
    for alarms in (0.01, 0.05, 0.3, 0.7):
        best = norm.cdf(norm.ppf(alarms) + mu)
        assert best <= ceiling.hits(alarms) <= best + 0.006
    assert norm.cdf(mu / math.sqrt(2)) <= ceiling.area <= norm.cdf(mu / math.sqrt(2)) + 0.003
    assert 2 * norm.cdf(mu / 2) - 1 <= ceiling.excess(0.0, 1.0) <= 2 * norm.cdf(mu / 2) - 1 + 0.003


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 6), st.floats(0, 0.2), st.floats(0, 1), st.floats(0, 1))
def test_ceiling_of_one_pair_is_a_rising_curve_over_the_diagonal(epsilon, delta, one, other):
    ceiling = Ceiling(epsilon, delta, ((epsilon, delta),))
    low, high = sorted((one, other))
    assert low - 1e-12 <= ceiling.hits(low) <= ceiling.hits(high) + 1e-12 <= 1 + 1e-9
    # randomised response reaches the corner
    corner = (1 - delta) / (1 + math.exp(epsilon))
    assert ceiling.hits(corner) == pytest.approx(1 - corner)


def test_ceiling_without_charges_or_with_delta_used_up_is_refused():
    with pytest.raises(ValueError, match="no guarantee"):
        ceiling_of((), DELTA)
    with pytest.raises(ValueError, match="more than the 1e-06"):
        ceiling_of((Charge("approximate", "t", epsilon=1.0, delta=1e-5),), DELTA)
    with pytest.raises(ValueError, match="from 0 to 1"):
        Ceiling(1.0, 0.0, ((1.0, 0.0),)).hits(1.5)


@pytest.mark.parametrize(("mu", "verdict"), [(None, Verdict.LEAKS), (0.01, Verdict.LEAKS), (3.0, Verdict.WITHIN)])
def test_gain_is_a_leak_unless_a_budget_allows_it_and_never_withstood(mu, verdict):
    battery, ratio = attacked(mu)
    assert ratio.verdict is verdict
    assert battery.holds is (verdict is Verdict.WITHIN)
    assert (ratio in battery.within, ratio in battery.leaks) == (verdict is Verdict.WITHIN, verdict is Verdict.LEAKS)
    told = lines(battery)[[attack.name for attack in battery.attacks].index(ratio.name)]
    assert VERDICTS[verdict][1] in told
    assert ("ceiling AUC" in told) is (mu is not None)


def test_singling_out_is_a_leak_whatever_the_budget():
    chance = np.random.default_rng(5)
    members, strangers = (pl.DataFrame(chance.integers(0, 40, (400, 4)), schema=list("abcd")).cast(pl.String) for _ in range(2))
    battery = attack_rows(members, members, strangers, seed=1, ceiling=ceiling_of(gaussian(5.0), DELTA))
    assert battery.attacks[0].verdict is Verdict.LEAKS
    assert not battery.holds


@pytest.mark.parametrize(("mu", "expected"), [(None, 2), (0.01, 2), (3.0, 1)])
def test_verifier_reads_the_same_verdict_from_the_figures(mu, expected):
    battery, ratio = attacked(mu)
    told = as_json(battery)
    attack = next(one for one in told["attacks"] if one["name"] == ratio.name)
    assert _learns(attack["release"], told["ceiling"]) == expected


def test_bundle_refuses_attacks_held_against_another_budget_and_words_a_gain_within_it():
    battery, _ratio = attacked(3.0)
    members, _strangers = leaning(1)
    ledger = Ledger(Head("made-up", epsilon=20.0, delta=DELTA)).reserve(gaussian(3.0), release="2026-3", dataset="d", by="a", at="t")
    ledger = ledger.draw(release="2026-3", by="a", at="t")
    columns = [Column(name, name, {str(n): str(n) for n in range(4)}, "code book") for name in "ab"]
    made = of_rows(members, ABOUT, columns=columns, charges=gaussian(3.0), ledger=ledger, battery=battery, mechanism="m")
    assert {"name": "membership, likelihood ratio", "verdict": "learns a little, within what ε allows"} in made.public["attacks"]
    with pytest.raises(BadTable, match="another budget"):
        of_rows(members, ABOUT, columns=columns, charges=gaussian(0.2), ledger=ledger, battery=battery, mechanism="m")
    with pytest.raises(BadTable, match="another budget"):
        of_rows(members, ABOUT, columns=columns, k=11, battery=battery, mechanism="m")
