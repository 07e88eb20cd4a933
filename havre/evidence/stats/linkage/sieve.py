# ruff: noqa: ANN001, PLR0911 - numba functions: plain arrays, types are inferred
"""A first cut: pairs whose weight cannot reach the floor never go to Splink. Nine candidates in ten are such.

Compiled: the levels of `levels` over codes instead of text. Where a text would have to be read closely (a birthplace in other
letters), the better level is taken, so the weight found is the true one or a little more: the cut drops nothing Splink would keep.
"""

from __future__ import annotations

import numba
import numpy as np
import polars as pl

from havre.evidence.stats.linkage import levels
from havre.evidence.stats.linkage.blocking import Keep
from havre.evidence.stats.linkage.model import Model
from havre.evidence.stats.linkage.records import MAX_TOKENS, Records, rare_tokens

ORDER = ("name", "birth_date", "sex", "nationality", "birthplace", "phone", "document", "address")
MARGIN = 0.05  # bits: Splink rounds differently
WIDTH = 16  # letters of a birthplace or document that are compared


@numba.njit(cache=True)
def _one_edit(a, la, b, lb):
    """Whether two texts differ by one character changed, added or left out, at most."""
    if abs(la - lb) > 1:
        return False
    i = 0
    while i < la and i < lb and a[i] == b[i]:
        i += 1
    j = 0
    while j < la - i and j < lb - i and a[la - 1 - j] == b[lb - 1 - j]:
        j += 1
    return max(la, lb) - i - j <= 1


# where a record's row of codes holds what: one row a record, so that a pair touches two places in memory and not thirty
GROUP, SKELETON, SOUND, YEAR, MONTH, DAY, PARTS, AREA, CODE = 0, MAX_TOKENS, 2 * MAX_TOKENS, 18, 19, 20, 21, 22, 23
COLUMNS = CODE + 6


@numba.njit(cache=True)
def _shared(one, other, start):
    """How many ids two rows of distinct ids share."""
    n = 0
    for i in range(start, start + MAX_TOKENS):
        if one[i] < 0:
            break
        for j in range(start, start + MAX_TOKENS):
            if other[j] <= one[i]:  # ids fall along the row
                n += other[j] == one[i]
                break
    return n


@numba.njit(cache=True)
def _scarce(one, other, rare):
    for i in range(GROUP, GROUP + MAX_TOKENS):
        if one[i] < 0:
            break
        if rare[one[i]]:
            for j in range(GROUP, GROUP + MAX_TOKENS):
                if other[j] == one[i]:
                    return True
    return False


@numba.njit(cache=True)
def _name_level(one, other, rare):
    if one[PARTS] == 0 or other[PARTS] == 0:
        return -1
    group = _shared(one, other, GROUP)
    if group >= 2:
        return 0 if _scarce(one, other, rare) else 1
    bones, heard = _shared(one, other, SKELETON), _shared(one, other, SOUND)
    if bones >= 2:
        return 2
    if heard >= 2:
        return 3
    if group >= 1:
        if _scarce(one, other, rare):
            return 4
        return 5 if min(one[PARTS], other[PARTS]) == 1 else 6
    return 7 if bones >= 1 else 8 if heard >= 1 else 9


@numba.njit(cache=True)
def _date_level(one, other):
    if one[YEAR] < 0 or other[YEAR] < 0:
        return -1
    apart = abs(one[YEAR] - other[YEAR])
    months, days = one[MONTH] >= 0 and other[MONTH] >= 0, one[DAY] >= 0 and other[DAY] >= 0
    same_month, same_day = months and one[MONTH] == other[MONTH], days and one[DAY] == other[DAY]
    if same_month and same_day and apart <= 2:
        return 0 if apart == 0 else 2
    if apart == 0 and days and months and one[MONTH] == other[DAY] and one[DAY] == other[MONTH]:
        return 1
    if apart == 0:
        return 3 if same_month or same_day else 4 if not days else 5
    if apart <= 2:
        return 6 if not days else 7
    return 8


@numba.njit(cache=True)
def _weights(left, right, row, rare, letters, lengths, bits, out):
    for p in range(len(left)):
        a, b = left[p], right[p]
        one, other = row[a], row[b]
        total = bits[8, 0]
        level = _name_level(one, other, rare)
        if level >= 0:
            total += bits[0, level]
        level = _date_level(one, other)
        if level >= 0:
            total += bits[1, level]
        for field in range(6):  # sex, nationality, birthplace, phone, document, address
            x, y, at = one[CODE + field], other[CODE + field], field + 2
            if x < 0 or y < 0:
                continue
            if x == y:
                total += bits[at, 0]
            elif field == 1:
                total += bits[at, 1] if one[AREA] & other[AREA] else bits[at, 2]
            elif field in (2, 4):
                k = field // 2 - 1
                near = lengths[k, a] < 0 or lengths[k, b] < 0 or _one_edit(letters[k, a], lengths[k, a], letters[k, b], lengths[k, b])
                total += bits[at, 1] if near else bits[at, 2]
            else:
                total += bits[at, 1]
        out[p] = total


def _codes(column: pl.Series) -> np.ndarray:
    return column.rank("dense").cast(pl.Int32).fill_null(-1).to_numpy()


def _texts(column: pl.Series) -> tuple[np.ndarray, np.ndarray]:
    """Letters as bytes and lengths; length -1 where they do not fit (then the pair counts as near)."""
    out, lengths = np.zeros((len(column), WIDTH), np.uint8), np.zeros(len(column), np.int8)
    distinct = {text: text.encode() for text in column.drop_nulls().unique().to_list()}
    for i, text in enumerate(column.to_list()):
        raw = distinct.get(text, b"")
        if len(raw) > WIDTH or not raw.isascii():
            lengths[i] = -1
        else:
            out[i, : len(raw)] = np.frombuffer(raw, np.uint8)
            lengths[i] = len(raw)
    return out, lengths


def bits_of(model: Model, records: int) -> np.ndarray:
    """Weights in bits by comparison of ORDER and level (strongest first); the last row holds the starting odds.

    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969).
    """
    out = np.zeros((len(ORDER) + 1, 10))
    for i, name in enumerate(ORDER):
        row = np.log2(np.array(model.m[name]) / np.array(model.u[name]))
        out[i, : len(row)] = row
    prior = model.prior(records)
    out[len(ORDER), 0] = np.log2(prior / (1 - prior))
    return out


def _distinct(values: np.ndarray, token: np.ndarray) -> np.ndarray:
    """Distinct ids of each row, falling, -1 padded."""
    ids = np.where(token >= 0, values[np.maximum(token, 0)] if len(values) else -1, -1).astype(np.int32)
    ids = -np.sort(-ids, axis=1)
    ids[:, 1:][ids[:, 1:] == ids[:, :-1]] = -1
    return -np.sort(-ids, axis=1)


def arrays(records: Records) -> tuple[np.ndarray, ...]:
    """What the compiled loop reads of all records: rows of codes, which name groups are rare, letters and lengths of two fields."""
    table, tokens, token = records.table, records.tokens, records.token
    rare = np.zeros(int(tokens.group.max(initial=0)) + 1, bool)
    rare[tokens.group[rare_tokens(tokens, len(token))]] = True
    row = np.full((len(token), COLUMNS), -1, np.int32)
    for start, values in ((GROUP, tokens.group), (SKELETON, tokens.skeleton), (SOUND, tokens.sound)):
        row[:, start : start + MAX_TOKENS] = _distinct(values, token)
    for at, name in ((YEAR, "y"), (MONTH, "m"), (DAY, "d"), (PARTS, "n_tokens"), (AREA, "area")):
        row[:, at] = table[name].cast(pl.Int32).fill_null(-1).to_numpy()
    for i, name in enumerate(("sex", "nat", "place", "line", "doc", "home")):
        row[:, CODE + i] = _codes(table[name])
    row[(table["sex"] == "X").fill_null(value=False).to_numpy(), CODE] = -1
    place, document = _texts(table["place"]), _texts(table["doc"])
    return row, rare, np.stack([place[0], document[0]]), np.stack([place[1], document[1]])


def at_most(read: tuple[np.ndarray, ...], bits: np.ndarray, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    """For each pair a weight in bits that its true weight does not exceed. Args: read, of `arrays`; bits, of `bits_of`.

    Source: Fellegi and Sunter, A Theory for Record Linkage, JASA 64 (1969); taking the better of two levels is our own bound.
    """
    out = np.empty(len(left), np.float32)
    row, rare, letters, lengths = read
    _weights(left, right, row, rare, letters, lengths, bits, out)
    return out


def sieve(records: Records, model: Model, *, floor: float) -> Keep:
    """A test for `blocking.block`: which pairs may reach `floor` bits."""
    if set(ORDER) != set(levels.definitions()):
        raise ValueError("the sieve and the comparison levels name different comparisons")
    read, bits = arrays(records), bits_of(model, len(records.table))
    return lambda left, right: at_most(read, bits, left, right) >= floor - MARGIN
