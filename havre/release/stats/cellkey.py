"""Cell-key perturbation: small noise that depends on who is in a cell, so that the same persons get the same noise in every table."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import root

from havre.release.stats.cells import AMOUNT, Cell, Layout, tabulate
from havre.release.stats.errors import BadTable

# record keys are whole numbers below this; a cell key is their sum modulo it
MODULUS = 2**32


@dataclass(frozen=True, slots=True)
class NoiseTable:
    """What is added to a cell by its count and its key.

    `probabilities[i]` is the distribution over `noise` (-most .. most) for a true count of i; the last row serves every larger count.
    No row ever makes a count negative or leaves one of 1 to `least`. Mean 0; variance `variance` where the support allows.
    """

    noise: NDArray[np.int64]
    probabilities: NDArray[np.float64]
    most: int
    least: int
    variance: float


def noise_table(*, most: int = 5, variance: float = 3.0, least: int = 2) -> NoiseTable:
    """The maximum-entropy noise with mean 0 and the given variance, within +-most, never leaving a count of 1 to `least`.

    Args: most, the largest change in persons; variance, persons squared; least, the largest count never shown.
    Raises: BadTable when no such distribution exists.
    Source: ABS, Thompson, Broadfoot & Elazar 2013 (cell key method); Giessing 2016 (maximum entropy table).

    >>> table = noise_table(most=3, variance=1.5, least=1)
    >>> table.probabilities[1].round(3).tolist()  # a count of 1 becomes 0, or 2 to 4
    [0.0, 0.0, 0.576, 0.0, 0.296, 0.105, 0.023]
    """
    if most < 1 or least < 0 or least >= most or not 0 < variance < most**2:
        raise BadTable("give most >= 1, 0 <= least < most and 0 < variance < most squared")
    noise = np.arange(-most, most + 1)
    table = np.zeros((most + least + 1, len(noise)))
    table[0, most] = 1.0
    for count in range(1, most + least + 1):
        after = count + noise
        table[count] = _entropy(noise, (after == 0) | (after > least), variance, count)
    return NoiseTable(noise, table, most, least, variance)


def _entropy(noise: NDArray[np.int64], allowed: NDArray[np.bool_], variance: float, count: int) -> NDArray[np.float64]:
    values = noise[allowed].astype(float)
    if values.min() > 0 or values.max() < 0:
        raise BadTable(f"no unbiased noise for a count of {count}: raise `most` or lower `least`")
    # the support may force a wider spread than asked for
    below, above = values[values <= 0].max(), values[values >= 0].min()
    wanted = max(variance, -below * above * 1.001 + 1e-6)

    def chances(pair: NDArray[np.float64]) -> NDArray[np.float64]:
        power = pair[0] * values + pair[1] * values**2
        weight = np.exp(power - power.max())
        return weight / weight.sum()

    def miss(pair: NDArray[np.float64]) -> list[float]:
        p = chances(pair)
        return [float(p @ values), float(p @ values**2) - wanted]

    found = root(miss, np.array([0.0, -0.05]), method="hybr")
    p = chances(found.x)
    if abs(float(p @ values)) > 1e-6:
        raise BadTable(f"no unbiased noise of variance {variance:g} for a count of {count}: change `most` or `variance`")
    out = np.zeros(len(noise))
    out[allowed] = p
    return out


def record_keys(identifiers: Sequence[str], *, secret: bytes) -> pl.Series:
    """One key a person, from a secret that never leaves the house: the same person has the same key in every table.

    Args: identifiers, any stable pseudonyms; secret, 16 bytes or more. Raises: BadTable for a shorter one.
    Source: HMAC-SHA-256, RFC 2104 (1997); record keys of Thompson, Broadfoot & Elazar 2013.
    """
    if len(secret) < 16:
        raise BadTable("the secret of the record keys has fewer than 16 bytes")
    keys = [int.from_bytes(hmac.digest(secret, text.encode(), hashlib.sha256)[:4], "big") for text in identifiers]
    return pl.Series("record_key", keys, dtype=pl.Int64)


def perturb(frame: pl.DataFrame, layout: Layout, table: NoiseTable, *, key: str = "record_key") -> dict[Cell, int]:
    """Every published cell with its noise. Rows do not add up exactly, by at most `most` a cell; the same cell is the same everywhere.

    Args: frame, one row a person with its record key. Gives the perturbed count of every cell of the layout.
    Raises: BadTable as `tabulate` does.
    Source: Fraser & Wooton 2005; Thompson, Broadfoot & Elazar 2013 (cell key method).

    >>> keys = record_keys([str(person) for person in range(20)], secret=b"sixteen bytes...")
    >>> rows = pl.DataFrame({"year": ["2019"] * 20, "record_key": keys})
    >>> found = perturb(rows, Layout((("year",),), {"year": ("2019",)}), noise_table())
    >>> found[()] == found[(("year", "2019"),)]  # the same persons, the same noise
    True
    """
    if key not in frame.columns:
        raise BadTable(f"no column {key!r}: make it with record_keys")
    counts = tabulate(frame, layout, joint=False)
    sums = tabulate(frame.with_columns(pl.col(key).cast(pl.Float64).alias(AMOUNT + key)), layout, weight=AMOUNT + key, joint=False)
    steps = np.cumsum(table.probabilities, axis=1)
    found = {}
    for place, name in enumerate(counts.cells):
        if counts.latent[place]:
            continue
        count = int(counts.values[place])
        # exact while sums stay under 2**53: two million persons of 32-bit keys
        chance = _mix(int(sums.values[place]) % MODULUS) / MODULUS
        row = steps[min(count, len(steps) - 1)]
        found[name] = count + int(table.noise[min(int(np.searchsorted(row, chance, side="right")), len(row) - 1)])
    return found


def _mix(key: int) -> int:
    """Spread a sum of keys evenly: a fixed bijection-like hash, no secret in it."""
    return int.from_bytes(hashlib.sha256(key.to_bytes(8, "big")).digest()[:4], "big")
