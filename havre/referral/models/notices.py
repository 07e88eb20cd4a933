"""Notices in Havre: that something happened to a number, and nothing else. No mail leaves with more than that either."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from havre.referral.enums import NoticeKind
from havre.register.models import Case
from havre.trust.enums import Role, Section
from havre.trust.errands import as_house
from havre.trust.ids import new_id
from havre.trust.models import Organisation, User
from havre.trust.records import ProtectedModel


class Notice(ProtectedModel):
    """One notice to one role of one organisation: a kind, a number, a day. It opens nothing and holds no word of the case.

    `case` is there so that a sealed case takes its notices with it; no page shows it.
    """

    section = Section.PROTECTION

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    # empty: the heads of that organisation's services
    role = models.CharField(max_length=32, choices=Role, blank=True)
    for_head = models.BooleanField(default=False)
    kind = models.CharField(max_length=16, choices=NoticeKind)
    number = models.CharField(max_length=12)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True, blank=True)
    seen_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        indexes = [models.Index(name="notice_unseen", fields=["organisation", "role", "-at"], condition=Q(seen_at=None))]
        constraints = [
            models.CheckConstraint(
                name="notice_seen_whole", condition=Q(seen_at=None, seen_by=None) | Q(seen_at__isnull=False, seen_by__isnull=False)
            )
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Written to whoever holds no grant: the service has decided, row-level security cannot."""
        with as_house():
            super().save(*args, **kwargs)
