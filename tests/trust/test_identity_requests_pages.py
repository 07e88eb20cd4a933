"""The pages of identity requests, through the door: asking from the case, answering on the custodians' home, opening, ending, the officer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from havre import trust
from havre.trust import identity
from havre.trust.enums import Basis, Role, Section
from havre.trust.models import IdentityEvent, IdentityRequest
from tests.factories import give_to
from tests.factories_site import make_case_now, make_now, person_of, signed_in
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")


@pytest.fixture
def lead():
    return make_now()


@pytest.fixture
def case(lead):
    made = make_case_now(lead)
    body = {"prs_FirstName": "Zéphyrine", "prs_SecondName": "Quaynor"}
    with trust.acting(lead):
        identity.write(by=lead, case_id=made.pk, person_id=person_of(made).pk, section=Section.IDENTITY, kind="identity", body=body)
    return made


@pytest.fixture
def police(case):
    actor = make_now(Role.INVESTIGATOR)
    give_to(actor, case, sections=Section.FACTS | Section.JUSTICE, basis=Basis.REFERRAL)
    return actor


def sent(client, case, **changed):
    told = {"person": str(person_of(case).pk), "reason": "court_order", "words": "", "until": f"{timezone.localdate() + timedelta(days=9)}"}
    return client.post(f"/names/ask/{case.pk}/", {**told, **changed})


def text(answer) -> str:
    return answer.content.decode()


def test_from_the_closed_name_to_its_opening_and_its_end(lead, case, police):
    asker, custodian = signed_in(police), signed_in(lead)
    assert f"/names/ask/{case.pk}/" in text(asker.get(f"/d/{case.ref}/name/"))
    answer = sent(asker, case, words="Order 17")
    asked = IdentityRequest.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/names/{asked.pk}/")
    assert f"/names/{asked.pk}/" in text(custodian.get("/"))
    page = text(custodian.get(f"/names/{asked.pk}/"))
    assert "Order 17" in page
    assert "Order 17" not in text(asker.get(f"/names/{asked.pk}/"))
    assert custodian.post(f"/names/{asked.pk}/answer/", {"grant": "1"}).status_code == 302
    assert f"/d/{case.ref}/name/" in text(asker.get(f"/d/{case.ref}/"))
    opened = asker.post(f"/d/{case.ref}/name/", {"person": str(person_of(case).pk), "reason": "contact"})
    assert (opened.status_code, "Zéphyrine" in text(opened)) == (200, True)
    assert asker.post(f"/names/{asked.pk}/end/").status_code == 302
    assert "Zéphyrine" not in text(asker.post(f"/d/{case.ref}/name/", {"reason": "contact"}))
    kinds = list(IdentityEvent.objects.order_by("number").values_list("kind", flat=True))
    assert kinds == ["requested", "granted", "used", "ended"]


def test_refusal_without_a_reason_shows_the_form_again_and_with_one_tells_the_requester(lead, case, police):
    asker, custodian = signed_in(police), signed_in(lead)
    sent(asker, case)
    asked = IdentityRequest.objects.get()
    assert custodian.post(f"/names/{asked.pk}/answer/", {"reason": ""}).status_code == 422
    assert custodian.post(f"/names/{asked.pk}/answer/", {"reason": "ask_service"}).status_code == 302
    assert "Let the service that leads the case do it for you" in text(asker.get(f"/names/{asked.pk}/"))


def test_custodian_gives_the_second_factor_again_before_answering(lead, case, police):
    sent(signed_in(police), case)
    asked = IdentityRequest.objects.get()
    assert signed_in(lead, fresh=False).post(f"/names/{asked.pk}/answer/", {"grant": "1"}).status_code == 409
    assert IdentityEvent.objects.count() == 1


def test_wrong_entries_come_back_with_what_was_typed(case, police):
    asker = signed_in(police)
    answer = sent(asker, case, reason="", until="2020-01-01", words="kept words")
    assert (answer.status_code, "kept words" in text(answer)) == (422, True)
    assert sent(asker, case, until="2020-01-01").status_code == 422
    assert not IdentityRequest.objects.exists()


def test_second_request_for_the_same_name_is_refused_with_its_reason(case, police):
    asker = signed_in(police)
    sent(asker, case)
    answer = sent(asker, case)
    assert (answer.status_code, "it waits for an answer" in text(answer)) == (409, True)


@pytest.mark.parametrize("role", list(Role))
def test_strangers_request_is_missing_for_every_role(role, case, police):
    sent(signed_in(police), case)
    asked = IdentityRequest.objects.get()
    client = signed_in(make_now(role))
    # the officer oversees every request of the country, and answers none where the setting does not say so
    officer = role == Role.DATA_PROTECTION_OFFICER
    assert client.get(f"/names/{asked.pk}/").status_code == (200 if officer else 404)
    assert client.post(f"/names/{asked.pk}/answer/", {"grant": "1"}).status_code == 404
    assert client.post(f"/names/{asked.pk}/end/").status_code == 404
    assert client.get(f"/names/ask/{case.pk}/").status_code in (403, 404)
    assert IdentityEvent.objects.count() == 1


def test_officer_and_the_persons_own_service_see_the_events_beside_the_readings(lead, case, police):
    sent(signed_in(police), case)
    officer = make_now(Role.DATA_PROTECTION_OFFICER)
    client = signed_in(officer)
    assert police.user.name in text(client.get("/names/"))
    client.post("/readers/", {"ref": case.ref})
    seen = text(client.get(f"/readers/{case.pk}/"))
    assert ("A court or a prosecutor orders it" in seen, police.user.name in seen) == (True, True)
    own = text(signed_in(lead).get(f"/readers/{case.pk}/"))
    assert ("A court or a prosecutor orders it" in own, police.user.name in own) == (True, False)


def test_list_asks_the_same_number_of_queries_for_one_and_twenty(case, police, django_assert_max_num_queries):
    client = signed_in(police)
    sent(client, case)
    one = IdentityRequest.objects.values().get()
    with django_assert_max_num_queries(30) as few:
        client.get("/names/")
    for _ in range(19):
        IdentityRequest.objects.create(**{key: value for key, value in one.items() if key != "id"})
    with django_assert_max_num_queries(len(few)):
        assert text(client.get("/names/")).count('data-l="State"') == 20
