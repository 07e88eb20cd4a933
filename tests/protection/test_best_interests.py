"""Best interests of a child as objects: due, in progress, decided; and the gate RG13 that reads them."""

from datetime import date, timedelta

import pytest

from havre import trust
from havre.protection.models import BestInterests
from havre.protection.services import identification as services
from havre.register.models import Case
from havre.trust import clocks, identity, overrides
from havre.trust.enums import Role, Section
from havre.trust.errors import Refused
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import let_in, make_identification, members, note_down, person_of, step_on
from tests.factories_vault import unlocked  # noqa: F401

# far ahead: the gate asks the wall clock, and this test is to hold in years
SOON = date(2090, 1, 1)
DECISION = {"child_view": "agrees", "outcome": "in_interest", "review_on": SOON, "accompanied": True}


@pytest.fixture
def worker():
    return make_actor(Role.CHILD_PROTECTION)


def opened(worker, case=None, *, kind="assessment", before="plan"):
    return note_down("best_interests", case or make_case(worker, age=15), worker, kind=kind, before=before)


def decided(worker, case=None, *, kind="assessment", before="plan", **fields):
    made = opened(worker, case, kind=kind, before=before)
    panel = members("child", "social", "health")
    step_on("best_interests", made, "begin", worker, members=panel, child_heard_at=NOW)
    return step_on("best_interests", made, "decide", worker, **{**DECISION, **fields})


def test_procedure_opens_with_a_clock_that_its_decision_ends(worker):
    made = opened(worker)
    assert clocks.due_at(clocks.latest(made.pk, "best_interests")) == NOW + timedelta(days=14)
    step_on("best_interests", made, "begin", worker, members=members("child"), child_heard_at=NOW)
    done = step_on("best_interests", made, "decide", worker, **DECISION)
    assert (done.status, done.decided_by_id, done.decided_at) == ("decided", worker.user.pk, NOW)
    assert clocks.state(clocks.latest(made.pk, "best_interests")) == "ended"


def test_decision_without_child_panel_guardian_view_or_review_names_each(worker):
    made = opened(worker)
    step_on("best_interests", made, "begin", worker)
    with pytest.raises(Refused) as refusal:
        step_on("best_interests", made, "decide", worker, outcome="in_interest")
    missing = ("concluded", "guarded", "heard", "panel", "reviewed")
    assert refusal.value.rows == tuple(f"best_interests.decide:{key}" for key in missing)


def test_determination_needs_three_members_of_two_organisations(worker):
    made = opened(worker, kind="determination", before="return")
    one = members("child")
    step_on("best_interests", made, "begin", worker, members=one * 3, child_heard_at=NOW)
    with pytest.raises(Refused) as refusal:
        step_on("best_interests", made, "decide", worker, **DECISION)
    assert refusal.value.rows == ("best_interests.decide:panel",)
    assert step_on("best_interests", made, "decide", worker, **DECISION, members=members("child", "social", "health")).status == "decided"


def test_named_guardian_stands_for_the_parent_who_is_not_there(worker):
    case = make_case(worker, age=15)
    made = opened(worker, case)
    step_on("best_interests", made, "begin", worker, members=members("child"), child_heard_at=NOW)
    alone = {**DECISION, "accompanied": False}
    with pytest.raises(Refused):
        step_on("best_interests", made, "decide", worker, **alone)
    note_down("beside", case, worker, kind="guardian", named_by="court", independent=True)
    assert step_on("best_interests", made, "decide", worker, **alone).status == "decided"


@pytest.mark.usefixtures("unlocked")
def test_childs_words_reasons_and_dissent_are_sealed_apart(worker):
    case = make_case(worker, age=15)
    made = opened(worker, case)
    told = {"child_views": "I want to stay with my aunt."}
    step_on("best_interests", made, "begin", worker, members=members("child"), child_heard_at=NOW, words=told)
    reasons = {"reasons": "Safe there.", "dissent": "Too far from school."}
    step_on("best_interests", made, "decide", worker, **DECISION, dissent=True, words=reasons)
    with trust.acting(worker):
        found = identity.read(by=worker, case_id=case.pk, person_id=person_of(case).pk, section=Section.PROTECTION)
    assert found == {("best_interests_begin", made.pk): told, ("best_interests_decide", made.pk): reasons}
    assert BestInterests.objects.for_house("tests").get().dissent


def child(**fields):
    return make_identification("presumed", age=15, presumed_by=make_actor().user, presumed_at=NOW, best_interests_at=None, **fields)


def confirm(found, by, **fields):
    with trust.acting(by):
        return services.move(identification_id=found.pk, step="confirm", by=by, **fields)


@pytest.mark.postgresql
def test_gate_rg13_blocks_then_reads_the_decided_object(worker):
    found = child()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    with pytest.raises(Refused) as refusal:
        confirm(found, by)
    assert refusal.value.rows == ("identification.confirm:RG13",)
    let_in(worker, found)
    from havre.trust.enums import Basis

    let_in(worker, found, Basis.OWN_CASE)
    decided(worker, Case.objects.for_house("tests").get(pk=found.case_id), before="identification")
    assert confirm(found, by).status == "confirmed"


def test_gate_rg13_is_waived_by_a_supervisor_with_a_reason():
    found = child()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    head = make_actor(Role.IDENTIFICATION_AUTHORITY, organisation_id=by.organisation_id, organisation=None, supervisor=True)
    with trust.acting(head):
        signed = overrides.give(
            case_id=found.case_id, subject_id=found.pk, workflow="identification", step="confirm", gates=["RG13"], reason="danger", by=head
        )
    assert confirm(found, by, override_id=signed.pk).status == "confirmed"


def test_dates_typed_in_older_records_still_satisfy_the_gate():
    found = make_identification("presumed", age=15, presumed_by=make_actor().user, presumed_at=NOW)
    assert found.child_protected
    assert confirm(found, let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)).status == "confirmed"


def test_overdue_review_or_an_outcome_that_asks_for_more_serves_no_gate(worker):
    case = make_case(worker, age=15)
    person = person_of(case)
    from havre.protection.models.best_interests import best_interests_stand

    decided(worker, case, outcome="more")
    assert not best_interests_stand(person.pk, on=NOW.date())
    decided(worker, case)
    assert best_interests_stand(person.pk, on=NOW.date())
    assert not best_interests_stand(person.pk, on=SOON + timedelta(days=1))


def test_one_procedure_at_a_time_for_one_step_and_a_new_one_after_it(worker):
    case = make_case(worker, age=15)
    opened(worker, case)
    with pytest.raises(Refused):
        opened(worker, case)
    assert opened(worker, case, before="placement").status == "due"
