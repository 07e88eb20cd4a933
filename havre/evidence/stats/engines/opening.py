"""Which engine counts: by name, or by the size of the set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import polars as pl
import pyarrow.parquet as pq

from havre.evidence.stats.engines.asking import Engine
from havre.evidence.stats.engines.duck import DuckDB
from havre.evidence.stats.engines.frames import Polars
from havre.evidence.stats.errors import BadRows

NAMES = ("auto", "polars", "duckdb", "spark")
# rows of the largest table: from here on DuckDB reads in pieces, and from here on a cluster pays
FOR_DUCKDB, FOR_SPARK = 1_000_000, 200_000_000


def open_tables(
    files: Mapping[str, Path],
    *,
    engine: Literal["auto", "polars", "duckdb", "spark"] = "auto",
    for_spark: int = FOR_SPARK,
    session: Any = None,
) -> Engine:
    """The engine over Parquet files by table name (persons, events, steps ...).

    Args: engine, by name; auto takes polars to a million rows, DuckDB above, Spark from `for_spark` rows on where it is installed;
    session, a SparkSession of yours (else a local one is started). Tables of a hundred files: give Spark the folder.
    Raises: BadRows for a file that is not there, is no Parquet, or for an engine that does not exist.
    """
    if engine not in NAMES:
        raise BadRows(f"Moteur {engine!r} inconnu : {', '.join(NAMES)}.", f"No engine {engine!r}: {', '.join(NAMES)}.")
    rows = max((_rows(table, Path(path)) for table, path in files.items()), default=0)
    if engine == "auto":
        engine = "polars" if rows < FOR_DUCKDB else "duckdb" if rows < for_spark or not _spark_is_there() else "spark"
    if engine == "polars":
        return Polars({table: pl.read_parquet(path) for table, path in files.items()})
    if engine == "duckdb":
        return DuckDB({table: Path(path) for table, path in files.items()})
    # pyspark is an extra and starts Java: only when asked for
    from havre.evidence.stats.engines.spark import Spark

    return Spark({table: Path(path) for table, path in files.items()}, session=session)


def _rows(table: str, path: Path) -> int:
    try:
        parts = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        return sum(pq.read_metadata(part).num_rows for part in parts)
    except (OSError, ValueError) as problem:
        raise BadRows(
            f"Table {table!r} : {path.name} n'est pas un fichier Parquet lisible ({type(problem).__name__}).",
            f"Table {table!r}: {path.name} is no readable Parquet file ({type(problem).__name__}).",
        ) from None


def _spark_is_there() -> bool:
    from importlib.util import find_spec
    from shutil import which

    return find_spec("pyspark") is not None and which("java") is not None
