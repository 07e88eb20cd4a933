"""Pages of care through the client: who gets in, what a refusal keeps, what a stranger does not see."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from havre.protection.kinds import KINDS
from havre.protection.models import CaseloadHandover, Evidence, Identification, SafetyMeasure, Shelter, Task
from havre.trust import clocks
from havre.trust.enums import Basis, Role
from havre.trust.models import Override, Seal
from tests.factories import make_actor, make_case
from tests.factories_casework import let_in, make_identification, note_down, person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.french import french, speaks_french  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell", "unlocked")
SECRET = "Rue des Palmiers"


def now_actor(role=Role.CASE_MANAGER, **fields):
    return make_actor(role, at=timezone.now(), **fields)


def address(name, case):
    return reverse(f"protection:{name}", args=[case.pk, person_of(case).pk])


MEASURE = {"measure": "code_word", "owner": "person", "by_when": "2030-01-15", "agreed": "true", "words_note": SECRET}


@pytest.mark.postgresql
def test_record_is_made_on_its_page_and_its_words_are_read_there():
    worker = now_actor()
    case = make_case(worker)
    client = browser(worker)
    assert client.get(address("new_safety_measure", case)).status_code == 200
    done = client.post(address("new_safety_measure", case), MEASURE)
    made = SafetyMeasure.objects.for_house("tests").get()
    assert done.headers["Location"] == reverse("protection:safety_measure", args=[made.pk])
    page = client.get(done.headers["Location"]).content.decode()
    assert SECRET in page and "To be done" in page
    assert SECRET not in client.get(address("care", case)).content.decode()


def test_what_is_missing_is_said_beside_its_field_and_what_was_typed_stays():
    worker = now_actor()
    case = make_case(worker)
    page = browser(worker).post(address("new_safety_measure", case), {"words_note": SECRET})
    assert (page.status_code, SafetyMeasure.objects.for_house("tests").count()) == (422, 0)
    assert SECRET in page.content.decode()


def test_unmet_condition_is_named_on_top_with_409_and_the_words_stay():
    worker = now_actor()
    case = make_case(worker)
    page = browser(worker).post(address("new_return", case), {"country": "NG", "asked_by": "person", "words_wishes": SECRET})
    assert (page.status_code, page.content.decode().count("<li><p>")) == (409, 1)
    assert "never the person: help goes on" in page.content.decode()
    assert SECRET in page.content.decode()


@pytest.mark.parametrize("code", [code for code, kind in KINDS.items() if kind.by_hand])
def test_page_to_make_a_record_is_open_to_the_roles_of_its_first_step_only(code):
    for role in (Role.CASE_MANAGER, Role.HEALTH, Role.PROSECUTOR, Role.RAPPORTEUR):
        actor = now_actor(role)
        case = make_case(actor)
        status = browser(actor).get(address(f"new_{code}", case)).status_code
        assert status == (200 if role in KINDS[code].openers else 404)


def test_step_is_taken_on_the_records_page_and_a_step_of_another_is_missing():
    worker = now_actor()
    task = note_down("task", make_case(worker), worker, kind="call", due_at=timezone.now())
    client, url = browser(worker), reverse("protection:task", args=[task.pk])
    assert client.post(url, {"step": "set"}).status_code == 404
    assert client.post(url, {"step": "do", "do-words_answer": "Done by telephone."}).status_code == 302
    assert Task.objects.for_house("tests").get().status == "done"
    assert "Done by telephone." in client.get(url).content.decode()


def test_record_of_a_foreign_or_sealed_case_is_the_same_404_as_none():
    worker = now_actor()
    case = make_case(worker)
    task = note_down("task", case, worker, kind="call", due_at=timezone.now())
    url = reverse("protection:task", args=[task.pk])
    assert browser(now_actor()).get(url).status_code == 404
    now = timezone.now()
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=now - timedelta(hours=1), review_on=now.date(), by=worker.user)
    client = browser(worker)
    assert [client.get(where).status_code for where in (url, address("care", case), address("new_task", case))] == [404] * 3


def test_page_of_care_asks_as_many_queries_for_twenty_records_as_for_one():
    worker = now_actor()
    case = make_case(worker)
    client = browser(worker)

    def queries():
        with CaptureQueriesContext(connection) as asked:
            client.get(address("care", case))
        return len(asked)

    note_down("task", case, worker, kind="call", due_at=timezone.now())
    one = queries()
    for number in range(19):
        note_down("task", case, worker, kind="call", due_at=timezone.now() + timedelta(days=number))
    assert queries() == one


def test_free_places_say_for_whom_and_in_which_languages_and_only_a_shelter_describes_them():
    host = now_actor(Role.SHELTER)
    client, url = browser(host), reverse("protection:places")
    house = {"label": "Example house", "places": "3", "for_whom": ["women"], "languages": "eng, twi", "open": "on"}
    assert client.post(url, house).status_code == 302
    made = Shelter.objects.get()
    assert client.post(url, {**house, "house": str(made.pk), "places": "5"}).status_code == 302
    made.refresh_from_db()
    assert (Shelter.objects.count(), made.places) == (1, 5)
    seeker = browser(now_actor(Role.FIRST_RESPONDER))
    page = seeker.get(url).content.decode()
    assert "Example house" in page and "eng, twi" in page
    assert seeker.post(url, house).status_code == 403
    assert browser(now_actor(Role.PROSECUTOR)).get(url).status_code == 403


def test_last_day_of_a_shelter_shows_what_the_next_shift_must_know_first_and_no_house():
    host = now_actor(Role.SHELTER)
    case = make_case(host)
    house = Shelter.objects.create(organisation_id=host.organisation_id, label="Example house 9", places=2)
    note_down("placement", case, host, shelter=house)
    note_down("day_log", case, host, kind="night", words={"note": "Slept well."})
    note_down("day_log", case, host, kind="incident", urgent=True, words={"note": SECRET})
    note_down("day_log", case, host, kind="meal", happened_at=timezone.now() - timedelta(days=3), words={"note": "Old."})
    page = browser(host).get(reverse("protection:day")).content.decode()
    assert page.index(SECRET) < page.index("Slept well.")
    assert "Old." not in page and "Example house 9" not in page
    assert SECRET not in browser(now_actor(Role.SHELTER)).get(reverse("protection:day")).content.decode()
    assert browser(now_actor(Role.PROSECUTOR)).get(reverse("protection:day")).status_code == 403


@pytest.mark.postgresql
def test_caseload_page_and_hand_over_with_what_goes_along_listed_first():
    worker = now_actor()
    taker = now_actor(organisation_id=worker.organisation_id, organisation=None)
    case = make_case(worker)
    client = browser(worker)
    client.post(address("new_assignment", case), {})
    client.post(reverse("protection:help", args=[case.pk, person_of(case).pk]), {"needs": ["medical"]})
    assert case.ref in client.get(reverse("protection:caseload")).content.decode()
    who = {"giver": str(worker.user.pk), "taker": str(taker.user.pk)}
    look = client.post(reverse("protection:handover"), {**who, "look": "1"})
    assert case.ref in look.content.decode() and CaseloadHandover.objects.count() == 0
    assert "1 cases" in client.post(reverse("protection:handover"), who).content.decode()
    assert case.ref not in client.get(reverse("protection:caseload")).content.decode()
    assert case.ref in browser(taker).get(reverse("protection:caseload")).content.decode()


def test_supervisor_signs_a_waiver_on_a_record_and_not_for_their_own_act():
    worker = now_actor(Role.SHELTER)
    case = make_case(worker)
    house = Shelter.objects.create(organisation_id=worker.organisation_id, label="Example house", places=2)
    made = note_down("placement", case, worker, shelter=house, informed_at=timezone.now())
    head = now_actor(Role.SHELTER, organisation_id=worker.organisation_id, organisation=None, supervisor=True)
    url = reverse("protection:placement", args=[made.pk])
    assert browser(worker).post(url, {"step": "accept", "waive": "1", "gates": ["RG11"], "reason": "danger"}).status_code == 403
    assert browser(head).post(url, {"step": "accept", "waive": "1", "gates": ["RG11"], "reason": "danger"}).status_code == 302
    assert Override.objects.for_house("tests").get().workflow == "placement"


def recovering():
    found = make_identification("presumed", recovery_answer="accepted", presumed_by=make_actor().user, presumed_at=timezone.now())
    by = let_in(now_actor(Role.IDENTIFICATION_AUTHORITY), found)
    from havre.protection.workflow import RECOVERY
    from havre.trust import law

    clocks.start(RECOVERY, case_id=found.case_id, subject_id=found.pk, at=timezone.now(), by=None, parts=law.recovery_parts("GH"))
    return found, by


def test_period_is_paused_resumed_extended_and_ended_on_the_page():
    found, by = recovering()
    client, url = browser(by), reverse("protection:recovery", args=[found.pk])
    page = client.get(reverse("protection:identification", args=[found.pk])).content.decode()
    assert page.count('name="act"') == 4 and "Barred now" in page
    assert client.post(url, {"act": "pause", "pause-ground": "testifies"}).status_code == 422
    for given in (
        {"act": "pause", "pause-ground": "hospital"},
        {"act": "resume"},
        {"act": "extend", "extend-ground": "trauma", "extend-days": "10"},
        {"act": "cut", "cut-ground": "person_asks"},
    ):
        assert client.post(url, given).status_code == 302, given
    assert clocks.state(clocks.latest(found.pk, "recovery")) == "ended_early"
    assert client.post(url, {"act": "resume"}).status_code == 409
    assert client.post(url, {"act": "burn"}).status_code == 404


def test_removal_page_says_no_with_each_ground_and_its_source():
    found, by = recovering()
    page = browser(by).get(reverse("protection:removal", args=[found.pk])).content.decode()
    assert "Nobody may remove this person now" in page
    assert page.count("CoE Convention 2005, art. 1") == 2
    assert browser(now_actor(Role.SHELTER)).get(reverse("protection:removal", args=[found.pk])).status_code == 404


def test_first_responder_sees_what_is_missing_before_sending_and_sends_with_a_reason():
    found = make_identification()
    officer = let_in(now_actor(Role.FIRST_RESPONDER), found, Basis.OWN_CASE)
    client, url = browser(officer), reverse("protection:identification", args=[found.pk])
    assert "Before it is sent on" in client.get(url).content.decode()
    assert client.post(url, {"step": "presume"}).status_code == 409
    assert client.post(url, {"step": "presume", "anyway": "urgent"}).status_code == 302
    assert Identification.objects.for_house("tests").get().status == "presumed"


def test_evidence_stands_on_the_decision_page_by_element():
    found = make_identification("presumed")
    by = let_in(now_actor(Role.IDENTIFICATION_AUTHORITY), found)
    page = browser(by).get(reverse("protection:identification", args=[found.pk])).content.decode()
    assert page.count("Looked for, nothing found either way") == Evidence.objects.for_house("tests").count() == 3


def test_pages_of_care_speak_french(french):  # noqa: F811
    worker = now_actor()
    speaks_french(worker)
    case = make_case(worker)
    client = browser(worker)
    assert "Plan de sécurité" in client.get(address("care", case)).content.decode()
    assert "Pour quand" in client.get(address("new_safety_measure", case)).content.decode()
    assert "Places libres" in client.get(reverse("protection:places")).content.decode()
