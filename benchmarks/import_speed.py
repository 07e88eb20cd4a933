"""How long an import takes, with vault, policy and audit on, beside a bare `executemany` of the very rows that it left.

    python -m benchmarks.import_speed [persons]

More than 100,000 persons come in files of 100,000, one after the other: a single file is read up to 64 MB. Both write SQLite files with
the house's own settings (WAL, synchronous=FULL, secure_delete, foreign keys) in a folder of their own. The bare run inserts, in batches
of 1,000 rows and one transaction a table, what the import left in every table, into a copy of the empty schema with its indexes. Prints
both times, their ratio, and the memory that the import took at most.
"""

from __future__ import annotations

import os
import resource
import shutil
import sqlite3
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.sheets import sheet

_HOME = Path(tempfile.mkdtemp(prefix="havre-import-speed-"))
os.environ["HAVRE_HOME"] = str(_HOME)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "havre.site.settings")
BATCH = 1_000
A_FILE = 100_000


def timed_import(persons: int) -> tuple[float, dict[str, Path]]:
    """Seconds for the whole import, without making the sheets, and the files that it wrote. The empty schema is kept beside each as `*.empty`.

    Args: persons, how many rows.
    """
    import django

    django.setup()
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from django.utils import timezone

    from havre.register.exchange import importing
    from havre.trust.enums import Role
    from havre.trust.middleware import actor_of
    from havre.trust.models import Membership, Organisation, User
    from havre.trust.vault import unlocking
    from havre.trust.vault.custody import RootsInMemory

    for alias in ("default", "access", "keys", "ops"):
        call_command("migrate", database=alias, verbosity=0)
    organisation = Organisation.objects.create(code="bench", name="Example organisation", kind="NGO", country="GH", made_up=True)
    user = User.objects.create_user("bench", name="Example officer", made_up=True)
    membership = Membership.objects.create(user=user, organisation=organisation, role=Role.CASE_MANAGER)
    officer = actor_of(membership, at=timezone.now())
    unlocking.use(RootsInMemory({1: os.urandom(32)}))
    files = {alias: Path(settings.DATABASES[alias]["NAME"]) for alias in ("default", "keys")}
    for alias, path in files.items():
        connections[alias].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(path, path.with_suffix(".empty"))
    taken = 0.0
    for first in range(0, persons, A_FILE):
        some = min(A_FILE, persons - first)
        source = sheet(some, first)
        started = time.perf_counter()
        batch = importing.run(by=officer, source=source, made_up=True)
        taken += time.perf_counter() - started
        assert (batch.created, batch.rejected) == (some, 0), (batch.created, batch.rejected)
        if persons > A_FILE:
            print(f"{first + some:,} persons after {taken:.0f} s, peak {peak():.0f} MB", flush=True)
    for alias in files:
        connections[alias].cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        connections[alias].close()
    return taken, files


def timed_bare(path: Path) -> tuple[float, int]:
    """Seconds to put into the empty copy what the import left in the file, and how many rows those are.

    Seconds of the clock; rows over all tables.
    """
    from django.conf import settings

    empty = path.with_suffix(".empty")
    full = sqlite3.connect(path)
    bare = sqlite3.connect(empty, isolation_level=None)
    bare.executescript(settings.PRAGMAS)
    bare.execute("PRAGMA foreign_keys=ON")
    names = [name for (name,) in full.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
    order = sorted(names, key=lambda name: (not name.endswith(("_case", "_person", "_importbatch")), name != "register_case", name))
    rows, taken = 0, 0.0
    for name in order:
        before = bare.execute(f'SELECT COALESCE(MAX(rowid), 0), COUNT(*) FROM "{name}"').fetchone()
        found = full.execute(f'SELECT * FROM "{name}" WHERE rowid > ?', (before[0],))
        marks = ",".join("?" * len(found.description))
        bare.execute("BEGIN IMMEDIATE")
        # only the writing is timed: reading the rows back is no part of either side
        while some := found.fetchmany(BATCH):
            started = time.perf_counter()
            bare.executemany(f'INSERT INTO "{name}" VALUES ({marks})', some)
            taken += time.perf_counter() - started
            rows += len(some)
        started = time.perf_counter()
        bare.execute("COMMIT")
        taken += time.perf_counter() - started
    return taken, rows


def peak() -> float:
    """The most memory that this process has held, MB.

    As getrusage(2) tells it on Linux, in 2²⁰ bytes.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Print both times, their ratio and the memory."""
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    try:
        taken, files = timed_import(persons)
        most = peak()
        parts = [timed_bare(path) for path in files.values()]
    finally:
        shutil.rmtree(_HOME, ignore_errors=True)
    bare, rows = sum(part[0] for part in parts), sum(part[1] for part in parts)
    print(f"persons {persons:,}  rows {rows:,}")
    print(f"import {taken:.1f} s ({persons / taken:,.0f} persons/s), peak {most:.0f} MB")
    print(f"bare executemany {bare:.1f} s")
    print(f"ratio {taken / bare:.1f} (limit 6)")


if __name__ == "__main__":
    main()
