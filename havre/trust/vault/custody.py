"""Who keeps the root key. Every custodian wraps and unwraps data keys; where the root lies is its own affair."""

from __future__ import annotations

import hmac
import json
import os
from abc import ABC, abstractmethod
from base64 import b64decode, b64encode
from collections.abc import Mapping
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.utils.translation import gettext as _

from havre.trust.vault.faults import KeyFault, Tampered

KEY_BYTES, NONCE_BYTES, CHECK_BYTES = 32, 12, 16


class KeyCustodian(ABC):
    """Wraps data keys under numbered root keys. A PKCS#11 token can stand behind it: no method gives a root key away but `roots`."""

    @property
    @abstractmethod
    def versions(self) -> tuple[int, ...]:
        """The root versions at hand, lowest first."""

    @abstractmethod
    def wrap(self, key: bytes, *, version: int, context: bytes) -> bytes:
        """The key, sealed under a root version and bound to `context`. Raises: KeyFault when that version is not at hand."""

    @abstractmethod
    def unwrap(self, wrapped: bytes | memoryview, *, version: int, context: bytes) -> bytes:
        """The key again. Raises: KeyFault; Tampered when version, context or bytes differ."""

    @abstractmethod
    def check_value(self, version: int) -> bytes:
        """16 bytes that tell this root key from another and say nothing else about it."""

    @abstractmethod
    def rotate(self, *, after: int) -> int:
        """Make (or find) a root version above `after`, safe on its medium before this returns; older ones stay. Gives the new version."""

    @abstractmethod
    def destroy(self, version: int) -> None:
        """Remove one root version from the medium: what is still wrapped under it can never be opened again."""

    def roots(self) -> Mapping[int, bytes]:
        """The root keys, to hand to a child process. Raises: KeyFault where they cannot leave their medium."""
        raise KeyFault(_("This custodian does not hand its root key on."), _("Each process must reach the custodian itself."))


class RootsInMemory(KeyCustodian):
    """Root keys that this process holds: handed over by its parent, made by a test, or the base of a custodian that reads a file."""

    def __init__(self, roots: Mapping[int, bytes]) -> None:
        self._hold(roots)

    def _hold(self, roots: Mapping[int, bytes]) -> None:
        if not roots or any(len(root) != KEY_BYTES for root in roots.values()):
            raise KeyFault(_("The root key is not 32 bytes long."), _("Restore the key file from its backup."))
        self._roots = MappingProxyType(dict(sorted(roots.items())))
        self._ciphers = {version: AESGCM(root) for version, root in self._roots.items()}

    @property
    def versions(self) -> tuple[int, ...]:
        """The versions of the root key at hand, oldest first."""
        return tuple(self._roots)

    def _cipher(self, version: int) -> AESGCM:
        cipher = self._ciphers.get(version)
        if cipher is None:
            raise KeyFault(
                _("Version %(version)s of the root key is not at hand.") % {"version": version},
                _("If the root key was rotated, restart the service; if not, restore the key file from its backup."),
            )
        return cipher

    def wrap(self, key: bytes, *, version: int, context: bytes) -> bytes:
        """A key wrapped under this version, bound to its context (AES-256-GCM, NIST SP 800-38D). Raises: KeyFault for an unknown version."""
        cipher, nonce = self._cipher(version), os.urandom(NONCE_BYTES)
        return nonce + cipher.encrypt(nonce, key, _bound(version, context))

    def unwrap(self, wrapped: bytes | memoryview, *, version: int, context: bytes) -> bytes:
        """The key again. Raises: KeyFault for an unknown version; Tampered for bytes or a context that do not fit."""
        cipher, sealed = self._cipher(version), bytes(wrapped)
        try:
            return cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], _bound(version, context))
        except (InvalidTag, ValueError):
            raise Tampered(
                _("A wrapped key does not open under the id it stands beside."),
                _("The keys' file was damaged or altered: restore keys.sqlite3 from its last good backup, and report it."),
            ) from None

    def check_value(self, version: int) -> bytes:
        """A value derived from a root that tells whether it is the right one (HKDF, RFC 5869). Raises: KeyFault for an unknown version."""
        self._cipher(version)
        return HKDF(SHA256(), CHECK_BYTES, salt=None, info=b"havre root check %d" % version).derive(self._roots[version])

    def rotate(self, *, after: int) -> int:
        """A version of the root newer than `after`, made now when there is none yet."""
        version = max(after, self.versions[-1])
        if version == after:
            version += 1
            self._hold({**self._roots, version: os.urandom(KEY_BYTES)})
        return version

    def destroy(self, version: int) -> None:
        """Forget one version of the root. Raises: KeyFault when it is the last."""
        self._hold({kept: root for kept, root in self._roots.items() if kept != version})

    def roots(self) -> Mapping[int, bytes]:
        """Version to root, for a handover to a child process."""
        return self._roots


def _bound(version: int, context: bytes) -> bytes:
    return b"havre key %d\x00" % version + context


def pack(roots: Mapping[int, bytes]) -> bytes:
    """Root keys as one line, for a pipe or a socket."""
    return json.dumps({str(version): b64encode(root).decode() for version, root in roots.items()}).encode() + b"\n"


def unpack(line: bytes) -> dict[int, bytes]:
    """The root keys in a line of `pack`. Raises: KeyFault when it is none."""
    try:
        return {int(version): b64decode(root, validate=True) for version, root in json.loads(line).items()}
    except (ValueError, AttributeError, TypeError):
        raise KeyFault(_("What came in place of the root key is not one."), _("Restart the service.")) from None


def same(first: bytes | memoryview, second: bytes | memoryview) -> bool:
    """Equality in constant time."""
    return hmac.compare_digest(bytes(first), bytes(second))
