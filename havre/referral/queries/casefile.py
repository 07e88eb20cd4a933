"""What referral adds to a case's page, to home pages, to the person's own copy and to the extract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext, ngettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from havre.referral.enums import LIVE, ConferenceStatus, MoreStatus, NoticeKind, ReferralStatus, TransferStatus
from havre.referral.models import Conference, MoreAsked, Referral, Seat, Transfer
from havre.referral.queries import conferences, leads
from havre.referral.queries.offers import STATE_MARKS, TO_ANSWER, counted, notices_of, previews, sent
from havre.referral.workflow import CALLERS, LEADERS, RECEIVERS, SENDERS
from havre.trust import clocks, policy
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Panel, Waiting
from havre.trust.counting import K, shown
from havre.trust.enums import Act, Section
from havre.trust.models import Membership
from havre.trust.moments import Line, Mark, Moment, Reading


def _receiver(one: Moment) -> str:
    return gettext("%(what)s: %(state)s") % {"what": one.receiver__name, "state": one.said("need")}


def _ended(one: Moment) -> str:
    # what the person keeps to themselves is not told (Referral.outcome_words)
    said = one.said("outcome") if one.outcome and not one.outcome_kept else one.said("status")
    return f"{_receiver(one)}. {said}"


LINES: tuple[Line, ...] = (
    Line(
        Referral, "swap",
        (
            Mark("offered_at", _("Referral offered"), _receiver), Mark("answered_at", _("Referral answered"), _receiver),
            Mark("ended_at", _("Referral ended"), _ended),
        ),
        facts=("receiver__name", "need", "status", "outcome", "outcome_kept", "ends_at", "prepared_at", "receiver_id", "receiver_role"),
        page="referral:sent", owner="sender_id",
    ),
    Line(MoreAsked, "swap", (
        Mark("asked_at", _("More of the file asked for"), ("referral__receiver__name", "reason")),
        Mark("answered_at", _("Request for more answered"), ("status",)),
    )),
    Line(Transfer, "out", (
        Mark("proposed_at", _("The lead of the case proposed to another service"), ("second__name",)),
        Mark("answered_at", _("The lead of the case: answer"), ("second__name", "status")),
    ), page="referral:transfer"),
    Line(
        Conference, "person",
        (Mark("called_at", _("Conference called"), ("number",)), Mark("decided_at", _("Conference: decisions"), ("number",))),
        facts=("status", "sits_at"),
    ),
    # who sits where: for the links to the conferences' pages, which open to their seats alone
    Line(Seat, facts=("conference_id", "organisation_id", "role")),
)  # fmt: skip


def lines() -> Iterable[Line]:
    """Referrals, what was asked beside them, the lead of the case and conferences."""
    return LINES


def sheets(reading: Reading) -> Iterator[Panel]:
    """The referrals and conferences of a case, for whoever may read its protection."""
    sent_on = sorted(reading.moments_of(Referral), key=lambda one: one.prepared_at, reverse=True)
    if sent_on:
        rows = [(one, STATE_MARKS[ReferralStatus(one.status)]) for one in sent_on]
        yield Panel(
            "referrals", _("Referrals"), "referral/_of_case.html", {"referrals": rows, "own": reading.actor}, Section.PROTECTION, side=True
        )
    sat = sorted(reading.moments_of(Conference), key=lambda one: one.sits_at, reverse=True)
    if sat:
        job = (reading.actor.organisation_id, reading.actor.role)
        seated = {one.conference_id for one in reading.moments_of(Seat) if (one.organisation_id, one.role) == job}
        yield Panel(
            "conferences",
            _("Conferences"),
            "referral/_conferences.html",
            {"conferences": sat, "seated": seated},
            Section.PROTECTION,
            side=True,
        )


def acts(actor: Actor, case_id: UUID, person_id: UUID, _shown: frozenset[str]) -> Iterable[CaseAct]:
    """Whoever may share sections of a case may offer a referral of the person."""
    if actor.role in SENDERS:
        yield CaseAct(pgettext_lazy("a person", "Refer"), reverse("referral:offer", args=[case_id, person_id]), "swap")
    if actor.role in CALLERS:
        yield CaseAct(_("Call a conference"), reverse("referral:call", args=[case_id, person_id]), "person")
    if actor.role in LEADERS:
        yield CaseAct(_("Propose the lead"), reverse("referral:lead", args=[case_id]), "out")


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
            why=gettext("%(what)s: %(state)s") % {"what": one.receiver.name, "state": one.outcome_words},
        )
    yield from _owed(mine)


def _owed(mine: Any) -> Iterable[Waiting]:
    """A request for more to answer, a consent to ask after an urgency, a contact to make after the help ended."""
    asked = mine.filter(more__status=MoreStatus.ASKED).order_by("pk")[:20]
    unasked = mine.filter(consent=None, consent_answer="", status__in=LIVE).order_by("offered_at")[:20]
    ended = mine.filter(status=ReferralStatus.COMPLETED, followed_up_at=None).exclude(person_told_at=None).order_by("ended_at")[:20]
    rows = [(one, "", _("%(case)s: a service asks for another part of the file")) for one in asked]
    rows += [(one, "ask_consent", _("%(case)s: ask the person for their consent, after the urgency")) for one in unasked]
    rows += [(one, "follow_up", _("%(case)s: ask the person how it went")) for one in ended]
    ids = [one.pk for one, _name, _words in rows]
    due = {name: clocks.due_by_subject(ids, name) for name in ("ask_consent", "follow_up")} if ids else {}
    for one, name, words in rows:
        yield Waiting(
            words % {"case": one.case.ref},
            reverse("referral:sent", args=[one.pk]),
            due_at=due[name].get(one.pk) if name else None,
            why=one.receiver.name,
        )


def _noticed(actor: Actor) -> Iterable[Waiting]:
    """One line for all notices: what they say is on their own page."""
    unseen = list(notices_of(actor).filter(seen_at=None).values_list("kind", "for_head")[:100])
    if unseen and any(head for _kind, head in unseen) and not is_head(actor):
        unseen = [row for row in unseen if not row[1]]
    if unseen:
        number = len(unseen)
        first = NoticeKind(unseen[0][0]).label
        words = ngettext("%(n)d notice about referrals", "%(n)d notices about referrals", number) % {"n": number}
        yield Waiting(words, reverse("referral:notices"), why=first)


def _meetings(actor: Actor) -> Iterable[Waiting]:
    """Seats at conferences that are to come, actions to answer, a lead that is proposed: numbers and days, no case."""
    for seat in conferences.seats_of(actor):
        if seat.present_at is None and seat.conference.status != ConferenceStatus.DECIDED:
            where = reverse("referral:conference", args=[seat.conference_id])
            title = _("%(number)s: take your seat") % {"number": seat.conference.number}
            yield Waiting(title, where, due_at=seat.conference.sits_at, urgent=seat.conference.urgent)
    for action in conferences.own_actions(actor):
        title = _("%(number)s: %(what)s, your action") % {"number": action.number, "what": action.item.get_kind_display()}
        due = datetime.combine(action.due_on, time.max, ZoneInfo(settings.TIME_ZONE))
        yield Waiting(title, reverse("referral:action", args=[action.pk]), due_at=due)
    if actor.role in LEADERS:
        for one in leads.proposed_to(actor).filter(status=TransferStatus.PROPOSED)[:20]:
            title = _("%(number)s: answer whether your service leads") % {"number": one.number}
            due_by = clocks.due_by_subject([one.pk], "lead_answer").get(one.pk)
            yield Waiting(title, reverse("referral:transfer", args=[one.pk]), due_at=due_by)


def _risen() -> Iterable[Waiting]:
    """What rose to the coordination: how many, as its pages show it, and no case."""
    late = counted().filter(status=ReferralStatus.OFFERED).exclude(escalated_further_at=None).count()
    if late:
        number = shown(late)
        words = _("Referrals have risen to the coordination: %(n)s") % {"n": f"< {K}" if number is None else number}
        yield Waiting(words, reverse("referral:delays"), urgent=True)


def is_head(actor: Actor) -> bool:
    """Whether the actor heads the service in this very job."""
    job = {"user": actor.user, "organisation_id": actor.organisation_id, "role": actor.role}
    return Membership.objects.filter(**job, supervisor=True, ended_at=None).exists()


def waiting(actor: Actor) -> Iterable[Waiting]:
    """Offers that wait for this service's answer, and what it waits for or owes on its own."""
    if actor.role in SENDERS:
        yield from _sent_waiting(actor)
    if policy.may_in_house(actor, Act.COORDINATE):
        yield from _risen()
    if actor.role not in RECEIVERS:
        return
    yield from _noticed(actor)
    yield from _meetings(actor)
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
                "asked_afterwards": one.consent_answer or None,
                "closed_because": one.closed_because or None,
                "ended_at": one.ended_at,
            },
        )
    for moved in Transfer.objects.visible_to(actor).filter(case_id=case_id).select_related("first", "second"):
        lead = {"number": moved.number, "first": moved.first.name, "second": moved.second.name, "status": moved.status}
        yield "transfer", {**lead, "proposed_at": moved.proposed_at, "answered_at": moved.answered_at}
    for sat in conferences.of_case(actor, case_id):
        # that it took place and who sat; the words are professional notes, which the person may ask for (RG27)
        seats = [f"{seat.organisation.name}, {seat.get_role_display()}" for seat in sat.all_seats()]
        yield "conference", {"number": sat.number, "status": sat.status, "sits_at": sat.sits_at, "seats": seats}
    for more in MoreAsked.objects.visible_to(actor).filter(case_id=case_id).select_related("referral__receiver"):
        yield (
            "request_for_more",
            {
                "number": more.referral.number,
                "receiver": more.referral.receiver.name,
                "section": Section(more.asked).code,
                "reason": more.reason,
                "status": more.status,
                "asked_at": more.asked_at,
                "answered_at": more.answered_at,
                "refusal": more.refusal or None,
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
                "closed_because": one.closed_because or None,
                "basis": "consent" if one.consent_id else one.vital_interest,
                "asked_afterwards": one.consent_answer or None,
                "urgent": one.urgent,
                "offered_on": one.offered_at.date() if one.offered_at else None,
                "answered_on": one.answered_at.date() if one.answered_at else None,
            }
            for one in Referral.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "transfer",
        (
            {
                "case_id": str(one.case_id),
                "status": one.status,
                "kept_because": one.kept_because or None,
                "proposed_on": one.proposed_at.date(),
                "answered_on": one.answered_at.date() if one.answered_at else None,
            }
            for one in Transfer.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "conference",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "status": one.status,
                "urgent": one.urgent,
                "decides_status": one.decides_status,
                "called_on": one.called_at.date(),
                "decided_on": one.decided_at.date() if one.decided_at else None,
            }
            for one in Conference.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
