"""Errands of the house: reads and writes that show nobody anything, by name. Each is listed in docs/reference/errands.md."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connections, transaction

APP_ROLE = "havre_app"

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
    with transaction.atomic(using=alias), connection.cursor() as cursor:
        cursor.execute("SELECT current_user = %s", [APP_ROLE])
        dropped = cursor.fetchone()[0]
        if dropped:
            cursor.execute("SET LOCAL ROLE NONE")
        yield
        if dropped:
            cursor.execute(f"SET LOCAL ROLE {APP_ROLE}")
