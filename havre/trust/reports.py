"""Error reports and log lines that hold nothing personal: no local variables, no form values, no SQL parameters."""

import logging
import traceback
from types import TracebackType
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


class KindsOnly(logging.Formatter):
    """A failure is written as its places in the code and the kinds of its exceptions: their messages quote what somebody typed."""

    def formatException(self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]) -> str:  # noqa: N802
        chain: list[str] = []
        error = ei[1]
        while error is not None and len(chain) < 10:
            places = "".join(traceback.format_tb(error.__traceback__))
            chain.append(f"Traceback (most recent call last):\n{places}{type(error).__module__}.{type(error).__qualname__}")
            error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        return "\n\nafter\n\n".join(chain)


def _name_of(path: str) -> str:
    try:
        return resolve(path).view_name or "(unnamed)"
    except Resolver404:
        return "(no such address)"
