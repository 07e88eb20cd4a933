"""Rates of the country profiles: each has its days, its amount and its source, and none drives anything before two readers have signed it."""

from datetime import date, timedelta
from itertools import pairwise

import pytest

from havre.standards.dated import packaged_fact
from havre.standards.files.profiles import problems

NAMES = ("minimum_wage", "legal_interest")
WHOLE = {"from": "2025-03-01", "until": "2025-12-31", "amount": "19.97", "currency": "GHS", "unit": "day", "source": "Gazette"}


@pytest.mark.parametrize("country", ["gh", "tl", "th"])
@pytest.mark.parametrize("name", NAMES)
def test_packaged_rates_are_unverified_and_say_so_in_both_languages(country, name):
    found = packaged_fact(name, country)
    assert (found.usable, found.confidence, found.unconfirmed) == (False, "low", True)
    assert found.note.text("fr") != found.note.text("en")
    assert problems("rates", found.value, frozenset()) == ()
    for entry in found.value or ():
        assert len(entry["source"]) > 20


def test_days_of_ghanas_rates_follow_each_other_without_a_gap_or_an_overlap():
    rates = packaged_fact("minimum_wage", "gh").value
    for before, after in pairwise(rates):
        assert date.fromisoformat(after["from"]) - date.fromisoformat(before["until"]) == timedelta(days=1)
        assert float(after["amount"]) > float(before["amount"])


@pytest.mark.parametrize(
    "change",
    [
        {"amount": "-3"}, {"amount": "0"}, {"amount": "1,5"}, {"amount": "1e9"}, {"currency": "cedi"}, {"unit": "week"}, {"source": " "},
        {"from": "2025-13-01"}, {"until": "2024-12-31"}, {"where": ""}, {"where": {"en": "Wages"}}, {"name": "x"}, {"from": 2025},
    ],
)  # fmt: skip
def test_rate_that_cannot_be_is_named_by_its_first_day(change):
    (wrong,) = problems("rates", [WHOLE, {**WHOLE, **change}], frozenset())
    assert (wrong.code, wrong.what) == ("rate", str(change.get("from", WHOLE["from"])))


@pytest.mark.parametrize("missing", ["from", "amount", "currency", "unit", "source"])
def test_rate_without_a_part_is_refused(missing):
    (wrong,) = problems("rates", [{name: part for name, part in WHOLE.items() if name != missing}], frozenset())
    assert wrong.code == "rate"


def test_rate_reads_as_one_line():
    assert packaged_fact("legal_interest", "th").text("fr").startswith("15 %/year, 2008-05-28 – …, Salaires")
