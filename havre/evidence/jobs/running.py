"""The frame of every job: take it once, run it, keep the small result or the words of what went wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable
from importlib import import_module
from typing import Any
from uuid import UUID

from django.utils import timezone

from havre.evidence.models import JobKind, JobRun, JobState
from havre.trust.errors import HavreError

log = logging.getLogger(__name__)

# kind -> the module and function that does it; a part above names its own, so that evidence imports nothing from above
WORK: dict[str, str] = {
    JobKind.EXTRACT: "havre.evidence.jobs.extracting:extract",
    JobKind.PROFILE: "havre.evidence.jobs.profiling:profile",
    JobKind.PROTECT: "havre.release.jobs:protect",
}
Progress = Callable[[int], None]


def run(job_id: UUID) -> int:
    """Run a queued job to its end. Gives 0 when done, 1 when it failed, 2 when it was not waiting (done twice is done once)."""
    now = timezone.now()
    if not JobRun.objects.filter(pk=job_id, state=JobState.QUEUED).update(state=JobState.RUNNING, started_at=now):
        return 2
    job = JobRun.objects.get(pk=job_id)

    def progress(percent: int) -> None:
        JobRun.objects.filter(pk=job_id).update(progress=min(99, max(0, percent)))

    module, function = WORK[job.kind].split(":")
    outcome: dict[str, Any]
    try:
        result, charts = getattr(import_module(module), function)(job, progress)
        outcome = {"state": JobState.DONE, "result": result, "charts": charts, "progress": 100}
    except (HavreError, ValueError, OSError) as error:
        # an OSError's text may hold a path of this machine: its kind is enough for the page, the log has the rest
        words = type(error).__name__ if isinstance(error, OSError) else str(error)
        log.warning("job %s failed: %s", job_id, type(error).__name__)
        outcome = {"state": JobState.FAILED, "error": words[:2000]}
    except Exception as error:
        JobRun.objects.filter(pk=job_id).update(state=JobState.FAILED, error=type(error).__name__, ended_at=timezone.now())
        raise
    JobRun.objects.filter(pk=job_id).update(**outcome, ended_at=timezone.now())
    return 0 if outcome["state"] == JobState.DONE else 1
