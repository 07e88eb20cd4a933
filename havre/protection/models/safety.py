"""Safety: what is done about a danger, by whom and by when; and the worker's own safety."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import Measure, MeasureOwner, MeasureState, NoteState, WorkerCare, WorkerRisk
from havre.protection.models.assistance import RiskAssessment
from havre.protection.models.kept import CodesField, KeptRecord


class SafetyMeasure(KeptRecord):
    """One line of the safety plan. It stands on the assessment that was in use when it was agreed."""

    risk = models.ForeignKey(RiskAssessment, models.PROTECT, null=True, blank=True, related_name="measures")
    status = models.CharField(max_length=12, choices=MeasureState, default=MeasureState.PLANNED)
    measure = models.CharField(_("measure"), max_length=16, choices=Measure)
    owner = models.CharField(_("who does it"), max_length=12, choices=MeasureOwner)
    by_when = models.DateField(_("by when"))
    agreed = models.BooleanField(_("agreed with the person"), null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)


class SafetyNote(KeptRecord):
    """A note on the safety of those who work with the person. The person is told that such notes exist; they are in no copy of the file."""

    status = models.CharField(max_length=12, choices=NoteState, default=NoteState.STANDING)
    risks = CodesField(_("danger to workers"), codes=WorkerRisk)
    care = CodesField(_("what workers do"), codes=WorkerCare)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
