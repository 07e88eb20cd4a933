"""Workbooks: Excel and OpenDocument, opened without running or trusting anything in them."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any, BinaryIO, NoReturn
from xml.etree import ElementTree

from django.utils.translation import gettext_lazy as _

from havre.register.exchange.openpyxl_alone import openpyxl, range_boundaries
from havre.trust.errors import Invalid, Words

Row = tuple[int, list[Any]]
PARTS = 2_000
UNPACKED = 256 * 1024 * 1024
STRINGS = 96 * 1024 * 1024
RATIO = 200
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z0-9:]+)"')


class Formula(str):
    """A cell that holds a formula: what it would show is not known here."""

    __slots__ = ()


class CellError(str):
    """A cell in which the spreadsheet shows an error, such as #REF!."""

    __slots__ = ()


class Merged(str):
    """A cell that lies in a merged range; its words, where it is the range's first."""

    __slots__ = ()


def refuse(words: Words, **values: Any) -> NoReturn:
    """Raises: Invalid, with the words filled in."""
    raise Invalid(words % values if values else words)


def inspect(source: BinaryIO) -> tuple[str, tuple[str, ...]]:
    """(kind, names of the sheets that hold something). Raises: Invalid, before anything is unpacked, for what may not be opened."""
    try:
        with zipfile.ZipFile(source) as archive:
            _check(archive)
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                kind = "xlsx"
            elif "content.xml" in names and b"opendocument.spreadsheet" in archive.read("mimetype")[:100]:
                kind = "ods"
            else:
                refuse(_("The archive holds no spreadsheet. Send the workbook itself, not a folder or a zip file of it."))
    except (zipfile.BadZipFile, KeyError, EOFError):
        refuse(_("The workbook is damaged or was cut off. Export it again from its source, or copy it again."))
    sheets = _ods_sheets(source) if kind == "ods" else _excel_sheets(source)
    if not sheets:
        refuse(_("No sheet of the workbook holds anything."))
    return kind, sheets


def _check(archive: zipfile.ZipFile) -> None:
    parts = archive.infolist()
    if any(part.flag_bits & 1 for part in parts):
        refuse(_("The workbook is protected by a password. Open it, remove the password, save it, and import it again."))
    unpacked = sum(part.file_size for part in parts)
    swollen = any(part.file_size > 1_048_576 and part.file_size > RATIO * max(part.compress_size, 1) for part in parts)
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if len(parts) > PARTS or unpacked > UNPACKED or strings > STRINGS or swollen:
        refuse(
            _("Unpacked, the workbook would take %(size)s MB: it was not opened. Save the sheet alone as CSV UTF-8 and import that."),
            size=unpacked // 1_048_576,
        )
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as opened:
                if b"<!DOCTYPE" in opened.read(1024).upper():
                    refuse(_("The workbook holds instructions that no spreadsheet writes: it was not opened. Save it again as .xlsx."))


def _load(source: BinaryIO) -> Any:
    source.seek(0)
    with warnings.catch_warnings():
        # styles and validations that openpyxl does not know are of no concern for values
        warnings.simplefilter("ignore")
        try:
            return openpyxl.load_workbook(source, read_only=True, data_only=False, keep_links=False)
        except (KeyError, ValueError, TypeError, ElementTree.ParseError, zipfile.BadZipFile, OSError):
            refuse(_("The workbook is damaged or was cut off. Export it again from its source, or copy it again."))


def _excel_sheets(source: BinaryIO) -> tuple[str, ...]:
    book = _load(source)
    found = []
    with _whole():
        for sheet in book.worksheets:
            sheet.reset_dimensions()
            if any(any(cell is not None for cell in row) for row in islice(sheet.iter_rows(values_only=True), 200)):
                found.append(sheet.title)
    return tuple(found)


@contextmanager
def _whole() -> Iterator[None]:
    """A part that breaks off is the sender's fault, said in plain words."""
    try:
        yield
    except (ElementTree.ParseError, zipfile.BadZipFile, ValueError, KeyError, EOFError, zlib.error):
        refuse(_("The workbook is damaged or was cut off. Export it again from its source, or copy it again."))


def excel_rows(source: BinaryIO, name: str) -> Iterator[Row]:
    """Rows of one sheet. Formulas, errors and merged cells come marked; macros are never looked at."""
    book = _load(source)
    sheet = book[name]
    with _whole():
        merged = _merged(source, sheet)
        sheet.reset_dimensions()
        for number, cells in enumerate(sheet.iter_rows(), 1):
            values = [_value(cell) for cell in cells]
            while values and values[-1] is None and not merged.get(number):
                values.pop()
            for column in merged.get(number, ()):
                values.extend([None] * (column - len(values)))
                values[column - 1] = Merged(values[column - 1] or "")
            if any(value not in (None, "") or isinstance(value, Merged) for value in values):
                yield number, values
    book.close()


def _value(cell: Any) -> Any:
    value = cell.value
    if value is None:
        return None
    if cell.data_type == "f":
        return Formula(value if isinstance(value, str) else getattr(value, "text", None) or "=")
    if cell.data_type == "e":
        return CellError(value)
    return value


def _merged(source: BinaryIO, sheet: Any) -> dict[int, list[int]]:
    """Row → columns (from 1) that lie in a merged range. The list is at the end of the sheet's part, so the part is scanned once."""
    found: dict[int, list[int]] = {}
    source.seek(0)
    with zipfile.ZipFile(source) as archive, archive.open(sheet._worksheet_path.lstrip("/")) as part:
        tail = b""
        while block := part.read(1 << 20):
            for match in _MERGE.finditer(tail + block):
                _spread(match[1].decode(), found)
            # a match that straddles two blocks is found in the next; one wholly in the tail is only set twice
            tail = block[-200:]
    return found


def _spread(reference: str, found: dict[int, list[int]]) -> None:
    edges = [edge for edge in range_boundaries(reference) if edge is not None]
    if len(edges) < 4 or (edges[2] - edges[0] + 1) * (edges[3] - edges[1] + 1) > 1_000_000:
        refuse(_("Cells %(where)s are merged over whole rows or columns. Unmerge them and import the file again."), where=reference)
    left, top, right, bottom = edges
    for row in range(top, bottom + 1):
        columns = found.setdefault(row, [])
        columns.extend(column for column in range(left, right + 1) if column not in columns)


def _ods_sheets(source: BinaryIO) -> tuple[str, ...]:
    seen: dict[str, bool] = {}
    for name, _number, cells in _ods(source):
        seen[name] = seen.get(name, False) or any(cells)
    return tuple(name for name, some in seen.items() if some)


def ods_rows(source: BinaryIO, wanted: str) -> Iterator[Row]:
    """Rows of one OpenDocument sheet."""
    for name, number, cells in _ods(source):
        if name == wanted and any(cells):
            yield number, cells


def _ods(source: BinaryIO) -> Iterator[tuple[str, int, list[Any]]]:
    source.seek(0)
    name, number = "", 0
    with _whole(), zipfile.ZipFile(source) as archive, archive.open("content.xml") as part:
        for event, element in ElementTree.iterparse(part, ("start", "end")):
            if event == "start" and element.tag == _TABLE + "table":
                name, number = element.get(_TABLE + "name", ""), 0
            elif event == "end" and element.tag == _TABLE + "table-row":
                number += 1
                yield name, number, _ods_cells(element)
                number += int(element.get(_TABLE + "number-rows-repeated", 1)) - 1
                element.clear()


def _ods_cells(row: Any) -> list[Any]:
    cells: list[Any] = []
    for cell in row:
        if cell.tag not in (_TABLE + "table-cell", _TABLE + "covered-table-cell"):
            continue
        value = cell.get(_OFFICE + "date-value") or "\n".join(_ods_text(line) for line in cell.iter(_TEXT + "p"))
        if cell.get(_TABLE + "formula"):
            value = Formula(value)
        elif cell.tag == _TABLE + "covered-table-cell" or int(cell.get(_TABLE + "number-columns-spanned", 1)) > 1:
            value = Merged(value)
        # an empty cell repeated to the sheet's edge must not become a thousand cells
        cells.extend([value] * (min(int(cell.get(_TABLE + "number-columns-repeated", 1)), 1_001) if value else 1))
        if not value:
            cells.extend([""] * min(int(cell.get(_TABLE + "number-columns-repeated", 1)) - 1, 1_001))
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _ods_text(line: Any) -> str:
    words = [line.text or ""]
    for part in line:
        words.append(" " * int(part.get(_TEXT + "c", 1)) if part.tag == _TEXT + "s" else "".join(part.itertext()))
        words.append(part.tail or "")
    return "".join(words)
