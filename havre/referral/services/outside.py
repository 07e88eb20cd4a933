"""Referral to a service without an account: a file sealed to its verified key, or a printed letter whose code opens a page once.

What travels is an allow-list with a fresh id. No name of staff, no reference, no number of ours is in it.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import pyrage
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import ReferralOutcome, ReferralStatus, Way
from havre.referral.models import Bundle, Letter, OutsideKey, Referral
from havre.referral.services.closing import close_parcels
from havre.referral.services.steps import mine, record, stop
from havre.referral.workflow import ACKNOWLEDGE, ANSWER, FEEDBACK, FOLLOW_UP, REFERRAL, SENDERS
from havre.trust import audit, clocks, identity
from havre.trust.accounts import slowing
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.models import Membership, Organisation, Seal

# what may travel, and nothing else; the test plants a sentinel in every other column
ALLOWED = ("need", "age_band", "language", "region", "urgent")
NAMES = ("prs_FirstName", "prs_SecondName")
FORMAT = "havre-referral/1"
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
CODE_LENGTH, FACTOR_LENGTH = 12, 6


@dataclass(frozen=True, slots=True)
class Sealed:
    """A bundle's row and its bytes, which are kept nowhere."""

    bundle: Bundle
    content: bytes

    @property
    def name(self) -> str:
        """A file name that says nothing."""
        return f"copy-{str(self.bundle.pk)[-8:]}.age"


@dataclass(frozen=True, slots=True)
class Printed:
    """A letter's row, the code to print and the factor to tell by telephone. Shown once; kept nowhere."""

    letter: Letter
    code: str
    factor: str

    @property
    def pk(self) -> UUID:
        return self.letter.pk


@trust.act("outside.key")
def record_key(*, organisation_id: UUID, public_key: str, by: Actor) -> OutsideKey:
    """Record the age public key of a service without an account; an earlier one ends. It serves once somebody else has verified it.

    Raises: Refused (403) for a role that refers nobody; (409) for a service that has accounts; Invalid for what is no age key.
    """
    _refers(by)
    organisation = Organisation.objects.filter(pk=organisation_id, active=True).first()
    if organisation is None:
        raise Missing
    if Membership.objects.filter(organisation=organisation, ended_at=None).exists():
        raise Refused((_("this service has accounts: refer to it on Havre"),))
    try:
        pyrage.x25519.Recipient.from_str(public_key.strip())
    except pyrage.RecipientError:
        raise Invalid({"public_key": [_("this is no age public key: it begins with “age1” and has 62 characters")]}) from None
    OutsideKey.objects.filter(organisation=organisation, ended_at=None).update(ended_at=by.at)
    made = OutsideKey(organisation=organisation, public_key=public_key.strip(), recorded_by=by.user, recorded_at=by.at)
    made.save(force_insert=True)
    audit.record(event="outside.key", by=by, subject=organisation.pk)
    return made


def fingerprint(key: OutsideKey) -> str:
    """What the service reads aloud on the telephone: 20 hex digits of the key's digest, in groups of four."""
    digest = hashlib.sha256(key.public_key.encode()).hexdigest()[:20]
    return " ".join(digest[start : start + 4] for start in range(0, 20, 4))


@trust.act("outside.verify")
def verify_key(*, key_id: UUID, said: str, by: Actor) -> OutsideKey:
    """A second person confirms the key with the fingerprint that the service read aloud.

    Raises: Missing; Refused (403) for the one who recorded it; Invalid when the words differ.
    """
    _refers(by)
    key = OutsideKey.objects.select_for_update().filter(pk=key_id, ended_at=None, verified_at=None).first()
    if key is None:
        raise Missing
    if key.recorded_by_id == by.user.pk:
        raise Refused((_("a second person verifies it: ask a colleague"),), status=403)
    if not constant_time_compare("".join(said.lower().split()), fingerprint(key).replace(" ", "")):
        raise Invalid({"said": [_("this is not the key that was recorded: do not use it, record it again with the service")]})
    key.verified_by, key.verified_at = by.user, by.at
    key.save(update_fields=["verified_by", "verified_at"])
    audit.record(event="outside.verify", by=by, subject=key.organisation_id)
    return key


@trust.act("outside.bundle")
def make_bundle(*, referral_id: UUID, by: Actor) -> Sealed:
    """Seal the minimum package to the service's verified key. A name goes only where identity was consented to and the factor is fresh.

    Raises: Missing; Refused without a verified key, a live basis, or where the referral does not go by file.
    """
    referral = _going(referral_id, Way.BUNDLE, by)
    key = OutsideKey.objects.filter(organisation_id=referral.receiver_id, ended_at=None).first()
    if key is None or key.verified_at is None:
        raise Refused((_("the service's key is not recorded, or nobody has verified it by telephone yet"),))
    made = Bundle(pk=new_id(), case_id=referral.case_id, referral=referral, key=key, made_at=by.at, made_by=by.user, ends_at=_end(referral))
    content = {**package(referral, made.pk, made_at=by.at), **_names(referral, by)}
    sealed = pyrage.encrypt(_bytes(content), [pyrage.x25519.Recipient.from_str(key.public_key)])
    made.sha256 = hashlib.sha256(sealed).hexdigest()
    made.save(force_insert=True)
    record(referral, "bundle", by, {"sha256": made.sha256})
    return Sealed(made, sealed)


@trust.act("outside.letter")
def print_letter(*, referral_id: UUID, by: Actor) -> Printed:
    """Make the letter of a referral: an earlier one closes. The code is printed, the factor is told apart; neither is kept.

    Raises: Missing; Refused without a live basis, or where the referral does not go by letter.
    """
    referral = _going(referral_id, Way.LETTER, by)
    close_parcels(referral, at=by.at)
    code = "".join(secrets.choice(_ALPHABET) for _n in range(CODE_LENGTH))
    factor = "".join(secrets.choice("0123456789") for _n in range(FACTOR_LENGTH))
    made = Letter(pk=new_id(), case_id=referral.case_id, referral=referral, made_at=by.at, made_by=by.user, ends_at=_end(referral))
    made.code_digest, made.factor_digest = _digest("code", code), _digest(str(made.pk), factor)
    made.body = _seal(_bytes(package(referral, made.pk, made_at=by.at)), _key(made.pk, code, factor), made.pk)
    made.save(force_insert=True)
    record(referral, "letter", by, {})
    return Printed(made, "-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4)), factor)


def package(referral: Referral, parcel_id: UUID, *, made_at: datetime) -> dict[str, Any]:
    """What travels: the allow-list, a fresh id, whom to answer, and until when the person agreed."""
    return {
        "format": FORMAT,
        "id": str(parcel_id),
        "made_on": made_at.date().isoformat(),
        "from": referral.sender.name,
        "until": _end(referral).date().isoformat(),
        "basis": "consent" if referral.consent_id else "vital_interest",
        **{name: getattr(referral, name) for name in ALLOWED},
    }


def _names(referral: Referral, by: Actor) -> dict[str, Any]:
    if not Section(referral.sections) & Section.IDENTITY or referral.consent_id is None:
        return {}
    body = identity.read_one(by=by, case_id=referral.case_id, person_id=referral.person_id, section=Section.IDENTITY) or {}
    return {"name": {name: body[name] for name in NAMES if body.get(name)}}


def open_letter(*, code: str, factor: str, at: datetime) -> tuple[UUID, bytes, dict[str, Any]]:
    """Open a letter, once, by its code and its factor: (letter, key for this browser, content). Each opening is in the audit chain.

    Raises: Missing for every wrong, used, closed or ended pair alike; Refused (429) after five wrong factors in a row.
    """
    plain = _plain(code)
    counted = slowing.key_of("referral.letter", _digest("code", plain))
    # its own transaction: a try that turns out wrong stays counted
    slowing.claim(counted, at=at)
    with transaction.atomic():
        letter = _letters().filter(code_digest=_digest("code", plain)).first()
        if letter is None or not constant_time_compare(letter.factor_digest, _digest(str(letter.pk), factor.strip())):
            raise Missing
        if letter.opened_at is not None or letter.closed_at is not None or letter.ends_at <= at:
            raise Missing
        slowing.passed(counted)
        key = _key(letter.pk, plain, factor.strip())
        letter.opened_at = at
        return letter.pk, key, _opened(letter, key, at)


@transaction.atomic
def read_letter(*, letter_id: UUID, key: bytes, at: datetime) -> dict[str, Any]:
    """The page again, in the browser that opened it, until the end. Raises: Missing once it is closed, over, or the key is another's."""
    letter = _letters().filter(pk=letter_id).first()
    if letter is None or letter.opened_at is None or letter.closed_at is not None or letter.ends_at <= at:
        raise Missing
    return _opened(letter, key, at)


def _letters() -> Any:
    """Every letter but those of a sealed case, which is absent here too."""
    sealed = Seal.objects.filter(case_id=OuterRef("case_id"), ended_at=None)
    return Letter.objects.for_house("offers").filter(~Exists(sealed)).select_for_update(of=("self",)).select_related("referral")


def _opened(letter: Letter, key: bytes, at: datetime) -> dict[str, Any]:
    try:
        content: dict[str, Any] = json.loads(AESGCM(key).decrypt(letter.body[:12], bytes(letter.body[12:]), letter.pk.bytes))
    except (InvalidTag, ValueError):
        raise Missing from None
    letter.openings += 1
    letter.save(update_fields=["opened_at", "openings"])
    referral = letter.referral
    audit.record_errand(
        event="letter.open", user_id=letter.made_by_id, organisation_id=referral.receiver_id, role=Role(referral.receiver_role), at=at,
        subject=referral.person_id, codes={"openings": letter.openings},
    )  # fmt: skip
    return content


@trust.act("referral.outside_answer")
def answer_outside(*, referral_id: UUID, accepted: bool, by: Actor, reason: str = "") -> Referral:
    """Write down what the service answered by telephone. Raises: Missing; Refused, also without a listed reason for a no."""
    referral = mine(referral_id, by)
    step = "accepted_outside" if accepted else "declined_outside"
    referral.decline_reason = "" if accepted else reason
    checked = REFERRAL.check(referral, move=step, by=by)
    referral.status, referral.answered_at, referral.answered_by = checked.end, by.at, by.user
    referral.ends_at = _end(referral) if accepted else None
    referral.save()
    if not accepted:
        close_parcels(referral, at=by.at)
    for rule in (ACKNOWLEDGE, ANSWER):
        stop(referral, rule, by)
    record(referral, step, by, checked.codes, reason=referral.decline_reason)
    return referral


@trust.act("referral.outside_end")
def end_outside(*, referral_id: UUID, outcome: str, by: Actor) -> Referral:
    """Write down the outcome that the service told; its letter closes. Raises: Missing; Refused; Invalid for an outcome not listed."""
    referral = mine(referral_id, by)
    if outcome and outcome not in ReferralOutcome.values:
        raise Invalid({"outcome": [_("choose an outcome from the list")]})
    referral.outcome = outcome
    checked = REFERRAL.check(referral, move="ended_outside", by=by)
    referral.status, referral.ended_at = checked.end, by.at
    referral.save()
    close_parcels(referral, at=by.at)
    for rule in (FEEDBACK, FOLLOW_UP):
        clocks.start(rule, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    record(referral, "ended_outside", by, checked.codes, reason=outcome)
    return referral


def _going(referral_id: UUID, way: Way, by: Actor) -> Referral:
    referral = mine(referral_id, by)
    if referral.way != way or referral.status not in {ReferralStatus.OFFERED, ReferralStatus.ACCEPTED}:
        raise Refused((_("this referral does not go that way, or is over"),))
    if not referral.has_basis(at=by.at):
        raise Refused((_("the person's consent no longer stands: ask again before going on"),))
    return referral


def _refers(by: Actor) -> None:
    if by.role not in SENDERS:
        raise Refused((_("your role may not do that here"),), status=403)


def _end(referral: Referral) -> datetime:
    ends = [referral.asked_until]
    return min([*ends, referral.consent.ends_at] if referral.consent else ends)


def _plain(code: str) -> str:
    return "".join(code.upper().translate(str.maketrans("OIL", "011", " -")).split())


def _digest(salt: str, words: str) -> str:
    return salted_hmac("havre.referral.letter", f"{salt}\0{words}", algorithm="sha256").hexdigest()


def _key(letter_id: UUID, code: str, factor: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=letter_id.bytes, info=b"havre.referral.letter").derive(
        f"{code}\0{factor}".encode()
    )


def _seal(content: bytes, key: bytes, letter_id: UUID) -> bytes:
    nonce = secrets.token_bytes(12)
    return nonce + AESGCM(key).encrypt(nonce, content, letter_id.bytes)


def _bytes(content: dict[str, Any]) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False).encode()
