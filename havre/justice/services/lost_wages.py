"""The wage-loss calculator on a claim: the country's rates where the profile has them, the reckoning, and a kept calculation."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import standards, trust
from havre.justice.models import CompensationClaim, WageCalculation
from havre.justice.wages import Impossible, Rate, Reckoning, Stretch, reckon
from havre.justice.workflow import PROFESSIONALS
from havre.standards.errors import UnknownFact
from havre.standards.queries import fact
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Missing, Words

# facts that a country's profile may hold: minimum pay by unit, and legal interest in percent a year
RATE_FACTS = {"month": "minimum_wage_month", "day": "minimum_wage_day", "hour": "minimum_wage_hour"}
INTEREST_FACT = "legal_interest_percent"
WORDS: dict[str, Words] = {
    "no_rate": _("give the agreed wage, or the legal one: without a rate nothing can be reckoned"),
    "before_first": _("the last day comes before the first: swap the two"),
    "too_long": _("a stretch of more than 40 years cannot be: look at the dates"),
    "range": _("this number cannot be: look at the help beside the field"),
    "negative": _("an amount cannot be below zero"),
    "overlap": _("two stretches share days: end one before the next begins"),
    "none": _("enter at least one stretch of work"),
}


def legal_rate(country: str, *, on: date) -> Rate | None:
    """The legal minimum of a country on a day, with the revision that says so; None where its profile has none."""
    for unit, name in RATE_FACTS.items():
        found = _number(name, country, on)
        if found is not None:
            return Rate(found[0], unit, *found[1:])
    return None


def interest_rate(country: str, *, on: date) -> Rate | None:
    """The legal interest of a country, percent a year; None where its profile has none: then no interest is reckoned."""
    found = _number(INTEREST_FACT, country, on)
    return Rate(found[0], "year", *found[1:]) if found else None


def _number(name: str, country: str, on: date) -> tuple[Decimal, str, str] | None:
    if country.lower() not in standards.country_codes():
        return None
    try:
        one = fact(name, on=on, country=country.lower())
    except UnknownFact:
        return None
    if not one.usable or not isinstance(one.value, int | float | str):
        return None
    return Decimal(str(one.value)), f"{one.country}.{one.id}", one.revision


def reckoned(claim: CompensationClaim, stretches: list[Stretch], *, on: date) -> Reckoning:
    """The reckoning of a claim, with the country's interest. Raises: Invalid, by field, in a person's words."""
    try:
        return reckon(stretches, interest=interest_rate(claim.case.country, on=on), on=on)
    except Impossible as wrong:
        raise Invalid({wrong.field: [WORDS[wrong.code]]}) from None


@trust.act("wages.keep")
def keep(*, claim_id: UUID, stretches: list[Stretch], currency: str, by: Actor) -> WageCalculation:
    """Keep a calculation with its claim. Raises: Missing, also for a role that does not claim; Refused (403); Invalid."""
    if by.role not in PROFESSIONALS:
        raise Missing
    claim = CompensationClaim.objects.visible_to(by).select_related("case").get_or_missing(pk=claim_id)
    if claim.currency and currency != claim.currency:
        raise Invalid({"currency": [_("the claim is in another currency")]})
    done = reckoned(claim, stretches, on=by.at.date())
    made = WageCalculation.objects.add(
        by=by, case_id=claim.case_id, claim=claim, currency=currency, total=done.total, by_id=by.user.pk, made_at=by.at,
        given=[_plain(asdict(one)) for one in stretches], steps=[_plain(asdict(one)) for one in done.steps],
    )  # fmt: skip
    audit.record(event="wages.keep", by=by, subject=claim.person_id, case_id=claim.case_id, codes={"steps": len(done.steps)})
    return made


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return str(value) if isinstance(value, date | Decimal) else value
