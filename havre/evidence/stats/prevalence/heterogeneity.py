"""People who differ in how visible they are: one term more on top of the pairs chosen, for what all lists share.

A person more visible to every list makes every overlap larger than independence says. The term k(k-1)/2, k the number of lists a person is
on, is what a normal spread of visibility leaves in a log-linear model; -log(3.5 + k) is what a gamma spread leaves, with more people hard to
see. Sources: Darroch, Fienberg, Glonek & Junker, JASA 88 (1993); Agresti, Biometrics 50 (1994); Baillargeon & Rivest, J. Statistical
Software 19(5), 2007.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from havre.evidence.stats.prevalence.existence import EXISTS, UNIDENTIFIED, Cells, design_outcome, setup
from havre.evidence.stats.prevalence.loops import newton
from havre.evidence.stats.prevalence.stepwise import THRESHOLD, stepwise_terms

NORMAL, GAMMA = "normal", "gamma"
# of the gamma spread; the value of its source
_GAMMA = 3.5


class Spread(NamedTuple):
    """People missing, the parameter of the spread (0: none), and twice the gain in log likelihood over people alike.

    `gain` is a likelihood ratio with one degree of freedom.
    Source: Darroch, Fienberg, Glonek & Junker, JASA 88 (1993).
    """

    missing: float
    parameter: float
    gain: float


@lru_cache(maxsize=24)
def _shared(lists: int, form: str) -> np.ndarray:
    """The term by history; 0 at the history of nobody, so that the intercept stays the log of the people missing."""
    number = np.array([mask.bit_count() for mask in range(1 << lists)], dtype=float)
    return number * (number - 1) / 2 if form == NORMAL else np.log(_GAMMA) - np.log(_GAMMA + number)


def with_heterogeneity(cells: Cells, terms: tuple[int, ...], form: str = NORMAL) -> Spread | None:
    """The fit of the pairs and a common spread of visibility; None when there is no estimate.

    Differences between people can only bind lists together: where the parameter comes out negative it is held at 0.
    Args: terms, masks of pairs; form, the spread: normal k(k-1)/2 or gamma -log(3.5 + k). Missing in people.
    Source: Darroch, Fienberg, Glonek & Junker, JASA 88 (1993); Baillargeon & Rivest, J. Statistical Software 19(5), 2007.
    """
    outcome, _, _, kept, design = setup(cells, terms)
    if outcome != EXISTS:
        return None
    counts = cells.dense[kept]
    wider = np.ascontiguousarray(np.column_stack([design, _shared(cells.lists, form)[kept]]))
    found = design_outcome(wider, counts > 0)
    # held at 0, or the pairs chosen already span the term (all of them do: k(k-1)/2 is their sum)
    alike, _, level, converged = newton(design, counts)
    if not converged or found not in (EXISTS, UNIDENTIFIED):
        return None
    if found == EXISTS:
        beta, _, reached, converged = newton(wider, counts)
        if not converged:
            return None
        if beta[-1] > 0:
            return Spread(float(np.exp(beta[0])), float(beta[-1]), 2 * (reached - level))
    return Spread(float(np.exp(alike[0])), 0.0, 0.0)


def heterogeneous_missing(cells: Cells, *, threshold: float = THRESHOLD, form: str = NORMAL) -> float:
    """People missing when pairs are chosen stepwise and the spread of visibility is added; NaN when there is no estimate.

    Args: threshold, the p of a pair that enters.
    Source: Darroch, Fienberg, Glonek & Junker, JASA 88 (1993); Agresti, Biometrics 50 (1994).
    """
    chosen = stepwise_terms(cells, threshold=threshold)
    found = None if chosen is None else with_heterogeneity(cells, chosen[0], form)
    return float("nan") if found is None else found.missing
