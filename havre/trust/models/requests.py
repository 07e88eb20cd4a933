"""Who asked for a person's name: the request, and what became of it. Both tables are written once; triggers hold that in the database.

Ids and codes only: the words beside a reason are a sealed section of the person.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.trust.enums import Purpose, Role
from havre.trust.ids import new_id
from havre.trust.models.accounts import Holder, Membership, User
from havre.trust.models.organisations import Organisation


class IdentityReason(models.TextChoices):
    """Why somebody who works without the name asks for it."""

    COURT_ORDER = "court_order", _("A court or a prosecutor orders it")
    SUMMONS = "summons", _("To summon or to hear the person")
    PAPERS = "papers", _("To issue or to check the person's papers")
    CARE = "care", _("Care that cannot be given without the name")
    PAYMENT = "payment", _("To pay compensation or an allowance")
    RETURN = "safe_return", _("To prepare a journey or a safe return")


class IdentityRefusal(models.TextChoices):
    """Why a custodian refuses."""

    NOT_NEEDED = "not_needed", _("The work can be done without the name")
    NO_GROUND = "no_ground", _("The ground is not shown: send the order or the paper")
    DANGER = "danger", _("It would put the person in danger")
    PERSON_REFUSES = "person_refuses", _("The person does not agree")
    ASK_SERVICE = "ask_service", _("Let the service that leads the case do it for you")


class IdentityEnd(models.TextChoices):
    """How a request or a granted name came to its end."""

    LAPSED = "lapsed", _("Its day came")
    BY_REQUESTER = "by_requester", _("Given back by the requester")
    BY_CUSTODIAN = "by_custodian", _("Ended early by a custodian")
    ACCESS_CLOSED = "access_closed", _("The requester's access to the case, or the job, ended")
    UNANSWERED = "unanswered", _("Nobody answered by its day")


class IdentityEventKind(models.TextChoices):
    """The five things that may happen to an identity request."""

    REQUESTED = "requested", pgettext_lazy("identity event", "Asked")
    GRANTED = "granted", pgettext_lazy("identity event", "Granted")
    REFUSED = "refused", pgettext_lazy("identity event", "Refused")
    USED = "used", pgettext_lazy("identity event", "Name opened")
    ENDED = "ended", pgettext_lazy("identity event", "Ended")


class Agree(models.TextChoices):
    """Whether one custodian is enough."""

    ANY = "any", _("One of the custodians is enough")
    ALL = "all", _("Every custodian must agree")


class IdentityRequest(models.Model):
    """One requester's request for one person's name, until a day. `custodians` are jobs (`case_manager@lead`) as the setting said then."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    person_id = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="identity_requests")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="identity_requests")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    purpose = models.CharField(max_length=20, choices=Purpose)
    reason = models.CharField(max_length=20, choices=IdentityReason)
    until = models.DateTimeField()
    asked_at = models.DateTimeField()
    agree = models.CharField(max_length=3, choices=Agree)
    custodians = models.JSONField()

    class Meta:
        constraints = [models.CheckConstraint(name="identity_request_ends_after_asked", condition=Q(until__gt=F("asked_at")))]
        indexes = [models.Index(name="identity_request_by_case", fields=["case_id", "person_id"])]


class IdentityEvent(models.Model):
    """One thing that happened to an identity request: who, in which custodian's job, when, for which reason. Never changed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    request = models.ForeignKey(IdentityRequest, models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    kind = models.CharField(max_length=12, choices=IdentityEventKind)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    job = models.CharField(max_length=48, blank=True)
    reason = models.CharField(max_length=20, blank=True)

    class Meta:
        ordering = ("request", "number")
        constraints = [
            models.UniqueConstraint(name="identity_event_in_order", fields=["request", "number"]),
            models.UniqueConstraint(name="identity_event_closes_once", fields=["request"], condition=Q(kind__in=["refused", "ended"])),
            models.UniqueConstraint(name="identity_event_one_job_one_answer", fields=["request", "job"], condition=Q(kind="granted")),
            models.UniqueConstraint(name="identity_event_one_person_one_answer", fields=["request", "by"], condition=Q(kind="granted")),
            models.CheckConstraint(
                name="identity_event_says_why", condition=~Q(kind__in=["requested", "refused", "ended"]) | ~Q(reason="")
            ),
        ]

    @property
    def why(self) -> str:
        """The reason's words, from whichever list it comes; empty for a grant or a use."""
        for listed in (IdentityReason, IdentityRefusal, IdentityEnd):
            if self.reason in listed.values and (listed, self.kind) in _LISTS:
                return str(listed(self.reason).label)
        return ""


_LISTS = {
    (IdentityReason, IdentityEventKind.REQUESTED),
    (IdentityRefusal, IdentityEventKind.REFUSED),
    (IdentityEnd, IdentityEventKind.ENDED),
}
