"""Case conference: seats by role, an agenda, documents by section, decisions with an owner and a day, dissent, sealed minutes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import models
from django.db.models import Q

from havre.referral.enums import ActionOutcome, AgendaKind, ConferenceStatus, Decision, VitalInterest
from havre.referral.models.referrals import new_number
from havre.register.models import Attachment, Case, Consent, Note, Person
from havre.trust.enums import Role, Section
from havre.trust.errands import as_house
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel

# the least notice (Havre's own values, see the workflow table), and how many seats make a quorum
NOTICE, URGENT_NOTICE = timedelta(days=2), timedelta(hours=4)
QUORUM, BODIES = 3, 2
AUTHORITY = frozenset({Role.IDENTIFICATION_AUTHORITY, Role.SECOND_REVIEWER})
FOR_A_CHILD = frozenset({Role.CHILD_PROTECTION, Role.GUARDIAN})


def conference_number() -> str:
    """A number of its own that leads to no case."""
    return "K-" + new_number()[2:]


class WrittenByASeat(ProtectedModel):
    """A row of a conference: whoever has a seat writes its own part, which the service decides and row-level security cannot."""

    section = Section.PROTECTION

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with as_house():
            super().save(*args, **kwargs)


class Conference(WrittenByASeat):
    """One conference about one person. Its words (reasons, minutes) are sealed sections of the case under its id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True, default=conference_number, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ConferenceStatus, default=ConferenceStatus.CALLED)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    called_at = models.DateTimeField()
    sits_at = models.DateTimeField()
    urgent = models.BooleanField(default=False)
    # whether it says what the person is in law: then the authority sits and somebody trained is there (RG06)
    decides_status = models.BooleanField(default=False)
    trained_member = models.BooleanField(default=False)
    best_interests_at = models.DateTimeField(null=True, blank=True)
    child_heard_at = models.DateTimeField(null=True, blank=True)
    guardian_named_at = models.DateTimeField(null=True, blank=True)
    accompanied = models.BooleanField(null=True, blank=True)
    opened_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    minutes_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="conference_by_case", fields=["case", "-sits_at"])]
        constraints = [
            models.UniqueConstraint(name="conference_one_open", fields=["person"], condition=Q(status__in=["called", "sitting"])),
        ]

    # set by the service that calls, before the seats are rows
    proposed: tuple[Seat, ...] | None = None

    def all_seats(self) -> list[Seat]:
        """Its seats; those of a conference that is being called are not rows yet."""
        if self.proposed is not None:
            return list(self.proposed)
        return list(Seat.objects.for_house("offers").filter(conference=self, closed_at=None).select_related("organisation", "consent"))

    def present(self) -> list[Seat]:
        """The seats whose holder came and declared no conflict of interest."""
        return [seat for seat in self.all_seats() if seat.present_at and seat.no_conflict_declared]

    @property
    def is_child(self) -> bool:
        return self.person.is_child

    @property
    def child_protected(self) -> bool:
        return bool(self.best_interests_at and self.child_heard_at and (self.guardian_named_at or self.accompanied))

    @property
    def notice_given(self) -> bool:
        return self.sits_at - self.called_at >= (URGENT_NOTICE if self.urgent else NOTICE)

    def seats_covered(self, *, at: datetime) -> bool:
        """RG14 for each seat: the caller's own needs none; every other rests on a live consent or a vital interest."""
        return all(seat.organisation_id == self.organisation_id or seat.covered(at=at) for seat in self.all_seats())

    def has_one_chair(self) -> bool:
        return len([seat for seat in self.all_seats() if seat.chair]) == 1

    def chair_present(self) -> bool:
        return any(seat.chair for seat in self.present())

    def enough_present(self) -> bool:
        return len(self.present()) >= QUORUM

    def bodies_present(self) -> bool:
        return len({seat.organisation_id for seat in self.present()}) >= BODIES

    def child_seat_present(self) -> bool:
        return any(seat.role in FOR_A_CHILD for seat in self.present())

    def status_quorum(self) -> bool:
        """RG06, where it decides status: the authority, two bodies, somebody trained."""
        if not self.decides_status:
            return True
        return self.trained_member and self.bodies_present() and any(seat.role in AUTHORITY for seat in self.present())

    def all_decided(self) -> bool:
        items = list(AgendaItem.objects.for_house("offers").filter(conference=self))
        return bool(items) and all(item.decision and item.reasoned for item in items)

    def all_owned(self) -> bool:
        """Every adopted decision has an action with an owner and a day."""
        adopted = AgendaItem.objects.for_house("offers").filter(conference=self, decision=Decision.ADOPTED)
        owned = set(ActionItem.objects.for_house("offers").filter(conference=self).values_list("item_id", flat=True))
        return all(item.pk in owned for item in adopted)

    def all_answered(self) -> bool:
        return not ActionItem.objects.for_house("offers").filter(conference=self, outcome="").exists()


class Seat(WrittenByASeat):
    """One role of one organisation at one conference; what its holder may read of the case hangs on it and ends with it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    conference = models.ForeignKey(Conference, models.PROTECT, related_name="seats")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    chair = models.BooleanField(default=False)
    sections = models.PositiveSmallIntegerField(default=int(Section.CASE))
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="+")
    vital_interest = models.CharField(max_length=16, choices=VitalInterest, blank=True)
    present_at = models.DateTimeField(null=True, blank=True)
    held_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    no_conflict_declared = models.BooleanField(default=False)
    dissents = models.BooleanField(default=False)
    closed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="seat_once", fields=["conference", "organisation", "role"]),
            models.UniqueConstraint(name="seat_one_chair", fields=["conference"], condition=Q(chair=True)),
            models.CheckConstraint(
                name="seat_held_by_somebody",
                condition=Q(present_at=None, held_by=None) | Q(present_at__isnull=False, held_by__isnull=False),
            ),
        ]

    def covered(self, *, at: datetime) -> bool:
        """A live consent of the person to this organisation (and role) that holds what the seat opens; or a vital interest."""
        if self.consent is None:
            return bool(self.vital_interest)
        return (
            self.consent.live(at=at)
            and (self.consent.person_id, self.consent.recipient_id) == (self.conference.person_id, self.organisation_id)
            and self.consent.recipient_role in {"", self.role}
            and self.consent.sections & self.sections == self.sections
        )


class AgendaItem(WrittenByASeat):
    """One question and what became of it; the reasons are sealed under this row's id."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    conference = models.ForeignKey(Conference, models.PROTECT, related_name="agenda")
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=12, choices=AgendaKind)
    decision = models.CharField(max_length=12, choices=Decision, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    reasoned = models.BooleanField(default=False)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(name="agenda_item_once", fields=["conference", "kind"]),
            models.CheckConstraint(
                name="agenda_item_decided_whole", condition=Q(decision="", decided_at=None) | ~Q(decision="") & Q(decided_at__isnull=False)
            ),
        ]


class ConferenceDocument(ProtectedModel):
    """A note or a file laid before a conference. Its section says who sees it: a seat without that section never does."""

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    conference = models.ForeignKey(Conference, models.PROTECT, related_name="documents")
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    note = models.ForeignKey(Note, models.PROTECT, null=True, blank=True, related_name="+")
    attachment = models.ForeignKey(Attachment, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="conference_document_is_one_thing",
                condition=Q(note__isnull=False, attachment=None) | Q(note=None, attachment__isnull=False),
            )
        ]


class ActionItem(WrittenByASeat):
    """What somebody does about a decision, by when; its owner sees the kind, the number and the day, with or without a grant."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    conference = models.ForeignKey(Conference, models.PROTECT, related_name="actions")
    item = models.ForeignKey(AgendaItem, models.PROTECT, related_name="actions")
    owner = models.ForeignKey(Seat, models.PROTECT, related_name="actions")
    due_on = models.DateField()
    outcome = models.CharField(max_length=16, choices=ActionOutcome, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    escalated_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="action_answered_whole", condition=Q(outcome="", answered_at=None) | ~Q(outcome="") & Q(answered_at__isnull=False)
            )
        ]

    @property
    def number(self) -> str:
        """The number that a notice names."""
        return self.conference.number
