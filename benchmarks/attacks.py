"""The attacks on a verbatim copy, on rows that know nothing of the persons, and on private synthetic rows; the ledger over releases.

    python -m benchmarks.attacks [--short]

Half of the published extract (HAVRE_PUBLISHED_DATA) is released, the other half held out. Prints, for each attack and release, hits of
tries on members and on strangers, the excess with its 95 % interval and the verdict; then twelve releases in the ledger and a thirteenth.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import polars as pl

from havre.release.stats.accounting import Charge, zcdp_epsilon
from havre.release.stats.attacks.battery import attack_rows, lines
from havre.release.stats.ledger import Head, Ledger, OverBudget
from havre.release.stats.private.codebook import declared_public
from havre.release.stats.synthesis.kanonymous import synthesise_k
from havre.release.stats.synthesis.private import WITHHELD, synthesise

DELTA, SEED = 7.3e-6, 20261124
# σ at which one release is (1, δ) when read in zCDP
SIGMA = 4.114249082036669

MARKS = {"k-anonymous": "withheld", "private rows, ε = 1": WITHHELD, "k-anonymous rows": WITHHELD}


def apart(frame: pl.DataFrame) -> pl.DataFrame:
    """Each column drawn from its own shares alone: what a release of single columns could at best support."""
    return frame.select(
        pl.col(name).sample(fraction=1.0, with_replacement=True, shuffle=True, seed=place) for place, name in enumerate(frame.columns)
    )


def coarse(frame: pl.DataFrame, k: int = 11) -> pl.DataFrame:
    """k-anonymous rows: four columns, and only the combinations that k persons share; the rest is withheld."""
    by = ["yearOfRegistration", "gender", "citizenship", "ageCategories"]
    shown = frame.with_columns(pl.len().over(by).alias("shared"))
    return shown.select(
        (pl.when(pl.col("shared") >= k).then(pl.col(name)).otherwise(pl.lit("withheld")) if name in by else pl.lit("withheld")).alias(name)
        for name in frame.columns
    )


def rows_attacked(short: bool) -> None:
    path = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    if not path.is_file():
        print("HAVRE_PUBLISHED_DATA is not set: no rows to attack")
        return
    frame = pl.read_csv(path, infer_schema=False).sample(fraction=1.0, shuffle=True, seed=SEED)
    half = 1_500 if short else frame.height // 2
    members, strangers = frame[:half], frame[half : 2 * half]
    copied = pl.concat([members[: half // 4], apart(members)[: half - half // 4]])
    book = declared_public(frame)
    private = synthesise(members, book, epsilon=1.0, delta=DELTA)
    anonymous = synthesise_k(members, book, k=11)
    releases = {"verbatim copy": members, "a quarter copied": copied, "columns apart": apart(members), "k-anonymous": coarse(members)}
    releases |= {"private rows, ε = 1": private.rows, "k-anonymous rows": anonymous.rows}
    for name, released in releases.items():
        started = time.perf_counter()
        battery = attack_rows(released, members, strangers, seed=SEED, withheld=MARKS.get(name))
        print(f"== {name}: {battery.released} rows, {half} members, {half} strangers, {time.perf_counter() - started:.1f} s; "
              f"{'holds' if battery.holds else 'does not hold'}")  # fmt: skip
        print("\n".join("   " + line for line in lines(battery)))


def ledger_filled() -> None:
    ledger = Ledger(Head("made-up", epsilon=3.7, delta=DELTA))
    for number in range(1, 14):
        release = f"release {number}"
        try:
            ledger = ledger.reserve([Charge("gaussian", "tables", scale=SIGMA)], release=release, dataset="d", by="bench", at="2026")
            ledger = ledger.draw(release=release, by="bench", at="2026")
        except OverBudget as refusal:
            print(f"release {number}: refused, {refusal}")
            break
        if number in (1, 4, 12):
            rdp = zcdp_epsilon(number / (2 * SIGMA**2), DELTA)
            print(f"releases {number:2}: added {ledger.total.naive:.2f}, zCDP {rdp:.2f}, ledger {ledger.total.epsilon:.3f}")


if __name__ == "__main__":
    rows_attacked("--short" in sys.argv)
    ledger_filled()
