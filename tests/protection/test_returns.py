"""Return: voluntary, safe on both sides, awaited, in the child's interest; stopped at a word; and the right to stay."""

from datetime import date, timedelta

import pytest

from havre import trust
from havre.protection.models import ReturnPlan, Task
from havre.protection.services import identification as identifications
from havre.protection.services import recovery as periods
from havre.register.models import Case
from havre.trust import overrides
from havre.trust.enums import Basis, Role
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW, OrganisationFactory, make_actor, make_case
from tests.factories_casework import let_in, make_identification, members, note_down, person_of, step_on

WANTED = {"country": "NG", "asked_by": "person", "informed_at": NOW, "voluntary": True, "consent_at": NOW}
RISKS = {"risk_here": "low", "risk_there": "medium", "risk_assessed_at": NOW}


def foreign(worker, age=24):
    """A case of the worker whose person is recorded as a foreigner and whose recovery period is not wanted."""
    found = make_identification("confirmed", age=age, foreign_national=True)
    let_in(worker, found, Basis.OWN_CASE)
    return Case.objects.for_house("tests").get(pk=found.case_id)


def journey(**fields):
    at = NOW + timedelta(days=5)
    return {
        "receiver": OrganisationFactory(),
        "receiver_confirmed_at": at - timedelta(days=2),
        "papers_at": NOW,
        "travelled_at": at,
        **fields,
    }


def assessed(worker, case, **risks):
    made = note_down("return", case, worker, **WANTED)
    return step_on("return", made, "assess", worker, **{**RISKS, **risks})


@pytest.mark.parametrize("missing", [{"voluntary": False}, {"consent_at": None}, {"informed_at": None}])
def test_return_is_not_even_proposed_against_the_persons_will(missing):
    """RG10 is the person's own: no supervisor waives it."""
    worker = make_actor()
    record = {name: value for name, value in {**WANTED, **missing}.items() if value is not None}
    with pytest.raises(Refused) as refusal:
        note_down("return", foreign(worker), worker, **record)
    assert refusal.value.rows == ("return.ask:RG10",)


@pytest.mark.parametrize("risks", [{"risk_there": ""}, {"risk_there": "high"}, {"risk_assessed_at": NOW - timedelta(days=31)}])
def test_return_is_not_assessed_without_both_sides_nor_into_high_danger_nor_on_an_old_assessment(risks):
    """RG23."""
    worker = make_actor()
    with pytest.raises(Refused) as refusal:
        assessed(worker, foreign(worker), **risks)
    assert refusal.value.rows == ("return.assess:RG23",)


@pytest.mark.postgresql
def test_person_travels_when_the_receiver_confirmed_within_seven_days_and_is_asked_after():
    worker = make_actor()
    made = assessed(worker, foreign(worker))
    late = journey(receiver_confirmed_at=NOW - timedelta(days=3))
    with pytest.raises(Refused) as refusal:
        step_on("return", made, "travel", worker, **late)
    assert refusal.value.rows == ("return.travel:awaited",)
    done = step_on("return", made, "travel", worker, **journey())
    assert done.status == "returned"
    dates = Task.objects.for_house("tests").order_by("due_at").values_list("kind", "subject_id")
    assert list(dates) == [("call", made.pk)] * 4
    followed = step_on("return", done, "follow_up", worker, follow_up_months=1)
    assert (followed.status, followed.followed_at) == ("followed", NOW)


def test_nobody_travels_while_the_recovery_period_runs_unless_the_person_ends_it():
    worker = make_actor()
    found = make_identification(
        "presumed", foreign_national=True, removal_hold_ref="R-1", recovery_answer="", presumed_by=make_actor().user, presumed_at=NOW
    )
    authority = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    with trust.acting(authority):
        record = {"recovery_answer": "accepted"}
        identifications.move(identification_id=found.pk, step="open_recovery", by=authority, record=record)
    let_in(worker, found, Basis.OWN_CASE)
    made = assessed(worker, Case.objects.for_house("tests").get(pk=found.case_id))
    with pytest.raises(Refused) as refusal:
        step_on("return", made, "travel", worker, **journey())
    assert refusal.value.rows == ("return.travel:recovered",)
    with trust.acting(authority):
        periods.cut_recovery(identification_id=found.pk, reason="person_asks", by=authority)
    assert step_on("return", made, "travel", worker, **journey()).status == "returned"


def test_child_returns_only_where_a_determination_for_it_says_so():
    """RG24: blocked, waived by a supervisor with a reason, and passed."""
    worker = make_actor(Role.CHILD_PROTECTION)
    case = foreign(worker, age=15)
    traced = {"family_traced": True, "receiving_guardian_at": NOW}
    with pytest.raises(Refused) as refusal:
        assessed(worker, case, **traced)
    assert refusal.value.rows == ("return.assess:RG13", "return.assess:RG24")
    made = ReturnPlan.objects.for_house("tests").get()
    best = note_down("best_interests", case, worker, kind="determination", before="return")
    step_on("best_interests", best, "begin", worker, members=members("child", "social", "health"), child_heard_at=NOW)
    decision = {"child_view": "agrees", "review_on": date(2090, 1, 1), "accompanied": True}
    step_on("best_interests", best, "decide", worker, **decision, outcome="not_in_interest")
    with pytest.raises(Refused) as refusal:
        step_on("return", made, "assess", worker, **RISKS, **traced)
    assert refusal.value.rows == ("return.assess:RG24",)
    head = make_actor(Role.CHILD_PROTECTION, organisation_id=worker.organisation_id, organisation=None, supervisor=True)
    with trust.acting(head):
        signed = overrides.give(
            case_id=case.pk, subject_id=made.pk, workflow="return", step="assess", gates=["RG24"], reason="court_order", by=head
        )
    assert step_on("return", made, "assess", worker, override_id=signed.pk, **RISKS, **traced).status == "assessed"


@pytest.mark.postgresql
def test_return_stops_at_a_word_of_the_person_before_the_journey():
    worker = make_actor()
    made = note_down("return", foreign(worker), worker, **WANTED)
    with pytest.raises(Invalid):
        step_on("return", made, "stop", worker)
    guardian = let_in(make_actor(Role.GUARDIAN), made, Basis.CONSENT)
    assert step_on("return", made, "stop", guardian, stop_reason="changed_mind").status == "stopped"


def test_stay_is_applied_for_granted_until_a_day_and_asked_again_before_it():
    worker = make_actor()
    case = foreign(worker)
    made = note_down("stay", case, worker, informed_at=NOW, asylum_informed_at=NOW)
    with pytest.raises(Invalid):
        step_on("stay", made, "apply", worker)
    step_on("stay", made, "apply", worker, ground="personal", applied_at=NOW, reference="S-9")
    with pytest.raises(Invalid):
        step_on("stay", made, "grant", worker)
    until = (NOW + timedelta(days=365)).date()
    assert step_on("stay", made, "grant", worker, valid_until=until, may_work=True).status == "granted"
    task = Task.objects.for_house("tests").get()
    assert (task.kind, task.due_at.date(), task.person_id) == ("stay_ends", until - timedelta(days=30), person_of(case).pk)


def test_stay_not_explained_is_shown_and_counted_and_keeps_nobody_waiting():
    """RG22 warns: the step goes on, the gap is written in the audit row."""
    worker = make_actor()
    assert note_down("stay", foreign(worker), worker).status == "informed"
    assert note_down("stay", make_case(worker), worker, informed_at=NOW).status == "informed"
