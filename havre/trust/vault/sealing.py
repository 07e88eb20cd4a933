"""Sealing and opening: one data key per person, AES-256-GCM per section, everything beside the body bound to it."""

from __future__ import annotations

import json
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils import timezone
from django.utils.translation import gettext as _

from havre.trust.enums import Section
from havre.trust.errors import Invalid
from havre.trust.models import SealedSection
from havre.trust.vault import person_keys
from havre.trust.vault.custody import NONCE_BYTES
from havre.trust.vault.faults import Tampered

BUCKET = 64
_LENGTH, _VERSION = struct.Struct(">I"), struct.Struct(">H")


@dataclass(frozen=True, slots=True)
class Plain:
    """What is to be sealed. `repr` leaves the body out, so that no log or traceback shows it."""

    person_id: UUID
    case_id: UUID
    section: Section
    kind: str
    record_id: UUID
    body: dict[str, Any] = field(repr=False)
    schema_version: int = 1


def seal(plain: Sequence[Plain]) -> list[SealedSection]:
    """Seal a batch; the caller saves the rows.

    Keys that are missing are made and *committed* before this returns: a kill between leaves a key without a section, which a sweep
    removes, never a section without a key.
    Raises: KeyFault when the vault is locked; Refused when one of the persons was erased; Invalid for a body that is not JSON.
    """
    keys = person_keys.ready([one.person_id for one in plain])
    now = timezone.now()
    ciphers = {person: (AESGCM(key.key), key.version) for person, key in keys.items()}
    return [_sealed(one, *ciphers[one.person_id], now) for one in plain]


def seal_bytes(place: Plain, data: bytes) -> bytes:
    """A file's bytes, sealed for the place that `place` names (its body is not used); the key is on disk before this returns."""
    key = person_keys.ready([place.person_id])[place.person_id]
    nonce, head = os.urandom(NONCE_BYTES), _VERSION.pack(key.version)
    return head + nonce + AESGCM(key.key).encrypt(nonce, _filled(data), b"file" + _place(place, key.version))


def open_bytes(place: Plain, sealed: bytes) -> bytes:
    """The bytes again. Raises: KeyFault; Tampered when the file was altered, cut short or belongs elsewhere."""
    key = person_keys.fetch([place.person_id]).get(place.person_id)
    if key is None:
        raise person_keys.no_key(place.person_id)
    body = sealed[_VERSION.size :]
    try:
        (version,) = _VERSION.unpack_from(sealed)
        return _emptied(AESGCM(key.key).decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], b"file" + _place(place, version)))
    except (InvalidTag, ValueError, struct.error):
        raise Tampered(
            _("The sealed file of record %(row)s does not open where it stands.") % {"row": place.record_id},
            _("It was damaged, or moved from another person or case: restore it from the last good backup, and report it."),
        ) from None


def _sealed(plain: Plain, cipher: AESGCM, key_version: int, now: datetime) -> SealedSection:
    nonce = os.urandom(NONCE_BYTES)
    return SealedSection(
        case_id=plain.case_id,
        person_id=plain.person_id,
        section_bit=int(plain.section),
        kind=plain.kind,
        record_id=plain.record_id,
        body=nonce + cipher.encrypt(nonce, padded(plain.body), _place(plain, key_version)),
        key_version=key_version,
        schema_version=plain.schema_version,
        updated_at=now,
    )


def open_(sealed: SealedSection) -> dict[str, Any]:
    """What a row holds. Raises: KeyFault when locked or the key is gone; Tampered when the row was altered or moved."""
    return open_many([sealed])[0]


def open_many(sealed: Iterable[SealedSection]) -> list[dict[str, Any]]:
    """What several rows hold, in their order; the keys are fetched together. Nothing of it is kept."""
    rows = list(sealed)
    keys = person_keys.fetch({row.person_id for row in rows})
    ciphers = {person: AESGCM(key.key) for person, key in keys.items()}
    return [_opened(row, ciphers.get(row.person_id)) for row in rows]


def _opened(row: SealedSection, cipher: AESGCM | None) -> dict[str, Any]:
    if cipher is None:
        raise person_keys.no_key(row.person_id)
    body = bytes(row.body)
    bound = _bound(row.case_id, row.person_id, row.section_bit, row.kind, row.record_id, row.schema_version, row.key_version)
    try:
        return unpadded(cipher.decrypt(body[:NONCE_BYTES], body[NONCE_BYTES:], bound))
    except (InvalidTag, ValueError):
        raise Tampered(
            _("The sealed row %(row)s does not open where it stands.") % {"row": row.pk},
            _("It was damaged, or moved from another person or case: restore it from the last good backup, and report it."),
        ) from None


def _place(plain: Plain, key_version: int) -> bytes:
    bit = int(plain.section)
    return _bound(plain.case_id, plain.person_id, bit, plain.kind, plain.record_id, plain.schema_version, key_version)


def _bound(case: UUID, person: UUID, bit: int, kind: str, record: UUID, schema: int, key: int) -> bytes:
    # the case is bound as well: the policy decides by the row's case, so a row moved to another case must not open there
    return b"havre section\x00" + case.bytes + person.bytes + record.bytes + struct.pack(">HHH", bit, schema, key) + kind.encode()


def padded(body: dict[str, Any]) -> bytes:
    """The body as JSON in UTF-8, its length before it, filled with zeros to a multiple of 64 bytes, so that length says little.

    Raises: Invalid for what is not plain data.
    """
    try:
        words = _ENCODE(body).encode()
    except (TypeError, ValueError) as error:
        raise Invalid(_("What is to be sealed is not plain data: %(why)s.") % {"why": type(error).__name__}) from None
    return _filled(words)


def unpadded(filled: bytes) -> dict[str, Any]:
    """The body again."""
    return json.loads(_emptied(filled))


def _filled(words: bytes) -> bytes:
    return _LENGTH.pack(len(words)) + words + bytes(-(len(words) + _LENGTH.size) % BUCKET)


def _emptied(filled: bytes) -> bytes:
    (length,) = _LENGTH.unpack_from(filled)
    return filled[_LENGTH.size : _LENGTH.size + length]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(type(value).__name__)


_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain).encode
