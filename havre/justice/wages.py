"""Lost wages, step by step: what was owed at the higher of the agreed and the legal rate, what was paid, what is missing. A pure function.

Nothing here knows Django. Amounts are exact until the end of a step and are then rounded half up to two decimals, so that the steps add up
to the total that is shown. Sources: CoE Convention 2005, art. 15(3); ILO Protocol of 2014 to the Forced Labour Convention, art. 4(1);
ILO C95 art. 8 to 12 (deductions, regular payment).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import pairwise

UNITS = ("hour", "day", "month")
CENT = Decimal("0.01")
LONGEST_YEARS = 40


class Impossible(ValueError):
    """What was entered cannot be a stretch of work; `field` names what to mend, `code` says why."""

    def __init__(self, field: str, code: str) -> None:
        self.field, self.code = field, code
        super().__init__(f"{field}: {code}")


@dataclass(frozen=True, slots=True)
class Rate:
    """Pay for one `unit` of work; `fact` and `revision` say which dated fact it is, empty for what was agreed or typed."""

    amount: Decimal
    unit: str
    fact: str = ""
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One stretch of work under one rate, both days included.

    `days_a_week` 1 to 7; `hours_a_week` up to 168, of which those above `normal_hours` are overtime paid at `overtime_factor` (1 or more).
    `paid` is what was received; `deducted` what was taken from it without right (food, lodging, debt), which is owed again.
    """

    first: date
    last: date
    days_a_week: int
    hours_a_week: Decimal
    paid: Decimal
    agreed: Rate | None = None
    legal: Rate | None = None
    normal_hours: Decimal = Decimal(48)
    overtime_factor: Decimal = Decimal("1.5")
    deducted: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class Step:
    """One line of the reckoning: a code, the numbers that stand in its sentence, and what it adds (or, below zero, takes away)."""

    code: str
    amount: Decimal
    numbers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Reckoning:
    """All steps and their sum; never below zero for a stretch, since what was paid for one is not taken back from another."""

    steps: tuple[Step, ...]
    total: Decimal


def reckon(stretches: tuple[Stretch, ...] | list[Stretch], *, interest: Rate | None = None, on: date | None = None) -> Reckoning:
    """What is owed for these stretches of work, with simple interest to `on` where a fact of the country gives a rate.

    Args: stretches, not overlapping; interest, percent a year in `amount`, unit "year". Raises: Impossible, naming the field to mend.
    """
    _apart(stretches)
    steps: list[Step] = []
    total = Decimal(0)
    for number, one in enumerate(stretches, 1):
        lines, owed = _of(one, number)
        if interest is not None and on is not None and owed > 0:
            line = _interest(owed, one.last, interest, on, number)
            lines.append(line)
            owed += line.amount
        steps.extend(lines)
        total += owed
    return Reckoning(tuple(steps), total)


def _of(one: Stretch, number: int) -> tuple[list[Step], Decimal]:
    _possible(one)
    rate, which = _higher(one)
    per_hour = _hourly(rate, one)
    weeks = Fraction((one.last - one.first).days + 1, 7)
    normal = min(Fraction(one.hours_a_week), Fraction(one.normal_hours))
    more = Fraction(one.hours_a_week) - normal
    told = {"stretch": str(number), "rate": _plain(rate.amount), "unit": rate.unit, "fact": rate.fact, "revision": rate.revision}
    if rate.unit == "month":
        amount = months(one.first, one.last)
        base = Fraction(rate.amount) * amount
        told["count"] = _plain(_round(amount))
    elif rate.unit == "day":
        amount = weeks * one.days_a_week
        base = Fraction(rate.amount) * amount
        told["count"] = _plain(_round(amount))
    else:
        base = Fraction(rate.amount) * weeks * normal
        told["count"] = _plain(_round(weeks * normal))
    steps = [Step(f"base_{which}", _round(base), told)]
    if more > 0:
        numbers = {
            "stretch": str(number), "count": _plain(_round(weeks * more)), "rate": _plain(_round(per_hour)),
            "factor": _plain(one.overtime_factor),
        }  # fmt: skip
        steps.append(Step("overtime", _round(weeks * more * per_hour * Fraction(one.overtime_factor)), numbers))
    if one.deducted:
        steps.append(Step("deducted", _round(Fraction(one.deducted)), {"stretch": str(number)}))
    if one.paid:
        steps.append(Step("paid", -_round(Fraction(one.paid)), {"stretch": str(number)}))
    owed = sum((step.amount for step in steps), Decimal(0))
    if owed < 0:
        # paid in full: nothing is owed, and nothing owed back
        steps.append(Step("nothing_owed", -owed, {"stretch": str(number)}))
        owed = Decimal(0)
    return steps, owed


def _higher(one: Stretch) -> tuple[Rate, str]:
    """The rate that gives more for an hour: nobody agrees to less than the law."""
    if one.agreed is None and one.legal is None:
        raise Impossible("agreed", "no_rate")
    if one.legal is None or (one.agreed is not None and _hourly(one.agreed, one) >= _hourly(one.legal, one)):
        return one.agreed, "agreed"  # type: ignore[return-value]
    return one.legal, "legal"


def _hourly(rate: Rate, one: Stretch) -> Fraction:
    normal = min(Fraction(one.hours_a_week), Fraction(one.normal_hours))
    if rate.unit == "hour":
        return Fraction(rate.amount)
    if rate.unit == "day":
        return Fraction(rate.amount) * one.days_a_week / normal
    # a year has 52 weeks and one day: 365/7 weeks in twelve months
    return Fraction(rate.amount) * 12 * 7 / 365 / normal


def months(first: date, last: date) -> Fraction:
    """Months from one day to another, both included; a part of a month counts by its days."""
    found, day = Fraction(0), first
    while day <= last:
        length = calendar.monthrange(day.year, day.month)[1]
        end = min(last, date(day.year, day.month, length))
        found += Fraction((end - day).days + 1, length)
        day = end + timedelta(days=1)
    return found


def _interest(owed: Decimal, since: date, rate: Rate, on: date, number: int) -> Step:
    days = max(0, (on - since).days)
    amount = _round(Fraction(owed) * Fraction(rate.amount) / 100 * days / 365)
    numbers = {"stretch": str(number), "rate": _plain(rate.amount), "days": str(days), "fact": rate.fact, "revision": rate.revision}
    return Step("interest", amount, numbers)


def _possible(one: Stretch) -> None:
    if one.last < one.first:
        raise Impossible("last", "before_first")
    if (one.last - one.first).days > LONGEST_YEARS * 366:
        raise Impossible("last", "too_long")
    if not 1 <= one.days_a_week <= 7:
        raise Impossible("days_a_week", "range")
    if not 0 < one.hours_a_week <= one.days_a_week * 24:
        raise Impossible("hours_a_week", "range")
    if not 0 < one.normal_hours <= 168:
        raise Impossible("normal_hours", "range")
    if one.overtime_factor < 1:
        raise Impossible("overtime_factor", "range")
    for name, amount in (("paid", one.paid), ("deducted", one.deducted)):
        if amount < 0:
            raise Impossible(name, "negative")
    for name, rate in (("agreed", one.agreed), ("legal", one.legal)):
        if rate is not None and (rate.unit not in UNITS or rate.amount <= 0):
            raise Impossible(name, "range")


def _apart(stretches: tuple[Stretch, ...] | list[Stretch]) -> None:
    if not stretches:
        raise Impossible("first", "none")
    in_order = sorted(stretches, key=lambda one: one.first)
    for before, after in pairwise(in_order):
        if after.first <= before.last:
            raise Impossible("first", "overlap")


def _round(amount: Fraction) -> Decimal:
    return (Decimal(amount.numerator) / Decimal(amount.denominator)).quantize(CENT, ROUND_HALF_UP)


def _plain(amount: Decimal) -> str:
    return format(amount.normalize(), "f")
