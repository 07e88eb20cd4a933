"""A block of justice is passed with the reason of a named supervisor, on the pages, once, and by nobody for their own act."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.justice.models import CompensationClaim, Hearing, NonPunishmentRequest, Proceeding
from havre.justice.workflow import AGAINST_PERSON, PROCEEDING, TABLES
from havre.trust.enums import Basis, Role
from havre.trust.models import ActRow, Override
from tests.factories import give_to, make_actor, make_case
from tests.factories_casework import person_of
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")
WAIVED = {"reason": "record_elsewhere"}
STARTS = "2031-05-04T09:00"
WAIVABLE = {
    (table.name, move.step, right.gate)
    for table in TABLES
    for move in table.moves
    for right in move.rights
    if right.effect == "block" and right.overridable
}
# what the pages of one proceeding do not show: each has a test of its own below
ELSEWHERE = {
    ("proceeding", "open", "RG17"),
    ("claim", "inform", "RG01"),
    ("hearing", "schedule", "RG17"),
    ("hearing", "hold", "RG17"),
    ("non_punishment", "refuse", "RG16"),
    ("non_punishment", "uphold", "RG16"),
}
LACKS = {
    "RG01": {"language": ""},
    "RG02": {"privacy_confirmed": False},
    "RG16": {"nexus": "", "nexus_assessed_at": None},
    "RG17": {"measures": []},
    "RG19": {"interviews": 2},
}


@pytest.fixture
def case():
    return make_case(make_actor(at=timezone.now()))


def service(role, case):
    """An officer and the named supervisor of the same service, both on the case by law."""
    officer = make_actor(role, at=timezone.now())
    give_to(officer, case, basis=Basis.LEGAL_DUTY)
    head = make_actor(role, organisation_id=officer.organisation_id, organisation=None, supervisor=True, at=timezone.now())
    return browser(officer), browser(head), officer


def a_proceeding(case, by, **changes):
    whole = {"against": "trafficker", "measures": ["no_contact"], "nexus": "", **changes}
    made = Proceeding(case=case, person=person_of(case), opened_at=by.at, organisation_id=by.organisation_id, **whole)
    made.save(force_insert=True)
    return made


def waives(head, officer, url, table, step, gate, **row):
    """The officer signs nothing; the head does, and it is written down with its reason."""
    told = {"waive": table, "step": step, "gates": [gate], **WAIVED, **row}
    assert officer.post(url, told).status_code == 403
    assert head.post(url, {**told, "gates": ["RG10"]}).status_code == 422
    assert head.post(url, {**told, "step": "fly"}).status_code in {404, 422}
    assert f'value="{gate}"' in head.get(url).content.decode()
    assert f'name="waive" value="{table}"' not in officer.get(url).content.decode()
    assert head.post(url, told).status_code == 302
    given = Override.objects.for_house("tests").get()
    assert (given.workflow, given.step, given.gates, given.reason, given.used_at) == (table, step, [gate], "record_elsewhere", None)


def spent(table, gate):
    """The one waiver was used by another than its giver, and the trail says for which gate, why and by whom."""
    given = Override.objects.for_house("tests").get()
    assert given.used_at is not None and given.used_by_id != given.given_by_id
    line = ActRow.objects.get(event=f"{table}.override")
    assert (line.codes["gates"], line.reason, line.codes["supervisor"]) == (gate, "record_elsewhere", str(given.given_by_id))


def test_every_waivable_gate_of_justice_is_tried_on_a_page():
    assert ELSEWHERE <= WAIVABLE
    assert {table for table, _step, _gate in WAIVABLE - ELSEWHERE} == {"proceeding"}


@pytest.mark.parametrize(("step", "gate"), sorted(row[1:] for row in WAIVABLE - ELSEWHERE), ids=lambda one: one)
def test_gate_of_a_proceeding_is_blocked_waived_on_its_page_and_passed(case, step, gate):
    move = next(one for one in PROCEEDING.moves if one.step == step)
    officer, head, by = service(Role.PROSECUTOR if Role.PROSECUTOR in move.who else Role.INVESTIGATOR, case)
    whole = {
        "informed_at": by.at, "language": "eng", "privacy_confirmed": True, "hearing_mode": "closed", "lawyer_at": by.at,
        "threats_assessed_at": by.at, "nexus": "none", "nexus_assessed_at": by.at, "non_punishment_asked_at": by.at,
        "non_punishment": "maintained", "verdict": "convicted", "against": "person" if AGAINST_PERSON in move.after else "trafficker",
    }  # fmt: skip
    found = a_proceeding(case, by, status=move.starts[0], **{**whole, **LACKS[gate]})
    url, told = reverse("justice:proceeding", args=[found.pk]), {"step": step, "verdict": "convicted"}
    assert officer.post(url, told).status_code == 409
    waives(head, officer, url, "proceeding", step, gate)
    assert head.post(url, told).status_code == 409
    assert officer.post(url, told).status_code == 302
    spent("proceeding", gate)
    assert Proceeding.objects.for_house("tests").get(pk=found.pk).status == move.end


def test_interview_without_an_independent_interpreter_is_blocked_waived_once_and_blocked_again(case):
    officer, head, by = service(Role.INVESTIGATOR, case)
    found = a_proceeding(case, by, informed_at=by.at, language="eng")
    url = reverse("justice:proceeding", args=[found.pk])
    assert officer.post(url, {"step": "interview"}).status_code == 409
    waives(head, officer, url, "proceeding", "interview", "RG02")
    assert head.post(url, {"step": "interview"}).status_code == 409
    assert officer.post(url, {"step": "interview"}).status_code == 302
    spent("proceeding", "RG02")
    Proceeding.objects.for_house("tests").filter(pk=found.pk).update(repeat_justified=True)
    assert officer.post(url, {"step": "interview"}).status_code == 409


def test_what_does_not_exist_yet_is_waived_upon_the_person(case):
    officer, head, _by = service(Role.PROSECUTOR, case)
    url = reverse("justice:new", args=[case.pk, person_of(case).pk])
    told = {"act": "open", "against": "trafficker"}
    assert officer.post(url, told).status_code == 409
    waives(head, officer, url, "proceeding", "open", "RG17")
    assert officer.post(url, told).status_code == 302
    spent("proceeding", "RG17")
    assert officer.post(url, told).status_code == 409


def test_compensation_told_in_a_language_nobody_recorded_is_blocked_waived_and_passed(case):
    officer, head, _by = service(Role.LEGAL_AID, case)
    url = reverse("justice:new", args=[case.pk, person_of(case).pk])
    assert officer.post(url, {"act": "inform"}).status_code == 409
    waives(head, officer, url, "claim", "inform", "RG01")
    assert officer.post(url, {"act": "inform"}).status_code == 302
    spent("claim", "RG01")
    assert CompensationClaim.objects.for_house("tests").get().language == ""


def test_hearing_of_the_person_without_measures_is_blocked_waived_upon_the_proceeding_and_passed(case):
    officer, head, by = service(Role.PROSECUTOR, case)
    found = a_proceeding(case, by)
    url = reverse("justice:hearings", args=[found.pk])
    told = {"act": "add", "starts_at": STARTS, "court": "supreme", "purpose": "trial_day", "person_heard": "on"}
    assert officer.post(url, told).status_code == 409
    waives(head, officer, url, "hearing", "schedule", "RG17")
    assert officer.post(url, told).status_code == 302
    spent("hearing", "RG17")
    row = Hearing.objects.for_house("tests").get()
    # the waiver of planning it was for that step alone
    hold = {"act": "step", "row": str(row.pk), "step": "hold"}
    assert officer.post(url, hold).status_code == 409
    assert head.post(url, {"waive": "hearing", "step": "hold", "row": str(row.pk), "gates": ["RG17"], **WAIVED}).status_code == 302
    assert officer.post(url, hold).status_code == 302


@pytest.mark.parametrize(("step", "status"), [("refuse", "asked"), ("uphold", "under_review")])
def test_refusal_of_non_punishment_while_the_link_is_not_assessed_is_blocked_waived_and_passed(case, step, status):
    officer, head, by = service(Role.PROSECUTOR, case)
    first = {"answered_by": make_actor(Role.PROSECUTOR).user, "answered_at": by.at, "kept_because": "no_link"}
    found = a_proceeding(case, by, against="person")
    asked = NonPunishmentRequest(
        case=case,
        proceeding=found,
        by_id=by.user.pk,
        status=status,
        ground="child",
        flagged_at=by.at,
        asked_at=by.at,
        lawyer_alerted_at=by.at,
        **(first if step == "uphold" else {}),
    )
    asked.save(force_insert=True)
    url = reverse("justice:requests", args=[found.pk])
    told = {"act": "step", "row": str(asked.pk), "step": step, "kept_because": "no_link"}
    assert officer.post(url, told).status_code == 409
    waives(head, officer, url, "non_punishment", step, "RG16", row=str(asked.pk))
    assert officer.post(url, told).status_code == 302
    spent("non_punishment", "RG16")


def test_waiver_of_another_services_supervisor_does_not_serve(case):
    officer, _head, by = service(Role.INVESTIGATOR, case)
    _other, stranger, _theirs = service(Role.INVESTIGATOR, case)
    found = a_proceeding(case, by, informed_at=by.at, language="eng")
    url = reverse("justice:proceeding", args=[found.pk])
    assert stranger.post(url, {"waive": "proceeding", "step": "interview", "gates": ["RG02"], **WAIVED}).status_code == 302
    assert officer.post(url, {"step": "interview"}).status_code == 409


def test_fields_of_several_waivers_on_one_page_have_names_of_their_own(case):
    _officer, head, by = service(Role.PROSECUTOR, case)
    found = a_proceeding(case, by)
    for day in (1, 2):
        starts = by.at + timedelta(days=day)
        Hearing(
            case=case, proceeding=found, by_id=by.user.pk, starts_at=starts, court="supreme", purpose="trial_day", person_heard=True
        ).save(force_insert=True)
    page = head.get(reverse("justice:hearings", args=[found.pk])).content.decode()
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert page.count('name="waive" value="hearing"') == 3
    assert sorted({one for one in ids if ids.count(one) > 1}) == []
