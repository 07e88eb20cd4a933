"""Sketches: 64 bits that say how alike two values are, and nothing without the key.

A value is a bag of weighted features (bigrams, identity). Every feature has a keyed random sign for each bit; a bit of the sketch is the
sign of the weighted sum, so the share of differing bits is the angle between two bags over pi. Every bit depends on all features: there
is no bit "of a bigram" to mine, unlike a Bloom filter. Folding XORs two halves of 64 bits: sums cannot be solved for from the result.
Source: Charikar 2002 (sign sketches); Schnell & Borgs 2016 (XOR folding); Christen, Ranbaduge & Schnell 2020, ch. 8-9 (attacks).
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array

BITS = 64
Bag = Sequence[tuple[str, float]]
Words = npt.NDArray[np.uint64]
T = TypeVar("T")


def coded(values: Sequence[T]) -> tuple[list[T], npt.NDArray[np.int64]]:
    """Distinct values in order of appearance, and each entry's place among them."""
    distinct = list(dict.fromkeys(values))
    place = {value: number for number, value in enumerate(distinct)}
    return distinct, np.fromiter(map(place.__getitem__, values), dtype=np.int64, count=len(values))


def digest(key: bytes, value: str) -> bytes:
    """HMAC-SHA256 of a value, 32 bytes. Source: RFC 2104."""
    return hmac.digest(key, value.encode(), "sha256")


def digests(key: bytes, values: Sequence[str]) -> Words:
    """The first 64 bits of each value's HMAC, as numbers; shape (values,). Source: RFC 2104 (HMAC)."""
    joined = b"".join(digest(key, value)[:8] for value in values)
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)


def sketches(key: bytes, bags: Sequence[Bag], *, fold: bool = True) -> Words:
    """One 64-bit sketch a bag; shape (bags,). With `fold`, 128 bits XORed to 64. An empty bag gives 0.

    Source: Charikar, Similarity Estimation Techniques from Rounding Algorithms, STOC 2002; folding, Schnell and Borgs 2016.
    """
    if not bags:
        return np.empty(0, dtype=np.uint64)
    index, feature = coded([name for bag in bags for name, _ in bag])
    weight = np.array([value for bag in bags for _, value in bag], dtype=np.float32)
    starts = np.cumsum([0, *map(len, bags)])
    wide = 2 * BITS if fold else BITS
    raw = np.frombuffer(b"".join(digest(key, name)[: wide // 8] for name in index), dtype=np.uint8).reshape(len(index), wide // 8)
    signs = np.unpackbits(raw, axis=1, bitorder="little").astype(np.float32) * 2 - 1
    sums = csr_array((weight, feature, starts), shape=(len(bags), len(index))) @ signs
    packed = np.packbits(sums > 0, axis=1, bitorder="little").view("<u8").astype(np.uint64)
    return packed[:, 0] ^ packed[:, 1] if fold else packed[:, 0].copy()


def grams(text: str, n: int = 2) -> list[str]:
    """The n-grams of a text with its ends marked, numbered when repeated, so that the bag is a set.

    Source: Ukkonen, Approximate String-matching with q-grams, Theoretical Computer Science 92 (1992).
    """
    padded = f"^{text}$"
    seen: dict[str, int] = {}
    out = []
    for start in range(max(1, len(padded) - n + 1)):
        gram = padded[start : start + n]
        seen[gram] = seen.get(gram, 0) + 1
        out.append(f"{gram}{seen[gram]}" if seen[gram] > 1 else gram)
    return out


def _energy(share: float, pieces: Sequence[str]) -> Bag:
    each = (share / len(pieces)) ** 0.5
    return [(piece, each) for piece in pieces]


def name_bag(group: str, skeleton: str, folded: str) -> Bag:
    """One part of a name: its name group, its skeleton, and the bigrams of both spellings, so that respelled is near and mistyped not far."""
    return [
        *_energy(0.40, [f"id:{group}"]),
        *_energy(0.30, [f"s:{skeleton}"]),
        *_energy(0.15, [f"g:{gram}" for gram in grams(skeleton)]),
        *_energy(0.15, [f"f:{gram}" for gram in grams(folded)]),
    ]


def place_bag(skeleton: str) -> Bag:
    """A birthplace by the skeleton of its name: the whole and its bigrams."""
    return [*_energy(0.4, [f"id:{skeleton}"]), *_energy(0.6, [f"g:{gram}" for gram in grams(skeleton)])]


def code_bag(code: str) -> Bag:
    """A document number or telephone: the whole, and each character at its place, so that one wrong character stays near."""
    each = (0.7 / max(1, len(code))) ** 0.5
    return [(f"id:{code}", 0.3**0.5), *((f"{place}:{character}", each) for place, character in enumerate(code))]


def year_bag(year: int) -> Bag:
    """A birth year as the window of years around it: a year off is near, ten years off is not."""
    return [(f"y:{near}", 1.0) for near in range(year - 2, year + 3)] + [(f"id:{year}", 0.7)]


def day_bag(day: int, month: int) -> Bag:
    """Day and month: the unordered pair weighs most, so that swapping them stays near; each part alone weighs little."""
    low, high = sorted((day, month))
    return [(f"p:{low}-{high}", 1.5), (f"d:{day}", 0.6), (f"m:{month}", 0.6), (f"o:{day}-{month}", 0.5)]


def plain_bag(code: str) -> Bag:
    """A code that is equal or not (sex, nationality)."""
    return [(code, 1.0)]
