"""The two-tier identification of one person: presumed, then confirmed or not, by other people and never by one service alone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from havre.protection.enums import DecisionBody, DecisionReason, IdentificationStatus, RecoveryAnswer
from havre.protection.models.screening import Screening
from havre.register.enums import AgeBasis
from havre.register.models import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel

OPEN = (IdentificationStatus.SCREENED, IdentificationStatus.PRESUMED, IdentificationStatus.UNDER_REVIEW)


class Identification(ProtectedModel):
    """What the authorities found of one person, tier by tier. Reasons are codes here; their words are sealed under this row's id."""

    section = Section.FACTS

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    screening = models.ForeignKey(Screening, models.PROTECT, null=True, blank=True, related_name="+")
    status = models.CharField(max_length=20, choices=IdentificationStatus, default=IdentificationStatus.SCREENED)
    opened_at = models.DateTimeField()
    recorded_at = models.DateTimeField(default=timezone.now, editable=False)
    # RG01 to RG03, copied from the screening or recorded here when there was none
    informed_at = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=8, blank=True)
    privacy_confirmed = models.BooleanField(default=False)
    needs_met_at = models.DateTimeField(null=True, blank=True)
    # RG05: None is "nobody has recorded the nationality"
    foreign_national = models.BooleanField(null=True, blank=True)
    removal_hold_ref = models.CharField(max_length=40, blank=True)
    # RG08: the dates themselves are the clock's
    recovery_offered_at = models.DateTimeField(null=True, blank=True)
    recovery_answer = models.CharField(max_length=12, choices=RecoveryAnswer, blank=True)
    # RG13
    best_interests_at = models.DateTimeField(null=True, blank=True)
    child_heard_at = models.DateTimeField(null=True, blank=True)
    guardian_named_at = models.DateTimeField(null=True, blank=True)
    accompanied = models.BooleanField(null=True, blank=True)
    presumed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    presumed_at = models.DateTimeField(null=True, blank=True)
    # RG06: who decided; members are {"organisation": id, "profession": code}
    body = models.CharField(max_length=24, choices=DecisionBody, blank=True)
    members = models.JSONField(default=list, blank=True)
    trained_member = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, choices=DecisionReason, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    notice_at = models.DateTimeField(null=True, blank=True)
    review_asked_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="identification_by_case", fields=["case", "-opened_at"])]
        constraints = [
            models.UniqueConstraint(name="identification_once_while_open", fields=["person"], condition=Q(status__in=OPEN)),
            *(
                models.CheckConstraint(
                    name=f"identification_{act}_whole",
                    condition=Q(**{f"{act}_by": None, f"{act}_at": None}) | Q(**{f"{act}_by__isnull": False, f"{act}_at__isnull": False}),
                )
                for act in ("presumed", "decided", "reviewed")
            ),
            models.CheckConstraint(
                name="identification_two_tiers_two_people",
                condition=Q(presumed_by=None) | Q(decided_by=None) | ~Q(presumed_by=F("decided_by")),
            ),
            models.CheckConstraint(
                name="identification_reviewer_is_another",
                condition=Q(reviewed_by=None) | Q(decided_by=None) | ~Q(reviewed_by=F("decided_by")),
            ),
        ]

    @property
    def is_child(self) -> bool | None:
        """None when no age is recorded: child rights are then shown as gaps, and nobody is kept waiting."""
        return None if self.person.age_on_opening is None and not self.person.presumed_minor else self.person.is_child

    @property
    def is_foreign(self) -> bool | None:
        return self.foreign_national

    @property
    def age_settled(self) -> bool:
        """RG04: in doubt presumed a child, else the age rests on something that is recorded."""
        return self.person.presumed_minor or self.person.age_basis != AgeBasis.NOT_RECORDED

    @property
    def organisations(self) -> int:
        """How many organisations sit in the decision."""
        return len({member["organisation"] for member in self.members})

    @property
    def child_protected(self) -> bool:
        """RG13: best interests assessed, child heard, guardian named unless accompanied."""
        return bool(self.best_interests_at and self.child_heard_at and (self.guardian_named_at or self.accompanied))
