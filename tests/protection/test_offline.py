"""A phone's parcels: taken in once, whatever happens on the way; a poison is set aside and holds up nothing."""

import json
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client
from django.urls import reverse
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

pytestmark = pytest.mark.usefixtures("unlocked", "shell")

FORM = {
    "form": "pocket-1", "edition": "0.2/1", "situation": "border", "profile": "adult_labour", "language": "tet", "place": "border",
    "informed": True, "private": True, "interpreter": False, "interpreter_checked": False, "danger": "low", "care": False,
    "urgent_done": False, "gender": "Female", "age": 31, "age_basis": "stated", "minor": False, "kept": "agreed", "officer": "",
}  # fmt: skip


@pytest.fixture
def key(unlocked):  # noqa: F811
    return server_keys.rotate()


@pytest.fixture
def officer(key):
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


# ---- pages


def test_page_is_public_and_holds_no_secret(officer):
    """kpi#6907, kpi#2692: no draft in clear and no key of the phone's own; the seal is the instance's, by default."""
    page = Client().get(reverse("protection:pocket"))
    text = page.content.decode()
    assert page.status_code == 200
    assert not page.cookies
    assert "csrf" not in text and officer.user.username not in text and "<style" not in text and "<script>" not in text
    policy = page.headers["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "style-src 'self';" in policy and "unsafe" not in policy and "default-src 'none'" in policy


def test_worker_names_every_file_that_is_kept_and_stays_in_its_folder():
    answer = Client().get(reverse("protection:pocket_worker"))
    assert answer.headers["Content-Type"].startswith("text/javascript")
    assert "Service-Worker-Allowed" not in answer.headers
    listed = json.loads(answer.content.decode().split("FILES = ", 1)[1].split(", PAGE", 1)[0])
    assert reverse("protection:pocket_worker").startswith(reverse("protection:pocket"))
    client = Client()
    for address in listed:
        got = client.get(address)
        got.getvalue() if got.streaming else got.content
        assert got.status_code == 200, address


def test_door_and_parcels_lead_to_sign_in_and_keep_the_phone_waiting():
    for address in ("pocket_door", "pocket_send"):
        method = Client().get if address == "pocket_door" else Client().post
        assert method(reverse(f"protection:{address}")).status_code == 302


def test_parcel_over_the_wire_is_answered_once_created_then_as_before(officer):
    client = browser(officer)
    door = client.get(reverse("protection:pocket_door")).json()
    assert (door["officer"], door["aside"]) == (str(officer.user.pk), 0)
    number = uuid4()
    headers = {"Parcel-Number": str(number), "Phone-Clock": timezone.now().isoformat()}
    body = sealed(number, form())
    first, second = (
        client.post(reverse("protection:pocket_send"), data=body, content_type="application/octet-stream", headers=headers)
        for _time in range(2)
    )
    assert (first.status_code, first.json()) == (201, {"state": "received", "again": False, "why": ""})
    assert (second.status_code, second.json()["again"], screenings()) == (200, True, 1)


def test_forged_parcel_without_the_token_of_the_door_is_refused(officer):
    client = Client(enforce_csrf_checks=True)
    client.cookies = browser(officer).cookies
    number = uuid4()
    headers = {"Parcel-Number": str(number)}
    address = reverse("protection:pocket_send")
    answer = client.post(address, data=sealed(number, form()), content_type="application/octet-stream", headers=headers)
    assert (answer.status_code, screenings()) == (403, 0)


def test_parcel_set_aside_is_shown_to_its_officer_and_counted_for_the_keeper(officer):
    take(officer, envelope=b"\x01\x00\x01" + b"x" * 200)
    page = browser(officer).get(reverse("protection:pocket_aside")).content.decode()
    assert "The seal does not open" in page and "Try again" in page
    keeper = browser(make_actor(Role.ADMINISTRATOR, at=timezone.now())).get(reverse("protection:pocket_aside")).content.decode()
    assert "The seal does not open" in keeper and "Number" not in keeper and "Try again" not in keeper
    assert browser(make_actor(Role.SHELTER, at=timezone.now())).get(reverse("protection:pocket_aside")).status_code == 403


def test_key_page_gives_public_halves_only(key):
    body = Client().get(reverse("protection:pocket_key")).json()
    assert body == {"version": key.version, "jwk": key.jwk, "sounds": {}}
    assert set(body["jwk"]) == {"kty", "crv", "x", "y"}


def test_instance_without_a_key_says_so_and_the_page_waits_for_one():
    assert Client().get(reverse("protection:pocket_key")).json() == {"version": None, "jwk": None, "sounds": {}}


def test_recordings_of_the_instance_are_offered_and_nothing_else_of_the_disk(settings, tmp_path, key):
    settings.HAVRE_HOME = tmp_path
    folder = tmp_path / "sounds" / "tet"
    folder.mkdir(parents=True)
    (folder / "P01.mp3").write_bytes(b"sound")
    (folder / "secret.mp3").write_bytes(b"no")
    client = Client()
    assert client.get(reverse("protection:pocket_key")).json()["sounds"] == {"tet": {"P01": "P01.mp3"}}
    heard = client.get(reverse("protection:pocket_sound", args=["tet", "P01.mp3"]))
    assert b"".join(heard.streaming_content) == b"sound"
    for name in ("secret.mp3", "..", "P02.mp3"):
        assert client.get(f"{reverse('protection:pocket')}sound/tet/{name}").status_code == 404


def test_wipe_asks_the_browser_to_forget_cache_session_and_storage():
    answer = Client().get(reverse("protection:pocket_gone"))
    assert answer.headers["Clear-Site-Data"] == '"cache", "cookies", "storage"'
