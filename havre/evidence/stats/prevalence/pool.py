"""One interval out of several families: the equal mixture of their distributions, so that disagreement widens it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from havre.evidence.stats.prevalence.families import HOLLOW, FamilyEstimate


@dataclass(frozen=True, slots=True)
class Pool:
    """Median and interval of a mixture, in people; `curve` its sorted points.

    Source: Stone, Annals of Mathematical Statistics 32 (1961).
    """

    value: float
    low: float
    high: float
    curve: tuple[float, ...]


# families that share their assumptions are pooled; groups that do not are joined by their outer ends
_GROUPS = (("stepwise", "least_bic", "decomposable"), ("latent_class",), ("heterogeneous",))


def headline(families: Sequence[FamilyEstimate], level: float) -> Pool | None:
    """The figure that is quoted, over three groups: people alike but for pairs of lists; classes of people; a spread of visibility.

    Families of a group are pooled. The ends are the lowest lower and the highest upper end of the groups, because no test on lists of this size
    can tell which of their assumptions holds; the value is the median of their equal mixture. Chains that have nearly met give no figure but
    widen the ends. Simulated in docs/reference/coverage.md.
    In people, at `level`; None when no family answers.
    Source: Stone, Annals of Mathematical Statistics 32 (1961), within a group; the union of the groups is Havre's.
    """
    groups = []
    for names in _GROUPS:
        members = [one for one in families if one.family in names and one.answers and (names == _GROUPS[0] or usable(one))]
        if (pool := pooled(members, level)) is not None:
            groups.append(pool)
    if not groups:
        return None
    reaches = [one.reach for one in families if one.reach is not None and usable_range(one.reach)]
    low = min([group.low for group in groups] + [reach[0] for reach in reaches])
    high = max([group.high for group in groups] + [reach[1] for reach in reaches])
    points = np.sort(np.concatenate([group.curve for group in groups]))
    curve = groups[0].curve if len(groups) == 1 else tuple(float(v) for v in np.quantile(points, (np.arange(999) + 0.5) / 999))
    return Pool(groups[0].value if len(groups) == 1 else float(np.median(points)), low, high, curve)


def usable_range(ends: tuple[float, float]) -> bool:
    """Whether a range says something.

    Args: ends, low and high in people.
    """
    return ends[1] <= HOLLOW * ends[0]


def usable(one: FamilyEstimate) -> bool:
    """Whether a family has an interval that says something; one that does not is not joined.

    A family without an answer is not usable.
    """
    return one.answers and one.low is not None and one.high is not None and usable_range((one.low, one.high))


def pooled(answers: Sequence[FamilyEstimate], level: float) -> Pool | None:
    """The linear opinion pool of families that answer, each with the same weight; None when there is none. One alone keeps its own ends.

    Source: Stone, Annals of Mathematical Statistics 32 (1961).
    In people, at `level`.
    """
    curves = [one.curve for one in answers if one.curve is not None]
    if not curves:
        return None
    points = np.sort(np.concatenate([np.asarray(curve) for curve in curves]))
    low, value, high = (float(v) for v in np.quantile(points, ((1 - level) / 2, 0.5, (1 + level) / 2)))
    if len(answers) == 1 and answers[0].low is not None and answers[0].high is not None:
        low, high = answers[0].low, answers[0].high
    return Pool(value, low, high, tuple(float(v) for v in np.quantile(points, (np.arange(999) + 0.5) / 999)))
