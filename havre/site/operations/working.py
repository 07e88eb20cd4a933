"""The background worker: tasks from the queue, the sealer of the audit chain, what must happen as time passes, and tidying."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from django.db import close_old_connections
from django.utils import timezone
from django_tasks_db.management.commands.db_worker import Worker

from havre.site.operations.housekeeping import Housekeeper
from havre.trust.audit.sealing import run_sealer
from havre.trust.contracts import contracts

log = logging.getLogger("havre.worker")
EVERY = timedelta(minutes=1)


def run_worker() -> None:
    """Work until stopped by SIGTERM or SIGINT. The sealer and the sweeps run in threads of their own."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=run_sealer, args=(stop,), name="sealer", daemon=True),
        threading.Thread(target=_sweep_until, args=(stop,), name="sweeps", daemon=True),
    ]
    for thread in threads:
        thread.start()
    worker = Worker(
        queue_names=["default"],
        interval=1.0,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="havre",
        excluded_queue_names=[],
    )
    worker.configure_signals()
    try:
        worker.run()
    finally:
        stop.set()
        for thread in threads:
            thread.join(timeout=5)


def sweep(now: datetime) -> int:
    """Let every part do what is due by `now`: expire, remind, suspend. Idempotent; gives how many things moved.

    A part that fails is logged by the kind of its failure, tried again the next minute, and keeps no other part waiting.
    """
    done = 0
    for contract in contracts():
        try:
            done += contract.sweep(now)
        except Exception as error:
            log.error("the sweep of %s failed: %s", contract.part, type(error).__name__)
    return done


def _sweep_until(stop: threading.Event) -> None:
    keeper = Housekeeper()
    while not stop.wait(EVERY.total_seconds()):
        sweep(timezone.now())
        try:
            keeper.tidy(timezone.now())
        finally:
            close_old_connections()
