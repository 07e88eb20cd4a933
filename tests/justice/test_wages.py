"""The wage-loss calculator: known cases by hand, and what must hold for any stretch of work."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre.justice.wages import Impossible, Rate, Stretch, months, reckon

WEEK = Stretch(date(2026, 3, 2), date(2026, 3, 8), 6, Decimal(48), Decimal(0), agreed=Rate(Decimal(5), "hour"))


def test_week_of_48_hours_at_5_is_240():
    assert reckon([WEEK]).total == Decimal("240.00")


def test_twelve_hours_more_at_half_as_much_again_are_90():
    found = reckon([replace(WEEK, hours_a_week=Decimal(60))])
    assert [(step.code, step.amount) for step in found.steps] == [("base_agreed", Decimal("240.00")), ("overtime", Decimal("90.00"))]


def test_legal_rate_beats_a_lower_agreement_and_keeps_its_revision():
    found = reckon([replace(WEEK, legal=Rate(Decimal(60), "day", "gh.minimum_wage", "r7"))])
    (step,) = found.steps
    assert (step.code, step.amount, step.numbers["fact"], step.numbers["revision"]) == (
        "base_legal", Decimal("360.00"), "gh.minimum_wage", "r7"
    )  # fmt: skip


def test_monthly_wage_counts_parts_of_months_by_their_days():
    one = replace(WEEK, first=date(2026, 1, 16), last=date(2026, 3, 31), agreed=Rate(Decimal(310), "month"))
    # 16 of 31 days, February, March
    assert reckon([one]).total == Decimal("780.00")


def test_leap_february_is_one_month():
    assert months(date(2028, 2, 1), date(2028, 2, 29)) == 1
    assert months(date(2028, 2, 29), date(2028, 2, 29)) == Fraction(1, 29)


def test_deductions_without_right_are_owed_again_and_payment_is_taken_off():
    found = reckon([replace(WEEK, paid=Decimal(100), deducted=Decimal(40))])
    assert found.total == Decimal("180.00")


def test_interest_runs_from_the_end_of_the_stretch():
    found = reckon([WEEK], interest=Rate(Decimal(10), "year", "gh.interest", "r1"), on=WEEK.last + timedelta(days=365))
    assert found.steps[-1].amount == Decimal("24.00")
    assert found.total == Decimal("264.00")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"last": date(2026, 3, 1)}, "last"),
        ({"days_a_week": 8}, "days_a_week"),
        ({"hours_a_week": Decimal(145)}, "hours_a_week"),
        ({"hours_a_week": Decimal(0)}, "hours_a_week"),
        ({"paid": Decimal(-1)}, "paid"),
        ({"deducted": Decimal(-1)}, "deducted"),
        ({"overtime_factor": Decimal("0.5")}, "overtime_factor"),
        ({"agreed": None}, "agreed"),
        ({"agreed": Rate(Decimal(0), "hour")}, "agreed"),
        ({"agreed": Rate(Decimal(5), "fortnight")}, "agreed"),
        ({"last": date(2090, 1, 1)}, "last"),
    ],
)
def test_stretch_that_cannot_be_names_the_field_to_mend(change, field):
    with pytest.raises(Impossible) as wrong:
        reckon([replace(WEEK, **change)])
    assert wrong.value.field == field


def test_overlapping_stretches_are_not_counted_twice():
    with pytest.raises(Impossible) as wrong:
        reckon([WEEK, replace(WEEK, first=date(2026, 3, 8), last=date(2026, 3, 20))])
    assert wrong.value.code == "overlap"


money = st.decimals(min_value=0, max_value=100_000, places=2)
rates = st.builds(Rate, st.decimals(min_value="0.01", max_value=10_000, places=2), st.sampled_from(["hour", "day", "month"]))


@st.composite
def stretches(draw):
    first = draw(st.dates(date(2000, 1, 1), date(2030, 1, 1)))
    days = draw(st.integers(1, 7))
    return Stretch(
        first,
        first + timedelta(days=draw(st.integers(0, 1500))),
        days,
        draw(st.decimals(min_value=1, max_value=days * 24, places=1)),
        draw(money),
        agreed=draw(rates),
        legal=draw(st.none() | rates),
        deducted=draw(money),
    )


@given(stretches())
@settings(max_examples=100, deadline=None)
def test_steps_add_up_to_the_total_which_is_never_below_zero(one):
    found = reckon([one])
    assert sum((step.amount for step in found.steps), Decimal(0)) == found.total >= 0


@given(stretches(), money)
@settings(max_examples=60, deadline=None)
def test_whoever_was_paid_more_is_owed_no_more(one, more):
    assert reckon([replace(one, paid=one.paid + more)]).total <= reckon([one]).total


@given(stretches(), st.decimals(min_value="0.01", max_value=1000, places=2))
@settings(max_examples=60, deadline=None)
def test_higher_legal_rate_never_lowers_what_is_owed(one, more):
    legal = one.legal or Rate(Decimal("0.01"), "hour")
    raised = replace(legal, amount=legal.amount + more)
    # a change of the unit that is paid by may move the last cents
    assert reckon([replace(one, legal=raised)]).total >= reckon([replace(one, legal=legal, agreed=None)]).total - Decimal("0.02")


@given(stretches())
@settings(max_examples=60, deadline=None)
def test_same_input_gives_the_same_steps(one):
    assert reckon([one]) == reckon([one])
