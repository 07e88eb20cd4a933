"""What a phone sent and nobody could take in at once: out of order, met by another talk (getodk/central#669), or set aside past its term."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.protection.models import Parcel
from havre.protection.services import parcels
from havre.register.models import Case
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import ActRow
from tests.factories import make_actor
from tests.factories_vault import unlocked  # noqa: F401
from tests.pages import browser, shell  # noqa: F401
from tests.protection.phone import OTHER_PHONE, PHONE, colleague_of, fixture_key, fixture_officer, form, numbered, screenings, sealed, take  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked", "shell")


# ---- the order of a phone, what it knew, and a talk that met another


def test_forms_of_one_phone_out_of_order_are_each_taken_and_what_is_missing_between_is_named(officer):
    """getodk/central#669: an update that overtakes another loses nothing, and the officer sees what still waits on the phone."""
    for place in (4, 2):
        assert take(officer, plain=form(device=PHONE, seq=place)).parcel.state == "received"
    assert parcels.gaps(officer) == [(3,)]
    assert take(officer, plain=form(device=PHONE, seq=3)).parcel.state == "received"
    assert (parcels.gaps(officer), screenings()) == ([], 3)
    assert set(Parcel.objects.values_list("device", "sequence")) == {(UUID(PHONE), place) for place in (2, 3, 4)}


def test_second_form_at_one_place_of_a_phone_is_set_aside_beside_the_first(officer):
    """A phone whose store was copied or restored: nothing is written over, and nothing vanishes."""
    take(officer, plain=form(device=PHONE, seq=1))
    done = take(officer, plain=form(device=PHONE, seq=1, gender="Male"))
    assert (done.parcel.state, done.parcel.why, screenings()) == ("aside", "sequence", 1)
    with pytest.raises(Missing), trust.acting(officer):
        parcels.take_again(by=officer, parcel_id=done.parcel.pk)
    assert bytes(Parcel.objects.get(pk=done.parcel.pk).sealed)


def test_talk_with_a_numbered_person_goes_to_their_case(officer):
    event, one = numbered(officer)
    done = take(officer, plain=form(device=PHONE, seq=1, group=event.code.lower(), person=1))
    assert (done.parcel.screening.person_id, Case.objects.for_house("tests").count()) == (one.person_id, 1)
    wrong = take(officer, plain=form(device=PHONE, seq=2, group=event.code, person=9))
    assert (wrong.parcel.state, wrong.parcel.why) == ("aside", "group")
    with trust.acting(officer):
        apart = parcels.take_again(by=officer, parcel_id=wrong.parcel.pk, settled="apart")
    assert (apart.parcel.state, apart.parcel.screening.person_id != one.person_id) == ("received", True)


@pytest.mark.parametrize(("settled", "same"), [("beside", True), ("apart", False)])
def test_two_phones_that_heard_one_person_meet_and_a_human_decides(officer, settled, same):
    """getodk/central#669: the phone did not know of the other's talk; it is set aside, shown with the other, and never lost."""
    event, one = numbered(officer)
    before = (timezone.now() - timedelta(hours=1)).isoformat()
    take(officer, plain=form(device=PHONE, seq=1, base=before, group=event.code, person=1))
    second = colleague_of(officer)
    met = take(second, plain=form(device=OTHER_PHONE, seq=1, base=before, group=event.code, person=1)).parcel
    assert (met.state, met.why, screenings()) == ("aside", "conflict", 1)
    page = browser(second).get(reverse("protection:pocket_aside")).content.decode()
    assert f"Your talk: {event.code} N-01" in page and f"The other: {officer.user.name}" in page and "Try again" not in page
    answer = browser(second).post(reverse("protection:pocket_aside"), {"parcel": str(met.pk), "settled": settled})
    assert answer.status_code == 302
    kept = Parcel.objects.get(pk=met.pk)
    assert (kept.state, kept.sealed, kept.screening.person_id == one.person_id, screenings()) == ("received", None, same, 2)
    row = ActRow.objects.get(event="parcel.settle")
    assert (row.reason, row.case_id) == (settled, kept.screening.case_id)


def test_phone_that_spoke_with_us_since_or_its_own_second_talk_meets_nobody(officer):
    event, _one = numbered(officer)
    take(officer, plain=form(device=PHONE, seq=1, group=event.code, person=1))
    second = colleague_of(officer)
    later = (timezone.now() + timedelta(seconds=1)).isoformat()
    assert take(second, plain=form(device=OTHER_PHONE, seq=1, base=later, group=event.code, person=1)).parcel.state == "received"
    assert take(second, plain=form(device=OTHER_PHONE, seq=2, base=later, group=event.code, person=1)).parcel.state == "received"


def test_decision_that_is_none_of_the_list_changes_nothing(officer):
    event, _one = numbered(officer)
    done = take(officer, plain=form(device=PHONE, seq=1, group=event.code, person=5)).parcel
    for wrong in ("beside", "burn"):
        with pytest.raises(Invalid), trust.acting(officer):
            parcels.take_again(by=officer, parcel_id=done.pk, settled=wrong)
    assert Parcel.objects.get(pk=done.pk).state == "aside"


# ---- a term after which what is set aside is dealt with


@pytest.fixture
def keeper(key):
    return make_actor(Role.DATA_PROTECTION_OFFICER, at=timezone.now())


def late_one(officer, days=91):
    found = take(officer, envelope=b"no envelope at all").parcel
    Parcel.objects.filter(pk=found.pk).update(received_at=timezone.now() - timedelta(days=days))
    return found


def delete(by, parcel, because="nobody"):
    with trust.acting(by):
        return parcels.delete(by=by, parcel_id=parcel.pk, because=because)


def test_set_aside_talk_is_deleted_after_its_term_by_the_data_protection_officer_and_its_number_stays(officer, keeper):
    found = late_one(officer)
    done = delete(keeper, found)
    assert (done.state, done.sealed, done.deleted_because, done.deleted_by_id) == ("deleted", None, "nobody", keeper.user.pk)
    row = ActRow.objects.get(event="parcel.delete")
    assert (row.reason, row.subject, row.codes) == ("nobody", found.pk, {"why": "seal"})
    again = take(officer, number=found.number, envelope=b"no envelope at all")
    assert (again.again, again.parcel.state, screenings()) == (True, "deleted", 0)
    with pytest.raises(Missing):
        delete(keeper, found)


def test_set_aside_talk_is_kept_within_its_term_without_a_reason_and_from_everybody_else(officer, keeper):
    within = late_one(officer, days=89)
    with pytest.raises(Refused) as refusal:
        delete(keeper, within)
    assert refusal.value.status == 409
    over = take(officer, envelope=b"another").parcel
    Parcel.objects.filter(pk=over.pk).update(received_at=timezone.now() - timedelta(days=91))
    with pytest.raises(Invalid):
        delete(keeper, over, because="tidy")
    for role in (Role.FIRST_RESPONDER, Role.ADMINISTRATOR, Role.COORDINATOR):
        with pytest.raises(Refused) as refusal:
            delete(make_actor(role, at=timezone.now()), over)
        assert refusal.value.status == 403
    assert Parcel.objects.filter(state="aside", sealed__isnull=False).count() == 2


def test_data_protection_officer_is_told_sees_no_content_and_deletes_on_the_page(officer, keeper):
    found, within = late_one(officer), take(officer, plain=form(edition="9.0/1")).parcel
    client, address = browser(keeper), reverse("protection:pocket_aside")
    assert "Set aside and dealt with by nobody: 1" in client.get("/").content.decode()
    page = client.get(address).content.decode()
    assert (str(found.number) in page, str(within.number) in page, officer.user.name in page) == (True, False, False)
    assert client.post(address, {"parcel": str(found.pk)}).status_code == 422
    assert client.post(address, {"parcel": str(within.pk), "because": "nobody"}).status_code == 409
    assert client.post(address, {"parcel": str(found.pk), "because": "nobody"}).status_code == 302
    assert "Nothing is over its term." in client.get(address).content.decode()
