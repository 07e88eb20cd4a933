"""Cells and the sums that bind them: one system for a table, for linked tables, for hierarchies and for earlier releases.

A cell is the set of its (column, code) pairs; a column that is summed over is left out. The same cell of two linked tables is
therefore one cell, and the year margin of one table is the year cell of the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import combinations, product

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.sparse import csr_array

from havre.release.stats.errors import BadTable

Cell = tuple[tuple[str, str], ...]
GRAND_TOTAL: Cell = ()
# a system beyond this is refused: make the table coarser, or count it on another machine
MOST_CELLS = 200_000
# no column of a file may be called so: the amounts while they are counted, and the counts of a published table
AMOUNT = "havre:amount"
RESERVED = (AMOUNT, "persons")


def cell(**codes: str) -> Cell:
    """The cell with these codes; columns left out are summed over."""
    return tuple(sorted(codes.items()))


def words(key: Cell) -> str:
    """A cell as `column=code` words, `total` for the grand total."""
    return " ".join(f"{column}={code}" for column, code in key) or "total"


@dataclass(frozen=True)
class Layout:
    """Which tables are published together, over which codes.

    `tables` are tuples of column names; `domains` the codes of each column, from the published code book (never from the rows: a
    category list read from the rows is itself a release). `parents` maps a column's code to the code above it (country to region).
    `structural` are the finest cells that everybody knows to be empty. `past` are the tables of earlier releases about the same persons:
    they are not published again, but what they showed binds.
    """

    tables: tuple[tuple[str, ...], ...]
    domains: Mapping[str, tuple[str, ...]]
    parents: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    structural: frozenset[Cell] = frozenset()
    past: tuple[tuple[str, ...], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of any table, past ones included, sorted."""
        return tuple(sorted({column for table in (*self.tables, *self.past) for column in table}))

    def levels(self, column: str) -> tuple[str, ...]:
        """The codes above the finest ones, bottom up, each once."""
        above = self.parents.get(column, {})
        found: dict[str, None] = {}
        for leaf in self.domains[column]:
            seen, code = {leaf}, above.get(leaf)
            while code is not None:
                if code in seen:
                    raise BadTable(f"column {column!r}: the hierarchy turns in a circle at {code!r}; give each code one parent above it")
                seen.add(code)
                found[code] = None
                code = above.get(code)
        return tuple(found)

    def children(self, column: str) -> dict[str | None, tuple[str, ...]]:
        """Each code's children; None is the column's total."""
        above = self.parents.get(column, {})
        found: dict[str | None, list[str]] = {}
        for code in (*self.domains[column], *self.levels(column)):
            found.setdefault(above.get(code), []).append(code)
        return {parent: tuple(codes) for parent, codes in found.items()}


@dataclass(frozen=True)
class System:
    """Cells, their true values and the additive rows among them.

    Shape: n cells in sorted order; `values` (n,), persons (or another non-negative unit); `rows` sparse (m, n) with rows @ values = 0;
    `latent` marks cells that are in no published table but bind those that are; `structural` cells known to all to be empty.
    Source: Fischetti & Salazar 2001, Management Science 47(7): the general form of tables with linear additions.
    """

    cells: tuple[Cell, ...]
    values: NDArray[np.float64]
    rows: csr_array
    latent: NDArray[np.bool_]
    structural: NDArray[np.bool_]
    joint: bool = False

    @cached_property
    def index(self) -> dict[Cell, int]:
        """The place of each cell, 0 to n - 1."""
        return {key: place for place, key in enumerate(self.cells)}

    def at(self, key: Cell) -> int:
        """The place of a cell. Raises: BadTable when no table holds it."""
        try:
            return self.index[key]
        except KeyError:
            raise BadTable(f"no published table holds the cell {words(key)}") from None

    def mask(self, keys: Iterable[Cell]) -> NDArray[np.bool_]:
        """These cells as (n,) booleans. Raises: BadTable when no table holds one."""
        chosen = np.zeros(len(self.cells), dtype=bool)
        for key in keys:
            chosen[self.at(key)] = True
        return chosen

    def knowing(self, known: NDArray[np.bool_]) -> System:
        """The same system where these cells were published before: a latent one among them is no longer unknown."""
        return replace(self, latent=self.latent & ~known)

    def keys(self, mask: NDArray[np.bool_]) -> tuple[Cell, ...]:
        """The cells that a mask of shape (n,) marks, in their order."""
        return tuple(self.cells[place] for place in np.flatnonzero(mask))


def domains_of(frame: pl.DataFrame, columns: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """The codes seen in the rows, sorted. Only for a look at one's own data: a release takes its codes from the code book."""
    _columns_there(frame, columns)
    return {column: tuple(sorted(frame[column].cast(pl.String).fill_null("").unique().to_list())) for column in columns}


def _columns_there(frame: pl.DataFrame, columns: Iterable[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise BadTable(
            f"no column {', '.join(map(repr, missing))}; the file has {', '.join(map(repr, frame.columns))}",
            f"pas de colonne {', '.join(map(repr, missing))} ; le fichier a {', '.join(map(repr, frame.columns))}",
        )


def tabulate(
    frame: pl.DataFrame,
    layout: Layout,
    *,
    weight: str | None = None,
    joint: bool = True,
) -> System:
    """Count the rows of `frame` into every cell of the layout, margins and hierarchy levels included.

    Args: frame, one row a person; weight, a column of non-negative amounts to sum instead of counting; joint, bind linked tables by the
    finest common table too, which is all that an attacker can know of them (left out above MOST_CELLS cells, and then said so).
    Missing values are the code "".
    Raises: BadTable for a missing column, a code that the code book does not have, or too many cells.
    Source: Fischetti & Salazar-Gonzalez 2001 (tables with their additions as one system).
    """
    _columns_there(frame, [*layout.columns, *([weight] if weight else [])])
    for table in (*layout.tables, *layout.past):
        twice = [column for column in table if table.count(column) > 1]
        if twice:
            raise BadTable(
                f"column {twice[0]!r} is there twice in one table; name it once",
                f"colonne {twice[0]!r} : deux fois dans un tableau ; la nommer une fois",
            )
    taken = [column for column in layout.columns if column in RESERVED]
    if taken:
        raise BadTable(
            f"column {taken[0]!r} has the name of a published table's own column; rename it",
            f"la colonne {taken[0]!r} porte le nom d'une colonne propre aux tableaux publiés ; la renommer",
        )
    amounts = pl.lit(1.0) if weight is None else pl.col(weight).cast(pl.Float64, strict=False)
    coded = frame.select(*(pl.col(column).cast(pl.String).fill_null("") for column in layout.columns), amounts.alias(AMOUNT))
    for column in layout.columns:
        unknown = sorted(set(coded[column].unique()) - set(layout.domains[column]))
        if unknown:
            raise BadTable(
                f"column {column!r} holds {unknown[:5]!r}, which its code book does not have; mend the rows or the code book",
                f"la colonne {column!r} contient {unknown[:5]!r}, que sa liste de codes n'a pas ; corriger les lignes ou la liste",
            )
    if weight and not (coded[AMOUNT].is_finite() & (coded[AMOUNT] >= 0)).fill_null(False).all():
        raise BadTable(
            f"column {weight!r} holds amounts that are empty, negative or no numbers; only amounts of zero and more can be protected",
            f"la colonne {weight!r} contient des montants vides, négatifs ou qui ne sont pas des nombres ; seuls des montants d'au moins zéro "
            "peuvent être protégés",
        )
    linked = len({frozenset(table) for table in (*layout.tables, *layout.past)}) > 1
    size = int(np.prod([len(layout.domains[column]) for column in layout.columns], dtype=float))
    use_joint = joint and linked and size <= MOST_CELLS // 4
    published = _cells(layout, layout.tables)
    every = published | _cells(layout, layout.past) | (_cells(layout, (layout.columns,)) if use_joint else set())
    if len(every) > MOST_CELLS:
        raise BadTable(
            f"{len(every):,} cells are more than {MOST_CELLS:,}: leave a column out or use coarser codes",
            f"{len(every)} cellules, plus que {MOST_CELLS} : retirer une colonne ou prendre des codes plus larges",
        )
    values = _count(coded, layout, every)
    return _system(layout, every, values, published, use_joint)


def of_figures(layout: Layout, figures: Mapping[Cell, float]) -> System:
    """The system of a layout as an outsider sees it: filled with published figures, zero wherever nothing was published.

    The value of a cell without a figure means nothing: mark it hidden in whatever is asked of the system.
    Raises: BadTable for a figure outside the layout, or too many cells.
    Source: Fischetti & Salazar-Gonzalez 2001 (what an outsider knows of the system).
    """
    linked = len({frozenset(table) for table in (*layout.tables, *layout.past)}) > 1
    joint = linked and int(np.prod([len(layout.domains[column]) for column in layout.columns], dtype=float)) <= MOST_CELLS // 4
    published = _cells(layout, layout.tables)
    every = published | _cells(layout, layout.past) | (_cells(layout, (layout.columns,)) if joint else set())
    if len(every) > MOST_CELLS:
        raise BadTable(
            f"{len(every):,} cells are more than {MOST_CELLS:,}: leave a column out or use coarser codes",
            f"{len(every)} cellules, plus que {MOST_CELLS} : retirer une colonne ou prendre des codes plus larges",
        )
    foreign = next((key for key in figures if key not in every), None)
    if foreign is not None:
        raise BadTable(f"no table of this layout holds the cell {words(foreign)}: give the layout that the figures were published in")
    return _system(layout, every, dict(figures), published, joint)


def _cells(layout: Layout, tables: Iterable[tuple[str, ...]]) -> set[Cell]:
    found: set[Cell] = set()
    codes = {column: (*layout.domains[column], *layout.levels(column)) for column in layout.columns}
    for table in tables:
        for width in range(len(table) + 1):
            for some in combinations(sorted(table), width):
                found.update(tuple(zip(some, chosen, strict=True)) for chosen in product(*(codes[column] for column in some)))
                if len(found) > 2 * MOST_CELLS:
                    return found
    return found


def _lineage(layout: Layout, column: str) -> dict[str, tuple[str, ...]]:
    """Each finest code with every code above it, itself first."""
    above = layout.parents.get(column, {})
    found = {}
    for leaf in layout.domains[column]:
        line = [leaf]
        while line[-1] in above:
            line.append(above[line[-1]])
        found[leaf] = tuple(line)
    return found


def _count(coded: pl.DataFrame, layout: Layout, every: set[Cell]) -> dict[Cell, float]:
    lines = {column: _lineage(layout, column) for column in layout.columns}
    shapes = {tuple(column for column, _code in key) for key in every}
    found: dict[Cell, float] = {}
    for shape in shapes:
        if not shape:
            found[GRAND_TOTAL] = float(coded[AMOUNT].sum())
            continue
        for *codes, amount in coded.group_by(list(shape)).agg(pl.col(AMOUNT).sum()).iter_rows():
            for line in product(*(lines[column][code] for column, code in zip(shape, codes, strict=True))):
                key = tuple(zip(shape, line, strict=True))
                found[key] = found.get(key, 0.0) + amount
    return found


def _system(layout: Layout, every: set[Cell], values: dict[Cell, float], published: set[Cell], joint: bool) -> System:
    cells = tuple(sorted(every))
    place = {key: number for number, key in enumerate(cells)}
    kin = {column: layout.children(column) for column in layout.columns}
    row_of: list[int] = []
    column_of: list[int] = []
    sign: list[float] = []
    number = 0
    for key in cells:
        codes = dict(key)
        for column in layout.columns:
            parts = kin[column].get(codes.get(column))
            if not parts:
                continue
            members = [place.get(tuple(sorted({**codes, column: part}.items()))) for part in parts]
            if any(member is None for member in members):
                continue
            row_of += [number] * (len(members) + 1)
            column_of += [place[key], *members]  # type: ignore[list-item]
            sign += [-1.0] + [1.0] * len(members)
            number += 1
    rows = csr_array((sign, (row_of, column_of)), shape=(number, len(cells)))
    return System(
        cells=cells,
        values=np.array([values.get(key, 0.0) for key in cells]),
        rows=rows,
        latent=np.array([key not in published for key in cells]),
        structural=np.array([key in layout.structural for key in cells]),
        joint=joint,
    )
