"""Reads overlaps of lists from a file or a table, and says clearly what is wrong with one.

Accepted: one column of 0/1 for each list and a last column of counts, whatever its name; or one row for each person. An absent history
counts 0. Bad input raises BadTable with the column, the row (as a spreadsheet numbers it) and the way to mend it.
"""

from __future__ import annotations

import codecs
import csv
import io
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa

from havre.evidence.stats.prevalence.table import MOST_PEOPLE, Overlaps, checked
from havre.evidence.stats.prevalence.words import BadTable, Text

COUNT_NAMES = frozenset(
    [
        "n",
        "count",
        "counts",
        "freq",
        "frequency",
        "frequencies",
        "number",
        "people",
        "persons",
        "cases",
        "total",
        "obs",
        "nombre",
        "effectif",
        "effectifs",
        "personnes",
        "fréquence",
    ]
)
# a last column of this name is not of counts, although it holds whole numbers
NO_COUNT_NAMES = frozenset(
    (
        "year",
        "years",
        "month",
        "date",
        "age",
        "id",
        "no",
        "année",
        "annee",
        "années",
        "an",
        "mois",
        "âge",
        "numéro",
        "numero",
        "ano",
    )
)
ONE = frozenset(("1", "1.0", "true"))
ZERO = frozenset(("0", "0.0", "false"))
_EMPTY, _BINARY, _BLANK = Text("vide", "empty"), Text("ce n'est pas du texte", "not text"), Text("(vide)", "(blank)")
_QUOTE = Text(
    "un guillemet est mal placé ou jamais fermé à la ligne {row}", "a quotation mark is out of place or never closed in row {row}"
)


def read_table(source: Any, *, count: str | None = None, strata: str | None = None) -> Overlaps:
    """The overlaps in a CSV path, a polars, Arrow or pandas table, or Overlaps, checked.

    Args: count, the column of counts (found by its name or values when not given); strata, a column to sum over.
    Raises: BadTable.
    Counts are whole people; the lists are the columns' names. Source: capture histories, as Otis et al., Wildlife Monographs 62 (1978).

    >>> read_table(pl.DataFrame({"a": [1, 0, 1], "b": [0, 1, 1], "c": [1, 1, 0], "n": [4, 5, 6]})).people
    15
    """
    if isinstance(source, Overlaps):
        return checked(source)
    parts = _parts(_frame(source), count, strata)
    counts: dict[int, int] = {}
    for part in parts.values():
        for history, people in part.cells:
            counts[history] = counts.get(history, 0) + people
    return checked(Overlaps.from_masks(next(iter(parts.values())).lists, counts))


def read_strata(source: Any, strata: str, *, count: str | None = None) -> dict[str, Overlaps]:
    """The overlaps of each value of the column `strata`, in the order of the file; lists may be empty in one. Raises: BadTable.

    Args: as `read_table`; strata, the column that must be there. Source: capture histories, as Otis et al., Wildlife Monographs 62 (1978).
    """
    return _parts(_frame(source), count, strata)


def _frame(source: Any) -> pl.DataFrame:
    if isinstance(source, str | Path):
        return _file(Path(source))
    if isinstance(source, pl.LazyFrame):
        source = source.collect()
    if isinstance(source, pa.Table | pa.RecordBatch):
        _checked_names(source.schema.names)
        source = pl.from_arrow(source)
    elif hasattr(source, "to_dict") and hasattr(source, "iloc"):
        source = pl.from_pandas(source)
    if not isinstance(source, pl.DataFrame):
        raise BadTable("bad_type", kind=type(source).__name__)
    return source


def _file(path: Path) -> pl.DataFrame:
    try:
        raw = path.read_bytes()
    except OSError:
        raise BadTable("missing_file", file=path.name) from None
    text = _text(raw).replace("\r\n", "\n").replace("\r", "\n")
    head = text.split("\n", 1)[0]
    if not head.strip() or "\0" in text:
        raise BadTable("not_a_table", file=path.name, detail=_BINARY if "\0" in text else _EMPTY)
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t|", key=head.count), strict=True)
    rows: list[list[str]] = []
    try:
        rows.extend(lines)
    except csv.Error:
        at = len(rows) + 1
        raise BadTable("not_a_table", file=path.name, detail=Text(_QUOTE.fr.format(row=at), _QUOTE.en.format(row=at))) from None
    names = [name.strip() for name in rows[0]]
    _checked_names(names)
    for number, row in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in row[len(names) :]):
            raise BadTable("ragged", file=path.name, row=number, cells=len(row), columns=len(names))
    columns = {name: [row[place] if place < len(row) else "" for row in rows[1:]] for place, name in enumerate(names)}
    return pl.DataFrame(columns, schema=dict.fromkeys(names, pl.String))


def _checked_names(names: Sequence[str]) -> None:
    for place, name in enumerate(names):
        if not name.strip():
            raise BadTable("no_name", place=place + 1)
        if names.count(name) > 1:
            raise BadTable("same_name", column=name)


def _text(raw: bytes) -> str:
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):  # spreadsheets' "Unicode text"
        return raw.decode("utf-16", errors="replace")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("latin-1")


def _parts(frame: pl.DataFrame, count: str | None, strata: str | None) -> dict[str, Overlaps]:
    for asked in (count, strata):
        if asked is not None and asked not in frame.columns:
            raise BadTable("no_such_column", column=asked, columns=", ".join(frame.columns))
    if count is not None and count == strata:
        raise BadTable("two_roles", column=count)
    if not frame.height:
        raise BadTable("no_rows")
    values = {name: [_word(value) for value in frame[name].to_list()] for name in frame.columns}
    # a blank line is no row, and the rows after it keep the number that a spreadsheet gives them
    written = [place for place in range(frame.height) if any(column[place] for column in values.values())]
    if not written:
        raise BadTable("no_rows")
    rows = [place + 2 for place in written]
    values = {name: [column[place] for place in written] for name, column in values.items()}
    columns = [name for name in frame.columns if name != strata]
    if not columns:
        raise BadTable("no_lists")
    count = count or _count_column(columns, values)
    lists = tuple(name for name in columns if name != count)
    if not lists:
        raise BadTable("no_lists")
    groups = [_stratum(strata, row, word) for row, word in zip(rows, values[strata], strict=True)] if strata else [""] * len(rows)
    people = [1] * len(rows) if count is None else [_people(count, row, word) for row, word in zip(rows, values[count], strict=True)]
    return _grouped(lists, rows, _masks(lists, rows, values), people, groups, repeats=count is None)


def _grouped(
    lists: tuple[str, ...], rows: Sequence[int], masks: Sequence[int], people: Sequence[int], groups: Sequence[str], *, repeats: bool
) -> dict[str, Overlaps]:
    counts: dict[str, dict[int, int]] = {}
    seen: dict[tuple[str, int], int] = {}
    for row, mask, number, group in zip(rows, masks, people, groups, strict=True):
        if not mask:
            if number:
                raise BadTable("nowhere", row=row, value=number)
            continue
        if not repeats and (group, mask) in seen:
            history = ":".join(name for index, name in enumerate(lists) if mask >> index & 1)
            raise BadTable("twice", first=seen[group, mask], second=row, history=history)
        seen[group, mask] = row
        part = counts.setdefault(group, {})
        part[mask] = part.get(mask, 0) + number
    if not counts:
        raise BadTable("nobody")
    return {group: Overlaps.from_masks(lists, part) for group, part in counts.items()}


def _word(value: object) -> str:
    return "" if value is None else str(value).strip()


def _count_column(columns: Sequence[str], values: dict[str, list[str]]) -> str | None:
    """The last column, when its name or its values say that it counts; else every row is one person.

    Raises: BadTable, for a column of years, ages or numbers of records, which would be summed as people.
    """
    last = columns[-1]
    if last.casefold() in COUNT_NAMES:
        return last
    binary = all(value.casefold() in ONE | ZERO for value in values[last])
    if not binary and last.casefold() in NO_COUNT_NAMES:
        raise BadTable("no_count_column", column=last)
    return None if binary else last


def _stratum(column: str, row: int, word: str) -> str:
    if not word:
        raise BadTable("blank_stratum", column=column, row=row)
    return word


def _people(column: str, row: int, value: str) -> int:
    place = {"column": column, "row": row, "value": value}
    if not value:
        raise BadTable("blank_count", column=column, row=row)
    try:
        number = float(value)
    except ValueError:
        raise BadTable("not_a_count", **place) from None
    if not math.isfinite(number):
        raise BadTable("not_a_count", **place)
    if number < 0:
        raise BadTable("negative", **place)
    if number != int(number):
        raise BadTable("fractional", **place)
    if number > MOST_PEOPLE:
        raise BadTable("too_large", most=MOST_PEOPLE, **place)
    return int(number)


def _masks(lists: Sequence[str], rows: Sequence[int], values: dict[str, list[str]]) -> list[int]:
    masks = [0] * len(rows)
    for index, name in enumerate(lists):
        for place, value in enumerate(values[name]):
            word = value.casefold()
            if word in ONE:
                masks[place] |= 1 << index
            elif word not in ZERO:
                raise BadTable("not_binary", column=name, row=rows[place], value=value or _BLANK)
    return masks
