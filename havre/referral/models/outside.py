"""Services without an account: their recorded and verified key, the sealed files and the letters that went to them."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q

from havre.referral.models.referrals import Referral
from havre.register.models import Case
from havre.trust.enums import Section
from havre.trust.errands import as_house
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


class OutsideKey(models.Model):
    """The age public key of a service without an account. Used only once a second person has heard its fingerprint from the service."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    public_key = models.CharField(max_length=80)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    verified_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verified_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="outside_key_one_in_use", fields=["organisation"], condition=Q(ended_at=None)),
            models.CheckConstraint(name="outside_key_second_person", condition=Q(verified_by=None) | ~Q(verified_by=F("recorded_by"))),
            models.CheckConstraint(
                name="outside_key_verified_whole",
                condition=Q(verified_at=None, verified_by=None) | Q(verified_at__isnull=False, verified_by__isnull=False),
            ),
        ]


class Parcel(ProtectedModel):
    """What went to a service without an account. `id` is fresh: it is the only number that travels, and it leads to nothing."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Opened by somebody without an account, closed by the person's withdrawal: neither holds a grant."""
        with as_house():
            super().save(*args, **kwargs)


class Bundle(Parcel):
    """A file sealed to the service's key. Its bytes are kept nowhere; their digest is."""

    key = models.ForeignKey(OutsideKey, models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)


class Letter(Parcel):
    """A printed letter. What its code opens is sealed under the code and the second factor, which are kept nowhere, and goes with its end."""

    code_digest = models.CharField(max_length=64, unique=True)
    factor_digest = models.CharField(max_length=64)
    body = models.BinaryField()
    opened_at = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(name="letter_closed_is_empty", condition=Q(closed_at=None) | Q(body=b""))]
