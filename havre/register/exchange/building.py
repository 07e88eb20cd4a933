"""From drafts to the rows of the register: one case, one person, one detection each, and their grants and sealed words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from havre.register.enums import AgeBasis, CaseStatus, Channel, ConsentGiver, ConsentState, EventKind, Outcome, PersonRole, Precision
from havre.register.exchange import vocabulary
from havre.register.exchange.records import EVENT_WORDS, Draft
from havre.register.exchange.values import Day
from havre.register.models import Case, Consent, Detection, Person, PersonFacts, TraffickingEvent
from havre.register.models.cases import new_reference
from havre.trust.actors import Actor
from havre.trust.bulk import insert
from havre.trust.enums import ALL_SECTIONS, ROLE_PURPOSES, Basis, Purpose, Role, Section
from havre.trust.identity import Plain
from havre.trust.ids import new_id
from havre.trust.models import Grant
from havre.trust.models.accounts import job_holder
from havre.trust.models.grants import FOR_EVER

# the source of an event: a place-time event of the sheet, or what the sheet says of the person as a whole
PLACED, OVERALL = "htcds_event", "htcds_person"
# kinds of sealed words; one record has one body of a kind, so the words of two sections have two kinds
TEXT_FACTS, TEXT_PROTECTION, EVENT_TEXT, UNMAPPED = "text_facts", "text_protection", "event_text", "unmapped"


@dataclass(frozen=True, slots=True)
class Target:
    """Into what a batch goes: the batch, the acting organisation, the country, and the jobs that will hold the cases."""

    batch_id: UUID
    by: Actor
    country: str
    made_up: bool
    holders: tuple[tuple[int, str, Purpose], ...]

    @classmethod
    def of(cls, *, batch_id: UUID, by: Actor, country: str, made_up: bool) -> Target:
        """The case managers of the importing organisation, for each of their purposes; and the importer's own job, if it is another."""
        manager = job_holder(by.organisation_id, Role.CASE_MANAGER)
        holders = [(manager.pk, Role.CASE_MANAGER.value, purpose) for purpose in ROLE_PURPOSES[Role.CASE_MANAGER]]
        if by.holder_id != manager.pk:
            holders.extend((by.holder_id, by.role.value, purpose) for purpose in ROLE_PURPOSES[by.role])
        return cls(batch_id, by, country, made_up, tuple(holders))


@dataclass(slots=True)
class Rows:
    """What one batch writes, by table."""

    cases: list[dict[str, Any]] = field(default_factory=list)
    persons: list[dict[str, Any]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    detections: list[dict[str, Any]] = field(default_factory=list)
    consents: list[dict[str, Any]] = field(default_factory=list)
    grants: list[dict[str, Any]] = field(default_factory=list)
    sealed: list[Plain] = field(default_factory=list)

    def write(self) -> None:
        """Insert everything but what is sealed, parents first. Call it inside a transaction."""
        insert(Case, self.cases)
        # row-level security lets a section be written by a grant: the grants come before what they open
        insert(Grant, self.grants)
        insert(Person, self.persons)
        insert(PersonFacts, self.facts)
        insert(TraffickingEvent, self.events)
        insert(Detection, self.detections)
        insert(Consent, self.consents)


def add(rows: Rows, draft: Draft, source_key: str, target: Target) -> None:
    """Add one accepted draft to the rows of its batch. The draft itself stays as it was: a batch may have to be built twice."""
    draft = replace(draft, coded=dict(draft.coded))
    now = target.by.at
    case_id, person_id = new_id(), new_id()
    opened = _opened_at(draft, now)
    status = draft.pop("cas_Status") or CaseStatus.ACTIVE.value
    closed = status in (CaseStatus.CLOSED, CaseStatus.CLOSED_REFERRED)
    rows.cases.append(
        {
            "id": case_id,
            "ref": new_reference(),
            "country": target.country,
            "lead_id": target.by.organisation_id,
            "status": status,
            "opened_at": opened,
            "recorded_at": now,
            "opened_by_id": target.by.user.pk,
            # HTCDS has no day of closing: the import is when we knew of it
            "closed_at": now if closed else None,
            "close_reason": "reported" if closed else "",
            "made_up": target.made_up,
        }
    )
    rows.persons.append(_person(draft, person_id, case_id, opened.date(), now))
    rows.detections.append(_detection(draft, person_id, case_id, opened, source_key, target))
    _consent(rows, draft, person_id, case_id, target)
    _seal_words(rows, draft, person_id, case_id)
    _events(rows, draft, person_id, case_id, now)
    rows.facts.append(
        {
            "person_id": person_id,
            "case_id": case_id,
            "citizenships": draft.coded.pop("prs_Citizenship", []),
            "age_when_trafficked": draft.age_when_trafficked,
            "coded": draft.coded,
        }
    )
    for holder_id, role, purpose in target.holders:
        rows.grants.append(
            {
                "holder_id": holder_id,
                "role": role,
                "case_id": case_id,
                "sections": int(ALL_SECTIONS),
                "purpose": purpose.value,
                "basis": Basis.OWN_CASE.value,
                "source_id": None,
                "starts_at": now,
                "ends_at": FOR_EVER,
            }
        )


def _opened_at(draft: Draft, now: datetime) -> datetime:
    """When the organisation met the person, as far as the row says: the report, else the incoming referral, else the import itself."""
    day = draft.reported_on or _day(draft.coded.get("cas_IncomingReferralDate"))
    return min(datetime.combine(day, time(), UTC), now) if day else now


def _day(found: list[str] | None) -> date | None:
    return date.fromisoformat(found[0]) if found and len(found[0]) == 10 else None


def _person(draft: Draft, person_id: UUID, case_id: UUID, opened: date, now: datetime) -> dict[str, Any]:
    age, in_doubt = age_on(draft.birth, draft.age_told, opened)
    spoken = [*draft.coded.get("prs_PrimaryLanguage", ()), *draft.coded.get("prs_SecondaryLanguage", ())]
    deceased = draft.coded.get("prs_Deceased") == ["yes"]
    return {
        "id": person_id,
        "case_id": case_id,
        "role": PersonRole.VICTIM.value,
        "gender": draft.pop("prs_Gender"),
        "age_on_opening": age,
        "age_basis": (AgeBasis.NOT_RECORDED if age is None else AgeBasis.STATED).value,
        "presumed_minor": in_doubt,
        "languages": list(dict.fromkeys(spoken)),
        "outcome": (Outcome.DECEASED if deceased else Outcome.PRESENT).value,
        "outcome_at": None,
        "recorded_at": now,
    }


def age_on(birth: Day | None, told: int | None, on: date) -> tuple[int | None, bool]:
    """(age in years on a day, whether the person may be a child although the number says 18). In doubt a child (CoE art. 10(3))."""
    if birth is None or birth.on > on:
        return told, False
    years = on.year - birth.on.year - ((on.month, on.day) < (birth.on.month, birth.on.day))
    # known by its year (or month) only, the birthday may be still to come
    return min(years, 130), birth.precision != "day" and years == 18


def _detection(draft: Draft, person_id: UUID, case_id: UUID, opened: datetime, source_key: str, target: Target) -> dict[str, Any]:
    return {
        "id": new_id(),
        "case_id": case_id,
        "person_id": person_id,
        "organisation_id": target.by.organisation_id,
        "channel": Channel.IMPORT.value,
        "happened_at": opened,
        "recorded_at": target.by.at,
        "claimed_status": draft.pop("vic_TraffickingStatus"),
        "claimed_by": draft.pop("vic_TraffickingStatusDecisionMakingOrg"),
        "source_batch": target.batch_id,
        "source_row": draft.row,
        "source_key": source_key,
    }


def _consent(rows: Rows, draft: Draft, person_id: UUID, case_id: UUID, target: Target) -> None:
    if draft.coded.get("con_Consent") != ["yes"]:
        return
    language = next(iter(draft.coded.get("prs_PrimaryLanguage", ())), "und")
    rows.consents.append(
        {
            "id": new_id(),
            "case_id": case_id,
            "person_id": person_id,
            "state": ConsentState.REPORTED.value,
            "purpose": Purpose.PROTECTION.value,
            "recipient_id": None,
            "sections": int(Section.CASE),
            "starts_at": target.by.at,
            # reported elsewhere: it opens nothing here, so it is over at once
            "ends_at": target.by.at + timedelta(seconds=1),
            "given_by": ConsentGiver.PERSON.value,
            "language": language,
            "oral": True,
            "recorded_by_id": target.by.user.pk,
            "recorded_at": target.by.at,
        }
    )


def _seal_words(rows: Rows, draft: Draft, person_id: UUID, case_id: UUID) -> None:
    def seal(section: Section, kind: str, body: dict[str, Any], record_id: UUID) -> None:
        if body:
            rows.sealed.append(Plain(person_id, case_id, section, kind, record_id, body))

    identity = dict(draft.identity)
    if draft.birth is not None and draft.birth.precision != "day":
        identity["birth_precision"] = draft.birth.precision
    if draft.record_id:
        identity["havre_RecordId"] = draft.record_id
    if draft.age_told is not None:
        identity["havre_Age"] = str(draft.age_told)
    seal(Section.IDENTITY, "identity", identity, person_id)
    seal(Section.WHEREABOUTS, "whereabouts", dict(draft.whereabouts), person_id)
    seal(Section.FACTS, TEXT_FACTS, dict(draft.facts), person_id)
    seal(Section.PROTECTION, TEXT_PROTECTION, dict(draft.protection), person_id)
    seal(Section.IDENTITY, UNMAPPED, dict(draft.other), person_id)


def _events(rows: Rows, draft: Draft, person_id: UUID, case_id: UUID, now: datetime) -> None:
    coded = draft.coded
    means = _codes(coded, vocabulary.MEANS, "vic_MethodsOfControl")
    purposes = _codes(coded, vocabulary.PURPOSES, "vic_TypeOfExploitation", "vic_TypeOfSexExploitation")
    industry = next(iter(coded.get("vic_ForcedLabourIndustry", ())), "")
    overall = {"means": means, "purposes": purposes, "industry": industry} if means or purposes or industry else None
    for leg, (_group, event) in enumerate(sorted(draft.events.items())):
        kind = event.get("kind") or EventKind.EXPLOITATION.value
        row = _event(person_id, case_id, now, kind=kind, leg=leg, source=PLACED)
        row["country"] = event["country"] if len(event.get("country") or "") == 2 else ""
        if day := event.get("on"):
            row["happened_on"], row["precision"] = day.on, day.precision
        if overall and kind == EventKind.EXPLOITATION:
            row.update(overall)
            overall = None
        rows.events.append(row)
        words = {name: event[name] for name in EVENT_WORDS if name in event}
        if words:
            rows.sealed.append(Plain(person_id, case_id, Section.FACTS, EVENT_TEXT, row["id"], words))
    if overall:
        rows.events.append(
            _event(person_id, case_id, now, kind=EventKind.EXPLOITATION.value, leg=len(draft.events), source=OVERALL) | overall
        )


def _event(person_id: UUID, case_id: UUID, now: datetime, *, kind: str, leg: int, source: str) -> dict[str, Any]:
    # the acts are not derived: an event of recruitment or transit is a place and a time, not the legal act (standards.md 5.3)
    return {
        "id": new_id(),
        "case_id": case_id,
        "person_id": person_id,
        "kind": kind,
        "leg": leg,
        "acts": None,
        "means": None,
        "purposes": None,
        "composites": {},
        "country": "",
        "region": "",
        "industry": "",
        "happened_on": None,
        "until": None,
        "precision": Precision.DAY.value,
        "status_on_route": "",
        "debt": None,
        "debt_currency": "",
        "documents_held": None,
        "source": source,
        "recorded_at": now,
    }


def _codes(coded: dict[str, list[str]], known: dict[str, str], *names: str) -> list[str] | None:
    """Our codes for the values of some fields; None when the sheet says nothing that has one. A missing key is "not recorded"."""
    if not any(name in coded for name in names):
        return None
    found = dict.fromkeys(known[value] for name in names for value in coded.get(name, ()) if value in known)
    said_none = all(not coded[name] for name in names if name in coded)
    return list(found) if found or said_none else None


def batches(drafts: Iterator[Draft], size: int) -> Iterator[list[Draft]]:
    """Drafts in lists of `size`."""
    held: list[Draft] = []
    for draft in drafts:
        held.append(draft)
        if len(held) == size:
            yield held
            held = []
    if held:
        yield held
