"""A day of the data-protection officer: who read a file, what was refused, an emergency to judge, terms and holds, a leaked account."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre.register.models import Case
from havre.register.person import acts
from havre.trust.enums import Role, Section
from havre.trust.ids import new_id
from havre.trust.models import BreakGlass, SealedSection
from havre.trust.retention import services
from tests.factories_site import make_case_now, person_of, signed_assessment, signed_in
from tests.journeys.steps_offices import NAME, PLACE, Day, Desk, a_case, ago, every_form, fill, in_days
from tests.referral.houses import act


@pytest.fixture
def day(visit, unlocked, settings, tmp_path, language, width) -> Day:
    settings.STATIC_ROOT = tmp_path
    made = Day(visit, "officer", language, width)
    made.never = (NAME, PLACE)
    return made


@pytest.fixture
def manager(day):
    return day.person(Role.CASE_MANAGER)


def past_its_term(owner) -> Case:
    """A case closed four months ago whose whereabouts are still sealed in it."""
    case = make_case_now(owner)
    row = {"case_id": case.pk, "person_id": person_of(case).pk, "section_bit": int(Section.WHEREABOUTS), "kind": "note"}
    SealedSection.objects.for_house("tests").model(**row, record_id=new_id(), body=b"x" * 40, key_version=1).save(force_insert=True)
    Case.objects.for_house("tests").filter(pk=case.pk).update(status="Closed", closed_at=ago(days=124))
    return case


def readings(manager, case) -> None:
    """The manager reads the file, and the person asks for a copy of it."""
    assert signed_in(manager).get(reverse("case", args=[case.ref])).status_code == 200
    act(acts.receive, manager, case_id=case.pk, person_id=person_of(case).pk, kind="copy", language="en")


def broken(manager, case) -> BreakGlass:
    now = timezone.now()
    until = {"starts_at": now, "ends_at": now + timedelta(hours=1), "review_by": now + timedelta(days=3)}
    made = BreakGlass(case_id=case.pk, user=manager.user, holder_id=manager.personal_id, reason="danger_to_life", **until)
    made.save(force_insert=True)
    return made


@every_form(("fr", 360))
def test_officer_looks_after_accesses_terms_and_leaks(day, manager):
    case, old = a_case(manager), past_its_term(manager)
    readings(manager, case)
    broken(manager, case)
    officer = day.person(Role.DATA_PROTECTION_OFFICER)
    signed_assessment(officer)
    desk = day.desk(officer)
    desk.home()
    judge(desk, manager)
    terms(desk, old)
    who_read(desk, case)
    leak(desk, manager)
    desk.menu("Record of processing", "processing")
    desk.sees(desk.say("Purposes"))
    desk.menu("Requests", "requests")
    desk.sees(desk.say("A copy"), "Example case_manager")
    day.end()


def judge(desk: Desk, manager) -> None:
    """The emergency access, from the home page to the finding."""
    say = desk.say
    desk.page.locator(".work a.go").first.click()
    desk.look("emergency")
    desk.sees(say("Danger to life or safety"), say("not yet"))
    fill(desk.form(say("Write the finding")), verdict="justified")
    desk.press(say("Write the finding"), "judged")
    desk.sees(say("Nothing waits."))


def who_read(desk: Desk, case) -> None:
    """The history of a file by its reference, and its paper for the person; what was refused."""
    say = desk.say
    desk.menu("Access history", "history")
    fill(desk.form(say("Show who read it")), ref="D-0000-0000")
    desk.press(say("Show who read it"), "no-such-file")
    desk.sees(say("No file bears this reference. Type it as it stands on the receipt, for example D-7K2M-0QXA."))
    fill(desk.form(say("Show who read it")), ref=case.ref)
    desk.press(say("Show who read it"), "who-read")
    desk.sees("Awa case_manager")
    desk.follow(say("Paper for the person, in French") if desk.day.language == "fr" else say("Paper for the person, in English"), "paper")
    desk.sees(say("If something here is not right"))
    desk.sees_not("Awa case_manager")
    desk.page.go_back()
    desk.follow(say("Access history"), "history-again")
    desk.follow(say("What was refused"), "refused")
    # the officer's own attempt with a reference that no file bears
    desk.sees("Awa data_protection_officer", "retention.hold")


def terms(desk: Desk, old) -> None:
    """The dry run; a hold keeps the case, lifted it goes again; then the order."""
    say = desk.say
    desk.menu("Retention", "retention")
    desk.sees(old.ref, say("Nothing was ordered yet."))
    desk.open_up(say("Hold a case"))
    fill(desk.form(say("Hold it")), ref="D-0000-0000", reason="claim", review_on=in_days(90))
    desk.press(say("Hold it"), "not-held")
    desk.sees(say("No file bears this reference. Type it as it stands on the receipt, for example D-7K2M-0QXA."))
    fill(desk.form(say("Hold it")), ref=old.ref)
    desk.press(say("Hold it"), "held")
    desk.sees(say("The case is kept until the hold is lifted."), say("Over its term, and held"), say("Nothing is over its term."))
    desk.press(say("Lift", "a hold"), "lifted")
    desk.sees(say("The hold is lifted: the terms count again."))
    desk.main.locator("button.undo").click()
    desk.look("ordered")
    desk.sees(say("Ordered. It is carried out within the hour, and this page says what went."))
    assert services.carry_out(timezone.now()) == 1
    desk.menu("Retention", "carried-out")
    desk.sees(say("%(done)s gone, %(kept)s kept back", done=1, kept=0))
    desk.sees_not(old.ref)


def leak(desk: Desk, manager) -> None:
    """A leaked account: who was affected, and whom to call."""
    say = desk.say
    desk.menu("Leaked account", "leak")
    form = desk.form(say("Show who was affected"))
    fill(form, account="nobody-of-this-name", since=ago(hours=3), until=ago(hours=-1))
    desk.press(say("Show who was affected"), "leak-unknown")
    desk.sees(say("No account has this sign-in name. Take it from the list of the organisation."))
    fill(desk.form(say("Show who was affected")), account=manager.user.username)
    desk.press(say("Show who was affected"), "affected")
    desk.sees(say("Services to call"), "Example case_manager")
