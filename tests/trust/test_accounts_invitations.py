"""Invitations, printed codes, jobs that take two persons, and what an administrator cannot do."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from havre import trust
from havre.register.models import Case
from havre.trust.accounts import invitations, rules
from havre.trust.enums import Act, Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import ActRow, Grant, Membership, Nomination, OneTimeCode, Organisation, User
from havre.trust.policy import may_in_house
from tests.factories import NOW, MembershipFactory, OrganisationFactory, make_actor, make_case
from tests.factories_accounts import PASSPHRASE, person, sign_in


def administrator(**fields):
    return make_actor(Role.ADMINISTRATOR, **fields)


def invite(by, *, role=Role.TRAINER, username="ama", **fields):
    return invitations.invite(
        by=by, organisation_id=fields.pop("at", by.organisation_id), username=username, name="Ama K.", role=role, **fields
    )


def events():
    return list(ActRow.objects.order_by("pk").values_list("event", flat=True))


# printed codes
def test_printed_code_sets_a_passphrase_once():
    printed = invite(administrator())
    user = invitations.redeem(username="AMA ", code=printed.code.lower().replace("-", " "), passphrase=PASSPHRASE, at=NOW)
    assert user.check_password(PASSPHRASE)
    with pytest.raises(Invalid):
        invitations.redeem(username="ama", code=printed.code, passphrase="other words for ama", at=NOW)
    assert User.objects.get(username="ama").check_password(PASSPHRASE)


@pytest.mark.parametrize(("hours", "works"), [(71, True), (72, False)])
def test_printed_code_ends_after_72_hours(hours, works):
    printed = invite(administrator())
    at = NOW + timedelta(hours=hours)
    if works:
        assert invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=at)
    else:
        with pytest.raises(Invalid) as wrong:
            invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=at)
        assert wrong.value.problems == {"code": [invitations.WRONG_CODE]}


def test_code_itself_is_not_in_the_database():
    printed = invite(administrator())
    kept = OneTimeCode.objects.get()
    assert printed.code not in str(vars(kept))
    assert printed.code.replace("-", "") not in str(vars(kept))


def test_newer_code_ends_the_older_one():
    by = administrator()
    first = invite(by)
    second = invitations.new_code(by=by, user_id=first.user.pk)
    with pytest.raises(Invalid):
        invitations.redeem(username="ama", code=first.code, passphrase=PASSPHRASE, at=NOW)
    assert invitations.redeem(username="ama", code=second.code, passphrase=PASSPHRASE, at=NOW)


def test_code_of_one_account_does_not_fit_another():
    by = administrator()
    first, _second = invite(by), invite(by, username="kofi")
    with pytest.raises(Invalid):
        invitations.redeem(username="kofi", code=first.code, passphrase=PASSPHRASE, at=NOW)


def test_wrong_name_wrong_code_and_used_code_get_the_same_words():
    printed = invite(administrator())
    invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=NOW)
    words = set()
    for username, code in (("ama", printed.code), ("ama", "0000-0000-0000"), ("nobody", printed.code)):
        with pytest.raises(Invalid) as wrong:
            invitations.redeem(username=username, code=code, passphrase=PASSPHRASE, at=NOW)
        words.add(str(wrong.value.problems))
    assert len(words) == 1


def test_wrong_codes_slow_down_known_and_unknown_names_alike():
    invite(administrator())
    for username in ("ama", "nobody"):
        for _n in range(5):
            with pytest.raises(Invalid):
                invitations.redeem(username=username, code="0000-0000-0000", passphrase=PASSPHRASE, at=NOW, address="192.0.2.1")
        with pytest.raises(Refused) as held:
            invitations.redeem(username=username, code="0000-0000-0000", passphrase=PASSPHRASE, at=NOW, address="192.0.2.1")
        assert held.value.status == 429


def test_right_code_waits_too_and_works_after_the_wait():
    printed = invite(administrator())
    for _n in range(5):
        with pytest.raises(Invalid):
            invitations.redeem(username="ama", code="0000-0000-0000", passphrase=PASSPHRASE, at=NOW)
    with pytest.raises(Refused):
        invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=NOW + timedelta(seconds=30))
    assert invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=NOW + timedelta(seconds=61))


def test_weak_passphrase_does_not_use_the_code_up():
    printed = invite(administrator())
    for _n in range(7):
        with pytest.raises(Invalid) as weak:
            invitations.redeem(username="ama", code=printed.code, passphrase="short", at=NOW)
        assert set(weak.value.problems) == {"passphrase"}
    assert invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=NOW)


def test_code_of_a_closed_account_is_dead():
    by = administrator()
    printed = invite(by)
    invitations.close_account(by=by, user_id=printed.user.pk)
    with pytest.raises(Invalid):
        invitations.redeem(username="ama", code=printed.code, passphrase=PASSPHRASE, at=NOW)


def test_redeeming_through_the_page_then_signing_in(client):
    printed = invite(administrator(at=timezone.now()))
    typed = {"username": "ama", "code": printed.code, "passphrase": PASSPHRASE, "again": PASSPHRASE}
    assert client.post("/accounts/code/", {**typed, "again": "not the same words"}).status_code == 422
    assert client.post("/accounts/code/", typed).url == "/accounts/login/?ready=1"
    assert client.post("/accounts/login/", {"login": "ama", "password": PASSPHRASE}).url == "/"


# two persons
def test_job_that_opens_identities_waits_for_a_second_person():
    printed = invite(administrator(), role=Role.CASE_MANAGER)
    assert not Membership.objects.filter(user=printed.user).exists()
    assert Nomination.objects.get(user=printed.user).confirmed is None


@pytest.mark.parametrize("role", sorted(rules.opens_identities() | rules.guards_the_house()))
def test_every_role_near_identities_or_accounts_takes_two_persons(role):
    assert rules.needs_second_person(role)


def test_head_of_service_takes_two_persons_whatever_the_role():
    assert not rules.needs_second_person(Role.TRAINER)
    assert rules.needs_second_person(Role.TRAINER, supervisor=True)


def nominated(by):
    printed = invite(by, role=Role.CASE_MANAGER)
    return Nomination.objects.get(user=printed.user)


def head_of(by, role=Role.CASE_MANAGER):
    organisation = Organisation.objects.get(pk=by.organisation_id)
    return make_actor(role, organisation=organisation, supervisor=True)


def test_head_of_the_service_confirms_with_the_number_of_the_person():
    by = administrator()
    head, nomination = head_of(by), nominated(by)
    job = invitations.confirm_job(by=head, nomination_id=nomination.pk, number=invitations.meeting_number(nomination))
    assert (job.user, job.role, job.ended_at) == (nomination.user, Role.CASE_MANAGER, None)
    assert events() == ["account.invite", "membership.add", "membership.confirm"]


def test_wrong_number_confirms_nothing():
    by = administrator()
    head, nomination = head_of(by), nominated(by)
    wrong = f"{(int(invitations.meeting_number(nomination)) + 1) % 1_000_000:06}"
    with pytest.raises(Invalid):
        invitations.confirm_job(by=head, nomination_id=nomination.pk, number=wrong)
    assert not Membership.objects.filter(user=nomination.user).exists()


def test_the_one_who_asked_cannot_confirm_even_as_head():
    by = make_actor(Role.ADMINISTRATOR, supervisor=True)
    nomination = nominated(by)
    with pytest.raises(Refused) as refused:
        invitations.confirm_job(by=by, nomination_id=nomination.pk, number=invitations.meeting_number(nomination))
    assert refused.value.status == 403


def test_head_of_another_service_cannot_confirm():
    by = administrator()
    nomination = nominated(by)
    with pytest.raises(Refused):
        invitations.confirm_job(by=make_actor(supervisor=True), nomination_id=nomination.pk, number=invitations.meeting_number(nomination))


def test_colleague_who_is_no_head_cannot_confirm():
    by = administrator()
    nomination = nominated(by)
    colleague = make_actor(organisation=nomination.organisation)
    with pytest.raises(Refused):
        invitations.confirm_job(by=colleague, nomination_id=nomination.pk, number=invitations.meeting_number(nomination))


def test_another_administrator_stands_in_only_while_there_is_no_head():
    by = administrator()
    nomination = nominated(by)
    other = administrator(organisation=nomination.organisation)
    assert rules.may_second(other, organisation_id=nomination.organisation_id, person=nomination.user, first_id=by.user.pk)
    head_of(by)
    assert not rules.may_second(other, organisation_id=nomination.organisation_id, person=nomination.user, first_id=by.user.pk)


def test_nobody_grants_to_oneself():
    by = administrator()
    with pytest.raises(Refused) as refused:
        invitations.add_job(by=by, user_id=by.user.pk, organisation_id=by.organisation_id, role=Role.TRAINER)
    assert refused.value.reasons == (invitations.NOT_ONESELF,)
    for service, arguments in (
        (invitations.new_code, {"user_id": by.user.pk}),
        (invitations.close_account, {"user_id": by.user.pk}),
        (invitations.end_job, {"membership_id": Membership.objects.get(user=by.user).pk}),
    ):
        with pytest.raises(Refused):
            service(by=by, **arguments)


def test_database_itself_refuses_a_nomination_for_oneself():
    by = administrator()
    with pytest.raises(IntegrityError), transaction.atomic():
        Nomination.objects.create(user=by.user, organisation_id=by.organisation_id, role=Role.TRAINER, asked_by=by.user, asked_at=NOW)


def test_job_that_opens_nothing_begins_at_once():
    by = administrator()
    printed = invite(by)
    assert Membership.objects.get(user=printed.user).role == Role.TRAINER


def test_same_job_twice_is_invalid():
    by = administrator()
    printed = invite(by)
    with pytest.raises(Invalid):
        invitations.add_job(by=by, user_id=printed.user.pk, organisation_id=by.organisation_id, role=Role.TRAINER)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_no_other_role_administers(role):
    by = make_actor(role)
    with pytest.raises(Refused) as refused:
        invite(by)
    assert refused.value.status == 403
    with pytest.raises(Refused):
        invitations.add_organisation(by=by, code="x", name="X", kind="NGO", country="GH")


def test_administrator_does_not_touch_an_organisation_that_has_its_own():
    by, other = administrator(), administrator()
    with pytest.raises(Refused):
        invite(by, at=other.organisation_id)
    assert invite(by, at=OrganisationFactory().pk).code


def test_administrator_of_one_of_two_organisations_cannot_close_the_account():
    by, other = administrator(), administrator()
    printed = invite(by)
    MembershipFactory(user=printed.user, organisation_id=other.organisation_id, role=Role.TRAINER)
    with pytest.raises(Refused):
        invitations.close_account(by=by, user_id=printed.user.pk)


def test_ended_job_gives_no_actor_at_the_next_request(client):
    by = administrator()
    job = person(Role.TRAINER, organisation_id=by.organisation_id, enrolled=False)
    sign_in(client, job.user, factor=False)
    assert client.get("/accounts/jobs/").context["actor"] is not None
    invitations.end_job(by=by, membership_id=job.pk)
    assert client.get("/accounts/jobs/").context["actor"] is None


def test_closed_account_is_out_of_every_session(client):
    by = administrator()
    job = person(Role.TRAINER, organisation_id=by.organisation_id, enrolled=False)
    client.post("/accounts/login/", {"login": job.user.username, "password": PASSPHRASE})
    assert client.get("/accounts/jobs/").status_code == 200
    invitations.close_account(by=by, user_id=job.user.pk)
    assert client.get("/accounts/jobs/").status_code == 302
    assert client.post("/accounts/login/", {"login": job.user.username, "password": PASSPHRASE}).url != "/"


def test_first_two_administrators_found_the_house_and_nobody_after_them():
    place = OrganisationFactory()
    with pytest.raises(Invalid):
        invitations.found_house(organisation=place, people=[("ama", "Ama"), ("AMA", "Ama")], at=NOW)
    printed = invitations.found_house(organisation=place, people=[("ama", "Ama"), ("kofi", "Kofi")], at=NOW)
    assert [row.user.username for row in printed] == ["ama", "kofi"]
    assert Membership.objects.filter(role=Role.ADMINISTRATOR, supervisor=True).count() == 2
    with pytest.raises(Refused):
        invitations.found_house(organisation=place, people=[("esi", "Esi"), ("yaw", "Yaw")], at=NOW)


# an administrator can read no case
def test_administrator_reads_no_case_and_cannot_open_the_way_to_one():
    owner = make_actor()
    case = make_case(owner)
    by = administrator(organisation_id=owner.organisation_id)
    with trust.acting(by):
        assert list(Case.objects.visible_to(by)) == []
        with pytest.raises(Missing):
            Case.objects.visible_to(by).get_or_missing(pk=case.pk)
    assert [act for act in Act if may_in_house(by, act)] == [Act.ADMINISTER]
    assert Grant.objects.count() == 1
