"""Bad input and faults on justice's pages: sent twice, two officers at once, a year of another era, a leap day, a file that is not what it says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from havre.justice.models import Charge, CompensationClaim, Exhibit, Hearing, LinkNode, NonPunishmentRequest, Proceeding, Suspect
from havre.justice.wages import Rate, Stretch, reckon
from havre.register.attachments.kinds import MOST_BYTES
from havre.trust.enums import Basis, Role
from havre.trust.ids import new_id
from havre.trust.models import Grant, Override
from tests.factories import give_to, make_actor, make_case
from tests.factories_casework import person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell", "unlocked")


@pytest.fixture
def case():
    return make_case(make_actor(at=timezone.now()))


def officer(role, case, **fields):
    actor = make_actor(role, at=timezone.now(), **fields)
    give_to(actor, case, basis=Basis.LEGAL_DUTY)
    return actor


def opened(case, by, **changes):
    whole = {"against": "trafficker", "measures": ["no_contact"], **changes}
    made = Proceeding(case=case, person=person_of(case), opened_at=by.at, organisation_id=by.organisation_id, **whole)
    made.save(force_insert=True)
    return made


def twice(client, url, told):
    """The same form sent twice, as by a finger that trembles or a line that breaks."""
    once = {"once": str(new_id())}
    return [client.post(url, {**told, **once}).status_code for _n in range(2)]


SENT_TWICE = {
    "suspects": ({"act": "add", "kind": "natural", "role": "recruiter"}, Suspect),
    "hearings": ({"act": "add", "starts_at": "2031-05-04T09:00", "court": "supreme", "purpose": "trial_day"}, Hearing),
    "links": ({"act": "node", "node_kind": "phone_node", "words": "+233 00 000 0001"}, LinkNode),
}


@pytest.mark.parametrize("kind", list(SENT_TWICE))
def test_record_that_is_sent_twice_is_made_once(case, kind):
    by = officer(Role.PROSECUTOR, case)
    told, model = SENT_TWICE[kind]
    assert twice(browser(by), reverse(f"justice:{kind}", args=[opened(case, by).pk]), told) == [302, 302]
    assert model.objects.for_house("tests").count() == 1


def test_offence_claim_waiver_and_steps_that_are_sent_twice_are_done_once(case):
    by = officer(Role.PROSECUTOR, case)
    client, found = browser(by), opened(case, by)
    assert twice(client, reverse("justice:charge", args=[found.pk]), {"article_code": "gh-694-1"}) == [302, 302]
    url = reverse("justice:new", args=[case.pk, person_of(case).pk])
    assert twice(client, url, {"act": "inform", "language": "eng", "kind": "fund"}) == [302, 302]
    assert twice(client, reverse("justice:proceeding", args=[found.pk]), {"step": "charge"}) == [302, 302]
    suspect = Suspect(case=case, proceeding=found, kind="natural", role="money", by_id=by.user.pk)
    suspect.save(force_insert=True)
    told = {"act": "step", "row": str(suspect.pk), "step": "detain"}
    assert twice(client, reverse("justice:suspects", args=[found.pk]), told) == [302, 302]
    head = browser(make_actor(Role.PROSECUTOR, organisation_id=by.organisation_id, organisation=None, supervisor=True, at=by.at))
    assert twice(head, url, {"waive": "proceeding", "step": "open", "gates": ["RG17"], "reason": "danger"}) == [302, 302]
    assert [model.objects.for_house("tests").count() for model in (Charge, CompensationClaim, Override)] == [1, 1, 1]


def test_two_officers_answer_one_request_at_once_and_the_second_is_told_where_it_stands(case):
    first, second = officer(Role.PROSECUTOR, case), officer(Role.PROSECUTOR, case)
    found = opened(case, first, against="person", nexus="none", nexus_assessed_at=first.at)
    asked = NonPunishmentRequest(
        case=case, proceeding=found, by_id=first.user.pk, status="asked", ground="child", flagged_at=first.at, asked_at=first.at,
        lawyer_alerted_at=first.at,
    )  # fmt: skip
    asked.save(force_insert=True)
    url = reverse("justice:requests", args=[found.pk])
    told = {"act": "step", "row": str(asked.pk)}
    assert browser(first).post(url, {**told, "step": "grant"}).status_code == 302
    page = browser(second).post(url, {**told, "step": "refuse", "kept_because": "no_link"})
    assert (page.status_code, "the record is at: Granted" in page.content.decode()) == (409, True)
    assert NonPunishmentRequest.objects.for_house("tests").get().status == "charge_dropped"


def test_two_officers_move_one_proceeding_and_one_claim_at_once(case):
    first, second = officer(Role.PROSECUTOR, case), officer(Role.PROSECUTOR, case)
    found = opened(case, first, threats_assessed_at=first.at)
    url = reverse("justice:proceeding", args=[found.pk])
    assert browser(first).post(url, {"step": "charge"}).status_code == 302
    page = browser(second).post(url, {"step": "charge"})
    assert (page.status_code, "the record is at: Charged" in page.content.decode()) == (409, True)
    claim = CompensationClaim(
        case=case, person=person_of(case), informed_at=first.at, language="eng", status="claimed", claimed=9, currency="GHS"
    )
    claim.save(force_insert=True)
    url = reverse("justice:claim", args=[claim.pk])
    assert browser(first).post(url, {"step": "reject", "rejected_because": "no_proof"}).status_code == 302
    page = browser(second).post(url, {"step": "award", "awarded": "9"})
    assert (page.status_code, "the record is at: Rejected" in page.content.decode()) == (409, True)


@pytest.mark.parametrize(("typed", "said"), [("2574-05-04T09:00", "write 2031"), ("2024-02-30T09:00", "valid")])
def test_day_of_another_era_or_of_no_calendar_is_answered_with_what_to_write(case, typed, said):
    by = officer(Role.PROSECUTOR, case)
    told = {"act": "add", "starts_at": typed, "court": "supreme", "purpose": "trial_day"}
    page = browser(by).post(reverse("justice:hearings", args=[opened(case, by).pk]), told)
    assert (page.status_code, said in page.content.decode()) == (422, True)
    assert not Hearing.objects.for_house("tests").exists()


def test_leap_day_is_a_day_of_work():
    days = (Stretch(date(2024, 2, 1), date(2024, 2, 29), 7, Decimal(56), Decimal(0), agreed=Rate(Decimal(7), "day")),
            Stretch(date(2025, 2, 1), date(2025, 2, 28), 7, Decimal(56), Decimal(0), agreed=Rate(Decimal(7), "day")))  # fmt: skip
    assert [reckon([one]).steps[0].amount for one in days] == [Decimal("203.00"), Decimal("196.00")]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("report.pdf", b"MZ\x90\x00 a programme"),
        ("photo.jpg", b"<html><script>1</script></html>"),
        ("large.txt", b"a" * (MOST_BYTES + 1)),
        ("empty.txt", b""),
    ],
)
def test_file_over_the_limit_or_of_another_type_than_its_name_leaves_no_exhibit(case, name, data):
    by = officer(Role.INVESTIGATOR, case)
    taken = (timezone.localtime() - timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M")
    told = {"act": "add", "kind": "paper", "source": "from_search", "taken_at": taken, "file": SimpleUploadedFile(name, data)}
    page = browser(by).post(reverse("justice:exhibits", args=[opened(case, by).pk]), told)
    assert page.status_code == 422
    assert not Exhibit.objects.for_house("tests").exists()


def test_lawyer_whose_access_ended_between_page_and_step_finds_nothing(case):
    lawyer = make_actor(Role.LEGAL_AID, at=timezone.now())
    give_to(lawyer, case, basis=Basis.CONSENT)
    found = opened(case, officer(Role.PROSECUTOR, case), against="person", status="charged")
    client, url = browser(lawyer), reverse("justice:proceeding", args=[found.pk])
    assert client.get(url).status_code == 200
    Grant.objects.filter(case_id=case.pk, basis=Basis.CONSENT).update(ends_at=timezone.now())
    assert client.post(url, {"step": "ask_non_punishment"}).status_code == 404
