"""This process's way to the root key: unlocked once, kept in memory, dropped by `lock`."""

from __future__ import annotations

import os
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.trust.models import RootKey
from havre.trust.vault.credential import SystemdCredential
from havre.trust.vault.custody import KeyCustodian, same
from havre.trust.vault.faults import KeyFault
from havre.trust.vault.keyfile import Cost, KeyFile, read_private

_custodian: KeyCustodian | None = None


def key_file() -> Path:
    """Where the key file lies."""
    return Path(settings.HAVRE_HOME) / "root.key"


def make(passphrase: str, *, path: Path | None = None, cost: Cost | None = None) -> KeyCustodian:
    """Make the root key of a new instance and unlock the vault with it.

    Raises: KeyFault when this instance has a root key already; Invalid when the passphrase is too short.
    """
    if RootKey.objects.exists():
        raise KeyFault(
            _("This instance has a root key already."),
            _("Restore the key file that goes with it: a new one would leave everything sealed so far unreadable."),
        )
    return use(KeyFile.make(path or key_file(), passphrase, cost=cost))


def unlock(passphrase: str | None = None, *, path: Path | None = None) -> KeyCustodian:
    """Open the vault for this process: by systemd's credential where there is one, else by the key file.

    Without `passphrase`, the file named by HAVRE_PASSPHRASE_FILE (0600) is read.
    Raises: KeyFault, with what to do, when there is none, it is open to others, or it belongs to another instance.
    """
    credential = SystemdCredential.place()
    if credential is not None and path is None:
        return use(SystemdCredential.open(credential))
    if passphrase is None:
        passphrase = passphrase_from_file()
    return use(KeyFile.open(path or key_file(), passphrase))


def passphrase_from_file() -> str:
    """The passphrase in HAVRE_PASSPHRASE_FILE, less its last line break. Raises: KeyFault when there is none or it is open to others."""
    named = settings.HAVRE_PASSPHRASE_FILE
    if not named:
        raise KeyFault(
            _("The vault needs its passphrase."),
            _("Type it, or name a file of mode 0600 that holds it in HAVRE_PASSPHRASE_FILE."),
        )
    return read_private(Path(named)).decode().rstrip("\r\n")


def use(custodian: KeyCustodian) -> KeyCustodian:
    """Take this custodian for the process, once its keys are seen to be this instance's.

    The first use in a new instance writes down the key's check value. Raises: KeyFault when they are another instance's.
    """
    global _custodian
    with transaction.atomic(using="keys"):
        known = {row.version: row for row in RootKey.objects.all()}
        if not known:
            write_down(custodian, custodian.versions[-1])
    for version, row in known.items():
        if version in custodian.versions and not same(custodian.check_value(version), row.check_value):
            raise KeyFault(
                _("This root key belongs to another instance, or the keys' database does."),
                _("Put the key file and keys.sqlite3 of the same instance together."),
            )
    if known and not any(version in custodian.versions for version in known):
        raise KeyFault(
            _("This key holds none of the root versions in the keys' database."),
            _("Restore the key file that goes with it."),
        )
    _custodian = custodian
    return custodian


def write_down(custodian: KeyCustodian, version: int) -> RootKey:
    """The row of a new root version."""
    return RootKey.objects.create(version=version, check_value=custodian.check_value(version), made_at=timezone.now())


def lock() -> None:
    """Forget the root key in this process. Python cannot wipe the bytes: they go when their memory is used again."""
    global _custodian
    _custodian = None


def is_unlocked() -> bool:
    """Whether this process can seal and open."""
    return _custodian is not None


def custodian(version: int | None = None) -> KeyCustodian:
    """The custodian in force, which has root `version` at hand.

    A process that misses a version (the root key was rotated since it started) asks the service's socket once.
    Raises: KeyFault when the vault is locked or the version is nowhere to be had.
    """
    if _custodian is None:
        raise KeyFault(_("The vault is locked in this process."), _("Start the service with `havre serve` and type the passphrase."))
    if version is not None and version not in _custodian.versions:
        from havre.trust.vault.handover import ask  # handover hands on what this module holds

        return use(ask())
    return _custodian


def current_version() -> int:
    """The root version that wraps now. Inside a transaction on `keys`, it stays so until the end of it. Raises: KeyFault where none was made."""
    version = RootKey.objects.filter(retired_at=None).order_by("-version").values_list("version", flat=True).first()
    if version is None:
        raise KeyFault(_("This instance has no root key yet."), _("Make one with `havre keys make`."))
    return version


def owner() -> int:
    """The account that owns this process."""
    return os.geteuid()
