"""People who differ in how visible they are: one term more on top of the pairs chosen, for what all lists share.

A person more visible to every list makes every overlap larger than independence says. The term k(k-1)/2, k the number of lists a person is
on, is what a normal spread of visibility leaves in a log-linear model. Sources: Darroch, Fienberg, Glonek & Junker, JASA 88 (1993); Agresti,
Biometrics 50 (1994).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from havre.evidence.stats.prevalence.existence import EXISTS, UNIDENTIFIED, Cells, design_outcome, setup
from havre.evidence.stats.prevalence.loops import newton
from havre.evidence.stats.prevalence.stepwise import THRESHOLD, stepwise_terms


@lru_cache(maxsize=12)
def _shared(lists: int) -> np.ndarray:
    number = np.array([mask.bit_count() for mask in range(1 << lists)], dtype=float)
    return number * (number - 1) / 2


def with_heterogeneity(cells: Cells, terms: tuple[int, ...]) -> tuple[float, float] | None:
    """People missing under the pairs and a common spread of visibility, and its parameter; None when there is no estimate.

    Differences between people can only bind lists together: where the parameter comes out negative it is held at 0.
    """
    outcome, _, _, kept, design = setup(cells, terms)
    if outcome != EXISTS:
        return None
    counts = cells.dense[kept]
    wider = np.ascontiguousarray(np.column_stack([design, _shared(cells.lists)[kept]]))
    found = design_outcome(wider, counts > 0)
    if found == EXISTS:
        beta, _, _, converged = newton(wider, counts)
        if not converged:
            return None
        if beta[-1] > 0:
            return float(np.exp(beta[0])), float(beta[-1])
    elif found != UNIDENTIFIED:
        return None
    # held at 0; or the pairs chosen already span the term (all of them do: k(k-1)/2 is their sum)
    beta, _, _, converged = newton(design, counts)
    return (float(np.exp(beta[0])), 0.0) if converged else None


def heterogeneous_missing(cells: Cells, *, threshold: float = THRESHOLD) -> float:
    """People missing when pairs are chosen stepwise and the spread of visibility is added; NaN when there is no estimate."""
    chosen = stepwise_terms(cells, threshold=threshold)
    found = None if chosen is None else with_heterogeneity(cells, chosen[0])
    return float("nan") if found is None else found[0]
