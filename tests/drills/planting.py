"""Faults put into a copy of a house that has been through the drill, by plain SQL: the judge must see each, or it saw nothing before."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from tests.drills.house import House
from tests.drills.judge import History, judge
from tests.drills.looking import copied, look, unscratch

Run = Callable[..., list[tuple[Any, ...]]]


@dataclass(slots=True)
class Copy:
    """A copy of a house that nobody serves, and what its client was told."""

    house: House
    told: History

    def records(self, *statements: tuple[str, tuple[Any, ...]]) -> None:
        """Run SQL past the product, with every trigger and foreign key off, in the records' database."""
        if self.house.database:
            import psycopg

            with psycopg.connect(self.house.database) as shared:
                shared.execute("SET session_replication_role = replica")
                for statement, values in statements:
                    shared.execute(statement.replace("?", "%s"), values)  # type: ignore[arg-type]
            return
        for name in ("havre", "access"):
            with closing(sqlite3.connect(self.house.home / f"{name}.sqlite3")) as database, database:
                there = {table for (table,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
                for (trigger,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                    database.execute(f"DROP TRIGGER {trigger}")
                for statement, values in statements:
                    if any(word in there for word in statement.split()):
                        database.execute(statement, tuple(_stored(value) for value in values))

    def note(self) -> UUID:
        """The note of the last acknowledged key."""
        made = dict(look(self.house).receipts)
        return UUID(made[self.told.acknowledged[-1]])

    def columns(self, table: str) -> list[str]:
        """The columns of a table of the records."""
        if self.house.database:
            import psycopg

            with psycopg.connect(self.house.database) as shared:
                query = "SELECT column_name FROM information_schema.columns WHERE table_name = %s AND table_schema = 'public'"
                return [name for (name,) in shared.execute(query, (table,)).fetchall()]
        with closing(sqlite3.connect(self.house.home / "havre.sqlite3")) as database:
            return [row[1] for row in database.execute(f"PRAGMA table_info({table})")]


def _stored(value: Any) -> Any:
    return value.hex if isinstance(value, UUID) else value


def lose(copy: Copy) -> None:
    """An acknowledged note is gone, its receipt with it."""
    note = copy.note()
    copy.records(
        ("DELETE FROM trust_receipt WHERE result_id = ?", (str(note),)),
        ("DELETE FROM register_note WHERE id = ?", (note,)),
        ("DELETE FROM trust_sealedsection WHERE record_id = ?", (note,)),
    )


def lose_the_note(copy: Copy) -> None:
    """An acknowledged note is gone; its receipt says that it is there."""
    copy.records(("DELETE FROM register_note WHERE id = ?", (copy.note(),)))


def double(copy: Copy) -> None:
    """An acknowledged note stands there twice, under another id."""
    rest = [name for name in copy.columns("register_note") if name != "id"]
    listed = ", ".join(f'"{name}"' for name in rest)
    query = f'INSERT INTO register_note ("id", {listed}) SELECT ?, {listed} FROM register_note WHERE id = ?'
    copy.records((query, (uuid4(), copy.note())))


def forget_a_key(copy: Copy) -> None:
    """A person's key is gone; the sealed sections stand."""
    with closing(sqlite3.connect(copy.house.home / "keys.sqlite3")) as keys, keys:
        (person,) = keys.execute("SELECT person_id FROM trust_personkey LIMIT 1").fetchone()
        keys.execute("DELETE FROM trust_personkey WHERE person_id = ?", (person,))


def break_a_link(copy: Copy) -> None:
    """One link of the chain holds another hash."""
    copy.records(("UPDATE trust_chainlink SET hash = ? WHERE position = 7", (bytes(range(32)),)))


def rewrite_an_act(copy: Copy) -> None:
    """One act that is in the chain says something else."""
    copy.records(("UPDATE trust_actrow SET codes = ? WHERE no = 3", (json.dumps({"section": "health"}),)))


# what is planted -> the kind of breach that must be seen
FAULTS: dict[str, tuple[Callable[[Copy], None], str]] = {
    "acknowledged write removed with its receipt": (lose, "lost"),
    "acknowledged write removed": (lose_the_note, "lost"),
    "doubled write": (double, "doubled"),
    "section without key": (forget_a_key, "keyless"),
    "broken chain link": (break_a_link, "damage"),
    "rewritten act": (rewrite_an_act, "damage"),
}


def seen(house: House, told: History, place: Path) -> list[str]:
    """Plant each fault into a copy of its own. Gives those that the judge saw. The house must be stopped; without a fault it must pass."""
    found = []
    for number, (name, (fault, kind)) in enumerate([("nothing", (lambda _copy: None, "")), *FAULTS.items()]):
        there = copied(house, place / f"fault-{number}")
        try:
            fault(Copy(there, deepcopy(told)))
            kinds = {breach.kind for breach in judge(told, look(there))}
        finally:
            if there.database:
                unscratch(house.database, there.database.rsplit("/", 1)[1])
            shutil.rmtree(there.home, ignore_errors=True)
        if name == "nothing":
            assert not kinds, f"void: an untouched copy is judged {kinds}"
        elif kind in kinds:
            found.append(name)
    return found
