"""Changing the root key: every key is wrapped anew, in batches, so that a run which was cut off goes on where it stopped."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.trust.models import IndexKey, PersonKey, RootKey, ServerKey
from havre.trust.vault import handover, recovery, unlocking
from havre.trust.vault.custody import KeyCustodian
from havre.trust.vault.faults import KeyFault

BATCH = 1000


@dataclass(frozen=True, slots=True)
class Rotated:
    """The version that wraps now, and how many keys this run wrapped anew."""

    version: int
    keys: int


def rotate_root(custodian: KeyCustodian) -> Rotated:
    """Give the instance a new root key and wrap every key under it; or finish what an earlier run began.

    The custodian must be one that can write (the key file, not what a worker was handed). The old root stays with it until the
    backups made under it are gone: see `destroy_retired`.
    Raises: KeyFault when the custodian cannot make or find a newer root.
    """
    unlocking.use(custodian)
    if not _begun(custodian):
        version = custodian.rotate(after=unlocking.current_version())
        _write_down(custodian, version)
    # the papers of the quorum open the new root too, before anything depends on it
    recovery.renew(custodian)
    # the service must know the new root before anything is wrapped under it
    handover.renew()
    done = 0
    for model, bound in KEYED:
        while wrapped := _wrap_batch(custodian, model, bound):
            done += wrapped
    _retire()
    return Rotated(unlocking.current_version(), done)


def _begun(custodian: KeyCustodian) -> bool:
    """Whether an earlier run stopped half-way: after the custodian's step (then its row is written now), or after the row's."""
    version = unlocking.current_version()
    ahead = [one for one in custodian.versions if one > version]
    if ahead:
        _write_down(custodian, ahead[-1])
        return True
    return any(model.objects.exclude(root_version=version).exists() for model, _bound in KEYED) or (
        RootKey.objects.filter(retired_at=None).count() > 1
    )


def _write_down(custodian: KeyCustodian, version: int) -> None:
    with transaction.atomic(using="keys", durable=True):
        unlocking.write_down(custodian, version)


def _wrap_batch(custodian: KeyCustodian, model: Any, bound: Any) -> int:
    with transaction.atomic(using="keys", durable=True):
        version = unlocking.current_version()
        rows = list(model.objects.exclude(root_version=version).order_by("pk")[:BATCH])
        for row in rows:
            key = custodian.unwrap(row.wrapped, version=row.root_version, context=bound(row))
            row.wrapped, row.root_version = custodian.wrap(key, version=version, context=bound(row)), version
        model.objects.bulk_update(rows, ["wrapped", "root_version"], batch_size=200)
    return len(rows)


def _retire() -> None:
    with transaction.atomic(using="keys", durable=True):
        version = unlocking.current_version()
        # a writer makes keys inside such a transaction too, so none can slip in under the old root
        if any(model.objects.exclude(root_version=version).exists() for model, _bound in KEYED):
            raise KeyFault(_("Some keys are still under an earlier root."), _("Run `havre keys rotate` again: it goes on."))
        RootKey.objects.filter(version__lt=version, retired_at=None).update(retired_at=timezone.now())


def destroy_retired(custodian: KeyCustodian, *, now: datetime, at_once: bool = False) -> list[int]:
    """Remove retired roots from the custodian, once the backups of the keys made under them are past their days. Gives the versions.

    Args: at_once, when the old root is known to others: earlier backups of the keys can then never be opened.
    """
    limit = now if at_once else now - timedelta(days=settings.HAVRE_KEYS_BACKUP_DAYS)
    gone = [
        row.version for row in RootKey.objects.filter(retired_at__isnull=False, retired_at__lte=limit) if row.version in custodian.versions
    ]
    for version in gone:
        custodian.destroy(version)
    if gone:
        recovery.renew(custodian)
    return gone


def _person(row: PersonKey) -> bytes:
    return row.person_id.bytes


def _index(row: IndexKey) -> bytes:
    return row.index.encode()


def _server(row: ServerKey) -> bytes:
    return b"server %d" % row.version


# what is wrapped by the root, and what each wrapping is bound to
KEYED: tuple[tuple[Any, Any], ...] = ((PersonKey, _person), (IndexKey, _index), (ServerKey, _server))
