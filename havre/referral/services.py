"""Acts of both sides of a referral. The receiver reaches an offer by its own address, never by the case."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import ReferralOutcome, ReferralStatus
from havre.referral.models import Referral, age_band
from havre.referral.queries import for_receiver
from havre.referral.workflow import ACKNOWLEDGE, ACKNOWLEDGE_PARTS, ANSWER, FEEDBACK, REFERRAL, URGENT_PARTS
from havre.register.models import Consent, Person
from havre.trust import audit, clocks, grants, policy
from havre.trust.actors import Actor
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Agreement, Organisation
from havre.trust.models.accounts import job_holder
from havre.trust.records import clean


@trust.act("referral.prepare")
def prepare(
    *,
    case_id: UUID,
    person_id: UUID,
    receiver_id: UUID,
    receiver_role: str,
    purpose: str,
    sections: Section,
    need: str,
    asked_until: datetime,
    by: Actor,
    consent_id: UUID | None = None,
    vital_interest: str = "",
    urgent: bool = False,
    child: dict[str, Any] | None = None,
) -> Referral:
    """Draft a referral of one person to one service.

    Args: sections, what opens on acceptance; asked_until, when the share ends at the latest; child, best_interests_at, child_heard_at,
    guardian_named_at, accompanied. Raises: Missing; Refused (403) when one of the sections may not be shared by `by`, (409) without a
    live consent or a vital interest, or an agreement; Invalid. Source: CoE Convention 2005, art. 11.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    consent = Consent.objects.visible_to(by).get_or_missing(pk=consent_id, case_id=case_id) if consent_id else None
    _check_request(
        by=by, case_id=case_id, receiver_id=receiver_id, role=receiver_role, purpose=purpose, sections=sections, until=asked_until
    )
    sender = Organisation.objects.get(pk=by.organisation_id)
    draft = Referral(
        case_id=case_id,
        person=person,
        sender=sender,
        by=by.user,
        receiver_id=receiver_id,
        receiver_role=receiver_role,
        purpose=purpose,
        sections=int(sections | Section.CASE),
        consent=consent,
        vital_interest="" if consent else vital_interest,
        asked_until=asked_until,
        need=need,
        age_band=age_band(person),
        language=person.languages[0] if person.languages else "",
        region=sender.region,
        urgent=urgent,
        prepared_at=by.at,
        **_child(child or {}),
    )
    draft.status = REFERRAL.check(draft, move="prepare", by=by).end
    clean(draft)
    draft.save(force_insert=True)
    audit.record(event="referral.prepare", by=by, subject=person_id, case_id=case_id, codes={"receiver": str(receiver_id), "need": need})
    return draft


def _check_request(*, by: Actor, case_id: UUID, receiver_id: UUID, role: str, purpose: str, sections: Section, until: datetime) -> None:
    for section in sections:
        policy.require(by, Act.SHARE, section, case_id)
    if role not in Role.values or purpose not in Purpose.values or Purpose(purpose) not in ROLE_PURPOSES[Role(role)]:
        raise Invalid({"purpose": [_("this role does not work for that purpose: choose another role or purpose")]})
    if until <= by.at:
        raise Invalid({"asked_until": [_("the share must end later than now")]})
    if receiver_id == by.organisation_id:
        raise Invalid({"receiver": [_("a referral goes to another organisation")]})
    useless = [s for s in sections if not policy.POLICY.rules.get((Act.READ, s, Role(role)))]
    if useless:
        raise Invalid({"sections": [_("this role may never read one of these sections: leave it out")]})
    grants.agreement_between(by.organisation_id, receiver_id, sections=sections, at=by.at)


def _child(child: dict[str, Any]) -> dict[str, Any]:
    allowed = {"best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"}
    return {name: value for name, value in child.items() if name in allowed}


@trust.act("referral.offer")
def offer(*, referral_id: UUID, by: Actor) -> Referral:
    """Show the preview to the receiver and start its periods: acknowledge in 24 hours (2 when urgent), answer in 3 working days.

    Raises: Missing; Refused, also when an offer of this case to this receiver is open already.
    """
    referral = _mine(referral_id, by)
    checked = REFERRAL.check(referral, move="offer", by=by)
    grants.agreement_between(referral.sender_id, referral.receiver_id, sections=Section(referral.sections), at=by.at)
    referral.status, referral.offered_at = checked.end, by.at
    try:
        with transaction.atomic():
            referral.save()
    except IntegrityError:
        raise Refused((_("an offer of this case to this service is already waiting for its answer"),)) from None
    first = URGENT_PARTS if referral.urgent else ACKNOWLEDGE_PARTS
    clocks.start(ACKNOWLEDGE, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by, parts=(first,))
    clocks.start(ANSWER, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    _record(referral, "offer", by, checked.codes)
    return referral


@trust.act("referral.acknowledge")
def acknowledge(*, referral_id: UUID, by: Actor) -> Referral:
    """Say that the offer has been seen. Raises: Missing when it was not offered to this service."""
    referral = for_receiver(by, lock=True).get_or_missing(pk=referral_id)
    checked = REFERRAL.check(referral, move="acknowledge", by=by)
    referral.acknowledged_at = referral.acknowledged_at or by.at
    referral.save(update_fields=["acknowledged_at"])
    _stop(referral, ACKNOWLEDGE, by)
    _record(referral, "acknowledge", by, checked.codes)
    return referral


@trust.act("referral.accept")
def accept(*, referral_id: UUID, no_conflict: bool, by: Actor) -> Referral:
    """Take the person on: the sections open to the receiver's role until the first of consent, agreement and asked end.

    Raises: Missing; Refused, also for a conflict on record, a sealed case, or an agreement that has ended.
    """
    referral = for_receiver(by, lock=True).get_or_missing(pk=referral_id)
    referral.no_conflict_declared = no_conflict
    checked = REFERRAL.check(referral, move="accept", by=by)
    agreement = grants.agreement_between(referral.sender_id, referral.receiver_id, sections=Section(referral.sections), at=by.at)
    referral.status, referral.ends_at = checked.end, _end(referral, agreement)
    _answered(referral, by)
    referral.save()
    grants.give(
        holder=job_holder(referral.receiver_id, referral.receiver_role),
        case_id=referral.case_id,
        sections=Section(referral.sections),
        purpose=Purpose(referral.purpose),
        basis=Basis.REFERRAL,
        source_id=referral.pk,
        starts_at=by.at,
        ends_at=referral.ends_at,
    )
    _record(referral, "accept", by, checked.codes)
    return referral


def _end(referral: Referral, agreement: Agreement) -> datetime:
    midnight = datetime.combine(agreement.ends_on + timedelta(days=1), time.min, UTC)
    ends = [referral.asked_until, midnight]
    return min([*ends, referral.consent.ends_at] if referral.consent else ends)


@trust.act("referral.decline")
def decline(*, referral_id: UUID, reason: str, by: Actor, suggested_id: UUID | None = None) -> Referral:
    """Say no, with a reason that the sender reads, and if possible another service. Raises: Missing; Refused without a listed reason."""
    referral = for_receiver(by, lock=True).get_or_missing(pk=referral_id)
    referral.decline_reason, referral.suggested_id = reason, suggested_id
    checked = REFERRAL.check(referral, move="decline", by=by)
    referral.status = checked.end
    _answered(referral, by)
    clean(referral, {"decline_reason"})
    referral.save()
    _record(referral, "decline", by, checked.codes, reason=reason)
    return referral


def _answered(referral: Referral, by: Actor) -> None:
    referral.answered_at, referral.answered_by = by.at, by.user
    _stop(referral, ACKNOWLEDGE, by)
    _stop(referral, ANSWER, by)


@trust.act("referral.start")
def start(*, referral_id: UUID, by: Actor) -> Referral:
    """Begin the help. Raises: Missing; Refused when the consent no longer stands."""
    referral = _received(referral_id, by)
    checked = REFERRAL.check(referral, move="start", by=by)
    referral.status, referral.started_at = checked.end, by.at
    referral.save(update_fields=["status", "started_at"])
    _record(referral, "start", by, checked.codes)
    return referral


@trust.act("referral.complete")
def complete(*, referral_id: UUID, outcome: str, by: Actor, person_told: bool = False) -> Referral:
    """End the help: the outcome word goes back to the sender, the share ends now, the person is told within 5 days.

    Raises: Missing; Refused; Invalid for an outcome that is not listed.
    """
    referral = _received(referral_id, by)
    if outcome and outcome not in ReferralOutcome.values:
        raise Invalid({"outcome": [_("choose an outcome from the list")]})
    referral.outcome, referral.person_told_at = outcome, by.at if person_told else None
    checked = REFERRAL.check(referral, move="complete", by=by)
    referral.status, referral.ended_at = checked.end, by.at
    referral.save()
    grants.end(at=by.at, source_id=referral.pk)
    if not person_told:
        clocks.start(FEEDBACK, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    _record(referral, "complete", by, checked.codes, reason=outcome)
    return referral


@trust.act("referral.tell_person")
def tell_person(*, referral_id: UUID, by: Actor) -> Referral:
    """Record that the person was told the outcome. Raises: Missing; Refused."""
    referral = _mine(referral_id, by)
    checked = REFERRAL.check(referral, move="tell_person", by=by)
    referral.person_told_at = by.at
    referral.save(update_fields=["person_told_at"])
    _stop(referral, FEEDBACK, by)
    _record(referral, "tell_person", by, checked.codes)
    return referral


@trust.act("referral.withdraw")
def withdraw(*, referral_id: UUID, by: Actor) -> Referral:
    """Take a referral back: whatever it had opened closes at once. Raises: Missing; Refused unless sent by this service and still open."""
    referral = _mine(referral_id, by)
    checked = REFERRAL.check(referral, move="withdraw", by=by)
    _close(referral, checked.end, at=by.at, by=by)
    _record(referral, "withdraw", by, checked.codes)
    return referral


def close_for_consent(consent: Consent, *, at: datetime, left: Section | None = None) -> int:
    """Close every open referral that hung on a consent, with its grants, in the caller's transaction. Gives how many.

    Args: left, the sections that the consent still names; None when it no longer stands.
    """
    open_ones = (
        Referral.objects.for_house("withdrawal")
        .select_for_update()
        .filter(consent=consent, status__in=[ReferralStatus.DRAFT, ReferralStatus.OFFERED, ReferralStatus.ACCEPTED, ReferralStatus.RUNNING])
    )
    done = 0
    for referral in open_ones:
        if left is not None and not referral.sections & ~int(left):
            continue
        _close(referral, REFERRAL.check(referral, move="withdraw", by=None).end, at=at, by=None)
        done += 1
    return done


def expire(at: datetime) -> int:
    """Let offers without an answer, and shares past their end, expire. Gives how many. For the worker; safe to run twice."""
    clocks.sweep(at)
    done = 0
    with transaction.atomic():
        ended = (
            Referral.objects.for_house("clocks")
            .select_for_update()
            .filter(status__in=[ReferralStatus.ACCEPTED, ReferralStatus.RUNNING], ends_at__lte=at)
        )
        for referral in ended:
            _close(referral, REFERRAL.check(referral, move="expire", by=None).end, at=at, by=None)
            done += 1
    return done


def on_clock(referral_id: UUID, name: str, *, at: datetime) -> None:
    """An acknowledgement that is late rises to the head of the receiver; an answer that is late ends the offer."""
    referral = Referral.objects.for_house("clocks").filter(pk=referral_id, status=ReferralStatus.OFFERED).first()
    if referral is None:
        return
    if name == ACKNOWLEDGE.name:
        referral.escalated_at = at
        referral.save(update_fields=["escalated_at"])
    elif name == ANSWER.name:
        _close(referral, REFERRAL.check(referral, move="expire", by=None).end, at=at, by=None)


def _close(referral: Referral, end: str, *, at: datetime, by: Actor | None) -> None:
    referral.status, referral.ended_at = end, at
    referral.save(update_fields=["status", "ended_at"])
    grants.end(at=at, source_id=referral.pk)
    for rule in (ACKNOWLEDGE, ANSWER):
        _stop(referral, rule, by, at=at)


def _mine(referral_id: UUID, by: Actor) -> Referral:
    return Referral.objects.visible_to(by).select_related("person", "consent").get_for_step(pk=referral_id)


def _received(referral_id: UUID, by: Actor) -> Referral:
    """After acceptance the receiver may hold a grant that does not show protection: its own referral is still its own."""
    return for_receiver(by, lock=True).get_or_missing(pk=referral_id)


def _stop(referral: Referral, rule: clocks.ClockRule, by: Actor | None, *, at: datetime | None = None) -> None:
    clock = clocks.latest(referral.pk, rule.name)
    if clock is not None and clocks.state(clock) in {"running", "expired"}:
        moment = at or (by.at if by else None)
        if moment is not None:
            clocks.end(clock, at=moment, by=by)


def _record(referral: Referral, step: str, by: Actor, codes: dict[str, str | int], reason: str = "") -> None:
    audit.record(event=f"referral.{step}", by=by, subject=referral.person_id, case_id=referral.case_id, reason=reason, codes=codes)
