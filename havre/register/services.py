"""Opening a case. Minimal, in this branch only: the register's own service of this name takes its place."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings

from havre import trust
from havre.register.models import Case, Detection, Person
from havre.trust import audit, grants, policy
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, ROLE_PURPOSES, Act, Basis, Section
from havre.trust.errors import Unavailable
from havre.trust.models.accounts import job_holder
from havre.trust.records import clean


@trust.act("case.open")
def open_case(
    *,
    by: Actor,
    person: dict[str, Any],
    identity: dict[str, Any] | None,
    channel: str,
    happened_at: datetime,
    urgent: bool = False,
    sections: Section = ALL_SECTIONS,
) -> Case:
    """Open a case with one person and one detection, granted to the opener's job. Raises: Refused (403)."""
    policy.require_in_house(by, Act.OPEN)
    if identity:
        raise Unavailable("the identity vault is not in this branch")
    case = Case(country=settings.HAVRE_COUNTRY.upper(), lead_id=by.organisation_id, urgent=urgent, opened_at=happened_at, opened_by=by.user)
    clean(case)
    case.save(force_insert=True)
    somebody = Person(case=case, **person)
    clean(somebody)
    somebody.save(force_insert=True)
    for purpose in ROLE_PURPOSES[by.role]:
        holder = job_holder(by.organisation_id, by.role)
        grants.give(holder=holder, case_id=case.pk, sections=sections, purpose=purpose, basis=Basis.OWN_CASE, starts_at=by.at)
    Detection(case=case, person=somebody, organisation_id=by.organisation_id, channel=channel, happened_at=happened_at).save(
        force_insert=True
    )
    audit.record(event="case.open", by=by, subject=somebody.pk, case_id=case.pk)
    return case
