"""Bad input and faults of casework, as far as they are protection's: each with its answer.

| fault | where |
|---|---|
| double submit | here; also test_screening, test_intake (lines sent twice), test_assistance_care (a record), test_offline_pages (over the wire) |
| two officers deciding at once | here, with two real connections on PostgreSQL |
| a phone that uploads twice, out of order, with a wrong clock, or after the form changed | test_offline, test_offline_aside |
| a clock crossing a daylight change, a leap day or the Buddhist year | here; test_assistance_care (months), test_offline (a phone) |
| a minor who turns 18 in mid-procedure | test_identification_age, and tests/register/test_consents |
"""

import threading
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connections
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.protection.models import AssistancePlan, BestInterests, Identification, StayApplication
from havre.protection.services import assistance, care, identification, parcels
from havre.protection.services.pocket import Unread, read
from havre.register.models import Case
from havre.site.settings import SHARED
from havre.trust import clocks
from havre.trust.enums import Basis, Role
from havre.trust.errors import Refused
from havre.trust.ids import new_id
from havre.trust.models import ActRow
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import let_in, make_identification, make_plan, members, note_down, person_of
from tests.pages import browser, shell  # noqa: F401
from tests.protection.phone import form

committing = pytest.mark.django_db(transaction=True, databases="__all__")


# ---- double submit


@pytest.mark.usefixtures("shell")
def test_decision_sent_twice_is_one_decision_and_the_second_answer_is_the_same():
    found = make_identification("presumed", presumed_by=make_actor().user, presumed_at=NOW)
    client = browser(let_in(make_actor(Role.IDENTIFICATION_AUTHORITY, at=timezone.now()), found))
    address, told = reverse("protection:identification", args=[found.pk]), {"step": "confirm", "once": str(new_id())}
    answers = [client.post(address, told) for _again in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert ActRow.objects.filter(event="identification.confirm").count() == 1


@pytest.mark.usefixtures("shell")
def test_step_of_a_plan_or_a_record_sent_twice_is_one_step_and_ends_on_the_same_page():
    owner = make_actor(Role.CASE_MANAGER, at=timezone.now())
    plan = make_plan("proposed", owner=owner)
    task = note_down("task", Case.objects.for_house("tests").get(pk=plan.case_id), owner, kind="call", due_at=owner.at)
    client = browser(owner)
    for name, pk, step in (("plan", plan.pk, "accept"), ("task", task.pk, "do")):
        told = {"step": step, "once": str(new_id())}
        address = reverse(f"protection:{name}", args=[pk])
        assert [client.post(address, told).headers.get("Location") for _again in range(2)] == [address, address]
        assert ActRow.objects.filter(event=f"{name}.{step}").count() == 1


@pytest.mark.usefixtures("shell")
def test_step_of_a_plan_sent_twice_without_a_key_is_refused_with_where_it_stands():
    owner = make_actor(Role.CASE_MANAGER, at=timezone.now())
    plan = make_plan("proposed", owner=owner)
    client, address = browser(owner), reverse("protection:plan", args=[plan.pk])
    assert client.post(address, {"step": "accept"}).status_code == 302
    again = client.post(address, {"step": "accept"})
    assert (again.status_code, "this step starts from:" in again.content.decode()) == (409, True)
    assert AssistancePlan.objects.for_house("tests").get().status == "accepted"


# ---- two at once


def race(*acts):
    """Each act in a thread and on a connection of its own, let go together. Gives what each raised, None where it passed."""
    ready, answers = threading.Barrier(len(acts)), [None] * len(acts)

    def run(place, by, act):
        try:
            ready.wait(20)
            with trust.acting(by):
                act(by)
        except Exception as error:
            answers[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, by, act)) for place, (by, act) in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def deciders(found):
    """Two of one authority, each signed in for themselves."""
    first = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    return first, make_actor(Role.IDENTIFICATION_AUTHORITY, organisation_id=first.organisation_id, organisation=None)


def decide(found, step):
    return lambda by: identification.move(identification_id=found.pk, step=step, by=by)


def test_officer_who_decides_second_is_told_what_was_decided_and_changes_nothing():
    found = make_identification("presumed", presumed_by=make_actor().user, presumed_at=NOW)
    first, second = deciders(found)
    with trust.acting(first):
        decide(found, "confirm")(first)
    with pytest.raises(Refused) as refusal, trust.acting(second):
        decide(found, "decline")(second)
    assert refusal.value.rows[0] == "identification.decline:state" and "Confirmed" in str(refusal.value.reasons[0])
    kept = Identification.objects.for_house("tests").get()
    assert (kept.status, kept.decided_by_id) == ("confirmed", first.user.pk)


@committing
@pytest.mark.skipif(not SHARED, reason="two real connections that write at once need PostgreSQL (HAVRE_DATABASE_URL)")
@pytest.mark.postgresql
@pytest.mark.parametrize("_again", range(5))
def test_two_officers_deciding_at_once_on_two_connections_one_wins_and_the_other_is_told(_again):
    found = make_identification("presumed", presumed_by=make_actor().user, presumed_at=NOW)
    first, second = deciders(found)
    answers = race((first, decide(found, "confirm")), (second, decide(found, "decline")))
    lost = [error for error in answers if error is not None]
    assert [type(error) for error in lost] == [Refused], answers
    assert ":state" in lost[0].rows[0]
    kept = Identification.objects.for_house("tests").get()
    winner = (first, second)[answers.index(None)]
    assert (kept.status, kept.decided_by_id) == (("confirmed", "not_confirmed")[answers.index(None)], winner.user.pk)
    assert ActRow.objects.filter(event__in=["identification.confirm", "identification.decline"]).count() == 1


@committing
@pytest.mark.skipif(not SHARED, reason="two real connections that write at once need PostgreSQL (HAVRE_DATABASE_URL)")
@pytest.mark.postgresql
def test_two_at_once_start_one_plan_close_it_once_and_open_one_procedure():
    owner = make_actor(Role.CHILD_PROTECTION)
    case = make_case(owner, age=15)
    person = person_of(case)
    colleague = make_actor(Role.CHILD_PROTECTION, organisation_id=owner.organisation_id, organisation=None)

    def start(by):
        assistance.start_help(case_id=case.pk, person_id=person.pk, needs=["medical"], by=by)

    def open_one(by):
        record = {"kind": "assessment", "before": "plan"}
        care.open_record(kind="best_interests", case_id=case.pk, person_id=person.pk, record=record, by=by)

    for act, model in ((start, AssistancePlan), (open_one, BestInterests)):
        answers = race((owner, act), (colleague, act))
        assert sorted(type(error).__name__ for error in answers) == ["NoneType", "Refused"], answers
        assert model.objects.for_house("tests").count() == 1


# ---- clocks and calendars


@pytest.fixture
def lisbon(settings):
    """A country that changes its clocks (Timor-Leste, Ghana and Thailand do not)."""
    settings.TIME_ZONE = "Europe/Lisbon"
    with timezone.override("Europe/Lisbon"):
        yield ZoneInfo("Europe/Lisbon")


def period(at, days=30):
    """A recovery period that begins at this moment; gives its end."""
    found = make_identification("presumed", recovery_answer="accepted")
    authority = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found, Basis.LEGAL_DUTY).on(at)
    with trust.acting(authority):
        identification.move(identification_id=found.pk, step="open_recovery", by=authority)
    return clocks.due_at(clocks.latest(found.pk, "recovery"))


@pytest.mark.parametrize(
    ("begins", "ends"),
    [
        # an hour more in October: thirty times 24 hours would end on the evening before, a day short
        ((2027, 10, 20, 0, 15), (2027, 11, 19, 0, 15)),
        # an hour less in March: thirty times 24 hours would end on the day after
        ((2027, 3, 10, 23, 30), (2027, 4, 9, 23, 30)),
        # no change between
        ((2026, 12, 1, 9, 0), (2026, 12, 31, 9, 0)),
    ],
)
def test_period_that_crosses_a_daylight_change_keeps_its_days_and_its_hour(lisbon, begins, ends):
    assert period(datetime(*begins, tzinfo=lisbon)).astimezone(lisbon) == datetime(*ends, tzinfo=lisbon)


def test_hour_that_the_change_of_clocks_leaves_out_is_an_hour_later(lisbon):
    """28 March 2027, 01:30 does not exist in Lisbon: 00:59 is followed by 02:00."""
    begins = datetime(2027, 2, 26, 1, 30, tzinfo=lisbon)
    assert clocks.add_to(begins, 30, "days").astimezone(lisbon) == datetime(2027, 3, 28, 2, 30, tzinfo=lisbon)


def test_hours_are_hours_and_working_days_those_of_the_country(lisbon):
    """72 hours over the change are 72 hours; a Friday late in the evening is a Friday there, whatever it is in London or Dili."""
    begins = datetime(2026, 10, 24, 12, 0, tzinfo=lisbon)
    assert clocks.add_to(begins, 72, "hours") - begins.astimezone(UTC) == timedelta(hours=72)
    friday = datetime(2026, 10, 23, 23, 45, tzinfo=lisbon)
    assert clocks.add_to(friday, 1, "working_days").astimezone(lisbon) == datetime(2026, 10, 26, 23, 45, tzinfo=lisbon)


@pytest.mark.parametrize(
    ("begins", "ends"),
    [((2028, 1, 30), (2028, 2, 29)), ((2028, 2, 29), (2028, 3, 30)), ((2027, 1, 30), (2027, 3, 1))],
)
def test_period_that_crosses_a_leap_day_counts_it(begins, ends):
    assert period(datetime(*begins, 9, tzinfo=UTC)) == datetime(*ends, 9, tzinfo=UTC)


@pytest.mark.usefixtures("shell")
def test_year_of_the_buddhist_era_is_answered_with_the_year_to_write_and_nothing_is_kept():
    worker = make_actor(Role.CASE_MANAGER, at=timezone.now())
    case = make_case(worker)
    made = note_down("stay", case, worker, informed_at=NOW, asylum_informed_at=NOW)
    client, address = browser(worker), reverse("protection:stay", args=[made.pk])
    told = {"step": "apply", "apply-ground": "personal", "apply-applied_at": "2569-11-20T09:00"}
    answer = client.post(address, told)
    assert answer.status_code == 422 and "2569 looks like a year of the Buddhist Era: write 2026" in answer.content.decode()
    assert StayApplication.objects.for_house("tests").get().applied_at is None
    assert client.post(address, {**told, "apply-applied_at": "2026-11-20T09:00"}).status_code == 302
    granted = client.post(address, {"step": "grant", "grant-valid_until": "2570-11-20"})
    assert granted.status_code == 422 and "write 2027" in granted.content.decode()
    happened = {"happened_at": "2569-11-20T09:00", "place": "vessel", "situation": "fishing"}
    screener = browser(make_actor(Role.LABOUR_INSPECTOR, at=timezone.now()))
    assert "write 2026" in screener.post(reverse("protection:groups"), happened).content.decode()


def test_phone_that_writes_a_buddhist_year_is_read_as_no_form_and_never_as_the_far_future():
    with pytest.raises(Unread) as unread:
        read(form(at=datetime(2569, 11, 20, 9, tzinfo=UTC)))
    assert unread.value.field == "at"
    with pytest.raises(Unread):
        read(form(base="2569-11-20T09:00:00+00:00"))
    assert parcels.judged(NOW, arrival=NOW, phone_clock_at=None) == (NOW, False)


def test_members_of_two_organisations_are_still_asked_for_by_whoever_decides_alone():
    """A decision raced or repeated never drops RG06."""
    found = make_identification("presumed", presumed_by=make_actor().user, presumed_at=NOW, members=members("police")[:1])
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    for _again in range(2):
        with pytest.raises(Refused) as refusal, trust.acting(by):
            decide(found, "confirm")(by)
        assert refusal.value.rows == ("identification.confirm:RG06",)
