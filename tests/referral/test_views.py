"""Referral's pages: the preview is an allow-list, the answer is one step, the list is cheap."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services
from havre.referral.models import Referral
from havre.register.models import Case, Person
from havre.trust.enums import Role, Section
from havre.trust.ids import new_id
from tests.factories import make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of
from tests.french import french, speaks_french  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")
SHARED = Section.PROTECTION | Section.WHEREABOUTS


@pytest.fixture
def house():
    now = timezone.now()
    sender, receiver = make_actor(at=now), make_actor(Role.SHELTER, at=now)
    agree(sender, receiver)
    return sender, receiver


def offer(sender, receiver, **fields):
    case = make_case(sender)
    consent = consent_to(case, receiver, sections=SHARED, days=3650)
    with trust.acting(sender):
        draft = services.prepare(
            case_id=case.pk, person_id=person_of(case).pk, receiver_id=receiver.organisation_id, receiver_role=receiver.role,
            purpose=receiver.purpose, sections=SHARED, need="shelter", asked_until=sender.at + timedelta(days=30), consent_id=consent.pk,
            by=sender, **fields,
        )  # fmt: skip
        return case, services.offer(referral_id=draft.pk, by=sender)


def test_offer_page_prepares_and_offers(house):
    sender, receiver = house
    case = make_case(sender)
    consent = consent_to(case, receiver, sections=SHARED, days=3650)
    url = reverse("referral:offer", args=[case.pk, person_of(case).pk])
    client = browser(sender)
    told = {
        "receiver": receiver.organisation_id, "receiver_role": "shelter", "need": "shelter", "purpose": "protection",
        "sections": [int(Section.PROTECTION)], "asked_until": (sender.at + timedelta(days=9)).date().isoformat(),
    }  # fmt: skip
    refused = client.post(url, told)
    assert (refused.status_code, "no live consent covers" in refused.content.decode().lower()) == (409, True)
    done = client.post(url, {**told, "consent": str(consent.pk)})
    referral = Referral.objects.for_house("tests").get()
    assert (done.headers["Location"], referral.status) == (reverse("referral:sent", args=[referral.pk]), "offered")


def test_preview_page_shows_nothing_but_the_preview(house):
    sender, receiver = house
    case, referral = offer(sender, receiver)
    # sentinels in whatever a careless template could print
    Person.objects.for_house("tests").filter(case=case).update(gender="Sentinelgender", age_on_opening=23)
    page = browser(receiver).get(reverse("referral:answer", args=[referral.pk]))
    text = page.content.decode()
    assert (page.status_code, referral.number in text, "18 to 24" in text) == (200, True, True)
    for secret in (case.ref, str(case.pk), str(person_of(case).pk), "Sentinelgender", str(referral.consent_id)):
        assert secret not in text


def test_content_before_acceptance_is_404(house):
    sender, receiver = house
    case, referral = offer(sender, receiver)
    client = browser(receiver)
    for url in (
        reverse("referral:sent", args=[referral.pk]),
        reverse("referral:offer", args=[case.pk, person_of(case).pk]),
        reverse("protection:help", args=[case.pk, person_of(case).pk]),
    ):
        assert client.get(url).status_code == 404
    assert client.post(reverse("referral:step", args=[referral.pk, "withdraw"])).status_code == 404


def test_answer_page_accepts_starts_and_completes(house):
    sender, receiver = house
    case, referral = offer(sender, receiver)
    client, url = browser(receiver), reverse("referral:answer", args=[referral.pk])
    assert client.post(url, {"step": "acknowledge"}).status_code == 302
    assert client.post(url, {"step": "accept"}).status_code == 409
    assert client.post(url, {"step": "accept", "no_conflict": "on"}).status_code == 302
    with trust.acting(receiver.on(timezone.now())):
        assert Case.objects.visible_to(receiver.on(timezone.now())).get() == case
    assert client.post(url, {"step": "start"}).status_code == 302
    assert client.post(url, {"step": "complete"}).status_code == 409
    assert client.post(url, {"step": "complete", "outcome": "help_given", "person_told": "on"}).status_code == 302
    assert "Help given" in browser(sender).get(reverse("referral:sent", args=[referral.pk])).content.decode()


def test_answer_page_declines_with_a_reason(house):
    sender, receiver = house
    _case, referral = offer(sender, receiver)
    client, url = browser(receiver), reverse("referral:answer", args=[referral.pk])
    assert client.post(url, {"step": "decline"}).status_code == 409
    assert client.post(url, {"step": "decline", "reason": "full"}).status_code == 302
    assert "No place" in browser(sender).get(reverse("referral:sent", args=[referral.pk])).content.decode()


@pytest.mark.parametrize("pk", ["other", "unknown"])
def test_offer_to_another_service_is_the_same_404_as_none(house, pk):
    _case, referral = offer(*house)
    client = browser(make_actor(Role.SHELTER, at=timezone.now()))
    assert client.get(reverse("referral:answer", args=[referral.pk if pk == "other" else new_id()])).status_code == 404


@pytest.mark.parametrize("tab", ["to_answer", "under_way", "closed", "sent", "unknown"])
def test_list_has_its_tabs(house, tab):
    sender, receiver = house
    _case, referral = offer(sender, receiver)
    received = browser(receiver).get(reverse("referral:index"), {"tab": tab}).content.decode()
    assert (referral.number in received) == (tab in {"to_answer", "unknown"})
    assert (referral.number in browser(sender).get(reverse("referral:index"), {"tab": tab}).content.decode()) == (tab == "sent")


def test_list_asks_as_many_queries_for_twenty_offers_as_for_one(house):
    sender, receiver = house
    client, url = browser(receiver), reverse("referral:index")
    offer(sender, receiver)
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _n in range(19):
        offer(sender, receiver)
    with CaptureQueriesContext(connection) as twenty:
        client.get(url)
    assert len(twenty) == len(one)


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.RAPPORTEUR, Role.ADMINISTRATOR])
def test_list_is_missing_for_roles_that_hold_no_case(role):
    assert browser(make_actor(role, at=timezone.now())).get(reverse("referral:index")).status_code == 404


def test_pages_speak_french(house, french):  # noqa: F811
    speaks_french(house[1])
    page = browser(house[1]).get(reverse("referral:index")).content.decode()
    assert "<h1>Orientations</h1>" in page


def test_answered_offer_is_no_news_any_more(house):
    sender, receiver = house
    _case, sent = offer(sender, receiver)
    with trust.acting(receiver):
        services.accept(referral_id=sent.pk, no_conflict=True, by=receiver)
    page = browser(receiver).get(reverse("home")).content.decode()
    assert "1 notice about referrals" not in page
