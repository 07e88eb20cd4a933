"""Security keys and passkeys, with a software key that signs as a real one does (W3C WebAuthn level 2, 6.3)."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import pytest
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from django.test import Client
from fido2 import cbor
from fido2.cose import ES256
from fido2.utils import websafe_encode

from havre.trust.accounts import rules
from havre.trust.enums import Role
from havre.trust.middleware import SESSION_FACTOR
from tests.factories_accounts import PASSPHRASE, age, person, sign_in

# flags: user present, user verified, attested data
PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40
pytestmark = pytest.mark.django_db(transaction=True, databases="__all__")


@dataclass
class SoftKey:
    """A key in memory: makes a credential, then signs challenges with it."""

    origin: str = "https://testserver"
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    identity: bytes = b"soft-key-identity-0001"
    count: int = 0

    def _data(self, flags: int, attested: bytes = b"") -> bytes:
        self.count += 1
        return sha256(b"testserver").digest() + struct.pack(">BI", flags, self.count) + attested

    def _client(self, kind: str, options: dict) -> bytes:
        return json.dumps({"type": f"webauthn.{kind}", "challenge": options["challenge"], "origin": self.origin}).encode()

    def create(self, options: dict) -> str:
        public = cbor.encode(dict(ES256.from_cryptography_key(self.private.public_key())))
        attested = bytes(16) + struct.pack(">H", len(self.identity)) + self.identity + public
        data = self._data(PRESENT | VERIFIED | ATTESTED, attested)
        made = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        return self._answer(self._client("create", options), attestationObject=websafe_encode(made))

    def get(self, options: dict, *, flags: int = PRESENT | VERIFIED, user=None) -> str:
        data, words = self._data(flags), self._client("get", options)
        signature = self.private.sign(data + sha256(words).digest(), ec.ECDSA(SHA256()))
        more = {"userHandle": websafe_encode(user_pk_to_url_str(user).encode())} if user else {}
        return self._answer(words, authenticatorData=websafe_encode(data), signature=websafe_encode(signature), **more)

    def _answer(self, words: bytes, **response: str) -> str:
        name = websafe_encode(self.identity)
        found = {"clientDataJSON": websafe_encode(words), **response}
        return json.dumps({"id": name, "rawId": name, "type": "public-key", "response": found, "clientExtensionResults": {}})


def add(client, key):
    options = client.get("/accounts/factors/keys/add/").context["js_data"]["creation_options"]["publicKey"]
    return client.post("/accounts/factors/keys/add/", {"name": "key ring", "credential": key.create(options)})


def enter(client, user):
    return client.post("/accounts/login/", {"login": user.username, "password": PASSPHRASE})


def options_of(page):
    return page.context["js_data"]["request_options"]["publicKey"]


@pytest.fixture
def job(client):
    return person(enrolled=False)


@pytest.fixture
def key(client, job):
    made = SoftKey()
    enter(client, job.user)
    assert add(client, made).url == "/accounts/factors/codes/"
    return made


def signed_in(client):
    return "_auth_user_id" in client.session


def test_enrolling_a_key_opens_the_house(client, job, key):
    assert rules.has_factor(job.user)
    assert client.get("/").context["actor"].factor_is_fresh


def test_key_is_the_second_step(job, key):
    other = Client()
    assert enter(other, job.user).url == "/accounts/second-step/"
    page = other.get("/accounts/second-step/")
    assert other.post("/accounts/second-step/", {"credential": key.get(options_of(page))}).url == "/"
    assert other.get("/").context["actor"].factor_is_fresh


def test_answer_to_another_challenge_is_refused(job, key):
    other = Client()
    enter(other, job.user)
    old = key.get(options_of(other.get("/accounts/second-step/")))
    other.get("/accounts/second-step/")
    assert other.post("/accounts/second-step/", {"credential": old}).status_code == 422
    assert not signed_in(other)


def test_signature_of_another_key_is_refused(job, key):
    other, thief = Client(), SoftKey()
    enter(other, job.user)
    page = other.get("/accounts/second-step/")
    assert other.post("/accounts/second-step/", {"credential": thief.get(options_of(page))}).status_code == 422
    assert not signed_in(other)


def test_answer_for_another_site_is_refused(job, key):
    other = Client()
    enter(other, job.user)
    page = other.get("/accounts/second-step/")
    key.origin = "https://testserver.example"
    assert other.post("/accounts/second-step/", {"credential": key.get(options_of(page))}).status_code == 422


def test_key_confirms_again_before_what_is_protected(client, job, key):
    age(client, SESSION_FACTOR, by=timedelta(minutes=6))
    page = client.get("/accounts/confirm/?next=/emergency/")
    assert client.post("/accounts/confirm/", {"credential": key.get(options_of(page)), "next": "/emergency/"}).url == "/emergency/"
    assert client.get("/").context["actor"].factor_is_fresh


def test_passkey_signs_in_alone_when_it_verified_its_owner(job, key):
    other = Client()
    options = other.get("/accounts/passkey/", headers={"accept": "application/json"}).json()["request_options"]["publicKey"]
    assert other.post("/accounts/passkey/", {"credential": key.get(options, user=job.user)}).url == "/"
    assert other.get("/").context["actor"].factor_is_fresh


def test_passkey_that_did_not_verify_its_owner_does_not_sign_in(job, key):
    other = Client()
    options = other.get("/accounts/passkey/", headers={"accept": "application/json"}).json()["request_options"]["publicKey"]
    other.post("/accounts/passkey/", {"credential": key.get(options, flags=PRESENT, user=job.user)})
    assert not signed_in(other)


def test_broken_answers_are_refused_without_an_error(job, key):
    other = Client()
    enter(other, job.user)
    for broken in ("", "{}", "null", "[]", '{"id": "x"}', '"words"', "not json"):
        other.get("/accounts/second-step/")
        assert other.post("/accounts/second-step/", {"credential": broken}).status_code == 422, broken


def test_broken_passkey_answers_are_refused_without_an_error(job, key):
    other = Client()
    for broken in ("", "{}", "null", "[]", '{"id": "x"}', '"words"', "not json"):
        other.get("/accounts/passkey/", headers={"accept": "application/json"})
        assert other.post("/accounts/passkey/", {"credential": broken}).status_code == 302, broken
        assert not signed_in(other)


def test_many_colleagues_behind_one_address_sign_in_within_a_minute(job, key):
    for _nth in range(12):
        other = Client()
        options = other.get("/accounts/passkey/", headers={"accept": "application/json"}).json()["request_options"]["publicKey"]
        assert other.post("/accounts/passkey/", {"credential": key.get(options, user=job.user)}).url == "/"


def test_broken_new_key_is_refused_without_an_error(client, job, key):
    for broken in ("", "{}", "null", "[]", '{"id": "x"}', '"words"', "not json"):
        client.get("/accounts/factors/keys/add/")
        assert client.post("/accounts/factors/keys/add/", {"name": "x", "credential": broken}).status_code == 200, broken
    assert Authenticator.objects.filter(user=job.user, type="webauthn").count() == 1


def test_last_key_of_whoever_needs_a_factor_stays(client, job, key):
    row = Authenticator.objects.get(user=job.user, type="webauthn")
    page = client.post(f"/accounts/factors/keys/{row.pk}/remove/")
    assert page.status_code == 409
    assert rules.has_factor(job.user)


def test_second_key_can_be_removed_and_somebody_elses_is_missing(client, job, key):
    add(client, SoftKey(identity=b"soft-key-identity-0002"))
    mine = Authenticator.objects.filter(user=job.user, type="webauthn").order_by("pk").last()
    other = person(Role.TRAINER)
    sign_in(visitor := Client(), other.user)
    assert visitor.post(f"/accounts/factors/keys/{mine.pk}/remove/").status_code == 404
    assert client.post(f"/accounts/factors/keys/{mine.pk}/remove/").url == "/accounts/factors/keys/"
    assert Authenticator.objects.filter(user=job.user, type="webauthn").count() == 1
