"""The self-check: what must be true before anybody is served. Each finding says what is wrong and how to mend it."""

from __future__ import annotations

import shutil
import stat
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.core import checks
from django.db import connections
from django.utils.translation import gettext as _

from havre.site.operations import migrating
from havre.trust.audit import lag
from havre.trust.errors import Refused

# PRAGMA name -> the value that `SQLite` reports for it
INVARIANTS = {"journal_mode": "wal", "synchronous": 2, "secure_delete": 1, "foreign_keys": 1}
LEAST_FREE = 200 * 1024 * 1024
SILENCED_WITHOUT_TLS = {"security.W004", "security.W008", "security.W012", "security.W016", "security.W021", "security.W005"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One check: its code, whether it holds, and the words for the operator."""

    code: str
    ok: bool
    words: str


def examine(*, serving: bool = False, running: bool = False) -> list[Finding]:
    """Every finding, in the order of harm.

    Args: serving, also the deploy check, which a start must know; running, also how far the chain is behind, which must not stop a
    start: starting is what mends it.
    """
    found = [*_folder(), *_databases(), *_schema(), *_clock(), *_disk(), *_key()]
    if running:
        found.extend(_chain())
    if serving:
        found.extend(_deploy())
    return found


def _folder() -> Iterator[Finding]:
    home = Path(settings.HAVRE_HOME)
    if not home.is_dir():
        yield Finding("folder", False, _("%(home)s is not there. Run `havre init` first.") % {"home": home})
        return
    mode = stat.S_IMODE(home.stat().st_mode)
    yield Finding(
        "folder",
        not mode & 0o077,
        _("%(home)s is open to others (%(mode)o). Run: chmod 700 %(home)s") % {"home": home, "mode": mode}
        if mode & 0o077
        else _("the folder is closed to others"),
    )


def _databases() -> Iterator[Finding]:
    for alias in migrating.ALIASES:
        connection = connections[alias]
        try:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                if connection.vendor == "sqlite":
                    wrong = [name for name, value in _expected(alias).items() if _pragma(cursor, name) != value]
                    words = _("%(alias)s: the setting %(names)s does not hold. Start Havre with its own settings only.") % {
                        "alias": alias,
                        "names": ", ".join(wrong),
                    }
                    yield Finding(
                        f"pragmas.{alias}",
                        not wrong,
                        words if wrong else _("%(alias)s: durable and erasing settings hold") % {"alias": alias},
                    )
        except Exception as error:
            words = _("%(alias)s: the database does not answer (%(error)s). Check the disk, the file's rights, or the server.")
            yield Finding(f"database.{alias}", False, words % {"alias": alias, "error": type(error).__name__})


def _expected(alias: str) -> dict[str, object]:
    expected: dict[str, object] = dict(INVARIANTS)
    if alias == "ops":  # its links to users cross files, where no constraint reaches
        expected.pop("foreign_keys")
    return expected


def _pragma(cursor: object, name: str) -> object:
    cursor.execute(f"PRAGMA {name}")  # type: ignore[attr-defined]
    return cursor.fetchone()[0]  # type: ignore[attr-defined]


def _schema() -> Iterator[Finding]:
    try:
        migrating.refuse_newer()
        missing = migrating.pending()
    except Refused as refused:
        yield Finding("schema", False, str(refused))
        return
    except Exception as error:
        yield Finding("schema", False, _("The schema cannot be read (%(error)s).") % {"error": type(error).__name__})
        return
    words = _("The databases are older than this Havre (%(count)s steps). Run `havre init`; it changes nothing else.") % {
        "count": len(missing)
    }
    yield Finding("schema", not missing, words if missing else _("the schema is this version's"))


def _clock() -> Iterator[Finding]:
    """A clock that runs behind would open grants again and misdate acts."""
    from havre.trust.models.audit import ActRow

    newest = 0.0
    try:
        row = ActRow.objects.order_by("-pk").only("at").first()
        newest = row.at.timestamp() if row else 0.0
    except Exception:
        return
    behind = newest - time.time()
    words = _("The clock runs %(seconds)s s behind the last recorded act. Set the machine's time before serving.") % {
        "seconds": int(behind)
    }
    yield Finding("clock", behind < 120, words if behind >= 120 else _("the clock is not behind the records"))


def _disk() -> Iterator[Finding]:
    home = Path(settings.HAVRE_HOME)
    if not home.is_dir():
        return
    free = shutil.disk_usage(home).free
    words = _("Only %(free)s MB are free where the records lie; at least %(least)s are needed. Free some space.")
    full = free < LEAST_FREE
    yield Finding(
        "disk", not full, words % {"free": free >> 20, "least": LEAST_FREE >> 20} if full else _("%(free)s MB free") % {"free": free >> 20}
    )


def _key() -> Iterator[Finding]:
    from havre.trust.vault.credential import SystemdCredential
    from havre.trust.vault.unlocking import key_file

    there = key_file().is_file() or SystemdCredential.place() is not None
    words = _("The key file %(path)s is missing. Put it back from its own safe place: without it nothing sealed can be read.") % {
        "path": key_file()
    }
    yield Finding("key", there, _("the key file is there") if there else words)


def _chain() -> Iterator[Finding]:
    try:
        behind, state = int(lag.sealer_lag().total_seconds()), lag.state()
    except Exception as error:
        yield Finding("chain", False, _("The audit chain cannot be read (%(error)s).") % {"error": type(error).__name__})
        return
    said = {"seconds": behind, "minutes": behind // 60}
    if state == "closed":
        words = _(
            "The audit chain is %(minutes)s minutes behind: no name can be opened. Start the service, or run `havre audit checkpoint`."
        )
    elif state == "late":
        words = _("The audit chain is %(seconds)s s behind. See that the background worker runs, or run `havre audit checkpoint`.")
    else:
        words = _("the audit chain is %(seconds)s s behind")
    yield Finding("chain", state == "ok", words % said)


def _deploy() -> Iterator[Finding]:
    silenced = set() if settings.HTTPS else SILENCED_WITHOUT_TLS
    for problem in checks.run_checks(include_deployment_checks=True):
        if problem.level >= checks.WARNING and problem.id not in silenced:
            yield Finding(f"deploy.{problem.id}", False, f"{problem.msg} {problem.hint or ''}".strip())
    if not settings.HTTPS:
        local = set(settings.ALLOWED_HOSTS) <= {"localhost", "127.0.0.1", "[::1]"}
        words = _("Without HTTPS Havre serves this machine only. Set HAVRE_HTTPS=1 behind TLS, or keep HAVRE_HOSTS to localhost.")
        yield Finding("deploy.tls", local, _("served to this machine only") if local else words)
