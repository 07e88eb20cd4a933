"""What a file says beside its text: titles, descriptions of pictures, comments, saved paths, older states, second pictures, sheets."""

import contextlib
import struct
import zipfile

import pytest

from havre.release.stats.errors import BadTable
from havre.release.stats.media.files import check_file, check_name

TYPES = {"[Content_Types].xml": "<Types/>"}
BODY = '<w:document xmlns:w="w" xmlns:p="p"><w:body><w:p><w:r><w:t>The plan is published.</w:t></w:r></w:p>{}</w:body></w:document>'
TITLE = '<c:coreProperties xmlns:c="c" xmlns:dc="d"><dc:title>{}</dc:title></c:coreProperties>'
PAGE = "<html><head>{}<title>Plan</title></head><body><p>The plan is published.</p>{}</body></html>"


def archive(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in parts.items():
            made.writestr(name, content)
    return path


def written(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def found(path):
    return {(one.rule, one.what) for one in check_file(path).findings}


def sheet(rows):
    """An .xlsx sheet with its strings in place."""
    lines = ""
    for number, row in enumerate(rows, 1):
        cells = "".join(
            f'<c r="{"ABCDEF"[place]}{number}"><v>{value}</v></c>'
            if isinstance(value, int)
            else f'<c r="{"ABCDEF"[place]}{number}" t="inlineStr"><is><t>{value}</t></is></c>'
            for place, value in enumerate(row)
        )
        lines += f"<row r='{number}'>{cells}</row>"
    return f'<worksheet xmlns="m"><sheetData>{lines}</sheetData></worksheet>'


WORDS = [
    ("title.docx", {"word/document.xml": BODY.format(""), "docProps/core.xml": TITLE.format("Statement of Mary Mensah")}, ("MR01", "name")),
    ("alt.docx", {"word/document.xml": BODY.format('<p:docPr id="1" descr="Survivor Thida Win at the shelter"/>')}, ("MR01", "name")),
    (
        "rels.docx",
        {"word/document.xml": BODY.format(""), "word/_rels/document.xml.rels": '<R><L Target="file:///C:/Users/amensah/a.jpg"/></R>'},
        ("MR12", "hidden"),
    ),
    ("path.xlsx", {"xl/workbook.xml": '<w><x:absPath xmlns:x="x" url="C:\\Users\\amensah\\"/></w>'}, ("MR12", "hidden")),
    (
        "small.xlsx",
        {"xl/worksheets/sheet1.xml": sheet([["Table 1"], ["region", "persons"], ["North", 3], ["South", 40]])},
        ("MR26", "small"),
    ),
    ("named.xlsx", {"xl/worksheets/sheet1.xml": sheet([["surname", "region"], ["Quispe", "North"]])}, ("MR01", "name_column")),
]


@pytest.mark.parametrize(("name", "parts", "fault"), WORDS, ids=[one[0] for one in WORDS])
def test_office_file_is_looked_at_beside_its_text(tmp_path, name, parts, fault):
    assert fault in found(archive(tmp_path / name, {**TYPES, **parts}))


def test_plain_office_files_pass(tmp_path):
    plain = {
        "word/document.xml": BODY.format('<p:docPr id="1" descr="Empty boats"/>'),
        "docProps/core.xml": TITLE.format("National plan 2026"),
    }
    assert found(archive(tmp_path / "plan.docx", {**TYPES, **plain})) == set()
    rows = sheet([["region", "persons"], ["North", 30], ["South", 40]])
    assert found(archive(tmp_path / "counts.xlsx", {**TYPES, "xl/worksheets/sheet1.xml": rows})) == set()


def test_sheet_of_open_document_is_looked_at_as_a_table(tmp_path):
    names = ('xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" xmlns:text="t" '
             'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"')  # fmt: skip
    cells = "".join(
        "<table:table-row>" + "".join(f"<table:table-cell><text:p>{one}</text:p></table:table-cell>" for one in row) + "</table:table-row>"
        for row in (("region", "persons"), ("North", "4"))
    )
    content = f"<office:document-content {names}><table:table>{cells}</table:table></office:document-content>"
    assert ("MR26", "small") in found(archive(tmp_path / "a.ods", {"mimetype": "x", "content.xml": content}))


@pytest.mark.parametrize(
    ("head", "body", "fault"),
    [
        ("", '<img src="a.jpg" alt="Mary Mensah, 17, at the shelter">', ("MR01", "name")),
        ('<meta name="author" content="A. Mensah">', "", ("MR12", "metadata")),
        ("", "<!-- source: Mary, room 4 -->", ("MR12", "metadata")),
    ],
)
def test_page_is_looked_at_where_a_browser_shows_nothing(tmp_path, head, body, fault):
    assert fault in found(written(tmp_path / "page.html", PAGE.format(head, body)))


def test_plain_page_passes(tmp_path):
    page = PAGE.format('<script>let a = "Mary Mensah, 17, a victim"</script>', '<img src="a.jpg" alt="Empty boats">')
    assert found(written(tmp_path / "page.html", page)) == set()


END = b"startxref\n0\n%%EOF\n"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<< /Author (Mensah (Ama)) >>" + END, ("MR12", "metadata")),
        (b"<< /Author 5 0 R >>" + END, ("MR12", "metadata")),
        (b"<< /Title (Statement of Mary Mensah) >>" + END, ("MR01", "metadata")),
        (b"<< /Title <FEFF004D0061007200790020004D0065006E007300610068> >>" + END, ("MR01", "metadata")),
        (END + b"<< /Producer (X) >>" + END, ("MR12", "metadata")),
        (b"<< /Subtype /Highlight >>" + END, ("MR12", "metadata")),
    ],
)
def test_pdf_tells_who_made_it_what_it_was_called_and_what_it_was_before(tmp_path, content, fault):
    assert fault in found(written(tmp_path / "a.pdf", b"%PDF-1.4\n" + content))


def test_plain_pdf_passes(tmp_path):
    assert found(written(tmp_path / "a.pdf", b"%PDF-1.4\n<< /Title (National plan 2026) /Author () >>" + END)) == set()


def jpeg(scan=b"\x01\xff\x00\x02\xff\xd0\x03"):
    segment = struct.pack(">H", 4) + b"\0\0"
    return b"\xff\xd8\xff\xdb" + segment + b"\xff\xda" + segment + scan + b"\xff\xda" + segment + scan + b"\xff\xd9"


@pytest.mark.parametrize(("more", "count"), [(b"", 0), (b"\0\0", 0), (jpeg(), 1), (b"PK\3\4 a zip", 1)])
def test_picture_behind_the_picture_is_seen(tmp_path, more, count):
    told = check_file(written(tmp_path / "a.jpg", jpeg() + more)).findings
    assert len(told) == count
    assert all("after the end of the picture" in one.excerpt for one in told)


@pytest.mark.parametrize(
    ("name", "names"),
    [
        ("portrait_mary_mensah.jpg", ["mary"]),
        ("INTERVIEW-FATOUMATA.docx", ["FATOUMATA"]),
        ("grace-period.pdf", []),
        ("jean-shop-may.jpg", []),
        ("rapport-patience.pdf", []),
        ("annual-report-2025.pdf", []),
    ],
)
def test_name_in_a_file_name_is_seen_however_it_is_written(name, names):
    assert [one.excerpt for one in check_name(name)] == names


def test_document_that_would_fill_the_memory_or_is_damaged_is_refused_in_words(tmp_path):
    bomb = archive(tmp_path / "bomb.docx", {**TYPES, "word/document.xml": "<a>" + " " * 20_000_000})
    with pytest.raises(BadTable, match="larger than"):
        check_file(bomb)
    good = archive(tmp_path / "good.docx", {**TYPES, "word/document.xml": BODY.format("")}).read_bytes()
    for place in range(0, len(good), 3):
        for bit in (1, 64, 128):
            damaged = written(tmp_path / "damaged.docx", good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :])
            with contextlib.suppress(BadTable):
                check_file(damaged)
