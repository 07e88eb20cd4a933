"""Consent as a ledger: purpose × recipient × items × period. A refusal is a valid answer; a withdrawal acts at once."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from havre.register.enums import ConsentGiver, ConsentState
from havre.register.models.cases import Case, Person
from havre.trust.enums import Purpose, Role, Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


class Consent(ProtectedModel):
    """One answer of one person: which sections, to whom, for what, until when. Content after ISO/IEC TS 27560:2023."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    state = models.CharField(max_length=12, choices=ConsentState)
    purpose = models.CharField(max_length=20, choices=Purpose)
    recipient = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    recipient_role = models.CharField(max_length=32, choices=Role, blank=True)
    sections = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_by = models.CharField(max_length=12, choices=ConsentGiver, default=ConsentGiver.PERSON)
    language = models.CharField(max_length=8)
    interpreter = models.BooleanField(default=False)
    oral = models.BooleanField(default=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_through = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="consent_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="consent_withdrawn_whole",
                condition=Q(withdrawn_at=None) & ~Q(state=ConsentState.WITHDRAWN)
                | Q(withdrawn_at__isnull=False, state=ConsentState.WITHDRAWN),
            ),
            models.CheckConstraint(name="consent_names_a_recipient", condition=Q(state=ConsentState.REPORTED) | Q(recipient__isnull=False)),
        ]

    def live(self, *, at: datetime) -> bool:
        """Whether it carries a share at this moment."""
        return self.state == ConsentState.GIVEN and self.starts_at <= at < self.ends_at
