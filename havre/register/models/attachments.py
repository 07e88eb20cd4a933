"""A file of a case: a row of codes, its original and its clean copy sealed, each under a number of its own."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.register.models.cases import Case, Person
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel

SHA256 = 64
ENDINGS = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "application/pdf": "pdf", "text/plain": "txt"}


class Attachment(ProtectedModel):
    """A file, judged by its content. `content_type`, `size` and `sha256` are the original's; its name is sealed (kind `attachment`)."""

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(help_text="bytes, before sealing")
    sha256 = models.CharField(max_length=SHA256)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    @property
    def label(self) -> str:
        """A short name that says nothing: the last letters of its number."""
        return f"F-{self.pk.hex[-8:].upper()}"

    def file_name(self, content_type: str) -> str:
        """The neutral name under which it is downloaded."""
        return f"{self.label}.{ENDINGS.get(content_type, 'bin')}"


class AttachmentCopy(ProtectedModel):
    """The sealed bytes of a file: the original as it came, for evidence, or the clean copy, for reading.

    Sealed under the person's data key and bound to this row, its case and its section; `sha256` is of the bytes before sealing.
    """

    class Part(models.TextChoices):
        ORIGINAL = "original", _("Sealed original")
        CLEAN = "clean", _("Clean copy")

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    attachment = models.ForeignKey(Attachment, models.PROTECT, related_name="copies")
    part = models.CharField(max_length=8, choices=Part)
    content_type = models.CharField(max_length=60)
    size = models.PositiveIntegerField(help_text="bytes, before sealing")
    sha256 = models.CharField(max_length=SHA256)
    body = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="attachment_copy_once", fields=["attachment", "part"]),
            models.CheckConstraint(name="attachment_copy_sealed", condition=~Q(body=b"")),
        ]
