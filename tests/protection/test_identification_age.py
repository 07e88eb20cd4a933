"""An age in doubt: a child meanwhile, safeguards before a conclusion, the margin read for the child; and turning 18."""

from datetime import timedelta

import pytest

from havre.protection.models import Identification, Task
from havre.register.enums import CaseStatus
from havre.register.models import Case, Person
from havre.trust.contracts import contracts
from havre.trust.enums import Basis, Role
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import let_in, make_identification, note_down, person_of, step_on

SAFE = {
    "methods": ["papers", "talk"], "explained_at": NOW, "child_agreed_at": NOW, "guardian_agreed_at": NOW, "child_heard_at": NOW,
    "independent": True, "low_years": 16, "high_years": 19,
}  # fmt: skip


@pytest.fixture
def worker():
    return make_actor(Role.CHILD_PROTECTION)


def person(case):
    return Person.objects.for_house("tests").get(case=case)


def asked(worker, age=19):
    case = make_case(worker, age=age)
    return case, note_down("age_assessment", case, worker, doubt="no_papers")


def test_from_the_question_on_the_person_is_treated_as_a_child(worker):
    case, made = asked(worker)
    assert (made.status, person(case).presumed_minor, person(case).is_child) == ("asked", True, True)


def test_no_doubt_that_is_written_down_no_assessment(worker):
    with pytest.raises(Invalid):
        note_down("age_assessment", make_case(worker), worker)


@pytest.mark.parametrize(
    ("missing", "row"),
    [
        ("explained_at", "explained"), ("child_agreed_at", "child_agreed"), ("guardian_agreed_at", "guardian_agreed"),
        ("child_heard_at", "heard"), ("low_years", "margin"), ("independent", "impartial"),
    ],
)  # fmt: skip
def test_age_is_not_concluded_without_each_safeguard(missing, row, worker):
    case, made = asked(worker)
    record = {name: value for name, value in SAFE.items() if name != missing}
    with pytest.raises(Refused) as refusal:
        step_on("age_assessment", made, "conclude", worker, **record)
    assert refusal.value.rows == (f"age_assessment.conclude:{row}",)
    assert person(case).presumed_minor


def test_age_never_rests_on_bones_alone_nor_a_margin_upside_down(worker):
    _case, made = asked(worker)
    with pytest.raises(Refused) as refusal:
        step_on("age_assessment", made, "conclude", worker, **{**SAFE, "methods": ["bone"]})
    assert refusal.value.rows == ("age_assessment.conclude:several",)
    with pytest.raises(Invalid):
        step_on("age_assessment", made, "conclude", worker, **{**SAFE, "methods": ["bone", "tea_leaves"]})


@pytest.mark.parametrize(
    ("low", "high", "result", "child"),
    [(16, 19, "in_doubt", True), (14, 17, "child", True), (18, 21, "adult", False), (17, 25, "in_doubt", True)],
)
def test_benefit_of_the_doubt_reads_the_low_end_of_the_margin(low, high, result, child, worker):
    case, made = asked(worker)
    done = step_on("age_assessment", made, "conclude", worker, **{**SAFE, "low_years": low, "high_years": high})
    assert (done.result, done.concluded_at, person(case).presumed_minor) == (result, NOW, child)
    assert person(case).age_basis == ("not_recorded" if result == "in_doubt" else "assessed")


def test_refusing_an_assessment_leaves_the_person_a_child(worker):
    case, made = asked(worker)
    assert step_on("age_assessment", made, "refuse", worker).status == "refused"
    assert person(case).is_child


@pytest.mark.postgresql
def test_challenging_an_adult_result_makes_the_person_a_child_again_until_a_new_one(worker):
    case, made = asked(worker)
    step_on("age_assessment", made, "conclude", worker, **{**SAFE, "low_years": 18, "high_years": 21})
    lawyer = make_actor(Role.LEGAL_AID)
    let_in(lawyer, made, Basis.CONSENT)
    assert step_on("age_assessment", made, "challenge", lawyer).status == "challenged"
    assert person(case).is_child
    assert note_down("age_assessment", case, worker, doubt="claimed").status == "asked"


def test_one_assessment_at_a_time(worker):
    case, _made = asked(worker)
    with pytest.raises(Refused):
        note_down("age_assessment", case, worker, doubt="papers")


@pytest.mark.postgresql
def test_minor_who_turns_18_in_mid_procedure_keeps_the_rights_and_is_asked_again():
    """What was decided for the child stays; the sweep sets one task from the first day on which the child may be 18 (RG10)."""
    worker = make_actor(Role.CHILD_PROTECTION)
    found = make_identification("presumed", age=16)
    let_in(worker, found, Basis.OWN_CASE)
    case = Case.objects.for_house("tests").get(pk=found.case_id)
    sweep = next(contract.sweep for contract in contracts() if contract.part == "protection")
    first = case.opened_at.replace(year=case.opened_at.year + 1)
    assert sweep(first - timedelta(days=8)) == 0
    assert (sweep(first - timedelta(days=6)), sweep(first)) == (1, 0)
    task = Task.objects.for_house("tests").get()
    assert (task.kind, task.person_id, task.due_at, task.owner) == ("turns_18", found.person_id, first, None)
    again = Identification.objects.for_house("tests").get(pk=found.pk)
    assert (again.is_child, again.child_protected, person_of(case).is_child) == (True, True, True)


def test_nobody_is_asked_again_for_an_age_that_is_not_recorded_or_a_closed_case():
    sweep = next(contract.sweep for contract in contracts() if contract.part == "protection")
    make_identification(age=None)
    make_identification(age=30)
    closed = make_identification(age=17)
    Case.objects.for_house("tests").filter(pk=closed.case_id).update(status=CaseStatus.CLOSED, closed_at=NOW, close_reason="goals_met")
    assert sweep(NOW + timedelta(days=4000)) == 0
