"""Looking for a wrapped key in the files where it could have stayed, by fingerprints that do not give it back."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

WINDOW, HEAD = 20, 2
_MARK = HEAD + 32
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Searched:
    """One file: its size in bytes and how many windows of the key stand in it."""

    name: str
    size: int
    found: int


def marks_of(wrapped: bytes) -> bytes:
    """Fingerprints of every whole 20-byte window of a wrapped key, laid end to end: two bytes to look for, then a SHA-256.

    A proof that was interrupted goes on from these; 18 unknown bytes a window keep them from giving the key back.
    """
    windows = (wrapped[at : at + WINDOW] for at in range(0, len(wrapped) - WINDOW + 1, WINDOW))
    return b"".join(window[:HEAD] + hashlib.sha256(window).digest() for window in windows)


def search(files: Iterable[Path], marks: bytes) -> list[Searched]:
    """How often the marked windows occur in each file; a file that is not there is left out."""
    wanted = [(marks[at : at + HEAD], marks[at + HEAD : at + _MARK]) for at in range(0, len(marks), _MARK)]
    return [found for path in files if (found := _search(path, wanted)) is not None]


def _search(path: Path, wanted: list[tuple[bytes, bytes]]) -> Searched | None:
    count = size = 0
    kept = b""
    try:
        with path.open("rb") as file:
            while piece := file.read(_PIECE):
                size += len(piece)
                text = kept + piece
                count += sum(_count(text, head, digest) for head, digest in wanted)
                # a window that lies across two pieces is seen whole in the next
                kept = text[-(WINDOW - 1) :]
    except FileNotFoundError:
        return None
    return Searched(path.name, size, count)


def _count(text: bytes, head: bytes, digest: bytes) -> int:
    count, at = 0, text.find(head)
    while at != -1:
        window = text[at : at + WINDOW]
        if len(window) == WINDOW and hashlib.sha256(window).digest() == digest:
            count += 1
        at = text.find(head, at + 1)
    return count


def files_of(database: Path) -> list[Path]:
    """The database's file, whatever SQLite leaves beside it (WAL, journal, shared memory) and its temporary files."""
    beside = sorted(database.parent.glob(f"{database.name}*"))
    folders = {os.environ.get("SQLITE_TMPDIR"), os.environ.get("TMPDIR"), "/var/tmp", "/usr/tmp", tempfile.gettempdir()}
    temporary = [path for folder in sorted(filter(None, folders)) for path in sorted(Path(folder).glob("etilqs_*"))]
    return beside + [path for path in temporary if os.access(path, os.R_OK)]
