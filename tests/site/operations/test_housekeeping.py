"""The worker's tidying: what is over goes, what is in use stays, one failure does not stop the rest."""

import logging
from datetime import timedelta
from uuid import uuid4

import pytest
from django.contrib.sessions.models import Session
from django_tasks_db.models import DBTaskResult

from havre.site.operations import housekeeping
from havre.site.operations.housekeeping import CHORES, Chore, Housekeeper
from havre.trust import identity
from havre.trust.context import acting
from havre.trust.enums import Section
from havre.trust.models import PersonKey, Slowdown
from tests.factories import NOW, make_actor, make_case
from tests.factories_vault import unlocked  # noqa: F401


@pytest.fixture(autouse=True)
def home(settings, tmp_path):
    settings.HAVRE_HOME = tmp_path
    return tmp_path


def session(name: str, ends):
    Session.objects.create(session_key=name, session_data="", expire_date=ends)


def test_session_that_has_ended_goes_and_a_living_one_stays():
    session("old", NOW - timedelta(seconds=1))
    session("new", NOW + timedelta(hours=1))
    assert Housekeeper().tidy(NOW)["sessions"] == 1
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]


def test_guess_at_a_printed_code_is_forgotten_after_two_weeks_and_a_fresh_one_is_counted():
    """Anybody may type codes into a public page, and each one has its own row."""
    for days in (1, 15):
        Slowdown.objects.create(key=f"{days}", misses=1, last_at=NOW - timedelta(days=days))
    assert Housekeeper().tidy(NOW)["attempts"] == 1
    assert list(Slowdown.objects.values_list("key", flat=True)) == ["1"]


@pytest.mark.usefixtures("unlocked")
def test_key_left_by_a_kill_goes_after_a_day_and_one_in_use_stays():
    owner = make_actor()
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    with acting(owner):
        identity.write(
            by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body={"prs_FirstName": "Ama"}
        )
    old = NOW - timedelta(days=30)
    kept = PersonKey.objects.get(pk=person)
    PersonKey.objects.filter(pk=person).update(used_at=old)
    PersonKey.objects.create(person_id=uuid4(), wrapped=bytes(kept.wrapped), root_version=kept.root_version, made_at=old, used_at=old)
    assert Housekeeper().tidy(NOW)["keys"] == 1
    assert [row.pk for row in PersonKey.objects.all()] == [person]


def test_finished_task_goes_after_two_weeks():
    for days in (1, 15):
        made = DBTaskResult.objects.create(
            task_path="havre.evidence.tasks.run_job",
            queue_name="default",
            backend_name="default",
            args_kwargs={"args": [], "kwargs": {}},
            priority=0,
        )
        DBTaskResult.objects.filter(pk=made.pk).update(finished_at=NOW - timedelta(days=days))
    assert Housekeeper().tidy(NOW)["tasks"] == 1
    assert DBTaskResult.objects.count() == 1


def test_chore_is_done_once_an_hour_and_again_when_the_clock_went_back():
    times = []
    chores = (Chore("count", timedelta(hours=1), lambda now: times.append(now) or 0),)
    keeper = Housekeeper()
    for minutes in (0, 59, 60, 30):
        keeper.tidy(NOW + timedelta(minutes=minutes), chores)
    assert times == [NOW, NOW + timedelta(minutes=60), NOW + timedelta(minutes=30)]


def test_failing_chore_is_logged_by_its_kind_and_stops_nobody(caplog):
    def fail(_now):
        raise ValueError("Akosua")

    done = Housekeeper().tidy(NOW, (Chore("broken", timedelta(hours=1), fail), Chore("fine", timedelta(hours=1), lambda _now: 3)))
    assert done == {"fine": 3}
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [(logging.ERROR, "housekeeping of broken: ValueError")]


def test_every_chore_runs_on_an_empty_house():
    assert Housekeeper().tidy(NOW) == {chore.name: 0 for chore in CHORES}
    assert timedelta(days=14) == housekeeping.KEPT
