"""Linkage error carried into prevalence: draws of the links from their probabilities, each tabulated as capture histories."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import polars as pl

from havre.evidence.stats.linkage import guards
from havre.evidence.stats.linkage.clusters import cluster, impossible
from havre.evidence.stats.linkage.linking import Linkage


def histories(source: np.ndarray, person: np.ndarray, lists: int) -> pl.DataFrame:
    """Capture histories: one column 0/1 a list (`list_1` …) and `count`, persons by the lists they are on; sorted."""
    on = pl.DataFrame({"person": person, "source": source}).unique()
    flags = [(pl.col("source") == i).any().cast(pl.Int8).alias(f"list_{i + 1}") for i in range(lists)]
    names = [f"list_{i + 1}" for i in range(lists)]
    return on.group_by("person").agg(flags).group_by(names).agg(pl.len().alias("count")).sort(names, descending=True)


def draw(linkage: Linkage, *, draws: int = 30, seed: int = 0) -> Iterator[pl.DataFrame]:
    """Tables of capture histories, one for each draw of the links from their probabilities; pool them in `prevalence`.

    A pair is drawn with its probability; pairs of one cluster of candidates share one draw of strength, because the same
    doubt (a common name, a shared house) stands behind all of them. Guards and impossible chains hold in every draw.
    Source: Tancredi and Liseo, A Hierarchical Bayesian Approach to Record Linkage, Annals of Applied Statistics 5 (2011).
    """
    table, scored = linkage.records.table, linkage.scored
    source = table["source"].to_numpy()
    test, n = impossible(table), len(table)
    rng = np.random.default_rng(seed)
    free = ~guards.held(linkage.guard, "balanced")
    left, right, p = scored.left[free], scored.right[free], scored.probability[free]
    for _ in range(draws):
        strength = rng.random(n)  # one number a record; a pair takes the lesser record's
        taken = strength[left] < p
        person, _held = cluster(n, left[taken], right[taken], p[taken], test, set())
        yield histories(source, person, linkage.lists)


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
