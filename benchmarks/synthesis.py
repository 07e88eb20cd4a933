"""Synthetic rows against their peers on one extract: utility at several epsilons, growth, k-anonymous rows.

`python -m benchmarks.synthesis [FILE.csv] [--short] [--peers PYTHON]`. FILE defaults to the CTDC extract under HAVRE_PUBLISHED_DATA.
PYTHON is an interpreter of another environment with `pac-synth` and `smartnoise-synth`; both are given the same code lists as Havre.
Figures are computed on a published file; on sensitive rows they would be sensitive themselves.
"""

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from havre.release.stats.private.codebook import Codebook, Column, declared_public
from havre.release.stats.reading import read_rows
from havre.release.stats.synthesis.kanonymous import synthesise_k
from havre.release.stats.synthesis.metrics import Comparison, compare
from havre.release.stats.synthesis.private import Recipe, synthesise
from havre.standards.library import Library

DELTA = 7.3e-6
PEERS = {
    "pac-synth": """
import sys, pandas as pd
from pacsynth import Dataset, DpAggregateSeededParametersBuilder, DpAggregateSeededSynthesizer
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
data = Dataset.from_data_frame(frame)
built = DpAggregateSeededParametersBuilder().reporting_length(3).epsilon(float(sys.argv[3])).delta(float(sys.argv[4])).build()
maker = DpAggregateSeededSynthesizer(built)
maker.fit(data)
rows = maker.sample(len(frame))
head, *body = rows if isinstance(rows, list) else [list(rows.columns), *rows.values.tolist()]
pd.DataFrame(body, columns=head).to_csv(sys.argv[2], index=False)
""",
    "MST (smartnoise)": """
import sys, pandas as pd
from snsynth import Synthesizer
frame = pd.read_csv(sys.argv[1], dtype=str, keep_default_na=False)
maker = Synthesizer.create("mst", epsilon=float(sys.argv[3]), delta=float(sys.argv[4]))
maker.fit(frame, preprocessor_eps=0.0, categorical_columns=list(frame.columns))
maker.sample(len(frame)).to_csv(sys.argv[2], index=False)
""",
}


def row(name: str, scores: list[Comparison], seconds: list[float]) -> None:
    """One line: means over runs."""

    def mean(way: int, figure: str) -> float:
        return float(np.mean([getattr(score.way(way), figure) for score in scores]))

    relative = " / ".join(f"{mean(way, 'relative'):.3f}" for way in (1, 2, 3))
    print(
        f"{name:<34} {relative}   spurious-3 {mean(3, 'spurious'):.3f}  suppressed>=11-3 {mean(3, 'suppressed_publishable'):.3f}  "
        f"MAE-2 {mean(2, 'mae'):.1f}  TVD-3 {mean(3, 'tvd'):.3f}  {np.mean(seconds):.1f} s  "
        f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB  n={len(scores)}",
        flush=True,
    )


def published(frame: pl.DataFrame) -> Codebook:
    """The extract's codes, but citizenship from ISO 3166-1: a list nobody took from the rows."""
    countries = ("0", *sorted(Library().countries.by_alpha2))
    book = declared_public(frame)
    wide = tuple(Column(one.name, countries, "ISO 3166-1") if one.name == "citizenship" else one for one in book.columns)
    return Codebook(wide)


def ours(name: str, frame: pl.DataFrame, book: Codebook, *, epsilon: float, runs: int, dials: tuple[float, ...]) -> None:
    scores: dict[float, list[Comparison]] = {dial: [] for dial in dials}
    seconds: dict[float, list[float]] = {dial: [] for dial in dials}
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            for dial in dials:
                start = time.perf_counter()
                found = synthesise(
                    frame, book, epsilon=epsilon, delta=DELTA, folder=Path(folder) / "run", recipe=replace(Recipe(), sure=dial)
                )
                seconds[dial].append(time.perf_counter() - start)
                scores[dial].append(compare(frame, found.rows, withheld=found.withheld))
    for dial in dials:
        row(f"Havre {name} e={epsilon:g} sure={dial:g}", scores[dial], seconds[dial])


def peer(name: str, python: str, file: Path, frame: pl.DataFrame, *, epsilon: float, runs: int) -> None:
    scores, seconds = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder) / "rows.csv"
            start = time.perf_counter()
            command = [python, "-c", PEERS[name], str(file), str(out), str(epsilon), str(DELTA)]
            try:
                subprocess.run(command, check=True, capture_output=True, timeout=900)
            except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as problem:
                last = (getattr(problem, "stderr", b"") or b"").decode(errors="replace").strip().splitlines()
                print(f"{name:<34} did not run: {last[-1] if last else type(problem).__name__}", flush=True)
                return
            seconds.append(time.perf_counter() - start)
            rows = pl.read_csv(out, infer_schema=False).select(frame.columns)
            # the peer marks what it withholds with an empty cell; the extract has none
            scores.append(compare(frame, rows, withheld="" if name == "pac-synth" else None))
    row(f"{name} e={epsilon:g}", scores, seconds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--peers")
    asked = parser.parse_args()
    folder = os.environ.get("HAVRE_PUBLISHED_DATA")
    if not asked.file and not folder:
        sys.exit("give a file, or set HAVRE_PUBLISHED_DATA")
    file = Path(asked.file) if asked.file else Path(str(folder)) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    frame = read_rows(file)
    book = declared_public(frame)
    runs = 1 if asked.short else 5
    print("relative error of cells >= 11 on 1 / 2 / 3 columns")
    ours("", frame, book, epsilon=1.0, runs=runs, dials=(0.5, 1.0, 4.0, 6.0))
    for name in PEERS if asked.peers else ():
        peer(name, asked.peers, file, frame, epsilon=1.0, runs=runs)
    start = time.perf_counter()
    anonymous = synthesise_k(frame, book, k=11)
    row("Havre k-anonymous k=11", [compare(frame, anonymous.rows, withheld=anonymous.withheld)], [time.perf_counter() - start])
    if "citizenship" in frame.columns:
        ours("ISO countries", frame, published(frame), epsilon=1.0, runs=runs, dials=(1.0, 4.0, 6.0))
    if asked.short:
        return
    for epsilon in (0.5, 2.0, 4.0):
        ours("", frame, book, epsilon=epsilon, runs=2, dials=(1.0, 6.0))
    for times in (10, 50):
        many = frame.sample(frame.height * times, with_replacement=True, seed=1)
        ours(f"x{times}", many, book, epsilon=1.0, runs=1, dials=(1.0, 6.0))


if __name__ == "__main__":
    main()
