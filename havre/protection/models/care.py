"""Care day by day: follow-up, shelter places, the day log, interpreters, who stands beside the person, health notes."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import (
    BesideKind,
    BesideState,
    BookingState,
    Channel,
    Finding,
    FollowUpState,
    ForWhom,
    HealthKind,
    InterpreterGender,
    Kept,
    LeftReason,
    LogKind,
    NamedBy,
    PlacementState,
    ReplaceReason,
    Restriction,
)
from havre.protection.models.kept import CodesField, KeptRecord
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User


class FollowUp(KeptRecord):
    """One meeting after the help has ended: 1, 3, 6 and 12 months, by the way that the person called safe."""

    # by name: a plan asks of its child what the records below say (AssistancePlan.child_protected)
    plan = models.ForeignKey("protection.AssistancePlan", models.PROTECT, related_name="follow_ups")
    status = models.CharField(max_length=12, choices=FollowUpState, default=FollowUpState.DUE)
    months = models.PositiveSmallIntegerField(_("months after the help ended"))
    due_at = models.DateTimeField(_("due on"))
    channel = models.CharField(_("how, in the way the person called safe"), max_length=8, choices=Channel, blank=True)
    findings = CodesField(_("how the person lives"), codes=Finding)
    retrafficking = models.BooleanField(_("signs of being trafficked again"), null=True, blank=True)
    held_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="follow_up_once", fields=["plan", "due_at"])]


class Shelter(models.Model):
    """A house of a service, by a name that says nothing of where it is. It has no address: that is in no table."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    label = models.CharField(_("name that does not say where it is"), max_length=40)
    places = models.PositiveSmallIntegerField(_("places in all"))
    for_whom = CodesField(_("for whom"), codes=ForWhom)
    languages = models.CharField(_("languages spoken (three letters each)"), max_length=80, blank=True)
    step_free = models.BooleanField(_("without steps"), default=False)
    open = models.BooleanField(_("takes people in now"), default=True)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="shelter_label_once", fields=["organisation", "label"])]

    def __str__(self) -> str:
        return self.label

    @property
    def taken(self) -> int:
        """How many live there now or hold an offer."""
        mine = Placement.objects.for_house("gates").filter(shelter=self)
        return mine.filter(status__in=[PlacementState.OFFERED, PlacementState.PLACED]).count()

    @property
    def free(self) -> int:
        return max(0, self.places - self.taken) if self.open else 0


class Placement(KeptRecord):
    """Where a person lives: the one record of protection that belongs to the whereabouts."""

    section = Section.WHEREABOUTS

    shelter = models.ForeignKey(Shelter, models.PROTECT, verbose_name=_("house"), related_name="+")
    status = models.CharField(max_length=12, choices=PlacementState, default=PlacementState.OFFERED)
    informed_at = models.DateTimeField(_("explained, and that it may be refused"), null=True, blank=True)
    answered_at = models.DateTimeField(_("the person answered"), null=True, blank=True)
    free_to_come_and_go = models.BooleanField(_("free to come and go"), null=True, blank=True)
    restriction = models.CharField(_("limit on coming and going"), max_length=16, choices=Restriction, blank=True)
    authorised_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("authorised by"), null=True, blank=True, related_name="+")
    restricted_until = models.DateField(_("limit ends on"), null=True, blank=True)
    starts_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    left_reason = models.CharField(_("left"), max_length=16, choices=LeftReason, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                name="placement_once_while_live",
                fields=["person"],
                condition=Q(status__in=[PlacementState.OFFERED, PlacementState.PLACED]),
            ),
            models.CheckConstraint(
                name="placement_ends_after_start", condition=Q(ended_at=None) | Q(starts_at=None) | Q(ended_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(
                name="placement_limit_is_authorised_and_ends",
                condition=Q(restriction="") | Q(authorised_by__isnull=False, restricted_until__isnull=False),
            ),
            models.CheckConstraint(name="placement_left_with_a_reason", condition=~Q(status=PlacementState.LEFT) | ~Q(left_reason="")),
        ]

    @property
    def has_room(self) -> bool:
        """Whether the house takes people in and has a place that nobody holds."""
        return self.shelter.free > 0

    @property
    def is_free_or_limited_by_rule(self) -> bool:
        """RG11: free to come and go, or a limit that is named, authorised and ends."""
        return self.free_to_come_and_go is True or bool(self.restriction and self.authorised_by_id and self.restricted_until)


class DayLog(KeptRecord):
    """One entry of a shelter's day. It does not say which house: that is a whereabouts."""

    status = models.CharField(max_length=12, choices=Kept, default=Kept.KEPT)
    kind = models.CharField(_("about"), max_length=12, choices=LogKind)
    happened_at = models.DateTimeField(_("when"), null=True, blank=True)
    urgent = models.BooleanField(_("the next shift must know"), default=False)


class InterpreterBooking(KeptRecord):
    """An interpreter for one talk: the language, the gender that the person asked for, no link with anyone concerned."""

    status = models.CharField(max_length=12, choices=BookingState, default=BookingState.ASKED)
    language = models.CharField(_("language (three letters)"), max_length=8)
    gender_asked = models.CharField(_("the person asks for"), max_length=8, choices=InterpreterGender, default=InterpreterGender.ANY)
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("to"), null=True, blank=True)
    interpreter = models.ForeignKey(User, models.PROTECT, verbose_name=_("interpreter"), null=True, blank=True, related_name="+")
    interpreter_gender = models.CharField(_("the interpreter is"), max_length=8, choices=InterpreterGender, blank=True)
    no_link = models.BooleanField(_("no link with anyone concerned, and did not come with the person"), null=True, blank=True)
    conflict_checked_at = models.DateTimeField(null=True, blank=True)
    replaced_because = models.CharField(_("somebody else, because"), max_length=12, choices=ReplaceReason, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="booking_ends_after_start", condition=Q(ends_at=None) | Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="booking_confirmed_whole",
                condition=~Q(status__in=[BookingState.CONFIRMED, BookingState.HELD]) | Q(interpreter__isnull=False, no_link=True),
            ),
        ]

    @property
    def gender_kept(self) -> bool:
        """The person's choice of gender is met (OHCHR guideline 8; ODIHR NRM 2022)."""
        return self.gender_asked in (InterpreterGender.ANY, self.interpreter_gender)

    @property
    def is_possible(self) -> bool:
        """The interpreter has no other talk at that hour."""
        if not (self.interpreter_id and self.starts_at and self.ends_at):
            return False
        others = InterpreterBooking.objects.for_house("gates").filter(interpreter_id=self.interpreter_id, status=BookingState.CONFIRMED)
        return not others.exclude(pk=self.pk).filter(starts_at__lt=self.ends_at, ends_at__gt=self.starts_at).exists()


class Beside(KeptRecord):
    """The guardian of a child, or the advocate whom a person chose; one of each at a time."""

    status = models.CharField(max_length=12, choices=BesideState, default=BesideState.NAMED)
    kind = models.CharField(_("who"), max_length=12, choices=BesideKind)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("of which organisation"), null=True, blank=True, related_name="+"
    )
    named_by = models.CharField(_("named by"), max_length=12, choices=NamedBy)
    named_at = models.DateTimeField(_("named on"), null=True, blank=True)
    independent = models.BooleanField(_("independent of whoever decides on the person"), null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="beside_once_while_named", fields=["person", "kind"], condition=Q(status=BesideState.NAMED))
        ]


class HealthNote(KeptRecord):
    """A health or psychosocial note: apart even from the case manager unless the person agreed (108+ art. 6)."""

    section = Section.HEALTH

    status = models.CharField(max_length=12, choices=Kept, default=Kept.KEPT)
    kind = models.CharField(_("kind of note"), max_length=12, choices=HealthKind)
    happened_at = models.DateTimeField(_("when"), null=True, blank=True)
    agreed_at = models.DateTimeField(_("the person agreed to the examination or talk"), null=True, blank=True)
    urgent = models.BooleanField(_("care needed soon"), default=False)
    review_on = models.DateField(_("look at it again on"), null=True, blank=True)
