"""What the register gives to the extract: codes, countries, dates and flags. Never a name, a reference or free text.

The bridge (`havre.evidence.jobs.extracting`) checks each value against the columns declared here and drops what is not in its list.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from havre.register.enums import AgeBasis, CaseStatus, Certainty, Channel, EventKind, Outcome, PersonRole, RouteStatus
from havre.register.genders import GENDERS, as_published
from havre.register.models import Case, Detection, Person, PersonFacts, TraffickingEvent
from havre.trust.contracts import Column
from havre.trust.models.organisations import OrganisationKind

# CTDC's bands (code book v6): narrower ones single people out
BANDS = ((8, "0-8"), (17, "9-17"), (20, "18-20"), (23, "21-23"), (26, "24-26"), (29, "27-29"), (38, "30-38"), (47, "39-47"), (130, "48+"))
AGE_BANDS = (*(name for _top, name in BANDS), "not_recorded")
AGE_GROUPS = ("child", "adult", "not_recorded")
# HTCDS 2.0 (IOM) picklists of the fields that are counted, value names as published and our extensions
PICKLISTS: dict[str, tuple[str, ...]] = {
    "vic_TypeOfExploitation": (
        "ForcedLabour", "SexualExploitation", "ChildLabour", "ForcedMarriage", "Servitude", "ForcedMilitaryByNonStateActors",
        "OrganRemoval", "ForcedBegging", "ForcedAdoption", "Surrogacy", "Other",
    ),
    "vic_MethodsOfControl": (
        "PhysicalThreats", "ThreatsLawEnforcement", "ThreatensChildrenFamily", "DebtBondage", "FalsePromises", "PhysicalAbuse",
        "SexualAbuse", "TakesEarnings", "RestrictsFinancialAccess", "RestrictsMedicalCare", "WithholdsNecessities", "PsychologicalAbuse",
        "PsychoactiveSubstance", "ExcessiveWorkingHours", "WithholdsDocuments", "RestrictsMovement", "UsesChildren", "Other",
    ),
    "vic_TypeOfSexExploitation": ("Prostitution", "Pornography", "RemoteInteractiveServices", "PrivateSexualServices"),
    "vic_RelationshipToTrafficker": ("Familial", "Acquainted", "Unaquainted"),
}  # fmt: skip
FIELDS = {
    "forms": "vic_TypeOfExploitation",
    "controls": "vic_MethodsOfControl",
    "sex_forms": "vic_TypeOfSexExploitation",
    "relations": "vic_RelationshipToTrafficker",
}
ACTS = tuple(f"E.A.{n}" for n in range(1, 6))
MEANS = tuple(f"E.M.{n}" for n in (*range(15), 99))
PURPOSES = (
    *(f"E.P.{n}" for n in (*range(1, 14), 99)),
    *(f"E.P.1.{n}" for n in range(1, 5)),
    *(f"E.P.2.{n}" for n in range(1, 10)),
    *(f"E.P.3.{n}" for n in range(1, 3)),
    *(f"E.P.7.{n}" for n in range(1, 4)),
)
CLAIMS = ("PossibleVictimOfTrafficking", "ActualVictimOfTrafficking", "NotAVictimOfTrafficking")

_BOTH = (("case_id", "pseudonym", None), ("person_id", "pseudonym", None))
_TABLES: dict[str, tuple[tuple[str, str, tuple[str, ...] | None], ...]] = {
    "cases": (("case_id", "pseudonym", None), ("country", "country", None), ("status", "code", tuple(CaseStatus.values)),
              ("urgent", "flag", None), ("opened_on", "date", None), ("closed_on", "date", None)),
    "persons": (*_BOTH, ("role", "code", tuple(PersonRole.values)), ("gender", "code", GENDERS), ("age_band", "code", AGE_BANDS),
                ("age_group", "code", AGE_GROUPS), ("age_basis", "code", tuple(AgeBasis.values)),
                ("outcome", "code", tuple(Outcome.values)), ("citizenships", "countries", None),
                *((name, "codes", PICKLISTS[field]) for name, field in FIELDS.items())),
    "events": (*_BOTH, ("kind", "code", tuple(EventKind.values)), ("leg", "number", None), ("acts", "codes", ACTS),
               ("means", "codes", MEANS), ("purposes", "codes", PURPOSES), ("country", "country", None), ("happened_on", "date", None),
               ("documents_held", "flag", None), ("status", "code", tuple(RouteStatus.values)), ("debt", "flag", None),
               ("certainty", "code", tuple(Certainty.values))),
    "detections": (*_BOTH, ("detection_id", "pseudonym", None), ("organisation_id", "pseudonym", None),
                   ("organisation_kind", "code", tuple(OrganisationKind.values)), ("channel", "code", tuple(Channel.values)),
                   ("claimed_status", "code", CLAIMS), ("happened_on", "date", None)),
}  # fmt: skip
COLUMNS = tuple(Column(table, name, kind, values) for table, columns in _TABLES.items() for name, kind, values in columns)


def extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """The register's tables as dicts, row by row. The bridge leaves out sealed cases, coarsens dates and replaces identifiers."""
    return (("cases", _cases()), ("persons", _persons()), ("events", _events()), ("detections", _detections()))


def _cases() -> Iterator[dict[str, Any]]:
    fields = ("id", "country", "status", "urgent", "opened_at", "closed_at")
    for key, country, status, urgent, opened, closed in Case.objects.for_house("extract").values_list(*fields).iterator(5000):
        yield {"case_id": key, "country": country, "status": status, "urgent": urgent, "opened_on": opened, "closed_on": closed}


def _persons() -> Iterator[dict[str, Any]]:
    facts = {
        person: (citizenships, coded)
        for person, citizenships, coded in PersonFacts.objects.for_house("extract")
        .values_list("person_id", "citizenships", "coded")
        .iterator(5000)
    }
    for person in Person.objects.for_house("extract").iterator(5000):
        citizenships, coded = facts.get(person.pk, (None, {}))
        yield {
            "case_id": person.case_id,
            "person_id": person.pk,
            "role": person.role,
            "gender": as_published(person.gender) or None,
            "age_band": age_band(person.age_on_opening),
            "age_group": "child" if person.is_child else "not_recorded" if person.age_on_opening is None else "adult",
            "age_basis": person.age_basis,
            "outcome": person.outcome,
            # an empty list here is the model's default, so it says nothing
            "citizenships": citizenships or None,
            **{name: coded.get(field) for name, field in FIELDS.items()},
        }


def age_band(age: int | None) -> str:
    """CTDC's band of an age in years."""
    return "not_recorded" if age is None else next(name for top, name in BANDS if age <= top)


def _events() -> Iterator[dict[str, Any]]:
    fields = ("case_id", "person_id", "kind", "leg", "acts", "means", "purposes", "country", "happened_on", "documents_held", "certainty")
    for row in TraffickingEvent.objects.for_house("extract").values(*fields, "status_on_route", "debt").iterator(5000):
        status, debt = row.pop("status_on_route"), row.pop("debt")
        # no sum was asked for or given: not recorded, which is not "no debt"
        yield {**row, "country": row["country"] or None, "status": status or None, "debt": None if debt is None else debt > 0}


def _detections() -> Iterator[dict[str, Any]]:
    fields = ("case_id", "person_id", "id", "organisation_id", "organisation__kind", "channel", "claimed_status", "happened_at")
    for row in Detection.objects.for_house("extract").values(*fields).iterator(5000):
        yield {
            "case_id": row["case_id"],
            "person_id": row["person_id"],
            "detection_id": row["id"],
            "organisation_id": row["organisation_id"],
            "organisation_kind": row["organisation__kind"],
            "channel": row["channel"],
            "claimed_status": row["claimed_status"] or None,
            "happened_on": row["happened_at"],
        }
