"""What has gone out: one row an artefact, with everything that it was made of. No person stands in it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

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
