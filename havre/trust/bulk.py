"""The one place that writes by `executemany`: the statement is the ORM compiler's own, made once for each model and connection.

An import of 100,000 persons writes a million rows; making a model instance for each, and an expression for each value, takes longer
than the database does. Values still pass through each field's own conversion, and the database's constraints hold as ever. It is named
in the register's contract; the vault uses it for sealed rows and keys.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import connections, models, router
from django.db.models import sql


def insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> int:
    """Insert rows given as {attribute name: value}; what is left out takes the field's default. Gives how many.

    Call it inside a transaction. Raises: IntegrityError, OperationalError, as the ORM would.
    """
    connection = connections[router.db_for_write(model)]
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.AutoField)]
    writers = [_writer(field, connection) for field in fields]
    values = [tuple(write(row) for write in writers) for row in rows]
    if not values:
        return 0
    with connection.cursor() as cursor:
        cursor.executemany(_statement(model, fields, connection), values)
    return len(values)


def _statement(model: type[models.Model], fields: list[Any], connection: Any) -> str:
    query = sql.InsertQuery(model)
    query.insert_values(fields, [model()], raw=True)
    ((statement, _values),) = query.get_compiler(connection=connection).as_sql()
    return statement


def _writer(field: Any, connection: Any) -> Callable[[Mapping[str, Any]], Any]:
    name = field.attname
    convert = _converter(field, connection)
    missing = object()

    def write(row: Mapping[str, Any]) -> Any:
        value = row.get(name, missing)
        return convert(field.get_default() if value is missing else value)

    return write


def _converter(field: Any, connection: Any) -> Callable[[Any], Any]:
    target = field.target_field if field.is_relation else field
    if isinstance(target, models.UUIDField) and not connection.features.has_native_uuid_field:
        return _hex
    if type(target) in (models.CharField, models.BooleanField, models.PositiveSmallIntegerField, models.PositiveIntegerField):
        return _as_it_is

    remembered: dict[Any, Any] = {}

    def convert(value: Any) -> Any:
        # a batch has few moments, and turning one into text costs more than the rest of its row
        if isinstance(target, models.DateTimeField) and value is not None:
            if value not in remembered:
                remembered[value] = field.get_db_prep_save(value, connection)
            return remembered[value]
        return field.get_db_prep_save(value, connection)

    return convert


def _as_it_is(value: Any) -> Any:
    # a choice is stored as the plain text that it is
    return str.__str__(value) if isinstance(value, str) else value


def _hex(value: UUID | None) -> str | None:
    return None if value is None else value.hex
