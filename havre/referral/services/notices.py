"""Writing notices: a kind and a number to a role of an organisation. Called inside the service whose news it is."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from havre import trust
from havre.referral.enums import NoticeKind, Way
from havre.referral.models import Notice, Referral
from havre.referral.queries import notices_of
from havre.trust import audit
from havre.trust.actors import Actor


def tell(
    kind: NoticeKind,
    *,
    about: Any,
    organisation_id: UUID,
    at: datetime,
    role: str = "",
    for_head: bool = False,
    case_id: UUID | None = None,
) -> None:
    """One notice. Args: about, a record with `pk` and `number`; role, empty for whoever refers there."""
    Notice(
        case_id=case_id or about.case_id,
        organisation_id=organisation_id,
        role=role,
        for_head=for_head,
        kind=kind,
        number=about.number,
        subject_id=about.pk,
        at=at,
    ).save(force_insert=True)


def tell_receiver(kind: NoticeKind, referral: Referral, *, at: datetime, for_head: bool = False) -> None:
    """To the role that it was offered to; nobody without an account is told here."""
    if referral.way == Way.ACCOUNT:
        tell(kind, about=referral, organisation_id=referral.receiver_id, role=referral.receiver_role, at=at, for_head=for_head)


def tell_sender(kind: NoticeKind, referral: Referral, *, at: datetime) -> None:
    """To whoever refers in the sending organisation."""
    tell(kind, about=referral, organisation_id=referral.sender_id, at=at)


def settled(referral: Referral, *, by: Actor) -> None:
    """Once an offer is answered, the news that it waits is read: nobody is told of it again."""
    waits = (NoticeKind.OFFERED, NoticeKind.DUE_SOON, NoticeKind.RISEN)
    old = Notice.objects.for_house("offers").filter(organisation_id=referral.receiver_id, subject_id=referral.pk, kind__in=waits)
    old.filter(seen_at=None).update(seen_at=by.at, seen_by=by.user)


@trust.act("notice.seen")
def seen(*, by: Actor) -> int:
    """Mark every notice of this actor's job as read. Gives how many."""
    waiting = list(notices_of(by).filter(seen_at=None).values_list("pk", flat=True))
    if waiting:
        Notice.objects.for_house("offers").filter(pk__in=waiting, seen_at=None).update(seen_at=by.at, seen_by=by.user)
        audit.record(event="notice.seen", by=by, codes={"notices": len(waiting)})
    return len(waiting)
