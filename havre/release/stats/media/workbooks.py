"""The sheets of a workbook as tables, so that its columns and counts are looked at as those of a CSV are."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from xml.etree import ElementTree as ET

import polars as pl

# what a sheet may be wide and long here; a longer one is published as CSV, where all of it is looked at
WIDEST, LONGEST = 400, 200_000
TABLE_NS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
WHOLE = re.compile(r"-?\d+\.0+")


def sheets_of(content: bytes, kind: str) -> tuple[pl.DataFrame, ...]:
    """Every sheet of an .xlsx or .ods with a head and a row below it, all as text; none of another file.

    Args: content, an archive that `read_document` has opened; kind, the file's ending.
    Source: Office Open XML, ECMA-376, part 1, 18.3; OpenDocument, ISO/IEC 26300, part 3, 9.
    """
    if kind not in (".xlsx", ".ods"):
        return ()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if kind == ".ods":
            found = _ods(archive.read("content.xml")) if "content.xml" in names else iter(())
        else:
            shared = _shared(archive.read("xl/sharedStrings.xml")) if "xl/sharedStrings.xml" in names else []
            found = (_xlsx(archive.read(name), shared) for name in names if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name))
        return tuple(frame for rows in found if (frame := _frame(rows)) is not None)


def _root(content: bytes) -> ET.Element | None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        return None
    try:
        return ET.fromstring(content)
    except ET.ParseError:
        return None


def _local(node: ET.Element) -> str:
    return node.tag.rpartition("}")[2]


def _words(node: ET.Element) -> str:
    return "".join(node.itertext()).strip()


def _shared(content: bytes) -> list[str]:
    root = _root(content)
    return [_words(one) for one in root] if root is not None else []


def _xlsx(content: bytes, shared: list[str]) -> list[list[str]]:
    root = _root(content)
    rows: list[list[str]] = []
    for row in root.iter() if root is not None else ():
        if _local(row) != "row" or len(rows) >= LONGEST:
            continue
        cells: dict[int, str] = {}
        for cell in row:
            place = _place(cell.get("r", ""), len(cells))
            if place < WIDEST:
                cells[place] = _value(cell, shared)
        rows.append([cells.get(place, "") for place in range(max(cells, default=-1) + 1)])
    return rows


def _place(reference: str, otherwise: int) -> int:
    letters = re.match(r"[A-Z]{1,3}", reference)
    place = 0
    for letter in letters.group() if letters else "":
        place = place * 26 + ord(letter) - 64
    return place - 1 if place else otherwise


def _value(cell: ET.Element, shared: list[str]) -> str:
    text = next((_words(part) for part in cell if _local(part) in ("v", "is")), "")
    if cell.get("t") == "s":
        return shared[int(text)] if text.isdecimal() and int(text) < len(shared) else ""
    return text.split(".")[0] if WHOLE.fullmatch(text) else text


def _ods(content: bytes) -> Iterator[list[list[str]]]:
    root = _root(content)
    for table in root.iter(f"{TABLE_NS}table") if root is not None else ():
        rows = []
        for row in table.iter(f"{TABLE_NS}table-row"):
            fields: list[str] = []
            for cell in row:
                times = cell.get(f"{TABLE_NS}number-columns-repeated", "1")
                fields += [_words(cell)] * min(int(times) if times.isdecimal() else 1, max(0, WIDEST - len(fields)))
            rows.append(fields)
            if len(rows) >= LONGEST:
                break
        yield rows


def _frame(rows: list[list[str]]) -> pl.DataFrame | None:
    """The sheet below its first row of two names and more; a title above the head is passed over."""
    filled = [row for row in rows if any(row)]
    head = next((place for place, row in enumerate(filled) if sum(bool(field) for field in row) > 1), None)
    if head is None or head + 1 >= len(filled):
        return None
    names: list[str] = []
    for place, name in enumerate(filled[head]):
        names.append(name if name and name not in names else f"{name or 'column'} {place + 1}")
    while names and all(not (row[len(names) - 1] if len(names) <= len(row) else "") for row in filled[head:]):
        names.pop()
    lines = [[(row[place] if place < len(row) else "") or None for place in range(len(names))] for row in filled[head + 1 :]]
    return pl.DataFrame(lines, schema=dict.fromkeys(names, pl.String), orient="row") if names else None
