"""What retention keeps: legal holds on cases, and the orders by which a data-protection officer lets terms take effect."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.ids import new_id
from havre.trust.models.accounts import Membership, User


class HoldReason(models.TextChoices):
    """Why a case is kept although its term is over (Convention 108+ art. 11; EU 2016/679 art. 17(3))."""

    PROCEEDING = "proceeding", _("A proceeding is pending or announced")
    CLAIM = "claim", _("Compensation is claimed or not yet paid")
    COMPLAINT = "complaint", _("A complaint or an access request is open")
    ORDER = "order", _("A court or the supervisory authority ordered it")
    PERSON_ASKS = "person_asks", _("The person asks that it be kept")


class LegalHold(models.Model):
    """One hold on one case. Lifted, never deleted; past `review_on` it still holds, and the officer is asked whether it must."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    reason = models.CharField(max_length=20, choices=HoldReason)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    review_on = models.DateField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="hold_by_case", fields=["case_id"], condition=Q(lifted_at=None))]
        constraints = [
            models.UniqueConstraint(name="hold_once_for_a_reason", fields=["case_id", "reason"], condition=Q(lifted_at=None)),
            models.CheckConstraint(
                name="hold_lifted_whole",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]


class RetentionOrder(models.Model):
    """What one officer ordered to go: the very lines that he or she saw, as ids. The worker carries it out, line by line.

    `lines` are [rule, case, person, section bit or 0 for the whole person]; `done` counts those carried out, `kept` those that a hold,
    a seal or a new fact kept back meanwhile.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ordered_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    ordered_at = models.DateTimeField(default=timezone.now)
    digest = models.CharField(max_length=64)
    lines = models.JSONField()
    done = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="retention_one_order_at_a_time", fields=["digest"], condition=Q(ended_at=None))]
