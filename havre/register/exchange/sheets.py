"""Opening a sheet that somebody sent: CSV, Excel or OpenDocument, with limits, and with a plain word for each way it can be broken.

Nothing is executed, nothing is written to disk, and rows are read one at a time.
"""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from django.utils.translation import gettext_lazy as _

from havre.register.exchange import workbooks
from havre.register.exchange.workbooks import Row, refuse
from havre.trust.errors import Invalid

FILE_BYTES = 64 * 1024 * 1024
ROWS = 250_000
COLUMNS = 1_000
CELL = 32_767
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_SIGNS = (",", ";", "\t", "|")


@dataclass(frozen=True)
class Book:
    """An opened file: its kind, the sheets that hold something, and for text its encoding and separator."""

    kind: str
    source: BinaryIO
    sheets: tuple[str, ...]
    encoding: str = ""
    separator: str = ","

    def rows(self, sheet: str = "") -> Iterator[Row]:
        """(row number from 1, cells) of one sheet, blank rows left out.

        Raises: Invalid: more than one sheet and none chosen; a sheet that is not there; a file that breaks off; a limit passed.
        """
        name = self.choose(sheet)
        if self.kind == "csv":
            rows = _text_rows(self.source, self.encoding, self.separator)
        elif self.kind == "ods":
            rows = workbooks.ods_rows(self.source, name)
        else:
            rows = workbooks.excel_rows(self.source, name)
        for seen, (number, cells) in enumerate(rows):
            if seen >= ROWS:
                refuse(_("The sheet has more than %(most)s rows. Cut it into several files and import them one by one."), most=ROWS)
            if len(cells) > COLUMNS:
                refuse(_("Row %(row)s has more than %(most)s cells. Remove the columns that hold nothing."), row=number, most=COLUMNS)
            yield number, cells

    def choose(self, sheet: str = "") -> str:
        """The sheet to read. Raises: Invalid when there are several and none was named, or the named one is not there."""
        if sheet:
            if self.kind != "csv" and sheet not in self.sheets:
                refuse(_("There is no sheet %(name)s in the file. It has: %(names)s."), name=sheet, names=", ".join(self.sheets))
            return sheet
        if len(self.sheets) > 1:
            raise Invalid(
                {"sheet": [_("The file holds several sheets (%(names)s). Choose the one to read.") % {"names": ", ".join(self.sheets)}]}
            )
        return self.sheets[0]

    def count(self, sheet: str = "") -> int:
        """How many rows there are, having read the file to its end: a file that breaks off is refused before anything is written."""
        return sum(1 for _row in self.rows(sheet))


def open_book(source: BinaryIO) -> Book:
    """Look at a file's content, never at its name, and open it.

    Raises: Invalid: empty, too big, protected by a password, an old Excel file, a damaged or oversized archive, no table at all.
    """
    size = source.seek(0, io.SEEK_END)
    source.seek(0)
    if size == 0:
        refuse(_("The file is empty. Export it again from its source."))
    if size > FILE_BYTES:
        refuse(
            _("The file has %(size)s MB; at most %(most)s MB are read at once. Cut it into several files and import them one by one."),
            size=size // 1_048_576,
            most=FILE_BYTES // 1_048_576,
        )
    head = source.read(65_536)
    source.seek(0)
    if head.startswith(_OLE):
        _refuse_ole(source)
    if head.startswith(b"PK"):
        kind, sheets = workbooks.inspect(source)
        return Book(kind, source, sheets)
    encoding = _encoding(head)
    return Book("csv", source, ("",), encoding, _separator(head, encoding))


def _refuse_ole(source: BinaryIO) -> None:
    content = source.read()
    if "EncryptedPackage".encode("utf-16-le") in content:
        refuse(_("The workbook is protected by a password. Open it, remove the password, save it, and import it again."))
    refuse(_("This is an old Excel file (.xls). Open it, save it as an Excel workbook (.xlsx) or as CSV UTF-8, and import it again."))


def _encoding(head: bytes) -> str:
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    if b"\0" in head:
        refuse(_("This is not a table that can be read. Save it as CSV UTF-8 or as an Excel workbook (.xlsx)."))
    return "utf-8-sig"


def _separator(head: bytes, encoding: str) -> str:
    line = next(iter(head.decode(encoding, "replace").splitlines()), "")
    counts = {sign: len(next(csv.reader([line], delimiter=sign), ())) for sign in _SIGNS}
    return max(_SIGNS, key=lambda sign: counts[sign])


def _text_rows(source: BinaryIO, encoding: str, separator: str) -> Iterator[Row]:
    """Rows of a CSV by a real parser: a cell may hold line breaks. A row is numbered by its order, as a spreadsheet shows it."""
    source.seek(0)
    text = io.TextIOWrapper(source, encoding=encoding, newline="", errors="strict")
    reader = csv.reader(text, delimiter=separator, strict=True)
    number = 0
    try:
        for cells in reader:
            number += 1
            if any(cell and not cell.isspace() for cell in cells):
                yield number, cells
    except UnicodeError:
        refuse(
            _("The text is not UTF-8 (after row %(row)s). In the spreadsheet choose “Save as” and “CSV UTF-8”, then import it again."),
            row=number,
        )
    except csv.Error as error:
        refuse(
            _("The file breaks off or its quotation marks do not match, after row %(row)s (%(why)s). Export it again."),
            row=number,
            why=str(error),
        )
    finally:
        text.detach()


def digest_of(source: BinaryIO) -> bytes:
    """SHA-256 of the whole file, read in pieces."""
    source.seek(0)
    digest = hashlib.sha256()
    while block := source.read(1 << 20):
        digest.update(block)
    source.seek(0)
    return digest.digest()
