"""Assistance: needs, risk, one plan, its services. Help starts before any paper and depends on nothing."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from havre.protection.enums import CloseReason, Need, PlanStatus, RiskLevel, ServiceKind, ServiceReason, ServiceStatus
from havre.protection.enums_care import Channel, OwnView, RiskAbout
from havre.protection.models.best_interests import best_interests_stand
from havre.register.models import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


class AssistancePlan(ProtectedModel):
    """The help given to one person. `condition_flag` records that somebody made help depend on cooperation: it must be false (RG09)."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=PlanStatus, default=PlanStatus.RUNNING)
    started_at = models.DateTimeField()
    condition_flag = models.BooleanField(default=False)
    # RG10: the person's own answer to the plan
    informed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    # RG11, RG12, RG21, RG25: shown when they are missing
    free_to_come_and_go = models.BooleanField(null=True, blank=True)
    threats_reviewed_at = models.DateTimeField(null=True, blank=True)
    exit_plan_at = models.DateTimeField(null=True, blank=True)
    # RG13
    best_interests_at = models.DateTimeField(null=True, blank=True)
    child_heard_at = models.DateTimeField(null=True, blank=True)
    guardian_named_at = models.DateTimeField(null=True, blank=True)
    accompanied = models.BooleanField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=20, choices=CloseReason, blank=True)
    # how the person thinks it went; the words are sealed under this id
    own_view = models.CharField(max_length=12, choices=OwnView, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    # the services, and whether best interests stand, where a page has read them already
    read_services: list[Any] | None = None
    read_best_interests: bool | None = None

    class Meta:
        constraints = [
            models.UniqueConstraint(name="plan_once_while_open", fields=["person"], condition=~Q(status=PlanStatus.CLOSED)),
            models.CheckConstraint(
                name="plan_closed_whole",
                condition=Q(status=PlanStatus.CLOSED, closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(status=PlanStatus.CLOSED) & Q(closed_at=None, close_reason=""),
            ),
        ]

    @property
    def is_child(self) -> bool | None:
        return None if self.person.age_on_opening is None and not self.person.presumed_minor else self.person.is_child

    @property
    def child_protected(self) -> bool:
        """RG13: a decision on the child's best interests stands; or, in records made before, its dates were typed here."""
        typed = bool(self.best_interests_at and self.child_heard_at and (self.guardian_named_at or self.accompanied))
        known = self.read_best_interests
        return typed or (best_interests_stand(self.person_id) if known is None else known)

    @property
    def has_services(self) -> bool:
        """RG12: at least one service is proposed, accepted or in place."""
        live = (ServiceStatus.PROPOSED, ServiceStatus.ACCEPTED, ServiceStatus.RUNNING)
        if self.read_services is not None:
            return any(service.status in live for service in self.read_services)
        return self.services.for_house("gates").filter(status__in=live).exists()


class AssistanceService(ProtectedModel):
    """One service of a plan, offered to a person who may refuse it without losing any other."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    plan = models.ForeignKey(AssistancePlan, models.PROTECT, related_name="services")
    status = models.CharField(max_length=12, choices=ServiceStatus, default=ServiceStatus.PROPOSED)
    kind = models.CharField(max_length=40, choices=ServiceKind)
    # a service of the country's own list, kept beside the HTCDS kind that it counts under
    local_kind = models.CharField(max_length=40, blank=True)
    need = models.CharField(max_length=20, choices=Need)
    provider = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    proposed_at = models.DateTimeField()
    informed_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=20, choices=ServiceReason, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="service_ends_after_start", condition=Q(ended_at=None) | Q(starts_at=None) | Q(ended_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(
                name="service_closed_with_a_reason",
                condition=~Q(status__in=[ServiceStatus.ENDED, ServiceStatus.UNAVAILABLE, ServiceStatus.REFUSED]) | ~Q(reason=""),
            ),
        ]

    @property
    def is_child(self) -> bool | None:
        return self.plan.is_child


class PersonNeed(ProtectedModel):
    """One need as the person said it; met or not, never deleted."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=20, choices=Need)
    urgent = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    met_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="need_once_while_open", fields=["person", "kind"], condition=Q(met_at=None))]


class RiskAssessment(ProtectedModel):
    """One assessment of danger, made with the person; the newest is the one in use, the older ones stay."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    about = models.CharField(max_length=8, choices=RiskAbout, default=RiskAbout.PERSON)
    # the contact at which it was made: the danger is looked at again at each (Bulgaria NRM 1.2)
    contact = models.CharField(max_length=8, choices=Channel, blank=True)
    level = models.CharField(max_length=12, choices=RiskLevel)
    retrafficking = models.BooleanField(null=True, blank=True)
    threats = models.JSONField(default=list, blank=True)
    with_person = models.BooleanField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        indexes = [models.Index(name="risk_by_person", fields=["person", "-at"])]
