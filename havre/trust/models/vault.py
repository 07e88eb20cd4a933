"""What the identity vault keeps: sealed sections and blind indexes beside the records, keys and the erasure ledger in a file of their own.

A row of `keys.sqlite3` points to a person by id alone: no constraint crosses two files.
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Purpose, Section
from havre.trust.ids import new_id
from havre.trust.models.accounts import User
from havre.trust.records import ProtectedModel


class SealedSection(ProtectedModel):
    """One sealed part of what is known of a person: names, whereabouts, the words of a note. Only `trust.identity` opens it.

    `body` is nonce, AES-256-GCM ciphertext of the padded JSON, tag. `record_id` is the row whose words these are (the person's id for
    an identity). Case, person, section, kind, record and versions are bound to the body: a row pasted elsewhere does not open.
    """

    section = None

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    case_id = models.UUIDField()
    person_id = models.UUIDField()
    section_bit = models.PositiveSmallIntegerField(db_column="section")
    kind = models.CharField(max_length=24)
    record_id = models.UUIDField()
    body = models.BinaryField()
    key_version = models.PositiveSmallIntegerField()
    schema_version = models.PositiveSmallIntegerField(default=1)
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="sealed_record_once", fields=["record_id", "kind"])]
        indexes = [
            models.Index(name="sealed_by_person", fields=["person_id"]),
            models.Index(name="sealed_by_case", fields=["case_id", "section_bit", "kind"]),
        ]


class BlindIndex(ProtectedModel):
    """A keyed digest of a compound (name with birth year, a document's number, a telephone), for exact country-wide search.

    Never of a name alone: a list of frequent names would undo it.
    """

    section = Section.IDENTITY

    class Index(models.TextChoices):
        NAME_YEAR = "name_year", _("Name and year of birth")
        DOCUMENT = "document", _("Document number")
        PHONE = "phone", _("Telephone number")

    id = models.BigAutoField(primary_key=True)
    index = models.CharField(max_length=12, choices=Index)
    digest = models.BinaryField(max_length=16)
    person_id = models.UUIDField()
    case_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(name="blind_digest_once", fields=["index", "digest", "person_id"])]
        indexes = [models.Index(name="blind_by_person", fields=["person_id"])]


class CountrySearch(models.Model):
    """One search across the country: who, when, by which compound, for what. It limits the rate; what was asked is not kept."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    index = models.CharField(max_length=12, choices=BlindIndex.Index)
    purpose = models.CharField(max_length=20, choices=Purpose)

    class Meta:
        indexes = [models.Index(name="country_search_by_user", fields=["user", "at"])]


class RootKey(models.Model):
    """A version of the root key, which itself lives with its custodian. `check_value` says whether a key is this one; no secret is here.

    The highest version without `retired_at` wraps; earlier ones only unwrap until their last row is wrapped anew.
    """

    version = models.PositiveSmallIntegerField(primary_key=True)
    check_value = models.BinaryField(max_length=16)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="root_retired_after_made", condition=Q(retired_at=None) | Q(retired_at__gte=F("made_at")))
        ]


class PersonKey(models.Model):
    """The data key of one person, wrapped by a root key. Destroying this row is what erases the person."""

    person_id = models.UUIDField(primary_key=True)
    wrapped = models.BinaryField()
    version = models.PositiveSmallIntegerField(default=1)
    root_version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    # renewed when something is sealed, so that a sweep never meets a key that a writer holds
    used_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(name="person_key_by_root", fields=["root_version"]),
            models.Index(name="person_key_by_use", fields=["used_at"]),
        ]


class IndexKey(models.Model):
    """The HMAC key of one blind index, wrapped by a root key. Its value never changes; only its wrapping does."""

    index = models.CharField(primary_key=True, max_length=12, choices=BlindIndex.Index)
    wrapped = models.BinaryField()
    root_version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()


class ServerKey(models.Model):
    """The key pair that phones and partners seal to: P-256 for WebCrypto, X25519, and an age recipient. Private parts are wrapped.

    Earlier versions stay, so that a phone that was away for months can still deliver.
    """

    version = models.PositiveSmallIntegerField(primary_key=True)
    p256_public = models.BinaryField(help_text="uncompressed point, 65 bytes")
    x25519_public = models.BinaryField(help_text="32 bytes")
    age_recipient = models.CharField(max_length=80)
    wrapped = models.BinaryField()
    root_version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    published_at = models.DateTimeField(null=True, blank=True)
    rotated_at = models.DateTimeField(null=True, blank=True)


class ErasureReason(models.TextChoices):
    """Why a person is erased (Convention 108+ art. 5(4)(e), 9(1)(e))."""

    ASKED = "asked", _("The person asked for it")
    RETENTION = "retention", _("The retention period is over")
    NOT_IDENTIFIED = "not_identified", _("Not identified as a victim; the period is over")
    UNLAWFUL = "unlawful", _("Recorded without a legal ground, or by mistake")
    ORDER = "order", _("Ordered by a court or by the supervisory authority")


class Erasure(models.Model):
    """The erasure ledger: ids and times only. Every restore replays it before the service opens.

    `marks` are fingerprints of the wrapped key, by which a later proof searches files; emptied once proved. `proof` is the SHA-256 of
    the canonical proof. `backups_until` is the day from which no backup of the keys can hold the key.
    """

    person_id = models.UUIDField(primary_key=True)
    reason = models.CharField(max_length=20, choices=ErasureReason)
    requested_by = models.UUIDField(null=True, blank=True)
    requested_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    records_at = models.DateTimeField(null=True, blank=True)
    proved_at = models.DateTimeField(null=True, blank=True)
    replayed_at = models.DateTimeField(null=True, blank=True)
    marks = models.BinaryField(default=bytes)
    found_before = models.PositiveIntegerField(default=0)
    proof = models.BinaryField(default=bytes)
    backups_until = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="erasure_proved_last",
                condition=Q(proved_at=None) | Q(started_at__isnull=False, records_at__isnull=False, backups_until__isnull=False),
            )
        ]
