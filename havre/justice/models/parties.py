"""Suspects, sentences, hearings, assets, requests for non-punishment and requests abroad: codes, dates and amounts, never a name."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.justice.enums import HearingMode
from havre.justice.enums_records import (
    AdjournReason,
    AidBasis,
    AidKind,
    AidStatus,
    AskGround,
    AskStatus,
    AssetKind,
    AssetStatus,
    Court,
    HearingPurpose,
    HearingStatus,
    KeepReason,
    SentenceKind,
    SuspectKind,
    SuspectRole,
    SuspectStatus,
)
from havre.justice.models.proceedings import COURT_NUMBER, Charge, CompensationClaim, Proceeding, new_pseudonym
from havre.register.models import Case
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel

# a file's number in another register: digits and capitals, so that it cannot be a name or an address
FILE_NUMBER = COURT_NUMBER
CURRENCY = RegexValidator(r"^[A-Z]{3}$", _("three capital letters (ISO 4217)"))
COUNTRY = RegexValidator(r"^[A-Z]{2}$", _("two capital letters (ISO 3166)"))


def suspect_pseudonym() -> str:
    """A fresh name for a suspect, made from nothing."""
    return "S" + new_pseudonym()[1:]


class OfProceeding(ProtectedModel):
    """A record of one proceeding; read and written as the justice section of its case."""

    section = Section.JUSTICE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)

    class Meta:
        abstract = True

    @property
    def is_child(self) -> bool | None:
        """Of the person around whom the proceeding is."""
        return self.proceeding.is_child


class Suspect(OfProceeding):
    """A person or a company against whom the proceeding is, known by a pseudonym; who they are stands in the file of this number."""

    pseudonym = models.CharField(max_length=12, unique=True, default=suspect_pseudonym, editable=False)
    status = models.CharField(max_length=16, choices=SuspectStatus, default=SuspectStatus.SUSPECTED)
    kind = models.CharField(max_length=8, choices=SuspectKind)
    role = models.CharField(max_length=12, choices=SuspectRole)
    file_number = models.CharField(max_length=40, blank=True, validators=[FILE_NUMBER])
    detained_at = models.DateTimeField(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)

    def __str__(self) -> str:
        return self.pseudonym


class Sentence(OfProceeding):
    """One penalty for one charge. `months` of imprisonment, `amount` of a fine in `currency`."""

    charge = models.ForeignKey(Charge, models.PROTECT, related_name="sentences")
    kind = models.CharField(max_length=16, choices=SentenceKind)
    months = models.PositiveSmallIntegerField(null=True, blank=True)
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, validators=[CURRENCY])
    imposed_on = models.DateField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="sentence_prison_has_its_length",
                condition=~Q(kind__in=[SentenceKind.IMPRISONMENT, SentenceKind.SUSPENDED]) | Q(months__isnull=False, months__gt=0),
            ),
            models.CheckConstraint(
                name="sentence_fine_has_its_amount",
                condition=~Q(kind=SentenceKind.FINE) | (Q(amount__isnull=False, amount__gt=0) & ~Q(currency="")),
            ),
        ]


class Hearing(OfProceeding):
    """One day before a court: how the person is heard, and what protects them there (CoE art. 28, 30)."""

    status = models.CharField(max_length=12, choices=HearingStatus, default=HearingStatus.PLANNED)
    starts_at = models.DateTimeField()
    court = models.CharField(max_length=16, choices=Court)
    purpose = models.CharField(max_length=24, choices=HearingPurpose)
    mode = models.CharField(max_length=8, choices=HearingMode, blank=True)
    measures = models.JSONField(default=list, blank=True)
    person_heard = models.BooleanField(default=False)
    adjourned_because = models.CharField(max_length=16, choices=AdjournReason, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="hearing_adjourned_says_why",
                condition=~Q(status=HearingStatus.ADJOURNED, adjourned_because="")
                & (Q(status=HearingStatus.ADJOURNED) | Q(adjourned_because="")),
            ),
        ]


class Asset(OfProceeding):
    """Something of value that may pay for what was done: traced, frozen, confiscated, used for a claim (EU 2014/42; CoE art. 15, 23)."""

    status = models.CharField(max_length=12, choices=AssetStatus, default=AssetStatus.TRACED)
    suspect = models.ForeignKey(Suspect, models.PROTECT, null=True, blank=True, related_name="assets")
    kind = models.CharField(max_length=16, choices=AssetKind)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3, validators=[CURRENCY])
    frozen_on = models.DateField(null=True, blank=True)
    confiscated_on = models.DateField(null=True, blank=True)
    claim = models.ForeignKey(CompensationClaim, models.PROTECT, null=True, blank=True, related_name="assets")

    class Meta:
        constraints = [
            models.CheckConstraint(name="asset_amount_positive", condition=Q(amount__gt=0)),
            models.CheckConstraint(
                name="asset_for_victims_names_the_claim", condition=~Q(status=AssetStatus.TO_VICTIMS) | Q(claim__isnull=False)
            ),
        ]


class NonPunishmentRequest(OfProceeding):
    """That a person who may be a victim is not punished: flagged, asked, answered with reasons, reviewed by another (CoE art. 26)."""

    status = models.CharField(max_length=16, choices=AskStatus, default=AskStatus.FLAGGED)
    ground = models.CharField(max_length=16, choices=AskGround)
    flagged_at = models.DateTimeField()
    # the alert of the day of the flag: when lawyer and prosecutor first opened it
    lawyer_alerted_at = models.DateTimeField(null=True, blank=True)
    prosecutor_alerted_at = models.DateTimeField(null=True, blank=True)
    asked_at = models.DateTimeField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    kept_because = models.CharField(max_length=20, choices=KeepReason, blank=True)
    review_asked_at = models.DateTimeField(null=True, blank=True)
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="nonpunishment_kept_says_why",
                condition=~Q(status__in=[AskStatus.MAINTAINED, AskStatus.UPHELD], kept_because=""),
            ),
            models.CheckConstraint(
                name="nonpunishment_reviewed_by_another", condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("answered_by"))
            ),
            models.UniqueConstraint(
                name="nonpunishment_one_open",
                fields=["proceeding"],
                condition=Q(status__in=[AskStatus.FLAGGED, AskStatus.ASKED, AskStatus.REVIEWED]),
            ),
        ]

    @property
    def is_open(self) -> bool:
        """Whether an answer is still owed."""
        return self.status in {AskStatus.FLAGGED, AskStatus.ASKED, AskStatus.REVIEWED}


class LegalAssistance(OfProceeding):
    """A request to another country, or a joint investigation with it (UNTOC art. 18, 19)."""

    status = models.CharField(max_length=16, choices=AidStatus, default=AidStatus.PREPARED)
    kind = models.CharField(max_length=20, choices=AidKind)
    basis = models.CharField(max_length=12, choices=AidBasis)
    country = models.CharField(max_length=2, validators=[COUNTRY])
    file_number = models.CharField(max_length=40, blank=True, validators=[FILE_NUMBER])
    sent_on = models.DateField(null=True, blank=True)
    answer_by = models.DateField(null=True, blank=True)
    answered_on = models.DateField(null=True, blank=True)
    until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="assistance_sent_has_its_day", condition=Q(status=AidStatus.PREPARED) | Q(sent_on__isnull=False)),
            models.CheckConstraint(name="assistance_answered_after_sent", condition=Q(answered_on=None) | Q(answered_on__gte=F("sent_on"))),
        ]
