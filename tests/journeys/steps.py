"""Shared steps of the journeys: a person's way through the pages by what is on them, and what was wrong on any page passed.

Nothing here posts or opens an address by itself but the first page: every other page is reached by a link or a button that is seen.
"""

from __future__ import annotations

import os
import random
import re
from collections import Counter
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.contrib.auth import get_user_model
from django.urls import resolve
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext, override, pgettext
from playwright.sync_api import Locator, expect

from havre import trust
from havre.register import services as register
from havre.register.enums import Explained
from havre.register.models import Case
from havre.site import demonstration, line, line_walk
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Purpose, Role, Section
from havre.trust.models import Agreement, Organisation
from tests.journeys.conftest import WIDTHS, Visit
from tests.journeys.test_pages import barriers

FULL = os.environ.get("HAVRE_JOURNEYS") == "full"
# short: each journey on a phone in English and at a desk in French; full: each language at each width
WAYS = [(language, width) for language in ("en", "fr") for width in WIDTHS] if FULL else [("en", WIDTHS[0]), ("fr", WIDTHS[1])]
# languages that people are spoken to in, beyond the two of the staff
SPOKEN = ("pt", "tet", "th")
# the language of a talk, by the letters of a page
TALK = {"en": "eng", "fr": "fra", "pt": "por", "tet": "tet", "th": "tha"}
each_way = pytest.mark.parametrize(("language", "width"), WAYS)


class Walk:
    """One window and one user: follows links, presses buttons, and looks at every page that it comes to."""

    def __init__(self, window: Visit, name: str, language: str, width: int) -> None:
        self.window, self.page = window, window.page
        self.name, self.language, self.width = name, language, width
        self.shots, self.wrong, self.passed = 0, [], 0
        self.status = 200
        self.kinds: Counter[tuple[str, int]] = Counter()
        # on a person's own page the words are those of that page, in whatever language it is
        self.on_own_page = False
        self.page.set_default_timeout(15_000)
        self.page.on("response", self._answered)

    def _answered(self, response: Any) -> None:
        asked = response.request
        page = asked.is_navigation_request() or "hx-request" in asked.headers
        if page and not 300 <= response.status < 400:
            self.status = response.status

    # -- words

    def say(self, words: str, context: str = "", **values: Any) -> str:
        """The words as this user's page says them."""
        if self.on_own_page:
            return words
        with override(self.language):
            return (pgettext(context, words) if context else gettext(words)) % values

    def of(self, words: Any) -> str:
        """What the page is to show for this: a code's label, or words, in this user's language."""
        if isinstance(words, str) and not isinstance(words, Enum):
            return self.say(words)
        with override(self.language):
            return str(getattr(words, "label", words))

    def day(self, moment: datetime) -> str:
        with override(self.language):
            return date_format(moment, "j F Y")

    # -- acts

    def start(self, path: str = "/") -> None:
        """The first page, the only one that is opened by its address."""
        self.window.go(path)
        self.look("start")

    def follow(self, words: str, context: str = "", *, within: str = "main", last: bool = False, look: bool = True) -> None:
        """Click the link with these words, which must be seen."""
        links = self.page.locator(within).get_by_role("link", name=self.say(words, context))
        self._click(links.last if last else links.first)
        if look:
            self.look(words)

    def follow_to(self, words: str) -> None:
        """Click the link whose words are data, a reference or a number."""
        self._click(self.page.locator("main").get_by_role("link", name=words).first)
        self.look(words)

    def menu(self, words: str) -> None:
        """Go by the menu, which a phone opens first."""
        rail = self.page.locator("#menu")
        if not rail.is_visible():
            self.page.get_by_role("link", name=self.say("Menu")).first.click()
            expect(rail).to_be_visible()
        self._click(rail.get_by_role("link", name=self.say(words), exact=True).first)
        self.look(words)

    def press(self, words: str, context: str = "", *, within: str = "main", status: int = 200, last: bool = False) -> None:
        """Press the button with these words; `status` is what the server is to answer."""
        buttons = self.page.locator(within).get_by_role("button", name=self.say(words, context), exact=True)
        self._click(buttons.last if last else buttons.first)
        self.look(words, status=status)

    def click(self, found: Locator, step: str) -> None:
        """Click what was found on the page, which must be seen."""
        self._click(found.first)
        self.look(step)

    def turn(self, words: str) -> None:
        """Press without looking the next page over: it is of a kind that was looked over before."""
        self._click(self.page.locator("main").get_by_role("button", name=self.say(words), exact=True).first)

    def _click(self, found: Locator) -> None:
        self.status = 200
        expect(found).to_be_visible()
        with self.page.expect_response(_settled):
            found.click()
        self.page.wait_for_load_state()
        # not `wait_for_function`: a page's own security policy forbids the eval that it falls back on when a navigation overtakes it
        self.page.locator(".htmx-request").first.wait_for(state="detached")

    def take_up(self, words: str) -> None:
        """Follow the link of a kind of care whose heading has these words."""
        section = self.page.locator("main section", has=self.page.get_by_role("heading", name=self.say(words), exact=True)).first
        self._click(section.get_by_role("link").first)
        self.look(words)

    def unfold(self, words: str, context: str = "") -> None:
        """Open what is folded under these words, where it is not open yet."""
        found = self.page.locator("details", has=self.page.locator("summary", has_text=self.say(words, context))).first
        if found.get_attribute("open") is None:
            found.locator("summary").first.click()

    def fill(self, **fields: Any) -> None:
        """Fill in fields by name: True and False tick, a list ticks several, a moment goes into its own form, the rest is chosen or typed."""
        for name, value in fields.items():
            self._fill(name.replace("__", "-"), value)

    def _fill(self, name: str, value: Any) -> None:
        if isinstance(value, list | tuple | set):
            for one in value:
                self.page.locator(f'main [name="{name}"][value="{one}"]:visible').check()
            return
        # one of several, before anything else of that name: a button may have it too
        one_of = self.page.locator(f'main input[type="radio"][name="{name}"][value="{value}"]:visible')
        if one_of.count():
            one_of.first.check()
            return
        field = self.page.locator(f'main :is(input, select, textarea)[name="{name}"]:visible').first
        kind = field.evaluate("one => one.tagName === 'SELECT' ? 'select' : one.type")
        if kind == "checkbox":
            field.set_checked(bool(value))
        elif kind == "select":
            field.select_option(str(value))
        elif isinstance(value, datetime):
            field.fill(timezone.localtime(value).strftime("%Y-%m-%dT%H:%M" if kind == "datetime-local" else "%Y-%m-%d"))
        else:
            field.fill(str(value))

    def fill_by_id(self, **fields: Any) -> None:
        """The same on the phone's page, whose fields have no name."""
        for name, value in fields.items():
            field = self.page.locator(f"#f-{name}")
            if isinstance(value, bool):
                field.set_checked(value)
            else:
                field.select_option(value)

    # -- what is seen

    def sees(self, *words: Any, within: str = "main") -> None:
        """Each of these is on the page and visible. Plain English words are looked up in the user's language; labels are taken as they are."""
        for one in words:
            said = self.of(one)
            found = self.page.locator(within).get_by_text(said).locator("visible=true").first
            try:
                expect(found).to_be_visible(timeout=4000)
            except AssertionError as failed:
                raise AssertionError(
                    f"{self.name}: “{said}” is not seen on {self.page.url}:\n{self.page.inner_text(within)[:3000]}"
                ) from failed

    def sees_not(self, *words: Any, within: str = "main") -> None:
        text = self.page.inner_text(within)
        for one in words:
            said = self.of(one)
            assert said not in text, f"{self.name}: “{said}” is seen on {self.page.url}"

    def look(self, step: str, *, status: int = 200) -> None:
        """What holds on every page passed: its answer, no barrier, no sideways scroll, no complaint, nobody else asked."""
        self.passed += 1
        if self.status != status:
            text = self.page.inner_text("body")[:2500]
            raise AssertionError(f"{self.name}, {step}: answered {self.status}, not {status}, at {self.page.url}:\n{text}")
        told = [text for text in self.window.complaints if not (status >= 400 and f"status of {status}" in text)]
        self.window.complaints.clear()
        at = f"{self.name} {self.language} {self.width}, after “{step}”"
        self.wrong += [f"{at}: {text}" for text in told]
        if self._is_to_be_checked():
            self.wrong += [f"{at}: {barrier}" for barrier in barriers(self.page)]
        if self.window.overflow() > 0:
            self.wrong.append(f"{at}: {self.window.overflow()} px too wide")
        self.picture(step)

    def _is_to_be_checked(self) -> bool:
        """Whether the barriers of this page are looked for: always in the full form, twice for each address and answer in the short one."""
        path = urlsplit(self.page.url).path
        kind = (resolve(path).view_name, self.status)
        self.kinds[kind] += 1
        return FULL or self.kinds[kind] <= 2

    def picture(self, step: str) -> None:
        self.shots += 1
        short = re.sub(r"[^a-z0-9]+", "-", step.lower()).strip("-")[:28]
        self.window.picture(f"{self.name}-{self.language}-{self.width}-{self.shots:02d}-{short}")

    def end(self) -> None:
        """Nothing was wrong on the way."""
        print(f"{self.name} {self.language} {self.width}: {self.passed} pages passed")
        assert self.wrong == [], "\n".join(dict.fromkeys(self.wrong))
        assert self.window.foreign == [], "\n".join(self.window.foreign)


def _settled(response: Any) -> bool:
    """Whether this is the answer that a click waits for: a page or a fragment, no redirect on the way to it."""
    on_the_way = 300 <= response.status < 400 or "hx-redirect" in response.headers
    return response.request.resource_type in {"document", "xhr", "fetch"} and not on_the_way


def sign_in(visit: Any, role: Role, name: str, language: str, width: int) -> Walk:
    """A window of the demonstration's account of this role, in this language."""
    get_user_model().objects.filter(username=role.value).update(language=language)
    return Walk(visit(actor(role), width=width, language=language), name, language, width)


def actor(role: Role, purpose: Purpose | None = None) -> Actor:
    """The demonstration's account of this role, now."""
    return demonstration.actor(role, timezone.now(), purpose)


def prepared(*, hours: float, child: bool = False) -> line_walk.Walk:
    """A made-up person whom the officers met so many hours ago, as far down the line as the calendar allows."""
    now = timezone.now()
    way = line_walk.Walk(random.Random(7), 0, now - timedelta(hours=hours), now, Counter(), child=child)
    line.take(way)
    return way


def give_consent(walk: Walk, receiver: Organisation, role: str, purpose: str, sections: Section, spoken: str) -> None:
    """On the page of consents: the person says yes to one service, for one purpose, for some parts, until a day."""
    walk.unfold("Record an answer")
    parts = [int(one) for one in sections]
    whom = {"state": "given", "recipient": receiver.pk, "recipient_role": role, "purpose": purpose, "sections": parts}
    walk.fill(**whom, until=in_days(30), language=TALK[spoken], evidence="spoken", explained=Explained.values)
    walk.press("Record the answer")
    walk.sees("The answer is recorded.", receiver.name)


def consented(way: line_walk.Walk, role: Role, sections: Section, purpose: Purpose = Purpose.PROTECTION) -> None:
    """The person's yes to the service that has this role, as its case manager wrote it down."""
    by, receiver = actor(Role.CASE_MANAGER), actor(role)
    told = {"explained": Explained.values, "language": "eng", "given_by": "guardian" if way.child else "person", "child_heard": way.child}
    whom = {"recipient_id": receiver.organisation_id, "recipient_role": role, "purpose": purpose, "sections": sections | Section.CASE}
    with trust.acting(by):
        register.record_consent(by=by, **way.who, state="given", ends_at=in_days(60), **whom, **told)


def agreed(first: str, *others: str) -> None:
    """Sharing agreements in force between one service and others, by their codes."""
    today = timezone.localdate()
    whose = Organisation.objects.get(code=first)
    for other in Organisation.objects.filter(code__in=others):
        term = {"starts_on": today - timedelta(days=30), "ends_on": today + timedelta(days=365)}
        Agreement.objects.create(first=whose, second=other, reference=f"EXAMPLE-{first}-{other.code}", sections=int(ALL_SECTIONS), **term)


def ref_of(way: line_walk.Walk) -> str:
    """The reference of the case of this person."""
    return Case.objects.for_house("tests").get(pk=way.case_id).ref


def in_days(days: float) -> datetime:
    return timezone.now() + timedelta(days=days)


@pytest.fixture
def country(unlocked: Any, tmp_path: Any, settings: Any) -> Any:
    """The made-up services with an account for each role, the agreements between them, and no person yet. Gives their folder."""
    settings.STATIC_ROOT = tmp_path
    demonstration.make_accounts(tmp_path)
    demonstration.make_agreements(timezone.now())
    return tmp_path
