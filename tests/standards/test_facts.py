"""Facts of a day: packaged, default, revised; and the constraints that the table holds by itself."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from havre import standards
from havre.standards import queries
from havre.standards.models import FactRevision, RevisionState

DAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def revise(fact, value, *, valid_from=DAY, country="gh", state=RevisionState.IN_FORCE, **fields):
    """A revision as the services leave it."""
    row = {"source": "Act 1", "confidence": "high", "author_id": uuid4(), "proposed_at": NOW}
    if state in {RevisionState.REVIEWED, RevisionState.IN_FORCE}:
        row |= {"reviewer_id": uuid4(), "reviewed_at": NOW}
    if state == RevisionState.IN_FORCE:
        row |= {"in_force_at": NOW}
    return FactRevision.objects.create(fact=fact, value=value, valid_from=valid_from, country=country, state=state, **(row | fields))


@pytest.mark.parametrize(
    ("country", "days", "extension", "total", "majority", "state"),
    [
        ("gh", 30, None, 30, 18, "project_default"),
        ("tl", 30, None, 30, 17, "project_default"),
        ("th", 15, 45, 60, 20, "packaged"),
    ],
)
def test_derived_facts_of_each_country(country, days, extension, total, majority, state):
    found = {
        id: standards.fact(id, on=DAY, country=country) for id in ("reflection_days", "reflection_extension_days", "reflection_total_days")
    }
    assert [fact.value for fact in found.values()] == [days, extension, total]
    assert (found["reflection_days"].review_state, found["reflection_total_days"].review_state) == (state, state)
    assert standards.fact("majority_age", on=DAY, country=country).value == majority
    assert standards.fact("child_age", on=DAY, country=country).value == 18
    assert standards.fact("population", on=DAY, country=country).value is None
    codes = standards.fact("identifying_authority_codes", on=DAY, country=country).value
    assert codes
    assert all(code.startswith(f"{country}-") for code in codes)


def test_project_default_is_usable_and_shown_as_unconfirmed():
    fact = standards.fact("reflection_days", on=DAY, country="gh")
    assert (fact.usable, fact.unconfirmed, fact.is_default, fact.is_signed) == (True, True, True, False)
    assert "30 days" in fact.source
    assert fact.revision == f"default {standards.fact_book().version}"


def test_low_fact_is_not_usable_until_a_revision_is_in_force():
    before = standards.fact("hotline", on=DAY, country="tl")
    assert (before.confidence, before.usable) == ("low", False)
    row = revise("hotline", before.plain, country="tl", confidence="low")
    after = standards.fact("hotline", on=DAY, country="tl")
    assert (after.confidence, after.usable, after.is_signed, after.unconfirmed, after.revision) == ("low", True, True, True, str(row.pk))


def test_unverified_number_is_never_printable_whatever_its_confidence():
    for country in standards.country_codes():
        assert standards.fact("hotline", on=DAY, country=country).printable_numbers == ()
    revise(
        "hotline", [{"number": "0800 800 800", "channel": "call", "verified": True}, {"number": "1", "channel": "call", "verified": False}]
    )
    assert standards.fact("hotline", on=DAY, country="gh").printable_numbers == ("0800 800 800",)
    assert standards.fact("helplines", on=DAY, country="gh").printable_numbers == ("0800 800 800",)


def test_revision_of_a_computed_fact_comes_before_what_it_is_computed_from():
    revise("age_majority", 21)
    assert standards.fact("majority_age", on=DAY, country="gh").value == 21
    revise("majority_age", 19)
    assert standards.fact("majority_age", on=DAY, country="gh").value == 19
    assert standards.fact("age_majority", on=DAY, country="gh").value == 21


def test_revision_of_a_part_changes_that_part_and_names_itself_beside_the_whole():
    row = revise("hotline.1", {"number": "0800 111 111", "channel": "call", "verified": False})
    whole = standards.fact("hotline", on=DAY, country="gh")
    assert [entry["number"] for entry in whole.plain] == ["0800 800 800", "0800 111 111", "8020"]
    assert whole.revision == f"packaged 0.2 + {row.pk}"
    assert standards.fact("hotline.1.number", on=DAY, country="gh").value == "0800 111 111"
    later = revise("hotline", [{"number": "1", "channel": "call", "verified": False}], valid_from=DAY + timedelta(days=1))
    assert standards.fact("hotline", on=DAY + timedelta(days=1), country="gh").revision == str(later.pk)


def test_part_that_is_not_there_is_not_known():
    fact = standards.fact("hotline.9", on=DAY, country="gh")
    assert (fact.value, fact.usable) == (None, False)


def test_draft_reviewed_and_superseded_revisions_change_nothing():
    for state in (RevisionState.DRAFT, RevisionState.REVIEWED, RevisionState.SUPERSEDED):
        revise("age_majority", 99, state=state)
    assert standards.fact("age_majority", on=DAY, country="gh").value == 18


def test_revision_of_one_country_leaves_the_others(settings):
    revise("age_majority", 21, country="th")
    settings.HAVRE_COUNTRY = "TH"
    assert [standards.fact("age_majority", on=DAY, country=c).value for c in (None, "th", "gh")] == [21, 21, 18]


def test_fact_with_an_unknown_id_or_country_is_refused():
    with pytest.raises(standards.UnknownFact):
        standards.fact("reflexion_days", on=DAY, country="gh")
    with pytest.raises(standards.UnknownCountry):
        standards.fact("reflection_days", on=DAY, country="zz")


DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2030, 12, 31))


@settings(max_examples=30, deadline=None)
@given(begins=st.lists(DAYS, min_size=1, max_size=6, unique=True), on=DAYS)
def test_fact_on_a_day_is_the_last_revision_that_had_begun_whatever_the_order_of_writing(begins, on):
    with transaction.atomic():
        rows = {begin: revise("age_majority", place, valid_from=begin) for place, begin in enumerate(begins)}
        fact = standards.fact("age_majority", on=on, country="gh")
        begun = [begin for begin in begins if begin <= on]
        if begun:
            assert (fact.value, fact.valid_from, fact.revision) == (begins.index(max(begun)), max(begun), str(rows[max(begun)].pk))
        else:
            assert (fact.value, fact.revision) == (18, "packaged 0.2")
        transaction.set_rollback(True)


def test_facts_of_a_country_are_read_in_one_query(django_assert_num_queries):
    for number in range(20):
        revise("age_majority", number, valid_from=DAY - timedelta(days=number))
    with django_assert_num_queries(1):
        found = queries.facts(on=DAY, country="gh")
    assert len({fact.id for fact in found}) == len(found) > 30
    assert {fact.id: fact.value for fact in found}["majority_age"] == 0


def test_reviewer_who_is_the_author_is_stopped_by_the_table():
    who = uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        revise("age_majority", 18, author_id=who, reviewer_id=who, reviewed_at=NOW)


def test_revision_in_force_without_reviewer_is_stopped_by_the_table():
    with pytest.raises(IntegrityError), transaction.atomic():
        revise("age_majority", 18, reviewer_id=None, reviewed_at=None)


def test_two_revisions_in_force_from_the_same_day_are_stopped_by_the_table():
    revise("age_majority", 18)
    with pytest.raises(IntegrityError), transaction.atomic():
        revise("age_majority", 19)
    revise("age_majority", 19, valid_from=DAY + timedelta(days=1))
    assert FactRevision.objects.count() == 2
