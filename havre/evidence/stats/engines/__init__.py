"""Engines for the same counts: polars in memory, DuckDB over Parquet, Spark when one machine is not enough.

Tests hold them equal; the measures know none of them. `open_tables` chooses.
"""

from havre.evidence.stats.engines.asking import ROUTE, ROUTE_LISTS, STAGES, Engine, Spread, Where
from havre.evidence.stats.engines.duck import DuckDB
from havre.evidence.stats.engines.frames import Polars
from havre.evidence.stats.engines.opening import open_tables

__all__ = ["ROUTE", "ROUTE_LISTS", "STAGES", "DuckDB", "Engine", "Polars", "Spread", "Where", "open_tables"]
