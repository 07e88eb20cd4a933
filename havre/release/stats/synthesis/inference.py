"""Rows with whole numbers of persons, drawn as the noisy answers make them likely. It sees noisy answers only and costs no privacy."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from havre.release.stats.private import residual
from havre.release.stats.private.noise import Cancelled, Progress
from havre.release.stats.synthesis.candidates import Candidates, Subset, keys, neighbours
from havre.release.stats.synthesis.classes import mixture
from havre.release.stats.synthesis.kernels import sample


@dataclass(frozen=True, slots=True)
class Effort:
    """How the draws are made. `shape` is the spread of the prior around what is expected of a row, `blend` how far that follows hidden
    classes rather than the small tables alone. One chain is drawn for each number of `classes`, so that no one number decides; of each,
    `draws` are kept of twice as many, each of `sweeps` steps a row."""

    shape: float = 0.3
    classes: tuple[int, ...] = (50, 65, 80, 95, 110, 125)
    blend: float = 0.6
    draws: int = 20
    sweeps: int = 10
    refits: int = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """The noisy parts of the small tables and the noisy full rows, with the sigma of each; `total`, the noisy number of persons."""

    sizes: tuple[int, ...]
    parts: Mapping[Subset, np.ndarray]
    sigmas: Mapping[Subset, float]
    total: float
    full: np.ndarray | None
    full_sigma: float


def _likelihood(evidence: Evidence, found: Candidates) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Cells of every candidate over all tables, one weight a table, and the slope of the log likelihood at no persons at all."""
    weights = residual.precisions(evidence.sigmas, evidence.sizes)
    index, slopes, start = [], [], 0
    for subset in weights:
        cells = math.prod(evidence.sizes[column] for column in subset)
        index.append(keys(found.rows, evidence.sizes, subset) + start)
        slopes.append(evidence.parts[subset] / evidence.sigmas[subset] ** 2 if subset in evidence.parts else np.zeros(cells))
        start += cells
    precision = list(weights.values())
    if evidence.full is not None:
        index.append(np.arange(len(found.rows)) + start)
        slopes.append(evidence.full * evidence.full_sigma**-2.0)
        precision.append(evidence.full_sigma**-2.0)
    return np.column_stack(index).astype(np.int32), np.array(precision), np.concatenate(slopes).astype(float)


def draws(evidence: Evidence, found: Candidates, effort: Effort, progress: Progress, cancelled: Callable[[], bool]) -> np.ndarray:
    """Posterior draws of the persons in each candidate row over all chains, shape (draws, candidates), whole numbers. Raises: Cancelled.

    Source: Williams & McSherry 2010 (posterior of the noisy answers); Metropolis et al. 1953; Hoeting et al. 1999 (average over models).
    """
    near = neighbours(found.rows, evidence.sizes)
    parts = []
    for place, classes in enumerate(effort.classes):

        def look(turn: int, place: int = place) -> None:
            if cancelled():
                raise Cancelled("stopped; nothing was written, what was spent stays spent")
            progress("infer", 0.6 + 0.3 * (place + turn / (2 * effort.draws)) / len(effort.classes))

        parts.append(_chain(evidence, found, effort, classes, near, look, seed=7919 + 104_729 * place))
    return np.concatenate(parts)


def _chain(
    evidence: Evidence,
    found: Candidates,
    effort: Effort,
    classes: int,
    near: tuple[np.ndarray, np.ndarray],
    look: Callable[[int], None],
    *,
    seed: int,
) -> np.ndarray:
    index, precision, slope = _likelihood(evidence, found)
    expected = np.maximum(found.expected, 1e-6)
    mean, counts = expected.copy(), np.round(expected).astype(np.int64)
    for table in range(index.shape[1]):
        slope -= precision[table] * np.bincount(index[:, table], weights=counts, minlength=len(slope))
    widest = max(3, int(evidence.full_sigma or min(evidence.sigmas.values())))
    every = max(1, effort.draws // max(1, effort.refits))
    kept, seen = [], np.zeros(len(counts))
    for turn in range(2 * effort.draws):
        look(turn)
        sample(index, precision, slope, counts, mean, effort.shape, effort.sweeps * len(counts), seed + turn, *near, widest)
        seen += counts
        if turn < effort.draws and (turn + 1) % every == 0:
            mean = _learnt(evidence, found, expected, seen, classes, effort.blend)
            seen[:] = 0
        if turn >= effort.draws:
            kept.append(counts.copy())
    return np.array(kept)


def _learnt(evidence: Evidence, found: Candidates, expected: np.ndarray, seen: np.ndarray, classes: int, blend: float) -> np.ndarray:
    """What is expected of each row: the small tables and the hidden classes of the rows drawn so far, as a weighted geometric mean."""
    if not seen.any() or not blend:
        return expected
    total = max(1.0, evidence.total)
    likely = mixture(found.rows, evidence.sizes, seen * (total / seen.sum()), classes=classes)
    likely *= total / max(likely.sum(), 1e-300)
    mean = expected ** (1 - blend) * np.maximum(likely, 1e-9) ** blend
    return np.asarray(np.maximum(mean * (total / mean.sum()), 1e-6))
