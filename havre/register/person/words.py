"""The words of the person's page in five languages, apart from the house's own: the person's language need not be the worker's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from django.utils import timezone

from havre.trust.enums import Purpose, Role

PLACE = Path(__file__).parent / "data" / "words.yaml"
# a job as the person may know it: by what it is for, never by a name
ROLES: Mapping[Role, str] = MappingProxyType(
    {
        Role.CASE_MANAGER: "role_care",
        Role.CHILD_PROTECTION: "role_care",
        Role.FIRST_RESPONDER: "role_care",
        Role.HELPLINE: "role_care",
        Role.SHELTER: "role_shelter",
        Role.HEALTH: "role_health",
        Role.INVESTIGATOR: "role_police",
        Role.LABOUR_INSPECTOR: "role_police",
        Role.PROSECUTOR: "role_court",
        Role.COMPENSATION_FUND: "role_court",
        Role.LEGAL_AID: "role_lawyer",
        Role.GUARDIAN: "role_guardian",
        Role.IDENTIFICATION_AUTHORITY: "role_authority",
        Role.SECOND_REVIEWER: "role_authority",
    }
)
PURPOSES: Mapping[Purpose, str] = MappingProxyType(
    {
        Purpose.IDENTIFICATION: "identification",
        Purpose.PROTECTION: "purpose_protection",
        Purpose.JUSTICE: "purpose_justice",
    }
)


# years that a calendar is ahead of the common era's: the Thai solar calendar since 1 January 1941 (B.E. 2484)
ERAS: Mapping[str, int] = MappingProxyType({"th": 543})


@dataclass(frozen=True, slots=True)
class Words:
    """One language's phrases by key; `reviewed` is whether a native speaker has read them."""

    language: str
    phrases: Mapping[str, str]
    reviewed: bool

    def __getitem__(self, key: str) -> str:
        return self.phrases[key]

    def say(self, key: str, **values: object) -> str:
        """A phrase with its blanks filled; a day is written as numbers, which every language here reads alike."""
        return self.phrases[key].format(**{name: self.day(value) if isinstance(value, date) else value for name, value in values.items()})

    def day(self, value: date) -> str:
        """A day in numbers, in this language's own era."""
        return day_of(value, self.language)

    def role(self, role: Role | str) -> str:
        """A job in plain words."""
        return self.phrases[ROLES.get(Role(role), "role_other")]

    def purpose(self, purpose: Purpose | str) -> str:
        """A purpose in plain words."""
        return self.phrases[PURPOSES.get(Purpose(purpose), "purpose_other")]


def day_of(value: date, language: str) -> str:
    """Day, month and year as numbers: 28.11.2026. In Thai the year is the Buddhist era's, as every Thai paper has it: 28.11.2569.

    No month is named: Tetum borrows its month names, and a borrowed one would be another language's.
    """
    day = timezone.localdate(value) if isinstance(value, datetime) else value
    return f"{day.day:02}.{day.month:02}.{day.year + ERAS.get(language, 0)}"


@cache
def _read() -> tuple[dict[str, str], dict[str, Words]]:
    data = yaml.safe_load(PLACE.read_text(encoding="utf-8"))
    order = data["languages"]
    found = {
        language: Words(
            language, MappingProxyType({key: str(row[place]) for key, row in data["words"].items()}), language in data["reviewed"]
        )
        for place, language in enumerate(order)
    }
    return {language: data["names"][language] for language in order}, found


def languages() -> dict[str, str]:
    """The languages of the page, each by its own name."""
    return _read()[0]


def words(language: str) -> Words:
    """The phrases of one language; English where the language is not one of the page's."""
    found = _read()[1]
    return found.get(language, found["en"])
