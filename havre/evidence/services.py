"""Asking for an extract or a profile. Each call writes one job and one audit row; the work itself is a child process's."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.evidence import sources
from havre.evidence.models import JobKind, JobRun, JobState
from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Missing, Refused


@trust.act("evidence.extract")
def ask_extract(*, by: Actor) -> JobRun:
    """Ask for a fresh pseudonymised extract of the register.

    Raises: Refused (403) for a role that may not count; Refused (409) while another extract is waiting or running.
    """
    policy.require_in_house(by, Act.COUNT)
    if JobRun.objects.filter(kind=JobKind.EXTRACT, state__in=[JobState.QUEUED, JobState.RUNNING]).exists():
        raise Refused((_("an extract is already being made: wait until it is done"),))
    return start(kind=JobKind.EXTRACT, parameters={}, by=by)


@trust.act("evidence.profile")
def ask_profile(*, source: str, by: Actor) -> JobRun:
    """Ask for the profile of one source: `extract:<job id>` or `external:<data set id>`. Never of two together.

    Raises: Refused (403); Missing for a source that is not there.
    """
    policy.require_in_house(by, Act.COUNT)
    if source not in {known.key for known in sources.known()}:
        raise Missing
    return start(kind=JobKind.PROFILE, parameters={"source": source}, by=by)


def start(*, kind: JobKind, parameters: dict[str, Any], by: Actor) -> JobRun:
    """Write a waiting job; the view hands its id to the worker. For services that have checked the actor."""
    job = JobRun.objects.create(kind=kind, parameters=parameters, by=by.user, asked_at=by.at)
    audit.record(event=f"evidence.{kind}", by=by, subject=job.pk)
    return job


def job_of(*, pk: UUID, by: Actor, kind: JobKind) -> JobRun:
    """One job for somebody who may count. Raises: Refused (403), Missing."""
    policy.require_in_house(by, Act.COUNT)
    job = JobRun.objects.filter(pk=pk, kind=kind).first()
    if job is None:
        raise Missing
    return job
