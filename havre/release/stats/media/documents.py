"""What an office file or a PDF carries beside its text: authors, comments, tracked changes, hidden sheets, pictures with metadata (MR12)."""

from __future__ import annotations

import html
import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from havre.release.stats.errors import BadTable
from havre.release.stats.media.findings import Finding
from havre.release.stats.media.images import image_metadata, is_image

LARGEST = 300_000_000
# properties that name a person or a place of work; a title, a language or the day of making does not
PROPERTIES = {
    "creator": "author", "lastModifiedBy": "last author", "Company": "company", "Manager": "manager", "initial-creator": "author",
    "Template": "template", "HyperlinkBase": "link base", "category": "category", "keywords": "keywords", "description": "remarks",
    "printed-by": "printed by",
}  # fmt: skip
PARTS = (
    (r"comments\d*\.xml$|threadedComments|/comments/", "comments"),
    (r"people\.xml$|persons/", "names of reviewers"),
    (r"vbaProject\.bin$", "macros"),
    (r"embeddings/", "embedded files"),
    (r"customXml/item\d+\.xml$", "custom data"),
    (r"docProps/custom\.xml$", "custom properties"),
    (r"docProps/thumbnail|Thumbnails/", "a thumbnail of an older state"),
    (r"notesSlides/", "speaker's notes"),
)
READ = re.compile(
    r"word/(?:document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml$|ppt/(?:slides|notesSlides)/\w+\.xml$"
    r"|xl/sharedStrings\.xml$|^content\.xml$"
)
CHANGES = re.compile(rb"<(?:w:ins|w:del|w:moveFrom|text:tracked-changes)\b")
HIDDEN = re.compile(rb"state=\"(?:veryHidden|hidden)\"|<w:vanish ?/|show=\"0\"|hidden=\"1\"|visibility=\"collapse\"")
PDF_FIELDS = (b"Author", b"Keywords", b"Subject")
# a string in brackets, which may hold bracketed words, or in hexadecimal digits
PDF_STRING = rb"(?:\(((?:[^()\\]|\\.|\((?:[^()\\]|\\.)*\))*)\)|<([0-9A-Fa-f\s]+)>)"
PDF_MARKS = (
    (rb"/Subtype\s*/(?:Text|FreeText|Popup|Highlight|StrikeOut|Underline|Caret|Ink|Stamp)\b", "notes"),
    (rb"/EmbeddedFiles?\b", "attached files"),
    (rb"/JavaScript\b", "a script"),
)
# where an office file states what it is
STATED = ("docProps/core.xml", "docProps/app.xml", "meta.xml")
TITLES = ("title", "subject")
LOCAL = re.compile(rb"Target=\"(?:file:|[A-Za-z]:\\|\\\\)")
PLACE_SAVED = re.compile(rb"absPath\b[^>]*url=\"[^\"]+\"")
MOST_SHRUNK = 200


@dataclass(frozen=True, slots=True)
class Document:
    """A document's text as far as it can be read here (None: not at all), and what it carries beside it.

    Findings are of rule MR12; `titles` are the title and subject it states, to be looked at as words.
    """

    text: str | None
    findings: tuple[Finding, ...]
    titles: tuple[str, ...] = ()


def read_document(content: bytes, name: str) -> Document:
    """An office file (docx, xlsx, pptx, odt, ods, odp) or a PDF.

    Raises: BadTable for a file that is none or cannot be opened (a password, a damaged archive).
    Args: content, bytes of at most LARGEST when unpacked; name, for messages.
    Source: Office Open XML, ECMA-376; OpenDocument, ISO/IEC 26300; PDF, ISO 32000.
    """
    if content.startswith(b"%PDF"):
        parts = _pdf_parts(content)
        return Document(None, tuple(Finding("MR12", "metadata", one) for one in dict.fromkeys(_pdf(content, parts))), _pdf_titles(parts))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
            bomb = any(one.file_size > 10_000_000 and one.file_size > MOST_SHRUNK * one.compress_size for one in entries)
            if bomb or sum(one.file_size for one in entries) > LARGEST:
                raise BadTable(
                    f"{name}: unpacked it is larger than {LARGEST // 1_000_000} MB or than any document is; check its parts one by one",
                    f"{name} : décompressé, il dépasse {LARGEST // 1_000_000} Mo ou ce qu'est un document ; en contrôler les parties une à une",
                )
            files = {entry: archive.read(entry) for entry in archive.namelist()}
    except BadTable:
        raise
    except (zipfile.BadZipFile, RuntimeError, ValueError, zlib.error, lzma.LZMAError, EOFError, OSError, struct.error) as problem:
        raise BadTable(
            f"{name} cannot be opened ({problem}): give it without a password, as .docx, .xlsx, .pptx, .odt, .ods or .pdf",
            f"{name} ne peut être ouvert ({problem}) : le donner sans mot de passe, en .docx, .xlsx, .pptx, .odt, .ods ou .pdf",
        ) from None
    if not ({"[Content_Types].xml", "mimetype"} & set(files)):
        raise BadTable(
            f"{name} is no office document; give .docx, .xlsx, .pptx, .odt, .ods or .pdf",
            f"{name} n'est pas un document bureautique ; donner .docx, .xlsx, .pptx, .odt, .ods ou .pdf",
        )
    titles = tuple(dict.fromkeys(value for path in STATED for name, value in _properties(files.get(path, b""), TITLES)))
    return Document(_text(files), tuple(_office(files)), titles)


def _office(files: dict[str, bytes]) -> Iterator[Finding]:
    for path in STATED:
        for name, value in _properties(files.get(path, b""), PROPERTIES):
            yield Finding("MR12", "metadata", f"{PROPERTIES[name]}: {value[:60]}")
    for pattern, words in PARTS:
        if any(re.search(pattern, path) for path in files):
            yield Finding("MR12", "hidden", words)
    body = {path: content for path, content in files.items() if re.search(r"(?:document|content|workbook|slide\d+|sheet\d+)\.xml$", path)}
    if any(CHANGES.search(content) for content in body.values()):
        yield Finding("MR12", "hidden", "tracked changes: what was deleted can still be read")
    if any(HIDDEN.search(content) for content in body.values()):
        yield Finding("MR12", "hidden", "hidden sheets, rows, slides or text")
    if any(path.endswith(".rels") and LOCAL.search(content) for path, content in files.items()) or any(
        PLACE_SAVED.search(content) for content in body.values()
    ):
        yield Finding("MR12", "hidden", "the path of a folder on somebody's computer")
    for path, content in files.items():
        if is_image(content):
            for one in image_metadata(content):
                yield Finding("MR12", "metadata", f"{path.rsplit('/', 1)[-1]}: {one.excerpt}")


def _properties(content: bytes, wanted: Collection[str]) -> Iterator[tuple[str, str]]:
    if not content or b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return
    try:
        root = ET.fromstring(content)
    except ET.ParseError:
        return
    for node in root.iter():
        name = node.tag.rpartition("}")[2]
        if name in wanted and (node.text or "").strip() and (node.text or "").strip() not in ("Normal.dotm", "python-docx", "openpyxl"):
            yield name, (node.text or "").strip()


def _text(files: dict[str, bytes]) -> str:
    """The words of the main parts, a paragraph or a cell a line."""
    lines = []
    for path in sorted(files):
        if re.match(r"xl/worksheets/", path):
            lines += [_plain(cell) for cell in re.findall(rb"<is>(.*?)</is>", files[path], re.DOTALL)]
        elif READ.search(path):
            content = re.sub(rb"</(?:w:p|a:p|si|text:p|text:h|table:table-cell)>", b"\n", files[path])
            lines += _plain(re.sub(rb"<(?:w:tab|w:br)\b[^>]*/>", b" ", content)).splitlines()
        if re.search(r"(?:document|slide\d+|drawing\d+|content)\.xml$", path):
            # what a picture says to those who cannot see it
            told = re.findall(rb"\b(?:descr|title)=\"([^\"]+)\"", files[path])
            lines += [html.unescape(one.decode("utf-8", "replace")).replace("\n", " ") for one in told]
    return "\n".join(line.strip() for line in lines if line.strip())


def _plain(content: bytes) -> str:
    return html.unescape(re.sub(rb"<[^>]*>", b"", content).decode("utf-8", "replace"))


def _pdf_parts(content: bytes) -> list[bytes]:
    """The file itself, then every stream that deflate opens."""
    streams = [content]
    for found in re.finditer(rb"stream\r?\n", content):
        try:
            streams.append(zlib.decompressobj().decompress(content[found.end() :], 5_000_000))
        except zlib.error:
            continue
    return streams


def _pdf_titles(parts: list[bytes]) -> tuple[str, ...]:
    """The title that the information dictionary or XMP states."""
    told = [_pdf_words(one) for part in parts for one in re.finditer(rb"/Title\s*" + PDF_STRING, part)]
    told += [_plain(one) for part in parts for one in re.findall(rb"<dc:title>(.*?)</dc:title>", part, re.DOTALL)]
    return tuple(dict.fromkeys(one.strip() for one in told if one.strip()))[:20]


def _pdf(content: bytes, streams: list[bytes]) -> Iterator[str]:
    """The information dictionary, XMP, notes and attachments, in plain and in compressed objects."""
    if b"/Encrypt" in content:
        yield "encrypted: nothing inside was checked"
    if content.count(b"startxref") > 1 and b"/Linearized" not in content[:2000]:
        yield "an older state of the document, which can still be read"
    for part in streams:
        for field in PDF_FIELDS:
            for told in re.finditer(rb"/" + field + rb"\s*" + PDF_STRING, part):
                if (value := _pdf_words(told)).strip():
                    yield f"{field.decode()}: {value}"
            if re.search(rb"/" + field + rb"\s+\d+\s+\d+\s+R\b", part):
                yield f"{field.decode()}: kept in another object"
        for mark, words in PDF_MARKS:
            if re.search(mark, part):
                yield words
        if re.search(rb"<(?:dc:creator|pdf:Author)\b", part):
            yield "author in XMP"
        if part.startswith(b"\xff\xd8"):
            yield from (f"embedded picture: {one.excerpt}" for one in image_metadata(part))
    for found in re.finditer(rb"/DCTDecode.{0,400}?stream\r?\n", content, re.DOTALL):
        end = content.find(b"endstream", found.end())
        picture = content[found.end() : end].rstrip(b"\r\n")
        yield from (f"embedded picture: {one.excerpt}" for one in image_metadata(picture))


def _pdf_words(told: re.Match[bytes]) -> str:
    if told.group(1) is not None:
        raw = re.sub(rb"\\([()\\])", rb"\1", told.group(1))
    else:
        digits = b"".join(told.group(2).split()).decode()
        raw = bytes.fromhex(digits[: len(digits) // 2 * 2])
    return raw.decode("utf-16" if raw.startswith(b"\xfe\xff") else "latin-1", "replace")[:60]
