"""What the task worker does: it starts a child process for a job and waits for its end. The payload is one id."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib import import_module
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django_tasks import task

from havre.evidence.models import JobRun, JobState


@task()
def run_job(job_id: str) -> int:
    """Run one job in a process of its own that ends: its libraries' memory goes with it. Gives the child's exit status."""
    if getattr(settings, "HAVRE_JOBS_INLINE", False):
        # tests share one connection, which a child would not see; the module is still imported here only
        return import_module("havre.evidence.jobs.running").run(UUID(job_id))
    done = subprocess.run(
        [sys.executable, "-m", "havre.evidence.jobs", job_id],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", "havre.site.settings")},
        stdin=subprocess.DEVNULL,
        check=False,
    )
    # a child that was killed could not say so itself
    JobRun.objects.filter(pk=job_id, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.FAILED,
        ended_at=timezone.now(),
        error=f"The process ended with status {done.returncode} before it was done. Run it again.",
    )
    return done.returncode


def hand_over(job: JobRun) -> None:
    """Give a waiting job to the worker once the transaction is committed; a job given twice is done once."""
    transaction.on_commit(lambda: run_job.enqueue(str(job.pk)))
