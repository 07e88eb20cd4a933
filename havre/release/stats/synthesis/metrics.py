"""How far synthetic rows are from the rows they stand for. Figures computed on sensitive rows are sensitive themselves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import combinations
from typing import Any

import numpy as np
import polars as pl

from havre.release.stats.errors import BadTable

DENSE = 4_000_000  # cells of one subset counted in a plain array; beyond, only the combinations that occur


@dataclass(frozen=True, slots=True)
class WayErrors:
    """Errors over all column subsets of one size, cells pooled; t is the true count, s the scaled synthetic one.

    `cells` t > 0; `publishable` t >= k. `mae` mean |s - t| in persons over cells non-empty in either file. `relative_all` mean |s - t|/t over
    t > 0; `relative`, `relative_median` and `within_tenth` the same over t >= k. `tvd`, `tvd_max`: total variation distance, mean and
    maximum over subsets. `spurious`: share of the synthetic's non-empty cells with t = 0; `spurious_mass`: share of its persons there.
    `suppressed`: share of t > 0 with s = 0; `suppressed_publishable` the same over t >= k. `rare_kept`: share of 0 < t < k shown.
    """

    way: int
    cells: int
    publishable: int
    mae: float
    relative_all: float
    relative: float
    relative_median: float
    within_tenth: float
    tvd: float
    tvd_max: float
    spurious: float
    spurious_mass: float
    suppressed: float
    suppressed_publishable: float
    rare_kept: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One synthetic file against its original. `unique_reproduced` of `unique_rows` original rows unique on all columns appear again."""

    k: int
    original_rows: int
    synthetic_rows: int
    withheld_values: int
    ways: tuple[WayErrors, ...]
    unique_rows: int
    unique_reproduced: int

    def way(self, size: int) -> WayErrors:
        """The errors of tables of `size` columns. Raises: StopIteration for a size that was not compared."""
        return next(one for one in self.ways if one.way == size)

    def as_json(self) -> dict[str, Any]:
        """Plain JSON. It belongs in the internal proof: every figure here was computed on the sensitive rows."""
        return asdict(self)


def _codes(original: pl.DataFrame, synthetic: pl.DataFrame, withheld: str | None) -> tuple[np.ndarray, np.ndarray, list[int]]:
    """Both files as one numbering of values; -1 marks a withheld value of the synthetic file."""
    left, right, sizes = [], [], []
    for column in original.columns:
        both = pl.concat([original[column].cast(pl.String).fill_null(""), synthetic[column].cast(pl.String).fill_null("")])
        number = both.rank("dense").to_numpy().astype(np.int64) - 1
        first, second = number[: original.height], number[original.height :].copy()
        if withheld is not None:
            second[(both[original.height :] == withheld).to_numpy()] = -1
        left.append(first)
        right.append(second)
        sizes.append(int(number.max()) + 1)
    return np.column_stack(left), np.column_stack(right), sizes


def _count(a: np.ndarray, b: np.ndarray, sizes: list[int], subset: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """True and unscaled synthetic counts over the same cells of one subset."""
    shown = (b[:, subset] >= 0).all(axis=1)
    keys = []
    for rows in (a, b[shown]):
        key = np.zeros(len(rows), np.int64)
        for column in subset:
            key = key * sizes[column] + rows[:, column]
        keys.append(key)
    cells = int(np.prod([sizes[column] for column in subset], dtype=object))
    if cells > DENSE:
        _, number = np.unique(np.concatenate(keys), return_inverse=True)
        keys, cells = [number[: len(a)], number[len(a) :]], int(number.max()) + 1
    return np.bincount(keys[0], minlength=cells), np.bincount(keys[1], minlength=cells)


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if values.size else 0.0


def _way(a: np.ndarray, b: np.ndarray, sizes: list[int], way: int, k: int) -> WayErrors:
    scale = len(a) / max(1, len(b))
    true, synthetic, distances, foreign = [], [], [], []
    for subset in combinations(range(len(sizes)), way):
        t, raw = _count(a, b, sizes, subset)
        keep = (t > 0) | (raw > 0)
        t, s = t[keep].astype(float), raw[keep] * scale
        distances.append(np.abs(s - t).sum() / 2 / len(a))
        foreign.append(s[t == 0].sum() / len(a))
        true.append(t)
        synthetic.append(s)
    t, s = np.concatenate(true), np.concatenate(synthetic)
    error = np.abs(s - t)
    real, big, rare = t > 0, t >= k, (t > 0) & (t < k)
    relative = error[big] / t[big]
    return WayErrors(
        way=way,
        cells=int(real.sum()),
        publishable=int(big.sum()),
        mae=_mean(error),
        relative_all=_mean(error[real] / t[real]),
        relative=_mean(relative),
        relative_median=float(np.median(relative)) if relative.size else 0.0,
        within_tenth=_mean((relative <= 0.1).astype(float)),
        tvd=_mean(np.array(distances)),
        tvd_max=float(max(distances)),
        spurious=_mean((t[s > 0] == 0).astype(float)),
        spurious_mass=_mean(np.array(foreign)),
        suppressed=_mean((s[real] == 0).astype(float)),
        suppressed_publishable=_mean((s[big] == 0).astype(float)),
        rare_kept=_mean((s[rare] > 0).astype(float)),
    )


def compare(
    original: pl.DataFrame, synthetic: pl.DataFrame, *, k: int = 11, ways: Sequence[int] = (1, 2, 3), withheld: str | None = None
) -> Comparison:
    """Score synthetic rows on every table of one, two and three columns.

    Args: both files with the same columns, one row a person, all text, a missing value a value of its own; `withheld`, the marker of a
    value the synthetic file declines to state: such a row counts in no cell of a subset that holds it, but stays in the row total.
    Raises: BadTable when columns differ or a file is empty.
    Source: the metrics of Havre's release notes; total variation distance and pooled marginal errors as in McKenna et al. 2022.

    >>> rows, made = pl.DataFrame({"a": ["1"] * 20 + ["2"] * 20}), pl.DataFrame({"a": ["1"] * 22 + ["2"] * 18})
    >>> round(compare(rows, made, ways=(1,)).way(1).relative, 3)
    0.1
    """
    if set(original.columns) != set(synthetic.columns):
        odd = sorted(set(original.columns) ^ set(synthetic.columns))
        raise BadTable(f"the two files must have the same columns; in one only: {', '.join(odd)}")
    if not original.height or not synthetic.height:
        raise BadTable("a file without rows cannot be compared")
    a, b, sizes = _codes(original, synthetic.select(original.columns), withheld)
    rows, counts = np.unique(a, axis=0, return_counts=True)
    lone = {row.tobytes() for row in rows[counts == 1]}
    shown = {row.tobytes() for row in np.unique(b, axis=0)}
    return Comparison(
        k=k,
        original_rows=len(a),
        synthetic_rows=len(b),
        withheld_values=int((b < 0).sum()),
        ways=tuple(_way(a, b, sizes, way, k) for way in ways if way <= len(sizes)),
        unique_rows=len(lone),
        unique_reproduced=len(lone & shown),
    )
