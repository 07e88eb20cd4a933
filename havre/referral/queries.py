"""Reads of referral. What a receiver sees before acceptance is built here, column by named column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef
from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from havre.referral.enums import AgeBand, ReferralNeed, ReferralStatus
from havre.referral.models import Referral
from havre.referral.workflow import RECEIVERS, SENDERS
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.context import require
from havre.trust.contracts import CaseAct, Entry, Panel, Waiting
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
    acknowledge_by: datetime | None = None
    answer_by: datetime | None = None

    @property
    def need_words(self) -> str:
        return str(ReferralNeed(self.need).label)

    @property
    def age_words(self) -> str:
        return str(AgeBand(self.age_band).label)

    @property
    def status_words(self) -> str:
        return str(ReferralStatus(self.status).label)


def for_receiver(actor: Actor, *, lock: bool = False) -> ProtectedQuerySet[Referral]:
    """The referrals offered to this actor's service and role, past drafts; a sealed case or a conflict of interest leaves no trace.

    The rows are whole: only services use them. Pages use `previews`.
    """
    mine: Any = Referral.objects.for_house("offers")
    mine = mine.filter(receiver_id=actor.organisation_id, receiver_role=actor.role).exclude(status=ReferralStatus.DRAFT)
    mine = mine.filter(
        ~Exists(Seal.objects.filter(case_id=OuterRef("case_id"), ended_at=None)),
        ~Exists(Conflict.objects.filter(case_id=OuterRef("case_id"), holder_id__in=actor.holders)),
    )
    return mine.select_related("person", "consent").select_for_update(of=("self",)) if lock else mine


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
    return [
        Preview(**dict(zip(_FIELDS, row[1:], strict=True)), acknowledge_by=first.get(row[1]), answer_by=last.get(row[1])) for row in rows
    ]


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
    rows = Referral.objects.for_house("clocks").filter(status=ReferralStatus.OFFERED).values_list("pk", "receiver__name")
    ids = dict(rows)
    first, last = clocks.due_by_subject(ids, "acknowledge"), clocks.due_by_subject(ids, "answer")
    acknowledge = Counter(ids[pk] for pk, due in first.items() if due and due <= at)
    answer = Counter(ids[pk] for pk, due in last.items() if due and due <= at)
    return [{"receiver": name, "acknowledge": acknowledge[name], "answer": answer[name]} for name in sorted({*acknowledge, *answer})]


def _of_case(actor: Actor, case_id: UUID) -> list[Referral]:
    return list(Referral.objects.visible_to(actor).filter(case_id=case_id).select_related("receiver").order_by("-prepared_at"))


def compose(actor: Actor, case: Any) -> tuple[list[Entry], list[Panel]]:
    """The thread and the panel in one reading."""
    found = _of_case(actor, case.pk)
    return list(_entries(found)), list(_panels(found))


def timeline(actor: Actor, case_id: UUID) -> Iterable[Entry]:
    """What referral adds to a case's timeline."""
    return _entries(_of_case(actor, case_id))


def panels(actor: Actor, case_id: UUID) -> Iterable[Panel]:
    """The referrals of a case, for whoever may read its protection."""
    return _panels(_of_case(actor, case_id))


def _entries(found: list[Referral]) -> Iterator[Entry]:
    for one in found:
        words = gettext("%(what)s: %(state)s") % {"what": one.receiver, "state": one.get_need_display()}
        ended = one.get_outcome_display() if one.outcome else one.get_status_display()
        for at, title, more in (
            (one.offered_at, _("Referral offered"), words),
            (one.answered_at, _("Referral answered"), words),
            (one.ended_at, _("Referral ended"), f"{words}. {ended}"),
        ):
            if at:
                yield Entry(at, title, more, "swap", Section.PROTECTION)


def _panels(found: list[Referral]) -> Iterator[Panel]:
    if found:
        rows = [(one, STATE_MARKS[ReferralStatus(one.status)]) for one in found]
        yield Panel("referrals", _("Referrals"), "referral/_of_case.html", {"referrals": rows}, Section.PROTECTION, side=True)


def acts(actor: Actor, case_id: UUID, person_id: UUID, _shown: frozenset[str]) -> Iterable[CaseAct]:
    """Whoever may share sections of a case may offer a referral of the person."""
    if actor.role in SENDERS:
        yield CaseAct(pgettext_lazy("a person", "Refer"), reverse("referral:offer", args=[case_id, person_id]), "swap")


def _sent_waiting(actor: Actor) -> Iterable[Waiting]:
    """What this service offered and others have not answered; and outcomes that the person has not heard yet."""
    mine = sent(actor)
    offered = list(mine.filter(status=ReferralStatus.OFFERED).order_by("offered_at")[:20])
    told = list(mine.filter(status=ReferralStatus.COMPLETED, person_told_at=None).order_by("ended_at")[:20])
    answer, feedback = (
        clocks.due_by_subject([one.pk for one in offered], "answer"),
        clocks.due_by_subject([one.pk for one in told], "feedback"),
    )
    for one in offered:
        yield Waiting(
            f"{one.case.ref} · {one.get_need_display()}",
            reverse("referral:sent", args=[one.pk]),
            due_at=answer.get(one.pk),
            awaited_from=one.receiver.name,
        )
    for one in told:
        yield Waiting(
            _("%(case)s: tell the person the outcome") % {"case": one.case.ref},
            reverse("referral:sent", args=[one.pk]),
            due_at=feedback.get(one.pk),
            why=gettext("%(what)s: %(state)s") % {"what": one.receiver.name, "state": one.get_outcome_display()},
        )


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Offers that wait for this service's answer, and what it waits for or owes on its own."""
    if actor.role in SENDERS:
        yield from _sent_waiting(actor)
    if actor.role not in RECEIVERS:
        return
    for one in previews(actor, TO_ANSWER)[:20]:
        yield Waiting(
            _("%(number)s: answer the referral") % {"number": one.number},
            reverse("referral:answer", args=[one.id]),
            due_at=one.acknowledge_by if one.acknowledged_at is None else one.answer_by,
            why=one.need_words,
            urgent=one.urgent,
        )


def dossier(actor: Actor, case_id: UUID) -> Iterable[tuple[str, dict[str, Any]]]:
    """What the person's own copy holds of referral: who was asked, what opened, until when, and what came of it."""
    for one in Referral.objects.visible_to(actor).filter(case_id=case_id).select_related("receiver"):
        yield (
            "referral",
            {
                "number": one.number,
                "receiver": one.receiver.name,
                "need": one.need,
                "status": one.status,
                "sections": [section.code for section in Section(one.sections)],
                "basis": "consent" if one.consent_id else one.vital_interest,
                "offered_at": one.offered_at,
                "answered_at": one.answered_at,
                "ends_at": one.ends_at,
                "outcome": one.outcome or None,
            },
        )


def extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Coded columns only: referrals are counted apart from persons."""
    yield (
        "referral",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "status": one.status,
                "need": one.need,
                "decline_reason": one.decline_reason or None,
                "outcome": one.outcome or None,
                "urgent": one.urgent,
                "offered_on": one.offered_at.date() if one.offered_at else None,
                "answered_on": one.answered_at.date() if one.answered_at else None,
            }
            for one in Referral.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
