"""What a person asks about their own data, and the code under which they may read their page from afar."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import models
from django.db.models import Q

from havre.register.enums import ReceiptChoice, RequestKind, RequestOutcome, RequestStatus, WhatIsWrong, WhyNot
from havre.register.models.cases import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Membership, User
from havre.trust.records import ProtectedModel

# Crockford's alphabet, as for a case's reference
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_receipt_number() -> str:
    """A number that says nothing of its holder, of the subject, or of how many there are. 40 random bits."""
    bits = secrets.randbits(40)
    word = "".join([_ALPHABET[bits >> shift & 31] for shift in range(0, 40, 5)])
    return f"{word[:4]}-{word[4:]}"


class PersonRequest(ProtectedModel):
    """A request about one's own data: a task with a clock. Its words, if any, are a sealed section of kind `request`.

    What is recorded is what rights gate RG27 asks: kind, when received, when answered, outcome.
    """

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.CharField(max_length=12, unique=True, default=new_receipt_number, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=RequestKind)
    status = models.CharField(max_length=12, choices=RequestStatus, default=RequestStatus.RECEIVED)
    # bits of Section that it is about; 0 where the person did not say
    about = models.PositiveSmallIntegerField(default=0)
    wrong = models.CharField(max_length=12, choices=WhatIsWrong, blank=True)
    # the audit trail's number of the reading that the person wants explained
    reading_no = models.BigIntegerField(null=True, blank=True)
    language = models.CharField(max_length=8)
    received_at = models.DateTimeField()
    received_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    outcome = models.CharField(max_length=12, choices=RequestOutcome, blank=True)
    why_not = models.CharField(max_length=16, choices=WhyNot, blank=True)
    receipt = models.CharField(max_length=12, choices=ReceiptChoice, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="request_answered_whole",
                condition=Q(status=RequestStatus.ANSWERED, answered_at__isnull=False, answered_by__isnull=False) & ~Q(outcome="")
                | Q(answered_at=None, answered_by=None, outcome="") & ~Q(status=RequestStatus.ANSWERED),
            ),
            models.CheckConstraint(
                name="request_not_met_has_its_reason",
                condition=Q(outcome__in=["", RequestOutcome.DONE], why_not="") | Q(outcome__in=["partly", "not_done"]) & ~Q(why_not=""),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class RemoteCode(ProtectedModel):
    """A code under which the person reads their own page from afar: at their wish, after the safety question, for a short time.

    Only a digest of the code is kept. It rests on the access of the job that made it: when that access ends, the code opens nothing.
    """

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    # codes of enums.SafetyAnswer
    answers = models.JSONField()
    language = models.CharField(max_length=8)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Membership, models.PROTECT, related_name="+")
    ends_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    openings = models.PositiveIntegerField(default=0)
    last_opened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(name="remote_code_ends_after_start", condition=Q(ends_at__gt=models.F("made_at")))]

    def opens(self, *, at: datetime) -> bool:
        """Whether it opens the page at this moment."""
        return self.revoked_at is None and self.made_at <= at < self.ends_at
