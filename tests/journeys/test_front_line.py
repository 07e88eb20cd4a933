"""A front-line officer's day: a talk in cards, another without a shared language on the phone's page, a consent, a referral."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from havre.protection import indicators
from havre.protection.enums import ScreeningOutcome
from havre.referral.enums import ReferralStatus
from havre.trust import envelopes
from havre.trust.enums import Role, Section
from havre.trust.models import Organisation
from tests.journeys.conftest import WIDTHS
from tests.journeys.steps import FULL, SPOKEN, TALK, Walk, country, each_way, give_consent, in_days, sign_in  # noqa: F401

RIGHTS = {"informed": True, "privacy_confirmed": True, "safety_level": "low", "medical_need": "false"}
# what the officer's own role may share, and the receiver needs to go on
PARTS = Section.SCREENING | Section.FACTS
KEEP = "Ask whether the answers may be kept. A no is a valid answer: nothing is stored, and help goes on."


def ask_cards(walk: Walk, spoken: str, *, forget_privacy: bool = False) -> None:
    """From the menu to the last card: a yes that was said, a refusal, a no that was seen, the rest not asked."""
    walk.menu("Screening")
    walk.sees("Before the first card", "Safety and care come first. Help does not depend on any answer.")
    person = {"gender": "Female", "age_on_opening": 24, "age_basis": "stated"}
    rights = {**RIGHTS, "privacy_confirmed": not forget_privacy}
    walk.fill(situation="workplace", profile="adult_labour", language=TALK[spoken], **rights, **person)
    walk.press("First card")
    deck = indicators.cards("workplace", "adult_labour")
    for number, one in enumerate(deck):
        expect(walk.page.locator("h1")).to_have_text(one.statement(walk.language))
        answer, origin = (("yes", "said"), ("refused", "said"), ("no", "seen"))[number] if number < 3 else ("not_asked", "said")
        walk.fill(answer=answer, origin=origin)
        # each card is the same page: the first three are looked over, the rest only turned
        walk.press("Next card") if number in {0, 1, len(deck) - 1} else walk.turn("Next card")
    walk.sees("What is kept", KEEP)


def keep_and_confirm(walk: Walk) -> None:
    """The person agrees; the officer reads what was noted and confirms an outcome."""
    walk.fill(kept_because="agreed")
    walk.press("Keep the answers")
    walk.sees("What was noted", "Not asked", "Does not wish to answer", "Your outcome")
    walk.fill(outcome=ScreeningOutcome.PRESUMED.value)
    walk.press("Confirm the outcome")
    walk.sees(ScreeningOutcome.PRESUMED.label)


def refer(walk: Walk) -> None:
    """The offer: first what would go, word for word, then sent; and found again among what was sent."""
    border = Organisation.objects.get(code="demo-border")
    walk.follow("Refer", "a person")
    walk.fill(
        receiver=border.pk, receiver_role="case_manager", need="social", purpose="identification",
        sections=[int(one) for one in PARTS], asked_until=in_days(20),
    )  # fmt: skip
    walk.press("Look at what would go")
    walk.sees("What opens if they accept", "What they see before accepting, word for word", "no consent covers it")
    # the person's answer is chosen beside the parts that it covers
    walk.page.locator('main [name="consent"]').select_option(index=1)
    walk.press("Look at what would go")
    walk.sees_not("no consent covers it")
    walk.press("Offer the referral")
    walk.sees(ReferralStatus.OFFERED.label)


@each_way
def test_officer_screens_with_cards_and_refers_with_consent(visit: Any, country: Any, language: str, width: int) -> None:  # noqa: F811
    walk = sign_in(visit, Role.LABOUR_INSPECTOR, "officer", language, width)
    walk.start()
    # a right that was not given is missed at once, before anything is kept; what was answered stays
    ask_cards(walk, language, forget_privacy=True)
    walk.fill(kept_because="agreed")
    walk.press("Keep the answers", status=409)
    walk.sees("Not recorded yet: this is missing")
    walk.press("Keep nothing")
    walk.sees("Nothing was kept.")
    walk.follow("Go to the home page")
    ask_cards(walk, language)
    keep_and_confirm(walk)
    walk.follow("Go on: consent, referral, help")
    walk.sees("Presumption", "Thread of the case")
    walk.follow("Consents")
    walk.sees("No answer is recorded yet. Nothing is shared without one, and help goes on.")
    give_consent(walk, Organisation.objects.get(code="demo-border"), "case_manager", "identification", PARTS, language)
    walk.follow_to("D-")
    refer(walk)
    walk.follow_to("D-")
    walk.sees(ReferralStatus.OFFERED.label)
    walk.menu("Referrals")
    walk.follow("Sent")
    walk.sees(ReferralStatus.OFFERED.label)
    walk.end()


def test_telephones_own_way_back_leads_to_the_card_before_with_its_answer(visit: Any, country: Any) -> None:  # noqa: F811
    walk = sign_in(visit, Role.LABOUR_INSPECTOR, "back", "en", WIDTHS[0])
    walk.start()
    walk.menu("Screening")
    walk.fill(situation="workplace", profile="adult_labour", language="tha", **RIGHTS)
    walk.turn("First card")
    for answer in ("yes", "refused"):
        walk.fill(answer=answer, origin="said")
        walk.turn("Next card")
    for number, answer in ((2, "refused"), (1, "yes")):
        walk.page.go_back()
        expect(walk.page).to_have_title(f"Card {number}")
        expect(walk.page.locator(f'input[name="answer"][value="{answer}"]')).to_be_checked()
    walk.page.go_back()
    expect(walk.page.locator("h1")).to_have_text("Before the first card")
    expect(walk.page.locator('select[name="safety_level"]')).to_have_value("low")


# the language the person is asked in, that of the officer's page, the width: two of the five in the short form
IN_TONGUES = [("tet", "en", WIDTHS[0]), ("th", "fr", WIDTHS[0])]
if FULL:
    IN_TONGUES = [(spoken, "fr" if spoken == "fr" else "en", width) for spoken in ("en", "fr", *SPOKEN) for width in WIDTHS]


@pytest.mark.parametrize(("spoken", "language", "width"), IN_TONGUES)
def test_officer_asks_with_pictures_and_the_talk_reaches_the_service(
    visit: Any,
    country: Any,  # noqa: F811
    spoken: str,
    language: str,
    width: int,
) -> None:
    envelopes.make_ready()
    walk = sign_in(visit, Role.FIRST_RESPONDER, f"discreet-{spoken}", language, width)
    walk.start()
    walk.menu("Phone page")
    page = walk.page
    page.wait_for_selector("#content[data-ready]")
    page.click("#begin")
    walk.look("before the first picture")
    walk.fill_by_id(
        situation="workplace", profile="adult_labour", language=TALK[spoken], informed=True, private=True, danger="low", care="false"
    )
    page.click("#pictures")
    prompts = indicators.prompts()
    for number, one in enumerate(prompts["prompts"]):
        if number == 0:
            page.select_option("#asked", spoken)
        expect(page.locator("#ask")).to_have_text(one["ask"][spoken])
        expect(page.locator("[data-answer=yes]")).to_contain_text(prompts["words"]["yes"][spoken])
        if number < 3:
            walk.look(f"picture {one['picture']}")
        page.click(f"[data-answer={('yes', 'refused', 'no')[number % 3]}]")
    expect(page.locator("p.ask")).to_have_text(prompts["words"]["keep"][spoken])
    walk.look("may we keep it")
    page.select_option("#f-kept", "agreed")
    page.click("#keep")
    expect(page.locator("#note")).to_have_text(walk.say("Sent. Nothing waits on this phone."))
    expect(page.locator("#count")).to_have_text("0")
    walk.look("sent")
    # at the service it is a case like any other, with what was said and what was not
    walk.click(page.get_by_role("link", name=walk.say("Go to the home page")), "home")
    walk.menu("Cases")
    walk.follow_to("D-")
    walk.follow("Screening")
    walk.page.locator("section[aria-labelledby=part] a").first.click()
    walk.look("what was noted")
    walk.sees("Does not wish to answer", "Your outcome")
    walk.end()
