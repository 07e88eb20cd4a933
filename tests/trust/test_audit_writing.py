"""What leaves a trace, in which row, and when."""

from uuid import uuid4

import pytest
from django.db import transaction

from havre import trust
from havre.register.models import Case, PersonFacts
from havre.trust import audit
from havre.trust.enums import Section
from havre.trust.errors import Refused
from havre.trust.models import ActRow, Reading, ReadingSubject
from tests.factories import NOW, make_actor, make_case

# a first name must never pass as a code
NAMES = ("Akosua", "Maria", "สมชาย", "Jean-Pierre", "KOFI", "Ama.Mensah", "Ana,Eva")


def test_act_is_written_with_its_codes_and_nothing_else():
    actor = make_actor()
    subject, case_id = uuid4(), uuid4()
    audit.record(event="identification.confirm", by=actor, subject=subject, case_id=case_id, reason="complete", codes={"days": 30})
    row = ActRow.objects.get()
    assert (row.event, row.subject, row.case_id, row.reason, row.codes) == (
        "identification.confirm",
        subject,
        case_id,
        "complete",
        {"days": 30},
    )
    assert (row.at, row.user_id, row.organisation_id, row.role) == (NOW, actor.user.pk, actor.organisation_id, actor.role)


def test_act_of_a_transaction_rolled_back_leaves_no_row():
    actor = make_actor()
    with transaction.atomic():
        audit.record(event="case.open", by=actor)
        transaction.set_rollback(True)
    assert list(ActRow.objects.all()) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"reason": "contact"},
        {"reason": "medical_emergency"},
        {"reason": "full"},
        {"reason": "RG03"},
        {"codes": {"gates": "RG01,RG03"}},
        {"codes": {"clock": "identification.recovery", "iccs": "02052", "language": "fr"}},
        {"rows": ["A07", "F03", "closing:consent", "identification.confirm:recovery"]},
    ],
)
def test_act_with_codes_in_use_is_written(fields):
    audit.record(**{"event": "case.open", "by": make_actor(), **fields})
    row = ActRow.objects.get()
    assert {name: getattr(row, name) for name in fields} == fields


@pytest.mark.parametrize(
    "fields",
    [
        {"event": "The officer called"},
        {"event": ""},
        {"event": "a" * 61},
        {"event": "case.open\n"},
        {"reason": "she was afraid"},
        {"reason": "Émotion"},
        {"codes": {"note": "Ama Mensah"}},
        *({what: name} for name in NAMES for what in ("event", "reason")),
        *({"codes": {"note": name}} for name in NAMES),
        *({"rows": [name]} for name in NAMES),
        {"reason": "akosua"},
        {"reason": "jean-pierre"},
        {"codes": {"Free text": "x"}},
        {"codes": {"a": 1.5}},
        {"codes": {"a": True}},
        {"codes": {"a": 2**63}},
        {"codes": {"a": None}},
        {"subject": "Ama"},
        {"rows": ["a row with words"]},
    ],
)
def test_act_with_anything_like_free_text_is_refused_and_not_written(fields):
    with pytest.raises(ValueError):
        audit.record(**{"event": "case.open", "by": make_actor(), **fields})
    assert list(ActRow.objects.all()) == []


def test_refusal_row_survives_the_rollback_of_the_act():
    actor, case_id = make_actor(), uuid4()

    @trust.act("case.close")
    def close(*, case_id, by):
        audit.record(event="case.close", by=by, case_id=case_id)
        raise Refused(["not yet"], rows=["closing:consent"])

    with pytest.raises(Refused):
        close(case_id=case_id, by=actor)
    assert list(ActRow.objects.all()) == []
    row = Reading.objects.get()
    assert (row.kind, row.outcome, row.event, row.subjects, row.rows) == (
        "refusal",
        "refused",
        "case.close",
        [str(case_id)],
        ["closing:consent"],
    )


def test_refusal_named_after_a_person_is_written_without_the_name():
    audit.refuse(event="Akosua", by=make_actor(), rows=["A07", "Maria", "Jean-Pierre"])
    row = Reading.objects.get()
    assert (row.event, row.rows) == ("unnamed", ["A07"])


def test_refusal_with_words_in_it_is_written_without_them():
    audit.refuse(event="What she said", by=make_actor(), subject="Ama", rows=["F03", "because he said so"])
    row = Reading.objects.get()
    assert (row.event, row.subjects, row.rows) == ("unnamed", [], ["F03"])


def test_everything_read_in_one_go_is_one_row_with_sorted_subjects():
    actor = make_actor()
    cases = [make_case(actor) for _ in range(3)]
    for case in cases:
        person = case.persons.for_house("extract").get()
        PersonFacts(person=person, case=case).save(force_insert=True)
    with trust.acting(actor, route="case.list"):
        assert len(Case.objects.visible_to(actor)) == 3
        people = {str(facts.person_id) for facts in PersonFacts.objects.visible_to(actor)}
    row = Reading.objects.get()
    subjects = sorted({str(case.pk) for case in cases} | people)
    assert (row.kind, row.sections, row.subjects, row.count) == ("reading", Section.CASE | Section.FACTS, subjects, 6)
    assert (row.route, row.outcome, row.purpose) == ("case.list", "shown", actor.purpose)
    assert sorted(str(s) for s in ReadingSubject.objects.values_list("subject", flat=True)) == subjects


def test_nothing_read_leaves_no_row():
    actor = make_actor()
    with trust.acting(actor):
        assert list(Case.objects.visible_to(actor)) == []
    assert list(Reading.objects.all()) == []


def test_reading_cites_the_rows_that_let_this_role_read():
    actor = make_actor()
    make_case(actor)
    with trust.acting(actor):
        list(Case.objects.visible_to(actor))
    assert Reading.objects.get().rows == ["A01", "A02", "A23", "A24"]


@pytest.mark.urls("tests.trust.audit_urls")
@pytest.mark.parametrize("path", ["/", "/no/such/page", "/accounts/login/"])
def test_route_is_the_name_of_the_address_never_its_path(path):
    actor = make_actor()
    make_case(actor)
    with trust.acting(actor, route=path):
        list(Case.objects.visible_to(actor))
    assert Reading.objects.get().route == {"/": "home", "/accounts/login/": "account_login"}.get(path, "")
