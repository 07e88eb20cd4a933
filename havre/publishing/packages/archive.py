"""Zip archives that come out the same every time: names in order, one fixed time, no trace of the machine."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping

# the earliest time that a zip can hold: a package says its date in its text, not in its envelope
TIME = (1980, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16


def zipped(files: Mapping[str, bytes], *, first: Mapping[str, bytes] | None = None) -> bytes:
    """The archive of `files`, by path. `first` come before them, in their own order and not compressed (EPUB wants its type there)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in (first or {}).items():
            archive.writestr(_entry(name, zipfile.ZIP_STORED), content)
        for name, content in sorted(files.items()):
            archive.writestr(_entry(name, zipfile.ZIP_DEFLATED), content, compresslevel=9)
    return out.getvalue()


def _entry(name: str, method: int) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, TIME)
    entry.compress_type = method
    entry.external_attr = READABLE
    entry.create_system = 3
    return entry
