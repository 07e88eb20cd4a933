"""Errands of the house: reads and writes that show nobody anything, by name. Each is listed in docs/reference/errands.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from django.db import connections, transaction

# the role of whoever serves people, and the name that PostgreSQL gives to the role which signed in
APP_ROLE, OWNER = "havre_app", "none"
# libpq's PQTRANS_INTRANS: in a transaction that has not failed
IN_TRANSACTION = 2

ERRANDS = frozenset(
    {
        "erase",
        "retention",
        "extract",
        "sealing",
        "backup check",
        "clocks",
        "gates",
        "offers",
        "import",
        "opening",
        "withdrawal",
        "vault",
        "emergency",
        "history",
        "matching",
        "merging",
        "own data",
        "tests",
    }
)


@contextmanager
def as_house(alias: str = "default") -> Iterator[None]:
    """Run an errand of the house: on PostgreSQL as the owner of the tables, inside a transaction; on SQLite nothing changes."""
    connection = connections[alias]
    if connection.vendor != "postgresql":
        yield
        return
    with ExitStack() as stack:
        if not connection.in_atomic_block:
            stack.enter_context(transaction.atomic(using=alias))
        before = take_role(connection, OWNER)
        try:
            yield
        finally:
            give_back(connection, before)


def take_role(connection: Any, role: str) -> str:
    """Change the role until the transaction ends; gives the role before. A switch is no query: it is not counted or logged as one."""
    found = connection.connection.execute("SELECT current_setting('role'), set_config('role', %s, true)", [role]).fetchone()
    return str(found[0])


def give_back(connection: Any, role: str) -> bool:
    """Take up the role from before. False for a transaction that failed, which takes no statement: its rollback does the same."""
    if connection.connection is None or connection.connection.info.transaction_status != IN_TRANSACTION:
        return False
    connection.connection.execute("SELECT set_config('role', %s, true)", [role])
    return True
