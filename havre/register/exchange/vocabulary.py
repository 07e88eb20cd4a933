"""What the exchange knows of HTCDS 2.0, of ISO codes and of the ways in which published forms stray from them.

Names, types and values are those of the standards' library; here is where each is kept and how sheets head it.
Source: IOM HTCDS 2.0 (CC BY 4.0), ISO 3166-1, ISO 639-3.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

from havre import standards
from havre.standards.files.htcds import Field as Published

_DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class Field:
    """One HTCDS field. `kind`: text, long, one, many, date, number, yes_no, country, countries, language. `place`: see the data file."""

    name: str
    kind: str
    place: str
    label: str
    values: tuple[str, ...] = ()
    core: bool = False
    deprecated: bool = False

    @property
    def many(self) -> bool:
        # the xlsform lets several industries in; they are stored and the first is exported
        return self.kind in ("many", "countries") or self.name == "vic_ForcedLabourIndustry"


def fold(text: str) -> str:
    """Letters and digits only, lower case, accents and no-break spaces gone: what two spellings of one word share."""
    plain = unicodedata.normalize("NFKD", text).casefold()
    return "".join(letter for letter in plain if letter.isalnum() or (ord(letter) > 0x36F and unicodedata.category(letter) in ("Mc", "Mn")))


@lru_cache(maxsize=1)
def fields() -> MappingProxyType[str, Field]:
    """Field name → field, in the standard's order, the three deprecated ones and Havre's own at the end included."""
    ours = _read("htcds.yaml")
    places = {name: place for place, names in ours["places"].items() for name in names}
    standard = standards.htcds()
    found = {
        field.name: Field(
            field.name,
            ours["kinds"].get(field.name) or _kind(field),
            places[field.name],
            ours["labels"].get(field.name, ""),
            standard.names(field.values, extended=False) if field.values else (),
            core=field.core,
            deprecated=not field.is_live,
        )
        for field in standard.fields
    }
    return MappingProxyType({**found, **{field.name: field for field in OWN_FIELDS}})


def _kind(field: Published) -> str:
    if field.type == "picklist":
        return "many" if field.multiple else "one"
    if field.codes == "countries":
        return "countries" if field.multiple else "country"
    return {"code": "language", "checkbox": "yes_no", "long_text": "long", "date": "date", "number": "number"}.get(field.type, "text")


@lru_cache(maxsize=1)
def live() -> tuple[Field, ...]:
    """What is exported, in the standard's order: neither deprecated nor Havre's own."""
    return tuple(f for f in fields().values() if not f.deprecated and f.place != "own")


# What a sheet may say and HTCDS has no field for.
OWN_FIELDS = (
    Field("havre_RecordId", "text", "own", "Record id"),
    Field("havre_Age", "number", "own", "Age"),
    Field("havre_ReportedOn", "date", "own", "Date of the report"),
)

# Values that HTCDS's own definitions or practice need and its picklists lack: kept here, exported as `Other` (standards.md 2.1, 10-12).
EXTENSIONS: dict[str, tuple[str, ...]] = {
    "vic_MethodsOfControl": ("RestrictsMovement", "UsesChildren", "Threats", "Abduction", "AbuseOfPower", "AbuseOfVulnerability"),
    "vic_TypeOfExploitation": ("ForcedCriminality", "Slavery"),
}
VALUE_ALIASES: dict[str, dict[str, str]] = {
    "vic_MethodsOfControl": {"ThreatOfLawEnforcement": "ThreatsLawEnforcement", "PsychoactiveSubstances": "PsychoactiveSubstance"},
    "prs_Gender": {
        "Female": "Feminine",
        "Woman": "Feminine",
        "F": "Feminine",
        "Femme": "Feminine",
        "Male": "Masculine",
        "Man": "Masculine",
        "M": "Masculine",
        "Homme": "Masculine",
        "Not Specified/Unknown": "NonSpecifiedUnknown",
    },
}
FIELD_ALIASES: dict[str, str] = {
    "vic_TraffickinStatusDecisionMakingOrg": "vic_TraffickingStatusDecisionMakingOrg",
    "prs_First_Name": "prs_FirstName",
    "prs_Second_Name": "prs_SecondName",
    "vic_Methods_of_Control": "vic_MethodsOfControl",
    "_uuid": "havre_RecordId",
    "meta/instanceID": "havre_RecordId",
    "KEY": "havre_RecordId",
    "record_id": "havre_RecordId",
    "case_id": "havre_RecordId",
    "_submission_time": "havre_ReportedOn",
}
# Columns of a collecting tool that say nothing of a person, in their own spelling: `_status` is not `Status`.
TOOL_COLUMNS = frozenset(
    (
        *("start", "end", "today", "deviceid", "__version__", "_id", "_index", "_parent_index"),
        *("_tags", "_notes", "_status", "_validation_status", "_submitted_by", "havre_row", "havre_problem"),
    )
)

# HTCDS value → our IC-TIP-aligned code (standards.md 5.1, 5.2). Physical and sexual abuse are both E.M.1.
MEANS: dict[str, str] = {
    "PhysicalAbuse": "E.M.1",
    "SexualAbuse": "E.M.1",
    "PhysicalThreats": "E.M.2",
    "ThreatsLawEnforcement": "E.M.2",
    "ThreatensChildrenFamily": "E.M.2",
    "Threats": "E.M.2",
    "Abduction": "E.M.3",
    "FalsePromises": "E.M.4",
    "AbuseOfPower": "E.M.5",
    "AbuseOfVulnerability": "E.M.6",
    "DebtBondage": "E.M.8",
    "TakesEarnings": "E.M.8",
    "WithholdsDocuments": "E.M.9",
    "RestrictsMovement": "E.M.10",
    "WithholdsNecessities": "E.M.11",
    "RestrictsMedicalCare": "E.M.11",
    "RestrictsFinancialAccess": "E.M.11",
    "PsychologicalAbuse": "E.M.12",
    "PsychoactiveSubstance": "E.M.13",
    "ExcessiveWorkingHours": "E.M.14",
}
PURPOSES: dict[str, str] = {
    "SexualExploitation": "E.P.1",
    "Prostitution": "E.P.1.1",
    "Pornography": "E.P.1.2",
    "RemoteInteractiveServices": "E.P.1.3",
    "PrivateSexualServices": "E.P.1.4",
    "ForcedLabour": "E.P.2",
    "Slavery": "E.P.3",
    "Servitude": "E.P.4",
    "OrganRemoval": "E.P.5",
    "ForcedMarriage": "E.P.6",
    "ForcedCriminality": "E.P.7",
    "ForcedBegging": "E.P.8",
    "ForcedMilitaryByNonStateActors": "E.P.9",
    "ForcedAdoption": "E.P.10",
    "Surrogacy": "E.P.11",
}
# vic_Vulnerabilities is deprecated; old records are read through this lossy map (vulnerability.yaml 0.2).
VULNERABILITIES: dict[str, str] = {
    "Addiction": "DOV-I05",
    "SocialGroup": "DOV-I03",
    "Discrimination": "DOV-S05",
    "Poverty": "DOV-H02",
    "DisabilityAndPhysicalHealth": "DOV-I04",
    "MentalHealth": "DOV-I05",
    "Migration": "DOV-I07",
    "Homelessness": "DOV-I17",
    "AbuseSocialMedia": "DOV-I18",
    "AbusePhysical": "DOV-I06",
    "Education": "DOV-I13",
    "WorkEnvironment": "DOV-S01",
}


@lru_cache(maxsize=64)
def picklist(field: str) -> MappingProxyType[str, str]:
    """Folded spelling → value name as published, aliases and our extension values included. Labels and descriptions never match."""
    known = {fold(value): value for value in (*fields()[field].values, *EXTENSIONS.get(field, ()))}
    aliases = {fold(other): value for other, value in VALUE_ALIASES.get(field, {}).items()}
    return MappingProxyType({**aliases, **known})


@lru_cache(maxsize=1)
def field_names() -> MappingProxyType[str, str]:
    """Folded header → field name, aliases included."""
    known = {fold(name): name for name in fields()}
    return MappingProxyType({**{fold(other): name for other, name in FIELD_ALIASES.items()}, **known})


@lru_cache(maxsize=1)
def field_labels() -> MappingProxyType[str, str]:
    """Folded label → field name, for labels that only one field has."""
    seen: dict[str, list[str]] = {}
    for field in fields().values():
        if field.label and field.name[:4] != "org_":
            seen.setdefault(fold(field.label), []).append(field.name)
    return MappingProxyType({label: names[0] for label, names in seen.items() if len(names) == 1})


@lru_cache(maxsize=1)
def countries() -> MappingProxyType[str, str]:
    """Folded alpha-2, alpha-3 or name → alpha-2. `NA` is Namibia: nothing here reads as missing."""
    found: dict[str, str] = {}
    places, spellings = standards.countries().countries, _read("countries.yaml")["spellings"]
    for place in places:
        for name in (place.label.en, place.label.fr, *spellings.get(place.alpha2, ())):
            found.setdefault(fold(name), place.alpha2)
    for place in places:
        found[fold(place.alpha2)] = found[fold(place.alpha3)] = place.alpha2
    # stateless and unknown, as travel documents write them (ICAO Doc 9303)
    return MappingProxyType({**found, "xxa": "XXA", "xxx": "XXX", "stateless": "XXA"})


@lru_cache(maxsize=1)
def alpha3() -> MappingProxyType[str, str]:
    """Alpha-2 → alpha-3, for CTDC's layout."""
    return MappingProxyType({place.alpha2: place.alpha3 for place in standards.countries().countries})


@lru_cache(maxsize=1)
def languages() -> MappingProxyType[str, str]:
    """Folded two-letter code, three-letter code or name → ISO 639-3."""
    found: dict[str, str] = {}
    for code, (two, bibliographic, *names) in _read("languages.yaml")["languages"].items():
        for spelling in (two, bibliographic, *names, code):
            if spelling:
                found[fold(spelling)] = code
    return MappingProxyType(found)


def _read(name: str) -> Any:
    return yaml.safe_load((_DATA / name).read_text(encoding="utf-8"))
