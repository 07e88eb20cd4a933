"""Reading one cell: dates in four habits, countries, languages, picklists, ages, yes and no. Never a guess that is not said.

Every reader gives (value, codes of what to know) or raises Bad(code). None is "not recorded".
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from havre.register.exchange import vocabulary
from havre.register.exchange.problems import Bad
from havre.register.exchange.vocabulary import fold

Codes = tuple[str, ...]

# "NA" is not among them: it is Namibia (standards.md 2.1, 21)
UNKNOWN = frozenset(
    fold(word)
    for word in (
        "unknown",
        "not known",
        "don't know",
        "not recorded",
        "not specified",
        "not stated",
        "inconnu",
        "inconnue",
        "ne sait pas",
        "non renseigné",
        "desconhecido",
        "la hatene",
        "ไม่ทราบ",
        "-99",
        "999",
    )
) | {"-99", "?", "-", "--", "n/a", "N/A", "N/a"}
YES = frozenset(fold(word) for word in ("yes", "y", "true", "1", "oui", "o", "vrai", "sim", "sin", "loos", "x", "checked", "ใช่"))
NO = frozenset(fold(word) for word in ("no", "n", "false", "0", "non", "faux", "não", "lae", "unchecked", "ไม่", "ไม่ใช่"))

_MONTHS = {
    fold(word): number
    for number, words in enumerate(
        (
            "jan january janvier janv janeiro ม.ค. มกราคม",
            "feb february février févr fév fevereiro ก.พ. กุมภาพันธ์",
            "mar march mars março มี.ค. มีนาคม",
            "apr april avril avr abril abr เม.ย. เมษายน",
            "may mai maio พ.ค. พฤษภาคม",
            "jun june juin junho มิ.ย. มิถุนายน",
            "jul july juillet juil julho ก.ค. กรกฎาคม",
            "aug august août agosto ago ส.ค. สิงหาคม",
            "sep sept september septembre setembro set ก.ย. กันยายน",
            "oct october octobre outubro out ต.ค. ตุลาคม",
            "nov november novembre novembro พ.ย. พฤศจิกายน",
            "dec december décembre déc dezembro dez ธ.ค. ธันวาคม",
        ),
        1,
    )
    for word in words.split()
}
_ISO = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?(?:[T ].*)?$")
_PARTS = re.compile(r"(\d{1,4})\s*[/.\-\s]\s*(\d{1,2})\s*[/.\-\s]\s*(\d{1,4})$")
_WORDS = re.compile(r"(\d{1,2})(?:st|nd|rd|th|er)?[\s\-.]+(?:de\s+)?([^\W\d]+\.?(?:[^\W\d]+\.?)?)[\s\-.,]+(?:de\s+)?(\d{4})$")
_MONTH_YEAR = re.compile(r"(\d{1,2})[/.\-](\d{4})$")
_AGE = re.compile(r"(?:about|approx\.?|environ|~)?\s*(\d{1,3})\s*(?:years?(?:\s+old)?|ans|yrs?|y|ปี)?$", re.IGNORECASE)
# 1900-01-01 is day 1 of a spreadsheet; its invented 29 February 1900 shifts what follows by one
_EPOCH = date(1899, 12, 30)
BUDDHIST = 543


class Day:
    """A date with its precision (day, month or year)."""

    __slots__ = ("on", "precision")

    def __init__(self, on: date, precision: str = "day") -> None:
        self.on, self.precision = on, precision

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Day) and (self.on, self.precision) == (other.on, other.precision)

    def __hash__(self) -> int:
        return hash((self.on, self.precision))

    def __repr__(self) -> str:
        return f"Day({self.iso})"

    @property
    def iso(self) -> str:
        """2001, 2001-05 or 2001-05-31, by precision."""
        return self.on.isoformat()[: {"year": 4, "month": 7}.get(self.precision, 10)]


def text_of(cell: Any) -> str:
    """A cell as text: no-break and surrounding spaces gone, whole floats without their zero."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        text = cell.replace("\xa0", " ").replace("\u200b", "").strip() if cell else ""
        # an export puts an apostrophe before what a spreadsheet would run
        return text[1:] if text[:1] == "'" and text[1:2] in ("=", "+", "-", "@", "\t", "\r") else text
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.isoformat(sep=" ") if cell.time() != cell.min.time() else cell.date().isoformat()
    return str(cell)


def read_date(cell: Any, *, today: date, month_first: bool = False) -> tuple[Day | None, Codes]:
    """A date: ISO, day/month/year (or month first, if told), a spreadsheet's day count, a Buddhist Era year, a month's name.

    Raises: Bad, with date_unreadable, date_impossible or date_future.
    """
    codes: Codes = ()
    if isinstance(cell, date):  # a datetime is one too
        year, month, day = cell.year, cell.month, cell.day
    else:
        text = text_of(cell)
        if not text:
            return None, ()
        if text in UNKNOWN or fold(text) in UNKNOWN:
            return None, ("said_unknown",)
        year, month, day, codes = _split(text, month_first)
    if year > 2400:
        year, codes = year - BUDDHIST, (*codes, "date_buddhist")
    try:
        on = date(year, month or 1, day or 1)
    except ValueError:
        raise Bad("date_impossible") from None
    if on > today:
        raise Bad("date_future")
    if not month:
        return Day(on, "year"), (*codes, "date_year_only")
    if not day:
        return Day(on, "month"), (*codes, "date_year_only")
    return Day(on), codes


def _split(text: str, month_first: bool) -> tuple[int, int, int, Codes]:
    """(year, month or 0, day or 0, codes). `\\d` and `int` read Thai digits too."""
    if found := _ISO.match(text):
        year, month, day = found.groups()
        return int(year), int(month), int(day or 0), ()
    if text.isdecimal() or re.fullmatch(r"\d+\.0", text):
        return _number(int(text.split(".", maxsplit=1)[0]))
    if found := _PARTS.match(text):
        first, second, third = (int(part) for part in found.groups())
        if first > 31:
            return first, second, third, ()
        if third < 100:
            raise Bad("date_unreadable")  # two digits of a year may be of three centuries and two calendars
        return (third, first, second, ()) if month_first else (third, second, first, ())
    if found := _MONTH_YEAR.match(text):
        return int(found[2]), int(found[1]), 0, ()
    if (found := _WORDS.match(text)) and fold(found[2]) in _MONTHS:
        return int(found[3]), _MONTHS[fold(found[2])], int(found[1]), ()
    raise Bad("date_unreadable")


def _number(number: int) -> tuple[int, int, int, Codes]:
    if 1880 <= number <= 2100 or 2423 <= number <= 2643:
        return number, 0, 0, ()
    if 8_000 <= number <= 80_000:
        on = _EPOCH + timedelta(days=number)
        return on.year, on.month, on.day, ("date_serial",)
    if 18_800_101 <= number <= 26_431_231:
        return number // 10_000, number // 100 % 100, number % 100, ()
    raise Bad("date_unreadable")


def read_birth(cell: Any, *, today: date, month_first: bool = False) -> tuple[Day | int | None, Codes]:
    """A date of birth, or the age told (an int) where an age stands in its place. 1 January counts as a year only."""
    text = text_of(cell)
    if not isinstance(cell, date) and (found := _AGE.match(text)) and int(found[1]) <= 120 and fold(text) not in UNKNOWN:
        return int(found[1]), ("age_for_date",)
    day, codes = read_date(cell, today=today, month_first=month_first)
    if day is None:
        return None, codes
    if today.year - day.on.year > 120:
        raise Bad("birth_too_old")
    if day.precision == "day" and (day.on.month, day.on.day) == (1, 1):
        return Day(day.on, "year"), (*codes, "date_january")
    return day, codes


def read_age(cell: Any) -> tuple[int | None, Codes]:
    """An age in years, 0 to 120."""
    text = text_of(cell)
    if not text or fold(text) in UNKNOWN or text in UNKNOWN:
        return None, ("said_unknown",) if text else ()
    found = _AGE.match(text)
    if not found:
        raise Bad("age_impossible" if re.fullmatch(r"-?\d+", text) else "number_unreadable")
    if int(found[1]) > 120:
        raise Bad("age_impossible")
    return int(found[1]), ()


def read_number(cell: Any) -> tuple[int | None, Codes]:
    """A whole number that is not negative."""
    text = text_of(cell)
    if not text or fold(text) in UNKNOWN or text in UNKNOWN:
        return None, ("said_unknown",) if text else ()
    if not re.fullmatch(r"\d{1,6}", text):
        raise Bad("number_unreadable")
    return int(text), ()


def read_yes_no(cell: Any) -> tuple[str | None, Codes]:
    """yes, no or unknown; None when the cell is empty. Three states, never two."""
    text = text_of(cell)
    if not text:
        return None, ()
    word = fold(text)
    if word in YES:
        return "yes", ()
    if word in NO:
        return "no", ()
    if word in UNKNOWN or text in UNKNOWN:
        return "unknown", ()
    raise Bad("yes_no_unreadable")


def read_country(cell: Any) -> tuple[str | None, Codes]:
    """Alpha-2. `NA` is Namibia."""
    text = text_of(cell)
    if not text:
        return None, ()
    code = vocabulary.countries().get(fold(text))
    if code:
        return code, ()
    if text in UNKNOWN or fold(text) in UNKNOWN:
        return None, ("said_unknown",)
    raise Bad("country_unknown")


def read_countries(cell: Any) -> tuple[list[str] | None, Codes]:
    """Several countries; a name with a comma in it ("Korea, Republic of") is tried whole first."""
    text = text_of(cell)
    if not text:
        return None, ()
    whole = vocabulary.countries().get(fold(text))
    if whole:
        return [whole], ()
    found: list[str] = []
    codes: Codes = ()
    for part in parts(text):
        code, more = read_country(part)
        codes += more
        if code and code not in found:
            found.append(code)
    if not found and not codes:
        raise Bad("country_unknown")
    return found or None, codes


def read_language(cell: Any) -> tuple[str | None, Codes]:
    """ISO 639-3, from two or three letters or a name."""
    text = text_of(cell)
    if not text:
        return None, ()
    code = vocabulary.languages().get(fold(text))
    if code:
        return code, ()
    if text in UNKNOWN or fold(text) in UNKNOWN:
        return None, ("said_unknown",)
    raise Bad("language_unknown")


def read_values(cell: Any, field: str) -> tuple[list[str] | None, Codes]:
    """Value names of a picklist as published, in the cell's order. Matched without case, spaces and accents, on names and aliases only."""
    text = text_of(cell)
    if not text:
        return None, ()
    known = vocabulary.picklist(field)
    pieces = [text] if fold(text) in known else parts(text)
    # a tool's select-multiple is parted by blanks, and its codes hold none
    if len(pieces) == 1 and " " in text and all(fold(piece) in known for piece in text.split()):
        pieces = text.split()
    found: list[str] = []
    codes: Codes = ()
    published = vocabulary.fields()[field].values
    for piece in pieces:
        value = known.get(fold(piece))
        if value is None:
            if fold(piece) in UNKNOWN or piece in UNKNOWN:
                codes += ("said_unknown",)
                continue
            raise Bad("value_unknown")
        if value not in published:
            codes += ("value_coarse",) if value == "Threats" else ("value_extension",)
        if value not in found:
            found.append(value)
    if not found and not codes:
        raise Bad("value_unknown")  # separators and nothing between them
    if len(found) > 1 and not vocabulary.fields()[field].many:
        raise Bad("value_several")
    if len(found) > 1 and vocabulary.fields()[field].kind == "one":
        codes += ("several_exported_first",)
    return found or None, codes


def parts(text: str) -> list[str]:
    """The pieces of a cell that holds several values: by line, semicolon or bar; else by comma."""
    for sign in ("\n", ";", "|", ","):
        if sign in text:
            return [piece.strip() for piece in text.split(sign) if piece.strip()]
    return [text]
