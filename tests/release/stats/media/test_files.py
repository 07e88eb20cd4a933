"""Metadata, hidden content, columns and names of files: what a reader does not see is found."""

import base64
import io

import openpyxl
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.release.stats.errors import BadTable
from havre.release.stats.media.checklist import holds, questions, sign
from havre.release.stats.media.documents import read_document
from havre.release.stats.media.files import check_file, check_name
from havre.release.stats.media.images import image_metadata
from havre.release.stats.media.sheets import check_table, refuse_identifying
from tests.release.stats.media import samples

XMP = (
    b"<x:xmpmeta xmlns:x='a'><rdf:RDF><rdf:Description><dc:creator>A. Person</dc:creator>"
    b"<exif:GPSLatitude>5,33N</exif:GPSLatitude></rdf:Description></rdf:RDF></x:xmpmeta>"
)


@pytest.mark.parametrize(
    ("image", "told"),
    [
        (samples.jpeg(samples.exif((0x0110, "Phone 12"))), ["model of the device: Phone 12"]),
        (samples.jpeg(samples.exif((0x0132, "2026:11:24 10:00:00"), order=">")), ["date and time: 2026:11:24 10:00:00"]),
        (samples.jpeg(samples.exif(gps=True)), ["place (GPS)"]),
        (samples.jpeg(samples.exif(gps=True, order=">")), ["place (GPS)"]),
        (samples.jpeg(samples.exif((0x013B, "A. Person"), thumbnail=True)),
         ["author: A. Person", "an older thumbnail, which may show what was cut away"]),
        (samples.jpeg((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + XMP)), ["place (GPS) in XMP", "author in XMP"]),
        (samples.jpeg((0xED, b"Photoshop 3.0\0" + b"8BIM\x04\x04\0\0\0\0\0\x05\x1c\x02\x50\0\0")), ["caption, author or place in IPTC fields"]),
        (samples.jpeg((0xFE, b"taken at the shelter")), ["comment: taken at the shelter"]),
        (samples.jpeg(tail=b"PK\x03\x04hidden"), ["10 bytes after the end of the picture"]),
        (samples.png((b"tEXt", b"Author\0A. Person")), ["text: Author"]),
        (samples.png((b"eXIf", samples.tiff([(0x0110, "Phone 12")]))), ["model of the device: Phone 12"]),
        (samples.png((b"tIME", b"\x07\xea\x0b\x18\x0a\0\0")), ["date and time"]),
        (samples.webp((b"VP8 ", b"\0\0"), (b"EXIF", samples.tiff([], gps=True))), ["place (GPS)"]),
        (b"GIF89a\0\0" + b"\x21\xfe\x05hello\0;", ["comment: hello"]),
        (b"\0\0\0\x18ftypheic" + b"\0" * 40 + b"Exif\0\0" + samples.tiff([], gps=True), ["place (GPS)"]),
        (b"<svg><metadata><a/></metadata></svg>", ["a metadata block"]),
        (b'<svg><image href="data:image/jpeg;base64,' + base64.b64encode(samples.jpeg(samples.exif(gps=True))) + b'"/></svg>',
         ["embedded picture: place (GPS)"]),
    ],
)  # fmt: skip
def test_image_says_what_it_carries(image, told):
    assert [one.excerpt for one in image_metadata(image)] == told


@pytest.mark.parametrize(
    "image",
    [samples.jpeg(), samples.png(), samples.png((b"tEXt", b"Software\0any")), samples.webp((b"VP8 ", b"\0\0")), b"GIF89a\0\0;", b"<svg/>",
     samples.jpeg(samples.exif())],
)  # fmt: skip
def test_image_without_metadata_is_clean(image):
    assert image_metadata(image) == ()


@given(st.binary(max_size=200), st.sampled_from([b"\xff\xd8\xff\xe1", b"\x89PNG\r\n\x1a\n", b"II*\0", b"RIFF\0\0\0\0WEBP"]))
def test_damaged_image_never_breaks_the_check(body, head):
    for one in image_metadata(head + body):
        assert one.rule == "MR12"


def test_truncated_exif_is_not_cleared():
    whole = samples.png((b"eXIf", samples.tiff([], gps=True)))
    assert [one.excerpt for one in image_metadata(whole[:60])] == ["metadata that cannot be read"]


def test_word_file_tells_its_author_comments_changes_and_pictures():
    content = samples.docx(
        "A meeting was held.",
        body="<w:ins/><w:r><w:vanish/></w:r>",
        docProps__core_dot_xml="<cp><dc:creator xmlns:dc='a'>A. Person</dc:creator></cp>".replace("<cp>", "<cp xmlns='b'>"),
        word__comments_dot_xml="<w/>",
        word__media__image1_dot_jpeg=samples.jpeg(samples.exif(gps=True)),
    )
    told = [one.excerpt for one in read_document(content, "a.docx").findings]
    assert told == ["author: A. Person", "comments", "tracked changes: what was deleted can still be read",
                    "hidden sheets, rows, slides or text", "image1.jpeg: place (GPS)"]  # fmt: skip


def test_word_files_text_is_checked_as_text(tmp_path):
    path = tmp_path / "a.docx"
    path.write_bytes(samples.docx("Illegal migrants are easy prey for the recruiters, it is said."))
    assert [one.rule for one in check_file(path).findings] == ["MR16"]


def test_workbook_with_a_hidden_sheet_and_an_author_is_seen(tmp_path):
    book = openpyxl.Workbook()
    book.active["A1"] = "region"
    book.create_sheet("names").sheet_state = "hidden"
    book.properties.creator = "A. Person"
    path = tmp_path / "a.xlsx"
    book.save(path)
    told = [one.excerpt for one in check_file(path).findings]
    assert "author: A. Person" in told and "hidden sheets, rows, slides or text" in told


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (samples.pdf(info=b"/Author(A. Person)"), ["Author: A. Person"]),
        (samples.pdf(info=b"/Author<FEFF00410042>"), ["Author: AB"]),
        (samples.pdf(stream=b"<</Author(A. Person)>>"), ["Author: A. Person"]),
        (samples.pdf(extra=b"/Encrypt 4 0 R"), ["encrypted: nothing inside was checked"]),
        (samples.pdf(stream=b"<dc:creator>A</dc:creator>"), ["author in XMP"]),
        (samples.pdf(extra=b"/Names<</EmbeddedFiles 5 0 R>>"), ["attached files"]),
        (samples.pdf(), []),
    ],
)
def test_pdf_tells_what_it_carries(content, told):
    assert [one.excerpt for one in read_document(content, "a.pdf").findings] == told


@pytest.mark.parametrize(("content", "words"), [(b"PK\x03\x04no", "cannot be opened"), (b"x", "cannot be opened")])
def test_document_that_cannot_be_opened_is_refused(content, words):
    with pytest.raises(BadTable, match=words):
        read_document(content, "a.docx")


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("brochure-fr.pdf", []), ("interview_Akosua.mp3", ["MR01"]), ("case-1042_story.docx", ["MR01"]), ("temoignage 3.docx", ["MR01"]),
        ("IMG_20261124_101500.jpg", ["MR12"]), ("5.6037,-0.1870_house.png", ["MR02"]), ("report-2026.pdf", []), ("Hope-shelter-plan.pdf", []),
    ],
)  # fmt: skip
def test_file_name_gives_nothing_away(name, rules):
    assert [one.rule for one in check_name(name)] == rules


ROWS = pl.DataFrame(
    {
        "case_id": [f"C-{n}" for n in range(40)],
        "last_name": ["Doe"] * 40,
        "code": [str(n * 7919) for n in range(40)],
        "story": [f"she was taken to the coast by somebody she knew number {n}" for n in range(40)],
        "contact": ["+233 24 555 0142"] * 40,
        "gender": ["f", "m"] * 20,
        "weight": [f"{n}.5" for n in range(40)],
    }
)


def test_columns_that_name_persons_are_found_and_others_are_not():
    found = {(one.excerpt.split(":")[0], one.what) for one in check_table(ROWS)}
    assert found == {
        ("case_id", "id_column"),
        ("last_name", "name_column"),
        ("code", "id_column"),
        ("story", "id_column"),
        ("contact", "phone"),
    }
    assert {one.what for one in check_table(pl.concat([ROWS, ROWS]), columns=["story"])} == {"free_text"}


@pytest.mark.parametrize("column", ["case_id", "last_name", "code", "story"])
def test_release_over_an_identifying_column_is_refused_by_name(column):
    with pytest.raises(BadTable, match=f"column '{column}'.*leave them out or code them"):
        refuse_identifying(ROWS, ["gender", column])
    refuse_identifying(ROWS, ["gender", "weight"])


def test_table_of_counts_with_a_small_one_is_blocked(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("region,persons\nnorth,40\nsouth,3\neast,x\nwest,0\n")
    found = check_file(path)
    assert [one.excerpt for one in found.findings] == ["persons, line 3: 3"]
    assert found.blocked


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [("a.txt", b"", "is empty"), ("a.txt", "é".encode("latin-1"), "is not UTF-8"), ("a.exe", b"MZ", "kind of file is not read")],
)
def test_file_that_cannot_be_read_is_refused_with_its_reason(tmp_path, name, content, words):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTable, match=words):
        check_file(tmp_path / name)


def test_html_is_checked_without_its_tags(tmp_path):
    path = tmp_path / "page.html"
    path.write_text("<style>.sex-slave{}</style><p>The <b>sex</b> slaves were mentioned.</p>")
    assert [one.rule for one in check_file(path, language="en").findings] == ["MR15"]


def test_checklist_is_whole_signed_and_about_this_very_file():
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    answers = {one.id: "yes" for one in questions()}
    assert len(answers) == 14
    signed = sign(b"file", answers, by="reviewer-3", at="2026-11-24T12:00:00+00:00", key=key)
    assert holds(signed, b"file", public_key=key.public_key().public_bytes_raw())
    assert not holds(signed, b"other file")
    assert not holds({**signed, "answers": {**answers, "MR04": "not applicable"}}, b"file")
    assert not holds(signed, b"file", public_key=Ed25519PrivateKey.generate().public_key().public_bytes_raw())
    with pytest.raises(BadTable, match=r"missing: \['MR32'\]"):
        sign(b"file", {name: answer for name, answer in answers.items() if name != "MR32"}, by="r", at="t", key=key)
    with pytest.raises(BadTable, match="MR11 answered no"):
        sign(b"file", {**answers, "MR11": "no"}, by="r", at="t", key=key)


def test_workbook_made_in_memory_is_read():
    book, whole = openpyxl.Workbook(), io.BytesIO()
    book.active["A1"] = "child pornography"
    book.save(whole)
    assert "child pornography" in (read_document(whole.getvalue(), "a.xlsx").text or "")
