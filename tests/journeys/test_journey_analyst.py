"""A day of the analyst: an extract, a profile, a table protected and attacked, two signatures, and the page that everybody may read."""

from __future__ import annotations

import pytest
from django.utils.text import capfirst

from havre.evidence.models import JobRun
from havre.release.models import Release
from havre.trust.enums import Role
from tests.factories_evidence import SECRET_NAME, make_register
from tests.journeys.steps_offices import Day, every_form, fill


@pytest.fixture
def day(visit, unlocked, settings, tmp_path, language, width) -> Day:
    settings.STATIC_ROOT = settings.HAVRE_HOME = tmp_path
    # the worker's child would not see the test's database
    settings.HAVRE_JOBS_INLINE = True
    made = Day(visit, "analyst", language, width)
    made.never = (SECRET_NAME,)
    return made


@every_form(("en", 360))
def test_table_from_the_extract_to_the_public_page(day):
    make_register(60)
    desk, say = day.desk(day.person(Role.RAPPORTEUR)), day.say
    desk.home()
    profile(desk)
    draft(desk)
    desk.press(say("Publish"), "refused")
    desk.sees(say("Not done. Nothing was changed."), capfirst(say("the tables have not been checked: protect and attack them first")))
    desk.press(say("Protect and attack the tables"), "checked")
    desk.sees(say("held"), say("Not signed yet"))
    desk.follow(say("page"), "table-inside")
    desk.sees(say("not shown"))
    desk.page.go_back()
    desk.press(say("Sign what is on this page"), "signed-once")
    officer = day.desk(day.person(Role.DATA_PROTECTION_OFFICER))
    officer.home()
    release = Release.objects.get()
    officer.follow(say("Publication %(ref)s: read and sign", ref=release.ref), "proof")
    officer.press(say("Sign what is on this page"), "signed-twice")
    desk.home()
    desk.follow(say("Publication %(ref)s: publish", ref=release.ref), "signed")
    desk.press(say("Publish"), "published")
    desk.sees(say("Published"))
    everybody(day, desk)
    day.end()


def profile(desk) -> None:
    """An extract of the register, then its profile."""
    say = desk.say
    desk.menu("Figures", "figures")
    desk.sees(say("No source yet. Make an extract of the register to begin."))
    desk.press(say("Make an extract of the register"), "extract")
    desk.press(say("Make the profile"), "profile")
    desk.sees(say("Profile of the persons detected"), "60")
    assert [job.error for job in JobRun.objects.all()] == ["", ""]


def draft(desk) -> None:
    """A publication of one table, first with a mistake."""
    say = desk.say
    desk.menu("Publications", "publications")
    form = desk.form(say("Write the draft"))
    fill(form, title="Persons detected by gender and age", tables="gender, age_group", k=2)
    form.locator("[name=source]").select_option(index=0)
    # the browser itself stops a threshold below three
    assert form.locator("[name=k]").evaluate("one => one.checkValidity()") is False
    fill(form, k=11)
    desk.press(say("Write the draft"), "draft")
    desk.sees("Persons detected by gender and age", say("The tables have not been protected yet."))


def everybody(day: Day, desk) -> None:
    """The published table for somebody without an account."""
    path = desk.main.get_by_role("link", name=day.say("page"), exact=True).get_attribute("href")
    reader = day.desk(None)
    reader.window.go(path)
    reader.look("public")
    reader.sees("Persons detected by gender and age", day.say("not shown"))
    with reader.page.expect_download() as taken:
        reader.main.get_by_role("link", name=day.say("CSV"), exact=True).click()
    assert taken.value.suggested_filename.startswith("table-")
