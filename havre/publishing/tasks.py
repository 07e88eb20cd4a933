"""What the task worker does for publishing. The payload is one id."""

from __future__ import annotations

from uuid import UUID

from django_tasks import task

from havre.publishing.runs import work_off


@task()
def make_run(run_id: str) -> int:
    """Work off one order. Gives how many artefacts were made."""
    return work_off(UUID(run_id))
