"""Days of the Common Era in forms: one answer to a year of the Buddhist Era, wherever a day is typed."""

from __future__ import annotations

from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

# the first year that is one of the Buddhist Era rather than a slip of the common one (2400 is 1857)
BUDDHIST_FROM, BUDDHIST_AHEAD = 2400, 543


def our_era(day: date) -> None:
    """Refuse a year of the Buddhist Era, with the year to write: it is never kept and never guessed. Raises: ValidationError."""
    our_year(day.year)


def our_year(year: int) -> None:
    """The same for a year that stands alone. Raises: ValidationError."""
    if year >= BUDDHIST_FROM:
        words = {"year": str(year), "common": str(year - BUDDHIST_AHEAD)}
        raise forms.ValidationError(_("%(year)s looks like a year of the Buddhist Era: write %(common)s") % words, code="buddhist")
