"""Indicator sets and the rules of the ILO/EC dimensions: a suggestion for each dimension, never one score.

Reads the packaged indicators file of `havre.standards` and this part's own signs of each place (`data/situations.yaml`). An edition is
written `<indicators>/<situations>`: what was answered under an earlier one stays readable.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from havre.protection.enums import Answer, Profile, ScreeningOutcome, Situation
from havre.standards import DATA

OWN = Path(__file__).resolve().parent / "data"
RECRUITMENT = ("deceptive_recruitment", "coercive_recruitment", "recruitment_vulnerability")
DESTINATION = ("coercion_destination", "vulnerability_destination")
DIMENSIONS = (*RECRUITMENT, "exploitation", *DESTINATION)
# the three elements of trafficking (Palermo art. 3(a)), and where a sign without a code of its own belongs
ELEMENTS = ("act", "means", "purpose")
_ELEMENT_OF = {"E.A": "act", "E.T": "act", "E.M": "means", "E.P": "purpose"}
_ELEMENT_BY_DIMENSION = {**dict.fromkeys((*RECRUITMENT, *DESTINATION), "means"), "exploitation": "purpose", "forced_labour": "purpose"}
_SEXUAL_SIGNS = ("DEL-CD06", "OBS-SEX", "SXS-")
PLACE = "place"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One statement. `grade` is strong, medium, weak or "" (ungraded, which is not zero); `borrowed` when its source is another set."""

    code: str
    set: str
    dimension: str
    grade: str
    borrowed: bool
    suggests: str
    words: Mapping[str, str]
    source: str = ""
    # why it matters; empty where its dimension says it
    why: Mapping[str, str] | None = None
    places: tuple[str, ...] = ()
    since: int = 0
    until: int | None = None

    def statement(self, language: str) -> str:
        """Its words in this language, else in English."""
        return self.words.get(language, self.words["en"])

    def reason(self, language: str) -> str:
        """Why the sign matters, in this language: its own reason, else the dimension that it belongs to."""
        return self.why.get(language, self.why["en"]) if self.why else dimension_words(self.dimension, language)

    def source_words(self, language: str) -> str:
        """Where the sign comes from."""
        if self.dimension == PLACE:
            words = _situations()["source"]
            return str(words.get(language, words["en"]))
        return str(_file()["sources"][self.source]["title"])

    @property
    def element(self) -> str:
        """Which element of trafficking it speaks to: act, means or purpose; "" for what is seen and belongs to none."""
        return _ELEMENT_OF.get(self.suggests[:3], "") or _ELEMENT_BY_DIMENSION.get(self.dimension, "")


@dataclass(frozen=True, slots=True)
class Dimension:
    """What was met in one dimension: the codes, their grades, and whether one of the published combinations is reached."""

    code: str
    met: tuple[str, ...]
    strong: int
    medium: int
    weak: int
    positive: bool
    borrowed: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every dimension with what was met, and the outcome that the rules suggest to the officer."""

    dimensions: tuple[Dimension, ...]
    others: tuple[str, ...]
    suggestion: ScreeningOutcome


@cache
def _file() -> dict[str, Any]:
    with (DATA / "indicators.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


@cache
def _situations() -> dict[str, Any]:
    with (OWN / "situations.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


@cache
def prompts() -> dict[str, Any]:
    """What the person is asked without a shared language: `languages`, `words`, `prompts`, `reviewed`, as in data/prompts.yaml."""
    with (OWN / "prompts.yaml").open(encoding="utf-8") as file:
        return yaml.safe_load(file)


def edition() -> str:
    """The edition in use: the version of the indicators file and that of the signs of each place."""
    return f"{_file()['version']}/{_situations()['version']}"


def is_readable(written: str) -> bool:
    """Whether what was answered under this edition can be read here: today's edition or an earlier one, never a later one."""
    return _rank(written) is not None and _rank(written) <= _rank(edition())  # type: ignore[operator]


def _rank(written: str) -> tuple[int, ...] | None:
    """An edition as numbers that can be compared; what was written before the signs of places came has 0 for them."""
    base, _slash, own = written.partition("/")
    try:
        return (*(int(piece) for piece in base.split(".")), int(own or "0"))
    except ValueError:
        return None


def dimension_words(code: str, language: str) -> str:
    """A dimension's name in this language; a place's own signs stand apart and make no dimension."""
    if code == PLACE:
        return {"fr": "Signes propres au lieu"}.get(language, "Signs of this place")
    words = _file()["dimensions"][code]
    return words.get(language, words["en"])


@cache
def of_profile(profile: str) -> dict[str, Indicator]:
    """Every indicator that is read in this profile, by code, with the grade to use today and whether it is borrowed.

    Signs that a later edition left out are there too, with `until`: they are read, and no card puts them.
    """
    found = {}
    for row in _file()["indicators"]:
        if profile not in row["applies_to"]:
            continue
        found[row["id"]] = Indicator(
            code=row["id"],
            set=row["set"],
            dimension=row["dimension"],
            grade=_grade(row, profile),
            borrowed=row.get("resolved_basis", {}).get(profile, "").startswith("borrowed"),
            suggests=row.get("suggests_code") or "",
            words=row.get("statement_by_profile", {}).get(profile) or row["statement"],
            source=row["source"],
        )
    for row in _situations()["signs"]:
        if profile in row.get("profiles", Profile.values):
            found[row["id"]] = _sign(row)
    return found


def _sign(row: dict[str, Any]) -> Indicator:
    return Indicator(
        code=row["id"],
        set=PLACE,
        dimension=PLACE,
        grade="",
        borrowed=False,
        suggests=row.get("suggests_code") or "",
        words=row["statement"],
        why=row["reason"],
        places=tuple(row["situations"]),
        since=row["since"],
        until=row.get("until"),
    )


def _grade(row: dict[str, Any], profile: str) -> str:
    grade = row.get("resolved_strength", {}).get(profile, row["strength"])
    return grade if grade in {"strong", "medium", "weak"} else ""


@cache
def cards(situation: str, profile: str) -> tuple[Indicator, ...]:
    """The cards of one situation, in the order in which they are put: what is seen first, what is asked last."""
    known = [one for one in of_profile(profile).values() if one.until is None]
    if situation == Situation.FULL:
        return _ordered(known)
    wanted = _situations()["sets"][situation]
    child = profile.startswith("child")

    def put(one: Indicator) -> bool:
        if one.dimension == PLACE:
            return situation in one.places
        if one.dimension == "general_observation" or (child and one.dimension == "child") or one.dimension in wanted:
            return True
        return ("strong" in wanted and one.grade == "strong") or ("supplement" in wanted and one.set == "havre_sexual_supplement")

    return _ordered(one for one in known if put(one))


def _ordered(signs: Iterable[Indicator]) -> tuple[Indicator, ...]:
    return tuple(sorted(signs, key=lambda one: (one.set != "field_observation", one.set != PLACE)))


def is_positive(**met: int) -> bool:
    """Whether one of the published combinations is met (ILO/EC 2009): 2 strong; 1 and 1 other; 3 medium; 2 medium and 1 weak."""
    combinations = _file()["rules"]["delphi_dimension_positive"]["any_of"]
    return any(all(met[grade] >= number for grade, number in wanted.items()) for wanted in combinations)


def assess(profile: str, answers: Mapping[str, str]) -> Assessment:
    """Read the answers dimension by dimension.

    Args: answers, indicator code → a value of Answer. Only "yes" counts as met; a missing code is a question not asked.
    An ungraded sign is shown and never counted; a borrowed grade can raise a suggestion and never lower one.
    Source: ILO/EC operational indicators 2009; Palermo Protocol art. 3(c) for children; Havre's own simplification for adults.
    """
    known = of_profile(profile)
    met = [known[code] for code, answer in answers.items() if answer == Answer.YES and code in known]
    dimensions = tuple(_dimension(code, met, profile) for code in DIMENSIONS)
    positive = {one.code for one in dimensions if one.positive}
    others = tuple(one.code for one in met if one.dimension not in DIMENSIONS)
    if profile.startswith("child"):
        act = any(one.dimension in RECRUITMENT or one.suggests.startswith("E.A") for one in met)
        presumed = "exploitation" in positive and (act or profile == Profile.CHILD_SEXUAL)
    else:
        presumed = bool(positive & set(RECRUITMENT)) and "exploitation" in positive and bool(positive & set(DESTINATION))
    weaker = ScreeningOutcome.REFER if met else ScreeningOutcome.NO_INDICATION
    suggestion = ScreeningOutcome.PRESUMED if presumed else weaker
    return Assessment(dimensions, others, suggestion)


def _dimension(code: str, met: list[Indicator], profile: str) -> Dimension:
    here = [one for one in met if one.dimension == code]
    count = {grade: sum(one.grade == grade for one in here) for grade in ("strong", "medium", "weak")}
    positive = is_positive(**count)
    if code == "exploitation" and profile == Profile.CHILD_SEXUAL:
        # a sexual sign is enough for a child, whatever its grade and wherever it is listed
        positive = positive or any(one.code.startswith(_SEXUAL_SIGNS) for one in met)
    return Dimension(code, tuple(one.code for one in here), **count, positive=positive, borrowed=any(one.borrowed for one in here))
