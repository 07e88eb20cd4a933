"""The one place that writes by `executemany`: the statement is the ORM compiler's own, made once for each model and connection.

An import of 100,000 persons writes a million rows; making a model instance for each, and an expression for each value, takes longer
than the database does. Values still pass through each field's own conversion, and the database's constraints hold as ever. It is named
in the register's contract; the vault uses it for sealed rows and keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import connections, models, router
from django.db.models import sql


def insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows given as {attribute name: value}; what is left out takes the field's default. Gives how many.

    Call it inside a transaction. Raises: IntegrityError, OperationalError, as the ORM would.
    """
    given = list(rows)
    if not given:
        return 0
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    columns = [_column(field, given, connection) for field in fields]
    with _cursor(connection) as cursor:
        cursor.executemany(_statement(model, fields, connection), list(zip(*columns, strict=True)))
    return len(given)


@contextmanager
def _cursor(connection: Any) -> Iterator[Any]:
    """On PostgreSQL a cursor that sends the rows in one pipeline, the statement parsed once: Django's own waits for each row's answer."""
    if connection.vendor != "postgresql":
        with connection.cursor() as cursor:
            yield cursor
        return
    import psycopg

    connection.ensure_connection()
    with connection.wrap_database_errors, psycopg.Cursor(connection.connection) as cursor:
        yield cursor


def _statement(model: type[models.Model], fields: list[Any], connection: Any) -> str:
    query = sql.InsertQuery(model)
    query.insert_values(fields, [model()], raw=True)
    ((statement, _values),) = query.get_compiler(connection=connection).as_sql()
    return statement


def _column(field: Any, rows: list[Mapping[str, Any]], connection: Any) -> list[Any]:
    """One column's values as the database takes them. Columns, not rows: what a field needs is asked once, not for each value."""
    name = field.attname
    try:
        found = [row[name] for row in rows]
    except KeyError:
        found = [row[name] if name in row else field.get_default() for row in rows]
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.UUIDField) and not connection.features.has_native_uuid_field:
        return [None if value is None else value.hex for value in found]
    if type(target) in _PLAIN:
        # a member of a choice is stored as the plain text that it is
        return [str.__str__(value) if isinstance(value, str) and type(value) is not str else value for value in found]
    if isinstance(target, models.DateTimeField):
        # a batch has few moments, and turning one into text costs more than the rest of its row
        moments = {value: field.get_db_prep_save(value, connection) for value in set(found)}
        return [moments[value] for value in found]
    return [field.get_db_prep_save(value, connection) for value in found]


_PLAIN = frozenset({models.CharField, models.BooleanField, models.PositiveSmallIntegerField, models.PositiveIntegerField})
