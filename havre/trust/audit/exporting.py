"""The audit trail as one file of JSON lines: for the verifier beside PostgreSQL, and for an auditor's own copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from django.db import connections, transaction

from havre.trust.audit.canonical import is_shared, stored
from havre.trust.audit.verify_chain import canonical
from havre.trust.audit.writer import index_subjects
from havre.trust.models.audit import ActRow, ChainLink, Checkpoint, Reading, ReadingSubject

# links before rows: a row written meanwhile is then only part of the unsealed tail
ORDER = (("link", ChainLink), ("checkpoint", Checkpoint), ("reading", Reading), ("act", ActRow))


def export_lines() -> Iterator[bytes]:
    """One canonical JSON line for each link, checkpoint, reading and act, of one moment where the database can give one."""
    with ExitStack() as stack:
        if is_shared() and not connections["access"].in_atomic_block:
            stack.enter_context(transaction.atomic(using="access"))
            with connections["access"].cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        for name, model in ORDER:
            rows = model.objects.using("access" if is_shared() else None).order_by("pk")  # type: ignore[attr-defined]
            for row in rows.iterator(chunk_size=2000):
                yield canonical({"table": name, "row": stored(row)}) + b"\n"


def export_to(path: Path) -> int:
    """Write the whole trail to a new file. Gives how many lines. Raises: FileExistsError, rather than write over one."""
    lines = 0
    with path.open("xb") as file:
        for line in export_lines():
            file.write(line)
            lines += 1
    return lines


def rebuild_index() -> int:
    """Make the index from subjects to readings anew out of the readings themselves. Gives how many readings were looked at."""
    looked_at, block = 0, []
    with transaction.atomic(using="access"):
        ReadingSubject.objects.using("access").all().delete()
        for reading in Reading.objects.using("access").order_by("no").iterator(chunk_size=1000):
            block.append(reading)
            looked_at += 1
            if len(block) == 1000:
                index_subjects(block)
                block = []
        index_subjects(block)
    return looked_at
