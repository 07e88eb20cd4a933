"""Is every combination of quasi-identifiers shared by at least k persons?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from havre.release.stats.cells import Cell
from havre.release.stats.errors import BadTable


@dataclass(frozen=True, slots=True)
class Below:
    """One combination held by fewer than k rows."""

    cell: Cell
    rows: int


@dataclass(frozen=True, slots=True)
class KCheck:
    """The verdict on one file.

    `rows` and `classes` describe the whole file; `below` names each combination under k, smallest first; `rows_below` is how many rows
    they hold together; `smallest` the smallest class of all (0 for an empty file).
    """

    k: int
    by: tuple[str, ...]
    rows: int
    classes: int
    below: tuple[Below, ...]
    rows_below: int
    smallest: int

    @property
    def holds(self) -> bool:
        """Whether no combination is held by fewer than k rows."""
        return not self.below


def check_k(frame: pl.DataFrame, by: Sequence[str], *, k: int) -> KCheck:
    """Name every combination of `by` that fewer than `k` rows share.

    Args: frame, one row a person; by, the quasi-identifiers; a missing value is a value of its own ("").
    Raises: BadTable for no column, an unknown one, or k below 2.
    Source: Samarati & Sweeney 1998; k = 11 is CTDC's threshold for its k-anonymised file.

    >>> rows = pl.DataFrame({"year": ["2019", "2019", "2020"], "sex": ["f", "f", "m"]})
    >>> found = check_k(rows, ["year", "sex"], k=2)
    >>> found.holds, found.below[0].rows
    (False, 1)
    """
    if k < 2:
        raise BadTable(f"k = {k} protects nobody: give 2 or more", f"k = {k} ne protège personne : donner 2 ou plus")
    unknown = [column for column in by if column not in frame.columns]
    if not by or unknown:
        raise BadTable(
            f"no column {', '.join(map(repr, unknown)) or 'given'}; the file has {', '.join(map(repr, frame.columns))}",
            f"pas de colonne {', '.join(map(repr, unknown)) or 'donnée'} ; le fichier a {', '.join(map(repr, frame.columns))}",
        )
    columns = list(dict.fromkeys(by))
    classes = (
        frame.select(pl.col(column).cast(pl.String).fill_null("") for column in columns)
        .group_by(columns)
        .len("rows")
        .sort("rows", *columns)
    )
    under = classes.filter(pl.col("rows") < k)
    below = tuple(Below(tuple(sorted(zip(columns, codes, strict=True))), rows) for *codes, rows in under.iter_rows())
    return KCheck(
        k=k,
        by=tuple(columns),
        rows=frame.height,
        classes=classes.height,
        below=below,
        rows_below=sum(one.rows for one in below),
        smallest=int(classes["rows"][0]) if classes.height else 0,
    )
