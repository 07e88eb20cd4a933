"""The instance's own key pairs: phones seal what they save offline to P-256, partners to X25519 or to an age recipient.

An envelope is: one byte for the form, two for the key's version, the sender's ephemeral public key (65 or 32 bytes), a 12-byte nonce,
AES-256-GCM ciphertext. The key is HKDF-SHA-256 of the shared secret, salted with both public keys.
"""

from __future__ import annotations

import json
import os
import struct
from base64 import b64decode, b64encode, urlsafe_b64encode
from dataclasses import dataclass
from typing import Any

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec, x25519
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.trust.errors import Invalid
from havre.trust.models import ServerKey
from havre.trust.vault import unlocking
from havre.trust.vault.custody import KEY_BYTES, NONCE_BYTES
from havre.trust.vault.faults import KeyFault

P256, X25519 = 1, 2
_HEAD = struct.Struct(">BH")
_POINT = {P256: 65, X25519: 32}


@dataclass(frozen=True, slots=True)
class Published:
    """What may be shown to everyone: the version and three public keys."""

    version: int
    p256: bytes
    x25519: bytes
    age: str

    @property
    def jwk(self) -> dict[str, str]:
        """The P-256 key as WebCrypto imports it (RFC 7517)."""
        return {"kty": "EC", "crv": "P-256", "x": _base64url(self.p256[1:33]), "y": _base64url(self.p256[33:])}


def rotate() -> Published:
    """Make the next key pairs; earlier ones still open. Raises: KeyFault when the vault is locked."""
    curve, montgomery, age = ec.generate_private_key(ec.SECP256R1()), x25519.X25519PrivateKey.generate(), pyrage.x25519.Identity.generate()
    private = {
        "p256": b64encode(curve.private_numbers().private_value.to_bytes(32, "big")).decode(),
        "x25519": b64encode(montgomery.private_bytes_raw()).decode(),
        "age": str(age),
    }
    now = timezone.now()
    with transaction.atomic(using="keys", durable=True):
        last = ServerKey.objects.order_by("-version").first()
        number, root = (last.version if last else 0) + 1, unlocking.current_version()
        ServerKey.objects.filter(rotated_at=None).update(rotated_at=now)
        row = ServerKey.objects.create(
            version=number,
            p256_public=curve.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint),
            x25519_public=montgomery.public_key().public_bytes_raw(),
            age_recipient=str(age.to_public()),
            wrapped=unlocking.custodian(root).wrap(json.dumps(private).encode(), version=root, context=b"server %d" % number),
            root_version=root,
            made_at=now,
        )
    return _published(row)


def published() -> Published:
    """The present public keys, for the screening page and for partners; needs no open vault.

    Raises: KeyFault when the instance has none yet.
    """
    row = ServerKey.objects.filter(rotated_at=None).order_by("-version").first()
    if row is None:
        raise KeyFault(_("This instance has no key for phones yet."), _("Make one with `havre keys publish --new`."))
    if row.published_at is None:
        ServerKey.objects.filter(pk=row.pk, published_at=None).update(published_at=timezone.now())
    return _published(row)


def seal_to(key: Published, plain: bytes, *, bound: bytes, form: int = P256) -> bytes:
    """An envelope that only the instance opens, as a phone makes it; `bound` (the event's id) must be given again to open it."""
    if form == P256:
        mine = ec.generate_private_key(ec.SECP256R1())
        theirs, public = key.p256, mine.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        secret = mine.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    else:
        other = x25519.X25519PrivateKey.generate()
        theirs, public = key.x25519, other.public_key().public_bytes_raw()
        secret = other.exchange(x25519.X25519PublicKey.from_public_bytes(theirs))
    nonce, head = os.urandom(NONCE_BYTES), _HEAD.pack(form, key.version)
    return head + public + nonce + AESGCM(_derived(secret, public, theirs)).encrypt(nonce, plain, head + bound)


def open_envelope(envelope: bytes, *, bound: bytes) -> bytes:
    """What a phone or a partner sealed, under whichever version it knew.

    Raises: Invalid when it is no envelope, was altered, or stands beside another id: set it aside, never delete it. KeyFault when
    the vault is locked.
    """
    try:
        form, version = _HEAD.unpack_from(envelope)
        length = _POINT[form]
    except (struct.error, KeyError):
        raise Invalid(_("this is no sealed message of Havre")) from None
    start = _HEAD.size + length
    public, nonce, body = envelope[_HEAD.size : start], envelope[start : start + NONCE_BYTES], envelope[start + NONCE_BYTES :]
    private, row = _private(version)
    try:
        if form == P256:
            number = int.from_bytes(b64decode(private["p256"]), "big")
            point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), public)
            secret, ours = ec.derive_private_key(number, ec.SECP256R1()).exchange(ec.ECDH(), point), bytes(row.p256_public)
        else:
            key = x25519.X25519PrivateKey.from_private_bytes(b64decode(private["x25519"]))
            secret, ours = key.exchange(x25519.X25519PublicKey.from_public_bytes(public)), bytes(row.x25519_public)
        return AESGCM(_derived(secret, public, ours)).decrypt(nonce, body, envelope[: _HEAD.size] + bound)
    except (InvalidTag, ValueError):
        raise Invalid(_("this sealed message was altered, cut short or put beside another id")) from None


def open_age(sealed: bytes) -> bytes:
    """What a partner sealed to an age recipient of this instance. Raises: Invalid when none of our keys opens it; KeyFault when locked."""
    versions = ServerKey.objects.order_by("-version").values_list("version", flat=True)
    identities = [pyrage.x25519.Identity.from_str(_private(version)[0]["age"]) for version in versions]
    try:
        return pyrage.decrypt(sealed, identities)
    except pyrage.DecryptError:
        raise Invalid(_("this file was not sealed to this instance, or was altered")) from None


def _private(version: int) -> tuple[dict[str, Any], ServerKey]:
    row = ServerKey.objects.filter(pk=version).first()
    if row is None:
        raise Invalid(_("this message was sealed to key version %(version)s, which this instance never had") % {"version": version})
    custodian = unlocking.custodian(row.root_version)
    return json.loads(custodian.unwrap(row.wrapped, version=row.root_version, context=b"server %d" % version)), row


def _derived(secret: bytes, sender: bytes, receiver: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, salt=sender + receiver, info=b"havre envelope 1").derive(secret)


def _published(row: ServerKey) -> Published:
    return Published(row.version, bytes(row.p256_public), bytes(row.x25519_public), row.age_recipient)


def _base64url(number: bytes) -> str:
    return urlsafe_b64encode(number).rstrip(b"=").decode()
