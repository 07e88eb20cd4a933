"""Which pairs are compared at all: a union of keys over exploded name parts, each rule counted before it runs.

Pairs are counted once for each rule that finds them.
A block above CAP is split by sex and nationality; what is still above is left out and reported. Nothing blocks on a line
or a house of many people. Sources: Christen, Data Matching (2012), ch. 4, for the standard; the rules are our own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np
import polars as pl

from havre.evidence.stats.figures.drawing import figure as number

BUDGET = 200  # candidate pairs a record
CAP = 2_000
BATCH = 1_000_000


class OverBudget(ValueError):
    """More candidate pairs than the budget allows; nothing was compared. `counts` holds the pairs of each rule; `en` and `fr` say so."""

    def __init__(self, pairs: int, records: int, counts: dict[str, int]) -> None:
        worst = max(counts, key=lambda name: counts[name])
        self.fr = (
            f"{number(pairs, 'fr')} paires possibles pour {number(records, 'fr')} fiches dépassent la limite de {BUDGET} par fiche ; la plupart "
            f"viennent de la règle {worst!r} ({number(counts[worst], 'fr')}). Les fiches dont noms, dates et lieux sont tous pareils sont sans doute "
            "remplies à vide : ôtez-les ou laissez leurs champs vides."
        )
        super().__init__(
            f"{pairs:,} candidate pairs for {records:,} records are above the budget of {BUDGET} a record; most come from rule {worst!r} "
            f"({counts[worst]:,}). Records whose names, dates and places are all alike are probably placeholders: remove them or leave their fields empty."  # noqa: E501
        )
        self.en, self.counts = str(self), counts


@dataclass(frozen=True)
class Rule:
    """One blocking rule.

    Attributes: name; key, SQL for the key over `t` (records) with `a` and `b` for name parts; parts, how many name parts
    are exploded (0, 1, 2); where, when the key may be used; cap, the largest block; kind, which ids of the parts.
    """

    name: str
    key: str
    parts: int = 0
    where: str = "true"
    cap: int = CAP
    kind: str = "snd"


_DATED = "d IS NOT NULL"
_CALENDAR = "y, least(m, d), greatest(m, d)"  # the same for a date and its swapped reading
# fmt: off
RULES = (
    Rule("document",               "doc", where="doc IS NOT NULL", cap=50),
    Rule("line",                   "line", where="line IS NOT NULL", cap=50),
    Rule("home and part",          "home, a", 1, where="home IS NOT NULL"),
    Rule("date and part",          f"{_CALENDAR}, a", 1, where=_DATED),
    Rule("date and place",         "y, m, d, place, sex", where=f"{_DATED} AND place IS NOT NULL"),
    Rule("date and nationality",   "y, m, d, nat, sex", where=f"{_DATED} AND nat IS NOT NULL", cap=12),
    Rule("two parts and year",     "a, b, yy", 2, where="y IS NOT NULL", cap=100),
    Rule("two parts and place",    "a, b, place", 2, where="place IS NOT NULL", cap=60),
    Rule("two parts, no date",     "a, b, sex", 2, cap=40),
    Rule("two skeletons, no date", "a, b, nat", 2, where="nat IS NOT NULL", cap=50, kind="sk"),
    Rule("part, year and place",   "a, yy, place", 1, where="y IS NOT NULL AND place IS NOT NULL", cap=40),
    Rule("part, day and month",    "a, least(m, d), greatest(m, d)", 1, where=_DATED, cap=40, kind="sk"),
    Rule("part, year and month",   "a, y, m", 1, where=_DATED, cap=40, kind="sk"),
    Rule("part, year and day",     "a, y, d", 1, where=_DATED, cap=60, kind="sk"),
    Rule("part and year",          "a, yy, nat, sex", 1, where="y IS NOT NULL AND nat IS NOT NULL", cap=30, kind="sk"),
    Rule("rare part",              "a", 1, cap=25, kind="grp"),
    Rule("rare skeleton",          "a, sex", 1, cap=20, kind="sk"),
)
# fmt: on


@dataclass(frozen=True)
class Blocked:
    """What blocking did. Attributes: counts, pairs by rule; pairs, their sum (a pair that three rules find is looked at three times);
    skipped, by rule, records whose block stayed above the cap."""

    counts: dict[str, int]
    pairs: int
    skipped: dict[str, int]


def _keyed(rule: Rule) -> str:
    """SQL of (key, rid, sex, nat) for one rule."""
    source = "people t"
    for letter in "ab"[: rule.parts]:
        source += f", unnest(t.{rule.kind}) AS u{letter}({letter})"
    where = rule.where + (" AND a < b" if rule.parts == 2 else "")
    if "yy" in rule.key:  # a year and the next: years one apart share a key
        source += ", unnest([y, y + 1]) AS uy(yy)"
    return f"SELECT hash({rule.key}) AS key, rid, hash(sex, nat) AS more FROM {source} WHERE {where}"


Keep = Callable[[np.ndarray, np.ndarray], np.ndarray]


def block(
    con: duckdb.DuckDBPyConnection,
    *,
    rules: tuple[Rule, ...] = RULES,
    budget: int = BUDGET,
    link_only: bool = False,
    keep: Keep | None = None,
) -> Blocked:
    """Write table `pairs` (l, r, rules as bits) from table `people`, l < r.

    Args: link_only, pairs between two lists alone; keep, which of the pairs (left, right) are worth keeping: they pass by it as
        they are found, so that those it drops are never held in memory.
    Raises: OverBudget, before the rule that goes over it is run.
    Source: Christen, Data Matching (2012), ch. 4, for the standard; rules and caps are our own.
    """
    records = con.execute("SELECT count(*) FROM people").fetchall()[0][0]
    counts, skipped = {}, {}
    con.execute("CREATE OR REPLACE TABLE found (l UINTEGER, r UINTEGER, rule INTEGER)")
    for i, rule in enumerate(rules):
        counts[rule.name], skipped[rule.name] = _blocks(con, rule)
        if sum(counts.values()) > budget * max(records, 100):
            raise OverBudget(sum(counts.values()), records, counts)
        _found(con, i, keep)
    between = "JOIN people a ON a.rid = l JOIN people b ON b.rid = r WHERE a.source <> b.source" if link_only else ""
    con.execute(f"CREATE OR REPLACE TABLE pairs AS SELECT l, r, bit_or(rule) AS rules FROM found {between} GROUP BY l, r")
    con.execute("DROP TABLE found; DROP TABLE blocked_records")
    return Blocked(counts, sum(counts.values()), skipped)


def _blocks(con: duckdb.DuckDBPyConnection, rule: Rule) -> tuple[int, int]:
    """Table `blocked_records` (key, rid) of one rule's blocks of two and more; pairs in them, and records left out."""
    con.execute(f"CREATE OR REPLACE TEMP TABLE keyed AS SELECT DISTINCT key, rid, more FROM ({_keyed(rule)})")
    con.execute(
        f"""CREATE OR REPLACE TEMP TABLE sized AS WITH blocks AS (SELECT key, count(*) AS n FROM keyed GROUP BY key HAVING count(*) > 1),
        kept AS (
            SELECT keyed.key, rid, n FROM keyed JOIN blocks USING (key) WHERE n <= {rule.cap}
            UNION ALL SELECT hash(keyed.key, more) AS key, rid, count(*) OVER (PARTITION BY hash(keyed.key, more)) AS n
            FROM keyed JOIN blocks USING (key) WHERE n > {rule.cap}
        ) SELECT key, rid, n FROM kept WHERE n > 1"""
    )
    con.execute("DROP TABLE keyed")
    pairs, left_out = con.execute(
        f"SELECT coalesce(sum((n - 1) / 2) FILTER (n <= {rule.cap}), 0), count(*) FILTER (n > {rule.cap}) FROM sized"
    ).fetchall()[0]
    con.execute(f"CREATE OR REPLACE TABLE blocked_records AS SELECT key, rid FROM sized WHERE n <= {rule.cap}")
    con.execute("DROP TABLE sized")
    return round(pairs), int(left_out)


def _found(con: duckdb.DuckDBPyConnection, number: int, keep: Keep | None) -> None:
    """Add one rule's pairs to table `found`."""
    bit = 1 << number
    pairs = "SELECT x.rid AS l, y.rid AS r FROM blocked_records x JOIN blocked_records y USING (key) WHERE x.rid < y.rid"
    if keep is None:
        con.execute(f"INSERT INTO found SELECT l, r, {bit} FROM ({pairs})")
        return
    kept = []
    for batch in con.sql(pairs).to_arrow_reader(BATCH):
        left, right = batch.column(0).to_numpy(), batch.column(1).to_numpy()
        good = keep(left, right)
        kept.append(pl.DataFrame({"l": left[good], "r": right[good]}))
    if kept:
        survivors = pl.concat(kept).to_arrow()  # noqa: F841 - read by DuckDB by its name
        con.execute(f"INSERT INTO found SELECT l, r, {bit} FROM survivors")
