"""Three seeds, three error levels, each name group: `python -m benchmarks.linkage_grid` (1,500 records) or `--full` (20,000).

In one run, on the same lists: Havre in the clear beside the tutorial's Splink model (three lists), Havre's private linkage beside a
classic CLK (lists 1 and 2; the CLK at its best threshold with the truth known). Printed: F1, what is lost at blocking, scoring and
threshold, and the error of a Lincoln-Petersen figure from strict and from balanced links. Shares are of all true pairs of three seeds.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import tempfile
from collections import defaultdict
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks import linkage as clear
from benchmarks import private_linkage as private
from benchmarks.lists import make
from havre.evidence.stats.linkage import link

SEEDS = (241, 242, 243)
Counts = dict[str, list[tuple[int, int, int, int, int]]]


def one(records: int, seed: int, level: str, counts: Counts) -> tuple[float, ...]:
    """F1 of Havre (best, balanced), recall at precision 0.99, F1 of the tutorial, errors of two figures, F1 of private Havre and CLK."""
    made = make(records, seed=seed, level=level)
    truth = made.true_pairs()
    with tempfile.TemporaryDirectory() as folder:
        paths = made.write(Path(folder))
        done = link(paths)
        other = clear.tutorial(paths)
    pairs = done.links.rename({"record_id_a": "a", "record_id_b": "b", "probability": "p"})
    right, linked = clear._marks(pairs, made.person), (pairs["decision"] == "link").to_numpy()
    best, _, recall = clear.curve(pairs["p"].to_numpy(), right, len(truth))
    with contextlib.redirect_stdout(io.StringIO()):  # the table says it for three seeds together
        for group, found in clear.losses(done, made, truth, pairs, right, linked).items():
            counts[group].append(found)
        strict, balanced = clear.figures(done, made, pairs, 0)
    theirs = clear.curve(other["p"].to_numpy(), clear._marks(other, made.person), len(truth))[0]
    f1 = 2 * int((linked & right).sum()) / max(int(linked.sum()) + len(truth), 1)
    two = private.Two([pl.DataFrame(rows).to_dict(as_series=False) for rows in made.lists[:2]], made.person, made.group)
    sealed = private.quality(private.havre(two)[0], two.truth)[2]
    clk = private.quality(private.peer(two)[0], two.truth)[2]
    return best, f1, recall, theirs, strict, balanced, sealed, clk


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="20,000 records")
    parser.add_argument("--records", type=int, help="another size")
    asked = parser.parse_args()
    records = asked.records or (20_000 if asked.full else 1_500)
    print(f"{records:,} records over three lists, seeds {', '.join(map(str, SEEDS))}; means of three, range in brackets")
    for level in ("low", "ordinary", "high"):
        counts: Counts = defaultdict(list)
        rows = np.array([one(records, seed, level, counts) for seed in SEEDS])
        best, f1, recall, theirs, strict, balanced, sealed, clk = (
            f"{column.mean():.3f} [{column.min():.3f}, {column.max():.3f}]" for column in rows.T
        )
        print(f"{level} errors")
        print(f"  in the clear: Havre best F1 {best}, balanced {f1}, recall at P 0.99 {recall}")
        print(f"                tutorial best F1 {theirs}; ratio {rows[:, 0].mean() / rows[:, 3].mean():.2f}")
        print(f"  private, lists 1 and 2: Havre F1 {sealed}; CLK best F1 {clk}; ratio {rows[:, 6].mean() / rows[:, 7].mean():.2f}")
        print(f"  Lincoln-Petersen off by: strict links {strict}, balanced {balanced}")
        for group in sorted(counts):
            n, met, scored, got, false = np.array(counts[group]).sum(axis=0)
            print(
                f"    {group:12} F1 {2 * got / (got + false + n):.3f}; lost at blocking {1 - met / n:.3f}, scoring {(met - scored) / n:.3f}, "
                f"threshold {(scored - got) / n:.3f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
