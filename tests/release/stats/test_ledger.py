"""What releases cost together, who is refused, and what a crash leaves."""

import json
import math
import multiprocessing
import os
import signal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from havre.release.stats.accounting import Charge, compose, gaussian_epsilon, zcdp_epsilon
from havre.release.stats.ledger import AlreadySpent, Head, Ledger, LedgerBroken, LedgerError, OverBudget, from_text
from havre.release.stats.ledger_file import create, give_back, read, spending
from havre.release.stats.private.spend import charges_of, gaussian_spend

DELTA = 7.3e-6
# σ at which one release of sensitivity 1 is (1, 7.3e-6) when read in zCDP
SIGMA = 4.114249082036669
ONE = Charge("gaussian", "one table", scale=SIGMA)
HEAD = Head("register of a made-up country", epsilon=3.7, delta=DELTA)
WHEN = "2026-11-24T12:00:00+00:00"


def reserved(ledger, number, charges=(ONE,), **more):
    return ledger.reserve(charges, release=f"2026-{number}", dataset="register 2025", by="analyst-7", at=WHEN, **more)


def filled(number, head=HEAD):
    ledger = Ledger(head)
    for one in range(number):
        ledger = reserved(ledger, one).draw(release=f"2026-{one}", by="analyst-7", at=WHEN)
    return ledger


def independent_delta(charges, epsilon):
    """δ by another way: the hockey-stick divergence of the sum of losses, integrated over the Gaussian, summed over lattices."""
    mu = math.sqrt(sum(charge.queries * (charge.sensitivity / charge.scale) ** 2 for charge in charges))
    return quad(lambda x: norm.pdf(x, mu * mu / 2, mu) * -math.expm1(min(0.0, epsilon - x)), epsilon, mu * mu / 2 + 12 * mu, epsabs=1e-13)[
        0
    ]


def test_twelve_gaussian_releases_of_epsilon_one_cost_twelve_naively_and_3_65_composed():
    total = filled(12).total
    assert round(total.naive, 3) == 12
    assert total.epsilon == pytest.approx(3.655, abs=0.003)
    assert total.method == "privacy loss distribution, Gaussian, exact"


def test_thirteenth_release_is_refused_and_nothing_is_spent():
    ledger = filled(12)
    with pytest.raises(OverBudget) as refusal:
        reserved(ledger, 13)
    assert (round(refusal.value.before.epsilon, 2), round(refusal.value.after.epsilon, 2)) == (3.66, 3.83)
    assert "budget" in refusal.value.both[0] and "wait for other persons" in refusal.value.both[1]
    assert len(ledger.counting) == 12


def test_price_is_known_before_anything_runs():
    ledger = filled(11)
    assert ledger.price([ONE]).epsilon == filled(12).total.epsilon
    assert len(ledger.lines) == 22


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(2, 60), st.integers(1, 12)), min_size=1, max_size=5), st.floats(1e-8, 1e-3))
def test_total_of_gaussian_releases_is_never_below_the_exact_one_and_at_most_ten_per_cent_above(groups, delta):
    charges = [Charge("gaussian", "x", scale=scale, queries=queries) for scale, queries in groups]
    total = compose([[charge] for charge in charges], delta)
    if independent_delta(charges, 0.0) > delta:
        assert independent_delta(charges, total.epsilon) <= delta * (1 + 1e-6)
        assert independent_delta(charges, total.epsilon / 1.1) >= delta


@settings(max_examples=12, deadline=None)
@given(st.floats(1.5, 20), st.integers(1, 6))
def test_total_of_discrete_gaussian_answers_holds_on_the_lattice_itself(scale, queries):
    total = compose([[Charge("discrete gaussian", "x", scale=scale, queries=queries)]], DELTA)
    noise = np.arange(-int(12 * scale), int(12 * scale) + 1)
    one = np.exp(-0.5 * (noise / scale) ** 2)
    summed = one / one.sum()
    for _ in range(queries - 1):
        summed = np.convolve(summed, one / one.sum())
    losses = (2 * (np.arange(len(summed)) - len(summed) // 2) + queries) / (2 * scale**2)
    for epsilon, within in ((total.epsilon, True), (total.epsilon / 1.1, False)):
        over = losses > epsilon
        assert (float((summed[over] * -np.expm1(epsilon - losses[over])).sum()) <= DELTA) is within


def test_mixed_known_noises_agree_with_figures_read_by_an_independent_accountant():
    # dp-accounting 0.6, PLD, pessimistic, its own grid
    mixed = [Charge("discrete gaussian", "x", scale=13, queries=10), Charge("discrete laplace", "y", scale=10, queries=3),
             Charge("gaussian", "z", scale=20)]  # fmt: skip
    cases = [
        ([mixed], 1.1224554530933957),
        ([[Charge("discrete gaussian", "x", scale=54.4, queries=175)]], 0.926195754693856),
        ([[Charge("discrete laplace", "y", scale=10, queries=30)]], 2.144403847110518),
        ([[Charge("discrete gaussian", "x", scale=10 + n / 10, queries=3)] for n in range(40)], 4.098005709566004),
        ([[Charge("discrete gaussian", "x", scale=SIGMA)]] * 12, 3.6531119629477544),
        ([[ONE]] * 12, 3.6526003592445866),
    ]
    for releases, theirs in cases:
        ours = compose(releases, DELTA).epsilon
        assert theirs <= ours <= 1.1 * theirs


def test_releases_known_only_by_epsilon_and_delta_are_added():
    bare = Charge("approximate", "elsewhere", epsilon=1.0, delta=1e-7)
    total = compose([[bare]] * 3, DELTA)
    assert (total.epsilon, total.method) == (3.0, "addition")
    both = compose([[bare], [ONE]], DELTA)
    assert both.epsilon == pytest.approx(1 + gaussian_epsilon(1 / SIGMA, DELTA - 1e-7), rel=1e-3)
    with pytest.raises(ValueError, match="the releases use δ"):
        compose([[Charge("approximate", "elsewhere", epsilon=1.0, delta=1e-5)]], DELTA)


def test_releases_known_only_by_rho_are_composed_in_zcdp():
    some = [[Charge("zcdp", "synthesis", rho=0.02)]] * 3
    assert compose(some, DELTA).epsilon == pytest.approx(zcdp_epsilon(0.06, DELTA), rel=1e-3)
    assert compose(some, DELTA).method == "zero-concentrated"


def test_charge_from_a_spend_composes_as_its_noise_does():
    charges = charges_of([gaussian_spend(scale=SIGMA, queries=1, use="marginals", run="r1")])
    assert compose([charges], DELTA).epsilon == pytest.approx(0.914, abs=0.002)


@pytest.mark.parametrize(
    "bad",
    [
        {"mechanism": "gaussian", "scale": 0.0}, {"mechanism": "gaussian", "scale": math.nan}, {"mechanism": "laplace", "scale": math.inf},
        {"mechanism": "zcdp"}, {"mechanism": "approximate"}, {"mechanism": "approximate", "epsilon": 1.0, "delta": 1.0},
        {"mechanism": "gaussian", "scale": 1.0, "queries": 0}, {"mechanism": "uniform", "scale": 1.0},
    ],
)  # fmt: skip
def test_charge_that_means_nothing_is_refused(bad):
    with pytest.raises(ValueError, match="give"):
        Charge(use="x", **bad)


@pytest.mark.parametrize(
    "bad",
    [{"epsilon": 0.0}, {"epsilon": 1e9}, {"epsilon": math.nan}, {"delta": 0.0}, {"delta": 0.5}, {"population": " "}, {"strata": ("a",)}],
)
def test_head_without_a_defensible_budget_is_refused(bad):
    with pytest.raises(LedgerError):
        Head(**{"population": "p", "epsilon": 1.0, "delta": 1e-6, **bad})


def test_line_with_another_unit_or_no_charge_is_refused():
    with pytest.raises(LedgerError, match="do not mix other units in"):
        reserved(Ledger(HEAD), 1, neighbours="one row replaced")
    with pytest.raises(LedgerError, match="give the release"):
        reserved(Ledger(HEAD), 1, charges=())


def test_disjoint_strata_cost_the_dearest_of_them_and_undeclared_ones_are_refused():
    head = Head("p", epsilon=3.0, delta=DELTA, strata=("north", "south"), why_disjoint="a person is registered in one region, by law")
    ledger = reserved(reserved(Ledger(head), 1, stratum="north"), 2, stratum="south")
    assert ledger.total.epsilon == filled(1).total.epsilon
    assert reserved(ledger, 3).total.epsilon == filled(2).total.epsilon
    with pytest.raises(LedgerError, match="the ledger declares north, south"):
        reserved(ledger, 4, stratum="west")


def test_reservation_given_back_costs_nothing_and_a_drawn_one_cannot_be():
    ledger = reserved(filled(1), 7)
    back = ledger.give_back(release="2026-7", by="analyst-7", at=WHEN)
    assert back.total == filled(1).total
    assert reserved(back, 7).total.epsilon == filled(2).total.epsilon
    with pytest.raises(LedgerError, match="noise was drawn for it: it is spent"):
        back.give_back(release="2026-0", by="analyst-7", at=WHEN)
    with pytest.raises(AlreadySpent):
        reserved(back, 0)


def test_text_read_again_is_the_same_ledger():
    ledger = reserved(filled(3), 9).give_back(release="2026-9", by="analyst-7", at=WHEN)
    assert from_text(ledger.to_text()) == ledger


@pytest.mark.parametrize("change", ["scale", "drop", "swap", "total", "head"])
def test_changed_ledger_is_broken_at_the_line(change):
    lines = filled(3).to_text().splitlines()
    if change == "scale":
        lines[3] = lines[3].replace(str(SIGMA), "9.5")
    elif change == "drop":
        del lines[3]
    elif change == "swap":
        lines[3], lines[5] = lines[5], lines[3]
    elif change == "head":
        lines[0] = lines[0].replace("3.7", "9.7")
    else:
        row = json.loads(lines[3])
        row["after"]["epsilon"] = 0.1
        lines[3] = json.dumps(row)
    with pytest.raises(LedgerBroken) as broken:
        from_text("\n".join(lines) + "\n")
    assert broken.value.line == (2 if change == "head" else 4)


def test_total_changed_with_its_digests_made_new_is_still_broken():
    # somebody who can hash again still cannot make twelve releases cost less
    first = reserved(Ledger(HEAD), 1)
    cheap = first.lines[0].after.__class__(0.01, DELTA, "by hand", 0.01)
    line = Ledger(HEAD)._with(
        first.lines[0].__class__(**{**{name: getattr(first.lines[0], name) for name in first.lines[0].__slots__}, "after": cheap})
    )
    with pytest.raises(LedgerBroken, match="not what its charges compose to"):
        from_text(line.to_text())


def test_failing_run_before_its_draw_gives_the_reservation_back(tmp_path):
    path = tmp_path / "ledger.jsonl"
    create(path, HEAD)
    with pytest.raises(RuntimeError), spending(path, [ONE], release="r1", dataset="d", by="a"):
        raise RuntimeError
    assert read(path).counting == ()
    with spending(path, [ONE], release="r1", dataset="d", by="a") as drawing:
        drawing()
    assert read(path).states == {"r1": "draw"}


def test_failing_run_after_its_draw_has_spent(tmp_path):
    path = tmp_path / "ledger.jsonl"
    create(path, HEAD)
    with pytest.raises(RuntimeError), spending(path, [ONE], release="r1", dataset="d", by="a") as drawing:
        drawing()
        raise RuntimeError
    assert read(path).total.epsilon == filled(1).total.epsilon
    with pytest.raises(AlreadySpent), spending(path, [ONE], release="r1", dataset="d", by="a"):
        pytest.fail("the block ran")


def test_refused_release_does_not_run_its_block(tmp_path):
    path = tmp_path / "ledger.jsonl"
    create(path, Head("p", epsilon=0.5, delta=DELTA))
    before = path.read_bytes()
    with pytest.raises(OverBudget), spending(path, [ONE], release="r1", dataset="d", by="a"):
        pytest.fail("noise would have been drawn")
    assert path.read_bytes() == before


def _killed(path, after_draw):
    with spending(path, [ONE], release="r1", dataset="d", by="a") as drawing:
        if after_draw:
            drawing()
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.parametrize("after_draw", [False, True])
def test_killed_run_counts_and_only_one_that_never_drew_is_given_back(tmp_path, after_draw):
    path = tmp_path / "ledger.jsonl"
    create(path, HEAD)
    process = multiprocessing.get_context("fork").Process(target=_killed, args=(path, after_draw))
    process.start()
    process.join()
    assert process.exitcode == -signal.SIGKILL
    assert read(path).total.epsilon == filled(1).total.epsilon
    if after_draw:
        with pytest.raises(LedgerError, match="it is spent"):
            give_back(path, release="r1", by="a", at=WHEN)
    else:
        assert give_back(path, release="r1", by="a", at=WHEN).counting == ()


def _spend_many(path, name):
    for number in range(5):
        with spending(path, [ONE], release=f"{name}-{number}", dataset="d", by=name) as drawing:
            drawing()


def test_two_processes_at_once_lose_no_line(tmp_path):
    path = tmp_path / "ledger.jsonl"
    create(path, HEAD)
    context = multiprocessing.get_context("fork")
    both = [context.Process(target=_spend_many, args=(path, name)) for name in ("a", "b")]
    for process in both:
        process.start()
    for process in both:
        process.join()
    assert len(read(path).counting) == 10


def test_last_line_cut_short_by_a_crash_is_left_out_and_written_over(tmp_path):
    path = tmp_path / "ledger.jsonl"
    create(path, HEAD)
    with spending(path, [ONE], release="r1", dataset="d", by="a") as drawing:
        drawing()
    with path.open("ab") as file:
        file.write(b'{"act":"reserve","rel')
    assert list(read(path).states) == ["r1"]
    with spending(path, [ONE], release="r2", dataset="d", by="a") as drawing:
        drawing()
    assert list(read(path).states) == ["r1", "r2"]


def test_ledger_is_never_begun_anew_and_never_invented(tmp_path):
    path = tmp_path / "ledger.jsonl"
    create(path, HEAD)
    with pytest.raises(LedgerError, match="never begins anew"):
        create(path, HEAD)
    with pytest.raises(LedgerError, match="no ledger here"):
        read(tmp_path / "other.jsonl")
