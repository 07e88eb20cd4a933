"""Who may do what in care day by day: safety, shelter, interpreters, best interests, return, stay, the caseload."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from havre.protection.enums_care import (
    AssignmentState,
    BesideState,
    BestState,
    BookingState,
    FollowUpState,
    Kept,
    MeasureState,
    NoteState,
    PlacementState,
    ReturnState,
    StayState,
    TaskState,
)
from havre.protection.rights import AGREED, AUTHORITY, CARERS, CHILD, HELPERS, REVIEWER
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.enums import Role, Section
from havre.trust.law import RulePart
from havre.trust.workflow import Move, Right, Workflow

BEST_DUE = clocks.register_rule(
    clocks.ClockRule(
        "best_interests",
        "best_interests",
        _("Best interests decided"),
        Section.PROTECTION,
        parts=(RulePart(14, "days", "default.best_interests_days", "havre-1", "Havre; CRC art. 3", False),),
    )
)


def _moment(by: Actor | None) -> datetime:
    """When the table is asked: at the act, or now for the house."""
    return by.at if by else timezone.now()


# fmt: off
SAFE_WAY  = Right("safe_way",  met=lambda f: bool(f.channel), source="CoE Convention 2005, art. 28; IOM Handbook (case closure)",
                  refusal=_("say by which safe way the person was met"))
ROOM      = Right("room",      met=lambda p: p.has_room, source="Havre; CoE Convention 2005, art. 12(1)(a)",
                  refusal=_("this house has no free place now: choose another, or ask the coordinator"))
FREE      = Right("free",      gate="RG11", met=lambda p: p.is_free_or_limited_by_rule,
                  refusal=_("it is not recorded that the person is free to come and go, nor who authorised a limit and when it ends"))
NO_LINK   = Right("no_link",   gate="RG02", met=lambda b: b.no_link is True, overridable=False,
                  refusal=_("it is not recorded that the interpreter has no link with anyone concerned and did not come with the person"))
GENDER    = Right("gender",    met=lambda b: b.gender_kept, source="OHCHR Guideline 8; ODIHR NRM 2022",
                  refusal=_("the person asked for an interpreter of another gender"))
POSSIBLE  = Right("possible",  met=lambda b: b.is_possible, source="Havre",
                  refusal=_("choose an interpreter and the hours: somebody who has no other talk at that time"))
IMPARTIAL = Right("impartial", met=lambda g: g.independent is True, source="CRC General Comment 6, par. 33; UNICEF guidelines 2006",
                  refusal=_("whoever stands beside the person is independent of whoever decides on them: record it"))
HEARD     = Right("heard",     met=lambda b: b.child_heard_at is not None, source="CRC art. 12",
                  refusal=_("the child was not heard: say when, and what the child said"))
PANEL     = Right("panel",     met=lambda b: b.has_panel, source="UNHCR best-interests guidelines 2021",
                  refusal=_("name who takes part: a determination needs three members of two organisations at least"))
GUARDED   = Right("guarded",   met=lambda b: b.is_guarded, source="CRC art. 20; CoE Convention 2005, art. 10(4)",
                  refusal=_("no guardian is named and no parent without conflict of interest is there"))
CONCLUDED = Right("concluded", met=lambda b: bool(b.outcome and b.child_view), source="CRC art. 3, 12",
                  refusal=_("give the outcome, and the child's own view of it"))
REVIEWED  = Right("reviewed",  met=lambda b: b.review_on is not None, source="CRC art. 25",
                  refusal=_("say when it is looked at again"))
WANTED    = Right("wanted",    gate="RG10", met=lambda r: r.is_informed_and_wanted, overridable=False,
                  refusal=_("it is not recorded that the person was told of every possibility, wants the return freely and agreed"))
SAFE      = Right("safe",      gate="RG23", met_by=lambda r, by: r.is_assessed(_moment(by)),
                  refusal=_("the risks here and there are not assessed within 30 days, or the danger there is high: no journey then"))
AWAITED   = Right("awaited",   met_by=lambda r, by: r.is_awaited(_moment(by)), source="Havre; CoE Convention 2005, art. 16(5); ACTIP art. 15",
                  refusal=_("the organisation that receives has not confirmed within the seven days before the journey"))
INTEREST  = Right("interest",  gate="RG24", met=lambda r: r.is_in_the_childs_interest,
                  refusal=_("no determination says that this return is in the child's best interests, with family traced and a carer named"))
RECOVERED = Right("recovered", met_by=lambda r, by: not r.is_in_recovery(_moment(by)), source="CoE Convention 2005, art. 13; EU 2011/36 art. 11(6)",
                  refusal=_("the recovery and reflection period still runs: nobody travels before it is over, or before the person ends it, informed"))
DATED     = Right("dated",     met=lambda r: r.travelled_at is not None, source="CoE Convention 2005, art. 16",
                  refusal=_("enter the day of the journey"))
STOPPED   = Right("stopped",   met=lambda r: bool(r.stop_reason), source="CoE Convention 2005, art. 16(2)",
                  refusal=_("choose why it is stopped"))
STAYING   = Right("staying",   gate="RG22", met=lambda s: s.is_considered,
                  refusal=_("stay and asylum were not explained, or no application is in"))
GROUND    = Right("ground",    met=lambda s: bool(s.ground and s.applied_at), source="CoE Convention 2005, art. 14",
                  refusal=_("enter the ground and the day of the application"))
ENDS      = Right("ends",      met=lambda s: s.valid_until is not None, source="CoE Convention 2005, art. 14",
                  refusal=_("enter until when the right to stay is valid"))
TALKED    = Right("talked",    met=lambda n: n.agreed_at is not None, source="108+ art. 6; CoE Convention 2005, art. 12(7)",
                  refusal=_("it is not recorded that the person agreed to the examination or talk"))
MINE      = Right("mine",      met_by=lambda n, by: by is None or n.by_id == by.user.pk, source="108+ art. 5(4)(d)",
                  refusal=_("a note is corrected by whoever wrote it; write one of your own"))

M = MeasureState
MEASURE = Workflow("safety_measure", start=M.PLANNED, title=_("Safety plan"), moves=(
    Move("plan", None,      M.PLANNED, HELPERS, frozenset(), "CoE art. 12, 28", label=_("Agree on a measure")),
    Move("do",   M.PLANNED, M.DONE,    HELPERS, frozenset(), "CoE art. 12, 28", label=_("It is done")),
    Move("drop", M.PLANNED, M.DROPPED, HELPERS, frozenset(), "CoE art. 12(7)", label=_("Drop it with the person")),
))
SAFETY_NOTE = Workflow("safety_note", start=NoteState.STANDING, title=_("Safety of workers"), moves=(
    Move("write", None,               NoteState.STANDING, HELPERS, frozenset(), "ODIHR NRM 2022", label=_("Note a danger to workers")),
    Move("end",   NoteState.STANDING, NoteState.ENDED,    HELPERS, frozenset(), "108+ art. 5(4)(e)", label=_("It is over")),
))
F = FollowUpState
FOLLOW_UP = Workflow("follow_up", start=F.DUE, title=_("Follow-up"), moves=(
    Move("schedule", None,  F.DUE,         CARERS, frozenset(), "CoE art. 16(5); IOM Handbook", label=_("Plan a follow-up")),
    Move("hold",     F.DUE, F.HELD,        CARERS, {SAFE_WAY},  "CoE art. 16(5); IOM Handbook", label=_("It was held")),
    Move("miss",     F.DUE, F.NOT_REACHED, CARERS, frozenset(), "CoE art. 16(5)", label=_("The person was not reached")),
    Move("decline",  F.DUE, F.NOT_WANTED,  CARERS, frozenset(), "CoE art. 12(7)", label=_("The person does not want it")),
))
L = PlacementState
HOUSES = CARERS | {Role.SHELTER}
PLACEMENT = Workflow("placement", start=L.OFFERED, title=_("Place in a shelter"), moves=(
    Move("offer",  None,      L.OFFERED, HOUSES, {ROOM},         "CoE art. 12(1)(a)", label=_("Offer a place")),
    Move("accept", L.OFFERED, L.PLACED,  HOUSES, {AGREED, FREE}, "CoE art. 12(1)(a), 12(7); EU 2011/36 art. 11(5)", label=_("The person moves in")),
    Move("refuse", L.OFFERED, L.REFUSED, HOUSES, frozenset(),    "CoE art. 12(7)", label=_("The person does not want it")),
    Move("review", L.PLACED,  L.PLACED,  HOUSES, {FREE},         "OHCHR Guideline 6", label=_("Look again at coming and going")),
    Move("leave",  L.PLACED,  L.LEFT,    HOUSES, frozenset(),    "CoE art. 12(7)", label=_("The person leaves")),
))
DAY_LOG = Workflow("day_log", start=Kept.KEPT, title=_("Day log"), moves=(
    Move("write",   None,      Kept.KEPT,      HELPERS, frozenset(), "ODIHR NRM 2022", label=_("Write in the day log")),
    Move("correct", Kept.KEPT, Kept.CORRECTED, HELPERS, {MINE},      "108+ art. 5(4)(d)", label=_("A later entry corrects it")),
))
B = BookingState
BOOKING = Workflow("interpreter", start=B.ASKED, title=_("Interpreter"), moves=(
    Move("ask",     None,                   B.ASKED,     HELPERS, frozenset(),                 "CoE art. 12(1)(c)", label=_("Ask for an interpreter")),
    Move("confirm", B.ASKED,                B.CONFIRMED, HELPERS, {NO_LINK, GENDER, POSSIBLE}, "CoE art. 12(1)(c); OHCHR Guideline 8", label=_("Confirm the interpreter")),
    Move("hold",    B.CONFIRMED,            B.HELD,      HELPERS, frozenset(),                 "CoE art. 12(1)(c)", label=_("The talk was held")),
    Move("replace", B.CONFIRMED,            B.ASKED,     HELPERS, frozenset(),                 "CoE art. 12(7)", label=_("Ask for somebody else")),
    Move("cancel",  (B.ASKED, B.CONFIRMED), B.CANCELLED, HELPERS, frozenset(),                 "CoE art. 12(7)", label=_("Cancel")),
))
BESIDE_THE_PERSON = Workflow("beside", start=BesideState.NAMED, title=_("Guardian or advocate"), moves=(
    Move("name", None,              BesideState.NAMED, CARERS | AUTHORITY, {IMPARTIAL},  "CoE art. 10(4); CRC art. 20; EU 2011/36 art. 14, 16", label=_("Name a guardian or advocate")),
    Move("end",  BesideState.NAMED, BesideState.ENDED, CARERS | AUTHORITY, frozenset(),  "CRC art. 25", label=_("It ends")),
))
I = BestState  # noqa: E741
PANELS = CARERS | AUTHORITY | REVIEWER
BEST_INTERESTS = Workflow("best_interests", start=I.DUE, title=_("Best interests of the child"), moves=(
    Move("open",   None,          I.DUE,         PANELS, frozenset(), "CRC art. 3; CoE art. 10(4)", "best_interests", label=_("Open a procedure")),
    Move("begin",  I.DUE,         I.IN_PROGRESS, PANELS, frozenset(), "CRC art. 3, 12", label=_("Begin")),
    Move("decide", I.IN_PROGRESS, I.DECIDED,     PANELS, {HEARD, PANEL, GUARDED, CONCLUDED, REVIEWED}, "CRC art. 3, 12, 20; UNHCR 2021", "best_interests", label=_("Decide, with reasons and dissent")),
))
HEALERS = frozenset({Role.HEALTH})
HEALTH_NOTE = Workflow("health_note", start=Kept.KEPT, title=_("Health and psychosocial notes"), moves=(
    Move("write",   None,      Kept.KEPT,      HEALERS, {TALKED}, "108+ art. 6; CoE art. 12(1)(b)", label=_("Write a health note")),
    Move("correct", Kept.KEPT, Kept.CORRECTED, HEALERS, {MINE},   "108+ art. 5(4)(d)", label=_("A later note corrects it")),
))
R = ReturnState
RETURN = Workflow("return", start=R.PROPOSED, title=pgettext_lazy("to a country", "Return"), moves=(
    Move("ask",       None,                     R.PROPOSED, CARERS, {WANTED},                                         "CoE art. 16", label=_("Ask for a return")),
    Move("assess",    (R.PROPOSED, R.ASSESSED), R.ASSESSED, CARERS, {SAFE, INTEREST, CHILD},                          "CoE art. 16", label=_("Risks assessed in both countries")),
    Move("travel",    R.ASSESSED,               R.RETURNED, CARERS, {WANTED, SAFE, INTEREST, AWAITED, DATED, RECOVERED},"CoE art. 16; ACTIP art. 15", label=_("The person has travelled")),
    Move("follow_up", (R.RETURNED, R.FOLLOWED), R.FOLLOWED, CARERS, frozenset(),                                      "CoE art. 16(5); TRM 2010", label=_("The person was heard from")),
    Move("stop",      (R.PROPOSED, R.ASSESSED), R.STOPPED,  CARERS | {Role.GUARDIAN, Role.LEGAL_AID}, {STOPPED},      "CoE art. 16(2)", label=_("Stop the return")),
))
T = StayState
ADVISERS = CARERS | {Role.LEGAL_AID}
STAY = Workflow("stay", start=T.INFORMED, title=_("Right to stay"), moves=(
    Move("explain", None,                                   T.INFORMED,   CARERS,   {STAYING},         "CoE art. 12(1)(d), 14", label=_("Explain stay and asylum")),
    Move("apply",   (T.INFORMED, T.NOT_WANTED, T.GRANTED),  T.APPLIED,    ADVISERS, {STAYING, GROUND}, "CoE art. 14; EU 2004/81", label=_("Apply for stay")),
    Move("grant",   (T.APPLIED, T.APPEALED),                T.GRANTED,    ADVISERS, {ENDS},            "CoE art. 14", label=_("The stay is granted")),
    Move("refuse",  (T.APPLIED, T.APPEALED),                T.REFUSED,    ADVISERS, frozenset(),       "CoE art. 14", label=_("The authority refuses")),
    Move("appeal",  T.REFUSED,                              T.APPEALED,   ADVISERS, frozenset(),       "OHCHR Guideline 4", label=_("Appeal")),
    Move("forgo",   (T.INFORMED, T.APPLIED),                T.NOT_WANTED, ADVISERS, frozenset(),       "CoE art. 12(7)", label=_("The person does not want it")),
))
K = TaskState
TASK = Workflow("task", start=K.OPEN, title=_("Task"), moves=(
    Move("set",     None,   K.OPEN,    HELPERS, frozenset(), "ODIHR NRM 2022", label=_("Set a task")),
    Move("do",      K.OPEN, K.DONE,    HELPERS, frozenset(), "ODIHR NRM 2022", label=_("It is done")),
    Move("drop",    K.OPEN, K.DROPPED, HELPERS, frozenset(), "ODIHR NRM 2022", label=_("No longer needed")),
    Move("pass_on", K.OPEN, K.OPEN,    HELPERS, frozenset(), "ODIHR NRM 2022", label=_("Give it to somebody else")),
))
ASSIGNMENT = Workflow("assignment", start=AssignmentState.HELD, title=_("Who is in charge"), moves=(
    Move("take",    None,                 AssignmentState.HELD,      HELPERS, frozenset(), "ODIHR NRM 2022", label=_("Take charge")),
    Move("hand_on", AssignmentState.HELD, AssignmentState.HANDED_ON, HELPERS, frozenset(), "ODIHR NRM 2022", label=_("Hand on")),
))
# fmt: on
