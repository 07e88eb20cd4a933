"""A first look at pairs of rows: is any word near? Nearly all pairs of one bucket come from different blocks, where none is.

With numba (extra `analysis`) this is one compiled loop; without it, numpy, with equal results.
"""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import numpy.typing as npt

from havre.evidence.stats.linkage.private.sketch import Words

REACH = 19  # bits of 64; a pair of unrelated words is this near once in 1,300
# words compared with their like, and names crosswise
_PAIRS = np.array([*((word, word) for word in range(9)), (0, 1), (1, 0), (2, 3), (3, 2), *((i, j) for i in (0, 1) for j in (2, 3)),
                   *((i, j) for i in (2, 3) for j in (0, 1))])  # fmt: skip
Rows = npt.NDArray[np.int64]


def with_numpy(a: Words, b: Words, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """For each pair (a[left], b[right]), whether any word is near; shape (pairs,). Source: Hamming distance, Bell System Technical J. 29 (1950)."""
    out = np.zeros(len(left), dtype=bool)
    rest = np.arange(len(left))
    for one, other in _PAIRS:
        near = np.bitwise_count(a[left[rest], one] ^ b[right[rest], other]) <= REACH
        out[rest[near]] = True
        rest = rest[~near]
    return out


def _compiled() -> Any:
    try:
        import numba
    except ImportError:
        return None

    @numba.njit("b1[::1](u8[:,::1], u8[:,::1], i8[::1], i8[::1], i8[:,::1], i8)")
    def near(a, b, left, right, pairs, reach):  # type: ignore[no-untyped-def]  # noqa: ANN001
        out = np.zeros(len(left), dtype=np.bool_)
        for place in range(len(left)):
            x, y = left[place], right[place]
            for number in range(len(pairs)):
                v = a[x, pairs[number, 0]] ^ b[y, pairs[number, 1]]
                v = v - ((v >> np.uint64(1)) & np.uint64(0x5555555555555555))
                v = (v & np.uint64(0x3333333333333333)) + ((v >> np.uint64(2)) & np.uint64(0x3333333333333333))
                v = (v + (v >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
                if np.int64((v * np.uint64(0x0101010101010101)) >> np.uint64(56)) <= reach:
                    out[place] = True
                    break
        return out

    return near


_KERNEL: list[Any] = []


def nearby(a: Words, b: Words, left: Rows, right: Rows) -> npt.NDArray[np.bool_]:
    """As `with_numpy`, compiled where numba is installed. Source: Hamming distance, Bell System Technical J. 29 (1950)."""
    if not _KERNEL:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            _KERNEL.append(_compiled())
    if _KERNEL[0] is None:
        return with_numpy(a, b, left, right)
    return np.asarray(_KERNEL[0](a, b, left, right, _PAIRS, REACH))
