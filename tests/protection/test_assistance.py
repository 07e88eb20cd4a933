"""Assistance by its services: help first, the person's own answers, one refusal that leaves the rest standing."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection.models import AssistancePlan, PersonNeed, RiskAssessment
from havre.protection.services import assistance as services
from havre.trust import clocks
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import make_plan, person_of


def begin(owner, needs=("safe_housing", "medical"), once=None):
    case = make_case(owner)
    with trust.acting(owner, once=once):
        return services.start_help(case_id=case.pk, person_id=person_of(case).pk, needs=needs, by=owner)


def test_help_starts_without_status_consent_or_screening_and_asks_for_needs_in_72_hours():
    owner = make_actor()
    plan = begin(owner, once=new_id())
    assert (plan.status, plan.informed_at) == ("running", None)
    assert clocks.due_at(clocks.latest(plan.pk, "needs")) == NOW + timedelta(hours=72)
    kinds = PersonNeed.objects.for_house("tests").values_list("kind", flat=True)
    assert sorted(kinds) == ["medical", "safe_housing"]


def test_help_under_way_is_not_started_twice():
    owner = make_actor()
    plan = begin(owner)
    with trust.acting(owner), pytest.raises(Refused):
        services.start_help(case_id=plan.case_id, person_id=plan.person_id, needs=(), by=owner)


def test_proposing_a_plan_that_makes_help_depend_on_cooperation_is_refused():
    owner = make_actor()
    plan = make_plan(owner=owner, condition_flag=True)
    with trust.acting(owner), pytest.raises(Refused) as refusal:
        services.move_plan(plan_id=plan.pk, step="propose", by=owner)
    assert refusal.value.rows == ("plan.propose:RG09",)


def test_refusing_one_service_leaves_the_others_and_the_plan_as_they_are():
    owner = make_actor()
    plan = begin(owner)
    with trust.acting(owner):
        bed = services.offer_service(plan_id=plan.pk, kind="SocialCare", need="safe_housing", informed=True, by=owner)
        law = services.offer_service(plan_id=plan.pk, kind="Legal", need="legal", informed=True, by=owner)
        services.move_service(service_id=bed.pk, step="accept", by=owner)
        services.move_service(service_id=bed.pk, step="begin", by=owner)
        services.move_service(service_id=law.pk, step="refuse", reason="person_choice", by=owner)
    bed.refresh_from_db()
    plan.refresh_from_db()
    assert (bed.status, bed.starts_at, plan.status) == ("running", NOW, "running")


def test_service_is_not_begun_before_the_person_was_told_and_said_yes():
    owner = make_actor()
    plan = begin(owner)
    with trust.acting(owner):
        bed = services.offer_service(plan_id=plan.pk, kind="SocialCare", need="safe_housing", by=owner)
        with pytest.raises(Refused) as refusal:
            services.move_service(service_id=bed.pk, step="begin", by=owner)
    assert refusal.value.rows == ("service.begin:RG10",)


@pytest.mark.parametrize("step", ["refuse", "unavailable"])
def test_service_ends_with_a_listed_reason_only(step):
    owner = make_actor()
    plan = begin(owner)
    with trust.acting(owner):
        bed = services.offer_service(plan_id=plan.pk, kind="SocialCare", need="safe_housing", by=owner)
        with pytest.raises(Invalid):
            services.move_service(service_id=bed.pk, step=step, by=owner)
        with pytest.raises(Invalid):
            services.move_service(service_id=bed.pk, step=step, reason="does not cooperate", by=owner)


def test_plan_goes_from_proposal_to_closure_and_its_clocks_follow():
    owner = make_actor()
    plan = begin(owner)
    with trust.acting(owner):
        told = {"informed_at": NOW, "free_to_come_and_go": True}
        services.move_plan(plan_id=plan.pk, step="propose", record=told, by=owner)
        assert clocks.state(clocks.latest(plan.pk, "needs")) == "ended"
        services.move_plan(plan_id=plan.pk, step="accept", record={"answered_at": NOW}, by=owner)
        later = owner.on(NOW + timedelta(days=10))
    with trust.acting(later):
        services.move_plan(plan_id=plan.pk, step="review", by=later)
        assert clocks.due_at(clocks.latest(plan.pk, "review")) == NOW + timedelta(days=40)
        with pytest.raises(Invalid):
            services.move_plan(plan_id=plan.pk, step="close", record={"own_view": "helped"}, by=later)
        services.move_plan(plan_id=plan.pk, step="close", record={"close_reason": "goals_met", "own_view": "not_wished"}, by=later)
    assert clocks.state(clocks.latest(plan.pk, "review")) == "ended"
    assert AssistancePlan.objects.for_house("tests").get().closed_at == later.at


def test_new_proposal_asks_for_a_new_answer():
    owner = make_actor()
    plan = make_plan("refused", owner=owner)
    with trust.acting(owner):
        services.move_plan(plan_id=plan.pk, step="propose", by=owner)
        with pytest.raises(Refused) as refusal:
            services.move_plan(plan_id=plan.pk, step="accept", by=owner)
    assert refusal.value.rows == ("plan.accept:RG10",)


def test_risk_assessments_stay_and_the_newest_leads():
    owner = make_actor()
    case = make_case(owner)
    person = person_of(case).pk
    for hours, level in ((0, "high"), (1, "low")):
        by = owner.on(NOW + timedelta(hours=hours))
        with trust.acting(by):
            services.assess_risk(case_id=case.pk, person_id=person, level=level, threats=["debt"], with_person=True, by=by)
    assert list(RiskAssessment.objects.for_house("tests").order_by("-at").values_list("level", flat=True)) == ["low", "high"]


def test_plan_is_missing_for_a_holder_of_another_section():
    plan, lawyer = make_plan(), make_actor(Role.INVESTIGATOR)
    from havre.register.models import Case

    give_to(lawyer, Case.objects.for_house("tests").get(), sections=Section.JUSTICE | Section.PROTECTION)
    with trust.acting(lawyer), pytest.raises(Missing):
        services.move_plan(plan_id=plan.pk, step="review", by=lawyer)
