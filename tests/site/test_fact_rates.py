"""Rates in the form of a fact: one line each, read back as they were."""

from havre.site.facts.forms import _rate_line, _rates
from havre.standards.dated import packaged_fact
from havre.standards.files.profiles import problems


def test_every_packaged_rate_reads_back_as_it_was():
    for country in ("gh", "tl", "th"):
        for name in ("minimum_wage", "legal_interest"):
            plain = packaged_fact(name, country).plain or []
            assert _rates({"value": "\n".join(_rate_line(one) for one in plain)}) == plain


def test_line_with_something_wrong_reaches_the_service_which_names_it():
    (found,) = _rates({"value": "2025-01-01 | | much | GHS | day"})
    assert found == {"from": "2025-01-01", "amount": "much", "currency": "GHS", "unit": "day"}
    assert problems("rates", [found], frozenset())[0].what == "2025-01-01"
