"""Who takes part: organisations, the agreements between them, and what they are accredited to do."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havre.trust.ids import new_id


class OrganisationKind(models.TextChoices):
    """HTCDS `org_Type`, value names as published."""

    NGO = "NGO", _("Non-governmental organisation")
    GOVERNMENT = "Government", _("Government")
    POLICE = "Police", _("Police")
    COURT = "CourtOrProsecution", _("Court or prosecution")
    HEALTH = "Health", _("Health service")
    INTERNATIONAL = "InternationalOrganization", _("International organisation")
    OTHER = "Other", _("Other")


class Organisation(models.Model):
    """An authority or a service that takes part in the response. Public within the instance: it holds no personal data."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=200)
    name_fr = models.CharField(max_length=200, blank=True)
    kind = models.CharField(max_length=32, choices=OrganisationKind)
    country = models.CharField(max_length=2)
    region = models.CharField(max_length=80, blank=True)
    active = models.BooleanField(default=True)
    # it went on in another organisation; what happened in it stays under its own name
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    merged_at = models.DateTimeField(null=True, blank=True)
    # true for whatever the demonstration made up, so that no page can show it unmarked
    made_up = models.BooleanField(default=False)

    class Meta:
        ordering = ("name",)
        constraints = [
            models.CheckConstraint(
                name="organisation_merged_whole",
                condition=Q(merged_into=None, merged_at=None) | Q(merged_into__isnull=False, merged_at__isnull=False, active=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Agreement(models.Model):
    """A sharing agreement between two organisations. Without one in force nothing is transferred between them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    first = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements_as_first")
    second = models.ForeignKey(Organisation, models.PROTECT, related_name="agreements_as_second")
    sections = models.PositiveSmallIntegerField(help_text=_("Bits of Section that may travel"))
    purposes = models.JSONField(default=list)
    starts_on = models.DateField()
    ends_on = models.DateField()
    ended_at = models.DateTimeField(null=True, blank=True)
    reference = models.CharField(max_length=120)

    class Meta:
        constraints = [
            models.CheckConstraint(name="agreement_two_parties", condition=~Q(first=F("second"))),
            models.CheckConstraint(name="agreement_ends_after_start", condition=Q(ends_on__gte=F("starts_on"))),
        ]

    def in_force(self, *, on: date) -> bool:
        """Whether it may carry a transfer on this day: it ends at midnight after `ends_on`."""
        return self.ended_at is None and self.starts_on <= on <= self.ends_on


class Accreditation(models.Model):
    """What an organisation is accredited to do (for example to receive children), by whom and until when."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="accreditations")
    kind = models.CharField(max_length=40)
    by = models.CharField(max_length=200)
    starts_on = models.DateField()
    ends_on = models.DateField()
