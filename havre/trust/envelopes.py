"""The door to what phones and partners seal to this instance: its public key for everyone, its opening for the service that takes it in."""

from __future__ import annotations

from uuid import UUID

from havre.trust.models import ServerKey
from havre.trust.vault import server_keys
from havre.trust.vault.server_keys import Published, seal_to  # noqa: F401 (a partner's software and the tests seal as a phone does)


def public_key() -> Published:
    """The present public keys and their version; no vault need be open. Raises: KeyFault (503) when the instance has none yet."""
    return server_keys.published()


def make_ready() -> None:
    """Give the instance its first keys for phones and partners, once, while the vault is open. Raises: KeyFault (503) when it is locked."""
    if not ServerKey.objects.exists():
        server_keys.rotate()


def opened(envelope: bytes, *, number: UUID) -> bytes:
    """What was sealed under this number, by whichever version of the key the phone knew.

    Raises: Invalid when it was altered, cut short, is no envelope or stands beside another number; KeyFault (503) when the vault is locked.
    """
    return server_keys.open_envelope(envelope, bound=str(number).encode())
