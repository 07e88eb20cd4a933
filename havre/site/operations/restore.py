"""Putting a backup back, and proving every night that it would work."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyrage
from django.db import DatabaseError, connections
from django.utils.translation import gettext as _

from havre.site.operations import backup, migrating
from havre.trust import erasure, erasure_ledger
from havre.trust.audit.exporting import export_to
from havre.trust.audit.verify_chain import JsonlSource, Source, SqliteSource, read_public_key, say, verify
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Erasure
from havre.trust.policy import rls


@dataclass(slots=True)
class Report:
    """What a restore found: problems stop the service from opening, notes do not."""

    problems: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def restore(*, folder: Path, identity: Path) -> Report:
    """Put a backup into this instance's empty folder, replay the erasure ledger and check what came back.

    Raises: Refused when records are already here; Invalid when the backup is damaged or the identity does not open it. Nothing is then
    left behind. On PostgreSQL the records are restored into the (empty) database that HAVRE_DATABASE_URL names.
    """
    home = migrating.make_home()
    names = {
        alias: home / Path(connections[alias].settings_dict["NAME"]).name for alias in backup.ORDER if connections[alias].vendor == "sqlite"
    }
    if any(path.exists() for path in names.values()) or _shared_records():
        raise Refused((_("There are records in %(home)s already. Restore into an empty folder (HAVRE_HOME).") % {"home": home},))
    manifest = _manifest(folder)
    ledger = erasure_ledger.read(folder.parent)
    opened = _identity(identity)
    with tempfile.TemporaryDirectory(dir=home, prefix="restore-") as place:
        for name in manifest["files"]:
            alias = name.removesuffix(".age")
            copy = Path(place) / alias
            try:
                pyrage.decrypt_file(str(folder / name), str(copy), [opened])
            except OSError:
                # a cut file is noticed only here, when its digest was made to match
                raise Invalid(
                    {"folder": [_("%(file)s is missing or not as it was written. Take another backup.") % {"file": name}]}
                ) from None
            except pyrage.DecryptError:
                raise Invalid(
                    {"identity": [_("This identity does not open %(file)s. Use the one that the backup was made for.") % {"file": name}]}
                ) from None
        report = _examine(Path(place), manifest)
        if report.problems:
            return report
        for alias in (name.removesuffix(".age") for name in manifest["files"]):
            if alias == backup.HOUSE:
                said = {"count": _unpack(Path(place) / alias, home)}
                report.notes.append(_("%(count)s files of the instance came back: its signing keys, sealed attachments, data sets") % said)
            else:
                _place(alias, Path(place) / alias, names)
    migrating.migrate_all()
    said = {"count": erasure.replay_ledger(ledger), "all": len(ledger)}
    report.notes.append(_("%(count)s erased persons of %(all)s in the ledger came back with the backup and were erased again") % said)
    problems, notes = _trail(home)
    report.notes.extend(notes)
    report.problems.extend([*_keyless(), *_erased_stay_erased(ledger), *problems])
    return report


def check(*, folder: Path, identity: Path) -> Report:
    """Restore into a folder of its own, check it there, and throw it away."""
    with tempfile.TemporaryDirectory(prefix="havre-check-") as place, _elsewhere() as database:
        command = [sys.executable, "-m", "havre.site.command", "restore", str(folder.resolve()), "--identity", str(identity.resolve())]
        environment = {**os.environ, "HAVRE_HOME": place, **database}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    report = Report()
    lines = (done.stdout + done.stderr).strip().splitlines()
    (report.notes if done.returncode == 0 else report.problems).extend(lines)
    return report


@contextmanager
def _elsewhere() -> Iterator[dict[str, str]]:
    """On PostgreSQL an empty database beside the serving one, dropped afterwards: a check must never touch what serves."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        yield {}
        return
    name = f"havre_check_{secrets.token_hex(6)}"
    try:
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    except DatabaseError as error:
        words = _(
            "A check needs an empty database beside this one and may not make it (%(why)s). Grant CREATEDB, or check on another host."
        )
        raise Invalid({"database": [words % {"why": str(error).strip()}]}) from None
    try:
        yield {"HAVRE_DATABASE_URL": urlsplit(os.environ["HAVRE_DATABASE_URL"])._replace(path=f"/{name}").geturl()}
    finally:
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / backup.MANIFEST).read_text())
    except (OSError, ValueError):
        raise Invalid(
            {"folder": [_("%(folder)s holds no whole backup: its manifest is missing or damaged.") % {"folder": folder}]}
        ) from None
    if not _is_manifest(manifest):
        raise Invalid({"folder": [_("%(folder)s holds no whole backup: its manifest is missing or damaged.") % {"folder": folder}]})
    for name, digest in manifest["files"].items():
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise Invalid({"folder": [_("%(file)s is missing or not as it was written. Take another backup.") % {"file": name}]})
    return manifest


def _is_manifest(found: Any) -> bool:
    """Exactly the files of a backup made here, so that no name leads out of the folder."""
    if not isinstance(found, dict) or not isinstance(found.get("counts"), dict) or not isinstance(found.get("files"), dict):
        return False
    expected = {f"{alias}.age" for alias in (*backup.aliases(), backup.HOUSE)}
    return set(found["files"]) == expected == {f"{alias}.age" for alias in found["counts"]}


def _identity(path: Path) -> Any:
    try:
        lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
        return pyrage.x25519.Identity.from_str(lines[0])
    except (OSError, ValueError, IndexError, pyrage.IdentityError):
        raise Invalid({"identity": [_("%(path)s holds no age identity (AGE-SECRET-KEY-…).") % {"path": path}]}) from None


def _examine(place: Path, manifest: dict[str, Any]) -> Report:
    report = Report()
    for alias, expected in manifest["counts"].items():
        if not expected:
            continue
        if alias == backup.HOUSE:
            report.problems.extend(_belongings(place / alias, expected["files"]))
            continue
        with closing(sqlite3.connect(place / alias)) as database:
            verdict = database.execute("PRAGMA integrity_check").fetchone()[0]
            if verdict != "ok":
                report.problems.append(_("%(alias)s: the database is damaged (%(why)s)") % {"alias": alias, "why": verdict})
            if database.execute("PRAGMA foreign_key_check").fetchone():
                report.problems.append(_("%(alias)s: a row points to one that is not there") % {"alias": alias})
        if backup.counts(place / alias) != expected:
            report.problems.append(_("%(alias)s: the number of rows differs from what was backed up") % {"alias": alias})
    return report


def _belongings(archive: Path, expected: int) -> list[str]:
    try:
        with tarfile.open(archive) as packed:
            names = [entry.name for entry in packed.getmembers() if entry.isfile()]
    except tarfile.TarError as error:
        return [_("%(alias)s: the archive is damaged (%(why)s)") % {"alias": backup.HOUSE, "why": error}]
    found = []
    if len(names) != expected or any(name.split("/")[0] not in backup.BELONGINGS for name in names):
        found.append(_("%(alias)s: the files differ from what was backed up") % {"alias": backup.HOUSE})
    missing = {"secret_key", "audit_key", "audit_key.pub"} - set(names)
    if missing:
        words = _("%(alias)s: %(names)s is missing: without it second factors, or the trail's signatures, do not hold")
        found.append(words % {"alias": backup.HOUSE, "names": ", ".join(sorted(missing))})
    return found


def _shared_records() -> bool:
    """On PostgreSQL: whether the database that HAVRE_DATABASE_URL names holds any table of ours."""
    return connections["default"].vendor == "postgresql" and bool(connections["default"].introspection.table_names())


def _place(alias: str, copy: Path, names: dict[str, Path]) -> None:
    if alias in names:
        os.chmod(copy, 0o600)
        shutil.move(copy, names[alias])
        return
    found = connections[alias].settings_dict
    place = {"PGHOST": found["HOST"], "PGPORT": str(found["PORT"] or 5432), "PGUSER": found["USER"], "PGPASSWORD": found["PASSWORD"]}
    with connections[alias].cursor() as cursor:
        # the dump grants to this role and names it in its policies; a new server does not have it
        cursor.execute(rls.role_statement())
    command = ["pg_restore", "--no-owner", "--exit-on-error", "--single-transaction", "-d", found["NAME"], str(copy)]
    try:
        subprocess.run(command, env={**os.environ, **place}, check=True)
    except subprocess.CalledProcessError:
        raise Invalid({"database": [_("PostgreSQL did not take the records back; it says why above. Nothing was kept.")]}) from None
    _analyse(found)


def _analyse(found: dict[str, Any]) -> None:
    """A dump holds no statistics: until they are there, each page is planned as if the tables were empty (docs/decisions/case-page.md)."""
    import psycopg

    place = {"host": found["HOST"], "port": found["PORT"] or 5432, "user": found["USER"], "password": found["PASSWORD"]}
    with psycopg.connect(dbname=found["NAME"], autocommit=True, **place) as owner:
        # of the server's own tables, which are not the owner's, it would warn one by one
        owner.execute("SET client_min_messages = error")
        owner.execute("ANALYZE")


def _unpack(archive: Path, home: Path) -> int:
    """Put the instance's own files back. Gives how many."""
    with tarfile.open(archive) as packed:
        files = [entry for entry in packed.getmembers() if entry.isfile()]
        # "data" refuses whatever would lead out of the folder
        packed.extractall(home, filter="data")
    for entry in files:
        os.chmod(home / entry.name, 0o600)
    return len(files)


def _trail(home: Path) -> tuple[list[str], list[str]]:
    """Problems and notes of the restored chain, judged by the stand-alone verifier with the key that came back."""
    public = [read_public_key(path) for path in home.glob("audit_key*.pub")]
    with tempfile.TemporaryDirectory(dir=home, prefix="trail-") as place:
        if connections["default"].vendor == "postgresql":
            export_to(Path(place) / "trail.jsonl")
            source: Source = JsonlSource(Path(place) / "trail.jsonl")
        else:
            source = SqliteSource(*(Path(connections[alias].settings_dict["NAME"]) for alias in ("default", "access")))
        with closing(source):
            report = verify(source, public_keys=public)
    if not report.ok:
        return [_("the audit trail does not hold: %(why)s") % {"why": "; ".join(say(report))}], []
    return [], [_("the audit trail holds: %(links)s links") % {"links": report.links}]


def _erased_stay_erased(ledger: list[Erasure]) -> list[str]:
    """Nobody in the ledger has a key or a sealed section again."""
    from havre.trust.models import PersonKey, SealedSection

    persons = [row.pk for row in ledger]
    back = (
        PersonKey.objects.filter(pk__in=persons).count()
        + SealedSection.objects.for_house("backup check").filter(person_id__in=persons).count()
    )
    return [_("%(count)s keys or sealed sections of erased persons are there again") % {"count": back}] if back else []


def _keyless() -> list[str]:
    """A sealed section whose key is neither here nor in the ledger is a loss."""
    from havre.trust.models import PersonKey, SealedSection

    persons = set(SealedSection.objects.for_house("backup check").values_list("person_id", flat=True))
    lost = len(persons - set(PersonKey.objects.values_list("pk", flat=True)))
    return [_("%(count)s persons have sealed sections without a key") % {"count": lost}] if lost else []
