"""What ends with a consent: every access that hung on it, in the caller's transaction, with its proof."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.dispatch import Signal

from havre.register.enums import AskAgain, ConsentChannel
from havre.register.models import ClosedShare, Consent, ConsentEvent
from havre.register.signals import consent_narrowed, consent_withdrawn
from havre.trust import grants
from havre.trust.actors import Actor
from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.errors import Refused
from havre.trust.models import Grant


@dataclass(frozen=True, slots=True)
class Closing:
    """The accesses that ended, as they stood before, and how many referrals and offers ended with them."""

    shares: tuple[Grant, ...]
    offers: int


class _Undo(Exception):
    pass


def close(consent: Consent, *, at: datetime, by: Actor | None) -> Closing:
    """End whatever hung on a consent that no longer stands: its own grants, and through the signal those of the floors above."""
    return _closed(consent, consent_withdrawn, at=at, by=by, end=lambda: grants.end(source_id=consent.pk, at=at))


def narrow(consent: Consent, *, at: datetime, by: Actor | None) -> Closing:
    """End whatever goes beyond the sections that the consent still names; its own grants go on with the fewer ones."""
    return _closed(consent, consent_narrowed, at=at, by=by, end=lambda: _narrow_own(consent, at))


def rehearse(consent: Consent, *, by: Actor, sections: Section | None = None) -> Closing:
    """What would end now, by ending it and turning that back: what the person is shown is what then happens.

    Args: sections, what would be left of it; None for a withdrawal.
    """
    found = Closing((), 0)
    kept = consent.sections
    try:
        with transaction.atomic():
            if sections is None:
                found = close(consent, at=by.at, by=by)
            else:
                consent.sections = int(sections)
                found = narrow(consent, at=by.at, by=by)
            raise _Undo
    except _Undo:
        consent.sections = kept
    return found


def _closed(consent: Consent, signal: Signal, *, at: datetime, by: Actor | None, end: Any) -> Closing:
    before = {grant.pk: grant for grant in _live(consent, at)}
    end()
    answers = signal.send(sender=Consent, consent=consent, at=at, by=by)
    after = dict(Grant.objects.filter(pk__in=before).values_list("pk", "ends_at"))
    ended = tuple(grant for pk, grant in sorted(before.items()) if after[pk] != grant.ends_at)
    return Closing(ended, sum(int(count or 0) for _receiver, count in answers))


def _live(consent: Consent, at: datetime) -> Iterable[Grant]:
    return Grant.objects.filter(case_id=consent.case_id, ends_at__gt=at).select_related("holder__organisation")


def _narrow_own(consent: Consent, at: datetime) -> None:
    """A grant is never widened or changed: the wider one ends, and one with what is left begins at that moment."""
    for grant in Grant.objects.filter(source_id=consent.pk, ends_at__gt=at).select_related("holder"):
        left = Section(grant.sections & consent.sections)
        if left == grant.sections and grant.ends_at <= consent.ends_at:
            continue
        grants.end(at=at, pk=grant.pk)
        if not left & ~Section.CASE:
            continue
        # a conflict of interest was recorded meanwhile: nothing is given on, and the person's wish is done all the same
        with suppress(Refused):
            grants.give(
                holder=grant.holder,
                case_id=grant.case_id,
                sections=left,
                purpose=Purpose(grant.purpose),
                basis=Basis(grant.basis),
                starts_at=max(at, grant.starts_at),
                ends_at=min(grant.ends_at, consent.ends_at),
                role=Role(grant.role),
                source_id=consent.pk,
            )


def write_event(
    consent: Consent,
    step: str,
    *,
    at: datetime,
    by: Actor | None,
    channel: str = ConsentChannel.ENGINE,
    because: AskAgain | str = "",
    closing: Closing | None = None,
) -> ConsentEvent:
    """One step of the ledger, with a line for each access that ended with it."""
    event = ConsentEvent(
        case_id=consent.case_id,
        person_id=consent.person_id,
        consent=consent,
        number=ConsentEvent.objects.for_house("withdrawal").filter(consent=consent).count() + 1,
        step=step,
        at=at,
        by=by.user if by else None,
        organisation_id=by.organisation_id if by else None,
        role=by.role if by else "",
        channel=channel,
        because=because,
        sections=consent.sections,
        ends_at=consent.ends_at,
        evidence=consent.evidence,
        explained=consent.explained,
        offers_closed=closing.offers if closing else 0,
    )
    event.save(force_insert=True)
    for grant in closing.shares if closing else ():
        ClosedShare(
            case_id=consent.case_id,
            event=event,
            grant_no=grant.pk,
            holder_id=grant.holder_id,
            role=grant.role,
            sections=grant.sections,
            purpose=grant.purpose,
            basis=grant.basis,
            source_id=grant.source_id,
            closed_at=max(at, grant.starts_at),
        ).save(force_insert=True)
    return event


def digest(event: ConsentEvent, shares: Iterable[ClosedShare]) -> str:
    """SHA-256 over what the proof says, ids and codes in a fixed order: two prints of one proof bear the same."""
    said = {
        "consent": str(event.consent_id),
        "event": str(event.pk),
        "step": event.step,
        "at": event.at.isoformat(),
        "by": [str(event.organisation_id or ""), event.role],
        "offers": event.offers_closed,
        "shares": [[one.grant_no, one.holder_id, one.sections, one.closed_at.isoformat()] for one in shares],
    }
    return hashlib.sha256(json.dumps(said, sort_keys=True, separators=(",", ":")).encode()).hexdigest()
