"""Whoever keeps the instance sees that the chain is behind: on the home page, on the instance's page and in the self-check."""

from datetime import timedelta

import pytest
from django.utils import timezone

from havre.site.operations import doctor
from havre.trust.audit import lag
from havre.trust.enums import Role
from tests.factories_audit import made_before, make_act
from tests.factories_site import make_now, signed_in


@pytest.fixture(autouse=True)
def asked_anew(tmp_path, settings):
    settings.HAVRE_HOME = settings.STATIC_ROOT = tmp_path
    lag.forget()
    yield
    lag.forget()


def page(role: Role, path: str) -> str:
    answer = signed_in(make_now(role)).get(path)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def chain() -> doctor.Finding:
    return next(finding for finding in doctor.examine(running=True) if finding.code == "chain")


def test_home_says_nothing_of_the_chain_while_it_keeps_up():
    assert "The audit chain is behind" not in page(Role.ADMINISTRATOR, "/")


@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (3, "3 minutes behind: at ten minutes names can no longer be opened."),
        (15, "15 minutes behind: nobody can open a name until the background worker runs again."),
    ],
)
def test_home_of_who_keeps_the_instance_shows_the_lag(role, minutes, words):
    make_act(id=made_before(minutes))
    shown = page(role, "/")
    assert "The audit chain is behind" in shown
    assert words in shown


def test_home_of_a_case_manager_does_not_show_the_lag():
    make_act(id=made_before(15))
    assert "The audit chain is behind" not in page(Role.CASE_MANAGER, "/")


def test_instance_page_says_that_names_are_closed():
    make_act(id=made_before(15))
    shown = page(Role.ADMINISTRATOR, "/instance/")
    assert "The audit chain is 15 minutes behind: no name can be opened." in shown
    assert "Names are closed" in shown


def test_instance_page_is_refused_to_who_keeps_no_instance():
    assert signed_in(make_now(Role.CASE_MANAGER)).get("/instance/").status_code == 403


def test_doctor_finds_the_chain_behind_and_a_start_does_not_ask():
    make_act(id=made_before(2))
    assert (chain().ok, "The audit chain is 12" in chain().words) == (False, True)
    assert [finding for finding in doctor.examine(serving=True) if finding.code == "chain"] == []


def test_doctor_finds_a_chain_that_keeps_up_in_order():
    lag.beat(timezone.now() - timedelta(seconds=4))
    make_act()
    assert chain().ok
