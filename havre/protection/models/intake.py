"""What comes in otherwise than card by card: a group at night, an emergency, a phone's parcel, a paper, a hotline call."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.protection.enums import (
    AgeBand,
    AsideReason,
    AskState,
    CallEnd,
    Caller,
    CallSubject,
    DeletedBecause,
    PaperKind,
    ParcelState,
    PlaceKind,
    Profile,
    Situation,
    Tie,
    VitalGround,
)
from havre.protection.models.screening import Screening
from havre.register.models import Case, Person
from havre.trust.enums import Basis, Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel

# so long its officer has to take in what was set aside; then the data-protection officer decides (Havre's own term, Convention 108+
# art. 5(4)(e): three months, as the shortest of the retention file)
KEPT_ASIDE = timedelta(days=90)


class Intake(models.Model):
    """One event with many persons (a raid, a vessel, a bus): what is true of all of them, noted once. It names and describes nobody."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    situation = models.CharField(max_length=16, choices=Situation)
    place = models.CharField(max_length=12, choices=PlaceKind)
    # codes of indicators seen of everybody there: the facts that are shared
    shared_signs = models.JSONField(default=list, blank=True)
    last_number = models.PositiveSmallIntegerField(default=0)
    # what a phone without a network names the group by; none on groups of before
    code = models.CharField(max_length=12, unique=True, null=True, blank=True)


class IntakePerson(ProtectedModel):
    """One person of a group: a number before any name, and a case of their own from the first minute.

    `left_at`: split from the group; the case goes on by itself and the group's page shows it no longer.
    """

    section = Section.SCREENING

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    intake = models.ForeignKey(Intake, models.PROTECT, related_name="+")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()
    age_band = models.CharField(max_length=8, choices=AgeBand)
    language = models.CharField(max_length=8, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="intake_number_once", fields=["intake", "number"]),
            models.UniqueConstraint(name="intake_person_once", fields=["person"]),
        ]

    @property
    def label(self) -> str:
        """The code that stands for the person: N-07."""
        return f"N-{self.number:02d}"


class FamilyTie(ProtectedModel):
    """A tie as one person's case knows it: the other is a number of the same group, never a name or a case."""

    section = Section.SCREENING

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Tie)
    other_number = models.PositiveSmallIntegerField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="tie_once", fields=["person", "other_number"])]


class LaterConsent(ProtectedModel):
    """Something was kept before the person could be asked: on what ground, and what they said when they were asked."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=AskState, default=AskState.DUE)
    ground = models.CharField(max_length=12, choices=VitalGround)
    basis = models.CharField(max_length=16, choices=Basis, default=Basis.VITAL_INTEREST)
    since = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(null=True, blank=True)
    asked_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=8, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="later_consent_once", fields=["person"]),
            models.CheckConstraint(
                name="later_consent_asked_whole",
                condition=Q(status=AskState.DUE) | Q(asked_at__isnull=False, asked_by__isnull=False),
            ),
        ]


class ParcelSet(models.QuerySet["Parcel"]):
    def over_their_term(self, at: datetime) -> ParcelSet:
        """What was set aside and dealt with by nobody for the whole term, oldest first."""
        late = self.filter(state=ParcelState.ASIDE, received_at__lte=at - KEPT_ASIDE)
        return late.select_related("organisation").order_by("received_at")


class Parcel(models.Model):
    """One sealed screening that a phone sent. `number` was made on the phone; the same number twice is one screening.

    `sealed` is kept only while the parcel is set aside: what was taken is in the case, and nothing else holds it. `device` and `sequence`
    say which phone and the how-manieth form of it, `base_at` our own moment at which that phone last spoke with us before the talk.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.UUIDField()
    digest = models.CharField(max_length=64)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    state = models.CharField(max_length=12, choices=ParcelState)
    why = models.CharField(max_length=12, choices=AsideReason, blank=True)
    sealed = models.BinaryField(null=True, blank=True)
    received_at = models.DateTimeField()
    # what the phone's clock said as it sent: its distance from ours says how far to trust the time that it wrote
    phone_clock_at = models.DateTimeField(null=True, blank=True)
    # none where the seal did not open, or a page of before was kept on the phone
    device = models.UUIDField(null=True, blank=True)
    sequence = models.PositiveIntegerField(null=True, blank=True)
    base_at = models.DateTimeField(null=True, blank=True)
    # who deleted it when its term was over, and why
    deleted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    deleted_at = models.DateTimeField(null=True, blank=True)
    deleted_because = models.CharField(max_length=12, choices=DeletedBecause, blank=True)
    screening = models.OneToOneField(Screening, models.PROTECT, null=True, blank=True, related_name="+")
    taken_at = models.DateTimeField(null=True, blank=True)

    objects = ParcelSet.as_manager()

    class Meta:
        indexes = [models.Index(name="parcel_aside", fields=["state", "-received_at"])]
        constraints = [
            models.UniqueConstraint(name="parcel_number_once", fields=["number"], condition=~Q(why=AsideReason.TWICE)),
            models.UniqueConstraint(name="parcel_content_once", fields=["number", "digest"]),
            models.UniqueConstraint(name="parcel_place_once", fields=["device", "sequence"], condition=~Q(why=AsideReason.SEQUENCE)),
            models.CheckConstraint(
                name="parcel_whole",
                condition=Q(state=ParcelState.RECEIVED, why="", screening__isnull=False, sealed=None, deleted_by=None)
                | Q(state=ParcelState.ASIDE, screening=None, sealed__isnull=False, deleted_by=None) & ~Q(why="")
                | Q(state=ParcelState.DELETED, screening=None, sealed=None, deleted_by__isnull=False, deleted_at__isnull=False)
                & ~Q(why="")
                & ~Q(deleted_because=""),
            ),
        ]


class PaperForm(models.Model):
    """One blank form that was printed: its serial, for what, by whom, and what it became when it was typed in, once.

    `held_by`, `held_at` and `place` are the paper's own, whoever types it in; they stand on what it became as well.
    """

    serial = models.CharField(primary_key=True, max_length=12)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=8, choices=PaperKind, default=PaperKind.CARDS)
    # empty on a paper for what cannot wait; a group's says which cards are put later
    situation = models.CharField(max_length=16, choices=Situation, blank=True)
    profile = models.CharField(max_length=16, choices=Profile, blank=True)
    edition = models.CharField(max_length=20)
    printed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    printed_at = models.DateTimeField()
    typed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    typed_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    held_at = models.DateTimeField(null=True, blank=True)
    place = models.CharField(max_length=12, choices=PlaceKind, blank=True)
    screening = models.OneToOneField(Screening, models.PROTECT, null=True, blank=True, related_name="+")
    intake = models.OneToOneField(Intake, models.PROTECT, null=True, blank=True, related_name="+")
    later = models.OneToOneField(LaterConsent, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="paper_becomes_one_thing",
                condition=Q(typed_at=None, screening=None, intake=None, later=None)
                | Q(typed_at__isnull=False, kind=PaperKind.CARDS, screening__isnull=False, intake=None, later=None)
                | Q(typed_at__isnull=False, kind=PaperKind.GROUP, screening=None, intake__isnull=False, later=None)
                | Q(typed_at__isnull=False, kind=PaperKind.URGENT, screening=None, intake=None, later__isnull=False),
            ),
        ]


class HotlineContact(models.Model):
    """A call that becomes no case: codes only, so that it can be counted and nobody found."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    happened_on = models.DateField()
    caller = models.CharField(max_length=12, choices=Caller)
    subject = models.CharField(max_length=12, choices=CallSubject)
    ended = models.CharField(max_length=12, choices=CallEnd)
    language = models.CharField(_("Language"), max_length=8, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        indexes = [models.Index(name="hotline_by_day", fields=["organisation", "-happened_on"])]
