"""What is published: which tables, under which threshold, with which proof, signed by two who look at different things."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.ids import new_id
from havre.trust.models import User


class ReleaseState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    CHECKED = "checked", _("Checked")
    SIGNED = "signed", _("Signed")
    PUBLISHED = "published", _("Published")


class Side(models.TextChoices):
    """Two looks: one at the figures, one at the persons behind them."""

    ANALYSIS = "analysis", _("Analysis")
    DATA_PROTECTION = "data_protection", _("Data protection")


class Release(models.Model):
    """One publication of one or several linked tables.

    `source` is one source (`extract:<job>` or `external:<data set>`), `population` what its persons are (`register` or the external
    source): earlier releases of the same population are in the attack. `tables` are lists of columns. `proof` stays inside (it holds
    small counts); `shown` is the public part: cells and counts. `digest` is of `shown`: what was signed is what is published.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    ref = models.CharField(max_length=20, unique=True)
    title = models.CharField(max_length=200)
    source = models.CharField(max_length=60)
    population = models.CharField(max_length=60)
    fingerprint = models.CharField(max_length=64, blank=True)
    tables = models.JSONField()
    k = models.PositiveSmallIntegerField(default=11)
    state = models.CharField(max_length=10, choices=ReleaseState, default=ReleaseState.DRAFT)
    proof = models.JSONField(default=dict)
    shown = models.JSONField(default=list)
    digest = models.CharField(max_length=64, blank=True)
    job_id = models.UUIDField(null=True, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    checked_at = models.DateTimeField(null=True, blank=True)
    published_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-made_at",)
        constraints = [
            models.CheckConstraint(name="release_k_protects", condition=Q(k__gte=3)),
            models.CheckConstraint(
                name="release_published_whole",
                condition=Q(published_at=None) & ~Q(state=ReleaseState.PUBLISHED)
                | Q(published_at__isnull=False, state=ReleaseState.PUBLISHED, checked_at__isnull=False) & ~Q(digest=""),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Signature(models.Model):
    """One look, at one digest. A new check makes it void (it stays, with the digest it was given for)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    release = models.ForeignKey(Release, models.PROTECT, related_name="signatures")
    side = models.CharField(max_length=16, choices=Side)
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at",)
        constraints = [
            models.UniqueConstraint(name="signature_side_once", fields=["release", "side", "digest"]),
            # the same person cannot be both looks
            models.UniqueConstraint(name="signature_two_persons", fields=["release", "by", "digest"]),
        ]
