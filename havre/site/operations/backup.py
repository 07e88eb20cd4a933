"""Backups that the server itself cannot read: online copies, sealed with age to a key kept elsewhere."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings
from django.db import connections
from django.utils.translation import gettext as _

from havre import __version__
from havre.trust import erasure_ledger
from havre.trust.audit.keys import signing_key
from havre.trust.errors import Invalid

# the chain before the records: every act that a copied link names is in the copied records, and later ones are its unsealed tail;
# the keys last: whatever was sealed in the copied records has its key in the copied keys
ORDER = ("access", "default", "keys")
MANIFEST = "manifest.json"
# what the databases do not hold: the keys that sign the trail and the second factors, sealed attachments, data sets of others, settings.
# never root.key: who holds a backup and opens it must not hold the root
HOUSE = "house"
BELONGINGS = ("secret_key", "audit_key", "audit_key.pub", "recovery.json", "havre.env", "files", "external")


def back_up(*, into: Path, recipient: str, now: datetime) -> Path:
    """Copy the records, the trail, the keys and the instance's own files while it serves, sealed to `recipient` (an age public key).

    Returns: the folder of this backup. Beside it the erasure ledger (ids and dates only) is brought up to date, now and from now on
    after each erasure.
    Raises: Invalid when the recipient is no age key or the folder cannot be written; nothing half-written stays.
    """
    try:
        key = pyrage.x25519.Recipient.from_str(recipient.strip())
    except pyrage.RecipientError:
        raise Invalid({"recipient": [_("This is no age public key. It starts with `age1`; make one with `age-keygen`.")]}) from None
    folder = into / f"havre-{now:%Y%m%dT%H%M%SZ}"
    draft = into / f".{folder.name}.part"
    try:
        if folder.exists():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
        draft.mkdir(mode=0o700, parents=True, exist_ok=False)
    except OSError as error:
        raise Invalid(
            {"into": [_("%(folder)s cannot be written (%(why)s). Choose another folder.") % {"folder": into, "why": error.strerror}]}
        ) from None
    try:
        manifest = _fill(draft, key, now)
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True))
        os.rename(draft, folder)
    except (OSError, sqlite3.Error, subprocess.CalledProcessError) as error:
        # a disk that fills up, above all; what is unfinished would only take its room
        shutil.rmtree(draft, ignore_errors=True)
        words = _("The backup was not made (%(why)s). Free some room, or see what the database says, then try again.")
        raise Invalid({"into": [words % {"why": error}]}) from None
    _keep_ledger(into)
    return folder


def _keep_ledger(into: Path) -> None:
    """Beside the backups, now and after each erasure to come."""
    try:
        erasure_ledger.save(into)
        erasure_ledger.remember(into)
    except OSError as error:
        words = _("The backup was made, but not the list of erased persons beside it (%(why)s). Free some room, then back up again.")
        raise Invalid({"into": [words % {"why": error.strerror}]}) from None


def _fill(draft: Path, key: Any, now: datetime) -> dict[str, Any]:
    """Copy and seal each database into `draft`; gives the manifest."""
    manifest: dict[str, Any] = {"havre": __version__, "made_at": now.isoformat(), "files": {}, "counts": {}}
    with tempfile.TemporaryDirectory(dir=settings.HAVRE_HOME, prefix="backup-") as place:
        for alias in aliases():
            copy = Path(place) / alias
            _copy(alias, copy)
            manifest["counts"][alias] = counts(copy) if connections[alias].vendor == "sqlite" else {}
            _seal(copy, draft, key, manifest)
        # last, as the keys: a sealed file is on disk before the row that names it
        packed = Path(place) / HOUSE
        manifest["counts"][HOUSE] = {"files": _pack(packed)}
        _seal(packed, draft, key, manifest)
    return manifest


def _seal(copy: Path, draft: Path, key: Any, manifest: dict[str, Any]) -> None:
    sealed = draft / f"{copy.name}.age"
    pyrage.encrypt_file(str(copy), str(sealed), [key])
    with sealed.open("rb") as file:
        manifest["files"][sealed.name] = hashlib.file_digest(file, "sha256").hexdigest()
    copy.unlink()


def _pack(to: Path) -> int:
    """The instance's own files as one archive; gives how many."""
    packed = 0

    def counted(entry: tarfile.TarInfo) -> tarfile.TarInfo | None:
        nonlocal packed
        packed += entry.isfile()
        return entry if entry.isfile() or entry.isdir() else None

    signing_key().public()  # made at first need: a backup without it would leave the trail's signatures without their key
    with tarfile.open(to, "w") as archive:
        for name in BELONGINGS:
            path = Path(settings.HAVRE_HOME) / name
            if path.exists():
                archive.add(path, arcname=name, filter=counted)
    os.chmod(to, 0o600)
    return packed


def counts(path: Path) -> dict[str, int]:
    """Rows by table of a SQLite copy."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")]
        return {name: database.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in sorted(tables)}


def aliases() -> list[str]:
    """On PostgreSQL the trail is in the records' own database."""
    return [alias for alias in ORDER if alias != "access" or connections["default"].vendor == "sqlite"]


def _copy(alias: str, to: Path) -> None:
    connection = connections[alias]
    if connection.vendor == "postgresql":
        found = connection.settings_dict
        place = {"PGHOST": found["HOST"], "PGPORT": str(found["PORT"] or 5432), "PGUSER": found["USER"], "PGPASSWORD": found["PASSWORD"]}
        with to.open("wb") as out:
            # the owner's own policy shows every row; without the switch pg_dump refuses tables with forced row-level security
            command = ["pg_dump", "--format=custom", "--enable-row-security", "--no-owner", found["NAME"]]
            subprocess.run(command, env={**os.environ, **place}, stdout=out, check=True)
        return
    # SQLite's online backup: a bare copy of the file would lose the WAL
    with _raw(str(connection.settings_dict["NAME"])) as source, closing(sqlite3.connect(to)) as target:
        # in one step, on one snapshot: in pieces it begins again at every write, and beside busy writers never ends; WAL lets them write on
        source.backup(target)
        target.execute("PRAGMA journal_mode=DELETE")
    os.chmod(to, 0o600)


@contextmanager
def _raw(path: str) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=20)) as connection:
        yield connection
