"""Exhibits and their chain of custody: both sides say so, gaps are shown, the database holds no two holders."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.justice.models import Custody, Exhibit
from havre.justice.services import custody
from havre.trust.errors import Invalid, Refused
from tests.factories import NOW
from tests.justice.acting import add, later, step

PAPER = {"kind": "paper", "source": "from_search", "taken_at": NOW - timedelta(hours=3), "seal_number": "GH-0001"}


def chain_of(row):
    return list(Custody.objects.for_house("tests").filter(exhibit=row).order_by("number"))


def test_exhibit_goes_from_hand_to_hand_only_when_both_sides_say_so(proceeding, police, prosecutor):
    found = add("exhibits", proceeding, police, **PAPER)
    with pytest.raises(Refused) as refusal:
        step("exhibits", found, "hand_over", police)
    assert refusal.value.rows == ("exhibit.hand_over:to_whom",)
    step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id))
    # the giver does not receive for the other side, and until the other side has, the giver is the holder
    with pytest.raises(Refused) as refusal:
        step("exhibits", found, "receive", police)
    assert "exhibit.receive:other_side" in refusal.value.rows
    assert [link.organisation_id for link in chain_of(found)] == [police.organisation_id]
    done = step("exhibits", found, "receive", later(prosecutor, minutes=30), seal_whole=True)
    first, second = chain_of(found)
    assert done.status == "in_custody"
    assert (first.ends_at, second.starts_at, second.organisation_id) == (NOW, NOW + timedelta(minutes=30), prosecutor.organisation_id)
    assert custody.gaps([first, second]) == []
    with pytest.raises(Refused) as refusal:
        step("exhibits", found, "hand_over", later(police, hours=1), offered_to=str(prosecutor.organisation_id))
    assert "exhibit.hand_over:holds" in refusal.value.rows


def test_night_between_giving_and_taking_and_a_broken_seal_are_shown_as_a_gap(proceeding, police, prosecutor):
    found = add("exhibits", proceeding, police, **PAPER)
    step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id))
    step("exhibits", found, "receive", later(prosecutor, hours=14), seal_whole=False)
    (gap,) = custody.gaps(chain_of(found))
    assert (gap.number, gap.lasted, gap.seal_broken) == (2, timedelta(hours=14), True)


def test_what_was_not_received_is_taken_back(proceeding, police, prosecutor):
    found = add("exhibits", proceeding, police, **PAPER)
    step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id))
    assert step("exhibits", found, "take_back", police).status == "in_custody"
    assert chain_of(found)[0].offered_to_id is None


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"kind": "data_copy"}, "sha256"),
        ({"sha256": "abc"}, "sha256"),
        ({"taken_at": NOW + timedelta(hours=1)}, "taken_at"),
        ({"seal_number": "on the shelf"}, "seal_number"),
        ({"kind": ""}, "kind"),
        ({"shelter": "x"}, "shelter"),
    ],
)
def test_exhibit_that_cannot_be_is_invalid(proceeding, police, record, field):
    with pytest.raises(Invalid) as invalid:
        add("exhibits", proceeding, police, **{**PAPER, **record})
    assert field in invalid.value.problems
    assert not Exhibit.objects.for_house("tests").exists()


@pytest.mark.parametrize("moment", [NOW + timedelta(days=1), NOW - timedelta(days=1)])
def test_hand_over_before_it_was_held_or_in_the_future_is_invalid(proceeding, police, prosecutor, moment):
    found = add("exhibits", proceeding, police, **PAPER)
    with pytest.raises(Invalid):
        step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id), given_at=moment)


def test_database_holds_no_two_holders_of_one_exhibit(proceeding, police):
    found = add("exhibits", proceeding, police, **PAPER)
    (link,) = chain_of(found)
    twice = Custody(case_id=found.case_id, exhibit=found, number=2, organisation_id=link.organisation_id, keeper=police.user, starts_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save(force_insert=True)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_gaps_are_the_times_between_holders_and_nothing_else(pairs):
    at, chain = NOW, []
    expected = 0
    for number, (pause, held) in enumerate(pairs, 1):
        at += timedelta(minutes=pause)
        expected += number > 1 and pause > 60
        chain.append(SimpleNamespace(number=number, starts_at=at, ends_at=at + timedelta(minutes=held), seal_whole=None))
        at += timedelta(minutes=held)
    assert len(custody.gaps(reversed(chain))) == expected
