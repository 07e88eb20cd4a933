"""Files in a case: judged by content, rebuilt from what they show, the original sealed; refused with words that say what to do."""

from __future__ import annotations

import base64
import io
import struct
import zipfile
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from havre import trust
from havre.register.attachments import cleaning, keeping
from havre.register.attachments.kinds import COMPOUND, MOST_BYTES, Kind, dimensions, judge
from havre.register.models import Attachment, AttachmentCopy
from havre.trust import identity
from havre.trust.enums import Basis, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import ActRow
from havre.trust.vault.faults import Tampered
from tests.factories import give_to
from tests.factories_site import make_case_now, make_now, person_of, signed_in
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")
GPS = b"GPSLatitude 5.6037 canary-place"


@pytest.fixture(autouse=True)
def _static(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path


def png(width: int = 8, height: int = 6, *, text: bytes = b"", colour: bytes = b"\xff\x00\x00") -> bytes:
    """An image of one colour, with words in its metadata."""
    raw = b"".join(b"\x00" + colour * width for _row in range(height))

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    words = chunk(b"tEXt", b"Comment\x00" + text) if text else b""
    return b"\x89PNG\r\n\x1a\n" + head + words + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b"")


def pdf(*, pages: int = 1, more: bytes = b"") -> bytes:
    """A PDF that says "Hello", runs a script when it is opened, and holds a file, an author and a comment."""
    words = b"BT /F1 24 Tf 20 100 Td (Hello) Tj ET"
    kids = b" ".join(b"%d 0 R" % (8 + number) for number in range(pages))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.alert('canary-script')) >>"
        b" /Names << /EmbeddedFiles << /Names [(canary-file.exe) 7 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [" + kids + b"] /Count %d >>" % pages,
        b"<< /Author (canary-author) /Title (canary-title) >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(words), words),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
        b"<< /Type /Annot /Subtype /Text /Rect [0 0 9 9] /Contents (canary-comment) >>",
        b"<< /Type /Filespec /F (canary-file.exe) >>",
    ]
    page = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 300 200] /Contents 4 0 R /Annots [6 0 R] /Resources << /Font << /F1 5 0 R >> >> >>"
    objects += [page] * pages
    out, offsets = b"%PDF-1.7\n" + more, []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R /Info 3 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, start)


def packed(**files: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return out.getvalue()


# 16 by 8 pixels of one red, as a browser writes them
JPEG = base64.b64decode(
    "/9j/4AAQSkZJRgABAQAAAQABAAD/4gHYSUNDX1BST0ZJTEUAAQEAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAA"
    "ACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0"
    "AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAA"
    "AAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM"
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADb/2wBDABsSFBcUERsXFhceHBsgKEIrKCUlKFE6PTBCYFVlZF9VXVtqeJmBanGQ"
    "c1tdhbWGkJ6jq62rZ4C8ybqmx5moq6T/2wBDARweHigjKE4rK06kbl1upKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSkpKSk"
    "pKT/wAARCAAIABADASIAAhEBAxEB/8QAFQABAQAAAAAAAAAAAAAAAAAAAAX/xAAUEAEAAAAAAAAAAAAAAAAAAAAA/8QAFQEBAQAAAAAAAAAAAAAAAAAABAX/"
    "xAAUEQEAAAAAAAAAAAAAAAAAAAAA/9oADAMBAAIRAxEAPwCWAKuv/9k="
)
WEBP = base64.b64decode(
    "UklGRhYCAABXRUJQVlA4WAoAAAAgAAAADwAABwAASUNDUMgBAAAAAAHIAAAAAAQwAABtbnRyUkdCIFhZWiAH4AABAAEAAAAAAABhY3NwAAAAAAAAAAAAAAAA"
    "AAAAAAAAAAAAAAAAAAAAAQAA9tYAAQAAAADTLQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAlkZXNjAAAA8AAA"
    "ACRyWFlaAAABFAAAABRnWFlaAAABKAAAABRiWFlaAAABPAAAABR3dHB0AAABUAAAABRyVFJDAAABZAAAAChnVFJDAAABZAAAAChiVFJDAAABZAAAAChjcHJ0"
    "AAABjAAAADxtbHVjAAAAAAAAAAEAAAAMZW5VUwAAAAgAAAAcAHMAUgBHAEJYWVogAAAAAAAAb6IAADj1AAADkFhZWiAAAAAAAABimQAAt4UAABjaWFlaIAAA"
    "AAAAACSgAAAPhAAAts9YWVogAAAAAAAA9tYAAQAAAADTLXBhcmEAAAAAAAQAAAACZmYAAPKnAAANWQAAE9AAAApbAAAAAAAAAABtbHVjAAAAAAAAAAEAAAAM"
    "ZW5VUwAAACAAAAAcAEcAbwBvAGcAbABlACAASQBuAGMALgAgADIAMAAxADZWUDggKAAAAJABAJ0BKhAACAAEAGgloAJ0ugADmAD+7gpnDaqytv/maPvN9lvQ"
    "4AA="
)
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>'
OFFICE = {"[Content_Types].xml": b"<Types/>"}
BAD = [
    ("empty", b"", ""),
    ("size", b"a" * (MOST_BYTES + 1), "a.txt"),
    ("svg", SVG, "drawing.svg"),
    ("svg", SVG, "drawing.png"),
    ("svg", b"hello " * 2000 + SVG, "long.txt"),
    ("html", b"<!DOCTYPE html><html><script>alert(1)</script></html>", "page.html"),
    ("html", b"a letter <iframe src=x>", "letter.txt"),
    ("html", b"a letter <img src=x onerror=alert(1)>", "letter.txt"),
    ("html", b"a letter <p id=a\nONMOUSEOVER = x>", "letter.txt"),
    ("macro", packed(**OFFICE, word__vbaProject_bin=b"x").replace(b"vbaProject_bin", b"vbaProject.bin"), "letter.docm"),
    ("macro", COMPOUND + bytes(64) + b"_VBA_PROJECT" + bytes(64), "letter.doc"),
    ("office", packed(**OFFICE, word__document=b"x"), "letter.docx"),
    ("office", COMPOUND + bytes(64), "letter.doc"),
    ("archive", packed(inner=packed(deep=b"x")), "photos.zip"),
    ("archive", b"\x1f\x8b\x08" + bytes(20), "photos.tar.gz"),
    ("archive", b"7z\xbc\xaf\x27\x1c" + bytes(20), "photos.7z"),
    ("program", b"MZ" + bytes(80), "photo.exe"),
    ("program", b"#!/bin/sh\nrm -rf /\n", "notes.txt"),
    ("unknown", b"\x00\x01\x02\x03" * 20, "data.bin"),
    ("unknown", b"rubbish before %PDF-1.4", "letter.txt"),
    ("name", png(), "photo.pdf"),
    ("name", pdf(), "photo.jpg"),
    ("name", b"plain words", "photo.png"),
    ("broken", b"\x89PNG\r\n\x1a\n" + bytes(30), "photo.png"),
    ("pixels", png()[:16] + struct.pack(">II", 20_000, 20_000) + png()[24:], "photo.png"),
]


@pytest.mark.parametrize(("code", "data", "name"), BAD, ids=[f"{code}-{name}" for code, _data, name in BAD])
def test_file_that_is_not_kept_is_refused_with_what_to_do(code, data, name):
    judged = judge(data, name)
    assert (judged.kind, judged.code) == (None, code)
    assert str(judged.words).endswith((".", "kept."))


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (png(), "photo.PNG", Kind.PNG),
        (png(), "", Kind.PNG),
        (pdf(), "letter.pdf", Kind.PDF),
        ("a letter, é, ไทย".encode(), "letter.txt", Kind.TEXT),
        ("\ufeffa letter".encode("utf-16"), "letter.txt", Kind.TEXT),
    ],
)
def test_file_that_is_kept_is_known_by_its_content(data, name, kind):
    assert judge(data, name).kind is kind


@given(st.binary(max_size=400), st.text(max_size=20))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_judged_without_a_failure(data, name):
    judged = judge(data, name)
    assert (judged.kind is None) is bool(judged.code)


@given(st.sampled_from([Kind.PNG, Kind.JPEG, Kind.GIF, Kind.WEBP]), st.binary(max_size=60))
@settings(max_examples=150, deadline=None)
def test_head_of_an_image_is_read_without_a_failure(kind, data):
    size = dimensions({Kind.JPEG: b"\xff\xd8"}.get(kind, b"") + data, kind)
    assert size is None or min(size) > 0


def test_image_is_rebuilt_from_its_pixels_and_nothing_else_comes_through():
    original = png(40, 30, text=GPS, colour=b"\x10\x80\xf0") + b"<script>canary-tail</script>"
    made = cleaning.clean(original, Kind.PNG)
    assert made.kind is Kind.PNG
    assert dimensions(made.content, Kind.PNG) == (40, 30)
    assert GPS in original and b"canary" not in made.content
    again = cleaning.clean(made.content, Kind.PNG)
    # what the pixels show is the same: drawn again, the copy gives itself
    assert again.content == made.content
    assert made.content != cleaning.clean(png(40, 30), Kind.PNG).content


def photograph() -> bytes:
    """A JPEG as a telephone writes it: where it was taken stands in a segment before the picture (Exif 2.32, APP1)."""
    exif = b"Exif\x00\x00" + b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00" + GPS
    return JPEG[:2] + b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif + JPEG[2:]


@pytest.mark.parametrize(("data", "kind"), [(photograph(), Kind.JPEG), (WEBP, Kind.WEBP)], ids=["jpeg", "webp"])
def test_photograph_keeps_its_size_and_loses_where_it_was_taken(data, kind):
    assert judge(data, f"a.{kind.ending}").kind is kind
    assert dimensions(data, kind) == (16, 8)
    made = cleaning.clean(data, kind)
    assert dimensions(made.content, Kind.PNG) == (16, 8)
    assert GPS not in made.content and b"Exif" not in made.content


def test_pdf_loses_its_script_file_author_and_comment_and_keeps_what_it_shows():
    original = pdf(pages=2)
    for hidden in (b"JavaScript", b"canary-script", b"canary-file", b"canary-author", b"canary-comment"):
        assert hidden in original
    made = cleaning.clean(original, Kind.PDF)
    assert made.content.startswith(b"%PDF-")
    for gone in (b"JavaScript", b"/JS", b"OpenAction", b"EmbeddedFile", b"canary", b"/Annot", b"/AcroForm", b"/Author", b"CreationDate"):
        assert gone not in made.content
    streams = b"".join(_inflated(made.content))
    assert b"canary" not in streams and b"JavaScript" not in streams
    from havre.register.attachments import rebuild

    assert len(rebuild.pages_of(made.content)) == 2


def _inflated(data: bytes):
    for part in data.split(b"stream\n")[1:]:
        try:
            yield zlib.decompressobj().decompress(part)
        except zlib.error:
            continue


@pytest.mark.parametrize(
    ("data", "kind", "words"),
    [
        (b"%PDF-1.7 and then nothing", Kind.PDF, "cannot be read to its end"),
        (pdf(more=b"% /Encrypt 9 0 R\n"), Kind.PDF, "password"),
        (pdf(pages=32), Kind.PDF, "more than 30 pages"),
        (png()[:-30], Kind.PNG, "cannot be read to its end"),
    ],
    ids=["broken", "locked", "long", "cut"],
)
def test_file_that_cannot_be_rebuilt_is_refused_with_words(data, kind, words):
    with pytest.raises(Invalid) as invalid:
        cleaning.clean(data, kind)
    assert words in str(invalid.value.problems["file"][0])


def test_text_loses_the_marks_that_turn_its_direction():
    assert cleaning.clean("pay\u202e001\r\nnow".encode(), Kind.TEXT).content == b"pay001\nnow"


@pytest.fixture
def owner():
    return make_now(Role.CASE_MANAGER)


def keep(owner, case, data=None, section=Section.PROTECTION, name="photo of the door.png"):
    with trust.acting(owner):
        return keeping.add(
            case_id=case.pk, person_id=person_of(case).pk, section=section, data=data or png(text=GPS), name=name, by=owner
        )  # fmt: skip


def test_original_is_sealed_with_its_hash_and_comes_back_as_it_was(owner):
    case, data = make_case_now(owner), png(text=GPS)
    made = keep(owner, case, data)
    stored = [bytes(copy.body) for copy in AttachmentCopy.objects.for_house("tests").filter(attachment=made)]
    assert len(stored) == 2
    assert not any(GPS in body or b"PNG" in body or b"photo of" in body for body in stored)
    with trust.acting(owner):
        original, copy = keeping.read_original(attachment_id=made.pk, by=owner), keeping.read(attachment_id=made.pk, by=owner)
        assert keeping.names_of(owner, [made]) == {made.pk: "photo of the door.png"}
    assert (original.content, original.sha256) == (data, made.sha256)
    assert GPS not in copy.content and copy.name.startswith("F-") and "door" not in copy.name
    events = list(ActRow.objects.filter(case_id=case.pk).order_by("no").values_list("event", flat=True))
    assert [event for event in events if event.startswith("attachment")] == ["attachment.add", "attachment.original", "attachment.read"]


def test_altered_bytes_do_not_open(owner):
    made = keep(owner, make_case_now(owner))
    row = AttachmentCopy.objects.for_house("tests").get(attachment=made, part="clean")
    kept = bytes(row.body)
    AttachmentCopy.objects.for_house("tests").filter(pk=row.pk).update(body=kept[:-1] + bytes([kept[-1] ^ 1]))
    with trust.acting(owner), pytest.raises(Tampered):
        keeping.read(attachment_id=made.pk, by=owner)


@pytest.mark.parametrize("section", [Section.WHEREABOUTS, Section.HEALTH, Section.PROTECTION])
def test_file_of_a_section_that_justice_does_not_read_is_missing_for_it(owner, section):
    case = make_case_now(owner)
    writer = make_now(Role.HEALTH) if section is Section.HEALTH else owner
    give_to(writer, case, basis=Basis.CONSENT)
    made = keep(writer, case, section=section)
    prosecutor = make_now(Role.PROSECUTOR)
    give_to(prosecutor, case, basis=Basis.LEGAL_DUTY)
    with trust.acting(prosecutor):
        assert keeping.of_case(prosecutor, case.pk) == []
        with pytest.raises(Missing):
            keeping.read(attachment_id=made.pk, by=prosecutor)
        with pytest.raises(Missing):
            keeping.read_original(attachment_id=made.pk, by=prosecutor)


def test_section_that_may_not_be_written_takes_no_file(owner):
    case = make_case_now(owner)
    prosecutor = make_now(Role.PROSECUTOR)
    give_to(prosecutor, case, basis=Basis.LEGAL_DUTY)
    with pytest.raises(Refused) as refusal:
        keep(prosecutor, case, section=Section.PROTECTION)
    assert refusal.value.status == 403
    assert not Attachment.objects.for_house("tests").exists()
    assert keep(prosecutor, case, section=Section.JUSTICE).section_bit == Section.JUSTICE


def test_erasing_the_person_makes_the_file_unreadable(owner):
    from havre.trust.models import PersonKey

    case = make_case_now(owner)
    made = keep(owner, case)
    PersonKey.objects.using("keys").filter(pk=person_of(case).pk).delete()
    with trust.acting(owner), pytest.raises(Exception, match=r"key|Key"):
        keeping.read(attachment_id=made.pk, by=owner)
    assert len(keeping.KIND) <= identity.KIND_LETTERS


def upload(client, case, data, name, section=Section.PROTECTION):
    body = {"section": int(section), "person": str(person_of(case).pk), "file": SimpleUploadedFile(name, data)}
    return client.post(reverse("case_files", args=[case.ref]), body)


def test_page_keeps_a_file_lists_it_and_hands_it_out_under_a_neutral_name(owner):
    case, client = make_case_now(owner), signed_in(owner)
    assert upload(client, case, png(text=GPS), "door.png").status_code == 302
    made = Attachment.objects.for_house("tests").get()
    page = client.get(reverse("case_files", args=[case.ref])).content.decode()
    assert made.label in page and "door.png" in page and reverse("case_file", args=[case.ref, made.pk]) in page
    answer = client.get(reverse("case_file", args=[case.ref, made.pk]))
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{made.label}.png"'
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert answer.headers["Cache-Control"] == "no-store"
    assert GPS not in answer.content
    assert GPS in client.get(reverse("case_file_original", args=[case.ref, made.pk])).content


def test_original_asks_for_the_second_factor_again(owner):
    case = make_case_now(owner)
    made = keep(owner, case)
    client = signed_in(owner, fresh=False)
    answer = client.get(reverse("case_file_original", args=[case.ref, made.pk]))
    assert (answer.status_code, GPS in answer.content) == (302, False)
    assert client.get(reverse("case_file", args=[case.ref, made.pk])).status_code == 200


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [(SVG, "a.png", "SVG drawing"), (png(), "a.pdf", "name says PDF"), (b"", "a.txt", "is empty"), (b"x" * (MOST_BYTES + 1), "a.txt", "8 MB")],
    ids=["svg", "other type than its name", "empty", "over the limit"],
)  # fmt: skip
def test_page_refuses_a_file_beside_the_field_and_keeps_nothing(owner, data, name, words):
    case, client = make_case_now(owner), signed_in(owner)
    answer = upload(client, case, data, name)
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not Attachment.objects.for_house("tests").exists()


def test_file_over_the_servers_own_limit_is_answered_with_words(owner, settings):
    settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1000
    case, client = make_case_now(owner), signed_in(owner)
    answer = upload(client, case, b"x" * (MOST_BYTES + 2000), "a.txt")
    assert (answer.status_code, "8 MB" in answer.content.decode()) == (422, True)


def test_files_of_a_strangers_case_are_missing(owner):
    case, made = make_case_now(owner), None
    made = keep(owner, case)
    stranger = signed_in(make_now(Role.CASE_MANAGER))
    names = [("case_files", [case.ref]), ("case_file", [case.ref, made.pk]), ("case_file_original", [case.ref, made.pk])]
    assert [stranger.get(reverse(name, args=args)).status_code for name, args in names] == [404, 404, 404]
