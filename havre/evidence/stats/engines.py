"""Two engines for the same counts: polars in memory, DuckDB over Parquet. Tests hold them equal; the measures know neither.

Every count is of distinct persons. A list column has three states: null is not recorded, an empty list is asked and none, else values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import duckdb
import polars as pl

# a condition: column -> the value it must have; a list column must hold it
Where = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Spread:
    """How persons spread over the values of one column: `values`, persons by value; `recorded`, with an answer; `everyone`, all."""

    values: Mapping[str, int]
    recorded: int
    everyone: int


class Engine(Protocol):
    """What the measures ask. Tables hold a column `person`; a table `persons` has one row a person."""

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table, in order."""

    def spread(self, column: str, where: Where, *, table: str = "persons") -> Spread:
        """How many persons have each value of a column, and how many no answer."""

    def over_time(self, column: str, where: Where, *, table: str = "persons", width: int = 4) -> dict[str, int]:
        """Persons by period: the first `width` characters of an ISO date (4 a year, 7 a month)."""

    def incidence(self, column: str, by: str, where: Where) -> dict[tuple[str, str], int]:
        """Persons by pair of values of two columns."""

    def routes(self, where: Where) -> tuple[dict[tuple[str, str, str], int], int, int]:
        """Persons by origin, transit (joined by ">") and destination; then how many have a whole route, and how many were asked."""

    def waits(self, step: str, where: Where) -> tuple[list[int], list[int]]:
        """Days to a step: of those who got there, and of those who still wait."""


class Polars:
    """Counts over polars frames by table name."""

    def __init__(self, tables: Mapping[str, pl.DataFrame]) -> None:
        self.tables = dict(tables)

    def columns(self, table: str) -> tuple[str, ...]:
        return tuple(self.tables[table].columns) if table in self.tables else ()

    def _kept(self, where: Where) -> pl.DataFrame:
        persons = self.tables["persons"]
        for column, value in where.items():
            listed = isinstance(persons.schema[column], pl.List)
            persons = persons.filter(pl.col(column).list.contains(value) if listed else pl.col(column) == value)
        return persons

    def _rows(self, table: str, where: Where) -> pl.DataFrame:
        kept = self._kept(where)
        return kept if table == "persons" else self.tables[table].join(kept.select("person"), on="person", how="semi")

    def spread(self, column: str, where: Where, *, table: str = "persons") -> Spread:
        everyone = self._kept(where).height
        rows = self._rows(table, where).select("person", column).filter(pl.col(column).is_not_null())
        recorded = rows["person"].n_unique()
        if isinstance(rows.schema[column], pl.List):
            rows = rows.explode(column).filter(pl.col(column).is_not_null())
        counts = rows.group_by(column).agg(pl.col("person").n_unique().alias("n"))
        return Spread({str(value): int(number) for value, number in counts.iter_rows()}, recorded, everyone)

    def over_time(self, column: str, where: Where, *, table: str = "persons", width: int = 4) -> dict[str, int]:
        rows = self._rows(table, where).filter(pl.col(column).is_not_null())
        counts = rows.group_by(pl.col(column).str.slice(0, width).alias("period")).agg(pl.col("person").n_unique().alias("n"))
        return {period: int(number) for period, number in counts.sort("period").iter_rows()}

    def incidence(self, column: str, by: str, where: Where) -> dict[tuple[str, str], int]:
        rows = self._kept(where).select("person", column, by)
        for name in {column, by}:
            if isinstance(rows.schema[name], pl.List):
                rows = rows.explode(name)
        counts = rows.drop_nulls().group_by(by, column).agg(pl.col("person").n_unique().alias("n"))
        return {(str(first), str(second)): int(number) for first, second, number in counts.iter_rows()}

    def routes(self, where: Where) -> tuple[dict[tuple[str, str, str], int], int, int]:
        persons, events = self._kept(where), self.tables["events"].filter(pl.col("country") != "")
        legs = events.sort("person", "leg", "country")
        origin = (
            legs.filter(pl.col("kind") == "Recruitment").group_by("person", maintain_order=True).first().select("person", origin="country")
        )
        end = legs.filter(pl.col("kind") == "Exploitation").group_by("person", maintain_order=True).last().select("person", end="country")
        via = (
            legs.filter(pl.col("kind") == "Transit")
            .group_by("person", maintain_order=True)
            .agg(pl.col("country").unique(maintain_order=True).str.join(">").alias("via"))
        )
        whole = persons.select("person").join(origin, on="person").join(end, on="person").join(via, on="person", how="left")
        counts = whole.group_by("origin", pl.col("via").fill_null(""), "end").len("n")
        return {(a, b, c): int(n) for a, b, c, n in counts.iter_rows()}, whole.height, persons.height

    def waits(self, step: str, where: Where) -> tuple[list[int], list[int]]:
        persons = self._kept(where).select("person", "days_observed").filter(pl.col("days_observed").is_not_null())
        first = (
            self.tables["steps"]
            .filter((pl.col("step") == step) & pl.col("days").is_not_null())
            .group_by("person")
            .agg(pl.col("days").min())
        )
        both = persons.join(first, on="person", how="left")
        done = both.filter(pl.col("days").is_not_null())["days"].sort().to_list()
        return done, both.filter(pl.col("days").is_null())["days_observed"].sort().to_list()


class DuckDB:
    """The same counts as SQL over Parquet files by table name. A file bigger than memory is read in pieces."""

    def __init__(self, files: Mapping[str, Path]) -> None:
        self.base = duckdb.connect(":memory:")
        self.kinds: dict[str, dict[str, str]] = {}
        for table, path in files.items():
            name = _name(table)
            # DuckDB takes no parameter in a view: the path is quoted by doubling
            self.base.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')")
            self.kinds[table] = {column: kind for column, kind, *_ in self.base.execute(f"DESCRIBE {name}").fetchall()}

    def columns(self, table: str) -> tuple[str, ...]:
        return tuple(self.kinds.get(table, ()))

    def _where(self, where: Where) -> tuple[str, list[str]]:
        tests = [f"list_contains({_name(column)}, ?)" if self._listed("persons", column) else f"{_name(column)} = ?" for column in where]
        return " AND ".join(tests) or "true", list(where.values())

    def _listed(self, table: str, column: str) -> bool:
        return self.kinds[table][column].endswith("[]")

    def _all(self, query: str, values: list[str]) -> list[tuple[Any, ...]]:
        return self.base.execute(query, values).fetchall()

    def spread(self, column: str, where: Where, *, table: str = "persons") -> Spread:
        test, values = self._where(where)
        name, kept = _name(column), f"SELECT * FROM persons WHERE {test}"
        rows = kept if table == "persons" else f"SELECT * FROM {_name(table)} WHERE person IN (SELECT person FROM ({kept}))"
        everyone = self._all(f"SELECT count(*) FROM ({kept})", values)[0][0]
        recorded = self._all(f"SELECT count(DISTINCT person) FROM ({rows}) WHERE {name} IS NOT NULL", values)[0][0]
        one = f"unnest({name})" if self._listed(table, column) else name
        counts = self._all(
            f"SELECT v, count(DISTINCT person) FROM (SELECT person, {one} AS v FROM ({rows})) WHERE v IS NOT NULL GROUP BY v", values
        )
        return Spread({str(value): int(number) for value, number in counts}, int(recorded), int(everyone))

    def over_time(self, column: str, where: Where, *, table: str = "persons", width: int = 4) -> dict[str, int]:
        test, values = self._where(where)
        query = (
            f"SELECT substr({_name(column)}, 1, {int(width)}) AS period, count(DISTINCT person) FROM {_name(table)}"
            f" WHERE {_name(column)} IS NOT NULL AND person IN (SELECT person FROM persons WHERE {test}) GROUP BY 1 ORDER BY 1"
        )
        return {period: int(number) for period, number in self._all(query, values)}

    def incidence(self, column: str, by: str, where: Where) -> dict[tuple[str, str], int]:
        test, values = self._where(where)
        first, second = (f"unnest({_name(c)})" if self._listed("persons", c) else _name(c) for c in (by, column))
        inner = f"SELECT person, {first} AS a, {_name(column)} AS other FROM persons WHERE {test}"
        outer = f"SELECT person, a, {second.replace(_name(column), 'other')} AS b FROM ({inner})"
        query = f"SELECT a, b, count(DISTINCT person) FROM ({outer}) WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY 1, 2"
        return {(str(a), str(b)): int(number) for a, b, number in self._all(query, values)}

    def routes(self, where: Where) -> tuple[dict[tuple[str, str, str], int], int, int]:
        test, values = self._where(where)
        whole = f"""
            WITH kept AS (SELECT person FROM persons WHERE {test}),
            legs AS (SELECT * FROM events WHERE country <> ''),
            origin AS (SELECT person, first(country ORDER BY leg, country) AS o FROM legs WHERE kind = 'Recruitment' GROUP BY 1),
            ending AS (SELECT person, last(country ORDER BY leg, country) AS d FROM legs WHERE kind = 'Exploitation' GROUP BY 1),
            once AS (SELECT person, country, min(leg) AS leg FROM legs WHERE kind = 'Transit' GROUP BY 1, 2),
            via AS (SELECT person, string_agg(country, '>' ORDER BY leg, country) AS v FROM once GROUP BY 1)
            SELECT o, coalesce(v, ''), d, count(*) FROM kept JOIN origin USING (person) JOIN ending USING (person)
            LEFT JOIN via USING (person) GROUP BY 1, 2, 3"""
        counts = {(a, b, c): int(n) for a, b, c, n in self._all(whole, values)}
        everyone = self._all(f"SELECT count(*) FROM persons WHERE {test}", values)[0][0]
        return counts, sum(counts.values()), int(everyone)

    def waits(self, step: str, where: Where) -> tuple[list[int], list[int]]:
        test, values = self._where(where)
        both = f"""
            SELECT p.days_observed AS seen, s.days AS days FROM (SELECT * FROM persons WHERE {test}) p
            LEFT JOIN (SELECT person, min(days) AS days FROM steps WHERE step = ? AND days IS NOT NULL GROUP BY 1) s USING (person)
            WHERE p.days_observed IS NOT NULL"""
        rows = self._all(both, [*values, step])
        return sorted(days for _seen, days in rows if days is not None), sorted(seen for seen, days in rows if days is None)


def _name(column: str) -> str:
    """A quoted SQL name."""
    return '"' + column.replace('"', '""') + '"'
