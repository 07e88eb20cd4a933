"""A lost second factor: two persons, then a day of reduced rights."""

from datetime import timedelta

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.utils import timezone

from havre.trust.accounts import resets
from havre.trust.enums import Act, Role, Section
from havre.trust.errors import Missing, Refused
from havre.trust.middleware import actor_of
from havre.trust.models import ActRow, FactorReset, Membership
from havre.trust.policy import decide
from tests.factories import NOW, make_actor, make_case
from tests.factories_accounts import PASSPHRASE, enrol, person, sign_in


@pytest.fixture
def lost():
    return person()


@pytest.fixture
def administrator(lost):
    return make_actor(Role.ADMINISTRATOR, organisation=lost.organisation)


@pytest.fixture
def head(lost):
    return make_actor(Role.SHELTER, organisation=lost.organisation, supervisor=True)


def ask(by, lost):
    return resets.ask_reset(by=by, user_id=lost.user_id, organisation_id=lost.organisation_id)


def held(lost):
    return Authenticator.objects.filter(user=lost.user).count()


@pytest.mark.parametrize("first", ["administrator", "head"])
def test_administrator_and_head_together_reset_whoever_asks_first(first, lost, administrator, head):
    one, two = (administrator, head) if first == "administrator" else (head, administrator)
    reset = ask(one, lost)
    assert held(lost) == 1
    resets.confirm_reset(by=two, reset_id=reset.pk)
    lost.user.refresh_from_db()
    assert (held(lost), lost.user.reduced_until) == (0, NOW + timedelta(hours=24))
    assert list(ActRow.objects.order_by("pk").values_list("event", "user_id", "subject")) == [
        ("factor.ask_reset", one.user.pk, lost.user_id),
        ("factor.reset", two.user.pk, lost.user_id),
    ]


def test_one_person_twice_is_refused(lost):
    both = make_actor(Role.ADMINISTRATOR, organisation=lost.organisation, supervisor=True)
    reset = ask(both, lost)
    with pytest.raises(Refused) as refused:
        resets.confirm_reset(by=both, reset_id=reset.pk)
    assert (refused.value.status, held(lost)) == (403, 1)


def test_one_person_in_two_jobs_is_still_one(lost, administrator):
    reset = ask(administrator, lost)
    second_job = Membership.objects.create(user=administrator.user, organisation=lost.organisation, role=Role.SHELTER, supervisor=True)
    with pytest.raises(Refused):
        resets.confirm_reset(by=actor_of(second_job, at=NOW, factor_at=NOW), reset_id=reset.pk)
    assert held(lost) == 1


def test_two_heads_are_not_enough(lost, administrator, head):
    other = make_actor(Role.GUARDIAN, organisation=lost.organisation, supervisor=True)
    reset = ask(head, lost)
    with pytest.raises(Refused):
        resets.confirm_reset(by=other, reset_id=reset.pk)


def test_two_administrators_only_where_there_is_no_head(lost, administrator):
    other = make_actor(Role.ADMINISTRATOR, organisation=lost.organisation)
    reset = ask(administrator, lost)
    assert resets.may_confirm(other, reset)
    make_actor(Role.SHELTER, organisation=lost.organisation, supervisor=True)
    assert not resets.may_confirm(other, reset)


def test_person_concerned_neither_asks_nor_confirms(lost, administrator, head):
    mine = actor_of(lost, at=NOW, factor_at=NOW)
    Membership.objects.filter(pk=lost.pk).update(supervisor=True)
    with pytest.raises(Refused):
        ask(mine, lost)
    reset = ask(administrator, lost)
    with pytest.raises(Refused):
        resets.confirm_reset(by=mine, reset_id=reset.pk)


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.DATA_PROTECTION_OFFICER])
def test_colleague_does_not_ask(role, lost):
    with pytest.raises(Refused):
        ask(make_actor(role, organisation=lost.organisation), lost)


def test_head_of_another_service_does_not_confirm(lost, administrator):
    reset = ask(administrator, lost)
    with pytest.raises(Refused):
        resets.confirm_reset(by=make_actor(Role.SHELTER, supervisor=True), reset_id=reset.pk)


def test_asking_ends_after_a_day(lost, administrator, head):
    reset = ask(administrator, lost)
    with pytest.raises(Missing):
        resets.confirm_reset(by=head.on(NOW + timedelta(hours=24)), reset_id=reset.pk)
    assert held(lost) == 1


def test_asking_twice_is_one_asking(lost, administrator):
    assert ask(administrator, lost) == ask(administrator, lost)
    assert FactorReset.objects.count() == 1


def test_done_reset_is_not_done_again(lost, administrator, head):
    reset = ask(administrator, lost)
    resets.confirm_reset(by=head, reset_id=reset.pk)
    enrol(lost.user)
    with pytest.raises(Missing):
        resets.confirm_reset(by=head, reset_id=reset.pk)
    assert held(lost) == 1


@pytest.mark.parametrize(("after", "opens"), [(timedelta(hours=23, minutes=59), False), (timedelta(hours=24), True)])
def test_identity_stays_closed_for_24_hours_even_with_a_new_factor(after, opens, lost, administrator, head):
    case = make_case(actor_of(lost, at=NOW))
    resets.confirm_reset(by=head, reset_id=ask(administrator, lost).pk)
    lost.refresh_from_db()
    at = NOW + after
    actor = actor_of(lost, at=at, factor_at=at)
    assert actor.factor_is_fresh is opens
    assert decide(actor, Act.READ, Section.IDENTITY, case.pk).allowed is opens
    assert decide(actor, Act.READ, Section.PROTECTION, case.pk).allowed


def test_reset_ends_every_session_of_the_person(lost, administrator, head, client):
    client.post("/accounts/login/", {"login": lost.user.username, "password": PASSPHRASE})
    other = Client()
    trainer = person(Role.TRAINER, enrolled=False)
    other.post("/accounts/login/", {"login": trainer.user.username, "password": PASSPHRASE})
    resets.confirm_reset(by=head, reset_id=ask(administrator, lost).pk)
    assert client.get("/accounts/jobs/").url.startswith("/accounts/login/")
    assert other.get("/accounts/jobs/").status_code == 200


def test_reset_through_the_pages_by_two_browsers(client, lost):
    admin = person(Role.ADMINISTRATOR, organisation=lost.organisation)
    boss = person(Role.SHELTER, organisation=lost.organisation, supervisor=True)
    place = f"/organisations/{lost.organisation_id}/"
    sign_in(client, admin.user)
    assert client.post(f"{place}people/{lost.user_id}/reset/").url == place
    reset = FactorReset.objects.get()
    assert client.post(f"{place}resets/{reset.pk}/").status_code == 403
    other = sign_in(Client(), boss.user)
    assert f"{place}resets/{reset.pk}/" in other.get(place).content.decode()
    assert f"{place}resets/{reset.pk}/" not in client.get(place).content.decode()
    assert other.post(f"{place}resets/{reset.pk}/").url == place
    assert held(lost) == 0
    lost.user.refresh_from_db()
    assert lost.user.reduced_until > timezone.now() + timedelta(hours=23)


def test_page_behind_a_fresh_factor_says_that_rights_are_reduced_rather_than_asking_again(client, lost):
    lost.user.reduced_until = timezone.now() + timedelta(hours=2)
    lost.user.save()
    sign_in(client, lost.user)
    assert client.get("/emergency/").status_code == 403
