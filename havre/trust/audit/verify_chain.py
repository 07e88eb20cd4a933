"""Stand-alone verifier of Havre's audit chain. One file: Python's standard library and `cryptography`, no Django, no Havre.

    python verify_chain.py HOME --checkpoints DIR --public-key FILE

HOME is the folder with havre.sqlite3 and access.sqlite3, or the two files, or a .jsonl file made by `havre audit export`. Each hash is
computed again from the rows themselves. Exit: 0 the chain holds, 1 it does not, 2 nothing could be read.

The format. Every column is taken as SQLite stores it (ids as 32 hexadecimal digits, moments as 'YYYY-MM-DD HH:MM:SS[.ffffff]' in UTC,
JSON as its stored text); empty columns are left out. hash = SHA-256(previous hash + canonical JSON of the link with its row); the first
previous hash is 32 zero bytes. A checkpoint's signature (Ed25519) covers the canonical JSON of its position, hash and moment.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Protocol

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

GENESIS = bytes(32)
TABLES = {"act": "trust_actrow", "reading": "trust_reading"}
# a row that has waited this long beside newer sealed rows was skipped, or its link was taken away
OVERDUE = timedelta(minutes=10)


def canonical(value: Any) -> bytes:
    """The one text of a JSON value: sorted keys, no spaces, ASCII; bytes stand as {"hex": ...}."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=lambda b: {"hex": bytes(b).hex()}).encode()


def link_hash(previous: bytes, link: dict[str, Any], row: dict[str, Any]) -> bytes:
    """The hash of one link: `link` holds position, source, row_no, row_id and sealed_at; `row` every column of the row it seals."""
    content = {name: link[name] for name in ("position", "source", "row_no", "row_id", "sealed_at")}
    content |= {"v": 1, "row": {name: value for name, value in row.items() if value is not None}}
    return hashlib.sha256(previous + canonical(content)).digest()


def checkpoint_message(position: int, digest: bytes, at: str) -> bytes:
    """What the signature of a checkpoint covers."""
    return canonical({"v": 1, "what": "havre audit checkpoint", "position": position, "hash": digest.hex(), "at": at})


def fingerprint(public: bytes) -> str:
    """The short name of a public key: first 16 hexadecimal digits of the SHA-256 of its 32 bytes."""
    return hashlib.sha256(public).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, at which position of the chain (None: not at one), in plain words."""

    kind: str
    position: int | None
    words: str


@dataclass(slots=True)
class Report:
    """What was found. `ok` when nothing is wrong; notices are not faults."""

    problems: list[Problem] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    links: int = 0
    unsealed: int = 0
    checkpoints: int = 0

    @property
    def ok(self) -> bool:
        """Whether nothing at all was found wrong."""
        return not self.problems

    @property
    def first_bad(self) -> int | None:
        """The lowest position at which something is wrong."""
        return min((p.position for p in self.problems if p.position is not None), default=None)

    def add(self, kind: str, position: int | None, words: str) -> None:
        """Note one finding: what is wrong, and where."""
        self.problems.append(Problem(kind, position, words))


class Source(Protocol):
    """Where links, rows and checkpoints come from. Rows may be unreadable: then `row` raises ValueError."""

    def links(self) -> Iterator[dict[str, Any]]:
        """Every link of the chain in order of its sequence."""

    def row(self, source: str, no: int) -> dict[str, Any] | None:
        """The row that a link seals, None when it is not there."""

    def heads(self, source: str) -> Iterator[tuple[int, Any]]:
        """The heads that were written down: sequence and digest."""

    def checkpoints(self) -> Iterator[dict[str, Any]]:
        """The signed checkpoints, oldest first."""

    def damage(self) -> Iterator[str]:
        """What the store itself says is damaged; empty when nothing is."""

    def close(self) -> None:
        """Let go of the file."""


class SqliteSource:
    """The two files of a running or a switched-off instance, opened for reading only."""

    def __init__(self, acts: Path, access: Path) -> None:
        # the links are frozen first: a row that came later is only part of the tail
        self._access = _open(access)
        self._access.execute("BEGIN")
        self._access.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self._acts = _open(acts)

    def close(self) -> None:
        """Let go of both files."""
        self._access.close()
        self._acts.close()

    def _table(self, source: str) -> sqlite3.Connection:
        return self._acts if source == "act" else self._access

    def links(self) -> Iterator[dict[str, Any]]:
        yield from _rows(self._access, "SELECT * FROM trust_chainlink NOT INDEXED ORDER BY position")

    def row(self, source: str, no: int) -> dict[str, Any] | None:
        if source not in TABLES:
            return None
        return next(_rows(self._table(source), f"SELECT * FROM {TABLES[source]} NOT INDEXED WHERE no = ?", (no,)), None)

    def heads(self, source: str) -> Iterator[tuple[int, Any]]:
        for row in _rows(self._table(source), f"SELECT no, id FROM {TABLES[source]} NOT INDEXED"):
            yield row["no"], row["id"]

    def checkpoints(self) -> Iterator[dict[str, Any]]:
        yield from _rows(self._access, "SELECT * FROM trust_checkpoint NOT INDEXED ORDER BY position")

    def damage(self) -> Iterator[str]:
        for name, connection in (("acts", self._acts), ("access", self._access)):
            try:
                found = [line[0] for line in connection.execute("PRAGMA integrity_check(20)")]
            except sqlite3.DatabaseError as error:
                found = [str(error)]
            yield from (f"{name} file: {line}" for line in found if line != "ok")


class JsonlSource:
    """A file made by `havre audit export`: one JSON object a line, {"table": ..., "row": {...}}. Kept in a temporary database."""

    def __init__(self, path: Path) -> None:
        self._rows = sqlite3.connect("")
        self._rows.execute("CREATE TABLE lines (kind TEXT, no INTEGER, body TEXT)")
        self._bad: list[str] = []
        with path.open(encoding="utf-8", errors="surrogateescape") as file:
            self._rows.executemany("INSERT INTO lines VALUES (?, ?, ?)", self._lines(file))
        self._rows.execute("CREATE INDEX by_no ON lines (kind, no)")

    def close(self) -> None:
        """Drop the temporary database."""
        self._rows.close()

    def _lines(self, file: Iterable[str]) -> Iterator[tuple[str, int, str]]:
        for number, line in enumerate(file, 1):
            try:
                entry = json.loads(line)
                kind, row = entry["table"], entry["row"]
                yield kind, row["position" if kind in ("link", "checkpoint") else "no"], json.dumps(row)
            except (ValueError, KeyError, TypeError):
                self._bad.append(f"line {number} of the file is not an export line")

    def _of(self, kind: str, no: int | None = None) -> Iterator[dict[str, Any]]:
        only = "" if no is None else " AND no = ?"
        values = (kind,) if no is None else (kind, no)
        for (body,) in self._rows.execute(f"SELECT body FROM lines WHERE kind = ?{only} ORDER BY no", values):
            yield {k: bytes.fromhex(v["hex"]) if isinstance(v, dict) else v for k, v in json.loads(body).items()}

    def links(self) -> Iterator[dict[str, Any]]:
        return self._of("link")

    def row(self, source: str, no: int) -> dict[str, Any] | None:
        found = list(self._of(source, no))
        if len(found) > 1:
            raise ValueError("the row is there more than once")
        return found[0] if found else None

    def heads(self, source: str) -> Iterator[tuple[int, Any]]:
        return ((row["no"], row.get("id")) for row in self._of(source))

    def checkpoints(self) -> Iterator[dict[str, Any]]:
        return self._of("checkpoint")

    def damage(self) -> Iterator[str]:
        return iter(self._bad)


def _open(path: Path) -> sqlite3.Connection:
    for options in ("mode=ro", "mode=ro&immutable=1"):  # the second for a copy on a medium that cannot be written
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{options}", uri=True, isolation_level=None)
        try:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            continue
        # a damaged text must be seen as different, not stop the reading
        connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        return connection
    raise FileNotFoundError(f"{path}: not there, or not a database that can be read")


def _rows(connection: sqlite3.Connection, query: str, values: tuple[Any, ...] = ()) -> Iterator[dict[str, Any]]:
    try:
        cursor = connection.execute(query, values)
        names = [column[0] for column in cursor.description]
        for row in cursor:
            yield dict(zip(names, row, strict=True))
    except (sqlite3.DatabaseError, OverflowError) as error:
        raise ValueError(str(error)) from error


def verify(
    source: Source,
    *,
    exported: Iterable[dict[str, Any]] = (),
    public_keys: Iterable[bytes] = (),
) -> Report:
    """Recompute the whole chain and compare it with its checkpoints.

    Args: exported, checkpoints that left the machine, as read by `read_checkpoints`; public_keys, 32 bytes each.
    """
    report = Report()
    keys = {fingerprint(key): key for key in public_keys}
    sealed: dict[str, Counter[int]] = {name: Counter() for name in TABLES}
    hashes: dict[int, bytes] = {}
    for words in source.damage():
        report.add("damage", None, words)
    newest = _walk(source, report, sealed, hashes)
    _tail(source, report, sealed, newest)
    last = _checkpoints(source, report, exported, keys, hashes)
    if report.links > last:
        report.notices.append(f"positions {last + 1} to {report.links} are chained but not yet under a signed checkpoint")
    return report


def _walk(source: Source, report: Report, sealed: dict[str, Counter[int]], hashes: dict[int, bytes]) -> str:
    """Follow the links; gives the moment of the newest."""
    previous, expected, newest = GENESIS, 1, ""
    try:
        for link in source.links():
            position = link.get("position")
            if position != expected:
                report.add("gap", expected, f"position {expected} is missing: the next link says {position!r}")
            _one_link(source, report, link, previous)
            name, no = link.get("source"), link.get("row_no")
            if name in sealed and isinstance(no, int):
                sealed[name][no] += 1
            digest = link.get("hash")
            previous = digest if isinstance(digest, bytes) else b""
            if isinstance(position, int):
                hashes[position] = previous
                expected = position + 1
            report.links += 1
            newest = max(newest, str(link.get("sealed_at")))
    except ValueError as error:
        report.add("unreadable", expected, f"the links cannot be read after position {expected - 1}: {error}")
    return newest


def _one_link(source: Source, report: Report, link: dict[str, Any], previous: bytes) -> None:
    position, name, no = link.get("position"), link.get("source"), link.get("row_no")
    at = position if isinstance(position, int) else None
    if link.get("previous") != previous:
        report.add("broken_link", at, "the link does not carry the hash of the one before it")
    try:
        row = source.row(name, no) if name in TABLES and isinstance(no, int) else None
    except ValueError as error:
        report.add("unreadable", at, f"{name} {no} cannot be read: {error}")
        return
    if row is None:
        report.add("missing_row", at, f"{name} {no} is sealed in the chain and no longer in its table")
        return
    try:
        same = link_hash(previous, link, row) == link.get("hash") and row.get("id") == link.get("row_id")
    except (KeyError, TypeError, ValueError):
        same = False
    if not same:
        report.add("altered", at, f"{name} {no}, or the link that seals it, is not what was sealed")


def _tail(source: Source, report: Report, sealed: dict[str, Counter[int]], newest: str) -> None:
    """Rows without link: a tail is normal, a row that was left behind is not."""
    for name, seen in sealed.items():
        for no, times in seen.items():
            if times > 1:
                report.add("duplicate", None, f"{name} {no} is sealed {times} times")
        try:
            waiting = [(no, key) for no, key in source.heads(name) if no not in seen]
        except ValueError as error:
            report.add("unreadable", None, f"the {name} table cannot be read to its end: {error}")
            continue
        report.unsealed += len(waiting)
        for no, key in waiting:
            made = _made_at(key)
            if made is None:
                report.add("altered", None, f"{name} {no} has no proper id and no link")
            elif newest and made + OVERDUE < _moment(newest):
                report.add(
                    "unsealed", None, f"{name} {no} was written at {made:%Y-%m-%d %H:%M:%S} and never sealed, though newer rows were"
                )
    if report.unsealed:
        report.notices.append(f"{report.unsealed} rows are not sealed yet")


def _made_at(key: Any) -> datetime | None:
    """The moment inside a UUIDv7 (RFC 9562, 5.7)."""
    try:
        return datetime.fromtimestamp(int(str(key)[:12], 16) / 1000, UTC)
    except (ValueError, OverflowError, OSError):
        return None


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)


def _checkpoints(
    source: Source, report: Report, exported: Iterable[dict[str, Any]], keys: dict[str, bytes], hashes: dict[int, bytes]
) -> int:
    """Compare the chain with its own checkpoints and with those that left the machine; gives the last position under a good one."""
    try:
        own = list(source.checkpoints())
    except ValueError as error:
        report.add("unreadable", None, f"the checkpoints cannot be read: {error}")
        own = []
    last, end = 0, max(hashes, default=0)
    for where, checkpoint in [*(("own", c) for c in own), *(("exported", c) for c in exported)]:
        report.checkpoints += 1
        position, digest = checkpoint.get("position"), checkpoint.get("hash")
        # no signature covers the day on which it left, but a day is never bytes: the file was damaged or changed there
        if not isinstance(position, int) or not isinstance(digest, bytes) or isinstance(checkpoint.get("exported_at"), bytes):
            report.add("signature", None, f"an {where} checkpoint is not readable as one")
            continue
        if not _signed(checkpoint, keys):
            known = "the key is not among those given" if checkpoint.get("key") not in keys else "the signature does not fit"
            report.add("signature", position, f"the {where} checkpoint at {position} is not to be trusted: {known}")
        elif position > end:
            report.add("truncated", end + 1, f"the chain ends at {end}, an {where} checkpoint says it had reached {position}")
        elif hashes.get(position) != digest:
            report.add("rewritten", position, f"the chain was rewritten at or before {position}: an {where} checkpoint has another hash")
        else:
            last = max(last, position)
    return last


def _signed(checkpoint: dict[str, Any], keys: dict[str, bytes]) -> bool:
    key = keys.get(str(checkpoint.get("key")))
    if key is None:
        return False
    try:
        message = checkpoint_message(checkpoint["position"], checkpoint["hash"], checkpoint["at"])
        Ed25519PublicKey.from_public_bytes(key).verify(checkpoint["signature"], message)
    except (InvalidSignature, KeyError, TypeError, ValueError):
        return False
    return True


def read_checkpoints(folder: Path) -> list[dict[str, Any]]:
    """The checkpoints in a folder of `checkpoint-*.json`. One that cannot be read is kept, and reported as such."""
    found = []
    for path in sorted(folder.glob("checkpoint-*.json")):
        try:
            entry = json.loads(path.read_text())
            found.append({**entry, "hash": bytes.fromhex(entry["hash"]), "signature": bytes.fromhex(entry["signature"])})
        except (ValueError, KeyError, TypeError):
            found.append({})
    return found


def read_public_key(path: Path) -> bytes:
    """The 32 bytes of an Ed25519 public key in PEM. Raises: ValueError when it is something else."""
    key = load_pem_public_key(path.read_bytes())
    if not isinstance(key, Ed25519PublicKey):
        raise ValueError(f"{path}: not an Ed25519 public key")
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def open_source(paths: list[Path]) -> Source:
    """The source behind a folder, two SQLite files (acts first) or one .jsonl file. Raises: FileNotFoundError."""
    if len(paths) == 1 and paths[0].is_dir():
        paths = [paths[0] / "havre.sqlite3", paths[0] / "access.sqlite3"]
    if len(paths) == 1:
        return JsonlSource(paths[0])
    if len(paths) == 2:
        return SqliteSource(paths[0], paths[1])
    raise FileNotFoundError("give the data folder, or the acts file and the access file, or one export file")


def say(report: Report) -> Iterator[str]:
    """The report in lines, the verdict last."""
    yield f"links {report.links}, checkpoints {report.checkpoints}, unsealed rows {report.unsealed}"
    yield from (f"note: {words}" for words in report.notices)
    for problem in report.problems[:200]:
        yield f"{problem.kind} at {problem.position if problem.position is not None else '-'}: {problem.words}"
    if len(report.problems) > 200:
        yield f"... and {len(report.problems) - 200} more"
    yield "the chain holds" if report.ok else f"THE CHAIN DOES NOT HOLD; first bad position: {report.first_bad}"


def main(arguments: list[str] | None = None) -> int:
    """Read the arguments, verify, print. Gives the exit status: 0 whole, 1 damaged, 2 not readable."""
    parser = argparse.ArgumentParser(description="Verify Havre's audit chain.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="HOME_OR_FILES")
    parser.add_argument("--checkpoints", type=Path, action="append", default=[], help="a folder of checkpoints that left the machine")
    parser.add_argument("--public-key", type=Path, action="append", default=[], help="public key in PEM, kept apart from the machine")
    given = parser.parse_args(arguments)
    files = given.public_key
    try:
        if not files:
            files = sorted(given.paths[0].glob("audit_key*.pub")) if given.paths[0].is_dir() else []
            print("note: no public key given; one taken from the machine proves nothing against who owns the machine")
        keys = [read_public_key(path) for path in files]
        exported = [checkpoint for folder in given.checkpoints for checkpoint in read_checkpoints(folder)]
        with closing(open_source(given.paths)) as source:
            report = verify(source, exported=exported, public_keys=keys)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    if not given.checkpoints:
        report.notices.append("no exported checkpoint given: a chain cut off or rewritten as a whole would not be seen")
    print("\n".join(say(report)))
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
