"""Whether an EPUB is whole: what a reader's device or ear would stumble over, found before the book is handed out.

Sources: W3C, EPUB 3.3 (Open Container Format, package, navigation, XHTML); W3C, EPUB Accessibility 1.1 (language, words of pictures). It is no
conformance test: EPUBCheck is the outside judge (tests/publishing/test_epub.py), and needs Java.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import join, normpath
from typing import NamedTuple
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

MIMETYPE = b"application/epub+zip"
CONTAINER = "META-INF/container.xml"
XHTML, OPF, DC = "{http://www.w3.org/1999/xhtml}", "{http://www.idpf.org/2007/opf}", "{http://purl.org/dc/elements/1.1/}"
OPS, SVG = "{http://www.idpf.org/2007/ops}", "{http://www.w3.org/2000/svg}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
TYPES = {".xhtml": "application/xhtml+xml", ".css": "text/css", ".svg": "image/svg+xml"}
MODIFIED = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


class Fault(NamedTuple):
    """What is wrong, the file in the archive, and the words of it. `code`: mimetype, container, manifest, spine, metadata, form, language,
    link, contents, picture, drawing or name."""

    code: str
    file: str
    words: str

    def __str__(self) -> str:
        return f"{self.file}: {self.words}"


@dataclass(frozen=True, slots=True)
class Book:
    """An archive opened. `items`: the entries of the manifest by path; `pages`: its XHTML by path, parsed; `spine`: paths in reading order."""

    files: Mapping[str, bytes]
    path: str
    package: Element
    items: Mapping[str, Element]
    spine: tuple[str, ...]
    pages: Mapping[str, Element]


def faults(content: bytes) -> list[Fault]:
    """Everything that is wrong with a book; nothing for a sound one. A book whose package cannot be read has the reasons of that only."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        files = {entry.filename: archive.read(entry) for entry in entries}
    found = list(_envelope(content, entries, files))
    path = _package_of(files)
    if path is None:
        return [*found, Fault("container", CONTAINER, "it names no package that is in the archive")]
    try:
        package = ElementTree.fromstring(files[path])
    except ElementTree.ParseError as error:
        return [*found, Fault("form", path, f"it is not well formed: {error}")]
    items = {_at(path, item.get("href", "")): item for item in package.iter(f"{OPF}item")}
    pages, broken = _parsed(files)
    names = {item.get("id"): name for name, item in items.items()}
    spine = tuple(names.get(entry.get("idref"), "") for entry in package.iter(f"{OPF}itemref"))
    book = Book(files, path, package, items, spine, pages)
    return [*found, *broken, *_listed(book), *_described(book), *_navigation(book), *_spoken(book), *_linked(book)]


def _envelope(content: bytes, entries: list[zipfile.ZipInfo], files: Mapping[str, bytes]) -> Iterator[Fault]:
    first = entries[0] if entries else None
    if first is None or first.filename != "mimetype":
        yield Fault("mimetype", "mimetype", "it is not the first file of the archive")
    elif first.compress_type != zipfile.ZIP_STORED or content[30:58] != b"mimetype" + MIMETYPE:
        yield Fault(
            "mimetype", "mimetype", "it is compressed, has more to it, or says another type: readers look for its bytes at one place"
        )
    if len(files) != len(entries):
        yield Fault("manifest", "", "a name stands twice in the archive")


def _package_of(files: Mapping[str, bytes]) -> str | None:
    try:
        root = ElementTree.fromstring(files.get(CONTAINER, b""))
    except ElementTree.ParseError:
        return None
    named = [entry.get("full-path", "") for entry in root.iter() if entry.tag.endswith("}rootfile")]
    return next((path for path in named if path in files), None)


def _parsed(files: Mapping[str, bytes]) -> tuple[dict[str, Element], list[Fault]]:
    pages, broken = {}, []
    for name, content in files.items():
        if name.endswith(".xhtml"):
            try:
                pages[name] = ElementTree.fromstring(content)
            except ElementTree.ParseError as error:
                broken.append(Fault("form", name, f"it is not well formed: {error}"))
    return pages, broken


def _at(place: str, href: str) -> str:
    """The path that a relative address leads to from a file."""
    return normpath(join(place.rpartition("/")[0], unquote(href)))


def _listed(book: Book) -> Iterator[Fault]:
    frame = {"mimetype", book.path} | {name for name in book.files if name.startswith("META-INF/")}
    for name in sorted(set(book.files) - frame - set(book.items)):
        yield Fault("manifest", name, "it is in the archive and not in the manifest")
    for name, item in book.items.items():
        if name not in book.files:
            yield Fault("manifest", name, "it is in the manifest and not in the archive")
        expected = TYPES.get(name[name.rfind(".") :])
        if expected and item.get("media-type") != expected:
            yield Fault("manifest", name, f"its type should be {expected}")
    ids = Counter(item.get("id") for item in book.package.iter(f"{OPF}item"))
    for id, count in ids.items():
        if count > 1 or not id:
            yield Fault("manifest", book.path, f"the id {id} stands {count} times")
    if not book.spine or "" in book.spine or len(set(book.spine)) != len(book.spine):
        yield Fault("spine", book.path, "its order is empty, names what is not listed, or names a file twice")


def _described(book: Book) -> Iterator[Fault]:
    said = {tag: [one.text or "" for one in book.package.iter(f"{DC}{tag}")] for tag in ("identifier", "title", "language")}
    for tag, texts in said.items():
        if len(texts) != 1 or not texts[0].strip():
            yield Fault("metadata", book.path, f"it needs one dc:{tag}")
    known = {one.get("id") for one in book.package.iter(f"{DC}identifier")}
    if book.package.get("unique-identifier") not in known:
        yield Fault("metadata", book.path, "unique-identifier names no dc:identifier")
    times = [one.text or "" for one in book.package.iter(f"{OPF}meta") if one.get("property") == "dcterms:modified"]
    if len(times) != 1 or not MODIFIED.fullmatch(times[0]):
        yield Fault("metadata", book.path, "it needs one dcterms:modified as 2026-01-31T00:00:00Z")
    if not book.package.get(LANG):
        yield Fault("language", book.path, "the package says no xml:lang")


def _navigation(book: Book) -> Iterator[Fault]:
    named = [name for name, item in book.items.items() if "nav" in (item.get("properties") or "").split()]
    if len(named) != 1 or named[0] not in book.pages:
        yield Fault("contents", book.path, f"it needs one page of contents and has {len(named)}")
        return
    lists = [nav for nav in book.pages[named[0]].iter(f"{XHTML}nav") if nav.get(f"{OPS}type") == "toc"]
    if len(lists) != 1:
        yield Fault("contents", named[0], f"it needs one list of contents and has {len(lists)}")
        return
    reached = [_at(named[0], urlsplit(link.get("href", "")).path) for link in lists[0].iter(f"{XHTML}a")]
    order = [name for name in dict.fromkeys(reached) if name in book.spine]
    if order != [name for name in book.spine if name in order]:
        yield Fault("contents", named[0], "its lines stand in another order than the pages")
    for name in book.spine:
        if name and name not in reached:
            yield Fault("contents", named[0], f"no line leads to {name}")


def _spoken(book: Book) -> Iterator[Fault]:
    """Language, title, words of pictures and drawings, of every page."""
    language = next((one.text for one in book.package.iter(f"{DC}language")), None)
    for name, page in book.pages.items():
        if {page.get("lang"), page.get(LANG)} != {language}:
            yield Fault("language", name, f"lang and xml:lang should both be {language}")
        if not "".join(next(page.iter(f"{XHTML}title"), Element("none")).itertext()).strip():
            yield Fault("form", name, "it has no title")
        for picture in page.iter(f"{XHTML}img"):
            if picture.get("alt") is None:
                yield Fault("picture", name, f"{picture.get('src')} has no words (alt)")
        drawings = list(page.iter(f"{SVG}svg"))
        for drawing in drawings:
            words = drawing.get("aria-label") or "".join(next(drawing.iter(f"{SVG}title"), Element("none")).itertext())
            if drawing.get("aria-hidden") != "true" and not (drawing.get("role") == "img" and words.strip()):
                yield Fault("picture", name, "a drawing has no words (role=img with aria-label or title)")
        told = "svg" in (book.items[name].get("properties") or "").split() if name in book.items else bool(drawings)
        if told != bool(drawings):
            yield Fault("drawing", name, "its entry in the manifest should say svg when it holds a drawing, and only then")


def _linked(book: Book) -> Iterator[Fault]:
    ids = {name: Counter(one.get("id") for one in page.iter() if one.get("id")) for name, page in book.pages.items()}
    for name, page in book.pages.items():
        for id, count in ids[name].items():
            if count > 1:
                yield Fault("name", name, f"the id {id} stands {count} times")
        for element in page.iter():
            for address in (element.get("href"), element.get("src")):
                if address is not None:
                    yield from _leads(book, ids, name, address)


def _leads(book: Book, ids: Mapping[str, Mapping[str | None, int]], name: str, address: str) -> Iterator[Fault]:
    parts = urlsplit(address)
    if parts.scheme or parts.netloc:
        yield Fault("link", name, f"{address} is outside the book")
        return
    target = _at(name, parts.path) if parts.path else name
    if target not in book.files:
        yield Fault("link", name, f"{address} leads to no file of the book")
    elif parts.fragment and parts.fragment not in ids.get(target, {}):
        yield Fault("link", name, f"{address} leads to no place in {target}")
