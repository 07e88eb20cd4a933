"""What came in by file and what went out: batches, what was wrong with their rows, mappings, and every export.

Rejected rows and the values of problems hold names: they are sealed under the batch's own key, a chunk of rows at a time.
"""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User


class OfOrganisation(models.QuerySet[Any]):
    """Rows that belong to an organisation and show no case."""

    def of(self, actor: Actor) -> Self:
        """What the actor's own organisation brought in, mapped or took out."""
        return self.filter(organisation_id=actor.organisation_id)


class ImportState(models.TextChoices):
    STAGED = "staged", _("Uploaded, not imported yet")
    RUNNING = "running", _("Under way, or interrupted")
    DONE = "done", _("Imported")


class ImportBatch(models.Model):
    """One file of one organisation. `done_through` is the last row whose fate is on disk: a killed import goes on behind it.

    `file_key` and `options_key` are keyed digests (HMAC-SHA256): the same file by the same mapping is the same batch.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=ImportState, default=ImportState.RUNNING)
    layout = models.CharField(max_length=20, blank=True)
    file_key = models.CharField(max_length=64)
    options_key = models.CharField(max_length=64)
    options = models.JSONField(default=dict)
    size = models.PositiveIntegerField(default=0, help_text="bytes")
    rows = models.PositiveIntegerField(default=0)
    done_through = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    made_up = models.BooleanField(default=False)
    started_at = models.DateTimeField(default=timezone.now)
    touched_at = models.DateTimeField(default=timezone.now)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = OfOrganisation.as_manager()

    class Meta:
        ordering = ("-started_at",)
        constraints = [
            models.UniqueConstraint(
                name="import_file_once", fields=["organisation", "file_key", "options_key"], condition=~Q(state=ImportState.STAGED)
            ),
            models.CheckConstraint(
                name="import_finished_whole",
                condition=Q(state=ImportState.DONE, finished_at__isnull=False) | (~Q(state=ImportState.DONE) & Q(finished_at=None)),
            ),
        ]


class ImportChunk(models.Model):
    """A stretch of rows that had problems; its sealed section (kind `import`, record = this id) holds their values and rejected rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="chunks")
    first_row = models.PositiveIntegerField()
    last_row = models.PositiveIntegerField()

    class Meta:
        ordering = ("first_row",)
        constraints = [models.CheckConstraint(name="chunk_in_order", condition=Q(last_row__gte=F("first_row")))]


class ImportProblem(models.Model):
    """One problem of one row: where and which, never what stood there. `code` is a key of `exchange.problems.KINDS`."""

    id = models.BigAutoField(primary_key=True)
    batch = models.ForeignKey(ImportBatch, models.CASCADE, related_name="problems")
    row = models.PositiveIntegerField()
    field = models.CharField(max_length=60, blank=True)
    code = models.CharField(max_length=30)
    rejects = models.BooleanField()

    class Meta:
        ordering = ("row", "id")


class SavedMapping(models.Model):
    """How one organisation's sheet is read: header → field and the choices that go with it. No row of the sheet is here."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    name = models.CharField(max_length=80)
    options = models.JSONField(default=dict)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_at = models.DateTimeField(default=timezone.now)

    objects = OfOrganisation.as_manager()

    class Meta:
        ordering = ("name",)
        constraints = [models.UniqueConstraint(name="mapping_name_once", fields=["organisation", "name"])]

    def __str__(self) -> str:
        return self.name


class ExportReason(models.TextChoices):
    """Why records leave (Convention 108+ art. 5(4)(b): a specified purpose)."""

    TRANSFER = "transfer", _("Transfer to the authority that takes the case over")
    STATISTICS = "statistics", _("National statistics")
    PERSON = "person", _("Copy for the person concerned")
    BACKUP = "backup", _("Change of system")
    COURT = "court", _("Order of a court")


class ExportRecord(models.Model):
    """One copy that left: why, for whom, until when, its mark and the digest of the sealed file. The file itself is not kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=20, choices=ExportReason)
    recipient = models.CharField(max_length=120, help_text="age public key")
    mark = models.CharField(max_length=20, unique=True)
    form = models.CharField(max_length=8)
    cases = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()

    objects = OfOrganisation.as_manager()

    class Meta:
        ordering = ("-made_at",)
        constraints = [models.CheckConstraint(name="export_expires_later", condition=Q(expires_at__gt=F("made_at")))]
