"""The test databases on SQLite: migrated once for every run that has the same migrations, then copied.

Migrating takes a worker longer than thousands of its tests. The copies' origin lies in the temporary folder until a migration, what a
migration calls, or a locked package changes; the first worker of a cold run makes it while the others wait or make another one.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import connections

from havre.site.operations import executor

ROOT = Path(__file__).resolve().parents[1]
# what decides how the tables look: triggers, which table lies where, and the packages' own migrations with their versions
CALLED = (
    "trust/audit/append_only.py",
    "trust/databases.py",
    "trust/ids.py",
    "trust/apps.py",
    "site/settings.py",
    "site/operations/executor.py",
)


def on_sqlite() -> list[str]:
    return [alias for alias in connections if connections[alias].vendor == "sqlite"]


def put_in_place(number: int) -> None:
    """Point every SQLite alias to a fresh test database; `number` tells workers apart, so that two do not begin with the same one."""
    aliases = on_sqlite()
    first = number % max(len(aliases), 1)
    # the other workers begin at the far end, where the small ones are
    for alias in aliases if first == 0 else [*reversed(aliases)]:
        _migrated(alias)
    for alias in aliases:
        connection = connections[alias]
        place = str(connection.settings_dict["TEST"]["NAME"])
        connection.close()
        _remove(place)
        shutil.copyfile(_migrated(alias), place)
        settings.DATABASES[alias]["NAME"] = connection.settings_dict["NAME"] = place


def take_away() -> None:
    for alias in on_sqlite():
        connections[alias].close()
        _remove(str(connections[alias].settings_dict["NAME"]))


def _remove(place: str) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(place + suffix).unlink(missing_ok=True)


def _migrated(alias: str) -> Path:
    """The migrated, empty database of one alias, closed; made when it is not there."""
    folder = Path(tempfile.gettempdir()) / f"havre-test-databases-{os.getuid()}-{_fingerprint()}"
    kept = folder / f"{alias}.sqlite3"
    if kept.exists():
        return kept
    folder.mkdir(mode=0o700, exist_ok=True)
    with _alone(folder / f"{alias}.lock"):
        if not kept.exists():
            _make(alias, folder / f"{alias}.making")
            # whole or not at all: a run that is stopped here leaves nothing that looks finished
            (folder / f"{alias}.making").rename(kept)
    return kept


def _make(alias: str, place: Path) -> None:
    _remove(str(place))
    connection = connections[alias]
    served = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = str(place)
    try:
        executor.migrate(alias)
        # closing the last connection brings the write-ahead log home
        connection.close()
    finally:
        connection.settings_dict["NAME"] = served
    assert not Path(f"{place}-wal").exists(), f"{alias}: somebody else holds the new database open"


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fingerprint() -> str:
    digest = hashlib.sha256()
    named = [*(ROOT / "havre" / called for called in CALLED), ROOT / "requirements" / "server.lock"]
    for path in [*sorted(ROOT.glob("havre/*/migrations/*.py")), *named]:
        digest.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    # on PostgreSQL two of the four are there instead
    digest.update(repr(sorted(on_sqlite())).encode())
    return digest.hexdigest()[:16]
