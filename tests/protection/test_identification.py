"""Identification by its services: effects, clocks, two tiers, and nothing changed by a refusal."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection import workflow
from havre.protection.models import Identification
from havre.protection.services import identification as services
from havre.protection.services import recovery as periods
from havre.trust import clocks, overrides
from havre.trust.enums import Basis, Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Override
from tests.factories import NOW, make_actor
from tests.factories_casework import let_in, make_identification, members


@pytest.fixture
def authority():
    return make_actor(Role.IDENTIFICATION_AUTHORITY)


def take(step, found, by, **fields):
    with trust.acting(by):
        return services.move(identification_id=found.pk, step=step, by=by, **fields)


def stored(found):
    return Identification.objects.for_house("tests").get(pk=found.pk)


def test_presume_records_who_and_when(authority):
    found = make_identification()
    take("presume", found, let_in(authority, found))
    now = stored(found)
    assert (now.status, now.presumed_by_id, now.presumed_at) == ("presumed", authority.user.pk, NOW)


@pytest.mark.parametrize(("country", "days", "confirmed"), [("GH", 30, False), ("TL", 30, False), ("TH", 60, True)])
def test_open_recovery_starts_the_countrys_period(country, days, confirmed, authority):
    found = make_identification("presumed", country=country, recovery_answer="", recovery_offered_at=None)
    record = {"recovery_answer": "accepted", "recovery_offered_at": NOW}
    take("open_recovery", found, let_in(authority, found), record=record)
    clock = clocks.latest(found.pk, "recovery")
    assert (clocks.due_at(clock), clock.confirmed) == (NOW + timedelta(days=days), confirmed)


def test_decline_waits_for_the_end_of_recovery_and_confirm_does_not(authority):
    found = make_identification("presumed", recovery_answer="", presumed_by=make_actor().user, presumed_at=NOW)
    by = let_in(authority, found)
    take("open_recovery", found, by, record={"recovery_answer": "accepted"})
    with pytest.raises(Refused) as refusal:
        take("decline", found, by.on(NOW + timedelta(days=29)))
    assert (refusal.value.reasons, stored(found).status) == ((workflow.RUN_OUT.reason,), "presumed")
    done = take("decline", found, by.on(NOW + timedelta(days=30)))
    assert (done.status, done.decided_by) == ("not_confirmed", authority.user)


def test_person_may_end_recovery_early_and_nobody_for_want_of_cooperation(authority):
    found = make_identification("presumed", recovery_answer="", presumed_by=make_actor().user, presumed_at=NOW)
    by = let_in(authority, found)
    take("open_recovery", found, by, record={"recovery_answer": "accepted"})
    with trust.acting(by):
        with pytest.raises(Refused):
            periods.cut_recovery(identification_id=found.pk, reason="no_cooperation", by=by)
        periods.cut_recovery(identification_id=found.pk, reason="person_asks", by=by)
    assert take("decline", found, by).status == "not_confirmed"


def test_extend_recovery_needs_a_listed_ground_and_the_authority(authority):
    found = make_identification("presumed", recovery_answer="")
    by = let_in(authority, found)
    take("open_recovery", found, by, record={"recovery_answer": "accepted"})
    with trust.acting(by):
        with pytest.raises(Refused):
            periods.extend_recovery(identification_id=found.pk, ground="cooperates", days=15, by=by)
        clock = periods.extend_recovery(identification_id=found.pk, ground="trauma", days=15, by=by)
    assert clocks.due_at(clock) == NOW + timedelta(days=45)
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    with trust.acting(worker), pytest.raises(Refused) as refusal:
        periods.extend_recovery(identification_id=found.pk, ground="trauma", days=15, by=worker)
    assert refusal.value.status == 403


def test_one_agency_alone_never_decides(authority):
    alone = members("police")
    found = make_identification("presumed", members=alone + alone, presumed_by=make_actor().user, presumed_at=NOW)
    with pytest.raises(Refused) as refusal:
        take("confirm", found, let_in(authority, found))
    assert refusal.value.rows == ("identification.confirm:RG06",)


def test_presumer_never_decides_and_the_database_holds_it_too(authority):
    found = make_identification("presumed", presumed_by=authority.user, presumed_at=NOW)
    with pytest.raises(Refused) as refusal:
        take("confirm", found, let_in(authority, found))
    assert refusal.value.rows == ("identification.confirm:other",)


def test_child_gates_hold_for_a_child_and_are_shown_when_age_is_not_recorded(authority):
    other = {"presumed_by": make_actor().user, "presumed_at": NOW, "best_interests_at": None}
    child = make_identification("presumed", age=15, **other)
    with pytest.raises(Refused) as refusal:
        take("confirm", child, let_in(authority, child))
    assert refusal.value.rows == ("identification.confirm:RG13",)
    unknown = make_identification("presumed", age=None, **other)
    assert take("confirm", unknown, let_in(authority, unknown)).status == "confirmed"


def test_review_by_a_second_reviewer_confirms():
    first = {"decided_by": make_actor().user, "decided_at": NOW}
    found = make_identification("not_confirmed", **first)
    take("ask_review", found, let_in(make_actor(Role.LEGAL_AID), found, Basis.CONSENT))
    reviewer = let_in(make_actor(Role.SECOND_REVIEWER), found)
    done = take("review_confirm", found, reviewer, record={"reason": "new_facts"})
    assert (done.status, done.reviewed_by, done.review_asked_at) == ("confirmed", reviewer.user, NOW)


def test_person_leaves_and_comes_back():
    found = make_identification("presumed")
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    assert take("leave", found, worker, record={"reason": "person_choice"}).status == "declined_by_person"
    assert take("come_back", found, worker).status == "screened"


def test_step_records_its_own_fields_only(authority):
    found = make_identification()
    with pytest.raises(Invalid):
        take("presume", found, let_in(authority, found), record={"decided_by_id": authority.user.pk})
    with pytest.raises(Invalid):
        take("presume", found, authority, record={"reason": "because"})


def test_second_open_identification_of_a_person_is_refused():
    found = make_identification()
    worker = let_in(make_actor(Role.CASE_MANAGER), found, Basis.OWN_CASE)
    record = {"informed_at": NOW, "language": "eng", "privacy_confirmed": True, "needs_met_at": NOW}
    with trust.acting(worker), pytest.raises(Refused):
        services.ask(case_id=found.case_id, person_id=found.person_id, by=worker, record=record)


def test_identification_of_another_service_is_missing(authority):
    with pytest.raises(Missing):
        take("presume", make_identification(), authority)


def test_waiver_signed_by_the_head_lets_one_step_pass(authority):
    found = make_identification(informed_at=None)
    let_in(authority, found)
    head = make_actor(Role.IDENTIFICATION_AUTHORITY, organisation_id=authority.organisation_id, organisation=None, supervisor=True)
    with trust.acting(head):
        signed = overrides.give(
            case_id=found.case_id, subject_id=found.pk, workflow="identification", step="presume", gates=["RG01"], reason="danger", by=head
        )
    assert take("presume", found, authority, override_id=signed.pk).status == "presumed"
    assert Override.objects.for_house("tests").get().used_at == NOW


def test_words_without_a_vault_are_refused_not_lost(authority):
    from importlib import util

    from havre.trust.errors import Unavailable

    if util.find_spec("havre.trust.identity"):
        pytest.skip("this instance has a vault: tests/trust/test_identity.py holds what it keeps")
    found = make_identification()
    with pytest.raises(Unavailable):
        take("presume", found, let_in(authority, found), words={"for": "cards 3 and 7"})
    assert stored(found).status == "screened"
