"""A chain that is too far behind closes what opens a name: by the database's own times, whether a sealer runs or not."""

from datetime import timedelta

import pytest
from django.utils import timezone

from havre import trust
from havre.trust import identity
from havre.trust.audit import keys, lag
from havre.trust.audit.sealing import seal_pending
from havre.trust.enums import Section
from tests.factories import make_actor, make_case
from tests.factories_audit import Key, made_before, make_act, make_reading
from tests.factories_site import make_case_now, make_now, signed_in
from tests.factories_vault import unlocked  # noqa: F401

committing = pytest.mark.django_db(transaction=True, databases="__all__")
pytestmark = pytest.mark.usefixtures("unlocked")
BODY = {"prs_FirstName": "Zéphyrine", "prs_LastName": "Quaynor"}


@pytest.fixture(autouse=True)
def asked_anew(tmp_path, settings):
    settings.HAVRE_HOME = tmp_path / "home"
    keys.use_signing_key(Key())
    lag.forget()
    yield
    lag.forget()
    keys.use_signing_key(None)


def named_case(owner):
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    with trust.acting(owner):
        identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=BODY)
    lag.forget()
    return case, person


def openings(owner, case, person):
    """Every way to the plain words of a sealed section."""
    place = {"by": owner, "case_id": case.pk, "person_id": person, "section": Section.IDENTITY}
    return {
        "read": lambda: identity.read(**place),
        "read_one": lambda: identity.read_one(**place),
        "read_records": lambda: identity.read_records(by=owner, kind="identity", record_ids=[person]),
        "open_file": lambda: identity.open_file(**place, record_id=person, sealed=b""),
        "search_caseload": lambda: identity.search_caseload(by=owner, words="zephy"),
    }


@pytest.mark.parametrize("way", ["read", "read_one", "read_records", "open_file", "search_caseload"])
def test_sealed_words_stay_shut_when_a_row_waits_longer_than_ten_minutes(way):
    owner = make_actor()
    case, person = named_case(owner)
    make_act(id=made_before(11))
    lag.forget()
    with trust.acting(owner) as context, pytest.raises(lag.ChainBehind) as shut:
        openings(owner, case, person)[way]()
    assert (shut.value.status, bool(context.log.subjects)) == (503, False)
    assert str(shut.value) == (
        "Every reading of a name is sealed into a chain. The chain is 11 minutes behind, so nothing sealed is opened."
        " Tell the administrator of this instance now: the background worker has to be started again. Nothing is lost."
    )


@pytest.mark.parametrize("make", [make_act, make_reading])
def test_sealed_words_open_when_rows_wait_nine_minutes(make):
    owner = make_actor()
    case, person = named_case(owner)
    make(id=made_before(9))
    lag.forget()
    with trust.acting(owner):
        assert identity.read_one(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY) == BODY


@committing
def test_sealer_opens_again_what_its_silence_had_shut():
    make_reading(id=made_before(30))
    assert not lag.identity_pages_open()
    seal_pending()
    assert lag.identity_pages_open()


@committing
def test_old_row_is_seen_behind_more_new_ones_than_are_looked_at(monkeypatch):
    monkeypatch.setattr(lag, "LOOKED_AT", 3)
    make_act(id=made_before(25))
    for _n in range(6):
        make_act()
    assert lag.state() == "closed"


@committing
def test_row_committed_late_is_seen_below_the_last_sealed_one():
    make_act()
    make_act(no=1_000_000)
    seal_pending()
    # a pass so long ago that it says nothing
    lag.beat(timezone.now() - timedelta(hours=2))
    make_act(no=999_999, id=made_before(45))
    assert lag.state() == "closed"


@committing
def test_pass_that_lies_ahead_of_a_clock_set_back_vouches_for_nothing():
    lag.beat(timezone.now() + timedelta(hours=3))
    make_act(id=made_before(15))
    assert lag.state() == "closed"
    assert not lag.identity_pages_open()


def test_page_that_opens_a_name_says_why_it_does_not_and_whom_to_tell(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path
    manager = make_now()
    case = make_case_now(manager)
    person = case.persons.for_house("tests").get().pk
    with trust.acting(manager):
        identity.write(by=manager, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=BODY)
    client = signed_in(manager)
    asked = {"person": str(person), "reason": "contact"}
    lag.forget()
    opened = client.post(f"/d/{case.ref}/name/", asked)
    make_reading(id=made_before(12))
    lag.forget()
    shut = client.post(f"/d/{case.ref}/name/", asked)
    assert (opened.status_code, "Quaynor" in opened.content.decode()) == (200, True)
    assert (shut.status_code, "Quaynor" in shut.content.decode()) == (503, False)
    words = shut.content.decode()
    assert "The chain is 12 minutes behind" in words
    assert "Tell the administrator of this instance now" in words
