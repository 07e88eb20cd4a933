"""The register's acts: opening a case, outcomes, sealing, links between persons; those on a consent are in `consenting`."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.register.consenting.acts import record_consent, withdraw_consent
from havre.register.enums import CaseStatus, Channel, Outcome, PersonRole
from havre.register.models import Case, Detection, LinkAssertion, Person, PersonFacts
from havre.trust import audit, grants, policy
from havre.trust import identity as vaulted
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, ROLE_PURPOSES, Act, Basis, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Organisation, Seal
from havre.trust.models.accounts import Holder, job_holder

__all__ = ["record_consent", "withdraw_consent"]


@trust.act("case.open")
def open_case(
    *,
    by: Actor,
    person: dict[str, Any],
    channel: Channel | str,
    happened_at: datetime,
    identity: dict[str, Any] | None = None,
    facts: dict[str, Any] | None = None,
    urgent: bool = False,
    made_up: bool = False,
) -> Case:
    """Open a case with its first person, the report that led to it, and the service's own access.

    Args: person, fields of Person (gender, age_on_opening, age_basis, presumed_minor, languages); facts, fields of PersonFacts;
    identity, what goes into the sealed identity section, None for somebody who gave no name.
    Raises: Refused (403) when the role may not open cases; Invalid for an impossible age or a moment in the future.
    """
    policy.require_in_house(by, Act.OPEN)
    _check_moment(happened_at, by)
    organisation = Organisation.objects.get(pk=by.organisation_id)
    case = Case(country=organisation.country, lead=organisation, urgent=urgent, opened_at=happened_at, opened_by=by.user, made_up=made_up)
    case.save(force_insert=True)
    own_grants(case=case, by=by)
    concerned = Person.objects.add(by=by, case=case, role=PersonRole.VICTIM, **person)
    PersonFacts.objects.add(by=by, person=concerned, case=case, **(facts or {}))
    Detection.objects.add(
        by=by, case=case, person=concerned, organisation=organisation, channel=str(channel), happened_at=happened_at, recorded_at=by.at
    )
    if identity:
        vaulted.write(by=by, case_id=case.pk, person_id=concerned.pk, section=Section.IDENTITY, kind="identity", body=identity)
    audit.record(event="case.open", by=by, subject=concerned.pk, case_id=case.pk, codes={"channel": str(channel)})
    return case


def own_grants(*, case: Case, by: Actor) -> None:
    """The opening service's access: the acting job for each of its purposes, and the service's case managers."""
    jobs = {(by.role, by.holder_id)}
    manager = job_holder(by.organisation_id, Role.CASE_MANAGER)
    jobs.add((Role.CASE_MANAGER, manager.pk))
    for role, holder_id in sorted(jobs, key=lambda job: job[1]):
        for purpose in ROLE_PURPOSES[role]:
            grants.give(
                holder=Holder.objects.get(pk=holder_id),
                case_id=case.pk,
                sections=ALL_SECTIONS,
                purpose=purpose,
                basis=Basis.OWN_CASE,
                source_id=case.pk,
                starts_at=by.at,
            )


@trust.act("person.outcome")
def set_outcome(*, by: Actor, person_id: UUID, outcome: Outcome | str, happened_at: datetime) -> Person:
    """Say how the contact with a person stands: unreachable, absconded, detained, deceased, or in contact again."""
    _check_moment(happened_at, by)
    person = Person.objects.visible_to(by, Act.WRITE).get_or_missing(pk=person_id)
    person.outcome, person.outcome_at = str(outcome), happened_at
    person.save(update_fields=["outcome", "outcome_at"])
    audit.record(event="person.outcome", by=by, subject=person.pk, case_id=person.case_id, codes={"outcome": str(outcome)})
    return person


@trust.act("case.close")
def close_case(*, by: Actor, case_id: UUID, reason: str, referred: bool = False) -> Case:
    """Close a case (HTCDS Closed or ClosedReferred). It can be opened again; no right ends with it."""
    case = Case.objects.visible_to(by, Act.WRITE).get_or_missing(pk=case_id)
    if case.closed_at is not None:
        raise Refused((_("the case is already closed"),))
    case.status = CaseStatus.CLOSED_REFERRED if referred else CaseStatus.CLOSED
    case.closed_at, case.close_reason = by.at, reason
    case.save(update_fields=["status", "closed_at", "close_reason"])
    audit.record(event="case.close", by=by, case_id=case.pk, reason=reason)
    return case


@trust.act("case.seal")
def seal_case(*, by: Actor, case_id: UUID, custodians: list[Holder], reason: str, review_on: Any) -> Case:
    """Seal a case: absent from now on for everyone but the custodians. Every other access ends in this transaction.

    Raises: Invalid without a custodian; Missing; Refused (403) when the case is not the service's own.
    Source: CoE Convention 2005 art. 28; design: a sealed case is absent, not denied.
    """
    case = Case.objects.visible_to(by).get_or_missing(pk=case_id)
    policy.require(by, Act.SEAL, Section.CASE, case.pk)
    if not custodians:
        raise Invalid({"custodians": [_("A sealed case needs at least one custodian, or nobody could help the person any more.")]})
    grants.end(at=by.at, case_id=case.pk)
    Seal.objects.create(case_id=case.pk, reason=reason, starts_at=by.at, review_on=review_on, by=by.user)
    for holder in custodians:
        for purpose in ROLE_PURPOSES[Role(holder.role)]:
            grants.give(
                holder=holder,
                case_id=case.pk,
                sections=ALL_SECTIONS,
                purpose=purpose,
                basis=Basis.CUSTODIAN,
                starts_at=by.at,
                source_id=case.pk,
            )
    audit.record(event="case.seal", by=by, case_id=case.pk, reason=reason)
    return case


@trust.act("link.assert")
def assert_link(*, by: Actor, first_id: UUID, second_id: UUID, basis: str = "human") -> LinkAssertion:
    """Say that two persons are one. Both records stay; the link can be undone. Raises: Missing, Invalid for one and the same."""
    if first_id == second_id:
        raise Invalid(_("These are one and the same record."))
    first = Person.objects.visible_to(by).get_or_missing(pk=first_id)
    second = Person.objects.visible_to(by).get_or_missing(pk=second_id)
    link = LinkAssertion.objects.add(by=by, case_id=first.case_id, first=first, second=second, basis=basis, asserted_at=by.at)
    audit.record(event="link.assert", by=by, subject=first.pk, case_id=first.case_id, reason=basis)
    return link


@trust.act("link.undo")
def undo_link(*, by: Actor, link_id: UUID) -> LinkAssertion:
    """Take a link back; the assertion stays on record with who undid it and when."""
    link = LinkAssertion.objects.visible_to(by, Act.WRITE).get_or_missing(pk=link_id)
    if link.undone_at is not None:
        raise Refused((_("the link was already taken back"),))
    link.undone_at, link.undone_by = by.at, by.user
    link.save(update_fields=["undone_at", "undone_by"])
    audit.record(event="link.undo", by=by, subject=link.first_id, case_id=link.case_id)
    return link


def _check_moment(moment: datetime, by: Actor) -> None:
    if moment > by.at + timedelta(minutes=5):
        raise Invalid({"happened_at": [_("This moment lies in the future. Check the date and the device's clock.")]})
