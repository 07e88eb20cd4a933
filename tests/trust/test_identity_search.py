from datetime import timedelta
from uuid import UUID

import pytest

from havre import trust
from havre.trust import identity
from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import BlindIndex, CountrySearch, Seal
from havre.trust.vault import blind, names
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")


def client(owner, first, last, **more):
    """A case of the owner's, with this name sealed."""
    case = make_case(owner)
    person = case.persons.for_house("tests").get().pk
    body = {"prs_FirstName": first, "prs_SecondName": last, **more}
    with trust.acting(owner):
        identity.write(by=owner, case_id=case.pk, person_id=person, section=Section.IDENTITY, kind="identity", body=body)
    return case


def country(by, **asked):
    return identity.search_country(by=by, purpose=by.purpose, **asked)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zéphyrine  Dos-Santos", "zephyrine dos santos"),
        ("Mme O’NEILL", "oneill"),
        ("Łukasz Strauß", "lukasz strauss"),
        ("Đặng Thị Ánh", "dang thi anh"),
        ("ＡＭＡ Ｍensah", "ama mensah"),
        ("Dr. Mr Kofi", "kofi"),
        ("مُحَمَّد", "محمد"),
    ],
)
def test_tokens_of_two_spellings_are_equal(one, other):
    assert names.tokens(one) == names.tokens(other)


def test_tokens_keep_what_makes_another_name():
    assert names.tokens("มานี") != names.tokens("มานะ")
    assert names.tokens("กา") != names.tokens("ก่า")  # a tone mark is no accent
    assert names.tokens("Mr") == ("mr",)


def test_tokens_match_name_in_either_composition():
    import unicodedata

    assert names.tokens(unicodedata.normalize("NFD", "José Peña")) == names.tokens("José Peña") == ("jose", "pena")


def test_phone_in_national_and_international_form_is_one():
    assert {names.phone(n) for n in ("+233 24 555 0199", "024-555-0199", "00233245550199")} == {"45550199"}
    assert {names.phone(n) for n in ("+670 7712 3456", "7712 3456")} == {"77123456"}
    assert names.phone("12345") == ""


def test_compounds_never_hold_a_name_alone():
    assert blind.compounds({"prs_FirstName": "Ama", "prs_SecondName": "Mensah"}) == set()
    assert blind.compounds({"prs_FirstName": "Ama", "prs_Birthdate": "1999-01-01"}) == set()
    assert blind.compounds({"prs_FirstName": "Ama", "prs_SecondName": "Mensah", "prs_Birthdate": "1999-01-01"}) == {
        ("name_year", "ama mensah|1999")
    }
    assert blind.compounds({"documents": [{"type": "passport", "number": "g-12 345"}], "phones": ["+233245550199"]}) == {
        ("document", "G12345"),
        ("phone", "45550199"),
    }


def test_digest_is_keyed_so_that_a_list_of_names_does_not_undo_it():
    client(make_actor(), "Ama", "Mensah", prs_Birthdate="1999-01-01")
    import hashlib

    held = bytes(BlindIndex.objects.for_house("tests").get().digest)
    assert len(held) == 16
    assert held not in {hashlib.sha256(b"ama mensah|1999").digest()[:16], hashlib.md5(b"ama mensah|1999").digest()}


@pytest.mark.parametrize("words", ["zeph", "ZÉPH", "quay zephyrine", "Quaynor"])
def test_caseload_finds_a_client_by_part_of_a_name(words):
    owner = make_actor()
    case = client(owner, "Zéphyrine", "Quaynor")
    client(owner, "Ama", "Mensah")
    with trust.acting(owner) as context:
        (found,) = identity.search_caseload(by=owner, words=words)
        assert (found.case_id, found.name) == (case.pk, "Zéphyrine Quaynor")
        assert (context.log.subjects, context.log.opened) == ({found.person_id}, True)
        assert "Quaynor" not in repr(found)


def test_caseload_does_not_find_another_services_client():
    owner, other = make_actor(), make_actor()
    client(owner, "Zephyrine", "Quaynor")
    with trust.acting(other) as context:
        assert identity.search_caseload(by=other, words="zephyrine") == []
        assert (context.log.subjects, context.log.opened) == (set(), False)


def test_caseload_of_a_sealed_case_is_empty():
    owner = make_actor()
    case = client(owner, "Zephyrine", "Quaynor")
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    with trust.acting(owner):
        assert identity.search_caseload(by=owner, words="zephyrine") == []


def test_caseload_over_the_cap_asks_for_a_compound(monkeypatch):
    owner = make_actor()
    for number in range(3):
        client(owner, f"Ama{number}", "Mensah")
    monkeypatch.setattr(identity, "CASELOAD", 2)
    with trust.acting(owner), pytest.raises(Refused) as refusal:
        identity.search_caseload(by=owner, words="ama")
    assert "year of birth" in str(refusal.value)


def test_caseload_with_one_letter_or_a_stale_factor_is_an_error():
    owner = make_actor()
    with trust.acting(owner), pytest.raises(Invalid):
        identity.search_caseload(by=owner, words=" a ")
    stale = make_actor(fresh=False)
    with trust.acting(stale), pytest.raises(Refused):
        identity.search_caseload(by=stale, words="ama")


FULL = {"prs_Birthdate": "1999-04-02", "prs_IdentityNumber": "GHA-7712 345", "prs_MobilePhone": "+233 24 555 0199"}


@pytest.mark.parametrize(
    "asked",
    [
        {"name": "QUAYNOR zephyrine", "birth_year": 1999},
        {"name": "Zéphyrine Afua Quaynor", "birth_year": 1999},
        {"document": "gha7712345"},
        {"phone": "024 555 0199"},
    ],
)
def test_country_finds_the_case_by_each_compound(asked):
    owner = make_actor()
    case = client(owner, "Zéphyrine", "Quaynor", **FULL)
    client(owner, "Zéphyrine", "Quaynor", prs_Birthdate="1998-04-02")
    assert country(owner, **asked) == [case.pk]


def test_country_gives_a_shared_case_and_not_another_services():
    owner, other, stranger = make_actor(), make_actor(), make_actor()
    case = client(owner, "Zephyrine", "Quaynor", **FULL)
    client(stranger, "Zephyrine", "Quaynor", **FULL)
    give_to(other, case, basis=Basis.CONSENT)
    assert country(other, document="GHA7712345") == [case.pk]
    assert country(owner, document="GHA7712345") == [case.pk]


def test_country_does_not_tell_a_sealed_case_from_none():
    owner = make_actor()
    case = client(owner, "Zephyrine", "Quaynor", **FULL)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    assert country(owner, document="GHA7712345") == country(owner, document="NOBODY-0000") == []


def test_country_does_not_name_a_case_whose_file_alone_was_shared():
    """Else the search would say who is in it."""
    owner, other = make_actor(), make_actor()
    case = client(owner, "Zephyrine", "Quaynor", **FULL)
    give_to(other, case, sections=Section.CASE, basis=Basis.CONSENT)
    assert country(other, document="GHA7712345") == []


@pytest.mark.parametrize(
    "asked",
    [{}, {"name": "Ama Mensah"}, {"name": "Ama", "birth_year": 1999}, {"birth_year": 1999}, {"document": "1"}, {"phone": "12"},
     {"phone": "0245550199", "document": "GHA7712345"}],
)  # fmt: skip
def test_country_without_exactly_one_compound_is_invalid(asked):
    with pytest.raises(Invalid):
        country(make_actor(), **asked)
    assert not CountrySearch.objects.exists()


def test_country_by_a_role_without_the_right_or_for_another_purpose_is_refused():
    with pytest.raises(Refused):
        country(make_actor(Role.PROSECUTOR), document="GHA7712345")
    with pytest.raises(Refused):
        identity.search_country(by=make_actor(), purpose=Purpose.JUSTICE, document="GHA7712345")
    with pytest.raises(Refused):
        country(make_actor(fresh=False), document="GHA7712345")


def test_country_more_than_twenty_times_in_an_hour_is_refused_until_it_has_passed():
    by = make_actor()
    for minute in range(20):
        later = by.on(NOW + timedelta(minutes=minute, seconds=0))
        assert identity.search_country(by=fresh(later), purpose=by.purpose, document="GHA7712345") == []
    with pytest.raises(Refused) as refusal:
        country(fresh(by.on(NOW + timedelta(minutes=59))), document="GHA7712345")
    assert "20 searches" in str(refusal.value)
    assert CountrySearch.objects.count() == 20
    assert country(fresh(by.on(NOW + timedelta(minutes=61))), document="GHA7712345") == []
    assert country(make_actor(), document="GHA7712345") == []  # the limit is each person's own


def fresh(actor):
    from dataclasses import replace

    return replace(actor, factor_at=actor.at)


def test_country_answer_holds_ids_alone():
    owner = make_actor()
    client(owner, "Zephyrine", "Quaynor", **FULL)
    assert {type(one) for one in country(owner, phone="0245550199")} == {UUID}
