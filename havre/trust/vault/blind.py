"""Blind indexes: keyed digests of compounds, so that the country can be searched for somebody who is already named."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction
from django.utils import timezone

from havre.trust.models import BlindIndex, IndexKey
from havre.trust.vault import names, unlocking
from havre.trust.vault.custody import KEY_BYTES

DIGEST_BYTES = 16
# where an identity's body keeps them: HTCDS 2.0 names first, then the register's own forms
NAME_FIELDS = ("prs_FirstName", "prs_MiddleName", "prs_SecondName", "prs_LastName", "prs_Surname")
ALIAS_FIELDS = ("prs_OtherNames", "aliases")
BIRTH_FIELDS = ("prs_Birthdate", "prs_BirthYear", "birth_year")
DOCUMENT_FIELDS = ("prs_IdentityNumber", "prs_PassportNumber", "prs_DocumentNumber", "documents")
PHONE_FIELDS = ("prs_MobilePhone", "prs_HomePhone", "prs_Phone", "phones")


class IndexKeys:
    """The HMAC keys of the indexes for one piece of work: unwrapped at first need, dropped with the object."""

    def __init__(self) -> None:
        self._keys: dict[str, bytes] = {}

    def digest(self, index: str, compound: str) -> bytes:
        """16 bytes. Raises: KeyFault when the vault is locked."""
        key = self._keys.get(index)
        if key is None:
            key = self._keys[index] = _key(index)
        return hmac.digest(key, compound.encode(), hashlib.sha256)[:DIGEST_BYTES]


def _key(index: str) -> bytes:
    row = IndexKey.objects.filter(pk=index).first()
    if row is None:
        with transaction.atomic(using="keys", durable=True):
            row = IndexKey.objects.filter(pk=index).first() or _make(index)
    custodian = unlocking.custodian(row.root_version)
    return custodian.unwrap(row.wrapped, version=row.root_version, context=index.encode())


def _make(index: str) -> IndexKey:
    # derived once from fresh random bytes and kept: were it derived from the root key, rotating that would lose every index
    key = HKDF(SHA256(), KEY_BYTES, salt=None, info=b"havre blind index " + index.encode()).derive(os.urandom(KEY_BYTES))
    version = unlocking.current_version()
    wrapped = unlocking.custodian(version).wrap(key, version=version, context=index.encode())
    return IndexKey.objects.create(index=index, wrapped=wrapped, root_version=version, made_at=timezone.now())


def whole_name(body: Mapping[str, Any]) -> str:
    """The name in an identity's body, first names first."""
    return " ".join(str(body[field]) for field in NAME_FIELDS if body.get(field))


def all_names(body: Mapping[str, Any]) -> list[str]:
    """The name and every other name by which the person is known."""
    return [name for name in (whole_name(body), *_several(body, ALIAS_FIELDS)) if name]


def compounds(body: Mapping[str, Any]) -> set[tuple[str, str]]:
    """(index, compound) pairs of an identity's body; never a name alone. Empty for a body that holds none."""
    found: set[tuple[str, str]] = set()
    years = {y for field in BIRTH_FIELDS if (y := names.year(body.get(field)))}
    for name in all_names(body):
        for one in years:
            found.update((BlindIndex.Index.NAME_YEAR.value, compound) for compound in name_year(name, one))
    found.update((BlindIndex.Index.DOCUMENT.value, n) for value in _several(body, DOCUMENT_FIELDS) if (n := names.document(value)))
    found.update((BlindIndex.Index.PHONE.value, n) for value in _several(body, PHONE_FIELDS) if (n := names.phone(value)))
    return found


def name_year(name: str, year: int) -> set[str]:
    """The compounds of a name with a year of birth: all its words, and the first with the last, each in alphabetical order.

    Order does not count, because first and family name change places between lists; a middle name may be missing.
    """
    words = names.tokens(name)
    if len(words) < 2:
        # one word and a year would name too many, and a list of frequent names would undo it
        return set()
    return {f"{' '.join(sorted(chosen))}|{year}" for chosen in (words, (words[0], words[-1]))}


def rows(identities: Iterable[tuple[UUID, UUID, Mapping[str, Any]]]) -> list[BlindIndex]:
    """The unsaved index rows of (person, case, identity body) triples."""
    keys = IndexKeys()
    return [
        BlindIndex(index=index, digest=keys.digest(index, compound), person_id=person, case_id=case)
        for person, case, body in identities
        for index, compound in sorted(compounds(body))
    ]


def _several(body: Mapping[str, Any], fields: Iterable[str]) -> list[str]:
    """The texts under several fields: a text, a list of texts, or a list of {"number": …}."""
    found = []
    for field in fields:
        value = body.get(field) or []
        for one in value if isinstance(value, list) else [value]:
            text = one.get("number") or one.get("name") or "" if isinstance(one, Mapping) else one
            if text:
                found.append(str(text))
    return found
