"""The day of those who help a child: safety and risk, best interests with a guardian, needs, plan, services, a place, follow-up, closure."""

from __future__ import annotations

from typing import Any

from havre.protection.enums import PlanStatus, RiskLevel, ServiceStatus
from havre.protection.enums_care import BestState, FollowUpState, Measure, MeasureState, OwnView, PlacementState
from havre.trust.enums import Role
from havre.trust.models import Organisation
from tests.journeys.steps import Walk, country, each_way, in_days, prepared, ref_of, sign_in  # noqa: F401

HOUSE = "Example house"


def to_the_plan(walk: Walk) -> None:
    """From a record of care to the case, and to the plan that stands on it."""
    walk.follow_to("D-")
    walk.follow_to("D-")
    walk.follow("Help")
    walk.follow("Open the plan")


def safety(walk: Walk) -> None:
    """The danger, looked at with the child, and a measure with its owner and day."""
    walk.unfold("Assess the danger")
    walk.fill(about="person", contact="visit", level="high", threats=["trafficker_near"], with_person=True)
    walk.press("Record the risk")
    walk.sees(RiskLevel.HIGH)
    walk.take_up("Safety plan")
    walk.fill(
        measure="safe_contact", owner="worker", by_when=in_days(2), agreed="true", words_note="Made-up note: a neighbour's telephone."
    )
    walk.press("Agree on a measure")
    walk.sees(MeasureState.PLANNED, Measure.SAFE_CONTACT)
    to_the_plan(walk)
    walk.sees(Measure.SAFE_CONTACT)


def best_interests(walk: Walk) -> None:
    """A guardian beside the child, then an assessment in which the child is heard."""
    walk.follow("Shelter, safety plan, interpreter, notes")
    walk.take_up("Guardian or advocate")
    lawyers = Organisation.objects.get(code="demo-lawyers")
    walk.fill(kind="guardian", organisation=lawyers.pk, named_by="authority", named_at=in_days(-0.1), independent="true")
    walk.press("Name a guardian or advocate")
    walk.follow_to("D-")
    walk.take_up("Best interests of the child")
    walk.fill(kind="assessment", before="plan", due_at=in_days(3))
    walk.press("Open a procedure")
    children = Organisation.objects.get(code="demo-children")
    walk.page.locator('main [name="begin-organisations"]').select_option([str(children.pk)])
    walk.fill(
        begin__professions=["child"], begin__child_heard_at=in_days(-0.05), begin__words_child_views="Made-up: wants to go to school."
    )
    walk.press("Begin")
    # without the child's own view of it nothing is decided, and what was typed stays
    walk.fill(decide__outcome="in_interest")
    walk.press("Decide, with reasons and dissent", status=409)
    walk.sees("Not recorded yet: this is missing")
    walk.fill(decide__child_view="agrees", decide__review_on=in_days(30), decide__words_reasons="Made-up reasons.")
    walk.press("Decide, with reasons and dissent")
    walk.sees(BestState.DECIDED)


def plan_and_services(walk: Walk) -> None:
    """A service offered, the plan proposed and accepted by the child with the guardian, the service begun."""
    walk.fill(kind="Education", need="school", informed=True)
    walk.press("Offer")
    walk.sees(ServiceStatus.PROPOSED)
    walk.fill(step="propose")
    walk.press("Record the step", status=409)
    walk.sees("Not recorded yet: this is missing")
    walk.fill(step="propose", informed_at=in_days(-0.02), free_to_come_and_go="true")
    walk.press("Record the step")
    walk.sees(PlanStatus.PROPOSED)
    walk.fill(step="accept", answered_at=in_days(-0.01))
    walk.press("Record the step")
    walk.sees(PlanStatus.ACCEPTED)
    walk.press("The person accepts", within="main table")
    walk.press("Begin", within="main table")
    walk.sees(ServiceStatus.RUNNING)


def a_place(walk: Walk) -> None:
    """The child is offered a place in a house whose name says nothing of where it is, and moves in."""
    walk.follow("Shelter, safety plan, interpreter, notes")
    walk.take_up("Place in a shelter")
    walk.page.locator('main [name="shelter"]').select_option(label=HOUSE)
    walk.fill(informed_at=in_days(-0.01))
    walk.press("Offer a place")
    walk.fill(accept__answered_at=in_days(-0.001), accept__free_to_come_and_go="true")
    walk.press("The person moves in")
    walk.sees(PlacementState.PLACED)
    to_the_plan(walk)


def follow_up_and_close(walk: Walk) -> None:
    """An exit plan, a follow-up in the way that was called safe, and the end with the child's own view."""
    walk.fill(step="follow_up", exit_plan_at=in_days(-0.005))
    walk.press("Record the step")
    walk.sees(PlanStatus.FOLLOW_UP)
    walk.follow("Shelter, safety plan, interpreter, notes")
    walk.take_up("Follow-up")
    walk.fill(months=1, due_at=in_days(30))
    walk.press("Plan a follow-up")
    walk.sees(FollowUpState.DUE)
    walk.fill(hold__channel="visit", hold__retrafficking="false", hold__words_account="Made-up: goes to school.")
    walk.press("It was held")
    walk.sees(FollowUpState.HELD)
    to_the_plan(walk)
    walk.fill(step="close", close_reason="goals_met")
    walk.press("Record the step", status=409)
    walk.fill(step="close", close_reason="goals_met", own_view=OwnView.HELPED.value, words_view="Made-up: it helped.")
    walk.press("Record the step")
    walk.sees(PlanStatus.CLOSED)


def the_house(visit: Any, language: str, width: int) -> None:
    """The shelter says what it has, and never where."""
    walk = sign_in(visit, Role.SHELTER, "shelter", language, width)
    walk.start()
    walk.menu("Free places")
    walk.sees("No shelter has described a house yet.")
    walk.unfold("Add a house")
    walk.fill(label=HOUSE, places=4, for_whom=["girls", "boys"], languages="eng, fra", step_free=True)
    walk.press("Save")
    walk.sees(HOUSE, "without steps")
    walk.end()


@each_way
def test_helpers_take_a_child_from_the_first_danger_to_the_end(visit: Any, country: Any, language: str, width: int) -> None:  # noqa: F811
    way = prepared(hours=2, child=True)
    the_house(visit, language, width)
    walk = sign_in(visit, Role.CASE_MANAGER, "care", language, width)
    walk.start()
    walk.menu("Cases")
    walk.follow_to(ref_of(way))
    walk.follow("Start help")
    walk.sees("No status, no paper and no cooperation is needed to begin.")
    walk.fill(needs=["safe_housing", "school"])
    walk.press("Start the help")
    walk.sees(PlanStatus.RUNNING)
    safety(walk)
    best_interests(walk)
    to_the_plan(walk)
    plan_and_services(walk)
    a_place(walk)
    follow_up_and_close(walk)
    walk.end()
