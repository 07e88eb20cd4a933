# ruff: noqa: ANN001, PLR0912 - numba functions: plain arrays, types are inferred
"""What a pair looks like beyond its levels: how the name parts fit one another, rivals, and common neighbours.

Compiled loops over the candidate pairs that the Fellegi-Sunter weight leaves; every value has a plain meaning (NAMES).
"""

from __future__ import annotations

from dataclasses import dataclass

import numba
import numpy as np
import polars as pl

from havre.evidence.stats.linkage.records import LEAST_POPULATION, Records

NAMES = (
    "weight", "fit", "loose_least", "loose_most", "given_fit", "family_fit", "crossed", "matched", "parts_least", "best_part",
    "date_level", "year_gap", "days_known", "sex_level", "nationality_level", "place_level", "phone_level", "document_level", "address_level",
    "same_list", "byname", "log_records", "shared_line", "shared_home", "place_rarity",
)  # fmt: skip
RIVALS = ("logit", "gap_left", "gap_right", "rank", "common", "same_list_common", "rivals_close")
PART_MATCH = 0.45
PART_HEARD = 0.75  # a part is left over when nothing on the other side sounds like it


@numba.njit(cache=True)
def _jaro_winkler(a, la, b, lb):
    if la == 0 or lb == 0:
        return 0.0
    window = max(max(la, lb) // 2 - 1, 0)
    used = np.zeros(16, np.uint8)
    hit = np.zeros(16, np.uint8)
    common = 0
    for i in range(la):
        for j in range(max(0, i - window), min(lb, i + window + 1)):
            if not used[j] and a[i] == b[j]:
                used[j] = 1
                hit[i] = 1
                common += 1
                break
    if common == 0:
        return 0.0
    k = 0
    moved = 0
    for i in range(la):
        if hit[i]:
            while not used[k]:
                k += 1
            if a[i] != b[k]:
                moved += 1
            k += 1
    jaro = (common / la + common / lb + (common - moved / 2) / common) / 3
    prefix = 0
    while prefix < min(4, la, lb) and a[prefix] == b[prefix]:
        prefix += 1
    return jaro + prefix * 0.1 * (1 - jaro)


@numba.njit(cache=True)
def _alike(s, t, group, skeleton, sound, letters, lengths, bones, bone_lengths):
    """How alike two name parts are, 0 to 1."""
    if s == t:
        return 1.0
    if group[s] == group[t]:
        return 0.97
    long = min(bone_lengths[s], bone_lengths[t])
    if skeleton[s] == skeleton[t]:
        return 0.9 if long >= 3 else 0.75 if long == 2 else 0.5
    spelled = _jaro_winkler(letters[s], lengths[s], letters[t], lengths[t])
    heard = _jaro_winkler(bones[s], bone_lengths[s], bones[t], bone_lengths[t]) if long >= 3 else 0.0
    if sound[s] == sound[t]:
        return max(0.8 if long >= 3 else 0.55 if long == 2 else 0.35, spelled * 0.85)
    if min(lengths[s], lengths[t]) == 1 and letters[s][0] == letters[t][0]:
        return 0.5
    best = max(spelled, heard * 0.95)
    return 0.75 if best >= 0.92 else 0.6 if best >= 0.86 else 0.45 if best >= 0.8 else 0.0


@numba.njit(cache=True)
def _names(left, right, token, side, group, skeleton, sound, idf, letters, lengths, bones, bone_lengths, out):
    width = token.shape[1]
    for p in range(len(left)):
        a, b = left[p], right[p]
        na = nb = 0
        while na < width and token[a, na] >= 0:
            na += 1
        while nb < width and token[b, nb] >= 0:
            nb += 1
        table = np.zeros((width, width))
        given = family = 0.0
        for i in range(na):
            for j in range(nb):
                table[i, j] = _alike(token[a, i], token[b, j], group, skeleton, sound, letters, lengths, bones, bone_lengths)
                if side[a, i] == 0 and side[b, j] == 0:
                    given = max(given, table[i, j])
                if side[a, i] == 1 and side[b, j] == 1:
                    family = max(family, table[i, j])
        loose_a = loose_b = fit = best = 0.0
        matched = crossed = straight = 0
        used_a, used_b = np.zeros(width, np.uint8), np.zeros(width, np.uint8)
        for _ in range(min(na, nb)):
            top, x, y = 0.0, -1, -1
            for i in range(na):
                for j in range(nb):
                    if not used_a[i] and not used_b[j]:
                        value = table[i, j] * (idf[token[a, i]] + idf[token[b, j]])
                        if table[i, j] >= PART_MATCH and value > top:
                            top, x, y = value, i, j
            if x < 0:
                break
            used_a[x] = used_b[y] = 1
            worth = (table[x, y] - 0.3) / 0.7 * min(idf[token[a, x]], idf[token[b, y]])
            fit += worth
            best = max(best, worth)
            matched += 1
            if side[a, x] != side[b, y]:
                crossed += 1
            else:
                straight += 1
        for i in range(na):
            if not used_a[i]:
                loose_a += idf[token[a, i]]
        for j in range(nb):
            if not used_b[j]:
                loose_b += idf[token[b, j]]
        out[p, 0], out[p, 1], out[p, 2] = fit, min(loose_a, loose_b), max(loose_a, loose_b)
        out[p, 3], out[p, 4], out[p, 5] = given, family, crossed - straight
        out[p, 6], out[p, 7], out[p, 8] = matched, min(na, nb), best


@dataclass(frozen=True)
class Sides:
    """What is read of each record beside its names, one value a record.

    Attributes: records; year, of birth, NaN where unknown; day, whether a day is known; source; byname; line and line_n, house and
    house_n, code of a phone line or a house (-1 unknown) and how many records have it; rarity, minus log of the share of records of
    one birthplace; night, day of recording as a number, NaN where unknown.
    """

    records: Records
    year: np.ndarray
    day: np.ndarray
    source: np.ndarray
    byname: np.ndarray
    line: np.ndarray
    line_n: np.ndarray
    house: np.ndarray
    house_n: np.ndarray
    rarity: np.ndarray
    night: np.ndarray


def sides(records: Records) -> Sides:
    """Codes and counts of every record, made once for all slices of pairs."""
    table = records.table

    def code(name: str) -> np.ndarray:
        return table[name].rank("dense").cast(pl.Int32).fill_null(-1).to_numpy()

    met = table.select(n=pl.len().over(pl.col("place").fill_null("")))["n"].to_numpy()
    return Sides(
        records, table["y"].cast(pl.Float32).fill_null(float("nan")).to_numpy(), table["d"].is_not_null().to_numpy(),
        table["source"].to_numpy(), table["byname"].to_numpy(), code("phone"), table["phone_n"].to_numpy(), code("house"),
        table["house_n"].to_numpy(), -np.log(met / max(len(table), LEAST_POPULATION)),
        table["recorded"].cast(pl.Int32).cast(pl.Float32).fill_null(float("nan")).to_numpy(),
    )  # fmt: skip


def pair_features(of: Sides, left: np.ndarray, right: np.ndarray, weight: np.ndarray, gamma: dict[str, np.ndarray]) -> np.ndarray:
    """One row a pair, columns NAMES (float32; NaN where a field is missing on a side).

    Args: of, of `sides`; left, right, record numbers; weight, log2 odds; gamma, level by comparison.
    Source: Winkler, String Comparator Metrics, Proc. Survey Research Methods, ASA (1990); rarity, Spärck Jones, J. Documentation 28 (1972).
    """
    records, tokens = of.records, of.records.tokens
    out = np.full((len(left), len(NAMES)), np.nan, np.float32)
    out[:, 0] = weight
    fit = np.zeros((len(left), 9), np.float32)
    _names(left, right, records.token, records.side, tokens.group, tokens.skeleton, tokens.sound, tokens.idf, tokens.letters, tokens.lengths, tokens.bones, tokens.bone_lengths, fit)  # fmt: skip  # noqa: E501
    out[:, 1:10] = fit
    known = ("birth_date", "sex", "nationality", "birthplace", "phone", "document", "address")
    for column, name in zip((10, 13, 14, 15, 16, 17, 18), known, strict=True):
        level = gamma[name].astype(np.float32)
        out[:, column] = np.where(level < 0, np.nan, level)
    out[:, 11] = np.abs(of.year[left] - of.year[right])
    out[:, 12] = of.day[left].astype(np.int8) + of.day[right]
    out[:, 19] = of.source[left] == of.source[right]
    out[:, 20] = of.byname[left] | of.byname[right]
    out[:, 21] = np.log10(max(len(records.table), LEAST_POPULATION))
    for column, code, many in ((22, of.line, of.line_n), (23, of.house, of.house_n)):
        unknown = (code[left] < 0) | (code[right] < 0)
        out[:, column] = np.where(unknown, np.nan, np.where(code[left] == code[right], many[left], 0))
    out[:, 24] = np.where(out[:, 15] >= 1, of.rarity[left], 0)
    return out


@numba.njit(cache=True)
def _given(left, right, token, side, group, skeleton, sound, letters, lengths, bones, bone_lengths, out):
    for p in range(len(left)):
        a, b = left[p], right[p]
        straight = there = back = 0.0
        loose_a = loose_b = 0
        for i in range(token.shape[1]):
            if token[a, i] < 0:
                break
            best = 0.0
            for j in range(token.shape[1]):
                if token[b, j] < 0:
                    break
                like = _alike(token[a, i], token[b, j], group, skeleton, sound, letters, lengths, bones, bone_lengths)
                best = max(best, like)
                if side[a, i] == 0 and side[b, j] == 0:
                    straight = max(straight, like)
                elif side[a, i] == 0:
                    there = max(there, like)
                elif side[b, j] == 0:
                    back = max(back, like)
            loose_a += best < PART_HEARD
        for j in range(token.shape[1]):
            if token[b, j] < 0:
                break
            best = 0.0
            for i in range(token.shape[1]):
                if token[a, i] < 0:
                    break
                best = max(best, _alike(token[a, i], token[b, j], group, skeleton, sound, letters, lengths, bones, bone_lengths))
            loose_b += best < PART_HEARD
        # a family name that both share must not stand in for a given name: crosswise, both ways must meet
        out[p, 0], out[p, 1] = max(straight, min(there, back)), min(loose_a, loose_b)


def given_agreement(records: Records, left: np.ndarray, right: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How alike the given names are, straight or with the two names swapped (0 to 1), and how many parts both sides have left over.

    Source: Winkler, String Comparator Metrics, Proc. Survey Research Methods, ASA (1990).
    """
    tokens, out = records.tokens, np.zeros((len(left), 2))
    _given(left, right, records.token, records.side, tokens.group, tokens.skeleton, tokens.sound, tokens.letters, tokens.lengths, tokens.bones, tokens.bone_lengths, out)  # fmt: skip  # noqa: E501
    return out[:, 0], out[:, 1]


@numba.njit(cache=True)
def _best_two(left, right, logit, n):
    """Each record's best and second best logit."""
    best, second = np.full(n, -30.0), np.full(n, -30.0)
    for p in range(len(left)):
        for r in (left[p], right[p]):
            if logit[p] > best[r]:
                second[r] = best[r]
                best[r] = logit[p]
            elif logit[p] > second[r]:
                second[r] = logit[p]
    return best, second


@numba.njit(cache=True)
def _met(left, right, n):
    """Each record's pairs, by the other record's number: where they start, the other record, the pair. Pairs are sorted (left, right)."""
    start = np.zeros(n + 1, np.int64)
    for p in range(len(left)):
        start[left[p] + 1] += 1
        start[right[p] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    free = start[:-1].copy()
    other, pair = np.empty(2 * len(left), np.int32), np.empty(2 * len(left), np.int32)
    for p in range(len(left)):  # records with a lesser number first …
        other[free[right[p]]], pair[free[right[p]]] = left[p], p
        free[right[p]] += 1
    for p in range(len(left)):  # … then those with a greater one, both in order
        other[free[left[p]]], pair[free[left[p]]] = right[p], p
        free[left[p]] += 1
    return start, other, pair


@numba.njit(cache=True)
def _neighbours(asked, left, right, logit, source, start, other, pair, out):
    """Common neighbours of a pair and rivals in the partner's list."""
    for at in range(len(asked)):
        p = asked[at]
        a, b = left[p], right[p]
        common, same = -30.0, -30.0
        i, j = start[a], start[b]
        while i < start[a + 1] and j < start[b + 1]:
            if other[i] < other[j]:
                i += 1
            elif other[i] > other[j]:
                j += 1
            else:
                through = min(logit[pair[i]], logit[pair[j]])
                if source[other[i]] != source[a] and source[other[i]] != source[b]:
                    common = max(common, through)
                else:
                    same = max(same, through)
                i += 1
                j += 1
        rival_a = rival_b = -30.0
        close = 0
        for k in range(start[a], start[a + 1]):
            if other[k] != b and source[other[k]] == source[b]:
                rival_a = max(rival_a, logit[pair[k]])
                close += logit[pair[k]] > logit[p] - 2
        for k in range(start[b], start[b + 1]):
            if other[k] != a and source[other[k]] == source[a]:
                rival_b = max(rival_b, logit[pair[k]])
                close += logit[pair[k]] > logit[p] - 2
        out[at, 1], out[at, 2] = logit[p] - max(rival_a, rival_b), logit[p] - min(rival_a, rival_b)
        out[at, 3] = close
        out[at, 4], out[at, 5] = common, same


def rival_features(records: Records, left: np.ndarray, right: np.ndarray, logit: np.ndarray, asked: np.ndarray) -> np.ndarray:
    """Columns RIVALS (float32) of some pairs: the first score, its gap to the best rival on either side, what common neighbours say.

    Args: left, right, record numbers of all pairs, sorted by (left, right); logit, of all pairs; asked, places of the pairs wanted.
    Source: Sadinle, Bayesian Estimation of Bipartite Matchings for Record Linkage, JASA 112 (2017).
    """
    n, source = len(records.table), records.table["source"].to_numpy()
    start, other, pair = _met(left, right, n)
    out = np.zeros((len(asked), len(RIVALS)), np.float32)
    out[:, 0] = logit[asked]
    _neighbours(asked, left, right, logit, source, start, other, pair, out)
    best, _ = _best_two(left, right, logit, n)
    out[:, 6] = logit[asked] - np.maximum(best[left[asked]], best[right[asked]])
    return np.maximum(out, -30)
