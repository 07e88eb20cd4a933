"""Consent as a ledger: purpose × recipient × items × period. A refusal is a valid answer; a withdrawal acts at once."""

from __future__ import annotations

from datetime import date, datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from havre.register.enums import AskAgain, ConsentChannel, ConsentEvidence, ConsentGiver, ConsentState
from havre.register.models.cases import Case, Person
from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.models.accounts import Holder
from havre.trust.models.clocks import AppendOnly
from havre.trust.records import ProtectedModel

MAJORITY = 18


class Consent(ProtectedModel):
    """One answer of one person: which sections, to whom, for what, until when. Content after ISO/IEC TS 27560:2023."""

    section = Section.PROTECTION
    # the moment of the answer that is being written down, where it is not the first one; not stored
    asked_at: datetime | None = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="consents")
    state = models.CharField(max_length=12, choices=ConsentState)
    purpose = models.CharField(max_length=20, choices=Purpose)
    recipient = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    recipient_role = models.CharField(max_length=32, choices=Role, blank=True)
    sections = models.PositiveSmallIntegerField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    given_by = models.CharField(max_length=12, choices=ConsentGiver, default=ConsentGiver.PERSON)
    language = models.CharField(max_length=8)
    interpreter = models.BooleanField(default=False)
    oral = models.BooleanField(default=True)
    # what shows that the answer was theirs, and what was told before it (codes of enums.Explained)
    evidence = models.CharField(max_length=20, choices=ConsentEvidence, blank=True)
    explained = models.JSONField(default=list, blank=True)
    # a guardian answers after the child's own view was heard (CRC art. 12)
    child_heard = models.BooleanField(default=False)
    # the day on which the person turned 18, where that happened while the case is open
    came_of_age_on = models.DateField(null=True, blank=True)
    # the house asks for the answer anew: since when, and why
    ask_again_at = models.DateTimeField(null=True, blank=True)
    ask_again_because = models.CharField(max_length=16, choices=AskAgain, blank=True)
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    withdrawn_at = models.DateTimeField(null=True, blank=True)
    withdrawn_through = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="consent_ends_after_start", condition=Q(ends_at__gt=F("starts_at"))),
            models.CheckConstraint(
                name="consent_withdrawn_whole",
                condition=Q(withdrawn_at=None) & ~Q(state=ConsentState.WITHDRAWN)
                | Q(withdrawn_at__isnull=False, state=ConsentState.WITHDRAWN),
            ),
            models.CheckConstraint(
                name="consent_asked_again_whole",
                condition=Q(ask_again_at=None, ask_again_because="") | Q(ask_again_at__isnull=False) & ~Q(ask_again_because=""),
            ),
            models.CheckConstraint(name="consent_names_a_recipient", condition=Q(state=ConsentState.REPORTED) | Q(recipient__isnull=False)),
        ]

    @property
    def status(self) -> str:
        """The state, by the name under which the workflow engine asks for it."""
        return self.state

    @property
    def is_child(self) -> bool:
        """Whether a guardian answers: a child when the case opened, or in doubt, and not known to have come of age since."""
        if not self.person.is_child or self.came_of_age_on is not None:
            return False
        by_now = adult_by(self.person, self.case)
        return by_now is None or timezone.localdate(self.asked_at or self.starts_at) < by_now

    def live(self, *, at: datetime) -> bool:
        """Whether it carries a share at this moment."""
        return self.state == ConsentState.GIVEN and self.starts_at <= at < self.ends_at


class ConsentEvent(AppendOnly):
    """One step of one consent, written once: what was answered, changed or ended, by whom, how, and what it left open."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    consent = models.ForeignKey(Consent, models.PROTECT, related_name="events")
    number = models.PositiveSmallIntegerField()
    step = models.CharField(max_length=16)
    at = models.DateTimeField()
    # None is the house itself, when the time came
    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    role = models.CharField(max_length=32, choices=Role, blank=True)
    channel = models.CharField(max_length=16, choices=ConsentChannel)
    because = models.CharField(max_length=16, choices=AskAgain, blank=True)
    # what stands after the step
    sections = models.PositiveSmallIntegerField()
    ends_at = models.DateTimeField()
    evidence = models.CharField(max_length=20, choices=ConsentEvidence, blank=True)
    explained = models.JSONField(default=list, blank=True)
    # referrals and offers that ended with it, with or without an access
    offers_closed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("consent", "number")
        constraints = [models.UniqueConstraint(name="consent_event_in_order", fields=["consent", "number"])]


class ClosedShare(AppendOnly):
    """One access that ended with a step of a consent: ids and codes, the proof of the withdrawal and the receiver's notice at once."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    event = models.ForeignKey(ConsentEvent, models.PROTECT, related_name="shares")
    grant_no = models.BigIntegerField()
    holder = models.ForeignKey(Holder, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    sections = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose)
    basis = models.CharField(max_length=20, choices=Basis)
    source_id = models.UUIDField(null=True, blank=True)
    closed_at = models.DateTimeField()
    # the receiver says that it has stopped using what it was given
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(name="closed_share_unseen", fields=["holder"], condition=Q(seen_at=None))]
        constraints = [
            models.UniqueConstraint(name="closed_share_once", fields=["event", "grant_no"]),
            models.CheckConstraint(
                name="closed_share_seen_whole", condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False)
            ),
        ]


def years_after(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March: nobody is counted as older a day early."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


def may_be_adult_from(person: Person, case: Case) -> date | None:
    """The first day on which a person of that age at the opening can be 18; None without an age, or in doubt."""
    if person.age_on_opening is None or person.presumed_minor:
        return None
    opened = timezone.localdate(case.opened_at)
    return years_after(opened, max(MAJORITY - 1 - person.age_on_opening, 0))


def adult_by(person: Person, case: Case) -> date | None:
    """The day on which the person is 18 at the latest; None without an age, or in doubt (then always a child: CoE art. 10(3))."""
    if person.age_on_opening is None or person.presumed_minor:
        return None
    return years_after(timezone.localdate(case.opened_at), max(MAJORITY - person.age_on_opening, 0))
