"""A phone's parcels: taken in once, whatever happens on the way; a poison is set aside and holds up nothing."""

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from havre import trust
from havre.protection.models import LaterConsent, Parcel, Screening, ScreeningAnswer
from havre.protection.services import parcels
from havre.protection.services.pocket import Unread, read
from havre.register.models import Case
from havre.trust import envelopes
from havre.trust.enums import Role
from havre.trust.errors import Missing, Refused
from havre.trust.models import ServerKey
from havre.trust.vault import server_keys, unlocking
from havre.trust.vault.faults import KeyFault
from tests.factories import make_actor
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.protection.phone import FORM, fixture_key, fixture_officer, form, screenings, sealed, take  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked", "shell")


def test_parcel_becomes_one_screening_with_refused_and_not_asked_apart(officer):
    done = take(officer, plain=form(place="station"))
    screening = Screening.objects.for_house("tests").get()
    assert (done.again, done.parcel.state, done.parcel.screening_id, done.parcel.sealed) == (False, "received", screening.pk, None)
    assert (screening.taken, screening.place, screening.edition, screening.observer_id) == ("phone", "station", "0.2/1", officer.user.pk)
    answers = dict(ScreeningAnswer.objects.for_house("tests").values_list("indicator", "answer"))
    assert answers == {"DEL-CD01": "yes", "OBS-GEN03": "refused", "SIT-BOR1": "not_asked"}


@pytest.mark.postgresql
def test_same_number_twice_is_one_screening_answered_as_received_before(officer):
    """opencrvs-core#7215: a draft that is sent twice makes no duplicate."""
    number = uuid4()
    envelope = sealed(number, form())
    first, second = (take(officer, number, envelope=envelope) for _time in range(2))
    assert (second.again, second.parcel.pk, screenings()) == (True, first.parcel.pk, 1)


def test_other_content_under_the_same_number_is_set_aside_and_loses_nothing(officer):
    number = uuid4()
    take(officer, number)
    second = take(officer, number, plain=form(age=52))
    assert (second.parcel.state, second.parcel.why, screenings()) == ("aside", "twice", 1)
    assert take(officer, number, envelope=bytes(second.parcel.sealed)).again is True


@pytest.mark.postgresql
def test_poison_never_blocks_what_follows(officer):
    """opencrvs-core#10176, getodk/central#669: what cannot be taken, or comes out of order, holds up nothing and is shown to a person."""
    number = uuid4()
    poisons = {
        "seal": (number, b"\x01\x00\x01" + b"x" * 200),
        "form": (number := uuid4(), sealed(number, b"not json")),
        "edition": (number := uuid4(), sealed(number, form(edition="9.9/1"))),
        "right": (number := uuid4(), sealed(number, form(informed=False))),
    }
    for why, (number, envelope) in poisons.items():
        done = take(officer, number, envelope=envelope)
        assert (done.parcel.state, done.parcel.why, bytes(done.parcel.sealed)) == ("aside", why, envelope)
    unknown = uuid4()
    done = take(officer, unknown, plain=form(answers=[{"s": "NO-SUCH", "a": "yes", "o": "said"}]))
    assert (done.parcel.why, take(officer).parcel.state, screenings()) == ("form", "received", 1)


def test_envelope_beside_another_number_does_not_open(officer):
    envelope = sealed(uuid4(), form())
    assert take(officer, uuid4(), envelope=envelope).parcel.why == "seal"


@pytest.mark.postgresql
def test_parcel_of_a_colleague_waits_for_that_colleague(officer):
    other = make_actor(Role.FIRST_RESPONDER, at=timezone.now(), organisation_id=officer.organisation_id)
    done = take(other, plain=form(officer=str(officer.user.pk)))
    assert (done.parcel.why, done.parcel.saved_by_id, screenings()) == ("officer", officer.user.pk, 0)
    with trust.acting(officer):
        again = parcels.take_again(by=officer, parcel_id=done.parcel.pk)
    assert (again.parcel.state, Screening.objects.for_house("tests").get().observer_id) == ("received", officer.user.pk)


def test_parcel_set_aside_is_missing_for_anybody_else(officer):
    done = take(officer, envelope=b"\x01\x00\x01" + b"x" * 200)
    stranger = make_actor(Role.FIRST_RESPONDER, at=timezone.now())
    with trust.acting(stranger), pytest.raises(Missing):
        parcels.take_again(by=stranger, parcel_id=done.parcel.pk)


def test_edition_of_before_the_signs_of_places_is_still_taken_and_read(officer):
    take(officer, plain=form(edition="0.2", answers=[{"s": "DEL-EX01", "a": "no", "o": "said"}]))
    assert Screening.objects.for_house("tests").get().edition == "0.2"


def test_key_that_was_rotated_still_opens_what_phones_sealed_to_it(officer):
    number = uuid4()
    envelope = sealed(number, form())
    server_keys.rotate()
    assert ServerKey.objects.count() == 2
    assert take(officer, number, envelope=envelope).parcel.state == "received"


def test_instance_gets_its_first_key_once(unlocked):  # noqa: F811
    envelopes.make_ready()
    made = envelopes.public_key()
    envelopes.make_ready()
    assert (envelopes.public_key(), ServerKey.objects.count()) == (made, 1)


def test_locked_vault_keeps_the_parcel_on_the_phone(officer):
    number = uuid4()
    envelope = sealed(number, form())
    unlocking.lock()
    with pytest.raises(KeyFault):
        take(officer, number, envelope=envelope)
    assert Parcel.objects.count() == 0


def test_role_that_does_not_screen_leaves_the_parcel_on_the_phone(key):
    with pytest.raises(Refused) as refusal:
        take(make_actor(Role.SHELTER, at=timezone.now()))
    assert (refusal.value.status, Parcel.objects.count()) == (403, 0)


NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("said", "clock", "when", "doubtful"),
    [
        (NOON - timedelta(hours=2), NOON, NOON - timedelta(hours=2), False),
        (NOON - timedelta(hours=2), None, NOON - timedelta(hours=2), False),
        # three days ahead: put right by the distance, flagged
        (NOON + timedelta(days=3, hours=-2), NOON + timedelta(days=3), NOON - timedelta(hours=2), True),
        # a phone that thinks it is 2001
        (datetime(2001, 1, 1, 1, tzinfo=UTC), datetime(2001, 1, 1, 3, tzinfo=UTC), NOON - timedelta(hours=2), True),
        # the clock was changed in between: never after the arrival, flagged
        (NOON + timedelta(days=3), NOON, NOON, True),
        (NOON - timedelta(days=90), NOON, NOON - timedelta(days=90), True),
    ],
)
def test_moment_of_a_wrong_clock_is_put_right_and_flagged_never_refused(said, clock, when, doubtful):
    assert parcels.judged(said, arrival=NOON, phone_clock_at=clock) == (when, doubtful)


def test_wrong_clock_is_kept_beside_the_moment(officer):
    wrong = timezone.now() + timedelta(days=400)
    take(officer, plain=form(at=wrong), phone_clock_at=wrong + timedelta(minutes=1))
    screening = Screening.objects.for_house("tests").get()
    assert (screening.clock_doubtful, screening.phone_said_at) == (True, wrong)
    assert abs(timezone.now() - screening.happened_at) < timedelta(minutes=5)


def test_kept_for_danger_waits_for_the_persons_own_word(officer):
    take(officer, plain=form(kept="danger", danger="immediate", urgent_done=True))
    later = LaterConsent.objects.for_house("tests").get()
    assert (later.status, later.ground, later.basis) == ("due", "emergency", "vital_interest")
    assert Case.objects.for_house("tests").get().urgent is True


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=12) | st.floats(allow_nan=False)
KEYS = st.sampled_from([*FORM, "at", "answers", "s", "a", "o", "t"])
BODIES = st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=9))


def _spoilt(body) -> bytes:
    whole = {**FORM, "at": "2026-01-01T00:00:00Z", **(body if isinstance(body, dict) else {"answers": body})}
    return json.dumps(whole).encode()


@given(st.binary(max_size=300) | BODIES.map(_spoilt))
def test_whatever_was_sealed_is_read_whole_or_named_as_unreadable(plain):
    try:
        told = read(plain)
    except Unread:
        return
    assert told.at.tzinfo is not None and told.kept_because in {"agreed", "child_safety", "danger"}
