"""The wage-loss calculator on a claim: the country's rates where the profile has them, the reckoning, and a kept calculation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.formats import date_format, number_format
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from havre import standards, trust
from havre.justice.models import CompensationClaim, WageCalculation
from havre.justice.wages import Impossible, Rate, Reckoning, Stretch, reckon
from havre.justice.workflow import PROFESSIONALS
from havre.standards.dated import Fact
from havre.standards.errors import UnknownFact
from havre.standards.queries import fact
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.errors import Invalid, Missing, Words

# facts of a country's profile: minimum pay, each amount with its days, and interest by law in percent a year
FACTS = WAGE_FACT, INTEREST_FACT = "minimum_wage", "legal_interest"
WORDS: dict[str, Words] = {
    "no_rate": _("give the agreed wage, or the legal one: without a rate nothing can be reckoned"),
    "before_first": _("the last day comes before the first: swap the two"),
    "too_long": _("a stretch of more than 40 years cannot be: look at the dates"),
    "range": _("this number cannot be: look at the help beside the field"),
    "negative": _("an amount cannot be below zero"),
    "overlap": _("two stretches share days: end one before the next begins"),
    "none": _("enter at least one stretch of work"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """One rate on record: what it is, the days on which it holds (`last` None: still), where, and who says so.

    `signed`: two named readers of this instance stand for it. One that is not signed is shown as such; nothing takes it by itself.
    """

    code: str
    rate: Rate
    currency: str
    first: date
    last: date | None
    where: str
    source: str
    signed: bool

    @property
    def words(self) -> str:
        """As a list offers it."""
        days = _("from %(first)s") if self.last is None else _("%(first)s to %(last)s")
        told = {"first": date_format(self.first), "last": date_format(self.last) if self.last else ""}
        amount = f"{number_format(self.rate.amount)} {self.currency} {UNITS[self.rate.unit]}"
        return ", ".join(str(part) for part in (amount, self.where, str(days) % told) if part)


UNITS: dict[str, Words] = {"hour": _("an hour"), "day": _("a day"), "month": _("a month"), "year": _("a year")}


def offers(name: str, country: str, *, on: date) -> list[Offer]:
    """The rates of a country's profile as it stands on a day, newest first; empty where it has none.

    Args: name, WAGE_FACT or INTEREST_FACT. The revision that a reckoning keeps names the source beside the fact's own.
    """
    one = _fact(name, country, on)
    if one is None or not isinstance(one.value, list | tuple):
        return []
    found = []
    for number, entry in enumerate(one.value):
        until = entry.get("until")
        found.append(
            Offer(
                code=f"{name}.{number}",
                rate=Rate(Decimal(entry["amount"]), entry["unit"], f"{one.country}.{one.id}", f"{one.revision}; {entry['source']}"),
                currency=entry["currency"],
                first=date.fromisoformat(entry["from"]),
                last=date.fromisoformat(until) if until else None,
                where=_where(entry.get("where", "")),
                source=entry["source"],
                signed=one.is_signed,
            )
        )
    return sorted(found, key=lambda offer: offer.first, reverse=True)


def _where(words: Any) -> str:
    return words if isinstance(words, str) else str(words["fr" if (get_language() or "en").startswith("fr") else "en"])


def remark(name: str, country: str, *, on: date) -> str:
    """What the profile says beside a fact, in the reader's language; empty where it says nothing."""
    one = _fact(name, country, on)
    return str(one.note or "") if one else ""


def _fact(name: str, country: str, on: date) -> Fact | None:
    if country.lower() not in standards.country_codes():
        return None
    try:
        return fact(name, on=on, country=country.lower())
    except UnknownFact:
        return None


def rests_on_unsigned(numbers: Iterable[dict[str, str]]) -> bool:
    """Whether a step of a reckoning used a rate as it was shipped, for which nobody here has signed."""
    return any(one.get("revision", "").startswith("packaged") for one in numbers)


def within(offer: Offer, stretch: Stretch, currency: str) -> None:
    """That an offered wage holds on every day of a stretch, in its currency. Raises: Invalid, saying what to mend."""
    if offer.currency != currency:
        raise Invalid({"known": [_("this rate is in another currency")]})
    if stretch.first < offer.first or (offer.last is not None and stretch.last > offer.last):
        raise Invalid({"known": [_("this rate does not hold on all of these days: enter one stretch for each rate")]})


def reckoned(stretches: list[Stretch], *, on: date, interest: Rate | None = None) -> Reckoning:
    """The reckoning, with the interest that was chosen. Raises: Invalid, by field, in a person's words."""
    try:
        return reckon(stretches, interest=interest, on=on)
    except Impossible as wrong:
        raise Invalid({wrong.field: [WORDS[wrong.code]]}) from None


@trust.act("wages.keep")
def keep(*, claim_id: UUID, stretches: list[Stretch], currency: str, by: Actor, interest: Rate | None = None) -> WageCalculation:
    """Keep a calculation with its claim. Raises: Missing, also for a role that does not claim; Refused (403); Invalid."""
    if by.role not in PROFESSIONALS:
        raise Missing
    claim = CompensationClaim.objects.visible_to(by).select_related("case").get_or_missing(pk=claim_id)
    if claim.currency and currency != claim.currency:
        raise Invalid({"currency": [_("the claim is in another currency")]})
    done = reckoned(stretches, on=by.at.date(), interest=interest)
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
