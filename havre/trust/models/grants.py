"""The rows on which every decision rests: grants, seals, conflicts of interest, break-glass, receipts of acts.

Cases live one floor up, so a case is known here by its id alone.
"""

from __future__ import annotations

from datetime import UTC, datetime

from django.db import models
from django.db.models import F, Q
from django.db.models.lookups import Exact
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Basis, Purpose, Role
from havre.trust.ids import new_id
from havre.trust.models.accounts import Holder, User

# an open end is a date, so that one comparison serves every grant
FOR_EVER = datetime(9999, 1, 1, tzinfo=UTC)


class Grant(models.Model):
    """One access: `holder` may, for `purpose`, what the policy allows its role on these `sections` of this case, from start to end.

    Append and shorten only: `ends_at` moves earlier, nothing else changes (a database trigger holds that).
    """

    id = models.BigAutoField(primary_key=True)
    holder = models.ForeignKey(Holder, models.PROTECT)
    # copied from the holder (or from the acting role, for a person) so that the predicate needs no second join
    role = models.CharField(max_length=32, choices=Role)
    case_id = models.UUIDField()
    sections = models.PositiveSmallIntegerField()
    purpose = models.CharField(max_length=20, choices=Purpose)
    basis = models.CharField(max_length=20, choices=Basis)
    # an identity request opens one person of the case; every other basis opens all of them
    person_id = models.UUIDField(null=True, blank=True)
    # the consent, referral, agreement, identity request or break-glass that it hangs on
    source_id = models.UUIDField(null=True, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField(default=FOR_EVER)

    class Meta:
        constraints = [
            models.CheckConstraint(name="grant_ends_after_start", condition=Q(ends_at__gte=F("starts_at"))),
            models.CheckConstraint(name="grant_has_sections", condition=Q(sections__gt=0)),
            models.CheckConstraint(
                name="grant_of_one_person_by_request",
                condition=Q(basis=Basis.IDENTITY_REQUEST, person_id__isnull=False) | ~Q(basis=Basis.IDENTITY_REQUEST) & Q(person_id=None),
            ),
        ]
        indexes = [
            models.Index(
                name="grant_by_case",
                fields=["case_id", "holder", "ends_at", "purpose", "basis", "role", "sections", "starts_at", "person_id"],
            ),
            models.Index(
                name="grant_by_holder",
                fields=["holder", "case_id", "ends_at", "purpose", "basis", "role", "sections", "starts_at", "person_id"],
            ),
            models.Index(name="grant_by_source", fields=["source_id"], condition=Q(source_id__isnull=False)),
        ]


class Seal(models.Model):
    """A sealed case is absent for everyone but its custodians, until `ended_at`. Reviewed at `review_on`."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    reason = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    review_on = models.DateField()
    by = models.ForeignKey(User, models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(name="seal_once_while_open", fields=["case_id"], condition=Q(ended_at=None))]


class Conflict(models.Model):
    """A holder who must never receive this case: the subject of a complaint in it, or somebody close to the suspect."""

    id = models.BigAutoField(primary_key=True)
    case_id = models.UUIDField()
    holder = models.ForeignKey(Holder, models.PROTECT)
    reason = models.CharField(max_length=40)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="conflict_once", fields=["case_id", "holder"])]


class RestrictionReason(models.TextChoices):
    """Why one person's section is closed to a colleague or a job that else might read it."""

    KNOWS_PERSON = "knows_person", _("They know each other outside the service")
    PERSON_ASKS = "person_asks", _("The person asks for it")
    FORMER_WORKER = "former_worker", _("No longer works with this person")
    SAFETY = "safety", _("The person's safety")


class Restriction(models.Model):
    """One line of a person's restriction list: this holder (a colleague, or a job) may not touch these sections of this person.

    The bare file is never on the list: whoever must not know of the case has a conflict of interest.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    person_id = models.UUIDField()
    holder = models.ForeignKey(Holder, models.PROTECT)
    sections = models.PositiveSmallIntegerField()
    reason = models.CharField(max_length=20, choices=RestrictionReason)
    placed_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    placed_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    lifted_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(name="restriction_once_while_open", fields=["person_id", "holder"], condition=Q(lifted_at=None)),
            models.CheckConstraint(name="restriction_never_of_the_file", condition=Q(Exact(F("sections").bitand(1), 0), sections__gt=0)),
            models.CheckConstraint(
                name="restriction_lifted_whole",
                condition=Q(lifted_at=None, lifted_by=None) | Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="restriction_by_case", fields=["case_id", "holder", "person_id", "sections"], condition=Q(lifted_at=None))
        ]


class BreakGlass(models.Model):
    """An emergency access of 60 minutes; unreviewed after 72 hours it suspends the user's right to another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    user = models.ForeignKey(User, models.PROTECT, related_name="break_glasses")
    holder = models.ForeignKey(Holder, models.PROTECT)
    reason = models.CharField(max_length=40)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    review_by = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    verdict = models.CharField(max_length=20, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="break_glass_review_whole",
                condition=Q(reviewed_at=None, reviewed_by=None, verdict="")
                | Q(reviewed_at__isnull=False, reviewed_by__isnull=False) & ~Q(verdict=""),
            ),
            models.CheckConstraint(name="break_glass_not_own_review", condition=Q(reviewed_by=None) | ~Q(reviewed_by=F("user"))),
        ]


class Receipt(models.Model):
    """An act already done under this idempotency key: the same POST again gives the same result and does nothing."""

    id = models.BigAutoField(primary_key=True)
    key = models.UUIDField()
    event = models.CharField(max_length=60)
    user = models.ForeignKey(User, models.PROTECT)
    result_model = models.CharField(max_length=80)
    result_id = models.CharField(max_length=40)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(name="receipt_once", fields=["key", "event", "user"])]
