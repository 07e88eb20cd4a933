"""A day of the information officer: the leaflets of the country, read in each language, printed, and handed out as a page."""

from __future__ import annotations

import pytest

from havre.publishing.site_words import site_words
from havre.publishing.sources import LANGUAGES
from havre.trust.enums import Role
from tests.journeys.steps_offices import Day, every_form


@pytest.fixture
def day(visit, unlocked, settings, tmp_path, language, width) -> Day:
    settings.STATIC_ROOT = tmp_path
    return Day(visit, "trainer", language, width)


@every_form(("fr", 1280))
def test_leaflet_from_the_list_to_the_paper(day):
    desk, say = day.desk(day.person(Role.TRAINER)), day.say
    desk.home()
    desk.sees(say("You train and inform: module, guide, brochures, from the same sources."))
    desk.main.get_by_role("link", name=say("Documents"), exact=True).click()
    desk.look("leaflets")
    rows = desk.main.locator("tbody tr")
    assert rows.count() >= len(LANGUAGES)
    row = rows.filter(has_text=say("English")).first if day.language == "en" else rows.filter(has_text=say("French")).first
    desk.follow(say("Page"), "leaflet", within=row)
    title, paper = desk.page.locator("h1").inner_text(), site_words(day.language)["pdf"]
    desk.page.emulate_media(media="print")
    assert not desk.page.get_by_role("link", name=paper).is_visible()
    desk.look("leaflet-print")
    desk.page.emulate_media(media="screen")
    href = desk.page.get_by_role("link", name=paper).get_attribute("href")
    got = desk.page.request.get(desk.window.server + href)
    assert (got.status, got.headers["content-type"], got.body()[:5]) == (200, "application/pdf", b"%PDF-")
    other = "fr" if day.language == "en" else "en"
    desk.page.locator(f'nav a[lang="{other}"]').click()
    assert (desk.page.get_attribute("html", "lang"), desk.page.locator("h1").inner_text() == title) == (other, False)
    handed_out(day, desk)
    day.end()


def handed_out(day: Day, desk) -> None:
    """The same address for somebody without an account, without script: no cookie is set."""
    desk.page.locator(f'nav a[lang="{day.language}"]').click()
    path = desk.page.url.removeprefix(desk.window.server)
    reader = day.desk(None, script=False)
    assert reader.window.go(path) == 200
    assert reader.page.locator("h1").is_visible()
    assert reader.window.context.cookies() == []
