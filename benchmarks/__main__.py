"""Every benchmark, one after the other: `make bench`, or

    python -m benchmarks [--full] [--only NAME ...]

Small sizes by default, at most ten minutes together on two quiet cores; the sizes are printed. `--full` takes the real sizes, which need
hours. Each prints ratios against its baseline, measured in the same run. A part that fails, or that outlives its time, is named at the end
and stops no other; the status is then 1. Those that read published tables want HAVRE_PUBLISHED_DATA and say so where it is not set.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

# seconds after which a part of the small run counts as failed: many times what the slowest takes on quiet cores
PATIENCE = 300


@dataclass(frozen=True, slots=True)
class Part:
    """One benchmark: its module's `name`, what the small run asks of it, its `size` in words, and the options of the real size."""

    name: str
    small: tuple[str, ...]
    size: str
    full: tuple[str, ...] = ()


PARTS = (
    Part("import_speed", ("1000",), "1,000 persons imported", ("100000",)),
    Part("list_speed", ("1000", "8"), "1,000 cases, 8 seconds of load", ("50000", "60")),
    Part("case_page", ("500", "10"), "500 cases, a thread of 300 lines, 10 seconds of load", ("5000", "30")),
    Part("audit_clients", ("1",), "16 clients, 1 second a way", ("10",)),
    Part("breach", ("2000", "5000"), "2,000 cases, 5,000 readings", ("100000", "500000")),
    Part("media", (), "all texts"),
    Part("brochures", (), "100 brochures in five languages"),
    Part("guide", (), "the operational guide of Timor-Leste"),
    Part("reread", ("--sample",), "one country for each document and language"),
    Part("step", (), "every format of every edition for Ghana"),
    Part("suppression", ("--short",), "published extract, without the greedy peer"),
    Part("attacks", ("--short",), "published extract, few tries"),
    Part("synthesis_bounds", (), "published extract"),
    Part("synthesis", ("--short", "--only", "main"), "published extract, one run, without peers", ("--peers",)),
    Part("linkage", ("--short",), "three lists, 6,000 records", ("--full",)),
    Part("linkage_grid", (), "1,500 records a list", ("--full",)),
    Part("private_linkage", ("--short",), "one seed, small lists"),
    Part("prevalence", ("--short",), "a tenth of the resamples and sweeps"),
    Part("coverage", ("--short",), "five draws of four designs", ("var/coverage.jsonl",)),
)


def run(part: Part, *, full: bool = False, patience: float | None = PATIENCE) -> str:
    """Run one part as a process of its own, its output as it comes. Gives "" when it went well, else what went wrong, in words.

    Args: full, the real size; patience, seconds until it is ended, its own processes with it; None waits for ever.
    """
    command = [sys.executable, "-m", f"benchmarks.{part.name}", *(part.full if full else part.small)]
    process = subprocess.Popen(command, start_new_session=True)
    try:
        code = process.wait(timeout=patience)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"not done after {patience:g} s"
    return "" if code == 0 else f"ended with status {code}"


def main() -> None:
    """Run the parts asked for, then one line for each: seconds, and what went wrong. Status 1 when a part failed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--full", action="store_true", help="the real sizes, without an end to patience")
    parser.add_argument("--only", nargs="*", metavar="NAME", choices=[part.name for part in PARTS], help="these parts")
    asked = parser.parse_args()
    told = []
    for part in PARTS:
        if asked.only and part.name not in asked.only:
            continue
        print(f"\n== {part.name}: {'the real size' if asked.full else part.size}", flush=True)
        began = time.perf_counter()
        wrong = run(part, full=asked.full, patience=None if asked.full else PATIENCE)
        told.append((part.name, time.perf_counter() - began, wrong))
    print(f"\n== {len(told)} parts in {sum(seconds for _name, seconds, _wrong in told):.0f} s")
    for name, seconds, wrong in told:
        print(f"{name:17} {seconds:6.1f} s  {wrong or 'done'}")
    sys.exit(1 if any(wrong for _name, _seconds, wrong in told) else 0)


if __name__ == "__main__":
    main()
