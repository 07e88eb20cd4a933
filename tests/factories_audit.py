"""Rows of the audit trail for the tests that seal, verify and show it."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db import connections
from django.utils import timezone

from havre.trust.audit import writer
from havre.trust.ids import new_id
from havre.trust.models import ActRow, Reading

AT = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def make_act(**fields) -> ActRow:
    """One act, saved."""
    known = {
        "at": AT,
        "user_id": uuid4(),
        "organisation_id": uuid4(),
        "role": "case_manager",
        "purpose": "protection",
        "event": "case.open",
    }
    row = ActRow(**{**known, "codes": {"days": 30, "state": "open"}, "case_id": uuid4(), **fields})
    row.save(force_insert=True)
    return row


def new_reading(*subjects: UUID, **fields) -> Reading:
    """One reading, not saved."""
    known = {"at": AT, "user_id": uuid4(), "organisation_id": uuid4(), "role": "case_manager", "purpose": "protection"}
    listed = sorted(str(subject) for subject in subjects)
    return Reading(
        **{
            **known,
            "kind": "reading",
            "outcome": "shown",
            "sections": 3,
            "subjects": listed,
            "count": len(listed),
            "rows": ["A01"],
            "route": "case",
            **fields,
        }
    )


def make_reading(*subjects: UUID, **fields) -> Reading:
    """One reading, saved with its index."""
    row = new_reading(*(subjects or (uuid4(),)), **fields)
    writer.insert([row])
    return row


def made_before(minutes: float) -> UUID:
    """A UUIDv7 as it would have been made so many minutes ago: a row's own time."""
    moment = timezone.now() - timedelta(minutes=minutes)
    return UUID(int=(int(moment.timestamp() * 1000) << 80) | (new_id().int & ((1 << 80) - 1)))


class Key:
    """A signing key in memory."""

    def __init__(self) -> None:
        self._private = Ed25519PrivateKey.generate()

    def sign(self, message: bytes) -> bytes:
        return self._private.sign(message)

    def public(self) -> bytes:
        return self._private.public_key().public_bytes_raw()


def copy_files(folder: Path) -> tuple[Path, Path]:
    """Copies of the acts file and the access file, everything committed so far in them, without triggers' protection of any kind."""
    paths = []
    for alias, name in (("default", "havre"), ("access", "access")):
        path = folder / f"{name}.sqlite3"
        with sqlite3.connect(connections[alias].settings_dict["NAME"]) as source, sqlite3.connect(path) as target:
            source.backup(target)
        with sqlite3.connect(path) as target:
            for (trigger,) in target.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                target.execute(f"DROP TRIGGER {trigger}")
        target.execute("PRAGMA journal_mode=DELETE")
        target.close()
        source.close()
        paths.append(path)
    return paths[0], paths[1]
