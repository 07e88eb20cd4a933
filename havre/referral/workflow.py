"""Who may do what in a referral and in a request for more, after which rights, by which law; and the periods that make both answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.referral.enums import (
    REFUSALS_OF_A_LEAD,
    ConferenceStatus,
    DeclineReason,
    MoreReason,
    MoreRefusal,
    MoreStatus,
    ReferralStatus,
    TransferStatus,
    Way,
)
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.law import RulePart
from havre.trust.policy.table import CARERS, CASE_HOLDERS, DECIDERS, FRONT_LINE, POLICY
from havre.trust.workflow import ENGINE, Move, Right, Workflow

SENDERS = CARERS | FRONT_LINE
RECEIVERS = frozenset(CASE_HOLDERS - {Role.INTERPRETER})
LEADERS = CARERS
CALLERS = CARERS | DECIDERS
# who may have a seat: everybody who holds cases but interpreters, who serve and do not decide
SITTERS = RECEIVERS


def readable_on_referral(role: Role | str, section: Section) -> bool:
    """Whether an accepted referral lets this role read the section; by another basis (a law, an emergency) it may all the same."""
    rule = POLICY.rules.get((Act.READ, section, Role(role)))
    return rule is not None and Basis.REFERRAL in rule.bases


def _rule(name: str, title: Any, *parts: RulePart) -> clocks.ClockRule:
    return clocks.register_rule(clocks.ClockRule("referral", name, title, Section.PROTECTION, parts))


ACKNOWLEDGE_PARTS = RulePart(24, "hours", "default.referral_acknowledge_hours", "havre-1", "Havre; Bulgaria NRM 1.4", False)
URGENT_PARTS = RulePart(2, "hours", "default.referral_urgent_hours", "havre-1", "Havre; Bulgaria NRM 1.4", False)
ACKNOWLEDGE = _rule("acknowledge", _("Receipt acknowledged"), ACKNOWLEDGE_PARTS)
ANSWER = _rule(
    "answer",
    _("Answer to the referral"),
    RulePart(3, "working_days", "default.referral_answer_days", "havre-1", "Havre; EU 2011/36 art. 11(4)", False),
)
FEEDBACK = _rule(
    "feedback",
    _("Outcome told to the person"),
    RulePart(5, "days", "default.referral_feedback_days", "havre-1", "Havre; Bulgaria NRM 1.4", False),
)
MORE = _rule(
    "more",
    _("Answer to the request for more"),
    RulePart(3, "working_days", "default.referral_more_days", "havre-1", "Havre; EU 2011/36 art. 11(4)", False),
)
ASK_CONSENT = _rule(
    "ask_consent",
    _("Consent asked after the urgency"),
    RulePart(72, "hours", "default.referral_ask_consent_hours", "havre-1", "Havre; ODIHR NRM Handbook 2022", False),
)
FOLLOW_UP = _rule(
    "follow_up",
    _("Contact after the help ended"),
    RulePart(30, "days", "default.referral_follow_up_days", "havre-1", "Havre; Bulgaria NRM 1.4", False),
)
LEAD_ANSWER = _rule(
    "lead_answer",
    _("Answer to the proposal to lead"),
    RulePart(5, "days", "default.transfer_answer_days", "havre-1", "Havre; SORMAS#8576", False),
)
HAND_OVER = _rule(
    "hand_over",
    _("Hand-over of the case"),
    RulePart(24, "hours", "default.transfer_hand_over_hours", "havre-1", "Havre; globaleaks#4676", False),
)


def _based(referral: Any, by: Actor | None) -> bool:
    return by is not None and referral.has_basis(at=by.at)


def _received(referral: Any, by: Actor | None) -> bool:
    return by is not None and (referral.receiver_id, referral.receiver_role) == (by.organisation_id, by.role)


def _sent(referral: Any, by: Actor | None) -> bool:
    # the house itself acts for the person who withdrew
    return by is None or referral.sender_id == by.organisation_id


def _covered(more: Any, by: Actor | None) -> bool:
    return by is not None and more.covered(at=by.at)


def _accredited(referral: Any, by: Actor | None) -> bool:
    return by is not None and referral.service_accredited(at=by.at)


def _place(referral: Any, by: Actor | None) -> bool:
    return by is not None and referral.service_has_place(at=by.at)


# fmt: off
BASED     = Right("based",     gate="RG14", met_by=_based, overridable=False,
                  refusal=_("no live consent covers this receiver, purpose and these sections, and no vital interest is recorded"))
CHILD     = Right("child",     gate="RG13", met=lambda r: r.child_protected,
                  refusal=_("best interests, the child's own views and a guardian are not all recorded"))
UNCONDITIONAL = Right("unconditional", gate="RG09", met=lambda r: not r.condition_flag, overridable=False,
                  refusal=_("help is recorded as depending on cooperation: take that condition away"))
WANTED    = Right("wanted",    gate="RG10", met_by=_based, overridable=False,
                  refusal=_("the person's consent no longer stands: ask again before going on"))
ANSWERED  = Right("answered",  gate="RG15", met=lambda r: r.acknowledged_at is not None,
                  refusal=_("receipt was not acknowledged before"))
TOLD      = Right("told",      gate="RG15", met=lambda r: r.person_told_at is not None,
                  refusal=_("the person has not yet been told the outcome"))
EQUAL     = Right("equal",     gate="RG28", met=lambda r: r.decline_reason in DeclineReason.values, overridable=False,
                  refusal=_("a referral is declined for a listed reason only, and none is about who the person is"))
RECEIVED  = Right("received",  met_by=_received, source="CoE Convention 2005, art. 11",
                  refusal=_("only the service it was offered to may answer"))
SENT      = Right("sent",      met_by=_sent, source="CoE Convention 2005, art. 11",
                  refusal=_("only the service that sent it may do that"))
NO_CONFLICT = Right("no_conflict", met=lambda r: r.no_conflict_declared, source="Convention 108+ art. 7; OHCHR Guideline 6",
                  refusal=_("say that nobody of your service is involved in or close to the matter"))
OUTCOME   = Right("outcome",   met=lambda r: bool(r.outcome), source="Bulgaria NRM 1.4",
                  refusal=_("choose the outcome that goes back to the sender"))
OUTSIDE   = Right("outside",   met=lambda r: r.way != Way.ACCOUNT, source="community.primero.org/t/156",
                  refusal=_("the service has an account: it answers for itself"))
OPEN_SERVICE = Right("open_service", met=lambda r: r.service_open(), source="Bulgaria NRM 1.4 (contact and capacity check)",
                  refusal=_("this service says that it is closed for now: choose another from the directory"))
ACCREDITED = Right("accredited", met_by=_accredited, source="CoE Convention 2005, art. 12(6), 12(7); ODIHR NRM Handbook 2022",
                  refusal=_("no accreditation of this service is in force: nobody is sent there; choose another from the directory"))
PLACE     = Right("place",     met_by=_place, source="Bulgaria NRM 1.4 (contact and capacity check)",
                  refusal=_("the service says that it has no free place: choose another that fits, or say why it is sent all the same"))
FITS      = Right("fits",      met=lambda r: r.service_fits(), effect="warn", source="Bulgaria NRM 1.4 (contact and capacity check)",
                  refusal=_("the directory says that this service does not serve such a person"))

S = ReferralStatus
REFERRAL = Workflow("referral", start=S.DRAFT, title=_("Referral"), moves=(
    #    step          from                                           to           who                      only after                            law
    Move("prepare",     None,                                          S.DRAFT,     SENDERS,                 {BASED},                              "CoE art. 11", label=_("Prepare")),
    Move("offer",       S.DRAFT,                                       S.OFFERED,   SENDERS,                 {BASED, CHILD, SENT, OPEN_SERVICE, ACCREDITED, PLACE, FITS}, "CoE art. 11; Bulgaria NRM 1.4", "acknowledge, answer", label=_("Offer")),
    Move("acknowledge", S.OFFERED,                                     S.OFFERED,   RECEIVERS,               {RECEIVED},                           "Bulgaria NRM 1.4", "acknowledge", label=_("Acknowledge receipt")),
    Move("accept",      S.OFFERED,                                     S.ACCEPTED,  RECEIVERS,               {RECEIVED, NO_CONFLICT, BASED, ANSWERED, ACCREDITED}, "EU 2011/36 art. 11(4)", "answer", label=_("Accept")),
    Move("decline",     S.OFFERED,                                     S.DECLINED,  RECEIVERS,               {RECEIVED, EQUAL, ANSWERED},          "EU 2011/36 art. 11(4)", "answer", label=_("Decline")),
    Move("start",       S.ACCEPTED,                                    S.RUNNING,   RECEIVERS,               {RECEIVED, UNCONDITIONAL, WANTED},    "CoE art. 12", label=_("Start")),
    Move("complete",    (S.ACCEPTED, S.RUNNING),                       S.COMPLETED, RECEIVERS,               {RECEIVED, OUTCOME, TOLD},            "Bulgaria NRM 1.4", "feedback", label=_("Complete, outcome to the sender")),
    Move("tell_person", S.COMPLETED,                                   S.COMPLETED, SENDERS | RECEIVERS,     frozenset(),                          "Bulgaria NRM 1.4", "feedback", label=_("The person was told")),
    Move("follow_up",   S.COMPLETED,                                   S.COMPLETED, SENDERS,                 {SENT},                               "Bulgaria NRM 1.4", "follow_up", label=_("Contact after the help")),
    Move("ask_consent", S.OFFERED,                                     S.OFFERED,   SENDERS,                 {SENT},                               "CoE art. 11; 108+ art. 5(2)", "ask_consent", label=_("Ask the consent afterwards")),
    Move("ask_consent", S.ACCEPTED,                                    S.ACCEPTED,  SENDERS,                 {SENT},                               "CoE art. 11; 108+ art. 5(2)", "ask_consent", label=_("Ask the consent afterwards")),
    Move("ask_consent", S.RUNNING,                                     S.RUNNING,   SENDERS,                 {SENT},                               "CoE art. 11; 108+ art. 5(2)", "ask_consent", label=_("Ask the consent afterwards")),
    Move("accepted_outside", S.OFFERED,                                S.ACCEPTED,  SENDERS,                 {SENT, OUTSIDE, BASED},               "CoE art. 11; Bulgaria NRM 1.4", "answer", label=_("They accepted, by telephone")),
    Move("declined_outside", S.OFFERED,                                S.DECLINED,  SENDERS,                 {SENT, OUTSIDE, EQUAL},               "CoE art. 11; Bulgaria NRM 1.4", "answer", label=_("They declined, by telephone")),
    Move("ended_outside", S.ACCEPTED,                                  S.COMPLETED, SENDERS,                 {SENT, OUTSIDE, OUTCOME},             "Bulgaria NRM 1.4", "feedback", label=_("They told the outcome")),
    Move("withdraw",    (S.DRAFT, S.OFFERED, S.ACCEPTED, S.RUNNING),   S.WITHDRAWN, SENDERS | {ENGINE},      {SENT},                               "CoE art. 11, 12(7)", "answer", label=_("Withdraw")),
    Move("expire",      (S.OFFERED, S.ACCEPTED, S.RUNNING),            S.EXPIRED,   {ENGINE},                frozenset(),                          "CoE art. 11", "answer", label=_("Expire")),
))

M = MoreStatus
ASKABLE   = Right("askable",   met=lambda m: m.referral.status in {S.OFFERED, S.ACCEPTED, S.RUNNING}, source="CoE Convention 2005, art. 11",
                  refusal=_("this referral is over: a new one is needed"))
WHY       = Right("why",       met=lambda m: m.reason in MoreReason.values, source="108+ art. 5(4)(c); RG14",
                  refusal=_("say why the part is needed: choose a reason of the list"))
COVERED   = Right("covered",   gate="RG14", met_by=_covered, overridable=False,
                  refusal=_("no live consent covers this part, for this service and purpose: ask the person first"))
WHY_NOT   = Right("why_not",   met=lambda m: m.refusal in MoreRefusal.values, source="EU 2011/36 art. 11(4)",
                  refusal=_("say why the part stays closed: choose a reason of the list"))
REQUEST = Workflow("more", start=M.ASKED, title=_("Request for more"), moves=(
    #    step      from      to         who                 only after                  law
    Move("ask",    None,     M.ASKED,   RECEIVERS,          {RECEIVED, ASKABLE, WHY},   "CoE art. 11; 108+ art. 5(4)(c)", "more", label=_("Ask for more")),
    Move("give",   M.ASKED,  M.GIVEN,   SENDERS,            {SENT, ASKABLE, COVERED},   "CoE art. 11", "more", label=_("Open the part")),
    Move("refuse", M.ASKED,  M.REFUSED, SENDERS,            {SENT, WHY_NOT},            "CoE art. 11", "more", label=_("Leave it closed")),
    Move("lapse",  M.ASKED,  M.LAPSED,  {ENGINE},           frozenset(),                "EU 2011/36 art. 11(4)", "more", label=_("Lapse")),
))
# fmt: on


def _leads(transfer: Any, by: Actor | None) -> bool:
    return by is None or transfer.first_id == by.organisation_id


def _chosen(transfer: Any, by: Actor | None) -> bool:
    return by is not None and (transfer.second_id, transfer.second_role) == (by.organisation_id, by.role)


def _lead_covered(transfer: Any, by: Actor | None) -> bool:
    return by is not None and transfer.covered(at=by.at)


# fmt: off
LEADS     = Right("leads",     met_by=_leads, source="SORMAS#8576; CoE Convention 2005, art. 11",
                  refusal=_("only the service that leads the case may do that"))
CHOSEN    = Right("chosen",    met_by=_chosen, source="CoE Convention 2005, art. 11",
                  refusal=_("only the service it was proposed to may answer"))
AGREED    = Right("agreed",    gate="RG14", met_by=_lead_covered, overridable=False,
                  refusal=_("not every person of the case has agreed that this service leads, with these parts of the file"))
CLOCKS_READ = Right("clocks_read", met=lambda t: t.clocks_open <= t.clocks_read, source="globaleaks#4676, #3647",
                  refusal=_("a period of the case has been added since you read the list: read it again, then accept"))
KEPT_FOR  = Right("kept_for",  gate="RG28", met=lambda t: t.kept_because in REFUSALS_OF_A_LEAD, overridable=False,
                  refusal=_("a lead is refused for a listed reason only, and none is about who the person is"))

T = TransferStatus
TRANSFER = Workflow("transfer", start=T.PROPOSED, title=_("Transfer of the lead"), moves=(
    #    step         from           to             who               only after                                  law
    Move("propose",   None,          T.PROPOSED,    LEADERS,          {LEADS, AGREED, CHILD},                     "CoE art. 11; SORMAS#8576", "lead_answer", label=_("Propose the lead")),
    Move("accept",    T.PROPOSED,    T.TRANSFERRED, LEADERS,          {CHOSEN, NO_CONFLICT, AGREED, CLOCKS_READ}, "CoE art. 11; globaleaks#4676", "hand_over", label=_("Take the lead")),
    Move("refuse",    T.PROPOSED,    T.HELD,        LEADERS,          {CHOSEN, KEPT_FOR},                         "SORMAS#4423", "lead_answer", label=_("Leave the lead")),
    Move("take_back", T.PROPOSED,    T.HELD,        LEADERS | {ENGINE}, {LEADS},                                  "SORMAS#4423", "lead_answer", label=_("Take the proposal back")),
    Move("lapse",     T.PROPOSED,    T.HELD,        {ENGINE},         frozenset(),                                "SORMAS#4423", "lead_answer", label=_("Lapse")),
    Move("hand_over", T.TRANSFERRED, T.TRANSFERRED, LEADERS,          {CHOSEN},                                   "globaleaks#4676", "hand_over", label=_("Hand-over done")),
))
# fmt: on


def _calls(conference: Any, by: Actor | None) -> bool:
    return by is None or conference.organisation_id == by.organisation_id


def _seats_covered(conference: Any, by: Actor | None) -> bool:
    return by is not None and conference.seats_covered(at=by.at)


def _chairs(conference: Any, by: Actor | None) -> bool:
    return by is not None and any(
        seat.chair and (seat.organisation_id, seat.role) == (by.organisation_id, by.role) for seat in conference.all_seats()
    )


# fmt: off
CALLED_BY = Right("caller",    met_by=_calls, source="ODIHR NRM Handbook 2022",
                  refusal=_("only the service that called the conference may do that"))
SEATS     = Right("seats",     gate="RG14", met_by=_seats_covered, overridable=False,
                  refusal=_("not every seat rests on a live consent of the person for that service and those parts of the file"))
NOTICE    = Right("notice",    met=lambda c: c.notice_given, source="ODIHR NRM Handbook 2022",
                  refusal=_("seats are told two days before, four hours when urgent: choose a later moment"))
ONE_CHAIR = Right("one_chair", met=lambda c: c.has_one_chair(), source="Bulgaria NRM, children, 1.2",
                  refusal=_("one seat leads the conference: say which"))
CHAIRS    = Right("chairs",    met_by=_chairs, source="Bulgaria NRM, children, 1.2",
                  refusal=_("only the seat that leads the conference may do that"))
CHAIR_HERE = Right("chair_here", met=lambda c: c.chair_present(), source="Bulgaria NRM, children, 1.2",
                  refusal=_("the seat that leads is not present, or has not declared that it has no conflict of interest"))
ENOUGH    = Right("enough",    met=lambda c: c.enough_present(), source="ODIHR NRM Handbook 2022",
                  refusal=_("fewer than three seats are present without a conflict of interest"))
TWO_BODIES = Right("two_bodies", met=lambda c: c.bodies_present(), source="ODIHR NRM Handbook 2022; RG06",
                  refusal=_("those present come from one organisation only: at least two sit"))
CHILD_SEAT = Right("child_seat", met=lambda c: c.child_seat_present(), applies_to="child", source="Bulgaria NRM, children, 1.2; CRC art. 3",
                  refusal=_("nobody of child protection and no guardian is present, and the person is a child"))
STATUS    = Right("status",    gate="RG06", met=lambda c: c.status_quorum(),
                  refusal=_("it decides on identification: the authority, two organisations and a trained member must be present"))
REASONED  = Right("reasoned",  met=lambda c: c.all_decided(), source="Bulgaria NRM, children, 1.2",
                  refusal=_("a point of the agenda has no decision, or a decision has no reasons"))
OWNED     = Right("owned",     met=lambda c: c.all_owned(), source="Bulgaria NRM, children, 1.2",
                  refusal=_("a decision that was adopted has no action with an owner and a day"))
ACTIONS   = Right("actions",   met=lambda c: c.all_answered(), source="Bulgaria NRM, children, 1.2",
                  refusal=_("an action has no answer yet"))

C = ConferenceStatus
CONFERENCE = Workflow("conference", start=C.CALLED, title=_("Case conference"), moves=(
    #    step      from       to           who                  only after                                                          law
    Move("call",   None,      C.CALLED,    CALLERS,             {SEATS, CHILD, NOTICE, ONE_CHAIR},                                  "ODIHR NRM Handbook 2022", label=_("Call")),
    Move("open",   C.CALLED,  C.SITTING,   SITTERS,             {CHAIRS, CHAIR_HERE, ENOUGH, TWO_BODIES, CHILD_SEAT, STATUS},       "Bulgaria NRM, children, 1.2", label=_("Open the sitting")),
    Move("decide", C.SITTING, C.DECIDED,   SITTERS,             {CHAIRS, STATUS, CHILD, REASONED, OWNED},                           "Bulgaria NRM, children, 1.2", label=_("Decide")),
    Move("close",  C.DECIDED, C.CLOSED,    SITTERS,             {CHAIRS, ACTIONS},                                                  "Bulgaria NRM, children, 1.2", label=pgettext_lazy("a conference", "Close")),
    Move("cancel", C.CALLED,  C.CANCELLED, CALLERS | {ENGINE},  {CALLED_BY},                                                        "ODIHR NRM Handbook 2022", label=_("Cancel")),
))
# fmt: on
