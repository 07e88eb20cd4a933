"""How far a pair's distances speak for one person: Fellegi-Sunter weights over soft levels, then rivals, then one to one.

A distance is a count of turned bits, so each field is a mixture: equal (the noise's rate), near (a quarter), other (a half). m and u are the
shares of the three among true pairs and among pairs by chance; u of "equal" comes from the lists' own figures, m is agreed and may be
re-estimated. A name that many bear has many rivals: a pair's posterior counts them, which is how frequency speaks without being sent.
Source: Fellegi & Sunter 1969; Winkler 1988 (EM); Sadinle 2017 (one to one).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from havre.evidence.stats.linkage.private.distances import FIELDS, MISSING
from havre.evidence.stats.linkage.private.levels import RATES, level_table
from havre.evidence.stats.linkage.private.meet import Meetings

Floats = npt.NDArray[np.float64]
# shares of the levels among true pairs, as agreed; the last makes up to 1
# fmt: off
AGREED: Mapping[str, tuple[float, float, float, float, float]] = {
    "given":       (0.50, 0.20, 0.10, 0.08, 0.08),
    "family":      (0.50, 0.20, 0.10, 0.08, 0.08),
    "given 2":     (0.35, 0.20, 0.10, 0.15, 0.15),
    "family 2":    (0.35, 0.20, 0.10, 0.15, 0.15),
    "year":        (0.83, 0.04, 0.09, 0.02, 0.01),
    "day":         (0.88, 0.04, 0.01, 0.01, 0.02),
    "place":       (0.70, 0.02, 0.03, 0.10, 0.10),
    "phone":       (0.40, 0.02, 0.03, 0.05, 0.20),
    "document":    (0.82, 0.04, 0.04, 0.01, 0.05),
    "nationality": (0.94, 0.00, 0.00, 0.00, 0.00),
    "sex":         (0.98, 0.00, 0.00, 0.00, 0.00),
}
# a list too small to show how often a value falls together by chance is not believed
_LEAST = {"year": 0.01, "day": 0.003, "place": 0.005, "phone": 0.0002, "document": 0.0001, "nationality": 0.05, "sex": 0.5}
# fmt: on
_FLAT = ("nationality", "sex")
_BELIEF = 200.0  # how many pairs the agreed shares are worth beside the lists' own


@dataclass(frozen=True, slots=True)
class Weights:
    """`bits`: base-2 logarithms by field and distance (FIELDS × 256). `levels`: the probability of each distance at each
    level (FIELDS × 256 × levels); `m`, `u`: shares of the levels (FIELDS × levels)."""

    bits: npt.NDArray[np.float32]
    levels: Floats
    m: Floats
    u: Floats


def agreed() -> Floats:
    """The agreed shares among true pairs (FIELDS × levels)."""
    return np.array([(*AGREED[field], 1 - sum(AGREED[field])) for field in FIELDS])


def weights(chance: Mapping[str, Sequence[float]], *, flip: float, m: Floats | None = None) -> Weights:
    """Weights from the lists' own agreement by chance.

    Args: chance, shares of the levels by field, both lists together; flip, the share of bits that each side turned; m, shares re-estimated from
    the lists, else the agreed ones.
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969).
    """
    m = agreed() if m is None else m
    levels, u = level_table(flip), np.zeros((len(FIELDS), len(RATES)))
    for place, field in enumerate(FIELDS):
        u[place] = chance.get(field, (0.0,) * (len(RATES) - 1) + (1.0,))
        u[place, 0] = max(u[place, 0], _LEAST.get(field, 0.002))
        if field not in _FLAT:
            u[place, 1:-1] = np.maximum(u[place, 1:-1], 0.0005)
        u[place] /= u[place].sum()
    top, bottom = (levels * m[:, None, :]).sum(axis=2), (levels * u[:, None, :]).sum(axis=2)
    table = np.log2(np.maximum(top, 1e-300) / np.maximum(bottom, 1e-300))
    table[:, MISSING] = 0.0
    return Weights(np.clip(table, -12, 24).astype(np.float32), levels, m, u)


def refit(table: Weights, pairs: Scored) -> Floats:
    """The shares of the levels among true pairs, from the pairs' probabilities; the agreed ones count as _BELIEF pairs. Source: Winkler 1988."""
    out = agreed() * _BELIEF
    for place in range(len(FIELDS)):
        seen = pairs.distances[:, place]
        some = seen != MISSING
        share = table.levels[place][seen[some]] * table.m[place]
        share /= np.maximum(share.sum(axis=1, keepdims=True), 1e-300)
        out[place] += (share * pairs.probability[some, None]).sum(axis=0)
    return out / out.sum(axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Scored:
    """Each pair once: `a`, `b`, record indexes; `weight`, base-2 logarithm of the odds' factor; `rules`, a bit for each rule it met under;
    `distances` as in Meetings; `probability`, after rivals."""

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    weight: Floats
    rules: npt.NDArray[np.int64]
    distances: npt.NDArray[np.uint8]
    swapped: npt.NDArray[np.bool_]
    probability: Floats


SWAP_COST = 3.0


def once(found: Meetings, table: Weights) -> Scored:
    """Meetings of one pair under several rules become one; its weight is the best of them."""
    weight = -SWAP_COST * found.swapped.astype(np.float64)
    for place in range(len(FIELDS)):
        weight += table.bits[place][found.distances[:, place]]
    order = np.lexsort((-weight, found.b, found.a))
    a, b = found.a[order], found.b[order]
    new = np.ones(len(a), dtype=bool)
    new[1:] = (a[1:] != a[:-1]) | (b[1:] != b[:-1])
    starts = np.flatnonzero(new)
    bits = np.left_shift(1, found.rule[order].astype(np.int64))
    rules = np.bitwise_or.reduceat(bits, starts) if len(starts) else bits
    chosen = order[starts]
    return Scored(
        found.a[chosen], found.b[chosen], weight[chosen], rules, found.distances[chosen], found.swapped[chosen], np.zeros(len(chosen))
    )


def with_rivals(
    pairs: Scored, *, sizes: tuple[int, int], expected: float, same: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None
) -> Floats:
    """The posterior of each pair when a person has at most one partner: its odds over one plus the odds of all its rivals.

    Args: sizes, records of the two lists; expected, how many true pairs there are; same, for each list each record's person, where a list
    holds a person twice (records of one person are no rivals).
    Source: Sadinle, Bayesian Estimation of Bipartite Matchings for Record Linkage, JASA 112 (2017).
    """
    prior = max(expected, 1.0) / max(1, sizes[0] * sizes[1])
    odds = prior * np.exp2(np.clip(pairs.weight, -40, 60))
    if not len(odds):
        return odds
    one, other = (same[0][pairs.a], same[1][pairs.b]) if same else (pairs.a, pairs.b)
    both = one.astype(np.int64) * (sizes[1] + 1) + other
    keys, where = np.unique(both, return_inverse=True)
    # several records of two persons: their best pair stands for the persons
    best = np.zeros(len(keys))
    np.maximum.at(best, where, odds)
    by_one = np.bincount(keys // (sizes[1] + 1), best, minlength=sizes[0])[one]
    by_other = np.bincount(keys % (sizes[1] + 1), best, minlength=sizes[1])[other]
    rivals = by_one + by_other - 2 * best[where]
    return odds / (1.0 + odds + rivals)


def twice(pairs: Scored, *, size: int, rounds: int = 8, least: float = 0.6) -> npt.NDArray[np.int64]:
    """Each record's person in one list: records found to be one person have one number (the first record's).

    Args: pairs, of the list with itself; size, its records. Rivals count as between lists: a name that many bear joins nobody.
    """
    apart = pairs.a < pairs.b
    one, other, weight = pairs.a[apart], pairs.b[apart], pairs.weight[apart]
    expected = 0.02 * size
    likely = np.zeros(len(one), dtype=bool)
    for _ in range(rounds):
        odds = max(expected, 1.0) / max(1.0, size * (size - 1) / 2) * np.exp2(np.clip(weight, -40, 60))
        total = np.bincount(one, odds, minlength=size) + np.bincount(other, odds, minlength=size) if len(odds) else np.zeros(size)
        probability = odds / (1.0 + total[one] + total[other] - odds)
        expected, likely = float(probability.sum()), probability >= least
    graph = coo_array((np.ones(int(likely.sum())), (one[likely], other[likely])), shape=(size, size))
    _, home = connected_components(graph, directed=False)
    first = np.full(size, size, dtype=np.int64)
    np.minimum.at(first, home, np.arange(size))
    return first[home]


def one_to_one(
    pairs: Scored, *, least: float = 0.5, same: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]] | None = None
) -> npt.NDArray[np.int64]:
    """Indexes of the links: best first, each person once, probability at least `least`; all pairs of records of two linked persons are
    links. Ties fall by record, so that runs repeat.
    Source: greedy matching, Avis, Networks 13 (1983).
    """
    order = np.lexsort((pairs.b, pairs.a, -pairs.weight, -np.round(pairs.probability, 9)))
    ones, others = (same[0][pairs.a], same[1][pairs.b]) if same else (pairs.a, pairs.b)
    partner: dict[int, int] = {}
    taken: dict[int, int] = {}
    out = []
    for place in order.tolist():
        if pairs.probability[place] < least:
            break
        one, other = int(ones[place]), int(others[place])
        if partner.get(one, other) == other and taken.get(other, one) == one:
            partner[one], taken[other] = other, one
            out.append(place)
    return np.array(out, dtype=np.int64)
