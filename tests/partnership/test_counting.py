"""How a count is shown, and over which months."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.partnership.counting import STEP, K, days_between, middle_of, ninth_of, period_of, periods, shown
from havre.trust.errors import Invalid

COUNTS = st.integers(0, 200)
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(("count", "seen"), [(0, None), (1, None), (10, None), (11, 15), (15, 15), (16, 20), (100, 100), (101, 105)])
def test_count_below_eleven_is_hidden_and_others_rounded_up(count, seen):
    assert shown(count) == seen


@given(COUNTS, COUNTS)
def test_part_hidden_beside_its_total_and_the_other_part_is_never_exact(part, other):
    """Everything that a reader can work out from total, part and other part leaves several values for a hidden part."""
    seen = (shown(part), shown(other), shown(part + other))
    fitting = {a for a in range(K) for b in range(max(0, other - STEP), other + STEP) if (shown(a), shown(b), shown(a + b)) == seen}
    if part < K:
        assert part in fitting
        assert len(fitting) > 1


@given(COUNTS)
def test_shown_count_stands_for_five_or_more_counts(count):
    assert len([other for other in range(300) if shown(other) == shown(count)]) >= STEP


def test_periods_end_with_the_last_whole_month():
    assert [(one.first, one.last) for one in periods(date(2026, 11, 24))] == [
        (date(2026, 1, 1), date(2026, 10, 31)),
        (date(2025, 1, 1), date(2025, 12, 31)),
        (date(2024, 1, 1), date(2024, 12, 31)),
    ]
    assert [one.year for one in periods(date(2027, 1, 31))] == [2026, 2025, 2024]


@pytest.mark.parametrize("year", ["2020", "2027", "x", "-1"])
def test_period_of_a_year_without_figures_is_invalid_and_names_the_years(year):
    with pytest.raises(Invalid, match="2026, 2025, 2024"):
        period_of(year, date(2026, 11, 24))


def test_delays_are_whole_days_from_eleven_waits_on():
    waits = days_between([(START, START + timedelta(days=days, hours=1)) for days in range(1, 12)])
    assert (middle_of(waits), ninth_of(waits)) == (6, 10)
    assert (middle_of(waits[:10]), ninth_of(waits[:10])) == (None, None)


def test_step_before_its_start_was_recorded_waited_no_time():
    assert days_between([(START, START - timedelta(days=3))]) == [0.0]
