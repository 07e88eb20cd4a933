"""What a receiver sees of an offer, built column by named column; what a sender sees of what it sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef

from havre.referral.enums import AgeBand, ReferralNeed, ReferralStatus
from havre.referral.models import Notice, Referral
from havre.referral.workflow import SENDERS
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.enums import Section
from havre.trust.errors import Missing
from havre.trust.models import Conflict, Seal
from havre.trust.records import ProtectedQuerySet

# the preview's allow-list: nothing that is not named here reaches a receiver before acceptance
PREVIEW = (
    "id",
    "number",
    "status",
    "sender__name",
    "need",
    "age_band",
    "language",
    "region",
    "urgent",
    "offered_at",
    "acknowledged_at",
    "escalated_at",
    "way",
    "group",
)
_FIELDS = tuple(column.removesuffix("__name") for column in PREVIEW)
# how a referral's state is drawn
STATE_MARKS = {
    ReferralStatus.DRAFT: "todo",
    ReferralStatus.OFFERED: "doing",
    ReferralStatus.ACCEPTED: "well",
    ReferralStatus.RUNNING: "well",
    ReferralStatus.COMPLETED: "done",
    ReferralStatus.DECLINED: "refused",
    ReferralStatus.WITHDRAWN: "own-choice",
    ReferralStatus.EXPIRED: "late",
}
TO_ANSWER = (ReferralStatus.OFFERED,)
UNDER_WAY = (ReferralStatus.ACCEPTED, ReferralStatus.RUNNING)
EMPTIED = frozenset({ReferralStatus.DECLINED, ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED})
CLOSED = (ReferralStatus.DECLINED, ReferralStatus.COMPLETED, ReferralStatus.WITHDRAWN, ReferralStatus.EXPIRED)


@dataclass(frozen=True, slots=True)
class Preview:
    """An offer as the receiver sees it: enough to answer, and not who, where or what happened."""

    id: UUID
    number: str
    status: str
    sender: str
    need: str
    age_band: str
    language: str
    region: str
    urgent: bool
    offered_at: datetime | None
    acknowledged_at: datetime | None
    escalated_at: datetime | None
    way: str
    group: UUID | None
    acknowledge_by: datetime | None = None
    answer_by: datetime | None = None
    # how many persons were sent together, and which one this is
    together: int = 0

    @classmethod
    def of(cls, referral: Referral) -> Preview:
        """The preview of a referral that its own sender is looking at, sent or not: the same columns and no other."""
        values = {name: getattr(referral, name) for name in _FIELDS if name != "sender"}
        return cls(**values, sender=referral.sender.name)

    @property
    def over(self) -> bool:
        """Closed without having been accepted, or taken back: of that the receiver keeps the number and the state."""
        return self.status in EMPTIED

    @property
    def need_words(self) -> str:
        return str(ReferralNeed(self.need).label) if self.need else ""

    @property
    def age_words(self) -> str:
        return str(AgeBand(self.age_band).label) if self.age_band else ""

    @property
    def status_words(self) -> str:
        return str(ReferralStatus(self.status).label)


def for_receiver(actor: Actor, *, lock: bool = False) -> ProtectedQuerySet[Referral]:
    """The referrals offered to this actor's service and role, past drafts; a sealed case or a conflict of interest leaves no trace.

    The rows are whole: only services use them. Pages use `previews`.
    """
    mine: Any = Referral.objects.for_house("offers")
    mine = mine.filter(receiver_id=actor.organisation_id, receiver_role=actor.role).exclude(status=ReferralStatus.DRAFT)
    mine = not_hidden(mine, actor)
    return mine.select_related("person", "consent").select_for_update(of=("self",)) if lock else mine


def counted() -> Any:
    """What the coordinator's figures count, of the whole instance: no referral of a sealed case, which is absent from counts too."""
    return Referral.objects.for_house("clocks").exclude(case_id__in=Seal.objects.filter(ended_at=None).values("case_id"))


def not_hidden(rows: Any, actor: Actor) -> Any:
    """Without the rows of a sealed case, and of one that this job or person has a conflict of interest with."""
    return rows.filter(
        ~Exists(Seal.objects.filter(case_id=OuterRef("case_id"), ended_at=None)),
        ~Exists(Conflict.objects.filter(case_id=OuterRef("case_id"), holder_id__in=actor.holders)),
    )


def notices_of(actor: Actor, *, head: bool = True) -> Any:
    """The notices to this actor's job, newest first: a kind and a number each. Of a sealed case there are none."""
    mine: Any = Notice.objects.for_house("offers").filter(organisation_id=actor.organisation_id)
    mine = mine.filter(role__in=[actor.role, ""] if actor.role in SENDERS else [actor.role])
    return not_hidden(mine if head else mine.filter(for_head=False), actor).order_by("-at", "-pk")


def previews(actor: Actor, states: Iterable[str]) -> list[Preview]:
    """The previews of these states, the shortest delay first; three queries for any number."""
    found = _previews(actor, for_receiver(actor).filter(status__in=list(states)).order_by("-offered_at")[:200])
    return sorted(found, key=lambda one: (one.answer_by is None, one.acknowledge_by or one.answer_by or one.offered_at))


def preview(actor: Actor, referral_id: UUID) -> Preview:
    """One preview. Raises: Missing when it was not offered to this actor's service, in any way."""
    found = _previews(actor, for_receiver(actor).filter(pk=referral_id))
    if not found:
        raise Missing
    return found[0]


def _previews(actor: Actor, offers: Any) -> list[Preview]:
    rows: list[tuple[Any, ...]] = list(offers.values_list("person_id", *PREVIEW))
    # the receiver has read that somebody exists, and nothing of them: that leaves a trace too
    require(actor).log.add(Section.CASE, [row[0] for row in rows])
    ids = [row[1] for row in rows]
    first, last = clocks.due_by_subject(ids, "acknowledge"), clocks.due_by_subject(ids, "answer")
    found = [
        Preview(**dict(zip(_FIELDS, row[1:], strict=True)), acknowledge_by=first.get(row[1]), answer_by=last.get(row[1])) for row in rows
    ]
    sizes = Counter(one.group for one in found if one.group)
    return [_emptied(replace(one, together=sizes[one.group] if one.group else 0)) for one in found]


def _emptied(one: Preview) -> Preview:
    """After a withdrawal nothing is told but that it is over."""
    return replace(one, need="", age_band="", language="", region="", urgent=False) if one.over else one


def counts(actor: Actor) -> dict[str, int]:
    """How many are in each tab."""
    states = Counter(for_receiver(actor).values_list("status", flat=True))
    return {
        "to_answer": sum(states[s] for s in TO_ANSWER),
        "under_way": sum(states[s] for s in UNDER_WAY),
        "closed": sum(states[s] for s in CLOSED),
        "sent": sent(actor).count() if actor.role in SENDERS else 0,
    }


def sent(actor: Actor) -> ProtectedQuerySet[Referral]:
    """What this actor's service has sent, on the cases it may read."""
    return Referral.objects.visible_to(actor).filter(sender_id=actor.organisation_id).select_related("receiver", "case")


def late(actor: Actor) -> list[Preview]:
    """The escalation list of a service's head: offers that nobody acknowledged in time."""
    return [one for one in previews(actor, TO_ANSWER) if one.escalated_at is not None]


def delays(at: datetime) -> list[dict[str, Any]]:
    """For the coordinator's page: late offers counted by receiving organisation, with no number, case or person."""
    rows = counted().filter(status=ReferralStatus.OFFERED).values_list("pk", "receiver__name")
    ids = dict(rows)
    first, last = clocks.due_by_subject(ids, "acknowledge"), clocks.due_by_subject(ids, "answer")
    acknowledge = Counter(ids[pk] for pk, due in first.items() if due and due <= at)
    answer = Counter(ids[pk] for pk, due in last.items() if due and due <= at)
    return [{"receiver": name, "acknowledge": acknowledge[name], "answer": answer[name]} for name in sorted({*acknowledge, *answer})]
