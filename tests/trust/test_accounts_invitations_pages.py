"""The administration's pages: inviting, confirming, adding an organisation; closed to everybody else."""

import pytest
from django.test import Client

from havre.trust.accounts import invitations
from havre.trust.enums import Role
from havre.trust.models import Membership, Organisation, User
from tests.factories_accounts import person, sign_in
from tests.trust.test_accounts_invitations import administrator, nominated


@pytest.fixture
def admin_client(client):
    job = person(Role.ADMINISTRATOR)
    sign_in(client, job.user)
    client.job = job
    return client


def test_invitation_page_prints_the_code_once_and_keeps_it_nowhere(admin_client):
    place = admin_client.job.organisation
    page = admin_client.post(
        f"/organisations/{place.pk}/invite/", {"name": "Ama K.", "username": "ama", "language": "fr", "role": "trainer"}
    )
    assert page.status_code == 200
    code = page.context["printed"].code
    assert code in page.content.decode()
    assert page["Cache-Control"] == "no-store"
    for path in (f"/organisations/{place.pk}/", f"/organisations/{place.pk}/invite/", "/organisations/"):
        again = admin_client.get(path)
        assert (again.status_code, code in again.content.decode()) == (200, False)
    assert User.objects.get(username="ama").language == "fr"


def test_taken_name_is_said_beside_the_field_and_what_was_typed_stays(admin_client):
    place = admin_client.job.organisation
    person(Role.TRAINER, user__username="ama")
    page = admin_client.post(
        f"/organisations/{place.pk}/invite/", {"name": "Ama K.", "username": "ama", "language": "fr", "role": "trainer"}
    )
    assert page.status_code == 422
    assert page.context["form"].errors["username"]
    assert "Ama K." in page.content.decode()


def test_new_organisation_page(admin_client):
    typed = {"code": "shelter-3", "name": "Three Rivers", "name_fr": "Trois Rivières", "kind": "NGO", "country": "GH", "region": ""}
    made = admin_client.post("/organisations/add/", typed)
    place = Organisation.objects.get(code="shelter-3")
    assert made.url == f"/organisations/{place.pk}/"
    assert admin_client.post("/organisations/add/", typed).status_code == 422


def test_confirmation_page_slows_guessing_of_the_number_down(client):
    by = administrator()
    nomination = nominated(by)
    head = person(Role.CASE_MANAGER, organisation=nomination.organisation, supervisor=True)
    sign_in(client, head.user)
    path = f"/organisations/{nomination.organisation_id}/waiting/{nomination.pk}/"
    right = invitations.meeting_number(nomination)
    wrong = f"{(int(right) + 1) % 1_000_000:06}"
    seen = [client.post(path, {"number": wrong}).status_code for _n in range(6)]
    assert seen == [422] * 5 + [429]
    assert client.post(path, {"number": right}).status_code == 429
    assert not Membership.objects.filter(user=nomination.user).exists()


def test_nominee_reads_her_number_and_the_head_confirms_through_the_pages(client):
    nomination = nominated(administrator())
    nominee, head = nomination.user, person(Role.CASE_MANAGER, organisation=nomination.organisation, supervisor=True)
    sign_in(client, nominee)
    number = invitations.meeting_number(nomination)
    assert number in client.get("/accounts/jobs/").content.decode()
    other = sign_in(Client(), head.user)
    path = f"/organisations/{nomination.organisation_id}/waiting/{nomination.pk}/"
    assert number not in other.get(path).content.decode()
    assert other.post(path, {"number": number}).status_code == 302
    assert client.get("/accounts/jobs/").context["actor"].role == Role.CASE_MANAGER


@pytest.mark.parametrize("path", ["", "add/", "{place}/", "{place}/invite/"])
def test_pages_of_the_administration_are_closed_to_others(client, path):
    job = person(Role.CASE_MANAGER)
    sign_in(client, job.user)
    assert client.get(f"/organisations/{path}".format(place=job.organisation_id)).status_code in {403, 404}


def test_organisation_of_another_administrator_is_missing(admin_client):
    other = person(Role.ADMINISTRATOR)
    assert admin_client.get(f"/organisations/{other.organisation_id}/").status_code == 404


def test_members_page_asks_the_same_number_of_queries_for_one_and_twenty(admin_client, django_assert_max_num_queries):
    place = admin_client.job.organisation
    path = f"/organisations/{place.pk}/"
    admin_client.get(path)
    with django_assert_max_num_queries(60) as one:
        admin_client.get(path)
    first = len(one.captured_queries)
    for _n in range(20):
        person(Role.TRAINER, organisation=place)
    with django_assert_max_num_queries(first):
        admin_client.get(path)
