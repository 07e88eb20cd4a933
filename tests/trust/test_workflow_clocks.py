"""Clocks: no date without its rule, no change without its ground."""

from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError, OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havre import trust
from havre.trust import clocks, law
from havre.trust.enums import Section
from havre.trust.errors import Refused
from havre.trust.ids import new_id
from havre.trust.law import RulePart
from havre.trust.models import Clock, ClockEvent
from tests.factories import NOW, make_actor, make_case
from tests.french import french  # noqa: F401

THIRTY = RulePart(30, "days", "xx.reflection_days", "rev-7", "art. 13", True)
RULE = clocks.ClockRule(
    "sample",
    "rest",
    _("Rest"),
    Section.PROTECTION,
    parts=(THIRTY,),
    extend_on={"health": ("health", "art. 13(1)")},
    pause_on={"paper": ("waiting for a paper", "s. 4")},
    end_early_on={"person_asks": ("the person asks", "art. 13(3)")},
)


@pytest.fixture(scope="module", autouse=True)
def _known():
    """The rule is the engine's in this file only: publications list every rule that is made known."""
    clocks.register_rule(RULE)
    yield
    del clocks._rules[RULE.workflow, RULE.name]


def begin(at=NOW, **fields):
    return clocks.start(RULE, case_id=new_id(), subject_id=new_id(), at=at, by=None, **fields)


def test_due_at_follows_the_rule():
    assert clocks.due_at(begin()) == NOW + timedelta(days=30)


@pytest.mark.parametrize(
    ("amount", "unit", "due"),
    [(24, "hours", datetime(2026, 11, 25, 9, tzinfo=UTC)), (3, "working_days", datetime(2026, 11, 27, 9, tzinfo=UTC)),
     (4, "working_days", datetime(2026, 11, 30, 9, tzinfo=UTC))],
)  # fmt: skip
def test_add_to_counts_hours_and_working_days(amount, unit, due):
    assert clocks.add_to(NOW, amount, unit) == due


def test_extension_adds_days_and_explain_names_rule_revision_and_article():
    clock = begin()
    clocks.extend(clock, ground="health", days=15, at=NOW + timedelta(days=10), by=None)
    assert clocks.due_at(clock) == NOW + timedelta(days=45)
    first, second = clocks.explain(clock, "en")
    assert (first.words, first.rule, first.revision, first.source) == ("Started: 30 days", "xx.reflection_days", "rev-7", "art. 13")
    assert (second.words, second.source, second.due_at) == ("Extended by 15 days: health", "art. 13(1)", NOW + timedelta(days=45))


def test_explain_speaks_french(french):  # noqa: F811
    clock = begin()
    assert clocks.explain(clock, "fr")[0].words == "Début\u00a0: 30 jours"


@pytest.mark.parametrize("ground", ["", "cooperation", "paper"])
def test_extension_without_a_listed_ground_is_refused(ground):
    clock = begin()
    with pytest.raises(Refused) as refusal:
        clocks.extend(clock, ground=ground, days=5, at=NOW, by=None)
    assert refusal.value.status == 409
    assert clocks.due_at(clock) == NOW + timedelta(days=30)


def test_pause_without_a_listed_ground_and_early_end_without_a_listed_reason_are_refused():
    clock = begin()
    with pytest.raises(Refused):
        clocks.pause(clock, ground="holiday", at=NOW, by=None)
    with pytest.raises(Refused):
        clocks.end_early(clock, reason="does_not_cooperate", at=NOW, by=None)
    assert clocks.state(clock) == "running"


def test_pause_holds_the_date_and_resume_moves_it_by_the_time_held():
    clock = begin()
    clocks.pause(clock, ground="paper", at=NOW + timedelta(days=1), by=None)
    assert clocks.due_at(clock) is None
    clocks.resume(clock, at=NOW + timedelta(days=6), by=None)
    assert clocks.due_at(clock) == NOW + timedelta(days=35)


def test_two_stretches_that_may_overlap_are_counted_one_after_the_other():
    clock = begin(parts=law.recovery_parts("th"))
    assert clocks.due_at(clock) == NOW + timedelta(days=60)
    assert [line.rule for line in clocks.explain(clock, "en")] == [
        "th.reflection_days",
        "th.reflection_extension_days",
    ]


@pytest.mark.parametrize("country", ["gh", "tl", "zz"])
def test_country_without_a_period_gets_thirty_days_shown_as_unconfirmed(country):
    clock = begin(parts=law.recovery_parts(country))
    assert (clocks.due_at(clock), clock.confirmed) == (NOW + timedelta(days=30), False)
    assert "not yet confirmed for this country" in clocks.explain(clock, "en")[0].words


def test_sweep_writes_one_expiry_and_tells_the_part():
    heard = []

    def listen(clock, at, **_rest):
        heard.append((clock.pk, at))

    early, late = begin(), begin(at=NOW + timedelta(days=5))
    clocks.clock_expired.connect(listen)
    try:
        at = NOW + timedelta(days=30)
        assert (clocks.sweep(at), clocks.sweep(at)) == (1, 0)
    finally:
        clocks.clock_expired.disconnect(listen)
    assert heard == [(early.pk, at)]
    assert (clocks.state(early), clocks.state(late)) == ("expired", "running")
    assert list(clocks.overdue(at)) == [early]


@contextmanager
def heard_by(listen):
    clocks.clock_expired.connect(listen)
    try:
        yield
    finally:
        clocks.clock_expired.disconnect(listen)


def test_sweep_that_is_cut_off_before_the_part_has_acted_begins_again_next_time():
    clock, at = begin(), NOW + timedelta(days=30)

    def cut_off(**_rest):
        raise KeyboardInterrupt

    with heard_by(cut_off), pytest.raises(KeyboardInterrupt):
        clocks.sweep(at)
    assert clocks.state(clock) == "running"
    assert (clocks.sweep(at), clocks.state(clock)) == (1, "expired")


def test_clock_whose_record_is_being_answered_is_left_for_the_next_sweep_and_holds_up_no_other(caplog):
    first, second = begin(), begin(at=NOW + timedelta(hours=1))

    def taken(clock, **_rest):
        if clock.pk == first.pk:
            raise OperationalError("could not obtain lock")

    at = NOW + timedelta(days=31)
    with heard_by(taken):
        assert clocks.sweep(at) == 1
    assert (clocks.state(first), clocks.state(second)) == ("running", "expired")
    assert [record.getMessage() for record in caplog.records] == ["a period is left for the next sweep: OperationalError"]
    assert (clocks.sweep(at), clocks.state(first)) == (1, "expired")


def test_clock_that_is_ended_while_the_sweep_runs_does_not_run_out():
    first, second = begin(), begin(at=NOW + timedelta(hours=1))
    at = NOW + timedelta(days=31)

    def answered(**_rest):
        if clocks.state(second) == "running":
            clocks.end(second, at=at, by=None)

    with heard_by(answered):
        assert clocks.sweep(at) == 1
    assert (clocks.state(second), list(clocks.overdue(at))) == ("ended", [first])


def test_extension_after_it_ran_out_counts_from_the_old_end():
    clock = begin()
    clocks.sweep(NOW + timedelta(days=31))
    clocks.extend(clock, ground="health", days=5, at=NOW + timedelta(days=32), by=None)
    assert (clocks.state(clock), clocks.due_at(clock)) == ("running", NOW + timedelta(days=35))


def test_ended_clock_takes_no_event_and_has_no_date():
    clock = begin()
    clocks.end_early(clock, reason="person_asks", at=NOW, by=None)
    for act in (clocks.end, clocks.resume):
        with pytest.raises(Refused):
            act(clock, at=NOW, by=None)
    assert (clocks.state(clock), clocks.due_at(clock)) == ("ended_early", None)


def test_second_start_of_a_running_clock_is_refused():
    clock = begin()
    with pytest.raises(Refused):
        clocks.start(RULE, case_id=clock.case_id, subject_id=clock.subject_id, at=NOW, by=None)


def test_event_before_the_last_one_is_refused():
    clock = begin()
    with pytest.raises(Refused):
        clocks.pause(clock, ground="paper", at=NOW - timedelta(days=1), by=None)


def test_clock_and_events_are_append_only_in_python_and_in_the_database():
    clock = begin()
    with pytest.raises(TypeError):
        clock.save()
    for model in (Clock, ClockEvent):
        with pytest.raises(DatabaseError), transaction.atomic():
            model.objects.for_house("tests").update(section_bit=1)


def test_clock_of_a_section_outside_the_grant_is_absent():
    owner = make_actor()
    case = make_case(owner, sections=Section.CASE)
    clocks.start(RULE, case_id=case.pk, subject_id=new_id(), at=NOW, by=None)
    with trust.acting(owner):
        assert (list(Clock.objects.visible_to(owner)), list(ClockEvent.objects.visible_to(owner))) == ([], [])


STEP = st.tuples(st.sampled_from(["pause", "resume", "extend", "sweep", "end"]), st.integers(0, 20), st.integers(1, 40))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=8), amount=st.integers(0, 90), unit=st.sampled_from(["hours", "days", "working_days"]))
def test_due_is_never_before_the_start_and_every_event_is_explained(steps, amount, unit):
    clock = begin(parts=(RulePart(amount, unit, "xx.fact", "rev-1", "art. 1", True),))
    at = NOW
    for act, wait, days in steps:
        at += timedelta(days=wait)
        before = clocks.due_at(clock)
        try:
            if act == "pause":
                clocks.pause(clock, ground="paper", at=at, by=None)
            elif act == "extend":
                clocks.extend(clock, ground="health", days=days, at=at, by=None)
                assert before is None or clocks.due_at(clock) > before
            elif act == "sweep":
                clocks.sweep(at)
            else:
                getattr(clocks, act)(clock, at=at, by=None)
        except Refused:
            assert clocks.due_at(clock) == before
    due, written = clocks.due_at(clock), clocks.events(clock)
    assert due is None or due >= written[0].at
    assert written[-1].due_at == due
    assert len(clocks.explain(clock, "en")) == len(written)
