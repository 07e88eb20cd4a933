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
from havre.protection.enums import Answer, AskState, IdentificationStatus, ParcelState, PlanStatus, Profile, ScreeningState
from havre.protection.enums_care import FollowUpState, MeasureState, TaskState
from havre.protection.kinds import KINDS
from havre.protection.models import (
    AssistancePlan,
    AssistanceService,
    DayLog,
    FamilyTie,
    FollowUp,
    HealthNote,
    Identification,
    Intake,
    IntakePerson,
    LaterConsent,
    Parcel,
    PersonNeed,
    RiskAssessment,
    SafetyMeasure,
    SafetyNote,
    Screening,
    ScreeningAnswer,
    Task,
    WordsPrint,
)
from havre.trust import clocks, policy
from havre.trust.actors import Actor
from havre.trust.contracts import Waiting
from havre.trust.enums import Role
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


@dataclass(frozen=True, slots=True)
class Noted:
    """What a screening holds, read once: dimension by dimension, element by element, and what was left unanswered, in two lists apart."""

    dimensions: tuple[DimensionShown, ...]
    elements: tuple[tuple[str, tuple[tuple[str, ScreeningAnswer], ...]], ...]
    refused: tuple[str, ...]
    not_asked: tuple[str, ...]
    not_known: tuple[str, ...]
    denied: tuple[tuple[str, ScreeningAnswer], ...]
    # of each sign met: its words, why it matters, where it comes from
    grounds: tuple[tuple[str, str, str], ...]


ELEMENT_WORDS = {"act": _("Act"), "means": _("Means"), "purpose": _("Purpose")}
# the languages in which pictures' questions are asked, by the code that a talk is noted in (ISO 639-3 → BCP 47)
ASKED_IN = {"eng": "en", "fra": "fr", "por": "pt", "tet": "tet", "tha": "th"}


def prompt_of(code: str, talk: str) -> dict[str, Any] | None:
    """The picture and question that go with a sign, in the language of the talk where there is one; None for a sign without."""
    asked = indicators.prompts()
    found = next((one for one in asked["prompts"] if one["sign"] == code), None)
    if found is None:
        return None
    language = ASKED_IN.get(talk, get_language() or "en")
    awaits = language not in asked["reviewed"]
    return {
        "picture": found["picture"],
        "language": language,
        "words": found["ask"].get(language, found["ask"]["en"]),
        "awaits": asked["words"]["review"][language] if awaits else "",
        "no_means": found["met_by"] == "no",
    }


def noted(screening: Screening, by: Actor) -> Noted:
    """What a screening holds: indicators met with who saw them and when, what was refused and what was not asked; no total."""
    language = get_language() or "en"
    answers = {one.indicator: one for one in ScreeningAnswer.objects.visible_to(by).filter(screening=screening).select_related("observer")}
    known = indicators.of_profile(screening.profile)
    read = indicators.assess(screening.profile, {code: one.answer for code, one in answers.items()})

    def shown(codes: Iterable[str]) -> tuple[tuple[str, ScreeningAnswer], ...]:
        return tuple((known[code].statement(language), answers[code]) for code in codes)

    def left(answer: str) -> tuple[str, ...]:
        return tuple(known[code].statement(language) for code, one in answers.items() if one.answer == answer and code in known)

    met = [code for code, one in answers.items() if one.answer == Answer.YES and code in known]
    rows = [
        DimensionShown(indicators.dimension_words(one.code, language), one.positive, one.borrowed, shown(one.met))
        for one in read.dimensions
    ]
    if read.others:
        rows.append(DimensionShown(str(_("Other signs, never counted")), False, False, shown(read.others)))
    return Noted(
        tuple(rows),
        tuple((str(ELEMENT_WORDS[name]), shown(code for code in met if known[code].element == name)) for name in indicators.ELEMENTS),
        left(Answer.REFUSED),
        left(Answer.NOT_ASKED),
        left(Answer.NOT_RECORDED),
        shown(code for code, one in answers.items() if one.answer == Answer.NO and code in known),
        tuple((one.statement(language), one.reason(language), one.source_words(language)) for one in (known[code] for code in met)),
    )


def shared_signs(event: Intake) -> list[str]:
    """What was seen of everybody of a group, in words."""
    language = get_language() or "en"
    known = {code: one for profile in Profile.values for code, one in indicators.of_profile(profile).items()}
    return [known[code].statement(language) for code in event.shared_signs if code in known]


@dataclass(frozen=True, slots=True)
class GroupRow:
    """One person of a group as its page shows them: a number, never a name."""

    person: IntakePerson
    ties: tuple[str, ...]
    needs: tuple[str, ...]
    screening_id: UUID | None
    later: LaterConsent | None


def group_rows(event: Intake, by: Actor) -> list[GroupRow]:
    """Everybody of a group whom this actor may see and who was not split from it: five queries, however many."""
    people = list(IntakePerson.objects.visible_to(by).filter(intake=event, left_at=None).select_related("case").order_by("number"))
    ids = [one.person_id for one in people]
    ties: dict[UUID, list[str]] = {}
    for tie in FamilyTie.objects.visible_to(by).filter(person_id__in=ids).order_by("other_number"):
        ties.setdefault(tie.person_id, []).append(f"{tie.get_kind_display()} N-{tie.other_number:02d}")
    needs: dict[UUID, list[str]] = {}
    for need in PersonNeed.objects.visible_to(by).filter(person_id__in=ids, met_at=None).order_by("recorded_at"):
        needs.setdefault(need.person_id, []).append(need.get_kind_display())
    screened = {one.person_id: one.pk for one in Screening.objects.visible_to(by).filter(person_id__in=ids).order_by("happened_at")}
    asked = {one.person_id: one for one in LaterConsent.objects.visible_to(by).filter(person_id__in=ids)}
    return [
        GroupRow(
            one,
            tuple(ties.get(one.person_id, ())),
            tuple(needs.get(one.person_id, ())),
            screened.get(one.person_id),
            asked.get(one.person_id),
        )
        for one in people
    ]


def clock_lines(subject_id: UUID, by: Actor) -> list[dict[str, Any]]:
    """The clocks of one record that this actor may see, with their explanation in the language in force."""
    return lines_of(clocks_of([subject_id], by))


def clocks_of(subject_ids: Iterable[UUID], by: Actor, *, ground: policy.Ground | None = None) -> list[Clock]:
    """The clocks of these records that this actor may see, with their events: one query. `ground`: of the one case that they are of."""
    open_to = ClockEvent.objects.visible_to(by) if ground is None else ClockEvent.objects.visible_in(ground)
    mine = open_to.filter(clock__subject_id__in=list(subject_ids))
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
        "services": list(
            AssistanceService.objects.visible_to(actor).filter(plan=plan).select_related("provider").order_by("proposed_at", "pk")
        ),
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
        yield from _asked_later(actor)
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
    if actor.role == Role.DATA_PROTECTION_OFFICER:
        over = Parcel.objects.over_their_term(actor.at).count()
        if over:
            yield Waiting(_("Set aside and dealt with by nobody: %(count)s") % {"count": over}, reverse("protection:pocket_aside"))
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


def _asked_later(actor: Actor) -> Iterable[Waiting]:
    """Whose word is still awaited, the first twenty, and this officer's parcels that were set aside."""
    due = LaterConsent.objects.visible_to(actor).filter(status__in=[AskState.DUE, AskState.UNREACHABLE])
    for one in due.select_related("case").order_by("since")[:20]:
        title = _("%(case)s: ask the person whether this may be kept") % {"case": one.case.ref}
        yield Waiting(
            title, reverse("protection:ask", args=[one.pk]), why=_("kept on vital interest: %(why)s") % {"why": one.get_ground_display()}
        )
    aside = Parcel.objects.filter(state=ParcelState.ASIDE, organisation_id=actor.organisation_id, sent_by=actor.user).count()
    if aside:
        yield Waiting(_("From your phone, set aside: %(count)s") % {"count": aside}, reverse("protection:pocket_aside"))


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
    for kept in LaterConsent.objects.visible_to(actor).filter(case_id=case_id):
        yield "kept_first", {"ground": kept.ground, "since": kept.since, "status": kept.status, "asked_at": kept.asked_at}
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
