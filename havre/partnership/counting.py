"""The figures of the coordination and their methods, and the periods over which things are counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from statistics import median

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from havre.trust.counting import K
from havre.trust.errors import Invalid, Words

YEARS = 3


@dataclass(frozen=True, slots=True)
class Period:
    """Whole months of one year, both days included: two visits a day apart differ by nobody."""

    first: date
    last: date

    @property
    def start(self) -> datetime:
        return timezone.make_aware(datetime.combine(self.first, time.min))

    @property
    def end(self) -> datetime:
        """The first moment after the period."""
        return timezone.make_aware(datetime.combine(self.last + timedelta(days=1), time.min))

    @property
    def year(self) -> int:
        return self.first.year

    @property
    def whole(self) -> bool:
        """Whether it is the whole year."""
        return (self.last.month, self.last.day) == (12, 31)


def periods(today: date) -> tuple[Period, ...]:
    """The periods that can be asked for, newest first: the year of the last whole month, and the two before it."""
    last = today.replace(day=1) - timedelta(days=1)
    return tuple(Period(date(year, 1, 1), min(last, date(year, 12, 31))) for year in range(last.year, last.year - YEARS, -1))


def period_of(year: str, today: date) -> Period:
    """The period of a year as written in an address; the newest when it is empty. Raises: Invalid."""
    known = periods(today)
    if not year:
        return known[0]
    for period in known:
        if str(period.year) == year:
            return period
    years = ", ".join(str(period.year) for period in known)
    raise Invalid(_("There are no figures for this year. Choose one of: %(years)s.") % {"years": years})


@dataclass(frozen=True, slots=True)
class Method:
    """What a figure is made of: without it, a figure is not shown."""

    numerator: Words
    denominator: Words
    unit: Words


@dataclass(frozen=True, slots=True)
class Figure:
    """One count as it is shown (None: below K), with its method."""

    title: Words
    count: int | None
    method: Method
    part: bool = False


@dataclass(frozen=True, slots=True)
class Delay:
    """How long one step took, in whole days, for those whose step ended in the period. `waiting` is None where nobody waits by name."""

    title: Words
    count: int | None
    middle: int | None
    ninth: int | None
    method: Method
    waits: bool = False
    waiting: int | None = None


def days_between(pairs: list[tuple[datetime, datetime]]) -> list[float]:
    """Waits in days, shortest first; what was done before its start was recorded waited no time."""
    return sorted(max(0.0, (end - start) / timedelta(days=1)) for start, end in pairs)


def middle_of(days: list[float]) -> int | None:
    """The median in whole days, None below K waits."""
    return None if len(days) < K else round(median(days))


def ninth_of(days: list[float]) -> int | None:
    """The 90th percentile in whole days (nearest rank), None below K waits."""
    return None if len(days) < K else round(days[ceil(0.9 * len(days)) - 1])
