"""Commits readings and refusals, durably, before anything is shown.

On SQLite one thread in each process commits all rows that wait, together: one sync serves them all. A caller waits for that commit.
On PostgreSQL the server does the same by itself (group commit), so it is a plain insert on a connection of its own.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Callable, Sequence
from typing import Any

from django.db import DatabaseError, connections, transaction

from havre.trust.errors import Unavailable
from havre.trust.models.audit import Reading, ReadingSubject

ALIAS = "access"
# longer than the 20 s that SQLite waits for its lock
PATIENCE = 30.0
BATCH = 256


def commit(reading: Reading) -> None:
    """Commit one row, durably. Returns when it is on disk.

    Raises: Unavailable when it is not, whatever the cause.
    """
    connection = connections[ALIAS]
    # a thread that already holds a transaction on this file would wait for itself: it writes inside that transaction
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        _writer.submit(reading)
        return
    try:
        insert([reading])
    except DatabaseError as error:
        raise Unavailable from error


def insert(readings: Sequence[Reading]) -> None:
    """Insert rows and their subject index in one transaction."""
    for reading in readings:
        reading.no = None  # a batch that failed at its commit has numbers that no row has
    with transaction.atomic(using=ALIAS):
        written = Reading.objects.using(ALIAS).bulk_create(readings)
        index_subjects(written)


def index_subjects(readings: Sequence[Reading]) -> None:
    """Write the index from each subject to these readings."""
    ReadingSubject.objects.using(ALIAS).bulk_create(
        [ReadingSubject(subject=subject, reading_id=reading.no) for reading in readings for subject in reading.subjects],
        batch_size=5000,
        ignore_conflicts=True,
    )


class _Ticket:
    """One row that waits, and what became of it."""

    __slots__ = ("done", "error", "reading")

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.done = threading.Event()
        self.error: BaseException | None = None

    def close(self, error: BaseException | None = None) -> None:
        self.error = error
        self.done.set()


class GroupWriter:
    """The thread and its queue. `write` takes the rows of one batch and commits them or raises.

    The thread starts at first need, again after it died, and again in a forked child. Whoever waited for a thread that died is told so.
    """

    def __init__(self, write: Callable[[Sequence[Any]], None], *, patience: float = PATIENCE) -> None:
        self._write = write
        self._patience = patience
        self._forget()

    def _forget(self) -> None:
        """As new: in a forked child the thread, the lock and the waiting callers belong to the parent."""
        self._wake = threading.Condition()
        self._waiting: list[_Ticket] = []
        self._thread: threading.Thread | None = None
        self._stopping = False

    def submit(self, reading: Any) -> None:
        """Wait until the row is committed. Raises: Unavailable when it was not, or not in time."""
        ticket = _Ticket(reading)
        try:
            with self._wake:
                thread = self._running_thread()
                self._waiting.append(ticket)
                self._wake.notify()
        except RuntimeError as error:  # no thread can start while the interpreter ends
            raise Unavailable from error
        deadline = time.monotonic() + self._patience
        while not ticket.done.wait(0.25):
            if time.monotonic() > deadline or not thread.is_alive():
                if ticket.done.is_set():
                    break
                self._withdraw(ticket)
                raise Unavailable("the audit trail could not be written")
        if ticket.error is not None:
            raise Unavailable("the audit trail could not be written") from ticket.error

    def stop(self) -> None:
        """Commit what waits, then end the thread. A later row starts a new one."""
        with self._wake:
            thread, self._stopping = self._thread, True
            self._wake.notify()
        if thread is not None and thread is not threading.current_thread():
            thread.join(timeout=self._patience)
        self._stopping = False

    @property
    def thread(self) -> threading.Thread | None:
        """The running thread, None before the first row and after a stop."""
        return self._thread

    def _running_thread(self) -> threading.Thread:
        if self._thread is None or not self._thread.is_alive():
            thread = threading.Thread(target=self._run, name="havre-audit-writer", daemon=True)
            thread.start()
            self._thread = thread
        return self._thread

    def _withdraw(self, ticket: _Ticket) -> None:
        with self._wake:
            if ticket in self._waiting:
                self._waiting.remove(ticket)

    def _run(self) -> None:
        taken: list[_Ticket] = []
        cause: BaseException = RuntimeError("the writer thread has ended")
        try:
            while self._take(taken):
                self._commit(taken)
                taken.clear()
        except BaseException as error:
            cause = error
        finally:
            connections.close_all()
            with self._wake:
                if self._thread is threading.current_thread():
                    taken += self._waiting
                    self._waiting, self._thread = [], None
            for ticket in taken:
                ticket.close(cause)

    def _take(self, taken: list[_Ticket]) -> bool:
        """Move what waits into `taken`; False when it is time to end."""
        with self._wake:
            while not self._waiting:
                if self._stopping:
                    return False
                self._wake.wait()
            taken += self._waiting[:BATCH]
            del self._waiting[: len(taken)]
        return True

    def _commit(self, taken: list[_Ticket]) -> None:
        try:
            self._write([ticket.reading for ticket in taken])
        except DatabaseError as error:
            # a new connection for the next rows, whatever state this one is in
            connections[ALIAS].close()
            if len(taken) == 1:
                taken[0].close(error)
                return
            # one row that the database does not take must not refuse the others
            for ticket in taken:
                self._commit([ticket])
            return
        for ticket in taken:
            ticket.close()


_writer = GroupWriter(insert)
os.register_at_fork(after_in_child=_writer._forget)
atexit.register(_writer.stop)
