"""Asking for one more section: with a reason, answered by the sender with a consent of the person, or refused with a reason."""

from __future__ import annotations

from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import MoreStatus, NoticeKind, ReferralStatus
from havre.referral.models import MoreAsked, Referral
from havre.referral.services.notices import tell_receiver, tell_sender
from havre.referral.services.steps import received, stop
from havre.referral.workflow import MORE, REQUEST, readable_on_referral
from havre.register.models import Consent
from havre.trust import audit, clocks, grants, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act, Basis, Purpose, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models.accounts import job_holder


@trust.act("more.ask")
def ask(*, referral_id: UUID, section: Section, reason: str, by: Actor) -> MoreAsked:
    """Ask the sender for one more section of the person's file.

    Raises: Missing; Refused without a listed reason, when the referral is over or a request is open; Invalid for a section that is open
    already, or that this role may never read.
    """
    referral = received(referral_id, by)
    if section & Section(referral.sections):
        raise Invalid({"section": [_("this part opens with the referral already")]})
    if not readable_on_referral(referral.receiver_role, section):
        raise Invalid({"section": [_("a referral does not let this role read that part")]})
    more = MoreAsked(case_id=referral.case_id, referral=referral, asked=int(section), reason=reason, asked_at=by.at, asked_by=by.user)
    more.status = REQUEST.check(more, move="ask", by=by).end
    try:
        with transaction.atomic():
            more.save(force_insert=True)
    except IntegrityError:
        raise Refused((_("a part was asked for already and is not answered yet"),)) from None
    clocks.start(MORE, case_id=referral.case_id, subject_id=more.pk, at=by.at, by=by)
    tell_sender(NoticeKind.MORE_ASKED, referral, at=by.at)
    _record(more, "ask", by, reason)
    return more


@trust.act("more.give")
def give(*, more_id: UUID, consent_id: UUID, by: Actor) -> MoreAsked:
    """Open the section that was asked for, on a consent of its own: it closes with that consent, or with the referral.

    Raises: Missing; Refused without a live consent that covers it.
    """
    more = _asked(more_id, by)
    policy.require(by, Act.SHARE, Section(more.asked), more.case_id)
    more.consent = Consent.objects.visible_to(by).get_or_missing(pk=consent_id, case_id=more.case_id)
    more.status = REQUEST.check(more, move="give", by=by).end
    grants.agreement_between(more.sender_id, more.receiver_id, sections=Section(more.asked), at=by.at)
    _answer(more, by)
    if more.referral.status in {ReferralStatus.ACCEPTED, ReferralStatus.RUNNING}:
        _open(more, by)
    tell_receiver(NoticeKind.MORE_GIVEN, more.referral, at=by.at)
    _record(more, "give", by)
    return more


@trust.act("more.refuse")
def refuse(*, more_id: UUID, reason: str, by: Actor) -> MoreAsked:
    """Leave the section closed, with a reason that the receiver reads. Raises: Missing; Refused without a listed reason."""
    more = _asked(more_id, by)
    more.refusal = reason
    more.status = REQUEST.check(more, move="refuse", by=by).end
    more.closed_at = by.at
    _answer(more, by)
    tell_receiver(NoticeKind.MORE_REFUSED, more.referral, at=by.at)
    _record(more, "refuse", by, reason)
    return more


def open_given(referral: Referral, *, by: Actor) -> None:
    """What was given before the receiver accepted opens with its acceptance."""
    for more in MoreAsked.objects.for_house("offers").filter(referral=referral, status=MoreStatus.GIVEN, closed_at=None):
        more.referral = referral
        if more.covered(at=by.at):
            _open(more, by)


def _open(more: MoreAsked, by: Actor) -> None:
    referral, consent = more.referral, more.consent
    if consent is None or referral.ends_at is None:
        return
    grants.give(
        holder=job_holder(referral.receiver_id, referral.receiver_role),
        case_id=referral.case_id,
        sections=Section(more.asked),
        purpose=Purpose(referral.purpose),
        basis=Basis.REFERRAL,
        source_id=more.pk,
        starts_at=by.at,
        ends_at=min(consent.ends_at, referral.ends_at),
    )


def _asked(more_id: UUID, by: Actor) -> MoreAsked:
    return MoreAsked.objects.visible_to(by).select_related("referral__person").get_for_step(pk=more_id)


def _answer(more: MoreAsked, by: Actor) -> None:
    more.answered_at, more.answered_by = by.at, by.user
    more.save()
    stop(more, MORE, by)


def _record(more: MoreAsked, step: str, by: Actor, reason: str = "") -> None:
    codes: dict[str, str | int] = {"section": Section(more.asked).code}
    audit.record(event=f"more.{step}", by=by, subject=more.referral.person_id, case_id=more.case_id, reason=reason, codes=codes)
