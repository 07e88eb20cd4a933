"""A paper as machines read it: the text that pdfium and poppler give, the tags with what stands under each, and the standards it claims.

Two readers that share no code. pdfium (pypdfium2) reads the tags page by page, as a browser hands them to a screen reader, with the words of
each picture; poppler (pdfinfo) reads the whole tree at once, without those words. poppler gives the text of Thai tags in pieces, because it
drops what stands for a run of letters (ActualText), so for Thai its tree tells nothing; its plain text is exact.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pypdfium2
import pypdfium2.raw as pdfium

POPPLER = ("pdftotext", "pdfinfo")
PART = {"pdfaid": "{http://www.aiim.org/pdfa/ns/id/}", "pdfuaid": "{http://www.aiim.org/pdfua/ns/id/}"}
ELEMENT = re.compile(r"^( *)([A-Z][A-Za-z0-9]*)(?: <[^>]*>)?(?: \".*\")?(?: \((?:block|inline)\))?:?$")


@dataclass(frozen=True, slots=True)
class Leaf:
    """A run of text, or a picture, in the tags. `path`: the tags from the root down; `alt`: the words of a picture, None for text."""

    path: tuple[str, ...]
    text: str
    alt: str | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What a paper says of itself: the standards in its XMP, whether it is tagged, its language, its title."""

    standards: tuple[str, ...]
    tagged: bool
    language: str
    title: str


def poppler_is_here() -> bool:
    """Whether its commands are on this machine."""
    return all(map(shutil.which, POPPLER))


def by_pdfium(content: bytes) -> list[str]:
    """The text of each page."""
    with closing(pypdfium2.PdfDocument(content)) as paper:
        return [page.get_textpage().get_text_range() for page in paper]


def by_poppler(path: Path) -> list[str]:
    """The text of each page of a file, in the order in which it was set."""
    done = subprocess.run(["pdftotext", "-raw", "-enc", "UTF-8", str(path), "-"], capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def tags_by_pdfium(content: bytes) -> list[Leaf]:
    """Every leaf of the tags, page after page."""
    with closing(pypdfium2.PdfDocument(content)) as paper:
        return [leaf for page in paper for leaf in _of_page(page)]


def _of_page(page: Any) -> Iterator[Leaf]:
    texts = _by_mark(page)
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    try:
        for place in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from _under(pdfium.FPDF_StructTree_GetChildAtIndex(tree, place), (), texts)
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _by_mark(page: Any) -> dict[int, str]:
    """Text of a page by the number that its marks give it; what has none (feet, lines that pdfium itself breaks) is under -1."""
    textpage, found = page.get_textpage(), defaultdict(list)
    for place in range(pdfium.FPDFText_CountChars(textpage)):
        thing = pdfium.FPDFText_GetTextObject(textpage, place)
        mark = pdfium.FPDFPageObj_GetMarkedContentID(thing) if thing else -1
        # pdfium says U+0002 for a hyphen at the end of a line
        hyphen = pdfium.FPDFText_IsHyphen(textpage, place) == 1
        found[mark].append("-" if hyphen else chr(pdfium.FPDFText_GetUnicode(textpage, place)))
    return {mark: "".join(letters) for mark, letters in found.items()}


def _under(element: Any, above: tuple[str, ...], texts: dict[int, str]) -> Iterator[Leaf]:
    path = (*above, _words(pdfium.FPDF_StructElement_GetType, element))
    if path[-1] == "Figure":
        yield Leaf(path, "", _words(pdfium.FPDF_StructElement_GetAltText, element))
        return
    for place in range(pdfium.FPDF_StructElement_CountChildren(element)):
        child = pdfium.FPDF_StructElement_GetChildAtIndex(element, place)
        if child:
            yield from _under(child, path, texts)
            continue
        mark = pdfium.FPDF_StructElement_GetChildMarkedContentID(element, place)
        if mark >= 0:  # a child on another page has no number here
            yield Leaf(path, texts.get(mark, ""))


def _words(ask: Callable[..., int], element: Any) -> str:
    size = ask(element, None, 0)
    room = (ctypes.c_ushort * max(size // 2, 1))()
    ask(element, room, size)
    return bytes(room)[: max(size - 2, 0)].decode("utf-16-le")


def tags_by_poppler(path: Path) -> list[Leaf]:
    """Every leaf of the tags of a file; pictures are left out, since poppler does not tell their words."""
    done = subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, check=True)
    found, above = [], dict[int, str]()
    for line in done.stdout.decode(errors="replace").split("\n"):
        deep = len(line) - len(line.lstrip(" "))
        if line.lstrip(" ").startswith('"'):
            tags = tuple(tag for depth, tag in sorted(above.items()) if depth < deep)
            found += [Leaf(tags, line.strip()[1:-1])] if "Figure" not in tags else []
        elif match := ELEMENT.match(line):
            above = {depth: tag for depth, tag in above.items() if depth < deep} | {deep: match[2]}
    return found


def claims(content: bytes) -> Claims:
    """Raises: ValueError where there is not exactly one XMP packet."""
    packets = re.findall(rb"<x:xmpmeta.*?</x:xmpmeta>", content, re.DOTALL)
    if len(packets) != 1:
        raise ValueError(f"{len(packets)} XMP packets in a paper that should have one")
    said = _properties(ElementTree.fromstring(packets[0]))
    archive = f"PDF/A-{said.get(PART['pdfaid'] + 'part', '')}{said.get(PART['pdfaid'] + 'conformance', '').lower()}"
    with closing(pypdfium2.PdfDocument(content)) as paper:
        return Claims(
            standards=(archive, f"PDF/UA-{said.get(PART['pdfuaid'] + 'part', '')}"),
            tagged=bool(pdfium.FPDFCatalog_IsTagged(paper)),
            language=_words(pdfium.FPDFCatalog_GetLanguage, paper),
            title=paper.get_metadata_value("Title"),
        )


def _properties(root: ElementTree.Element) -> dict[str, str]:
    # a property stands as an element or as an attribute of its description
    found = {element.tag: (element.text or "").strip() for element in root.iter()}
    for element in root.iter():
        found |= {name: value for name, value in element.attrib.items() if name.startswith("{")}
    return found
