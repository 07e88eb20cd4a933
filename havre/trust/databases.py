"""Which table lives in which file. Two SQLite files never commit together, so no act depends on two of them."""

from __future__ import annotations

from typing import Any

from django.conf import settings

OPS_APPS = frozenset({"sessions", "django_tasks_database", "axes"})
KEYS_MODELS = frozenset({("trust", "personkey"), ("trust", "rootkey"), ("trust", "indexkey"), ("trust", "serverkey"), ("trust", "erasure")})
ACCESS_MODELS = frozenset({("trust", "reading"), ("trust", "readingsubject"), ("trust", "chainlink"), ("trust", "checkpoint")})


def alias_of(app_label: str, model_name: str | None) -> str:
    """The database alias that holds a model."""
    key = (app_label, (model_name or "").lower())
    if key in KEYS_MODELS:
        return "keys"
    if key in ACCESS_MODELS:
        return "access"
    return "ops" if app_label in OPS_APPS else "default"


class Router:
    """Django's database router over the table above."""

    def db_for_read(self, model: type, **hints: Any) -> str:
        return alias_of(model._meta.app_label, model._meta.model_name)  # type: ignore[attr-defined]

    db_for_write = db_for_read

    def allow_relation(self, first: Any, second: Any, **hints: Any) -> bool | None:
        # no constraint crosses a file
        return True

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        # RunSQL and RunPython name their database by hints
        home = hints.get("alias", alias_of(app_label, None)) if model_name is None else alias_of(app_label, model_name)
        # on PostgreSQL `access` is the same database by a second connection: one of the two makes its tables
        return db == ("default" if settings.SHARED and home == "access" else home)
