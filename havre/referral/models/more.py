"""A receiver asks for one more section: its reason, the sender's answer, and the consent that carries it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import Q

from havre.referral.enums import MoreReason, MoreRefusal, MoreStatus
from havre.referral.models.referrals import Referral
from havre.register.models import Case, Consent
from havre.trust.enums import Section
from havre.trust.errands import as_house
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel


class MoreAsked(ProtectedModel):
    """One request for one section, with its own consent: what it opens closes with that consent, apart from the rest."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    referral = models.ForeignKey(Referral, models.PROTECT, related_name="more")
    status = models.CharField(max_length=8, choices=MoreStatus, default=MoreStatus.ASKED)
    # one bit of Section
    asked = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=8, choices=MoreReason)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="+")
    refusal = models.CharField(max_length=12, choices=MoreRefusal, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="more_one_open", fields=["referral"], condition=Q(status="asked")),
            models.CheckConstraint(name="more_given_with_a_consent", condition=~Q(status="given") | Q(consent__isnull=False)),
            models.CheckConstraint(name="more_refused_with_a_reason", condition=~Q(status="refused") | ~Q(refusal="")),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written by the receiver too, as the referral itself is."""
        with as_house():
            super().save(*args, **kwargs)

    @property
    def sender_id(self) -> UUID:
        return self.referral.sender_id

    @property
    def receiver_id(self) -> UUID:
        return self.referral.receiver_id

    @property
    def receiver_role(self) -> str:
        return self.referral.receiver_role

    @property
    def section_asked(self) -> Section:
        return Section(self.asked)

    def covered(self, *, at: datetime) -> bool:
        """RG14: a live consent of this person, to this receiver, for this purpose, that holds the section."""
        referral = self.referral
        return self.consent is not None and referral.covered_by(self.consent, Section(self.asked), at=at)
