"""How far two rows of one block are apart: turned bits by field, names met straight or crosswise."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private.sketch import Words

# what a pair is compared on; distances are bits of 64, or of 32 for the last two
FIELDS = ("given", "family", "given 2", "family 2", "year", "day", "place", "phone", "document", "nationality", "sex")
# the bit of `known` that both records must have for each field
_NEEDS = np.array([0, 1, 0, 1, 2, 3, 4, 5, 6, 7, 8], dtype=np.uint16)
MISSING = 255
_SAME_RECORD = 14  # below it two names of one record are one name sent twice
_CROSSWISE = 12  # how much nearer names must be crosswise before they count as swapped
_HALF = np.uint64(0xFFFFFFFF)
Distances = npt.NDArray[np.uint8]


def _apart(one: Words, other: Words) -> npt.NDArray[np.uint8]:
    return np.bitwise_count(one ^ other)


def _names(a: Words, b: Words) -> tuple[Distances, npt.NDArray[np.bool_]]:
    """Distances of given, family, second given, second family; and whether given was met with family."""
    cross = [[_apart(a[:, i], b[:, j]) for j in range(4)] for i in range(4)]

    def best(rows: tuple[int, int], columns: tuple[int, int]) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
        options = [(i, j) for i in rows for j in columns]
        values = np.stack([cross[i][j] for i, j in options])
        rest = np.stack([cross[rows[0] + rows[1] - i][columns[0] + columns[1] - j] for i, j in options])
        first = values.argmin(axis=0)
        place = np.arange(values.shape[1])
        return values[first, place], rest[first, place]

    given, family = (0, 1), (2, 3)
    straight = (best(given, given), best(family, family))
    turned = (best(given, family), best(family, given))
    sums = [pair[0][0].astype(np.int16) + pair[1][0] for pair in (straight, turned)]
    swapped = sums[1] + _CROSSWISE < sums[0]
    one_word = {
        (who, side): _apart(who_words[:, side[0]], who_words[:, side[1]]) < _SAME_RECORD
        for who, who_words in (("a", a), ("b", b))
        for side in (given, family)
    }
    chosen = [np.where(swapped, turned[place][part], straight[place][part]) for part in (0, 1) for place in (0, 1)]
    for place, side in ((2, given), (3, family)):
        across = family if side == given else given
        single = one_word["a", side] | np.where(swapped, one_word["b", across], one_word["b", side])
        chosen[place] = np.where(single, MISSING, chosen[place])
    return np.stack(chosen, axis=1).astype(np.uint8), swapped


def distances(
    a: Words, b: Words, known_a: npt.NDArray[np.uint16], known_b: npt.NDArray[np.uint16]
) -> tuple[Distances, npt.NDArray[np.bool_]]:
    """Distances of pairs of rows (shape pairs × FIELDS), MISSING where either side does not know, and whether names were met crosswise.

    Source: Hamming, Error Detecting and Error Correcting Codes, Bell System Technical J. 29 (1950).
    """
    names, swapped = _names(a, b)
    out = np.empty((len(a), len(FIELDS)), dtype=np.uint8)
    out[:, :4] = names
    for column, word in ((4, 4), (5, 5), (6, 6), (7, 7), (8, 8)):
        out[:, column] = _apart(a[:, word], b[:, word])
    last = a[:, 9] ^ b[:, 9]
    out[:, 9], out[:, 10] = np.bitwise_count(last & _HALF), np.bitwise_count(last >> np.uint64(32))
    both = known_a & known_b
    out[(both[:, None] >> _NEEDS[None, :]) & np.uint16(1) == 0] = MISSING
    return out, swapped
