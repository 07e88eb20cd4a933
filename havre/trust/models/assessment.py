"""Impact assessments as they were signed. A signed one is never rewritten; only that it has been overtaken is noted on it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre.trust.ids import new_id
from havre.trust.models.accounts import Membership


class Level(models.TextChoices):
    """What remains of a risk after the measures, as the officer judges it."""

    LOW = "low", _("Low")
    MODERATE = "moderate", _("Moderate")
    HIGH = "high", _("High")


class Opinion(models.TextChoices):
    """What the officer concludes (EU 2016/679 art. 35(1), 36(1); Convention 108+ art. 10(2))."""

    ACCEPT = "accept", _("The processing may go on")
    CONDITIONS = "conditions", _("It may go on under the conditions written below")
    CONSULT = "consult", _("The supervisory authority is to be consulted first")


class Assessment(models.Model):
    """One signed version: the table of the model it was signed for, what remains of each risk, and the officer's conclusion.

    `model` is `assessment.snapshot.Model`, `residual` risk → Level, `conditions` words about the system and never about a person.
    `outdated_at` is when a later model was first seen to differ, `changes` what differs ([kind, key, what]).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    model = models.JSONField()
    digest = models.CharField(max_length=64)
    residual = models.JSONField()
    opinion = models.CharField(max_length=12, choices=Opinion)
    conditions = models.CharField(max_length=2000, blank=True)
    review_on = models.DateField()
    signed_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    signed_at = models.DateTimeField()
    outdated_at = models.DateTimeField(null=True, blank=True)
    changes = models.JSONField(default=list, blank=True)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.CheckConstraint(name="assessment_conditions_named", condition=~Q(opinion="conditions") | ~Q(conditions="")),
        ]
