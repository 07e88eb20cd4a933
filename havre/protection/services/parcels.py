"""What a phone sealed while it had no network: opened once, taken in once, or kept sealed and set aside with its reason."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Min, QuerySet
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import indicators
from havre.protection.enums import AsideReason, ParcelState, Taken
from havre.protection.models import Parcel
from havre.protection.services import screening
from havre.protection.services.pocket import Told, Unread, read
from havre.protection.services.screening import Given, Written
from havre.protection.workflow import CARERS, FRONT_LINE
from havre.trust import audit, envelopes, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import User

# a phone's clock is believed within this distance of ours; beyond it the moment is put right by the distance, and flagged
TRUSTED = timedelta(minutes=5)
# a talk that reaches us later than this is flagged too: a phone may lie long in a drawer, but nobody should have to guess
LONG_AGO = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Taking:
    """What became of a parcel; `again` when it had come before and nothing was done."""

    parcel: Parcel
    again: bool = False


def take(*, by: Actor, number: UUID, envelope: bytes, phone_clock_at: datetime | None) -> Taking:
    """Take in one parcel. The same number with the same content is answered as received before; a poison is set aside, never refused.

    Args: number, made on the phone; phone_clock_at, what its clock says as it sends, None when it does not say.
    Raises: Refused (403) for a role that does not screen; KeyFault (503) when the vault is locked: the phone then keeps the parcel.
    """
    policy.require_in_house(by, Act.OPEN)
    if by.role not in FRONT_LINE | CARERS:
        raise Refused((_("your role does not screen"),), status=403)
    digest = hashlib.sha256(envelope).hexdigest()
    parcel = Parcel(
        number=number,
        digest=digest,
        organisation_id=by.organisation_id,
        sent_by=by.user,
        received_at=by.at,
        phone_clock_at=phone_clock_at,
        sealed=envelope,
    )
    before = list(Parcel.objects.filter(number=number))
    for one in before:
        if one.digest == digest:
            return Taking(one, again=True)
    if before:
        return _aside(parcel, AsideReason.TWICE, by)
    return _unpack(parcel, by)


def take_again(*, by: Actor, parcel_id: UUID) -> Taking:
    """Try once more what was set aside: after an update, or in the session of the colleague who saved it.

    Raises: Missing for a parcel of somebody else, or one that is not set aside.
    """
    mine = aside_of(by).filter(pk=parcel_id).first()
    if mine is None or mine.why == AsideReason.TWICE:
        raise Missing
    return _unpack(mine, by)


def aside_of(by: Actor) -> QuerySet[Parcel]:
    """What is set aside and was sent or saved by this officer, in this service; newest first."""
    mine = Parcel.objects.filter(state=ParcelState.ASIDE, organisation_id=by.organisation_id)
    return (mine.filter(sent_by=by.user) | mine.filter(saved_by=by.user)).order_by("-received_at")


def _unpack(parcel: Parcel, by: Actor) -> Taking:
    try:
        told = read(envelopes.opened(bytes(parcel.sealed or b""), number=parcel.number))
        why = _not_now(parcel, told, by)
        return _aside(parcel, why, by) if why else Taking(_take_in(by=by, parcel=parcel, told=told))
    except Unread as unread:
        return _aside(parcel, unread.why, by)
    except Invalid as error:
        # an envelope that does not open names no field; a form that the services do not take names its own
        return _aside(parcel, AsideReason.FORM if any(error.problems) else AsideReason.SEAL, by)
    except Refused as refusal:
        if refusal.status == 403:
            raise
        return _aside(parcel, AsideReason.RIGHT, by)
    except IntegrityError:
        # the same parcel came twice at the same moment: the other one was first
        return _first(parcel, by)


def _not_now(parcel: Parcel, told: Told, by: Actor) -> AsideReason | None:
    """Why a form that can be read is not taken in now: it is a colleague's, or its edition is later than ours."""
    parcel.saved_by = User.objects.filter(pk=told.officer).first() if told.officer else None
    if told.officer and told.officer != by.user.pk:
        return AsideReason.OFFICER
    return None if indicators.is_readable(told.edition) else AsideReason.EDITION


def _first(parcel: Parcel, by: Actor) -> Taking:
    """Who won when one number came twice at once; another content of it is set aside beside the first."""
    same = Parcel.objects.filter(number=parcel.number, digest=parcel.digest).first()
    if same is not None:
        return Taking(same, again=True)
    parcel.taken_at = None
    return _aside(parcel, AsideReason.TWICE, by)


@trust.act("parcel.take")
def _take_in(*, by: Actor, parcel: Parcel, told: Told) -> Parcel:
    """The screening and the row that knows its number, in one transaction: neither is ever there without the other."""
    happened_at, doubtful = judged(told.at, arrival=parcel.received_at, phone_clock_at=parcel.phone_clock_at)
    shift = happened_at - told.at
    made = screening.screen(
        by=by,
        situation=told.situation,
        profile=told.profile,
        answers=[Given(one.indicator, one.answer, one.origin, one.at and min(one.at + shift, parcel.received_at)) for one in told.answers],
        conditions=told.conditions(happened_at),
        person=told.person(),
        happened_at=happened_at,
        kept_because=told.kept_because,
        urgent=told.safety_level == "immediate",
        written=Written(
            taken=Taken.PHONE,
            place=told.place,
            edition=told.edition,
            phone_said_at=told.at if doubtful else None,
            clock_doubtful=doubtful,
        ),
    )
    kept, parcel.sealed = parcel.sealed, None
    parcel.state, parcel.why, parcel.screening, parcel.taken_at = ParcelState.RECEIVED, "", made, by.at
    try:
        with transaction.atomic():
            parcel.save()
    except IntegrityError:
        parcel.sealed = kept
        raise
    audit.record(
        event="parcel.take",
        by=by,
        subject=made.person_id,
        case_id=made.case_id,
        codes={"doubtful": int(doubtful), "answers": len(told.answers)},
    )
    return parcel


def _aside(parcel: Parcel, why: AsideReason | str, by: Actor) -> Taking:
    """Keep it sealed, beside its reason; a second arrival at the same moment finds the first."""
    parcel.state, parcel.why, parcel.screening = ParcelState.ASIDE, str(why), None
    try:
        with transaction.atomic():
            parcel.save()
            audit.record(event="parcel.aside", by=by, subject=parcel.pk, reason=str(why))
    except IntegrityError:
        if why == AsideReason.TWICE:
            raise
        return _first(parcel, by)
    return Taking(parcel)


def judged(said: datetime, *, arrival: datetime, phone_clock_at: datetime | None) -> tuple[datetime, bool]:
    """When it happened, and whether that is doubtful: what the phone said, put right by how wrong its clock is as it sends.

    Never after the arrival. Limit: a clock that was changed between the talk and the sending cannot be put right, only flagged.
    """
    skew = arrival - phone_clock_at if phone_clock_at else timedelta(0)
    right = said if abs(skew) <= TRUSTED else said + skew
    doubtful = abs(skew) > TRUSTED or right > arrival + TRUSTED or arrival - right > LONG_AGO
    return min(right, arrival), doubtful


def counted_aside() -> list[dict[str, Any]]:
    """How many parcels are set aside, by service and reason, and since when: what the instance's keeper may know of them."""
    rows = Parcel.objects.filter(state=ParcelState.ASIDE).values("organisation__name", "why")
    found = rows.annotate(count=Count("pk"), oldest=Min("received_at")).order_by("organisation__name", "why")
    return [{**row, "words": AsideReason(row["why"]).label} for row in found]
