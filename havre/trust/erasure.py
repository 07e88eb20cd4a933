"""Erasing a person: the key is destroyed and its absence proved on disk; what it sealed is then removed.

Each step is written in the ledger beside the keys, so that an erasure that was interrupted goes on where it stopped. Overwritten
blocks that a flash drive keeps aside are out of reach: disk encryption lies under them, and the receipt says so.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import OperationalError, connections, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, erasure_ledger, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.contracts import contracts
from havre.trust.enums import Act, Role
from havre.trust.errors import Invalid, Missing, Words
from havre.trust.models import BlindIndex, Erasure, Membership, PersonKey, SealedSection
from havre.trust.models.vault import ErasureReason
from havre.trust.vault import holding
from havre.trust.vault.faults import KeyFault
from havre.trust.vault.searching import Searched, files_of, marks_of, search

ORPHAN_AGE = timedelta(hours=24)
# how long a truncating checkpoint waits for readers (milliseconds); afterwards the receipt says "not yet"
CHECKPOINT_WAIT = 2000


@dataclass(frozen=True, slots=True)
class Proof:
    """What was done and seen. `proved` only when no window of the key is in any file and the WAL is empty.

    `before` and `after` list the files searched; `why_not` says what stands in the way. `backups_until` is the last day on which a
    backup of the keys may still hold the key. `records` counts the rows removed in this run. `not_told` are folders of backups where
    the ledger's copy could not be renewed: a restore from there would bring the person back.
    """

    person_id: UUID
    proved: bool
    before: tuple[Searched, ...]
    after: tuple[Searched, ...]
    records: int
    backups_until: date | None
    digest: str = ""
    why_not: Words = ""
    not_told: tuple[str, ...] = ()


def erase(*, person_id: UUID, by: Actor, reason: str) -> Proof:
    """Erase one person for ever. Call again to go on with a proof that was blocked.

    Args: reason, a code of ErasureReason.
    Raises: Refused (403) without the right to erase; Invalid for an unknown reason; Missing when nothing of the person was ever sealed.
    """
    if reason not in ErasureReason.values:
        raise Invalid({"reason": [_("choose one of: %(codes)s") % {"codes": ", ".join(ErasureReason.values)}]})
    _request(person_id=person_id, by=by, reason=reason)
    # written after the act's commit: no erasure without its trace, and a repeated request changes nothing
    Erasure.objects.get_or_create(pk=person_id, defaults={"reason": reason, "requested_by": by.user.pk, "requested_at": timezone.now()})
    # beside the backups before the key is touched: cut off here, a restore of an older backup still knows
    erasure_ledger.refresh()
    before = _destroy_key(person_id)
    records = _remove_records(person_id=person_id, by=by)
    proof = _prove(person_id, before, records)
    return replace(proof, not_told=erasure_ledger.refresh())


def resume(*, by: Actor) -> list[Proof]:
    """Go on with every erasure that is not proved. Raises: Refused (403) without the right to erase."""
    policy.require_in_house(by, Act.ERASE)
    pending = Erasure.objects.filter(proved_at=None).order_by("requested_at")
    return [erase(person_id=row.pk, by=by, reason=row.reason) for row in pending]


def replay_ledger(rows: Iterable[Erasure] | None = None) -> int:
    """After a restore, before the service opens: erase again whoever the backup brought back. Gives how many persons came back.

    Args: rows, the ledger saved apart from the backup; they are added to the restored ledger first. An errand of the house: its act,
    one for each person who came back, names whoever ordered the erasure then.
    """
    for row in rows or ():
        kept = {field.attname: getattr(row, field.attname) for field in Erasure._meta.concrete_fields if not field.primary_key}
        Erasure.objects.update_or_create(pk=row.pk, defaults=kept)
    returned = 0
    for row in Erasure.objects.order_by("requested_at"):
        has_key = PersonKey.objects.filter(pk=row.pk).exists()
        before = _destroy_key(row.pk)
        removed = _rows_of(row.pk)
        if has_key or removed:
            returned += 1
            _say_replayed(row, removed)
            Erasure.objects.filter(pk=row.pk).update(replayed_at=timezone.now(), proved_at=None)
        if has_key or removed or row.proved_at is None:
            Erasure.objects.filter(pk=row.pk).update(records_at=timezone.now())
            _prove(row.pk, before, removed)
    return returned


def _say_replayed(row: Erasure, removed: int) -> None:
    nobody = UUID(int=0)
    ordered_by = row.requested_by or nobody
    job = Membership.objects.filter(user_id=ordered_by, role=Role.DATA_PROTECTION_OFFICER).order_by("starts_at").first()
    audit.record_errand(
        event="erasure.replay",
        user_id=ordered_by,
        organisation_id=job.organisation_id if job else nobody,
        role=Role.DATA_PROTECTION_OFFICER,
        at=timezone.now(),
        subject=row.pk,
        codes={"rows": removed},
    )


def pending() -> int:
    """How many erasures wait for their proof, for the self-check."""
    return Erasure.objects.filter(proved_at=None).count()


def sweep_orphans(now: datetime, *, most: int | None = None) -> int:
    """Remove keys under which nothing stands and which nobody used for 24 hours. Gives how many went.

    Such a key is left by a kill between its commit and its section's. Nothing is swept while an import or a restore runs.
    Args: most, how many may go at once; by default 1,000 or a tenth of all keys, whichever is more.
    Raises: KeyFault when more would go, or when this connection does not see every section: both mean that the wrong records are looked at.
    """
    _sees_everything()
    with holding.nobody_else() as alone:
        if not alone:
            return 0
        idle = list(PersonKey.objects.filter(used_at__lt=now - ORPHAN_AGE).values_list("pk", flat=True))
        orphans = [person for chunk in _chunks(idle) for person in _without_section(chunk)]
        if len(orphans) > (max(1000, PersonKey.objects.count() // 10) if most is None else most):
            raise KeyFault(
                _("%(count)s keys have nothing sealed under them: too many to be left-overs.") % {"count": len(orphans)},
                _("Check that the records' database is the one that belongs to these keys before anything is swept."),
            )
        # the condition again: a writer that renewed its key meanwhile keeps it
        return sum(PersonKey.objects.filter(pk__in=c, used_at__lt=now - ORPHAN_AGE).delete()[0] for c in _chunks(orphans))


def _without_section(persons: list[UUID]) -> set[UUID]:
    standing = SealedSection.objects.for_house("erase").filter(person_id__in=persons).values_list("person_id", flat=True)
    return set(persons) - set(standing)


def _sees_everything() -> None:
    """A sweep behind row-level security would take every hidden person for an orphan."""
    connection = connections["default"]
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_security_active(%s)", [SealedSection._meta.db_table])
        if cursor.fetchone()[0]:
            raise KeyFault(_("This database role sees only some of the sealed sections."), _("Sweep under the role that owns the tables."))


@act("erasure.request")
def _request(*, person_id: UUID, by: Actor, reason: str) -> None:
    policy.require_in_house(by, Act.ERASE)
    known = (
        PersonKey.objects.filter(pk=person_id).exists()
        or Erasure.objects.filter(pk=person_id).exists()
        or SealedSection.objects.for_house("erase").filter(person_id=person_id).exists()
    )
    if not known:
        raise Missing
    if not Erasure.objects.filter(pk=person_id).exists():
        audit.record(event="erasure.request", by=by, subject=person_id, reason=reason)


def _destroy_key(person_id: UUID) -> tuple[Searched, ...]:
    """Overwrite the wrapped key, then delete its row. Gives the files with what was found in them before, () when there was no key."""
    row = PersonKey.objects.filter(pk=person_id).first()
    if row is None:
        Erasure.objects.filter(pk=person_id, started_at=None).update(started_at=timezone.now())
        return ()
    wrapped = bytes(row.wrapped)
    before: tuple[Searched, ...] = ()
    # all zeros: an earlier run was cut off after overwriting, and the ledger has the marks already
    if any(wrapped):
        marks = marks_of(wrapped)
        before = tuple(search(files_of(database_file()), marks))
        with transaction.atomic(using="keys", durable=True):
            found = sum(one.found for one in before)
            Erasure.objects.filter(pk=person_id).update(started_at=timezone.now(), proved_at=None, marks=marks, found_before=found)
            PersonKey.objects.filter(pk=person_id).update(wrapped=bytes(len(wrapped)))
    with transaction.atomic(using="keys", durable=True):
        PersonKey.objects.filter(pk=person_id).delete()
    return before


@act("erasure.records")
def _remove_records(*, person_id: UUID, by: Actor) -> int:
    removed = _rows_of(person_id)
    audit.record(event="erasure.records", by=by, subject=person_id, codes={"rows": removed})
    return removed


def _rows_of(person_id: UUID) -> int:
    """Remove what was sealed and indexed, and let every part remove its own."""
    with transaction.atomic():
        removed = SealedSection.objects.for_house("erase").filter(person_id=person_id).delete()[0]
        removed += BlindIndex.objects.for_house("erase").filter(person_id=person_id).delete()[0]
        for contract in contracts():
            removed += contract.erase(person_id)
    return removed


def _prove(person_id: UUID, before: tuple[Searched, ...], records: int) -> Proof:
    """Empty the WAL, search the files, and only then write `proved_at`."""
    row = Erasure.objects.get(pk=person_id)
    if row.proved_at is not None:
        return Proof(person_id, True, (), (), records, row.backups_until, bytes(row.proof).hex())
    if row.records_at is None:
        row.records_at = timezone.now()
        row.save(update_fields=["records_at"])
    emptied = checkpoint()
    after = tuple(search(files_of(database_file()), bytes(row.marks)))
    why_not = _why_not(row, emptied=emptied, left=sum(one.found for one in after))
    if why_not:
        return Proof(person_id, False, before, after, records, None, why_not=why_not)
    now = timezone.now()
    until = row.backups_until or (now + timedelta(days=settings.HAVRE_KEYS_BACKUP_DAYS)).date()
    digest = _digest(row, after, now, until)
    row.proved_at, row.backups_until, row.proof, row.marks = now, until, digest, b""
    row.save(update_fields=["proved_at", "backups_until", "proof", "marks"])
    return Proof(person_id, True, before, after, records, until, digest.hex())


def _why_not(row: Erasure, *, emptied: bool, left: int) -> Words:
    if not emptied:
        return _("somebody is reading the keys' database, so its log cannot be emptied: call again in a minute")
    if left:
        return _("bytes of the key are still on disk: stop the service, run `havre erase --resume`, and report it")
    if bytes(row.marks) and not row.found_before:
        return _("the key was not seen on disk before it was destroyed, so that not seeing it now proves nothing: report it")
    return ""


def _digest(row: Erasure, after: tuple[Searched, ...], now: datetime, until: date) -> bytes:
    said = {
        "person": str(row.pk),
        "reason": row.reason,
        "found_before": row.found_before,
        "after": [asdict(one) for one in after],
        "proved_at": now.astimezone(UTC).isoformat(),
        "backups_until": until.isoformat(),
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).digest()


def checkpoint() -> bool:
    """Move the keys' WAL into the database and cut it to nothing. False when a reader or an open transaction stands in the way."""
    connection = connections["keys"]
    if connection.in_atomic_block:
        return False
    with _patience(CHECKPOINT_WAIT), connection.cursor() as cursor:
        try:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            busy = cursor.fetchone()[0]
        except OperationalError:
            return False
    wal = Path(f"{database_file()}-wal")
    return not busy and (not wal.exists() or wal.stat().st_size == 0)


def database_file() -> Path:
    """The file of the keys' database that is in use."""
    return Path(connections["keys"].settings_dict["NAME"])


@contextmanager
def _patience(milliseconds: int) -> Iterator[None]:
    usual = int(connections["keys"].settings_dict["OPTIONS"].get("timeout", 5)) * 1000
    with connections["keys"].cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout={int(milliseconds)}")
        try:
            yield
        finally:
            cursor.execute(f"PRAGMA busy_timeout={usual}")


def _chunks(ids: list[UUID], size: int = 5000) -> Iterator[list[UUID]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
