"""How long the prevalence families take on published tables.

    HAVRE_PUBLISHED_DATA=... python -m benchmarks.prevalence [--short]

The peers are R packages (SparseMSE 2.0.1, MultipleSystemsEstimation 1.2.0, LCMCR 0.4.14, dga 2.0.2). Where `Rscript` and the package are
installed the peer runs beside ours and the ratio is of this run; where they are not, its time is *quoted* from a measurement made elsewhere
(November 2026, R 4.2.2, two shared cores) and no ratio is printed. The first call in a process compiles (numba) or loads what was compiled;
it is timed apart. Without the published tables, a table of the same shape is drawn.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import time
from pathlib import Path

import numpy as np

from havre.evidence.stats.prevalence import Overlaps, decomposable_average, estimate, latent_classes, least_bic, read_table, stepwise
from havre.evidence.stats.prevalence.bic import hierarchical, ranked
from havre.evidence.stats.prevalence.existence import Cells
from havre.evidence.stats.prevalence.existence import _by_pattern as patterns

PEERS = {
    "stepwise BCa, six lists": ("SparseMSE", "> 560 s, stopped unfinished"),
    "stepwise BCa, five lists": ("SparseMSE", "357.6 s"),
    "least BIC point, five lists": ("MultipleSystemsEstimation", "81 s"),
    "least BIC BCa over the best 100, five lists": ("MultipleSystemsEstimation", "not run"),
    "graph average, five lists": ("dga", "0.94 s"),
    "graph average, six lists": ("dga", "refused by the peer"),
    "latent classes, four chains, 110,000 sweeps": ("LCMCR", "one chain 1.6-5.1 s, unchecked"),
}
GOALS = (20.0, None, 2.0, 30.0, 1.0, 30.0, 30.0)


def tables() -> tuple[Overlaps, Overlaps]:
    """UK 2013 with six and with five lists, or tables drawn like them.

    Gives Overlaps. Source: UK 2013, Bales, Hesketh & Silverman, Significance 12 (2015).
    """
    folder = os.environ.get("HAVRE_PUBLISHED_DATA")
    if folder and (Path(folder) / "mse" / "mse_UKdat.csv").exists():
        return tuple(read_table(Path(folder) / "mse" / f"mse_{name}.csv") for name in ("UKdat", "UKdat_5"))  # type: ignore[return-value]
    print("HAVRE_PUBLISHED_DATA is not set: tables of the same shape are drawn instead of UK 2013")
    draw = np.random.default_rng(1)
    drawn = []
    for chances in ((0.01, 0.05, 0.08, 0.06, 0.03, 0.01), (0.01, 0.05, 0.09, 0.06, 0.03)):
        seen = draw.random((12_000, len(chances))) < np.array(chances)
        counts = np.bincount((seen * (1 << np.arange(len(chances)))).sum(axis=1), minlength=1 << len(chances))
        drawn.append(Overlaps.from_masks([f"L{i}" for i in range(len(chances))], dict(enumerate(counts))))
    return drawn[0], drawn[1]


def peer(package: str) -> bool:
    """Whether an R package can run here.

    Args: package, its name on CRAN.
    """
    if not shutil.which("Rscript"):
        return False
    asked = subprocess.run(["Rscript", "-e", f"library({package})"], capture_output=True, check=False)
    return asked.returncode == 0


def main() -> None:
    """Time each family on both tables; seconds of the clock and of the processor. The goals are issue 4's."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--short", action="store_true", help="a tenth of the resamples and sweeps")
    arguments = parser.parse_args()
    share = 10 if arguments.short else 1
    number, sweeps = 1000 // share, 100_000 // share
    six, five = tables()
    began = time.perf_counter()
    estimate(Overlaps.of("ABC", {"A": 40, "B": 30, "C": 20, "AB": 6}), resamples=20, sweeps=400, checks=False)
    print(f"first call, compiling or loading: {time.perf_counter() - began:.1f} s; load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    works = (
        lambda: stepwise(six, resamples=number),
        lambda: stepwise(five, resamples=number),
        lambda: ranked(Cells.of(five), hierarchical(5, 3)),
        lambda: least_bic(five, resamples=number),
        lambda: decomposable_average(five),
        lambda: decomposable_average(six),
        lambda: latent_classes(six, sweeps=sweeps, burn_in=sweeps // 10, longer=0),
    )
    for (name, (package, quoted)), goal, work in zip(PEERS.items(), GOALS, works, strict=True):
        patterns.cache_clear()
        began, used = time.perf_counter(), time.process_time()
        work()
        wall, cpu = time.perf_counter() - began, time.process_time() - used
        asked = "" if goal is None else f"  goal {goal:g} s"
        here = "installed here: run it in the same session for a ratio" if peer(package) else f"not installed here; quoted: {quoted}"
        print(f"{name:46} {wall:7.2f} s wall {cpu:7.2f} s CPU{asked}   {package} {here}", flush=True)


if __name__ == "__main__":
    main()
