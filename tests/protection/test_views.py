"""Protection's pages: without script, neutral on the cards, every reason on top, and nothing of a hidden section."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from havre.protection import workflow
from havre.protection.models import AssistancePlan, Identification, Screening
from havre.protection.services.identification import OF_THE_CLOCK
from havre.register.models import Case
from havre.trust.enums import Basis, Role
from havre.trust.ids import new_id
from tests.factories import OrganisationFactory, make_actor, make_case
from tests.factories_casework import let_in, make_identification, make_plan, person_of
from tests.french import french, speaks_french  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")

START = {
    "situation": "first_contact", "profile": "adult_labour", "language": "eng", "informed": "on", "privacy_confirmed": "on",
    "safety_level": "low", "medical_need": "false", "gender": "Female", "age_on_opening": "24", "age_basis": "stated", "go": "begin",
}  # fmt: skip


def now_actor(role, **fields):
    return make_actor(role, at=timezone.now(), **fields)


def hidden(page):
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.content.decode()))


def walk(client, answer="yes", origin="seen"):
    """From the first card to the last; gives the fields that have travelled along."""
    page = client.post(reverse("protection:cards"), START)
    seen = 0
    while 'name="answer"' in page.content.decode():
        seen += 1
        page = client.post(reverse("protection:cards"), {**hidden(page), "answer": answer, "origin": origin, "go": "next"})
    return seen, page


def test_cards_keep_nothing_before_the_last_and_then_open_a_case():
    officer = now_actor(Role.FIRST_RESPONDER)
    client = browser(officer)
    seen, last = walk(client)
    assert (seen, Case.objects.for_house("tests").count()) == (13, 0)
    done = client.post(reverse("protection:cards"), {**hidden(last), "kept_because": "agreed", "go": "keep"})
    screening = Screening.objects.for_house("tests").get()
    assert done.headers["Location"] == reverse("protection:screening", args=[screening.pk])
    assert screening.answers.for_house("tests").count() == 13


def test_cards_sent_twice_open_one_case():
    client = browser(now_actor(Role.FIRST_RESPONDER))
    _seen, last = walk(client)
    for _again in range(2):
        client.post(reverse("protection:cards"), {**hidden(last), "kept_because": "agreed", "go": "keep"})
    assert Case.objects.for_house("tests").count() == 1


def test_keeping_nothing_leaves_no_trace():
    client = browser(now_actor(Role.FIRST_RESPONDER))
    _seen, last = walk(client)
    page = client.post(reverse("protection:cards"), {**hidden(last), "go": "discard"})
    assert "Nothing was kept." in page.content.decode()
    assert Case.objects.for_house("tests").count() == 0


def test_missing_right_gives_409_with_every_reason_and_keeps_what_was_answered():
    client = browser(now_actor(Role.FIRST_RESPONDER))
    page = client.post(reverse("protection:cards"), {**START, "informed": "", "privacy_confirmed": ""})
    page = client.post(reverse("protection:cards"), {**hidden(page), "answer": "yes", "origin": "said", "go": "next"})
    answered = {name: value for name, value in hidden(page).items() if name.startswith("a-")}
    page = client.post(reverse("protection:cards"), {**hidden(page), "kept_because": "agreed", "go": "keep"})
    assert (page.status_code, page.content.decode().count("<li><p>")) == (409, 2)
    assert {name: value for name, value in hidden(page).items() if name.startswith("a-")} == answered


def test_card_page_shows_no_word_of_the_subject_and_no_result():
    page = browser(now_actor(Role.HELPLINE)).post(reverse("protection:cards"), START).content.decode().lower()
    title = re.search("<title>(.*?)</title>", page).group(1)
    assert title == "card 1"
    assert not [word for word in ("traffick", "victim", "score", "havre", "screening") if word in re.sub("<[^>]+>", "", page)]


@pytest.mark.parametrize(
    ("role", "status"), [(Role.PROSECUTOR, 403), (Role.SHELTER, 403), (Role.RAPPORTEUR, 403), (Role.CASE_MANAGER, 200)]
)
def test_cards_are_for_those_who_screen(role, status):
    assert browser(now_actor(role)).get(reverse("protection:cards")).status_code == status


def test_outcome_page_shows_dimensions_and_confirms_without_a_score():
    officer = now_actor(Role.FIRST_RESPONDER)
    client = browser(officer)
    _seen, last = walk(client)
    client.post(reverse("protection:cards"), {**hidden(last), "kept_because": "agreed", "go": "keep"})
    url = reverse("protection:screening", args=[Screening.objects.for_house("tests").get().pk])
    page = client.get(url).content.decode()
    # act, means and purpose, seven dimensions, what was denied, what was not answered, where the signs come from
    assert page.count('<section class="sheet">') == 11
    assert client.post(url, {"outcome": "indications_refer"}).status_code == 302
    assert Identification.objects.for_house("tests").get().status == "screened"
    assert browser(now_actor(Role.FIRST_RESPONDER)).get(url).status_code == 404


def test_decision_page_refuses_with_reasons_and_htmx_gets_the_fragment():
    found = make_identification("presumed", members=[], foreign_national=None)
    authority = let_in(now_actor(Role.IDENTIFICATION_AUTHORITY), found)
    client, url = browser(authority), reverse("protection:identification", args=[found.pk])
    assert client.get(url).status_code == 200
    page = client.post(url, {"step": "confirm"}, headers={"HX-Request": "true"})
    assert page.status_code == 409
    assert "never the person: help goes on" in page.content.decode()
    assert "<title>" not in page.content.decode()


def fields_by_step(page):
    """The field names of the decision's form, each with the steps that it is shown for."""
    found = {}
    for classes, inside in re.findall(r'<div class="field ([^"]*of-step[^"]*)">(.*?)</div>', page.content.decode(), re.S):
        steps = {one.removeprefix("of-") for one in classes.split() if one.startswith("of-")} - {"step"}
        found |= dict.fromkeys(re.findall(r'name="(\w+)"', inside), steps)
    return found


def test_decision_page_shows_the_fields_of_the_chosen_step_and_of_no_other():
    """Every step's fields at once were five screens of a phone."""
    found = make_identification("presumed")
    authority = let_in(now_actor(Role.IDENTIFICATION_AUTHORITY), found)
    client, url = browser(authority), reverse("protection:identification", args=[found.pk])
    page = client.get(url)
    shown = fields_by_step(page)
    assert (shown["recovery_answer"], shown["organisations"], shown["reason"]) == (
        {"open_recovery"}, {"confirm", "decline"}, {"confirm", "decline", "leave"},
    )  # fmt: skip
    offered = set(re.findall(r'type="radio" name="step" value="(\w+)"', page.content.decode()))
    assert offered == {"open_recovery", "confirm", "decline", "leave", "lose"}
    assert shown["words_for"] == offered and "step" not in shown
    assert b"protection/steps.css" in page.content and b'class="sheet stack by-step"' in page.content
    # what was typed for another step before the choice changed is not seen, and does not stop this one
    assert client.post(url, {"step": "leave", "reason": "person_choice", "recovery_offered_at": "not a day"}).status_code == 302
    assert Identification.objects.for_house("tests").get(pk=found.pk).recovery_offered_at == found.recovery_offered_at


def test_every_step_of_the_identification_has_its_line_in_the_style_sheet():
    """Otherwise its fields would never be shown."""
    steps = {move.step for move in workflow.IDENTIFICATION.moves} - OF_THE_CLOCK - {"ask"}
    sheet = (Path(settings.PACKAGE) / "protection/static/protection/steps.css").read_text()
    assert set(re.findall(r'\[value="(\w+)"\]:checked\) \.of-\1\b', sheet)) == steps


def test_decision_page_takes_a_step():
    found = make_identification()
    authority = let_in(now_actor(Role.IDENTIFICATION_AUTHORITY), found)
    assert browser(authority).post(reverse("protection:identification", args=[found.pk]), {"step": "presume"}).status_code == 302
    assert Identification.objects.for_house("tests").get(pk=found.pk).status == "presumed"


@pytest.mark.parametrize("role", [Role.SHELTER, Role.HEALTH, Role.COORDINATOR])
def test_decision_page_is_missing_for_roles_without_the_facts(role):
    found = make_identification()
    actor = now_actor(role)
    let_in(actor, found, Basis.CONSENT)
    assert browser(actor).get(reverse("protection:identification", args=[found.pk])).status_code == 404


def test_head_signs_a_waiver_on_the_page_and_the_officer_passes():
    found = make_identification(informed_at=None)
    officer = let_in(now_actor(Role.IDENTIFICATION_AUTHORITY), found)
    head = now_actor(Role.IDENTIFICATION_AUTHORITY, organisation_id=officer.organisation_id, organisation=None, supervisor=True)
    url = reverse("protection:identification", args=[found.pk])
    assert browser(officer).post(url, {"step": "presume"}).status_code == 409
    waive = reverse("protection:waive", args=[found.pk, "presume"])
    assert browser(officer).post(waive, {"gates": ["RG01"], "reason": "danger"}).status_code == 403
    assert browser(head).post(waive, {"gates": ["RG01"], "reason": "danger"}).status_code == 302
    assert browser(officer).post(url, {"step": "presume"}).status_code == 302


def test_provider_of_a_service_stands_in_the_plan_but_never_that_of_a_place_to_sleep():
    worker = now_actor(Role.CASE_MANAGER)
    case = make_case(worker)
    client, clinic = browser(worker), OrganisationFactory(name="Example Clinic")
    client.post(reverse("protection:help", args=[case.pk, person_of(case).pk]), {"needs": ["medical"]})
    plan = AssistancePlan.objects.for_house("tests").get()
    offer = reverse("protection:offer", args=[plan.pk])
    refused = client.post(offer, {"kind": "SocialCare", "need": "safe_housing", "provider": clinic.pk})
    assert (refused.status_code, plan.services.for_house("tests").count()) == (422, 0)
    assert "whereabouts" in refused.content.decode()
    assert client.post(offer, {"kind": "Health", "need": "medical", "provider": clinic.pk}).status_code == 302
    page = client.get(reverse("protection:plan", args=[plan.pk])).content.decode()
    # once as what may be chosen, once as what was
    assert page.count("Example Clinic") == 2
    # what an import wrote before the rule is not shown either
    plan.services.for_house("tests").update(need="safe_housing")
    assert client.get(reverse("protection:plan", args=[plan.pk])).content.decode().count("Example Clinic") == 1


def test_help_page_starts_help_and_plan_page_offers_and_moves():
    worker = now_actor(Role.CASE_MANAGER)
    case = make_case(worker)
    client = browser(worker)
    done = client.post(reverse("protection:help", args=[case.pk, person_of(case).pk]), {"needs": ["medical"]})
    plan = AssistancePlan.objects.for_house("tests").get()
    assert done.headers["Location"] == reverse("protection:plan", args=[plan.pk])
    client.post(reverse("protection:offer", args=[plan.pk]), {"kind": "Health", "need": "medical", "informed": "on"})
    service = plan.services.for_house("tests").get()
    assert client.post(reverse("protection:service", args=[service.pk]), {"step": "accept"}).status_code == 302
    assert client.post(reverse("protection:plan", args=[plan.pk]), {"step": "propose"}).status_code == 409
    assert client.post(reverse("protection:risk", args=[plan.pk]), {"level": "high"}).status_code == 302
    service.refresh_from_db()
    assert service.status == "accepted"
    assert "Not yet" not in client.get(reverse("protection:plan", args=[plan.pk])).content.decode()


@pytest.mark.parametrize("name", ["screening", "identification", "plan", "service"])
def test_table_page_prints_the_workflow(name):
    page = browser(now_actor(Role.TRAINER)).get(reverse("protection:table", args=[name])).content.decode()
    assert '<svg class="wf"' in page
    assert not re.search(r"<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=", page)


def test_unknown_record_is_the_same_404_as_a_hidden_one():
    plan = make_plan()
    client = browser(now_actor(Role.CASE_MANAGER))
    asked = (plan.pk, new_id())
    pages = [client.get(reverse("protection:plan", args=[pk])) for pk in asked]
    token = re.compile(r'name="csrfmiddlewaretoken" value="\w+"')
    bodies = [token.sub("", page.content.decode()).replace(str(pk), "") for page, pk in zip(pages, asked, strict=True)]
    assert [page.status_code for page in pages] == [404, 404]
    assert bodies[0] == bodies[1]


def test_pages_speak_french(french):  # noqa: F811
    officer = now_actor(Role.FIRST_RESPONDER)
    speaks_french(officer)
    page = browser(officer).get(reverse("protection:cards")).content.decode()
    assert "Avant la première fiche" in page


def test_plan_page_asks_as_many_queries_for_twenty_services_as_for_one(django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from havre.protection.models import AssistanceService

    worker = now_actor(Role.CASE_MANAGER)
    plan = make_plan(owner=worker)
    client, url = browser(worker), reverse("protection:plan", args=[plan.pk])

    def service():
        AssistanceService(
            case_id=plan.case_id, plan=plan, kind="Health", need="medical", proposed_at=timezone.now(), by_id=worker.user.pk
        ).save(force_insert=True)

    service()
    with CaptureQueriesContext(connection) as one:
        client.get(url)
    for _n in range(19):
        service()
    with CaptureQueriesContext(connection) as twenty:
        client.get(url)
    assert len(twenty) == len(one)
