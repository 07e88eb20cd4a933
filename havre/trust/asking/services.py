"""Services: asking for one person's name, granting and refusing it, its use, its end. Each is an event that nobody rewrites."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from havre.trust import audit, grants, policy
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.asking import custody, queries
from havre.trust.asking.custody import ASKERS
from havre.trust.enums import Act, Basis, Purpose, Role, Section
from havre.trust.errands import as_house
from havre.trust.errors import Invalid, Missing, Refused, Words
from havre.trust.models import Grant, IdentityEvent, IdentityRequest, Membership, SealedSection
from havre.trust.models.accounts import person_holder
from havre.trust.models.requests import Agree, IdentityEnd, IdentityEventKind, IdentityReason, IdentityRefusal
from havre.trust.policy.rows import When
from havre.trust.vault import sealing
from havre.trust.vault.sealing import Plain

# a name is granted for a stated piece of work, not for good (project default)
LONGEST = timedelta(days=90)
WORDS = "identity_request"


@act("identity.ask")
def ask(*, by: Actor, case_id: UUID, person_id: UUID, reason: str, until: datetime, words: str = "") -> IdentityRequest:
    """Ask the custodians of one person's name for it, until a moment.

    Args: reason, a code of IdentityReason; until, aware, at most 90 days off; words, sealed where names are: who may open the name reads them.
    Raises: Missing when the case or the person is not there for `by`; Refused with every reason; Invalid by field; KeyFault.
    Source: Convention 108+ art. 5(1), 5(4)(c).
    """
    if by.role not in ASKERS:
        raise Refused((_("your role works without names: no rule lets it ask for one"),), status=403)
    if not policy.decide(by, Act.READ, Section.CASE, case_id).allowed or person_id not in queries.persons(case_id):
        raise Missing
    ends = queries.own_access_ends(by, case_id)
    _check(reason, until, by, ends)
    rule = custody.custody()
    reasons = [*_against(by, case_id, person_id), *_unmanned(rule, case_id, by)]
    if reasons:
        raise Refused(reasons)
    job = Membership.objects.filter(user=by.user, organisation_id=by.organisation_id, role=by.role, ended_at=None).earliest("starts_at")
    made = IdentityRequest.objects.create(
        case_id=case_id,
        person_id=person_id,
        user=by.user,
        membership=job,
        organisation_id=by.organisation_id,
        holder_id=by.holder_id,
        role=by.role,
        purpose=by.purpose,
        reason=reason,
        until=until,
        asked_at=by.at,
        agree=rule.agree,
        custodians=[str(one) for one in rule.jobs],
    )
    _seal(made, words)
    _write(made, IdentityEventKind.REQUESTED, by=by, reason=reason)
    return made


@act("identity.grant")
def grant(*, by: Actor, request_id: UUID) -> IdentityRequest:
    """One custodian agrees. When the rule is met, the name opens to the requester, and to nobody else, until the request's day.

    Raises: Missing for whoever is no custodian of it, or has answered; Refused with every reason.
    """
    found, job = _to_answer(by, request_id)
    reasons: list[Words] = []
    if not by.factor_is_fresh:
        reasons.append(When.FACTOR_STALE.words)
    ends = queries.access_ends(found, at=by.at)
    if ends is None:
        reasons.append(_("the requester no longer holds the case in this job: there is nothing to grant"))
    if reasons or ends is None:
        raise Refused(reasons)
    _write(found, IdentityEventKind.GRANTED, by=by, job=job)
    answered = {event.job for event in found.events.filter(kind=IdentityEventKind.GRANTED)}
    if found.agree == Agree.ANY or answered >= set(found.custodians):
        grants.give(
            holder=person_holder(found.user_id),
            role=Role(found.role),
            case_id=found.case_id,
            person_id=found.person_id,
            sections=Section.IDENTITY,
            purpose=Purpose(found.purpose),
            basis=Basis.IDENTITY_REQUEST,
            source_id=found.pk,
            starts_at=by.at,
            ends_at=min(found.until, ends),
        )
    return found


@act("identity.refuse")
def refuse(*, by: Actor, request_id: UUID, reason: str) -> IdentityRequest:
    """One custodian refuses, which ends the request. Raises: Missing as `grant`; Invalid without a reason from the list."""
    found, job = _to_answer(by, request_id)
    if reason not in IdentityRefusal.values:
        raise Invalid({"reason": [_("Choose why from the list: the requester is told.")]})
    _write(found, IdentityEventKind.REFUSED, by=by, job=job, reason=reason)
    return found


@act("identity.end")
def end(*, by: Actor, request_id: UUID) -> IdentityRequest:
    """Give a name or a request back before its day (the requester), or end it early (a custodian). Raises: Missing."""
    found = _locked(request_id)
    state = queries.state(found, at=by.at)
    mine = found.user_id == by.user.pk
    if state not in (queries.WAITING, queries.OPEN) or not (mine or queries.custodian_job(by, found)):
        raise Missing
    if not mine and state == queries.WAITING:
        raise Refused((_("the request waits for an answer: grant it or refuse it"),))
    grants.end(at=by.at, source_id=found.pk)
    _write(found, IdentityEventKind.ENDED, by=by, reason=IdentityEnd.BY_REQUESTER if mine else IdentityEnd.BY_CUSTODIAN)
    return found


def note_use(by: Actor, opened: Iterable[tuple[UUID, UUID]]) -> None:
    """Write the use of granted requests, for whoever opened these (case, person) names on nothing else. Called before a name is shown."""
    pairs = set(opened)
    for one in asked_for(by, [case for case, _person in pairs]):
        if (one.case_id, one.person_id) in pairs and one.source_id is not None:
            _write(_locked(one.source_id), IdentityEventKind.USED, by=by)


def asked_for(by: Actor, case_ids: Iterable[UUID]) -> list[Grant]:
    """The names in these cases that this actor was granted on a request and that are open now. One query."""
    mine = Grant.objects.filter(holder_id=by.personal_id, basis=Basis.IDENTITY_REQUEST, role=by.role, purpose=by.purpose)
    return list(mine.filter(case_id__in=set(case_ids), starts_at__lte=by.at, ends_at__gt=by.at))


def end_of_job(job: Membership, *, at: datetime) -> int:
    """The names that somebody was granted in a job close when the job ends. Called inside the service that ends it."""
    return grants.end(at=at, basis=Basis.IDENTITY_REQUEST, source_id__in=IdentityRequest.objects.filter(membership=job).values("pk"))


def settle(now: datetime) -> int:
    """Write the end of what ended by itself: the day came, the access closed, or nobody answered. The sweep runs it; idempotent."""
    done = 0
    for found in queries.unsettled(now):
        granted = Grant.objects.filter(source_id=found.pk).first()
        if granted is None:
            reason, at = IdentityEnd.UNANSWERED, min(found.until, now)
            if found.until > now:
                reason, at = IdentityEnd.ACCESS_CLOSED, now
        else:
            reason, at = IdentityEnd.LAPSED if granted.ends_at >= found.until else IdentityEnd.ACCESS_CLOSED, granted.ends_at
        IdentityEvent.objects.create(request=found, number=_next(found), kind=IdentityEventKind.ENDED, at=at, reason=reason)
        done += 1
    return done


def _check(reason: str, until: datetime, by: Actor, ends: datetime | None) -> None:
    problems: dict[str, list[Words]] = {}
    if reason not in IdentityReason.values:
        problems["reason"] = [_("Choose why from the list.")]
    if until <= by.at:
        problems["until"] = [_("This day has passed: choose a later one.")]
    elif until > by.at + LONGEST:
        problems["until"] = [
            _("A name is granted for %(days)s days at most: choose an earlier day and ask again then.") % {"days": LONGEST.days}
        ]
    elif ends is None or until > ends:
        problems["until"] = [_("Your service's own access to the case ends before that day: choose an earlier one.")]
    if problems:
        raise Invalid(problems)


def _against(by: Actor, case_id: UUID, person_id: UUID) -> list[Words]:
    reasons: list[Words] = []
    ground = policy.ground_of(by, case_id)
    if queries.opens_already(by, case_id, person_id, ground=ground):
        reasons.append(_("the name is open to you already: open it on the case's page"))
    if any(bits & Section.IDENTITY and person == person_id for person, bits in ground.restrictions):
        reasons.append(When.RESTRICTED.words)
    for earlier in IdentityRequest.objects.filter(user=by.user, case_id=case_id, person_id=person_id):
        if queries.state(earlier, at=by.at) == queries.WAITING:
            reasons.append(_("you have asked for this name already: it waits for an answer"))
    return reasons


def _unmanned(rule: custody.Custody, case_id: UUID, by: Actor) -> list[Words]:
    """Jobs that must agree and that nobody holds: better said now than waited for."""
    empty = [job for job in rule.jobs if not custody.people(job, case_id, at=by.at, but=by.user)]
    if not empty or (rule.agree == Agree.ANY and len(empty) < len(rule.jobs)):
        return []
    words = _("nobody can answer: this custodian's job is held by no one else: %(job)s. Ask the coordinator")
    return [words % {"job": job.words} for job in empty]


def _to_answer(by: Actor, request_id: UUID) -> tuple[IdentityRequest, str]:
    found = _locked(request_id)
    job = queries.custodian_job(by, found)
    if not job or not queries.waits_for(found, by, job):
        raise Missing
    return found, job


def _locked(request_id: UUID) -> IdentityRequest:
    # the tables take no update, so on PostgreSQL the application may lock no row of them: the house does
    with as_house():
        found = IdentityRequest.objects.select_for_update(of=("self",)).filter(pk=request_id).first()
    if found is None:
        raise Missing
    return found


def _next(request: IdentityRequest) -> int:
    return (request.events.aggregate(last=Max("number"))["last"] or 0) + 1


def _write(request: IdentityRequest, kind: IdentityEventKind, *, by: Actor, reason: str = "", job: str = "") -> IdentityEvent:
    """One event, with its line in the audit trail, in the caller's transaction."""
    event = IdentityEvent.objects.create(request=request, number=_next(request), kind=kind, at=by.at, by=by.user, job=job, reason=reason)
    codes: dict[str, str | int] = {"request": str(request.pk), "number": event.number}
    name = {"requested": "ask", "granted": "grant", "refused": "refuse", "used": "use", "ended": "end"}[kind.value]
    audit.record(event=f"identity.{name}", by=by, subject=request.person_id, case_id=request.case_id, reason=reason, codes=codes)
    return event


def _seal(request: IdentityRequest, words: str) -> None:
    """The requester writes into a section that he may not read: decided by the service, so the house writes it (as an import does)."""
    if not words.strip():
        return
    plain = Plain(request.person_id, request.case_id, Section.IDENTITY, WORDS, request.pk, {"words": words.strip()})
    (row,) = sealing.seal([plain])
    with as_house():
        SealedSection.save(row, force_insert=True)
