"""Two organisations that become one: proposed by one person, approved by a head of each, carried out in one act."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy

from havre.trust.ids import new_id
from havre.trust.models.accounts import User
from havre.trust.models.organisations import Organisation


class MergerState(models.TextChoices):
    """Where a merger stands."""

    PROPOSED = "proposed", pgettext_lazy("merger", "Proposed")
    DONE = "done", pgettext_lazy("merger", "Carried out")
    DROPPED = "dropped", pgettext_lazy("merger", "Dropped")


class Merger(models.Model):
    """One organisation (`first`) that goes on in another (`second`). `report` holds what moved and what was resolved: codes and counts."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    state = models.CharField(max_length=12, choices=MergerState, default=MergerState.PROPOSED)
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    report = models.JSONField(default=list)

    class Meta:
        constraints = [
            models.CheckConstraint(name="merger_two_organisations", condition=~Q(first=F("second"))),
            models.UniqueConstraint(name="merger_once_while_open", fields=["first"], condition=Q(state="proposed")),
            models.CheckConstraint(
                name="merger_ended_whole", condition=Q(state="proposed", ended_at=None) | ~Q(state="proposed") & Q(ended_at__isnull=False)
            ),
        ]


class MergerApproval(models.Model):
    """One of the two approvals: who, for which of the two organisations, when. The service keeps the proposer out."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    merger = models.ForeignKey(Merger, models.PROTECT, related_name="approvals")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(name="merger_one_approval_a_side", fields=["merger", "organisation"]),
            models.UniqueConstraint(name="merger_two_persons_approve", fields=["merger", "by"]),
        ]
