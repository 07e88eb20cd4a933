"""The directory of services: whom each serves, when, and how many places it has. No row of it can hold an address."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from havre.referral.enums import AgeBand, Misfit, ReferralNeed, ServedGender, Weekday
from havre.trust.enums import Role
from havre.trust.ids import new_id
from havre.trust.models import Accreditation, Organisation, User

# a figure of free places that is older is shown with its age and no longer believed
BELIEVED_FOR = timedelta(hours=72)
# roles that take persons in: nobody is sent there without an accreditation in force
TAKE_PERSONS_IN = frozenset({Role.SHELTER, Role.CHILD_PROTECTION})


class ServiceQuerySet(models.QuerySet["Service"]):
    """Questions to the whole directory."""

    def with_accreditation(self, on: date) -> Self:
        """Each with `accredited_until`, the last day of what is in force for its role on this day, None without."""
        held = Accreditation.objects.filter(
            organisation=OuterRef("organisation"), kind=OuterRef("role"), starts_on__lte=on, ends_on__gte=on
        ).order_by("-ends_on")
        return self.select_related("organisation").annotate(accredited_until=models.Subquery(held.values("ends_on")[:1]))

    def lapsed(self, on: date) -> Self:
        """Those that must be accredited and are not, on this day."""
        held = Accreditation.objects.filter(
            organisation=OuterRef("organisation"), kind=OuterRef("role"), starts_on__lte=on, ends_on__gte=on
        )
        return self.filter(~Exists(held), needs_accreditation=True)


class Service(models.Model):
    """What one role of one organisation offers. Codes and numbers only: there is no column in which a place could be written.

    `free_places` is what the service itself said at `free_said_at`; None where it never said. Hours are local to the country.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    role = models.CharField(max_length=32, choices=Role)
    # lists of codes: ReferralNeed, ISO 639-3, AgeBand, ServedGender, Weekday
    needs = models.JSONField(default=list)
    languages = models.JSONField(default=list, blank=True)
    age_bands = models.JSONField(default=list, blank=True)
    genders = models.JSONField(default=list, blank=True)
    families = models.BooleanField(default=False)
    days = models.JSONField(default=list, blank=True)
    # both empty: day and night
    opens_at = models.TimeField(null=True, blank=True)
    closes_at = models.TimeField(null=True, blank=True)
    capacity = models.PositiveSmallIntegerField(null=True, blank=True)
    free_places = models.PositiveSmallIntegerField(null=True, blank=True)
    free_said_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    needs_accreditation = models.BooleanField(default=False)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = ServiceQuerySet.as_manager()

    class Meta:
        ordering = ("organisation__name", "role")
        constraints = [
            models.UniqueConstraint(name="service_once", fields=["organisation", "role"]),
            models.CheckConstraint(
                name="service_free_places_possible",
                condition=Q(free_places=None) | Q(capacity__isnull=False, free_places__lte=F("capacity"), free_said_at__isnull=False),
            ),
            models.CheckConstraint(
                name="service_hours_whole",
                condition=Q(opens_at=None, closes_at=None) | Q(opens_at__isnull=False, closes_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation}, {self.get_role_display()}"

    def accredited(self, on: date) -> bool:
        """Whether persons may be sent there on this day."""
        if not self.needs_accreditation:
            return True
        return Accreditation.objects.filter(
            organisation_id=self.organisation_id, kind=self.role, starts_on__lte=on, ends_on__gte=on
        ).exists()

    def believed(self, at: datetime) -> bool:
        """Whether the figure of free places is recent enough to rest a decision on."""
        return self.free_said_at is not None and at - self.free_said_at <= BELIEVED_FOR

    def full(self, at: datetime) -> bool:
        """Whether it said, recently, that it has no place. A figure nobody gave, or an old one, is no "no"."""
        return self.free_places == 0 and self.believed(at)

    def open_now(self, at: datetime) -> bool:
        """Whether somebody is there at this moment, by its own hours."""
        here = at.astimezone(ZoneInfo(settings.TIME_ZONE))
        if self.closed_at is not None or (self.days and here.weekday() not in self.days):
            return False
        if self.opens_at is None or self.closes_at is None:
            return True
        now = here.time()
        if self.opens_at <= self.closes_at:
            return self.opens_at <= now < self.closes_at
        return now >= self.opens_at or now < self.closes_at

    def misfits(self, *, need: str, band: str, gender: str, language: str, family: bool = False) -> list[Misfit]:
        """Why it does not serve such a person; empty lists of the service mean "no limit". What is not recorded of the person fits."""
        found = []
        if need and need not in self.needs:
            found.append(Misfit.OTHER_NEED)
        if self.age_bands and band != AgeBand.UNKNOWN and band not in self.age_bands:
            found.append(Misfit.OTHER_AGE)
        if self.genders and gender and ServedGender.of(gender) not in self.genders:
            found.append(Misfit.OTHER_GENDER)
        if family and not self.families:
            found.append(Misfit.NO_FAMILIES)
        if self.languages and language and language not in self.languages:
            found.append(Misfit.OTHER_LANGUAGE)
        return found

    # words for pages
    def need_words(self) -> list[Any]:
        return _labels(ReferralNeed, self.needs)

    def age_words(self) -> list[Any]:
        return _labels(AgeBand, self.age_bands)

    def gender_words(self) -> list[Any]:
        return _labels(ServedGender, self.genders)

    def day_words(self) -> list[Any]:
        return _labels(Weekday, self.days)


def _labels(choices: Any, codes: Iterable[Any]) -> list[Any]:
    return [choices(code).label for code in codes if code in choices.values]
