"""From what Havre keeps to one row of HTCDS, and beside it what the row cannot hold."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from havre.register.exchange import vocabulary
from havre.register.exchange.building import OVERALL
from havre.register.exchange.packages import day_of
from havre.register.exchange.values import Day
from havre.register.models import Case, Detection, Person, PersonFacts, TraffickingEvent

SEPARATOR = ";"
_ANSWERS = {"yes": "TRUE", "no": "FALSE"}
# never exported although kept: the standard gave them up, or a comment is for colleagues only
_LEAVES = frozenset(field.name for field in vocabulary.live()) - {"cco_CaseComment"}


@dataclass(frozen=True, slots=True)
class Kept:
    """One person with what may leave of them. `words` by kind of sealed section; `events` with their sealed words."""

    case: Case
    person: Person
    facts: PersonFacts | None
    events: Sequence[tuple[TraffickingEvent, dict[str, str]]]
    claims: Sequence[Detection]
    words: dict[str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Flat:
    """A row by field name, and the sidecar's entry for it."""

    row: dict[str, str]
    beside: dict[str, Any]


def flatten(kept: Kept) -> Flat:
    """One person as HTCDS says it. A finding leaves only with the body that made it."""
    row: dict[str, str] = {}
    beside: dict[str, Any] = {"record": str(kept.person.pk)}
    for kind in ("identity", "text_facts", "text_protection"):
        row.update({name: str(text) for name, text in kept.words[kind].items() if name in _LEAVES})
    _birth(row, beside)
    _coded(kept, row, beside)
    _events(kept, row, beside)
    row["cas_Status"] = kept.case.status
    row["prs_Gender"] = kept.person.gender
    if kept.facts and kept.facts.age_when_trafficked is not None:
        row["vic_AgeWhenTrafficked"] = str(kept.facts.age_when_trafficked)
    claim = next((c for c in reversed(kept.claims) if c.claimed_status and c.claimed_by), None)
    if claim:
        row["vic_TraffickingStatus"], row["vic_TraffickingStatusDecisionMakingOrg"] = claim.claimed_status, claim.claimed_by
    _unmapped(kept, beside)
    return Flat({name: text for name, text in row.items() if text}, beside)


def _birth(row: dict[str, str], beside: dict[str, Any]) -> None:
    said = row.get("prs_Birthdate")
    if said and len(said) < 10:
        beside["birth"] = said
        row["prs_Birthdate"] = _whole(day_of(said))


def _whole(day: Day) -> str:
    return day.on.isoformat()


def _coded(kept: Kept, row: dict[str, str], beside: dict[str, Any]) -> None:
    if kept.facts is None:
        return
    row["prs_Citizenship"] = SEPARATOR.join(kept.facts.citizenships)
    left: dict[str, list[str]] = {}
    for name, found in kept.facts.coded.items():
        field = vocabulary.fields().get(name)
        if field is None or field.deprecated:
            left[name] = found
            continue
        said = _sayable(field, found)
        row[name] = SEPARATOR.join(said)
        if _restored(field, said) != found:
            left[name] = found
    if left:
        beside["coded"] = left


def _sayable(field: vocabulary.Field, found: Sequence[str]) -> list[str]:
    """The part of some values that the standard has words for."""
    if field.kind == "yes_no":
        return [_ANSWERS[value] for value in found if value in _ANSWERS]
    if field.kind == "date":
        return [_whole(day_of(value)) for value in found]
    if field.kind in ("one", "many"):
        said = list(dict.fromkeys(value if value in field.values else "Other" for value in found))
        said = [value for value in said if value in field.values]
        return said if field.kind == "many" else said[:1]
    return list(found)


def _restored(field: vocabulary.Field, said: list[str]) -> list[str] | None:
    """What an import would make of it; None for "not recorded"."""
    if not said:
        return None
    if field.kind == "yes_no":
        return ["yes" if value == "TRUE" else "no" for value in said]
    return said


def _events(kept: Kept, row: dict[str, str], beside: dict[str, Any]) -> None:
    placed = [(event, words) for event, words in kept.events if event.source != OVERALL]
    if not placed:
        return
    event, words = placed[0]
    row["hte_Type"], row["hte_Country"] = event.kind, event.country
    row.update(words)
    if event.happened_on:
        row["hte_Date"] = event.happened_on.isoformat()
    if len(placed) > 1 or (event.happened_on and event.precision != "day"):
        beside["events"] = [
            {"kind": e.kind, "country": e.country, "on": Day(e.happened_on, e.precision).iso if e.happened_on else None, "words": w}
            for e, w in placed
        ]


def _unmapped(kept: Kept, beside: dict[str, Any]) -> None:
    said = kept.words["identity"]
    if "havre_Age" in said:
        beside["age_told"] = said["havre_Age"]
    if "havre_RecordId" in said:
        beside["record_id"] = said["havre_RecordId"]
    if kept.words["unmapped"]:
        beside["other"] = kept.words["unmapped"]
