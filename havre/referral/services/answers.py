"""Answers of the receiver: acknowledge, accept, decline, start, complete; and what the sender owes the person afterwards."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import NoticeKind, ReferralOutcome
from havre.referral.models import Referral
from havre.referral.services.closing import close_more
from havre.referral.services.directory import say_free
from havre.referral.services.more import open_given
from havre.referral.services.notices import settled, tell_sender
from havre.referral.services.steps import mine, received, record, stop
from havre.referral.workflow import ACKNOWLEDGE, ANSWER, FEEDBACK, FOLLOW_UP, REFERRAL
from havre.trust import clocks, grants
from havre.trust.actors import Actor
from havre.trust.enums import Basis, Purpose, Section
from havre.trust.errors import Invalid
from havre.trust.models import Agreement
from havre.trust.models.accounts import job_holder
from havre.trust.records import clean


@trust.act("referral.acknowledge")
def acknowledge(*, referral_id: UUID, by: Actor) -> Referral:
    """Say that the offer has been seen. Raises: Missing when it was not offered to this service."""
    referral = received(referral_id, by)
    checked = REFERRAL.check(referral, move="acknowledge", by=by)
    referral.acknowledged_at = referral.acknowledged_at or by.at
    referral.save(update_fields=["acknowledged_at"])
    stop(referral, ACKNOWLEDGE, by)
    record(referral, "acknowledge", by, checked.codes)
    return referral


@trust.act("referral.accept")
def accept(*, referral_id: UUID, no_conflict: bool, by: Actor, free_places: int | None = None) -> Referral:
    """Take the person on: the sections open to the receiver's role until the first of consent, agreement and asked end.

    Args: free_places, what the service has left from now on, for the directory. Raises: Missing; Refused, also for a conflict on
    record, a sealed case, or an agreement that has ended.
    """
    referral = received(referral_id, by)
    referral.no_conflict_declared = no_conflict
    checked = REFERRAL.check(referral, move="accept", by=by)
    agreement = grants.agreement_between(referral.sender_id, referral.receiver_id, sections=Section(referral.sections), at=by.at)
    referral.status, referral.ends_at = checked.end, _end(referral, agreement)
    _answered(referral, by)
    referral.save()
    if free_places is not None and referral.service is not None:
        say_free(referral.service, free_places, by=by)
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
    open_given(referral, by=by)
    tell_sender(NoticeKind.ACCEPTED, referral, at=by.at)
    record(referral, "accept", by, checked.codes)
    return referral


def _end(referral: Referral, agreement: Agreement) -> datetime:
    midnight = datetime.combine(agreement.ends_on + timedelta(days=1), time.min, UTC)
    ends = [referral.asked_until, midnight]
    return min([*ends, referral.consent.ends_at] if referral.consent else ends)


@trust.act("referral.decline")
def decline(*, referral_id: UUID, reason: str, by: Actor, suggested_id: UUID | None = None) -> Referral:
    """Say no, with a reason that the sender reads, and if possible another service. Raises: Missing; Refused without a listed reason."""
    referral = received(referral_id, by)
    referral.decline_reason, referral.suggested_id = reason, suggested_id
    checked = REFERRAL.check(referral, move="decline", by=by)
    referral.status = checked.end
    _answered(referral, by)
    clean(referral, {"decline_reason"})
    referral.save()
    close_more(referral, at=by.at)
    tell_sender(NoticeKind.DECLINED, referral, at=by.at)
    record(referral, "decline", by, checked.codes, reason=reason)
    return referral


def _answered(referral: Referral, by: Actor) -> None:
    referral.answered_at, referral.answered_by = by.at, by.user
    stop(referral, ACKNOWLEDGE, by)
    stop(referral, ANSWER, by)
    settled(referral, by=by)


@trust.act("referral.start")
def start(*, referral_id: UUID, by: Actor) -> Referral:
    """Begin the help. Raises: Missing; Refused when the consent no longer stands."""
    referral = received(referral_id, by)
    checked = REFERRAL.check(referral, move="start", by=by)
    referral.status, referral.started_at = checked.end, by.at
    referral.save(update_fields=["status", "started_at"])
    record(referral, "start", by, checked.codes)
    return referral


@trust.act("referral.complete")
def complete(*, referral_id: UUID, outcome: str, by: Actor, person_told: bool = False) -> Referral:
    """End the help: the outcome word goes back to the sender, the share ends now, the person is told within 5 days.

    Raises: Missing; Refused; Invalid for an outcome that is not listed.
    """
    referral = received(referral_id, by)
    if outcome and outcome not in ReferralOutcome.values:
        raise Invalid({"outcome": [_("choose an outcome from the list")]})
    referral.outcome, referral.person_told_at = outcome, by.at if person_told else None
    checked = REFERRAL.check(referral, move="complete", by=by)
    referral.status, referral.ended_at = checked.end, by.at
    referral.save()
    referral.grants_closed = grants.end(at=by.at, source_id=referral.pk) + close_more(referral, at=by.at)
    referral.save(update_fields=["grants_closed"])
    tell_sender(NoticeKind.OUTCOME, referral, at=by.at)
    clocks.start(FOLLOW_UP, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    if not person_told:
        clocks.start(FEEDBACK, case_id=referral.case_id, subject_id=referral.pk, at=by.at, by=by)
    record(referral, "complete", by, checked.codes, reason=outcome)
    return referral


@trust.act("referral.tell_person")
def tell_person(*, referral_id: UUID, by: Actor) -> Referral:
    """Record that the person was told the outcome. Raises: Missing; Refused."""
    referral = mine(referral_id, by)
    checked = REFERRAL.check(referral, move="tell_person", by=by)
    referral.person_told_at = by.at
    referral.save(update_fields=["person_told_at"])
    stop(referral, FEEDBACK, by)
    record(referral, "tell_person", by, checked.codes)
    return referral


@trust.act("referral.follow_up")
def follow_up(*, referral_id: UUID, by: Actor) -> Referral:
    """Record that the sender was in contact with the person after the help ended. Raises: Missing; Refused."""
    referral = mine(referral_id, by)
    checked = REFERRAL.check(referral, move="follow_up", by=by)
    referral.followed_up_at = by.at
    referral.save(update_fields=["followed_up_at"])
    stop(referral, FOLLOW_UP, by)
    record(referral, "follow_up", by, checked.codes)
    return referral
