"""One's own account: a fresh proof, jobs, devices, passphrase."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.utils import timezone

from havre import trust
from havre.register.models import Case
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.enums import Purpose, Role
from havre.trust.errors import Refused
from havre.trust.middleware import SESSION_FACTOR, actor_of
from havre.trust.models import ActRow
from tests.factories import NOW, MembershipFactory, make_actor, make_case
from tests.factories_accounts import PASSPHRASE, age, code_now, keep, person, recovery_codes, sign_in

MINUTE = timedelta(minutes=1)


# a fresh proof
@fresh_factor_required
def behind(request):
    return HttpResponse("open")


def ask(actor, method="get", data=None, **headers):
    request = getattr(RequestFactory(), method)("/behind/?a=1", data or {}, headers=headers)
    request.actor = actor
    return behind(request)


@pytest.mark.parametrize(("minutes", "status"), [(0, 200), (5, 200), (6, 302)])
def test_factor_opens_for_five_minutes(minutes, status):
    actor = make_actor()
    assert ask(actor.on(actor.factor_at + minutes * MINUTE)).status_code == status


def test_stale_factor_comes_back_to_the_same_page():
    assert ask(make_actor(fresh=False)).url == "/accounts/confirm/?next=%2Fbehind%2F%3Fa%3D1"


def test_nobody_signed_in_is_led_to_sign_in():
    assert ask(None).url.startswith("/accounts/login/")


def test_reduced_rights_are_refused_with_their_end():
    actor = make_actor()
    actor.user.reduced_until = NOW + timedelta(hours=3)
    with pytest.raises(Refused) as refused:
        ask(actor)
    assert refused.value.status == 403


def test_form_that_has_to_wait_keeps_what_was_typed_in_the_page_only():
    page = ask(make_actor(fresh=False), "post", {"words": ["one", "two"], "csrfmiddlewaretoken": "x"})
    words = page.content.decode()
    assert page.status_code == 409
    assert words.count('name="kept-words"') == 2
    assert 'value="two"' in words
    assert "kept-csrf" not in words


def test_fragment_that_has_to_wait_says_so_in_place():
    page = ask(make_actor(fresh=False), "post", {"words": "one"}, **{"HX-Request": "true"})
    assert page.status_code == 409
    assert "<html" not in page.content.decode()


def test_fragment_that_is_read_sends_the_whole_page_away():
    answer = ask(make_actor(fresh=False), "get", None, **{"HX-Request": "true", "HX-Current-URL": "/cases/1/"})
    assert (answer.status_code, answer["HX-Redirect"]) == (204, "/accounts/confirm/?next=%2Fcases%2F1%2F")


def test_confirming_by_code_makes_the_factor_fresh_and_goes_back(client):
    job = person()
    sign_in(client, job.user)
    age(client, SESSION_FACTOR, by=6 * MINUTE)
    assert not client.get("/accounts/jobs/").context["actor"].factor_is_fresh
    assert client.post("/accounts/confirm/", {"code": code_now(), "next": "/accounts/jobs/"}).url == "/accounts/jobs/"
    assert client.get("/accounts/jobs/").context["actor"].factor_is_fresh


def test_confirming_by_recovery_code(client):
    job = person()
    sign_in(client, job.user)
    age(client, SESSION_FACTOR, by=6 * MINUTE)
    assert client.post("/accounts/confirm/", {"code": recovery_codes(job.user)[3], "next": "/"}).url == "/"


def test_wrong_code_confirms_nothing(client):
    sign_in(client, person().user)
    age(client, SESSION_FACTOR, by=6 * MINUTE)
    assert client.post("/accounts/confirm/", {"code": "000000", "next": "/"}).status_code == 422
    assert not client.get("/accounts/jobs/").context["actor"].factor_is_fresh


def test_passphrase_is_no_proof_where_a_factor_is_enrolled(client):
    sign_in(client, person().user)
    age(client, SESSION_FACTOR, by=6 * MINUTE)
    assert client.post("/accounts/confirm/", {"passphrase": PASSPHRASE, "next": "/"}).status_code == 422


def test_confirming_never_leads_to_another_host(client):
    sign_in(client, person().user)
    assert client.post("/accounts/confirm/", {"code": code_now(), "next": "https://elsewhere.example/"}).url == "/"


def test_kept_words_are_handed_back_after_the_proof(client):
    sign_in(client, person().user)
    age(client, SESSION_FACTOR, by=6 * MINUTE)
    typed = {"code": code_now(), "next": "/organisations/add/", "kept-name": "Three Rivers", "kept-code": "three"}
    page = client.post("/accounts/confirm/", typed)
    words = page.content.decode()
    assert page.status_code == 200
    assert 'action="/organisations/add/"' in words
    assert 'name="name" value="Three Rivers"' in words
    assert "Three Rivers" not in str(dict(client.session))


# jobs
@pytest.fixture
def two_jobs(client):
    first = person(Role.CASE_MANAGER)
    second = MembershipFactory(user=first.user, role=Role.TRAINER)
    sign_in(client, first.user)
    return first, second


def seen(client):
    actor = client.get("/accounts/jobs/").context["actor"]
    with trust.acting(actor):
        return actor.role, actor.purpose, list(Case.objects.visible_to(actor))


def test_switching_the_job_changes_what_is_visible(client, two_jobs):
    first, second = two_jobs
    case = make_case(actor_of(first, at=NOW))
    assert seen(client) == (Role.CASE_MANAGER, Purpose.PROTECTION, [case])
    client.post("/accounts/jobs/", {"job": f"{second.pk}:training"})
    assert seen(client) == (Role.TRAINER, Purpose.TRAINING, [])
    client.post("/accounts/jobs/", {"job": f"{first.pk}:identification"})
    # the grant serves protection, so under another purpose the case is absent
    assert seen(client) == (Role.CASE_MANAGER, Purpose.IDENTIFICATION, [])
    rows = ActRow.objects.filter(event="account.switch").order_by("pk")
    assert [row.codes["purpose"] for row in rows] == ["training", "identification"]


@pytest.mark.parametrize("purpose", ["justice", "oversight", "nonsense"])
def test_purpose_that_the_job_does_not_have_changes_nothing(client, two_jobs, purpose):
    first, _second = two_jobs
    assert client.post("/accounts/jobs/", {"job": f"{first.pk}:{purpose}"}).status_code == 422
    assert client.get("/accounts/jobs/").context["actor"].purpose == Purpose.PROTECTION


def test_job_of_somebody_else_cannot_be_taken(client, two_jobs):
    other = person(Role.INVESTIGATOR)
    assert client.post("/accounts/jobs/", {"job": f"{other.pk}:justice"}).status_code == 422
    assert client.get("/accounts/jobs/").context["actor"].role == Role.CASE_MANAGER


def test_job_of_somebody_else_written_into_the_session_is_not_acted_in(client, two_jobs):
    other = person(Role.INVESTIGATOR)
    keep(client, membership=str(other.pk))
    assert client.get("/accounts/jobs/").context["actor"].role == Role.CASE_MANAGER


# devices
def entered(user, agent):
    client = Client(headers={"user-agent": agent})
    client.post("/accounts/login/", {"login": user.username, "password": PASSPHRASE})
    return client


@pytest.fixture
def two_devices():
    job = person(Role.TRAINER, enrolled=False)
    return job.user, entered(job.user, "first"), entered(job.user, "second")


def test_devices_are_listed_and_one_is_ended(two_devices):
    user, here, there = two_devices
    words = here.get("/accounts/devices/").content.decode()
    assert ("first" in words, "second" in words) == (True, True)
    row = UserSession.objects.get(user=user, user_agent="second")
    here.post("/accounts/devices/", {"session": row.pk})
    assert there.get("/accounts/jobs/").status_code == 302
    assert here.get("/accounts/jobs/").status_code == 200


def test_device_of_somebody_else_is_not_ended(two_devices):
    _user, here, _there = two_devices
    other = person(Role.TRAINER, enrolled=False)
    theirs = entered(other.user, "third")
    here.post("/accounts/devices/", {"session": UserSession.objects.get(user=other.user).pk})
    assert theirs.get("/accounts/jobs/").status_code == 200


def test_signing_out_everywhere_ends_here_too(two_devices):
    user, here, there = two_devices
    away = here.post("/accounts/devices/", {"all": "1"})
    assert away["Clear-Site-Data"]
    assert [one.get("/accounts/jobs/").status_code for one in (here, there)] == [302, 302]
    assert UserSession.objects.filter(user=user).count() == 0


def test_new_passphrase_ends_the_other_sessions_and_keeps_this_one(two_devices):
    user, here, there = two_devices
    new = "four other words here"
    typed = {"old": PASSPHRASE, "passphrase": new, "again": new}
    assert here.post("/accounts/passphrase/", {**typed, "old": "wrong"}).status_code == 422
    assert here.post("/accounts/passphrase/", {**typed, "passphrase": "short", "again": "short"}).status_code == 422
    assert here.post("/accounts/passphrase/", typed).status_code == 302
    assert [one.get("/accounts/jobs/").status_code for one in (here, there)] == [200, 302]
    assert [row.user_agent for row in UserSession.objects.filter(user=user)] == ["first"]
    user.refresh_from_db()
    assert user.check_password(new)


def test_account_without_a_job_reaches_its_own_pages_only(client):
    job = person(Role.TRAINER, enrolled=False)
    job.ended_at = timezone.now()
    job.save()
    sign_in(client, job.user, factor=False)
    assert client.get("/accounts/jobs/").status_code == 200
    assert client.get("/organisations/").status_code == 403
    for path in ("/emergency/reviews/", f"/emergency/{job.pk}/"):
        assert client.get(path).status_code == 404
    assert client.get("/emergency/").status_code == 302
