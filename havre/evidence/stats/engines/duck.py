"""The same counts as SQL over Parquet files, by DuckDB."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from havre.evidence.stats.engines.asking import Spread, Where
from havre.evidence.stats.engines.sql import Sql

# persons with the columns of ROUTE and ROUTE_LISTS; {status} and {debt} are columns of events, or NULL in an older extract
_ROUTED = """
    WITH legs AS (
        SELECT person, kind, country, coalesce(leg, 0) AS leg, {status}::VARCHAR AS status, {debt}::DOUBLE AS debt,
            CASE kind WHEN 'Recruitment' THEN 0 WHEN 'Transit' THEN 1 WHEN 'Exploitation' THEN 2 ELSE 3 END AS rank
        FROM events),
    route AS (
        SELECT person,
            first(country ORDER BY leg, rank, country) FILTER (kind = 'Recruitment' AND country <> '') AS origin,
            last(country ORDER BY leg, rank, country) FILTER (kind = 'Exploitation' AND country <> '') AS destination,
            first(status ORDER BY leg, rank, country, status) FILTER (status <> '') AS status_first,
            last(status ORDER BY leg, rank, country, status) FILTER (status <> '') AS status_last,
            CASE WHEN bool_or(debt > 0) THEN 'yes' WHEN count(debt) > 0 THEN 'no' END AS owes,
            coalesce(list_sort(list(DISTINCT country) FILTER (kind = 'Transit' AND country <> '')), []) AS transits,
            list_sort(list(DISTINCT status) FILTER (kind = 'Recruitment' AND status <> '')) AS status_recruitment,
            list_sort(list(DISTINCT status) FILTER (kind = 'Transit' AND status <> '')) AS status_transit,
            list_sort(list(DISTINCT status) FILTER (kind = 'Exploitation' AND status <> '')) AS status_exploitation
        FROM legs GROUP BY person)
    SELECT p.*, r.* EXCLUDE (person) FROM "plain persons" p LEFT JOIN route r ON p.person = r.person"""


class DuckDB(Sql):
    """The same counts as SQL over Parquet files by table name. A file bigger than memory is read in pieces.

    Args: files, table name to path; routed, with the columns of ROUTE. Raises: duckdb.Error for a file that cannot be read.
    """

    quote = '"'

    def __init__(self, files: Mapping[str, Path], *, routed: bool = False) -> None:
        self.base = duckdb.connect(":memory:")
        self.files = dict(files)
        self.kinds: dict[str, dict[str, str]] = {}
        for table, path in files.items():
            # DuckDB takes no parameter in a view: the path is quoted by doubling
            name = self._name("plain persons" if routed and table == "persons" else table)
            self.base.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{str(path).replace(chr(39), chr(39) * 2)}')")
            self._describe(table, name)
        if routed:
            status, debt = (column if column in self.kinds["events"] else "NULL" for column in ("status", "debt"))
            # a table, not a view: the routes are put together once
            self.base.execute(f"CREATE TABLE persons AS {_ROUTED.format(status=status, debt=debt)}")
            self._describe("persons", "persons")

    def _describe(self, table: str, name: str) -> None:
        self.kinds[table] = {column: kind for column, kind, *_ in self.base.execute(f"DESCRIBE {name}").fetchall()}

    def _where(self, where: Where) -> tuple[str, list[str]]:
        tests = [
            f"list_contains({self._name(column)}, ?)" if self._listed("persons", column) else f"{self._name(column)} = ?"
            for column in where
        ]
        return " AND ".join(tests) or "true", list(where.values())

    def _listed(self, table: str, column: str) -> bool:
        return self.kinds[table][column].endswith("[]")

    def _all(self, query: str, values: list[Any]) -> list[tuple[Any, ...]]:
        return self.base.execute(query, values).fetchall()

    def spread(self, column: str, where: Where, *, table: str = "persons") -> Spread:
        test, values = self._where(where)
        name, kept = self._name(column), f"SELECT * FROM persons WHERE {test}"
        rows = kept if table == "persons" else f"SELECT * FROM {self._name(table)} WHERE person IN (SELECT person FROM ({kept}))"
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
            f"SELECT substr({self._name(column)}, 1, {int(width)}) AS period, count(DISTINCT person) FROM {self._name(table)}"
            f" WHERE {self._name(column)} IS NOT NULL AND person IN (SELECT person FROM persons WHERE {test}) GROUP BY 1 ORDER BY 1"
        )
        return {period: int(number) for period, number in self._all(query, values)}

    def incidence(self, column: str, by: str, where: Where) -> dict[tuple[str, str], int]:
        test, values = self._where(where)
        first, second = (f"unnest({self._name(c)})" if self._listed("persons", c) else self._name(c) for c in (by, column))
        inner = f"SELECT person, {first} AS a, {self._name(column)} AS other FROM persons WHERE {test}"
        outer = f"SELECT person, a, {second.replace(self._name(column), 'other')} AS b FROM ({inner})"
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

    def _rows(self, table: str, test: str) -> str:
        return f"SELECT * FROM {self._name(table)} WHERE person IN (SELECT person FROM persons WHERE {test})"

    def _rank(self, order: Sequence[str], column: str) -> tuple[str, list[Any]]:
        return f"list_position(?::VARCHAR[], {self._name(column)})", [list(order)]

    def with_route(self) -> DuckDB:
        return DuckDB(self.files, routed=True)
