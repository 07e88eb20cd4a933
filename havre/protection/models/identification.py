"""The two-tier identification of one person: presumed, then confirmed or not, by other people and never by one service alone."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from havre.protection.enums import DecisionBody, DecisionReason, IdentificationStatus, RecoveryAnswer
from havre.protection.enums_evidence import Element, EvidenceState, LateReason, Standard
from havre.protection.models.best_interests import best_interests_stand
from havre.protection.models.evidence import ContactAttempt, Evidence
from havre.protection.models.screening import Screening
from havre.register.enums import AgeBasis
from havre.register.models import Case, Person
from havre.trust.enums import Section
from havre.trust.ids import new_id
from havre.trust.models import User
from havre.trust.records import ProtectedModel

OPEN = (
    IdentificationStatus.SCREENED,
    IdentificationStatus.PRESUMED,
    IdentificationStatus.NOT_FOUND,
    IdentificationStatus.PRESUMED_NOT_FOUND,
    IdentificationStatus.UNDER_REVIEW,
    IdentificationStatus.UNDER_APPEAL,
)
# attempts on this many different days before a person counts as not found (Havre's own value)
ATTEMPTS = 2


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
    # how sure each tier had to be, and by which revision of which fact
    presumed_standard = models.CharField(max_length=20, choices=Standard, blank=True)
    decided_standard = models.CharField(max_length=20, choices=Standard, blank=True)
    # asked, shown to whoever decides, and in no gate: it is never counted against the person
    late_reason = models.CharField(max_length=12, choices=LateReason, blank=True)
    # RG06: who decided; members are {"organisation": id, "profession": code}
    body = models.CharField(max_length=24, choices=DecisionBody, blank=True)
    members = models.JSONField(default=list, blank=True)
    trained_member = models.BooleanField(default=False)
    reason = models.CharField(max_length=20, choices=DecisionReason, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    notice_at = models.DateTimeField(null=True, blank=True)
    review_asked_at = models.DateTimeField(null=True, blank=True)
    # asked after the limit: the reviewer sees it and may take it all the same
    review_late = models.BooleanField(default=False)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_ref = models.CharField(max_length=40, blank=True)
    appeal_decided_at = models.DateTimeField(null=True, blank=True)
    left_at = models.DateTimeField(null=True, blank=True)
    lost_at = models.DateTimeField(null=True, blank=True)
    # the elements with evidence, and whether best interests stand, where a page has read them already
    read_elements: frozenset[str] | None = None
    read_best_interests: bool | None = None

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
        """RG13: a decision on the child's best interests stands; or, in records made before, its dates were typed here."""
        typed = bool(self.best_interests_at and self.child_heard_at and (self.guardian_named_at or self.accompanied))
        known = self.read_best_interests
        return typed or (best_interests_stand(self.person_id) if known is None else known)

    @property
    def elements_weighed(self) -> bool:
        """Each element was looked at, for or against; of a child no means need be shown (Palermo Protocol art. 3(c))."""
        wanted = {Element.ACT, Element.PURPOSE} | (set() if self.is_child else {Element.MEANS})
        if self.read_elements is not None:
            return wanted <= self.read_elements
        found = Evidence.objects.for_house("gates").filter(identification=self, status=EvidenceState.RECORDED)
        return wanted <= set(found.values_list("element", flat=True))

    @property
    def is_sought(self) -> bool:
        """The person was looked for on two days at least."""
        tried = ContactAttempt.objects.for_house("gates").filter(person_id=self.person_id, happened_at__isnull=False)
        return len({moment.date() for moment in tried.values_list("happened_at", flat=True)}) >= ATTEMPTS
