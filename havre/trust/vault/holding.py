"""Imports and restores hold the keys, so that no sweep runs beside them. The hold is a file lock: it ends with its process."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def _descriptor() -> int:
    path = Path(settings.HAVRE_HOME) / "keys.hold"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)


@contextmanager
def keys_in_use() -> Iterator[None]:
    """Around a whole import or restore, and around a backup. Several may hold at once; a sweep in progress is waited for."""
    descriptor = _descriptor()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def nobody_else() -> Iterator[bool]:
    """Whether nobody holds the keys; if so, nobody can until the block ends."""
    descriptor = _descriptor()
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
    finally:
        os.close(descriptor)
