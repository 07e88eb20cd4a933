"""A last look at each candidate pair: the agreed scorer, a tree ensemble over its weights by field, its rivals and how it was met.

Weights by field already know the list's own frequencies and the noise that was agreed, so one scorer serves every hardening. What it adds is
how fields speak together: a name met crosswise, a year near but a day equal, a partner who fits as well. It was trained on invented lists
(`benchmarks/linkage_private_training.py`) and holds no key and no record. With numba it is one compiled loop, without it numpy, with equal results.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private.distances import FIELDS, MISSING
from havre.evidence.stats.linkage.private.scoring import Floats, Scored, Weights

try:
    from havre.evidence.stats.linkage import trees
except ImportError:  # numba comes with the extra `analysis`
    trees = None  # type: ignore[assignment]

SHIPPED = "private.json"
NAMES = (*FIELDS, "weight", "odds", "gap", "gap_one", "gap_other", "rules", "swapped", "missing")
Same = tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]


@cache
def shipped() -> dict[str, Any]:
    """The scorer that comes with Havre, arrays as `trees.predict` takes them."""
    text = files("havre.evidence.stats.linkage").joinpath("data", SHIPPED).read_text(encoding="utf-8")
    read: dict[str, Any] = json.loads(text)
    return read


def features(pairs: Scored, table: Weights, *, sizes: tuple[int, int], same: Same | None) -> npt.NDArray[np.float32]:
    """One row a pair, columns NAMES: bits by field (NaN where unknown), their sum, log-odds after rivals, gaps to the best rival in bits,
    how many rules met, swapped names, unknown fields.

    Args: pairs, with the probability after rivals; table, the weights they were scored by; sizes, records of the two lists; same, each
    record's person in them.
    """
    bits = np.stack([table.bits[place][pairs.distances[:, place]] for place in range(len(FIELDS))], axis=1).astype(np.float32)
    unknown = pairs.distances == MISSING
    bits[unknown] = np.nan
    one, other = (same[0][pairs.a], same[1][pairs.b]) if same else (pairs.a, pairs.b)
    gaps = [pairs.weight - _best_rival(pairs.weight, key, size) for key, size in ((one, sizes[0]), (other, sizes[1]))]
    held = np.clip(pairs.probability, 1e-9, 1 - 1e-9)
    rest = (
        pairs.weight, np.log(held / (1 - held)), np.minimum(*gaps), *gaps, np.bitwise_count(pairs.rules), pairs.swapped, unknown.sum(axis=1),
    )  # fmt: skip
    return np.column_stack([bits, *rest]).astype(np.float32)


def _best_rival(weight: Floats, person: npt.NDArray[np.int64], size: int) -> Floats:
    """The greatest weight among a person's other pairs; -40 where there is none."""
    best, count, second = np.full(size, -40.0), np.zeros(size, np.int64), np.full(size, -40.0)
    np.maximum.at(best, person, weight)
    top = weight >= best[person]
    np.add.at(count, person[top], 1)
    np.maximum.at(second, person[~top], weight[~top])
    return np.where(top & (count[person] == 1), second[person], best[person])


def walk(ensemble: dict[str, Any], rows: npt.NDArray[np.float32]) -> Floats:
    """The logit of each row, as `trees.predict` gives it, without numba.

    Source: Friedman, Greedy Function Approximation, Annals of Statistics 29 (2001).
    """
    kinds: dict[str, Any] = {
        "feature": np.int64,
        "threshold": np.float32,
        "left": np.int64,
        "right": np.int64,
        "missing_left": np.bool_,
        "value": float,
    }
    arrays: list[npt.NDArray[Any]] = [np.asarray(ensemble[name], dtype=kind) for name, kind in kinds.items()]
    feature, threshold, left, right, missing, value = arrays
    out: Floats = np.zeros(len(rows))
    for root in ensemble["roots"]:
        node = np.full(len(rows), root)
        inner = np.flatnonzero(left[node] >= 0)
        while len(inner):
            at = node[inner]
            x = rows[inner, feature[at]]
            node[inner] = np.where(np.where(np.isnan(x), missing[at], x <= threshold[at]), left[at], right[at])
            inner = inner[left[node[inner]] >= 0]
        out += value[node]
    return out


def judged(pairs: Scored, table: Weights, *, sizes: tuple[int, int], same: Same | None) -> Floats:
    """The final probability of each pair. Args: as `features` takes them.

    Source: Friedman, Greedy Function Approximation, Annals of Statistics 29 (2001).
    """
    if not len(pairs.a):
        return pairs.probability
    rows = features(pairs, table, sizes=sizes, same=same)
    logit = trees.predict(shipped(), rows) if trees else walk(shipped(), rows)
    return np.round(1 / (1 + np.exp(-logit)), 6)
