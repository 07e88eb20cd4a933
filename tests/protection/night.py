"""What the tests of an intake share: an officer, a browser of one, a group taken in at night, and what was kept of it."""

from datetime import timedelta

import pytest
from django.utils import timezone

from havre import trust
from havre.protection.models import IntakePerson
from havre.protection.services import intake
from havre.protection.services.intake import Row
from havre.trust.enums import Role
from tests.factories import NOW, make_actor
from tests.pages import browser, shell  # noqa: F401

BEFORE = NOW - timedelta(hours=1)


@pytest.fixture(name="officer")
def fixture_officer():
    return make_actor(Role.LABOUR_INSPECTOR)


def group(by, *rows, signs=("SIT-INS2",)):
    """An event with these persons; whatever a row leaves out is not known."""
    with trust.acting(by):
        event = intake.open_group(by=by, happened_at=BEFORE, situation="inspection", place="workplace", shared_signs=signs)
        intake.add_persons(by=by, intake_id=event.pk, rows=rows or [Row("adult")])
    return event


def people() -> list[IntakePerson]:
    return list(IntakePerson.objects.for_house("tests").order_by("number"))


def count(model) -> int:
    return model.objects.for_house("tests").count()


@pytest.fixture(name="client")
def fixture_client():
    return browser(make_actor(Role.FIRST_RESPONDER, at=timezone.now()))
