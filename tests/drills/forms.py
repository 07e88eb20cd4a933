"""Every form in which a value may lie in a file, and a search of whole folders for them. Standard library, NumPy and Polars only."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import html
import io
import json
import lzma
import re
import tarfile
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, quote_plus

import numpy
import polars

DEPTH = 3
# a signed, compressed value of Django: a session, a message
PACKED = re.compile(rb"\.eJ[A-Za-z0-9_-]{8,}")


@dataclass(frozen=True, slots=True)
class Hit:
    """One form of one value in one file."""

    value: str
    form: str
    place: str


class Needles:
    """Finds which of thousands of byte strings stand in a text: where three bytes begin one of them, it is compared whole.

    As one regular expression the same search took 46 ms for a page, half of a walk; this takes about one.
    """

    def __init__(self, forms: Iterable[bytes]) -> None:
        self._by_start: dict[bytes, list[bytes]] = {}
        self._begins = numpy.zeros(1 << 24, dtype=bool)
        for form in forms:
            assert len(form) >= 3, form
            self._by_start.setdefault(form[:3], []).append(form)
            self._begins[int.from_bytes(form[:3], "big")] = True

    def standing_in(self, text: bytes) -> set[bytes]:
        """Those that `text` holds, overlapping ones too."""
        if len(text) < 3:
            return set()
        one = numpy.frombuffer(text, dtype=numpy.uint8).astype(numpy.uint32)
        places = numpy.flatnonzero(self._begins[(one[:-2] << 16) | (one[1:-1] << 8) | one[2:]])
        return {form for at in places.tolist() for form in self._by_start[text[at : at + 3]] if text.startswith(form, at)}


def forms_of(value: str) -> dict[bytes, str]:
    """Form in lower case (as bytes) -> its name. A text is searched in a file's bytes in lower case, so that every case is met."""
    found: dict[bytes, str] = {}
    for name, text in _spellings(value):
        for coding in ("utf-8", "utf-16-le", "utf-16-be", "latin-1"):
            try:
                raw = text.encode(coding)
            except UnicodeEncodeError:
                continue
            _add(found, f"{name} {coding}", raw)
            _add(found, f"{name} {coding} hex", raw.hex().encode())
            for shift, coded in enumerate(_base64(raw)):
                _add(found, f"{name} {coding} base64 +{shift}", coded)
                _add(found, f"{name} {coding} base64url +{shift}", coded.translate(bytes.maketrans(b"+/", b"-_")))
        for escape, coded_text in _escapes(text):
            _add(found, f"{name} {escape}", coded_text.encode())
        for algorithm in ("md5", "sha1", "sha256"):
            digest = hashlib.new(algorithm, text.encode(), usedforsecurity=False).digest()
            _add(found, f"{name} {algorithm}", digest)
            _add(found, f"{name} {algorithm} hex", digest.hex().encode())
            _add(found, f"{name} {algorithm} base64", base64.b64encode(digest).rstrip(b"="))
    return found


def _add(found: dict[bytes, str], name: str, raw: bytes) -> None:
    found.setdefault(raw.lower(), name)


def _spellings(value: str) -> Iterator[tuple[str, str]]:
    bare = "".join(c for c in unicodedata.normalize("NFD", value) if not unicodedata.combining(c))
    seen = set()
    for name, text in (("raw", value), ("bare", bare), ("NFD", unicodedata.normalize("NFD", value)), ("digits", re.sub(r"\D", "", value))):
        if name == "digits" and len(text) < 7:
            continue
        for case, spelled in (("", text), (" lower", text.casefold()), (" upper", text.upper()), (" title", text.title())):
            if spelled not in seen:
                seen.add(spelled)
                yield name + case, spelled


def _escapes(text: str) -> Iterator[tuple[str, str]]:
    yield "url", quote(text, safe="")
    yield "form", quote_plus(text, safe="")
    yield "html", html.escape(text)
    yield "html numbers", text.encode("ascii", "xmlcharrefreplace").decode()
    yield "json", json.dumps(text)[1:-1]
    yield "python", ascii(text)[1:-1]


def _base64(raw: bytes) -> Iterator[bytes]:
    """The middle of the base64 of anything that holds `raw`, for each of the three ways in which it can lie."""
    for shift in range(3):
        coded = base64.b64encode(bytes(shift) + raw)
        first = (0, 2, 3)[shift]
        last = len(coded) - (0, 3, 2)[(shift + len(raw)) % 3]
        yield coded[first : (last if (shift + len(raw)) % 3 else None)].rstrip(b"=")


def scan(folders: Iterable[Path], values: Iterable[str]) -> tuple[list[Hit], int, int]:
    """Search every file below `folders`. Gives the hits, the number of files and the bytes searched, unpacked ones included."""
    wanted = {value: forms_of(value) for value in values}
    hits, files, size = [], 0, 0
    for folder in folders:
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()):
            files += 1
            for place, data in _layers(str(path.relative_to(folder.parent)), path.read_bytes()):
                size += len(data)
                low = data.lower()
                hits.extend(Hit(value, name, place) for value, forms in wanted.items() for form, name in forms.items() if form in low)
    return hits, files, size


def _layers(place: str, data: bytes, depth: int = 0) -> Iterator[tuple[str, bytes]]:
    """A file's bytes, and those of everything packed inside."""
    yield place, data
    if depth < DEPTH:
        for name, inside in _unpacked(data):
            yield from _layers(f"{place}!{name}", inside, depth + 1)


def _unpacked(data: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        if data.startswith(b"\x1f\x8b"):
            yield "gzip", gzip.decompress(data)
        elif data.startswith(b"BZh"):
            yield "bz2", bz2.decompress(data)
        elif data.startswith(b"\xfd7zXZ"):
            yield "xz", lzma.decompress(data)
        elif data.startswith(b"PK\x03\x04"):
            with zipfile.ZipFile(io.BytesIO(data)) as packed:
                yield from ((name, packed.read(name)) for name in packed.namelist())
        elif data[257:262] == b"ustar":
            with tarfile.open(fileobj=io.BytesIO(data)) as packed:
                for member in packed.getmembers():
                    if (file := packed.extractfile(member)) is not None:
                        yield member.name, file.read()
        elif data.startswith(b"PAR1"):
            yield "rows", polars.read_parquet(io.BytesIO(data)).write_ndjson().encode()
    except (OSError, EOFError, ValueError, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError) as error:
        # its raw bytes were searched all the same
        yield f"unreadable ({type(error).__name__})", b""
    for number, match in enumerate(PACKED.finditer(data)):
        try:
            text = match.group()[1:]
            yield f"signed {number}", zlib.decompress(base64.urlsafe_b64decode(text + b"=" * (-len(text) % 4)))
        except (ValueError, zlib.error):
            continue
