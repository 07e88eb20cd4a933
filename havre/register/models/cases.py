"""Cases, the persons in them, and every report of a person. No name, document or address: those are sealed sections of `trust`."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Substr
from django.utils import timezone

from havre.register.enums import AgeBasis, CaseStatus, Channel, Outcome, PersonRole
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel

# Crockford's alphabet: no letter that can be read as a digit over the telephone
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_reference() -> str:
    """A reference that says nothing: neither how many cases there are nor when this one was opened. 40 random bits."""
    bits = secrets.randbits(40)
    word = "".join([_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5)])
    return f"D-{word[:4]}-{word[4:]}"


class Case(ProtectedModel):
    """One case: the file that sections, grants and clocks hang on. One lead organisation at a time."""

    section = Section.CASE
    case_path = "id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.CharField(max_length=16, unique=True, default=new_reference, editable=False)
    country = models.CharField(max_length=2)
    lead = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    status = models.CharField(max_length=16, choices=CaseStatus, default=CaseStatus.ACTIVE)
    urgent = models.BooleanField(default=False)
    # happened apart from recorded: a paper form typed in next week keeps its day
    opened_at = models.DateTimeField(default=timezone.now)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    opened_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=40, blank=True)
    made_up = models.BooleanField(default=False)

    class Meta:
        indexes = [models.Index(name="case_by_date", fields=["-opened_at", "-id"])]
        constraints = [
            models.CheckConstraint(
                name="case_closed_whole",
                condition=Q(closed_at=None, status__in=[CaseStatus.ACTIVE, CaseStatus.FOLLOW_UP])
                | Q(closed_at__isnull=False, status__in=[CaseStatus.CLOSED, CaseStatus.CLOSED_REFERRED]),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Person(ProtectedModel):
    """Somebody in a case, by role; what every holder of the file may know: adult or child, languages, whether in contact.

    `age_on_opening` is in years, None when not recorded; under 18, or in doubt (`presumed_minor`), the person is a child
    (Palermo Protocol art. 3(c), CoE art. 10(3)).
    """

    section = Section.CASE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="persons")
    role = models.CharField(max_length=16, choices=PersonRole, default=PersonRole.VICTIM)
    gender = models.CharField(max_length=40, blank=True)
    age_on_opening = models.PositiveSmallIntegerField(null=True, blank=True)
    age_basis = models.CharField(max_length=16, choices=AgeBasis, default=AgeBasis.NOT_RECORDED)
    presumed_minor = models.BooleanField(default=False)
    languages = models.JSONField(default=list, blank=True)
    outcome = models.CharField(max_length=16, choices=Outcome, default=Outcome.PRESENT)
    outcome_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(name="person_age_possible", condition=Q(age_on_opening=None) | Q(age_on_opening__lte=130)),
        ]

    @property
    def audit_subject(self) -> UUID:
        return self.pk

    @property
    def is_child(self) -> bool:
        """Palermo Protocol art. 3(c)-(d); in doubt a child (CoE art. 10(3))."""
        return self.presumed_minor or (self.age_on_opening is not None and self.age_on_opening < 18)


class PersonFacts(ProtectedModel):
    """The coded facts of one person: HTCDS picklist values by field name, multi-valued, as published. Free text is never here."""

    section = Section.FACTS

    person = models.OneToOneField(Person, models.PROTECT, primary_key=True, related_name="facts")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    citizenships = models.JSONField(default=list, blank=True)
    age_when_trafficked = models.PositiveSmallIntegerField(null=True, blank=True)
    # field name -> list of value names; a missing key is "not recorded", an empty list is "asked, none"
    coded = models.JSONField(default=dict, blank=True)


class Detection(ProtectedModel):
    """One report of one person by one organisation. Kept for every report and never merged: overlap is what prevalence counts."""

    section = Section.FACTS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="detections")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    channel = models.CharField(max_length=16, choices=Channel)
    happened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    # another organisation's finding is a claim here, with its deciding body, never our own status
    claimed_status = models.CharField(max_length=40, blank=True)
    claimed_by = models.CharField(max_length=60, blank=True)
    source_batch = models.UUIDField(null=True, blank=True)
    source_row = models.PositiveIntegerField(null=True, blank=True)
    source_key = models.CharField(max_length=64, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="detection_source_once", fields=["organisation", "source_key"], condition=~Q(source_key=""))
        ]
        indexes = [
            # the first half of a source key is the record's id, the second its content: an import asks by the first
            models.Index(F("organisation"), Substr("source_key", 1, 32), name="detection_by_record", condition=~Q(source_key=""))
        ]


class LinkAssertion(ProtectedModel):
    """Somebody says that two persons are one. Undone by `undone_at`, never deleted; the records stay two."""

    section = Section.FACTS
    case_path = "case_id"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    first = models.ForeignKey(Person, models.PROTECT, related_name="+")
    second = models.ForeignKey(Person, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    basis = models.CharField(max_length=20, default="human")
    asserted_at = models.DateTimeField(default=timezone.now)
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(name="link_two_persons", condition=~Q(first=F("second"))),
            models.CheckConstraint(
                name="link_undone_whole", condition=Q(undone_at=None, undone_by=None) | Q(undone_at__isnull=False, undone_by__isnull=False)
            ),
        ]

    def stands(self, *, at: datetime) -> bool:
        """Whether the assertion holds at this moment."""
        return self.asserted_at <= at and (self.undone_at is None or self.undone_at > at)
