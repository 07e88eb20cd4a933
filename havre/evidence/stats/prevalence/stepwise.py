"""Stepwise choice of pairs, and the choice of least BIC: exhaustive to five lists, downhill from several starts beyond.

Sources: Bales, Hesketh & Silverman, Significance 12 (2015); Silverman, JRSS A 183 (2020); Silverman, Chan & Vincent, Statistics and
Computing 34 (2024).
"""

from __future__ import annotations

import numpy as np
from scipy.special import pdtr, pdtrc

from havre.evidence.stats.prevalence.existence import EXISTS, Cells, fitted, setup
from havre.evidence.stats.prevalence.table import margins, pairs

THRESHOLD = 0.02


def stepwise_terms(cells: Cells, *, threshold: float = THRESHOLD) -> tuple[tuple[int, ...], float] | None:
    """Pairs added one by one, and the people missing under the last model; None when not even the main effects have an estimate.

    A pair's p is one tail, not doubled: min(P(X ≤ seen), P(X ≥ seen)), X Poisson with the pair's fitted count under the model so far; the pair
    of least p whose model has an estimate is added while p < threshold.
    Gives masks of pairs, and people.
    Source: Bales, Hesketh & Silverman, Significance 12 (2015); Silverman, JRSS A 183 (2020).
    """
    means = fitted(cells, ())
    if means is None:
        return None
    chosen: tuple[int, ...] = ()
    candidates = np.array(pairs(cells.lists))
    while len(candidates):
        expected = margins(np.concatenate([[0.0], means[1:]]))[candidates]
        seen = cells.margin[candidates]
        below = pdtr(seen, expected)
        above = np.where(seen > 0, pdtrc(seen - 1, expected), 1.0)
        tail = np.minimum(below, above)
        # p of 0 to machine precision: the larger departure first
        order = np.lexsort((-np.abs(seen - expected) / np.sqrt(np.maximum(expected, 1e-12)), tail))
        for place in order:
            if tail[place] >= threshold:
                return chosen, float(means[0])
            model = tuple(sorted((*chosen, int(candidates[place]))))
            if setup(cells, model)[0] == EXISTS:
                after = fitted(cells, model)
                if after is not None:
                    chosen, means = model, after
                    candidates = np.delete(candidates, place)
                    break
        else:
            break
    return chosen, float(means[0])
