"""Error reports and log lines that hold nothing personal: no local variables, no form values, no SQL parameters."""

import logging
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve
from django.views.debug import SafeExceptionReporterFilter


class NothingPersonal(SafeExceptionReporterFilter):
    """Empties every frame and every POST value, in development as in production."""

    def is_active(self, request: HttpRequest | None) -> bool:
        return True

    def get_post_parameters(self, request: HttpRequest | None) -> dict[str, Any]:
        return {}

    def get_traceback_frame_variables(self, request: HttpRequest | None, tb_frame: Any) -> Any:
        return []


class RoutesOnly(logging.Filter):
    """Puts the name of the address where Django writes the address itself: a path holds ids, and whatever somebody typed into it."""

    def filter(self, record: logging.LogRecord) -> bool:
        path = getattr(getattr(record, "request", None), "path", None)
        if path and isinstance(record.args, tuple):
            record.args = tuple(_name_of(path) if argument == path else argument for argument in record.args)
        return True


def _name_of(path: str) -> str:
    try:
        return resolve(path).view_name or "(unnamed)"
    except Resolver404:
        return "(no such address)"
