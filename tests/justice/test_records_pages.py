"""Pages of what hangs on a proceeding: steps without script, refusals with reasons, roles, other proceedings, and never the person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from havre.justice.models import (
    Asset,
    Charge,
    Exhibit,
    Hearing,
    LegalAssistance,
    LinkNode,
    Proceeding,
    SourcedLink,
    Suspect,
    WageCalculation,
)
from havre.justice.services.records import KINDS
from havre.register.models import Attachment
from havre.trust.enums import Basis, Role
from havre.trust.models import ActRow
from tests.factories import give_to, make_actor, make_case
from tests.factories_casework import person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell", "unlocked")


@pytest.fixture
def case():
    return make_case(make_actor(at=timezone.now()))


def justice(role, case):
    actor = make_actor(role, at=timezone.now())
    give_to(actor, case, basis=Basis.LEGAL_DUTY)
    return actor


@pytest.fixture
def proceeding(case):
    by = justice(Role.PROSECUTOR, case)
    made = Proceeding(
        case=case,
        person=person_of(case),
        against="trafficker",
        opened_at=by.at,
        organisation_id=by.organisation_id,
        measures=["no_contact"],
    )
    made.save(force_insert=True)
    return made


def at(kind, proceeding):
    return reverse(f"justice:{kind}", args=[proceeding.pk])


def stamp(**ago):
    return (timezone.localtime() - timedelta(**ago)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("kind", list(KINDS))
def test_page_of_a_kind_opens_for_its_readers_and_is_missing_for_others(case, proceeding, kind):
    for role in (Role.INVESTIGATOR, Role.PROSECUTOR, Role.LEGAL_AID, Role.COMPENSATION_FUND, Role.CASE_MANAGER, Role.COORDINATOR):
        page = browser(justice(role, case)).get(at(kind, proceeding))
        assert page.status_code == (200 if role in KINDS[kind].readers else 404), role
        if page.status_code == 200:
            text = page.content.decode()
            assert proceeding.pseudonym in text
            for secret in (case.ref, str(case.pk), str(person_of(case).pk)):
                assert secret not in text


@pytest.mark.parametrize("kind", list(KINDS))
def test_page_of_a_strangers_proceeding_is_missing(proceeding, kind):
    stranger = browser(make_actor(Role.PROSECUTOR, at=timezone.now()))
    assert [stranger.get(at(kind, proceeding)).status_code, stranger.post(at(kind, proceeding), {}).status_code] == [404, 404]


def test_suspect_charge_verdict_and_penalty_by_the_page(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    page = at("suspects", proceeding)
    assert client.post(page, {"act": "add", "kind": "natural", "role": "recruiter"}).status_code == 302
    suspect = Suspect.objects.for_house("tests").get()
    refused = client.post(page, {"act": "step", "row": suspect.pk, "step": "indict"})
    assert (refused.status_code, "no offence is held" in refused.content.decode().lower()) == (409, True)
    offence = {"iccs": "02042", "article": "s. 1", "suspect_id": suspect.pk}
    assert client.post(reverse("justice:charge", args=[proceeding.pk]), offence).status_code == 302
    twice = client.post(reverse("justice:charge", args=[proceeding.pk]), offence)
    assert (twice.status_code, "already" in twice.content.decode()) == (422, True)
    charge = Charge.objects.for_house("tests").get()
    told = {"act": "sentence", "charge": charge.pk, "verdict": "convicted", "kind": "imprisonment", "months": "60"}
    assert client.post(page, told).status_code == 302
    text = client.get(page).content.decode()
    assert suspect.pseudonym in text and "60 months" in text


@pytest.mark.parametrize("bad", [{"kind": "ghost"}, {"kind": "natural", "role": "recruiter", "file_number": "12 Harbour Road"}, {}])
def test_bad_input_is_answered_and_nothing_is_written(case, proceeding, bad):
    page = browser(justice(Role.PROSECUTOR, case)).post(at("suspects", proceeding), {"act": "add", **bad})
    assert (page.status_code, Suspect.objects.for_house("tests").exists()) == (422, False)


def test_step_of_a_row_that_is_not_there_is_missing(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    for row in ("", "nonsense", str(proceeding.pk)):
        assert client.post(at("suspects", proceeding), {"act": "step", "row": row, "step": "detain"}).status_code == 404


def test_hearing_is_put_off_with_its_reason(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    day = {"act": "add", "starts_at": stamp(days=-5), "court": "first_instance", "purpose": "trial_day"}
    assert client.post(at("hearings", proceeding), {**day, "person_heard": "on"}).status_code == 409
    assert client.post(at("hearings", proceeding), day).status_code == 302
    row = {"act": "step", "row": Hearing.objects.for_house("tests").get().pk, "step": "adjourn"}
    assert client.post(at("hearings", proceeding), row).status_code == 409
    assert client.post(at("hearings", proceeding), {**row, "adjourned_because": "no_interpreter"}).status_code == 302


def test_exhibit_with_its_file_shows_custody_hash_and_a_neutral_download(case, proceeding):
    police, prosecutor = justice(Role.INVESTIGATOR, case), justice(Role.PROSECUTOR, case)
    client, page = browser(police), at("exhibits", proceeding)
    sent = SimpleUploadedFile("contract of Example.txt", b"the contract, word for word")
    told = {"act": "add", "kind": "paper", "source": "from_search", "taken_at": stamp(hours=2), "seal_number": "GH-0001", "file": sent}
    assert client.post(page, told).status_code == 302
    found = Exhibit.objects.for_house("tests").get()
    assert len(found.sha256) == 64 and found.attachment_id
    assert client.post(page, {"act": "step", "row": found.pk, "step": "hand_over"}).status_code == 409
    over = {"act": "step", "row": found.pk, "step": "hand_over", "offered_to": prosecutor.organisation_id}
    assert client.post(page, over).status_code == 302
    text = client.get(page).content.decode()
    assert found.number in text and found.sha256 in text.replace("<wbr>", "") and "GH-0001" in text and "has not confirmed" in text
    other = browser(prosecutor)
    assert other.post(page, {"act": "step", "row": found.pk, "step": "receive", "seal_whole": "false"}).status_code == 302
    assert "found broken" in other.get(page).content.decode()
    copy = other.get(reverse("justice:exhibit", args=[found.pk]))
    assert (copy.status_code, copy.content) == (200, b"the contract, word for word")
    assert "Example" not in copy.headers["Content-Disposition"]
    assert other.get(reverse("justice:exhibit_original", args=[found.pk])).status_code == 200
    assert browser(justice(Role.LEGAL_AID, case)).get(reverse("justice:exhibit", args=[found.pk])).status_code == 404
    events = set(ActRow.objects.filter(case_id=case.pk).values_list("event", flat=True))
    assert {"exhibit.seize", "exhibit.hand_over", "exhibit.receive", "attachment.read", "attachment.original"} <= events


def test_file_that_is_refused_leaves_no_exhibit(case, proceeding):
    client = browser(justice(Role.INVESTIGATOR, case))
    told = {"act": "add", "kind": "paper", "source": "from_search", "taken_at": stamp(hours=2)}
    page = client.post(at("exhibits", proceeding), {**told, "file": SimpleUploadedFile("a.svg", b"<svg onload='x'></svg>")})
    assert (page.status_code, "SVG drawing" in page.content.decode(), Exhibit.objects.for_house("tests").exists()) == (422, True, False)


def test_exhibit_that_is_refused_leaves_no_file_behind(case, proceeding):
    client = browser(justice(Role.INVESTIGATOR, case))
    told = {"act": "add", "kind": "paper", "source": "from_search", "taken_at": stamp(days=-1)}
    page = client.post(at("exhibits", proceeding), {**told, "file": SimpleUploadedFile("a.txt", b"words")})
    assert (page.status_code, Attachment.objects.for_house("tests").exists()) == (422, False)


def test_links_are_drawn_and_listed_with_their_source(case, proceeding):
    client, page = browser(justice(Role.INVESTIGATOR, case)), at("links", proceeding)
    for kind, words in (("phone_node", "Number of the recruiter"), ("company_node", "Example Fishing Ltd")):
        assert client.post(page, {"act": "node", "node_kind": kind, "words": words}).status_code == 302
    assert client.post(page, {"act": "node", "node_kind": "phone_node", "words": ""}).status_code == 422
    first, second = LinkNode.objects.for_house("tests").order_by("recorded_at")
    link = {"act": "add", "kind": "called", "first": first.pk, "second": second.pk, "origin": "traffic_data", "seen_on": "2026-11-02"}
    assert client.post(page, link).status_code == 302
    text = client.get(page).content.decode()
    assert "<svg" in text and "Example Fishing Ltd" in text and SourcedLink.objects.for_house("tests").get().status == "asserted"


def test_link_that_cannot_be_is_told_beside_its_field_and_not_kept(case, proceeding):
    client, page = browser(justice(Role.INVESTIGATOR, case)), at("links", proceeding)
    for words in ("Number of the recruiter", "Number of the driver"):
        assert client.post(page, {"act": "node", "node_kind": "phone_node", "words": words}).status_code == 302
    first, second = LinkNode.objects.for_house("tests").order_by("recorded_at")
    link = {"act": "add", "kind": "called", "first": first.pk, "second": second.pk, "origin": "traffic_data", "seen_on": "2026-11-02"}
    found = []
    for changed in ({"second": first.pk}, {"until": "2026-11-01"}, {}, {}):
        answer = client.post(page, {**link, **changed})
        found.append((answer.status_code, [words for words in TOLD if words in answer.content.decode()]))
    assert found == [(422, TOLD[:1]), (422, TOLD[1:2]), (302, []), (422, TOLD[2:])]
    assert SourcedLink.objects.for_house("tests").count() == 1


TOLD = ["a thing is not linked to itself", "this day is before the first one", "this link is written down already from this origin"]


def test_request_abroad_that_leaves_on_a_day_to_come_is_told_so(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    asked = {"act": "add", "kind": "records", "basis": "untoc", "country": "NG"}
    assert client.post(at("assistance", proceeding), asked).status_code == 302
    row, tomorrow = LegalAssistance.objects.for_house("tests").get(), timezone.localdate() + timedelta(days=2)
    answer = client.post(at("assistance", proceeding), {"act": "step", "row": row.pk, "step": "send", "sent_on": tomorrow.isoformat()})
    assert (answer.status_code, "This has not been yet" in answer.content.decode()) == (422, True)


def test_asset_and_its_claim_by_the_page(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    assert client.post(at("assets", proceeding), {"act": "add", "kind": "vehicle", "amount": "900", "currency": "ghs"}).status_code == 422
    assert client.post(at("assets", proceeding), {"act": "add", "kind": "vehicle", "amount": "900", "currency": "GHS"}).status_code == 302
    assert Asset.objects.for_house("tests").get().status == "traced"


def test_wages_are_reckoned_shown_and_kept(case):
    client = browser(justice(Role.LEGAL_AID, case))
    told = {"act": "inform", "language": "eng", "kind": "wages", "limitation_on": (timezone.localdate() + timedelta(days=90)).isoformat()}
    made = client.post(reverse("justice:new", args=[case.pk, person_of(case).pk]), told)
    claim = made.headers["Location"]
    page = f"{claim}wages/"
    assert page in client.get(claim).content.decode()
    work = {
        "first": "2026-03-02", "last": "2026-03-08", "days_a_week": "6", "hours_a_week": "60", "normal_hours": "48", "overtime_factor": "1.5",
        "agreed": "5", "unit": "hour", "paid": "100", "deducted": "0", "currency": "GHS", "act": "reckon",
    }  # fmt: skip
    shown = client.post(page, work)
    assert (shown.status_code, "230.00" in shown.content.decode()) == (200, True)
    assert not WageCalculation.objects.for_house("tests").exists()
    assert client.post(page, {**work, "last": "2026-03-01"}).status_code == 422
    assert client.post(page, {**work, "agreed": ""}).status_code == 422
    assert client.post(page, {**work, "act": "keep"}).status_code == 302
    assert "230.00" in client.get(page).content.decode()


def test_route_that_is_open_is_not_opened_twice_and_a_day_that_is_over_is_refused(case):
    client, url = browser(justice(Role.LEGAL_AID, case)), None
    url = reverse("justice:new", args=[case.pk, person_of(case).pk])
    told = {"act": "inform", "language": "eng", "kind": "fund"}
    assert [client.post(url, told).status_code for _n in range(2)] == [302, 422]
    assert client.post(url, {**told, "kind": "civil", "limitation_on": "2020-01-01"}).status_code == 422


def test_double_submit_of_one_form_writes_one_row(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    once = {"act": "add", "kind": "natural", "role": "recruiter", "once": "0198a0c0-0000-7000-8000-000000000001"}
    assert [client.post(at("suspects", proceeding), once).status_code for _n in range(2)] == [302, 302]
    assert Suspect.objects.for_house("tests").count() == 1


@pytest.mark.parametrize("kind", ["suspects", "hearings", "assets", "links", "exhibits"])
def test_page_asks_as_many_queries_for_ten_rows_as_for_one(case, proceeding, kind):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    by = justice(Role.PROSECUTOR, case)
    of = {"case": case, "proceeding": proceeding, "by": by.user}
    make = {
        "suspects": lambda _n: Suspect(**of, kind="natural", role="recruiter"),
        "hearings": lambda _n: Hearing(**of, starts_at=by.at, court="first_instance", purpose="trial_day"),
        "assets": lambda _n: Asset(**of, kind="vehicle", amount=5, currency="GHS", suspect=suspect),
        "exhibits": lambda _n: Exhibit(**of, kind="paper", source="from_search", taken_at=by.at),
        "links": lambda number: SourcedLink(
            **of, kind="uses", first=nodes[0], second=nodes[number + 1], origin="papers", seen_on=by.at.date()
        ),
    }[kind]
    suspect = Suspect(**of, kind="natural", role="money")
    suspect.save(force_insert=True)
    nodes = [LinkNode(**of, kind="phone_node") for _n in range(12)]
    for node in nodes:
        node.save(force_insert=True)
    client = browser(by)
    make(0).save(force_insert=True)
    client.get(at(kind, proceeding))
    with CaptureQueriesContext(connection) as one:
        client.get(at(kind, proceeding))
    for number in range(1, 10):
        make(number).save(force_insert=True)
    with CaptureQueriesContext(connection) as ten:
        client.get(at(kind, proceeding))
    assert len(ten) == len(one)


def test_refused_record_keeps_what_was_typed(case, proceeding):
    client = browser(justice(Role.PROSECUTOR, case))
    told = {"starts_at": stamp(days=-3), "court": "first_instance", "purpose": "trial_day", "person_heard": "on"}
    page = client.post(at("hearings", proceeding), {"act": "add", **told})
    assert (page.status_code, page.context["form"]["court"].value()) == (409, "first_instance")
    hearing = Hearing(case=case, proceeding=proceeding, by=justice(Role.PROSECUTOR, case).user, **_planned())
    hearing.save(force_insert=True)
    page = client.post(at("hearings", proceeding), {"act": "step", "row": str(hearing.pk), "step": "adjourn"})
    (row,) = page.context["rows"]
    assert (page.status_code, row["tried"], row["form"]["step"].value()) == (409, True, "adjourn")


def _planned():
    return {"starts_at": timezone.now() + timedelta(days=3), "court": "first_instance", "purpose": "trial_day"}
