"""Who may do what in screening, identification and assistance, after which rights, by which law.

A block binds the service: no row here stands before a bed, a doctor, an interpreter or a lawyer.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.protection.enums import (
    DENIAL_REASONS,
    AskState,
    DecisionBody,
    IdentificationStatus,
    PlanStatus,
    RecoveryAnswer,
    ScreeningState,
    ServiceStatus,
)
from havre.protection.rights import AGREED, AUTHORITY, BESIDE, CARERS, CHILD, FRONT_LINE, HELPERS, REVIEWER, TOLD
from havre.protection.workflow_care import (
    ASSIGNMENT,
    BESIDE_THE_PERSON,
    BEST_INTERESTS,
    BOOKING,
    DAY_LOG,
    FOLLOW_UP,
    HEALTH_NOTE,
    MEASURE,
    PLACEMENT,
    RETURN,
    SAFETY_NOTE,
    STAY,
    TASK,
)
from havre.protection.workflow_evidence import AGE_ASSESSMENT, ATTEMPT, EVIDENCE, REFUSAL_NOTICE
from havre.trust import clocks, law
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.law import RulePart
from havre.trust.workflow import Move, Right, Workflow

# a recovery period that ends within these days is spoken of before it is over
NOTICE_BEFORE = timedelta(days=7)
RECOVERY = clocks.register_rule(
    clocks.ClockRule(
        workflow="identification",
        name="recovery",
        title=_("Recovery and reflection period"),
        section=Section.PROTECTION,
        extend_on={
            "health": (_("state of health"), "CoE Convention 2005, art. 13; UK practice (extension on health grounds)"),
            "trauma": (_("trauma, the person cannot yet decide"), "CoE Convention 2005, art. 13; UK practice"),
            "intimidation": (_("intimidation or threats"), "CoE Convention 2005, art. 13, 28; UK practice"),
            "child": (_("best interests of the child"), "CoE Convention 2005, art. 10(4)"),
        },
        # no text that was read lets a service stop this period while the person is in need of it: a pause only ever gives time back
        pause_on={
            "hospital": (_("in hospital: the days are given back"), "Havre, in the person's favour; CoE Convention 2005, art. 13"),
            "not_found": (_("cannot be found: the days are given back"), "Havre, in the person's favour; CoE Convention 2005, art. 13"),
        },
        end_early_on={
            "person_asks": (_("the person asks for it, informed"), "Bulgaria NRM 2.2"),
            "public_order": (_("grounds of public order, decided by the authority"), "CoE Convention 2005, art. 13(3)"),
            "improper_claim": (_("the status was claimed improperly, decided by the authority"), "CoE Convention 2005, art. 13(3)"),
        },
    )
)
FIRST_NEEDS = clocks.register_rule(
    clocks.ClockRule(
        "assistance",
        "needs",
        _("Needs looked at together"),
        Section.PROTECTION,
        parts=(RulePart(72, "hours", "default.needs_hours", "havre-1", "Havre; CoE Convention 2005, art. 12", False),),
    )
)
REVIEW = clocks.register_rule(
    clocks.ClockRule(
        "assistance",
        "review",
        _("Plan and risk reviewed"),
        Section.PROTECTION,
        parts=(RulePart(30, "days", "default.plan_review_days", "havre-1", "Havre; Bulgaria NRM 1.2", False),),
    )
)
REVIEW_LIMIT = clocks.register_rule(
    clocks.ClockRule(
        "identification",
        "review_limit",
        _("Review of a negative decision may be asked for"),
        Section.FACTS,
        parts=(RulePart(30, "days", "default.review_limit_days", "havre-1", "Havre; OHCHR Guideline 2", False),),
        extend_on={
            "not_told": (_("the person was told late or not in their language"), "OHCHR Guideline 2"),
            "health": (_("state of health"), "CoE Convention 2005, art. 13"),
        },
    )
)
REVIEW_ANSWER = clocks.register_rule(
    clocks.ClockRule(
        "identification",
        "review_answer",
        _("Review decided"),
        Section.FACTS,
        parts=(RulePart(30, "days", "default.review_answer_days", "havre-1", "Havre; GRETA practice", False),),
    )
)


def recovery_over(identification: Any, at: datetime) -> bool:
    """Whether the period has run out, was ended on a listed ground, or is not wanted by the person."""
    if identification.recovery_answer == RecoveryAnswer.REFUSED:
        return True
    clock = clocks.latest(identification.pk, RECOVERY.name)
    if clock is None:
        return False
    due = clocks.due_at(clock)
    return clocks.state(clock) in {"ended", "ended_early", "expired"} or (due is not None and due <= at)


def _over(identification: Any, by: Actor | None) -> bool:
    return by is not None and recovery_over(identification, by.at)


# fmt: off
INFORMED   = Right("informed",   gate="RG01", met=lambda i: i.informed_at is not None and bool(i.language),
                   refusal=_("the person has not yet been told, in a language they understand, who asks and why"))
PRIVATE    = Right("private",    gate="RG02", met=lambda i: i.privacy_confirmed,
                   refusal=_("it is not recorded that the person was heard without the suspected person, with an independent interpreter"))
NEEDS_MET  = Right("needs_met",  gate="RG03", met=lambda i: i.needs_met_at is not None,
                   refusal=_("urgent safety and care were not recorded before the interview"))
AGE        = Right("age",        gate="RG04", met=lambda i: i.age_settled,
                   refusal=_("the age rests on nothing recorded: presume a child, or record what it rests on"))
HOLD       = Right("hold",       gate="RG05", met=lambda i: bool(i.removal_hold_ref),
                   refusal=_("no hold on removal is recorded: ask the migration authority for one and enter its reference"))
TOGETHER   = Right("together",   gate="RG06", met=lambda i: bool(i.body and i.reason) and i.organisations >= 2 and i.trained_member,
                   refusal=_("a decision needs its body, its reason, members of two organisations at least and one trained member"))
NOTICE     = Right("notice",     gate="RG07", met=lambda i: i.notice_at is not None,
                   refusal=_("the person has not yet received the reasoned decision and the way to have it reviewed"))
RECOVERED  = Right("recovery",   gate="RG08", met=lambda i: i.recovery_offered_at is not None and bool(i.recovery_answer),
                   refusal=_("the recovery and reflection period has not been offered"))
EQUAL      = Right("equal",      gate="RG28", met=lambda i: i.reason in DENIAL_REASONS,
                   refusal=_("a status is denied only for a listed reason about the facts"))
RUN_OUT    = Right("run_out",    met_by=_over, source="CoE Convention 2005, art. 10, 13",
                   refusal=_("the recovery period still runs: a negative decision waits for its end"))
OTHER      = Right("other",      met_by=lambda i, by: by is None or i.presumed_by_id != by.user.pk, source="CoE Convention 2005, art. 10; EU 2011/36 art. 11(4)",
                   refusal=_("the second decision is taken by another person than the first"))
OTHER_TIER = Right("other_tier", met_by=lambda i, by: by is None or by.user.pk not in {i.decided_by_id, i.presumed_by_id}, source="OHCHR Guideline 2",
                   refusal=_("a review is decided by somebody who took no earlier decision"))
# a status is given without waiting for paper, and denied only when each element was weighed
WEIGHED    = Right("weighed",    met=lambda i: i.elements_weighed, source="Palermo art. 3; UK statutory guidance (evidence by element)", effect="warn",
                   refusal=_("act, means and purpose are not each weighed: note what speaks for and against each"))
WEIGHED_NO = Right("weighed_no", met=lambda i: i.elements_weighed, source="Palermo art. 3; OHCHR Guideline 2",
                   refusal=_("a status is not denied before act, means and purpose are each weighed: note what speaks for and against each"))
SOUGHT     = Right("sought",     met=lambda i: i.is_sought, source="Havre; CoE Convention 2005, art. 12",
                   refusal=_("a person counts as not found after attempts on two different days, by a way that was agreed as safe"))
APPEAL_REF = Right("appeal_ref", met=lambda i: bool(i.appeal_ref), source="OHCHR Guideline 2",
                   refusal=_("enter the reference of the court"))
MULTIDISCIPLINARY = Right("multidisciplinary", source="B.E. 2565 (2022) national referral mechanism",
                   met=lambda i: i.body == DecisionBody.MULTIDISCIPLINARY_TEAM and len({m["profession"] for m in i.members}) >= 2,
                   refusal=_("in this country the multidisciplinary team decides: enter it, with members of two professions at least"))

S = IdentificationStatus
IDENTIFICATION = Workflow("identification", start=S.SCREENED, spare=(MULTIDISCIPLINARY,), title=_("Identification"), moves=(
    #    step              from                      to                    who                          only after                                          law
    Move("ask",            None,                     S.SCREENED,           FRONT_LINE | CARERS,         {INFORMED, PRIVATE, NEEDS_MET},                     "Palermo art. 6; CoE art. 10, 12", label=_("Screen")),
    Move("presume",        S.SCREENED,               S.PRESUMED,           AUTHORITY | {Role.FIRST_RESPONDER}, {INFORMED, AGE},                             "CoE art. 10(2)", label=_("Presume")),
    Move("open_recovery",  S.PRESUMED,               S.PRESUMED,           AUTHORITY,                   {HOLD, RECOVERED},                                  "CoE art. 10(2), 13", "recovery", label=_("Open the recovery period, hold removal")),
    Move("extend_recovery", S.PRESUMED,              S.PRESUMED,           AUTHORITY,                   {RECOVERED},                                        "CoE art. 13", "recovery", label=_("Extend the recovery period")),
    Move("extend_recovery", S.CONFIRMED,             S.CONFIRMED,          AUTHORITY,                   {RECOVERED},                                        "CoE art. 13", "recovery", label=_("Extend the recovery period")),
    Move("cut_recovery",   S.PRESUMED,               S.PRESUMED,           AUTHORITY,                   {RECOVERED},                                        "CoE art. 13(3)", "recovery", label=_("End the recovery period on a listed ground")),
    Move("pause_recovery", S.PRESUMED,               S.PRESUMED,           AUTHORITY,                   {RECOVERED},                                        "CoE art. 13", "recovery", label=_("Pause the recovery period: days are given back")),
    Move("resume_recovery", S.PRESUMED,              S.PRESUMED,           AUTHORITY,                   {RECOVERED},                                        "CoE art. 13", "recovery", label=_("Let the recovery period go on")),
    Move("confirm",        S.PRESUMED,               S.CONFIRMED,          AUTHORITY,                   {TOGETHER, RECOVERED, CHILD, NOTICE, OTHER, WEIGHED}, "CoE art. 10; EU 2011/36 art. 11(4)", label=_("Confirm")),
    Move("decline",        S.PRESUMED,               S.NOT_CONFIRMED,      AUTHORITY,                   {TOGETHER, RECOVERED, EQUAL, NOTICE, OTHER, RUN_OUT, WEIGHED_NO}, "CoE art. 10, 13", "review_limit", label=_("Do not confirm")),
    Move("leave",          (S.SCREENED, S.PRESUMED), S.DECLINED_BY_PERSON, BESIDE | AUTHORITY,          frozenset(),                                        "CoE art. 12(6)", label=_("The person stops")),
    Move("come_back",      S.DECLINED_BY_PERSON,     S.SCREENED,           BESIDE | AUTHORITY,          {INFORMED},                                         "CoE art. 12(6)", label=_("The person comes back")),
    Move("lose",           S.SCREENED,               S.NOT_FOUND,          BESIDE | AUTHORITY,          {SOUGHT},                                           "CoE art. 10, 12", label=_("The person cannot be found")),
    Move("lose",           S.PRESUMED,               S.PRESUMED_NOT_FOUND, BESIDE | AUTHORITY,          {SOUGHT},                                           "CoE art. 10, 12", "recovery", label=_("The person cannot be found")),
    Move("find",           S.NOT_FOUND,              S.SCREENED,           BESIDE | AUTHORITY,          frozenset(),                                        "CoE art. 10, 12", label=_("The person is found: go on where it stood")),
    Move("find",           S.PRESUMED_NOT_FOUND,     S.PRESUMED,           BESIDE | AUTHORITY,          frozenset(),                                        "CoE art. 10, 12", "recovery", label=_("The person is found: go on where it stood")),
    Move("ask_review",     S.NOT_CONFIRMED,          S.UNDER_REVIEW,       BESIDE,                      frozenset(),                                        "OHCHR Guideline 2", "review_answer", label=_("Ask for review")),
    Move("review_confirm", S.UNDER_REVIEW,           S.CONFIRMED,          REVIEWER,                    {TOGETHER, NOTICE, OTHER_TIER},                     "OHCHR Guideline 2; GRETA practice", label=_("Confirm on review")),
    Move("review_decline", S.UNDER_REVIEW,           S.NOT_CONFIRMED,      REVIEWER,                    {TOGETHER, NOTICE, EQUAL, OTHER_TIER, WEIGHED_NO},  "OHCHR Guideline 2; GRETA practice", label=_("Do not confirm on review")),
    Move("appeal",         S.NOT_CONFIRMED,          S.UNDER_APPEAL,       BESIDE,                      {APPEAL_REF},                                       "OHCHR Guideline 2", label=_("Appeal to a court")),
    Move("court_confirm",  S.UNDER_APPEAL,           S.CONFIRMED,          AUTHORITY | REVIEWER | {Role.LEGAL_AID}, frozenset(),                            "OHCHR Guideline 2", label=_("The court gives the status")),
    Move("court_decline",  S.UNDER_APPEAL,           S.NOT_CONFIRMED,      AUTHORITY | REVIEWER | {Role.LEGAL_AID}, frozenset(),                            "OHCHR Guideline 2", label=_("The court does not give the status")),
))

SCREENED_INFORMED = Right("informed",  gate="RG01", met=lambda s: s.information_given_at is not None and bool(s.language), refusal=INFORMED.refusal)
SCREENED_PRIVATE  = Right("private",   gate="RG02", met=lambda s: s.privacy_confirmed and (not s.interpreter or s.interpreter_conflict_checked), refusal=PRIVATE.refusal)
SCREENED_NEEDS    = Right("needs_met", gate="RG03", met=lambda s: s.needs_are_met, refusal=NEEDS_MET.refusal)
SCREENING = Workflow("screening", start=ScreeningState.RECORDED, title=_("Screening"), moves=(
    Move("record",  None,                    ScreeningState.RECORDED,  FRONT_LINE | CARERS, {SCREENED_INFORMED, SCREENED_PRIVATE, SCREENED_NEEDS}, "Palermo art. 6; CoE art. 10, 12", label=_("Record")),
    Move("confirm", ScreeningState.RECORDED, ScreeningState.CONFIRMED, FRONT_LINE | CARERS, frozenset(),                                           "CoE art. 10", label=_("Confirm the outcome")),
))

ASKED_IN_WORDS = Right("in_words", gate="RG01", met=lambda c: bool(c.language), refusal=_("the language in which the person was asked is not recorded"))
LATER_CONSENT = Workflow("later_consent", start=AskState.DUE, title=_("Consent asked later"), moves=(
    Move("keep_first",  None,                                   AskState.DUE,         FRONT_LINE | CARERS,                 frozenset(),       "108+ art. 5(2); GDPR art. 6(1)(d)", label=_("Keep first, ask later")),
    Move("agree",       (AskState.DUE, AskState.UNREACHABLE),   AskState.AGREED,      FRONT_LINE | CARERS,                 {ASKED_IN_WORDS},  "108+ art. 5(2)", label=_("The person agrees")),
    Move("refuse",      (AskState.DUE, AskState.UNREACHABLE),   AskState.REFUSED,     FRONT_LINE | CARERS,                 frozenset(),       "108+ art. 5(2), 9", label=_("The person does not agree")),
    Move("unreachable", AskState.DUE,                           AskState.UNREACHABLE, FRONT_LINE | CARERS,                 frozenset(),       "108+ art. 5(2)", label=_("The person cannot be reached")),
))

UNCONDITIONAL = Right("unconditional", gate="RG09", met=lambda p: not p.condition_flag, overridable=False,
                      refusal=_("help is recorded as depending on cooperation: take that condition away"))
FREE          = Right("free",          gate="RG11", met=lambda p: p.free_to_come_and_go is True,
                      refusal=_("it is not recorded that the person is free to come and go"))
SUPPORTED     = Right("supported",     gate="RG12", met=lambda p: p.has_services,
                      refusal=_("the plan holds no service yet"))
SAFE          = Right("safe",          gate="RG21", met=lambda p: p.threats_reviewed_at is not None,
                      refusal=_("threats were not looked at again"))
EXIT          = Right("exit",          gate="RG25", met=lambda p: p.exit_plan_at is not None,
                      refusal=_("no exit plan with a contact and a safe follow-up is recorded"))
OWN_VIEW      = Right("own_view",      met=lambda p: bool(p.own_view), source="CoE Convention 2005, art. 12(7); ODIHR NRM 2022",
                      refusal=_("ask the person how it went, and note it: that they did not wish to say is an answer"))
P = PlanStatus
PLAN = Workflow("plan", start=P.RUNNING, title=_("Assistance plan"), moves=(
    Move("start",     None,                                P.RUNNING,   HELPERS,                         frozenset(),                               "CoE art. 12", "needs", label=_("Start urgent help")),
    Move("propose",   (P.RUNNING, P.REFUSED, P.FOLLOW_UP), P.PROPOSED,  CARERS,                          {UNCONDITIONAL, TOLD, FREE, SUPPORTED},    "CoE art. 12", "needs", label=_("Propose the plan")),
    Move("accept",    P.PROPOSED,                          P.ACCEPTED,  CARERS | {Role.GUARDIAN},        {AGREED, CHILD},                           "CoE art. 12(7)", "review", label=_("The person accepts")),
    Move("refuse",    P.PROPOSED,                          P.REFUSED,   CARERS | {Role.GUARDIAN},        {AGREED},                                  "CoE art. 12(7)", label=_("The person does not want it")),
    Move("review",    P.ACCEPTED,                          P.ACCEPTED,  CARERS,                          {AGREED, FREE, SUPPORTED, SAFE},           "CoE art. 12", "review", label=_("Review risk and plan")),
    Move("follow_up", (P.ACCEPTED, P.REFUSED),             P.FOLLOW_UP, CARERS,                          {EXIT, CHILD},                             "CoE art. 16(5)", "follow_up", label=_("Move to follow-up")),
    Move("close",     (P.ACCEPTED, P.REFUSED, P.FOLLOW_UP), P.CLOSED,   CARERS,                          {EXIT, CHILD, OWN_VIEW},                   "CoE art. 16(5)", "review", label=_("Close")),
))

V = ServiceStatus
SERVICE = Workflow("service", start=V.PROPOSED, title=pgettext_lazy("assistance", "Service"), moves=(
    Move("offer",       None,                                V.PROPOSED,    HELPERS,                          frozenset(),    "CoE art. 12", label=_("Offer")),
    Move("accept",      V.PROPOSED,                          V.ACCEPTED,    HELPERS | {Role.GUARDIAN},        {AGREED},       "CoE art. 12(7)", label=_("The person accepts")),
    Move("refuse",      (V.PROPOSED, V.ACCEPTED, V.RUNNING), V.REFUSED,     HELPERS | {Role.GUARDIAN},        frozenset(),    "CoE art. 12(7)", label=_("The person does not want it")),
    Move("begin",       (V.PROPOSED, V.ACCEPTED),            V.RUNNING,     HELPERS,                          {AGREED},       "CoE art. 12", label=_("Begin")),
    Move("unavailable", (V.PROPOSED, V.ACCEPTED),            V.UNAVAILABLE, HELPERS,                          frozenset(),    "EU 2011/36 art. 11(5)", label=_("Not available")),
    Move("end",         V.RUNNING,                           V.ENDED,       HELPERS,                          frozenset(),    "CoE art. 12", label=_("End")),
    Move("offer_again", (V.REFUSED, V.UNAVAILABLE, V.ENDED), V.PROPOSED,    HELPERS,                          frozenset(),    "CoE art. 12(7)", label=_("Offer again")),
))
# fmt: on
# every table of this part, in the order of the guide
TABLES = (
    SCREENING,
    IDENTIFICATION,
    EVIDENCE,
    AGE_ASSESSMENT,
    ATTEMPT,
    REFUSAL_NOTICE,
    PLAN,
    SERVICE,
    LATER_CONSENT,
    MEASURE,
    SAFETY_NOTE,
    FOLLOW_UP,
    PLACEMENT,
    DAY_LOG,
    BOOKING,
    BESIDE_THE_PERSON,
    BEST_INTERESTS,
    HEALTH_NOTE,
    RETURN,
    STAY,
    TASK,
    ASSIGNMENT,
)


@cache
def identification(country: str) -> Workflow:
    """The identification table of one country, by its two letters."""
    rows = law.variant_rows("identification", country)
    return IDENTIFICATION.variant(country.lower(), rows) if rows else IDENTIFICATION
