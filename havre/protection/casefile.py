"""What protection shows of one case: its tabs, where the person stands, and the next right that is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from havre.protection import queries, workflow
from havre.protection.enums import IdentificationStatus, PlanStatus, RecoveryAnswer
from havre.protection.enums_care import BestOutcome, BestState
from havre.protection.enums_evidence import EvidenceState
from havre.protection.models import (
    AssistancePlan,
    AssistanceService,
    BestInterests,
    Evidence,
    Identification,
    RiskAssessment,
    Screening,
)
from havre.protection.workflow import PLAN, RECOVERY
from havre.trust import law, policy
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Panel
from havre.trust.enums import Act, Section
from havre.trust.errors import Words
from havre.trust.moments import Moment, Reading
from havre.trust.workflow import Right, Workflow

# how a service's state is drawn
SERVICE_MARKS = {
    "proposed": "doing",
    "accepted": "doing",
    "running": "done",
    "ended": "done",
    "refused": "own-choice",
    "unavailable": "late",
}
# the step whose rights are due next, by the state that the record is in
NEXT_OF_PLAN = {
    PlanStatus.RUNNING: "propose",
    PlanStatus.PROPOSED: "accept",
    PlanStatus.ACCEPTED: "review",
    PlanStatus.REFUSED: "follow_up",
    PlanStatus.FOLLOW_UP: "close",
}


@dataclass(frozen=True, slots=True)
class CaseFile:
    """One reading of a case's protection; what is not open to the actor is not in it."""

    # as the timeline read them, the newest first
    screenings: list[Moment]
    identifications: list[Moment]
    services: list[Moment]
    risk: Moment | None
    # whole, for the rights that stand before their next steps
    identification: Identification | None
    plan: AssistancePlan | None
    clocks: list[dict[str, Any]]

    def clock(self, subject_id: UUID, name: str) -> dict[str, Any] | None:
        """The newest clock of that name on one record, as the page shows it."""
        found = (line for line in reversed(self.clocks) if (line["clock"].subject_id, line["clock"].name) == (subject_id, name))
        return next(found, None)


def read(reading: Reading) -> CaseFile:
    """What the timeline has read of protection, and in three queries at most what the next rights need whole."""
    screenings = sorted(reading.moments_of(Screening), key=lambda one: one.happened_at, reverse=True)
    identifications = sorted(reading.moments_of(Identification), key=lambda one: one.opened_at, reverse=True)
    plans = sorted(reading.moments_of(AssistancePlan), key=lambda one: one.started_at, reverse=True)
    services = sorted(reading.moments_of(AssistanceService), key=lambda one: (one.proposed_at, one.pk))
    found, plan = _whole(reading, Identification, identifications), _whole(reading, AssistancePlan, plans)
    risks = [one for one in reading.moments_of(RiskAssessment) if plan and one.person_id == plan.person_id]
    subjects = [one.pk for one in (*identifications, *plans[:1])]
    running = queries.clocks_of(subjects, reading.actor, ground=reading.ground) if subjects else []
    _tell_gates(reading, found, plan, services)
    return CaseFile(
        screenings, identifications, services, max(risks, key=lambda one: one.at, default=None), found, plan, queries.lines_of(running)
    )


def _tell_gates(reading: Reading, found: Identification | None, plan: AssistancePlan | None, services: list[Moment]) -> None:
    """Gates need not ask again for what was just read; what is not open to the actor they ask for themselves, as the house."""
    standing = {one.person_id for one in reading.moments_of(BestInterests) if _stands(one)}
    for record in (found, plan):
        if record and Section.PROTECTION in policy.sections_in(reading.ground, Act.READ):
            record.read_best_interests = record.person_id in standing
    if found:
        weighed = [one for one in reading.moments_of(Evidence) if one.status == EvidenceState.RECORDED]
        found.read_elements = frozenset(one.element for one in weighed if one.identification_id == found.pk)
    if plan:
        plan.read_services = [one for one in services if one.plan_id == plan.pk]


def _stands(one: Moment) -> bool:
    """A decision on a child's best interests whose review is not overdue: `best_interests_stand`, of what was read."""
    return one.status == BestState.DECIDED and one.outcome != BestOutcome.MORE and one.review_on >= timezone.localdate()


def _whole(reading: Reading, model: Any, newest: list[Moment]) -> Any:
    """The record of the first moment, with its case and person; None where there is none."""
    return reading.records(model).select_related("case", "person").filter(pk=newest[0].pk).first() if newest else None


def sheets(reading: Reading) -> Iterable[Panel]:
    """The panels of protection on the case page, each only where its section is open to the actor."""
    return _panels(read(reading), reading.actor)


def acts(actor: Actor, case_id: UUID, person_id: UUID, shown: frozenset[str]) -> Iterable[CaseAct]:
    """Urgent help may be started by anyone who assists, where no plan stands yet."""
    if actor.role in workflow.HELPERS and "assistance" not in shown:
        yield CaseAct(_("Start help"), reverse("protection:help", args=[case_id, person_id]), "person")
    yield CaseAct(_("Care"), reverse("protection:care", args=[case_id, person_id]), "note")


def _panels(file: CaseFile, actor: Actor) -> Iterator[Panel]:
    if file.identification:
        yield Panel("steps", _("Where it stands"), "protection/_steps.html", {"steps": _steps(file)}, Section.FACTS)
    due = _next(file, actor)
    if due:
        yield Panel("next", _("Next right due"), "protection/_next.html", {"due": due}, due.section)
    if file.screenings:
        yield Panel("screening", _("Screening"), "protection/_screenings.html", {"screenings": file.screenings}, Section.SCREENING)
    if file.identifications:
        context: dict[str, Any] = {"identifications": file.identifications}
        yield Panel("identification", _("Identification"), "protection/_identifications.html", context, Section.FACTS)
    if file.plan:
        rows = [(one, SERVICE_MARKS[one.status]) for one in file.services if one.plan_id == file.plan.pk]
        context = {"plan": file.plan, "services": rows, "risk": file.risk}
        yield Panel("assistance", _("Help"), "protection/_plan.html", context, Section.PROTECTION)
    lines = [line for line in file.clocks if line["due_at"]]
    if lines:
        yield Panel("clocks", _("Deadlines"), "protection/_deadlines.html", {"clocks": _bars(lines)}, Section.PROTECTION, side=True)


def _bars(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """How much of each period has run, out of a hundred."""
    now, found = timezone.now(), []
    for line in lines:
        whole = (line["due_at"] - line["started_at"]).total_seconds()
        ran = (now - line["started_at"]).total_seconds()
        found.append({**line, "share": max(0, min(100, round(100 * ran / whole))) if whole > 0 else 100})
    return found


def _step(title: Words, state: str, words: Words = "", day: Any = None) -> dict[str, Any]:
    return {"title": title, "state": state, "words": words, "day": day}


def _steps(file: CaseFile) -> list[dict[str, Any]]:
    """Screening, presumption, recovery, decision, what follows: each with its day or what it waits for."""
    found = file.identification
    assert found is not None
    met = file.screenings[-1].happened_at if file.screenings else found.opened_at
    presumed = _step(pgettext_lazy("step of a case", "Presumption"), "done", day=found.presumed_at)
    if not found.presumed_at:
        stopped = found.status == IdentificationStatus.DECLINED_BY_PERSON
        words = _("the person chose to stop; help stays open") if stopped else _("awaited")
        presumed = _step(presumed["title"], "next" if stopped else "now", words)
    recovery = _recovery_step(file, found)
    return [
        _step(pgettext_lazy("step of a case", "Screening"), "done", day=met),
        presumed,
        recovery,
        _decision_step(found, recovery),
        _step(pgettext_lazy("step of a case", "Help"), *_help_state(file.plan)),
    ]


def _recovery_step(file: CaseFile, found: Identification) -> dict[str, Any]:
    title = pgettext_lazy("step of a case", "Recovery")
    line = file.clock(found.pk, RECOVERY.name)
    if found.recovery_answer == RecoveryAnswer.REFUSED:
        return _step(title, "done", _("offered, the person does not want it"))
    if line and line["due_at"] and line["state"] == "running" and line["due_at"] > timezone.now():
        return _step(title, "now", pgettext_lazy("before a day", "until"), line["due_at"])
    if found.recovery_answer:
        return _step(title, "done", pgettext_lazy("before a day", "over since") if line and line["due_at"] else "", line and line["due_at"])
    state = "now" if found.presumed_at and not found.decided_at else "next"
    return _step(title, state, _("to be offered"))


def _decision_step(found: Identification, recovery: dict[str, Any]) -> dict[str, Any]:
    title = pgettext_lazy("step of a case", "Decision")
    if found.status == IdentificationStatus.UNDER_REVIEW:
        return _step(title, "now", found.get_status_display())
    if found.decided_at or found.reviewed_at:
        return _step(title, "done", found.get_status_display(), found.reviewed_at or found.decided_at)
    if recovery["state"] == "done":
        return _step(title, "now", _("awaited"))
    return _step(title, "next", _("after the recovery period"))


def _help_state(plan: AssistancePlan | None) -> tuple[str, Words, Any]:
    if plan is None:
        return "next", _("open at any time, without condition"), None
    if plan.status == PlanStatus.CLOSED:
        return "done", plan.get_status_display(), plan.closed_at
    return "now", plan.get_status_display(), None


@dataclass(frozen=True, slots=True)
class Due:
    """The next right that the service owes: its words, what is missing, where to mend it, by which text."""

    words: str
    missing: Words
    url: str
    act: Words
    source: str
    blocks: bool
    unconfirmed: bool
    due_at: Any = None
    others: int = 0
    section: Section = Section.FACTS


def _next(file: CaseFile, actor: Actor) -> Due | None:
    """A recovery period that is about to end comes first, then what blocks the next step, then what is shown and counted."""
    found, plan = file.identification, file.plan
    ending = _ending(file, found)
    if ending:
        return ending
    owed: list[tuple[Right, str, Any, Section]] = []
    if found:
        url = reverse("protection:identification", args=[found.pk])
        table = workflow.identification(found.case.country)
        step = _step_due(found)
        owed += [(right, url, None, Section.FACTS) for right in _unmet(table, found, step, actor)]
    if plan:
        url = reverse("protection:plan", args=[plan.pk])
        by = file.clock(plan.pk, "review" if plan.status == PlanStatus.ACCEPTED else "needs")
        step = NEXT_OF_PLAN.get(PlanStatus(plan.status), "")
        owed += [(right, url, by and by["due_at"], Section.PROTECTION) for right in _unmet(PLAN, plan, step, actor)]
    if not owed:
        return None
    # what blocks stands before what is only shown, the order of the steps is kept within each
    right, url, due_at, section = min(owed, key=lambda one: one[0].effect != "block")
    gate = law.gates()[right.gate]
    return Due(
        words=gate.words(get_language() or "en"),
        missing=right.refusal,
        url=url,
        act=_("Go to this step"),
        source=right.source,
        blocks=right.effect == "block",
        unconfirmed=gate.confidence != "high",
        due_at=due_at,
        others=len({one[0].key for one in owed}) - 1,
        section=section,
    )


def _ending(file: CaseFile, found: Identification | None) -> Due | None:
    line = file.clock(found.pk, RECOVERY.name) if found else None
    if not found or not line or not line["due_at"] or not timedelta(0) < line["due_at"] - timezone.now() <= workflow.NOTICE_BEFORE:
        return None
    gate = law.gates()["RG08"]
    return Due(
        words=gate.words(get_language() or "en"),
        missing=_("offer the extension, or note that the person does not want it; nothing obliges them to cooperate"),
        url=reverse("protection:identification", args=[found.pk]),
        act=_("Go to the recovery period"),
        source=", ".join(sorted({one.source for one in line["lines"] if one.source})),
        blocks=False,
        unconfirmed=not line["confirmed"],
        due_at=line["due_at"],
    )


def _step_due(found: Identification) -> str:
    """The step of the identification that comes next; "" when none does."""
    if found.status == IdentificationStatus.PRESUMED:
        return "confirm" if found.recovery_answer else "open_recovery"
    steps = {IdentificationStatus.SCREENED: "presume", IdentificationStatus.UNDER_REVIEW: "review_confirm"}
    return steps.get(IdentificationStatus(found.status), "")


def _unmet(table: Workflow, record: Any, step: str, by: Actor) -> list[Right]:
    """The person's rights before a step that are not on record; plain conditions of the table are no rights."""
    if not step:
        return []
    return [right for right, met in table.standing(record, move=step, by=by) if right.gate and not met]
