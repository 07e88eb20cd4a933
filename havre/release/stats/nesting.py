"""Columns that say the same thing at two levels: a district lies in one region, and whoever reads both tables knows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import permutations

import numpy as np
import polars as pl

from havre.release.stats.cells import Layout, System
from havre.release.stats.errors import BadTable

# (finer column, coarser column) -> finer code -> the one coarser code it lies in
Nesting = Mapping[tuple[str, str], Mapping[str, str]]


def nesting_of(frame: pl.DataFrame, layout: Layout) -> Nesting:
    """Every pair of columns of the layout, of which each code of the first goes with one code only of the second.

    What the rows show at two levels an outsider knows from a map or a code book; where it is chance the attacker is only taken for cleverer
    than he is. A column with one code, or with more codes than the other has, says nothing of this kind.
    Source: Hundepool et al. 2012, section 4.3 (hierarchical and linked tables); functional dependencies, Codd 1970.
    """
    coded = frame.select(pl.col(column).cast(pl.String).fill_null("") for column in layout.columns)
    kinds = {column: coded[column].n_unique() for column in layout.columns}
    found = {}
    for fine, coarse in permutations(layout.columns, 2):
        if not 1 < kinds[coarse] <= kinds[fine]:
            continue
        pairs = coded.select(fine, coarse).unique()
        if pairs.height == kinds[fine]:
            found[fine, coarse] = dict(pairs.iter_rows())
    return found


def knowing_nesting(system: System, layout: Layout, nesting: Nesting, *, void: bool = True) -> System:
    """The same system where the attacker knows every cell to be empty that would put a finer code elsewhere than it lies.

    Args: void, a finer code that no row has is known to be empty as well: it lies somewhere, and the rows do not say where.
    Raises: BadTable when nested columns stand in different tables that are too large to be attacked together.
    Source: Fischetti & Salazar-Gonzalez 2001 (what an outsider knows of the system).
    """
    if not nesting:
        return system
    apart = [pair for pair in nesting if not any(set(pair) <= set(table) for table in (*layout.tables, *layout.past))]
    if apart and not system.joint:
        fine, coarse = apart[0]
        raise BadTable(
            f"each code of {fine!r} lies in one code of {coarse!r}, and tables of both are too large to be attacked together: their "
            "differences could tell small counts; publish one of the two levels, or use coarser codes",
            f"chaque code de {fine!r} se trouve dans un seul code de {coarse!r}, et les tableaux des deux sont trop grands pour être attaqués "
            "ensemble : leurs différences pourraient dire de petits effectifs ; publier un seul des deux niveaux, ou des codes plus larges",
        )
    empty = np.zeros(len(system.cells), bool)
    for place, key in enumerate(system.cells):
        codes = dict(key)
        empty[place] = any(_elsewhere(codes, fine, coarse, lies, layout, void) for (fine, coarse), lies in nesting.items())
    return replace(system, structural=system.structural | empty)


def _elsewhere(codes: Mapping[str, str], fine: str, coarse: str, lies: Mapping[str, str], layout: Layout, void: bool) -> bool:
    """Whether a cell puts a finer code where it does not lie."""
    if codes.get(fine) not in layout.domains[fine]:
        return False
    if codes[fine] not in lies:
        return void
    return codes.get(coarse) in layout.domains[coarse] and lies[codes[fine]] != codes[coarse]
