"""The scan finds a value however it was written down, and nothing where it is not."""

from __future__ import annotations

import base64
import bz2
import gzip
import hashlib
import html
import io
import json
import lzma
import tarfile
import unicodedata
import zipfile
from urllib.parse import quote

import polars
import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st

from tests.drills.forms import forms_of, scan

NAME = "Zéphyrquine Oloumbévrax"
BARE = "Zephyrquine Oloumbevrax"


def _zip(raw):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("inside.txt", raw)
    return out.getvalue()


def _tar(raw):
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        entry = tarfile.TarInfo("inside.txt")
        entry.size = len(raw)
        packed.addfile(entry, io.BytesIO(raw))
    return out.getvalue()


def _parquet(text):
    out = io.BytesIO()
    polars.DataFrame({"words": [text] * 50}).write_parquet(out, compression="zstd")
    return out.getvalue()


LEAKS = {
    "raw": NAME.encode(),
    "upper": NAME.upper().encode(),
    "lower": NAME.lower().encode(),
    "bare upper": BARE.upper().encode(),
    "nfd": unicodedata.normalize("NFD", NAME).encode(),
    "utf-16": NAME.encode("utf-16"),
    "latin-1": NAME.encode("latin-1"),
    "hex": NAME.encode().hex().upper().encode(),
    "url": quote(NAME).encode(),
    "html": html.escape(NAME).encode("ascii", "xmlcharrefreplace"),
    "json": json.dumps(NAME).encode(),
    "md5": hashlib.md5(NAME.encode()).digest(),
    "sha1": hashlib.sha1(NAME.lower().encode()).hexdigest().encode(),
    "sha256 base64": base64.b64encode(hashlib.sha256(BARE.encode()).digest()),
    "gzip of a digest": gzip.compress(hashlib.sha256(NAME.encode()).hexdigest().encode()),
    "bz2": bz2.compress(NAME.encode()),
    "xz": lzma.compress(NAME.encode()),
    "zip": _zip(NAME.encode()),
    "tar in gzip": gzip.compress(_tar(NAME.encode())),
    "parquet": _parquet(NAME),
    "signed session": signing.dumps({"words": NAME * 20}, compress=True, key="k").encode(),
}


@pytest.mark.parametrize("leak", LEAKS)
def test_scan_finds_the_leak(tmp_path, leak):
    (tmp_path / "some.log").write_bytes(b"before " + LEAKS[leak] if LEAKS[leak][:1] not in b"\x1fB\xfdPi" else LEAKS[leak])
    hits, files, size = scan([tmp_path], [NAME])
    assert hits
    assert files == 1
    assert size >= len(LEAKS[leak])


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_base64_is_found_whatever_lies_around(before, after):
    coded = base64.b64encode(before + NAME.encode() + after).lower()
    assert any(form in coded for form, name in forms_of(NAME).items() if "base64" in name)


def test_scan_of_other_words_finds_nothing(tmp_path):
    (tmp_path / "a").write_bytes(b"Zephyr blows over the quine; " * 200)
    (tmp_path / "b.gz").write_bytes(gzip.compress(b"nothing here"))
    assert scan([tmp_path], [NAME])[0] == []
