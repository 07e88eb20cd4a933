"""The attacks on a verbatim copy, on rows that know nothing of the persons, and on private synthetic rows; the ledger over releases.

    python -m benchmarks.attacks [--short] [--rates [N]]

Half of the published extract (HAVRE_PUBLISHED_DATA) is released, the other half held out. Prints, for each attack and release, hits of
tries on members and on strangers, the excess with its 95 % interval and the verdict; then twelve releases in the ledger and a thirteenth.

--rates asks how far the verdicts themselves can be trusted, over N (default 40) cuts of the extract into three groups of 1,500. The first
group is released. The release is attacked with that group as members: what is detected. And with the second group as members, of whom it
knows nothing, as it knows nothing of the strangers: whatever an attack then "learns" is a false alarm.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import polars as pl

from havre.release.stats.accounting import Charge, zcdp_epsilon
from havre.release.stats.attacks.battery import Battery, attack_rows, lines
from havre.release.stats.attacks.ceiling import Ceiling, ceiling_of
from havre.release.stats.attacks.rates import Verdict, rate
from havre.release.stats.ledger import Head, Ledger, OverBudget
from havre.release.stats.private.codebook import Codebook, declared_public
from havre.release.stats.private.spend import charges_of
from havre.release.stats.synthesis.kanonymous import synthesise_k
from havre.release.stats.synthesis.private import WITHHELD, synthesise

DELTA, SEED = 7.3e-6, 20261124
# σ at which one release is (1, δ) when read in zCDP
SIGMA = 4.114249082036669
GROUP = 1_500


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
        (pl.when(pl.col("shared") >= k).then(pl.col(name)).otherwise(pl.lit(WITHHELD)) if name in by else pl.lit(WITHHELD)).alias(name)
        for name in frame.columns
    )


def partly_copied(frame: pl.DataFrame, parts: int) -> pl.DataFrame:
    """One part in `parts` of the rows copied, the others with columns drawn apart."""
    copied = frame.height // parts
    return pl.concat([frame[:copied], apart(frame)[: frame.height - copied]])


def private(frame: pl.DataFrame, book: Codebook, epsilon: float) -> tuple[pl.DataFrame, Ceiling]:
    """Private rows, and what their budget lets an attack reach."""
    found = synthesise(frame, book, epsilon=epsilon, delta=DELTA)
    return found.rows, ceiling_of(charges_of(found.spends), DELTA)


def extract() -> pl.DataFrame | None:
    path = Path(os.environ.get("HAVRE_PUBLISHED_DATA", "/nowhere")) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    if not path.is_file():
        print("HAVRE_PUBLISHED_DATA is not set: no rows to attack")
        return None
    return pl.read_csv(path, infer_schema=False)


def rows_attacked(frame: pl.DataFrame, short: bool) -> None:
    """Every release attacked once."""
    frame = frame.sample(fraction=1.0, shuffle=True, seed=SEED)
    half = GROUP if short else frame.height // 2
    members, strangers = frame[:half], frame[half : 2 * half]
    book = declared_public(frame)
    releases: dict[str, tuple[pl.DataFrame, Ceiling | None]] = {
        "verbatim copy": (members, None),
        "a quarter copied": (partly_copied(members, 4), None),
        "columns apart": (apart(members), None),
        "k-anonymous": (coarse(members), None),
        "private rows, ε = 1": private(members, book, 1.0),
        "k-anonymous rows": (synthesise_k(members, book, k=11).rows, None),
    }
    for name, (released, ceiling) in releases.items():
        started = time.perf_counter()
        battery = attack_rows(released, members, strangers, seed=SEED, withheld=WITHHELD, ceiling=ceiling)
        print(f"== {name}: {battery.released} rows, {half} members, {half} strangers, {time.perf_counter() - started:.1f} s; "
              f"{'holds' if battery.holds else 'does not hold'}")  # fmt: skip
        print("\n".join("   " + line for line in lines(battery)))


Maker = Callable[[pl.DataFrame, Codebook], tuple[pl.DataFrame, Ceiling | None]]
# name: the share of the cuts it is made for, and the release of a group
KINDS: dict[str, tuple[float, Maker]] = {
    "verbatim copy": (1.0, lambda group, _book: (group, None)),
    "a tenth copied": (0.25, lambda group, _book: (partly_copied(group, 10), None)),
    "k-anonymous rows, k = 2": (0.25, lambda group, book: (synthesise_k(group, book, k=2).rows, None)),
    "private rows, ε = 10": (0.125, lambda group, book: private(group, book, 10.0)),
    "private rows, ε = 1": (1.0, lambda group, book: private(group, book, 1.0)),
}


def verdict_rates(frame: pl.DataFrame, cuts: int) -> None:
    """How often each verdict is given where nothing can leak, and where something does."""
    book = declared_public(frame)
    print(f"{cuts} cuts of the extract in groups of {GROUP}; releases of which an attack learns something beyond chance [95 % interval]")
    print("and, of these, beyond what ε allows (without an ε: all of them)")
    every: list[Battery] = []
    for name, (share, make) in KINDS.items():
        alarms, found = [], []
        for cut in range(max(1, round(cuts * share))):
            rows = frame.sample(fraction=1.0, shuffle=True, seed=SEED + cut)
            behind, others, strangers = (rows[GROUP * place : GROUP * (place + 1)] for place in range(3))
            released, ceiling = make(behind, book)
            for batteries, members in ((alarms, others), (found, behind)):
                batteries.append(attack_rows(released, members, strangers, seed=SEED + cut, withheld=WITHHELD, ceiling=ceiling))
        told(f"{name}: DETECTED, attacked for those behind it", found)
        told(f"{name}: FALSE ALARMS, attacked for others", alarms)
        every += alarms
    told("all releases: FALSE ALARMS", every)


def told(name: str, batteries: list[Battery]) -> None:
    """Two lines: any attack with its interval, then each by its name and the mean area under the curve where there is one."""
    learns, beyond, several = Counter[str](), Counter[str](), len(batteries)
    areas: dict[str, list[float]] = {}
    for battery in batteries:
        found = {one.name: one.verdict for one in battery.attacks if one.verdict in (Verdict.LEAKS, Verdict.WITHIN)}
        learns.update([*found, *(["any"] if found else [])])
        worse = [one for one, verdict in found.items() if verdict is Verdict.LEAKS]
        beyond.update([*worse, *(["any"] if worse else [])])
        for one in battery.attacks:
            best = max((reading.area.value for reading in one.release if reading.area is not None), default=None)
            if best is not None:
                areas.setdefault(one.name, []).append(best)
    whole = rate(learns["any"], several)
    ceilings = [battery.ceiling.area for battery in batteries if battery.ceiling]
    ceiling = f"; ceiling of the area {max(ceilings):.3f}" if len(ceilings) == several else ""
    print(f"== {name}: {learns['any']}/{several} [{whole.low:.3f}, {whole.high:.3f}], beyond ε {beyond['any']}{ceiling}")
    parts = []
    for attack in batteries[0].attacks:
        mean = f" (larger area, mean {sum(areas[attack.name]) / len(areas[attack.name]):.3f})" if attack.name in areas else ""
        parts.append(f"{attack.name} {learns[attack.name]}{mean}")
    print("   " + "; ".join(parts), flush=True)


def ledger_filled() -> None:
    """Twelve releases in one ledger, and a thirteenth that it refuses."""
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


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--short", action="store_true", help="groups of 1,500 rather than halves")
    parser.add_argument("--rates", nargs="?", type=int, const=40, metavar="N", help="how often each verdict is right, over N cuts")
    asked = parser.parse_args()
    frame = extract()
    if frame is not None and asked.rates:
        verdict_rates(frame, asked.rates)
        sys.exit()
    if frame is not None:
        rows_attacked(frame, asked.short)
    ledger_filled()


if __name__ == "__main__":
    main()
