"""Help: start it, plan it with the person, follow each service."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from havre.protection import queries, standing
from havre.protection.forms import PlanForm, RiskForm, ServiceForm, ServiceStepForm, StartHelpForm
from havre.protection.kinds import KINDS
from havre.protection.models import AssistancePlan, AssistanceService
from havre.protection.services import assistance as services
from havre.protection.views.stale import is_stale, stale
from havre.protection.workflow import PLAN, SERVICE
from havre.register.models import Person
from havre.trust import acts, overrides, waivers
from havre.trust.errors import Invalid, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held

PAGE = "protection/plan.html"


def _form(plan: AssistancePlan, steps: list[tuple[str, str]], data: Any = None) -> PlanForm:
    """The steps open to the actor, with what these steps write down and nothing else."""
    written = {name for step, _name in steps for name in services.RECORDS.get(step, ())}
    written |= {"words_view"} if "own_view" in written else set()
    return PlanForm(data, steps=steps, written=written, child=plan.is_child)


def _context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    mine = AssistancePlan.objects.visible_to(request.actor).select_related("case", "person")
    plan = mine.get_or_missing(pk=pk)
    steps = [(move.step, move.name) for move in PLAN.open_to(plan, request.actor)]
    context = queries.plan_context(plan, request.actor)
    local = dict(standing.local_services(plan.case.country, request.actor.at.date()))
    for one in context["services"]:
        one.local_words = local.get(one.local_kind, one.local_kind)
    rows = [(one, [(m.step, m.name) for m in SERVICE.open_to(one, request.actor)]) for one in context["services"]]
    return {
        **context,
        "rows": rows,
        "steps": steps,
        "form": _form(plan, steps) if steps else None,
        "offer": ServiceForm(local=sorted(local.items())),
        "risk_form": RiskForm(),
        "may_plan_safety": request.actor.role in KINDS["safety_measure"].openers,
        "service_step": ServiceStepForm(auto_id=False),
        "gates": queries.gates_of(PLAN, plan, [step for step, _name in steps], request.actor),
        "clocks": queries.clock_lines(plan.pk, request.actor),
        "waivers": waivers.lines(request, Held(PLAN, plan)),
        "waivers_to": reverse("protection:plan", args=[pk]),
        "once": new_id(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def start(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Start urgent help: one page, no condition."""
    person = Person.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    form = StartHelpForm(request.POST or None)
    context = {"form": form, "case": person.case, "once": new_id()}
    if request.method == "GET":
        return render(request, "protection/help.html", context)
    if not form.is_valid():
        return render(request, "protection/help.html", context, status=422)
    try:
        plan = services.start_help(case_id=case_id, person_id=person_id, by=request.actor, **form.cleaned_data)
    except Refused as refusal:
        return render(request, "protection/help.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return redirect("protection:plan", pk=plan.pk)


@login_required
@require_http_methods(["GET", "POST"])
def page(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The plan with its services; one step of it, or a supervisor's waiver for one."""
    context = _context(request, pk)
    if request.method == "GET":
        return render(request, PAGE, context)
    if "waive" in request.POST:
        return _waive(request, context)
    if acts.repeated("plan", by=request.actor):
        return redirect("protection:plan", pk=pk)
    if is_stale(request, PLAN, dict(context["steps"])):
        again = partial(services.move_plan, plan_id=pk, step=request.POST["step"], by=request.actor)
        return stale(request, again, template=PAGE, context=context)
    return _take(request, pk, context)


def _take(request: ActorRequest, pk: UUID, context: dict[str, Any]) -> HttpResponse:
    form = _form(context["plan"], context["steps"], request.POST)
    if not form.is_valid():
        return render(request, PAGE, {**context, "form": form}, status=422)
    step = form.cleaned_data["step"]
    try:
        record = form.record(services.RECORDS.get(step, frozenset()))
        signed = overrides.signed(subject_id=pk, workflow=PLAN.name, step=step, by=request.actor)
        services.move_plan(plan_id=pk, step=step, by=request.actor, record=record, words=form.words(step), override_id=signed and signed.pk)
    except Refused as refusal:
        return render(request, PAGE, {**context, "form": form, "reasons": refusal.reasons}, status=refusal.status)
    return redirect("protection:plan", pk=pk)


def _waive(request: ActorRequest, context: dict[str, Any]) -> HttpResponse:
    """A supervisor signs for somebody else's step."""
    plan = context["plan"]
    again = waivers.signed(request, Held(PLAN, plan), case_id=plan.case_id, template=PAGE, context=context)
    return again or redirect("protection:plan", pk=plan.pk)


@login_required
@require_POST
def offer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Offer a service."""
    context = _context(request, pk)
    form = ServiceForm(request.POST, local=standing.local_services(context["plan"].case.country, request.actor.at.date()))
    if not form.is_valid():
        return render(request, PAGE, {**context, "offer": form}, status=422)
    given = dict(form.cleaned_data)
    provider = given.pop("provider")
    try:
        services.offer_service(plan_id=pk, by=request.actor, provider_id=provider and provider.pk, **given)
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, PAGE, {**context, "offer": form}, status=422)
    return redirect("protection:plan", pk=pk)


@login_required
@require_POST
def risk(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Assess the danger again."""
    context = _context(request, pk)
    form = RiskForm(request.POST)
    if not form.is_valid():
        return render(request, PAGE, {**context, "risk_form": form}, status=422)
    plan = context["plan"]
    services.assess_risk(case_id=plan.case_id, person_id=plan.person_id, by=request.actor, **form.cleaned_data)
    return redirect("protection:plan", pk=pk)


@login_required
@require_POST
def service(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One step of one service."""
    found = AssistanceService.objects.visible_to(request.actor).get_or_missing(pk=pk)
    form = ServiceStepForm(request.POST, auto_id=False)
    if not form.is_valid():
        return render(request, PAGE, {**_context(request, found.plan_id), "service_step": form}, status=422)
    try:
        services.move_service(service_id=pk, by=request.actor, **form.cleaned_data)
    except Refused as refusal:
        return render(request, PAGE, {**_context(request, found.plan_id), "reasons": refusal.reasons}, status=refusal.status)
    return redirect("protection:plan", pk=found.plan_id)
