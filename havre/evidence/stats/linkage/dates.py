"""A birth date as casework writes it: an interval, its alternatives and how precise it is. A day is never invented.

Five forms: an ISO date (day and month may have been swapped); a year alone (perhaps from an age told); 1 January (often
"day unknown"); a Buddhist Era year (543 ahead); empty. Other separators and day-first order are read where they are plain.
"""

from __future__ import annotations

import calendar
import datetime
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

BUDDHIST_OFFSET = 543
FIRST_YEAR, LAST_YEAR = 1900, 2035
_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙٠١٢٣٤٥٦٧٨٩", "01234567890123456789")
_YEAR_FIRST = re.compile(r"^(\d{4})[-/. ]?(?:(\d{1,2})[-/. ]?(\d{1,2})?)?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})$")


@dataclass(frozen=True, slots=True)
class BirthDate:
    """What a written birth date says.

    Attributes: year, month, day (None where not known; 1 January has precision `year`, month and day None); alternatives,
    other dates the same writing may stand for (day and month swapped; day unknown is no alternative but `earliest` to
    `latest`); precision: `day`, `month`, `year` or `none`; buddhist, whether the year was written in the Buddhist Era;
    first_january, whether it was written as 1 January.
    """

    year: int | None
    month: int | None
    day: int | None
    alternatives: tuple[date, ...]
    precision: str
    buddhist: bool = False
    first_january: bool = False

    @property
    def date(self) -> date | None:
        """The full date, where a day is known."""
        return date(self.year, self.month, self.day) if self.year and self.month and self.day else None

    @property
    def earliest(self) -> datetime.date | None:
        """The first day the writing allows; a year alone may come from an age told, so it allows a year on either side."""
        if self.year is None:
            return None
        if self.date:
            return self.date
        if self.month:
            return date(self.year, self.month, 1)
        return date(self.year - (not self.first_january), 1, 1)

    @property
    def latest(self) -> datetime.date | None:
        """The last day the writing allows."""
        if self.year is None:
            return None
        if self.date:
            return self.date
        if self.month:
            return date(self.year, self.month, calendar.monthrange(self.year, self.month)[1])
        return date(self.year + (not self.first_january), 12, 31)


UNKNOWN = BirthDate(None, None, None, (), "none")


def _is_date(year: int, month: int, day: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]


def _numbers(text: str) -> tuple[int, int | None, int | None] | None:
    if found := _YEAR_FIRST.match(text):
        year, month, day = found.groups()
        return int(year), int(month) if month else None, int(day) if day else None
    if found := _YEAR_LAST.match(text):
        day, month, year = (int(part) for part in found.groups())
        return year, month, day
    return None


@lru_cache(maxsize=200_000)
def parse(text: str | None) -> BirthDate:  # noqa: PLR0911
    """Read one birth date as written. What cannot be read is unknown, never guessed (reading a list counts such fields).

    >>> parse("2541-04-03").date
    datetime.date(1998, 4, 3)
    >>> parse("1998-04-03").alternatives
    (datetime.date(1998, 3, 4),)
    >>> parse("1998-01-01").precision
    'year'
    """
    numbers = _numbers((text or "").strip().translate(_THAI_DIGITS))
    if numbers is None:
        return UNKNOWN
    year, month, day = numbers
    buddhist = FIRST_YEAR + BUDDHIST_OFFSET <= year <= LAST_YEAR + BUDDHIST_OFFSET
    year -= BUDDHIST_OFFSET if buddhist else 0
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return UNKNOWN
    month, day = month or None, day or None
    if month is None:
        return BirthDate(year, None, None, (), "year", buddhist)
    if day is None:
        return BirthDate(year, month, None, (), "month", buddhist) if month <= 12 else BirthDate(year, None, None, (), "year", buddhist)
    if (month, day) == (1, 1):
        return BirthDate(year, None, None, (), "year", buddhist, first_january=True)
    if not _is_date(year, month, day):
        if _is_date(year, day, month):  # month 13 or more: only the swapped reading is a date
            return BirthDate(year, day, month, (), "day", buddhist)
        return BirthDate(year, None, None, (), "year", buddhist)
    swapped = (date(year, day, month),) if month != day and _is_date(year, day, month) else ()
    return BirthDate(year, month, day, swapped, "day", buddhist)


def parse_all(texts: Iterable[str | None]) -> dict[str, BirthDate]:
    """The readings of many dates, each distinct text once: text to BirthDate (None and "" are left out)."""
    return {text: parse(text) for text in dict.fromkeys(texts) if text}
