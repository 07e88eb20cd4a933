"""Reading a file of rows for the command and the notebook: everything is text, a missing value is a value."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from havre.release.stats.errors import BadTable


def read_rows(path: Path) -> pl.DataFrame:
    """One row a person, every column as text. CSV (UTF-8, comma) or Parquet.

    Raises: BadTable for another ending, an unreadable file or one without rows.
    """
    if not path.is_file():
        raise BadTable(f"{path.name}: there is no such file")
    try:
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            frame = frame.select(pl.col(column).cast(pl.String) for column, kind in frame.schema.items() if not kind.is_nested())
        elif path.suffix in (".csv", ".txt"):
            frame = pl.read_csv(path, infer_schema=False, encoding="utf8")
        else:
            raise BadTable(f"{path.name}: give a .csv or .parquet file")
    except pl.exceptions.PolarsError as error:
        raise BadTable(f"{path.name} cannot be read as a table: {str(error).splitlines()[0]}") from None
    if not frame.height:
        raise BadTable(f"{path.name} holds no rows")
    return frame
