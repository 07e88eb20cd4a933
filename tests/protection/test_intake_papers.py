"""Papers of a night without a screen: a serial that shows a wrong letter, typed in once, with the officer, time and place of the talk."""

from datetime import timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from havre import trust
from havre.protection.models import Intake, LaterConsent, PaperForm, PersonNeed, Screening
from havre.protection.services import paper, serials
from havre.protection.services.intake import Row
from havre.protection.services.screening import Given
from havre.register.models import Case, Detection
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from tests.factories import NOW, make_actor
from tests.factories_casework import CONDITIONS, PERSON
from tests.pages import browser, shell  # noqa: F401
from tests.protection.night import BEFORE, count, fixture_client, fixture_officer, group  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")


# ---- a talk on paper


@given(st.text(alphabet=serials.LETTERS, min_size=7, max_size=7), st.data())
def test_serial_with_one_wrong_letter_is_seen(body, data):
    whole = body + serials.check_letter(body)
    assert serials.tidy(f"f {whole[:4].lower()} {whole[4:]}") == f"F-{whole[:4]}-{whole[4:]}"
    place = data.draw(st.integers(0, 6))
    wrong = data.draw(st.sampled_from(serials.LETTERS).filter(lambda letter: letter != whole[place]))
    with pytest.raises(Invalid):
        serials.tidy(whole[:place] + wrong + whole[place + 1 :])


def printed(by, at=BEFORE) -> PaperForm:
    with trust.acting(by.on(at)):
        return paper.print_forms(by=by.on(at), situation="fishing", profile="adult_labour", count=1)


def type_in(by, form, **changes):
    told = {
        "serial": form.serial, "officer_id": by.user.pk, "happened_at": NOW - timedelta(minutes=30), "place": "vessel",
        "answers": [Given("SIT-FIS1", "yes", "said"), Given("SIT-FIS2", "not_asked")], "conditions": CONDITIONS, "person": PERSON,
        "kept_because": "agreed", **changes,
    }  # fmt: skip
    with trust.acting(by):
        return paper.type_in(by=by, **told)


def test_paper_typed_in_keeps_its_officer_time_and_place_and_who_typed_it(officer):
    held = make_actor(Role.FIRST_RESPONDER, organisation_id=officer.organisation_id)
    form = printed(officer)
    done = type_in(officer, form, officer_id=held.user.pk)
    assert (done.observer, done.typed_by, done.happened_at, done.place, done.taken) == (
        held.user, officer.user, NOW - timedelta(minutes=30), "vessel", "paper",
    )  # fmt: skip
    assert {one.observer_id for one in done.answers.for_house("tests").all()} == {held.user.pk}
    form.refresh_from_db()
    assert (form.screening_id, form.typed_by) == (done.pk, officer.user)


def test_paper_is_typed_in_once(officer):
    form = printed(officer)
    type_in(officer, form)
    with pytest.raises(Refused):
        type_in(officer, form)
    assert count(Screening) == 1


@pytest.mark.parametrize("change", [{"happened_at": BEFORE - timedelta(days=1)}, {"happened_at": NOW + timedelta(days=1)}])
def test_paper_with_an_impossible_moment_is_invalid(officer, change):
    with pytest.raises(Invalid):
        type_in(officer, printed(officer), **change)


def test_paper_of_a_stranger_is_invalid_and_of_another_service_missing(officer):
    form, other = printed(officer), make_actor(Role.FIRST_RESPONDER)
    with pytest.raises(Invalid):
        type_in(officer, form, officer_id=other.user.pk)
    with pytest.raises(Missing):
        type_in(other, form)


# ---- its pages


def test_blank_forms_have_a_serial_each_and_a_practice_sheet_has_none(client):
    page = client.post(reverse("protection:paper"), {"situation": "border", "profile": "adult_labour", "count": "3", "go": "print"})
    serials = set(PaperForm.objects.values_list("serial", flat=True))
    assert len(serials) == 3 and all(f"<h1>{one}</h1>" in page.content.decode() for one in serials)
    practice = client.post(reverse("protection:paper"), {"situation": "border", "profile": "adult_labour", "count": "1", "go": "practice"})
    assert "PRACTICE" in practice.content.decode() and PaperForm.objects.count() == 3


def test_paper_is_typed_in_from_its_serial_and_an_empty_line_was_not_asked(client):
    client.post(reverse("protection:paper"), {"situation": "border", "profile": "adult_labour", "count": "1", "go": "print"})
    form = PaperForm.objects.get()
    PaperForm.objects.update(printed_at=timezone.now() - timedelta(hours=3))
    address = reverse("protection:paper_typed")
    assert client.get(address, {"serial": "F-0000-0001"}).status_code == 422
    page = client.get(address, {"serial": form.serial.lower()})
    assert page.status_code == 200 and "Who held the talk" in page.content.decode()
    told = {
        "serial": form.serial, "officer": str(form.printed_by_id), "place": "border", "language": "tet", "informed": "on",
        "happened_at": (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M"), "privacy_confirmed": "on", "safety_level": "low",
        "medical_need": "false", "gender": "Male", "a-SIT-BOR1": "yes", "o-SIT-BOR1": "said", "a-OBS-GEN01": "refused", "kept_because": "agreed",
    }  # fmt: skip
    assert client.post(address, {**told, "kept_because": ""}).status_code == 409
    assert client.post(address, told).status_code == 302
    answers = dict(Screening.objects.for_house("tests").get().answers.for_house("tests").values_list("indicator", "answer"))
    assert (answers["SIT-BOR1"], answers["OBS-GEN01"], answers["SIT-BOR2"]) == ("yes", "refused", "not_asked")
    assert client.post(address, told).status_code == 409


# ---- papers of a group and of what could not wait

GROUP_LINES = {"n-TOTAL_FORMS": "12", "n-INITIAL_FORMS": "0", "n-0-age_band": "adult", "n-0-language": "tha", "n-1-age_band": "child",
               "n-1-tie": "child", "n-1-tie_to": "1"}  # fmt: skip


def papers(client, kind, count_=1):
    page = client.post(reverse("protection:paper"), {"kind": kind, "situation": "fishing", "profile": "adult_labour", "count": count_})
    # the page takes minutes: what was printed this minute was printed an hour ago
    PaperForm.objects.update(printed_at=F("printed_at") - timedelta(hours=1))
    return page.content.decode(), list(PaperForm.objects.filter(kind=kind).order_by("serial"))


def on_paper(officer, **changes):
    """What stands at the head of a filled-in paper, a minute before now."""
    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M:%S")
    return {"officer": str(officer.user.pk), "happened_at": when, "place": "vessel", **changes}


def two_officers():
    holder = make_actor(Role.FIRST_RESPONDER, at=timezone.now())
    return holder, make_actor(Role.FIRST_RESPONDER, at=holder.at, organisation_id=holder.organisation_id, organisation=None)


@pytest.mark.parametrize(("kind", "shows"), [("group", "N-12"), ("urgent", "Why it cannot wait"), ("cards", "A line left empty")])
def test_each_kind_of_paper_prints_blank_with_a_serial_and_as_practice_without(client, kind, shows):
    text, printed = papers(client, kind, 2)
    assert len(printed) == 2 and all(f"<h1>{one.serial}</h1>" in text for one in printed) and shows in text
    practice = {"kind": kind, "situation": "fishing", "profile": "adult_labour", "count": 1, "go": "practice"}
    text = client.post(reverse("protection:paper"), practice).content.decode()
    assert "PRACTICE" in text and shows in text and PaperForm.objects.count() == 2


def test_groups_paper_typed_in_keeps_its_officer_time_and_place_and_takes_in_each_line_once():
    holder, typist = two_officers()
    client = browser(typist)
    _text, (printed,) = papers(client, "group")
    told = {"serial": printed.serial, **on_paper(holder), "shared_signs": ["SIT-FIS1"], **GROUP_LINES}
    address = reverse("protection:paper_typed")
    assert "N-12" in client.get(address, {"serial": printed.serial}).content.decode()
    wrong = client.post(address, {**told, "n-1-tie_to": "77"})
    assert (wrong.status_code, count(Case), "must stand above" in wrong.content.decode()) == (422, 0, True)
    assert client.post(address, told).status_code == 302
    event, kept = Intake.objects.get(), PaperForm.objects.get()
    assert (event.by_id, event.place, event.shared_signs, event.last_number) == (holder.user.pk, "vessel", ["SIT-FIS1"], 2)
    assert (kept.intake_id, kept.held_by_id, kept.typed_by_id, kept.held_at, kept.place) == (
        event.pk, holder.user.pk, typist.user.pk, event.happened_at, "vessel",
    )  # fmt: skip
    assert [one.since for one in LaterConsent.objects.for_house("tests").all()] == [event.happened_at] * 2
    assert set(Detection.objects.for_house("tests").values_list("happened_at", flat=True)) == {event.happened_at}
    again = client.post(address, told)
    assert (again.status_code, count(Case), Intake.objects.count()) == (409, 2, 1)


def test_paper_on_what_could_not_wait_typed_in_keeps_its_officer_and_time_and_the_word_waits_since_then():
    holder, typist = two_officers()
    client = browser(typist)
    _text, (printed,) = papers(client, "urgent")
    told = {
        "serial": printed.serial,
        **on_paper(holder),
        "ground": "emergency",
        "needs": ["medical"],
        "age_band": "doubt",
        "language": "tha",
    }
    address = reverse("protection:paper_typed")
    assert client.post(address, {**told, "ground": ""}).status_code == 422
    assert client.post(address, told).status_code == 302
    due, kept = LaterConsent.objects.for_house("tests").get(), PaperForm.objects.get()
    assert (due.by_id, due.since, kept.later_id, kept.typed_by_id) == (holder.user.pk, kept.held_at, due.pk, typist.user.pk)
    need = PersonNeed.objects.for_house("tests").get()
    assert (need.by_id, need.recorded_at, need.urgent, kept.place) == (holder.user.pk, kept.held_at, True, "vessel")
    assert client.post(address, told).status_code == 409
    assert count(Case) == 1


@pytest.mark.parametrize("kind", ["group", "urgent"])
def test_paper_of_an_impossible_moment_or_a_strangers_officer_keeps_nothing(kind):
    holder, typist = two_officers()
    client = browser(typist)
    _text, (printed,) = papers(client, kind)
    told = {"serial": printed.serial, **on_paper(holder), "ground": "emergency", "needs": ["medical"], **GROUP_LINES}
    long_ago = (timezone.localtime() - timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    for wrong in ({"happened_at": long_ago}, {"officer": str(make_actor(Role.FIRST_RESPONDER).user.pk)}, {"place": "moon"}):
        assert client.post(reverse("protection:paper_typed"), {**told, **wrong}).status_code == 422
    assert (count(Case), PaperForm.objects.get().typed_at) == (0, None)


def test_paper_of_one_kind_is_never_typed_in_as_another(officer):
    with trust.acting(officer):
        printed = paper.print_forms(by=officer, count=1, kind="urgent")
        head = {"by": officer, "serial": printed.serial, "officer_id": officer.user.pk, "happened_at": NOW, "place": "vessel"}
        with pytest.raises(Missing):
            paper.type_in_group(**head, rows=[Row("adult")])
        with pytest.raises(Invalid):
            paper.print_forms(by=officer, count=1, kind="letter", situation="border", profile="adult_labour")
