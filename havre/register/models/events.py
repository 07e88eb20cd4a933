"""What was done, at the finest grain: act, means and purpose apart and multi-valued (Palermo Protocol art. 3)."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from havre.register.enums import Certainty, EventKind, Precision, RouteStatus
from havre.register.models.cases import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.records import ProtectedModel


class TraffickingEvent(ProtectedModel):
    """One place-time event of one person: a leg of the route or a stretch of exploitation.

    `acts`, `means`, `purposes` hold our IC-TIP-aligned codes (E.A.*, E.M.*, E.P.*); an empty list is "none", None is "not recorded".
    A composite read from elsewhere stays in `composites` with its source and is never expanded into parts.
    """

    section = Section.FACTS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=16, choices=EventKind)
    leg = models.PositiveSmallIntegerField(default=0)
    acts = models.JSONField(null=True, blank=True)
    means = models.JSONField(null=True, blank=True)
    purposes = models.JSONField(null=True, blank=True)
    composites = models.JSONField(default=dict, blank=True)
    country = models.CharField(max_length=2, blank=True)
    region = models.CharField(max_length=10, blank=True)
    industry = models.CharField(max_length=60, blank=True)
    happened_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)
    precision = models.CharField(max_length=8, choices=Precision, default=Precision.DAY)
    status_on_route = models.CharField(max_length=20, blank=True, choices=RouteStatus.choices)
    debt = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    debt_currency = models.CharField(max_length=3, blank=True)
    documents_held = models.BooleanField(null=True, blank=True)
    source = models.CharField(max_length=40, default="record")
    certainty = models.CharField(max_length=16, choices=Certainty, default=Certainty.ASSERTED)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(name="event_by_person", fields=["person", "leg"])]
