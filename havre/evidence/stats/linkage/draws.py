"""Linkage error carried into prevalence: draws of the links from their probabilities, each tabulated as capture histories."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from havre.evidence.stats.linkage import calibration, thresholds
from havre.evidence.stats.linkage.expected import Doubt, joins, joins_expected
from havre.evidence.stats.linkage.linking import Linkage


def histories(source: np.ndarray, person: np.ndarray, lists: int) -> pl.DataFrame:
    """Capture histories: one column 0/1 a list (`list_1` …) and `count`, persons by the lists they are on; sorted.

    Source: Otis and others, Statistical Inference from Capture Data on Closed Animal Populations, Wildlife Monographs 62 (1978).
    """
    on = pl.DataFrame({"person": person, "source": source}).unique()
    flags = [(pl.col("source") == i).any().cast(pl.Int8).alias(f"list_{i + 1}") for i in range(lists)]
    names = [f"list_{i + 1}" for i in range(lists)]
    return on.group_by("person").agg(flags).group_by(names).agg(pl.len().alias("count")).sort(names, descending=True)


def draw(linkage: Linkage, *, draws: int = 30, seed: int = 0) -> Iterator[pl.DataFrame]:
    """Tables of capture histories, one for each draw of the links from their probabilities; pool them in `prevalence`.

    Each draw first draws how many records are one person with another (`calibration`), since all probabilities of a run are wrong
    together: that, not the chance of single pairs, is most of the error. A pair is then drawn with its probability; pairs of one record
    share one draw of strength, because the same doubt (a common name, a shared house) stands behind all of them. What is still missing,
    pairs never met or held by a guard, is made up by joining records that stand alone to persons of the lists that links usually join.
    Guards and impossible chains hold among the pairs that were scored. Source: Tancredi and Liseo, A Hierarchical Bayesian Approach to
    Record Linkage, Annals of Applied Statistics 5 (2011).
    """
    source, scored = linkage.records.table["source"].to_numpy(), linkage.scored
    doubt, rng = Doubt(linkage.records, scored, linkage.guard, linkage.unique), np.random.default_rng(seed)
    usual = joins_expected(doubt)
    seen = calibration.covariates(scored, linkage.guard, doubt.records)
    lost = thresholds.lost_at_blocking(scored.rules, scored.probability) / max(float(doubt.p.sum()), 1.0)
    for _ in range(draws):
        ratio = calibration.true_to_expected(linkage.model.calibration, seen, rng, lost=lost)
        person, taken = doubt.once(rng, _shifted(doubt.p, float(doubt.p.sum()) * ratio))
        missing = round(usual * ratio) - joins(person)
        yield histories(source, _with_missed(person, source, doubt.left[taken], doubt.right[taken], missing, rng), linkage.lists)


def _shifted(p: np.ndarray, true: float) -> np.ndarray:
    """The probabilities with their odds lowered alike until they expect no more than `true` pairs."""
    if not len(p) or p.sum() <= true:
        return p
    odds = np.clip(p, 1e-9, 1 - 1e-9)
    odds = odds / (1 - odds)
    low, high = 0.0, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if (middle * odds / (1 + middle * odds)).sum() > true else (middle, high)
    return low * odds / (1 + low * odds)


def _with_missed(
    person: np.ndarray, source: np.ndarray, left: np.ndarray, right: np.ndarray, missing: int, rng: np.random.Generator
) -> np.ndarray:
    """Persons with so many joins made up: a record that stands alone joins a person whom its list does not know yet, between two lists
    as often as links do (`left`, `right`)."""
    size = np.bincount(person, minlength=len(person))
    alone = rng.permutation(np.flatnonzero(size[person] == 1))
    if missing <= 0 or not len(left) or not len(alone):
        return person
    person = person.copy()
    lists = int(source.max()) + 1
    known = np.zeros((len(person), lists), bool)
    known[person, source] = True
    queue = {i: iter(alone[source[alone] == i].tolist()) for i in range(lists)}
    others = {i: np.flatnonzero(source == i) for i in range(lists)}
    for link in rng.integers(0, len(left), 4 * missing):
        ends = (source[left[link]], source[right[link]])
        mine, theirs = ends if rng.random() < 0.5 else ends[::-1]
        other = int(person[rng.choice(others[int(theirs)])])
        if mine != theirs and known[other, mine]:
            continue
        one = next((x for x in queue[int(mine)] if size[person[x]] == 1 and person[x] != other), None)
        if one is None:
            continue
        size[other] += 1
        known[other, mine] = True
        person[one] = other
        missing -= 1
        if missing == 0:
            break
    return person


def lincoln_petersen(table: pl.DataFrame, one: int = 1, other: int = 2) -> float:
    """Persons in all by two lists, with Chapman's correction. Args: a table of `histories`, and which two lists.

    Source: Chapman, Some properties of the hypergeometric distribution, Univ. of California Publ. in Statistics 1 (1951).
    """
    count = pl.col("count")
    first, second = pl.col(f"list_{one}") == 1, pl.col(f"list_{other}") == 1
    a, b, both = table.select(
        count.filter(first).sum(), count.filter(second).sum().alias("b"), count.filter(first & second).sum().alias("both")
    ).row(0)
    return (a + 1) * (b + 1) / (both + 1) - 1
