"""Differentially private synthetic rows: measure small tables, then the rows they make likely; infer, and show what is sure enough."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from havre.release.stats.accounting import Charge
from havre.release.stats.errors import BadTable
from havre.release.stats.private import residual
from havre.release.stats.private.accounting import Accountant, Budget, epsilon_of_spends, sigmas_for
from havre.release.stats.private.codebook import Codebook
from havre.release.stats.private.noise import Cancelled, Progress, noisy, nothing
from havre.release.stats.private.spend import Spend, charges_of, gaussian_spend
from havre.release.stats.private.store import Run, fingerprint
from havre.release.stats.synthesis.candidates import Candidates, Margins, Subset, expect, keys, row_keys, single_targets
from havre.release.stats.synthesis.inference import Effort, Evidence, draws
from havre.release.stats.synthesis.rows import choose

WITHHELD = "(withheld)"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the budget is split and how hard the inference works; fixed before any row is read.

    Shares of the budget: `total` for the number of persons, `singles` for what each column says of its own (a longer code list gets more,
    up to `widest` codes), `pairs` for what each two columns say beyond that (longer lists again more, by `wider`), `whole` for full rows,
    of which `keep` are asked for one by one. A combination of three columns is shown from `sure` times the base noise (the sigma the whole
    budget gives one table).

    How they were chosen: with seeded noise of the same law (development draws; no reported figure uses them), three draws on the published
    CTDC extract and three on populations made from it, whose cells are others: half of its distinct rows drawn to full size, and a bootstrap
    with one value in fifty moved to another row. Of fourteen settings this one kept the fewest invented combinations of three columns at a
    fifth of the publishable ones lost, on both kinds, and again on three further draws. `sure` was 3.5 by these and was
    lowered to where 0.05 invented and 0.20 lost meet in seven unseeded draws, which came out somewhat worse than the development draws.
    `benchmarks.synthesis --only other` compares with the setting before,
    on populations that took no part in the choice.
    """

    total: float = 0.01
    singles: float = 0.35
    pairs: float = 0.59
    whole: float = 0.05
    widest: int = 40
    wider: float = 0.3
    keep: int = 15_000
    sure: float = 3.4
    k: int = 11
    effort: Effort = field(default_factory=Effort)


@dataclass(frozen=True, slots=True)
class Synthetic:
    """Synthetic rows with what they cost. `total` is the noisy number of persons: the file has about that many rows, never exactly n.

    `withheld` marks a value the row declines to state. `epsilon` is the least at `delta` that the noise drawn amounts to.
    """

    rows: pl.DataFrame
    spends: tuple[Spend, ...]
    epsilon: float
    delta: float
    accountant: Accountant
    total: float
    withheld: str
    domain_declared: bool
    run: str


def plan(codebook: Codebook, budget: Budget, recipe: Recipe, accountant: Accountant = "pld") -> dict[Subset, float]:
    """Sigma of every answer, from public code lists and the budget alone: the total, parts of one and two columns, full rows.

    Source: Xiao, He, Zhang & Kifer 2023 (budget over residuals), in proportion to public code lists.
    """
    sizes = codebook.sizes
    columns = [column for column in range(len(sizes)) if sizes[column] > 1]
    wide = {(column,): min(sizes[column], recipe.widest) ** (4 / 3) for column in columns}
    shares: dict[Subset, float] = {(): recipe.total} | {one: recipe.singles * wide[one] / sum(wide.values()) for one in wide}
    lists = {pair: [min(sizes[column], recipe.widest) for column in pair] for pair in combinations(columns, 2)}
    pairs = {pair: residual.cost(codes) * math.prod(codes) ** recipe.wider for pair, codes in lists.items()}
    shares |= {pair: recipe.pairs * pairs[pair] / sum(pairs.values()) for pair in pairs}
    if len(sizes) > 2:
        shares[tuple(range(len(sizes)))] = recipe.whole
    reaches = [_reach(subset, sizes) for subset in shares]

    def charged(sigmas: Sequence[float]) -> tuple[Charge, ...]:
        return charges_of(spends_of(dict(zip(shares, sigmas, strict=True)), sizes, "plan"))

    return dict(zip(shares, sigmas_for(list(shares.values()), reaches, charged, budget, accountant=accountant), strict=True))


def _reach(subset: Subset, sizes: tuple[int, ...]) -> float:
    return residual.reach([sizes[column] for column in subset]) if 0 < len(subset) <= 2 else 1.0


def spends_of(sigmas: Mapping[Subset, float], sizes: tuple[int, ...], run: str) -> tuple[Spend, ...]:
    """One spend for each group of answers of one sigma and reach: what a ledger must be told before the first draw.

    Source: Bun & Steinke 2016 (ρ adds up over adaptive answers).
    """
    groups: dict[tuple[float, float, str], list[Subset]] = {}
    for subset, sigma in sigmas.items():
        use = ("number of persons", "parts of one column", "parts of two columns")[len(subset)] if len(subset) <= 2 else "full rows"
        groups.setdefault((sigma, _reach(subset, sizes), use), []).append(subset)
    found = []
    for (sigma, reach, use), subsets in groups.items():
        fine = "parts" in use
        slack = sum(residual.slack([sizes[column] for column in subset], sigma) for subset in subsets) if fine else 0.0
        found.append(gaussian_spend(scale=sigma, queries=len(subsets), use=use, run=run, sensitivity=reach, fine=fine, delta=slack))
    return tuple(found)


def synthesise(
    frame: pl.DataFrame,
    codebook: Codebook,
    *,
    epsilon: float,
    delta: float,
    run: str = "run",
    folder: Path | None = None,
    charge: Callable[[tuple[Spend, ...]], None] | None = None,
    recipe: Recipe = Recipe(),
    accountant: Accountant = "pld",
    progress: Progress = nothing,
    cancelled: Callable[[], bool] = lambda: False,
    withheld: str = WITHHELD,
) -> Synthetic:
    """Rows that no person changes by more than (epsilon, delta), one person being one row.

    `charge` is told every spend before noise is drawn and may refuse by raising. `folder` keeps the noisy answers: the same run taken up
    again reads them, and charges again only under the same `run` (a ledger knows it). `progress(step, share done)`; `cancelled()` is
    asked between steps and stops with Cancelled: nothing is returned, the spend stands.
    Raises: BadTable for a bad budget, code book or rows; Cancelled; whatever `charge` raises.
    Source: McKenna, Miklau & Sheldon 2021 (select, measure, infer); Xiao, He, Zhang & Kifer 2023 (parts of tables); Canonne, Kamath &
    Steinke 2020 (noise); posterior draws given the noisy answers as in Williams & McSherry 2010.
    """
    budget = Budget(epsilon, delta)
    if not frame.height:
        raise BadTable("the file holds no rows", "le fichier ne contient aucune ligne")
    if withheld in {code for column in codebook.columns for code in column.codes}:
        raise BadTable(f"the marker {withheld!r} is a code of the code book; choose another")
    progress("read", 0.0)
    rows = codebook.encode(frame)
    sigmas = plan(codebook, budget, recipe, accountant)
    spends = spends_of(sigmas, codebook.sizes, run)
    # what is made of the answers afterwards (`sure`, `effort`) may change from one reading to the next: it costs nothing
    settings = {"sigmas": sorted(sigmas.items()), "keep": recipe.keep, "codes": codebook.as_json()}
    store = Run(run, fingerprint(rows, settings), folder)
    if charge is not None:
        charge(spends)
    evidence, margins, found = _measure(rows, codebook, sigmas, recipe, store, progress, cancelled)
    progress("infer", 0.6)
    samples = draws(evidence, found, recipe.effort, progress, cancelled)
    progress("choose rows", 0.9)
    _check(cancelled)
    singles = [single_targets(margins.answers[(c,)], margins.scales[(c,)], margins.total, recipe.k) for c in range(len(codebook.sizes))]
    least = max(1.0, recipe.sure * _base(sigmas, codebook.sizes))
    chosen = choose(found.rows, samples, codebook.sizes, singles=singles, total=max(1.0, evidence.total), least=least, k=recipe.k, seed=1)
    order = np.lexsort(chosen.rows.T[::-1])
    out = codebook.decode(np.repeat(chosen.rows[order], chosen.counts[order], axis=0), withheld=withheld)
    progress("done", 1.0)
    spent = epsilon_of_spends(spends, delta)
    return Synthetic(out, spends, spent, delta, accountant, evidence.total, withheld, codebook.declared, run)


def _base(sigmas: Mapping[Subset, float], sizes: tuple[int, ...]) -> float:
    """The sigma that the whole budget gives one table."""
    return float(sum((_reach(subset, sizes) / sigma) ** 2 for subset, sigma in sigmas.items()) ** -0.5)


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("stopped; nothing was written, what was spent stays spent")


def _measure(
    rows: np.ndarray,
    codebook: Codebook,
    sigmas: Mapping[Subset, float],
    recipe: Recipe,
    store: Run,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> tuple[Evidence, Margins, Candidates]:
    """Noisy parts of the small tables, the rows they make likely, and the noisy number of persons in each."""
    sizes = codebook.sizes
    whole = tuple(range(len(sizes)))
    small = {subset: sigma for subset, sigma in sigmas.items() if len(subset) <= 2}
    parts = {}
    for place, (subset, sigma) in enumerate(small.items()):
        progress("measure tables", 0.05 + 0.3 * place / len(small))
        _check(cancelled)
        codes = [sizes[column] for column in subset]
        counts = np.bincount(keys(rows, sizes, subset), minlength=math.prod(codes))
        draw = partial(residual.measured, counts, codes, sigma, cancelled=cancelled) if subset else partial(noisy, counts, sigma)
        parts[subset] = residual.part(store.answers("part-" + "-".join(map(str, subset)), draw), codes)
    total = float(parts[()][0])
    tables = [subset for way in (1, 2) for subset in combinations(whole, way)]
    answers = {subset: residual.table(parts, subset, sizes) for subset in tables}
    scales = {subset: max(residual.cell_noise(small, subset, sizes), 1e-6) for subset in tables}
    margins = Margins(sizes, answers, scales, total)
    progress("list likely rows", 0.35)
    found = expect(margins, keep=recipe.keep)
    full = None
    if whole in sigmas and len(whole) > 2:
        progress("measure rows", 0.45)
        _check(cancelled)
        full = store.answers("rows", lambda: noisy(_occurrences(rows, found.rows, sizes), sigmas[whole], cancelled=cancelled))
    return Evidence(sizes, parts, small, total, full, sigmas[whole] if full is not None else 0.0), margins, found


def _occurrences(rows: np.ndarray, candidates: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """How many persons have each candidate row."""
    number = np.unique(np.concatenate([row_keys(candidates), row_keys(rows)]), return_inverse=True)[1]
    counts = np.bincount(number[len(candidates) :], minlength=int(number.max()) + 1)
    return counts[number[: len(candidates)]]


def with_recipe(**changes: float | Effort) -> Recipe:
    """The usual recipe with some settings changed."""
    return replace(Recipe(), **changes)  # type: ignore[arg-type]
