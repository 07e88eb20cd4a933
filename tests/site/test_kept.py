"""A form that cannot be taken (session ended, page stale, screen locked, condition missing) loses nothing that was typed."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from havre.protection.models import Intake, IntakePerson
from havre.trust.accounts import sessions
from havre.trust.enums import Role
from tests.factories import make_actor
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")
OWN = {"HTTP_ORIGIN": "http://testserver"}
TYPED = {
    "n-TOTAL_FORMS": "10",
    "n-INITIAL_FORMS": "0",
    "n-0-age_band": "adult",
    "n-0-gender": "ผู้หญิง <b>\nส่วนตัว",
    "n-0-needs": ["medical", "interpreter"],
}


@pytest.fixture
def officer():
    return make_actor(Role.FIRST_RESPONDER, at=timezone.now())


@pytest.fixture
def night(officer):
    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    return (
        browser(officer)
        .post(reverse("protection:groups"), {"happened_at": when, "place": "vessel", "situation": "fishing"})
        .headers["Location"]
    )


def strict(actor):
    """A browser whose forms are checked for their token."""
    client = browser(actor)
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = client.cookies
    return checked


def fields(page):
    """What the page would send on: name → values, without its token."""
    form = re.findall(r"<form.*?</form>", page.content.decode(), re.DOTALL)[0]
    found = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        found.setdefault(name, []).append(value.replace("&lt;", "<").replace("&gt;", ">"))
    return found


def rest(client, minutes):
    session = client.session
    session[sessions.SEEN] = (timezone.now() - timedelta(minutes=minutes)).isoformat()
    session.save()


def without_token(found):
    return {name: values for name, values in found.items() if name != "csrfmiddlewaretoken"}


def test_form_sent_after_the_session_rested_is_kept_in_the_page_and_sent_on_after_sign_in(officer, night):
    client = browser(officer)
    rest(client, 600)
    page = client.post(night, TYPED, **OWN)
    assert (page.status_code, page.templates[0].name) == (403, "accounts/signed_out.html")
    # who passes by reads nothing on the screen
    assert "ส่วนตัว" not in re.sub(r"<[^>]+>", "", page.content.decode())
    sent = fields(page)
    assert [sent["n-0-gender"], sent["n-0-needs"], len(sent["typed_by"])] == [[TYPED["n-0-gender"]], TYPED["n-0-needs"], 1]
    again = strict(officer).post(night, sent, **OWN)
    assert (again.status_code, without_token(fields(again))) == (403, {name: values for name, values in sent.items() if name != "typed_by"})
    assert "ส่วนตัว" in re.sub(r"<[^>]+>", "", again.content.decode())
    assert browser(officer).post(night, fields(again), **OWN).status_code == 302
    assert IntakePerson.objects.for_house("tests").get().intake == Intake.objects.get()


def test_form_of_somebody_signed_out_elsewhere_is_kept_too(night):
    page = Client().post(night, TYPED, **OWN)
    assert (page.status_code, fields(page)["n-0-needs"]) == (403, TYPED["n-0-needs"])


def test_what_one_account_typed_is_not_sent_on_by_the_next(officer, night):
    client = browser(officer)
    rest(client, 600)
    sent = fields(client.post(night, TYPED, **OWN))
    other = strict(make_actor(Role.FIRST_RESPONDER, at=timezone.now())).post(night, sent, **OWN)
    assert (other.status_code, "ส่วนตัว" in other.content.decode(), "n-0-needs" in other.content.decode()) == (403, False, False)
    forged = strict(officer).post(night, {**sent, "typed_by": "forged"}, **OWN)
    assert (forged.status_code, "ส่วนตัว" in forged.content.decode()) == (403, False)


@pytest.mark.parametrize("came_from", [{"HTTP_ORIGIN": "https://elsewhere.example"}, {}])
def test_form_of_another_site_is_never_kept(officer, night, came_from):
    client = browser(officer)
    rest(client, 600)
    page = client.post(night, TYPED, **came_from)
    assert (page.status_code, page.headers["Location"]) == (302, "/accounts/login/?rested=1")
    assert "ส่วนตัว" not in strict(officer).post(night, TYPED, **came_from).content.decode()


def test_secret_of_a_sign_in_is_never_kept(officer):
    page = strict(officer).post("/accounts/confirm/", {"code": "my secret words"}, **OWN)
    assert (page.status_code, "my secret" in page.content.decode()) == (403, False)


def test_form_sent_from_a_page_left_open_while_the_screen_locked_waits_for_the_factor(officer, night):
    client = browser(officer)
    client.post(reverse("lock"))
    page = client.post(night, TYPED, **OWN)
    assert (page.status_code, 'name="kept-n-0-age_band" value="adult"' in page.content.decode()) == (409, True)


def test_no_page_says_that_the_browser_keeps_what_it_may_not_store(officer):
    page = browser(officer).post(reverse("protection:groups"), TYPED, **OWN)
    assert page.headers["Cache-Control"] == "no-store"
    for name in ("site/refused.html", "site/invalid.html", "403_csrf.html"):
        from django.template.loader import get_template

        assert "browser" not in get_template(name).template.source.replace("this browser refuses cookies", "")
