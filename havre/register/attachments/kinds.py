"""What a file is, by its bytes and never by its name; and why it is refused. Knows no Django model."""

from __future__ import annotations

import re
import struct
from dataclasses import dataclass
from enum import Enum

from django.utils.translation import gettext_lazy as _

from havre.trust.errors import Words

# what a page takes: the server keeps an upload in memory up to the same limit
MOST_BYTES = 8 * 1024 * 1024
# an image of few bytes may unfold into many: 50 million pixels are 200 MB in memory
MOST_PIXELS = 50_000_000
HEAD = 4096


class Kind(Enum):
    """A kind of file that is kept: its content type, the ending of its neutral name, the endings that people give it."""

    PNG = ("image/png", "png", ("png",))
    JPEG = ("image/jpeg", "jpg", ("jpg", "jpeg", "jpe", "jfif"))
    GIF = ("image/gif", "gif", ("gif",))
    WEBP = ("image/webp", "webp", ("webp",))
    PDF = ("application/pdf", "pdf", ("pdf",))
    TEXT = ("text/plain", "txt", ("txt", "text"))

    def __init__(self, content_type: str, ending: str, endings: tuple[str, ...]) -> None:
        self.content_type, self.ending, self.endings = content_type, ending, endings

    @property
    def is_image(self) -> bool:
        """Whether it is rebuilt as one image."""
        return self.content_type.startswith("image/")

    @classmethod
    def of(cls, content_type: str) -> Kind | None:
        """The kind with this content type."""
        return next((kind for kind in cls if kind.content_type == content_type), None)


@dataclass(frozen=True, slots=True)
class Judged:
    """What a file is: a kind that is kept, or the code and the words of a refusal."""

    kind: Kind | None
    code: str = ""
    words: Words = ""


# code -> why it is refused, and what to do instead
REFUSED: dict[str, Words] = {
    "empty": _("The file is empty: choose it again, or take the photograph again."),
    "size": _("The file has more than %(most)s MB: send it in parts, or scan it at a lower resolution."),
    "svg": _("An SVG drawing is a page that can run scripts and is not kept. Send it as PNG or PDF."),
    "html": _("A web page can run scripts and is not kept. Print it to PDF and send that."),
    "macro": _("An office document with macros can run programs and is not kept. Print it to PDF and send that."),
    "office": _("An office document can hold macros, other files and the names of its authors, and is not kept. Print it to PDF and send that."),
    "archive": _("An archive can hold anything, other archives too, and is not kept. Unpack it and send the files one by one."),
    "program": _("This is a program or a script and is not kept."),
    "unknown": _("What this file holds is not known here. Kept are photographs (PNG, JPEG, GIF, WebP), PDF and plain text."),
    "name": _("The file's name says %(named)s and its content is %(found)s. Look whether it is the right file, and give it its true ending."),
    "pixels": _("The image unfolds into more than 50 million pixels: scale it down and send it again."),
    "broken": _("The file begins as %(found)s and cannot be read to its end: it is damaged or was made to deceive. Send it again from its source."),
    "locked": _("The PDF is closed by a password: open it, print it to a new PDF and send that."),
    "pages": _("The PDF has more than %(most)s pages: send it in parts."),
    "slow": _("The file takes too long to be rebuilt, which an honest file does not: print it to a new PDF, or photograph it."),
}  # fmt: skip
SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", Kind.PNG),
    (b"\xff\xd8\xff", Kind.JPEG),
    (b"GIF87a", Kind.GIF),
    (b"GIF89a", Kind.GIF),
    (b"%PDF-", Kind.PDF),
)
ARCHIVES = (b"\x1f\x8b", b"BZh", b"\xfd7zXZ\x00", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"\x28\xb5\x2f\xfd", b"MSCF", b"\x04\x22\x4d\x18")
PROGRAMS = (b"MZ", b"\x7fELF", b"#!", b"\xca\xfe\xba\xbe", b"\xcf\xfa\xed\xfe", b"\xfe\xed\xfa", b"L\x00\x00\x00\x01\x14\x02\x00")
# the compound file in which old office documents, and mails with their attachments, are kept
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MACRO_PARTS = (
    b"vbaProject.bin",
    b"vbaData.xml",
    b"Basic/Standard",
    b"Scripts/python",
    b"_VBA_PROJECT",
    b"V\x00B\x00A\x00",
    b"xl/macrosheets",
)
OFFICE_PARTS = (b"[Content_Types].xml", b"META-INF/manifest.xml", b"mimetypeapplication/vnd.oasis.opendocument")
WEB = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|frameset|object|embed|applet|form|input|button|meta|base|link|style|template"
    rb"|img|video|audio|math|marquee|details|a\s+href)\b|<[a-z][^<>]{0,200}\son[a-z]{3,20}\s*=",
    re.I,
)
DRAWING = re.compile(rb"<\s*(?:\w+:)?svg[\s>]", re.I)


def judge(data: bytes, name: str = "") -> Judged:
    """What a file is, from its bytes; its name must not say otherwise.

    Args: data, the whole file; name, as the sender gave it, "" when there is none.
    """
    if not data:
        return _no("empty")
    if len(data) > MOST_BYTES:
        return Judged(None, "size", REFUSED["size"] % {"most": MOST_BYTES // 1_048_576})
    found = _by_content(data)
    return found if found.kind is None else _fits(data, name, found.kind)


def _fits(data: bytes, name: str, kind: Kind) -> Judged:
    """Whether name and size agree with the content."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    if ending and ending not in kind.endings:
        return Judged(None, "name", REFUSED["name"] % {"named": ending.upper()[:12], "found": kind.name})
    if kind.is_image:
        size = dimensions(data, kind)
        if size is None:
            return Judged(None, "broken", REFUSED["broken"] % {"found": kind.name})
        if size[0] * size[1] > MOST_PIXELS:
            return _no("pixels")
    return Judged(kind)


def _no(code: str) -> Judged:
    return Judged(None, code, REFUSED[code])


def _by_content(data: bytes) -> Judged:
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return Judged(kind)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return Judged(Kind.WEBP)
    code = _container(data)
    return _no(code) if code else _of_text(data)


def _container(data: bytes) -> str:
    """The code of what holds other files or runs, "" for none."""
    zipped = data[:2] == b"PK" and data[2:4] in {b"\x03\x04", b"\x05\x06", b"\x07\x08"}
    if zipped or data.startswith(COMPOUND):
        if any(part in data for part in MACRO_PARTS):
            return "macro"
        return "office" if not zipped or any(part in data for part in OFFICE_PARTS) else "archive"
    if data.startswith(ARCHIVES) or data[257:262] == b"ustar":
        return "archive"
    return "program" if data.startswith(PROGRAMS) else ""


def _of_text(data: bytes) -> Judged:
    """A text in UTF-8 (or UTF-16 with its mark), or what hides in one."""
    text = decoded(data)
    if text is None:
        return _no("unknown")
    head = text[:HEAD].encode()
    if DRAWING.search(text.encode()):
        return _no("svg")
    if WEB.search(text.encode()):
        return _no("html")
    if head.lstrip().startswith(b"<"):
        return _no("html")
    # a PDF may have rubbish before its mark, which readers forgive: here it is what it claims to be, or nothing
    return _no("unknown") if b"%PDF-" in head or head.startswith(b"{\\rtf") else Judged(Kind.TEXT)


def decoded(data: bytes) -> str | None:
    """A file as text, None when it is none: UTF-8, or UTF-16 with its mark; no control characters but tabs and line ends."""
    coding = "utf-16" if data[:2] in {b"\xff\xfe", b"\xfe\xff"} else "utf-8-sig"
    try:
        text = data.decode(coding)
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text) else text


def dimensions(data: bytes, kind: Kind) -> tuple[int, int] | None:
    """Width and height in pixels, from the head of the image; None when the head does not say. Nothing is unfolded."""
    try:
        found = _SIZES[kind](data)
    except (struct.error, IndexError):
        return None
    return found if found and found[0] > 0 and found[1] > 0 else None


def _png(data: bytes) -> tuple[int, int] | None:
    return struct.unpack_from(">II", data, 16) if data[12:16] == b"IHDR" else None


def _gif(data: bytes) -> tuple[int, int] | None:
    return struct.unpack_from("<HH", data, 6)


def _webp(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if form == b"VP8X":
        return 1 + int.from_bytes(data[24:27], "little"), 1 + int.from_bytes(data[27:30], "little")
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    width, height = struct.unpack_from("<HH", data, 26)
    return (width & 0x3FFF, height & 0x3FFF) if form == b"VP8 " else None


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """From the start-of-frame segment (ITU-T T.81, B.2.2)."""
    at = 2
    while at < len(data):
        if data[at] != 0xFF:
            return None
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
            continue
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        if marker in {0xD8, 0x01} or 0xD0 <= marker <= 0xD7:
            at += 2
            continue
        (length,) = struct.unpack_from(">H", data, at + 2)
        if length < 2:
            return None
        at += 2 + length
    return None


_SIZES = {Kind.PNG: _png, Kind.GIF: _gif, Kind.WEBP: _webp, Kind.JPEG: _jpeg}
