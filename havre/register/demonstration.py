"""The demonstration's sheets: made-up persons, reported by six made-up organisations, with the faults that such sheets have.

Some persons are reported by two or three bodies under spellings that differ: linkage and the count of overlaps have something to find.
The files come in through the importer like anybody's.
"""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from havre.register.exchange import importing, vocabulary
from havre.register.exchange.mapping import Options
from havre.register.exchange.openpyxl_alone import Workbook
from havre.register.models import ImportBatch
from havre.trust.enums import Role
from havre.trust.middleware import actor_of
from havre.trust.models import Membership, Organisation, User

COUNTRIES = ("gh", "tl", "th")
# shares that the files are made with; not a finding about any country
REJECTED, ALSO_SECOND, ALSO_THIRD, VARIED = 0.03, 0.22, 0.18, 0.45
_METHODS = (
    "DebtBondage",
    "WithholdsDocuments",
    "FalsePromises",
    "PsychologicalAbuse",
    "TakesEarnings",
    "PhysicalAbuse",
    "RestrictsMovement",
)
_RECRUITMENT = ("ThroughFriendsOrSocialEvents", "ThroughOnlineSocialNetworks", "AtWork", "ThroughFamilyOrFamilyEvents", "Other")
_FAULTS: tuple[tuple[str, str], ...] = (
    ("prs_Birthdate", "31/02/1994"),
    ("prs_Gender", "Fem."),
    ("prs_Citizenship", "Atlantida"),
    ("vic_TypeOfExploitation", "Forced Labor (other)"),
    ("cas_IncomingReferralDate", "next week"),
    ("vic_AgeWhenTrafficked", "177"),
)
_OWN_HEADERS = {
    "havre_RecordId": "No.",
    "prs_FirstName": "First name",
    "prs_SecondName": "Family name",
    "prs_Birthdate": "Born",
    "prs_Gender": "Sex",
    "prs_Citizenship": "Nationality",
    "vic_TypeOfExploitation": "Exploitation",
    "cas_IncomingReferralDate": "Came on",
}


@dataclass(slots=True)
class Made:
    """One made-up person, and who reports them."""

    number: int
    sex: str
    given: str
    family: str
    born: date
    facts: dict[str, str]
    reports: list[int] = field(default_factory=list)


class Maker:
    """Makes persons and rows for one country from one seed: the same seed, the same sheets."""

    def __init__(self, country: str, seed: int) -> None:
        everything = yaml.safe_load((Path(__file__).parent / "data" / "demonstration.yaml").read_text(encoding="utf-8"))
        self.country, self.chance = country, random.Random(f"{country}-{seed}")
        self.data: Mapping[str, Any] = everything[country]
        self.bodies: Sequence[Sequence[Any]] = self.data["organisations"]

    def person(self, number: int) -> Made:
        """One person; children are a third, women and girls three in five."""
        chance = self.chance
        sex = "f" if chance.random() < 0.6 else "m"
        age = chance.randint(6, 17) if chance.random() < 0.33 else min(64, 18 + int(chance.expovariate(1 / 9)))
        born = date(2025, 1, 1) - timedelta(days=int(age * 365.25) + chance.randint(0, 364))
        family = "".join(chance.choice(part) for part in self.data["syllables"])
        made = Made(number, sex, chance.choice(self.data["given"][sex]), family, born, self._facts(age))
        made.reports = self._reports()
        return made

    def _facts(self, age: int) -> dict[str, str]:
        chance = self.chance
        facts = dict(self._weighted(self.data["purposes"]))
        route = self._weighted(self.data["routes"])
        facts["hte_Type"], facts["hte_Country"] = ("Exploitation" if len(route) == 1 else "Transit"), route[-1]
        facts["hte_Date"] = (date(2019, 1, 1) + timedelta(days=chance.randint(0, 1_900))).isoformat()
        facts["prs_Citizenship"] = route[0] if chance.random() < 0.7 else self._weighted(self.data["citizenship"])
        facts["prs_PrimaryLanguage"] = self._weighted(self.data["languages"])
        if chance.random() < 0.8:
            facts["vic_MethodsOfControl"] = ";".join(chance.sample(_METHODS, chance.randint(1, 3)))
        if chance.random() < 0.7:
            facts["vic_MethodOfRecruitment"] = chance.choice(_RECRUITMENT)
        if chance.random() < 0.6:
            facts["vic_AgeWhenTrafficked"] = str(max(5, age - chance.randint(0, 4)))
        return facts

    def _reports(self) -> list[int]:
        first = self._weighted([(number, body[3]) for number, body in enumerate(self.bodies)])
        found = [first]
        others = [number for number in range(len(self.bodies)) if number != first]
        if self.chance.random() < ALSO_SECOND:
            found.append(others.pop(self.chance.randrange(len(others))))
            if self.chance.random() < ALSO_THIRD:
                found.append(others.pop(self.chance.randrange(len(others))))
        return found

    def _weighted(self, choices: Sequence[Sequence[Any]]) -> Any:
        return self.chance.choices([choice[0] for choice in choices], [choice[1] for choice in choices])[0]

    def row(self, made: Made, body: int, order: int) -> dict[str, str]:
        """What one body writes of a person: its own spelling, its own way with dates, now and then a fault."""
        chance = self.chance
        given, family = made.given, made.family
        if order and chance.random() < VARIED:
            given, family = self._spelt(given), self._spelt(family)
            if chance.random() < 0.12:
                given, family = family, given
        met = date(2022, 1, 1) + timedelta(days=chance.randint(0, 1_000))
        row = {
            "havre_RecordId": f"{self.country.upper()}{body}-{made.number:05}",
            "prs_FirstName": given,
            "prs_SecondName": family,
            "prs_Birthdate": self._born(made.born, body),
            "prs_Gender": "Feminine" if made.sex == "f" else "Masculine",
            "cas_IncomingReferralDate": met.isoformat(),
            "vic_TraffickingStatus": "PossibleVictimOfTrafficking",
            "vic_TraffickingStatusDecisionMakingOrg": {"Police": "Police", "NGO": "NGO"}.get(self.bodies[body][2], "Other"),
            "con_Consent": chance.choice(("yes", "yes", "yes", "no", "")),
            **made.facts,
        }
        if chance.random() < 0.15:
            row["prs_IdentityNumber"] = f"DEMO-{made.number:06}"
        if chance.random() < REJECTED:
            name, fault = chance.choice(_FAULTS)
            row[name] = fault
        return row

    def _born(self, born: date, body: int) -> str:
        habit = self.chance.random()
        if habit < 0.08:
            return date(born.year, 1, 1).isoformat()
        if habit < 0.13:
            return str(born.year)
        if self.country == "th" and body in (1, 2):
            return f"{born.day:02}/{born.month:02}/{born.year + 543}"
        return f"{born.day:02}/{born.month:02}/{born.year}" if body % 2 else born.isoformat()

    def _spelt(self, name: str) -> str:
        habit = self.chance.random()
        if habit < 0.6:
            for one, other in self.chance.sample(self.data["variants"], len(self.data["variants"])):
                if one in name.lower():
                    return name.lower().replace(one, other, 1).capitalize()
        if habit < 0.8 and len(name) > 4:
            at = self.chance.randrange(1, len(name) - 2)
            return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
        return name[:-1] if len(name) > 5 else name


def write_files(folder: Path, country: str, seed: int = 2026, persons: int = 2_000) -> list[Path]:
    """Write one sheet for each of six organisations about `persons` made-up persons. Gives the files, named after the organisations.

    About a quarter of the persons are in two or three sheets, and about three rows in a hundred cannot be imported as they are.
    """
    maker = Maker(country, seed)
    sheets: list[list[dict[str, str]]] = [[] for _body in maker.bodies]
    for number in range(persons):
        made = maker.person(number)
        for order, body in enumerate(made.reports):
            sheets[body].append(maker.row(made, body, order))
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for (code, _name, _kind, _share, form), rows in zip(maker.bodies, sheets, strict=True):
        suffix, content = _WRITERS[form](rows)
        path = folder / f"{code}.{suffix}"
        path.write_bytes(content)
        files.append(path)
    return files


def load(
    folder: Path,
    country: str,
    *,
    at: datetime | None = None,
    progress: Callable[[str, int, int], None] = lambda _name, _done, _all: None,
) -> list[ImportBatch]:
    """Import the sheets of `write_files` through the importer, each by its own organisation; made at need, marked as made up.

    Args: progress, told (organisation's code, rows done, rows in all). The same folder again changes nothing.
    """
    done = []
    for code, name, kind, _share, form in Maker(country, 0).bodies:
        (path,) = folder.glob(f"{code}.*")
        officer = actor_of(_membership(code, name, kind, country), at=at or timezone.now())
        options = Options(columns={header: target for target, header in _OWN_HEADERS.items()}) if form == "own_xlsx" else Options()
        if form == "template_xlsx":
            options = Options(names_from="names")
        with path.open("rb") as source:

            def told(done_rows: int, rows: int, code: str = code) -> None:
                progress(code, done_rows, rows)

            done.append(importing.run(by=officer, source=source, options=options, country=country.upper(), made_up=True, progress=told))
    return done


def _membership(code: str, name: str, kind: str, country: str) -> Membership:
    organisation, _new = Organisation.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "country": country.upper(), "made_up": True}
    )
    user, _new = User.objects.get_or_create(username=f"{code}-manager", defaults={"name": f"Example manager, {name}", "made_up": True})
    found, _new = Membership.objects.get_or_create(user=user, organisation=organisation, role=Role.CASE_MANAGER, ended_at=None)
    return found


def _table(rows: Sequence[Mapping[str, str]], names: Mapping[str, str] | None = None) -> list[list[str]]:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    named = names or {}
    return [[named.get(column, column) for column in columns], *([row.get(column, "") for column in columns] for row in rows)]


def _csv(table: Sequence[Sequence[str]], delimiter: str = ",") -> tuple[str, bytes]:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=delimiter).writerows(table)
    return "csv", out.getvalue().encode()


def _excel(table: Sequence[Sequence[str]]) -> tuple[str, bytes]:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Records")
    for row in table:
        sheet.append(list(row))
    out = io.BytesIO()
    book.save(out)
    return "xlsx", out.getvalue()


def _labelled(table: list[list[str]]) -> list[list[str]]:
    labels = [vocabulary.fields()[name].label if name in vocabulary.fields() else "" for name in table[0]]
    return [table[0], labels, *table[1:]]


_KOBO = {
    "havre_RecordId": "_uuid",
    "prs_FirstName": "person/prs_First_Name",
    "prs_SecondName": "person/prs_Second_Name",
    "vic_MethodsOfControl": "vic_Methods_of_Control",
}
_WRITERS: Mapping[str, Callable[[list[dict[str, str]]], tuple[str, bytes]]] = {
    "htcds_csv": lambda rows: _csv(_table(rows)),
    "semicolon_csv": lambda rows: _csv(_table(rows), ";"),
    "kobo_csv": lambda rows: _csv(
        _table([{**row, "vic_MethodsOfControl": row.get("vic_MethodsOfControl", "").replace(";", " ")} for row in rows], _KOBO)
    ),
    "htcds_xlsx": lambda rows: _excel(_table(rows)),
    "template_xlsx": lambda rows: _excel(_labelled(_table(rows))),
    "own_xlsx": lambda rows: _excel(_table(rows, _OWN_HEADERS)),
}
