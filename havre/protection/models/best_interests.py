"""Best interests of a child: an assessment before each step, a determination by a panel before the gravest."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import BesideKind, BesideState, BestBefore, BestKind, BestOutcome, BestState, ChildView
from havre.protection.models.care import Beside
from havre.protection.models.kept import KeptRecord
from havre.trust.models import User

# a panel that determines has this many members, of two organisations at least (UNHCR 2021 guidelines)
PANEL = 3


class BestInterests(KeptRecord):
    """What is best for one child before one step. The child's views, the reasons and a dissent are sealed under its id."""

    status = models.CharField(max_length=12, choices=BestState, default=BestState.DUE)
    kind = models.CharField(_("assessment or determination"), max_length=16, choices=BestKind)
    before = models.CharField(_("before which step"), max_length=16, choices=BestBefore)
    due_at = models.DateTimeField(_("due by"), null=True, blank=True)
    members = models.JSONField(_("who takes part"), default=list, blank=True)
    child_heard_at = models.DateTimeField(_("the child was heard"), null=True, blank=True)
    child_view = models.CharField(_("the child's view of the outcome"), max_length=12, choices=ChildView, blank=True)
    accompanied = models.BooleanField(_("child accompanied by a parent without conflict of interest"), null=True, blank=True)
    dissent = models.BooleanField(_("a member disagrees (their reasons below)"), default=False)
    outcome = models.CharField(_("outcome"), max_length=16, choices=BestOutcome, blank=True)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="best_interests_by_person", fields=["person", "status"])]
        constraints = [
            models.UniqueConstraint(
                name="best_interests_once_while_open", fields=["person", "kind", "before"], condition=~Q(status=BestState.DECIDED)
            ),
            models.CheckConstraint(
                name="best_interests_decided_whole",
                condition=~Q(status=BestState.DECIDED)
                | Q(decided_at__isnull=False, decided_by__isnull=False, child_heard_at__isnull=False, review_on__isnull=False)
                & ~Q(outcome=""),
            ),
        ]

    @property
    def organisations(self) -> int:
        return len({member["organisation"] for member in self.members})

    @property
    def has_panel(self) -> bool:
        """An assessment needs one trained person named; a determination a panel of three from two organisations."""
        if self.kind == BestKind.ASSESSMENT:
            return bool(self.members)
        return len(self.members) >= PANEL and self.organisations >= 2

    @property
    def is_guarded(self) -> bool:
        """A guardian is named, or a parent without conflict of interest is there."""
        return bool(self.accompanied) or guardian_named(self.person_id)


def guardian_named(person_id: UUID) -> bool:
    """Whether a guardian stands beside this child now."""
    live = Beside.objects.for_house("gates").filter(person_id=person_id, kind=BesideKind.GUARDIAN, status=BesideState.NAMED)
    return live.exists()


def best_interests_stand(person_id: UUID, *, before: str = "", on: date | None = None) -> bool:
    """RG13: a decision on this child's best interests is there and its review is not overdue.

    Args: before, the step that it was made for, where only such a one serves (a return); it must then say yes, and be a determination.
    """
    decided = BestInterests.objects.for_house("gates").filter(person_id=person_id, status=BestState.DECIDED)
    decided = decided.filter(review_on__gte=on or timezone.localdate()).exclude(outcome=BestOutcome.MORE)
    if before:
        yes = [BestOutcome.IN_INTEREST, BestOutcome.CONDITIONS]
        newest = decided.filter(before=before, kind=BestKind.DETERMINATION).order_by("-decided_at").first()
        return newest is not None and newest.outcome in yes
    return decided.exists()
