"""Who in a service is in charge of which case, what each has to do by when, and the hand-over of a whole caseload."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havre.protection.enums_care import AssignmentState, TaskKind, TaskState
from havre.protection.models.kept import KeptRecord
from havre.trust.enums import Role
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User


class Task(KeptRecord):
    """One thing to do, with an owner and a date. `by` is nobody where the house wrote it, because a period is about to end."""

    by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")  # type: ignore[assignment]
    status = models.CharField(max_length=12, choices=TaskState, default=TaskState.OPEN)
    kind = models.CharField(_("what"), max_length=16, choices=TaskKind)
    owner = models.ForeignKey(User, models.PROTECT, verbose_name=_("who"), null=True, blank=True, related_name="+")
    due_at = models.DateTimeField(_("by when"))
    # the record that it is about, where there is one
    subject_id = models.UUIDField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="task_by_owner", fields=["owner", "due_at"], condition=Q(status=TaskState.OPEN))]
        constraints = [
            models.UniqueConstraint(
                name="task_of_a_record_once", fields=["subject_id", "kind", "due_at"], condition=Q(subject_id__isnull=False)
            )
        ]


class Assignment(KeptRecord):
    """One worker is in charge of one case for one job of a service. Access does not hang on it: grants belong to the job."""

    status = models.CharField(max_length=12, choices=AssignmentState, default=AssignmentState.HELD)
    worker = models.ForeignKey(User, models.PROTECT, verbose_name=_("who"), related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [models.Index(name="assignment_by_worker", fields=["worker", "status"])]
        constraints = [
            models.UniqueConstraint(
                name="assignment_one_in_charge", fields=["case", "organisation", "role"], condition=Q(status=AssignmentState.HELD)
            )
        ]


class CaseloadHandover(models.Model):
    """A whole caseload that went from one worker to another in one act: how much, never whom."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    giver = models.ForeignKey(User, models.PROTECT, related_name="+")
    taker = models.ForeignKey(User, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    cases = models.PositiveIntegerField()
    tasks = models.PositiveIntegerField()
    clocks = models.PositiveIntegerField()

    class Meta:
        constraints = [models.CheckConstraint(name="handover_between_two", condition=~Q(giver=F("taker")))]
