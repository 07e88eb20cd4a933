"""Opening a case, the consents of a case, the search of the country: through the pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.register.models import Case, Consent
from havre.trust import identity
from havre.trust.enums import Role, Section
from tests.factories import OrganisationFactory
from tests.factories_site import make_case_now, make_now, person_of, signed_in
from tests.factories_vault import unlocked  # noqa: F401

NAME = {"prs_FirstName": "Efua", "prs_LastName": "Example-Owusu", "prs_Birthdate": "1994-05-02"}


def answer(case, recipient, **changes):
    return {
        "person": str(person_of(case).pk),
        "state": "given",
        "given_by": "person",
        "recipient": str(recipient.pk),
        "recipient_role": "shelter",
        "purpose": "protection",
        "sections": [str(int(Section.PROTECTION))],
        "until": (timezone.localdate() + timedelta(days=30)).isoformat(),
        "language": "eng",
        "explained": ["help_stays", "may_withdraw"],
        "evidence": "spoken",
        **changes,
    }


def consents_of(case):
    return list(Consent.objects.for_house("tests").filter(case=case))


def test_consent_typed_on_the_page_is_live_and_its_withdrawal_ends_it():
    actor = make_now()
    case, shelter = make_case_now(actor), OrganisationFactory()
    client, page = signed_in(actor), reverse("case_consents", args=[case.ref])
    assert client.post(page, answer(case, shelter)).status_code == 302
    (made,) = consents_of(case)
    assert (made.live(at=timezone.now()), made.recipient_id) == (True, shelter.pk)
    assert client.post(reverse("consent_withdraw", args=[case.ref, made.pk])).status_code == 302
    made.refresh_from_db()
    assert made.state == "withdrawn"


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"until": "2020-01-01"}, 422),
        ({"sections": []}, 422),
        ({"recipient_role": "investigator"}, 422),
        ({"state": ""}, 422),
    ],
)
def test_consent_that_cannot_stand_says_why_and_is_not_kept(changes, status):
    actor = make_now()
    case = make_case_now(actor)
    response = signed_in(actor).post(reverse("case_consents", args=[case.ref]), answer(case, OrganisationFactory(), **changes))
    assert (response.status_code, consents_of(case)) == (status, [])
    assert response.context["form"].errors


def test_childs_consent_without_guardian_is_refused_with_the_reason():
    actor = make_now()
    case = make_case_now(actor, age=15)
    response = signed_in(actor).post(reverse("case_consents", args=[case.ref]), answer(case, OrganisationFactory()))
    assert (response.status_code, consents_of(case)) == (409, [])
    assert b"guardian" in response.content


def test_strangers_consent_is_missing_even_for_withdrawal():
    mine, other = make_now(), make_now()
    case, hidden = make_case_now(mine), make_case_now(other)
    signed_in(other).post(reverse("case_consents", args=[hidden.ref]), answer(hidden, OrganisationFactory()))
    (theirs,) = consents_of(hidden)
    client = signed_in(mine)
    assert client.post(reverse("consent_withdraw", args=[hidden.ref, theirs.pk])).status_code == 404
    assert client.post(reverse("consent_withdraw", args=[case.ref, theirs.pk])).status_code == 404
    theirs.refresh_from_db()
    assert theirs.state == "given"


@pytest.mark.usefixtures("unlocked")
def test_case_opened_on_the_page_holds_a_sealed_name_and_is_the_services_own():
    actor = make_now()
    typed = {
        "channel": "self",
        "happened_at": timezone.localtime().strftime("%Y-%m-%dT%H:%M"),
        "age_basis": "stated",
        "age_on_opening": "24",
    }
    response = signed_in(actor).post(reverse("case_open"), {**typed, "first_name": "Efua", "family_name": "Example"})
    (case,) = Case.objects.for_house("tests").filter(lead_id=actor.organisation_id)
    assert response.headers["Location"] == reverse("case", args=[case.ref])
    later = actor.on(timezone.now())
    with trust.acting(later):
        assert identity.search_caseload(by=later, words="efua")[0].case_id == case.pk


def test_case_in_the_future_is_not_opened():
    actor = make_now()
    typed = {"channel": "self", "happened_at": "2999-01-01T10:00", "age_basis": "stated"}
    response = signed_in(actor).post(reverse("case_open"), typed)
    assert (response.status_code, Case.objects.for_house("tests").exists()) == (422, False)


@pytest.mark.usefixtures("unlocked")
def test_country_search_finds_ones_own_by_the_exact_compound_and_no_other():
    mine, other = make_now(), make_now()
    case, hidden = make_case_now(mine), make_case_now(other)
    for actor, one in ((mine, case), (other, hidden)):
        with trust.acting(actor):
            identity.write(by=actor, case_id=one.pk, person_id=person_of(one).pk, section=Section.IDENTITY, kind="identity", body=NAME)
    response = signed_in(mine).post(reverse("country_search"), {"name": "Efua Example-Owusu", "birth_year": "1994"})
    assert [row.case.ref for row in response.context["found"]] == [case.ref]
    assert hidden.ref.encode() not in response.content


def test_country_search_by_name_alone_says_what_is_missing():
    response = signed_in(make_now()).post(reverse("country_search"), {"name": "Efua Example"})
    assert response.status_code == 422
    assert "birth_year" in response.context["form"].errors


def test_country_search_is_not_for_whoever_the_policy_does_not_name():
    assert signed_in(make_now(Role.SHELTER)).get(reverse("country_search")).status_code == 403


def test_buttons_of_the_case_page_lead_to_pages_that_open():
    actor = make_now()
    case = make_case_now(actor)
    response = signed_in(actor).get(reverse("case", args=[case.ref]))
    urls = [act.url for act in response.context["page"].acts]
    assert len(urls) >= 5
    assert [signed_in(actor).get(url).status_code for url in urls] == [200] * len(urls)
