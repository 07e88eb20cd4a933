"""The key file: root keys in a 0600 file, under a key made from a typed passphrase by Argon2id (RFC 9106)."""

from __future__ import annotations

import json
import os
import stat
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext as _

from havre.trust.errors import Invalid
from havre.trust.vault.custody import KEY_BYTES, NONCE_BYTES, RootsInMemory
from havre.trust.vault.faults import KeyFault

PASSPHRASE_LETTERS = 12


@dataclass(frozen=True, slots=True)
class Cost:
    """What one guess at the passphrase costs: passes, memory (KiB), lanes. RFC 9106, section 4, second recommended option."""

    passes: int = 3
    memory: int = 65_536
    lanes: int = 4


class KeyFile(RootsInMemory):
    """A custodian for a laptop or a small server. `open` reads an existing file, `make` writes a new one."""

    def __init__(self, path: Path, roots: Mapping[int, bytes], cover: bytes, salt: bytes, cost: Cost) -> None:
        super().__init__(roots)
        self.path, self._cover, self._salt, self._cost = path, cover, salt, cost

    @classmethod
    def make(cls, path: Path, passphrase: str, *, cost: Cost | None = None) -> KeyFile:
        """A new file with version 1 of the root key.

        Raises: KeyFault when the file is there already; Invalid when the passphrase has fewer than 12 characters.
        """
        return cls.keep(path, {1: os.urandom(KEY_BYTES)}, passphrase, cost=cost)

    @classmethod
    def keep(cls, path: Path, roots: Mapping[int, bytes], passphrase: str, *, cost: Cost | None = None) -> KeyFile:
        """A new file with roots that were brought back. Raises: as `make`."""
        _long_enough(passphrase)
        _not_there(path)
        cost, salt = cost or Cost(), os.urandom(16)
        made = cls(path, roots, _cover(passphrase, salt, cost), salt, cost)
        made._write()
        return made

    @classmethod
    def open(cls, path: Path, passphrase: str) -> KeyFile:
        """Read and open the file. Raises: KeyFault when it is missing, readable by others, damaged, or the passphrase is wrong."""
        content = _read(path)
        try:
            cost, salt = _cost(content["cost"]), b64decode(content["salt"])
            sealed = {int(version): b64decode(body) for version, body in content["roots"].items()}
        except (KeyError, TypeError, ValueError, AttributeError):
            raise _damaged(path) from None
        cover = _cover(passphrase, salt, cost)
        try:
            roots = {v: AESGCM(cover).decrypt(b[:NONCE_BYTES], b[NONCE_BYTES:], _header(v, salt, cost)) for v, b in sealed.items()}
        except (InvalidTag, ValueError):
            raise KeyFault(
                _("The passphrase does not open the key file %(path)s.") % {"path": path},
                _("Type it again: capitals and spaces count. If it is right, the file was altered: restore it from its backup."),
            ) from None
        return cls(path, roots, cover, salt, cost)

    def change(self, passphrase: str) -> None:
        """Put the same root keys under another passphrase. Raises: Invalid when it has fewer than 12 characters."""
        _long_enough(passphrase)
        self._salt = os.urandom(16)
        self._cover = _cover(passphrase, self._salt, self._cost)
        self._write()

    def rotate(self, *, after: int) -> int:
        """As in memory; a version made is on disk, under the same passphrase, before it is given."""
        before = self.versions
        version = super().rotate(after=after)
        if self.versions != before:
            self._write()
        return version

    def destroy(self, version: int) -> None:
        """Forget one version and write the file without it: what it wrapped is gone (NIST SP 800-88 Rev. 2, cryptographic erase)."""
        super().destroy(version)
        self._write()

    def _write(self) -> None:
        sealed = {}
        for version, root in self._roots.items():
            nonce = os.urandom(NONCE_BYTES)
            body = nonce + AESGCM(self._cover).encrypt(nonce, root, _header(version, self._salt, self._cost))
            sealed[str(version)] = b64encode(body).decode()
        content = {"havre_root": 1, "kdf": "argon2id", "cost": asdict(self._cost), "salt": b64encode(self._salt).decode(), "roots": sealed}
        replace_whole(self.path, content)


def replace_whole(path: Path, content: dict[str, Any]) -> None:
    """Write a small JSON file that is there whole or not at all: beside, on disk, then renamed over. Mode 0600."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = path.with_suffix(".new")
    beside.unlink(missing_ok=True)
    descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "w") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _not_there(path: Path) -> None:
    if path.exists():
        raise KeyFault(
            _("There is a key file already: %(path)s.") % {"path": path},
            _("Keep it: without it nothing that was sealed can be opened."),
        )


def read_private(path: Path) -> bytes:
    """The bytes of a secret file of ours. Raises: KeyFault when it is missing, another's, or others may read or write it."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        raise KeyFault(
            _("The file %(path)s cannot be read: %(why)s.") % {"path": path, "why": error.strerror},
            _("Restore it from its backup, or give its right place; on a new instance make one with `havre keys make`."),
        ) from None
    with os.fdopen(descriptor, "rb") as file:
        about = os.fstat(file.fileno())
        if about.st_uid != os.geteuid() or about.st_mode & (stat.S_IRWXG | stat.S_IRWXO):
            raise KeyFault(
                _("The file %(path)s is open to others (mode %(mode)s).") % {"path": path, "mode": oct(stat.S_IMODE(about.st_mode))},
                _("Give it to the service's own account with mode 0600, and change the passphrase if others may have read it."),
            )
        return file.read()


def _read(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(read_private(path))
    except ValueError:
        raise _damaged(path) from None
    if not isinstance(content, dict) or content.get("havre_root") != 1 or content.get("kdf") != "argon2id":
        raise _damaged(path)
    return content


def _cost(said: dict[str, int]) -> Cost:
    cost = Cost(**said)
    # a damaged number must not ask for more memory than any machine has
    if not (0 < int(cost.passes) <= 64 and 8 <= int(cost.memory) <= 1 << 22 and 0 < int(cost.lanes) <= 64):
        raise ValueError(cost)
    return cost


def _damaged(path: Path) -> KeyFault:
    return KeyFault(_("The file %(path)s is no key file, or is damaged.") % {"path": path}, _("Restore it from its backup."))


def _long_enough(passphrase: str) -> None:
    if len(passphrase) < PASSPHRASE_LETTERS:
        raise Invalid(_("The passphrase needs at least %(letters)s characters: five or six words do.") % {"letters": PASSPHRASE_LETTERS})


def _cover(passphrase: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(passphrase.encode(), salt, cost.passes, cost.memory, cost.lanes, KEY_BYTES, Type.ID)


def _header(version: int, salt: bytes, cost: Cost) -> bytes:
    return b"havre root %d|%d|%d|%d|" % (version, cost.passes, cost.memory, cost.lanes) + salt
