"""Consent as a table (casework 7.9): every step × state × role, every right, and the acts behind them."""

import itertools
from dataclasses import replace
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from havre import trust
from havre.register import consents
from havre.register.consenting import acts, asking
from havre.register.enums import AskAgain
from havre.register.models import Consent, ConsentEvent, Person
from havre.register.models.consents import adult_by, may_be_adult_from, years_after
from havre.register.signals import consent_withdrawn
from havre.register.workflow import CONSENT, REQUEST
from havre.trust.enums import ALL_SECTIONS, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.ids import new_id
from havre.trust.models import ActRow
from havre.trust.workflow import ENGINE
from tests.factories import NOW, OrganisationFactory, give_to, make_actor, make_case
from tests.factories_casework import consent_to, person_of

TOLD = ["help_stays", "may_withdraw"]
TABLES = (CONSENT, REQUEST)
WHOLE = {
    "pk": new_id(), "is_child": False, "language": "eng", "explained": TOLD, "evidence": "signed", "interpreter": False,
    "given_by": "person", "child_heard": False, "outcome": "done", "why_not": "",
}  # fmt: skip
# what to change for each right to be unmet
WITHOUT = {
    "RG01": ({"explained": ["help_stays"]}, {"language": ""}),
    "RG10": ({"evidence": ""}, {"evidence": "spoken_interpreter"}),
    "RG13": ({"is_child": True, "given_by": "person"}, {"is_child": True, "given_by": "guardian", "child_heard": False}),
    "own": ({"given_by": "guardian", "child_heard": True},),
    "answered": ({"outcome": ""},),
    "reasoned": ({"outcome": "not_done", "why_not": ""}, {"outcome": "partly", "why_not": "because"}),
}
CELLS = [
    pytest.param(table, step, state, id=f"{table.name}.{step}.{state}")
    for table in TABLES
    for step, state in itertools.product(table.steps, (None, *table.states))
]


def record(state, **changes):
    return SimpleNamespace(status=state or "", _state=SimpleNamespace(adding=state is None), **{**WHOLE, **changes})


def actor_in(role):
    return SimpleNamespace(role=role, user=SimpleNamespace(pk=new_id()), at=NOW)


@pytest.mark.parametrize(("table", "step", "state"), CELLS)
def test_step_is_open_to_the_roles_and_states_of_the_table_and_to_nobody_else(table, step, state):
    for role in (*Role, None):
        who = ENGINE if role is None else role
        rows = [row for row in table.moves if row.step == step and state in row.starts and who in row.who]
        by = None if role is None else actor_in(role)
        if rows:
            assert table.check(record(state), move=step, by=by).end == rows[0].end
        else:
            with pytest.raises(Refused) as refusal:
                table.check(record(state), move=step, by=by)
            assert refusal.value.rows


@pytest.mark.parametrize(
    ("table", "move", "right", "spoilt"),
    [
        pytest.param(table, move, right, spoilt, id=f"{table.name}.{move.step}.{right.key}.{number}")
        for table in TABLES
        for move in table.moves
        for right in move.rights
        for number, spoilt in enumerate(WITHOUT[right.key])
    ],
)
def test_each_right_blocks_names_itself_and_no_supervisor_waives_it(table, move, right, spoilt):
    role = next(iter(move.who))
    with pytest.raises(Refused) as refusal:
        table.check(record(move.starts[0], **spoilt), move=move.step, by=actor_in(role))
    assert refusal.value.rows == (f"{table.name}.{move.step}:{right.key}",)
    assert not right.overridable


def told(case, recipient, **changes):
    return {
        "case_id": case.pk, "person_id": person_of(case).pk, "state": "given", "purpose": "protection", "recipient_id": recipient.pk,
        "sections": Section.PROTECTION | Section.CASE, "ends_at": NOW + timedelta(days=90), "language": "eng", "explained": TOLD, **changes,
    }  # fmt: skip


def steps_of(consent):
    return [one.step for one in ConsentEvent.objects.for_house("tests").filter(consent=consent)]


@pytest.fixture
def worker():
    return make_actor()


@pytest.mark.postgresql
def test_offer_then_answer_then_renewal_are_three_steps_of_one_ledger(worker):
    case = make_case(worker)
    with trust.acting(worker):
        consent = acts.record_consent(by=worker, **told(case, OrganisationFactory(), state="offered", explained=[]))
        acts.answer_consent(by=worker, consent_id=consent.pk, state="given", evidence="signed", explained=TOLD)
        acts.renew_consent(by=worker, consent_id=consent.pk, ends_at=NOW + timedelta(days=200), evidence="spoken", explained=TOLD)
    found = Consent.objects.for_house("tests").get()
    assert (found.state, found.ends_at, found.evidence) == ("given", NOW + timedelta(days=200), "spoken")
    assert steps_of(consent) == ["offer", "give", "renew"]
    assert list(ActRow.objects.filter(event__startswith="consent.").order_by("no").values_list("event", flat=True)) == [
        "consent.offered", "consent.given", "consent.renew",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"purpose": "all"}, "purpose"),
        ({"purpose": "protection,justice"}, "purpose"),
        ({"sections": ALL_SECTIONS}, "sections"),
        ({"sections": Section(0)}, "sections"),
        ({"ends_at": NOW}, "ends_at"),
        ({"explained": ["everything"]}, "explained"),
        ({"state": "withdrawn"}, "state"),
        ({"came_of_age_on": date(2026, 1, 1)}, "came_of_age_on"),
    ],
)
def test_answer_that_is_no_consent_is_invalid_by_field_and_leaves_nothing(worker, changes, field):
    """A bundle of all purposes, of all parts, without an end: 422 (capability 1)."""
    case = make_case(worker)
    with trust.acting(worker), pytest.raises(Invalid) as refusal:
        acts.record_consent(by=worker, **told(case, OrganisationFactory(), **changes))
    assert set(refusal.value.problems) == {field}
    assert not Consent.objects.for_house("tests").exists()


def test_refusal_needs_no_evidence_and_no_explanation_and_closes_nothing(worker):
    case = make_case(worker)
    other = give_to(make_actor(Role.SHELTER), case)
    with trust.acting(worker):
        consent = acts.record_consent(by=worker, **told(case, OrganisationFactory(), state="refused", explained=[], evidence=""))
    other.refresh_from_db()
    assert (consent.state, other.ends_at.year, steps_of(consent)) == ("refused", 9999, ["refuse"])


def test_every_unmet_right_of_an_answer_is_said_at_once(worker):
    case = make_case(worker, age=15)
    with trust.acting(worker), pytest.raises(Refused) as refusal:
        acts.record_consent(by=worker, **told(case, OrganisationFactory(), explained=[], evidence="spoken_interpreter"))
    assert refusal.value.rows == ("consent.give:RG01", "consent.give:RG10", "consent.give:RG13")


def test_guardians_yes_without_the_childs_view_is_refused_and_with_it_stands(worker):
    case, place = make_case(worker, age=15), OrganisationFactory()
    with trust.acting(worker):
        with pytest.raises(Refused) as refusal:
            acts.record_consent(by=worker, **told(case, place, given_by="guardian"))
        acts.record_consent(by=worker, **told(case, place, given_by="guardian", child_heard=True))
    assert refusal.value.rows == ("consent.give:RG13",)


def test_guardian_does_not_answer_for_an_adult(worker):
    case = make_case(worker, age=24)
    with trust.acting(worker), pytest.raises(Refused) as refusal:
        acts.record_consent(by=worker, **told(case, OrganisationFactory(), given_by="guardian", child_heard=True))
    assert refusal.value.rows == ("consent.give:own",)


def test_answer_given_before_is_not_given_twice(worker):
    case = make_case(worker)
    with trust.acting(worker):
        consent = acts.record_consent(by=worker, **told(case, OrganisationFactory()))
        with pytest.raises(Refused):
            acts.answer_consent(by=worker, consent_id=consent.pk, state="given", explained=TOLD)


def test_renewal_without_saying_anew_what_it_means_is_refused(worker):
    case = make_case(worker)
    with trust.acting(worker):
        consent = acts.record_consent(by=worker, **told(case, OrganisationFactory()))
        with pytest.raises(Refused) as refusal:
            acts.renew_consent(by=worker, consent_id=consent.pk, ends_at=NOW + timedelta(days=365))
    assert refusal.value.rows == ("consent.renew:RG01",)


def make_child(worker, age, opened):
    case = make_case(worker, age=age)
    type(case).objects.for_house("tests").filter(pk=case.pk).update(opened_at=opened)
    case.refresh_from_db(from_queryset=type(case).objects.for_house("tests"))
    return case


@pytest.mark.parametrize(
    ("day", "years", "expected"),
    [(date(2024, 2, 29), 1, date(2025, 3, 1)), (date(2024, 2, 29), 4, date(2028, 2, 29)), (date(2023, 12, 31), 2, date(2025, 12, 31))],
)
def test_years_are_added_without_making_anybody_older_a_day_early(day, years, expected):
    """A leap day (bad input and faults)."""
    assert years_after(day, years) == expected


@pytest.mark.postgresql
def test_minor_who_turns_18_in_mid_procedure_is_asked_anew_and_then_the_guardians_answer_ends(worker):
    """A minor who turns 18 in mid-procedure (bad input and faults)."""
    case = make_child(worker, 16, NOW)
    shelter = make_actor(Role.SHELTER)
    consent = consent_to(case, shelter, days=2000, given_by="guardian", child_heard=True)
    grant = give_to(shelter, case, sections=Section.PROTECTION, source_id=consent.pk)
    person = Person.objects.for_house("tests").get(case=case)
    first, last = may_be_adult_from(person, case), adult_by(person, case)
    assert (first, last) == (date(2027, 11, 24), date(2028, 11, 24))
    moments = [NOW + timedelta(days=days) for days in (364, 365, 366, 730, 731)]
    assert [asking.sweep(at) for at in moments] == [0, 1, 0, 0, 1]
    consent.refresh_from_db(from_queryset=Consent.objects.for_house("tests"))
    grant.refresh_from_db()
    assert (consent.state, grant.ends_at) == ("expired", moments[-1])
    assert [(e.step, e.because) for e in ConsentEvent.objects.for_house("tests").all()] == [
        ("ask_again", AskAgain.MAJORITY), ("expire", AskAgain.MAJORITY),
    ]  # fmt: skip


def test_person_who_came_of_age_answers_alone_and_nobody_asks_again(worker):
    case = make_child(worker, 17, NOW - timedelta(days=90))
    consent = consent_to(case, make_actor(Role.SHELTER), days=500, given_by="guardian", child_heard=True)
    assert asking.sweep(NOW) == 1
    renewed = {"given_by": "person", "came_of_age_on": NOW.date() - timedelta(days=3), "evidence": "signed", "explained": TOLD}
    with trust.acting(worker):
        with pytest.raises(Refused):
            acts.renew_consent(by=worker, consent_id=consent.pk, ends_at=NOW + timedelta(days=600), **{**renewed, "came_of_age_on": None})
        acts.renew_consent(by=worker, consent_id=consent.pk, ends_at=NOW + timedelta(days=600), **renewed)
    assert [asking.sweep(NOW + timedelta(days=days)) for days in (1, 400)] == [0, 0]
    assert Consent.objects.for_house("tests").get().ask_again_at is None


def test_child_in_doubt_stays_a_child_until_the_age_is_settled(worker):
    case = make_child(worker, 16, NOW - timedelta(days=4000))
    Person.objects.for_house("tests").filter(case=case).update(presumed_minor=True)
    consent_to(case, make_actor(Role.SHELTER), days=500, given_by="guardian", child_heard=True)
    assert asking.sweep(NOW) == 0


def test_consent_that_ends_is_asked_for_30_days_before_and_its_shares_end_with_it(worker):
    case, shelter = make_case(worker), make_actor(Role.SHELTER)
    consent = consent_to(case, shelter, days=40)
    grant = give_to(shelter, case, sections=Section.PROTECTION, source_id=consent.pk)
    assert [asking.sweep(NOW + timedelta(days=days)) for days in (9, 10, 11, 39)] == [0, 1, 0, 0]
    later = replace(worker, at=NOW + timedelta(days=11))
    with trust.acting(later):
        (line,) = list(consents.waiting(later))
    assert (line.due_at, str(line.why)) == (consent.ends_at, "It ends soon")
    assert asking.sweep(NOW + timedelta(days=40)) == 1
    grant.refresh_from_db()
    assert grant.ends_at == NOW + timedelta(days=40)


def test_consent_whose_end_fails_is_tried_again_and_keeps_no_other_waiting(worker, caplog):
    first, second = (consent_to(make_case(worker), make_actor(Role.SHELTER), days=40) for _n in range(2))

    def fails(consent, **_rest):
        if consent.pk == first.pk:
            raise RuntimeError("a name that must not be logged")

    at = NOW + timedelta(days=40)
    consent_withdrawn.connect(fails)
    try:
        assert asking.sweep(at) == 1
    finally:
        consent_withdrawn.disconnect(fails)
    assert dict(Consent.objects.for_house("tests").values_list("pk", "state")) == {first.pk: "given", second.pk: "expired"}
    assert [record.getMessage() for record in caplog.records] == ["a consent could not be moved: RuntimeError"]
    assert asking.sweep(at) == 1


def test_offer_that_nobody_answered_expires(worker):
    case = make_case(worker)
    consent_to(case, make_actor(Role.SHELTER), days=5, state="offered")
    assert asking.sweep(NOW + timedelta(days=5)) == 1
    assert Consent.objects.for_house("tests").get().state == "expired"


def test_count_of_cells():
    """Printed with -s: step × state × role tried, of both tables."""
    roles = len(Role) + 1
    print(f"{len(CELLS)} steps × states, {len(CELLS) * roles} with roles")
    assert len(CELLS) == sum(len(table.steps) * (len(table.states) + 1) for table in TABLES)
    assert set(WITHOUT) == {right.key for table in TABLES for move in table.moves for right in move.rights}
