"""What lies in a house, read past the product: plain SQL, and the stand-alone verifier."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from havre.trust.audit.verify_chain import JsonlSource, open_source, read_public_key, say, verify
from tests.drills.house import House
from tests.drills.judge import State

FILES = ("havre", "access", "keys", "ops")
Ask = Callable[[str], list[tuple[Any, ...]]]


def look(house: House) -> State:
    """The state of a house as it serves, but for the words of its notes."""
    state = State(damage=damage(house))
    if house.database:
        import psycopg

        with psycopg.connect(house.database) as shared:
            ask: Ask = lambda query: shared.execute(query).fetchall()  # type: ignore[arg-type]  # noqa: E731
            _records(state, ask)
            _readings(state, ask)
    else:
        with closing(opened(house.home / "access.sqlite3")) as access:
            _readings(state, lambda query: access.execute(query).fetchall())
        with closing(opened(house.home / "havre.sqlite3")) as records:
            _records(state, lambda query: records.execute(query).fetchall())
    # a page's reading names its case too; the judge counts persons
    state.readings = [(user, subject) for user, subject in state.readings if subject in state.persons]
    # a key is committed before its section: looked at last, it can only be more
    with closing(opened(house.home / "keys.sqlite3")) as keys:
        state.keyed = {plain(person) for (person,) in keys.execute("SELECT person_id FROM trust_personkey")}
    return state


def _records(state: State, ask: Ask) -> None:
    state.receipts = [(plain(k), plain(note)) for k, note in ask("SELECT key, result_id FROM trust_receipt WHERE event = 'note.add'")]
    state.notes = {plain(note) for (note,) in ask("SELECT id FROM register_note")}
    state.persons = {plain(person) for (person,) in ask("SELECT id FROM register_person")}
    state.acts = ask("SELECT count(*) FROM trust_actrow WHERE event = 'note.add'")[0][0]
    state.sections = [(plain(r), plain(person)) for r, person in ask("SELECT record_id, person_id FROM trust_sealedsection")]


def _readings(state: State, ask: Ask) -> None:
    for user, subjects in ask("SELECT user_id, subjects FROM trust_reading WHERE kind = 'reading' AND route = 'case'"):
        state.readings.extend((plain(user), plain(subject)) for subject in json.loads(subjects))


def damage(house: House) -> list[str]:
    """What SQLite's own checks and the chain's verifier complain of."""
    found = []
    for name in ("keys", "ops") if house.database else FILES:
        with closing(opened(house.home / f"{name}.sqlite3")) as database:
            found.extend(f"{name}: {line}" for (line,) in database.execute("PRAGMA integrity_check") if line != "ok")
            # the links of `ops` to users cross files, where no constraint reaches
            if name != "ops":
                found.extend(f"{name}: row {row} points nowhere" for row in database.execute("PRAGMA foreign_key_check"))
    report = verify(_chain(house), public_keys=[read_public_key(path) for path in house.home.glob("audit_key*.pub")])
    if not report.ok:
        found.extend(say(report))
    return found


def _chain(house: House) -> Any:
    if not house.database:
        return open_source([house.home])
    trail = house.logs / "trail.jsonl"
    trail.unlink(missing_ok=True)
    house.errand("trail", str(trail))
    return JsonlSource(trail)


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)


def plain(value: Any) -> str:
    """An id as 32 hexadecimal digits, whichever way a database hands it out."""
    return str(value).replace("-", "").lower()


def scratch(url: str, name: str) -> str:
    """A new, empty PostgreSQL database beside the one of `url`; its address."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def unscratch(url: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
