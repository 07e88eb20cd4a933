"""A day of the national coordinator: where the chain waits, what was waived and declined, what was promised, and with whom. Numbers, no case."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from havre.justice.workflow import ENFORCE
from havre.protection.models import AssistancePlan, AssistanceService
from havre.trust.enums import Role, Section
from havre.trust.models import BreakGlass, Membership, Override
from tests.factories import OrganisationFactory
from tests.factories_partnership import day_of_period, make_agreement, make_chain, make_late
from tests.factories_whole import send
from tests.journeys.steps_offices import Day, a_case, every_form, fill, in_days, refer

CHAIN, SHOWN = 12, 15


@pytest.fixture
def day(visit, unlocked, settings, tmp_path, language, width) -> Day:
    settings.STATIC_ROOT = tmp_path
    return Day(visit, "coordinator", language, width)


def a_country(day: Day) -> None:
    """Twelve persons who took every step, and what went wrong on the way: declined, unavailable, waived, opened in an emergency, late."""
    at, people = day_of_period(), make_chain(CHAIN)
    owner, officer = day.person(Role.CASE_MANAGER), day.person(Role.DATA_PROTECTION_OFFICER)
    shelter, job = OrganisationFactory(name="Example shelter").pk, Membership.objects.get(user=owner.user)
    for person in people:
        who = {"case_id": person.case_id}
        row = send(owner, person.case, shelter, Role.SHELTER, status="draft")
        said = {"status": "declined", "decline_reason": "full", "answered_at": at, "answered_by": owner.user}
        type(row).objects.for_house("tests").filter(pk=row.pk).update(**said)
        plan = AssistancePlan.objects.for_house("tests").get(person=person)
        lacking = {"kind": "SocialCare", "need": "safe_housing", "status": "unavailable", "reason": "full"}
        AssistanceService(**who, plan=plan, **lacking, proposed_at=at, by=plan.by).save(force_insert=True)
        waiver = {"workflow": "plan", "step": "close", "gates": ["RG25"], "reason": "danger", "given_by": owner.user, "membership": job}
        used = {"given_at": at, "ends_at": at + timedelta(hours=1), "used_at": at, "used_by": owner.user}
        Override(**who, subject_id=person.pk, **waiver, **used).save(force_insert=True)
        judged = {"verdict": "justified", "reviewed_at": at, "reviewed_by": officer.user, "review_by": at + timedelta(days=3)}
        until = {"starts_at": at, "ends_at": at + timedelta(hours=1), "reason": "danger_to_life"}
        BreakGlass(**who, user=owner.user, holder_id=owner.personal_id, **until, **judged).save(force_insert=True)
    make_late(people, ENFORCE)
    make_agreement(days=20)


@every_form(("fr", 360))
def test_coordinator_sees_where_the_chain_waits_and_who_can_unblock_it(day):
    a_country(day)
    sender, shelter = day.person(Role.CASE_MANAGER), day.person(Role.SHELTER)
    case = a_case(sender)
    refer(sender, shelter, case, "shelter", Section.PROTECTION)
    desk, say = day.desk(day.person(Role.COORDINATOR)), day.say
    # numbers only: no reference of a case
    day.never = (case.ref,)
    desk.home()
    desk.sees(say("Deadlines have passed and nobody has closed them: %(number)s", number=SHOWN))
    desk.follow(say("Deadlines have passed and nobody has closed them: %(number)s", number=SHOWN), "board")
    desk.sees(say("Referrals declined"), say("Conditions waived by a supervisor"), say("Help that could not be had"))
    for part in ("declined", "unmet", "waived", "emergencies"):
        text = desk.page.locator(f'section[aria-labelledby="{part}"]').inner_text()
        assert (part, str(SHOWN) in text) == (part, True)
    desk.sees(say("Waiting would put the person in danger"), say("No place"))
    last_year = str(timezone.localdate().year - 1)
    desk.follow(last_year, "board-last-year")
    desk.sees(say("Nothing that may be shown: below %(k)s of a kind no number is given.", k=11))
    desk.menu("Referrals that wait", "delays")
    partners(desk)
    commitments(desk)
    day.end()


def partners(desk) -> None:
    """Agreements that end, the directory, an accreditation."""
    say = desk.say
    desk.menu("Agreements", "agreements")
    desk.sees("Example police", "Example shelter", say("in force, ends soon"))
    desk.menu("Directory of services", "directory")
    desk.follow(say("Accreditations"), "accreditations")
    form = desk.form(say("Write the accreditation down"))
    form.locator("[name=organisation]").select_option(label="Example shelter")
    fill(form, role="shelter", authority="Example ministry")
    desk.press(say("Write the accreditation down"), "accreditation-refused")
    desk.sees(say("give the first and the last day"))
    form = desk.form(say("Write the accreditation down"))
    assert form.locator("[name=authority]").input_value() == "Example ministry"
    fill(form, starts_on=in_days(-1), ends_on=in_days(300))
    desk.press(say("Write the accreditation down"), "accredited")
    desk.sees(say("Written down."), "Example ministry", say("in force"))


def commitments(desk) -> None:
    """What the country promised, and the one figure that the register gives for it."""
    say = desk.say
    desk.menu("Commitments", "commitments")
    desk.main.locator("table a").first.click()
    desk.look("detected")
    desk.sees(say("Counts"))
