"""Clocks that say by which rule each of their dates was made, and the waivers that a supervisor signs. All append-only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.actors import Actor
from havre.trust.enums import Section
from havre.trust.errands import as_house
from havre.trust.errors import Words
from havre.trust.ids import new_id
from havre.trust.models.accounts import Membership, User
from havre.trust.records import ProtectedModel


class ClockEventKind(models.TextChoices):
    """What happens to a legal clock: it starts, pauses, goes on, is extended, is met or ends."""

    STARTED = "started", _("Started")
    PAUSED = "paused", _("Paused")
    RESUMED = "resumed", _("Resumed")
    EXTENDED = "extended", _("Extended")
    EXPIRED = "expired", _("Ran out")
    ENDED = "ended", _("Ended")
    ENDED_EARLY = "ended_early", _("Ended before its time")


class AppendOnly(ProtectedModel):
    """A protected row that is written once: a second save is our bug. A trigger holds it in the database too."""

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise TypeError(f"{type(self).__name__} is append-only: write a new event")
        # a receiver stops the clock of an offer before it holds any grant: the service has decided, row-level security cannot
        with as_house():
            super().save(*args, **kwargs)


class Clock(AppendOnly):
    """One period of one record: which rule it follows is copied here, so that a later revision of the law moves no date unseen.

    `parts` holds the rule stretch by stretch: amount, unit, fact id, revision, source, confirmed. Dates are in the events.
    """

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    subject_id = models.UUIDField()
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    workflow = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    parts = models.JSONField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [
            models.Index(name="clock_by_subject", fields=["subject_id", "name"]),
            models.Index(name="clock_by_case", fields=["case_id"]),
        ]

    @property
    def confirmed(self) -> bool:
        """Whether every stretch of the rule comes from a fact that was reviewed."""
        return all(part["confirmed"] for part in self.parts)


class ClockEvent(AppendOnly):
    """What happened to a clock, and what it said from then on: `due_at` is None while it is paused and once it has ended."""

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    clock = models.ForeignKey(Clock, models.PROTECT, related_name="events")
    number = models.PositiveSmallIntegerField()
    case_id = models.UUIDField()
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    kind = models.CharField(max_length=12, choices=ClockEventKind)
    at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    ground = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=200, blank=True)
    days = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("clock", "number")
        indexes = [models.Index(name="clock_event_due", fields=["due_at"], condition=Q(due_at__isnull=False))]
        constraints = [
            models.UniqueConstraint(name="clock_event_in_order", fields=["clock", "number"]),
            models.CheckConstraint(
                name="clock_event_has_its_ground",
                condition=~Q(kind__in=["paused", "extended", "ended_early"]) | ~Q(ground=""),
            ),
            models.CheckConstraint(name="clock_event_extends_by_days", condition=~Q(kind="extended") | Q(days__gt=0)),
        ]


class Override(ProtectedModel):
    """A supervisor's signed waiver of named blocks for one step of one record. Used once, and seen by the person concerned."""

    section = Section.CASE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    subject_id = models.UUIDField()
    workflow = models.CharField(max_length=40)
    step = models.CharField(max_length=40)
    gates = models.JSONField()
    reason = models.CharField(max_length=40)
    given_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    membership = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="override_ends_after_start", condition=Q(ends_at__gt=F("given_at"))),
            models.CheckConstraint(name="override_has_its_reason", condition=~Q(reason="")),
        ]

    def problem(self, *, workflow: str, subject_id: UUID, step: str, by: Actor | None) -> Words:
        """Why this waiver does not serve here, or the empty word when it does."""
        if by is None or (self.workflow, self.subject_id, self.step) != (workflow, subject_id, step):
            return _("the supervisor's agreement is for another step or another record; ask for one for this step")
        if self.given_by_id == by.user.pk:
            return _("nobody waives a condition for their own act: another person, named as supervisor, must agree")
        if self.used_at is not None or not self.given_at <= by.at < self.ends_at:
            return _("the supervisor's agreement was used or has ended; ask for a new one")
        if not Membership.objects.filter(
            pk=self.membership_id, supervisor=True, ended_at=None, organisation_id=by.organisation_id
        ).exists():
            return _("the person who agreed is not, or no longer, a supervisor of your service")
        return ""

    def use(self, *, by: Actor) -> None:
        """Spend it, in the caller's transaction."""
        self.used_at, self.used_by = by.at, by.user
        self.save(update_fields=["used_at", "used_by"])
