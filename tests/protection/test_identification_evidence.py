"""Evidence for and against each element, the standard of each tier, review, appeal, and what is never held against a person."""

from datetime import timedelta

import pytest

from havre import trust
from havre.protection import extracting, standing, workflow
from havre.protection.models import Evidence, Identification
from havre.protection.services import identification as services
from havre.register.models import Case
from havre.standards.models import FactRevision
from havre.trust import clocks, identity
from havre.trust.enums import Basis, Role, Section
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import let_in, make_identification, note_down, step_on, weigh
from tests.factories_vault import unlocked  # noqa: F401


def case_of(found):
    return Case.objects.for_house("tests").get(pk=found.case_id)


def bare(status="presumed", **fields):
    """An identification on which nothing is weighed yet."""
    found = make_identification(status, presumed_by=make_actor().user, presumed_at=NOW, **fields)
    Evidence.objects.for_house("tests").filter(identification=found).delete()
    return found


def take(step, found, by, **fields):
    with trust.acting(by):
        return services.move(identification_id=found.pk, step=step, by=by, **fields)


def test_status_is_not_denied_before_act_means_and_purpose_are_each_weighed():
    found = bare()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    weigh(found, "act", by=by)
    weigh(found, "purpose", by=by)
    with pytest.raises(Refused) as refusal:
        take("decline", found, by)
    assert refusal.value.rows == ("identification.decline:weighed_no",)
    weigh(found, "means", by=by)
    assert take("decline", found, by).status == "not_confirmed"


def test_status_is_given_without_waiting_for_paper_and_the_gap_is_counted():
    found = bare()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    assert "weighed" in {right.key for right in workflow.IDENTIFICATION.check(found, move="confirm", by=by).warnings}
    assert take("confirm", found, by).status == "confirmed"


def test_of_a_child_no_means_need_be_shown():
    found = bare(age=15)
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    weigh(found, "act", by=by)
    weigh(found, "purpose", by=by)
    assert found.elements_weighed


def test_withdrawn_evidence_no_longer_counts_and_only_its_author_withdraws_it():
    found = bare()
    author, other = (let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found) for _n in range(2))
    piece = note_down("evidence", case_of(found), author, element="act", speaks="for", source="paper")
    with pytest.raises(Refused):
        step_on("evidence", piece, "withdraw", other)
    assert step_on("evidence", piece, "withdraw", author).status == "withdrawn"
    assert Evidence.objects.for_house("tests").get(pk=piece.pk).status == "withdrawn"
    assert not found.elements_weighed


@pytest.mark.usefixtures("unlocked")
def test_words_of_evidence_are_sealed_under_it_and_in_no_column():
    found = bare()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    piece = note_down(
        "evidence", case_of(found), by, element="act", speaks="for", source="paper", words={"finding": "A contract in another language."}
    )
    with trust.acting(by):
        told = identity.read(by=by, case_id=found.case_id, person_id=found.person_id, section=Section.FACTS)
    assert told == {("evidence_record", piece.pk): {"finding": "A contract in another language."}}
    row = Evidence.objects.for_house("tests").filter(pk=piece.pk).values().get()
    assert "contract" not in str(row)


def test_evidence_needs_an_identification_and_codes_of_the_lists():
    owner = make_actor()
    with pytest.raises(Refused):
        note_down("evidence", make_case(owner), owner, element="act", speaks="for", source="paper")
    found = bare()
    by = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    with pytest.raises(Invalid) as problem:
        note_down("evidence", case_of(found), by, element="colour", speaks="for", source="paper")
    assert set(problem.value.problems) == {"element"}
    with pytest.raises(Invalid) as problem:
        note_down("evidence", case_of(found), by, element="act")
    assert set(problem.value.problems) == {"speaks", "source"}


def test_each_tier_keeps_the_standard_of_proof_that_it_used():
    found = make_identification()
    first = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    assert take("presume", found, first).presumed_standard == "reasonable_grounds"
    second = let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found)
    assert take("confirm", found, second).decided_standard == "balance"


def test_standard_of_proof_comes_from_the_countrys_fact_once_it_is_signed():
    assert standing.standard("GH", "decision", NOW.date()) == standing.StandardOfProof(
        "balance", "Havre; UK statutory guidance (conclusive grounds)", "havre-1", False
    )
    made = FactRevision.objects.create(
        country="gh", fact="standard_decision", value="convincing", valid_from=NOW.date(), source="Example Act, s. 4", confidence="high",
        author_id=make_actor().user.pk, proposed_at=NOW, state="in_force", reviewer_id=make_actor().user.pk, reviewed_at=NOW, in_force_at=NOW,
    )  # fmt: skip
    read = standing.standard("GH", "decision", NOW.date())
    assert (read.code, read.source, read.revision, read.confirmed) == ("convincing", "Example Act, s. 4", str(made.pk), True)


def test_reason_for_telling_late_is_in_no_gate_and_in_no_table_of_the_extract():
    """UK toolkit, April 2026: late disclosure is never scored against the person."""

    class Told:
        """A record on which reading the reason would be noticed."""

        def __getattr__(self, name):
            assert name != "late_reason"

    for right in {right for table in workflow.TABLES for move in table.moves for right in move.rights if right.met}:
        try:
            right.met(Told())
        except TypeError:
            continue

    make_identification(late_reason="fear")
    for table, rows in extracting.columns_of_extract():
        assert "late_reason" not in {name for row in rows for name in row}, table


def negative(**fields):
    return make_identification("not_confirmed", decided_by=make_actor().user, decided_at=NOW, **fields)


def test_negative_decision_starts_the_limit_and_a_late_request_is_taken_all_the_same():
    found = make_identification("presumed", presumed_by=make_actor().user, presumed_at=NOW)
    take("decline", found, let_in(make_actor(Role.IDENTIFICATION_AUTHORITY), found))
    limit = clocks.latest(found.pk, "review_limit")
    assert (clocks.due_at(limit), limit.confirmed) == (NOW + timedelta(days=30), False)
    lawyer = let_in(make_actor(Role.LEGAL_AID), found, Basis.CONSENT).on(NOW + timedelta(days=40))
    done = take("ask_review", found, lawyer)
    assert (done.status, done.review_late) == ("under_review", True)
    assert clocks.due_at(clocks.latest(found.pk, "review_answer")) == NOW + timedelta(days=70)


@pytest.mark.postgresql
def test_appeal_goes_to_a_court_whose_answer_changes_the_status():
    found = negative()
    lawyer = let_in(make_actor(Role.LEGAL_AID), found, Basis.CONSENT)
    with pytest.raises(Refused) as refusal:
        take("appeal", found, lawyer)
    assert refusal.value.rows == ("identification.appeal:appeal_ref",)
    assert take("appeal", found, lawyer, record={"appeal_ref": "C-77"}).status == "under_appeal"
    done = take("court_confirm", found, lawyer)
    assert (done.status, done.appeal_ref, done.appeal_decided_at) == ("confirmed", "C-77", NOW)


def test_person_under_review_or_appeal_has_one_open_identification_only():
    from django.db import IntegrityError, transaction

    found = negative()
    take("appeal", found, let_in(make_actor(Role.LEGAL_AID), found, Basis.CONSENT), record={"appeal_ref": "C-1"})
    second = Identification(case_id=found.case_id, person_id=found.person_id, opened_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save(force_insert=True)
