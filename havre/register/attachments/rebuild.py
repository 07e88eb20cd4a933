"""The clean copy, made from pixels in a process of its own: `python -m havre.register.attachments.rebuild KIND WIDTH`.

The file comes on standard input, the copy leaves on standard output; ends with 0, or with 3 and one word on standard error (`broken`,
`locked`, `pages`). An image is drawn anew, a PDF is drawn page by page and made again of those drawings: no script, form, embedded file,
comment, hidden layer or metadata comes through, since nothing but colours does. The bytes stay in memory: no file is written.
Knows no Django. Typst draws; it is what Havre prints with.
"""

from __future__ import annotations

import os
import resource
import sys
from typing import Literal

import typst

# of a drawing: 150 dots an inch read well on paper; an image is never wider than this
WIDEST, DOTS, MOST_PAGES = 2400, 150, 30
SECONDS, MEMORY, LONGEST = 30, 3 * 1024**3, 64 * 1024**2


class Unreadable(Exception):
    """The file cannot be drawn; the word says why."""


def limit() -> None:
    """Bound what a hostile file can cost: processor seconds, memory, and no file at all."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def in_memory(data: bytes) -> int:
    """A file that is in memory only."""
    descriptor = os.memfd_create("attachment")
    with os.fdopen(os.dup(descriptor), "wb") as file:
        file.write(data)
    return descriptor


def drawn(data: bytes, kind: str, *, page: int = 0, width: int = 0, dots: int = 72) -> bytes:
    """One image, or one page of a PDF, as PNG. Raises: Unreadable."""
    descriptor = in_memory(data)
    more = (f", page: {page}" if page else "") + (f", width: {width}pt" if width else "")
    source = f'#set page(width: auto, height: auto, margin: 0pt, fill: white)\n#image("/{descriptor}", format: "{kind}"{more})'
    try:
        return _compile(source, "png", dots)
    finally:
        os.close(descriptor)


def bound(pages: list[bytes]) -> bytes:
    """Drawn pages as one PDF, each at its own size. The day of making is left out."""
    descriptors = [in_memory(page) for page in pages]
    lines = [f'#page(image("/{one}", format: "png"))' for one in descriptors]
    # a drawing has no size of its own: 72 points are an inch of DOTS dots
    source = "#set page(width: auto, height: auto, margin: 0pt)\n#set document(date: none)\n" + "\n".join(lines)
    try:
        return _compile(source, "pdf", None)
    finally:
        for one in descriptors:
            os.close(one)


def _compile(source: str, form: Literal["png", "pdf"], dots: int | None) -> bytes:
    try:
        return typst.compile(source.encode(), root="/proc/self/fd", format=form, ppi=dots, ignore_system_fonts=True)  # type: ignore[type-var]
    except RuntimeError as error:
        words = str(error)
        raise Unreadable(
            "last" if "does not exist" in words else "locked" if "encrypt" in words or "password" in words else "broken"
        ) from None


def pages_of(data: bytes) -> list[bytes]:
    """Every page of a PDF, drawn. Raises: Unreadable, also for more than MOST_PAGES."""
    if b"/Encrypt" in data:
        raise Unreadable("locked")
    found: list[bytes] = []
    while True:
        try:
            found.append(drawn(data, "pdf", page=len(found) + 1, dots=DOTS))
        except Unreadable as end:
            if str(end) == "last" and found:
                return found
            raise Unreadable("broken" if str(end) == "last" else str(end)) from None
        if len(found) > MOST_PAGES or sum(map(len, found)) > LONGEST:
            raise Unreadable("pages")


def main(kind: str, width: int) -> int:
    """Read, draw, write."""
    limit()
    data = sys.stdin.buffer.read()
    try:
        done = bound(pages_of(data)) if kind == "pdf" else drawn(data, kind, width=min(width, WIDEST))
    except Unreadable as why:
        sys.stderr.write(str(why))
        return 3
    sys.stdout.buffer.write(done)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2])))
