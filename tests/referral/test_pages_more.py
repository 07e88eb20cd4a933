"""Pages before and beside an offer: what would go, word for word; the directory; urgency; several persons; notices; the proof."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services
from havre.referral.models import OutsideKey, Referral, Service
from havre.referral.workflow import ACKNOWLEDGE
from havre.register import services as register
from havre.register.models import Person
from havre.trust import clocks
from havre.trust.enums import Role, Section
from havre.trust.models import Accreditation, Grant
from tests.factories import OrganisationFactory, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of
from tests.factories_whole import send
from tests.pages import browser, shell  # noqa: F401
from tests.referral.houses import accepted, describe

pytestmark = pytest.mark.usefixtures("shell")


@pytest.fixture
def house():
    now = timezone.now()
    sender, receiver = make_actor(at=now), make_actor(Role.SHELTER, at=now)
    agree(sender, receiver)
    case = make_case(sender)
    return sender, receiver, case, consent_to(case, receiver, sections=Section.PROTECTION | Section.WHEREABOUTS, days=3650)


def typed(house, **changes):
    sender, receiver, _case, consent = house
    return {
        "receiver": receiver.organisation_id, "receiver_role": "shelter", "need": "shelter", "purpose": "protection",
        "sections": [int(Section.PROTECTION)], "asked_until": (sender.at + timedelta(days=9)).date().isoformat(),
        "consent": str(consent.pk), **changes,
    }  # fmt: skip


def page_of(house, name="offer"):
    _sender, _receiver, case, _consent = house
    return reverse(f"referral:{name}", args=[case.pk, person_of(case).pk])


def preview_in(page) -> str:
    """The preview as a page shows it, blanks apart."""
    found = re.search(r'<div id="preview">(.*?)</div>\s*(?:</section>|<p|$)', page.content.decode(), re.S)
    assert found, page.content.decode()[:400]
    return re.sub(r"\s+", " ", found[1].split("</dl>")[0])


def sentinels(case):
    """Words in whatever a careless preview could print; gives them."""
    Person.objects.for_house("tests").filter(case=case).update(gender="Sentinelgender", age_on_opening=23)
    return ("Sentinelgender", case.ref, str(case.pk), str(person_of(case).pk), "23 years")


def test_sender_sees_before_sending_the_very_preview_that_the_receiver_will_read(house):
    """SORMAS#6640: pseudonymised sharing showed names in the preview. SORMAS#4423: nothing but the preview before acceptance."""
    sender, receiver, case, _consent = house
    secrets = sentinels(case)
    looked = browser(sender).post(page_of(house), {**typed(house), "look": "1"})
    assert (looked.status_code, Referral.objects.for_house("tests").count()) == (200, 0)
    browser(sender).post(page_of(house), typed(house))
    referral = Referral.objects.for_house("tests").get()
    read = browser(receiver).get(reverse("referral:answer", args=[referral.pk]))
    assert preview_in(looked) == preview_in(read)
    assert [secret for secret in secrets if secret in read.content.decode()] == []
    assert [secret for secret in secrets if secret in preview_in(looked)] == []


def test_package_shows_each_section_with_the_consent_that_covers_it_and_what_is_left_out(house):
    sender, _receiver, _case, _consent = house
    parts = [int(Section.PROTECTION), int(Section.HEALTH)]
    page = browser(sender).post(page_of(house), {**typed(house, sections=parts), "look": "1"})
    package = {part.section: (part.opens, part.covered, part.readable) for part in page.context["package"]}
    assert package[Section.PROTECTION] == (True, True, True)
    assert package[Section.HEALTH] == (True, False, False)
    assert package[Section.WHEREABOUTS] == (False, True, True)
    assert package[Section.JUSTICE] == (False, False, False)
    text = page.content.decode()
    assert (text.count("Left out: stays closed"), "no consent covers it" in text, "a referral does not let this role read it" in text) == (
        5,
        True,
        True,
    )
    assert next(p for p in page.context["package"] if p.section == Section.PROTECTION).records == 1


def test_full_service_is_told_on_the_page_with_others_that_fit_and_the_form_is_kept(house):
    sender, receiver, _case, _consent = house
    other = make_actor(Role.SHELTER, at=sender.at)
    for actor, free in ((receiver, 0), (other, 1)):
        Accreditation.objects.create(
            organisation_id=actor.organisation_id, kind="shelter", by="x", starts_on=sender.at.date(), ends_on=sender.at.date()
        )
        describe(actor, free_places=free)
    client = browser(sender)
    refused = client.post(page_of(house), typed(house))
    text = refused.content.decode()
    name = Service.objects.get(organisation_id=other.organisation_id).organisation.name
    assert (refused.status_code, name in text, "no free place" in text) == (409, True, True)
    assert f'value="{typed(house)["asked_until"]}"' in text
    assert client.post(page_of(house), typed(house, anyway_reason="told")).status_code == 302


def test_request_that_cannot_be_keeps_what_was_typed_beside_its_complaint(house):
    answer = browser(house[0]).post(page_of(house), typed(house, sections=[int(Section.JUSTICE)]))
    assert (answer.status_code, "may never read" in answer.content.decode()) == (422, True)


def test_urgent_page_is_one_screen_and_the_answer_is_recorded_afterwards(house):
    sender, receiver, case, consent = house
    told = {"receiver": receiver.organisation_id, "receiver_role": "shelter", "need": "shelter", "vital_interest": "danger"}
    client = browser(sender)
    assert client.get(page_of(house, "urgent")).status_code == 200
    assert client.post(page_of(house, "urgent"), {**told, "vital_interest": ""}).status_code == 422
    sent = client.post(page_of(house, "urgent"), told).headers["Location"]
    assert "Ask the person now" in client.get(sent).content.decode()
    step = f"{sent}ask_consent/"
    assert client.post(step, {"answer": "given"}).status_code == 409
    assert client.post(step, {"answer": "given", "consent": str(consent.pk)}).status_code == 302
    assert "Ask the person now" not in client.get(sent).content.decode()
    assert case.pk


def test_several_page_sends_those_who_agreed_and_leaves_the_others(house):
    sender, receiver, case, consent = house
    second = make_case(sender)
    agreed = consent_to(second, receiver, days=3650)
    third = make_case(sender)
    client, url = browser(sender), reverse("referral:several")
    assert {c.ref for c in (case, second, third)} <= set(re.findall(r"D-\w{4}-\w{4}", client.get(url).content.decode()))
    named = client.get(url, {"person": [str(person_of(second).pk), "no-id"]}).content.decode()
    assert (second.ref in named, case.ref in named) == (True, False)
    asked = {name: value for name, value in typed(house).items() if name != "consent"}
    chosen = {f"consent-{person_of(case).pk}": str(consent.pk)}
    assert client.post(url, {**asked, **chosen}).status_code == 422
    chosen[f"consent-{person_of(second).pk}"] = str(agreed.pk)
    assert client.post(url, {**asked, **chosen}).status_code == 302
    sent = Referral.objects.for_house("tests").filter(group__isnull=False)
    assert {one.case_id for one in sent} == {case.pk, second.pk}


def test_receiver_asks_for_more_and_the_sender_answers_on_the_page(house):
    sender, receiver, case, _consent = house
    browser(sender).post(page_of(house), typed(house))
    referral = Referral.objects.for_house("tests").get()
    answer, sent = reverse("referral:answer", args=[referral.pk]), reverse("referral:sent", args=[referral.pk])
    client = browser(receiver)
    assert client.post(answer, {"step": "ask", "section": int(Section.IDENTITY)}).status_code == 409
    assert client.post(answer, {"step": "ask", "section": int(Section.JUSTICE), "reason": "safety"}).status_code == 422
    assert client.post(answer, {"step": "ask", "section": int(Section.IDENTITY), "reason": "safety"}).status_code == 302
    more = consent_to(case, receiver, sections=Section.IDENTITY, days=3650)
    step = reverse("referral:step", args=[referral.pk, "more"])
    assert "Answer the request" in browser(sender).get(sent).content.decode()
    assert client.post(step, {"refusal": "person"}).status_code == 404
    assert browser(sender).post(step, {}).status_code == 409
    assert browser(sender).post(step, {"consent": str(more.pk)}).status_code == 302
    assert "Opened" in client.get(answer).content.decode()


def test_withdrawn_offer_leaves_the_receiver_a_number_and_nothing_else(house):
    sender, receiver, _case, consent = house
    browser(sender).post(page_of(house), typed(house))
    referral = Referral.objects.for_house("tests").get()
    now = sender.on(timezone.now())
    with trust.acting(now):
        register.withdraw_consent(by=now, consent_id=consent.pk)
    client = browser(receiver)
    text = client.get(reverse("referral:answer", args=[referral.pk])).content.decode()
    assert ("This is over." in text, "A safe place" in text, "18 to 24" in text) == (True, False, False)
    listed = client.get(reverse("referral:index"), {"tab": "closed"}).content.decode()
    assert (referral.number in listed, "A safe place" in listed) == (True, False)
    notices = reverse("referral:notices")
    assert "nothing of it is open any more" in client.get(notices).content.decode()
    assert client.post(notices).status_code == 302
    proof = browser(sender).get(reverse("referral:proof", args=[consent.pk])).content.decode()
    assert ("no access is open any more" in proof, referral.number in proof) == (True, True)
    assert not Grant.objects.filter(source_id=referral.pk).exists()


def test_entry_of_the_directory_is_written_by_the_service_and_read_by_those_who_refer(house):
    sender, receiver, _case, _consent = house
    client, url = browser(receiver), reverse("referral:entry")
    told = {"needs": ["shelter"], "languages": "eng, twi", "capacity": "4", "free_places": "3"}
    assert client.get(url).status_code == 200
    assert client.post(url, {**told, "free_places": "9"}).status_code == 422
    assert client.post(url, told).status_code == 302
    assert "eng, twi" in client.get(url).content.decode()
    page = browser(sender).get(reverse("referral:directory"), {"need": "shelter"}).content.decode()
    assert (Service.objects.get().organisation.name in page, "no accreditation in force" in page) == (True, True)
    assert (
        Service.objects.get().organisation.name
        not in browser(sender).get(reverse("referral:directory"), {"need": "legal"}).content.decode()
    )


def many(house, number, **changes):
    """So many referrals to the receiver in this state, each of a case of its own."""
    sender, receiver, _case, _consent = house
    for _n in range(number):
        row = send(sender, make_case(sender), receiver.organisation_id, Role.SHELTER)
        Referral.objects.for_house("tests").filter(pk=row.pk).update(**changes)
        yield row


def test_coordinators_delays_show_counts_as_the_board_does_and_no_exact_one(house):
    """Exact here and rounded on the board, one less the other gave small numbers away."""
    sender = house[0]
    long_ago = sender.at - timedelta(days=30)
    for row in many(house, 12, status="offered", offered_at=long_ago, escalated_further_at=long_ago):
        clocks.start(ACKNOWLEDGE, case_id=row.case_id, subject_id=row.pk, at=long_ago, by=sender)
    assert (
        len([*many(house, 13, status="declined", decline_reason="full"), *many(house, 4, status="declined", decline_reason="too_far")])
        == 17
    )
    assert len(list(many(house, 3, status="expired", closed_because="no_answer"))) == 3
    coordinator = browser(make_actor(Role.COORDINATOR, at=sender.at))
    page = unescape(re.sub(r"<[^>]+>", "|", coordinator.get(reverse("referral:delays")).content.decode()))
    name = Referral.objects.for_house("tests").first().receiver.name
    text = re.sub(r"[|\s]+", " ", page)
    assert f"{name} 15 < 11 " in text
    urgent = "Urgent, without consent 35 Urgent, asked afterwards < 11"
    for told in (f"{name} · 15", f"{name} · < 11", "No place · 15", urgent, "rounded up to the next multiple of 5"):
        assert told in text, told
    # a reason below the threshold is not named, as on the board
    assert "Too far" not in text
    assert re.findall(r"(?<!\d)(?:12|13|4|3|32)(?= |$|;|,)", text.split("Referrals that wait", 2)[-1].split(" Listed ")[0]) == []
    assert "Referrals have risen to the coordination: 15" in unescape(coordinator.get(reverse("home")).content.decode())


def test_coordinator_writes_accreditations_and_sees_counts_without_a_case(house):
    sender, receiver, case, _consent = house
    coordinator = browser(make_actor(Role.COORDINATOR, at=sender.at))
    url, day = reverse("referral:accreditation"), sender.at.date()
    whom = {"organisation": receiver.organisation_id, "role": "shelter"}
    told = {**whom, "authority": "Example ministry", "starts_on": day.isoformat(), "ends_on": (day + timedelta(days=30)).isoformat()}
    assert coordinator.post(url, whom).status_code == 422
    assert coordinator.post(url, told).status_code == 302
    assert "Example ministry" in coordinator.get(url).content.decode()
    assert coordinator.post(url, {**whom, "go": "end"}).status_code == 302
    assert coordinator.post(url, {**whom, "go": "end"}).status_code == 409
    browser(sender).post(page_of(house), typed(house))
    for hours in (25, 50):
        services.expire(sender.at + timedelta(hours=hours))
    counts = coordinator.get(reverse("referral:delays")).content.decode()
    referral = Referral.objects.for_house("tests").get()
    assert (referral.receiver.name in counts, referral.number in counts, case.ref in counts) == (True, False, False)


@pytest.mark.parametrize(
    ("name", "allowed"),
    [
        ("directory", {Role.CASE_MANAGER, Role.SHELTER, Role.COORDINATOR}),
        ("entry", {Role.CASE_MANAGER, Role.SHELTER}),
        ("notices", {Role.CASE_MANAGER, Role.SHELTER}),
        ("several", {Role.CASE_MANAGER}),
        ("accreditation", {Role.COORDINATOR}),
        ("delays", {Role.COORDINATOR}),
    ],
)
def test_page_opens_to_its_roles_and_is_missing_for_others(name, allowed):
    roles = (Role.CASE_MANAGER, Role.SHELTER, Role.COORDINATOR, Role.RAPPORTEUR, Role.DATA_PROTECTION_OFFICER)
    found = {role for role in roles if browser(make_actor(role, at=timezone.now())).get(reverse(f"referral:{name}")).status_code == 200}
    assert found == allowed


def asked_of(client, url):
    with CaptureQueriesContext(connection) as queries_made:
        assert client.get(url).status_code == 200
    return len(queries_made)


@pytest.mark.parametrize("name", ["notices", "several", "leads", "delays", "accreditation", "outside"])
def test_list_asks_as_many_queries_for_many_rows_as_for_one(name, house):
    """One case with everything on it, then four more: each list is read again."""
    sender, receiver, _case, _consent = house
    second, coordinator = make_actor(at=sender.at), make_actor(Role.COORDINATOR, at=sender.at)
    agree(sender, second)

    def one_more():
        case = make_case(sender)
        consent = consent_to(case, receiver, days=3650)
        consent_to(case, second, days=3650)
        asked = typed((sender, receiver, case, consent))
        draft = {**{key: asked[key] for key in ("receiver_role", "need", "purpose")}, "receiver_id": receiver.organisation_id}
        with trust.acting(sender):
            made = services.prepare(
                case_id=case.pk, person_id=person_of(case).pk, sections=Section.PROTECTION, consent_id=consent.pk,
                asked_until=sender.at + timedelta(days=9), by=sender, **draft,
            )  # fmt: skip
            services.offer(referral_id=made.pk, by=sender)
            services.propose(
                case_id=case.pk, second_id=second.organisation_id, second_role="case_manager", sections=Section.PROTECTION, by=sender
            )
        key = {"public_key": "age1example", "recorded_by": sender.user, "recorded_at": sender.at}
        OutsideKey.objects.create(organisation=OrganisationFactory(), **key)
        day = sender.at.date()
        Accreditation.objects.create(organisation=OrganisationFactory(), kind="shelter", by="x", starts_on=day, ends_on=day)

    one_more()
    client = browser({"notices": receiver, "delays": coordinator, "accreditation": coordinator}.get(name, sender))
    first = asked_of(client, reverse(f"referral:{name}"))
    for _n in range(4):
        one_more()
    assert asked_of(client, reverse(f"referral:{name}")) == first


def test_every_link_of_the_case_page_opens_for_the_sender_and_for_the_receiver(house):
    sender, receiver, case, _consent = house
    referral = accepted(house, asked_until=timezone.now() + timedelta(days=60))
    sent = reverse("referral:sent", args=[referral.pk])
    for actor, reaches in ((sender, True), (receiver, False)):
        client = browser(actor)
        page = client.get(reverse("case", args=[case.ref])).content.decode()
        links = {unescape(one) for one in re.findall(r'<a [^>]*href="(/(?:d|o|p|j)/[^"]+)"', page)}
        assert ("Referral offered" in page, sent in links) == (True, reaches)
        assert {one: client.get(one).status_code for one in links} == dict.fromkeys(links, 200)
