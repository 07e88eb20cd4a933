"""The form that a phone fills in and seals, read strictly: whatever is not exactly it is named and refused, never guessed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from havre.protection.enums import Answer, AsideReason, KeptBecause, Origin, PlaceKind, Profile, RiskLevel, Situation
from havre.register.enums import AgeBasis

FORM = "pocket-1"
# a talk of an hour holds fewer; more is no talk
MOST_ANSWERS = 200
LONGEST = 64_000
# a number on a phone that saved more is no number; a group of more is typed wrong
MOST_FORMS, MOST_PERSONS = 1_000_000, 999


class Unread(Exception):
    """What was sealed is not a form that can be read here; `why` is a value of AsideReason, `field` says where."""

    def __init__(self, field: str, why: AsideReason = AsideReason.FORM) -> None:
        self.field, self.why = field, why
        super().__init__(field)


@dataclass(frozen=True, slots=True)
class Answered:
    """One card of the phone: the sign, the answer, said or seen, and the phone's moment."""

    indicator: str
    answer: str
    origin: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Told:
    """One screening as it was saved. Moments are the phone's own; `officer` is whose session it was, None when nobody had signed in."""

    edition: str
    situation: str
    profile: str
    language: str
    informed: bool
    interpreter: bool
    interpreter_checked: bool
    private: bool
    safety_level: str
    care: bool | None
    urgent_done: bool
    gender: str
    age: int | None
    age_basis: str
    minor: bool
    place: str
    kept_because: str
    at: datetime
    officer: UUID | None
    answers: tuple[Answered, ...]
    # which phone, the how-manieth form of it, and our own moment at which it last spoke with us; none from a page of before
    device: UUID | None = None
    sequence: int | None = None
    base_at: datetime | None = None
    # a numbered person of a group, as the officer typed it: the group's code and the number; "" and None for anybody else
    group: str = ""
    person_number: int | None = None

    def conditions(self, happened_at: datetime) -> dict[str, Any]:
        """The fields of RG01 to RG03, as `screening.screen` takes them."""
        return {
            "language": self.language,
            "interpreter": self.interpreter,
            "interpreter_conflict_checked": self.interpreter_checked,
            "privacy_confirmed": self.private,
            "safety_level": self.safety_level,
            "medical_need": self.care,
            "information_given_at": happened_at if self.informed else None,
            "urgent_action_at": happened_at if self.urgent_done else None,
        }

    def person(self) -> dict[str, Any]:
        """The person, as `register.services.open_case` takes them."""
        return {
            "gender": self.gender,
            "age_on_opening": self.age,
            "age_basis": self.age_basis or AgeBasis.NOT_RECORDED,
            "presumed_minor": self.minor,
            "languages": [self.language] if self.language else [],
        }


def read(plain: bytes) -> Told:
    """One form from the bytes that a phone sealed. Raises: Unread, with the field that is missing or wrong; nothing else."""
    if len(plain) > LONGEST:
        raise Unread("size")
    try:
        body = json.loads(plain)
    except (ValueError, RecursionError):
        raise Unread("json") from None
    if not isinstance(body, dict) or body.get("form") != FORM:
        raise Unread("form")
    answers = body.get("answers")
    if not isinstance(answers, list) or len(answers) > MOST_ANSWERS:
        raise Unread("answers")
    return Told(
        edition=_text(body, "edition", 20),
        situation=_one_of(body, "situation", Situation.values),
        profile=_one_of(body, "profile", Profile.values),
        language=_text(body, "language", 8),
        informed=_flag(body, "informed"),
        interpreter=_flag(body, "interpreter"),
        interpreter_checked=_flag(body, "interpreter_checked"),
        private=_flag(body, "private"),
        safety_level=_one_of(body, "danger", ["", *RiskLevel.values]),
        care=None if body.get("care") is None else _flag(body, "care"),
        urgent_done=_flag(body, "urgent_done"),
        gender=_text(body, "gender", 40),
        age=_age(body),
        age_basis=_one_of(body, "age_basis", ["", *AgeBasis.values]),
        minor=_flag(body, "minor"),
        place=_one_of(body, "place", ["", *PlaceKind.values]),
        kept_because=_one_of(body, "kept", KeptBecause.values),
        at=_moment(body.get("at"), "at"),
        officer=_id(body, "officer"),
        answers=tuple(_answer(one) for one in answers),
        device=_id(body, "device"),
        sequence=_count(body, "seq", MOST_FORMS),
        base_at=_moment(body["base"], "base") if body.get("base") else None,
        group=_text(body, "group", 16),
        person_number=_count(body, "person", MOST_PERSONS),
    )


def _answer(row: Any) -> Answered:
    if not isinstance(row, dict):
        raise Unread("answers")
    answer = _one_of(row, "a", Answer.values)
    origin = _one_of(row, "o", ["", *Origin.values])
    return Answered(_text(row, "s", 12), answer, origin, _moment(row["t"], "t") if row.get("t") else None)


def _text(body: dict[str, Any], name: str, most: int) -> str:
    found = body.get(name, "")
    if not isinstance(found, str) or len(found) > most or "\x00" in found:
        raise Unread(name)
    try:
        # half of a pair of surrogates is no letter, and no database takes it
        found.encode()
    except UnicodeEncodeError:
        raise Unread(name) from None
    return found


def _one_of(body: dict[str, Any], name: str, values: Any) -> str:
    found = _text(body, name, 40)
    if found not in values:
        raise Unread(name)
    return found


def _flag(body: dict[str, Any], name: str) -> bool:
    found = body.get(name, False)
    if not isinstance(found, bool):
        raise Unread(name)
    return found


def _age(body: dict[str, Any]) -> int | None:
    found = body.get("age")
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= 130:
        raise Unread("age")
    return found


def _count(body: dict[str, Any], name: str, most: int) -> int | None:
    found = body.get(name)
    if found is None:
        return None
    if isinstance(found, bool) or not isinstance(found, int) or not 1 <= found <= most:
        raise Unread(name)
    return found


def _moment(found: Any, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(found)
    except (TypeError, ValueError):
        raise Unread(name) from None
    # a year at the edge of the calendar cannot be put right by a skew
    if moment.tzinfo is None or not 1990 <= moment.year <= 2200:
        raise Unread(name)
    return moment


def _id(body: dict[str, Any], name: str) -> UUID | None:
    found = _text(body, name, 36)
    try:
        return UUID(found) if found else None
    except ValueError:
        raise Unread(name) from None
