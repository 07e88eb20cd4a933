"""The identification authority's day: a presumption comes in, recovery is opened, a conference sits, a second person confirms with reasons."""

from __future__ import annotations

from typing import Any

from havre import trust
from havre.protection.enums import DecisionReason, IdentificationStatus
from havre.referral import services as referrals
from havre.referral.enums import ConferenceStatus
from havre.referral.models import Conference
from havre.trust.enums import Role, Section
from havre.trust.models import Organisation
from tests.journeys.steps import Walk, actor, agreed, consented, country, each_way, in_days, prepared, ref_of, sign_in  # noqa: F401

# what the law asks to be weighed, with where each piece comes from
PIECES = (("act", "for", "account"), ("means", "for", "account"), ("purpose", "for", "paper"))


def open_recovery(walk: Walk) -> None:
    """The period is offered and accepted: its clock runs, and nobody may remove the person."""
    walk.fill(step="open_recovery", recovery_offered_at=in_days(-0.1), recovery_answer="accepted", foreign_national="true")
    # a foreign national without a hold on removal: the step is missed, with the reason, and nothing is lost of what was typed
    walk.press("Record the step", status=409)
    walk.sees("Not recorded yet: this is missing")
    walk.fill(step="open_recovery", removal_hold_ref="EX-2026-1")
    walk.press("Record the step")
    walk.sees("Recovery and reflection period")
    walk.follow("What bars it, and what does not")
    walk.sees("No. Nobody may remove this person now.")


def weigh(walk: Walk) -> None:
    """What speaks for and against each element, one record each."""
    for element, speaks, source in PIECES:
        walk.follow("Add", "evidence")
        walk.fill(element=element, speaks=speaks, source=source, words_finding="Made-up finding.")
        walk.press("Note the evidence")
        walk.follow("Go to the decision")
    walk.sees_not("Nothing is weighed yet, for or against.")


def confirm(walk: Walk) -> None:
    """Refused with every missing condition at once, then given with its reasons."""
    walk.fill(step="confirm", reason=DecisionReason.INDICATORS.value)
    walk.press("Record the step", status=409)
    walk.sees("Not recorded yet: this is missing")
    team, police = (Organisation.objects.get(code=code) for code in ("demo-team", "demo-police"))
    walk.page.locator('main [name="organisations"]').select_option([str(team.pk), str(police.pk)])
    walk.fill(step="confirm", body="multidisciplinary_team", reason=DecisionReason.INDICATORS.value, trained_member="true")
    walk.fill(notice_at=in_days(-0.01), words_for="Made-up reasons: papers kept, debt, threats.", words_against="None found.")
    walk.page.locator('main [name="professions"]').select_option(["social", "police"])
    walk.press("Record the step")
    # the head of the page and the conditions beside it say the same as the record
    walk.sees(IdentificationStatus.CONFIRMED, DecisionReason.INDICATORS)
    walk.sees(IdentificationStatus.CONFIRMED, within="main .head")
    walk.sees_not("Missing:")


def seat_the_others(conference: Conference) -> None:
    """The other services take their seats, each in its own house."""
    for role in (Role.SHELTER, Role.HEALTH):
        by = actor(role)
        with trust.acting(by):
            referrals.attend(conference_id=conference.pk, no_conflict=True, by=by)


def confer(walk: Walk) -> None:
    """Called with its seats and agenda; not opened before enough of them are there; decided with an owner and a day; its minutes sealed."""
    walk.follow("Call a conference")
    walk.sees("Example shelter", "Example clinic")
    for name, role in (("Example shelter", "shelter"), ("Example clinic", "health")):
        walk.page.locator("main tr", has_text=name).locator("select").select_option(role)
    walk.fill(sits_at=in_days(3), agenda=["status"], decides_status=True)
    walk.press("Call a conference")
    walk.sees(ConferenceStatus.CALLED, "Before it may open")
    walk.fill(no_conflict=True)
    walk.press("Take our seat")
    walk.press("Open the sitting", status=409)
    walk.sees("Not recorded yet: this is missing")
    seat_the_others(Conference.objects.for_house("tests").latest("called_at"))
    walk.fill(trained_member=True)
    walk.press("Open the sitting")
    walk.sees(ConferenceStatus.SITTING, "Write a decision down")
    point = walk.page.locator("main form", has=walk.page.locator('[name$="-decision"]'))
    point.locator('[name$="-decision"]').select_option("adopted")
    point.locator('[name$="-reasons"]').fill("Made-up reasons, weighed together.")
    point.locator('[name$="-owner"]').select_option(index=1)
    point.locator('[name$="-due_on"]').fill(in_days(5).date().isoformat())
    walk.press("Keep this decision")
    walk.fill(words="Made-up minutes.")
    walk.press("End the sitting")
    walk.sees(ConferenceStatus.DECIDED, "Minutes")
    walk.follow("Open the file")


@each_way
def test_authority_opens_recovery_holds_a_conference_and_confirms(visit: Any, country: Any, language: str, width: int) -> None:  # noqa: F811
    way = prepared(hours=22)
    consented(way, Role.HEALTH, Section.HEALTH)
    agreed("demo-team", "demo-shelter", "demo-clinic")
    walk = sign_in(visit, Role.IDENTIFICATION_AUTHORITY, "authority", language, width)
    walk.start()
    walk.menu("Cases")
    walk.follow_to(ref_of(way))
    walk.sees("Presumption", "Next right due")
    walk.follow("Go to this step")
    open_recovery(walk)
    walk.follow_to("D-")
    confer(walk)
    walk.follow("Identification")
    walk.click(walk.page.locator("section[aria-labelledby=part] a"), "decision")
    weigh(walk)
    confirm(walk)
    walk.end()
