"""The room a linkage works in: DuckDB in memory, under a limit, with a folder of its own for what does not fit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb
import polars as pl

from havre.evidence.stats.linkage.records import Records

MEMORY = "900MB"  # DuckDB's share; what goes over it is written to the folder and read back
# what blocking and the comparison levels read; ids, dates of recording and shared lines stay out of the room
READ = (
    "rid", "source", "grp", "sk", "snd", "rare", "n_tokens", "y", "m", "d", "sex", "nat", "area", "place", "doc", "line", "home",
)  # fmt: skip


@contextmanager
def workspace(records: Records, *, memory: str | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection with table `people` (one row a record, columns READ), closed at the end with all it wrote.

    Args: memory, DuckDB's limit with its unit, such as "900MB"; else MEMORY. Its results do not depend on it.
    What does not fit is spilled unencrypted to a folder that only this user may read, under the system's place for temporary files
    (`TMPDIR`), and is removed with it. Raises: duckdb.OutOfMemoryException when even one step does not fit; OSError for a full disk.
    Source: Raasveldt and Mühleisen, DuckDB: an Embeddable Analytical Database, SIGMOD 2019.
    """
    with tempfile.TemporaryDirectory(prefix="havre-link-") as folder:
        con = duckdb.connect(config={"memory_limit": memory or MEMORY, "temp_directory": folder, "preserve_insertion_order": False})
        try:
            _fill(con, records.table.select(READ))
            yield con
        finally:
            con.close()


def _fill(con: duckdb.DuckDBPyConnection, table: pl.DataFrame) -> None:
    arrived = table.to_arrow()
    con.register("arrived", arrived)
    con.execute("CREATE TABLE people AS SELECT * FROM arrived")
    con.unregister("arrived")
