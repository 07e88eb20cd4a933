"""What DuckDB and Spark ask in the same SQL: waits, the best of several rows, the largest amounts."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from havre.evidence.stats.engines.asking import Where


class Sql(ABC):
    """The questions of `Engine` that read alike in both dialects. A dialect gives its quote, its conditions and its answers.

    `kinds` holds each table's columns with their types, as the dialect names them.
    Not an engine by itself.
    """

    kinds: dict[str, dict[str, str]]
    # what stands around a name, doubled inside it
    quote: str

    def _name(self, column: str) -> str:
        return self.quote + column.replace(self.quote, self.quote * 2) + self.quote

    @abstractmethod
    def _where(self, where: Where) -> tuple[str, list[Any]]:
        """A condition on `persons` with places for its values, and the values."""

    @abstractmethod
    def _rows(self, table: str, test: str) -> str:
        """The rows of a table whose person meets a condition."""

    @abstractmethod
    def _all(self, query: str, values: list[Any]) -> Sequence[Sequence[Any]]:
        """Every row of the answer."""

    @abstractmethod
    def _rank(self, order: Sequence[str], column: str) -> tuple[str, list[Any]]:
        """The place of a column's value in `order`, from 1, as SQL, and the values of its places."""

    def columns(self, table: str) -> tuple[str, ...]:
        """The columns of a table, in order; none for a table that is not there."""
        return tuple(self.kinds.get(table, ()))

    def waits(self, step: str, where: Where, *, after: str | None = None) -> tuple[list[int], list[int]]:
        """Days to a step, sorted: of those who got there, and of those who still wait (`Engine.waits`)."""
        test, values = self._where(where)
        first = "SELECT person, min(days) AS days FROM steps WHERE step = ? AND days IS NOT NULL GROUP BY 1"
        since = f"JOIN ({first}) a USING (person)" if after is not None else "CROSS JOIN (SELECT 0 AS days) a"
        both = f"""
            SELECT greatest(0, p.days_observed - a.days), CASE WHEN s.days IS NOT NULL THEN greatest(0, s.days - a.days) END
            FROM (SELECT * FROM persons WHERE {test}) p {since} LEFT JOIN ({first}) s USING (person)
            WHERE p.days_observed IS NOT NULL"""
        rows = self._all(both, [*values, *([after] if after is not None else []), step])
        return sorted(days for _seen, days in rows if days is not None), sorted(seen for seen, days in rows if days is None)

    def best(self, table: str, key: str | None, column: str, order: Sequence[str], where: Where) -> dict[str, dict[str, int]]:
        """Persons by key and by the first value of `order` that one of their rows has (`Engine.best`)."""
        test, values = self._where(where)
        name = "'all'" if key is None else self._name(key)
        rank, places = self._rank(order, column)
        ranked = f"SELECT person, {name} AS key, {rank} AS rank FROM ({self._rows(table, test)})"
        one = f"SELECT person, key, min(rank) AS rank FROM ({ranked}) WHERE rank > 0 AND key IS NOT NULL GROUP BY 1, 2"
        found: dict[str, dict[str, int]] = {}
        for group, place, number in self._all(f"SELECT key, rank, count(*) FROM ({one}) GROUP BY 1, 2 ORDER BY 1, 2", [*places, *values]):
            found.setdefault(group, {})[order[place - 1]] = int(number)
        return found

    def amounts(self, table: str, column: str, currency: str, where: Where) -> dict[str, list[float]]:
        """Each person's largest amount above zero, by currency, sorted (`Engine.amounts`)."""
        test, values = self._where(where)
        amount, coin = self._name(column), self._name(currency)
        query = (
            f"SELECT {coin}, CAST(max({amount}) AS DOUBLE) AS most FROM ({self._rows(table, test)}) WHERE {amount} > 0"
            f" AND NOT isnan(CAST({amount} AS DOUBLE)) AND {coin} <> '' GROUP BY person, {coin} ORDER BY 1, 2"
        )
        found: dict[str, list[float]] = {}
        for name, most in self._all(query, values):
            found.setdefault(name, []).append(float(most))
        return found
