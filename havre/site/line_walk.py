"""One made-up person of the demonstration on the way, and a referral by which services meet over them."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from havre.referral import services as referrals
from havre.register import services as register
from havre.register.enums import ConsentGiver, ConsentState, Explained
from havre.site.demonstration import as_role
from havre.trust.enums import Purpose, Role, Section
from havre.trust.models import Membership, Organisation

CHILD = {"best_interests_at", "child_heard_at", "guardian_named_at"}


@dataclass(slots=True)
class Walk:
    """One person on the way: when it began, what came of it."""

    draw: random.Random
    number: int
    start: datetime
    now: datetime
    done: Counter[str]
    child: bool = False
    case_id: UUID | None = None
    person_id: UUID | None = None

    def at(self, **span: float) -> datetime | None:
        """A moment after the beginning, or None when it is still to come."""
        moment = self.start + timedelta(**span)
        return moment if moment < self.now else None

    @property
    def who(self) -> dict[str, Any]:
        return {"case_id": self.case_id, "person_id": self.person_id}

    def child_record(self, at: datetime) -> dict[str, Any]:
        """What the steps on a child rest on (RG13)."""
        return dict.fromkeys(CHILD, at) if self.child else {}


def later(moment: datetime, now: datetime, **span: float) -> datetime | None:
    after = moment + timedelta(**span)
    return after if after < now else None


def refer(
    walk: Walk,
    by: Any,
    at: datetime,
    receiver: Organisation,
    role: Role,
    purpose: Purpose,
    sections: Section,
    need: str,
    *,
    urgent: bool = False,
) -> UUID:
    """Ask the person, write their answer down, and offer the referral."""
    consent = register.record_consent(
        by=by,
        **walk.who,
        state=ConsentState.GIVEN,
        purpose=purpose,
        recipient_id=receiver.pk,
        recipient_role=role,
        sections=sections | Section.CASE,
        ends_at=at + timedelta(days=180),
        language="eng",
        given_by=ConsentGiver.GUARDIAN if walk.child else ConsentGiver.PERSON,
        child_heard=walk.child,
        explained=[Explained.HELP_STAYS, Explained.MAY_WITHDRAW, Explained.WHO_READS, Explained.HOW_LONG],
    )
    sent = referrals.prepare(
        **walk.who,
        receiver_id=receiver.pk,
        receiver_role=role,
        purpose=purpose,
        sections=sections,
        need=need,
        asked_until=at + timedelta(days=150),
        urgent=urgent,
        by=by,
        consent_id=consent.pk,
        child=walk.child_record(at),
    )
    referrals.offer(referral_id=sent.pk, by=by)
    walk.done["referred"] += 1
    return sent.pk


def send_on(walk: Walk, at: datetime, role: Role, purpose: Purpose, sections: Section, need: str) -> UUID:
    """A referral by the case manager to the service whose account has this role."""
    place = Membership.objects.select_related("organisation").get(user__username=role.value, ended_at=None).organisation
    with as_role(Role.CASE_MANAGER, at, Purpose.PROTECTION) as by:
        return refer(walk, by, at, place, role, purpose, sections, need)


def accepted(walk: Walk, sent: UUID, role: Role, at: datetime | None, purpose: Purpose | None = None) -> bool:
    """The receiver sees it, accepts and starts, when its moment has come."""
    if at is None:
        return False
    with as_role(role, at, purpose) as by:
        referrals.acknowledge(referral_id=sent, by=by)
        referrals.accept(referral_id=sent, no_conflict=True, by=by)
        referrals.start(referral_id=sent, by=by)
    walk.done["referrals accepted"] += 1
    return True
