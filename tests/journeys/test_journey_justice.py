"""A day of the investigator, the prosecutor and the lawyer: from the referral to the payment, by pseudonym and never with a place."""

from __future__ import annotations

from typing import Any

import pytest

from havre.justice import services as proceedings
from havre.justice.models import CompensationClaim, Proceeding
from havre.justice.services import records
from havre.trust.enums import Basis, Role, Section
from tests.factories import give_to
from tests.factories_site import person_of
from tests.journeys.steps_offices import NAME, PLACE, Day, Desk, a_case, ago, every_form, fill, in_days, refer, take_up
from tests.referral.houses import act

FACTS = Section.FACTS | Section.JUSTICE


@pytest.fixture
def day(visit, unlocked, settings, tmp_path, language, width) -> Day:
    settings.STATIC_ROOT = tmp_path
    made = Day(visit, "justice", language, width)
    made.never = (NAME, PLACE)
    return made


@pytest.fixture
def people(day) -> dict[str, Any]:
    """A case manager with two cases, an investigator, a prosecutor, a lawyer and the fund."""
    roles = {
        "manager": Role.CASE_MANAGER,
        "investigator": Role.INVESTIGATOR,
        "prosecutor": Role.PROSECUTOR,
        "lawyer": Role.LEGAL_AID,
        "fund": Role.COMPENSATION_FUND,
    }
    return {name: day.person(role, organisation__country="GH") for name, role in roles.items()}


def record(desk: Desk, step: str, name: str, **values: Any) -> None:
    """One step of a proceeding, on its own form."""
    form = desk.form(desk.say("Record the step"))
    form.get_by_label(desk.say(step), exact=True).check()
    fill(form, **values)
    desk.press(desk.say("Record the step"), name)


def next_step(desk: Desk, pseudonym: str, step: str, name: str, **values: Any) -> None:
    """The next step of one row, which is folded beneath it."""
    row = desk.main.locator("article", has_text=pseudonym).first
    desk.open_up(desk.say("Next step"), within=row)
    choice = row.locator("select[name=step]")
    if choice.count():
        choice.select_option(label=desk.say(step))
    fill(row, **values)
    desk.press(desk.say("Record the step"), name, within=row)


@every_form(("fr", 1280))
def test_from_the_referral_to_the_judgment_and_the_payment(day, people):
    case = a_case(people["manager"])
    refer(people["manager"], people["investigator"], case, "justice", FACTS)
    take_up(people["lawyer"], refer(people["manager"], people["lawyer"], case, "legal", FACTS))
    give_to(people["fund"], case, sections=FACTS, basis=Basis.CONSENT, starts_at=ago(days=1))
    pseudonym = investigate(day.desk(people["investigator"]), case)
    prosecute(day.desk(people["prosecutor"]), pseudonym)
    compensate(day, people)
    day.end()


def investigate(desk: Desk, case: Any) -> str:
    """The referral, the inquiry, the interview, a suspect, an exhibit, a link; then it goes to the prosecution."""
    say = desk.say
    desk.home()
    desk.page.locator(".work a.go").first.click()
    desk.look("offer")
    desk.sees(say("Name, place and facts stay closed. The file opens if you accept."))
    fill(desk.form(say("Accept")), no_conflict=True)
    desk.press(say("Accept"), "accepted")
    desk.follow(say("Open the file"), "case")
    desk.sees_not(say("Open, for a reason"))
    desk.follow(say("New proceeding"), "new")
    form = desk.form(say("Open the inquiry"))
    fill(form, against="trafficker")
    desk.press(say("Open the inquiry"), "refused")
    desk.sees(say("Not recorded yet: this is missing"))
    # nothing is said of the other form, which nobody sent
    assert desk.main.locator(".err").count() == 0
    form = desk.form(say("Open the inquiry"))
    fill(form, measures=["pseudonym", "support_person", "no_contact"], lawyer_at=ago(days=2), threats_assessed_at=ago(hours=4))
    desk.press(say("Open the inquiry"), "opened")
    opened = Proceeding.objects.for_house("tests").get(case_id=case.pk)
    desk.sees(opened.pseudonym, say("Inquiry"))
    heard = {"informed_at": ago(hours=2), "language": "eng", "privacy_confirmed": True, "interview_recorded": True}
    record(desk, "Interview", "interview", **heard)
    desk.follow(say("Suspects and charges"), "suspects")
    fill(desk.form(say("Add a suspect")), kind="natural", role="recruiter", file_number="INV-12/26")
    desk.press(say("Add a suspect"), "suspect")
    desk.sees("INV-12/26")
    exhibit_and_link(desk)
    desk.follow(say("Proceeding"), "proceeding")
    record(desk, "Refer to the prosecution", "referred")
    return opened.pseudonym


def exhibit_and_link(desk: Desk) -> None:
    say = desk.say
    desk.follow(say("Evidence"), "evidence")
    form = desk.form(say("Take into custody"))
    fill(form, kind="paper", source="from_search", taken_at=ago(hours=3), seal_number="GH-0031")
    form.locator("[name=file]").set_input_files({"name": "ledger.txt", "mimeType": "text/plain", "buffer": b"14 days, 3 paid"})
    desk.press(say("Take into custody"), "exhibit")
    desk.sees("GH-0031", say("Read the clean copy"))
    desk.follow(say("Links"), "links")
    for kind, words in (("phone_node", "+233 00 000 0001"), ("event_node", "Example recruitment fair")):
        fill(desk.form(say("Add")), node_kind=kind, words=words)
        desk.press(say("Add"), "node")
    form = desk.form(say("Add a link"))
    fill(form, kind="uses", origin="papers", seen_on=in_days(-20))
    for place, name in enumerate(("first", "second"), start=1):
        form.locator(f"[name={name}]").select_option(index=place)
    desk.press(say("Add a link"), "linked")
    desk.sees("+233 00 000 0001", say("What is linked"))


def prosecute(desk: Desk, pseudonym: str) -> None:
    """Charge, hearing, trial, judgment and sentence."""
    say = desk.say
    desk.home()
    desk.follow(say("%(who)s: decide whether to charge", who=pseudonym), "inquiry")
    desk.follow(say("Suspects and charges"), "suspects")
    suspect = desk.main.locator("article h3").first.inner_text().split()[0]
    desk.follow(say("Proceeding"), "proceeding")
    form = desk.form(say("Add the offence"))
    fill(form, iccs="02042", article="Act 694, s. 2")
    form.locator("[name=suspect_id]").select_option(label=suspect)
    desk.press(say("Add the offence"), "offence")
    desk.sees("Act 694, s. 2")
    record(desk, "Charge the alleged trafficker", "charged")
    desk.sees(say("Charged"))
    desk.follow(say("Hearings"), "hearings")
    plan(desk)
    desk.follow(say("Suspects and charges"), "indicting")
    next_step(desk, suspect, "Bring before the court", "indicted")
    desk.follow(say("Proceeding"), "before-trial")
    record(desk, "Open the trial", "trial", hearing_mode="closed", hearing_on=in_days(9), court="first_instance", court_number="C/14/26")
    record(desk, "Record the judgment", "judged", verdict="convicted")
    desk.sees(say("Judged"))
    desk.follow(say("Suspects and charges"), "sentencing")
    form = desk.form(say("Record the judgment"))
    form.locator("[name=charge]").select_option(index=1)
    fill(form, verdict="convicted", kind="imprisonment", months=96)
    desk.press(say("Record the judgment"), "sentence")
    desk.sees(say("%(months)s months", months=96))
    next_step(desk, suspect, "Record the conviction", "convicted")
    desk.sees(say("Found guilty"))
    desk.follow(say("Proceeding"), "after-judgment")
    desk.sees(say("Convicted"), say("Court of first instance"))


def plan(desk: Desk) -> None:
    say = desk.say
    form = desk.form(say("Plan a hearing"))
    fill(form, starts_at=ago(days=-9), court="first_instance", purpose="trial_day", person_heard=True)
    desk.press(say("Plan a hearing"), "hearing-refused")
    desk.sees(say("Not recorded yet: this is missing"))
    form = desk.form(say("Plan a hearing"))
    # what was typed stays
    assert (form.locator("[name=court]").input_value(), form.locator("[name=person_heard]").is_checked()) == ("first_instance", True)
    fill(form, mode="closed", measures=["screen_or_video"])
    desk.press(say("Plan a hearing"), "hearing")
    desk.sees(say("Planned", "hearing"), say("Behind closed doors"))


def compensate(day: Day, people: dict[str, Any]) -> None:
    """The lawyer tells, reckons and claims; the fund awards and pays."""
    desk, say = day.desk(people["lawyer"]), day.say
    desk.home()
    desk.menu("Referrals", "referrals")
    desk.page.locator("nav.tabs").get_by_role("link", name=say("Under way")).click()
    desk.look("under-way")
    desk.main.locator("table a").first.click()
    desk.look("referral")
    desk.follow(say("Open the file"), "case")
    desk.follow(say("Compensation"), "new")
    fill(desk.form(say("The person was told of compensation")), language="eng", kind="fund", limitation_on=in_days(40))
    desk.press(say("The person was told of compensation"), "told")
    claim = CompensationClaim.objects.for_house("tests").get()
    desk.follow(say("Reckon lost wages"), "wages")
    work = {"first": in_days(-200), "last": in_days(-100), "days_a_week": 6, "hours_a_week": 60, "agreed": "900", "currency": "GHS"}
    fill(desk.form(say("Reckon")), **work)
    desk.press(say("Reckon"), "reckoned")
    desk.sees(say("Owed in all:"))
    desk.press(say("Keep with the claim"), "kept")
    desk.follow(claim.pseudonym, "claim")
    record(desk, "Claim", "claim-refused", claimed="4800", currency="GHS")
    desk.sees(say("Not recorded yet: this is missing"))
    record(desk, "Claim", "claimed", wanted_at=ago(hours=1), lawyer_at=ago(days=2), kind="fund", claimed="4800", currency="GHS")
    desk.sees(say("Claimed"), day.money("4800.00 GHS"))
    pay(day.desk(people["fund"]), claim.pseudonym)


def pay(desk: Desk, pseudonym: str) -> None:
    say = desk.say
    desk.home()
    desk.follow(say("%(who)s: decide on the claim", who=pseudonym), "claim")
    record(desk, "Award", "awarded", awarded="3600")
    record(desk, "Record a part payment", "part", paid="1200")
    desk.home()
    desk.follow(say("%(who)s: pay what was awarded", who=pseudonym), "owed")
    record(desk, "Record full payment", "paid", paid="3600")
    desk.sees(say("Paid"), desk.day.money("3600.00 GHS"))


@every_form(("en", 360))
def test_person_who_was_made_to_do_it_is_not_punished(day, people):
    case = a_case(people["manager"])
    for name in ("investigator", "prosecutor", "lawyer"):
        give_to(people[name], case, sections=FACTS, basis=Basis.LEGAL_DUTY, starts_at=ago(days=1))
    told = {"against": "person", "measures": ["pseudonym"], "lawyer_at": ago(days=1), "threats_assessed_at": ago(days=1)}
    opened = act(proceedings.open_proceeding, people["investigator"], case_id=case.pk, person_id=person_of(case).pk, record=told)
    desk, say = day.desk(people["prosecutor"]), day.say
    desk.home()
    desk.follow(say("%(who)s: decide whether to charge", who=opened.pseudonym), "inquiry")
    record(desk, "Charge a person who may be a victim", "charge-refused", nexus="direct", nexus_assessed_at=ago(hours=1))
    desk.sees(say("Not recorded yet: this is missing"))
    act(records.add, people["investigator"], kind="requests", proceeding_id=opened.pk, record={"ground": "compelled"})
    lawyer = day.desk(people["lawyer"])
    lawyer.home()
    lawyer.follow(say("%(who)s: may not be punished, look at it today", who=opened.pseudonym), "flagged")
    next_step(lawyer, say("Compelled by the traffickers"), "Ask for non-punishment", "asked")
    desk.home()
    desk.follow(say("%(who)s: answer the request for non-punishment", who=opened.pseudonym), "to-answer")
    next_step(desk, say("Compelled by the traffickers"), "Grant: drop the charge", "granted")
    desk.follow(say("Proceeding"), "dropped")
    desk.sees(say("Granted, charge dropped"))
    lawyer.menu("Proceedings", "list")
    lawyer.sees(opened.pseudonym, say("Closed", "proceeding"))
    day.end()
