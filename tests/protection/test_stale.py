"""A page left open while a colleague took a step: it is said in words, and what was typed for the step is there to be copied."""

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.protection.models import AssistancePlan, Identification, SafetyMeasure
from havre.trust.enums import Role
from tests.factories import make_actor, make_case
from tests.factories_casework import let_in, make_identification, make_plan, person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell", "unlocked")
OWN = {"HTTP_ORIGIN": "http://testserver"}
TYPED = "ที่คนที่สองเขียน <b>'elle'</b>"


def words(page):
    return page.content.decode()


def test_second_officer_who_decides_at_once_reads_what_happened_and_keeps_the_reasons():
    found = make_identification("confirmed")
    officer = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY, at=timezone.now()), found)
    sent = {"step": "decline", "reason": "no_means", "words_for": TYPED}
    page = browser(officer).post(reverse("protection:identification", args=[found.pk]), sent, **OWN)
    assert (page.status_code, "this step starts from:" in words(page)) == (409, True)
    assert "What you typed is still here" in words(page) and "ที่คนที่สองเขียน &lt;b&gt;" in words(page)
    assert Identification.objects.for_house("tests").get().status == "confirmed"


def test_step_of_a_record_of_care_that_somebody_took_is_refused_on_the_page_and_not_called_missing():
    worker = make_actor(Role.CASE_MANAGER, at=timezone.now())
    case = make_case(worker)
    client = browser(worker)
    client.post(
        reverse("protection:new_safety_measure", args=[case.pk, person_of(case).pk]),
        {"measure": "code_word", "owner": "person", "by_when": "2030-01-15", "agreed": "true"},
    )
    made = SafetyMeasure.objects.for_house("tests").get()
    address = reverse("protection:safety_measure", args=[made.pk])
    assert client.post(address, {"step": "do"}).status_code == 302
    page = client.post(address, {"step": "do", "do-words_note": TYPED}, **OWN)
    assert (page.status_code, "this step starts from:" in words(page), "ที่คนที่สองเขียน" in words(page)) == (409, True, True)
    assert client.post(address, {"step": "no_such_step"}, **OWN).status_code == 404


def test_step_of_a_plan_that_is_closed_is_refused_on_its_page_with_what_was_typed():
    worker = make_actor(Role.CASE_MANAGER, at=timezone.now())
    plan = make_plan("closed", owner=worker)
    sent = {"step": "propose", "words_view": TYPED}
    page = browser(worker).post(reverse("protection:plan", args=[plan.pk]), sent, **OWN)
    assert (page.status_code, "this step starts from:" in words(page), "ที่คนที่สองเขียน" in words(page)) == (409, True, True)
    assert AssistancePlan.objects.for_house("tests").get().status == "closed"
