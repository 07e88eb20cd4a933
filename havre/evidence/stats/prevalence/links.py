"""Linkage error carried through: the estimate over tables drawn from the posterior of the links, with and without.

Source: the resamples of each drawn table are pooled (multiple imputation by mixing; Gelman et al., Bayesian Data Analysis, 3rd ed., ch. 18).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from havre.evidence.stats.prevalence.families import FamilyEstimate, decomposable_average, heterogeneous, least_bic, stepwise
from havre.evidence.stats.prevalence.graphs import MOST_LISTS
from havre.evidence.stats.prevalence.light import refusal_before
from havre.evidence.stats.prevalence.pool import Pool, headline
from havre.evidence.stats.prevalence.result import Linkage
from havre.evidence.stats.prevalence.table import Overlaps
from havre.evidence.stats.prevalence.words import BadTable


def over_links(table: Overlaps, drawn: Sequence[Overlaps], *, resamples: int = 1000, seed: int = 1, level: float = 0.95) -> Linkage | None:
    """The interval over drawn tables (20 to 50 are asked for) and that of the table as given, by the same families and resamples.

    In each drawn table all families but the latent classes (least BIC among its best 20 models) are resampled resamples/len(drawn) times (at
    least 40), and all are mixed. None when neither has an answer. Raises: BadTable when the lists differ.
    Source: Gelman et al., Bayesian Data Analysis, 3rd ed. (2013), ch. 18 (multiple imputation by mixing).
    """
    for one in drawn:
        if one.lists != table.lists:
            raise BadTable("different_lists", one=", ".join(table.lists), other=", ".join(one.lists))
    each = max(40, resamples // max(1, len(drawn)))
    pools = [pool for turn, one in enumerate(drawn) if (pool := _pool(one, each, seed + turn, level)) is not None]
    without = _pool(table, each, seed, level)
    if not pools or without is None:
        return None
    points = np.concatenate([np.asarray(pool.curve) for pool in pools])
    low, value, high = (float(v) for v in np.quantile(points, ((1 - level) / 2, 0.5, (1 + level) / 2)))
    return Linkage(len(pools), value, low, high, without.low, without.high)


def _pool(table: Overlaps, resamples: int, seed: int, level: float) -> Pool | None:
    if refusal_before(table) is not None:
        return None
    answers: list[FamilyEstimate] = [
        stepwise(table, resamples=resamples, seed=seed, level=level),
        least_bic(table, resamples=resamples, seed=seed, level=level, kept=20),
        heterogeneous(table, resamples=resamples, seed=seed, level=level),
    ]
    if len(table.lists) < MOST_LISTS:
        answers.append(decomposable_average(table, level=level))
    return headline(answers, level)
