"""EPUB 3: one file a section, contents, fixed times, and what it offers to a reader who does not see it.

Sources: W3C, EPUB 3.3; W3C, EPUB Accessibility 1.1; schema.org accessibility terms.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree.ElementTree import Element
from xml.sax.saxutils import escape

from django.template.loader import render_to_string

from havre.publishing import web
from havre.publishing.nodes import Document
from havre.publishing.packages import course, sound
from havre.publishing.packages.archive import zipped
from havre.publishing.packages.xhtml import xhtml
from havre.publishing.packages.xml import child, written

HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE html>\n<html xmlns="http://www.w3.org/1999/xhtml"'
FEATURES = ("alternativeText", "displayTransformability", "readingOrder", "structuralNavigation", "tableOfContents")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One file of the book. `body`: XHTML."""

    name: str
    title: str
    body: str

    @property
    def drawn(self) -> bool:
        """Whether it holds drawings, which its entry must say."""
        return "<svg " in self.body


def as_epub(document: Document) -> bytes:
    """The document as a book for readers of EPUB. The same document gives the same bytes.

    Raises: ValueError for a book that is not whole (havre.publishing.packages.sound): our bug.
    """
    chapters = tuple(_chapters(document))
    pages = {f"book/{one.name}.xhtml": _page(document, one.title, one.body) for one in chapters}
    files = {
        "META-INF/container.xml": _container(),
        "book/package.opf": _package(document, chapters),
        "book/paper.css": web.sheet(),
        **pages,
    }
    content = zipped({**files, "book/contents.xhtml": _contents(document, chapters)}, first={"mimetype": sound.MIMETYPE})
    if wrong := sound.faults(content):
        raise ValueError("; ".join(map(str, wrong)))
    return content


def _chapters(document: Document) -> Iterator[Chapter]:
    context = web.context(document)
    yield Chapter("title", document.title, xhtml(render_to_string("publishing/chapter.html", {**context, "first": True})).strip())
    for place, page in enumerate(course.parts(document), start=1):
        body = render_to_string("publishing/chapter.html", {**context, "page": page})
        yield Chapter(f"part-{place:03}", page.title, xhtml(body).strip())


def _page(document: Document, title: str, body: str, more: str = "") -> bytes:
    language = document.language
    head = f'<title>{escape(title)}</title>\n<link rel="stylesheet" href="paper.css"/>'
    return f'{HEAD}{more} lang="{language}" xml:lang="{language}">\n<head>{head}</head>\n<body>{body}</body>\n</html>\n'.encode()


def _contents(document: Document, chapters: tuple[Chapter, ...]) -> bytes:
    lines = "\n".join(f'<li><a href="{one.name}.xhtml">{escape(one.title)}</a></li>' for one in chapters)
    title = web.context(document)["words"]["contents"]
    body = f'<nav epub:type="toc" role="doc-toc"><h1>{escape(title)}</h1><ol>\n{lines}\n</ol></nav>'
    return _page(document, title, body, ' xmlns:epub="http://www.idpf.org/2007/ops"')


def _container() -> bytes:
    root = Element("container", {"version": "1.0", "xmlns": "urn:oasis:names:tc:opendocument:xmlns:container"})
    entry = child(child(root, "rootfiles"), "rootfile")
    entry.set("full-path", "book/package.opf")
    entry.set("media-type", "application/oebps-package+xml")
    return written(root)


def _package(document: Document, chapters: tuple[Chapter, ...]) -> bytes:
    root = Element("package", {"xmlns": "http://www.idpf.org/2007/opf", "version": "3.0", "unique-identifier": "edition"})
    root.set("xml:lang", document.language)
    _metadata(root, document, drawn=any(one.drawn for one in chapters))
    manifest, spine = child(root, "manifest"), child(root, "spine")
    _item(manifest, "contents", "contents.xhtml", "nav")
    _item(manifest, "sheet", "paper.css", "", "text/css")
    for one in chapters:
        _item(manifest, one.name, f"{one.name}.xhtml", "svg" if one.drawn else "")
        child(spine, "itemref", idref=one.name)
    return written(root)


def _item(manifest: Element, id: str, href: str, properties: str, type: str = "application/xhtml+xml") -> None:
    item = child(manifest, "item", id=id, href=href)
    item.set("media-type", type)
    if properties:
        item.set("properties", properties)


def _metadata(root: Element, document: Document, *, drawn: bool) -> None:
    metadata = child(root, "metadata")
    metadata.set("xmlns:dc", "http://purl.org/dc/elements/1.1/")
    child(metadata, "dc:identifier", f"urn:havre:edition:{document.code}", id="edition")
    child(metadata, "dc:title", document.title)
    child(metadata, "dc:language", document.language)
    child(metadata, "dc:publisher", "Havre")
    # the date of the text, never that of making
    child(metadata, "dc:date", document.revised_on.isoformat())
    _meta(metadata, "dcterms:modified", f"{document.revised_on.isoformat()}T00:00:00Z")
    for mode in ("textual", "visual") if drawn else ("textual",):
        _meta(metadata, "schema:accessMode", mode)
    # every drawing has its words beside it: reading alone is enough
    _meta(metadata, "schema:accessModeSufficient", "textual")
    for feature in FEATURES:
        _meta(metadata, "schema:accessibilityFeature", feature)
    _meta(metadata, "schema:accessibilityHazard", "none")


def _meta(metadata: Element, property: str, text: str) -> None:
    child(metadata, "meta", text, property=property)
