"""What has gone out, artefact by artefact, the words that were changed on the page, and orders to publish. No case stands in it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.trust.ids import new_id


class Artefact(models.Model):
    """One file or package as it was made. `code` is printed on it; several shapes and formats of one document share it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=10)
    edition = models.SlugField(max_length=40)
    document = models.SlugField(max_length=60)
    country = models.CharField(max_length=2)
    language = models.CharField(max_length=8)
    format = models.CharField(max_length=12)
    shape = models.CharField(max_length=12, blank=True)
    manifest = models.JSONField()
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    made_at = models.DateTimeField()

    class Meta:
        ordering = ("edition", "document", "country", "language", "format", "shape", "-made_at")
        constraints = [
            models.UniqueConstraint(fields=("code", "format", "shape", "sha256"), name="artefact_once"),
            models.CheckConstraint(name="artefact_has_content", condition=Q(size__gt=0)),
        ]
        indexes = [models.Index(fields=("code",), name="artefact_code")]


class TextRevision(models.Model):
    """The words of one text in one language, as somebody of this house wrote or confirmed them on the page. The newest stands before the PO file.

    `file` and `unit` name the text in the sources; `source` is the English that was read. Author None: the words are those of the file, and
    only their reader is named. Reviewer: a native reader, never the author. Set aside: a translator's file brought other words later.
    No case and no person stands in it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    file = models.CharField(max_length=120)
    unit = models.CharField(max_length=200)
    language = models.CharField(max_length=8)
    source = models.TextField()
    text = models.TextField()
    author = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    written_at = models.DateTimeField()
    reviewer = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    set_aside_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("file", "language", "unit", "-written_at", "-id")
        indexes = [models.Index(fields=("language", "file", "unit"), name="textrevision_lookup")]
        constraints = [
            models.CheckConstraint(
                name="textrevision_reviewer_is_not_the_author", condition=Q(reviewer=None) | Q(author=None) | ~Q(reviewer=F("author"))
            ),
            models.CheckConstraint(
                name="textrevision_reviewer_and_date_together",
                condition=Q(reviewer=None, reviewed_at=None) | Q(reviewer__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="textrevision_somebody_stands_for_it", condition=Q(author__isnull=False) | Q(reviewer__isnull=False)
            ),
        ]


class RunState(models.TextChoices):
    """Where a run stands. Stopped: its worker was killed in the middle as often as it was taken up; what was made by then stands."""

    WAITING, RUNNING, DONE, STOPPED = (
        ("waiting", pgettext_lazy("run", "Waiting")),
        ("running", pgettext_lazy("run", "Running")),
        ("done", pgettext_lazy("run", "Done")),
        ("stopped", pgettext_lazy("run", "Stopped")),
    )


ENDED = (RunState.DONE, RunState.STOPPED)


class PublishRun(models.Model):
    """One order to publish, with what came of it. `asked`: edition, documents, countries, languages, formats; `made`: one entry an artefact.

    `taken`: how often a worker took it up; `beat_at`: when its worker last got on with it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    asked = models.JSONField()
    state = models.CharField(max_length=8, choices=RunState, default=RunState.WAITING)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    made = models.JSONField(default=list)
    refused = models.JSONField(default=list)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    taken = models.PositiveSmallIntegerField(default=0)
    beat_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = [
            models.CheckConstraint(
                name="publishrun_ended_with_its_date",
                condition=Q(state__in=ENDED, ended_at__isnull=False) | (~Q(state__in=ENDED) & Q(ended_at=None)),
            )
        ]


class Learners(models.TextChoices):
    """Whose staff was trained: one row of the register each."""

    POLICE = "police", _("Police")
    IMMIGRATION = "immigration", _("Immigration")
    LABOUR = "labour", _("Labour inspection")
    PROSECUTION = "prosecution", _("Prosecution and courts")
    SOCIAL = "social", _("Social welfare and child protection")
    HEALTH = "health", _("Health")
    CIVIL = "civil", _("Civil society")


class TrainingSession(models.Model):
    """One training of one group: numbers for the action plan. No learner is named, here or elsewhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    edition = models.SlugField(max_length=40)
    country = models.CharField(max_length=2)
    held_on = models.DateField()
    region = models.CharField(max_length=60)
    audience = models.CharField(max_length=12, choices=Learners.choices)
    organisation = models.CharField(max_length=120)
    enrolled = models.PositiveIntegerField()
    attended = models.PositiveIntegerField()
    passed = models.PositiveIntegerField()

    class Meta:
        ordering = ("-held_on", "audience")
        constraints = [
            models.CheckConstraint(
                name="training_counts_fall", condition=Q(attended__lte=F("enrolled")) & Q(passed__lte=F("attended")) & Q(enrolled__gt=0)
            )
        ]
