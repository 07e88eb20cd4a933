"""What lies in a house, read past the product: plain SQL, and the stand-alone verifier."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from havre.trust.audit.verify_chain import JsonlSource, open_source, read_public_key, say, verify
from tests.drills.house import House, fingerprint
from tests.drills.judge import State

FILES = ("havre", "access", "keys", "ops")
Ask = Callable[[str], list[tuple[Any, ...]]]
# by server: the database of this run that every house on it is a copy of
_TEMPLATES: dict[str, str] = {}


def look(house: House) -> State:
    """The state of a house as it serves, but for the words of its notes."""
    found, links = damage(house)
    state = State(damage=found, links=links)
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


def damage(house: House) -> tuple[list[str], int]:
    """What SQLite's own checks and the chain's verifier complain of, and how many links it verified."""
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
    return found, report.links


def _chain(house: House) -> Any:
    if not house.database:
        return open_source([house.home])
    trail = house.logs / "trail.jsonl"
    trail.unlink(missing_ok=True)
    house.errand("trail", str(trail))
    return JsonlSource(trail)


def copied(house: House, base: Path) -> House:
    """A stopped house once more, under `base` and in a database of its own: to be damaged."""
    base.mkdir()
    database = ""
    if house.database:
        served, name = house.database.rsplit("/", 1)[1], f"havre_copy_{uuid4().hex[:12]}"
        database = scratch(urlsplit(house.database)._replace(path="/postgres").geturl(), name, template=served)
    made = House(base, database=database)
    shutil.copytree(house.home, made.home, dirs_exist_ok=True)
    return made


def opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=20)


def plain(value: Any) -> str:
    """An id as 32 hexadecimal digits, whichever way a database hands it out."""
    return str(value).replace("-", "").lower()


def scratch(url: str, name: str, *, template: str = "template1") -> str:
    """A new PostgreSQL database beside the one of `url`, empty or a copy of one that nobody uses; its address."""
    import psycopg
    from psycopg import sql

    with psycopg.connect(url, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return urlsplit(url)._replace(path=f"/{name}").geturl()


def furnished(url: str, name: str) -> str:
    """As `scratch`, with the tables that `havre init` makes: a copy of one database that is made once for all houses of this run."""
    if url not in _TEMPLATES:
        made = f"havre_drill_template_{fingerprint()}_{os.getpid()}"
        base = Path(tempfile.mkdtemp(prefix="havre-drill-"))
        try:
            House(base, database=scratch(url, made)).settle()
        except BaseException:
            unscratch(url, made)
            raise
        finally:
            shutil.rmtree(base)
        _TEMPLATES[url] = made
    return scratch(url, name, template=_TEMPLATES[url])


def drop_templates() -> None:
    """At the end of a run."""
    while _TEMPLATES:
        unscratch(*_TEMPLATES.popitem())


def unscratch(url: str, name: str) -> None:
    import psycopg
    from psycopg import sql

    with psycopg.connect(urlsplit(url)._replace(path="/postgres").geturl(), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
