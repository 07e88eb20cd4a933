"""A published table as rows for the page and the file. Plain Python: the web imports no statistics."""

from __future__ import annotations

import csv
import io
from typing import Any

HIDDEN = "x"
TOTAL = "*"


def lines(shown: list[list[Any]], table: list[str]) -> list[dict[str, Any]]:
    """One line a cell of `table`: codes in its columns' order (TOTAL where summed over), the count or HIDDEN. Totals come last."""
    wanted, found = set(table), []
    for key, value in shown:
        codes = dict(key)
        if set(codes) <= wanted:
            found.append({"codes": [codes.get(column, TOTAL) for column in table], "persons": HIDDEN if value is None else value})
    return sorted(found, key=lambda line: [(code == TOTAL, code) for code in line["codes"]])


def as_csv(shown: list[list[Any]], table: list[str]) -> str:
    """The table as CSV: UTF-8, header, HIDDEN for hidden cells; a code that a sheet would run as a formula is kept from it by a quote."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([*table, "persons"])
    for line in lines(shown, table):
        writer.writerow([*(_plain(code) for code in line["codes"]), line["persons"]])
    return out.getvalue()


def _plain(code: str) -> str:
    return f"'{code}" if code[:1] in ("=", "+", "-", "@") else code
