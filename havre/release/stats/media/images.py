"""What an image says beside its picture: place, time, device, author, words, an older thumbnail (MR12).

JPEG, PNG, TIFF, WebP, GIF, HEIC and SVG are read with the standard library: a check must not depend on the library that opens the file.
Source: Exif 2.32 (JEITA CP-3451), TIFF 6.0, PNG third edition, the WebP container, ISO/IEC 14496-12, Adobe XMP part 3.
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Iterator

from havre.release.stats.media.findings import Finding

TAGS = {
    0x010E: "description", 0x010F: "maker of the device", 0x0110: "model of the device", 0x0131: "software", 0x0132: "date and time",
    0x013B: "author", 0x013C: "host computer", 0x8298: "copyright holder", 0x9003: "date and time taken", 0x9004: "date and time taken",
    0x9286: "comment", 0x927C: "maker's note", 0x9C9B: "title", 0x9C9C: "comment", 0x9C9D: "author", 0x9C9E: "keywords", 0x9C9F: "subject",
    0xA420: "image id", 0xA430: "owner of the camera", 0xA431: "serial number of the camera", 0xA433: "maker of the lens",
    0xA434: "model of the lens", 0xA435: "serial number of the lens",
}  # fmt: skip
GPS, EXIF, INTEROP = 0x8825, 0x8769, 0xA005
SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8}
SCAN_END = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")
# what an XMP packet may say without pointing to anybody
XMP_PLAIN = re.compile(
    rb"\s*(?:<\?xpacket[^>]*>\s*)*<x:xmpmeta[^>]*>\s*<rdf:RDF[^>]*>\s*(?:<rdf:Description[^>]*/>\s*)?</rdf:RDF>\s*</x:xmpmeta>", re.S
)


def image_metadata(content: bytes) -> tuple[Finding, ...]:
    """Every piece of metadata in an image, one finding each; none for an image without.

    An image that cannot be followed to its end is a finding too: what was not read is not cleared.
    Args: content, the file's bytes. Source: Exif 2.32 and the others that the module names; MR12 of media_rules.yaml (2017).
    """
    try:
        found = list(_of(content))
    except (struct.error, IndexError, ValueError, OverflowError):
        found = ["metadata that cannot be read"]
    return tuple(Finding("MR12", "metadata", one) for one in dict.fromkeys(found))


def is_image(content: bytes) -> bool:
    """Whether these bytes begin as an image that is read here.

    Source: the signatures of JPEG, PNG, GIF, TIFF 6.0 (1992), WebP, ISO/IEC 14496-12 and SVG.
    """
    head = content[:16]
    return (
        head.startswith((b"\xff\xd8", b"\x89PNG", b"GIF8", b"II*\0", b"MM\0*"))
        or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")
        or (head[4:8] == b"ftyp" and head[8:12] in (b"heic", b"heix", b"mif1", b"avif", b"msf1"))
        or b"<svg" in content[:2000]
    )


def _of(content: bytes) -> Iterator[str]:
    if content.startswith(b"\xff\xd8"):
        yield from _jpeg(content)
    elif content.startswith(b"\x89PNG"):
        yield from _png(content)
    elif content.startswith((b"II*\0", b"MM\0*")):
        yield from _tiff(content)
    elif content[:4] == b"RIFF":
        yield from _webp(content)
    elif content.startswith(b"GIF8"):
        yield from _gif(content)
    elif content[4:8] == b"ftyp":
        yield from _boxes(content)
    else:
        yield from _svg(content)


def _jpeg(content: bytes) -> Iterator[str]:
    place = 2
    while place + 4 <= len(content):
        if content[place] != 0xFF:
            yield "bytes between segments"
            return
        marker = content[place + 1]
        if marker == 0xFF:
            place += 1
            continue
        if marker == 0xD9:
            break
        (size,) = struct.unpack_from(">H", content, place + 2)
        yield from _segment(marker, content[place + 4 : place + 2 + size])
        place += 2 + size
        if marker == 0xDA:  # the picture itself, up to the next marker that is neither a stuffed byte nor a restart
            scan = SCAN_END.search(content, place)
            place = scan.start() if scan else len(content)
    tail = content[place + 2 :]
    if len(tail.strip(b"\0\r\n ")) > 0:
        second = " (a second picture)" if b"\xff\xd8\xff" in tail else ""
        yield f"{len(tail)} bytes after the end of the picture{second}"


def _segment(marker: int, body: bytes) -> Iterator[str]:
    if marker == 0xE1 and body.startswith(b"Exif\0"):
        yield from _tiff(body[6:])
    elif marker == 0xE1 and body.startswith((b"http://ns.adobe.com/xap", b"http://ns.adobe.com/xmp")):
        yield from _xmp(body.partition(b"\0")[2])
    elif marker == 0xED and b"8BIM\x04\x04" in body:
        yield "caption, author or place in IPTC fields"
    elif marker == 0xFE and body.strip(b"\0 "):
        yield f"comment: {_words(body)}"
    elif marker == 0xEB:
        yield "content credentials"


def _words(body: bytes) -> str:
    return body[:60].decode("utf-8", "replace").replace("\0", " ").strip()


def _tiff(body: bytes) -> Iterator[str]:
    order = {b"II": "<", b"MM": ">"}.get(body[:2])
    if order is None:
        raise ValueError
    (first,) = struct.unpack_from(order + "I", body, 4)
    waiting, seen = [(first, "image")], set()
    while waiting:
        place, kind = waiting.pop()
        if place in seen or not place:
            continue
        seen.add(place)
        (count,) = struct.unpack_from(order + "H", body, place)
        for number in range(count):
            tag, type_, length = struct.unpack_from(order + "HHI", body, place + 2 + 12 * number)
            value = _value(body, order, place + 10 + 12 * number, type_, length)
            if tag in (GPS, EXIF):
                waiting.append((struct.unpack_from(order + "I", body, place + 10 + 12 * number)[0], "gps" if tag == GPS else "exif"))
            elif kind == "gps" and tag not in (0,) and value.strip(b"\0 "):
                yield "place (GPS)"
            elif kind != "gps" and tag in TAGS and value.strip(b"\0 "):
                yield TAGS[tag] + (f": {_words(value)}" if type_ == 2 else "")
            elif tag == 0x02BC:
                yield from _xmp(value)
            elif kind == "thumbnail" and tag == 0x0201:
                yield "an older thumbnail, which may show what was cut away"
        (following,) = struct.unpack_from(order + "I", body, place + 2 + 12 * count) if place + 6 + 12 * count <= len(body) else (0,)
        if kind == "image":
            waiting.append((following, "thumbnail"))


def _value(body: bytes, order: str, place: int, type_: int, length: int) -> bytes:
    size = SIZES.get(type_, 1) * length
    if size <= 4:
        return body[place : place + size]
    (where,) = struct.unpack_from(order + "I", body, place)
    return body[where : where + min(size, 100_000)]


def _xmp(packet: bytes) -> Iterator[str]:
    if not packet.strip() or XMP_PLAIN.fullmatch(packet.split(b"<?xpacket end")[0].strip()):
        return
    named = {b"GPS": "place (GPS) in XMP", b"creator": "author in XMP", b"CreateDate": "date in XMP", b"History": "editing history in XMP"}
    told = [words for mark, words in named.items() if mark in packet]
    yield from told or ["an XMP packet"]


def _png(content: bytes) -> Iterator[str]:
    place = 8
    while place + 8 <= len(content):
        size, kind = struct.unpack_from(">I4s", content, place)
        body = content[place + 8 : place + 8 + size]
        if kind == b"eXIf":
            yield from _tiff(body)
        elif kind in (b"tEXt", b"zTXt", b"iTXt"):
            name = body.partition(b"\0")[0].decode("latin-1")
            if name != "Software":
                yield f"text: {name}"
        elif kind == b"tIME":
            yield "date and time"
        elif kind == b"IEND":
            if content[place + 12 + size :].strip(b"\0"):
                yield "bytes after the end of the picture"
            return
        place += 12 + size
    raise ValueError


def _webp(content: bytes) -> Iterator[str]:
    place = 12
    while place + 8 <= len(content):
        kind, size = struct.unpack_from("<4sI", content, place)
        body = content[place + 8 : place + 8 + size]
        if kind == b"EXIF":
            yield from _tiff(body.removeprefix(b"Exif\0\0"))
        elif kind == b"XMP ":
            yield from _xmp(body)
        place += 8 + size + size % 2


def _gif(content: bytes) -> Iterator[str]:
    if b"\x21\xfe" in content:
        start = content.index(b"\x21\xfe") + 3
        yield f"comment: {_words(content[start : start + content[start - 1]])}"
    if b"XMP DataXMP" in content:
        yield "an XMP packet"


def _boxes(content: bytes) -> Iterator[str]:
    """HEIC and AVIF keep Exif as an item: it is looked for by its own header."""
    place = content.find(b"Exif\0\0")
    if place >= 0:
        yield from _tiff(content[place + 6 :])
    elif b"Exif" in content[:4096]:
        yield "Exif metadata"
    if b"<x:xmpmeta" in content:
        yield from _xmp(content[content.index(b"<x:xmpmeta") :])


def _svg(content: bytes) -> Iterator[str]:
    for mark, words in (
        (rb"<(?:\w+:)?metadata\b[^>]*>\s*<", "a metadata block"),
        (rb"sodipodi:docname|inkscape:export-filename|xlink:href=\"file:", "a file path"),
        (rb"<!--(?! Generator)", "a comment"),
        (rb"<(?:image|use)[^>]+href=\"(?:https?:|//)", "a picture from another site"),
        (rb"<script", "a script"),
    ):
        if re.search(mark, content):
            yield words
    for inner in re.findall(rb"data:image/(?:jpeg|png|webp);base64,([A-Za-z0-9+/=\s]+)", content):
        yield from (f"embedded picture: {one}" for one in _of(base64.b64decode(inner)))
