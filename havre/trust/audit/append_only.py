"""Triggers that make the audit tables append-only, and let a grant only be shortened.

They stop a mistake and a careless hand. Who owns the database can drop them: the chain and its exported checkpoints are for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from django.db import connections

from havre.trust.databases import Router


@dataclass(frozen=True, slots=True)
class Table:
    """One guarded table: `keys` may never be written twice; an update passes only when it meets `may_update` (SQL on OLD and NEW)."""

    name: str
    alias: str
    keys: tuple[tuple[str, ...], ...]
    columns: tuple[str, ...] = ()
    may_update: str = ""

    def update_allowed(self, same: str) -> str:
        """The condition under which an update passes; `same` is the database's null-safe equality."""
        if not self.may_update:
            return "false" if same != "IS" else "0"
        unchanged = [f"NEW.{column} {same} OLD.{column}" for column in self.columns]
        return " AND ".join([*unchanged, f"({self.may_update})"])


_CHECKPOINT = ("position", "hash", "at", "key", "signature")
_GRANT = ("id", "holder_id", "role", "case_id", "sections", "purpose", "basis", "source_id", "starts_at", "person_id")
TABLES = (
    Table("trust_actrow", "default", (("no",), ("id",))),
    Table("trust_grant", "default", (("id",),), _GRANT, "NEW.ends_at <= OLD.ends_at"),
    Table("trust_identityrequest", "default", (("id",),)),
    Table("trust_identityevent", "default", (("id",), ("request_id", "number"))),
    Table("trust_reading", "access", (("no",), ("id",))),
    Table("trust_chainlink", "access", (("position",), ("source", "row_no"))),
    Table(
        "trust_checkpoint",
        "access",
        (("position",),),
        _CHECKPOINT,
        "OLD.exported_at IS NULL AND NEW.exported_at IS NOT NULL",
    ),
)
# the role that serves the pages on PostgreSQL; it owns nothing
APP_ROLE = "havre_app"


def guard(connection: Any, alias: str) -> None:
    """Put the triggers on the tables of one alias (SQLite and PostgreSQL). May be called again."""
    tables = _present(connection, alias)
    _run(connection, _sqlite_guard(tables) if connection.vendor == "sqlite" else _postgresql_guard(tables))


def unguard(connection: Any, alias: str) -> None:
    """Take them off: a migration's way back, and a test's clean-up."""
    _run(connection, _sqlite_unguard(alias) if connection.vendor == "sqlite" else _postgresql_unguard(alias))


def guard_after_migrating(using: str, **_: Any) -> None:
    """For Django's `post_migrate`: SQLite alters a table by making it anew, and its triggers do not come along."""
    for alias in ("default", "access"):
        if Router().allow_migrate(using, "trust", None, alias=alias):
            guard(connections[using], alias)


def _run(connection: Any, statements: Iterator[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _of(alias: str) -> Iterator[Table]:
    return (table for table in TABLES if table.alias == alias)


def _present(connection: Any, alias: str) -> list[Table]:
    """The guarded tables as they are now: an early migration calls this before later tables and columns are there."""
    with connection.cursor() as cursor:
        known = set(connection.introspection.table_names(cursor))
        found = []
        for table in _of(alias):
            if table.name in known:
                columns = {column.name for column in connection.introspection.get_table_description(cursor, table.name)}
                found.append(replace(table, columns=tuple(column for column in table.columns if column in columns)))
    return found


def _sqlite_guard(tables: list[Table]) -> Iterator[str]:
    for table in tables:
        name = table.name
        stop = f"SELECT RAISE(ABORT, '{name} is append-only')"
        yield f"CREATE TRIGGER IF NOT EXISTS {name}_no_delete BEFORE DELETE ON {name} BEGIN {stop}; END"
        yield (
            f"CREATE TRIGGER IF NOT EXISTS {name}_no_update BEFORE UPDATE ON {name}"
            f" WHEN NOT ({table.update_allowed('IS')}) BEGIN {stop}; END"
        )
        # INSERT OR REPLACE removes the old row without asking the delete trigger
        for number, key in enumerate(table.keys):
            again = " AND ".join(f"{column} = NEW.{column}" for column in key)
            yield (
                f"CREATE TRIGGER IF NOT EXISTS {name}_no_replace_{number} BEFORE INSERT ON {name}"
                f" WHEN EXISTS (SELECT 1 FROM {name} WHERE {again}) BEGIN {stop}; END"
            )


def _sqlite_unguard(alias: str) -> Iterator[str]:
    for table in _of(alias):
        for suffix in ("no_delete", "no_update", *(f"no_replace_{number}" for number in range(len(table.keys)))):
            yield f"DROP TRIGGER IF EXISTS {table.name}_{suffix}"


def _postgresql_guard(tables: list[Table]) -> Iterator[str]:
    yield (
        "CREATE OR REPLACE FUNCTION havre_append_only() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in tables:
        name = table.name
        call = "EXECUTE FUNCTION havre_append_only()"
        yield f"CREATE OR REPLACE TRIGGER {name}_no_delete BEFORE DELETE ON {name} FOR EACH ROW {call}"
        yield f"CREATE OR REPLACE TRIGGER {name}_no_truncate BEFORE TRUNCATE ON {name} FOR EACH STATEMENT {call}"
        allowed = table.update_allowed("IS NOT DISTINCT FROM")
        yield f"CREATE OR REPLACE TRIGGER {name}_no_update BEFORE UPDATE ON {name} FOR EACH ROW WHEN (NOT ({allowed})) {call}"
        # SELECT FOR UPDATE asks for the UPDATE right, so a table with an allowed update keeps it: the trigger decides there
        rights = "DELETE, TRUNCATE" if table.may_update else "UPDATE, DELETE, TRUNCATE"
        yield (
            f"DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{APP_ROLE}')"
            f" THEN REVOKE {rights} ON {name} FROM {APP_ROLE}; END IF; END $$"
        )
    for table in tables:
        if table.name in ("trust_actrow", "trust_reading"):
            # the transaction that wrote the row: the sealer's way to know what can no longer commit late
            yield f"ALTER TABLE {table.name} ADD COLUMN IF NOT EXISTS xact xid8 NOT NULL DEFAULT pg_current_xact_id()"
            yield f"CREATE INDEX IF NOT EXISTS {table.name}_xact ON {table.name} (xact, no)"


def _postgresql_unguard(alias: str) -> Iterator[str]:
    for table in _of(alias):
        for suffix in ("no_delete", "no_truncate", "no_update"):
            yield f"DROP TRIGGER IF EXISTS {table.name}_{suffix} ON {table.name}"
