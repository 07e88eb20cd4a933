"""Emergencies: what could not wait was kept on vital interest, and the person is asked as soon as they can be."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from havre import trust
from havre.protection.enums import VitalGround
from havre.protection.models import LaterConsent, PersonNeed
from havre.protection.workflow import LATER_CONSENT
from havre.register import services as register
from havre.register.enums import Channel
from havre.register.models import Case, Person
from havre.trust import audit
from havre.trust.actors import Actor
from havre.trust.models import Override, User


@trust.act("later_consent.keep_first")
def keep_first(
    *, by: Actor, case_id: UUID, person_id: UUID, ground: VitalGround | str, since: datetime, held_by: User | None = None
) -> LaterConsent:
    """Note that something is kept of a person who was not asked yet, and on what ground; once for a person.

    Raises: Refused for a role that may not. Source: Convention 108+ art. 5(2); GDPR art. 6(1)(d), vital interest.
    """
    there = LaterConsent.objects.visible_to(by).filter(person_id=person_id).first()
    if there is not None:
        return there
    fields = {"case_id": case_id, "person_id": person_id, "ground": str(ground), "since": since}
    fields["by_id"] = (held_by or by.user).pk
    checked = LATER_CONSENT.check(LaterConsent(**fields), move="keep_first", by=by)
    made = LaterConsent.objects.add(by=by, **fields, status=checked.end)
    audit.record(event="later_consent.keep_first", by=by, subject=person_id, case_id=case_id, reason=str(ground))
    return made


@trust.act("later_consent.answer")
def answer(*, by: Actor, later_id: UUID, step: str, language: str = "", override_id: UUID | None = None) -> LaterConsent:
    """Write down what the person said when they were asked, or that they cannot be reached.

    Args: step, agree, refuse or unreachable; language, in which they were asked; override_id, a supervisor's waiver.
    Raises: Missing; Refused, with every unmet condition; Invalid for another step. A refusal closes no help; what was kept is then
    erased at the data-protection officer's.
    """
    found = LaterConsent.objects.visible_to(by).get_for_step(pk=later_id)
    found.language = language
    waiver = Override.objects.visible_to(by).get_for_step(pk=override_id) if override_id else None
    checked = LATER_CONSENT.check(found, move=step, by=by, override=waiver)
    found.status, found.asked_at, found.asked_by = checked.end, by.at, by.user
    found.save(update_fields=["status", "asked_at", "asked_by", "language"])
    audit.record(event=f"later_consent.{step}", by=by, subject=found.person_id, case_id=found.case_id)
    return found


def settle(*, by: Actor, person_id: UUID, language: str) -> None:
    """The person agreed while talking: where something waited for their word, it waits no longer."""
    due = LaterConsent.objects.visible_to(by).filter(person_id=person_id, status__in=["due", "unreachable"]).first()
    if due is not None:
        answer(by=by, later_id=due.pk, step="agree", language=language)


@trust.act("urgent")
def open_urgent(
    *,
    by: Actor,
    person: dict[str, Any],
    needs: Iterable[str],
    happened_at: datetime,
    ground: VitalGround | str,
    held_by: User | None = None,
) -> Case:
    """Open a case in one screen: what the person needs now, on vital interest; everything else, consent too, is asked afterwards.

    Args: person, as `register.services.open_case` takes it; needs, values of Need; held_by, who was there, where somebody else
    types it in from a paper. Raises: Refused (403); Invalid.
    """
    case = register.open_case(by=by, person=person, channel=Channel.SCREENING, happened_at=happened_at, urgent=True)
    somebody = Person.objects.visible_to(by).get_or_missing(case=case)
    for kind in needs:
        PersonNeed.objects.add(
            by=by, case=case, person=somebody, kind=kind, urgent=True, recorded_at=happened_at, by_id=(held_by or by.user).pk
        )
    keep_first(by=by, case_id=case.pk, person_id=somebody.pk, ground=ground, since=happened_at, held_by=held_by)
    return case
