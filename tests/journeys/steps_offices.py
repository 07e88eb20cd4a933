"""Steps that the journeys of the offices share: one person's desk, whose every page is looked at; and a case that comes to a service by referral."""

from __future__ import annotations

import os
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone, translation
from django.utils.translation import gettext, pgettext
from playwright.sync_api import Locator, Page

from havre import trust
from havre.referral import services as referrals
from havre.register.models import Case
from havre.trust import identity
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from tests.factories_casework import agree, consent_to
from tests.factories_site import make_case_now, make_now, person_of
from tests.journeys.conftest import WIDTHS, Visit
from tests.journeys.test_pages import barriers
from tests.referral.houses import act

FULL = os.environ.get("HAVRE_JOURNEYS") == "full"
# what a victim's file holds and no page of justice may: a name and a place
NAME, PLACE = "Efua-Canary", "Canary Lane 7"


def every_form(*short: tuple[str, int]) -> Any:
    """Run a journey in these languages and widths; in all four of them with HAVRE_JOURNEYS=full."""
    every = [(language, width) for language in ("en", "fr") for width in WIDTHS]
    return pytest.mark.parametrize(("language", "width"), every if FULL else short)


class Day:
    """One journey: its windows, in one language and width, and what was wrong on the pages that were passed."""

    def __init__(self, visit: Any, name: str, language: str, width: int) -> None:
        self.visit, self.name, self.language, self.width = visit, name, language, width
        self.desks: list[Desk] = []
        self.wrong: list[str] = []
        self.never: tuple[str, ...] = ()
        self.steps = 0

    def person(self, role: Role, **fields: Any) -> Actor:
        """An account of this role that speaks the journey's language, in a service of its own."""
        return make_now(role, language=self.language, organisation__name=f"Example {role.value}", user__name=f"Awa {role.value}", **fields)

    def desk(self, actor: Actor | None, **how: Any) -> Desk:
        """A window of this person."""
        window = self.visit(actor, width=self.width, language=self.language, **how)
        self.desks.append(Desk(self, window))
        return self.desks[-1]

    def say(self, words: str, context: str = "", **named: Any) -> str:
        """The words of a page in the journey's language."""
        with translation.override(self.language):
            found = pgettext(context, words) if context else gettext(words)
        return found % named if named else found

    def money(self, amount: str) -> str:
        """An amount as the page writes it."""
        return amount.replace(".", ",") if self.language == "fr" else amount

    def end(self) -> None:
        """Nothing was wrong on any page, nobody else was asked, no browser complained."""
        foreign = [url for desk in self.desks for url in desk.window.foreign]
        # a refusal is an answer: the browser notes its status, and nothing else is forgiven
        plain = re.compile(r"status of (403|409|422)\b")
        said = [words for desk in self.desks for words in desk.window.complaints if not plain.search(words)]
        print(f"{self.name} {self.language} {self.width}: {self.steps} pages looked at, {len(self.wrong)} faults")
        assert self.wrong == [], "\n".join(dict.fromkeys(self.wrong))
        assert (foreign, said) == ([], [])


class Desk:
    """One person's window. What it follows, presses and fills is found as a reader finds it: by the words."""

    def __init__(self, day: Day, window: Visit) -> None:
        self.day, self.window = day, window
        self.say = day.say
        # a step that is not there shall say so soon
        window.page.set_default_timeout(8_000)

    @property
    def page(self) -> Page:
        return self.window.page

    @property
    def main(self) -> Locator:
        return self.page.locator("main")

    def home(self) -> None:
        self.window.go("/")
        self.look("home")

    def look(self, step: str) -> None:
        """The page that is shown: a picture, no barrier, no sideways scroll, the right language, and nothing that must never be seen."""
        day = self.day
        day.steps += 1
        name = f"{day.name}-{day.steps:02}-{step}-{day.language}-{day.width}"
        self.window.picture(name)
        day.wrong += [f"{name}: {barrier}" for barrier in barriers(self.page)]
        if (over := self.window.overflow()) > 0:
            day.wrong.append(f"{name}: {over} px too wide")
        if (said := self.page.get_attribute("html", "lang")) != day.language:
            day.wrong.append(f"{name}: the page says it is in {said}")
        content = self.page.content()
        day.wrong += [f"{name}: shows {words}" for words in day.never if words in content]

    def menu(self, title: str, step: str) -> None:
        """A page of the menu, which is behind a link on a phone."""
        if self.day.width < 1024:
            self.page.locator("a.to-menu").click()
        self.page.locator("#menu").get_by_role("link", name=self.say(title), exact=True).click()
        self.look(step)

    def follow(self, words: str, step: str, *, within: Locator | None = None, exact: bool = True) -> None:
        """A link of the page by its words (in the page's language already)."""
        (within or self.main).get_by_role("link", name=words, exact=exact).first.click()
        self.look(step)

    def press(self, words: str, step: str, *, within: Locator | None = None) -> None:
        """A button by its words, and the page that answers."""
        (within or self.main).get_by_role("button", name=words, exact=True).first.click()
        self.page.wait_for_load_state()
        self.look(step)

    def form(self, button: str) -> Locator:
        """The form that ends with this button."""
        return self.main.locator("form", has=self.page.get_by_role("button", name=button, exact=True)).first

    def open_up(self, words: str, *, within: Locator | None = None) -> None:
        """A part that is folded away, by its summary."""
        (within or self.main).locator("summary", has_text=words).first.click()

    def sees(self, *words: str) -> None:
        text = " ".join(self.main.inner_text().split())
        missing = [one for one in words if " ".join(str(one).split()) not in text]
        assert missing == [], f"{self.page.url} does not show {missing}:\n{text[:3000]}"

    def sees_not(self, *words: str) -> None:
        text = self.main.inner_text()
        assert [one for one in words if one in text] == []


def fill(form: Locator, **values: Any) -> None:
    """Fill the named fields of a form: words, moments, a choice, ticks (a list or True)."""
    for name, value in values.items():
        field = form.locator(f'[name="{name}"]')
        kind = field.first.evaluate("one => one.type || one.tagName")
        if kind in {"checkbox", "radio"}:
            for one in value if isinstance(value, (list, tuple)) else [value]:
                (field.first if one is True else form.locator(f'[name="{name}"][value="{one}"]')).check()
        elif kind.startswith("select"):
            field.first.select_option(str(value))
        elif isinstance(value, datetime):
            field.first.fill(timezone.localtime(value).strftime("%Y-%m-%dT%H:%M"))
        elif isinstance(value, date):
            field.first.fill(value.isoformat())
        else:
            field.first.fill(str(value))


def ago(**span: float) -> datetime:
    return timezone.now() - timedelta(**span)


def in_days(days: int) -> date:
    return (timezone.now() + timedelta(days=days)).date()


def a_case(owner: Actor, **fields: Any) -> Case:
    """A case with a name and a place in its sealed sections."""
    case = make_case_now(owner, days=12, **fields)
    person = person_of(case)
    with trust.acting(owner):
        for section, kind, body in (
            (Section.IDENTITY, "identity", {"prs_FirstName": NAME, "prs_LastName": "Example"}),
            (Section.WHEREABOUTS, "whereabouts", {"address": PLACE}),
        ):
            identity.write(by=owner, case_id=case.pk, person_id=person.pk, section=section, kind=kind, body=body)
    return case


def refer(sender: Actor, receiver: Actor, case: Case, need: str, sections: Section) -> Any:
    """The person's consent and an offered referral to a service, both made by the services that do it for anybody."""
    agree(sender, receiver, ends_on=in_days(365))
    consent = consent_to(case, receiver, sections=sections, days=3650)
    person = person_of(case)
    draft = act(
        referrals.prepare, sender, case_id=case.pk, person_id=person.pk, receiver_id=receiver.organisation_id, need=need,
        receiver_role=receiver.role, purpose=receiver.purpose, sections=sections, asked_until=sender.at + timedelta(days=60),
        consent_id=consent.pk, anyway_reason="told",
    )  # fmt: skip
    return act(referrals.offer, sender, referral_id=draft.pk)


def take_up(receiver: Actor, referral: Any) -> None:
    """The receiver accepts and starts, by the services."""
    act(referrals.accept, receiver, referral_id=referral.pk, no_conflict=True)
    act(referrals.start, receiver, referral_id=referral.pk)
