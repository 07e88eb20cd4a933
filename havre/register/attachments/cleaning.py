"""Starts the process that rebuilds a file, bounds it, and says in a person's words why a file could not be rebuilt."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

from havre.register.attachments.kinds import REFUSED, Kind, decoded, dimensions
from havre.trust.errors import Invalid, Words

ROOT = Path(__file__).resolve().parents[3]
# of the wall clock: the processor's seconds are bounded inside
PATIENCE, MOST_PAGES = 60, 30


@dataclass(frozen=True, slots=True)
class Clean:
    """The copy for reading."""

    kind: Kind
    content: bytes = field(repr=False)


def clean(data: bytes, kind: Kind) -> Clean:
    """The copy for reading: an image as PNG, a PDF made of drawn pages, a text as UTF-8 with plain line ends.

    Args: data, already judged as `kind`. Raises: Invalid for the field `file` when it cannot be rebuilt.
    """
    if kind is Kind.TEXT:
        text = (decoded(data) or "").replace("\r\n", "\n").replace("\r", "\n")
        # marks that turn the reading direction make a text say something else than it shows
        bare = "".join(letter for letter in text if letter not in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
        return Clean(Kind.TEXT, bare.encode())
    width = (dimensions(data, kind) or (0, 0))[0] if kind.is_image else 0
    word = {Kind.JPEG: "jpg"}.get(kind, kind.ending)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "havre.register.attachments.rebuild", word, str(width)],
            input=data,
            capture_output=True,
            check=False,
            timeout=PATIENCE,
            cwd=ROOT,
            # nothing of the server's settings, and no secret, is handed to what opens a stranger's file
            env={"PATH": os.environ.get("PATH", ""), "PYTHONPATH": str(ROOT)},
        )
    except subprocess.TimeoutExpired:
        raise Invalid({"file": [REFUSED["slow"]]}) from None
    if done.returncode:
        raise Invalid({"file": [_why(done.returncode, done.stderr.decode(errors="replace"), kind)]})
    return Clean(Kind.PDF if kind is Kind.PDF else Kind.PNG, done.stdout)


def _why(ended: int, word: str, kind: Kind) -> Words:
    if ended == 3 and word == "locked":
        return REFUSED["locked"]
    if ended == 3 and word == "pages":
        return REFUSED["pages"] % {"most": MOST_PAGES}
    # killed by its own limits: SIGXCPU, or out of memory
    return REFUSED["broken"] % {"found": kind.name} if ended == 3 else REFUSED["slow"]
