"""How many records are one person with another, as a run's probabilities and its calibration expect it."""

from __future__ import annotations

import numpy as np

from havre.evidence.stats.linkage import calibration, guards, thresholds
from havre.evidence.stats.linkage.clusters import cluster, impossible
from havre.evidence.stats.linkage.model import Model
from havre.evidence.stats.linkage.records import Records
from havre.evidence.stats.linkage.scoring import Scored

DRAWS, PAIRS_DRAWN = 3, 3_000  # a few draws tell the mean of many pairs; of few pairs it takes more
MOST_DRAWS = 400


class Doubt:
    """The pairs that may be drawn (no guard holds them), and how. Attributes: left, right, p; records, how many.

    Source: Tancredi and Liseo, A Hierarchical Bayesian Approach to Record Linkage, Annals of Applied Statistics 5 (2011).
    """

    def __init__(self, records: Records, scored: Scored, guard: np.ndarray, unique: frozenset[int]) -> None:
        free = ~guards.held(guard, "balanced")
        self.left, self.right, self.p = scored.left[free], scored.right[free], scored.probability[free]
        self.records, self.test = len(records.table), impossible(records.table, unique)

    def once(self, rng: np.random.Generator, p: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One draw: the person of each record, and which pairs were taken. Args: p, the chance of each pair."""
        strength = rng.random(self.records)  # one number a record; a pair takes the lesser record's
        taken = strength[self.left] < p
        person, _held = cluster(self.records, self.left[taken], self.right[taken], p[taken], self.test, set())
        return person, taken


def joins(person: np.ndarray) -> int:
    """How many records are one person with another: records less persons. Args: person, an id of each record."""
    return len(person) - len(np.unique(person))


def joins_expected(doubt: Doubt) -> float:
    """The mean of `joins` over a few draws, before any calibration; always the same for one linkage.

    Source: Tancredi and Liseo, A Hierarchical Bayesian Approach to Record Linkage, Annals of Applied Statistics 5 (2011).
    """
    rng, draws = np.random.default_rng(0), min(MOST_DRAWS, max(DRAWS, PAIRS_DRAWN // max(len(doubt.p), 1)))
    return float(np.mean([joins(doubt.once(rng, doubt.p)[0]) for _ in range(draws)]))


def true_joins(records: Records, scored: Scored, guard: np.ndarray, model: Model, unique: frozenset[int]) -> float:
    """How many joins are true in all, those never met or held back included: `joins_expected`, calibrated.

    Source: Little and Rubin, Statistical Analysis with Missing Data (2002), ch. 10; without a calibration, Chao's bound on what
    blocking lost, Scand. J. Statistics 11 (1984).
    """
    doubt = Doubt(records, scored, guard, unique)
    seen = calibration.covariates(scored, guard, doubt.records)
    lost = thresholds.lost_at_blocking(scored.rules, scored.probability) / max(float(doubt.p.sum()), 1.0)
    return joins_expected(doubt) * calibration.most_likely(model.calibration, seen, lost=lost)
