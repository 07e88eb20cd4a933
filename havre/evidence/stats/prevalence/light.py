"""The traffic light and the refusal: what an estimate is worth, with every reason at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from scipy.stats import chi2

from havre.evidence.stats.prevalence.existence import Cells, fitted
from havre.evidence.stats.prevalence.families import HOLLOW, FamilyEstimate, only_saturated
from havre.evidence.stats.prevalence.pool import Pool, usable, usable_range
from havre.evidence.stats.prevalence.result import AMBER, GREEN, RED, REFUSED, Change, Check, Light, Linkage
from havre.evidence.stats.prevalence.table import Overlaps
from havre.evidence.stats.prevalence.words import FAMILY_NAMES, Text, reason

RED_SPREAD, AMBER_SPREAD = 1.5, 1.2
# upper over lower end of the interval above which it is wide
WIDE = 4.0
# share of the estimate that no list saw above which it rests too much on people like those seen: of populations half of whom are hardly
# visible, of whom the first listing brings the others, some look like independent lists up to there and are too low by a quarter to a half
MOSTLY_UNSEEN = 1 / 3
# people on two lists below which an estimate is biased (Robson & Regier, Trans. American Fisheries Society 93, 1964)
LEAST_OVERLAPS = 7
_HELPS = ("help_lists", "help_links", "help_merge")


def refusal_before(table: Overlaps) -> Light | None:
    """The refusal that the table alone calls for, None when families may be asked.

    Never raises: a refusal is a result.
    """
    reasons = []
    if len(table.lists) < 3:
        reasons.append(reason("few_lists", count=len(table.lists)))
    if not any(history.bit_count() > 1 for history, _ in table.cells):
        reasons.append(reason("no_overlap"))
    return refused(reasons) if reasons else None


def refused(reasons: Iterable[Text]) -> Light:
    """A refusal with what would help.

    Args: reasons, each in both languages.
    """
    return Light(REFUSED, tuple(dict.fromkeys(reasons)), tuple(reason(code) for code in _HELPS))


def spread_of(families: Sequence[FamilyEstimate]) -> float | None:
    """Largest over smallest estimate of the families that take people as alike.

    A ratio without unit, at least 1; None with fewer than two answers.
    """
    values = [one.value for one in families if one.outcome == "answer" and one.value and one.family != "heterogeneous"]
    return max(values) / min(values) if values else None


def light(
    table: Overlaps,
    families: Sequence[FamilyEstimate],
    pool: Pool,
    *,
    misfit: float | None = None,
    sensitivity: Sequence[Change] = (),
    consistency: Sequence[Check] = (),
    linkage: Linkage | None = None,
    notes: Sequence[Text] = (),
) -> Light:
    """Red, amber or green, with every reason of the worse colours. Never green with three lists, nor when families disagree, nor when
    more than a third of the people were seen by nobody; `notes`: reservations found elsewhere.
    Args: misfit, a p; linkage, the drawn tables' interval. The thresholds are Havre's own, tried by simulation in docs/reference/coverage.md.
    """
    red = _red(table, families, pool, consistency)
    amber = [*notes, *_amber(table, families, pool, misfit, sensitivity, consistency, linkage)]
    colour = RED if red else AMBER if amber else GREEN
    helps = tuple(reason(code) for code in _HELPS) if red else ()
    return Light(colour, tuple(dict.fromkeys((*red, *amber))), helps)


def _red(table: Overlaps, families: Sequence[FamilyEstimate], pool: Pool, consistency: Sequence[Check]) -> list[Text]:
    found = []
    logs = [one for one in families if one.answers and one.family in ("stepwise", "least_bic")]
    if only_saturated(table) or (logs and all("saturated" in one.flags for one in logs)):
        found.append(reason("saturated"))
    overlapping = sum(people for history, people in table.cells if history.bit_count() > 1)
    if overlapping < LEAST_OVERLAPS:
        found.append(reason("few_overlaps", count=overlapping))
    if len(families) > 1 and sum(one.answers for one in families) == 1:
        found.append(reason("one_family"))
    if any("edge" in one.flags for one in families if one.answers):
        found.append(reason("edge_quoted"))
    spread = spread_of(families) or 1.0
    if spread > RED_SPREAD:
        found.append(reason("spread_red", spread=round(spread, 2)))
    if pool.low > 0 and pool.high / pool.low > HOLLOW:
        found.append(reason("wide", ratio=round(pool.high / pool.low, 1)))
    hits = [check.hit for check in consistency if check.hit is not None]
    if hits and sum(hits) * 2 < len(hits):
        found.append(reason("consistency", hits=sum(hits), tried=len(hits)))
    return found


def _amber(
    table: Overlaps,
    families: Sequence[FamilyEstimate],
    pool: Pool,
    misfit: float | None,
    sensitivity: Sequence[Change],
    consistency: Sequence[Check],
    linkage: Linkage | None,
) -> list[Text]:
    found = []
    if len(table.lists) == 3:
        found.append(reason("three_lists"))
    elif not any(history.bit_count() > 2 for history, _ in table.cells):
        found.append(reason("no_triple"))
    unseen = 1 - table.people / pool.value
    if unseen > MOSTLY_UNSEEN:
        found.append(reason("unseen", share=round(100 * unseen)))
    spread = spread_of(families) or 1.0
    if AMBER_SPREAD < spread <= RED_SPREAD:
        found.append(reason("spread_amber", spread=round(spread, 2)))
    found += [text for one in families if "forms" in one.flags for text in one.reasons]
    found += _differences(families, pool)
    for one in families:
        if one.reach is not None and usable_range(one.reach):
            found.append(reason("reached", family=FAMILY_NAMES[one.family], low=round(one.reach[0]), high=round(one.reach[1])))
        elif one.outcome == "no answer" and one.family != "heterogeneous":
            found.append(reason("family_silent", family=FAMILY_NAMES[one.family]))
        if one.failed > 0.01:
            found.append(reason("failed_some", share=round(100 * one.failed, 1), family=FAMILY_NAMES[one.family]))
    if pool.low > 0 and WIDE < pool.high / pool.low <= HOLLOW:
        found.append(reason("wide", ratio=round(pool.high / pool.low, 1)))
    if misfit is not None and misfit < 0.01:
        found.append(reason("misfit", p=float(f"{misfit:.2g}")))
    moved = {change.what for change in sensitivity if change.kind == "drop" and _outside(change.value, pool)}
    found += [reason("one_list", list=name) for name in table.lists if name in moved]
    hits = [check.hit for check in consistency if check.hit is not None]
    if hits and not all(hits) and sum(hits) * 2 >= len(hits):
        found.append(reason("consistency", hits=sum(hits), tried=len(hits)))
    if linkage is not None and linkage.wider >= 0.5:
        found.append(reason("linkage_wide", more=round(100 * linkage.wider)))
    return found


def _differences(families: Sequence[FamilyEstimate], pool: Pool) -> list[Text]:
    """What letting people differ in visibility does to the estimate, or that it could not be tried."""
    different = next((one for one in families if one.family == "heterogeneous"), None)
    alike = [one.value for one in families if one.family != "heterogeneous" and one.outcome == "answer" and one.value]
    # the family adds its term to the pairs chosen stepwise: that is what it is set beside
    beside = [one.value for one in families if one.family == "stepwise" and one.outcome == "answer" and one.value] or alike
    if different is None or not alike:
        return []
    if not usable(different) or different.value is None:
        return [reason("untried")]
    ratio = different.value / float(np.median(beside))
    return [reason("differ", ratio=round(ratio, 2))] if not 1 / AMBER_SPREAD <= ratio <= AMBER_SPREAD else []


def _outside(value: float | None, pool: Pool) -> bool:
    return value is not None and not pool.low <= value <= pool.high


def fit_of(cells: Cells, families: Sequence[FamilyEstimate], table: Overlaps) -> float | None:
    """p of the best-fitting model chosen (Pearson; cells expected under 1 joined), None where nothing is left to test.

    Source: Pearson's X² with small cells joined, Cochran, Annals of Mathematical Statistics 23 (1952).
    """
    place = {table.name(mask): mask for mask in range(1, 1 << len(table.lists))}
    found = []
    for one in families:
        if one.family not in ("stepwise", "least_bic") or not one.models or one.outcome != "answer":
            continue
        terms = tuple(sorted(place[name] for name in one.models[0].terms))
        means = fitted(cells, terms)
        if means is None:
            continue
        expected, seen = means[1:], cells.dense[1:]
        large = expected >= 1
        pearson = float(((seen - expected)[large] ** 2 / expected[large]).sum())
        rest, rest_seen = float(expected[~large].sum()), float(seen[~large].sum())
        groups = int(large.sum())
        if rest > 0.5:
            pearson += (rest_seen - rest) ** 2 / rest
            groups += 1
        spare = groups - (1 + cells.lists + len(terms) - len(one.models[0].at_minus_infinity))
        if spare > 0:
            found.append(float(chi2.sf(pearson, spare)))
    return max(found) if found else None
