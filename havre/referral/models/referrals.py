"""A referral: one service asks another to help one person, with that person's consent, for a stated time."""

from __future__ import annotations

import secrets
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from havre.referral.enums import (
    AgeBand,
    AnywayReason,
    ClosedBecause,
    ConsentAnswer,
    DeclineReason,
    ReferralNeed,
    ReferralOutcome,
    ReferralStatus,
    VitalInterest,
    Way,
)
from havre.referral.models.directory import Service
from havre.register.models import Case, Consent, Person
from havre.trust.enums import Purpose, Role, Section
from havre.trust.errands import as_house
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_number() -> str:
    """A number of its own that leads to no case: 30 random bits."""
    return "O-" + "".join(secrets.choice(_ALPHABET) for _ in range(6))


class Referral(ProtectedModel):
    """One referral of one person to one service. Before acceptance the receiver sees the preview columns and nothing else.

    Holds no free text: a text would travel where a code cannot.
    """

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_number, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ReferralStatus, default=ReferralStatus.DRAFT)
    sender = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    receiver = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    receiver_role = models.CharField(max_length=32, choices=Role)
    purpose = models.CharField(max_length=20, choices=Purpose)
    # bits of Section that open on acceptance
    sections = models.PositiveSmallIntegerField()
    consent = models.ForeignKey(Consent, models.PROTECT, null=True, blank=True, related_name="+")
    vital_interest = models.CharField(max_length=16, choices=VitalInterest, blank=True)
    # the share ends here at the latest; what was given is `ends_at`
    asked_until = models.DateTimeField()
    ends_at = models.DateTimeField(null=True, blank=True)
    condition_flag = models.BooleanField(default=False)
    best_interests_at = models.DateTimeField(null=True, blank=True)
    child_heard_at = models.DateTimeField(null=True, blank=True)
    guardian_named_at = models.DateTimeField(null=True, blank=True)
    accompanied = models.BooleanField(null=True, blank=True)
    # the preview: an allow-list of its own, in coarse words
    need = models.CharField(max_length=20, choices=ReferralNeed)
    age_band = models.CharField(max_length=8, choices=AgeBand)
    language = models.CharField(max_length=8, blank=True)
    region = models.CharField(max_length=80, blank=True)
    urgent = models.BooleanField(default=False)
    way = models.CharField(max_length=8, choices=Way, default=Way.ACCOUNT)
    # several persons sent together, each with an answer and a consent of their own
    group = models.UUIDField(null=True, blank=True)
    # what the service said when it was sent, and why it was sent all the same
    free_places_said = models.PositiveSmallIntegerField(null=True, blank=True)
    anyway_reason = models.CharField(max_length=8, choices=AnywayReason, blank=True)
    prepared_at = models.DateTimeField(default=timezone.now, editable=False)
    offered_at = models.DateTimeField(null=True, blank=True)
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)
    # to the head of the receiver, then to the coordinator's counts
    escalated_at = models.DateTimeField(null=True, blank=True)
    escalated_further_at = models.DateTimeField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    no_conflict_declared = models.BooleanField(default=False)
    decline_reason = models.CharField(max_length=20, choices=DeclineReason, blank=True)
    suggested = models.ForeignKey(Organisation, models.PROTECT, null=True, blank=True, related_name="+")
    started_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, choices=ReferralOutcome, blank=True)
    person_told_at = models.DateTimeField(null=True, blank=True)
    # the person wants the sender to hear that it ended, and not how
    outcome_kept = models.BooleanField(default=False)
    followed_up_at = models.DateTimeField(null=True, blank=True)
    # asked afterwards, where a vital interest could not wait
    consent_asked_at = models.DateTimeField(null=True, blank=True)
    consent_answer = models.CharField(max_length=8, choices=ConsentAnswer, blank=True)
    closed_because = models.CharField(max_length=20, choices=ClosedBecause, blank=True)
    grants_closed = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(name="referral_by_receiver", fields=["receiver", "receiver_role", "status"]),
            models.Index(name="referral_by_case", fields=["case", "-prepared_at"]),
            models.Index(name="referral_by_consent", fields=["consent"], condition=Q(consent__isnull=False)),
            models.Index(name="referral_by_group", fields=["group"], condition=Q(group__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(name="referral_one_open_offer", fields=["person", "receiver"], condition=Q(status="offered")),
            models.CheckConstraint(name="referral_two_services", condition=~Q(sender=F("receiver"))),
            models.CheckConstraint(name="referral_has_a_basis", condition=Q(consent__isnull=False) | ~Q(vital_interest="")),
            models.CheckConstraint(name="referral_declined_with_a_reason", condition=~Q(status="declined") | ~Q(decline_reason="")),
            models.CheckConstraint(name="referral_completed_with_an_outcome", condition=~Q(status="completed") | ~Q(outcome="")),
            models.CheckConstraint(
                name="referral_answer_whole",
                condition=Q(answered_at=None, answered_by=None) | Q(answered_at__isnull=False, answered_by__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_consent_answer_whole",
                condition=Q(consent_answer="", consent_asked_at=None) | ~Q(consent_answer="") & Q(consent_asked_at__isnull=False),
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written by the receiver too, who holds no grant before it accepts: the service has decided, row-level security cannot."""
        with as_house():
            super().save(*args, **kwargs)

    def __str__(self) -> str:
        return self.number

    @property
    def is_child(self) -> bool | None:
        return None if self.person.age_on_opening is None and not self.person.presumed_minor else self.person.is_child

    @property
    def child_protected(self) -> bool:
        return bool(self.best_interests_at and self.child_heard_at and (self.guardian_named_at or self.accompanied))

    def has_basis(self, *, at: datetime) -> bool:
        """RG14: a live consent for this person, receiver, role, purpose and at least these sections; or a recorded vital interest."""
        if self.consent is None:
            return bool(self.vital_interest)
        return self.covered_by(self.consent, Section(self.sections), at=at)

    def covered_by(self, consent: Consent, sections: Section, *, at: datetime) -> bool:
        """Whether this consent carries these sections to this referral's receiver, for its purpose, now."""
        return (
            consent.live(at=at)
            and (consent.person_id, consent.recipient_id, consent.purpose) == (self.person_id, self.receiver_id, self.purpose)
            and consent.recipient_role in {"", self.receiver_role}
            and consent.sections & sections == sections
        )

    @cached_property
    def service(self) -> Service | None:
        """The receiver as the directory lists it; None where it is not listed, which stops nothing."""
        return Service.objects.filter(organisation_id=self.receiver_id, role=self.receiver_role).first()

    def service_open(self) -> bool:
        return self.service is None or self.service.closed_at is None

    def service_accredited(self, *, at: datetime) -> bool:
        return self.service is None or self.service.accredited(at.date())

    def service_has_place(self, *, at: datetime) -> bool:
        return self.service is None or not self.service.full(at) or bool(self.anyway_reason)

    def service_fits(self) -> bool:
        return self.service is None or not self.misfits()

    @property
    def outcome_words(self) -> str:
        """What came of it, for the sender; that it ended and no more where the person wants it so."""
        return "" if self.outcome_kept or not self.outcome else str(ReferralOutcome(self.outcome).label)

    def misfits(self) -> list[Any]:
        """Why the listed service does not serve this person; [] when it does or is not listed."""
        if self.service is None:
            return []
        return self.service.misfits(need=self.need, band=self.age_band, gender=self.person.gender, language=self.language)


def age_band(person: Person) -> str:
    """The coarse age that a preview may show."""
    if person.is_child:
        return AgeBand.CHILD
    age = person.age_on_opening
    if age is None:
        return AgeBand.UNKNOWN
    return AgeBand.YOUNG if age < 25 else AgeBand.ADULT if age < 60 else AgeBand.OLDER
