"""Least-cost suppression by integer programme beside the greedy rectangles of the field, on citizenship × (year × age), k = 11.

    python -m benchmarks.suppression [--short]

Both are judged by the same audit (two linear programmes a hidden cell, with margins; then jointly with an earlier release over other
columns). Printed: cells hidden, persons hidden, cells that the attacker still recovers or narrows under k, seconds, the proven bound.
"""

from __future__ import annotations

import os
import sys
import time
from itertools import product
from pathlib import Path

import numpy as np
import polars as pl

from havre.release.stats.attack import audit
from havre.release.stats.cells import Layout, System, domains_of, tabulate
from havre.release.stats.primary import below_k
from havre.release.stats.suppress import choose

K, ROUNDS = 11, 30


def greedy(system: System, needs: list, *, rounds: int = ROUNDS) -> np.ndarray:
    """The peer: for each exposed cell hide the cheapest rectangle through it, audit, repeat. As tables are protected by hand."""
    hidden = system.mask([need.cell for need in needs])
    for _round in range(rounds):
        exposed = audit(system, hidden, needs, whole=False).exposed
        if not exposed:
            break
        before = hidden.sum()
        for one in exposed:
            _hide_rectangle(system, hidden, dict(one.need.cell))
        if hidden.sum() == before:
            break
    return hidden


def _hide_rectangle(system: System, hidden: np.ndarray, cell: dict[str, str]) -> None:
    if len(cell) != 2:
        return
    (row, mine), (column, own) = sorted(cell.items())
    rows = sorted({dict(key)[row] for key in system.cells if len(key) == 2})
    columns = sorted({dict(key)[column] for key in system.cells if len(key) == 2})
    best, price = None, np.inf
    for other, across in product(rows, columns):
        if other == mine or across == own:
            continue
        corners = [system.at(tuple(sorted({row: a, column: b}.items()))) for a, b in ((mine, across), (other, own), (other, across))]
        # zeros protect nobody: a corner must hold somebody
        if any(system.values[corner] == 0 for corner in corners) or all(hidden[corner] for corner in corners):
            continue
        cost = sum(system.values[corner] for corner in corners if not hidden[corner])
        if cost < price:
            best, price = corners, cost
    for corner in best or ():
        hidden[corner] = True


def told(name: str, system: System, hidden: np.ndarray, needs: list, seconds: float, more: str = "") -> None:
    found = audit(system, hidden, needs)
    leaves = hidden & np.array([len(key) == 2 for key in system.cells])
    print(f"{name:22} hidden {int(hidden.sum()):4} cells, {int(system.values[leaves].sum()):6,} persons, recoverable under k "
          f"{len(found.exposed):2}, exactly {sum(one.interval.exact for one in found.exposed):2}, {seconds:6.1f} s{more}")  # fmt: skip


def main() -> None:
    path = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    if not path.is_file():
        print("HAVRE_PUBLISHED_DATA is not set: no table to protect")
        return
    frame = pl.read_csv(path, infer_schema=False).with_columns(
        pl.concat_str("yearOfRegistration", "ageCategories", separator="/").alias("yearAge")
    )
    system = tabulate(frame, Layout((("citizenship", "yearAge"),), domains_of(frame, ["citizenship", "yearAge"])))
    needs = below_k(system, k=K)
    print(f"citizenship × (year × age): {len(system.cells):,} cells, {frame.height:,} persons, {len(needs)} under {K}")
    told("primary cells only", system, system.mask([need.cell for need in needs]), list(needs), 0.0)
    started = time.perf_counter()
    pattern = choose(system, needs)
    ours = time.perf_counter() - started
    proven = f", {'least possible' if pattern.optimal else 'best found'}; cost {pattern.cost:,.0f}, bound {pattern.bound:,.0f}"
    if "--short" not in sys.argv:
        started = time.perf_counter()
        peer = greedy(system, list(needs))
        told("greedy rectangles", system, peer, list(needs), time.perf_counter() - started)
        mine, theirs = pattern.cost, float((system.values[peer] + 1).sum())
        print(f"cost of greedy over ours: {theirs / mine:.2f}, and greedy leaves {len(audit(system, peer, needs).exposed)} cells open")
    told("integer programme", system, pattern.hidden, list(needs), ours, proven)
    jointly(frame)


def jointly(frame: pl.DataFrame) -> None:
    """A second release over gender, protected and attacked together with what the first one showed."""
    first = Layout((("citizenship", "ageCategories"),), domains_of(frame, ["citizenship", "ageCategories", "gender"]))
    system = tabulate(frame, first)
    shown = choose(system, below_k(system, k=K))
    earlier = {
        key: float(system.values[place]) for place, key in enumerate(system.cells) if not shown.hidden[place] and not system.latent[place]
    }
    second = Layout((("gender", "ageCategories"), ("gender", "citizenship")), first.domains, past=first.tables)
    linked = tabulate(frame, second)
    needs = below_k(linked, k=K)
    started = time.perf_counter()
    pattern = choose(linked, needs, earlier=[earlier])
    found = audit(linked, pattern.hidden, needs, earlier=[earlier])
    alone = choose(linked, needs)
    blind = audit(linked, alone.hidden, needs, earlier=[earlier])
    print(
        f"two linked tables after an earlier one: {len(needs)} under {K}; recoverable jointly {len(found.exposed)} of "
        f"{len(found.intervals)} hidden cells ({len(blind.exposed)} when the earlier release is left out of the choice), "
        f"{time.perf_counter() - started:.1f} s"
    )


if __name__ == "__main__":
    main()
