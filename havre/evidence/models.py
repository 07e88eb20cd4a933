"""One heavy piece of work: asked for on a page, done in a child process, its small result kept here."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.ids import new_id
from havre.trust.models import User


class JobKind(models.TextChoices):
    EXTRACT = "extract", _("Extract from the register")
    PROFILE = "profile", _("Profile")
    PROTECT = "protect", _("Protection of a release")


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class JobRun(models.Model):
    """One job. `parameters` hold ids and codes only; `result` is small JSON, `charts` SVG by language and name.

    `progress` is in per cent. `error` says in words what happened and how to mend it; a failed job leaves nothing half written.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=20, choices=JobKind)
    state = models.CharField(max_length=10, choices=JobState, default=JobState.QUEUED)
    progress = models.PositiveSmallIntegerField(default=0)
    parameters = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    charts = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at",)
        indexes = [models.Index(name="job_by_kind", fields=["kind", "state", "-asked_at"])]
        constraints = [
            models.CheckConstraint(name="job_progress_percent", condition=models.Q(progress__lte=100)),
            models.CheckConstraint(
                name="job_ended_whole",
                condition=models.Q(ended_at=None, state__in=[JobState.QUEUED, JobState.RUNNING])
                | models.Q(ended_at__isnull=False, state__in=[JobState.DONE, JobState.FAILED]),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"
