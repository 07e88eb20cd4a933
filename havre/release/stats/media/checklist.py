"""The list for what no machine can judge: every human rule, each answered by a named person, signed over the very file."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from havre.release.stats.errors import BadTable
from havre.standards.library import library

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

Answer = Literal["yes", "no", "not applicable"]
FORMAT = "havre checklist 1"


@dataclass(frozen=True, slots=True)
class Question:
    """One rule that a person answers for: `id`, whether a "no" blocks, and its words in both languages."""

    id: str
    blocks: bool
    fr: str
    en: str


def questions() -> tuple[Question, ...]:
    """The rules of media_rules.yaml that no machine can judge, in the file's order.

    Source: EJN & ICMPD 2017, Media and Trafficking in Human Beings Guidelines; UNICEF, ethical reporting on children (as restated in
    media_rules.yaml).
    """
    return tuple(
        Question(rule.id, rule.effect == "block", rule.rule.fr, rule.rule.en)
        for rule in library().media_rules.rules
        if rule.check == "human"
    )


def sign(content: bytes, answers: Mapping[str, Answer], *, by: str, at: str, key: Ed25519PrivateKey) -> dict[str, Any]:
    """A signed checklist for one file.

    Args: content, the file's bytes; answers to every question; by, the reviewer's id; at, an ISO moment.
    Raises: BadTable when an answer is missing, foreign, or a blocking rule is answered "no": then the file is mended, not signed.
    """
    asked = questions()
    missing = [one.id for one in asked if answers.get(one.id) not in ("yes", "no", "not applicable")]
    foreign = sorted(set(answers) - {one.id for one in asked})
    if missing or foreign or not by.strip():
        raise BadTable(
            f"answer every question with yes, no or not applicable (missing: {missing}, unknown: {foreign}) and give the reviewer"
        )
    broken = [one.id for one in asked if one.blocks and answers[one.id] == "no"]
    if broken:
        raise BadTable(f"{', '.join(broken)} answered no: mend the file first; these rules allow no exception")
    body = {
        "format": FORMAT,
        "rules": library().media_rules.version,
        "file": hashlib.sha256(content).hexdigest(),
        "answers": {one.id: answers[one.id] for one in asked},
        "by": by,
        "at": at,
    }
    raw = key.public_key().public_bytes_raw()
    signed = {"public_key": base64.b64encode(raw).decode(), "signature": base64.b64encode(key.sign(_bytes(body))).decode()}
    return {**body, **signed}


def holds(checklist: Mapping[str, Any], content: bytes, *, public_key: bytes | None = None) -> bool:
    """Whether a checklist is whole, about this very file, and signed (by `public_key`, 32 raw bytes, where given).

    Source: Ed25519, RFC 8032 (2017); SHA-256, NIST FIPS 180-4, 2015.
    """
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    body = {name: value for name, value in checklist.items() if name not in ("public_key", "signature")}
    try:
        raw, signature = (base64.b64decode(checklist[name], validate=True) for name in ("public_key", "signature"))
        Ed25519PublicKey.from_public_bytes(raw).verify(signature, _bytes(body))
    except (KeyError, ValueError, TypeError, InvalidSignature):
        return False
    same = body.get("file") == hashlib.sha256(content).hexdigest() and body.get("format") == FORMAT
    whole = set(body.get("answers", {})) == {one.id for one in questions()}
    return same and whole and (public_key is None or public_key == raw)


def _bytes(body: Mapping[str, Any]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()
