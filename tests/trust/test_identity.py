from uuid import uuid4

import pytest

from havre import trust
from havre.trust import identity
from havre.trust.enums import Basis, Role, Section
from havre.trust.errors import Invalid, Missing, Refused, Unscoped
from havre.trust.models import BlindIndex, PersonKey, Seal, SealedSection
from havre.trust.vault.faults import Tampered
from havre.trust.vault.sealing import Plain
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")
NAME = {
    "prs_FirstName": "Zéphyrine",
    "prs_SecondName": "Quaynor-Ágnes",
    "prs_Birthdate": "1999-04-02",
    "prs_MobilePhone": "+233 24 555 0199",
}


def person_of(case):
    return case.persons.for_house("tests").get().pk


def wrote(by, case, *, section=Section.IDENTITY, kind="identity", body=None, **more):
    with trust.acting(by):
        return identity.write(by=by, case_id=case.pk, person_id=person_of(case), section=section, kind=kind, body=body or NAME, **more)


def test_write_then_read_gives_the_body_back_and_logs_the_person():
    owner = make_actor()
    case = make_case(owner)
    wrote(owner, case)
    with trust.acting(owner) as context:
        found = identity.read(by=owner, case_id=case.pk, person_id=person_of(case), section=Section.IDENTITY)
        assert found == {("identity", person_of(case)): NAME}
        assert (context.log.sections, context.log.subjects, context.log.opened) == (Section.IDENTITY, {person_of(case)}, True)


def test_read_outside_acting_raises():
    owner = make_actor()
    case = make_case(owner)
    with pytest.raises(Unscoped):
        identity.read(by=owner, case_id=case.pk, person_id=person_of(case), section=Section.IDENTITY)


def test_read_by_another_service_is_missing():
    owner, other = make_actor(), make_actor()
    case = make_case(owner)
    wrote(owner, case)
    with trust.acting(other), pytest.raises(Missing):
        identity.read(by=other, case_id=case.pk, person_id=person_of(case), section=Section.IDENTITY)


def test_read_of_a_section_outside_the_grant_is_refused_with_its_name():
    owner, lawyer = make_actor(), make_actor(Role.LEGAL_AID)
    case = make_case(owner)
    wrote(owner, case)
    give_to(lawyer, case, sections=Section.JUSTICE, basis=Basis.CONSENT)
    with trust.acting(lawyer), pytest.raises(Refused) as refusal:
        identity.read(by=lawyer, case_id=case.pk, person_id=person_of(case), section=Section.IDENTITY)
    assert [str(reason) for reason in refusal.value.reasons] == [
        "Identity: no access to this section of this case is open to your service for this purpose"
    ]
    assert refusal.value.status == 403


def test_read_with_a_stale_second_factor_is_refused():
    stale = make_actor(fresh=False)
    case = make_case(stale)
    with trust.acting(stale), pytest.raises(Refused):
        identity.read(by=stale, case_id=case.pk, person_id=person_of(case), section=Section.IDENTITY)


def test_read_of_a_sealed_case_is_missing():
    owner = make_actor()
    case = make_case(owner)
    wrote(owner, case)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    with trust.acting(owner), pytest.raises(Missing):
        identity.read(by=owner, case_id=case.pk, person_id=person_of(case), section=Section.IDENTITY)


def test_write_again_replaces_the_row_and_its_indexes():
    owner = make_actor()
    case = make_case(owner)
    first = wrote(owner, case)
    digests = set(BlindIndex.objects.for_house("tests").values_list("digest", flat=True))
    second = wrote(owner, case, body={**NAME, "prs_Birthdate": "2001-01-01"})
    assert (first.pk, SealedSection.objects.for_house("tests").count()) == (second.pk, 1)
    now = set(BlindIndex.objects.for_house("tests").values_list("digest", flat=True))
    # the telephone stays; whole name with year, and first with last name with year, change
    assert (len(digests), len(now), len(now & digests)) == (3, 3, 1)


def test_write_over_a_record_of_another_case_is_missing_and_changes_nothing():
    owner, intruder = make_actor(), make_actor()
    case, own = make_case(owner), make_case(intruder)
    note = uuid4()
    wrote(owner, case, section=Section.PROTECTION, kind="note", body={"words": "hers"}, record_id=note)
    with pytest.raises(Missing):
        wrote(intruder, own, section=Section.PROTECTION, kind="note", body={"words": "his"}, record_id=note)
    with trust.acting(owner):
        assert identity.read_records(by=owner, kind="note", record_ids=[note]) == {note: {"words": "hers"}}


def test_write_for_a_person_of_another_case_is_missing():
    owner, intruder = make_actor(), make_actor()
    case, own = make_case(owner), make_case(intruder)
    wrote(owner, case)
    with trust.acting(intruder), pytest.raises(Missing):
        identity.write(
            by=intruder, case_id=own.pk, person_id=person_of(case), section=Section.PROTECTION, kind="note", body={}, record_id=uuid4()
        )


def test_write_by_a_role_without_the_right_is_refused():
    owner, lawyer = make_actor(), make_actor(Role.LEGAL_AID)
    case = make_case(owner)
    give_to(lawyer, case, basis=Basis.CONSENT)
    with pytest.raises(Refused):
        wrote(lawyer, case)
    assert not PersonKey.objects.exists()


def test_read_records_leaves_out_what_the_actor_may_not_read():
    owner, other = make_actor(), make_actor()
    mine, theirs = uuid4(), uuid4()
    wrote(owner, make_case(owner), section=Section.PROTECTION, kind="note", body={"words": "a"}, record_id=mine)
    wrote(other, make_case(other), section=Section.PROTECTION, kind="note", body={"words": "b"}, record_id=theirs)
    with trust.acting(owner):
        assert identity.read_records(by=owner, kind="note", record_ids=[mine, theirs]) == {mine: {"words": "a"}}


@pytest.mark.parametrize("rows", [1, 20])
def test_read_records_asks_the_same_number_of_queries(rows, django_assert_num_queries):
    owner = make_actor()
    case = make_case(owner)
    notes = [uuid4() for _ in range(rows)]
    for note in notes:
        wrote(owner, case, section=Section.PROTECTION, kind="note", body={"words": "a"}, record_id=note)
    with trust.acting(owner), django_assert_num_queries(1), django_assert_num_queries(1, using="keys"):
        assert len(identity.read_records(by=owner, kind="note", record_ids=notes)) == rows


def test_write_batch_without_the_right_to_import_is_refused():
    lawyer = make_actor(Role.LEGAL_AID)
    with pytest.raises(Refused):
        identity.write_batch(by=lawyer, rows=[])


def test_write_batch_seals_all_or_nothing():
    owner = make_actor()
    cases = [make_case(owner) for _ in range(3)]
    rows = [Plain(person_of(case), case.pk, Section.IDENTITY, "identity", person_of(case), NAME) for case in cases]
    assert identity.write_batch(by=owner, rows=rows[:2]) == 2
    with pytest.raises(Invalid):
        identity.write_batch(by=owner, rows=rows[1:])
    assert SealedSection.objects.for_house("tests").count() == 2
    with trust.acting(owner):
        assert identity.read_one(by=owner, case_id=cases[1].pk, person_id=person_of(cases[1]), section=Section.IDENTITY) == NAME
        assert identity.read_one(by=owner, case_id=cases[2].pk, person_id=person_of(cases[2]), section=Section.IDENTITY) is None


def test_file_opens_for_its_record_alone_and_its_reading_is_logged():
    owner, lawyer = make_actor(), make_actor(Role.LEGAL_AID)
    case, record = make_case(owner), uuid4()
    place = {"case_id": case.pk, "person_id": person_of(case), "section": Section.PROTECTION}
    data = b"%PDF-1.7 scanned passport of Zephyrine" * 50
    with trust.acting(owner):
        sealed = identity.seal_file(by=owner, record_id=record, data=data, **place)
    assert b"Zephyrine" not in sealed
    with trust.acting(owner) as context:
        assert identity.open_file(by=owner, record_id=record, sealed=sealed, **place) == data
        assert (context.log.subjects, context.log.opened) == ({person_of(case)}, True)
        for other, bytes_ in ((uuid4(), sealed), (record, sealed[:-1]), (record, b"")):
            with pytest.raises(Tampered):
                identity.open_file(by=owner, record_id=other, sealed=bytes_, **place)
    give_to(lawyer, case, sections=Section.JUSTICE, basis=Basis.CONSENT)
    with trust.acting(lawyer), pytest.raises(Refused):
        identity.open_file(by=lawyer, record_id=record, sealed=sealed, **place)
