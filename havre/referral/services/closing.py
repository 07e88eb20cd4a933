"""Closing: by the sender, by the person's withdrawal, by the end of a time or of an accreditation. At once, whole, and told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import OPEN_STATES, ClosedBecause, ConsentAnswer, MoreStatus, NoticeKind, ReferralStatus
from havre.referral.models import Bundle, Letter, MoreAsked, Referral, Service
from havre.referral.services.notices import tell_receiver, tell_sender
from havre.referral.services.steps import mine, record, stop
from havre.referral.workflow import ACKNOWLEDGE, ANSWER, ASK_CONSENT, MORE, REFERRAL, REQUEST
from havre.register.models import Consent
from havre.trust import clocks, grants
from havre.trust.actors import Actor
from havre.trust.enums import Section
from havre.trust.errors import Invalid, Refused

# a service that loses its accreditation keeps a running share this long, so that the person can be moved in safety (Havre's own value)
LEAVE = timedelta(hours=72)
REMIND_BEFORE = timedelta(hours=24)
FURTHER_AFTER = timedelta(hours=24)
FURTHER_AFTER_URGENT = timedelta(hours=2)


@trust.act("referral.withdraw")
def withdraw(*, referral_id: UUID, by: Actor) -> Referral:
    """Take a referral back: whatever it had opened closes at once. Raises: Missing; Refused unless sent by this service and still open."""
    referral = mine(referral_id, by)
    checked = REFERRAL.check(referral, move="withdraw", by=by)
    close(referral, checked.end, at=by.at, by=by, because=ClosedBecause.SENDER)
    record(referral, "withdraw", by, checked.codes)
    return referral


def close(referral: Referral, end: str, *, at: datetime, by: Actor | None, because: ClosedBecause) -> None:
    """Close one referral with all that it opened, in the caller's transaction; both sides are told, by number alone."""
    was = referral.status
    referral.status, referral.ended_at, referral.closed_because = end, at, because
    referral.grants_closed = grants.end(at=at, source_id=referral.pk) + close_more(referral, at=at)
    referral.save(update_fields=["status", "ended_at", "closed_because", "grants_closed"])
    close_parcels(referral, at=at)
    for rule in (ACKNOWLEDGE, ANSWER, ASK_CONSENT):
        stop(referral, rule, by, at=at)
    if was == ReferralStatus.DRAFT:
        return
    tell_receiver(NoticeKind.CLOSED, referral, at=at)
    if because != ClosedBecause.SENDER:
        tell_sender(NoticeKind.EXPIRED if because == ClosedBecause.NO_ANSWER else NoticeKind.CLOSED, referral, at=at)


def close_parcels(referral: Referral, *, at: datetime) -> None:
    """Letters open nothing any more, their sealed copy is destroyed; a file that was handed over is marked, and cannot be called back."""
    Letter.objects.for_house("withdrawal").filter(referral=referral, closed_at=None).update(closed_at=at, body=b"")
    Bundle.objects.for_house("withdrawal").filter(referral=referral, closed_at=None).update(closed_at=at)


def close_more(referral: Referral, *, at: datetime, consent: Consent | None = None, left: Section | None = None) -> int:
    """Close what was asked for and opened beside a referral (all of it, or what one consent carried and no longer names).

    Gives how many grants ended.
    """
    done = 0
    wanted: dict[str, Any] = {"consent": consent} if consent else {}
    for more in MoreAsked.objects.for_house("withdrawal").filter(referral=referral, closed_at=None, **wanted).select_related("referral"):
        if left is not None and not more.asked & ~int(left):
            continue
        if more.status == MoreStatus.ASKED:
            more.status = REQUEST.check(more, move="lapse", by=None).end
            stop(more, MORE, None, at=at)
        elif more.status == MoreStatus.GIVEN:
            done += grants.end(at=at, source_id=more.pk)
        more.closed_at = at
        more.save()
    return done


def close_for_consent(consent: Consent, *, at: datetime, left: Section | None = None) -> int:
    """Close every open referral, and every further section, that hung on a consent, in the caller's transaction. Gives how many.

    Args: left, the sections that the consent still names; None when it no longer stands.
    """
    stands = int((left or Section(0)) | Section.CASE)
    held = [one for one in _open().filter(consent=consent) if left is None or one.sections & ~stands]
    done = _close_all(held, "withdraw", at=at, because=ClosedBecause.CONSENT_WITHDRAWN)
    beside = MoreAsked.objects.for_house("withdrawal").filter(consent=consent, status=MoreStatus.GIVEN, closed_at=None)
    for referral in [more.referral for more in beside.select_related("referral") if left is None or more.asked & ~stands]:
        closed = close_more(referral, at=at, consent=consent, left=left)
        Referral.objects.for_house("withdrawal").filter(pk=referral.pk).update(grants_closed=F("grants_closed") + closed)
        tell_receiver(NoticeKind.CLOSED, referral, at=at)
        tell_sender(NoticeKind.CLOSED, referral, at=at)
        done += 1
    return done


def _open() -> Any:
    return Referral.objects.for_house("withdrawal").select_for_update(of=("self",)).filter(status__in=OPEN_STATES)


def _close_all(several: Iterable[Referral], move: str, *, at: datetime, because: ClosedBecause) -> int:
    done = 0
    for referral in several:
        close(referral, REFERRAL.check(referral, move=move, by=None).end, at=at, by=None, because=because)
        done += 1
    return done


def expire(at: datetime) -> int:
    """What time does: offers without an answer and shares past their end expire, reminders go, lost accreditations act.

    Gives how many things moved. For the worker; safe to run twice.
    """
    clocks.sweep(at)
    with transaction.atomic():
        over = _open().filter(status__in=[ReferralStatus.ACCEPTED, ReferralStatus.RUNNING], ends_at__lte=at)
        done = _close_all(over, "expire", at=at, because=ClosedBecause.SHARE_OVER)
        done += _remind(at) + _raise_further(at)
        for service in Service.objects.lapsed(at.date()):
            done += close_for_accreditation(service, at=at)
    return done


def _remind(at: datetime) -> int:
    waiting = {one.pk: one for one in _open().filter(status=ReferralStatus.OFFERED, reminded_at=None)}
    soon = [pk for pk, due in clocks.due_by_subject(waiting, "answer").items() if due and at < due <= at + REMIND_BEFORE]
    for pk in soon:
        waiting[pk].reminded_at = at
        waiting[pk].save(update_fields=["reminded_at"])
        tell_receiver(NoticeKind.DUE_SOON, waiting[pk], at=at)
    return len(soon)


def _raise_further(at: datetime) -> int:
    """From the receiver's head to the coordinator's counts."""
    late = Q(escalated_at__lte=at - FURTHER_AFTER) | Q(urgent=True, escalated_at__lte=at - FURTHER_AFTER_URGENT)
    unanswered = Referral.objects.for_house("clocks").filter(
        late, status=ReferralStatus.OFFERED, acknowledged_at=None, escalated_further_at=None
    )
    return unanswered.update(escalated_further_at=at)


def close_for_accreditation(service: Service, *, at: datetime) -> int:
    """A receiver without accreditation: offers stop at once, running shares end in 72 hours, and every sender is told. Gives how many."""
    theirs = _open().filter(receiver_id=service.organisation_id, receiver_role=service.role)
    offers = theirs.filter(status__in=[ReferralStatus.DRAFT, ReferralStatus.OFFERED])
    done = _close_all(offers, "withdraw", at=at, because=ClosedBecause.ACCREDITATION_LOST)
    last = at + LEAVE
    for referral in theirs.filter(status__in=[ReferralStatus.ACCEPTED, ReferralStatus.RUNNING], ends_at__gt=last).exclude(
        closed_because=ClosedBecause.ACCREDITATION_LOST
    ):
        referral.ends_at, referral.closed_because = last, ClosedBecause.ACCREDITATION_LOST
        referral.save(update_fields=["ends_at", "closed_because"])
        for source in [referral.pk, *MoreAsked.objects.for_house("clocks").filter(referral=referral).values_list("pk", flat=True)]:
            grants.end(at=last, source_id=source)
        tell_receiver(NoticeKind.ENDING, referral, at=at)
        tell_sender(NoticeKind.ENDING, referral, at=at)
        done += 1
    return done


@transaction.atomic
def on_clock(referral_id: UUID, name: str, *, at: datetime) -> None:
    """An acknowledgement that is late rises to the head of the receiver; an answer that is late ends the offer.

    Raises: OperationalError on PostgreSQL while somebody is answering it: what they decide stands, the next sweep looks again.
    """
    waiting = Referral.objects.for_house("clocks").select_for_update(of=("self",), nowait=True)
    referral = waiting.filter(pk=referral_id, status=ReferralStatus.OFFERED).first()
    if referral is None:
        return
    if name == ACKNOWLEDGE.name:
        referral.escalated_at = at
        referral.save(update_fields=["escalated_at"])
        tell_receiver(NoticeKind.RISEN, referral, at=at, for_head=True)
    elif name == ANSWER.name:
        end = REFERRAL.check(referral, move="expire", by=None).end
        close(referral, end, at=at, by=None, because=ClosedBecause.NO_ANSWER)


@transaction.atomic
def on_more_clock(more_id: UUID, *, at: datetime) -> None:
    """A request for more that nobody answered lapses: the section stays closed, and both sides know. Raises: as `on_clock`."""
    waiting = MoreAsked.objects.for_house("clocks").select_for_update(of=("self",), nowait=True)
    more = waiting.filter(pk=more_id, status=MoreStatus.ASKED).select_related("referral").first()
    if more is None:
        return
    more.status, more.closed_at = REQUEST.check(more, move="lapse", by=None).end, at
    more.save()
    tell_receiver(NoticeKind.MORE_REFUSED, more.referral, at=at)
    tell_sender(NoticeKind.EXPIRED, more.referral, at=at)


@trust.act("referral.ask_consent")
def ask_consent(*, referral_id: UUID, answer: str, by: Actor, consent_id: UUID | None = None) -> Referral:
    """Write down what the person said when they could be asked, after a referral that rested on a vital interest.

    Agreed: the consent (recorded before) carries the share from now on. Not agreed: the share closes at once.
    Raises: Missing; Refused, also when the consent does not cover what was opened; Invalid for an answer that is not listed.
    """
    referral = mine(referral_id, by)
    checked = REFERRAL.check(referral, move="ask_consent", by=by)
    consent = Consent.objects.visible_to(by).get_or_missing(pk=consent_id, case_id=referral.case_id) if consent_id else None
    _check_answer(referral, answer, consent, by)
    referral.consent_asked_at, referral.consent_answer = by.at, answer
    if consent is not None:
        referral.consent = consent
        if referral.ends_at is not None and consent.ends_at < referral.ends_at:
            referral.ends_at = consent.ends_at
            grants.end(at=consent.ends_at, source_id=referral.pk)
    referral.save()
    stop(referral, ASK_CONSENT, by)
    if answer == ConsentAnswer.REFUSED:
        end = REFERRAL.check(referral, move="withdraw", by=None).end
        close(referral, end, at=by.at, by=by, because=ClosedBecause.CONSENT_REFUSED)
    record(referral, "ask_consent", by, checked.codes, reason=answer)
    return referral


def _check_answer(referral: Referral, answer: str, consent: Consent | None, by: Actor) -> None:
    if answer not in ConsentAnswer.values:
        raise Invalid({"answer": [_("say whether the person agreed")]})
    if referral.consent_id or not referral.vital_interest:
        raise Refused((_("this referral rests on a consent already"),))
    if answer == ConsentAnswer.GIVEN and (consent is None or not referral.covered_by(consent, Section(referral.sections), at=by.at)):
        raise Refused((_("record the consent first, for this service, purpose and these sections; then choose it here"),))
