"""What protection puts on a case's timeline: one line of the table a kind of record, each read in its own section."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from havre.protection.kinds import KINDS
from havre.protection.models import (
    AssistancePlan,
    AssistanceService,
    Identification,
    LaterConsent,
    PersonNeed,
    RiskAssessment,
    Screening,
)
from havre.trust.moments import Line, Mark, Moment


def _service(one: Moment) -> str:
    return gettext("%(what)s: %(state)s") % {"what": one.said("kind"), "state": one.said("status")}


# of each kind of care: its drawing, the columns whose words stand beside it, the column that dates it (else the day of the record), what followed
_CARE: dict[str, tuple[str, tuple[str, ...], str, tuple[Mark, ...]]] = {
    "evidence": ("doc", ("element", "speaks", "status"), "", ()),
    "age_assessment": ("part", ("doubt",), "", (Mark("concluded_at", _("Age assessed"), ("result",)),)),
    "attempt": ("phone", ("channel", "result"), "happened_at", ()),
    "refusal_notice": ("out", ("status",), "", (Mark("sent_at", _("Notice of a refusal sent, without a name")),)),
    "safety_measure": ("warn", ("measure", "owner", "status"), "", (Mark("done_at", _("Safety measure done"), ("measure",)),)),
    "safety_note": ("warn", ("status",), "", ()),
    "follow_up": ("clock", ("status",), "", (Mark("held_at", _("Follow-up held"), ("channel",)),)),
    "placement": (
        "home", ("status",), "",
        (Mark("starts_at", _("Moved into a shelter")), Mark("ended_at", _("Left the shelter"), ("left_reason",))),
    ),
    "day_log": ("note", ("kind",), "happened_at", ()),
    "interpreter": ("sound", ("status",), "", (Mark("starts_at", _("Talk with an interpreter"), ("status",)),)),
    "beside": ("person", ("kind", "status"), "named_at", (Mark("ended_at", _("No longer beside the person"), ("kind",)),)),
    "best_interests": ("consent", ("kind", "before", "status"), "", (Mark("decided_at", _("Best interests decided"), ("outcome",)),)),
    "health_note": ("note", ("kind",), "happened_at", ()),
    "return": ("out", ("status",), "", (Mark("consent_at", _("The person agreed to the return")), Mark("travelled_at", _("Travelled")))),
    "stay": (
        "doc", ("status",), "",
        (Mark("applied_at", _("Right to stay applied for"), ("ground",)), Mark("answered_at", _("Right to stay answered"), ("status",))),
    ),
    "task": ("todo", ("kind", "status"), "", (Mark("done_at", _("Task done"), ("kind",)),)),
    "assignment": ("swap", ("status",), "", (Mark("ended_at", _("The case changed hands in the service")),)),
}  # fmt: skip
# what panels and gates need to know of a record beside its lines
_FACTS: dict[str, tuple[str, ...]] = {
    "evidence": ("identification_id",),
    "best_interests": ("person_id", "review_on"),
}


def _care(code: str) -> Line:
    icon, words, dated, after = _CARE[code]
    kind = KINDS[code]
    first = Mark(dated or "at", kind.title, words, "at" if dated else "")
    return Line(kind.model, icon, (first, *after), facts=_FACTS.get(code, ()), page=f"protection:{code}")


LINES: tuple[Line, ...] = (
    Line(Screening, "screen", (Mark("happened_at", _("Screening"), ("outcome",)),), facts=("status",), page="protection:screening"),
    Line(
        Identification,
        "case",
        (
            Mark("opened_at", _("Identification opened")),
            Mark("presumed_at", _("Presumed victim")),
            Mark("decided_at", _("Decision taken")),
            Mark("review_asked_at", _("Review asked for")),
            Mark("reviewed_at", _("Review decided")),
            Mark("left_at", _("The person chose to stop")),
        ),
        facts=("status",),
        page="protection:identification",
    ),
    Line(LaterConsent, "consent", (
        Mark("since", _("Kept before the person could be asked"), ("ground",)), Mark("asked_at", _("Consent asked later"), ("status",)),
    )),
    Line(PersonNeed, "person", (Mark("recorded_at", _("A need, as the person said it"), ("kind",)), Mark("met_at", _("Need met"), ("kind",)))),
    Line(
        RiskAssessment, "warn", (Mark("at", _("Risk assessed"), ("about", "level")),), facts=("person_id",),
    ),
    Line(AssistancePlan, "person", (
        Mark("started_at", _("Urgent help started")), Mark("answered_at", _("The person answered the plan")),
        Mark("closed_at", _("Help ended"), ("close_reason",)),
    ), page="protection:plan"),
    Line(
        AssistanceService, "person", (Mark("proposed_at", _("Service offered"), _service), Mark("ended_at", _("Service ended"), _service)),
        facts=("kind", "status", "need", "plan_id"), page="protection:plan", of="plan_id",
    ),
    *(_care(code) for code in _CARE),
)  # fmt: skip


def lines() -> Iterable[Line]:
    """Screening, identification, needs, risk, the plan and its services, and every kind of care."""
    return LINES
