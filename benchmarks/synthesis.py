"""Synthetic rows against their peers on one extract, in one run: utility, curve over epsilon, growth, seconds and memory.

    python -m benchmarks.synthesis [FILE.csv] [--peers [PYTHON]] [--only PART ...] [--runs N] [--short]

FILE defaults to the CTDC extract under HAVRE_PUBLISHED_DATA. PYTHON is an interpreter of an environment with what
benchmarks/peers/synthesis.txt lists; without it one is made in the folder for temporary files. Parts: main, peers, epsilon, growth, other.
Every run is a process of its own, start and reading included; seconds are of the clock, peak is of its resident memory. Havre, MST and AIM
are given the codes of the file as public; pac-synth takes none. Figures are of a published file: on sensitive rows they would be sensitive.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import venv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.synthesis_populations import halved, moved
from benchmarks.synthesis_tools import AIM, HAVRE, K_ANONYMOUS, MST, PAC_SYNTH, REQUIREMENTS
from havre.release.stats.reading import read_rows
from havre.release.stats.synthesis.metrics import Comparison, compare

DELTA = 7.3e-6
PARTS = ("main", "peers", "epsilon", "growth", "other")


@dataclass(frozen=True, slots=True)
class Tool:
    """A program that reads a file and writes rows; `withheld` marks what it declines to state; `limit` in seconds."""

    name: str
    code: str
    withheld: str | None = None
    limit: float = 480.0
    settings: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One run: the comparison, clock and processor seconds, peak MiB of memory."""

    score: Comparison
    seconds: float
    processor: float
    peak: float


def run(tool: Tool, python: str, file: Path, epsilon: float) -> Run | str:
    """Run a tool once; what went wrong, in its own words, when it did."""
    with tempfile.TemporaryDirectory() as folder:
        out, said = Path(folder) / "rows.csv", Path(folder) / "said"
        start = time.perf_counter()
        with said.open("wb") as stream:
            command = [python, "-c", tool.code, str(file), str(out), str(epsilon), str(DELTA), tool.settings]
            child = subprocess.Popen(command, stdout=stream, stderr=stream)
            while True:
                pid, status, used = os.wait4(child.pid, os.WNOHANG)
                if pid:
                    break
                if time.perf_counter() - start > tool.limit:
                    child.kill()
                    os.wait4(child.pid, 0)
                    child.returncode = -9
                    return f"unfinished at {tool.limit:.0f} s"
                time.sleep(0.05)
        seconds = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            lines = said.read_text(errors="replace").strip().splitlines()
            return f"ended with {child.returncode}: {lines[-1] if lines else 'nothing said'}"
        frame = read_rows(file)
        rows = pl.read_csv(out, infer_schema=False).select(frame.columns)
        score = compare(frame, rows, withheld=tool.withheld)
        return Run(score, seconds, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def figures(runs: list[Run]) -> dict[str, float]:
    """Means over runs."""
    found = {f"relative-{way}": float(np.mean([one.score.way(way).relative for one in runs])) for way in (1, 2, 3)}
    for name in ("spurious", "suppressed_publishable", "rare_kept", "mae", "tvd"):
        found[name] = float(np.mean([getattr(one.score.way(3), name) for one in runs]))
    for name in ("seconds", "processor"):
        found[name] = float(np.mean([getattr(one, name) for one in runs]))
    return found | {"peak": max(one.peak for one in runs)}


def line(name: str, runs: list[Run]) -> dict[str, float]:
    """Print one line: means over runs, with the least and greatest of the figures that have a goal."""
    got = figures(runs)
    pairs = [(one.score.way(3).spurious, one.score.way(3).suppressed_publishable) for one in runs]
    ranges = " ".join(f"{min(values):.3f}-{max(values):.3f}" for values in zip(*pairs, strict=True))
    print(
        f"{name:<30} rel {got['relative-1']:.3f} / {got['relative-2']:.3f} / {got['relative-3']:.3f}  spurious {got['spurious']:.3f}  "
        f"suppressed {got['suppressed_publishable']:.3f}  ({ranges})  rare kept {got['rare_kept']:.3f}  MAE {got['mae']:.1f}  "
        f"TVD {got['tvd']:.3f}  {got['seconds']:.1f} s ({got['processor']:.1f} CPU s)  {got['peak']:.0f} MiB  n={len(runs)}",
        flush=True,
    )
    return got


def repeat(tool: Tool, python: str, file: Path, *, epsilon: float = 1.0, runs: int = 1, label: str = "") -> dict[str, float] | None:
    done = []
    for _ in range(runs):
        found = run(tool, python, file, epsilon)
        if isinstance(found, str):
            print(f"{label or tool.name:<30} {found}", flush=True)
            break
        done.append(found)
    return line(label or tool.name, done) if done else None


def environment() -> str:
    """An interpreter with the peers, made once in the folder for temporary files."""
    folder = Path(tempfile.gettempdir()) / "havre-peers-synthesis"
    python = folder / "bin" / "python"
    if not python.exists():
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", "--requirement", str(REQUIREMENTS)], check=True)
    return str(python)


def ratios(ours: dict[str, float], peers: dict[str, dict[str, float]]) -> None:
    """Each figure of ours over the least of the peers' (below 1: ours is better)."""
    for figure in ("relative-1", "relative-2", "relative-3", "spurious", "suppressed_publishable", "seconds", "peak"):
        best = min(peers, key=lambda name: peers[name][figure])
        over = ours[figure] / peers[best][figure] if peers[best][figure] else float("inf")
        print(f"ratio {figure:<24} {ours[figure]:.3f} / {peers[best][figure]:.3f} ({best}) = {over:.2f}", flush=True)


def growth(file: Path, folder: Path, tools: dict[str, tuple[Tool, str]]) -> None:
    frame = read_rows(file)
    for times in (10, 50):
        many = folder / f"times-{times}.csv"
        frame.sample(frame.height * times, with_replacement=True, seed=1).write_csv(many)
        for name, (tool, python) in tools.items():
            repeat(tool, python, many, label=f"{name} x{times} ({frame.height * times:,} rows)")


# the setting before the present one, for the comparison on other populations
BEFORE = json.dumps({"total": 0.03, "singles": 0.35, "pairs": 0.45, "whole": 0.17, "sure": 3.2, "shape": 0.6})


def others(file: Path, folder: Path, runs: int) -> None:
    """A code list that nobody took from the rows; then populations that took no part in the choice of settings, the one before beside it."""
    iso = Tool("Havre, ISO countries", HAVRE, "(withheld)", settings=json.dumps({"countries": True}))
    repeat(iso, sys.executable, file, runs=min(runs, 2))
    frame = read_rows(file)
    for name, made in {"half its rows": halved(frame, 3), "values moved": moved(frame, 13)}.items():
        many = folder / "population.csv"
        made.write_csv(many)
        for label, settings in (("Havre", ""), ("setting before", BEFORE)):
            repeat(Tool(label, HAVRE, "(withheld)", settings=settings), sys.executable, many, runs=min(runs, 3), label=f"{label}, {name}")


def sure(level: float) -> Tool:
    return Tool(f"Havre, sure {level:g}", HAVRE, "(withheld)", settings=json.dumps({"sure": level}))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("file", nargs="?")
    parser.add_argument("--short", action="store_true", help="one run of Havre's own rows")
    parser.add_argument("--peers", nargs="?", const="", metavar="PYTHON")
    parser.add_argument("--only", nargs="+", choices=PARTS)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--patience", type=float, default=1500.0, help="seconds that AIM may take")
    asked = parser.parse_args()
    folder = os.environ.get("HAVRE_PUBLISHED_DATA")
    if not asked.file and not folder:
        sys.exit("give a file, or set HAVRE_PUBLISHED_DATA")
    file = Path(asked.file) if asked.file else Path(str(folder)) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    parts = ("main",) if asked.short else asked.only or PARTS
    runs = 1 if asked.short else asked.runs
    python = "" if asked.peers is None else asked.peers or environment()
    own = Tool("Havre", HAVRE, "(withheld)")
    print(
        "relative error of cells of 11 persons or more on 1 / 2 / 3 columns; spurious, suppressed of 11 or more (least-greatest), 3 columns"
    )
    ours, theirs = None, {}
    if "main" in parts:
        ours = repeat(own, sys.executable, file, runs=runs)
        for level in (1.0, 5.0):
            repeat(sure(level), sys.executable, file, runs=min(runs, 2))
        repeat(Tool("Havre, k-anonymous, k = 11", K_ANONYMOUS, "(withheld)"), sys.executable, file)
    if "peers" in parts and python:
        aim = Tool("AIM (smartnoise)", AIM, limit=asked.patience)
        for tool, times in ((Tool("pac-synth", PAC_SYNTH, ""), runs), (Tool("MST (smartnoise)", MST), runs), (aim, 1)):
            if (found := repeat(tool, python, file, runs=times)) is not None:
                theirs[tool.name] = found
        if ours and theirs:
            ratios(ours, theirs)
    if "epsilon" in parts:
        for epsilon in (0.25, 0.5, 1.0, 2.0, 4.0):
            repeat(own, sys.executable, file, epsilon=epsilon, runs=min(runs, 2), label=f"Havre, epsilon {epsilon:g}")
    if "other" in parts:
        with tempfile.TemporaryDirectory() as place:
            others(file, Path(place), runs)
    if "growth" in parts:
        with tempfile.TemporaryDirectory() as place:
            tools = {"Havre": (own, sys.executable)} | ({"MST": (Tool("MST", MST), python)} if python else {})
            growth(file, Path(place), tools)


if __name__ == "__main__":
    main()
