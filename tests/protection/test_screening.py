"""Screening by its services: nothing kept without a reason, every right of the first contact, three outcomes."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection.models import Identification, Screening, ScreeningAnswer
from havre.protection.services import screening as services
from havre.register.models import Case
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from tests.factories import NOW, make_actor
from tests.factories_casework import CONDITIONS, PERSON, screen

YES = [("DEL-CD01", "yes", "seen"), ("OBS-GEN03", "refused"), ("DEL-EX01", "no", "said")]


def test_screen_opens_a_case_and_keeps_who_saw_what_and_when():
    officer = make_actor(Role.FIRST_RESPONDER)
    done = screen(officer, YES)
    with trust.acting(officer):
        assert Case.objects.visible_to(officer).get().lead_id == officer.organisation_id
        rows = ScreeningAnswer.objects.visible_to(officer).order_by("indicator")
        assert [(r.indicator, r.answer, r.origin, r.observer_id, r.at) for r in rows] == [
            ("DEL-CD01", "yes", "seen", officer.user.pk, NOW),
            ("DEL-EX01", "no", "said", officer.user.pk, NOW),
            ("OBS-GEN03", "refused", "", officer.user.pk, NOW),
        ]
    assert (done.suggested, done.outcome, done.edition) == ("indications_refer", "", "0.2/1")


def test_screen_without_agreement_stores_nothing():
    officer = make_actor(Role.FIRST_RESPONDER)
    with pytest.raises(Refused):
        screen(officer, YES, kept_because="")
    assert (Case.objects.for_house("tests").count(), ScreeningAnswer.objects.for_house("tests").count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "gates"),
    [
        ({"information_given_at": None}, ["RG01"]),
        ({"privacy_confirmed": False}, ["RG02"]),
        ({"interpreter": True}, ["RG02"]),
        ({"medical_need": None}, ["RG03"]),
        ({"medical_need": True}, ["RG03"]),
        ({"safety_level": "immediate", "language": ""}, ["RG01", "RG03"]),
    ],
)
def test_screen_without_a_right_of_the_first_contact_is_refused_with_every_reason(change, gates):
    with pytest.raises(Refused) as refusal:
        screen(make_actor(Role.FIRST_RESPONDER), YES, conditions={**CONDITIONS, **change})
    assert refusal.value.rows == tuple(f"screening.record:{gate}" for gate in gates)
    assert Case.objects.for_house("tests").count() == 0


def test_screen_with_care_given_first_goes_on():
    done = screen(make_actor(Role.HELPLINE), YES, conditions={**CONDITIONS, "medical_need": True, "urgent_action_at": NOW})
    assert done.needs_are_met


@pytest.mark.parametrize(
    "answers",
    [[("XX-1", "yes", "said")], [("DEL-CD01", "maybe", "said")], [("DEL-CD01", "yes")], [("DEL-CD01", "no", "said")] * 2],
)
def test_screen_with_an_answer_that_cannot_be_is_invalid_and_stores_nothing(answers):
    with pytest.raises(Invalid):
        screen(make_actor(Role.FIRST_RESPONDER), answers)
    assert Case.objects.for_house("tests").count() == 0


def test_confirm_may_differ_from_the_suggestion_and_opens_an_identification_with_its_rights():
    officer = make_actor(Role.FIRST_RESPONDER)
    done = screen(officer, YES)
    with trust.acting(officer):
        services.confirm(screening_id=done.pk, outcome="presumed_victim_reasonable_grounds", by=officer)
        found = Identification.objects.visible_to(officer).get()
    assert (found.status, found.informed_at, found.privacy_confirmed, found.screening_id) == ("screened", NOW, True, done.pk)


def test_low_outcome_closes_nothing():
    officer = make_actor(Role.FIRST_RESPONDER)
    done = screen(officer)
    with trust.acting(officer):
        services.confirm(screening_id=done.pk, outcome="no_indication", by=officer)
        case = Case.objects.visible_to(officer).get()
        assert (case.status, case.closed_at) == ("Active", None)
        assert not Identification.objects.visible_to(officer).exists()
        with pytest.raises(Refused):
            services.confirm(screening_id=done.pk, outcome="indications_refer", by=officer)
        with pytest.raises(Invalid):
            services.confirm(screening_id=done.pk, outcome="score_7", by=officer)


def test_screening_of_another_service_is_missing():
    done, other = screen(make_actor(Role.FIRST_RESPONDER)), make_actor(Role.FIRST_RESPONDER)
    with trust.acting(other), pytest.raises(Missing):
        services.confirm(screening_id=done.pk, outcome="no_indication", by=other)


@pytest.mark.parametrize("role", [Role.SHELTER, Role.PROSECUTOR, Role.COORDINATOR, Role.HEALTH])
def test_screening_by_a_role_that_does_not_screen_is_refused(role):
    with pytest.raises(Refused):
        screen(make_actor(role))


def test_same_form_sent_twice_opens_one_case():
    from havre.trust.ids import new_id

    officer, key = make_actor(Role.FIRST_RESPONDER), new_id()
    given = [services.Given(*one) for one in YES]
    fields = {"situation": "first_contact", "profile": "adult_labour", "conditions": CONDITIONS, "person": PERSON}
    for _again in range(2):
        with trust.acting(officer, once=key):
            services.screen(by=officer, answers=given, happened_at=NOW - timedelta(hours=1), kept_because="agreed", **fields)
    assert Screening.objects.for_house("tests").count() == 1
