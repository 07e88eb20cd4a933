"""Blocking rules: which compounds bring two records together. Compounds only, never a name alone without a cap: frequency betrays names.

A block's identity is 16 bytes: a sum of keyed digests (so that a pair of names has no order) and a plain calendar part. Nobody outside
the encoder sees it: it goes through a keyed cipher first.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private.sketch import Words

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Compounds:
    """What rules are made of, one row a record. `tokens`, two readings of up to four name tokens (by skeleton; by name group
    where known) as keyed digests, 0 where there is none, never twice the same in a row; `place`, `phone`, `document`,
    keyed digests or 0; `year`, 0 if unknown; `day`, sorted day and month as 32 * a + b, 0 if unknown."""

    tokens: tuple[Words, Words]
    place: Words
    phone: Words
    document: Words
    year: npt.NDArray[np.int64]
    day: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Blocks:
    """One rule's rows: `record`, its index; `low` and `high`, the block's identity."""

    record: Rows
    low: Words
    high: Words


_ODD = np.uint64(0x9E3779B97F4A7C15)


def mixed(low: Words, high: Words) -> Words:
    """A block's identity as one number; two blocks of one list fall together about once in 2^64 / rows² lists."""
    return (low + high * _ODD) * _ODD


def _blocks(record: Rows, low: Words, high: npt.NDArray[np.int64]) -> Blocks:
    return Blocks(record, low, high.astype(np.uint64))


def _join(parts: list[Blocks]) -> Blocks:
    return Blocks(
        np.concatenate([part.record for part in parts]),
        np.concatenate([part.low for part in parts]),
        np.concatenate([part.high for part in parts]),
    )


def _once(parts: list[Blocks]) -> Blocks:
    """Rows without repetitions: where the two readings of a name agree, one block is enough."""
    joined = _join(parts)
    one_number = mixed(joined.low, joined.high) * _ODD + joined.record.astype(np.uint64)
    _, first = np.unique(one_number, return_index=True)
    return Blocks(joined.record[first], joined.low[first], joined.high[first])


def _each_token(c: Compounds, present: npt.NDArray[np.bool_], add: Words, high: npt.NDArray[np.int64]) -> Blocks:
    parts = []
    for tokens in c.tokens:
        for column in range(tokens.shape[1]):
            rows = np.flatnonzero(present & (tokens[:, column] != 0))
            parts.append(_blocks(rows, tokens[rows, column] + add[rows], high[rows]))
    return _once(parts)


def _each_pair(c: Compounds, present: npt.NDArray[np.bool_], add: Words, high: npt.NDArray[np.int64]) -> Blocks:
    parts = []
    for tokens in c.tokens:
        for one, other in combinations(range(tokens.shape[1]), 2):
            rows = np.flatnonzero(present & (tokens[:, one] != 0) & (tokens[:, other] != 0))
            parts.append(_blocks(rows, tokens[rows, one] + tokens[rows, other] + add[rows], high[rows]))
    return _once(parts)


def _none(c: Compounds) -> Words:
    return np.zeros(len(c.year), dtype=np.uint64)


def _alone(digest: Words) -> Blocks:
    rows = np.flatnonzero(digest != 0)
    return _blocks(rows, digest[rows], np.zeros(len(rows), dtype=np.int64))


def _date(c: Compounds) -> Blocks:
    rows = np.flatnonzero((c.year > 0) & (c.day > 0))
    return _blocks(rows, np.zeros(len(rows), dtype=np.uint64), c.year[rows] * 1024 + c.day[rows])


def _pair_year(c: Compounds) -> Blocks:
    """Each year and the next: two records a year apart share one block."""
    return _join([_each_pair(c, c.year > 0, _none(c), c.year + step) for step in (0, 1)])


def _token_year_place(c: Compounds) -> Blocks:
    return _join([_each_token(c, (c.year > 0) & (c.place != 0), c.place, c.year + step) for step in (0, 1)])


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to meet. `rows`, expected rows a record (sets the number of buckets); `most`, the largest block an owner sends: a constant
    plus a share of the list, since a name common in the list would show."""

    name: str
    build: Callable[[Compounds], Blocks]
    rows: float
    most: int = 2_000
    share: float = 1.0

    def cap(self, records: int) -> int:
        """The largest block of this rule in a list of so many records."""
        return int(min(self.most, max(5, self.share * records)))


RULES: tuple[Rule, ...] = (
    Rule("document", lambda c: _alone(c.document), 0.5, most=20),
    Rule("phone", lambda c: _alone(c.phone), 0.5, most=20),
    Rule("date", _date, 0.7),
    Rule("day-month + name", lambda c: _each_token(c, c.day > 0, _none(c), c.day), 2.0),
    Rule("two names + year", _pair_year, 3.0),
    Rule("name + year + birthplace", _token_year_place, 3.0),
    Rule("two names + birthplace", lambda c: _each_pair(c, c.place != 0, c.place, np.zeros_like(c.year)), 1.5),
    Rule("two names, rare", lambda c: _each_pair(c, c.year >= 0, _none(c), np.zeros_like(c.year)), 2.0, most=20),
    Rule("one name + year, rare", lambda c: _each_token(c, c.year > 0, _none(c), c.year), 2.0, most=20),
)
