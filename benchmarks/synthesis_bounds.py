"""How near single columns can come at all, by the share of the budget they are given, and what the rest then comes to.

    python -m benchmarks.synthesis_bounds [FILE.csv] [--epsilon E] [--rest [RUNS]]

For each share of the budget that goes to single columns: the mean relative error of cells of 11 persons or more, of counts with that noise
and nothing else done to them, (a) with Havre's split over columns, made from the public code lists, (b) with the best split there is, which
only somebody who knew the true counts could choose, and (c) with that split and the best use of the noisy counts there can be: (b) times
the share of the noise that is left by the best rule of all over populations in which each count is anything from a quarter of what it is
(11 at least) to four times that. It is the Bayes risk of a log-uniform count: no rule is better on average, so none is better throughout.
What is left for pairs and full rows is 1
minus the share. --rest runs Havre at each share, the rest scaled down, and prints its errors on one, two and three columns beside the bound.
Source: Wolfowitz 1950; Ferguson 1967 (Bayes risk under any prior as a lower bound of the minimax risk).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import sys
from pathlib import Path

import numpy as np

from benchmarks.synthesis import DELTA, Tool, repeat
from benchmarks.synthesis_tools import HAVRE
from havre.release.stats.accounting import gaussian_epsilon
from havre.release.stats.private import residual
from havre.release.stats.private.codebook import declared_public
from havre.release.stats.reading import read_rows
from havre.release.stats.synthesis.private import Recipe

MEAN_ABSOLUTE = math.sqrt(2 / math.pi)


def errors(inverse: list[float], cells: int, precision: list[float], sizes: tuple[int, ...]) -> float:
    """Mean |noise| / count: inverse, the sum of 1/count by column; precision, 1/σ² spent on each column's own part."""
    total = sum(
        MEAN_ABSOLUTE * one * math.sqrt((1 - 1 / size) * residual.cost([size]) / share)
        for one, share, size in zip(inverse, precision, sizes, strict=True)
        if size > 1
    )
    return total / cells


def best_rule(counts: list[np.ndarray], precision: list[float], sizes: tuple[int, ...], *, factor: float = 4.0) -> float:
    """Mean over publishable cells of noise / count, times what the best rule leaves of it when the count is log-uniform within `factor`."""
    found = []
    for one, share, size in zip(counts, precision, sizes, strict=True):
        sigma = math.sqrt((1 - 1 / size) * residual.cost([size]) / share) if size > 1 else 0.0
        found += [MEAN_ABSOLUTE * sigma / count * _left(float(count), sigma, factor) for count in one[one >= 11]]
    return float(np.mean(found))


def _left(count: float, sigma: float, factor: float) -> float:
    """The least mean of |said - count| / count over that of the noisy count itself (0 to 1), by numerical integration."""
    low, high = max(11.0, count / factor), count * factor
    if not sigma or low > 40 * sigma:
        return 1.0
    grid = np.geomspace(low, high, min(1_200, max(80, int(6 * high / sigma))))
    seen = np.linspace(low - 5 * sigma, high + 5 * sigma, 1_200)
    likely = np.exp(-0.5 * ((seen[:, None] - grid[None, :]) / sigma) ** 2) / (sigma * math.sqrt(2 * math.pi)) / len(grid)
    weight = np.cumsum(likely / grid, axis=1)
    said = grid[np.minimum((weight < weight[:, -1:] / 2).sum(axis=1), len(grid) - 1)]  # the median under weights 1/count
    lost = float(np.trapezoid((likely * np.abs(said[:, None] - grid[None, :]) / grid).sum(axis=1), seen))
    return min(1.0, lost / (MEAN_ABSOLUTE * sigma * float((1 / grid).mean())))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--epsilon", type=float, default=1.0)
    parser.add_argument("--rest", nargs="?", type=int, const=2, metavar="RUNS", help="run Havre at each share")
    asked = parser.parse_args()
    folder = os.environ.get("HAVRE_PUBLISHED_DATA")
    if not asked.file and not folder:
        sys.exit("give a file, or set HAVRE_PUBLISHED_DATA")
    file = Path(asked.file) if asked.file else Path(str(folder)) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    frame = read_rows(file)
    book = declared_public(frame)
    rows, sizes = book.encode(frame), book.sizes
    counts = [np.bincount(rows[:, column], minlength=size) for column, size in enumerate(sizes)]
    inverse = [float((1 / one[one >= 11]).sum()) for one in counts]
    cells = sum(int((one >= 11).sum()) for one in counts)
    low, high = 1e-3, 20.0
    for _ in range(60):  # the mu of the whole budget
        middle = (low + high) / 2
        low, high = (middle, high) if gaussian_epsilon(middle, DELTA) <= asked.epsilon else (low, middle)
    public = np.array([min(size, Recipe().widest) ** (4 / 3) for size in sizes])
    # least sum of inverse * sqrt(1 / share): shares as inverse to the two thirds, weighed by each column's own reach
    known = np.array([(one * (1 - 1 / size)) ** (2 / 3) for one, size in zip(inverse, sizes, strict=True)])
    print(f"epsilon {asked.epsilon:g}, delta {DELTA:g}: one table with the whole budget has noise of {1 / low:.2f} persons; {cells} cells")
    for share in (0.2, 0.35, 0.5, 0.65, 0.8, 1.0):
        spent = [list(share * low**2 * split / split.sum()) for split in (public, known)]
        ours, best = (errors(inverse, cells, one, sizes) for one in spent)
        rule = best_rule(counts, spent[1], sizes)
        print(f"share {share:.2f} on single columns: (a) {ours:.3f} by public code lists, (b) {best:.3f} by the best split, (c) {rule:.3f}")
        if asked.rest and share < 1:
            left = {name: getattr(Recipe(), name) for name in ("total", "pairs", "whole")}
            settings = {name: value * (1 - share) / sum(left.values()) for name, value in left.items()} | {"singles": share}
            tool = Tool("", HAVRE, "(withheld)", settings=json.dumps(settings))
            repeat(tool, sys.executable, file, epsilon=asked.epsilon, runs=asked.rest, label=f"   Havre, share {share:.2f}")


if __name__ == "__main__":
    main()
