"""What the pages of identity requests show, each request only to its requester, its custodians and the data-protection officer."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from havre.trust import policy
from havre.trust.actors import Actor
from havre.trust.asking import custody
from havre.trust.asking.custody import COUNTRY, LEADING
from havre.trust.contracts import contracts
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.errors import Missing
from havre.trust.models import Conflict, Grant, Holder, IdentityEvent, IdentityRequest, Membership, Seal
from havre.trust.models.accounts import ancestry, lineage
from havre.trust.models.requests import Agree, IdentityEventKind, IdentityReason

WAITING, OPEN, REFUSED, ENDED = "waiting", "open", "refused", "ended"
CLOSING = (IdentityEventKind.REFUSED, IdentityEventKind.ENDED)
SHOWN = 50


def persons(case_id: UUID) -> tuple[UUID, ...]:
    """The ids of a case's persons, oldest first."""
    return tuple(person for contract in contracts() for person in contract.persons_of_case(case_id))


def opens_already(by: Actor, case_id: UUID, person_id: UUID, *, ground: policy.Ground | None = None) -> bool:
    """Whether the name opens to this actor, the age of the second factor apart."""
    fresh = replace(by, factor_at=by.at)
    return policy.decide(fresh, Act.READ, Section.IDENTITY, case_id, person_id=person_id, ground=ground).allowed


def _live(case_id: UUID, at: datetime) -> QuerySet[Grant]:
    return Grant.objects.filter(case_id=case_id, starts_at__lte=at, ends_at__gt=at)


def own_access_ends(by: Actor, case_id: UUID) -> datetime | None:
    """When the last access of the actor's own job to this case ends; None without one (a break-glass is no ground for more)."""
    return _last(_live(case_id, by.at).filter(holder_id=by.holder_id, role=by.role, purpose=by.purpose))


def access_ends(request: IdentityRequest, *, at: datetime) -> datetime | None:
    """The same for a request's job; None too when the person has left it or a conflict of interest was recorded since."""
    jobs = lineage(request.holder)
    places = Holder.objects.filter(pk__in=jobs).values("organisation_id")
    held = Membership.objects.filter(
        user=request.user_id, role=request.role, organisation_id__in=places, ended_at=None, user__is_active=True
    )
    if not held.exists():
        return None
    if Conflict.objects.filter(Q(holder_id__in=jobs) | Q(holder__user=request.user_id), case_id=request.case_id).exists():
        return None
    return _last(_live(request.case_id, at).filter(holder_id__in=jobs, role=request.role, purpose=request.purpose))


def _last(grants: QuerySet[Grant]) -> datetime | None:
    return grants.order_by("-ends_at").values_list("ends_at", flat=True).first()


def state(request: IdentityRequest, *, at: datetime, events: Sequence[IdentityEvent] | None = None) -> str:
    """Waiting, open, refused or ended, from its events and its grant; nothing is written by asking."""
    known = list(request.events.all()) if events is None else events
    return _state(request, known, _granted([request]).get(request.pk), at)


def _granted(rows: Iterable[IdentityRequest]) -> dict[UUID, datetime]:
    """Until when the names of those requests that were granted are or were open."""
    found = Grant.objects.filter(source_id__in=[row.pk for row in rows], basis=Basis.IDENTITY_REQUEST)
    return {source: ends for source, ends in found.values_list("source_id", "ends_at") if source is not None}


def _state(request: IdentityRequest, events: Sequence[IdentityEvent], ends: datetime | None, at: datetime) -> str:
    closed = next((event.kind for event in events if event.kind in CLOSING), None)
    if closed:
        return REFUSED if closed == IdentityEventKind.REFUSED else ENDED
    if ends is not None:
        return OPEN if ends > at else ENDED
    return WAITING if request.until > at else ENDED


def custodian_job(by: Actor, request: IdentityRequest) -> str:
    """As which of the request's custodians this actor may act; empty for the requester and for everybody else.

    At the lead service: whoever holds the case as its own and may open this very name. Of the country: a role that reviews accesses, while
    the case is not sealed and no conflict of interest keeps it out.
    """
    if request.user_id == by.user.pk:
        return ""
    for text in request.custodians:
        job = custody.read_job(text)
        if job.role == by.role and (_of_country(by, request) if job.place == COUNTRY else _of_lead(by, request)):
            return str(text)
    return ""


def _of_country(by: Actor, request: IdentityRequest) -> bool:
    sealed = Seal.objects.filter(case_id=request.case_id, ended_at=None).exists()
    kept_out = Conflict.objects.filter(case_id=request.case_id, holder_id__in=by.holders).exists()
    return policy.may_in_house(by, Act.REVIEW) and not sealed and not kept_out


def _of_lead(by: Actor, request: IdentityRequest) -> bool:
    leads = _live(request.case_id, by.at).filter(holder_id=by.holder_id, role=by.role, purpose=by.purpose, basis__in=LEADING)
    return leads.exists() and opens_already(by, request.case_id, request.person_id)


def waits_for(request: IdentityRequest, by: Actor, job: str) -> bool:
    """Whether this custodian's answer is still awaited."""
    events = list(request.events.all())
    if state(request, at=by.at, events=events) != WAITING:
        return False
    granted = [event for event in events if event.kind == IdentityEventKind.GRANTED]
    return request.agree == Agree.ANY or not any(event.job == job or event.by_id == by.user.pk for event in granted)


def visible(by: Actor, request_id: UUID) -> IdentityRequest:
    """One request, for its requester (while the case is there for him), its custodians and the officer. Raises: Missing."""
    found = _rows().filter(pk=request_id).first()
    if found is None or not _may_see(by, found):
        raise Missing
    return found


def _may_see(by: Actor, request: IdentityRequest) -> bool:
    if policy.may_in_house(by, Act.REVIEW):
        return _of_country(by, request)
    mine = request.user_id == by.user.pk and request.holder_id in ancestry(by.holder_id)
    if mine:
        return policy.decide(by, Act.READ, Section.CASE, request.case_id).allowed
    return bool(custodian_job(by, request))


def mine(by: Actor) -> list[IdentityRequest]:
    """The actor's own requests in this job, newest first; those of a case that is no longer there for him are absent."""
    held = Grant.objects.filter(holder_id__in=by.holders, role=by.role, purpose=by.purpose, starts_at__lte=by.at, ends_at__gt=by.at)
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    kept_out = Conflict.objects.filter(holder_id__in=by.holders).values("case_id")
    rows = _rows().filter(
        user=by.user, holder_id__in=ancestry(by.holder_id), case_id__in=held.exclude(case_id__in=sealed).values("case_id")
    )
    return list(rows.exclude(case_id__in=kept_out).order_by("-asked_at")[:SHOWN])


def to_answer(by: Actor) -> list[IdentityRequest]:
    """The requests that wait for this custodian, the one that lapses first on top."""
    jobs = [str(job) for job in custody.custody().jobs if job.role == by.role]
    rows = _rows().filter(until__gt=by.at).exclude(user=by.user).exclude(events__kind__in=CLOSING)
    if not policy.may_in_house(by, Act.REVIEW):
        held = Grant.objects.filter(holder_id=by.holder_id, basis__in=LEADING, ends_at__gt=by.at)
        rows = rows.filter(case_id__in=held.values("case_id"))
    # nobody of this job may answer any, whatever a request kept of an earlier setting
    if not jobs and not rows.exists():
        return []
    found = []
    for row in rows.order_by("until")[:SHOWN]:
        job = custodian_job(by, row)
        if job and waits_for(row, by, job):
            found.append(row)
    return found


def of_country() -> list[IdentityRequest]:
    """Every request of the country for the officer, newest first, none of a sealed case."""
    sealed = Seal.objects.filter(ended_at=None).values("case_id")
    return list(_rows().exclude(case_id__in=sealed).order_by("-asked_at")[:SHOWN])


def of_persons(case_id: UUID, person_ids: Iterable[UUID]) -> list[IdentityRequest]:
    """Every request for the names of these persons, newest first, for the access history. Two queries."""
    return list(_rows().filter(case_id=case_id, person_id__in=list(person_ids)).order_by("-asked_at"))


def unsettled(now: datetime) -> list[IdentityRequest]:
    """Requests that are over without an event that says so."""
    rows = _rows().exclude(events__kind__in=CLOSING)
    found = []
    for row in rows.order_by("until"):
        over = state(row, at=now, events=list(row.events.all())) == ENDED
        if over or (not Grant.objects.filter(source_id=row.pk).exists() and access_ends(row, at=now) is None):
            found.append(row)
    return found


def lines(rows: Sequence[IdentityRequest], *, at: datetime) -> list[dict[str, Any]]:
    """Requests as a list shows them: codes and dates. One query more than the rows took."""
    ends = _granted(rows)
    return [
        {
            "asked": row,
            "role": Role(row.role).label,
            "why": IdentityReason(row.reason).label,
            "state": _state(row, list(row.events.all()), ends.get(row.pk), at),
            "ends": ends.get(row.pk),
            "events": list(row.events.all()),
        }
        for row in rows
    ]


def _rows() -> QuerySet[IdentityRequest]:
    return IdentityRequest.objects.select_related("user", "organisation", "holder__organisation").prefetch_related("events__by")
