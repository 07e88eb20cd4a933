"""The case page as one timeline of all parts: who sees a line of which kind, what each line says, and how few queries it costs."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connections, models
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.protection.kinds import KINDS
from havre.protection.models import BestInterests, DayLog, Evidence, Identification, Task
from havre.register import notes
from havre.register.models import Case, Note, Person
from havre.trust.audit import lag
from havre.trust.contracts import contracts
from havre.trust.enums import ALL_SECTIONS, Role, Section
from havre.trust.ids import new_id
from havre.trust.moments import Moment, Reading
from havre.trust.policy.table import CASE_HOLDERS
from tests.factories import give_to
from tests.factories_site import make_now, signed_in
from tests.factories_vault import unlocked  # noqa: F401
from tests.factories_whole import fill_case
from tests.parts import timeline

LINES = {line.model._meta.label: line for contract in contracts() for line in contract.lines()}
PAGES = {name: roles for contract in contracts() for name, roles in contract.pages.items()}
# a labour inspector inquires too
LAW = {Role.INVESTIGATOR, Role.LABOUR_INSPECTOR, Role.PROSECUTOR, Role.LEGAL_AID, Role.COMPENSATION_FUND}
COURT = {Role.INVESTIGATOR, Role.LABOUR_INSPECTOR, Role.PROSECUTOR}
# by hand, apart from the code: of each kind its section and, where they are fewer than the section's readers, those who may see it
KIND_OF = {
    **dict.fromkeys(["register.Case"], (Section.CASE, None)),
    **dict.fromkeys(["protection.Screening"], (Section.SCREENING, None)),
    **dict.fromkeys(
        [f"protection.{name}" for name in ("Identification", "Evidence", "AgeAssessment", "ContactAttempt", "RefusalNotice")],
        (Section.FACTS, None),
    ),
    **dict.fromkeys(
        [
            "register.Note", "register.Attachment", "register.Consent", "register.PersonRequest",
            *(f"protection.{name}" for name in (
                "LaterConsent", "PersonNeed", "RiskAssessment", "AssistancePlan", "AssistanceService", "SafetyMeasure", "SafetyNote",
                "FollowUp", "DayLog", "InterpreterBooking", "Beside", "BestInterests", "ReturnPlan", "StayApplication", "Task", "Assignment",
            )),
            *(f"referral.{name}" for name in ("Referral", "MoreAsked", "Transfer", "Conference", "Seat")),
        ],
        (Section.PROTECTION, None),
    ),
    "protection.Placement": (Section.WHEREABOUTS, None),
    "protection.HealthNote": (Section.HEALTH, None),
    **dict.fromkeys([f"justice.{name}" for name in ("Proceeding", "Charge", "CompensationClaim", "Sentence")], (Section.JUSTICE, None)),
    **dict.fromkeys(
        [f"justice.{name}" for name in ("WageCalculation", "Suspect", "Hearing", "Asset", "NonPunishmentRequest")], (Section.JUSTICE, LAW)
    ),
    **dict.fromkeys([f"justice.{name}" for name in ("LegalAssistance", "Exhibit", "Custody", "SourcedLink")], (Section.JUSTICE, COURT)),
}  # fmt: skip
# who reads which section of a case that is their own, by hand from the policy book
READERS = {
    Section.CASE: set(CASE_HOLDERS),
    Section.SCREENING: {
        Role.FIRST_RESPONDER, Role.HELPLINE, Role.LABOUR_INSPECTOR, Role.CASE_MANAGER, Role.CHILD_PROTECTION,
        Role.IDENTIFICATION_AUTHORITY, Role.SECOND_REVIEWER,
    },
    Section.WHEREABOUTS: {Role.CASE_MANAGER, Role.CHILD_PROTECTION, Role.SHELTER, Role.GUARDIAN, Role.HEALTH},
    Section.HEALTH: {Role.HEALTH, Role.CASE_MANAGER, Role.CHILD_PROTECTION, Role.GUARDIAN},
    Section.JUSTICE: {*LAW, Role.CASE_MANAGER, Role.CHILD_PROTECTION, Role.GUARDIAN},
}  # fmt: skip
READERS[Section.FACTS] = READERS[Section.SCREENING] | {Role.LEGAL_AID, Role.INVESTIGATOR, Role.PROSECUTOR}
READERS[Section.PROTECTION] = {
    Role.CASE_MANAGER, Role.CHILD_PROTECTION, Role.SHELTER, Role.FIRST_RESPONDER, Role.HELPLINE, Role.LABOUR_INSPECTOR,
    Role.GUARDIAN, Role.HEALTH, Role.LEGAL_AID,
}  # fmt: skip


def seen_by(role, case):
    """Its moments and its lines, with a grant of every section as of its own case."""
    actor = make_now(role)
    give_to(actor, case, sections=ALL_SECTIONS)
    with trust.acting(actor):
        moments = Reading.of(actor, case.pk, LINES.values()).moments
    return moments, [entry for moment in moments for entry in moment.entries(actor, PAGES)]


def test_every_kind_of_care_and_every_kind_of_line_is_in_the_table_by_hand():
    assert set(LINES) == set(KIND_OF)
    assert {kind.model._meta.label for kind in KINDS.values()} <= set(LINES)


def test_each_kind_is_seen_by_whoever_may_see_such_records_and_by_nobody_else():
    case = fill_case(make_now())["register.Case"]
    for role in sorted(CASE_HOLDERS):
        moments, _entries = seen_by(role, case)
        wanted = {kind for kind, (section, few) in KIND_OF.items() if role in READERS[section] and (few is None or role in few)}
        assert {one.line.model._meta.label for one in moments} == wanted, role


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND])
def test_justice_sees_no_line_of_protection_and_only_its_own_records_lead_anywhere(role):
    case = fill_case(make_now())["register.Case"]
    _moments, entries = seen_by(role, case)
    assert {entry.section for entry in entries} <= {Section.CASE, Section.FACTS, Section.JUSTICE}
    assert Section.JUSTICE in {entry.section for entry in entries}
    # the pages of a stay, a place, a need are not named by an address either
    closed = [
        name for name in ("stay", "placement", "day_log", "health_note", "plan") if f"/{name}/" in " ".join(one.url for one in entries)
    ]
    assert closed == []


def _value(column, at):
    if column.choices:
        return column.choices[0][0]
    for kind, value in (
        (models.DateTimeField, at), (models.DateField, at.date()), (models.BooleanField, True), (models.DecimalField, 3),
        (models.JSONField, ["x"]), (models.UUIDField, new_id()), (models.IntegerField, 1),
    ):  # fmt: skip
        if isinstance(column, kind):
            return value
    return new_id() if column.is_relation else "EX"


MARKS = [(label, number) for label, line in LINES.items() for number in range(len(line.marks))]


@pytest.mark.parametrize(("label", "number"), MARKS, ids=[f"{label}-{number}" for label, number in MARKS])
def test_each_moment_of_each_kind_gives_its_line_once_it_is_dated(label, number):
    from havre.trust.moments import _column

    line, at = LINES[label], timezone.now()
    facts = {name: _value(_column(line.model, name), at) for name in line.columns}
    if "state" in facts:
        facts["state"] = "given"
    only = line.marks[number]
    others = {mark.at for mark in line.marks} | {mark.instead for mark in line.marks}
    facts |= {name: None for name in others & set(facts) if name != only.at}
    facts |= {"language": "", "measures": ["screen_or_video"]} if "measures" in facts else {}
    actor = make_now(Role.CASE_MANAGER)
    entries = list(Moment(line, new_id(), Section(line.model.section or Section.PROTECTION), facts).entries(actor, PAGES))
    assert len(entries) == 1
    (entry,) = entries
    assert str(entry.title)
    assert entry.at == at or (entry.whole_day and timezone.localdate(entry.at) == at.date())
    # nothing is said of a record that has no date
    facts |= dict.fromkeys(others & set(facts))
    assert list(Moment(line, new_id(), Section.PROTECTION, facts).entries(actor, PAGES)) == []


def test_line_leads_to_its_record_only_where_the_role_reaches_the_page():
    case = fill_case(make_now())["register.Case"]
    moments, entries = seen_by(Role.CASE_MANAGER, case)
    service = next(one for one in moments if one.line.model._meta.label == "protection.AssistanceService")
    urls = {entry.url for entry in entries}
    assert reverse("protection:plan", args=[service.plan_id]) in urls
    log = next(one for one in moments if one.line.model is DayLog)
    assert reverse("protection:day_log", args=[log.pk]) in urls
    # the case manager reads the section of justice and reaches no page of exhibits: neither the record nor its address is there
    assert not [url for url in urls if "exhibit" in url]


def questions(client, path):
    """The answer, and every statement to any of the databases but those that only open and close a transaction."""
    asked: list[str] = []
    watched = [CaptureQueriesContext(connections[name]) for name in connections]
    for one in watched:
        one.__enter__()
    response = client.get(path)
    for one in watched:
        one.__exit__(None, None, None)
        asked += [q["sql"] for q in one.captured_queries if not q["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN"))]
    assert response.status_code == 200
    return asked, response


def lengthen(owner, rows, lines=300):
    """Every kind, twenty notes with words, and as many entries of a shelter's log, tasks and notes as make a thread of so many lines."""
    case, person = rows["register.Case"], rows["register.Person"]
    person = Person.objects.for_house("tests").filter(case=case).earliest("recorded_at")
    now = timezone.now()
    with trust.acting(owner):
        for number in range(20):
            notes.add(
                case_id=case.pk, person_id=person.pk, section=Section.PROTECTION, happened_at=now - timedelta(hours=number + 1),
                words=f"seen, line {number}", by=owner,
            )  # fmt: skip
    who = {"case": case, "person": person, "by": owner.user}
    for number in range(lines - 20):
        at = now - timedelta(hours=30 + number)
        made = (
            DayLog(**who, kind="night", happened_at=at, at=at),
            Task(**who, kind="call", owner=owner.user, due_at=at, at=at),
            Note(**who, section_bit=int(Section.FACTS), happened_at=at, organisation_id=owner.organisation_id),
        )[number % 3]
        made.save(force_insert=True)
    return case, person


@pytest.mark.postgresql
@pytest.mark.usefixtures("unlocked")
def test_page_with_300_lines_of_every_kind_asks_fifteen_questions_at_most():
    owner = make_now()
    rows = fill_case(owner)
    case, person = lengthen(owner, rows)
    # the hardest state for the gates: a child, presumed a victim, before a decision; a plan that runs
    Person.objects.for_house("tests").filter(pk=person.pk).update(age_on_opening=15)
    by = {"presumed_by": owner.user, "presumed_at": timezone.now(), "status": "presumed", "recovery_answer": "accepted"}
    Identification.objects.for_house("tests").filter(case=case).update(**by)
    client = signed_in(owner)
    lag.beat(timezone.now())
    client.get(reverse("case", args=[case.ref]))
    lag.beat(timezone.now())
    asked, response = questions(client, reverse("case", args=[case.ref]))
    with trust.acting(owner):
        lines = sum(len(timeline(contract, owner, case.pk)) for contract in contracts())
    page = response.context["page"]
    print(f"{connections['default'].vendor}: {len(asked)} questions for {lines} lines, {len(page.entries)} of them shown")
    assert lines >= 300
    assert page.older
    assert b"seen, line 3" in response.content
    assert {panel.code for panel in [*page.tabs, *page.side]} == {
        "screening", "identification", "assistance", "justice", "referrals", "conferences", "consents", "files",
    }  # fmt: skip
    assert [panel.code for panel in page.above] == ["steps", "next"]
    assert len(asked) <= 15, "\n".join(asked)


def test_each_tab_of_the_page_asks_no_more_than_the_thread():
    owner = make_now()
    case = fill_case(owner)["register.Case"]
    client = signed_in(owner)
    lag.beat(timezone.now())
    thread, response = questions(client, reverse("case", args=[case.ref]))
    for panel in response.context["page"].tabs:
        asked, _response = questions(client, reverse("case", args=[case.ref]) + f"?part={panel.code}")
        assert len(asked) <= len(thread), panel.code


@pytest.mark.parametrize("decided", [False, True])
def test_gates_answer_the_same_from_what_the_page_read_as_from_the_database(decided):
    """What the page tells the gates is what they would have asked for."""
    from havre.protection import casefile

    owner = make_now()
    case = fill_case(owner)["register.Case"]
    found = Identification.objects.for_house("tests").get(case=case)
    who = {"case": case, "person": found.person, "by": owner.user, "at": timezone.now()}
    if decided:
        for element in ("purpose", "means"):
            Evidence(**who, identification=found, element=element, speaks="for", source="account").save(force_insert=True)
        state = {"status": "decided", "outcome": "in_interest", "review_on": date(2999, 1, 1), "child_heard_at": timezone.now()}
        best = BestInterests.objects.for_house("tests").get(case=case)
        for name, value in {**state, "decided_by": owner.user, "decided_at": timezone.now()}.items():
            setattr(best, name, value)
        best.save()
    with trust.acting(owner):
        file = casefile.read(Reading.of(owner, case.pk, LINES.values()))
        fresh = Identification.objects.visible_to(owner).get(pk=found.pk)
        told = file.identification
        assert (told.read_elements, told.read_best_interests) != (None, None)
        assert (told.elements_weighed, told.child_protected) == (fresh.elements_weighed, fresh.child_protected) == (decided, decided)
        assert file.plan.child_protected == decided


def test_case_of_a_sealed_or_foreign_holder_has_no_line():
    case = fill_case(make_now())["register.Case"]
    stranger = make_now()
    with trust.acting(stranger):
        assert Reading.of(stranger, case.pk, LINES.values()).moments == []
        assert Case.objects.visible_to(stranger).count() == 0
