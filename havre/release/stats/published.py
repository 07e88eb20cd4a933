"""Reading a published table back: the attacker's view of it, without the rows behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from havre.release.stats.cells import Cell, Layout, words
from havre.release.stats.errors import BadTable
from havre.release.stats.protect import HIDDEN, NOT_RECORDED
from havre.release.stats.reading import read_rows

COUNT = "persons"


@dataclass(frozen=True, slots=True)
class Published:
    """One published table: its columns, its codes, and each cell's figure in persons, None where it is hidden."""

    name: str
    columns: tuple[str, ...]
    codes: Mapping[str, tuple[str, ...]]
    cells: Mapping[Cell, float | None]

    @property
    def figures(self) -> dict[Cell, float]:
        """The shown cells with their counts, in persons."""
        return {key: value for key, value in self.cells.items() if value is not None}

    @property
    def hidden(self) -> tuple[Cell, ...]:
        """The cells marked as hidden."""
        return tuple(key for key, value in self.cells.items() if value is None)


def read_published(path: Path) -> Published:
    """A table as `grid` writes it. Raises: BadTable."""
    return of_grid(read_rows(path), name=path.name)


def of_grid(frame: pl.DataFrame, *, name: str) -> Published:
    """A table from its rows: the columns, then `persons` ("x" is hidden, an empty field in a column is its total).

    Raises: BadTable for no count column, a figure that is no whole number of persons, or two rows about one cell.
    """
    if COUNT not in frame.columns or len(frame.columns) < 2:
        raise BadTable(
            f"{name}: no column {COUNT!r}; give a table as `havre release table` writes it",
            f"{name} : pas de colonne {COUNT!r} ; donner un tableau tel que `havre release table` l'écrit",
        )
    columns = tuple(column for column in frame.columns if column != COUNT)
    cells: dict[Cell, float | None] = {}
    codes: dict[str, dict[str, None]] = {column: {} for column in columns}
    for number, row in enumerate(frame.iter_rows(named=True), 2):
        key: Cell = tuple(sorted((column, "" if row[column] == NOT_RECORDED else row[column]) for column in columns if row[column]))
        if key in cells:
            raise BadTable(
                f"{name}, line {number}: {words(key)} is there twice; keep one row a cell",
                f"{name}, ligne {number} : {words(key)} y est deux fois ; une ligne par cellule",
            )
        cells[key] = _figure(row[COUNT], name, number)
        for column, code in key:
            codes[column][code] = None
    return Published(name, columns, {column: tuple(found) for column, found in codes.items()}, cells)


def _figure(text: str | None, name: str, number: int) -> float | None:
    if text == HIDDEN:
        return None
    if text is None or not text.isdecimal():
        raise BadTable(
            f"{name}, line {number}: {text!r} is no number of persons; write a whole number, or {HIDDEN} for a hidden cell",
            f"{name}, ligne {number} : {text!r} n'est pas un nombre de personnes ; écrire un entier, ou {HIDDEN} pour une cellule masquée",
        )
    return float(text)


def layout_of(
    tables: Sequence[Published],
    past: Sequence[Published] = (),
    *,
    parents: Mapping[str, Mapping[str, str]] | None = None,
) -> Layout:
    """The layout that holds all these tables, over the codes that they show; codes that are parents of others are not counted twice."""
    codes: dict[str, dict[str, None]] = {}
    for table in (*tables, *past):
        for column, found in table.codes.items():
            codes.setdefault(column, {}).update(dict.fromkeys(found))
    above = {column: set(tree.values()) for column, tree in (parents or {}).items()}
    domains = {column: tuple(code for code in found if code not in above.get(column, set())) for column, found in codes.items()}
    own = tuple(dict.fromkeys(tuple(sorted(table.columns)) for table in tables))
    return Layout(own, domains, parents=parents or {}, past=tuple(dict.fromkeys(tuple(sorted(table.columns)) for table in past)))
