"""Assistance: urgent help at once and without paper, then one plan with the person, whose every service may be refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from havre import trust
from havre.protection import standing
from havre.protection.enums import Need, ServiceStatus
from havre.protection.enums_care import RiskAbout, TaskKind
from havre.protection.models import AssistancePlan, AssistanceService, FollowUp, PersonNeed, RiskAssessment
from havre.protection.services import effects
from havre.protection.services import words as sealed
from havre.protection.workflow import FIRST_NEEDS, FOLLOW_UP, PLAN, REVIEW, SERVICE
from havre.register.models import Person
from havre.trust import audit, clocks
from havre.trust.actors import Actor
from havre.trust.enums import Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Override
from havre.trust.records import clean

CHILD = frozenset({"best_interests_at", "child_heard_at", "guardian_named_at", "accompanied"})
RECORDS: dict[str, frozenset[str]] = {
    "propose": frozenset({"informed_at", "free_to_come_and_go", "condition_flag"}),
    "accept": CHILD | {"answered_at"},
    "refuse": frozenset({"answered_at"}),
    "review": frozenset({"free_to_come_and_go", "threats_reviewed_at", "condition_flag"}),
    "follow_up": CHILD | {"exit_plan_at"},
    "close": CHILD | {"exit_plan_at", "close_reason", "own_view"},
}


@trust.act("plan.start")
def start_help(*, case_id: UUID, person_id: UUID, needs: Iterable[str], by: Actor) -> AssistancePlan:
    """Start urgent help now: no condition, no status, no cooperation (CoE art. 12(6)); the needs are looked at together in 72 hours.

    Raises: Missing; Refused when help is already under way.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    checked = PLAN.check(AssistancePlan(case_id=case_id, person=person), move="start", by=by)
    try:
        with transaction.atomic():
            plan = AssistancePlan.objects.add(by=by, **_opening(case_id, person, by), status=checked.end)
    except IntegrityError:
        raise Refused((_("help for this person is already under way: go on with that plan"),)) from None
    for kind in needs:
        _note(person, kind, urgent=True, by=by)
    clocks.start(FIRST_NEEDS, case_id=case_id, subject_id=plan.pk, at=by.at, by=by)
    audit.record(event="plan.start", by=by, subject=person_id, case_id=case_id)
    return plan


def _opening(case_id: UUID, person: Person, by: Actor) -> dict[str, Any]:
    return {"case_id": case_id, "person": person, "started_at": by.at, "by_id": by.user.pk}


@trust.act("plan")
def move_plan(
    *,
    plan_id: UUID,
    step: str,
    by: Actor,
    record: dict[str, Any] | None = None,
    words: dict[str, str] | None = None,
    override_id: UUID | None = None,
) -> AssistancePlan:
    """Take one step of the plan's table.

    Args: words, the person's own view of how it went, sealed; override_id, a supervisor's waiver.
    Raises: Missing; Refused, with every unmet condition; Invalid for a field of another step.
    """
    plan = AssistancePlan.objects.visible_to(by).select_related("person").get_for_step(pk=plan_id)
    if step == "start":
        raise Invalid(_("this step has an act of its own"))
    _set(plan, record or {}, RECORDS.get(step, frozenset()))
    waiver = Override.objects.visible_to(by).get_for_step(pk=override_id) if override_id else None
    checked = PLAN.check(plan, move=step, by=by, override=waiver)
    plan.status = checked.end
    _plan_effects(plan, step, by)
    plan.save()
    sealed.seal(
        by=by,
        case_id=plan.case_id,
        person_id=plan.person_id,
        section=Section.PROTECTION,
        kind=f"plan_{step}",
        record_id=plan.pk,
        words=words or {},
    )
    audit.record(event=f"plan.{step}", by=by, subject=plan.person_id, case_id=plan.case_id, reason=plan.close_reason, codes=checked.codes)
    return plan


def _plan_effects(plan: AssistancePlan, step: str, by: Actor) -> None:
    if step == "propose":
        # a new proposal asks for a new answer
        plan.answered_at = None
        _stop(plan.pk, FIRST_NEEDS, by)
    elif step in {"accept", "review"}:
        plan.reviewed_at = by.at
        _stop(plan.pk, REVIEW, by)
        clocks.start(REVIEW, case_id=plan.case_id, subject_id=plan.pk, at=by.at, by=by)
    elif step == "follow_up":
        _schedule(plan, by)
    elif step == "close":
        if not plan.close_reason:
            raise Invalid({"close_reason": [_("say why the plan is closed")]})
        plan.closed_at = by.at
        _stop(plan.pk, REVIEW, by)
        _stop(plan.pk, FIRST_NEEDS, by)


def _schedule(plan: AssistancePlan, by: Actor) -> None:
    """Meetings at 1, 3, 6 and 12 months, each once, whatever else is planned."""
    known = set(FollowUp.objects.visible_to(by).filter(plan=plan).values_list("months", flat=True))
    for months in set(effects.SCHEDULE) - known:
        made = FollowUp(case_id=plan.case_id, person=plan.person, by=by.user, at=by.at, plan=plan, months=months)
        made.due_at = effects.later(by.at, months)
        FOLLOW_UP.check(made, move="schedule", by=by)
        made.save(force_insert=True)


def _stop(subject_id: UUID, rule: clocks.ClockRule, by: Actor) -> None:
    clock = clocks.latest(subject_id, rule.name)
    if clock is not None and clocks.state(clock) in {"running", "paused", "expired"}:
        clocks.end(clock, at=by.at, by=by)


@trust.act("service.offer")
def offer_service(
    *,
    plan_id: UUID,
    kind: str,
    need: str,
    by: Actor,
    provider_id: UUID | None = None,
    informed: bool = False,
    local_kind: str = "",
) -> AssistanceService:
    """Offer one service of the plan (HTCDS spl_Type).

    Args: local_kind, a code of the country's own list, kept beside the HTCDS kind that it counts under; provider_id, the organisation that
    gives it, never for a place to sleep, whose name would tell everyone who reads the plan where the person is.
    Raises: Missing; Refused; Invalid for a code that the country's list does not have, or a provider of a place to sleep.
    """
    if provider_id and need == Need.SAFE_HOUSING:
        raise Invalid({"provider": [_("a place to sleep has no provider here: leave this empty and write the place under whereabouts")]})
    plan = AssistancePlan.objects.visible_to(by).select_related("person", "case").get_or_missing(pk=plan_id)
    if local_kind and local_kind not in dict(standing.local_services(plan.case.country, by.at.date())):
        raise Invalid({"local_kind": [_("this service is not on the country's list: choose one, or add it to the country's facts")]})
    checked = SERVICE.check(AssistanceService(plan=plan), move="offer", by=by)
    fields = {
        "case_id": plan.case_id,
        "plan": plan,
        "kind": kind,
        "need": need,
        "provider_id": provider_id,
        "local_kind": local_kind,
        "by_id": by.user.pk,
    }
    service = AssistanceService.objects.add(by=by, **fields, proposed_at=by.at, informed_at=by.at if informed else None, status=checked.end)
    codes: dict[str, str | int] = {"kind": kind, "need": need}
    audit.record(event="service.offer", by=by, subject=plan.person_id, case_id=plan.case_id, codes=codes)
    return service


@trust.act("service")
def move_service(*, service_id: UUID, step: str, by: Actor, reason: str = "", informed: bool = False) -> AssistanceService:
    """Take one step of a service's table; refusing one leaves every other as it is.

    Args: informed, the person was told what it is and that it may be refused. Raises: Missing; Refused; Invalid without a reason where
    the service ends, is not wanted or is not available.
    """
    service = AssistanceService.objects.visible_to(by).select_related("plan__person").get_for_step(pk=service_id)
    if step == "offer":
        raise Invalid(_("this step has an act of its own"))
    if informed and service.informed_at is None:
        service.informed_at = by.at
    if step in {"accept", "refuse"}:
        service.answered_at = by.at
    checked = SERVICE.check(service, move=step, by=by)
    if checked.end in {ServiceStatus.REFUSED, ServiceStatus.UNAVAILABLE, ServiceStatus.ENDED} and not reason:
        raise Invalid({"reason": [_("choose a reason from the list")]})
    service.status, service.reason = checked.end, reason
    if step == "begin":
        service.starts_at = by.at
    if step == "offer_again":
        service.proposed_at, service.answered_at, service.starts_at, service.ended_at = by.at, None, None, None
    if checked.end in {ServiceStatus.ENDED, ServiceStatus.REFUSED} and service.starts_at:
        service.ended_at = by.at
    clean(service, {"reason"})
    service.save()
    audit.record(
        event=f"service.{step}", by=by, subject=service.plan.person_id, case_id=service.case_id, reason=reason, codes=checked.codes
    )
    return service


@trust.act("need.note")
def note_need(*, case_id: UUID, person_id: UUID, kind: str, by: Actor, urgent: bool = False) -> PersonNeed:
    """Note one need as the person said it; the same open need is noted once. Raises: Missing; Refused (403)."""
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    return _note(person, kind, urgent=urgent, by=by)


def _note(person: Person, kind: str, *, urgent: bool, by: Actor) -> PersonNeed:
    standing = PersonNeed.objects.visible_to(by).filter(person=person, kind=kind, met_at=None).first()
    if standing:
        return standing
    case_id = person.case_id
    need = PersonNeed.objects.add(by=by, case_id=case_id, person=person, kind=kind, urgent=urgent, recorded_at=by.at, by_id=by.user.pk)
    audit.record(event="need.note", by=by, subject=person.pk, case_id=case_id, codes={"kind": kind})
    return need


@trust.act("risk.assess")
def assess_risk(
    *,
    case_id: UUID,
    person_id: UUID,
    level: str,
    threats: list[str],
    with_person: bool,
    by: Actor,
    about: str = RiskAbout.PERSON,
    contact: str = "",
    retrafficking: bool | None = None,
) -> RiskAssessment:
    """Assess the danger to the person or the family, with the person where that is possible; the older assessments stay.

    Args: contact, the channel of the contact at which it was made; retrafficking, signs of being trafficked again, None where not asked.
    Raises: Missing; Refused (403); Invalid.
    """
    person = Person.objects.visible_to(by).get_or_missing(pk=person_id, case_id=case_id)
    risk = RiskAssessment.objects.add(
        by=by,
        case_id=case_id,
        person=person,
        about=about or RiskAbout.PERSON,
        contact=contact,
        level=level,
        threats=sorted(threats),
        retrafficking=retrafficking,
        with_person=with_person,
        at=by.at,
        by_id=by.user.pk,
    )
    codes: dict[str, str | int] = {"level": level, "about": risk.about}
    audit.record(event="risk.assess", by=by, subject=person_id, case_id=case_id, codes=codes)
    if retrafficking:
        effects.remind(kept=risk, kind=TaskKind.CALL, due_at=by.at + timedelta(days=1), owner=by.user, by=by)
    return risk


def _set(plan: AssistancePlan, record: dict[str, Any], allowed: frozenset[str]) -> None:
    strange = sorted(set(record) - allowed)
    if strange:
        raise Invalid({name: [_("this step does not record that")] for name in strange})
    for name, value in record.items():
        setattr(plan, name, value)
    clean(plan, record)
