"""Populations of known size and how their lists come about: what `benchmarks.coverage` draws from.

`DESIGNS` were looked at while the interval was made; `UNSEEN` were written before it was frozen and run afterwards, so that they say how it does
on populations that nobody tuned it to. One change was made when twelve of them had been run: the page of coverage says which, and what it was.
"""

# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Design:
    """A population of `size` people and its lists: `draw` gives people × lists, zeros and ones. `identified`: whether the overlaps can tell.

    `strata`: shares of the strata that the table shows in a column of their own; `draw` then takes the stratum's number too.
    Source: designs of simulations, Morris, White & Crowther, Statistics in Medicine 38 (2019).
    """

    name: str
    words: str
    size: int
    draw: Callable[..., np.ndarray]
    identified: bool = True
    strata: tuple[float, ...] = ()


def _logistic(x):
    return 1 / (1 + np.exp(-x))


def independent(*chances):
    """Each list takes its people without regard to the others.

    Args: chances, one a list. Gives draw(generator, size) to size × lists. Source: Lincoln 1930; Petersen 1896.
    """
    return lambda draw, size: draw.random((size, len(chances))) < np.array(chances)


def paired(chances, pairs):
    """Lists drawn one after the other; `pairs` maps (earlier, later) to a log odds ratio: referral above 0, avoidance below.

    Gives draw(generator, size) to size × lists. Source: dependence of lists, Sekar & Deming, JASA 44 (1949).
    """

    def drawn(draw, size):
        seen = np.zeros((size, len(chances)), dtype=bool)
        for j, chance in enumerate(chances):
            logit = np.full(size, np.log(chance / (1 - chance)))
            for (i, later), effect in pairs.items():
                if later == j:
                    logit += effect * seen[:, i]
            seen[:, j] = draw.random(size) < _logistic(logit)
        return seen

    return drawn


def loglinear(chances, terms):
    """Histories drawn from a log-linear model: `terms` maps sets of lists to log effects.

    Gives draw(generator, size) to size × lists. Source: Fienberg, Biometrika 59 (1972).
    """
    lists = len(chances)
    masks = np.arange(1 << lists)
    logs = sum(np.where(masks >> j & 1, np.log(p), np.log(1 - p)) for j, p in enumerate(chances))
    for term, effect in terms.items():
        mask = sum(1 << j for j in term)
        logs = logs + effect * ((masks & mask) == mask)
    share = np.exp(logs - logs.max())
    share /= share.sum()

    def drawn(draw, size):
        return (draw.choice(masks, size=size, p=share)[:, None] >> np.arange(lists) & 1).astype(bool)

    return drawn


def classes(*groups):
    """(share, chances) of each class of people; lists are independent within a class.

    Gives draw(generator, size) to size × lists. Source: Manrique-Vallier, Biometrics 72 (2016).
    """

    def drawn(draw, size):
        which = draw.choice(len(groups), size=size, p=[share for share, _ in groups])
        return draw.random((size, len(groups[0][1]))) < np.array([chances for _, chances in groups])[which]

    return drawn


def continuous(chances, spread):
    """Every person's own visibility: the same normal shift of the log odds on all lists.

    Gives draw(generator, size) to size × lists. Source: Darroch, Fienberg, Glonek & Junker, JASA 88 (1993).
    """

    def drawn(draw, size):
        logit = np.log(np.array(chances) / (1 - np.array(chances)))
        return draw.random((size, len(chances))) < _logistic(logit + spread * draw.normal(size=(size, 1)))

    return drawn


def nested(chances, inside, outer, share):
    """Independent lists, but list `inside` takes a share of list `outer` and nobody else.

    Gives draw(generator, size) to size × lists. Source: dependence of lists, Sekar & Deming, JASA 44 (1949).
    """

    def drawn(draw, size):
        seen = draw.random((size, len(chances))) < np.array(chances)
        seen[:, inside] = seen[:, outer] & (draw.random(size) < share)
        return seen

    return drawn


def apart(*groups):
    """The chances of each stratum that the table shows; lists are independent within it.

    Gives draw(generator, size, stratum) to size × lists. Source: Sekar & Deming, JASA 44 (1949).
    """
    return lambda draw, size, stratum: draw.random((size, len(groups[0]))) < np.array(groups[stratum])


DESIGNS = (
    Design("independent 3", "three independent lists", 1500, independent(0.15, 0.2, 0.12)),
    Design("independent 4", "four independent lists", 2000, independent(0.15, 0.1, 0.12, 0.08)),
    Design("independent 5", "five independent lists", 2000, independent(0.12, 0.1, 0.08, 0.06, 0.1)),
    Design("referral", "four lists, one pair refers (log odds ratio 1.5)", 2000, paired((0.15, 0.12, 0.1, 0.1), {(0, 1): 1.5})),
    Design("avoidance", "four lists, one pair avoids (-1.5)", 2000, paired((0.2, 0.15, 0.15, 0.1), {(0, 1): -1.5})),
    Design("both ways", "five lists, one pair refers, one avoids", 2500, paired((0.12, 0.1, 0.1, 0.08, 0.12), {(0, 1): 1.2, (2, 4): -1.2})),
    Design("weak pair", "four lists, a weak referral (0.6), hard to see", 2000, paired((0.15, 0.12, 0.1, 0.1), {(0, 1): 0.6})),
    Design("triple", "four lists, three pairs and their triple", 3000, loglinear((0.2, 0.2, 0.15, 0.15), {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.8, (0, 1, 2): 0.6})),
    Design("classes", "five lists, two classes of people", 2000, classes((0.35, (0.35, 0.3, 0.25, 0.3, 0.25)), (0.65, (0.08, 0.06, 0.1, 0.05, 0.08)))),
    Design("continuous", "five lists, visibility varies (log odds, s.d. 0.7)", 2000, continuous((0.12, 0.15, 0.1, 0.12, 0.1), 0.7)),
    Design("strata", "four lists, two strata seen by different lists", 2500, classes((0.5, (0.2, 0.18, 0.06, 0.05)), (0.5, (0.06, 0.05, 0.18, 0.2)))),
    Design("sparse", "five small lists, few overlaps", 3000, independent(0.03, 0.04, 0.02, 0.05, 0.03)),
    Design("never meet", "four lists, one pair never meets", 2500, paired((0.12, 0.1, 0.1, 0.12), {(0, 1): -9.0})),
    Design("unequal", "six lists from 1 to 20 %", 2500, independent(0.2, 0.12, 0.06, 0.03, 0.02, 0.01)),
    Design("eight", "eight lists of 2 to 8 %, one pair refers", 2000, paired((0.08, 0.06, 0.05, 0.04, 0.03, 0.03, 0.02, 0.02), {(0, 1): 1.2})),
    Design("three bound", "three lists, all bound at once (pairs 0.8, triple 1)", 2000, loglinear((0.15, 0.15, 0.12), {(0, 1): 0.8, (1, 2): 0.8, (0, 2): 0.8, (0, 1, 2): 1.0}), False),
    Design("four bound", "four lists, every order of dependence", 2500, loglinear((0.12, 0.12, 0.1, 0.1), {(0, 1): 0.7, (1, 2): 0.7, (0, 2): 0.7, (0, 3): 0.7, (1, 3): 0.7, (2, 3): 0.7, (0, 1, 2, 3): 1.2}), False),
    Design("out of reach", "four independent lists, two people in five out of their reach", 2000, classes((0.6, (0.15, 0.12, 0.12, 0.1)), (0.4, (0.0, 0.0, 0.0, 0.0))), False),
    Design("disjoint", "three lists that hardly meet", 2000, classes((1 / 3, (0.2, 0, 0)), (1 / 3, (0, 0.2, 0)), (1 / 3, (0.002, 0.002, 0.2))), False),
)  # fmt: skip

UNSEEN = (
    Design("three, referral", "three lists, one pair refers (1.2)", 1500, paired((0.2, 0.15, 0.15), {(0, 1): 1.2})),
    Design("three, avoidance", "three lists, one pair avoids (-1.2)", 1500, paired((0.2, 0.2, 0.15), {(0, 2): -1.2})),
    Design("three, classes", "three lists, two classes of people", 1500, classes((0.4, (0.35, 0.3, 0.3)), (0.6, (0.12, 0.1, 0.12)))),
    Design("chain", "five lists, the first refers to the second, the second to the third (1.0)", 2000, paired((0.15, 0.1, 0.1, 0.08, 0.1), {(0, 1): 1.0, (1, 2): 1.0})),
    Design("one region", "four lists, one covers a region of two in five and no other place", 2000, classes((0.4, (0.15, 0.12, 0.25, 0.1)), (0.6, (0.15, 0.12, 0.0, 0.1)))),
    Design("region better seen", "four lists, one covers a region only, where the others see more too", 2000, classes((0.4, (0.22, 0.18, 0.25, 0.15)), (0.6, (0.12, 0.1, 0.0, 0.08)))),
    Design("thirty each", "four lists of thirty people", 300, independent(0.1, 0.1, 0.1, 0.1)),
    Design("small", "three lists, 150 people", 150, independent(0.3, 0.25, 0.3)),
    Design("well covered", "four lists of a third to a half", 1500, independent(0.5, 0.4, 0.35, 0.3)),
    Design("large", "five lists of 2 to 5 % of 20,000, one pair refers (1.0)", 20_000, paired((0.05, 0.04, 0.03, 0.03, 0.02), {(0, 2): 1.0})),
    Design("part of another", "four lists, one is a part of another", 2000, nested((0.2, 0.1, 0.15, 0.12), 1, 0, 0.4)),
    Design("three classes", "five lists, three classes of people", 2500, classes((0.2, (0.4, 0.3, 0.3, 0.25, 0.3)), (0.4, (0.15, 0.12, 0.1, 0.1, 0.1)), (0.4, (0.06, 0.08, 0.06, 0.08, 0.05)))),
    Design("very unequal people", "four lists, visibility varies (log odds, s.d. 1.1)", 2000, continuous((0.15, 0.12, 0.15, 0.1), 1.1)),
    Design("six, mixed", "six lists, two pairs refer (0.8), one avoids (-0.8), visibility varies a little by class", 2500, classes((0.5, (0.14, 0.12, 0.1, 0.08, 0.08, 0.05)), (0.5, (0.09, 0.08, 0.07, 0.06, 0.05, 0.04)))),
    Design("seven", "seven lists, two pairs refer (1.0 and 0.7)", 3000, paired((0.1, 0.08, 0.06, 0.05, 0.05, 0.04, 0.03), {(0, 1): 1.0, (2, 4): 0.7})),
    Design("strata shown", "four lists, two strata seen by different lists, shown in a column", 2500, apart((0.2, 0.18, 0.06, 0.05), (0.06, 0.05, 0.18, 0.2)), strata=(0.5, 0.5)),
    Design("strata alike", "four lists, three strata seen alike, shown in a column", 2400, apart((0.15, 0.12, 0.1, 0.1), (0.15, 0.12, 0.1, 0.1), (0.15, 0.12, 0.1, 0.1)), strata=(0.5, 0.3, 0.2)),
    Design("three, hidden triple", "three lists, bound only all at once (triple 1.5)", 1500, loglinear((0.2, 0.18, 0.15), {(0, 1, 2): 1.5}), False),
    Design("three, part of another", "three lists, one is a part of another", 2000, nested((0.2, 0.1, 0.15), 1, 0, 0.4), False),
    Design("hidden half", "five lists with a referral, half the people out of their reach", 3000, classes((0.5, (0.15, 0.12, 0.1, 0.1, 0.08)), (0.5, (0.0,) * 5)), False),
    Design("no overlap", "four lists whose people never meet", 2000, classes((0.25, (0.2, 0, 0, 0)), (0.25, (0, 0.2, 0, 0)), (0.25, (0, 0, 0.2, 0)), (0.25, (0, 0, 0, 0.2))), False),
)  # fmt: skip
