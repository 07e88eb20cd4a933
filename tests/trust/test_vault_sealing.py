import base64
import sqlite3
import unicodedata
from dataclasses import replace
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.db import connections
from hypothesis import HealthCheck, given
from hypothesis import settings as rules
from hypothesis import strategies as st

from havre import trust
from havre.trust import identity
from havre.trust.enums import Section
from havre.trust.errors import Invalid
from havre.trust.models import PersonKey, SealedSection
from havre.trust.vault import sealing, unlocking
from havre.trust.vault.faults import KeyFault, Tampered
from havre.trust.vault.sealing import Plain
from tests.factories import make_actor, make_case
from tests.factories_vault import committed, unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")
ONE = Plain(UUID(int=1), UUID(int=11), Section.IDENTITY, "identity", UUID(int=1), {"prs_FirstName": "Zephyrine"})
TWO = Plain(UUID(int=2), UUID(int=12), Section.HEALTH, "note", UUID(int=22), {"words": "asthma"})
within = rules(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@within
@given(st.dictionaries(st.text(), st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)))
def test_whatever_is_sealed_opens_as_it_was_and_fills_whole_buckets(body):
    (row,) = sealing.seal([replace(ONE, body=body)])
    assert sealing.open_(row) == body
    assert (len(row.body) - 12 - 16) % 64 == 0


def test_bodies_of_nearly_one_length_cannot_be_told_apart():
    rows = sealing.seal([replace(ONE, body={"n": "x" * length}) for length in range(1, 50)])
    assert {len(row.body) for row in rows} == {12 + 64 + 16}


def test_the_same_body_sealed_twice_looks_different():
    first, second = sealing.seal([ONE, ONE])
    assert first.body != second.body


@within
@given(st.data())
def test_a_flipped_bit_anywhere_does_not_open(data):
    (row,) = sealing.seal([ONE])
    at = data.draw(st.integers(0, len(row.body) * 8 - 1))
    altered = bytearray(row.body)
    altered[at // 8] ^= 1 << at % 8
    row.body = bytes(altered)
    with pytest.raises(Tampered):
        sealing.open_(row)


@pytest.mark.parametrize("field", ["case_id", "person_id", "section_bit", "kind", "record_id", "key_version", "schema_version"])
def test_a_body_pasted_beside_another_value_does_not_open(field):
    one, two = sealing.seal([ONE, replace(TWO, schema_version=2)])
    two.key_version = 2
    setattr(one, field, getattr(two, field))
    with pytest.raises(Tampered) as fault:
        sealing.open_(one)
    assert str(one.pk) in str(fault.value)
    assert "restore it" in str(fault.value)


@within
@given(st.permutations(range(4)))
def test_bodies_exchanged_between_rows_open_only_in_their_places(order):
    plain = [replace(TWO, person_id=UUID(int=n), record_id=UUID(int=100 + n), body={"n": n}) for n in range(4)]
    rows = sealing.seal(plain)
    bodies = [row.body for row in rows]
    for row, place in zip(rows, order, strict=True):
        row.body = bodies[place]
    for number, (row, place) in enumerate(zip(rows, order, strict=True)):
        if number == place:
            assert sealing.open_(row) == {"n": number}
        else:
            with pytest.raises(Tampered):
                sealing.open_(row)


def test_a_wrapped_key_put_under_another_person_does_not_open():
    one, _two = sealing.seal([ONE, TWO])
    PersonKey.objects.filter(pk=ONE.person_id).update(wrapped=PersonKey.objects.get(pk=TWO.person_id).wrapped)
    with pytest.raises(Tampered):
        sealing.open_(one)


def test_one_key_a_person_shared_by_their_sections_and_no_other():
    sealing.seal([ONE, replace(ONE, kind="note", record_id=uuid4()), TWO])
    assert PersonKey.objects.count() == 2
    one, two = (unlocking.custodian().unwrap(k.wrapped, version=1, context=k.pk.bytes) for k in PersonKey.objects.all())
    assert one != two


def test_a_section_without_its_key_says_that_the_key_is_missing():
    (row,) = sealing.seal([ONE])
    PersonKey.objects.all().delete()
    with pytest.raises(KeyFault) as fault:
        sealing.open_(row)
    assert "missing" in str(fault.value)


def test_locked_vault_neither_seals_nor_opens():
    (row,) = sealing.seal([ONE])
    unlocking.lock()
    for attempt in (lambda: sealing.seal([TWO]), lambda: sealing.open_(row)):
        with pytest.raises(KeyFault) as fault:
            attempt()
        assert "locked" in str(fault.value)
    assert PersonKey.objects.count() == 1


def test_a_body_that_is_no_plain_data_is_invalid():
    with pytest.raises(Invalid):
        sealing.seal([replace(ONE, body={"x": object()})])


def test_repr_of_what_is_to_be_sealed_holds_no_body():
    assert "Zephyrine" not in repr(ONE)


def test_seal_of_a_batch_asks_a_fixed_number_of_queries(django_assert_num_queries):
    few = [replace(TWO, person_id=uuid4(), record_id=uuid4()) for _ in range(2)]
    many = [replace(TWO, person_id=uuid4(), record_id=uuid4()) for _ in range(100)]
    # read; begin, read again, ledger, root version, insert, end
    with django_assert_num_queries(7, using="keys") as first:
        sealing.seal(few)
    with django_assert_num_queries(len(first), using="keys"):
        sealing.seal(many)


CANARY = {"prs_FirstName": "Ẑephyrïne-Mårgaux", "prs_SecondName": "Quáynor-Vandersloot", "prs_IdentityNumber": "GHA-7702-991-3318"}


def forms_of(word):
    """The ways in which a plaintext could stand in a file."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    forms = {word, word.lower(), word.upper(), unicodedata.normalize("NFD", word), bare, bare.lower()}
    found = {form.encode(code) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be")}
    for raw in [form.encode() for form in forms]:
        found.add(raw.hex().encode())
        # three alignments; the first and last sign depend on what stands around
        found |= {base64.b64encode(b"\0" * shift + raw)[4 * bool(shift) : -4] for shift in range(3)}
    return {form for form in found if len(form) >= 8}


def contents():
    files = {}
    for alias in ("default", "keys", "access"):
        name = connections[alias].settings_dict["NAME"]
        for end in ("", "-wal"):
            try:
                with open(f"{name}{end}", "rb") as file:
                    files[f"{alias}{end}"] = file.read()
            except FileNotFoundError:
                continue
    return files


@pytest.mark.skipif(settings.SHARED, reason="reads SQLite's files")
@pytest.mark.django_db(transaction=True, databases="__all__")
@pytest.mark.usefixtures("committed")
def test_no_form_of_a_canary_is_in_any_database_file_or_wal():
    owner = make_actor()
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    with trust.acting(owner):
        identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=CANARY)
        assert identity.search_caseload(by=owner, words="zephyrine")[0].person_id == person
    identity.search_country(by=owner, purpose=owner.purpose, document=CANARY["prs_IdentityNumber"])
    forms = {form for word in CANARY.values() for form in forms_of(word)}
    held = contents()
    assert {"default", "keys"} <= set(held)
    assert [(name, form) for name, text in held.items() for form in forms if form in text] == []
    # the scan can find: a planted leak, in base64 inside another column
    with connections["default"].cursor() as cursor:
        leak = base64.b64encode(b"x" + CANARY["prs_SecondName"].encode()).decode()
        cursor.execute("UPDATE trust_sealedsection SET kind = %s", [leak[:60]])
    assert any(form in text for text in contents().values() for form in forms)


def test_row_of_another_person_pasted_in_the_database_itself_does_not_open():
    owner = make_actor()
    cases = [make_case(owner) for _ in range(2)]
    persons = [case.persons.for_house("tests").get().pk for case in cases]
    with trust.acting(owner):
        for case, person in zip(cases, persons, strict=True):
            identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=CANARY)
    rows = SealedSection.objects.for_house("tests")
    rows.filter(person_id=persons[0]).update(body=rows.get(person_id=persons[1]).body)
    with trust.acting(owner), pytest.raises(Tampered):
        identity.read(by=owner, case_id=cases[0].pk, person_id=persons[0], section=Section.IDENTITY)


def test_sqlite_module_is_the_one_with_secure_delete():
    assert sqlite3.sqlite_version_info >= (3, 31)
