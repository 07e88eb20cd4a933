"""What an account needs besides itself: printed one-time codes, nominations that wait for a second person, factor resets, slow-downs."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Role
from havre.trust.ids import new_id
from havre.trust.models.accounts import User
from havre.trust.models.organisations import Organisation


class CodeKind(models.TextChoices):
    """What a printed code is for."""

    INVITATION = "invitation", _("Invitation")
    PASSPHRASE = "passphrase", _("New passphrase")


class OneTimeCode(models.Model):
    """A printed code that lets its account set a passphrase, once, until `expires_at`. Only a keyed digest is kept."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="one_time_codes")
    kind = models.CharField(max_length=16, choices=CodeKind)
    digest = models.CharField(max_length=64, unique=True)
    made_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # replaced by a newer code, or taken back
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="code_expires_after_made", condition=Q(expires_at__gt=F("made_at"))),
            models.CheckConstraint(name="code_not_made_for_oneself", condition=Q(made_by=None) | ~Q(made_by=F("user"))),
            models.UniqueConstraint(name="code_one_open", fields=["user"], condition=Q(used_at=None, ended_at=None)),
        ]


class Nomination(models.Model):
    """A membership that somebody asked for and a second person has not yet confirmed. It gives no right at all."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="nominations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="nominations")
    role = models.CharField(max_length=32, choices=Role)
    supervisor = models.BooleanField(default=False)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    confirmed = models.BooleanField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="nomination_not_for_oneself", condition=~Q(asked_by=F("user"))),
            models.CheckConstraint(
                name="nomination_decided_by_a_third", condition=Q(decided_by=None) | ~Q(decided_by=F("user")) & ~Q(decided_by=F("asked_by"))
            ),
            models.CheckConstraint(
                name="nomination_decision_whole",
                condition=Q(decided_by=None, decided_at=None, confirmed=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, confirmed__isnull=False),
            ),
            models.UniqueConstraint(
                name="nomination_once_while_open", fields=["user", "organisation", "role"], condition=Q(decided_at=None)
            ),
        ]


class FactorReset(models.Model):
    """A lost second factor that two persons give back: one asks, the other confirms. Neither is the account's own person."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="factor_resets")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    # whether the one who asked did so as administrator; the other one then confirms as head of the service
    asked_as_administrator = models.BooleanField()
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reset_not_for_oneself", condition=~Q(asked_by=F("user"))),
            models.CheckConstraint(
                name="reset_by_two_others", condition=Q(confirmed_by=None) | ~Q(confirmed_by=F("asked_by")) & ~Q(confirmed_by=F("user"))
            ),
            models.CheckConstraint(
                name="reset_confirmation_whole",
                condition=Q(confirmed_by=None, confirmed_at=None) | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
            ),
        ]


class Slowdown(models.Model):
    """Wrong codes in a row for one key (an account, or an account and an address). Each makes the next try wait longer."""

    id = models.BigAutoField(primary_key=True)
    # a digest: neither the typed name nor the address is kept
    key = models.CharField(max_length=64, unique=True)
    misses = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()


class UsedCode(models.Model):
    """A time-based code that was accepted: the same one is not taken twice, whichever process sees it (RFC 6238, 5.2)."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.CASCADE)
    digest = models.CharField(max_length=64)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="used_code_once", fields=["user", "digest"])]
