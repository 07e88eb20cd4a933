"""Sixteen clients commit readings, alone and beside an import: the group-committing writer against the two ways it replaced.

    python benchmarks/audit_clients.py [SECONDS] [FOLDER]

Three ways, each alone and beside a process that writes batches of 500 rows into the main file, as an import does:
  group   what Havre does: readings in a file of their own, one thread commits all that wait
  each    readings in a file of their own, every client commits for itself
  shared  readings in the main file, every client commits for itself
It prints rows a second, latencies in ms, and ratios to `group` of the same round; times are of this machine and this run. FOLDER must be on
the disk that is to be measured: on a memory file system a sync costs nothing. It fails when an acknowledged row is not there.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from uuid import uuid4

CLIENTS = 16
WAYS = ("group", "each", "shared")


def prepare(home: Path) -> None:
    """Django on an empty home, with only the tables that are written here.

    Args: home, a folder on the disk that is measured.
    """
    os.environ["HAVRE_HOME"] = str(home)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
    os.environ.pop("HAVRE_DATABASE_URL", None)
    import django

    django.setup()


def make_tables() -> None:
    """Make the tables of the readings in each of the two files."""
    from django.db import connections

    from havre.trust.models import ActRow, Reading, ReadingSubject

    for alias, models in (("access", (Reading, ReadingSubject)), ("default", (ActRow, Reading, ReadingSubject))):
        with connections[alias].schema_editor() as editor:
            for model in models:
                editor.create_model(model)
        connections[alias].close()


def row():
    """One reading of one person.

    Gives a Reading that is not saved, of a made-up person.
    """
    from django.utils import timezone

    from havre.trust.models import Reading

    return Reading(
        at=timezone.now(),
        user_id=uuid4(),
        organisation_id=uuid4(),
        role="case_manager",
        purpose="protection",
        kind="reading",
        outcome="shown",
        sections=3,
        subjects=[str(uuid4())],
        count=1,
        rows=["A01"],
        route="case",
    )


def write(way: str, reading) -> None:
    """Write one reading in one of the WAYS; it is acknowledged when this returns. Raises: whatever the database says."""
    from django.db import transaction

    from havre.trust.audit import writer
    from havre.trust.models import Reading, ReadingSubject

    if way == "group":
        writer.commit(reading)
        return
    alias = "default" if way == "shared" else "access"
    with transaction.atomic(using=alias):
        Reading.objects.using(alias).bulk_create([reading])
        ReadingSubject.objects.using(alias).bulk_create([ReadingSubject(subject=s, reading_id=reading.no) for s in reading.subjects])


def import_rows(home: str, started, stop) -> None:
    """Batches of 500 acts in one transaction each, with a breath between, until told to stop.

    Args: home, as `prepare` has it; started is set when it begins, stop when it shall end.
    """
    prepare(Path(home))
    from django.db import transaction
    from django.utils import timezone

    from havre.trust.models import ActRow

    started.set()
    while not stop.is_set():
        with transaction.atomic(using="default"):
            for _ in range(500):
                ActRow(
                    at=timezone.now(), user_id=uuid4(), organisation_id=uuid4(), role="helpline", purpose="protection", event="import.row"
                ).save(force_insert=True)
        time.sleep(0.02)


def measure(way: str, seconds: float) -> tuple[list[float], int, float]:
    """Latencies in seconds of the acknowledged rows, how many were refused, and the time it took.

    Args: way, one of WAYS; seconds to measure.
    """
    from django.db import connections

    waits: list[float] = []
    failed = 0
    until = time.perf_counter() + seconds

    def client() -> None:
        nonlocal failed
        while (begin := time.perf_counter()) < until:
            try:
                write(way, row())
            except Exception:
                failed += 1
            else:
                waits.append(time.perf_counter() - begin)
        connections.close_all()

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return waits, failed, time.perf_counter() - begin


def stored() -> int:
    """How many readings the two files hold."""
    from django.db import connections

    from havre.trust.models import Reading

    found = sum(Reading.objects.using(alias).count() for alias in ("access", "default"))
    connections.close_all()
    return found


def main() -> int:
    """Run three ways, alone and beside an import. Ends with status 1 when an acknowledged row is not there."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 2.5
    lost = 0
    with tempfile.TemporaryDirectory(dir=sys.argv[2] if len(sys.argv) > 2 else None) as home:
        prepare(Path(home))
        make_tables()
        spawn = multiprocessing.get_context("spawn")
        for beside in (False, True):
            print(f"{CLIENTS} clients, {'beside an import' if beside else 'alone'}, {seconds:g} s each")
            started, stop = spawn.Event(), spawn.Event()
            process = spawn.Process(target=import_rows, args=(home, started, stop))
            if beside:
                process.start()
                started.wait(30)
            first = None
            for way in WAYS:
                before = stored()
                waits, failed, took = measure(way, seconds)
                lost += max(len(waits) - (stored() - before), 0)
                waits.sort()
                rate = len(waits) / took
                first = first or rate
                p50, p99 = (1000 * waits[min(int(len(waits) * q), len(waits) - 1)] if waits else float("nan") for q in (0.5, 0.99))
                print(f"  {way:<7}{rate:8.0f} rows/s  p50 {p50:8.1f}  p99 {p99:8.1f}  refused {failed}  {rate / first:6.2f} x group")
            stop.set()
            if beside:
                process.join(60)
        print(f"acknowledged and not there: {lost}")
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
