"""The person concerned, beside a worker: says yes to a service, sees on a locked screen what is held and who read it, takes it back, has a copy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.utils.translation import gettext, override

from havre.register.enums import RequestOutcome
from havre.register.person.words import Words, languages, words
from havre.site import demonstration
from havre.trust.enums import Role, Section
from havre.trust.models import Organisation
from tests.journeys.conftest import WIDTHS
from tests.journeys.steps import FULL, SPOKEN, TALK, WAYS, Walk, country, give_consent, in_days, prepared, ref_of, sign_in  # noqa: F401

# the language of the page, that of the worker, the width: two of the five in the short form, all at each width in the full one
IN_TONGUES = [(language, language, width) for language, width in WAYS] + [
    (spoken, "fr" if spoken == "tet" else "en", width)
    for spoken in SPOKEN
    for width in (WIDTHS if FULL else WIDTHS[:1])
    if FULL or spoken == "th"
]


def lock_the_screen(walk: Walk, spoken: str) -> Words:
    """The worker opens the page and hands the screen over; the person chooses their language on it."""
    walk.follow("The person's own page")
    walk.sees("The screen locks to it")
    walk.fill(language=walk.language, agrees=True)
    walk.press("Open and lock")
    walk.on_own_page = True
    said = words(walk.language)
    walk.sees(said["hello"])
    if spoken != walk.language:
        walk.press(languages()[spoken])
        said = words(spoken)
    assert walk.page.get_attribute("html", "lang") == spoken
    return said


def reads_what_is_held(walk: Walk, said: Words) -> None:
    """Who may read, who read and why, what is written, what was agreed to: each under its own heading; nothing says what it is about."""
    walk.sees(said["hello"], said["intro"], said["agreed"], said["shares"], said["readers"], said["held"], said["given"])
    walk.sees("Example shelter", "Example clinic", said["role_care"])
    if not said.reviewed:
        walk.sees(said["unreviewed"])
    assert "Havre" not in walk.page.title()


def takes_it_back(walk: Walk, said: Words) -> None:
    """First what would close and what stays, then at once."""
    item = walk.page.locator("main li", has_text="Example clinic").filter(has_text=said["close_it"])
    walk.click(item.get_by_role("link", name=said["close_it"]), "close it")
    walk.sees(said["health"], said["effect"], said["stays"], said["help_same"], said["stays_trace"])
    walk.press(said["do_close"])
    walk.sees(said["closed_done"], said["withdrawn"])


def asks_and_has_a_receipt(walk: Walk, said: Words) -> None:
    """Something is wrong: the request has a number and a day, and the paper names nobody."""
    walk.follow(said["rectify"])
    walk.fill(wrong="is_wrong", words="Example")
    walk.press(said["send"])
    walk.sees(said["sent"], said["receipt_ask"], said["receipt_safe"])
    walk.press(said["receipt_yes"])
    walk.sees(said["receipt"], said["receipt_body"])
    paper = walk.page.inner_text("main")
    assert not any(word in paper for word in ("Havre", "Example", "D-2026")), paper
    walk.follow(said["back"])
    walk.sees(said["my_requests"])


def takes_a_copy(walk: Walk, said: Words) -> None:
    """Both forms are files with a neutral name; what is data can be read by anybody's program."""
    walk.follow(said["copy"])
    walk.sees(said["copy_left"], said["copy_safe"])
    for button, name in ((said["copy_paper"], "page.pdf"), (said["copy_data"], "page.json")):
        with walk.page.expect_download() as coming:
            walk.page.locator("main").get_by_role("button", name=button).click()
        assert coming.value.suggested_filename == name
        held = Path(coming.value.path()).read_bytes()
        assert held.startswith(b"%PDF") if name.endswith("pdf") else json.loads(held)["agreed"]
    walk.follow(said["back"])


def gives_the_screen_back(walk: Walk, said: Words) -> None:
    """The worker proves who is there; the case says what the person did."""
    walk.click(walk.page.get_by_role("link", name=said["finish"]), "finish")
    factor = Authenticator.objects.get(user__username=Role.CASE_MANAGER.value, type=Authenticator.Type.TOTP)
    walk.page.locator("main input[name=code]").fill(demonstration.code_now(decrypt(factor.data["secret"])))
    walk.press(said_in_house(said, "Unlock"))
    walk.on_own_page = False
    walk.follow("Consents")
    walk.sees("withdrawn")
    walk.follow("What the person asked about their data")
    walk.page.locator("main table a").first.click()
    walk.look("a request")
    walk.sees("In the person's words")
    walk.fill(outcome=RequestOutcome.values[0])
    walk.press("Record the answer")
    walk.sees(RequestOutcome(RequestOutcome.values[0]).label)


def said_in_house(said: Words, english: str) -> str:
    """The house's own words on a locked page: in the person's language where the house speaks it, in English elsewhere."""
    with override(said.language if said.language in {"en", "fr"} else "en"):
        return gettext(english)


@pytest.mark.parametrize(("spoken", "language", "width"), IN_TONGUES)
def test_person_sees_agrees_takes_back_and_has_a_copy(visit: Any, country: Any, spoken: str, language: str, width: int) -> None:  # noqa: F811
    way = prepared(hours=60)
    walk = sign_in(visit, Role.CASE_MANAGER, f"person-{spoken}", language, width)
    walk.start()
    walk.menu("Cases")
    walk.follow_to(ref_of(way))
    walk.follow("Consents")
    clinic = Organisation.objects.get(code="demo-clinic")
    give_consent(walk, clinic, "health", "protection", Section.HEALTH, spoken)
    walk.sees("Example clinic")
    walk.follow_to("D-")
    said = lock_the_screen(walk, spoken)
    reads_what_is_held(walk, said)
    takes_it_back(walk, said)
    asks_and_has_a_receipt(walk, said)
    takes_a_copy(walk, said)
    gives_the_screen_back(walk, said)
    walk.end()
