"""Gender in the values of HTCDS, whatever a form of the house wrote before: one code for one answer, so that no table counts it twice."""

from __future__ import annotations

from havre.register.exchange.vocabulary import VALUE_ALIASES

# HTCDS `prs_Gender`, names as published
GENDERS = ("Feminine", "Masculine", "TransgenderFeminine", "TransgenderMasculine", "NonConforming", "NonSpecifiedUnknown")
# what earlier forms of the house wrote; the other spellings that sheets have are read by the exchange before anything is kept
_EARLIER = {old: VALUE_ALIASES["prs_Gender"][old] for old in ("Female", "Male")} | {"Other": "NonConforming"}


def as_published(gender: str) -> str:
    """The value of the standard for a recorded one; what the standard has no other name for stays as it is."""
    return _EARLIER.get(gender, gender)
