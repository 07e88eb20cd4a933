from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from havre.trust.contracts import Waiting
from havre.trust.enums import Role
from tests.factories import UserFactory
from tests.factories_site import BACKEND, make_case_now, make_now, signed_assessment, signed_in, waiting


@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("language", ["en", "fr"])
def test_home_of_every_role_with_nothing_waiting_says_what_the_role_is_there_for(role, language):
    actor = make_now(role, language=language)
    if role is Role.DATA_PROTECTION_OFFICER:
        signed_assessment(actor)
    response = signed_in(actor).get("/")
    text = response.content.decode()
    assert response.status_code == 200
    assert f'<html lang="{language}"' in text
    assert str(role.label) in text or language == "fr"
    assert 'class="sheet stack" aria-labelledby="role"' in text


def test_home_sorts_what_waits_into_today_and_soon_and_others():
    now = timezone.now()
    items = (
        Waiting("third", "/z", now + timedelta(days=60)),
        Waiting("first", "/x", now - timedelta(hours=30)),
        Waiting("theirs", "/y", now + timedelta(days=1), awaited_from="Port clinic"),
    )
    with waiting(*items):
        context = signed_in(make_now()).get("/").context
    desk = context["desk"]
    assert ([w.title for w in desk.today], [w.title for w in desk.later], [w.title for w in desk.others], desk.late) == (
        ["first"],
        ["third"],
        ["theirs"],
        1,
    )
    assert len(context["days"]) == 14
    assert context["days"][0].bars == (("c-stop", 61),)


def test_home_of_account_without_job_says_whom_to_ask():
    client = Client()
    client.force_login(UserFactory(), backend=BACKEND)
    response = client.get("/")
    assert (response.status_code, response.templates[0].name) == (403, "site/no_job.html")


def test_home_without_sign_in_leads_to_sign_in():
    assert Client().get("/").headers["Location"].startswith("/accounts/login/")


def test_navigation_of_coordinator_has_no_case_list():
    response = signed_in(make_now(Role.COORDINATOR)).get("/")
    names = [link.url_name for group in response.context["navigation"] for link in group.links]
    assert "cases" not in names
    assert not response.context["may_search"]


def test_language_switch_of_anonymous_sets_the_cookie_and_goes_back():
    client = Client()
    response = client.post(reverse("set_language"), {"language": "fr", "next": "/help/accessibility/"})
    assert response.headers["Location"] == "/help/accessibility/"
    assert '<html lang="fr"' in client.get("/help/accessibility/").content.decode()


def test_language_switch_of_signed_in_is_kept_by_the_account():
    actor = make_now()
    client = signed_in(actor)
    client.post(reverse("set_language"), {"language": "fr", "next": "/"})
    actor.user.refresh_from_db()
    assert actor.user.language == "fr"
    assert '<html lang="fr"' in signed_in(actor).get("/").content.decode()


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/", "javascript:alert(1)"])
def test_language_switch_with_foreign_next_goes_home(elsewhere):
    assert Client().post(reverse("set_language"), {"language": "fr", "next": elsewhere}).headers["Location"] == "/"


def test_language_not_offered_changes_nothing():
    actor = make_now()
    signed_in(actor).post(reverse("set_language"), {"language": "xx"})
    actor.user.refresh_from_db()
    assert actor.user.language == "en"


@pytest.mark.parametrize("path", ["/", "/d/", "/styleguide/", "/help/accessibility/", "/nowhere/"])
def test_every_page_sends_policy_and_is_not_stored(path):
    headers = signed_in(make_now()).get(path).headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["Content-Security-Policy"].startswith("default-src 'none'; script-src 'self'; style-src 'self'")
    assert headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize(("actor_role", "frame"), [(None, "site/plain.html"), (Role.CASE_MANAGER, "site/base.html")])
def test_unknown_address_is_404_with_what_to_do(actor_role, frame):
    client = signed_in(make_now(actor_role)) if actor_role else Client()
    response = client.get("/nowhere/")
    assert response.status_code == 404
    assert frame in [template.name for template in response.templates]
    assert "What you can do" in response.content.decode()


def test_unknown_address_answers_in_the_language_of_the_account():
    assert '<html lang="fr"' in signed_in(make_now(language="fr")).get("/nowhere/").content.decode()


def test_form_without_token_is_403_with_what_to_do():
    response = Client(enforce_csrf_checks=True).post(reverse("set_language"), {"language": "fr"})
    assert response.status_code == 403
    assert "What you can do" in response.content.decode()


def test_our_mistake_is_a_500_page_that_says_what_to_do(settings):
    from havre.site.views import broken

    response = broken(None)
    assert response.status_code == 500
    assert "What you can do" in response.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "OPTIONS", "PROPFIND"])
def test_method_that_no_page_uses_is_not_answered_as_if_it_were_a_reading(method):
    client = signed_in(make_now(Role.CASE_MANAGER))
    for path in ("/", reverse("cases"), reverse("accessibility")):
        response = client.generic(method, path)
        assert (response.status_code, response.headers["Allow"], response.content) == (405, "GET, HEAD, POST", b"")
        assert response.headers["Cache-Control"] == "no-store"


def test_title_of_a_hidden_case_is_neutral():
    owner, other = make_now(), make_now()
    case = make_case_now(owner)
    response = signed_in(other).get(reverse("case", args=[case.ref]))
    text = response.content.decode()
    assert response.status_code == 404
    assert case.ref not in text.replace(f"/d/{case.ref}/", "")


def test_styleguide_is_for_the_signed_in():
    assert Client().get("/styleguide/").status_code == 302
    assert signed_in(make_now(Role.TRAINER)).get("/styleguide/").status_code == 200


@pytest.mark.parametrize("role", list(Role))
def test_every_link_of_the_navigation_answers(role):
    client = signed_in(make_now(role))
    context = client.get("/").context
    answers = {link.url: client.get(link.url).status_code for group in context["navigation"] for link in group.links}
    assert answers == dict.fromkeys(answers, 200)
