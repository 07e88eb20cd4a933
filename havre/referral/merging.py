"""What of referral goes on in another organisation when two merge: offers, shares, proposals of a lead, conferences, the directory."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import Q

from havre.referral.enums import OPEN_STATES, ClosedBecause, KeptBecause, ReferralStatus, TransferStatus
from havre.referral.models import Conference, MoreAsked, Notice, OutsideKey, Referral, Seat, Service, Transfer
from havre.referral.services.closing import close
from havre.referral.services.steps import stop
from havre.referral.workflow import LEAD_ANSWER, REFERRAL, TRANSFER
from havre.trust import grants
from havre.trust.actors import Actor
from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.merging.moving import repoint
from havre.trust.models import Grant

# what is open, and what is owed to the person still
PRESENT = Q(status__in=OPEN_STATES) | Q(status=ReferralStatus.COMPLETED, person_told_at=None)
SITTING = ("called", "sitting", "decided")
Line = tuple[str, int, int, str]


def merge(first: UUID, second: UUID, by: Actor) -> Iterable[Line]:
    """Move what is present. Between the two there is nothing left to offer: such an offer closes, and what a share of it opened stays open
    to the very jobs that held it, by the person's consent.
    """
    both: Any = {"first": first, "second": second}
    yield _between(first, second, by)
    yield _twice(first, second, by)
    yield _leads(first, second, by)
    open_seats = Q(conference__status__in=SITTING)
    _end_key(first, second, by)
    for line in (
        repoint(Referral, "sender", **both, when=PRESENT, what="sent"),
        repoint(Referral, "receiver", **both, when=Q(status__in=OPEN_STATES), what="received"),
        repoint(Transfer, "first", **both, when=Q(status=TransferStatus.PROPOSED), what="leads_proposed"),
        repoint(Transfer, "second", **both, when=Q(status=TransferStatus.PROPOSED), what="leads_awaited"),
        repoint(Conference, "organisation", **both, when=Q(status__in=SITTING), what="conferences"),
        repoint(Seat, "organisation", **both, when=open_seats, what="seats", how="seated_there_already"),
        repoint(Notice, "organisation", **both, when=Q(seen_at=None), what="notices"),
        repoint(Service, "organisation", **both, when=Q(closed_at=None), what="entries", how="listed_there_already"),
        repoint(OutsideKey, "organisation", **both, when=Q(ended_at=None), what="outside_keys"),
    ):
        yield (line.what, line.moved, line.left, line.how)
    Service.objects.filter(organisation=first, closed_at=None).update(closed_at=by.at)


def _house() -> Any:
    return Referral.objects.for_house("merging")


def _between(first: UUID, second: UUID, by: Actor) -> Line:
    pair = Q(sender=first, receiver=second) | Q(sender=second, receiver=first)
    found = list(_house().filter(pair, status__in=OPEN_STATES).select_related("consent"))
    for referral in found:
        _keep_open(referral, by)
        end = REFERRAL.check(referral, move="withdraw", by=None).end
        close(referral, end, at=by.at, by=by, because=ClosedBecause.LEAD_MOVED)
    return ("offers_between", 0, len(found), "closed_between_the_two" if found else "")


def _keep_open(referral: Referral, by: Actor) -> None:
    """The same jobs keep the same sections until the same day: on the consent itself, whose withdrawal ends it, or on the same basis."""
    consents: dict[UUID, UUID | None] = {referral.pk: referral.consent_id}
    consents |= dict(MoreAsked.objects.for_house("merging").filter(referral=referral).values_list("pk", "consent_id"))
    for grant in Grant.objects.filter(source_id__in=list(consents), ends_at__gt=by.at).select_related("holder"):
        consent_id = consents[grant.source_id]  # type: ignore[index]
        grants.give(
            holder=grant.holder,
            case_id=grant.case_id,
            sections=Section(grant.sections),
            purpose=Purpose(grant.purpose),
            basis=Basis.CONSENT if consent_id else Basis(grant.basis),
            source_id=consent_id or referral.case_id,
            starts_at=by.at,
            ends_at=grant.ends_at,
            role=Role(grant.role),
        )


def _twice(first: UUID, second: UUID, by: Actor) -> Line:
    """Somebody else asked both for the same person: the receiving service's offer stands, the other's ends and its sender is told."""
    there = _house().filter(receiver=second, status=ReferralStatus.OFFERED).values("person_id")
    found = list(_house().filter(receiver=first, status=ReferralStatus.OFFERED, person_id__in=there))
    for referral in found:
        end = REFERRAL.check(referral, move="expire", by=None).end
        close(referral, end, at=by.at, by=by, because=ClosedBecause.NO_ANSWER)
    return ("offers_twice", 0, len(found), "same_offer_there" if found else "")


def _leads(first: UUID, second: UUID, by: Actor) -> Line:
    pair = Q(first=first, second=second) | Q(first=second, second=first)
    found = list(Transfer.objects.for_house("merging").filter(pair, status=TransferStatus.PROPOSED))
    for transfer in found:
        end = TRANSFER.check(transfer, move="take_back", by=None).end
        transfer.status, transfer.kept_because, transfer.answered_at = end, KeptBecause.TAKEN_BACK, by.at
        transfer.save()
        stop(transfer, LEAD_ANSWER, by)
    return ("leads_between", 0, len(found), "closed_between_the_two" if found else "")


def _end_key(first: UUID, second: UUID, by: Actor) -> None:
    """A service without an account has one key in use: the receiving one's, where it has any."""
    if OutsideKey.objects.filter(organisation=second, ended_at=None).exists():
        OutsideKey.objects.filter(organisation=first, ended_at=None).update(ended_at=by.at)
