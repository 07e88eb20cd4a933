"""What a learner holds on paper, for every country and in both languages; and the register of trainings, numbers only."""

from datetime import date

import pytest
from django.urls import reverse

from havre.publishing import queries_trainings
from havre.publishing.documents import build
from havre.publishing.models import TrainingSession
from havre.trust.enums import Role
from tests.factories_site import make_now, signed_in

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("country", ["gh", "tl", "th"])
def test_self_test_and_exercises_build_everywhere(country, language):
    test = build("module", "self-test", country=country, language=language, on=DAY)
    assert [len(node.nodes) for node in test.walk() if node.kind == "questions"] == [40, 40]
    pages = build("module", "exercises", country=country, language=language, on=DAY)
    assert sum(len(node.items) for node in pages.walk() if node.kind == "form") >= 50
    for node in (*test.walk(), *pages.walk()):
        assert "{" not in "".join(node.strings())


ENTERED = {
    "edition": "module",
    "held_on": "2026-03-02",
    "region": "Volta",
    "audience": "police",
    "enrolled": "24",
    "attended": "22",
    "passed": "9",
}


def test_trainer_enters_a_training_and_others_see_rounded_years_only():
    desk = signed_in(make_now(Role.TRAINER))
    assert desk.post(reverse("trainings"), ENTERED).status_code == 302
    page = desk.get(reverse("trainings")).content.decode()
    assert "Volta" in page
    assert queries_trainings.by_year() == [{"year": 2026, "enrolled": 25, "attended": 25, "passed": None}]


def test_more_passed_than_attended_is_refused_with_the_mend():
    desk = signed_in(make_now(Role.TRAINER))
    page = desk.post(reverse("trainings"), {**ENTERED, "passed": "23"})
    assert page.status_code == 422
    assert page.context["form"].non_field_errors()
    assert not TrainingSession.objects.exists()


@pytest.mark.parametrize("role", [Role.RAPPORTEUR, Role.CASE_MANAGER])
def test_nobody_but_a_trainer_opens_the_register(role):
    assert signed_in(make_now(role)).get(reverse("trainings")).status_code == 403
