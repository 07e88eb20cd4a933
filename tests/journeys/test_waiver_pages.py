"""Pages on which a supervisor of referral signs, and the refused page that leads there: no barrier, nothing too wide, with two windows."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.referral import services
from havre.referral.models import Conference, Transfer
from havre.trust.enums import Role, Section
from havre.trust.models import Override
from tests.factories import make_case
from tests.factories_casework import agree, consent_to, person_of
from tests.factories_site import make_now
from tests.journeys.test_field_pages import looked_at, same_house
from tests.referral.houses import act

PARTS = Section.PROTECTION | Section.FACTS | Section.IDENTITY
CHILD = ("best_interests_at", "child_heard_at", "guardian_named_at")


@pytest.mark.parametrize("language", ["en", "fr"])
def test_worker_is_refused_a_supervisor_signs_and_the_worker_proposes_the_lead(visit, unlocked, settings, tmp_path, language):
    settings.STATIC_ROOT = tmp_path
    worker, other = make_now(Role.CASE_MANAGER, language=language), make_now(Role.CASE_MANAGER)
    head = same_house(worker, supervisor=True, language=language)
    agree(worker, other)
    case = make_case(worker, age=15)
    person = person_of(case)
    consent = consent_to(case, other, sections=PARTS, days=3650)
    desk, chief = visit(worker, language=language), visit(head, language=language)
    lead, call = reverse("referral:lead", args=[case.pk]), reverse("referral:call", args=[case.pk, person.pk])
    wrong = []

    assert desk.go(lead) == 200
    desk.page.select_option("[name=second]", str(other.organisation_id))
    desk.page.select_option("[name=second_role]", "case_manager")
    desk.page.check(f"[name=sections][value='{int(Section.PROTECTION)}']")
    desk.page.click("form:has([name=second]) button[type=submit]")
    assert desk.page.locator(".note.is-wait").count() == 1
    assert desk.page.locator("[name=waive]").count() == 0
    wrong += looked_at(desk, "lead-refused", language)

    for name, url in (("call", call), ("lead", lead)):
        assert chief.go(url) == 200
        chief.page.click("details:has([name=waive]) summary")
        wrong += looked_at(chief, f"{name}-waiver", language)
    chief.page.check("[name=gates][value=RG13]")
    chief.page.select_option("form:has([name=waive]) [name=reason]", "danger")
    chief.page.click("form:has([name=waive]) button[type=submit]")
    assert Override.objects.for_house("tests").get().subject_id == case.pk

    # what was typed is still on the worker's page
    desk.page.click("form:has([name=second]) button[type=submit]")
    assert Transfer.objects.for_house("tests").get().status == "proposed"

    now = timezone.now()
    seats = [services.Invited(worker.organisation_id, "case_manager", chair=True)]
    seats.append(services.Invited(other.organisation_id, "case_manager", consent_id=consent.pk))
    called = {"sits_at": now + timedelta(days=3), "seats": seats, "agenda": ["safety"], **dict.fromkeys(CHILD, now)}
    made = act(services.call, worker, case_id=case.pk, person_id=person.pk, decides_status=True, **called)
    assert chief.go(reverse("referral:conference", args=[made.pk])) == 200
    chief.page.click("details:has([name=waive]) summary")
    wrong += looked_at(chief, "conference-waiver", language)
    assert Conference.objects.for_house("tests").get().status == "called"
    assert wrong == [], "\n".join(wrong)
