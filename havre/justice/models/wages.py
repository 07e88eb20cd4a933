"""A calculation of lost wages that was kept with a claim: numbers in, steps out, the revision of each rate beside it."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from havre.justice.models.proceedings import CompensationClaim
from havre.register.models import Case
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel


class WageCalculation(ProtectedModel):
    """What the calculator was given and what it gave: `given` and `steps` hold numbers, dates and codes. Amounts in `currency`."""

    section = Section.JUSTICE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    claim = models.ForeignKey(CompensationClaim, models.PROTECT, related_name="calculations")
    currency = models.CharField(max_length=3)
    total = models.DecimalField(max_digits=14, decimal_places=2)
    given = models.JSONField()
    steps = models.JSONField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        ordering = ("-made_at",)
