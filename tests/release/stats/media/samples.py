"""Small image and document files made byte by byte, with and without what must not go out."""

import io
import struct
import zipfile
import zlib


def tiff(entries, *, order="<", gps=False, thumbnail=False):
    """An Exif block: (tag, text) in the first directory, a latitude in the GPS one, a thumbnail in the second."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8)
    count = len(entries) + gps
    start = 8 + 2 + 12 * count + 4
    body, extra = struct.pack(order + "H", count), b""
    for tag, text in entries:
        value = text.encode() + b"\0"
        place = start + len(extra)
        field = value.ljust(4, b"\0") if len(value) <= 4 else struct.pack(order + "I", place)
        extra += b"" if len(value) <= 4 else value
        body += struct.pack(order + "HHI", tag, 2, len(value)) + field
    if gps:
        place = start + len(extra)
        ratio = struct.pack(order + "6I", 5, 1, 33, 1, 12, 1)
        extra += struct.pack(order + "H", 2)
        extra += struct.pack(order + "HHI", 1, 2, 2) + b"N\0\0\0"
        extra += struct.pack(order + "HHII", 2, 5, 3, place + 2 + 24 + 4) + struct.pack(order + "I", 0) + ratio
        body += struct.pack(order + "HHII", 0x8825, 4, 1, place)
    following = start + len(extra) if thumbnail else 0
    if thumbnail:
        extra += struct.pack(order + "H", 1) + struct.pack(order + "HHII", 0x0201, 4, 1, 9) + struct.pack(order + "I", 0)
    return head + body + struct.pack(order + "I", following) + extra


def jpeg(*segments, tail=b""):
    """A JPEG with these (marker, body) segments and no picture worth the name."""
    found = b"\xff\xd8" + b"\xff\xe0" + struct.pack(">H", 16) + b"JFIF\0\x01\x01\0\0\x01\0\x01\0\0"
    for marker, body in segments:
        found += bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body
    return found + b"\xff\xda\0\x02\x12\x34" + b"\xff\xd9" + tail


def exif(*entries, **more):
    return 0xE1, b"Exif\0\0" + tiff(entries, **more)


def png(*chunks, tail=b""):
    found = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), *chunks, (b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")):
        found += struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return found + tail


def webp(*chunks):
    body = b"WEBP" + b"".join(kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for kind, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def docx(text, **parts):
    """A Word file with these paragraphs and further parts (path with `__` for `/`)."""
    paragraphs = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in text.split("\n"))
    files = {
        "[Content_Types].xml": "<Types/>",
        "word/document.xml": f"<w:document><w:body>{paragraphs}{parts.pop('body', '')}</w:body></w:document>",
    }
    files |= {name.replace("__", "/").replace("_dot_", "."): content for name, content in parts.items()}
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def pdf(info=b"", stream=b"", extra=b""):
    packed = zlib.compress(stream)
    return (b"%PDF-1.7\n1 0 obj<</Type/Catalog" + extra + b">>endobj\n2 0 obj<<" + info + b">>endobj\n3 0 obj<</Filter/FlateDecode/Length "
            + str(len(packed)).encode() + b">>stream\n" + packed + b"\nendstream endobj\ntrailer<</Info 2 0 R>>\n%%EOF")  # fmt: skip
