"""The decision page: conditions met and missing beside the act, and every reason of a refusal on top."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods, require_POST

from havre.protection import queries, workflow
from havre.protection.forms import ExtendForm, StepForm, WaiverForm
from havre.protection.models import Identification
from havre.protection.services import identification as services
from havre.trust import overrides
from havre.trust.errors import Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.models import Override

TABLES = {table.name: table for table in (workflow.SCREENING, workflow.IDENTIFICATION, workflow.PLAN, workflow.SERVICE)}


def _context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    mine = Identification.objects.visible_to(request.actor).select_related("case", "person")
    found = mine.get_or_missing(pk=pk)
    table = workflow.identification(found.case.country)
    moves = [move for move in table.open_to(found, request.actor) if move.step not in {"extend_recovery", "cut_recovery"}]
    gates = queries.gates_of(table, found, [move.step for move in moves], request.actor)
    steps = [(move.step, move.name) for move in moves]
    supervisor = getattr(request.membership, "supervisor", False)
    waivable = [(gate.right.key, gate.words) for gate in gates if gate.blocks and gate.right.overridable]
    return {
        "identification": found,
        "gates": gates,
        "met": sum(gate.met for gate in gates),
        "moves": moves,
        "steps": steps,
        "clocks": queries.clock_lines(found.pk, request.actor),
        "extend": ExtendForm(grounds=[(code, words) for code, (words, _source) in workflow.RECOVERY.extend_on.items()])
        if request.actor.role in workflow.AUTHORITY and found.recovery_answer == "accepted"
        else None,
        "waiver": WaiverForm(gates=waivable) if supervisor and waivable else None,
        "once": new_id(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def page(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Where the identification stands, and the one step that the actor takes."""
    context = _context(request, pk)
    fragment = "HX-Request" in request.headers
    template = "protection/_decision.html" if fragment else "protection/identification.html"
    written = {name for step, _name in context["steps"] for name in services.RECORDS.get(step, ())}
    form = StepForm(request.POST or None, steps=context["steps"], written=written, child=context["identification"].is_child)
    context["form"] = form if context["steps"] else None
    if request.method == "GET":
        return render(request, template, context)
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
        )
    except Refused as refusal:
        return render(request, template, {**context, "reasons": refusal.reasons}, status=409)
    return render(request, template, _context(request, pk)) if fragment else redirect("protection:identification", pk=pk)


def _signed(request: ActorRequest, pk: UUID, step: str) -> UUID | None:
    """The unused waiver that somebody else signed for this step, if there is one."""
    open_ones = Override.objects.visible_to(request.actor).filter(subject_id=pk, step=step, used_at=None, ends_at__gt=request.actor.at)
    found = open_ones.exclude(given_by=request.actor.user).order_by("-given_at").first()
    return found.pk if found else None


@login_required
@require_POST
def recovery(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Extend the recovery period on a listed ground. Missing for whoever does not decide."""
    if request.actor.role not in workflow.AUTHORITY:
        raise Missing
    context = _context(request, pk)
    grounds = [(code, words) for code, (words, _source) in workflow.RECOVERY.extend_on.items()]
    form = ExtendForm(request.POST, grounds=grounds)
    if not form.is_valid():
        return render(request, "protection/identification.html", {**context, "extend": form}, status=422)
    try:
        services.extend_recovery(identification_id=pk, by=request.actor, **form.cleaned_data)
    except Refused as refusal:
        return render(
            request, "protection/identification.html", {**context, "extend": form, "reasons": refusal.reasons}, status=refusal.status
        )
    return redirect("protection:identification", pk=pk)


@login_required
@require_POST
def waive(request: ActorRequest, pk: UUID, step: str) -> HttpResponse:
    """A supervisor signs a waiver for somebody else's step."""
    context = _context(request, pk)
    if step not in workflow.IDENTIFICATION.steps:
        raise Missing
    keys = [(key, key) for key in workflow.identification(context["identification"].case.country).rights]
    form = WaiverForm(request.POST, gates=keys)
    if not form.is_valid():
        return render(request, "protection/identification.html", {**context, "waiver": form}, status=422)
    found = context["identification"]
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
