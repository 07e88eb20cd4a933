"""The key that signs checkpoints. Whoever keeps keys for the house may offer another provider."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from django.conf import settings

from havre.trust.audit.verify_chain import fingerprint


class SigningKey(Protocol):
    """Signs a checkpoint; never gives the private key away."""

    def sign(self, message: bytes) -> bytes:
        """The signature over these bytes: Ed25519, 64 bytes (RFC 8032). Raises: OSError when the key cannot be read."""

    def public(self) -> bytes:
        """The public half, 32 bytes raw (RFC 8032)."""


class FileSigningKey:
    """An Ed25519 key in one file that only its owner may read (0600), made at first need; its public half lies beside it.

    Raises: PermissionError when others may read the file, ValueError when it holds another kind of key.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def sign(self, message: bytes) -> bytes:
        return self._private().sign(message)

    def public(self) -> bytes:
        return self._private().public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def _private(self) -> Ed25519PrivateKey:
        if not self._path.exists():
            self._make()
        if self._path.stat().st_mode & 0o077:
            raise PermissionError(f"{self._path}: others may read the signing key; `chmod 600` it and have it replaced")
        key = load_pem_private_key(self._path.read_bytes(), password=None)
        if not isinstance(key, Ed25519PrivateKey):
            raise ValueError(f"{self._path}: not an Ed25519 key")
        return key

    def _make(self) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = Ed25519PrivateKey.generate()
        draft = self._path.with_name(f"{self._path.name}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(draft, self._path)  # whole or not at all; of two processes one wins
        except FileExistsError:
            return
        finally:
            draft.unlink()
        self._path.with_name(f"{self._path.name}.pub").write_bytes(public_pem(key.public_key().public_bytes_raw()))


_provider: SigningKey | None = None


def use_signing_key(provider: SigningKey | None) -> None:
    """Sign with this provider from now on; None goes back to the file in the data folder."""
    global _provider
    _provider = provider


def signing_key() -> SigningKey:
    """The provider in force."""
    return _provider or FileSigningKey(Path(settings.HAVRE_HOME) / "audit_key")


def public_pem(public: bytes) -> bytes:
    """The 32 bytes of a public key as PEM, the form that the verifier reads."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    return Ed25519PublicKey.from_public_bytes(public).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def key_name(public: bytes) -> str:
    """The short name under which checkpoints cite a key."""
    return fingerprint(public)
