"""Non-punishment: the alert of the day, the answer before the hearing, the reason of a refusal, the review by another."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from havre import trust
from havre.justice import services
from havre.justice.models import NonPunishmentRequest, Proceeding
from havre.trust import clocks
from havre.trust.enums import Role
from havre.trust.errors import Refused
from tests.factories import NOW
from tests.justice.acting import add, hearing, justice, opened, step, told


@pytest.fixture
def charged(case, police, prosecutor):
    found = opened(case, police, against="person")
    with trust.acting(prosecutor):
        services.move(
            proceeding_id=found.pk, step="charge_person", record={"nexus": "none", "nexus_assessed_at": NOW}, by=prosecutor
        )  # fmt: skip
    return found


def test_flag_alerts_lawyer_and_prosecutor_on_the_same_day(case, charged, police, prosecutor):
    lawyer = justice(Role.LEGAL_AID, case)
    found = add("requests", charged, police, ground="compelled")
    clock = clocks.latest(found.pk, "alert")
    assert clocks.due_at(clock) == NOW + timedelta(hours=24)
    assert [any("look at it today" in line for line in told(who)) for who in (lawyer, prosecutor, police)] == [True, True, False]
    step("requests", found, "ask", lawyer)
    assert not any("look at it today" in line for line in told(lawyer))
    assert any("answer the request" in line for line in told(prosecutor))
    step("requests", found, "refuse", prosecutor, kept_because="no_link")
    assert clocks.state(clock) == "ended"


def test_answer_is_owed_before_the_next_hearing_which_waits_for_it(case, charged, police, prosecutor):
    lawyer = justice(Role.LEGAL_AID, case)
    day = add("hearings", charged, police, **hearing(days=6))
    found = step("requests", add("requests", charged, police, ground="compelled"), "ask", lawyer)
    assert found.answer_by == (NOW + timedelta(days=5)).date()
    with pytest.raises(Refused) as refusal:
        step("hearings", day, "hold", prosecutor)
    assert refusal.value.rows == ("hearing.hold:no_open_request",)
    step("requests", found, "refuse", prosecutor, kept_because="no_link")
    assert step("hearings", day, "hold", prosecutor).status == "held"


def test_without_a_hearing_the_answer_is_owed_in_14_days(case, charged, police):
    found = step("requests", add("requests", charged, police, ground="child"), "ask", justice(Role.LEGAL_AID, case))
    assert found.answer_by == (NOW + timedelta(days=14)).date()


def test_refusal_needs_its_reason_and_a_review_another_person(case, charged, police, prosecutor):
    lawyer = justice(Role.LEGAL_AID, case)
    found = step("requests", add("requests", charged, police, ground="compelled"), "ask", lawyer)
    with pytest.raises(Refused) as refusal:
        step("requests", found, "refuse", prosecutor)
    assert refusal.value.rows == ("non_punishment.refuse:kept_why",)
    step("requests", found, "refuse", prosecutor, kept_because="no_link")
    step("requests", found, "ask_review", lawyer)
    for name in ("uphold", "grant"):
        with pytest.raises(Refused) as refusal:
            step("requests", found, name, prosecutor)
        assert refusal.value.rows == (f"non_punishment.{name}:another",)
    second = justice(Role.PROSECUTOR, case)
    done = step("requests", found, "grant", second)
    assert (done.status, done.reviewed_by_id) == ("charge_dropped", second.user.pk)
    closed = Proceeding.objects.for_house("tests").get(pk=charged.pk)
    assert (closed.status, closed.non_punishment, closed.close_reason) == ("closed", "dropped", "dropped")


def test_person_is_flagged_only_in_a_proceeding_against_them_and_once(proceeding, charged, police):
    with pytest.raises(Refused) as refusal:
        add("requests", proceeding, police, ground="compelled")
    assert refusal.value.rows == ("non_punishment.flag:against_person_too",)
    add("requests", charged, police, ground="compelled")
    with pytest.raises(IntegrityError), transaction.atomic():
        NonPunishmentRequest(
            case_id=charged.case_id, proceeding=charged, ground="child", flagged_at=NOW, by=police.user
        ).save(force_insert=True)  # fmt: skip
