"""Can the attacker tell that a person's row was behind the release?"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy.stats import rankdata

from havre.release.stats.attacks.rates import BATTERY, Area, Attack, Reading, reading, score
from havre.release.stats.attacks.sides import Sides, distances, keys

NEAREST = "membership, nearest row"
RATIO = "membership, likelihood ratio"
CHUNK = 500
# the attacker's claims are judged where few strangers are accused
FALSE_ALARMS = 0.05
MOST_SUBSETS = 400


def nearest_row(sides: Sides, *, seed: int, tries: int = 1_000) -> Attack:
    """The distance to the nearest released row as the score.

    Known to be weak: on data with many like rows it hardly sees a verbatim copy, and then its verdict is that it proves nothing.
    Source: Hu et al. 2022, ACM Computing Surveys 54(11s), section 4.
    """
    return Attack(NEAREST, tries, seed, (_nearest(sides, seed, tries),), (_nearest(sides.control, seed, tries),))


def _nearest(sides: Sides, seed: int, tries: int) -> Reading:
    chance = np.random.default_rng(seed)
    rows = np.unique(sides.released, axis=0)
    scores = []
    for block in (sides.members, sides.strangers):
        targets = block[chance.permutation(len(block))[:tries]]
        parts = [
            -distances(targets[start : start + CHUNK], rows, range(rows.shape[1])).min(axis=1) for start in range(0, len(targets), CHUNK)
        ]
        scores.append(np.concatenate(parts).astype(float))
    return _judged("Hamming distance", scores[0], scores[1], readings=2)


def likelihood_ratio(sides: Sides, *, seed: int, widths: tuple[int, ...] = (1, 2, 3, 4)) -> Attack:
    """How much likelier a person's values are under the release than under the population, over the whole row and over small marginals.

    Half of the strangers are what the attacker knows of the population; the other half are judged against members. The score is the
    log-likelihood ratio of the row, and of every marginal cell, added.
    Source: Homer et al. 2008, PLoS Genetics 4(8); Sankararaman et al. 2009, Nature Genetics 41(9) 965-967; judged at few false alarms
    after Carlini et al. 2022, IEEE S&P.
    """
    if len(sides.strangers) < 4:
        return Attack(RATIO, len(sides.members), seed, (), (), "fewer than four strangers: no population to compare with")
    count, chance = len(sides.columns), np.random.default_rng(seed)
    every = [subset for width in widths if width < count for subset in combinations(range(count), width)]
    if len(every) > MOST_SUBSETS:
        every = [every[place] for place in sorted(chance.permutation(len(every))[:MOST_SUBSETS])]
    ways = {"the whole row": [tuple(range(count))], f"marginals of {widths[0]} to {widths[-1]} columns": every}
    release = tuple(_ratio(sides, seed, what, subsets) for what, subsets in ways.items() if subsets)
    control = tuple(_ratio(sides.control, seed, what, subsets) for what, subsets in ways.items() if subsets)
    return Attack(RATIO, len(sides.members), seed, release, control)


def _ratio(sides: Sides, seed: int, what: str, subsets: list[tuple[int, ...]]) -> Reading:
    order = np.random.default_rng(seed).permutation(len(sides.strangers))
    known, judged = sides.strangers[order[: len(order) // 2]], sides.strangers[order[len(order) // 2 :]]
    ours, theirs = np.zeros(len(sides.members)), np.zeros(len(judged))
    for subset in subsets:
        one, two, three, four = keys((sides.released, known, sides.members, judged), sides.sizes, subset)
        ours += _gain(three, one, two)
        theirs += _gain(four, one, two)
    return _judged(what, ours, theirs, readings=4)


def _gain(targets: NDArray[np.int64], released: NDArray[np.int64], known: NDArray[np.int64]) -> NDArray[np.float64]:
    """log of (share of the target's cell in the release) over (its share in release and population together), smoothed.

    Pooling keeps a cell that the known half misses from looking rarer than it is.
    """
    one, two = _times(targets, released), _times(targets, known)
    pooled = (one + two + 0.5) / (len(released) + len(known) + 1)
    return np.log((one + 0.05) / (len(released) + 0.1) / pooled)


def _times(targets: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float64]:
    values, counts = np.unique(rows[rows >= 0], return_counts=True)
    if not len(values):
        return np.zeros(len(targets))
    place = np.minimum(np.searchsorted(values, targets), len(values) - 1)
    return np.where(values[place] == targets, counts[place], 0).astype(float)


def _judged(what: str, members: NDArray[np.float64], strangers: NDArray[np.float64], *, readings: int) -> Reading:
    """Hits at the score that few strangers pass, and the area under the curve."""
    limit = float(np.quantile(strangers, 1 - FALSE_ALARMS, method="higher"))
    hits, alarms = int((members > limit).sum()), int((strangers > limit).sum())
    area = _area(members, strangers, readings)
    return reading(what, (hits, len(members)), (alarms, len(strangers)), readings=readings, area=area)


def _area(members: NDArray[np.float64], strangers: NDArray[np.float64], readings: int) -> Area:
    """Area under the curve, ties half, with its intervals.

    Source: DeLong, DeLong & Clarke-Pearson 1988, Biometrics 44(3), by the ranks of Sun & Xu 2014.
    """
    m, n = len(members), len(strangers)
    both = rankdata(np.concatenate([members, strangers]))
    above = (both[:m] - rankdata(members)) / n
    below = 1 - (both[m:] - rankdata(strangers)) / m
    area = float(above.mean())
    spread = math.sqrt(above.var(ddof=1) / m + below.var(ddof=1) / n) if m > 1 and n > 1 else 0.5
    half = score() * spread
    return Area(area, max(0.0, area - half), min(1.0, area + half), max(0.0, area - score(BATTERY * readings) * spread))
