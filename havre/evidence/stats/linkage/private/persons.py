"""From the rows of section 1 to what is encoded: name tokens, a birth date as far as it is known, codes. Nothing is keyed yet.

Names and dates come from the linkage's own normalisers, so that private and open linkage see the same person.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from havre.evidence.stats.linkage import dates, names

COLUMNS = ("given_name", "family_name", "sex", "birth_date", "nationality", "birthplace", "phone", "doc_number")
T = TypeVar("T")
# name group, skeleton and folded spelling of one part of a name
Token = tuple[str, str, str]
# letters that clerks and cameras take for digits
_ALIKE = str.maketrans({"O": "0", "Q": "0", "D": "0", "I": "1", "L": "1", "B": "8", "S": "5", "Z": "2", "G": "6"})


@dataclass(frozen=True, slots=True)
class People:
    """Normalised records, column by column; every sequence has one entry a record.

    `given`, `family`: up to two tokens each. `born`: (year, day, month), 0 where unknown. Other columns: text, empty where unknown.
    """

    record_id: Sequence[str]
    given: Sequence[tuple[Token, ...]]
    family: Sequence[tuple[Token, ...]]
    born: Sequence[tuple[int, int, int]]
    sex: Sequence[str]
    nationality: Sequence[str]
    place: Sequence[str]
    phone: Sequence[str]
    document: Sequence[str]

    def __len__(self) -> int:
        return len(self.record_id)


def _each(column: Sequence[str], read: Callable[[str], T]) -> list[T]:
    """A column through a reader that is asked once for each distinct value."""
    known = {value: read(value) for value in set(column)}
    return [known[value] for value in column]


def _two(text: str) -> tuple[Token, ...]:
    """The first and last part of a name: middle ones are what clerks drop."""
    made = names.key(text)
    found = tuple(zip(made.group.split(" "), made.skeleton.split(" "), made.tokens, strict=True)) if made.tokens else ()
    return found if len(found) < 2 else (found[0], found[-1])


def _born(text: str) -> tuple[int, int, int]:
    found = dates.parse(text)
    return (found.year or 0, found.day or 0, found.month or 0) if found.day else (found.year or 0, 0, 0)


def _phone(text: str) -> str:
    """The last eight digits; fewer than six are no number."""
    digits = re.sub(r"\D", "", text)
    return digits[-8:] if len(digits) >= 6 and len(set(digits)) > 1 else ""


def _document(text: str) -> str:
    found = re.sub(r"[^0-9A-Z]", "", text.upper()).translate(_ALIKE)
    return found if len(found) >= 4 and len(set(found)) > 1 else ""


def _place(text: str) -> str:
    return names.key(text).skeleton


def people(columns: Mapping[str, Sequence[str]]) -> People:
    """Normalise the columns of one list (`record_id` and COLUMNS, text, empty where unknown; a missing column counts as empty)."""
    size = len(columns["record_id"])
    read = {name: columns.get(name) or [""] * size for name in COLUMNS}
    return People(
        list(columns["record_id"]),
        _each(read["given_name"], _two),
        _each(read["family_name"], _two),
        _each(read["birth_date"], _born),
        _each(read["sex"], lambda text: text.strip().upper() if text.strip().upper() in {"F", "M", "X"} else ""),
        _each(read["nationality"], lambda text: text.strip().upper()),
        _each(read["birthplace"], _place),
        _each(read["phone"], _phone),
        _each(read["doc_number"], _document),
    )
