"""A French catalogue of a part never takes a day's or a month's name away from Django's dates."""

import datetime

import pytest
from django.utils.dates import MONTHS, WEEKDAYS
from django.utils.formats import date_format

from tests.french import french  # noqa: F401

pytestmark = pytest.mark.usefixtures("french")
FRENCH = ["janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre", "décembre"]


@pytest.mark.parametrize(("month", "words"), list(enumerate(FRENCH, 1)))
def test_month_is_written_in_french_whatever_a_part_calls_by_the_same_word(month, words):
    assert (str(MONTHS[month]), date_format(datetime.date(2027, month, 20), "j F Y")) == (words, f"20 {words} 2027")


def test_days_of_the_week_are_written_in_french():
    assert [str(WEEKDAYS[day]) for day in range(7)] == ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
