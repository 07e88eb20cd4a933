"""A group at night, an emergency, a call: numbers before names, one wait for each person's word, and no case where none is."""

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.protection import queries
from havre.protection.models import FamilyTie, HotlineContact, Intake, LaterConsent, PersonNeed
from havre.protection.services import calls, intake, later, paper
from havre.protection.services.intake import Row
from havre.protection.services.screening import Given, screen
from havre.referral.models import Referral
from havre.register.models import Case, Detection, Person
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Seal
from tests.factories import NOW, make_actor
from tests.factories_casework import CONDITIONS, PERSON, agree, consent_to
from tests.pages import browser, shell  # noqa: F401
from tests.protection.night import BEFORE, count, fixture_client, fixture_officer, group, people  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")


# ---- groups


def test_forty_persons_of_one_night_have_a_number_a_case_and_a_wait_each(officer):
    event = group(officer, *[Row("adult", language="tha", needs=("medical",) if n % 10 == 0 else ()) for n in range(40)])
    found = people()
    assert ([one.label for one in found][:2], found[-1].label) == (["N-01", "N-02"], "N-40")
    assert len({one.case_id for one in found}) == count(Case) == count(LaterConsent) == count(Detection) == 40
    assert (count(PersonNeed), Case.objects.for_house("tests").filter(urgent=True).count()) == (4, 4)
    assert (event.shared_signs, Intake.objects.get().last_number) == (["SIT-INS2"], 40)


def test_person_in_doubt_is_presumed_a_child(officer):
    group(officer, Row("doubt"), Row("adult"))
    assert list(Person.objects.for_house("tests").order_by("recorded_at").values_list("presumed_minor", flat=True)) == [True, False]


@pytest.mark.postgresql
def test_family_ties_stand_in_both_cases_and_tell_each_only_a_number(officer):
    group(officer, Row("adult"), Row("small", tie="child", tie_to=1))
    told = {(one.person_id, one.kind, one.other_number) for one in FamilyTie.objects.for_house("tests").all()}
    parent, child = people()
    assert told == {(parent.person_id, "parent", 2), (child.person_id, "child", 1)}


@pytest.mark.parametrize(
    "rows",
    [
        [Row("")], [Row("old")], [], [Row("adult", needs=("gold",))], [Row("adult", tie="parent")], [Row("adult", tie_to=1)],
        [Row("adult", tie="sibling", tie_to=1)], [Row("adult"), Row("adult", tie="sibling", tie_to=9)], [Row("adult")] * 61,
    ],
)  # fmt: skip
def test_line_that_cannot_be_takes_in_nobody(officer, rows):
    with trust.acting(officer):
        event = intake.open_group(by=officer, happened_at=BEFORE, situation="border", place="vessel")
        with pytest.raises(Invalid):
            intake.add_persons(by=officer, intake_id=event.pk, rows=rows)
    assert (count(Case), Intake.objects.get().last_number) == (0, 0)


def test_same_lines_sent_twice_take_in_each_person_once(officer):
    from havre.trust.ids import new_id

    with trust.acting(officer):
        event = intake.open_group(by=officer, happened_at=BEFORE, situation="border", place="vessel")
    key = new_id()
    for _again in range(2):
        with trust.acting(officer, once=key):
            intake.add_persons(by=officer, intake_id=event.pk, rows=[Row("adult"), Row("child")])
    assert [one.number for one in people()] == [1, 2]


@pytest.mark.postgresql
def test_person_screened_later_keeps_their_case_and_their_word_ends_the_wait(officer):
    group(officer, Row("adult"), Row("adult"))
    first, second = people()
    with trust.acting(officer):
        done = screen(
            by=officer, situation="inspection", profile="adult_labour", answers=[Given("SIT-INS1", "yes", "said")], conditions=CONDITIONS,
            person=PERSON, happened_at=NOW, kept_because="agreed", group_person_id=first.pk,
        )  # fmt: skip
    waits = dict(LaterConsent.objects.for_house("tests").values_list("person_id", "status"))
    assert (done.case_id, count(Case), waits) == (first.case_id, 2, {first.person_id: "agreed", second.person_id: "due"})


def test_split_person_goes_on_alone_and_the_group_knows_them_no_longer(officer):
    event = group(officer, Row("adult"), Row("adult"))
    with trust.acting(officer):
        intake.split(by=officer, group_person_id=people()[0].pk)
        assert [one.number for one in intake.members(by=officer, intake_id=event.pk)] == [2]
        assert [row.person.number for row in queries.group_rows(event, officer)] == [2]
        with pytest.raises(Missing):
            intake.split(by=officer, group_person_id=people()[0].pk)
    assert count(Case) == 2


@pytest.mark.postgresql
def test_members_give_the_ids_that_a_referral_of_several_needs_and_a_sealed_case_is_absent(officer):
    event = group(officer, Row("adult"), Row("adult"), Row("adult"))
    Seal.objects.create(case_id=people()[1].case_id, reason="threat", starts_at=BEFORE, review_on=NOW.date(), by=officer.user)
    with trust.acting(officer):
        found = intake.members(by=officer, intake_id=event.pk)
    assert [(one.number, one.case_id) for one in found] == [(one.number, one.case_id) for one in people() if one.number != 2]


def test_group_of_another_service_is_missing(officer):
    event, other = group(officer), make_actor(Role.FIRST_RESPONDER)
    with trust.acting(other), pytest.raises(Missing):
        intake.add_persons(by=other, intake_id=event.pk, rows=[Row("adult")])


@pytest.mark.parametrize("role", [Role.SHELTER, Role.PROSECUTOR, Role.COORDINATOR, Role.INVESTIGATOR])
def test_group_urgent_paper_and_calls_are_refused_to_a_role_that_does_not_screen(role):
    actor = make_actor(role)
    acts = (
        lambda: intake.open_group(by=actor, happened_at=BEFORE, situation="border", place="vessel"),
        lambda: paper.print_forms(by=actor, situation="border", profile="adult_labour", count=1),
        lambda: calls.note(by=actor, happened_on=NOW.date(), caller="self", subject="wages", ended="informed"),
        lambda: later.open_urgent(by=actor, person=PERSON, needs=["medical"], happened_at=NOW, ground="emergency"),
    )
    with trust.acting(actor):
        for act in acts:
            with pytest.raises(Refused) as refusal:
                act()
            assert refusal.value.status == 403


# ---- emergencies


def test_emergency_opens_on_vital_interest_and_the_word_waits_on_the_home_page(officer):
    with trust.acting(officer):
        case = later.open_urgent(by=officer, person=PERSON, needs=["medical", "safe_housing"], happened_at=NOW, ground="emergency")
        waits = [str(one.title) for one in queries.waiting(officer)]
    kept = LaterConsent.objects.for_house("tests").get()
    assert (case.urgent, count(PersonNeed), kept.basis, kept.status) == (True, 2, "vital_interest", "due")
    assert waits == [f"{case.ref}: ask the person whether this may be kept"]


def test_agreement_without_its_language_is_refused_by_rg01_and_a_refusal_is_always_taken(officer):
    with trust.acting(officer):
        later.open_urgent(by=officer, person=PERSON, needs=["medical"], happened_at=NOW, ground="emergency")
        kept = LaterConsent.objects.visible_to(officer).get()
        with pytest.raises(Refused) as refusal:
            later.answer(by=officer, later_id=kept.pk, step="agree")
        assert refusal.value.rows == ("later_consent.agree:RG01",)
        done = later.answer(by=officer, later_id=kept.pk, step="refuse")
        assert (done.status, done.asked_by, [*queries.waiting(officer)]) == ("refused", officer.user, [])


# ---- calls


def test_call_without_a_case_is_counted_by_month_and_names_nobody(officer):
    with trust.acting(officer):
        for subject in ("wages", "wages", "danger"):
            calls.note(by=officer, happened_on=NOW.date(), caller="self", subject=subject, ended="informed", language="eng")
        (month,) = calls.months(officer)
    assert (month["count"], [row["count"] for row in month["rows"]], count(Case)) == (3, [2, 1], 0)
    columns = {field.name for field in HotlineContact._meta.fields}
    assert columns == {"id", "organisation", "by", "happened_on", "caller", "subject", "ended", "language", "recorded_at"}


# ---- pages


def test_group_on_its_page_shows_numbers_and_takes_lines_like_paper(client):
    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    made = client.post(
        reverse("protection:groups"), {"happened_at": when, "place": "vessel", "situation": "fishing", "shared_signs": ["SIT-FIS1"]}
    )
    address = made.headers["Location"]
    lines = {"n-TOTAL_FORMS": "3", "n-INITIAL_FORMS": "0", "n-0-age_band": "adult", "n-0-needs": ["medical"], "n-1-age_band": "child",
             "n-1-tie": "child", "n-1-tie_to": "1"}  # fmt: skip
    assert client.post(address, lines).status_code == 302
    page = client.get(f"{address}?lines=40").content.decode()
    assert "N-01" in page and "Child of N-01" in page and page.count("<legend><b>N-") == 40 and "Medical care" in page
    wrong = client.post(address, {**lines, "n-1-tie_to": "77"})
    assert (wrong.status_code, "must stand above" in wrong.content.decode(), count(Case)) == (422, True, 2)
    one = people()[0]
    assert client.post(address, {"go": "split", "one": str(one.pk)}).status_code == 302
    assert "N-01</a>" not in client.get(address).content.decode()


def test_group_page_asks_as_much_for_twenty_as_for_one(client):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    when = timezone.localtime().strftime("%Y-%m-%dT%H:%M")
    made = client.post(reverse("protection:groups"), {"happened_at": when, "place": "vessel", "situation": "fishing"})
    event = Intake.objects.get()
    address, counted = made.headers["Location"], []
    for total in (1, 20):
        lines = {f"n-{n}-age_band": "adult" for n in range(total - event.last_number)}
        client.post(address, {"n-TOTAL_FORMS": str(total), "n-INITIAL_FORMS": "0", **lines})
        event.refresh_from_db()
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counted.append(len(asked))
    assert (event.last_number, counted[0]) == (20, counted[1])


def test_urgent_page_is_one_screen_and_the_word_is_written_down_later(client):
    done = client.post(reverse("protection:urgent"), {"ground": "emergency", "needs": ["medical"], "age_band": "doubt", "language": "tha"})
    assert done.status_code == 302
    kept = LaterConsent.objects.for_house("tests").get()
    address = reverse("protection:ask", args=[kept.pk])
    assert "ask the person" in client.get("/").content.decode()
    assert client.post(address, {"step": "agree"}).status_code == 409
    assert client.post(address, {"step": "agree", "language": "tha"}).status_code == 302
    assert "The person agrees" in client.get(address).content.decode()
    assert client.post(reverse("protection:urgent"), {"ground": "emergency"}).status_code == 422


def test_call_page_counts_and_shows_the_month(client):
    day = timezone.localdate().isoformat()
    assert (
        client.post(
            reverse("protection:calls"), {"happened_on": day, "caller": "relative", "subject": "offer", "ended": "informed"}
        ).status_code
        == 302
    )
    assert "A job or marriage offer to check 1" in client.get(reverse("protection:calls")).content.decode()
    assert client.post(reverse("protection:calls"), {"happened_on": day, "caller": "X"}).status_code == 422


# ---- a raid goes on to one referral


def test_group_leads_on_to_one_referral_with_a_consent_of_each_and_is_split_later():
    """A raid: those who agreed go together, whoever did not is left out; a person split from the group keeps what was asked for them."""
    officer, house = (make_actor(role, at=timezone.now()) for role in (Role.LABOUR_INSPECTOR, Role.CASE_MANAGER))
    agree(officer, house)
    event = group(officer, Row("adult"), Row("adult"), Row("adult"))
    first, second, third = people()
    client, address = browser(officer), reverse("protection:group", args=[event.pk])
    page = client.get(address).content.decode()
    ticked = re.findall(r'name="person" value="([^"]+)" checked', page)
    assert ticked == [str(one.person_id) for one in (first, second, third)]
    assert re.search(r'<form id="refer"[^>]* action="([^"]+)"', page)[1] == reverse("referral:several")
    consents = {one: consent_to(one.case, house, sections=Section.SCREENING, days=3650) for one in (first, second)}
    asked = client.get(reverse("referral:several"), {"person": ticked}).content.decode()
    assert asked.count('name="consent-') == 2 and "no consent yet: ask" in asked
    until = (timezone.now() + timedelta(days=60)).date().isoformat()
    told = {"receiver": str(house.organisation_id), "receiver_role": house.role, "purpose": house.purpose, "need": "social",
            "sections": [int(Section.SCREENING)], "asked_until": until}  # fmt: skip
    chosen = {f"consent-{one.person_id}": str(consent.pk) for one, consent in consents.items()}
    done = client.post(reverse("referral:several"), {**told, **chosen})
    assert done.status_code == 302, done.context["reasons"]
    sent = list(Referral.objects.for_house("tests"))
    assert ({one.person_id for one in sent}, len({one.group for one in sent})) == ({first.person_id, second.person_id}, 1)
    assert client.post(address, {"go": "split", "one": str(second.pk)}).status_code == 302
    assert str(second.person_id) not in client.get(address).content.decode()
    assert {one.status for one in Referral.objects.for_house("tests")} == {"offered"}
