"""The counts over polars frames in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from havre.evidence.stats.engines.asking import ROUTE_LISTS, STAGES, Spread, Where

# columns of `events` that an older extract may lack
EXTRA: Mapping[str, pl.DataType] = {"status": pl.String(), "debt": pl.Boolean()}


class Polars:
    """Counts over polars frames by table name.

    Args: tables, name to frame, each with a column `person`. Raises: polars' own errors for a column that is not there.
    """

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
        # two names of their own: a column may be set beside itself (which forms go together)
        rows = self._kept(where).select("person", first=pl.col(by), second=pl.col(column))
        for name in ("first", "second"):
            if isinstance(rows.schema[name], pl.List):
                rows = rows.explode(name)
        counts = rows.drop_nulls().group_by("first", "second").agg(pl.col("person").n_unique().alias("n"))
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

    def _first(self, step: str) -> pl.DataFrame:
        rows = self.tables["steps"].filter((pl.col("step") == step) & pl.col("days").is_not_null())
        return rows.group_by("person").agg(pl.col("days").min())

    def waits(self, step: str, where: Where, *, after: str | None = None) -> tuple[list[int], list[int]]:
        persons = self._kept(where).select("person", "days_observed").filter(pl.col("days_observed").is_not_null())
        both = persons.join(self._first(step), on="person", how="left")
        if after is not None:
            both = both.join(self._first(after).rename({"days": "since"}), on="person").select(
                "person", pl.col("days_observed", "days") - pl.col("since")
            )
        both = both.with_columns(pl.col("days_observed", "days").clip(lower_bound=0))
        done = both.filter(pl.col("days").is_not_null())["days"].sort().to_list()
        return done, both.filter(pl.col("days").is_null())["days_observed"].sort().to_list()

    def best(self, table: str, key: str | None, column: str, order: Sequence[str], where: Where) -> dict[str, dict[str, int]]:
        rows = self._rows(table, where).filter(pl.col(column).is_in(list(order)))
        name = pl.lit("all") if key is None else pl.col(key)
        ranked = rows.select("person", name.alias("key"), rank=pl.col(column).replace_strict(list(order), range(len(order)), default=None))
        one = ranked.drop_nulls().group_by("person", "key").agg(pl.col("rank").min())
        found: dict[str, dict[str, int]] = {}
        for group, rank, number in one.group_by("key", "rank").len("n").sort("key", "rank").iter_rows():
            found.setdefault(group, {})[order[rank]] = int(number)
        return found

    def amounts(self, table: str, column: str, currency: str, where: Where) -> dict[str, list[float]]:
        number = pl.col(column).cast(pl.Float64)
        rows = self._rows(table, where).filter((number > 0) & number.is_not_nan() & (pl.col(currency) != ""))
        largest = rows.group_by("person", currency).agg(pl.col(column).max().cast(pl.Float64)).sort(currency, column)
        found: dict[str, list[float]] = {}
        for _person, coin, amount in largest.iter_rows():
            found.setdefault(coin, []).append(float(amount))
        return found

    def with_route(self) -> Polars:
        rank = pl.col("kind").replace_strict(list(STAGES), range(len(STAGES)), default=len(STAGES))
        events = self.tables["events"]
        missing = [pl.lit(None, kind).alias(name) for name, kind in EXTRA.items() if name not in events.columns]
        legs = events.with_columns(*missing, pl.col("leg").fill_null(0), rank=rank).sort("person", "leg", "rank", "country", "status")
        country, status = pl.col("country").filter(pl.col("country") != ""), pl.col("status").filter(pl.col("status") != "")
        owes = pl.col("debt").cast(pl.Float64) > 0

        def at(values: pl.Expr, column: str, kind: str) -> pl.Expr:
            return values.filter((pl.col("kind") == kind).filter(pl.col(column) != ""))

        route = legs.group_by("person", maintain_order=True).agg(
            at(country, "country", "Recruitment").first().alias("origin"),
            at(country, "country", "Exploitation").last().alias("destination"),
            status.first().alias("status_first"),
            status.last().alias("status_last"),
            pl.when(owes.any()).then(pl.lit("yes")).when(owes.is_not_null().any()).then(pl.lit("no")).alias("owes"),
            at(country, "country", "Transit").unique().sort().alias("transits"),
            *(at(status, "status", kind).unique().sort().alias(f"status_{kind.lower()}") for kind in STAGES),
        )
        silent = [pl.when(pl.col(name).list.len() > 0).then(pl.col(name)).alias(name) for name in ROUTE_LISTS[1:]]
        return Polars({**self.tables, "persons": self.tables["persons"].join(route.with_columns(silent), on="person", how="left")})
