"""Justice's pages: the pseudonym and nothing that leads to the person or the place."""

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.justice.models import CompensationClaim, Proceeding
from havre.protection.models import AssistancePlan, AssistanceService
from havre.register.models import Person
from havre.trust.contracts import contracts
from havre.trust.enums import Basis, Role
from tests.factories import OrganisationFactory, give_to, make_actor, make_case
from tests.factories_casework import person_of
from tests.french import french, speaks_french  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.parts import timeline

pytestmark = pytest.mark.usefixtures("shell")
PART = next(one for one in contracts() if one.part == "justice")
OPEN = {"act": "open", "against": "trafficker", "measures": ["no_contact"]}


@pytest.fixture
def case():
    """A case full of what justice must not see: a shelter, a gender and a language that could only come from this file."""
    owner = make_actor(at=timezone.now())
    found = make_case(owner)
    person = person_of(found)
    Person.objects.for_house("tests").filter(pk=person.pk).update(gender="Sentinelgender", languages=["sentinellang"])
    plan = AssistancePlan(case=found, person=person, started_at=owner.at, by_id=owner.user.pk)
    plan.save(force_insert=True)
    shelter = OrganisationFactory(name="Sentinel shelter, 12 Harbour Road")
    AssistanceService(
        case=found, plan=plan, kind="SocialCare", need="safe_housing", provider=shelter, proposed_at=owner.at, by_id=owner.user.pk
    ).save(force_insert=True)
    return found


def justice(role, case):
    actor = make_actor(role, at=timezone.now())
    give_to(actor, case, basis=Basis.LEGAL_DUTY)
    return actor


def opened(case):
    client = browser(justice(Role.PROSECUTOR, case))
    done = client.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), OPEN)
    found = Proceeding.objects.for_house("tests").latest("recorded_at")
    assert done.headers["Location"] == reverse("justice:proceeding", args=[found.pk])
    return client, found


def test_year_of_the_buddhist_era_is_answered_with_the_year_to_write_in_justice_as_elsewhere(case):
    client, found = opened(case)
    answer = client.post(reverse("justice:proceeding", args=[found.pk]), {"step": "charge", "lawyer_at": "2569-11-20T09:00"})
    assert (answer.status_code, "2569 looks like a year of the Buddhist Era: write 2026" in answer.content.decode()) == (422, True)
    assert Proceeding.objects.for_house("tests").get().lawyer_at is None


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND, Role.LABOUR_INSPECTOR, Role.LEGAL_AID])
def test_pages_show_the_pseudonym_and_never_the_reference_the_person_or_a_place(case, role):
    _client, found = opened(case)
    actor = justice(role, case)
    client = browser(actor)
    with trust.acting(actor):
        lines = "".join(f"{entry.title} {entry.words}" for entry in timeline(PART, actor, case.pk))
    pages = [client.get(reverse("justice:index")), client.get(reverse("justice:proceeding", args=[found.pk]))]
    assert {page.status_code for page in pages} == {200}
    for text in (lines, *(page.content.decode() for page in pages)):
        assert found.pseudonym in text
        for secret in (case.ref, str(case.pk), str(person_of(case).pk), "Sentinel", "sentinellang"):
            assert secret not in text


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND])
def test_the_plan_with_its_shelter_is_missing_for_justice(case, role):
    plan = AssistancePlan.objects.for_house("tests").get()
    client = browser(justice(role, case))
    assert client.get(reverse("protection:plan", args=[plan.pk])).status_code == 404


def test_open_without_measures_is_409_with_its_reason(case):
    client = browser(justice(Role.INVESTIGATOR, case))
    page = client.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), {**OPEN, "measures": []})
    assert (page.status_code, "no protection measure" in page.content.decode().lower()) == (409, True)


def test_proceeding_page_takes_a_step_and_an_offence(case):
    client, found = opened(case)
    url = reverse("justice:proceeding", args=[found.pk])
    assert client.post(reverse("justice:charge", args=[found.pk]), {"iccs": "02042", "article": "s. 1"}).status_code == 302
    assert client.post(reverse("justice:charge", args=[found.pk]), {"iccs": "x", "article": "s. 1"}).status_code == 422
    assert client.post(url, {"step": "charge_person"}).status_code == 409
    assert client.post(url, {"step": "charge"}).status_code == 302
    found.refresh_from_db()
    assert found.status == "charged"


def test_claim_page_runs_its_steps(case):
    lawyer = browser(justice(Role.LEGAL_AID, case))
    lawyer.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), {"act": "inform", "language": "eng"})
    url = reverse("justice:claim", args=[CompensationClaim.objects.for_house("tests").get().pk])
    assert lawyer.get(url).status_code == 200
    assert lawyer.post(url, {"step": "claim"}).status_code == 409
    told = {"step": "claim", "wanted_at": "2026-11-24T09:00", "claimed": "900", "currency": "GHS", "kind": "fund"}
    assert lawyer.post(url, told).status_code == 302


@pytest.mark.parametrize("role", [Role.SHELTER, Role.COORDINATOR, Role.FIRST_RESPONDER])
def test_pages_are_missing_for_other_roles(case, role):
    _client, found = opened(case)
    client = browser(justice(role, case))
    assert [client.get(url).status_code for url in (reverse("justice:index"), reverse("justice:proceeding", args=[found.pk]))] == [404, 404]


def test_lists_ask_as_many_queries_for_twenty_as_for_one(case):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client, found = opened(case)
    with CaptureQueriesContext(connection) as one:
        client.get(reverse("justice:index"))
    for number in range(19):
        Proceeding(
            case=case, person_id=found.person_id, pseudonym=f"P-{number}", against="trafficker", opened_at=found.opened_at,
            organisation_id=found.organisation_id,
        ).save(force_insert=True)  # fmt: skip
    with CaptureQueriesContext(connection) as twenty:
        client.get(reverse("justice:index"))
    assert len(twenty) == len(one)


def test_pages_speak_french(case, french):  # noqa: F811
    prosecutor = justice(Role.PROSECUTOR, case)
    speaks_french(prosecutor)
    page = browser(prosecutor).get(reverse("justice:index")).content.decode()
    assert "<h1>Procédures</h1>" in page


def test_refused_inquiry_says_nothing_of_the_form_that_was_not_sent(case):
    client = browser(justice(Role.INVESTIGATOR, case))
    page = client.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), {**OPEN, "measures": []})
    assert (page.context["form"].is_bound, page.context["inform"].is_bound) == (True, False)
    nobody = client.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), {**OPEN, "against": ""})
    assert (nobody.status_code, "against" in nobody.context["form"].errors) == (422, True)


def test_lawyer_is_not_offered_to_open_an_inquiry(case):
    page = browser(justice(Role.LEGAL_AID, case)).get(reverse("justice:new", args=[case.pk, person_of(case).pk])).content.decode()
    assert ('value="open"' in page, 'value="inform"' in page) == (False, True)


def test_claim_without_a_currency_is_said_beside_its_field_and_keeps_what_was_typed(case):
    lawyer = browser(justice(Role.LEGAL_AID, case))
    lawyer.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), {"act": "inform", "language": "eng"})
    url = reverse("justice:claim", args=[CompensationClaim.objects.for_house("tests").get().pk])
    told = {"step": "claim", "wanted_at": "2026-11-24T09:00", "lawyer_at": "2026-11-24T09:00", "claimed": "900", "kind": "fund"}
    page = lawyer.post(url, told)
    assert (page.status_code, "currency" in page.context["form"].errors, 'value="900"' in page.content.decode()) == (422, True, True)


def test_steps_of_the_other_side_are_not_offered(case):
    client, found = opened(case)
    page = client.get(reverse("justice:proceeding", args=[found.pk])).content.decode()
    assert ('value="charge"' in page, 'value="charge_person"' in page, 'value="drop"' in page) == (True, False, False)
