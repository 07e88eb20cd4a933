"""Reads that serve several pages of protection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from havre.protection import indicators, workflow
from havre.protection.enums import IdentificationStatus, PlanStatus, ScreeningState
from havre.protection.enums_care import CareKind, FollowUpState, MeasureState, TaskState
from havre.protection.kinds import KINDS
from havre.protection.models import (
    AssistancePlan,
    AssistanceService,
    DayLog,
    FollowUp,
    HealthNote,
    Identification,
    PersonNeed,
    RiskAssessment,
    SafetyMeasure,
    SafetyNote,
    Screening,
    ScreeningAnswer,
    Task,
    WordsPrint,
)
from havre.trust import clocks
from havre.trust.actors import Actor
from havre.trust.contracts import Waiting
from havre.trust.models import Clock, ClockEvent, Membership, Override
from havre.trust.workflow import Right


@dataclass(frozen=True, slots=True)
class Gate:
    """One condition as the page shows it: its words, whether it is met, and its source."""

    right: Right
    met: bool

    @property
    def words(self) -> str:
        return self.right.words if self.met else self.right.reason

    @property
    def blocks(self) -> bool:
        return not self.met and self.right.effect == "block"


@dataclass(frozen=True, slots=True)
class DimensionShown:
    """One dimension for the officer: its name, what was met with who saw it and when, and whether a grade is borrowed."""

    title: str
    positive: bool
    borrowed: bool
    answers: tuple[tuple[str, ScreeningAnswer], ...]


def gates_of(table: Any, record: Any, steps: Iterable[str], by: Actor) -> list[Gate]:
    """Each right before these steps, once, in the order of the steps."""
    found: dict[str, Gate] = {}
    for step in steps:
        for right, met in table.standing(record, move=step, by=by):
            found.setdefault(right.key, Gate(right, met))
    return list(found.values())


def dimensions_of(screening: Screening, by: Actor) -> list[DimensionShown]:
    """What a screening holds, dimension by dimension: indicators met, by whom and when, and no total."""
    language = get_language() or "en"
    answers = {one.indicator: one for one in ScreeningAnswer.objects.visible_to(by).filter(screening=screening).select_related("observer")}
    known = indicators.of_profile(screening.profile)
    read = indicators.assess(screening.profile, {code: one.answer for code, one in answers.items()})

    def shown(codes: Iterable[str]) -> tuple[tuple[str, ScreeningAnswer], ...]:
        return tuple((known[code].statement(language), answers[code]) for code in codes)

    rows = [
        DimensionShown(indicators.dimension_words(one.code, language), one.positive, one.borrowed, shown(one.met))
        for one in read.dimensions
    ]
    if read.others:
        rows.append(DimensionShown(str(_("Other signs, never counted")), False, False, shown(read.others)))
    return rows


def clock_lines(subject_id: UUID, by: Actor) -> list[dict[str, Any]]:
    """The clocks of one record that this actor may see, with their explanation in the language in force."""
    return lines_of(clocks_of([subject_id], by))


def clocks_of(subject_ids: Iterable[UUID], by: Actor) -> list[Clock]:
    """The clocks of these records that this actor may see, with their events: one query."""
    mine = ClockEvent.objects.visible_to(by).filter(clock__subject_id__in=list(subject_ids))
    return clocks.load(mine.select_related("clock", "by"))


def lines_of(loaded: Iterable[Clock]) -> list[dict[str, Any]]:
    """Each clock as the page shows it: what it is for, where it stands, how much of it has run, and why."""
    language = get_language() or "en"
    return [
        {
            "clock": clock,
            "title": clocks.rule_of(clock).title,
            "state": clocks.state(clock),
            "started_at": clocks.events(clock)[0].at,
            "due_at": clocks.due_at(clock),
            "confirmed": clock.confirmed,
            "lines": clocks.explain(clock, language),
        }
        for clock in loaded
    ]


def plan_context(plan: AssistancePlan, actor: Actor) -> dict[str, Any]:
    """A plan with its services, open needs, newest risk and the measures that are still to be done."""
    measures = SafetyMeasure.objects.visible_to(actor).filter(person_id=plan.person_id, status=MeasureState.PLANNED)
    return {
        "plan": plan,
        "services": list(AssistanceService.objects.visible_to(actor).filter(plan=plan).order_by("proposed_at", "pk")),
        "needs": list(PersonNeed.objects.visible_to(actor).filter(person_id=plan.person_id).order_by("-urgent", "recorded_at")),
        "risk": RiskAssessment.objects.visible_to(actor).filter(person_id=plan.person_id).order_by("-at").first(),
        "measures": list(measures.select_related("risk").order_by("by_when")[:20]),
    }


def waiting(actor: Actor) -> Iterable[Waiting]:
    """What protection asks of the acting role, at most twenty of each, oldest first."""
    if actor.role in workflow.FRONT_LINE | workflow.CARERS:
        # what an officer who has left did not confirm waits for whoever holds the job now
        here = Membership.objects.filter(user=OuterRef("observer"), organisation_id=actor.organisation_id, role=actor.role, ended_at=None)
        mine = Screening.objects.visible_to(actor).filter(Q(observer=actor.user) | ~Exists(here), status=ScreeningState.RECORDED)
        for one in mine.select_related("case").order_by("happened_at")[:20]:
            yield Waiting(_("%(case)s: confirm the outcome") % {"case": one.case.ref}, reverse("protection:screening", args=[one.pk]))
    wanted = {
        **dict.fromkeys(workflow.AUTHORITY, (IdentificationStatus.SCREENED, IdentificationStatus.PRESUMED)),
        **dict.fromkeys(workflow.REVIEWER, (IdentificationStatus.UNDER_REVIEW,)),
    }.get(actor.role)
    if wanted:
        rows = Identification.objects.visible_to(actor).filter(status__in=wanted).select_related("case").order_by("opened_at")[:20]
        found = list(rows)
        known = clocks.due_by_subject([one.pk for one in found], workflow.RECOVERY.name)
        # the period matters to who decides after it; a review does not wait for it
        due = {one.pk: known[one.pk] for one in found if one.status == IdentificationStatus.PRESUMED and one.pk in known}
        for one_found in found:
            yield Waiting(
                _("%(case)s: %(state)s") % {"case": one_found.case.ref, "state": one_found.get_status_display()},
                reverse("protection:identification", args=[one_found.pk]),
                due_at=due.get(one_found.pk),
                why=workflow.RECOVERY.title if one_found.pk in due else "",
            )
    if actor.role in workflow.CARERS:
        yield from _plans_waiting(actor)
    if actor.role in workflow.HELPERS:
        yield from _tasks_waiting(actor)


def _tasks_waiting(actor: Actor) -> Iterable[Waiting]:
    """One's own tasks and those that nobody has, then follow-ups of the next week, at most twenty of each, the soonest first."""
    mine = Q(owner=actor.user) | Q(owner=None)
    tasks = Task.objects.visible_to(actor).filter(mine, status=TaskState.OPEN).select_related("case").order_by("due_at")[:20]
    for one in tasks:
        what = {"case": one.case.ref, "state": one.get_kind_display()}
        yield Waiting(_("%(case)s: %(state)s") % what, reverse("protection:task", args=[one.pk]), due_at=one.due_at)
    if actor.role not in workflow.CARERS:
        return
    soon = FollowUp.objects.visible_to(actor).filter(status=FollowUpState.DUE, due_at__lte=actor.at + workflow.NOTICE_BEFORE)
    for one in soon.select_related("case").order_by("due_at")[:20]:
        what = {"case": one.case.ref, "state": workflow.FOLLOW_UP.title}
        yield Waiting(_("%(case)s: %(state)s") % what, reverse("protection:follow_up", args=[one.pk]), due_at=one.due_at)


def _plans_waiting(actor: Actor) -> Iterable[Waiting]:
    """Plans whose needs or review fall due, the first twenty."""
    steps = {PlanStatus.RUNNING: workflow.FIRST_NEEDS, PlanStatus.PROPOSED: workflow.FIRST_NEEDS, PlanStatus.ACCEPTED: workflow.REVIEW}
    plans = AssistancePlan.objects.visible_to(actor).filter(status__in=list(steps)).select_related("case").order_by("-started_at")[:200]
    found = list(plans)
    due = {name: clocks.due_by_subject([one.pk for one in found], name) for name in (workflow.FIRST_NEEDS.name, workflow.REVIEW.name)}
    lines = [(due[rule.name].get(one.pk), one, rule) for one in found for rule in [steps[PlanStatus(one.status)]]]
    dated = sorted(((at, one, rule) for at, one, rule in lines if at), key=lambda line: line[0])
    for at, one, rule in dated[:20]:
        yield Waiting(
            _("%(case)s: %(state)s") % {"case": one.case.ref, "state": rule.title}, reverse("protection:plan", args=[one.pk]), due_at=at
        )


def dossier(actor: Actor, case_id: UUID) -> Iterable[tuple[str, dict[str, Any]]]:
    """What the person's own copy holds of protection: statuses, periods, help, and every condition that a supervisor waived."""
    for one in Screening.objects.visible_to(actor).filter(case_id=case_id):
        yield "screening", {"happened_at": one.happened_at, "kept_because": one.kept_because, "outcome": one.outcome or None}
    for found in Identification.objects.visible_to(actor).filter(case_id=case_id):
        clock = clocks.latest(found.pk, workflow.RECOVERY.name)
        yield (
            "identification",
            {
                "status": found.status,
                "presumed_at": found.presumed_at,
                "decided_at": found.decided_at,
                "reason": found.reason or None,
                "recovery_ends_at": clocks.due_at(clock) if clock else None,
            },
        )
    for service in AssistanceService.objects.visible_to(actor).filter(case_id=case_id):
        yield "service", {"kind": service.kind, "need": service.need, "status": service.status, "proposed_at": service.proposed_at}
    yield from care_dossier(actor, case_id)
    for waiver in Override.objects.visible_to(actor).filter(case_id=case_id):
        yield (
            "waiver",
            {"step": waiver.step, "gates": waiver.gates, "reason": waiver.reason, "given_at": waiver.given_at, "used_at": waiver.used_at},
        )


# what a person's own copy holds of the records of care, column by column; the notes of workers on their own safety are in none of it
IN_THE_COPY: dict[str, tuple[str, ...]] = {
    "follow_up": ("due_at", "held_at"),
    "placement": ("starts_at", "ended_at", "free_to_come_and_go"),
    "interpreter": ("language", "gender_asked", "starts_at"),
    "beside": ("kind", "named_by", "named_at", "ended_at"),
    "best_interests": ("kind", "before", "outcome", "child_heard_at", "decided_at", "review_on"),
    "health_note": ("kind", "happened_at"),
    "return": ("country", "consent_at", "travelled_at"),
    "stay": ("ground", "applied_at", "valid_until"),
    "age_assessment": ("doubt", "low_years", "high_years", "result", "concluded_at"),
    "evidence": ("element", "speaks", "source"),
    "refusal_notice": ("gender", "nationalities", "to", "sent_at"),
    "safety_measure": ("measure", "owner", "by_when"),
}


def care_dossier(actor: Actor, case_id: UUID) -> Iterable[tuple[str, dict[str, Any]]]:
    """The records of care in the person's own copy, and that professional notes exist, which the person may ask for (RG27)."""
    for code, names in IN_THE_COPY.items():
        for one in KINDS[code].model.objects.visible_to(actor).filter(case_id=case_id).order_by("at"):
            yield code, {"status": one.status, **{name: getattr(one, name) or None for name in names}}
    notes = (SafetyNote, DayLog, HealthNote)
    if any(model.objects.visible_to(actor).filter(case_id=case_id).exists() for model in notes):
        yield "professional_notes", {"exist": True}


def erase(person_id: UUID) -> int:
    """Take away what was derived from sealed words of an erased person: the fingerprints. Gives how many rows; safe to run twice."""
    return WordsPrint.objects.for_house("erase").filter(person_id=person_id).delete()[0]


def care_of_extract() -> Iterable[dict[str, Any]]:
    """That a record of care was made and when: codes and dates only."""
    for code in CareKind.values:
        for one in KINDS[code].model.objects.for_house("extract").order_by("pk").iterator():
            yield {"case_id": str(one.case_id), "person_id": str(one.person_id), "kind": code, "noted_on": one.at.date()}


def columns_of_extract() -> Iterable[tuple[str, Iterable[dict[str, Any]]]]:
    """Coded columns only, by person: what evidence counts."""
    yield (
        "screening",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "situation": one.situation,
                "profile": one.profile,
                "suggested": one.suggested,
                "outcome": one.outcome or None,
                "happened_on": one.happened_at.date(),
            }
            for one in Screening.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "identification",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.person_id),
                "status": one.status,
                "reason": one.reason or None,
                "opened_on": one.opened_at.date(),
                "presumed_on": one.presumed_at.date() if one.presumed_at else None,
                "decided_on": one.decided_at.date() if one.decided_at else None,
                "recovery_answer": one.recovery_answer or None,
            }
            for one in Identification.objects.for_house("extract").order_by("pk").iterator()
        ),
    )
    yield (
        "assistance",
        (
            {
                "case_id": str(one.case_id),
                "person_id": str(one.plan.person_id),
                "kind": one.kind,
                "need": one.need,
                "status": one.status,
                "reason": one.reason or None,
                "proposed_on": one.proposed_at.date(),
            }
            for one in AssistanceService.objects.for_house("extract").select_related("plan").order_by("pk").iterator()
        ),
    )
    yield "care", care_of_extract()
