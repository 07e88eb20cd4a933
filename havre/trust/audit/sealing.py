"""The sealer: links committed rows into the one chain, a few seconds behind, and signs where it stands.

It runs in the task worker. Two at once do no harm: the second waits for the first's transaction and finds its rows linked.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import Any

from django.db import connections, transaction
from django.utils import timezone

from havre.trust.audit import lag
from havre.trust.audit.canonical import moment, stored
from havre.trust.audit.checkpoints import checkpoint_if_due
from havre.trust.audit.pending import TABLES, Marks, unlinked, without_link
from havre.trust.audit.verify_chain import GENESIS, link_hash
from havre.trust.models.audit import ChainLink, Source

BATCH = 256
EVERY = 5.0
# one number for the whole house: who holds it appends to the chain
_LOCK = 0x4841565245
_MODELS = dict(TABLES)
_marks = Marks()
_log = logging.getLogger("havre.audit")


@dataclass(frozen=True, slots=True)
class Sealed:
    """What one pass did: links added and checkpoints signed."""

    links: int
    checkpoints: int


def seal_pending(now: datetime | None = None, *, marks: Marks | None = None) -> Sealed:
    """Link every committed row that has no link, sign a checkpoint every 256 links or 60 seconds, and say that it was done.

    Args: now, aware; marks, how far an earlier pass looked (this process's own by default).
    Raises: DatabaseError when the chain cannot be written; what was linked until then stays, the next pass goes on.
    """
    at, marks = now or timezone.now(), _marks if marks is None else marks
    links = checkpoints = 0
    marks.begin(at)
    for source, numbers in unlinked(marks):
        for start in range(0, len(numbers), BATCH):
            links += _link(source, numbers[start : start + BATCH], at)
            checkpoints += checkpoint_if_due(at)
    checkpoints += checkpoint_if_due(at)
    lag.beat(at)
    return Sealed(links, checkpoints)


def run_sealer(stop: Event, *, every: float = EVERY) -> None:
    """Seal until `stop` is set, each few seconds. An error is logged by its kind and tried again; lag tells the house.

    For a thread or a process of the worker; it closes its connections when it ends.
    """
    try:
        while not stop.is_set():
            try:
                seal_pending()
                _export_where_asked()
            except Exception as error:  # the sealer must outlive a full disk or a restarted server
                _log.error("sealer: %s, %s", type(error).__name__, lag.state())
                connections.close_all()
            stop.wait(every)
        # a house that is stopped leaves nothing unsealed behind, or its next start would find the chain hours late
        with suppress(Exception):
            seal_pending()
    finally:
        connections.close_all()


def _export_where_asked() -> None:
    from django.conf import settings

    from havre.trust.audit.checkpoints import export_checkpoints

    folder = settings.HAVRE_CHECKPOINT_FOLDER
    if folder:
        export_checkpoints(folder)


def _link(source: Source, numbers: list[int], at: datetime) -> int:
    """Append these rows to the chain in one transaction; those that another sealer linked meanwhile are left out."""
    rows = {row.no: row for row in _MODELS[source].objects.filter(no__in=numbers)}  # type: ignore[attr-defined]
    with transaction.atomic(using="access"):
        _lock()
        head = ChainLink.objects.using("access").order_by("-position").first()
        position, previous = (head.position, bytes(head.hash)) if head else (0, GENESIS)
        links = []
        for no in without_link(source, [no for no in numbers if no in rows]):
            position += 1
            link = _next(position, previous, source, rows[no], at)
            links.append(link)
            previous = bytes(link.hash)
        ChainLink.objects.using("access").bulk_create(links)
    return len(links)


def _next(position: int, previous: bytes, source: Source, row: Any, at: datetime) -> ChainLink:
    content = {"position": position, "source": source.value, "row_no": row.no, "row_id": row.id.hex, "sealed_at": moment(at)}
    return ChainLink(
        position=position,
        source=source,
        row_no=row.no,
        row_id=row.id,
        previous=previous,
        hash=link_hash(previous, content, stored(row)),
        sealed_at=at,
    )


def _lock() -> None:
    """On SQLite the transaction is the lock; on PostgreSQL an advisory one, for as long as the transaction."""
    if connections["access"].vendor == "postgresql":
        with connections["access"].cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
