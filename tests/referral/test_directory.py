"""The directory of services: kept by each service, read before sending, without an address; capacity and accreditation before an offer."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import IntegrityError, connection, models, transaction
from django.test.utils import CaptureQueriesContext

from havre.referral import queries, services
from havre.referral.models import Service
from havre.register.models import Person
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Accreditation, Grant
from havre.trust.models.audit import ActRow
from tests.factories import NOW, make_actor
from tests.factories_casework import agree
from tests.referral.houses import accepted, accredited, act, describe, make_house, offered, prepared, stored, told


@pytest.fixture
def house():
    return make_house()


def listed(actor, **changes):
    accredited(actor)
    return describe(actor, **changes)


def test_no_column_of_the_directory_can_hold_an_address():
    free = [
        field.name
        for field in Service._meta.get_fields()
        if isinstance(field, models.TextField | models.CharField) and not field.choices and not field.is_relation
    ]
    assert free == []


def test_service_describes_itself_and_says_how_many_places_are_free(house):
    _sender, receiver, _case, _consent = house
    entry = listed(receiver)
    assert (entry.organisation_id, entry.role, entry.free_places, entry.free_said_at) == (receiver.organisation_id, "shelter", 2, NOW)
    act(services.say_places, receiver.on(NOW + timedelta(hours=5)), free_places=0)
    (row,) = queries.directory(NOW + timedelta(hours=7))
    assert (row.service.free_places, row.age_hours, row.has_place, row.may_receive) == (0, 2, False, True)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"needs": []}, "needs"),
        ({"needs": ["gold"]}, "needs"),
        ({"languages": ["12 Harbour Road"]}, "languages"),
        ({"opens_at": time(8)}, "closes_at"),
        ({"free_places": 5}, "free_places"),
        ({"capacity": None}, "free_places"),
        ({"days": [9]}, "days"),
    ],
)
def test_entry_that_cannot_be_is_invalid_by_field(house, change, field):
    with pytest.raises(Invalid) as wrong:
        describe(house[1], **change)
    assert set(wrong.value.problems) == {field}


def test_role_that_receives_nobody_has_no_entry():
    with pytest.raises(Refused):
        describe(make_actor(Role.COORDINATOR))
    with pytest.raises(Missing):
        act(services.say_places, make_actor(Role.SHELTER), free_places=1)


def test_database_holds_no_more_free_places_than_places(house):
    entry = listed(house[1])
    with pytest.raises(IntegrityError), transaction.atomic():
        Service.objects.filter(pk=entry.pk).update(free_places=9)


@pytest.mark.parametrize(
    ("hours", "days", "at", "is_open"),
    [
        ((None, None), [], datetime(2026, 11, 24, 3, tzinfo=UTC), True),
        ((time(8), time(17)), [], datetime(2026, 11, 24, 7, 59, tzinfo=UTC), False),
        ((time(8), time(17)), [], datetime(2026, 11, 24, 8, tzinfo=UTC), True),
        ((time(20), time(6)), [], datetime(2026, 11, 24, 5, tzinfo=UTC), True),
        ((time(20), time(6)), [], datetime(2026, 11, 24, 6, tzinfo=UTC), False),
        ((None, None), [5, 6], datetime(2026, 11, 24, 12, tzinfo=UTC), False),
    ],
)
def test_service_is_open_by_its_own_hours(house, hours, days, at, is_open):
    assert listed(house[1], opens_at=hours[0], closes_at=hours[1], days=days).open_now(at) is is_open


def test_receiver_without_an_entry_stops_nothing_and_is_counted(house):
    assert offered(house).status == "offered"
    assert ActRow.objects.get(event="referral.offer").codes["listed"] == 0


def test_full_service_is_refused_with_others_that_fit_and_sent_anyway_with_a_reason(house):
    sender, receiver, _case, _consent = house
    listed(receiver, free_places=0)
    fits, full, men = make_actor(Role.SHELTER), make_actor(Role.SHELTER), make_actor(Role.SHELTER)
    for other, change in ((fits, {}), (full, {"free_places": 0}), (men, {"genders": ["Male"]})):
        listed(other, **change)
    draft = prepared(house)
    with pytest.raises(Refused) as refusal:
        act(services.offer, sender, referral_id=draft.pk)
    assert refusal.value.rows == ("referral.offer:place",)
    assert [one.service.organisation_id for one in queries.others_that_fit(draft, NOW)] == [fits.organisation_id]
    sent = offered(house, anyway_reason="told")
    assert (sent.status, sent.free_places_said, sent.anyway_reason) == ("offered", 0, "told")
    assert ActRow.objects.get(event="referral.offer").codes["anyway"] == "told"


@pytest.mark.parametrize(("gender", "fits"), [("Feminine", True), ("Female", True), ("Masculine", False), ("TransgenderFeminine", False)])
def test_service_for_women_receives_a_woman_in_whichever_spelling_she_was_recorded(gender, fits, house):
    """The case form writes HTCDS's "Feminine", and the entry "Female": a woman did not fit the one place kept for women."""
    Person.objects.for_house("tests").filter(case=house[2]).update(gender=gender)
    women = make_actor(Role.SHELTER)
    listed(women, genders=["Female"])
    seen = queries.others_that_fit(prepared(house), NOW)
    assert [one.service.organisation_id for one in seen] == ([women.organisation_id] if fits else [])


def test_figure_older_than_three_days_stops_nothing(house):
    sender, receiver, case, consent = house
    listed(receiver, free_places=0)
    later = sender.on(NOW + timedelta(hours=73))
    assert offered((later, receiver, case, consent)).status == "offered"


def test_closed_service_receives_nobody_even_with_a_reason(house):
    listed(house[1], closed=True)
    with pytest.raises(Refused) as refusal:
        offered(house, anyway_reason="told")
    assert refusal.value.rows == ("referral.offer:open_service",)


def test_listed_shelter_without_accreditation_receives_nobody(house):
    describe(house[1])
    with pytest.raises(Refused) as refusal:
        offered(house)
    assert refusal.value.rows == ("referral.offer:accredited",)
    accredited(house[1])
    assert offered(house).status == "offered"


def test_service_that_does_not_serve_such_a_person_is_shown_and_counted_and_does_not_block(house):
    listed(house[1], genders=["Male"], languages=["tha"])
    assert [str(misfit) for misfit in prepared(house).misfits()] == ["other_gender", "other_language"]
    offered(house)
    assert ActRow.objects.get(event="referral.offer").codes["warnings"] == "fits"


def test_acceptance_says_how_many_places_are_left(house):
    listed(house[1])
    referral = offered(house)
    act(services.accept, house[1], referral_id=referral.pk, no_conflict=True, free_places=1)
    assert Service.objects.get().free_places == 1


def coordinator():
    return make_actor(Role.COORDINATOR)


def test_coordinator_accredits_and_nobody_else(house):
    _sender, receiver, _case, _consent = house
    days = {"starts_on": NOW.date(), "ends_on": NOW.date() + timedelta(days=9)}
    whom = {"organisation_id": receiver.organisation_id, "role": "shelter"}
    with pytest.raises(Refused) as refusal:
        act(services.accredit, receiver, **whom, authority="Us", **days)
    assert refusal.value.status == 403
    act(services.accredit, coordinator(), **whom, authority="Example ministry", **days)
    assert Accreditation.objects.get().ends_on == date(2026, 12, 3)
    for wrong in ({"authority": " "}, {"ends_on": NOW.date() - timedelta(days=1)}, {"role": "coordinator"}):
        with pytest.raises(Invalid):
            act(services.accredit, coordinator(), **{**whom, "authority": "Example ministry", **days, **wrong})


def test_receiver_that_loses_its_accreditation_offers_stop_shares_end_with_notice_and_senders_are_told(house):
    """Issue 5, bad input and faults: a receiving organisation that loses its accreditation."""
    sender, receiver, _case, _consent = house
    listed(receiver)
    running = accepted(house)
    other = make_house()
    waiting = offered((other[0], receiver, other[2], None), vital_interest="danger") if agree(other[0], receiver) else None
    touched = act(services.end_accreditation, coordinator(), organisation_id=receiver.organisation_id, role="shelter")
    assert touched == 2
    assert (stored(waiting).status, stored(waiting).closed_because) == ("withdrawn", "accreditation_lost")
    kept = stored(running)
    assert (kept.status, kept.ends_at, kept.closed_because) == ("accepted", NOW + timedelta(hours=72), "accreditation_lost")
    assert Grant.objects.get(source_id=running.pk).ends_at == NOW + timedelta(hours=72)
    assert (told(sender)[-1], told(other[0])[-1], sorted(told(receiver))[-3:]) == ("ending", "closed", ["ending", "offered", "offered"])
    with pytest.raises(Refused):
        offered((*other[:3], other[3]), receiver_id=receiver.organisation_id, consent_id=None, vital_interest="danger")
    # the share whose notice is over, and the draft that was refused above
    assert services.expire(NOW + timedelta(hours=72)) == 2
    assert (stored(running).status, services.expire(NOW + timedelta(hours=73))) == ("expired", 0)


def test_accreditation_that_runs_out_by_itself_acts_at_the_next_sweep(house):
    _sender, receiver, _case, _consent = house
    accredited(receiver, days=2)
    describe(receiver)
    referral = offered(house)
    assert services.expire(NOW + timedelta(days=2)) == 1  # the answer is due soon: a reminder
    services.expire(NOW + timedelta(days=2, hours=16))
    assert (stored(referral).status, stored(referral).closed_because) == ("withdrawn", "accreditation_lost")


def test_loss_of_an_accreditation_that_is_not_there_is_refused(house):
    with pytest.raises(Refused):
        act(services.end_accreditation, coordinator(), organisation_id=house[1].organisation_id, role="shelter")


def test_directory_asks_as_many_queries_for_twenty_services_as_for_one():
    def asked():
        with CaptureQueriesContext(connection) as queries_made:
            queries.directory(NOW, need="shelter")
        return len(queries_made)

    listed(make_actor(Role.SHELTER))
    one = asked()
    for _n in range(19):
        listed(make_actor(Role.SHELTER))
    assert (len(queries.directory(NOW, need="shelter")), asked()) == (20, one)
