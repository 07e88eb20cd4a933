"""Who may do what in a referral and in a request for more, after which rights, by which law; and the periods that make both answer."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from havre.referral.enums import DeclineReason, MoreReason, MoreRefusal, MoreStatus, ReferralStatus
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.law import RulePart
from havre.trust.policy.table import CARERS, CASE_HOLDERS, FRONT_LINE, POLICY
from havre.trust.workflow import ENGINE, Move, Right, Workflow

SENDERS = CARERS | FRONT_LINE
RECEIVERS = frozenset(CASE_HOLDERS - {Role.INTERPRETER})


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
