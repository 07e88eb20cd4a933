"""The kinds of record of care: which table leads each, what its steps write down, which words they seal. One row here is one page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from havre.protection import models, workflow
from havre.trust.errors import Words
from havre.trust.kinds import Kind

# what sealed words are called where they are written and read
WORDS: dict[str, Words] = {
    "finding": _("What was found, in words"),
    "doubt": _("What raises the doubt, in words"),
    "account": _("In the person's own words"),
    "note": _("Note"),
    "child_views": _("What the child said, in the child's words"),
    "reasons": _("Reasons"),
    "dissent": _("What the member who disagrees says"),
    "wishes": _("What the person wishes and fears"),
    "task": _("What exactly"),
    "answer": _("What came of it"),
}


AGE_FIELDS = (
    "methods",
    "explained_at",
    "child_agreed_at",
    "guardian_agreed_at",
    "child_heard_at",
    "independent",
    "low_years",
    "high_years",
)
FREEDOM = ("free_to_come_and_go", "restriction", "authorised_by", "restricted_until")
RISKS = ("risk_here", "risk_there", "risk_assessed_at", "family_traced", "receiving_guardian_at")
JOURNEY = ("receiver", "receiver_name", "receiver_confirmed_at", "papers_at", "travelled_at")
BEST = ("members", "child_heard_at", "child_view", "accompanied", "outcome", "dissent", "review_on")

_ROWS = (
    Kind(
        "evidence", models.Evidence, workflow.EVIDENCE, "record",
        _("What speaks for and against each element: act, means, purpose. A decision that denies a status needs all of them."),
        {"record": ("element", "speaks", "source")}, {"record": ("element", "speaks", "source")}, {"record": ("finding",)},
    ),
    Kind(
        "age_assessment", models.AgeAssessment, workflow.AGE_ASSESSMENT, "ask",
        _("From the doubt on, and whenever it stays, the person is treated as a child."),
        {"ask": ("doubt",), "conclude": AGE_FIELDS}, {"ask": ("doubt",)}, {"ask": ("doubt",), "conclude": ("reasons",)},
    ),
    Kind(
        "attempt", models.ContactAttempt, workflow.ATTEMPT, "note",
        _("Only by a way that was agreed as safe, with neutral words."),
        {"note": ("happened_at", "channel", "result")}, {"note": ("channel", "result")},
    ),
    Kind(
        "refusal_notice", models.RefusalNotice, workflow.REFUSAL_NOTICE, "prepare",
        _("It holds gender and nationality, and nothing else ever leaves."),
        {}, by_hand=False,
    ),
    Kind(
        "safety_measure", models.SafetyMeasure, workflow.MEASURE, "plan",
        _("What is done about the danger, by whom, by when."),
        {"plan": ("measure", "owner", "by_when", "agreed")}, {"plan": ("measure", "owner", "by_when")}, {"plan": ("note",)},
    ),
    Kind(
        "safety_note", models.SafetyNote, workflow.SAFETY_NOTE, "write",
        _("For the safety of workers. The person is told that professional notes exist; this one is in no copy of the file."),
        {"write": ("risks", "care", "review_on")}, {"write": ("risks",)}, {"write": ("note",)},
    ),
    Kind(
        "follow_up", models.FollowUp, workflow.FOLLOW_UP, "schedule",
        _("1, 3, 6 and 12 months after the help ended, by the way that the person called safe."),
        {"schedule": ("months", "due_at"), "hold": ("channel", "findings", "retrafficking")},
        {"schedule": ("months", "due_at"), "hold": ("channel",)}, {"hold": ("account",)},
    ),
    Kind(
        "placement", models.Placement, workflow.PLACEMENT, "offer",
        _("The name of a house never says where it is. The person may refuse, and comes and goes freely."),
        {"offer": ("shelter", "informed_at"), "accept": ("informed_at", "answered_at", *FREEDOM), "review": FREEDOM, "leave": ("left_reason",)},
        {"offer": ("shelter",), "leave": ("left_reason",)},
    ),
    Kind(
        "day_log", models.DayLog, workflow.DAY_LOG, "write",
        _("One entry about one person. It does not say which house."),
        {"write": ("kind", "happened_at", "urgent")}, {"write": ("kind",)}, {"write": ("note",)},
    ),
    Kind(
        "interpreter", models.InterpreterBooking, workflow.BOOKING, "ask",
        _("Never somebody who came with the person. The person chooses a woman, a man, or says that it is all one."),
        {
            "ask": ("language", "gender_asked", "starts_at", "ends_at"),
            "confirm": ("interpreter", "interpreter_gender", "no_link", "starts_at", "ends_at"),
            "replace": ("replaced_because",),
        },
        {"ask": ("language", "gender_asked"), "replace": ("replaced_because",)},
    ),
    Kind(
        "beside", models.Beside, workflow.BESIDE_THE_PERSON, "name",
        _("A child without parents has a guardian at once; everyone may choose an advocate."),
        {"name": ("kind", "organisation", "named_by", "named_at", "independent")}, {"name": ("kind", "named_by")}, {"name": ("note",)},
    ),
    Kind(
        "best_interests", models.BestInterests, workflow.BEST_INTERESTS, "open",
        _("Before each step on a child: an assessment; before a return or a parting from the family: a determination by a panel."),
        {"open": ("kind", "before", "due_at"), "begin": ("members", "child_heard_at"), "decide": BEST},
        {"open": ("kind", "before"), "decide": ("outcome",)},
        {"begin": ("child_views",), "decide": ("reasons", "dissent")}, for_children=True,
    ),
    Kind(
        "health_note", models.HealthNote, workflow.HEALTH_NOTE, "write",
        _("Read by health professionals, and by others only where the person agreed."),
        {"write": ("kind", "happened_at", "agreed_at", "urgent", "review_on")}, {"write": ("kind",)}, {"write": ("note",)},
    ),
    Kind(
        "return", models.ReturnPlan, workflow.RETURN, "ask",
        _("Whoever proposes it, it goes on only while the person wants it, and stops at a word before the journey."),
        {
            "ask": ("country", "asked_by", "informed_at", "voluntary", "consent_at"),
            "assess": RISKS,
            "travel": JOURNEY,
            "follow_up": ("follow_up_months",),
            "stop": ("stop_reason",),
        },
        {"ask": ("country", "asked_by"), "stop": ("stop_reason",)}, {"ask": ("wishes",), "stop": ("reasons",)},
    ),
    Kind(
        "stay", models.StayApplication, workflow.STAY, "explain",
        _("On personal grounds or for cooperation; asylum stays open beside either."),
        {
            "explain": ("informed_at", "asylum_informed_at"),
            "apply": ("ground", "applied_at", "reference"),
            "grant": ("answered_at", "valid_until", "may_work"),
            "refuse": ("answered_at",),
        },
        {"apply": ("ground", "applied_at"), "grant": ("valid_until",)},
    ),
    Kind(
        "task", models.Task, workflow.TASK, "set",
        _("One thing, one owner, one day."),
        {"set": ("kind", "owner", "due_at"), "pass_on": ("owner",)}, {"set": ("kind", "due_at"), "pass_on": ("owner",)},
        {"set": ("task",), "do": ("answer",)},
    ),
    Kind(
        "assignment", models.Assignment, workflow.ASSIGNMENT, "take",
        _("Who in the service looks after this case. Access does not depend on it."),
        {"take": ("worker",)},
    ),
)  # fmt: skip
KINDS: dict[str, Kind] = {kind.code: kind for kind in _ROWS}
