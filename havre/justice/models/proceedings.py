"""Proceedings, charges and claims, under a pseudonym that leads neither to the case nor to the person."""

from __future__ import annotations

import secrets

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.justice.enums import (
    Against,
    ClaimKind,
    ClaimRefusal,
    ClaimStatus,
    CloseReason,
    HearingMode,
    Nexus,
    NonPunishment,
    Stage,
    Verdict,
)
from havre.justice.enums_records import Court
from havre.register.models import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel

_ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"
ICCS = RegexValidator(r"^\d{2,6}$", _("an ICCS code is two to six digits"))
# a citation: no sentence, and no line that could hold a name and an address
ARTICLE = RegexValidator(r"^[\w()/.,§ -]{2,60}$", _("cite the article: letters, figures, ( ) / . , § and -"))
COURT_NUMBER = RegexValidator(r"^[A-Z0-9][A-Z0-9/.-]{2,39}$", _("a file number has capitals, digits, / . and -, no spaces"))


def new_pseudonym() -> str:
    """A fresh name for the proceedings: about 39 random bits, made from nothing of the case or the person."""
    return "P-" + "".join(secrets.choice(_ALPHABET) for _ in range(8))


class Proceeding(ProtectedModel):
    """One criminal proceeding around one person, who is known in it by the pseudonym alone."""

    section = Section.JUSTICE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pseudonym = models.CharField(max_length=12, unique=True, default=new_pseudonym, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=Stage, default=Stage.INQUIRY)
    against = models.CharField(max_length=12, choices=Against)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # RG09: help must not hang on testimony
    condition_flag = models.BooleanField(default=False)
    # RG17
    measures = models.JSONField(default=list, blank=True)
    hearing_mode = models.CharField(max_length=8, choices=HearingMode, blank=True)
    # RG01, RG02, RG19: interviews
    informed_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)
    privacy_confirmed = models.BooleanField(default=False)
    interviews = models.PositiveSmallIntegerField(default=0)
    court = models.CharField(max_length=16, choices=Court, blank=True)
    court_number = models.CharField(max_length=40, blank=True, validators=[COURT_NUMBER])
    last_interview_at = models.DateTimeField(null=True, blank=True)
    interview_recorded = models.BooleanField(null=True, blank=True)
    repeat_justified = models.BooleanField(default=False)
    # RG18, RG21
    lawyer_at = models.DateTimeField(null=True, blank=True)
    threats_assessed_at = models.DateTimeField(null=True, blank=True)
    # RG16
    nexus = models.CharField(max_length=8, choices=Nexus, blank=True)
    nexus_assessed_at = models.DateTimeField(null=True, blank=True)
    non_punishment_asked_at = models.DateTimeField(null=True, blank=True)
    non_punishment = models.CharField(max_length=12, choices=NonPunishment, blank=True)
    charged_at = models.DateTimeField(null=True, blank=True)
    hearing_on = models.DateField(null=True, blank=True)
    judged_at = models.DateTimeField(null=True, blank=True)
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    close_reason = models.CharField(max_length=12, choices=CloseReason, blank=True)

    class Meta:
        indexes = [models.Index(name="proceeding_by_case", fields=["case", "-opened_at"])]
        constraints = [
            models.CheckConstraint(
                name="proceeding_closed_whole",
                condition=Q(status=Stage.CLOSED, closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(status=Stage.CLOSED) & Q(closed_at=None, close_reason=""),
            ),
            # whatever a page or an import does: no charge stands on an act that follows directly from the trafficking
            models.CheckConstraint(
                name="proceeding_no_charge_on_direct_nexus",
                condition=~Q(against=Against.PERSON, nexus=Nexus.DIRECT, status__in=[Stage.TRIED, Stage.JUDGED, Stage.APPEAL]),
            ),
            models.CheckConstraint(
                name="proceeding_nexus_whole",
                condition=Q(nexus="", nexus_assessed_at=None) | ~Q(nexus="") & Q(nexus_assessed_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym

    @property
    def is_child(self) -> bool | None:
        return None if self.person.age_on_opening is None and not self.person.presumed_minor else self.person.is_child


class Charge(ProtectedModel):
    """One offence alleged in a proceeding: national article and ICCS code."""

    section = Section.JUSTICE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    proceeding = models.ForeignKey(Proceeding, models.PROTECT, related_name="charges")
    iccs = models.CharField(max_length=6, validators=[ICCS])
    # as it is cited; the code of the country's list where it was chosen there
    article = models.CharField(max_length=60, validators=[ARTICLE])
    article_code = models.CharField(max_length=24, blank=True)
    # whom it is held against; "justice.Suspect" stands in another file, which reads this one
    suspect = models.ForeignKey("justice.Suspect", models.PROTECT, null=True, blank=True, related_name="charges")
    charged_on = models.DateField()
    verdict = models.CharField(max_length=20, choices=Verdict, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(name="charge_once", fields=["proceeding", "iccs", "article"], condition=Q(suspect=None)),
            models.UniqueConstraint(name="charge_once_a_suspect", fields=["proceeding", "suspect", "iccs", "article"]),
        ]


class CompensationClaim(ProtectedModel):
    """One claim of one person: told, claimed, awarded, and actually paid. Amounts in `currency`, two decimals."""

    section = Section.JUSTICE

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    pseudonym = models.CharField(max_length=12, unique=True, default=new_pseudonym, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    status = models.CharField(max_length=12, choices=ClaimStatus, default=ClaimStatus.INFORMED)
    kind = models.CharField(max_length=12, choices=ClaimKind, blank=True)
    informed_at = models.DateTimeField()
    # empty only where a supervisor let it pass (RG01)
    language = models.CharField(max_length=8, blank=True)
    # RG10: the person's own decision to claim
    wanted_at = models.DateTimeField(null=True, blank=True)
    lawyer_at = models.DateTimeField(null=True, blank=True)
    limitation_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True, validators=[RegexValidator(r"^[A-Z]{3}$", _("three capital letters (ISO 4217)"))])
    claimed = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    awarded = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    paid = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    awarded_at = models.DateTimeField(null=True, blank=True)
    # of the last rejection; they stay when the person appeals
    rejected_because = models.CharField(max_length=12, choices=ClaimRefusal, blank=True)
    rejected_at = models.DateTimeField(null=True, blank=True)
    paid_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="claim_amounts_not_negative", condition=Q(claimed=None) | Q(claimed__gte=0)),
            models.CheckConstraint(
                name="claim_amounts_have_a_currency", condition=Q(claimed=None, awarded=None, paid=None) | ~Q(currency="")
            ),
            models.CheckConstraint(
                name="claim_paid_has_its_amount",
                condition=~Q(status__in=[ClaimStatus.PART_PAID, ClaimStatus.PAID]) | Q(paid__gt=0, paid_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.pseudonym
