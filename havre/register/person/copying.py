"""The person's own copy, gathered from every part's contract; third persons and staff left out."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils import translation

from havre.register.models import Case, Note, Person, PersonFacts
from havre.register.naming import readable
from havre.register.person.reading import consents_of, requests_of
from havre.trust import identity, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act, Section
from havre.trust.history.queries import accesses, name_of, who_read

Dossier = Callable[[Actor, UUID], Iterable[tuple[str, dict[str, Any]]]]
# every reading of the last years fits; a longer list says that it was cut
READINGS = 5_000


def gather(by: Actor, case: Case, person: Person, dossiers: Iterable[Dossier]) -> dict[str, Any]:
    """The copy as plain values: dates as ISO 8601, codes as they are kept. A section that `by` may not read is listed in `not_included`."""
    ground = policy.ground_of(by, case.pk)
    open_now = [one for one in Section if policy.decide(by, Act.READ, one, case.pk, ground=ground).allowed]
    # a part's dossier is by case: where others are in it, their lines are not this person's to have
    alone = Person.objects.visible_to(by).filter(case_id=case.pk).count() == 1
    with translation.override("en"):
        return plain(
            {
                "made_at": by.at,
                "file": {"reference": case.ref, "opened_at": case.opened_at, "status": case.status},
                "you": _you(by, case, person, open_now),
                "entries": [{"kind": kind, **values} for dossier in dossiers for kind, values in dossier(by, case.pk) if alone],
                "agreed": [
                    {
                        "service": str(name_of(one.recipient, neutral=True)) if one.recipient else "",
                        "purpose": one.purpose,
                        "parts": [section.code for section in Section(one.sections)],
                        "answer": one.state,
                        "from": one.starts_at,
                        "until": one.ends_at,
                        "withdrawn_at": one.withdrawn_at,
                    }
                    for one in consents_of(by, person.pk)
                ],
                "asked": [
                    {
                        "number": one.number,
                        "kind": one.kind,
                        "received_at": one.received_at,
                        "answered_at": one.answered_at,
                        "outcome": one.outcome,
                    }
                    for one in requests_of(by, person.pk)
                ],
                "may_read": [
                    {
                        "service": str(one.organisation),
                        "role": one.role_code,
                        "parts": [section.code for section in Section(one.section_bits)],
                        "until": one.ends_at,
                        "open": one.live,
                    }
                    for one in accesses(case.pk, at=by.at, person_id=person.pk)
                ],
                "read": [
                    {
                        "service": str(row.organisation),
                        "role": row.role_code,
                        "parts": [section.code for section in Section(row.section_bits)],
                        "at": row.at,
                        "for": row.purpose_code,
                    }
                    for row in who_read(person.pk, [case.pk], neutral=True, limit=READINGS)
                ],
                # told that they exist; they may be asked for (casework complaint globaleaks#2931, gate RG27)
                "professional_notes": Note.objects.visible_to(by).filter(person_id=person.pk).count(),
                "not_included": [*(one.code for one in Section if one not in open_now), *([] if alone else ["entries_of_a_shared_file"])],
            }
        )


def _you(by: Actor, case: Case, person: Person, open_now: list[Section]) -> dict[str, Any]:
    found: dict[str, Any] = {"gender": person.gender, "age_on_opening": person.age_on_opening, "languages": person.languages}
    if Section.IDENTITY in open_now:
        body = identity.read_one(by=by, case_id=case.pk, person_id=person.pk, section=Section.IDENTITY)
        found["identity"] = {str(label): value for label, value in readable(body or {})}
    if Section.FACTS in open_now:
        facts = PersonFacts.objects.visible_to(by).filter(person_id=person.pk).first()
        found["facts"] = {"citizenships": facts.citizenships, "coded": facts.coded} if facts else {}
    return found


def plain(value: Any) -> Any:
    """The same with values that JSON knows."""
    if isinstance(value, dict):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(inner) for inner in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID | Decimal):
        return str(value)
    return value
