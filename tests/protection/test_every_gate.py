"""Every waivable gate of protection, on rows of the database: it blocks, a named supervisor waives it with a reason, it passes.

The list comes from the tables, and each is tried through the service of its step; the pages follow. Gates that no supervisor waives, and
those that only warn, are shown table by table in tests/consistency/test_gates.py, on made-up records, with the reason why not.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.protection.models import Identification, IntakePerson, LaterConsent
from havre.protection.services import assistance, care, identification, intake, later, recovery
from havre.protection.services import screening as screenings
from havre.protection.services.intake import Row
from havre.protection.workflow import TABLES
from havre.register.models import Case, Person
from havre.trust import overrides
from havre.trust.enums import Basis, Role
from havre.trust.errors import Refused
from havre.trust.models import ActRow, Override
from tests.factories import NOW, make_actor
from tests.factories_casework import (
    CONDITIONS,
    PERSON,
    RECORDED,
    let_in,
    make_identification,
    make_plan,
    members,
    note_down,
    step_on,
)
from tests.pages import browser, shell  # noqa: F401

WAIVABLE = sorted(
    {
        (table.name, move.step, right.gate)
        for table in TABLES
        for move in table.moves
        for right in move.rights
        if right.effect == "block" and right.overridable
    }
)


@dataclass
class Scene:
    """One record before one step, short of one gate. `take` does the step; `mend` writes down what was missing; `about`, whom the
    waiver names."""

    by: trust.actors.Actor
    case_id: object
    about: object
    take: object
    mend: object
    beside: dict = field(default_factory=dict)


def set_to(found, **fields):
    type(found).objects.for_house("tests").filter(pk=found.pk).update(**fields)


# ---- scenes: what each step stands on, then without the one gate

STATES = {
    "presume": "screened",
    "come_back": "declined_by_person",
    "review_confirm": "under_review",
    "review_decline": "under_review",
}
LACKS = {
    "RG01": {"informed_at": None, "language": ""},
    "RG05": {"removal_hold_ref": ""},
    "RG06": {"trained_member": False},
    "RG08": {"recovery_offered_at": None},
    "RG13": {"accompanied": None},
    "RG28": {"reason": "indicators"},
}
PERIOD = {
    "extend_recovery": lambda pk, by, waiver: recovery.extend_recovery(
        identification_id=pk, ground="health", days=3, by=by, override_id=waiver
    ),
    "pause_recovery": lambda pk, by, waiver: recovery.pause_recovery(identification_id=pk, ground="hospital", by=by, override_id=waiver),
    "resume_recovery": lambda pk, by, waiver: recovery.resume_recovery(identification_id=pk, by=by, override_id=waiver),
    "cut_recovery": lambda pk, by, waiver: recovery.cut_recovery(identification_id=pk, reason="person_asks", by=by, override_id=waiver),
}


def on_identification(step, gate):
    if step == "ask":
        return on_ask(gate)
    before = {"foreign_national": True, "removal_hold_ref": "R-1"} if gate == "RG05" else {}
    if step in PERIOD:
        before |= {"recovery_answer": "accepted"}
    found = make_identification(
        STATES.get(step, "presumed"), age=15 if gate in {"RG04", "RG13"} else 24, presumed_by=make_actor().user, presumed_at=NOW, **before
    )
    by = let_in(make_actor(Role.SECOND_REVIEWER if step.startswith("review") else Role.IDENTIFICATION_AUTHORITY), found)
    if step in PERIOD:
        begin_period(found, paused=step == "resume_recovery")
    if gate == "RG04":
        Person.objects.for_house("tests").filter(pk=found.person_id).update(age_basis="not_recorded", presumed_minor=False)
        mend = lambda: Person.objects.for_house("tests").filter(pk=found.person_id).update(presumed_minor=True)  # noqa: E731
    else:
        whole = {name: getattr(found, name) for name in LACKS[gate]}
        set_to(found, **LACKS[gate])
        mend = lambda: set_to(found, **whole)  # noqa: E731
    if step in PERIOD:
        take = lambda waiver: PERIOD[step](found.pk, by, waiver)  # noqa: E731
    else:
        take = lambda waiver: identification.move(identification_id=found.pk, step=step, by=by, override_id=waiver)  # noqa: E731
    return Scene(by, found.case_id, found.pk, take, mend)


def begin_period(found, *, paused):
    """A period that runs, or is held."""
    set_to(found, foreign_national=False)
    authority = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    with trust.acting(authority):
        identification.move(identification_id=found.pk, step="open_recovery", by=authority)
        if paused:
            recovery.pause_recovery(identification_id=found.pk, ground="hospital", by=authority)


def on_ask(gate):
    plan = make_plan(owner=(by := make_actor(Role.CASE_MANAGER)))
    lacks = {"RG01": {"informed_at": None, "language": ""}, "RG02": {"privacy_confirmed": False}, "RG03": {"needs_met_at": None}}[gate]
    told = {**RECORDED, **lacks}

    def take(_waiver):
        return identification.ask(case_id=plan.case_id, person_id=plan.person_id, by=by, record=dict(told))

    return Scene(by, plan.case_id, plan.person_id, take, lambda: told.update(RECORDED))


def on_screening(_step, gate):
    """A numbered person of a group, who has a case: for one without any, nothing is there to sign for, and the urgent screen asks nothing."""
    by = make_actor(Role.LABOUR_INSPECTOR)
    with trust.acting(by):
        event = intake.open_group(by=by, happened_at=NOW - timedelta(hours=1), situation="inspection", place="workplace")
        intake.add_persons(by=by, intake_id=event.pk, rows=[Row("adult")])
    numbered = IntakePerson.objects.for_house("tests").get()
    lacks = {"RG01": {"information_given_at": None}, "RG02": {"privacy_confirmed": False}, "RG03": {"safety_level": ""}}[gate]
    told = {**CONDITIONS, **lacks}

    def take(_waiver):
        return screenings.screen(
            by=by, situation="inspection", profile="adult_labour", answers=[], conditions=dict(told), person=PERSON,
            happened_at=NOW, kept_because="agreed", group_person_id=numbered.pk,
        )  # fmt: skip

    return Scene(by, numbered.case_id, numbered.person_id, take, lambda: told.update(CONDITIONS))


def on_later_consent(step, _gate):
    by = make_actor(Role.CASE_MANAGER)
    plan = make_plan(owner=by)
    with trust.acting(by):
        due = later.keep_first(by=by, case_id=plan.case_id, person_id=plan.person_id, ground="emergency", since=NOW)
    told = {"language": ""}
    take = lambda waiver: later.answer(by=by, later_id=due.pk, step=step, override_id=waiver, **told)  # noqa: E731
    return Scene(by, plan.case_id, due.pk, take, lambda: told.update(language="eng"))


def on_plan(step, gate):
    by = make_actor(Role.CASE_MANAGER)
    plan = make_plan("proposed" if step == "accept" else "accepted", owner=by, age=15, **LACKS[gate])
    beside = {"close_reason": "goals_met"} if step == "close" else {}
    take = lambda waiver: assistance.move_plan(plan_id=plan.pk, step=step, by=by, record=beside, override_id=waiver)  # noqa: E731
    return Scene(by, plan.case_id, plan.pk, take, lambda: set_to(plan, accompanied=True))


RISKS = {"risk_here": "low", "risk_there": "low", "risk_assessed_at": NOW, "family_traced": True, "receiving_guardian_at": NOW}
JOURNEY = {"receiver_name": "Example house", "receiver_confirmed_at": NOW, "travelled_at": NOW}


def on_return(step, gate):
    """A foreigner; a child where the gate is a child's. What a child's return stands on is a determination for a return."""
    child = gate in {"RG13", "RG24"}
    by = make_actor(Role.CHILD_PROTECTION)
    found = make_identification("confirmed", foreign_national=True, age=15 if child else 24)
    let_in(by, found, Basis.OWN_CASE)
    case = Case.objects.for_house("tests").get(pk=found.case_id)
    wanted = {"country": "NG", "asked_by": "person", "informed_at": NOW, "voluntary": True, "consent_at": NOW}
    made = note_down("return", case, by, **wanted)
    set_to(made, status="proposed" if step == "assess" else "assessed", **({} if gate == "RG23" else RISKS))
    if gate == "RG24":
        # an assessment for the plan keeps RG13 and says nothing of a return
        best(case, by, "assessment", "plan")
    record_ = JOURNEY if step == "travel" else {}

    def mend():
        if gate == "RG23":
            set_to(made, **RISKS)
        else:
            best(case, by, "determination", "return")

    def take(waiver):
        return care.take_step(kind="return", record_id=made.pk, step=step, by=by, record=dict(record_), override_id=waiver)

    # without a determination for the return, RG24 is missing beside RG13
    return Scene(by, case.pk, made.pk, take, mend, {"RG24"} if gate == "RG13" else set())


def best(case, by, kind, before):
    made = note_down("best_interests", case, by, kind=kind, before=before)
    step_on("best_interests", made, "begin", by, members=members("child", "social", "health"), child_heard_at=NOW)
    decision = {"child_view": "agrees", "outcome": "in_interest", "review_on": date(2090, 1, 1), "accompanied": True}
    step_on("best_interests", made, "decide", by, **decision)


SCENES = {
    "identification": on_identification,
    "screening": on_screening,
    "later_consent": on_later_consent,
    "plan": on_plan,
    "return": on_return,
}


def refused(scene, waiver=None):
    with pytest.raises(Refused) as refusal, trust.acting(scene.by):
        scene.take(waiver)
    return refusal.value.rows


def sign(scene, table, step, gates, *, by=None):
    head = by or make_actor(scene.by.role, organisation_id=scene.by.organisation_id, organisation=None, supervisor=True)
    with trust.acting(head):
        return overrides.give(
            case_id=scene.case_id, subject_id=scene.about, workflow=table, step=step, gates=gates, reason="record_elsewhere", by=head
        )


@pytest.mark.parametrize(("table", "step", "gate"), WAIVABLE, ids=lambda one: one)
def test_gate_blocks_then_is_waived_by_a_named_supervisor_with_a_reason(table, step, gate):
    scene = SCENES[table](step, gate)
    rows = {f"{table}.{step}:{one}" for one in {gate} | set(scene.beside)}
    assert set(refused(scene)) == rows
    signed = sign(scene, table, step, [gate, *scene.beside])
    with trust.acting(scene.by):
        scene.take(signed.pk)
    assert Override.objects.for_house("tests").get(pk=signed.pk).used_by_id == scene.by.user.pk
    row = ActRow.objects.get(event=f"{table}.override")
    assert (row.reason, row.codes["step"], row.codes["supervisor"]) == ("record_elsewhere", step, str(signed.given_by_id))
    assert set(row.codes["gates"].split(",")) == {gate} | set(scene.beside)


@pytest.mark.parametrize(("table", "step", "gate"), WAIVABLE, ids=lambda one: one)
def test_gate_blocks_then_passes_once_what_it_asks_for_is_recorded(table, step, gate):
    scene = SCENES[table](step, gate)
    assert f"{table}.{step}:{gate}" in refused(scene)
    scene.mend()
    with trust.acting(scene.by):
        scene.take(None)
    assert not Override.objects.for_house("tests").exists()


def test_waiver_for_a_person_serves_one_first_step_of_one_table_only():
    """A record that does not exist yet is signed for by its person; the waiver is spent, and serves no other table."""
    scene = on_ask("RG01")
    sign(scene, "screening", "record", ["RG01"])
    assert refused(scene) == ("identification.ask:RG01",)


def test_waiver_of_a_supervisor_who_left_does_not_stand_in_the_way_of_a_whole_record():
    scene = on_ask("RG01")
    signed = sign(scene, "identification", "ask", ["RG01"])
    signed.membership.__class__.objects.filter(pk=signed.membership_id).update(supervisor=False)
    assert refused(scene) == ("identification.ask:RG01",)
    scene.mend()
    with trust.acting(scene.by):
        assert scene.take(None).status == "screened"


def test_every_waivable_gate_of_protection_has_its_scene(capsys):
    """What `pytest -s` prints: how many are shown here. Those that nobody waives or that only warn: tests/consistency/test_gates.py."""
    with capsys.disabled():
        print(f"\nprotection: {len(WAIVABLE)} waivable gates before a step, blocked, waived and passed by their services")
    assert {table for table, *_rest in WAIVABLE} == set(SCENES)


# ---- on the pages


def two_of_a_house(role):
    """A worker and the head of the same service, as who signs in."""
    worker = make_actor(role, at=timezone.now())
    return worker, make_actor(role, at=worker.at, organisation_id=worker.organisation_id, organisation=None, supervisor=True)


@pytest.mark.usefixtures("shell")
@pytest.mark.parametrize("step", ["accept", "follow_up", "close"])
def test_head_waives_rg13_on_the_plans_page_and_the_workers_step_then_passes(step):
    worker, head = two_of_a_house(Role.CASE_MANAGER)
    plan = make_plan("proposed" if step == "accept" else "accepted", owner=worker, age=15, accompanied=None)
    address = reverse("protection:plan", args=[plan.pk])
    told = {"step": step, "close_reason": "goals_met"} if step == "close" else {"step": step}
    assert browser(worker).post(address, told).status_code == 409
    assert "Sign the waiver" not in browser(worker).get(address).content.decode()
    signing = browser(head)
    assert "Sign the waiver" in signing.get(address).content.decode()
    empty = {"waive": "plan", "step": step}
    assert signing.post(address, empty).status_code == 422
    ticked = {**empty, "gates": ["RG13"], "reason": "impossible"}
    assert browser(worker).post(address, ticked).status_code == 403
    assert signing.post(address, ticked).status_code == 302
    assert signing.post(address, told).status_code == 409  # nobody waives a condition for their own act
    assert browser(worker).post(address, told).status_code == 302
    assert browser(worker).post(address, {"waive": "plan", "step": "review"}).status_code == 404


@pytest.mark.usefixtures("shell")
def test_head_waives_the_words_of_the_question_and_the_first_talk_on_the_page_that_asks():
    worker, head = two_of_a_house(Role.LABOUR_INSPECTOR)
    with trust.acting(worker):
        event = intake.open_group(by=worker, happened_at=worker.at - timedelta(hours=1), situation="inspection", place="workplace")
        intake.add_persons(by=worker, intake_id=event.pk, rows=[Row("adult")])
    due = LaterConsent.objects.for_house("tests").get()
    address = reverse("protection:ask", args=[due.pk])
    signing = browser(head)
    signs = {"gates": ["RG01"], "reason": "impossible"}
    ticked = {**signs, "waive": "screening", "step": "record"}
    assert signing.post(address, ticked).status_code == 302
    ticked = {**signs, "waive": "later_consent", "step": "agree"}
    assert signing.post(address, ticked).status_code == 302
    kept = Override.objects.for_house("tests").values_list("workflow", "step", "subject_id")
    assert set(kept) == {("screening", "record", due.person_id), ("later_consent", "agree", due.pk)}
    assert browser(worker).post(address, {"step": "agree"}).status_code == 302


@pytest.mark.usefixtures("shell")
def test_outcome_of_a_talk_that_stood_on_a_waiver_opens_an_identification_on_another():
    worker, head = two_of_a_house(Role.LABOUR_INSPECTOR)
    with trust.acting(worker):
        event = intake.open_group(by=worker, happened_at=worker.at - timedelta(hours=1), situation="inspection", place="workplace")
        intake.add_persons(by=worker, intake_id=event.pk, rows=[Row("adult")])
    numbered = IntakePerson.objects.for_house("tests").get()
    scene = SimpleNamespace(by=worker, case_id=numbered.case_id, about=numbered.person_id)
    sign(scene, "screening", "record", ["RG01"], by=head)
    with trust.acting(worker):
        made = screenings.screen(
            by=worker, situation="inspection", profile="adult_labour", answers=[screenings.Given("DEL-CD01", "yes", "said")],
            conditions={**CONDITIONS, "information_given_at": None}, person=PERSON, happened_at=worker.at, kept_because="agreed",
            group_person_id=numbered.pk,
        )  # fmt: skip
    address = reverse("protection:screening", args=[made.pk])
    chosen = {"outcome": "indications_refer"}
    assert browser(worker).post(address, chosen).status_code == 409
    ticked = {"gates": ["RG01"], "reason": "impossible", "waive": "identification", "step": "ask"}
    assert browser(head).post(address, ticked).status_code == 302
    assert browser(worker).post(address, chosen).status_code == 302
    assert Identification.objects.for_house("tests").get().status == "screened"


@pytest.mark.usefixtures("shell")
def test_head_is_offered_of_each_step_its_own_conditions_and_of_an_open_step_none():
    worker, head = two_of_a_house(Role.IDENTIFICATION_AUTHORITY)
    found = make_identification("presumed", members=[])
    for one in (worker, head):
        let_in(one, found)
    page = browser(head).get(reverse("protection:identification", args=[found.pk]))
    lines = {move.step: [key for key, _words in form.fields["gates"].choices] for move, form in page.context["waiver_lines"]}
    # whoever stops needs no condition, so none can be waived for them
    assert "RG06" in lines["confirm"] and "leave" not in lines
    bad = browser(head).post(reverse("protection:waive", args=[found.pk, "confirm"]), {"gates": ["RG06"]})
    assert (bad.status_code, [move.step for move, form in bad.context["waiver_lines"] if form.is_bound]) == (422, ["confirm"])
