"""Signing in through the pages."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from axes.models import AccessAttempt
from django.contrib.auth.hashers import identify_hasher
from django.test import Client, override_settings
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from havre.trust.accounts import rules, sessions, slowing
from havre.trust.accounts.middleware import OPEN_NAMES
from havre.trust.enums import Role
from havre.trust.errors import Refused
from havre.trust.middleware import SESSION_FACTOR
from havre.trust.models import Slowdown, User
from tests.factories import NOW, UserFactory
from tests.factories_accounts import PASSPHRASE, age, code_now, enrol, keep, person, recovery_codes, sign_in

LOGIN = "/accounts/login/"


def enter(client, username, passphrase=PASSPHRASE, **more):
    return client.post(LOGIN, {"login": username, "password": passphrase, **more})


def signed_in(client):
    return "_auth_user_id" in client.session


def test_role_without_identities_signs_in_by_passphrase_alone(client):
    job = person(Role.TRAINER, enrolled=False)
    assert enter(client, job.user.username).url == "/"
    assert client.get("/").status_code == 200


def test_passphrase_alone_does_not_sign_in_whoever_has_a_factor(client):
    job = person()
    assert enter(client, job.user.username).url == "/accounts/second-step/"
    assert not signed_in(client)
    assert client.get("/").status_code == 302


def test_second_step_signs_in_and_the_factor_is_fresh(client):
    job = person()
    enter(client, job.user.username)
    assert client.post("/accounts/second-step/", {"code": code_now()}).url == "/"
    page = client.get("/")
    assert page.context["actor"].factor_is_fresh
    assert page.context["actor"].user == job.user


def test_code_is_not_taken_twice_even_by_another_process(client):
    job = person()
    code = code_now()
    enter(client, job.user.username)
    client.post("/accounts/second-step/", {"code": code})
    from django.core.cache import cache

    cache.clear()  # another process has another cache
    second = Client()
    enter(second, job.user.username)
    assert second.post("/accounts/second-step/", {"code": code}).status_code == 422
    assert not signed_in(second)


def test_recovery_code_works_once(client):
    job = person()
    code = recovery_codes(job.user)[0]
    enter(client, job.user.username)
    assert client.post("/accounts/second-step/", {"code": code}).status_code == 302
    second = Client()
    enter(second, job.user.username)
    assert second.post("/accounts/second-step/", {"code": code}).status_code == 422


@override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.Argon2PasswordHasher"])
def test_passphrase_is_kept_as_argon2id():
    user = UserFactory()
    user.set_password(PASSPHRASE)
    assert identify_hasher(user.password).algorithm == "argon2"
    assert user.password.startswith("argon2$argon2id$")


def test_secret_of_the_application_is_sealed_at_rest():
    job = person()
    stored = Authenticator.objects.get(user=job.user).data["secret"]
    assert "JBSWY3DP" not in stored


@pytest.mark.parametrize("role", sorted(rules.opens_identities() | rules.guards_the_house()))
def test_role_that_opens_identities_is_led_to_enrol_and_can_do_nothing_else(client, role):
    job = person(role, enrolled=False)
    enter(client, job.user.username)
    for path in ("/", "/accounts/jobs/", "/organisations/", "/emergency/"):
        assert client.get(path).url == "/accounts/factors/", path
    assert client.get("/accounts/factors/").status_code == 200


def test_every_open_name_is_an_address():
    for name in OPEN_NAMES:
        assert reverse(name)


# allauth tells of the enrolment once it is committed, so this test commits
@pytest.mark.django_db(transaction=True, databases="__all__")
def test_enrolling_right_after_sign_in_opens_the_house(client):
    job = person(enrolled=False)
    enter(client, job.user.username)
    page = client.get("/accounts/factors/app/")
    assert page.status_code == 200
    picture = client.get("/accounts/factors/app/picture.svg")
    assert (picture.status_code, picture["Content-Type"], picture["Cache-Control"]) == (200, "image/svg+xml", "no-store")
    secret = page.context["form"].secret
    from allauth.mfa.totp.internal import auth as totp

    code = totp.format_hotp_value(totp.hotp_value(secret, list(totp.yield_hotp_counters_from_time())[1]))
    done = client.post("/accounts/factors/app/", {"code": code})
    assert done.url == "/accounts/factors/codes/"
    assert len(client.get(done.url).context["unused_codes"]) == 10
    assert client.get("/").context["actor"].factor_is_fresh
    assert client.get("/accounts/factors/app/picture.svg").status_code == 404


def test_pages_of_allauth_hold_no_data_uri_style_or_running_script(client):
    job = person(enrolled=False)
    enter(client, job.user.username)
    for path in ("/accounts/factors/", "/accounts/factors/app/", "/accounts/factors/keys/add/"):
        words = client.get(path).content.decode()
        assert "data:" not in words
        assert "style=" not in words
        for script in words.split("<script")[1:]:
            assert "src=" in script.split(">")[0] or 'type="application/json"' in script.split(">")[0]


def test_enrolling_late_asks_for_the_passphrase_first(client):
    job = person(Role.TRAINER, enrolled=False)
    enter(client, job.user.username)
    age(client, sessions.PASSPHRASE, by=timedelta(minutes=6))
    assert client.get("/accounts/factors/app/").url.startswith("/accounts/confirm/")
    client.post("/accounts/confirm/", {"passphrase": "wrong", "next": "/accounts/factors/app/"})
    assert client.get("/accounts/factors/app/").status_code == 302
    assert client.post("/accounts/confirm/", {"passphrase": PASSPHRASE, "next": "/accounts/factors/app/"}).url == "/accounts/factors/app/"
    assert client.get("/accounts/factors/app/").status_code == 200


def test_session_without_the_factor_is_sent_to_give_it_once_one_is_enrolled(client):
    job = person(enrolled=False)
    enter(client, job.user.username)
    enrol(job.user)
    assert client.get("/").url.startswith("/accounts/confirm/")


def test_last_factor_of_whoever_needs_one_cannot_be_removed(client):
    job = person()
    sign_in(client, job.user)
    client.post("/accounts/factors/app/remove/")
    assert rules.has_factor(job.user)


def test_last_factor_of_a_role_that_needs_none_can_be_removed(client):
    job = person(Role.TRAINER)
    sign_in(client, job.user)
    client.post("/accounts/factors/app/remove/")
    assert not rules.has_factor(job.user)


# nobody signs up, nothing is mailed
@pytest.mark.parametrize("path", ["signup/", "email/", "password/reset/", "confirm-email/", "login/code/"])
def test_registration_and_mail_addresses_are_not_there(client, path):
    assert client.get(f"/accounts/{path}").status_code == 404
    assert client.post(f"/accounts/{path}", {"username": "x", "password1": PASSPHRASE}).status_code == 404
    assert User.objects.count() == 0


@pytest.mark.parametrize("name", ["account_signup", "account_email", "account_reset_password"])
def test_closed_names_do_not_resolve(name):
    with pytest.raises(NoReverseMatch):
        reverse(name)


def test_unknown_name_and_wrong_passphrase_get_the_same_answer(client):
    job = person()
    waiting = UserFactory()
    waiting.set_unusable_password()
    waiting.save()
    answers = set()
    for name in (job.user.username, "nobody-at-all", waiting.username):
        page = enter(client, name, "wrong wrong wrong")
        words = page.content.decode().replace(name, "…")
        answers.add((page.status_code, words.split("<main")[1].split("csrfmiddlewaretoken")[0], words.count('<p class="err"')))
    assert len(answers) == 1


def test_five_wrong_passphrases_slow_the_next_down_for_known_and_unknown_alike(client):
    job = person(Role.TRAINER, enrolled=False)
    seen = {}
    for name in (job.user.username, "nobody-at-all"):
        seen[name] = [enter(client, name, f"wrong {n}").status_code for n in range(6)]
    assert seen[job.user.username] == seen["nobody-at-all"] == [422, 422, 422, 422, 429, 429]
    held = enter(client, job.user.username)
    assert (held.status_code, int(held["Retry-After"]) <= 60, signed_in(client)) == (429, True, False)


def test_slowed_down_account_is_never_locked_for_ever(client):
    job = person(Role.TRAINER, enrolled=False)
    for n in range(5):
        enter(client, job.user.username, f"wrong {n}")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=2))
    assert enter(client, job.user.username).url == "/"
    assert AccessAttempt.objects.count() == 0


def test_slowing_one_address_down_leaves_another_address_free(client):
    job = person(Role.TRAINER, enrolled=False)
    for n in range(6):
        enter(client, job.user.username, f"wrong {n}")
    other = Client(REMOTE_ADDR="192.0.2.7")
    assert enter(other, job.user.username).url == "/"


def test_axes_keeps_no_passphrase_and_no_typed_name(client):
    enter(client, "nobody-at-all", "secret words here now")
    kept = AccessAttempt.objects.get()
    assert "secret" not in kept.post_data
    assert "nobody" not in kept.post_data


def test_wait_grows_and_has_an_end():
    minutes = [slowing.wait_after(n).total_seconds() / 60 for n in (0, 4, 5, 6, 7, 8, 9, 10, 500)]
    assert minutes == [0, 0, 1, 2, 4, 8, 16, 30, 30]


def test_claims_slow_down_then_forget():
    for _n in range(5):
        slowing.claim("k", at=NOW)
    with pytest.raises(Refused) as held:
        slowing.claim("k", at=NOW + timedelta(seconds=59))
    assert held.value.status == 429
    slowing.claim("k", at=NOW + timedelta(seconds=60))
    with pytest.raises(Refused):
        slowing.claim("k", at=NOW + timedelta(seconds=120))
    slowing.claim("k", at=NOW + timedelta(hours=25))
    assert Slowdown.objects.get(key="k").misses == 1


def test_wrong_codes_slow_the_second_step_down(client):
    job = person()
    enter(client, job.user.username)
    for _n in range(5):
        assert client.post("/accounts/second-step/", {"code": "000000"}).status_code == 422
    # even the right code has to wait now
    assert client.post("/accounts/second-step/", {"code": code_now()}).status_code == 422
    Slowdown.objects.update(last_at=timezone.now() - timedelta(minutes=2))
    assert client.post("/accounts/second-step/", {"code": code_now()}).status_code == 302


# sessions
@pytest.mark.parametrize(
    ("shared", "rested", "over"),
    [(False, 14, False), (False, 15, True), (True, 4, False), (True, 5, True)],
)
def test_session_ends_after_its_rest(shared, rested, over):
    session = {}
    sessions.begin(session, at=NOW, factor=True)
    session[sessions.SHARED] = shared
    assert sessions.is_over(session, at=NOW + timedelta(minutes=rested)) is over


def test_session_ends_after_twelve_hours_however_busy():
    session = {}
    sessions.begin(session, at=NOW, factor=True)
    at = NOW + timedelta(hours=12)
    session[sessions.SEEN] = (at - timedelta(minutes=1)).isoformat()
    assert not sessions.is_over(session, at=at - timedelta(seconds=1))
    assert sessions.is_over(session, at=at)


def test_session_without_its_moments_is_over():
    assert sessions.is_over({}, at=NOW)


@override_settings(HAVRE_IDLE_MINUTES=3)
def test_shared_device_never_rests_longer_than_any_other():
    assert sessions.idle_limit(shared=True) == timedelta(minutes=3)


def test_rested_session_is_ended_on_the_server_and_comes_back_after_sign_in(client):
    job = person()
    sign_in(client, job.user)
    key = client.session.session_key
    age(client, sessions.SEEN, by=timedelta(minutes=16))
    away = client.get("/accounts/jobs/?a=1")
    assert away.url == "/accounts/login/?rested=1&next=%2Faccounts%2Fjobs%2F%3Fa%3D1"
    assert not client.session.exists(key)
    assert not signed_in(client)


def test_shared_mark_given_at_sign_in_shortens_the_rest(client):
    job = person()
    enter(client, job.user.username, shared="on")
    client.post("/accounts/second-step/", {"code": code_now(), "shared": "on"})
    assert client.get("/").status_code == 200
    age(client, sessions.SEEN, by=timedelta(minutes=6))
    assert client.get("/").status_code == 302


def test_using_the_pages_moves_the_rest_on(client):
    job = person()
    sign_in(client, job.user)
    age(client, sessions.SEEN, by=timedelta(minutes=10))
    client.get("/")
    seen = sessions.moment(client.session, sessions.SEEN)
    assert timezone.now() - seen < timedelta(minutes=1)


def test_fragment_of_an_ended_session_sends_the_whole_page_away(client):
    job = person()
    sign_in(client, job.user)
    age(client, sessions.BEGUN, by=timedelta(hours=13))
    answer = client.get("/", headers={"HX-Request": "true"})
    assert answer.status_code == 204
    assert answer["HX-Redirect"].startswith("/accounts/login/")


def test_second_person_in_the_same_browser_inherits_nothing(client):
    first, second = person(), person(Role.TRAINER, enrolled=False)
    sign_in(client, first.user)
    keep(client, membership=str(first.pk), purpose="identification")
    client.post("/accounts/logout/")
    enter(client, second.user.username)
    assert {"membership", "purpose", SESSION_FACTOR} & set(client.session.keys()) == set()


def test_locked_session_opens_nothing_before_the_factor(client):
    job = person()
    sign_in(client, job.user)
    client.get("/lock/")
    assert client.get("/").url.startswith("/accounts/confirm/")
    assert client.get("/accounts/factors/").url.startswith("/accounts/confirm/")
    client.post("/accounts/confirm/", {"code": code_now(), "next": "/"})
    assert client.get("/").status_code == 200


# leaving
@pytest.mark.parametrize("method", ["get", "post"])
def test_quick_exit_ends_the_session_and_empties_the_browser(client, method):
    job = person()
    sign_in(client, job.user)
    key = client.session.session_key
    away = getattr(client, method)("/leave/")
    assert (away.status_code, away.url) == (302, "/calendar/")
    assert (away["Clear-Site-Data"], away["Referrer-Policy"], away["Cache-Control"]) == ('"*"', "no-referrer", "no-store")
    assert not client.session.exists(key)
    page = client.get("/calendar/").content.decode().lower()
    for word in ("havre", "traffick", "victim", "accounts", "leave"):
        assert word not in page.replace("site/havre.css", "")


@override_settings(HAVRE_QUICK_EXIT="https://weather.example/")
def test_quick_exit_goes_where_the_country_chose(client):
    assert client.get("/leave/").url == "https://weather.example/"


def test_sign_out_ends_the_session_and_clears(client):
    job = person()
    sign_in(client, job.user)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)
    away = client.post("/accounts/logout/")
    assert (away.url, away["Clear-Site-Data"], signed_in(client)) == (LOGIN, '"cache", "cookies", "storage"', False)


def test_language_is_kept_with_the_account(client):
    job = person(Role.TRAINER, enrolled=False)
    enter(client, job.user.username)
    client.post("/i18n/setlang/", {"language": "fr", "next": "/"})
    job.user.refresh_from_db()
    assert job.user.language == "fr"
    other = Client()
    enter(other, job.user.username)
    assert other.get("/accounts/factors/")["Content-Language"] == "fr"
