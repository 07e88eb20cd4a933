"""Indicator sets and the rules of the ILO/EC dimensions: a suggestion for each dimension, never one score.

Reads the packaged indicators file; to be replaced by the loader of `havre.standards` when that part is merged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from havre.protection.enums import Answer, Profile, ScreeningOutcome, Situation
from havre.standards import DATA

RECRUITMENT = ("deceptive_recruitment", "coercive_recruitment", "recruitment_vulnerability")
DESTINATION = ("coercion_destination", "vulnerability_destination")
DIMENSIONS = (*RECRUITMENT, "exploitation", *DESTINATION)
# what a card set adds to the general observation; "strong" are the graded signs that weigh most in the profile
_SETS: dict[str, tuple[str, ...]] = {
    Situation.FIRST_CONTACT: ("strong",),
    Situation.WORKPLACE: ("strong", "forced_labour"),
    Situation.HOUSEHOLD: ("strong", "forced_labour", "domestic_work"),
    Situation.FISHING: ("strong", "forced_labour", "fishing"),
    Situation.STREET: ("strong", "begging_petty_crime"),
    Situation.COMPOUND: ("strong", "forced_labour", "forced_criminality"),
    Situation.SEXUAL: ("strong", "sexual_exploitation", "supplement"),
}
_SEXUAL_SIGNS = ("DEL-CD06", "OBS-SEX", "SXS-")


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

    def statement(self, language: str) -> str:
        return self.words.get(language, self.words["en"])


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


def edition() -> str:
    """The version of the indicator file."""
    return str(_file()["version"])


def dimension_words(code: str, language: str) -> str:
    """A dimension's name in this language."""
    words = _file()["dimensions"][code]
    return words.get(language, words["en"])


@cache
def of_profile(profile: str) -> dict[str, Indicator]:
    """Every indicator that is read in this profile, by code, with the grade to use today and whether it is borrowed."""
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
        )
    return found


def _grade(row: dict[str, Any], profile: str) -> str:
    grade = row.get("resolved_strength", {}).get(profile, row["strength"])
    return grade if grade in {"strong", "medium", "weak"} else ""


@cache
def cards(situation: str, profile: str) -> tuple[Indicator, ...]:
    """The cards of one situation, in the order in which they are put: what is seen first, what is asked last."""
    known = of_profile(profile).values()
    if situation == Situation.FULL:
        return tuple(sorted(known, key=lambda one: one.set != "field_observation"))
    wanted = _SETS[situation]
    child = profile.startswith("child")

    def put(one: Indicator) -> bool:
        if one.dimension == "general_observation" or (child and one.dimension == "child") or one.dimension in wanted:
            return True
        return ("strong" in wanted and one.grade == "strong") or ("supplement" in wanted and one.set == "havre_sexual_supplement")

    return tuple(sorted((one for one in known if put(one)), key=lambda one: one.set != "field_observation"))


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
