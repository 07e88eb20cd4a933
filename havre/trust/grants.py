"""Giving and ending access. Every basis is a row; ending one is shortening it, in the caller's transaction."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.errors import Refused
from havre.trust.models import Agreement, Conflict, Grant, Holder, IdentityRequest, Seal
from havre.trust.models.accounts import lineage
from havre.trust.models.grants import FOR_EVER


def give(
    *,
    holder: Holder,
    case_id: UUID,
    sections: Section,
    purpose: Purpose,
    basis: Basis,
    starts_at: datetime,
    ends_at: datetime = FOR_EVER,
    role: Role | None = None,
    source_id: UUID | None = None,
    person_id: UUID | None = None,
) -> Grant:
    """Open an access. The bare file (Section.CASE) goes with every grant.

    Args: role, the acting role when the holder is a person; ends_at, aware; person_id, for an identity request, which opens one person.
    Raises: Refused when a conflict of interest is on record, or when the case is sealed and the basis is not the custodian's.
    """
    reasons = []
    if Conflict.objects.filter(case_id=case_id, holder=holder).exists():
        reasons.append(_("a conflict of interest is on record: this service or person may not receive the case"))
    if basis != Basis.CUSTODIAN and Seal.objects.filter(case_id=case_id, ended_at=None).exists():
        reasons.append(_("the case is sealed: only its custodians may open it"))
    if reasons:
        raise Refused(reasons)
    return Grant.objects.create(
        holder=holder,
        role=role or holder.role,
        case_id=case_id,
        sections=int(sections | Section.CASE),
        purpose=purpose,
        basis=basis,
        source_id=source_id,
        person_id=person_id,
        starts_at=starts_at,
        ends_at=ends_at,
    )


def agreement_between(first: UUID, second: UUID, *, sections: Section, at: datetime) -> Agreement:
    """The agreement in force that lets these sections travel between two organisations.

    Raises: Refused when there is none: no agreement, no transfer (ODIHR NRM Handbook 2022; Convention 108+ art. 5).
    """
    parties = Q(first=first, second=second) | Q(first=second, second=first)
    for agreement in Agreement.objects.filter(parties, starts_on__lte=at.date(), ends_on__gte=at.date(), ended_at=None).order_by(
        "-ends_on"
    ):
        if agreement.sections & int(sections) == int(sections):
            return agreement
    raise Refused((_("no sharing agreement in force between the two organisations covers these sections"),))


def end(*, at: datetime, source_id: UUID | None = None, **conditions: object) -> int:
    """Shorten every live grant that hangs on `source_id` (or meets the conditions) to `at`. Gives how many were closed."""
    live = Grant.objects.filter(ends_at__gt=at, **conditions)
    if source_id is not None:
        live = live.filter(source_id=source_id)
    cases = set(live.values_list("case_id", flat=True))
    return _shorten(live, at) + _close_names(cases, at)


def _close_names(case_ids: set[UUID], at: datetime) -> int:
    """A name granted on a request hangs on the requester's own access to the case: where that has ended, the name closes with it."""
    named = Grant.objects.filter(case_id__in=case_ids, basis=Basis.IDENTITY_REQUEST, ends_at__gt=at)
    closed = 0
    for grant in named:
        asked = IdentityRequest.objects.filter(pk__in=[grant.source_id]).select_related("holder__organisation").first()
        job = lineage(asked.holder) if asked else []
        still = Grant.objects.filter(holder_id__in=job, case_id=grant.case_id, role=grant.role, purpose=grant.purpose, ends_at__gt=at)
        if not still.exists():
            closed += _shorten(Grant.objects.filter(pk=grant.pk), at)
    return closed


def _shorten(live: QuerySet[Grant], at: datetime) -> int:
    # a grant that was to start later closes at its own start
    later = live.filter(starts_at__gt=at)
    closed = 0
    for grant in later:
        Grant.objects.filter(pk=grant.pk).update(ends_at=grant.starts_at)
        closed += 1
    return closed + live.filter(starts_at__lte=at).update(ends_at=at)
