"""A row as SQLite stores it, whatever database it came from: the form that the chain hashes and the export writes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import connections, models


def _plain(field: models.Field[Any, Any], value: Any) -> Any:
    """One column's value in SQLite's stored form."""
    if value is None:
        return None
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(field, models.BinaryField):
        return bytes(value)
    return field.get_prep_value(value)


def stored(row: models.Model) -> dict[str, Any]:
    """Column name to stored value, empty ones included."""
    return {field.column: _plain(field, getattr(row, field.attname)) for field in row._meta.concrete_fields}


def moment(at: datetime) -> str:
    """A moment as SQLite stores it: UTC, no zone, microseconds only where there are some."""
    return str(at.astimezone(UTC).replace(tzinfo=None))


def is_shared() -> bool:
    """Whether records and readings live in one PostgreSQL database."""
    return connections["default"].vendor == "postgresql"
