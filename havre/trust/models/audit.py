"""The audit trail's tables: acts, readings and refusals, the chain that seals them, and its signed checkpoints.

All but the index `ReadingSubject` are append-only: triggers refuse a change or a removal (`havre.trust.audit.append_only`).
A column is only ever added, and only nullable: the chain's hashes leave empty columns out, so old rows keep theirs.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Purpose, Role
from havre.trust.ids import new_id


class CanonicalJSON(models.TextField):
    """A small JSON value stored as one fixed text on every database, so that each stored byte is covered by the chain's hash."""

    _pyi_private_set_type: Any
    _pyi_private_get_type: Any

    def from_db_value(self, value: str | None, *_: Any) -> Any:
        return None if value is None else json.loads(value)

    def to_python(self, value: Any) -> Any:
        return json.loads(value) if isinstance(value, str) else value

    def get_prep_value(self, value: Any) -> str | None:
        return None if value is None else json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True)


class ReadingKind(models.TextChoices):
    """How a section was read: listed among others, or opened."""

    READING = "reading", _("Reading")
    REFUSAL = "refusal", _("Refusal")


class Outcome(models.TextChoices):
    """What the request got: coded facts, the plain words of a sealed section, or nothing."""

    SHOWN = "shown", _("Shown")
    OPENED = "opened", _("Sealed section opened")
    REFUSED = "refused", _("Refused")


class Entry(models.Model):
    """What every row says: who, in which job, for what, when, on which page. `no` is the table's own order, `id` is made anywhere."""

    no = models.BigAutoField(primary_key=True)
    id = models.UUIDField(unique=True, default=new_id, editable=False)
    at = models.DateTimeField()
    # ids without foreign keys: the row outlives what it speaks of, and one of the two files does not know the other
    user_id = models.UUIDField()
    organisation_id = models.UUIDField()
    role = models.CharField(max_length=32, choices=Role)
    purpose = models.CharField(max_length=20, choices=Purpose)
    event = models.CharField(max_length=60, blank=True)
    # the name of the address, never the path: a path holds ids
    route = models.CharField(max_length=60, blank=True)
    # the policy or workflow rows on which it rested
    rows = CanonicalJSON(default=list)

    class Meta:
        abstract = True


class ActRow(Entry):
    """One act, written in the act's own transaction. `subject` is the record it changed; `codes` holds codes and whole numbers."""

    subject = models.UUIDField(null=True, blank=True)
    case_id = models.UUIDField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    codes = CanonicalJSON(default=dict)

    class Meta:
        indexes = [models.Index(name="act_by_case", fields=["case_id", "no"], condition=Q(case_id__isnull=False))]


class Reading(Entry):
    """Everything one request read (or one refusal), committed before the answer leaves. Never more than one a request.

    `sections` are bits of Section; `subjects` the sorted ids of persons, or of cases where the row read knows no person.
    """

    kind = models.CharField(max_length=8, choices=ReadingKind)
    sections = models.PositiveSmallIntegerField(default=0)
    subjects = CanonicalJSON(default=list)
    count = models.PositiveIntegerField(default=0)
    outcome = models.CharField(max_length=8, choices=Outcome)

    class Meta:
        indexes = [models.Index(name="reading_refusals", fields=["no"], condition=Q(kind="refusal"))]


class ReadingSubject(models.Model):
    """Index from a subject to the readings of it. Holds nothing that `Reading` does not: it can be emptied and built again."""

    id = models.BigAutoField(primary_key=True)
    subject = models.UUIDField()
    reading = models.ForeignKey(Reading, models.DO_NOTHING, db_index=False, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(name="reading_subject_once", fields=["subject", "reading"])]


class Source(models.TextChoices):
    """The two tables that the chain seals."""

    ACT = "act", _("Act")
    READING = "reading", _("Reading")


class ChainLink(models.Model):
    """One sealed row: `hash` = SHA-256(`previous` and the row's canonical JSON). Positions run 1, 2, 3 without a gap."""

    position = models.BigIntegerField(primary_key=True)
    source = models.CharField(max_length=8, choices=Source)
    row_no = models.BigIntegerField()
    row_id = models.UUIDField()
    previous = models.BinaryField(max_length=32)
    hash = models.BinaryField(max_length=32)
    sealed_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(name="chain_link_once", fields=["source", "row_no"])]


class Checkpoint(models.Model):
    """The chain's state at one position, signed (Ed25519). Only `exported_at` is ever filled in later, once."""

    position = models.BigIntegerField(primary_key=True)
    hash = models.BinaryField(max_length=32)
    at = models.DateTimeField()
    # first 16 hexadecimal digits of the SHA-256 of the public key
    key = models.CharField(max_length=16)
    signature = models.BinaryField(max_length=64)
    exported_at = models.DateTimeField(null=True, blank=True)
