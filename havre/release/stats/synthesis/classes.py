"""Hidden classes of persons: which rows go together, learnt from the rows that the noisy answers make likely."""

from __future__ import annotations

from collections.abc import Sequence

import numba as nb
import numpy as np


@nb.njit(cache=True)
def _mixture(  # noqa: PLR0912
    places: np.ndarray, weights: np.ndarray, common: np.ndarray, member: np.ndarray, turns: int, smooth: float
) -> np.ndarray:
    rows, columns = places.shape
    classes = member.shape[1]
    profile = np.empty((len(common), classes))
    size = np.empty(classes)
    likely = np.empty(rows)
    line = np.empty(classes)
    for turn in range(turns):
        for p in range(len(common)):
            for c in range(classes):
                profile[p, c] = smooth * common[p]
        size[:] = 0.0
        for r in range(rows):
            if weights[r] > 0.0:
                for c in range(classes):
                    part = weights[r] * member[r, c]
                    size[c] += part
                    for j in range(columns):
                        profile[places[r, j], c] += part
        whole = size.sum() + 0.5 * classes
        for c in range(classes):
            for p in range(len(common)):
                profile[p, c] = np.log(profile[p, c] / (size[c] + smooth) + 1e-12)
        for r in range(rows):
            # rows that hold nobody teach nothing: they are only told at the end how likely they are
            if weights[r] == 0.0 and turn < turns - 1:
                continue
            top = -1e300
            for c in range(classes):
                value = np.log((size[c] + 0.5) / whole)
                for j in range(columns):
                    value += profile[places[r, j], c]
                line[c] = value
                top = max(top, value)
            mass = 0.0
            for c in range(classes):
                line[c] = np.exp(line[c] - top)
                mass += line[c]
            for c in range(classes):
                member[r, c] = line[c] / mass
            likely[r] = np.exp(top) * mass
    return likely


def mixture(
    rows: np.ndarray, sizes: Sequence[int], weights: np.ndarray, *, classes: int, smooth: float = 5.0, turns: int = 20
) -> np.ndarray:
    """How likely each row is under hidden classes within which columns are independent, fitted to weighted rows; the sum is free.

    `smooth` persons of the common shares are added to each class. A class starts from one of the heaviest rows and those nearest to it, so
    that nothing is left to chance.
    Source: Lazarsfeld & Henry 1968; Dunson & Xing 2009 and Hu, Reiter & Wang 2018 (hidden classes for synthesis); EM: Dempster et al. 1977.
    """
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]])
    places = (rows + starts).astype(np.int32)
    common = np.bincount(places.ravel(), weights=np.repeat(weights, rows.shape[1]), minlength=int(sum(sizes))) / max(weights.sum(), 1e-9)
    seeds = rows[np.argsort(-weights, kind="stable")[:classes]]
    apart = np.zeros((len(rows), len(seeds)), np.int16)
    for column in range(rows.shape[1]):
        apart += rows[:, column, None] != seeds[None, :, column]
    member = np.where(apart == apart.min(axis=1, keepdims=True), 1.0, 0.02)
    member /= member.sum(axis=1, keepdims=True)
    return np.asarray(_mixture(places, weights.astype(float), common, member, turns, smooth))
