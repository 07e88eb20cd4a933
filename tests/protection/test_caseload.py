"""My cases, my tasks, and the hand-over of all of it when a worker leaves."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection import showing
from havre.protection.models import Assignment, CaseloadHandover, Task
from havre.protection.services import assistance
from havre.protection.services import caseload as services
from havre.trust import clocks
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from havre.trust.models import ClockEvent, Conflict, Grant
from havre.trust.models.accounts import person_holder
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import note_down, person_of, step_on


def colleague(of, **fields):
    return make_actor(of.role, organisation_id=of.organisation_id, organisation=None, **fields)


def caseload(worker, cases=3):
    """Cases that the worker is in charge of, each with a task and a running period."""
    made = []
    for number in range(cases):
        case = make_case(worker)
        note_down("assignment", case, worker)
        note_down("task", case, worker, kind="call", due_at=NOW + timedelta(days=number))
        with trust.acting(worker):
            assistance.start_help(case_id=case.pk, person_id=person_of(case).pk, needs=[], by=worker)
        made.append(case)
    return made


def hand_over(giver, taker, by):
    with trust.acting(by):
        return services.hand_over(giver_id=giver.user.pk, taker_id=taker.user.pk, by=by)


@pytest.mark.postgresql
def test_whole_caseload_goes_in_one_act_and_no_grant_period_or_task_is_lost():
    """globaleaks#4676, #3647: a worker leaves; the hand-over is one act with a list of open clocks, and nothing is lost."""
    worker = make_actor()
    taker = colleague(worker)
    cases = caseload(worker)
    grants = sorted(Grant.objects.filter(ends_at__gt=NOW).values_list("pk", "ends_at"))
    events = ClockEvent.objects.for_house("tests").count()
    with trust.acting(worker):
        listed = services.open_clocks(worker.user, worker)
    assert {one.case_ref: one.due_at for one in listed} == {case.ref: NOW + timedelta(hours=72) for case in cases}
    done = hand_over(worker, taker, worker)
    assert (done.cases, done.tasks, done.clocks) == (3, 3, 3)
    assert sorted(Grant.objects.filter(ends_at__gt=NOW).values_list("pk", "ends_at")) == grants
    assert ClockEvent.objects.for_house("tests").count() == events
    live = Assignment.objects.for_house("tests").filter(status="held")
    assert {(one.case_id, one.worker_id) for one in live} == {(case.pk, taker.user.pk) for case in cases}
    assert set(Task.objects.for_house("tests").values_list("owner_id", flat=True)) == {taker.user.pk}
    with trust.acting(taker):
        mine = showing.caseload(taker)
    assert (len(mine["lines"]), len(mine["tasks"])) == (3, 3)


def test_caseload_is_handed_over_by_its_holder_or_a_supervisor_and_nobody_else():
    worker = make_actor()
    caseload(worker, 1)
    with pytest.raises(Refused) as refusal:
        hand_over(worker, colleague(worker), colleague(worker))
    assert refusal.value.status == 403
    head = colleague(worker, supervisor=True)
    assert hand_over(worker, head, head).cases == 1


def test_taker_is_of_the_same_service_and_job():
    worker = make_actor()
    caseload(worker, 1)
    for taker in (make_actor(), worker, make_actor(Role.SHELTER, organisation_id=worker.organisation_id, organisation=None)):
        with pytest.raises(Invalid):
            hand_over(worker, taker, worker)
    assert CaseloadHandover.objects.count() == 0


def test_conflict_of_interest_of_the_taker_stops_it_and_says_how_many_cases():
    worker = make_actor()
    taker = colleague(worker)
    cases = caseload(worker, 2)
    Conflict.objects.create(case_id=cases[0].pk, holder=person_holder(taker.user.pk), reason="relative")
    with pytest.raises(Refused) as refusal:
        hand_over(worker, taker, worker)
    assert "1 of these cases" in refusal.value.reasons[0]
    assert {one.worker_id for one in Assignment.objects.for_house("tests")} == {worker.user.pk}


def test_caseload_shows_the_soonest_period_first_and_late_tasks_too():
    worker = make_actor()
    first, second = caseload(worker, 2)
    clock = clocks.of(Assignment.objects.for_house("tests").first().pk, "needs")
    assert clock == []
    with trust.acting(worker):
        mine = showing.caseload(worker)
    assert {line.assignment.case_id for line in mine["lines"]} == {first.pk, second.pk}
    assert [line.due_at for line in mine["lines"]] == [NOW + timedelta(hours=72)] * 2
    assert [task.due_at for task in mine["tasks"]] == [NOW, NOW + timedelta(days=1)]


def test_one_worker_of_a_job_is_in_charge_at_a_time():
    worker = make_actor()
    case = make_case(worker)
    mine = note_down("assignment", case, worker)
    with pytest.raises(Refused):
        note_down("assignment", case, colleague(worker))
    step_on("assignment", mine, "hand_on", worker)
    assert note_down("assignment", case, colleague(worker)).status == "held"


def test_task_is_given_to_somebody_of_the_same_job_only():
    worker = make_actor()
    task = note_down("task", make_case(worker), worker, kind="write", due_at=NOW)
    with pytest.raises(Invalid):
        step_on("task", task, "pass_on", worker, owner=make_actor().user)
    other = colleague(worker)
    assert step_on("task", task, "pass_on", worker, owner=other.user).owner_id == other.user.pk
    assert step_on("task", task, "do", other).done_at == NOW


def test_case_that_nobody_is_in_charge_of_is_offered_to_the_job_that_leads_it():
    worker = make_actor()
    case, taken = make_case(worker), make_case(worker)
    note_down("assignment", taken, worker)
    make_case(make_actor())
    for who in (worker, colleague(worker)):
        with trust.acting(who):
            assert [one.case_id for one in showing.caseload(who)["free"]] == [case.pk]
