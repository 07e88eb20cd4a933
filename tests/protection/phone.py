"""What the tests of a phone share: an officer of an instance with a key, a form as the phone seals it, and a person with a number."""

import json
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from havre import trust
from havre.protection.models import IntakePerson, Screening
from havre.protection.services import intake, parcels
from havre.trust import envelopes
from havre.trust.enums import Role
from havre.trust.vault import server_keys
from tests.factories import make_actor
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

PHONE = "01a22300-0000-7000-8000-000000000001"
OTHER_PHONE = "01a22300-0000-7000-8000-000000000002"
FORM = {
    "form": "pocket-1", "edition": "0.2/1", "situation": "border", "profile": "adult_labour", "language": "tet", "place": "border",
    "informed": True, "private": True, "interpreter": False, "interpreter_checked": False, "danger": "low", "care": False,
    "urgent_done": False, "gender": "Female", "age": 31, "age_basis": "stated", "minor": False, "kept": "agreed", "officer": "",
}  # fmt: skip


@pytest.fixture(name="key")
def fixture_key(unlocked):  # noqa: F811
    return server_keys.rotate()


@pytest.fixture(name="officer")
def fixture_officer(key):
    return make_actor(Role.FIRST_RESPONDER, at=timezone.now())


def form(at=None, **changes) -> bytes:
    at = (at or timezone.now()).isoformat()
    answers = [{"s": "DEL-CD01", "a": "yes", "o": "said", "t": at}, {"s": "OBS-GEN03", "a": "refused"}, {"s": "SIT-BOR1", "a": "not_asked"}]
    return json.dumps({**FORM, "at": at, "answers": answers, **changes}).encode()


def sealed(number: UUID, plain: bytes) -> bytes:
    return envelopes.seal_to(envelopes.public_key(), plain, bound=str(number).encode())


def take(by, number=None, plain=None, envelope=None, phone_clock_at=None):
    number = number or uuid4()
    with trust.acting(by):
        return parcels.take(by=by, number=number, envelope=envelope or sealed(number, plain or form()), phone_clock_at=phone_clock_at)


def screenings() -> int:
    return Screening.objects.for_house("tests").count()


def numbered(officer):
    """A group of one, as its page shows it: its code, and the person N-01."""
    with trust.acting(officer):
        event = intake.open_group(by=officer, happened_at=officer.at - timedelta(hours=2), situation="border", place="border")
        intake.add_persons(by=officer, intake_id=event.pk, rows=[intake.Row("adult")])
    return event, IntakePerson.objects.for_house("tests").get(intake=event)


def colleague_of(officer):
    return make_actor(Role.FIRST_RESPONDER, at=officer.at, organisation_id=officer.organisation_id, organisation=None)
