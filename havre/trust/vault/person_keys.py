"""The data keys of persons: made before anything is sealed with them, fetched in batches, never cached."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.trust import bulk
from havre.trust.errors import Refused
from havre.trust.models import Erasure, PersonKey
from havre.trust.vault import unlocking
from havre.trust.vault.custody import KEY_BYTES
from havre.trust.vault.faults import KeyFault

CHUNK = 10_000
# a sweep takes keys unused for 24 h; a writer renews one that was unused for half as long, so the two never meet
RENEW_AFTER = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class DataKey:
    """A person's key, out of its wrapping."""

    key: bytes = field(repr=False)
    version: int
    used_at: datetime


def ready(persons: Iterable[UUID]) -> dict[UUID, DataKey]:
    """A key for each person, committed to disk: those that were missing are made, in one transaction of the keys' database.

    Raises: KeyFault when locked; Refused when one of the persons was erased: their record does not come back.
    """
    wanted = dict.fromkeys(persons)
    unlocking.custodian()
    found = fetch(wanted)
    now = timezone.now()
    idle = [person for person in wanted if person not in found or now - found[person].used_at > RENEW_AFTER]
    if idle:
        # durable: inside a caller's transaction on this database the keys would not be on disk when the rows are
        with transaction.atomic(using="keys", durable=True):
            found.update(_make(idle, now))
    return found


def _make(persons: list[UUID], now: datetime) -> dict[UUID, DataKey]:
    # read again: this transaction holds the write lock, and somebody may have made, erased or swept one meanwhile
    found = fetch(persons)
    missing = [person for person in persons if person not in found]
    for chunk in _chunks(found):
        PersonKey.objects.filter(pk__in=chunk).update(used_at=now)
    if not missing:
        return found
    for chunk in _chunks(missing):
        if Erasure.objects.filter(pk__in=chunk).exists():
            raise Refused((_("this person was erased: nothing more can be recorded under the same person"),))
    version = unlocking.current_version()
    custodian = unlocking.custodian(version)
    rows = []
    for person in missing:
        key = os.urandom(KEY_BYTES)
        wrapped = custodian.wrap(key, version=version, context=person.bytes)
        rows.append(PersonKey(person_id=person, wrapped=wrapped, root_version=version, made_at=now, used_at=now))
        found[person] = DataKey(key, 1, now)
    bulk.insert(PersonKey, map(vars, rows))
    return found


def fetch(persons: Iterable[UUID]) -> dict[UUID, DataKey]:
    """The keys that exist. Raises: KeyFault when locked; Tampered when one does not open under its person."""
    found = {}
    for chunk in _chunks(persons):
        rows = PersonKey.objects.filter(pk__in=chunk).values_list("person_id", "wrapped", "version", "root_version", "used_at")
        for person, wrapped, version, root_version, used_at in rows:
            custodian = unlocking.custodian(root_version)
            key = custodian.unwrap(wrapped, version=root_version, context=person.bytes)
            found[person] = DataKey(key, version, used_at)
    return found


def no_key(person: UUID) -> KeyFault:
    """The fault of a sealed row whose key is gone."""
    if Erasure.objects.filter(pk=person).exists():
        return KeyFault(_("The person %(person)s was erased.") % {"person": person}, _("Finish the erasure with `havre erase --resume`."))
    return KeyFault(
        _("The key of person %(person)s is missing.") % {"person": person},
        _("Restore keys.sqlite3 from a backup made after the record was written."),
    )


def _chunks(persons: Iterable[UUID]) -> Iterable[list[UUID]]:
    several = iter(persons)
    while chunk := list(islice(several, CHUNK)):
        yield chunk
