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
from havre.protection.models import IntakePerson, LaterConsent, Parcel, Screening, ScreeningAnswer
from havre.protection.services import intake, parcels
from havre.protection.services.pocket import Unread, read
from havre.register.models import Case
from havre.trust import envelopes
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import ActRow, ServerKey
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


# ---- order of a phone, what it knew, and a talk that met another (getodk/central#669)

PHONE = "01a22300-0000-7000-8000-000000000001"
OTHER_PHONE = "01a22300-0000-7000-8000-000000000002"


def numbered(officer):
    """A group of one, as its page shows it: its code, and the person N-01."""
    with trust.acting(officer):
        event = intake.open_group(by=officer, happened_at=officer.at - timedelta(hours=2), situation="border", place="border")
        intake.add_persons(by=officer, intake_id=event.pk, rows=[intake.Row("adult")])
    return event, IntakePerson.objects.for_house("tests").get(intake=event)


def colleague_of(officer):
    return make_actor(Role.FIRST_RESPONDER, at=officer.at, organisation_id=officer.organisation_id, organisation=None)


def test_forms_of_one_phone_out_of_order_are_each_taken_and_what_is_missing_between_is_named(officer):
    """getodk/central#669: an update that overtakes another loses nothing, and the officer sees what still waits on the phone."""
    for place in (4, 2):
        assert take(officer, plain=form(device=PHONE, seq=place)).parcel.state == "received"
    assert parcels.gaps(officer) == [(3,)]
    assert take(officer, plain=form(device=PHONE, seq=3)).parcel.state == "received"
    assert (parcels.gaps(officer), screenings()) == ([], 3)
    assert set(Parcel.objects.values_list("device", "sequence")) == {(UUID(PHONE), place) for place in (2, 3, 4)}


def test_second_form_at_one_place_of_a_phone_is_set_aside_beside_the_first(officer):
    """A phone whose store was copied or restored: nothing is written over, and nothing vanishes."""
    take(officer, plain=form(device=PHONE, seq=1))
    done = take(officer, plain=form(device=PHONE, seq=1, gender="Male"))
    assert (done.parcel.state, done.parcel.why, screenings()) == ("aside", "sequence", 1)
    with pytest.raises(Missing), trust.acting(officer):
        parcels.take_again(by=officer, parcel_id=done.parcel.pk)
    assert bytes(Parcel.objects.get(pk=done.parcel.pk).sealed)


def test_talk_with_a_numbered_person_goes_to_their_case(officer):
    event, one = numbered(officer)
    done = take(officer, plain=form(device=PHONE, seq=1, group=event.code.lower(), person=1))
    assert (done.parcel.screening.person_id, Case.objects.for_house("tests").count()) == (one.person_id, 1)
    wrong = take(officer, plain=form(device=PHONE, seq=2, group=event.code, person=9))
    assert (wrong.parcel.state, wrong.parcel.why) == ("aside", "group")
    with trust.acting(officer):
        apart = parcels.take_again(by=officer, parcel_id=wrong.parcel.pk, settled="apart")
    assert (apart.parcel.state, apart.parcel.screening.person_id != one.person_id) == ("received", True)


@pytest.mark.parametrize(("settled", "same"), [("beside", True), ("apart", False)])
def test_two_phones_that_heard_one_person_meet_and_a_human_decides(officer, settled, same):
    """getodk/central#669: the phone did not know of the other's talk; it is set aside, shown with the other, and never lost."""
    event, one = numbered(officer)
    before = (timezone.now() - timedelta(hours=1)).isoformat()
    take(officer, plain=form(device=PHONE, seq=1, base=before, group=event.code, person=1))
    second = colleague_of(officer)
    met = take(second, plain=form(device=OTHER_PHONE, seq=1, base=before, group=event.code, person=1)).parcel
    assert (met.state, met.why, screenings()) == ("aside", "conflict", 1)
    page = browser(second).get(reverse("protection:pocket_aside")).content.decode()
    assert f"Your talk: {event.code} N-01" in page and f"The other: {officer.user.name}" in page and "Try again" not in page
    answer = browser(second).post(reverse("protection:pocket_aside"), {"parcel": str(met.pk), "settled": settled})
    assert answer.status_code == 302
    kept = Parcel.objects.get(pk=met.pk)
    assert (kept.state, kept.sealed, kept.screening.person_id == one.person_id, screenings()) == ("received", None, same, 2)
    row = ActRow.objects.get(event="parcel.settle")
    assert (row.reason, row.case_id) == (settled, kept.screening.case_id)


def test_phone_that_spoke_with_us_since_or_its_own_second_talk_meets_nobody(officer):
    event, _one = numbered(officer)
    take(officer, plain=form(device=PHONE, seq=1, group=event.code, person=1))
    second = colleague_of(officer)
    later = (timezone.now() + timedelta(seconds=1)).isoformat()
    assert take(second, plain=form(device=OTHER_PHONE, seq=1, base=later, group=event.code, person=1)).parcel.state == "received"
    assert take(second, plain=form(device=OTHER_PHONE, seq=2, base=later, group=event.code, person=1)).parcel.state == "received"


def test_decision_that_is_none_of_the_list_changes_nothing(officer):
    event, _one = numbered(officer)
    done = take(officer, plain=form(device=PHONE, seq=1, group=event.code, person=5)).parcel
    for wrong in ("beside", "burn"):
        with pytest.raises(Invalid), trust.acting(officer):
            parcels.take_again(by=officer, parcel_id=done.pk, settled=wrong)
    assert Parcel.objects.get(pk=done.pk).state == "aside"


# ---- a term after which what is set aside is dealt with


@pytest.fixture
def keeper(key):
    return make_actor(Role.DATA_PROTECTION_OFFICER, at=timezone.now())


def late_one(officer, days=91):
    found = take(officer, envelope=b"no envelope at all").parcel
    Parcel.objects.filter(pk=found.pk).update(received_at=timezone.now() - timedelta(days=days))
    return found


def delete(by, parcel, because="nobody"):
    with trust.acting(by):
        return parcels.delete(by=by, parcel_id=parcel.pk, because=because)


def test_set_aside_talk_is_deleted_after_its_term_by_the_data_protection_officer_and_its_number_stays(officer, keeper):
    found = late_one(officer)
    done = delete(keeper, found)
    assert (done.state, done.sealed, done.deleted_because, done.deleted_by_id) == ("deleted", None, "nobody", keeper.user.pk)
    row = ActRow.objects.get(event="parcel.delete")
    assert (row.reason, row.subject, row.codes) == ("nobody", found.pk, {"why": "seal"})
    again = take(officer, number=found.number, envelope=b"no envelope at all")
    assert (again.again, again.parcel.state, screenings()) == (True, "deleted", 0)
    with pytest.raises(Missing):
        delete(keeper, found)


def test_set_aside_talk_is_kept_within_its_term_without_a_reason_and_from_everybody_else(officer, keeper):
    within = late_one(officer, days=89)
    with pytest.raises(Refused) as refusal:
        delete(keeper, within)
    assert refusal.value.status == 409
    over = take(officer, envelope=b"another").parcel
    Parcel.objects.filter(pk=over.pk).update(received_at=timezone.now() - timedelta(days=91))
    with pytest.raises(Invalid):
        delete(keeper, over, because="tidy")
    for role in (Role.FIRST_RESPONDER, Role.ADMINISTRATOR, Role.COORDINATOR):
        with pytest.raises(Refused) as refusal:
            delete(make_actor(role, at=timezone.now()), over)
        assert refusal.value.status == 403
    assert Parcel.objects.filter(state="aside", sealed__isnull=False).count() == 2


def test_data_protection_officer_is_told_sees_no_content_and_deletes_on_the_page(officer, keeper):
    found, within = late_one(officer), take(officer, plain=form(edition="9.0/1")).parcel
    client, address = browser(keeper), reverse("protection:pocket_aside")
    assert "Set aside and dealt with by nobody: 1" in client.get("/").content.decode()
    page = client.get(address).content.decode()
    assert (str(found.number) in page, str(within.number) in page, officer.user.name in page) == (True, False, False)
    assert client.post(address, {"parcel": str(found.pk)}).status_code == 422
    assert client.post(address, {"parcel": str(within.pk), "because": "nobody"}).status_code == 409
    assert client.post(address, {"parcel": str(found.pk), "because": "nobody"}).status_code == 302
    assert "Nothing is over its term." in client.get(address).content.decode()
