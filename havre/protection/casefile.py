"""What protection shows of one case: its lines of the thread, its tabs, where the person stands, and the next right that is due."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from havre.protection import queries, workflow
from havre.protection.enums import IdentificationStatus, PlanStatus, RecoveryAnswer
from havre.protection.models import AssistancePlan, AssistanceService, Identification, RiskAssessment, Screening
from havre.protection.workflow import PLAN, RECOVERY
from havre.trust import law
from havre.trust.actors import Actor
from havre.trust.contracts import CaseAct, Entry, Panel
from havre.trust.enums import Section
from havre.trust.errors import Words
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

    screenings: list[Screening]
    identifications: list[Identification]
    plan: AssistancePlan | None
    services: list[AssistanceService]
    risk: RiskAssessment | None
    clocks: list[dict[str, Any]]

    @property
    def identification(self) -> Identification | None:
        """The newest one."""
        return self.identifications[0] if self.identifications else None

    def clock(self, subject_id: UUID, name: str) -> dict[str, Any] | None:
        """The newest clock of that name on one record, as the page shows it."""
        found = (line for line in reversed(self.clocks) if (line["clock"].subject_id, line["clock"].name) == (subject_id, name))
        return next(found, None)


def read(actor: Actor, case_id: UUID) -> CaseFile:
    """Everything once: at most seven queries, whatever the case holds."""
    screenings = list(Screening.objects.visible_to(actor).filter(case_id=case_id).order_by("-happened_at"))
    mine = Identification.objects.visible_to(actor).filter(case_id=case_id).select_related("case", "person")
    identifications = list(mine.order_by("-opened_at"))
    plans = AssistancePlan.objects.visible_to(actor).filter(case_id=case_id).select_related("person")
    plan = plans.order_by("-started_at").first()
    services = list(AssistanceService.objects.visible_to(actor).filter(case_id=case_id).order_by("proposed_at", "pk"))
    risk = RiskAssessment.objects.visible_to(actor).filter(person_id=plan.person_id).order_by("-at").first() if plan else None
    subjects = [one.pk for one in identifications] + ([plan.pk] if plan else [])
    running = queries.clocks_of(subjects, actor) if subjects else []
    if plan:
        # the gate on services need not ask again for what was just read
        plan.read_services = [one for one in services if one.plan_id == plan.pk]
    return CaseFile(screenings, identifications, plan, services, risk, queries.lines_of(running))


def compose(actor: Actor, case: Any) -> tuple[list[Entry], list[Panel]]:
    """The thread and the panels in one reading."""
    file = read(actor, case.pk)
    return list(_entries(file)), list(_panels(file, actor))


def timeline(actor: Actor, case_id: UUID) -> Iterable[Entry]:
    """What protection adds to a case's timeline; a hidden record leaves no entry."""
    return _entries(read(actor, case_id))


def panels(actor: Actor, case_id: UUID) -> Iterable[Panel]:
    """The panels of protection on the case page, each only where its section is open to the actor."""
    return _panels(read(actor, case_id), actor)


def acts(actor: Actor, case_id: UUID, person_id: UUID, shown: frozenset[str]) -> Iterable[CaseAct]:
    """Urgent help may be started by anyone who assists, where no plan stands yet."""
    if actor.role in workflow.HELPERS and "assistance" not in shown:
        yield CaseAct(_("Start help"), reverse("protection:help", args=[case_id, person_id]), "person")
    yield CaseAct(_("Care"), reverse("protection:care", args=[case_id, person_id]), "note")


def _entries(file: CaseFile) -> Iterator[Entry]:
    for one in file.screenings:
        yield Entry(one.happened_at, _("Screening"), one.get_outcome_display() if one.outcome else "", "screen", Section.SCREENING)
    for found in file.identifications:
        marks = (
            (found.opened_at, _("Identification opened")),
            (found.presumed_at, _("Presumed victim")),
            (found.decided_at, _("Decision taken")),
            (found.review_asked_at, _("Review asked for")),
            (found.reviewed_at, _("Review decided")),
            (found.left_at, _("The person chose to stop")),
        )
        for at, title in marks:
            if at:
                yield Entry(at, title, icon="case", section=Section.FACTS)
    if file.plan:
        yield Entry(file.plan.started_at, _("Urgent help started"), icon="person", section=Section.PROTECTION)
    for service in file.services:
        words = gettext("%(what)s: %(state)s") % {"what": service.get_kind_display(), "state": service.get_status_display()}
        yield Entry(service.proposed_at, _("Service offered"), words, "person", Section.PROTECTION)


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
