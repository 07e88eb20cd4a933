"""The standard's table as CSV, Excel and JSON: its fields, its order, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence

from havre.register.exchange import vocabulary
from havre.register.exchange.openpyxl_alone import Workbook

# OWASP: what makes a spreadsheet read a cell as a formula
RISKY = ("=", "+", "-", "@", "\t", "\r")
FORMS = ("csv", "xlsx", "json")
Row = Mapping[str, str]


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it. Reading it in again takes the apostrophe away."""
    return "'" + text if text.startswith(RISKY) else text


def header() -> list[str]:
    """The 81 live field names, in the standard's order."""
    return [field.name for field in vocabulary.live()]


def write(form: str, rows: Sequence[Row], mark: str) -> bytes:
    """The table in one of FORMS, its copy's mark as the last row (or under `copy` in JSON)."""
    return {"csv": csv_table, "xlsx": excel_table, "json": json_table}[form](rows, mark)


def csv_table(rows: Sequence[Row], mark: str) -> bytes:
    """UTF-8 with CRLF (RFC 4180)."""
    names = header()
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(names)
    writer.writerows([harmless(row.get(name, "")) for name in names] for row in rows)
    if mark:
        writer.writerow([mark, *([""] * (len(names) - 1))])
    return out.getvalue().encode()


def excel_table(rows: Sequence[Row], mark: str) -> bytes:
    """One sheet; every cell is text."""
    names = header()
    book = Workbook(write_only=True)
    sheet = book.create_sheet("HTCDS 2.0")
    sheet.oddFooter.center.text = mark  # type: ignore[union-attr]
    sheet.append(names)
    for row in rows:
        sheet.append([harmless(row.get(name, "")) for name in names])
    if mark:
        sheet.append([mark])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def json_table(rows: Sequence[Row], mark: str) -> bytes:
    """{"standard", "copy", "rows": [every field, "" when not recorded]}."""
    names = header()
    body = {"standard": "HTCDS 2.0", "copy": mark, "rows": [{name: row.get(name, "") for name in names} for row in rows]}
    return json.dumps(body, ensure_ascii=False, indent=1).encode()
