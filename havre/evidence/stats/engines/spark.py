"""The same counts by Spark SQL, for sets that one machine does not hold. Needs the extra `spark` and Java."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from havre.evidence.stats.engines.asking import Spread, Where
from havre.evidence.stats.engines.sql import Sql

_ROUTED = """
    WITH legs AS (
        SELECT person, kind, country, coalesce(leg, 0) AS leg, CAST({status} AS STRING) AS status, CAST({debt} AS DOUBLE) AS debt,
            CASE kind WHEN 'Recruitment' THEN 0 WHEN 'Transit' THEN 1 WHEN 'Exploitation' THEN 2 ELSE 3 END AS rank
        FROM events),
    route AS (
        SELECT person,
            min_by(country, struct(leg, rank, country)) FILTER (WHERE kind = 'Recruitment' AND country <> '') AS origin,
            max_by(country, struct(leg, rank, country)) FILTER (WHERE kind = 'Exploitation' AND country <> '') AS destination,
            min_by(status, struct(leg, rank, country, status)) FILTER (WHERE status <> '') AS status_first,
            max_by(status, struct(leg, rank, country, status)) FILTER (WHERE status <> '') AS status_last,
            CASE WHEN bool_or(debt > 0) THEN 'yes' WHEN count(debt) > 0 THEN 'no' END AS owes,
            sort_array(collect_set(country) FILTER (WHERE kind = 'Transit' AND country <> '')) AS transits,
            sort_array(collect_set(status) FILTER (WHERE kind = 'Recruitment' AND status <> '')) AS a,
            sort_array(collect_set(status) FILTER (WHERE kind = 'Transit' AND status <> '')) AS b,
            sort_array(collect_set(status) FILTER (WHERE kind = 'Exploitation' AND status <> '')) AS c
        FROM legs GROUP BY person)
    SELECT p.*, r.origin, r.destination, r.status_first, r.status_last, r.owes, r.transits,
        CASE WHEN size(r.a) > 0 THEN r.a END AS status_recruitment,
        CASE WHEN size(r.b) > 0 THEN r.b END AS status_transit,
        CASE WHEN size(r.c) > 0 THEN r.c END AS status_exploitation
    FROM plain_persons p LEFT JOIN route r ON p.person = r.person"""


def local_session(**more: str) -> Any:
    """A SparkSession on this machine alone, without a web page of its own. `more`: settings, dots written as `__`.

    Raises: RuntimeError of pyspark where Java is not installed.
    """
    from pyspark.sql import SparkSession

    builder = SparkSession.builder
    for name, value in more.items():
        builder = builder.config(name.replace("__", "."), value)
    return (
        builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.sql.shuffle.partitions", "2")
        .getOrCreate()
    )


class Spark(Sql):
    """Counts by Spark over Parquet files or folders by table name. Each engine has views of its own in the session.

    Args: files, table name to path or folder; session, of yours. Raises: pyspark's own errors.
    """

    quote = "`"

    def __init__(self, files: Mapping[str, Path], *, session: Any = None, routed: bool = False) -> None:
        self.session = (session or local_session()).newSession()
        self.files = dict(files)
        self.kinds: dict[str, dict[str, str]] = {}
        self.answers: dict[tuple[str, tuple[Any, ...]], list[Any]] = {}
        for table, path in files.items():
            name = "plain_persons" if routed and table == "persons" else table
            self._view(table, name, self.session.read.parquet(str(path)))
        if routed:
            status, debt = (column if column in self.kinds["events"] else "NULL" for column in ("status", "debt"))
            # kept: the routes are put together once
            self._view("persons", "persons", self.session.sql(_ROUTED.format(status=status, debt=debt)).cache())

    def _view(self, table: str, name: str, frame: Any) -> None:
        frame.createOrReplaceTempView(name)
        self.kinds[table] = dict(frame.dtypes)

    def _listed(self, table: str, column: str) -> bool:
        return self.kinds[table][column].startswith("array")

    def _where(self, where: Where) -> tuple[str, list[Any]]:
        tests = [
            f"array_contains({self._name(column)}, ?)" if self._listed("persons", column) else f"{self._name(column)} = ?"
            for column in where
        ]
        return " AND ".join(tests) or "true", list(where.values())

    def _all(self, query: str, values: list[Any]) -> list[Any]:
        asked = (query, tuple(values))
        # the files do not change under an engine: the same question is asked once
        if asked not in self.answers:
            self.answers[asked] = self.session.sql(query, args=values).collect()
        return self.answers[asked]

    def _rows(self, table: str, test: str) -> str:
        kept = f"SELECT * FROM persons WHERE {test}"
        return kept if table == "persons" else f"SELECT * FROM {self._name(table)} WHERE person IN (SELECT person FROM ({kept}))"

    def spread(self, column: str, where: Where, *, table: str = "persons") -> Spread:
        test, values = self._where(where)
        name, rows = self._name(column), self._rows(table, test)
        one = f"explode({name})" if self._listed(table, column) else name
        inner = f"SELECT person, {one} AS v FROM ({rows})"
        # a flag is True or False in every engine
        word = "initcap(CAST(v AS STRING))" if self.kinds[table][column] == "boolean" else "CAST(v AS STRING)"
        # one job instead of three
        query = f"""
            SELECT 'value' AS what, {word} AS v, count(DISTINCT person) AS n FROM ({inner}) WHERE v IS NOT NULL GROUP BY v
            UNION ALL SELECT 'recorded', NULL, count(DISTINCT person) FROM ({rows}) WHERE {name} IS NOT NULL
            UNION ALL SELECT 'everyone', NULL, count(*) FROM persons WHERE {test}"""
        found = self._all(query, values * 3)
        total = {what: int(number) for what, value, number in found if what != "value"}
        return Spread({value: int(number) for what, value, number in found if what == "value"}, total["recorded"], total["everyone"])

    def over_time(self, column: str, where: Where, *, table: str = "persons", width: int = 4) -> dict[str, int]:
        test, values = self._where(where)
        name = self._name(column)
        query = (
            f"SELECT substr({name}, 1, {int(width)}) AS period, count(DISTINCT person) FROM ({self._rows(table, test)})"
            f" WHERE {name} IS NOT NULL GROUP BY 1 ORDER BY 1"
        )
        return {period: int(number) for period, number in self._all(query, values)}

    def incidence(self, column: str, by: str, where: Where) -> dict[tuple[str, str], int]:
        test, values = self._where(where)
        first, second = (f"explode({self._name(c)})" if self._listed("persons", c) else self._name(c) for c in (by, column))
        # Spark takes one generator a SELECT: the second stands outside
        inner = f"SELECT person, {first} AS a, {self._name(column)} AS other FROM persons WHERE {test}"
        outer = f"SELECT person, a, {second.replace(self._name(column), 'other')} AS b FROM ({inner})"
        query = f"SELECT a, b, count(DISTINCT person) FROM ({outer}) WHERE a IS NOT NULL AND b IS NOT NULL GROUP BY 1, 2"
        return {(str(a), str(b)): int(number) for a, b, number in self._all(query, values)}

    def routes(self, where: Where) -> tuple[dict[tuple[str, str, str], int], int, int]:
        test, values = self._where(where)
        query = f"""
            WITH kept AS (SELECT person FROM persons WHERE {test}),
            legs AS (SELECT * FROM events WHERE country <> ''),
            origin AS (SELECT person, min_by(country, struct(leg, country)) AS o FROM legs WHERE kind = 'Recruitment' GROUP BY 1),
            ending AS (SELECT person, max_by(country, struct(leg, country)) AS d FROM legs WHERE kind = 'Exploitation' GROUP BY 1),
            once AS (SELECT person, country, min(leg) AS leg FROM legs WHERE kind = 'Transit' GROUP BY 1, 2),
            via AS (SELECT person, array_join(transform(array_sort(collect_list(struct(leg, country))), x -> x.country), '>') AS v
                    FROM once GROUP BY 1)
            SELECT o, coalesce(v, ''), d, count(*) FROM kept JOIN origin USING (person) JOIN ending USING (person)
            LEFT JOIN via USING (person) GROUP BY 1, 2, 3"""
        counts = {(a, b, c): int(n) for a, b, c, n in self._all(query, values)}
        everyone = self._all(f"SELECT count(*) FROM persons WHERE {test}", values)[0][0]
        return counts, sum(counts.values()), int(everyone)

    def _rank(self, order: Sequence[str], column: str) -> tuple[str, list[Any]]:
        return f"array_position(array({', '.join('?' for _value in order)}), {self._name(column)})", list(order)

    def with_route(self) -> Spark:
        return Spark(self.files, session=self.session, routed=True)
