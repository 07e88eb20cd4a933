"""Transfer of the lead: another service answers for the whole case from now on. Not a share, and never two leads at once."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import F, Q

from havre.referral.enums import AgeBand, KeptBecause, TransferStatus
from havre.referral.models.referrals import new_number
from havre.register.models import Case, Consent, Person
from havre.trust.enums import Purpose, Role, Section
from havre.trust.errands import as_house
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


def transfer_number() -> str:
    """A number of its own that leads to no case."""
    return "T-" + new_number()[2:]


class Transfer(ProtectedModel):
    """One proposal of one case's lead to one service. `Case.lead` is one column, and one proposal at a time is a constraint."""

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True, default=transfer_number, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=TransferStatus, default=TransferStatus.PROPOSED)
    first = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    second = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    second_role = models.CharField(max_length=32, choices=Role)
    sections = models.PositiveSmallIntegerField()
    # what the second service sees before it answers
    persons = models.PositiveSmallIntegerField()
    age_band = models.CharField(max_length=8, choices=AgeBand)
    language = models.CharField(max_length=8, blank=True)
    region = models.CharField(max_length=80, blank=True)
    best_interests_at = models.DateTimeField(null=True, blank=True)
    child_heard_at = models.DateTimeField(null=True, blank=True)
    guardian_named_at = models.DateTimeField(null=True, blank=True)
    accompanied = models.BooleanField(null=True, blank=True)
    # the person agrees that the first service goes on seeing that the case is led, and nothing else
    status_agreed = models.BooleanField(default=False)
    proposed_at = models.DateTimeField()
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    no_conflict_declared = models.BooleanField(default=False)
    clocks_listed = models.PositiveSmallIntegerField(default=0)
    kept_because = models.CharField(max_length=20, choices=KeptBecause, blank=True)
    handed_over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="transfer_one_open", fields=["case"], condition=Q(status="proposed")),
            models.CheckConstraint(name="transfer_two_services", condition=~Q(first=F("second"))),
            models.CheckConstraint(name="transfer_kept_with_a_reason", condition=~Q(status="held") | ~Q(kept_because="")),
            models.CheckConstraint(name="transfer_moved_has_an_answer", condition=~Q(status="transferred") | Q(answered_at__isnull=False)),
        ]

    # clocks that the second service has read; set by the service that asks, never stored
    clocks_read: frozenset[UUID] = frozenset()
    clocks_open: frozenset[UUID] = frozenset()

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written by the second service too, before it holds any grant, and by the first after it has lost its own."""
        with as_house():
            super().save(*args, **kwargs)

    def concerned(self) -> list[Person]:
        """The persons of the case whose consent a transfer needs."""
        return list(Person.objects.for_house("offers").filter(case_id=self.case_id, role="victim"))

    @property
    def is_child(self) -> bool:
        return any(person.is_child for person in self.concerned())

    @property
    def child_protected(self) -> bool:
        return bool(self.best_interests_at and self.child_heard_at and (self.guardian_named_at or self.accompanied))

    def covered(self, *, at: datetime) -> bool:
        """RG14: every person concerned gave a live consent to this service, for protection, that holds these sections."""
        given = Consent.objects.for_house("offers").filter(
            case_id=self.case_id, recipient_id=self.second_id, purpose=Purpose.PROTECTION, recipient_role__in=["", self.second_role]
        )
        covered = {one.person_id for one in given if one.live(at=at) and one.sections & self.sections == self.sections}
        persons = {person.pk for person in self.concerned()}
        return bool(persons) and persons <= covered
