"""Acts of a case conference: call, take a seat, open with a quorum, decide with reasons and dissent, answer the actions, close."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.referral.enums import ActionOutcome, AgendaKind, ConferenceStatus, Decision, NoticeKind
from havre.referral.models import ActionItem, AgendaItem, Conference, ConferenceDocument, Seat
from havre.referral.queries.conferences import DISSENT, MINUTES, REASONS, agenda_of, seat_of
from havre.referral.queries.offers import not_hidden
from havre.referral.services.notices import tell
from havre.referral.workflow import CONFERENCE, SITTERS
from havre.register.models import Attachment, Consent, Note, Person
from havre.trust import audit, grants, identity, overrides, policy
from havre.trust.actors import Actor
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models.accounts import job_holder

# what a seat opens ends at the latest so long after the sitting: minutes are read, actions are done (Havre's own value)
SEAT_LASTS = timedelta(days=30)
LONGEST = 4_000


@dataclass(frozen=True, slots=True)
class Invited:
    """One seat that the caller proposes. The caller's own organisation needs no consent: the case is its own."""

    organisation_id: UUID
    role: str
    chair: bool = False
    consent_id: UUID | None = None
    vital_interest: str = ""


@trust.act("conference.call")
def call(
    *,
    case_id: UUID,
    person_id: UUID,
    sits_at: datetime,
    seats: Sequence[Invited],
    agenda: Iterable[str],
    by: Actor,
    urgent: bool = False,
    decides_status: bool = False,
    documents: Iterable[UUID] = (),
    **child: Any,
) -> Conference:
    """Call a conference about one person: each seat is told by number, and reads the sections that its consent and its role allow.

    Args: documents, ids of notes and attachments of the person that the caller may read; child, as in a referral.
    A waiver that a supervisor signed upon the person is spent where it is needed.
    Raises: Missing; Refused, with every unmet condition, also a conflict of interest on record; Invalid.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    policy.require(by, Act.WRITE, Section.CASE, case_id)
    kinds = list(dict.fromkeys(agenda))
    if not kinds or [kind for kind in kinds if kind not in AgendaKind.values]:
        raise Invalid({"agenda": [_("choose at least one point of the list")]})
    conference = Conference(
        case_id=case_id, person=person, organisation_id=by.organisation_id, called_by=by.user, called_at=by.at, sits_at=sits_at,
        urgent=urgent, decides_status=decides_status, **child,
    )  # fmt: skip
    conference.proposed = tuple(_seat(conference, one, by) for one in seats)
    waiver = overrides.signed(subject_id=person.pk, workflow=CONFERENCE.name, step="call", by=by)
    conference.status = CONFERENCE.check(conference, move="call", by=by, override=waiver, about=person.pk).end
    try:
        with transaction.atomic():
            conference.save(force_insert=True)
            for seat in conference.proposed:
                seat.save(force_insert=True)
    except IntegrityError:
        raise Refused((_("a conference about this person is called already, or a seat is named twice"),)) from None
    for number, kind in enumerate(kinds, 1):
        AgendaItem(case_id=case_id, conference=conference, number=number, kind=kind).save(force_insert=True)
    _lay(conference, documents, by)
    for seat in conference.proposed:
        _invite(conference, seat, by)
    _record(conference, "call", by, {"seats": len(conference.proposed)})
    return conference


def _seat(conference: Conference, one: Invited, by: Actor) -> Seat:
    if one.role not in {role.value for role in SITTERS}:
        raise Invalid({"seats": [_("this role has no seat: choose another")]})
    consent = None
    if one.consent_id:
        consent = Consent.objects.visible_to(by).get_or_missing(pk=one.consent_id, case_id=conference.case_id)
    readable = Section.CASE
    for section in Section(consent.sections) if consent else Section.CASE:
        rule = policy.POLICY.rules.get((Act.READ, section, Role(one.role)))
        if consent and rule and Basis.CONSENT in rule.bases and rule.serves(Purpose(consent.purpose)):
            readable |= section
    return Seat(
        case_id=conference.case_id, conference=conference, organisation_id=one.organisation_id, role=one.role, chair=one.chair,
        sections=int(readable), consent=consent, vital_interest="" if consent else one.vital_interest,
    )  # fmt: skip


def _invite(conference: Conference, seat: Seat, by: Actor) -> None:
    """Open what the seat may read, for the purpose that the person agreed to, and tell it; the caller's own service reads already."""
    tell(NoticeKind.CALLED, about=conference, organisation_id=seat.organisation_id, role=seat.role, at=by.at)
    if seat.organisation_id == by.organisation_id:
        return
    sections = Section(seat.sections)
    grants.agreement_between(by.organisation_id, seat.organisation_id, sections=sections, at=by.at)
    purpose = Purpose(seat.consent.purpose) if seat.consent else ROLE_PURPOSES[Role(seat.role)][0]
    if purpose not in ROLE_PURPOSES[Role(seat.role)]:
        raise Invalid({"seats": [_("a seat's role does not work for the purpose that the person agreed to")]})
    last = conference.sits_at + SEAT_LASTS
    grants.give(
        holder=job_holder(seat.organisation_id, seat.role),
        case_id=conference.case_id,
        sections=sections,
        purpose=purpose,
        basis=Basis.CONSENT if seat.consent else Basis.VITAL_INTEREST,
        source_id=seat.pk,
        starts_at=by.at,
        ends_at=min(seat.consent.ends_at, last) if seat.consent else last,
    )


def _lay(conference: Conference, ids: Iterable[UUID], by: Actor) -> None:
    wanted = set(ids)
    who = {"case_id": conference.case_id, "person_id": conference.person_id, "pk__in": wanted}
    found = [("note", one) for one in Note.objects.visible_to(by).filter(**who)]
    found += [("attachment", one) for one in Attachment.objects.visible_to(by).filter(**who)]
    if len(found) < len(wanted):
        raise Missing
    for name, one in found:
        row = ConferenceDocument(case_id=conference.case_id, conference=conference, section_bit=one.section_bit, **{name: one})
        row.held_for_step = True
        row.save(force_insert=True)


@trust.act("conference.attend")
def attend(*, conference_id: UUID, no_conflict: bool, by: Actor) -> Seat:
    """Take one's seat and say that nobody of one's service is involved. Raises: Missing; Refused."""
    seat = seat_of(by, conference_id)
    if seat.conference.status not in {ConferenceStatus.CALLED, ConferenceStatus.SITTING} or seat.closed_at is not None:
        raise Refused((_("this conference takes no seat any more"),))
    if not no_conflict:
        raise Refused((_("say that nobody of your service is involved in or close to the matter; otherwise leave the seat to another"),))
    seat.present_at, seat.held_by, seat.no_conflict_declared = seat.present_at or by.at, by.user, True
    seat.save()
    audit.record(event="conference.attend", by=by, subject=seat.conference.person_id, case_id=seat.case_id)
    return seat


@trust.act("conference.open")
def open_sitting(*, conference_id: UUID, by: Actor, trained_member: bool = False) -> Conference:
    """Open the sitting. Raises: Missing without a seat; Refused without a quorum, each gap by its name."""
    conference = _held(conference_id, by)
    conference.trained_member = trained_member
    conference.status = _checked(conference, "open", by)
    conference.opened_at = by.at
    conference.save()
    _record(conference, "open", by, {"present": len(conference.present())})
    return conference


@trust.act("conference.point")
def settle(
    *, conference_id: UUID, item_id: UUID, decision: str, reasons: str, by: Actor, owner_id: UUID | None = None, due_on: date | None = None
) -> AgendaItem:
    """Write down what was decided on one point, why, and (when adopted) who does what by when. The reasons are sealed.

    Raises: Missing; Refused when it does not sit or for another than the chair; Invalid without reasons, owner or a day to come.
    """
    conference = _held(conference_id, by)
    _must_chair(conference, by)
    item = AgendaItem.objects.for_house("offers").get_or_missing(pk=item_id, conference=conference)
    _check_point(conference, decision, reasons, owner_id, due_on, by)
    item.decision, item.decided_at, item.reasoned = decision, by.at, True
    item.save()
    _seal(conference, REASONS, item.pk, reasons, by)
    ActionItem.objects.for_house("offers").filter(item=item).delete()
    if decision == Decision.ADOPTED and due_on is not None:
        owner = Seat.objects.for_house("offers").get_or_missing(pk=owner_id, conference=conference)
        action = ActionItem(case_id=conference.case_id, conference=conference, item=item, owner=owner, due_on=due_on)
        action.save(force_insert=True)
    audit.record(event="conference.point", by=by, subject=conference.person_id, case_id=conference.case_id, reason=decision)
    return item


def _check_point(conference: Conference, decision: str, reasons: str, owner_id: UUID | None, due_on: date | None, by: Actor) -> None:
    if conference.status != ConferenceStatus.SITTING:
        raise Refused((_("the conference does not sit: nothing is decided outside a sitting"),))
    problems: dict[str, list] = {}
    if decision not in Decision.values:
        problems["decision"] = [_("choose what was decided")]
    if not reasons.strip() or len(reasons) > LONGEST:
        problems["reasons"] = [_("write the reasons, in 4,000 characters at most")]
    if decision == Decision.ADOPTED:
        if owner_id is None:
            problems["owner"] = [_("say who does it")]
        if due_on is None or due_on < by.at.date():
            problems["due_on"] = [_("give a day that is still to come")]
    if problems:
        raise Invalid(problems)


@trust.act("conference.dissent")
def dissent(*, conference_id: UUID, words: str, by: Actor) -> Seat:
    """A seat that does not agree says so, and why; sealed with the minutes. Raises: Missing; Refused for who did not sit; Invalid."""
    seat = seat_of(by, conference_id)
    if not seat.present_at or seat.conference.status not in {ConferenceStatus.SITTING, ConferenceStatus.DECIDED}:
        raise Refused((_("only a seat that is present may dissent, until the conference is closed"),))
    if not words.strip() or len(words) > LONGEST:
        raise Invalid({"words": [_("write why, in 4,000 characters at most")]})
    seat.dissents = True
    seat.save()
    _seal(seat.conference, DISSENT, seat.pk, words, by)
    audit.record(event="conference.dissent", by=by, subject=seat.conference.person_id, case_id=seat.case_id)
    return seat


@trust.act("conference.decide")
def decide(*, conference_id: UUID, minutes: str, by: Actor) -> Conference:
    """End the sitting: every point has a decision with reasons, every adopted one an owner and a day; the minutes are sealed.

    Raises: Missing; Refused, with every gap; Invalid without minutes.
    """
    conference = _held(conference_id, by)
    conference.status = _checked(conference, "decide", by)
    if not minutes.strip() or len(minutes) > LONGEST:
        raise Invalid({"minutes": [_("write the minutes, in 4,000 characters at most")]})
    conference.decided_at = conference.minutes_at = by.at
    conference.save()
    _seal(conference, MINUTES, conference.pk, minutes, by)
    for action in ActionItem.objects.for_house("offers").filter(conference=conference).select_related("owner", "conference"):
        tell(NoticeKind.ACTION, about=action, organisation_id=action.owner.organisation_id, role=action.owner.role, at=by.at)
    _record(conference, "decide", by, {"points": len(agenda_of(conference))})
    return conference


@trust.act("conference.action")
def answer_action(*, action_id: UUID, outcome: str, by: Actor) -> ActionItem:
    """The owner says what came of an action. Raises: Missing for anybody else; Refused once answered; Invalid."""
    mine: Any = ActionItem.objects.for_house("offers").select_related("conference", "owner")
    mine = mine.filter(owner__organisation_id=by.organisation_id, owner__role=by.role)
    action: ActionItem = not_hidden(mine, by).select_for_update(of=("self",)).get_or_missing(pk=action_id)
    if outcome not in ActionOutcome.values:
        raise Invalid({"outcome": [_("choose an outcome from the list")]})
    if action.outcome:
        raise Refused((_("this action is answered already"),))
    action.outcome, action.answered_at = outcome, by.at
    action.save()
    audit.record(event="conference.action", by=by, subject=action.conference.person_id, case_id=action.case_id, reason=outcome)
    return action


@trust.act("conference.close")
def close_conference(*, conference_id: UUID, by: Actor) -> Conference:
    """Close: every action is answered, and what the seats had open closes. Raises: Missing; Refused."""
    conference = _held(conference_id, by)
    conference.status = CONFERENCE.check(conference, move="close", by=by).end
    _end(conference, at=by.at)
    _record(conference, "close", by)
    return conference


@trust.act("conference.cancel")
def cancel(*, conference_id: UUID, by: Actor) -> Conference:
    """Call it off: every seat is told and closes. Raises: Missing; Refused."""
    conference = Conference.objects.visible_to(by).select_related("person").get_for_step(pk=conference_id)
    conference.status = CONFERENCE.check(conference, move="cancel", by=by).end
    _call_off(conference, at=by.at)
    _record(conference, "cancel", by)
    return conference


def _call_off(conference: Conference, *, at: datetime) -> None:
    for seat in conference.all_seats():
        tell(NoticeKind.CANCELLED, about=conference, organisation_id=seat.organisation_id, role=seat.role, at=at)
    _end(conference, at=at)


def _end(conference: Conference, *, at: datetime) -> None:
    conference.ended_at = at
    conference.save()
    for seat in conference.all_seats():
        grants.end(at=at, source_id=seat.pk)


def close_seats_for_consent(consent: Consent, *, at: datetime, left: Section | None = None) -> int:
    """A withdrawn consent empties its seats at once: what they had open closes, and they are told. Gives how many.

    Args: left, the sections that a narrowed consent still names: a seat that reads no other stays.
    """
    done = 0
    held = Seat.objects.for_house("withdrawal").filter(consent=consent, closed_at=None).select_related("conference")
    for seat in held:
        if left is not None and not seat.sections & ~int(left):
            continue
        seat.closed_at = at
        seat.save()
        grants.end(at=at, source_id=seat.pk)
        tell(NoticeKind.CLOSED, about=seat.conference, organisation_id=seat.organisation_id, role=seat.role, at=at)
        done += 1
    return done


def sweep(at: datetime) -> int:
    """A conference that nobody opened within a day of its moment is off; an action past its day rises to its owner's head. Idempotent."""
    done = 0
    for conference in Conference.objects.for_house("clocks").filter(status=ConferenceStatus.CALLED, sits_at__lte=at - timedelta(days=1)):
        conference.status = CONFERENCE.check(conference, move="cancel", by=None).end
        _call_off(conference, at=at)
        done += 1
    today = at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    late = ActionItem.objects.for_house("clocks").filter(
        outcome="", due_on__lt=today, escalated_at=None, conference__status=ConferenceStatus.DECIDED
    )
    for action in late.select_related("owner", "conference"):
        action.escalated_at = at
        action.save()
        owner = {"organisation_id": action.owner.organisation_id, "role": action.owner.role}
        tell(NoticeKind.ACTION_LATE, about=action, at=at, for_head=True, **owner)
        tell(NoticeKind.ACTION_LATE, about=action, at=at, organisation_id=action.conference.organisation_id)
        done += 1
    return done


def _held(conference_id: UUID, by: Actor) -> Conference:
    """The conference, locked, for somebody with a seat. Raises: Missing."""
    seat_of(by, conference_id)
    held = Conference.objects.for_house("offers").select_related("person").select_for_update(of=("self",))
    return held.get_or_missing(pk=conference_id)


def _checked(conference: Conference, step: str, by: Actor) -> str:
    """The state after a step, with the waiver that was signed for it. Raises: Refused."""
    waiver = overrides.signed(subject_id=conference.pk, workflow=CONFERENCE.name, step=step, by=by)
    return CONFERENCE.check(conference, move=step, by=by, override=waiver).end  # type: ignore[no-any-return]


def _must_chair(conference: Conference, by: Actor) -> None:
    if not any(seat.chair and (seat.organisation_id, seat.role) == (by.organisation_id, by.role) for seat in conference.all_seats()):
        raise Refused((_("only the seat that leads the conference may do that"),))


def _seal(conference: Conference, kind: str, record_id: UUID, words: str, by: Actor) -> None:
    identity.write(
        by=by, case_id=conference.case_id, person_id=conference.person_id, section=Section.PROTECTION, kind=kind,
        body={"words": words.strip()}, record_id=record_id,
    )  # fmt: skip


def _record(conference: Conference, step: str, by: Actor, codes: dict[str, str | int] | None = None) -> None:
    audit.record(event=f"conference.{step}", by=by, subject=conference.person_id, case_id=conference.case_id, codes=codes)


__all__ = ["Invited", "answer_action", "attend", "call", "cancel", "close_conference", "decide", "dissent", "open_sitting", "settle"]
