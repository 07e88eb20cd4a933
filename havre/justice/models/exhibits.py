"""Exhibits and their chain of custody: who held what from when to when, handed over by one side and received by the other."""

from __future__ import annotations

from datetime import timedelta

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havre.justice.enums_records import ExhibitKind, ExhibitSource, ExhibitStatus
from havre.justice.models.parties import OfProceeding
from havre.justice.models.proceedings import new_pseudonym
from havre.register.models import Attachment, Case
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel

SEAL = RegexValidator(r"^[A-Z0-9][A-Z0-9-]{2,19}$", _("a seal number has capitals, digits and -, 3 to 20 characters"))
SHA256 = RegexValidator(r"^[0-9a-f]{64}$", _("a SHA-256 hash has 64 digits 0-9 a-f"))
# between the moment of giving and that of taking: a drive, not a night
TOLERATED = timedelta(hours=1)


def exhibit_number() -> str:
    """A number that says nothing of the case."""
    return "E" + new_pseudonym()[1:]


class Exhibit(OfProceeding):
    """One thing kept as evidence. `sha256` is of the thing where it is data; `attachment` is its sealed original and clean copy here."""

    number = models.CharField(max_length=12, unique=True, default=exhibit_number, editable=False)
    status = models.CharField(max_length=16, choices=ExhibitStatus, default=ExhibitStatus.HELD)
    kind = models.CharField(max_length=16, choices=ExhibitKind)
    source = models.CharField(max_length=16, choices=ExhibitSource)
    taken_at = models.DateTimeField()
    seal_number = models.CharField(max_length=20, blank=True, validators=[SEAL])
    sha256 = models.CharField(max_length=64, blank=True, validators=[SHA256])
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="exhibit_data_has_its_hash", condition=~Q(kind=ExhibitKind.DATA) | ~Q(sha256="")),
            models.CheckConstraint(name="exhibit_file_has_its_hash", condition=Q(attachment=None) | ~Q(sha256="")),
        ]

    def __str__(self) -> str:
        return self.number


class Custody(ProtectedModel):
    """One holder of one exhibit from `starts_at` to `ends_at` (None: still). `offered_to` is who shall take it, until they have."""

    section = Section.JUSTICE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    exhibit = models.ForeignKey(Exhibit, models.PROTECT, related_name="custody")
    number = models.PositiveSmallIntegerField()
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    keeper = models.ForeignKey(User, models.PROTECT, related_name="+")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    seal_number = models.CharField(max_length=20, blank=True, validators=[SEAL])
    seal_whole = models.BooleanField(null=True, blank=True)
    offered_to = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    offered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(name="custody_number_once", fields=["exhibit", "number"]),
            models.UniqueConstraint(name="custody_one_holder", fields=["exhibit"], condition=Q(ends_at=None)),
            models.CheckConstraint(name="custody_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gte=F("starts_at"))),
            models.CheckConstraint(
                name="custody_offer_whole",
                condition=Q(offered_to=None, offered_at=None) | Q(offered_to__isnull=False, offered_at__isnull=False),
            ),
        ]
