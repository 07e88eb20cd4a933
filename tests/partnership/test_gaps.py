"""What the coordinator sees of the gaps: numbers from eleven on, rounded up, sealed cases left out, each line with its method."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.partnership import gaps
from havre.partnership.counting import periods
from havre.protection.models import AssistancePlan, AssistanceService
from havre.trust.enums import Role
from havre.trust.models import BreakGlass, Membership, Override, Seal
from tests.factories import OrganisationFactory
from tests.factories_partnership import day_of_period, make_chain
from tests.factories_site import make_now, signed_in
from tests.factories_whole import send


def newest():
    return periods(timezone.localdate())[0]


def unavailable(number: int, *, need: str = "safe_housing", reason: str = "full", region: str = ""):
    """So many services that could not be had; gives the persons."""
    people = make_chain(number)
    for person in people:
        if region:
            type(person.case.lead).objects.filter(pk=person.case.lead_id).update(region=region)
        plan = AssistancePlan.objects.for_house("tests").get(person=person)
        AssistanceService(
            case_id=person.case_id, plan=plan, kind="SocialCare", need=need, status="unavailable", reason=reason,
            proposed_at=day_of_period(), by=plan.by,
        ).save(force_insert=True)  # fmt: skip
    return people


def as_rows(figures):
    return [(str(one.title), one.count) for one in figures]


class TestUnmet:
    def test_counted_by_need_with_reason_and_with_place(self):
        unavailable(12, region="North")
        assert as_rows(gaps.unmet(newest())) == [("A safe place to sleep: No place", 15), ("A safe place to sleep: North", 15)]

    def test_ten_are_not_shown_and_a_sealed_case_is_none(self):
        people = unavailable(11)
        assert len(gaps.unmet(newest())) == 2
        owner = make_now()
        Seal.objects.create(case_id=people[0].case_id, reason="safety", starts_at=owner.at, review_on=date.today(), by=owner.user)
        assert gaps.unmet(newest()) == []


class TestDeclined:
    def test_by_reason_beside_all_answers(self):
        owner, receiver = make_now(), OrganisationFactory().pk
        for number, person in enumerate(make_chain(24)):
            row = send(owner, person.case, receiver, Role.SHELTER, status="draft")
            no = number < 12
            type(row).objects.for_house("tests").filter(pk=row.pk).update(
                status="declined" if no else "accepted",
                decline_reason="full" if no else "",
                answered_at=day_of_period(),
                answered_by=owner.user,
            )
        found = as_rows(gaps.declined(newest()))
        assert found[:2] == [("Answered", 25), ("of which declined", 15)]
        assert [count for _title, count in found[2:]] == [15]


class TestWaived:
    def test_each_condition_with_its_reasons(self):
        owner = make_now()
        job = Membership.objects.get(user=owner.user)
        for person in make_chain(12):
            Override(
                case_id=person.case_id, subject_id=person.pk, workflow="plan", step="close", gates=["RG25"], reason="danger",
                given_by=owner.user, membership=job, given_at=day_of_period(), ends_at=day_of_period() + timedelta(hours=1),
                used_at=day_of_period(), used_by=owner.user,
            ).save(force_insert=True)  # fmt: skip
        whole, reason = gaps.waived(newest())
        assert str(whole.title).startswith("RG25 ")
        assert (whole.count, reason.part, reason.count) == (15, True, 15)
        assert str(reason.title) == "Waiting would put the person in danger"

    def test_agreement_that_nobody_used_is_no_waiver(self):
        assert gaps.waived(newest()) == []


def test_emergencies_with_their_verdicts():
    owner, judge, at = make_now(), make_now(Role.DATA_PROTECTION_OFFICER), day_of_period()
    for number, person in enumerate(make_chain(12)):
        judged = {"verdict": "justified", "reviewed_at": at, "reviewed_by": judge.user} if number else {}
        BreakGlass(
            case_id=person.case_id, user=owner.user, holder_id=owner.personal_id, reason="danger_to_life", starts_at=at,
            ends_at=at + timedelta(hours=1), review_by=at + timedelta(days=3), **judged,
        ).save(force_insert=True)  # fmt: skip
    assert [one.count for one in gaps.emergencies(newest())] == [15, 15, None, None]


@pytest.mark.parametrize("part", ["declined", "unmet", "waived", "emergencies"])
def test_board_has_each_part_and_says_what_is_counted(part):
    unavailable(12)
    page = signed_in(make_now(Role.COORDINATOR)).get(reverse("partnership:board"))
    text = page.content.decode()
    assert f'aria-labelledby="{part}"' in text
    assert "Numerator" in text.split(f'id="{part}"')[1].split("</section>")[0] or "no number is given" in text
