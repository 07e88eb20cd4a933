"""Differentially private synthetic rows: measure small tables, then the rows they make likely; infer, and show what is sure enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations
from pathlib import Path

import numpy as np
import polars as pl

from havre.release.stats.errors import BadTable
from havre.release.stats.private.accounting import Accountant, Budget, epsilon_of, scales_for
from havre.release.stats.private.codebook import Codebook
from havre.release.stats.private.noise import Cancelled, Progress, noisy, nothing
from havre.release.stats.private.spend import Spend, gaussian_spend
from havre.release.stats.private.store import Run, fingerprint
from havre.release.stats.synthesis.candidates import Candidates, Margins, Subset, expect, keys, neighbours, row_keys
from havre.release.stats.synthesis.kernels import sample, scale_to_margins
from havre.release.stats.synthesis.rows import choose

WITHHELD = "(withheld)"


@dataclass(frozen=True, slots=True)
class Recipe:
    """How the budget is split and how hard the inference works; fixed before any row is read.

    Shares of precision: `singles` over tables of one column (a longer code list gets more, up to `widest` codes), `pairs` over tables of
    two, `whole` for full rows. `keep` rows are asked for one by one. `shape` is the spread the prior allows around the small tables'
    expectation. A combination of three columns is shown from `sure` times the base noise (the sigma the whole budget gives one table).
    """

    singles: float = 0.30
    pairs: float = 0.60
    whole: float = 0.10
    widest: int = 40
    keep: int = 10_000
    shape: float = 0.3
    sure: float = 1.0
    draws: int = 30
    sweeps: int = 10
    refits: int = 1
    k: int = 11


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
    """Sigma of every table, from public code lists and the budget alone."""
    columns = range(len(codebook.columns))
    wide = [min(size, recipe.widest) ** (4 / 3) for size in codebook.sizes]
    shares: dict[Subset, float] = {(column,): recipe.singles * wide[column] / sum(wide) for column in columns}
    pairs = list(combinations(columns, 2))
    shares |= {pair: recipe.pairs / len(pairs) for pair in pairs}
    if len(columns) > 2:
        shares[tuple(columns)] = recipe.whole
    return dict(zip(shares, scales_for(list(shares.values()), budget, accountant=accountant), strict=True))


def spends_of(scales: dict[Subset, float], run: str) -> tuple[Spend, ...]:
    """One spend for each scale: what a ledger must be told before the first draw."""
    groups: dict[tuple[float, str], int] = {}
    for subset, scale in scales.items():
        use = "tables of one column" if len(subset) == 1 else "tables of two columns" if len(subset) == 2 else "full rows"
        groups[(scale, use)] = groups.get((scale, use), 0) + 1
    return tuple(gaussian_spend(scale=scale, queries=queries, use=use, run=run) for (scale, use), queries in groups.items())


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
    Source: McKenna, Miklau & Sheldon 2021 (select, measure, infer); Canonne, Kamath & Steinke 2020 (noise); posterior sampling given the
    noisy answers as in Williams & McSherry 2010.
    """
    budget = Budget(epsilon, delta)
    if not frame.height:
        raise BadTable("the file holds no rows")
    if withheld in {code for column in codebook.columns for code in column.codes}:
        raise BadTable(f"the marker {withheld!r} is a code of the code book; choose another")
    progress("read", 0.0)
    rows = codebook.encode(frame)
    scales = plan(codebook, budget, recipe, accountant)
    spends = spends_of(scales, run)
    # what is made of the answers afterwards (`sure`, `draws`) may change from one reading to the next: it costs nothing
    settings = {"scales": sorted(scales.items()), "keep": recipe.keep, "codes": codebook.as_json()}
    store = Run(run, fingerprint(rows, settings), folder)
    if charge is not None:
        charge(spends)
    total, found = _measure(rows, codebook, scales, recipe, store, progress, cancelled)
    base = (sum(1 / scale**2 for scale in scales.values())) ** -0.5
    progress("choose rows", 0.9)
    _check(cancelled)
    chosen = choose(found[0], found[1], codebook.sizes, total=total, least=max(1.0, recipe.sure * base), k=recipe.k, seed=1)
    order = np.lexsort(chosen.rows.T[::-1])
    out = codebook.decode(np.repeat(chosen.rows[order], chosen.counts[order], axis=0), withheld=withheld)
    groups = [(one.scale, one.queries) for one in spends]
    progress("done", 1.0)
    return Synthetic(out, spends, epsilon_of(groups, delta), delta, accountant, total, withheld, codebook.declared, run)


def _check(cancelled: Callable[[], bool]) -> None:
    if cancelled():
        raise Cancelled("stopped; nothing was written, what was spent stays spent")


def _measure(
    rows: np.ndarray,
    codebook: Codebook,
    scales: dict[Subset, float],
    recipe: Recipe,
    store: Run,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> tuple[float, tuple[np.ndarray, np.ndarray]]:
    """Noisy answers, then rows with posterior draws of their counts."""
    sizes = codebook.sizes
    small = [subset for subset in scales if len(subset) <= 2]
    answers = {}
    for place, subset in enumerate(small):
        progress("measure tables", 0.05 + 0.3 * place / len(small))
        _check(cancelled)
        cells = int(np.prod([sizes[column] for column in subset]))
        counts = np.bincount(keys(rows, sizes, subset), minlength=cells)
        name = "table-" + "-".join(map(str, subset))
        answers[subset] = store.answers(name, partial(noisy, counts, scales[subset], cancelled=cancelled))
    margins = Margins(sizes, answers, {subset: scales[subset] for subset in small})
    progress("list likely rows", 0.35)
    found = expect(margins, keep=recipe.keep)
    whole = tuple(range(len(sizes)))
    if len(whole) > 2:
        progress("measure rows", 0.45)
        _check(cancelled)
        full = store.answers("rows", lambda: noisy(_occurrences(rows, found.rows, sizes), scales[whole], cancelled=cancelled))
    else:
        full = None
    progress("infer", 0.6)
    _check(cancelled)
    return margins.total(), (found.rows, _draws(margins, found, full, scales.get(whole, 0.0), recipe, progress, cancelled))


def _occurrences(rows: np.ndarray, candidates: np.ndarray, sizes: tuple[int, ...]) -> np.ndarray:
    """How many persons have each candidate row."""
    number = np.unique(np.concatenate([row_keys(candidates), row_keys(rows)]), return_inverse=True)[1]
    counts = np.bincount(number[len(candidates) :], minlength=int(number.max()) + 1)
    return counts[number[: len(candidates)]]


def _draws(
    margins: Margins,
    found: Candidates,
    full: np.ndarray | None,
    scale: float,
    recipe: Recipe,
    progress: Progress,
    cancelled: Callable[[], bool],
) -> np.ndarray:
    answers = np.concatenate([margins.answers[subset] for subset in found.subsets]).astype(float)
    precision = np.concatenate([np.full(margins.answers[subset].size, margins.scales[subset] ** -2.0) for subset in found.subsets])
    index = found.index
    if full is not None:
        index = np.column_stack([index, np.arange(len(full)) + len(answers)]).astype(np.int32)
        answers = np.concatenate([answers, full])
        precision = np.concatenate([precision, np.full(len(full), scale**-2.0)])
    mean = np.maximum(found.expected, 1e-6)
    counts = np.round(mean).astype(np.int64)
    rest = answers.copy()
    for table in range(index.shape[1]):
        rest -= np.bincount(index[:, table], weights=counts, minlength=len(answers))
    near, starts = neighbours(found.rows, margins.sizes)
    widest = max(3, int(scale or min(margins.scales.values())))
    kept = []
    seen = np.zeros(len(counts))
    for turn in range(2 * recipe.draws):
        _check(cancelled)
        progress("infer", 0.6 + 0.3 * turn / (2 * recipe.draws))
        sample(index, precision, rest, counts, mean, recipe.shape, recipe.sweeps * len(counts), 7919 + turn, near, starts, widest)
        seen += counts
        if turn < recipe.draws and (turn + 1) % (recipe.draws // (recipe.refits + 1)) == 0 and turn + 1 < recipe.draws:
            mean = _refit(found, seen, mean, len(answers))
            seen[:] = 0
        if turn >= recipe.draws:
            kept.append(counts.copy())
    return np.array(kept)


def _refit(found: Candidates, seen: np.ndarray, mean: np.ndarray, size: int) -> np.ndarray:
    """What the small tables expect of each row, once their own noise is partly explained away."""
    if not seen.any():
        return mean
    average = seen * (mean.sum() / seen.sum())
    targets = np.zeros(size)
    for table in range(found.index.shape[1]):
        targets += np.bincount(found.index[:, table], weights=average, minlength=size)
    again = found.expected.copy()
    scale_to_margins(found.index, targets, again, 20, float(average.sum()))
    return np.maximum(again, 1e-6)


def with_recipe(**changes: float) -> Recipe:
    """The usual recipe with some settings changed."""
    return replace(Recipe(), **changes)  # type: ignore[arg-type]
