"""A screening: what was asked, answered or seen, by whom and when; three outcomes and no score."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from havre.protection.enums import (
    Answer,
    KeptBecause,
    Origin,
    PlaceKind,
    Profile,
    RiskLevel,
    ScreeningOutcome,
    ScreeningState,
    Situation,
    Taken,
)
from havre.register.models import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


class Screening(ProtectedModel):
    """One conversation with one person. `suggested` comes from the rules dimension by dimension, `outcome` from the officer."""

    section = Section.SCREENING

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ScreeningState, default=ScreeningState.RECORDED)
    situation = models.CharField(max_length=16, choices=Situation)
    profile = models.CharField(max_length=16, choices=Profile)
    # the edition of the indicator file that was used
    edition = models.CharField(max_length=20)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    observer = models.ForeignKey(User, models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    kept_because = models.CharField(max_length=16, choices=KeptBecause)
    # RG01: told who asks, why, and what happens to the answers, in a language understood
    information_given_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)
    interpreter = models.BooleanField(default=False)
    interpreter_conflict_checked = models.BooleanField(default=False)
    # RG02
    privacy_confirmed = models.BooleanField(default=False)
    persons_present = models.JSONField(default=list, blank=True)
    # RG03
    safety_level = models.CharField(max_length=12, choices=RiskLevel, blank=True)
    medical_need = models.BooleanField(null=True, blank=True)
    urgent_action_at = models.DateTimeField(null=True, blank=True)
    suggested = models.CharField(max_length=40, choices=ScreeningOutcome)
    outcome = models.CharField(max_length=40, choices=ScreeningOutcome, blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    # how it was written down, and where; `typed_by` differs from the observer for a paper, `phone_said_at` for a phone with a wrong clock
    taken = models.CharField(max_length=8, choices=Taken, default=Taken.PAGE)
    place = models.CharField(max_length=12, choices=PlaceKind, blank=True)
    typed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    phone_said_at = models.DateTimeField(null=True, blank=True)
    clock_doubtful = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(name="screening_by_case", fields=["case", "-happened_at"])]
        constraints = [
            models.CheckConstraint(
                name="screening_outcome_whole",
                condition=Q(status=ScreeningState.RECORDED, outcome="", confirmed_by=None, confirmed_at=None)
                | Q(status=ScreeningState.CONFIRMED, confirmed_by__isnull=False, confirmed_at__isnull=False) & ~Q(outcome=""),
            )
        ]

    @property
    def needs_are_met(self) -> bool:
        """RG03: safety and care were looked at before the questions, and acted on where there was need."""
        asked = bool(self.safety_level) and self.medical_need is not None
        urgent = bool(self.medical_need) or self.safety_level == RiskLevel.IMMEDIATE
        return asked and (not urgent or self.urgent_action_at is not None)


class ScreeningAnswer(ProtectedModel):
    """One indicator: the answer, whether it was said or seen, by whom and when."""

    section = Section.SCREENING

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    screening = models.ForeignKey(Screening, models.PROTECT, related_name="answers")
    indicator = models.CharField(max_length=12)
    answer = models.CharField(max_length=12, choices=Answer)
    origin = models.CharField(max_length=4, choices=Origin, blank=True)
    observer = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="screening_answer_once", fields=["screening", "indicator"]),
            models.CheckConstraint(
                name="screening_answer_has_its_origin",
                condition=~Q(answer__in=[Answer.YES, Answer.NO]) | ~Q(origin=""),
            ),
        ]
