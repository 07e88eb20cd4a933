"""The ten pages on which most of the work is done: without script, in the dark, and on paper."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.justice import services as proceedings
from havre.protection import indicators
from havre.trust.actors import Actor
from havre.trust.enums import Basis, Role
from tests.factories import give_to, make_actor
from tests.factories_casework import PERSON, screen
from tests.journeys.conftest import WIDTHS
from tests.journeys.steps_offices import FULL, ago
from tests.journeys.test_pages import barriers
from tests.journeys.test_referral_pages import Scene
from tests.referral.houses import act

PERSONS_PAGE = "person"
# the shell, the acts, and fields that would come out empty
NOT_PRINTED = (".bar", ".rail", ".btn", "form[method=post] .field")


@pytest.fixture
def pages(unlocked, settings, tmp_path) -> list[tuple[str, Actor, str]]:
    """(name, who, address) of the ten pages, each with something on it. The last but one opens the tenth, the person's own."""
    settings.STATIC_ROOT = tmp_path
    scene, now = Scene(), timezone.now()
    screened = _screened(scene.sender, now)
    police = make_actor(Role.INVESTIGATOR, at=now)
    give_to(police, scene.case, basis=Basis.LEGAL_DUTY)
    told = {"against": "trafficker", "measures": ["pseudonym"], "lawyer_at": ago(days=1), "threats_assessed_at": ago(days=1)}
    opened = act(proceedings.open_proceeding, police, case_id=scene.case.pk, person_id=scene.person.pk, record=told)
    ref = scene.case.ref
    return [
        ("home", scene.sender, "/"),
        ("cases", scene.sender, reverse("cases")),
        ("case", scene.sender, reverse("case", args=[ref])),
        ("screening", scene.sender, reverse("protection:screening", args=[screened.pk])),
        ("consents", scene.sender, reverse("case_consents", args=[ref])),
        ("referral", scene.shelter, reverse("referral:answer", args=[scene.sent.pk])),
        ("conference", scene.sender, reverse("referral:conference", args=[scene.conference.pk])),
        ("proceeding", police, reverse("justice:proceeding", args=[opened.pk])),
        ("board", scene.coordinator, reverse("partnership:board")),
        (PERSONS_PAGE, scene.sender, reverse("person_open", args=[ref, scene.person.pk])),
    ]


def _screened(by: Actor, at: Any) -> Any:
    answers = [(one.code, "yes", "said") for one in list(indicators.cards("first_contact", "adult_labour"))[:5]]
    conditions = {
        "information_given_at": at, "language": "eng", "interpreter": False, "privacy_confirmed": True, "safety_level": "low",
        "medical_need": False,
    }  # fmt: skip
    with trust.acting(by):
        return screen(by, answers, conditions=conditions, person=PERSON, happened_at=at)


def walk(visit: Any, pages: list[tuple[str, Actor, str]], **how: Any) -> Any:
    """Open each page in a window of its own person; the person's page by its form, since the screen locks to it."""
    windows: dict[Any, Any] = {}
    get_user_model().objects.update(language=how.get("language", "en"))
    for name, actor, path in pages:
        key = (actor.user.pk, name == PERSONS_PAGE)
        window = windows.setdefault(key, None) or visit(actor, **how)
        windows[key] = window
        assert (name, window.go(path)) == (name, 200)
        if name == PERSONS_PAGE:
            window.page.check("[name=agrees]")
            window.page.locator("form", has=window.page.locator("[name=agrees]")).locator("button[type=submit]").click()
            window.page.wait_for_load_state()
            assert window.page.url.endswith(reverse("person:page"))
        assert (name, window.page.locator("h1").first.is_visible()) == (name, True)
        yield name, window
    assert [url for window in windows.values() for url in window.foreign] == []


def forms(*short: tuple[str, int]) -> Any:
    every = [(language, width) for language in ("en", "fr") for width in WIDTHS]
    return pytest.mark.parametrize(("language", "width"), every if FULL else short)


@forms(("en", 360))
def test_ten_pages_work_without_script(visit, pages, language, width):
    wrong = []
    for name, window in walk(visit, pages, script=False, language=language, width=width):
        window.picture(f"ten-{name}-no-script-{language}-{width}")
        if window.page.locator("button[type=button]:visible").count():
            wrong.append(f"{name}: a button that does nothing without script")
        if window.overflow() > 0:
            wrong.append(f"{name}: {window.overflow()} px too wide")
    assert wrong == [], "\n".join(wrong)


@forms(("fr", 1280))
def test_ten_pages_in_the_dark_have_no_barrier(visit, pages, language, width):
    wrong = []
    for name, window in walk(visit, pages, dark=True, language=language, width=width):
        window.picture(f"ten-{name}-dark-{language}-{width}")
        wrong += [f"{name}: {barrier}" for barrier in barriers(window.page)]
        if window.overflow() > 0:
            wrong.append(f"{name}: {window.overflow()} px too wide")
    assert wrong == [], "\n".join(wrong)


@forms(("fr", 1280))
def test_ten_pages_on_paper_hold_no_menu_and_no_act_and_say_whose_copy_it_is(visit, pages, language, width):
    wrong = []
    for name, window in walk(visit, pages, language=language, width=width):
        window.page.emulate_media(media="print")
        window.picture(f"ten-{name}-print-{language}-{width}")
        wrong += [f"{name}: {part} is printed" for part in NOT_PRINTED if window.page.locator(f"{part}:visible").count()]
        if name != PERSONS_PAGE and not window.page.locator(".print-foot").is_visible():
            wrong.append(f"{name}: nothing says whose copy it is")
        if window.overflow() > 0:
            wrong.append(f"{name}: {window.overflow()} px too wide")
        window.page.emulate_media(media="screen")
    assert wrong == [], "\n".join(wrong)
