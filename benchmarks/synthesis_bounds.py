"""How near single columns can come at all: the error of counts that are measured directly, by the share of the budget they are given.

    python -m benchmarks.synthesis_bounds [FILE.csv] [--epsilon E]

For each share of the budget that goes to single columns: the mean relative error of cells of 11 persons or more, of counts with that noise
and nothing else done to them, (a) with Havre's split over columns, made from the public code lists, (b) with the best split there is, which
only somebody who knew the true counts could choose. What is left for pairs and full rows is 1 minus the share.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
from pathlib import Path

import numpy as np

from benchmarks.synthesis import DELTA
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--epsilon", type=float, default=1.0)
    asked = parser.parse_args()
    folder = os.environ.get("HAVRE_PUBLISHED_DATA")
    if not asked.file and not folder:
        sys.exit("give a file, or set HAVRE_PUBLISHED_DATA")
    frame = read_rows(Path(asked.file) if asked.file else Path(str(folder)) / "ctdc" / "ctdc_k_anonymised_extract.csv")
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
        print(f"share {share:.2f} on single columns: {ours:.3f} by public code lists, {best:.3f} by the best split there is")


if __name__ == "__main__":
    main()
