"""A rate with its interval, a difference of two with its own, and the verdict that they allow."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from havre.release.stats.attacks.ceiling import Ceiling

LEVEL = 0.95
# the battery runs five attacks: a verdict uses limits that hold for all of them together (Dunn 1961), or every eighth safe release would be
# refused; `benchmarks.attacks --rates` measures how often a release from other persons is called a leak
BATTERY = 5


class Verdict(StrEnum):
    """What an attack says of a release. Only WITHSTOOD speaks for it; WITHIN: something is learnt, no more than a private release's ε allows;
    the last two prove nothing."""

    WITHSTOOD = "withstood"
    WITHIN = "learns a little, within what ε allows"
    LEAKS = "leaks"
    BLIND = "proves nothing: it did not catch the verbatim copy"
    NOT_RUN = "not run"


@dataclass(frozen=True, slots=True)
class Rate:
    """`hits` of `tries`, with the Wilson interval (share, 0 to 1). `tries` is the number found, never the number asked for."""

    hits: int
    tries: int
    low: float
    high: float

    @property
    def value(self) -> float:
        """The share, 0 to 1; 0 where nothing was tried."""
        return self.hits / self.tries if self.tries else 0.0


@dataclass(frozen=True, slots=True)
class Excess:
    """How much more often the attack is right about members than about strangers (difference of shares, -1 to 1).

    `low` to `high` is the 95 % interval of this one figure; `sure` the lower limit that holds for the whole battery together.
    """

    value: float
    low: float
    high: float
    sure: float


@dataclass(frozen=True, slots=True)
class Area:
    """The area under the curve of a score, members against strangers (0.5 no leak); `low`, `high`, `sure` as in Excess."""

    value: float
    low: float
    high: float
    sure: float


@dataclass(frozen=True, slots=True)
class Reading:
    """One attack on one release, once: on the persons behind the release and on as many strangers.

    `what` names the column or the way of attacking; `area` is there for attacks that score every person.
    """

    what: str
    members: Rate
    strangers: Rate
    excess: Excess
    area: Area | None = None

    @property
    def leaks(self) -> bool:
        """Whether members are hit more often than strangers beyond the interval of chance."""
        return self.excess.sure > 0 or (self.area is not None and self.area.sure > 0.5)

    def beyond(self, ceiling: Ceiling) -> bool:
        """Whether members are hit more often than the guarantee of a private release allows, beyond the interval of chance.

        The ceiling of the difference is the greatest over the 95 % interval of the strangers' share.
        Source: Jagielski, Ullman & Oprea 2020 (auditing a mechanism by an attack's lower limit).
        """
        if self.area is not None and self.area.sure > ceiling.area:
            return True
        return self.excess.sure > 0 and self.excess.sure > ceiling.excess(self.strangers.low, self.strangers.high)


@dataclass(frozen=True, slots=True)
class Attack:
    """One attack on the release and, in the same run and with the same seed, on a verbatim copy of the members (`control`).

    `asked` tries, of which each reading says how many were found; `note` says in words what could not be done. `ceiling` is what a private
    release's guarantee allows; it is for attacks that judge one person at a time, and None for others and for releases without ε.
    """

    name: str
    asked: int
    seed: int
    release: tuple[Reading, ...]
    control: tuple[Reading, ...]
    note: str = ""
    ceiling: Ceiling | None = None

    @property
    def verdict(self) -> Verdict:
        """What the readings allow to say, all of them together."""
        if not self.release:
            return Verdict.NOT_RUN
        if any(reading.leaks for reading in self.release):
            if self.ceiling is None or any(reading.beyond(self.ceiling) for reading in self.release):
                return Verdict.LEAKS
            return Verdict.WITHIN
        return Verdict.WITHSTOOD if any(reading.leaks for reading in self.control) else Verdict.BLIND

    @property
    def worst(self) -> Reading | None:
        """The reading with the largest excess; a maximum of several, and to be read as one."""
        return max(self.release, key=lambda reading: reading.excess.value, default=None)


def score(comparisons: int = 1) -> float:
    """The normal quantile of a two-sided interval that holds for `comparisons` readings together (Bonferroni).

    Source: Dunn 1961, JASA 56(293) 52-64 (several comparisons at one level).
    """
    return float(norm.ppf(1 - (1 - LEVEL) / (2 * comparisons)))


def rate(hits: int, tries: int, *, comparisons: int = 1) -> Rate:
    """A share with its Wilson interval; nothing tried is 0 to 1.

    Source: Wilson 1927, JASA 22(158) 209-212.

    >>> found = rate(3, 10)
    >>> round(found.low, 3), round(found.high, 3)
    (0.108, 0.603)
    """
    low, high = _wilson(hits, tries, score(comparisons))
    return Rate(hits, tries, low, high)


def _wilson(hits: float, tries: float, z: float) -> tuple[float, float]:
    if not tries:
        return 0.0, 1.0
    share, spread = hits / tries, z * z / tries
    middle = (share + spread / 2) / (1 + spread)
    half = z * math.sqrt(share * (1 - share) / tries + z * z / (4 * tries * tries)) / (1 + spread)
    return 0.0 if hits == 0 else max(0.0, middle - half), 1.0 if hits == tries else min(1.0, middle + half)


def together(persons: Sequence[int] | NDArray[np.int64]) -> float:
    """How many hits go together for each that stands alone (1 or more), where one person may be hit several times.

    Args: persons, whom each hit is about, one entry a hit.
    Source: Kish 1965, Survey Sampling, section 8.2 (design effect of clusters), hits of one person taken for one.

    >>> together([1, 2, 3]), together([1, 1, 1, 1])
    (1.0, 4.0)
    """
    _who, times = np.unique(np.asarray(persons, dtype=np.int64), return_counts=True)
    return float((times**2).sum() / times.sum()) if len(times) else 1.0


def excess(
    members: tuple[int, int], strangers: tuple[int, int], *, readings: int = 1, clusters: tuple[float, float] = (1.0, 1.0)
) -> Excess:
    """The difference of two independent shares, each (hits, tries), with its interval.

    Args: readings, how many the attack gives; `sure` holds for all of them in all attacks of the battery (Bonferroni). clusters, how many
    hits go `together` on each side: so many count for one.
    Source: Newcombe 1998, Statistics in Medicine 17(8) 873-890, method 10 (from the two Wilson intervals).

    >>> found = excess((56, 70), (48, 80))  # Newcombe's own example
    >>> round(found.low, 4), round(found.high, 4)
    (0.0524, 0.3339)
    """
    fewer = [(hits / much, tries / much) for (hits, tries), much in zip((members, strangers), clusters, strict=True)]
    low, high = _difference(fewer[0], fewer[1], score())
    sure, _high = _difference(fewer[0], fewer[1], score(BATTERY * readings))
    return Excess(rate(*members).value - rate(*strangers).value, low, high, sure)


def _difference(one: tuple[float, float], other: tuple[float, float], z: float) -> tuple[float, float]:
    if not one[1] or not other[1]:
        return -1.0, 1.0
    first, second = one[0] / one[1], other[0] / other[1]
    (low, high), (least, most) = _wilson(*one, z), _wilson(*other, z)
    value = first - second
    return value - math.hypot(first - low, most - second), value + math.hypot(high - first, second - least)


def reading(
    what: str,
    members: tuple[int, int],
    strangers: tuple[int, int],
    *,
    readings: int = 1,
    area: Area | None = None,
    clusters: tuple[float, float] = (1.0, 1.0),
) -> Reading:
    """A reading from (hits, tries) on members and on strangers; `readings`, how many of them the attack gives; clusters as in `excess`.

    Source: Wilson 1927 (each share); Newcombe 1998 (their difference).
    """
    return Reading(what, rate(*members), rate(*strangers), excess(members, strangers, readings=readings, clusters=clusters), area)


def holds(attacks: Sequence[Attack]) -> bool:
    """Whether no attack learnt more than the release's guarantee allows (without one: anything), and at least one can see.

    A release that holds did not necessarily withstand: an attack may have learnt what ε allows.
    """
    verdicts = [attack.verdict for attack in attacks]
    return Verdict.LEAKS not in verdicts and (Verdict.WITHSTOOD in verdicts or Verdict.WITHIN in verdicts)
