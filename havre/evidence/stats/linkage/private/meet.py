"""Where two encoded lists meet: every pair of rows of one bucket, its distances by popcount, its weight. No key is used or wanted here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private.distances import FIELDS, Distances, distances
from havre.evidence.stats.linkage.private.encoding import Encoded
from havre.evidence.stats.linkage.private.nearby import nearby
from havre.evidence.stats.linkage.private.rules import RULES

CHUNK = 1 << 18


@dataclass(frozen=True, slots=True)
class Meetings:
    """Pairs worth a thought, one row each pair and rule: `a`, `b`, record indexes; `rule`; `distances` (pairs × FIELDS, MISSING where either
    side does not know); `swapped`, given met family; `compared`, how many pairs of rows were looked at in all."""

    a: npt.NDArray[np.int64]
    b: npt.NDArray[np.int64]
    rule: npt.NDArray[np.uint8]
    distances: Distances
    swapped: npt.NDArray[np.bool_]
    compared: int


def pairs(
    bucket_a: npt.NDArray[np.uint32], bucket_b: npt.NDArray[np.uint32]
) -> Iterator[tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Row indexes of all pairs in one bucket, in chunks of about CHUNK."""
    order_a, order_b = np.argsort(bucket_a, kind="stable"), np.argsort(bucket_b, kind="stable")
    sorted_b = bucket_b[order_b]
    first = np.searchsorted(sorted_b, bucket_a[order_a], side="left")
    many = np.searchsorted(sorted_b, bucket_a[order_a], side="right") - first
    ends = np.cumsum(many)
    start = 0
    while start < len(order_a):
        done = ends[start - 1] if start else 0
        stop = max(start + 1, int(np.searchsorted(ends, done + CHUNK, side="right")))
        number = many[start:stop]
        left = np.repeat(order_a[start:stop], number)
        offset = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        yield left, order_b[np.repeat(first[start:stop], number) + offset]
        start = stop


def meet(a: Encoded, b: Encoded, weights: npt.NDArray[np.float32], *, floor: float) -> Meetings:
    """Every pair of rows in one bucket of one rule whose summed weight reaches `floor` (minus infinity: every pair).

    Args: weights, base-2 logarithms by field and distance (shape FIELDS × 256, 0 at MISSING).
    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969).
    """
    kept: list[tuple] = []  # type: ignore[type-arg]
    compared = 0
    for number in range(len(RULES)):
        rows_a, rows_b = np.flatnonzero(a.rule == number), np.flatnonzero(b.rule == number)
        for left, right in pairs(a.bucket[rows_a], b.bucket[rows_b]):
            one, other = rows_a[left], rows_b[right]
            compared += len(one)
            if floor > -np.inf:
                first = nearby(a.words, b.words, one, other)
                one, other = one[first], other[first]
            found, swapped = distances(a.words[one], b.words[other], a.known[a.record[one]], b.known[b.record[other]])
            total = sum(weights[field][found[:, field]] for field in range(len(FIELDS)))
            good = total >= floor
            rule = np.full(int(good.sum()), number, dtype=np.uint8)
            kept.append((a.record[one[good]], b.record[other[good]], rule, found[good], swapped[good]))
    columns = [np.concatenate(column) for column in zip(*kept, strict=True)] if kept else _nothing()
    one_, other_, rule_, found_, swapped_ = columns
    return Meetings(one_, other_, rule_, found_, swapped_, compared)


def _nothing() -> list:  # type: ignore[type-arg]
    none = np.empty(0, dtype=np.int64)
    return [none, none, none.astype(np.uint8), np.empty((0, len(FIELDS)), dtype=np.uint8), none.astype(bool)]
