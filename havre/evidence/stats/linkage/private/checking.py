"""The shared test vectors: fifty invented persons whose encoding both sides must agree on before real data moves."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np

from havre.evidence.stats.linkage.private.encoding import Hardening, encode
from havre.evidence.stats.linkage.private.keys import ExchangeKey
from havre.evidence.stats.linkage.private.persons import COLUMNS, People, people
from havre.evidence.stats.linkage.private.vector_persons import PERSONS


@dataclass(frozen=True, slots=True)
class Vectors:
    """`digest`, of the encoded vectors under the exchange's key; `normaliser`, of the normalised ones without any key: when only the first
    differs the keys do, when the second differs the versions do."""

    digest: str
    normaliser: str


def columns() -> dict[str, list[str]]:
    """The invented persons as columns of an input list."""
    named = {name: [row[place] for row in PERSONS] for place, name in enumerate(COLUMNS)}
    return {"record_id": [f"vector-{place:02}" for place in range(1, len(PERSONS) + 1)], **named}


def normaliser_digest(who: People) -> str:
    """SHA-256 of normalised records."""
    return hashlib.sha256(repr([getattr(who, name) for name in People.__slots__]).encode()).hexdigest()


def vectors(key: ExchangeKey, *, size: int, how: Hardening) -> Vectors:
    """Encode the vectors as an owner would. Both owners get the same, whatever their party: compare the digests by telephone or mail."""
    who = people(columns())
    made = encode(who, replace(key, party="vectors"), size=size, how=replace(how, least=0, dummies=0.0))
    total = hashlib.sha256(b"".join(made.pseudonym))
    for column in (made.known, made.record, made.rule, made.bucket, made.words):
        total.update(np.ascontiguousarray(column).tobytes())
    return Vectors(total.hexdigest(), normaliser_digest(who))
