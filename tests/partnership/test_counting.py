"""Over which months a figure is counted, and how long a step took."""

from datetime import UTC, date, datetime, timedelta

import pytest

from havre.partnership.counting import days_between, middle_of, ninth_of, period_of, periods
from havre.trust.errors import Invalid

START = datetime(2026, 1, 1, tzinfo=UTC)


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
