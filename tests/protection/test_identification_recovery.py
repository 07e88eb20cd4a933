"""The recovery period: paused, given back, reminded of, barring removal; a person who cannot be found loses nothing."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection import standing
from havre.protection.models import ContactAttempt, Identification, Task
from havre.protection.services import identification as services
from havre.protection.services import recovery as periods
from havre.register.models import Case
from havre.trust import clocks
from havre.trust.contracts import contracts
from havre.trust.enums import Basis, Role
from havre.trust.errors import Refused
from tests.factories import NOW, make_actor
from tests.factories_casework import let_in, make_identification, note_down


def running(**fields):
    """An identification whose recovery period runs, and the authority that opened it."""
    found = make_identification("presumed", recovery_answer="", presumed_by=make_actor().user, presumed_at=NOW, **fields)
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    take("open_recovery", found, by, record={"recovery_answer": "accepted"})
    return found, by


def take(step, found, by, **fields):
    with trust.acting(by):
        return services.move(identification_id=found.pk, step=step, by=by, **fields)


def due(found):
    return clocks.due_at(clocks.latest(found.pk, "recovery"))


def test_pause_gives_its_days_back_and_only_on_a_listed_ground():
    found, by = running()
    with trust.acting(by), pytest.raises(Refused):
        periods.pause_recovery(identification_id=found.pk, ground="does_not_testify", by=by)
    with trust.acting(by):
        periods.pause_recovery(identification_id=found.pk, ground="hospital", by=by)
    assert due(found) is None
    back = by.on(NOW + timedelta(days=10))
    with trust.acting(back):
        periods.resume_recovery(identification_id=found.pk, by=back)
    assert due(found) == NOW + timedelta(days=40)


def test_negative_decision_waits_while_the_period_is_paused():
    found, by = running()
    with trust.acting(by):
        periods.pause_recovery(identification_id=found.pk, ground="hospital", by=by)
    with pytest.raises(Refused) as refusal:
        take("decline", found, by.on(NOW + timedelta(days=90)))
    assert refusal.value.rows == ("identification.decline:run_out",)


def test_only_the_authority_touches_the_period():
    found, _by = running()
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    for act, fields in (("pause", {"ground": "hospital"}), ("resume", {}), ("cut", {"reason": "person_asks"})):
        with trust.acting(worker), pytest.raises(Refused) as refusal:
            getattr(periods, f"{act}_recovery")(identification_id=found.pk, by=worker, **fields)
        assert refusal.value.status == 403


@pytest.mark.postgresql
def test_sweep_reminds_once_within_seven_days_of_the_end_and_the_worker_sees_it():
    found, _by = running()
    sweep = next(contract.sweep for contract in contracts() if contract.part == "protection")
    assert sweep(NOW + timedelta(days=20)) == 0
    soon = NOW + timedelta(days=24)
    assert (sweep(soon), sweep(soon + timedelta(hours=1))) == (1, 0)
    task = Task.objects.for_house("tests").get()
    assert (task.kind, task.subject_id, task.due_at, task.owner, task.by) == (
        "recovery_ends",
        found.pk,
        NOW + timedelta(days=30),
        None,
        None,
    )
    worker = let_in(make_actor(Role.CASE_MANAGER, at=soon), found, Basis.OWN_CASE)
    waiting = next(contract.waiting for contract in contracts() if contract.part == "protection")
    with trust.acting(worker):
        assert [line.due_at for line in waiting(worker)] == [task.due_at]


def test_removal_is_barred_while_identification_or_period_runs_and_after_neither():
    found, by = running()
    bars = standing.removal_bars_of(found.person_id, NOW)
    assert [(bar.source, bar.until) for bar in bars] == [
        ("CoE Convention 2005, art. 10(2)", None),
        ("CoE Convention 2005, art. 13(1)", NOW + timedelta(days=30)),
    ]
    take("decline", found, by.on(NOW + timedelta(days=30)))
    assert standing.removal_bars_of(found.person_id, NOW + timedelta(days=30)) == []


def sought(found, by, *days):
    case = Case.objects.for_house("tests").get(pk=found.case_id)
    for day in days:
        on = by.on(NOW + timedelta(days=day))
        note_down("attempt", case, on, channel="phone", result="no_answer")


def test_person_is_not_found_only_after_attempts_on_two_days():
    found, by = running()
    for days in ((), (0,)):
        sought(found, by, *days)
        with pytest.raises(Refused) as refusal:
            take("lose", found, by.on(NOW + timedelta(days=2)))
        assert refusal.value.rows == ("identification.lose:sought",)
    sought(found, by, 1)
    assert take("lose", found, by.on(NOW + timedelta(days=2))).status == "presumed_not_found"


@pytest.mark.postgresql
def test_found_again_everything_goes_on_where_it_stood_and_no_day_is_lost():
    found, by = running()
    sought(found, by, 0, 1)
    take("lose", found, by.on(NOW + timedelta(days=5)))
    assert standing.removal_bars_of(found.person_id, NOW + timedelta(days=90)) != []
    done = take("find", found, by.on(NOW + timedelta(days=25)))
    assert (done.status, done.presumed_at, done.recovery_answer, due(found)) == ("presumed", NOW, "accepted", NOW + timedelta(days=50))
    assert ContactAttempt.objects.for_house("tests").count() == 2


def test_person_lost_before_a_presumption_comes_back_to_the_screening():
    found = make_identification()
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    sought(found, worker, 0, 1)
    assert take("lose", found, worker.on(NOW + timedelta(days=2))).status == "not_found"
    assert take("find", found, worker.on(NOW + timedelta(days=3))).status == "screened"
    assert Identification.objects.for_house("tests").count() == 1


def test_attempt_in_the_future_is_refused_with_its_mend():
    from havre.trust.errors import Invalid

    found = make_identification()
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    case = Case.objects.for_house("tests").get(pk=found.case_id)
    with pytest.raises(Invalid) as problem:
        note_down("attempt", case, worker, channel="phone", result="no_answer", happened_at=NOW + timedelta(days=1))
    assert set(problem.value.problems) == {"happened_at"}
