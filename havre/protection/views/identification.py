"""The decision page: conditions met and missing beside the act, and every reason of a refusal on top."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from havre.protection import queries, standing, workflow
from havre.protection.forms import PeriodForm, StepForm
from havre.protection.kinds import KINDS
from havre.protection.models import Evidence, Identification
from havre.protection.rights import FRONT_LINE
from havre.protection.services import identification as services
from havre.protection.services import quality
from havre.protection.services import recovery as periods
from havre.protection.views.stale import is_stale, stale
from havre.protection.views.waiving import by_step
from havre.trust import acts, overrides, waivers
from havre.trust.errors import Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held, WaiverForm

TABLES = {table.name: table for table in workflow.TABLES}
# what may be done to the recovery period, the act's name on the page → the grounds that its rule lists
GROUNDS = {
    "extend": workflow.RECOVERY.extend_on,
    "pause": workflow.RECOVERY.pause_on,
    "resume": {},
    "cut": workflow.RECOVERY.end_early_on,
}


def _context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    mine = Identification.objects.visible_to(request.actor).select_related("case", "person")
    found = mine.get_or_missing(pk=pk)
    table = workflow.identification(found.case.country)
    moves = [move for move in table.open_to(found, request.actor) if move.step not in services.OF_THE_CLOCK]
    gates = queries.gates_of(table, found, [move.step for move in moves], request.actor)
    steps = [(move.step, move.name) for move in moves]
    of_the_period = _periods(found, request)
    held = Held(table, found, steps=frozenset(f"{act}_recovery" for act, _name, _form in of_the_period))
    return {
        "identification": found,
        "gates": gates,
        "met": sum(gate.met for gate in gates),
        "moves": moves,
        "steps": steps,
        "clocks": queries.clock_lines(found.pk, request.actor),
        "periods": of_the_period,
        "waivers": waivers.lines(request, held),
        "held": held,
        "waivers_to": reverse("protection:recovery", args=[found.pk]),
        "evidence": list(Evidence.objects.visible_to(request.actor).filter(identification=found).order_by("element", "at")),
        "may_weigh": request.actor.role in KINDS["evidence"].openers,
        "standard": standing.standard(found.case.country, "decision" if found.presumed_at else "presumption", request.actor.at.date()),
        "bars": standing.removal_bars([found], request.actor.at),
        "gaps": [gap.label for gap in quality.gaps(found, words={"for": "…"}, by=request.actor)] if _sends(found, request) else [],
        "waiver_lines": by_step(request, table, found, moves),
        "once": new_id(),
    }


def _sends(found: Identification, request: ActorRequest) -> bool:
    """Whether this officer is about to send a presumption on: the check is then shown before it is asked."""
    return found.status == "screened" and request.actor.role in FRONT_LINE


def _periods(found: Identification, request: ActorRequest) -> list[tuple[str, Any, PeriodForm]]:
    """What the authority may do to the recovery period now: the act, its name, its form."""
    if request.actor.role not in workflow.AUTHORITY or found.recovery_answer != "accepted" or found.status != "presumed":
        return []
    names = {move.step.removesuffix("_recovery"): move.name for move in workflow.IDENTIFICATION.moves if move.step in services.OF_THE_CLOCK}
    return [(act, names[act], PeriodForm(act=act, grounds=grounds, prefix=act)) for act, grounds in GROUNDS.items()]


@login_required
@require_http_methods(["GET", "POST"])
def page(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Where the identification stands, and the one step that the actor takes."""
    context = _context(request, pk)
    if request.method == "POST" and acts.repeated("identification", by=request.actor):
        return redirect("protection:identification", pk=pk)
    fragment = "HX-Request" in request.headers
    template = "protection/_decision.html" if fragment else "protection/identification.html"
    form = StepForm(request.POST or None, steps=context["steps"], records=services.RECORDS, child=context["identification"].is_child)
    context["form"] = form if context["steps"] else None
    if request.method == "GET":
        return render(request, template, context)
    if is_stale(request, context["held"].table, dict(context["steps"])):
        empty = {"steps": context["steps"], "records": services.RECORDS, "child": context["identification"].is_child}
        context["form"] = StepForm(**empty) if context["steps"] else None
        again = partial(services.move, identification_id=pk, step=request.POST["step"], by=request.actor)
        return stale(request, again, template=template, context=context)
    return _take(request, pk, template, context, form)


def _take(request: ActorRequest, pk: UUID, template: str, context: dict[str, Any], form: StepForm) -> HttpResponse:
    if not form.is_valid():
        return render(request, template, context, status=422)
    step = form.cleaned_data["step"]
    try:
        services.move(
            identification_id=pk,
            step=step,
            by=request.actor,
            record=form.record(services.RECORDS.get(step, frozenset())),
            words=form.words(),
            override_id=_signed(request, pk, step),
            anyway=form.cleaned_data.get("anyway", ""),
        )
    except Refused as refusal:
        return render(request, template, {**context, "reasons": refusal.reasons}, status=409)
    if "HX-Request" in request.headers:
        # the state at the head and the conditions beside it change too: the whole page is asked for again
        return HttpResponse(headers={"HX-Redirect": reverse("protection:identification", args=[pk])})
    return redirect("protection:identification", pk=pk)


def _signed(request: ActorRequest, pk: UUID, step: str) -> UUID | None:
    """The unused waiver that somebody else signed for this step, if there is one."""
    found = overrides.signed(subject_id=pk, workflow=workflow.IDENTIFICATION.name, step=step, by=request.actor)
    return found.pk if found else None


@login_required
@require_POST
def recovery(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Extend, pause, let go on or end the recovery period, each on a listed ground. Missing for whoever does not decide."""
    act = request.POST.get("act", "extend")
    if request.actor.role not in workflow.AUTHORITY or act not in GROUNDS:
        raise Missing
    context = _context(request, pk)
    if "waive" in request.POST:
        shown: dict[str, Any] = {"template": "protection/identification.html", "context": context}
        again = waivers.signed(request, context["held"], case_id=context["identification"].case_id, **shown)
        return again or redirect("protection:identification", pk=pk)
    form = PeriodForm(request.POST, act=act, grounds=GROUNDS[act], prefix=act)
    typed = [(code, name, form if code == act else other) for code, name, other in context["periods"]]
    if not form.is_valid():
        return render(request, "protection/identification.html", {**context, "periods": typed}, status=422)
    given = form.cleaned_data
    beside: dict[str, Any] = {"identification_id": pk, "by": request.actor, "override_id": _signed(request, pk, f"{act}_recovery")}
    try:
        if act == "extend":
            periods.extend_recovery(**beside, ground=given["ground"], days=given["days"])
        elif act == "pause":
            periods.pause_recovery(**beside, ground=given["ground"])
        elif act == "resume":
            periods.resume_recovery(**beside)
        else:
            periods.cut_recovery(**beside, reason=given["ground"])
    except Refused as refusal:
        refused = {**context, "periods": typed, "reasons": refusal.reasons}
        return render(request, "protection/identification.html", refused, status=refusal.status)
    return redirect("protection:identification", pk=pk)


@login_required
def removal(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Whether anybody may remove this person now, each ground with its source."""
    found = Identification.objects.visible_to(request.actor).select_related("case", "person").get_or_missing(pk=pk)
    bars = standing.removal_bars([found], request.actor.at)
    return render(request, "protection/removal.html", {"identification": found, "bars": bars})


@login_required
@require_POST
def waive(request: ActorRequest, pk: UUID, step: str) -> HttpResponse:
    """A supervisor signs a waiver for somebody else's step."""
    context = _context(request, pk)
    if step not in workflow.IDENTIFICATION.steps:
        raise Missing
    found, table = context["identification"], context["held"].table
    offered = {right.key: right.words for right in table.waivable(found, move=step, by=request.actor)}
    form = WaiverForm(request.POST, gates=[(key, offered.get(key, key)) for key in table.rights], auto_id=f"id_{step}_waiver_%s")
    if not form.is_valid():
        form.fields["gates"].choices = list(offered.items())  # type: ignore[attr-defined]
        again = by_step(request, table, found, context["moves"], sent=(step, form))
        return render(request, "protection/identification.html", {**context, "waiver_lines": again}, status=422)
    overrides.give(case_id=found.case_id, subject_id=pk, workflow="identification", step=step, by=request.actor, **form.cleaned_data)
    return redirect("protection:identification", pk=pk)


@login_required
def table(request: ActorRequest, name: str) -> HttpResponse:
    """One workflow as a table and a picture, as the guide prints it."""
    if name not in TABLES:
        raise Missing
    language = get_language() or "en"
    found = TABLES[name]
    # the picture is made by the engine from escaped words, never from anything a user typed
    return render(
        request,
        "protection/table.html",
        {"table": found, "rows": found.as_table(language), "picture": mark_safe(found.diagram(language))},
    )
