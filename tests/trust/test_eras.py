"""A year of the Buddhist Era in a form: one answer in every part, and one place that gives it."""

from datetime import date
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from havre.trust.eras import our_era


@given(st.dates(date(1900, 1, 1), date(2399, 12, 31)))
def test_day_of_the_common_era_is_taken(day):
    assert our_era(day) is None


@given(st.dates(date(2443, 1, 1), date(2642, 12, 31)))
def test_day_of_the_buddhist_era_is_answered_with_the_year_to_write(day):
    with pytest.raises(forms.ValidationError, match=f"{day.year} looks like a year of the Buddhist Era: write {day.year - 543}"):
        our_era(day)


def test_one_module_of_the_forms_knows_the_year_at_which_it_is_refused():
    """Two parts that cannot import each other each kept its own copy."""
    known = sorted(
        path.name for path in Path(settings.PACKAGE).rglob("*.py") if "looks like a year of the Buddhist Era" in path.read_text()
    )
    assert known == ["eras.py"]
