"""Return, voluntary and safe on both sides; and the right to stay."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre.protection.enums import RiskLevel
from havre.protection.enums_care import BestBefore, ReturnAskedBy, ReturnState, StayGround, StayState, StopReason
from havre.protection.models.best_interests import best_interests_stand
from havre.protection.models.identification import Identification
from havre.protection.models.kept import KeptRecord
from havre.trust import clocks
from havre.trust.models import Organisation

# Havre's own values, to be set with each country: how old an assessment and a confirmation may be at the journey
RISK_AGE, RECEIVER_AGE = timedelta(days=30), timedelta(days=7)
TOO_DANGEROUS = (RiskLevel.HIGH, RiskLevel.IMMEDIATE)


class OfForeigner(KeptRecord):
    """A record whose rights hang on the nationality, as the identification recorded it."""

    class Meta:
        abstract = True

    @property
    def is_foreign(self) -> bool | None:
        """None when nobody has recorded it: the rights are then shown as gaps."""
        known = Identification.objects.for_house("gates").filter(person_id=self.person_id, foreign_national__isnull=False)
        return known.order_by("-opened_at").values_list("foreign_national", flat=True).first()


class ReturnPlan(OfForeigner):
    """One return that a person asks for or is proposed. Whoever asked, it goes on only while the person wants it."""

    status = models.CharField(max_length=12, choices=ReturnState, default=ReturnState.PROPOSED)
    country = models.CharField(_("to which country (two letters)"), max_length=2, blank=True)
    asked_by = models.CharField(_("who asks for it"), max_length=12, choices=ReturnAskedBy, blank=True)
    informed_at = models.DateTimeField(_("explained, with every other possibility"), null=True, blank=True)
    voluntary = models.BooleanField(_("the person wants it freely"), null=True, blank=True)
    consent_at = models.DateTimeField(_("the person agreed"), null=True, blank=True)
    risk_here = models.CharField(_("risk here"), max_length=12, choices=RiskLevel, blank=True)
    risk_there = models.CharField(_("risk there"), max_length=12, choices=RiskLevel, blank=True)
    risk_assessed_at = models.DateTimeField(_("risks assessed on both sides"), null=True, blank=True)
    receiver = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation that receives"), null=True, blank=True, related_name="+"
    )
    receiver_name = models.CharField(_("its name, where it has no account here"), max_length=120, blank=True)
    receiver_confirmed_at = models.DateTimeField(_("it confirmed"), null=True, blank=True)
    papers_at = models.DateTimeField(_("travel papers issued"), null=True, blank=True)
    family_traced = models.BooleanField(_("family or carer traced and assessed"), null=True, blank=True)
    receiving_guardian_at = models.DateTimeField(_("carer or guardian there named"), null=True, blank=True)
    travelled_at = models.DateTimeField(_("travelled on"), null=True, blank=True)
    followed_at = models.DateTimeField(_("last heard from"), null=True, blank=True)
    follow_up_months = models.PositiveSmallIntegerField(_("months since the journey"), null=True, blank=True)
    stop_reason = models.CharField(_("stopped because"), max_length=16, choices=StopReason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="return_once_while_open", fields=["person"], condition=Q(status__in=[ReturnState.PROPOSED, ReturnState.ASSESSED])
            ),
            models.CheckConstraint(name="return_stopped_with_a_reason", condition=~Q(status=ReturnState.STOPPED) | ~Q(stop_reason="")),
            models.CheckConstraint(
                name="return_travelled_dated",
                condition=~Q(status__in=[ReturnState.RETURNED, ReturnState.FOLLOWED]) | Q(travelled_at__isnull=False),
            ),
        ]

    @property
    def is_informed_and_wanted(self) -> bool:
        return self.informed_at is not None and self.consent_at is not None and self.voluntary is True

    def is_assessed(self, at: datetime) -> bool:
        """Both sides, not older than 30 days at the journey (or at this moment), and the danger there not high."""
        if not (self.risk_here and self.risk_there and self.risk_assessed_at):
            return False
        fresh = (self.travelled_at or at) - self.risk_assessed_at <= RISK_AGE
        return fresh and self.risk_there not in TOO_DANGEROUS

    def is_awaited(self, at: datetime) -> bool:
        """The organisation there confirmed within the seven days before the journey (or before this moment)."""
        named = bool(self.receiver_id or self.receiver_name)
        if not (named and self.receiver_confirmed_at):
            return False
        return timedelta(0) <= (self.travelled_at or at) - self.receiver_confirmed_at <= RECEIVER_AGE

    @property
    def is_in_the_childs_interest(self) -> bool:
        """RG24: a determination for this very step says yes, family was traced, somebody there is named."""
        stands = best_interests_stand(self.person_id, before=BestBefore.RETURN)
        return stands and self.family_traced is True and self.receiving_guardian_at is not None

    def is_in_recovery(self, at: datetime) -> bool:
        """Whether a recovery and reflection period of this person runs or is paused at this moment (CoE art. 13)."""
        known = Identification.objects.for_house("gates").filter(person_id=self.person_id).values_list("pk", flat=True)
        for clock in filter(None, (clocks.latest(pk, "recovery") for pk in known)):
            due = clocks.due_at(clock)
            if clocks.state(clock) == "paused" or (due is not None and due > at):
                return True
        return False

    @property
    def child_protected(self) -> bool:
        """RG13: a decision on the child's best interests stands."""
        return best_interests_stand(self.person_id)


class StayApplication(OfForeigner):
    """One application for a right to stay; asylum stays open beside it (CoE art. 14, 40(4))."""

    status = models.CharField(max_length=12, choices=StayState, default=StayState.INFORMED)
    ground = models.CharField(_("on which ground"), max_length=12, choices=StayGround, blank=True)
    informed_at = models.DateTimeField(_("possibilities explained"), null=True, blank=True)
    asylum_informed_at = models.DateTimeField(_("asylum explained"), null=True, blank=True)
    applied_at = models.DateTimeField(_("applied on"), null=True, blank=True)
    reference = models.CharField(_("reference of the authority"), max_length=40, blank=True)
    answered_at = models.DateTimeField(_("answered on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    may_work = models.BooleanField(_("with the right to work"), null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="stay_granted_ends", condition=~Q(status=StayState.GRANTED) | Q(valid_until__isnull=False)),
        ]

    @property
    def is_considered(self) -> bool:
        """RG22: an application is in, or the person was told of every way and wants none."""
        return self.applied_at is not None or (self.informed_at is not None and self.asylum_informed_at is not None)
