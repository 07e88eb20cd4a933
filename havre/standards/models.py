"""The one model of the standards: a fact of a country, as its ministry has corrected it."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

import uuid_utils.compat
from django.db import models
from django.db.models import F, Q
from django.utils.translation import pgettext_lazy


def new_id() -> UUID:
    """A fresh UUIDv7. Written here because this floor imports nothing from above."""
    return uuid_utils.compat.uuid7()


class RevisionState(models.TextChoices):
    """Where a revision stands. In force holds from `valid_from` until the next one in force; superseded is used on no day."""

    DRAFT = "draft", pgettext_lazy("fact revision", "Draft")
    REVIEWED = "reviewed", pgettext_lazy("fact revision", "Read by a second reader")
    IN_FORCE = "in_force", pgettext_lazy("fact revision", "In force")
    SUPERSEDED = "superseded", pgettext_lazy("fact revision", "Set aside")


class Confidence(models.TextChoices):
    """How sure the source makes us: two sources or the primary text; one secondary source; not to be used unsigned."""

    HIGH = "high", pgettext_lazy("confidence", "High")
    MEDIUM = "medium", pgettext_lazy("confidence", "Medium")
    LOW = "low", pgettext_lazy("confidence", "Low")


class RevisionQuerySet(models.QuerySet["FactRevision"]):
    """Sets of revisions of one country."""

    def of(self, country: str) -> RevisionQuerySet:
        """Those of this country (`gh`)."""
        return self.filter(country=country.lower())

    def in_force(self, *, on: date) -> RevisionQuerySet:
        """Those in force that have begun by this day, oldest first. The last of each fact is the one that holds."""
        return self.filter(state=RevisionState.IN_FORCE, valid_from__lte=on).order_by("valid_from", "in_force_at", "id")

    def of_root(self, root: str) -> RevisionQuerySet:
        """Those of a fact and of its parts."""
        return self.filter(Q(fact=root) | Q(fact__startswith=f"{root}."))


class FactRevision(models.Model):
    """One proposed or accepted value of a fact. Author and reviewer are ids of accounts, never the same; the row holds no person's data.

    `fact` is a dotted path (`reflection_days`, `hotline.0`); `value` is JSON of the fact's kind, null for "not known".
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    country = models.CharField(max_length=2)
    fact = models.CharField(max_length=120)
    value = models.JSONField(null=True)
    valid_from = models.DateField()
    source = models.CharField(max_length=300)
    confidence = models.CharField(max_length=8, choices=Confidence)
    note = models.TextField(blank=True)
    state = models.CharField(max_length=12, choices=RevisionState, default=RevisionState.DRAFT)
    author_id = models.UUIDField()
    reviewer_id = models.UUIDField(null=True, blank=True)
    proposed_at = models.DateTimeField()
    reviewed_at = models.DateTimeField(null=True, blank=True)
    in_force_at = models.DateTimeField(null=True, blank=True)
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[models.Manager[FactRevision]] = models.Manager.from_queryset(RevisionQuerySet)()  # type: ignore[assignment]

    class Meta:
        indexes = [models.Index(name="factrevision_lookup", fields=["country", "state", "fact", "valid_from"])]
        constraints = [
            models.CheckConstraint(
                name="factrevision_reviewer_is_not_the_author", condition=Q(reviewer_id=None) | ~Q(reviewer_id=F("author_id"))
            ),
            models.CheckConstraint(
                name="factrevision_reviewer_and_date_together",
                condition=Q(reviewer_id=None, reviewed_at=None) | Q(reviewer_id__isnull=False, reviewed_at__isnull=False),
            ),
            models.CheckConstraint(
                name="factrevision_reviewed_before_in_force",
                condition=~Q(state__in=["reviewed", "in_force"]) | Q(reviewer_id__isnull=False),
            ),
            models.CheckConstraint(
                name="factrevision_in_force_has_its_date", condition=~Q(state="in_force") | Q(in_force_at__isnull=False)
            ),
            models.UniqueConstraint(
                name="factrevision_one_in_force_per_day", fields=["country", "fact", "valid_from"], condition=Q(state="in_force")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.country} {self.fact}, {self.valid_from}"

    @property
    def root(self) -> str:
        """The fact without the path into its value."""
        return self.fact.partition(".")[0]
