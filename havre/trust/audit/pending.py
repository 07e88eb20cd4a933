"""Which committed rows have no link yet. Never "numbers above the last": a row may commit late.

A mark says "below this, everything is final and looked at". What lies at or above it is compared, row by row, with the links there are,
so a mark that is too low costs time and nothing else.
- PostgreSQL: the mark is a snapshot's xmin. Whatever a transaction below it wrote was committed or abandoned when we looked.
- SQLite: a number is given under the file's one write lock, so numbers appear in the order of commits; the mark is the last number seen.
The marks live in this process; its first pass, and one pass an hour, start from nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import connections

from havre.trust.models.audit import ActRow, ChainLink, Entry, Reading, Source

TABLES: tuple[tuple[Source, type[Entry]], ...] = ((Source.ACT, ActRow), (Source.READING, Reading))
FULL_PASS_EVERY = timedelta(hours=1)
# numbers compared at a time
BLOCK = 10_000
# how far below its mark a pass on SQLite looks again; needed by nothing we know
LOOK_BACK = 1_000


@dataclass(slots=True)
class Marks:
    """How far this process has looked, by table, and when it last looked at everything."""

    low: dict[Source, int] = field(default_factory=dict)
    full_at: datetime | None = None

    def begin(self, now: datetime) -> None:
        """Forget the marks when a full pass is due, or when the clock went back."""
        if self.full_at is None or not timedelta(0) <= now - self.full_at < FULL_PASS_EVERY:
            self.low.clear()
            self.full_at = now


def unlinked(marks: Marks) -> Iterator[tuple[Source, list[int]]]:
    """Numbers of committed rows without link, in blocks, by table. A table's mark moves once its blocks were all taken."""
    for source, model in TABLES:
        shared = connections[_alias(source)].vendor == "postgresql"
        low, following = marks.low.get(source, 0), (_above_xmin if shared else _above_number)
        upper, blocks = following(model, source, low)
        for block in blocks:
            missing = without_link(source, block)
            if missing:
                yield source, missing
        marks.low[source] = upper


def without_link(source: Source, numbers: list[int]) -> list[int]:
    """Those of these numbers that no link seals."""
    if not numbers:
        return []
    links = ChainLink.objects.filter(source=source).values_list("row_no", flat=True)
    low, high = min(numbers), max(numbers)
    sealed: set[int] = set()
    if high - low <= 4 * len(numbers) + 1000:
        sealed.update(links.filter(row_no__gte=low, row_no__lte=high))
    else:  # one late row among new ones: ask for these, not for all that lies between
        for start in range(0, len(numbers), 500):
            sealed.update(links.filter(row_no__in=numbers[start : start + 500]))
    return [no for no in numbers if no not in sealed]


def _alias(source: Source) -> str:
    return "default" if source == Source.ACT else "access"


def _above_number(model: Any, source: Source, low: int) -> tuple[int, Iterator[list[int]]]:
    rows = model.objects.using(_alias(source)).order_by("-no").values_list("no", flat=True)
    last = rows.first() or 0
    start = max(low - LOOK_BACK, 0) if last >= low else 0

    def blocks() -> Iterator[list[int]]:
        reached = start
        while block := list(model.objects.filter(no__gt=reached).order_by("no").values_list("no", flat=True)[:BLOCK]):
            yield block
            reached = block[-1]

    return last, blocks()


def _above_xmin(model: Any, source: Source, low: int) -> tuple[int, Iterator[list[int]]]:
    """PostgreSQL: rows of transactions at or above the mark; the next mark is the oldest transaction still running now."""
    with connections["access"].cursor() as cursor:
        cursor.execute("SELECT pg_snapshot_xmin(pg_current_snapshot())::text")
        xmin = int(cursor.fetchone()[0])
    # a database restored from a dump counts its transactions anew: begin again
    start = low if low <= xmin else 0

    def blocks() -> Iterator[list[int]]:
        reached = (str(start), 0)
        query = f"SELECT xact::text, no FROM {model._meta.db_table} WHERE (xact, no) > (%s::text::xid8, %s) ORDER BY xact, no LIMIT %s"
        while True:
            with connections["access"].cursor() as cursor:
                cursor.execute(query, [*reached, BLOCK])
                found = cursor.fetchall()
            if not found:
                return
            yield [no for _xact, no in found]
            reached = found[-1]

    return xmin, blocks()
