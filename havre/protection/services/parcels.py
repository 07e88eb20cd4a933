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
from havre.protection.enums import AsideReason, DeletedBecause, ParcelState, Settled, Taken
from havre.protection.models import IntakePerson, Parcel, Screening
from havre.protection.models.intake import KEPT_ASIDE
from havre.protection.services import screening
from havre.protection.services.pocket import Told, Unread, read
from havre.protection.services.screening import Given, Written
from havre.protection.services.serials import GROUP, tidy
from havre.protection.workflow import CARERS, FRONT_LINE
from havre.trust import audit, envelopes, policy
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused, Unavailable
from havre.trust.models import User

# a phone's clock is believed within this distance of ours; beyond it the moment is put right by the distance, and flagged
TRUSTED = timedelta(minutes=5)
# a talk that reaches us later than this is flagged too: a phone may lie long in a drawer, but nobody should have to guess
LONG_AGO = timedelta(days=60)
# what a person may decide, by why it waits
DECISIONS = {AsideReason.CONFLICT: frozenset(Settled.values), AsideReason.GROUP: frozenset({Settled.APART.value})}


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


def take_again(*, by: Actor, parcel_id: UUID, settled: str = "") -> Taking:
    """Try once more what was set aside: after an update, in the session of the colleague who saved it, or as a person decided.

    Args: settled, a value of Settled for a talk that met another, or whose number nobody has. Raises: Missing for a parcel of somebody
    else, or one that is not set aside; Invalid for a decision that is none of these.
    """
    mine = aside_of(by).filter(pk=parcel_id).first()
    if mine is None or mine.why in {AsideReason.TWICE, AsideReason.SEQUENCE}:
        raise Missing
    if settled and settled not in DECISIONS.get(AsideReason(mine.why), frozenset()):
        raise Invalid({"settled": [_("choose what becomes of this talk from the list")]})
    return _unpack(mine, by, settled)


@dataclass(frozen=True, slots=True)
class Met:
    """What a person decides on: the number that was typed, when this talk was held, and the talks that came in meanwhile."""

    label: str
    happened_at: datetime
    others: tuple[Screening, ...]


def met(*, by: Actor, parcel: Parcel) -> Met | None:
    """What the officer's own talk met, opened for them; None for a parcel that waits for no decision, or while the vault is locked."""
    if parcel.why not in DECISIONS or not parcel.sealed:
        return None
    try:
        told = read(envelopes.opened(bytes(parcel.sealed), number=parcel.number))
    except (Unread, Invalid, Unavailable):
        return None
    happened_at, _doubtful = judged(told.at, arrival=parcel.received_at, phone_clock_at=parcel.phone_clock_at)
    somebody = _numbered(told, by)
    others = _unknown_to(parcel, somebody, by) if somebody else []
    return Met(f"{told.group} N-{told.person_number or 0:02d}", happened_at, tuple(others))


def gaps(by: Actor) -> list[tuple[int, ...]]:
    """Phone by phone of this officer, the places in its order that did not arrive while a later one did; at most twenty of a phone."""
    places: dict[UUID, set[int]] = {}
    mine = Parcel.objects.filter(sent_by=by.user, organisation_id=by.organisation_id, device__isnull=False, sequence__isnull=False)
    for device, sequence in mine.values_list("device", "sequence"):
        if device and sequence:
            places.setdefault(device, set()).add(sequence)
    found = (tuple(sorted(set(range(min(there), max(there))) - there)[:20]) for _device, there in sorted(places.items()))
    return [missing for missing in found if missing]


@trust.act("parcel.delete")
def delete(*, by: Actor, parcel_id: UUID, because: str) -> Parcel:
    """Delete what is sealed in a parcel whose term is over; its row stays, so that the same number is never taken in again.

    Decided by the data-protection officer, who cannot read it. Raises: Refused (403) for anybody else, (409) before the term is over;
    Missing; Invalid without a listed reason. Source: Convention 108+ art. 5(4)(e).
    """
    policy.require_in_house(by, Act.ERASE)
    found = Parcel.objects.select_for_update().filter(pk=parcel_id, state=ParcelState.ASIDE).first()
    if found is None:
        raise Missing
    if because not in DeletedBecause.values:
        raise Invalid({"because": [_("choose a reason from the list")]})
    if found.received_at + KEPT_ASIDE > by.at:
        raise Refused((_("the term of this talk is not over: its officer may still take it in"),))
    found.sealed, found.state, found.deleted_because = None, ParcelState.DELETED, because
    found.deleted_by, found.deleted_at = by.user, by.at
    found.save(update_fields=["sealed", "state", "deleted_because", "deleted_by", "deleted_at"])
    audit.record(event="parcel.delete", by=by, subject=found.pk, reason=because, codes={"why": found.why})
    return found


def aside_of(by: Actor) -> QuerySet[Parcel]:
    """What is set aside and was sent or saved by this officer, in this service; newest first."""
    mine = Parcel.objects.filter(state=ParcelState.ASIDE, organisation_id=by.organisation_id)
    return (mine.filter(sent_by=by.user) | mine.filter(saved_by=by.user)).order_by("-received_at")


def _unpack(parcel: Parcel, by: Actor, settled: str = "") -> Taking:
    try:
        told = read(envelopes.opened(bytes(parcel.sealed or b""), number=parcel.number))
        parcel.device, parcel.sequence, parcel.base_at = told.device, told.sequence, told.base_at
        why = _not_now(parcel, told, by) or _met_another(parcel, told, settled, by)
        return _aside(parcel, why, by) if why else Taking(_take_in(by=by, parcel=parcel, told=told, settled=settled))
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
    if not indicators.is_readable(told.edition):
        return AsideReason.EDITION
    if told.device and told.sequence:
        same_place = Parcel.objects.filter(device=told.device, sequence=told.sequence).exclude(number=parcel.number)
        return AsideReason.SEQUENCE if same_place.exists() else None
    return None


def _met_another(parcel: Parcel, told: Told, settled: str, by: Actor) -> AsideReason | None:
    """Why a talk with a numbered person waits for a decision: nobody has that number, or the phone did not know of another's talk."""
    if not (told.group or told.person_number) or settled == Settled.APART:
        return None
    somebody = _numbered(told, by)
    if somebody is None:
        return AsideReason.GROUP
    return AsideReason.CONFLICT if not settled and _unknown_to(parcel, somebody, by) else None


def _numbered(told: Told, by: Actor) -> IntakePerson | None:
    """The person of this service's group who has the code and number that were typed."""
    try:
        code = tidy(told.group, GROUP)
    except Invalid:
        return None
    mine = IntakePerson.objects.visible_to(by).filter(intake__code=code, intake__organisation_id=by.organisation_id)
    return mine.filter(number=told.person_number).first() if told.person_number else None


def _unknown_to(parcel: Parcel, somebody: IntakePerson, by: Actor) -> list[Screening]:
    """Talks with this person that did not come from this phone and reached us after it last spoke with us: it cannot have known."""
    there = Screening.objects.visible_to(by).filter(person_id=somebody.person_id)
    own = Parcel.objects.filter(device=parcel.device, screening__isnull=False) if parcel.device else Parcel.objects.none()
    there = there.exclude(pk__in=list(own.values_list("screening_id", flat=True)))
    if parcel.base_at is not None:
        there = there.filter(recorded_at__gt=parcel.base_at)
    return list(there.select_related("observer").order_by("happened_at"))


def _first(parcel: Parcel, by: Actor) -> Taking:
    """Who won when one number came twice at once; another content of it, or of its place, is set aside beside the first."""
    before = list(Parcel.objects.filter(number=parcel.number))
    for one in before:
        if one.digest == parcel.digest:
            return Taking(one, again=True)
    parcel.taken_at = None
    return _aside(parcel, AsideReason.TWICE if before else AsideReason.SEQUENCE, by)


@trust.act("parcel.take")
def _take_in(*, by: Actor, parcel: Parcel, told: Told, settled: str = "") -> Parcel:
    """The screening and the row that knows its number, in one transaction: neither is ever there without the other."""
    happened_at, doubtful = judged(told.at, arrival=parcel.received_at, phone_clock_at=parcel.phone_clock_at)
    shift = happened_at - told.at
    somebody = _numbered(told, by) if told.group and settled != Settled.APART else None
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
        group_person_id=somebody.pk if somebody else None,
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
    if settled:
        audit.record(event="parcel.settle", by=by, subject=made.person_id, case_id=made.case_id, reason=settled)
    return parcel


def _aside(parcel: Parcel, why: AsideReason | str, by: Actor) -> Taking:
    """Keep it sealed, beside its reason; a second arrival at the same moment finds the first."""
    parcel.state, parcel.why, parcel.screening = ParcelState.ASIDE, str(why), None
    try:
        with transaction.atomic():
            parcel.save()
            audit.record(event="parcel.aside", by=by, subject=parcel.pk, reason=str(why))
    except IntegrityError:
        if why in {AsideReason.TWICE, AsideReason.SEQUENCE}:
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
