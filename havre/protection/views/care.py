"""Records of care: one page for what stands about a person, one to make a record, one for each record and its next step."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from havre.protection import queries, showing
from havre.protection.forms_care import RecordStepForm
from havre.protection.kinds import KINDS, Kind
from havre.protection.services import care as services
from havre.protection.views.stale import is_stale, stale
from havre.protection.views.waiving import by_step
from havre.register.models import Person
from havre.trust import acts, overrides
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import WaiverForm


@login_required
def overview(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Everything that care holds of one person and the role may read, with what it may begin."""
    person = Person.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    groups = showing.overview(person, request.actor)
    return render(request, "protection/care.html", {"person": person, "case": person.case, "groups": groups})


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, code: str, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Make one record. Missing for a role that may not begin it."""
    kind = KINDS[code]
    if request.actor.role not in kind.openers:
        raise Missing
    person = Person.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    form = RecordStepForm(request.POST if request.method == "POST" else None, kind=kind, step=kind.opens, by=request.actor)
    context: dict[str, Any] = {"form": form, "kind": kind, "person": person, "case": person.case, "once": new_id(), "moves": _named(kind)}
    if request.method == "GET":
        return render(request, "protection/care_new.html", context)
    if not form.is_valid():
        return render(request, "protection/care_new.html", context, status=422)
    try:
        made = services.open_record(
            kind=code, case_id=case_id, person_id=person_id, by=request.actor, record=form.record(), words=form.words()
        )
    except (Refused, Invalid) as problem:
        reasons = _reasons(problem, form)
        return render(request, "protection/care_new.html", {**context, "reasons": reasons}, status=problem.status)
    return redirect(f"protection:{code}", pk=made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def page(request: ActorRequest, code: str, pk: UUID) -> HttpResponse:
    """One record: what it holds, its words, its conditions, and each step that the role may take."""
    kind = KINDS[code]
    context = _context(request, kind, pk)
    if request.method == "GET":
        return render(request, "protection/care_record.html", context)
    step = request.POST.get("step", "")
    if request.POST.get("waive"):
        return _waive(request, kind, context, step)
    if acts.repeated("care", by=request.actor):
        return redirect(f"protection:{code}", pk=pk)
    forms = {move.step: form for move, form in context["steps"]}
    if is_stale(request, kind.table, forms):
        again = partial(services.take_step, kind=code, record_id=pk, step=step, by=request.actor)
        return stale(request, again, template="protection/care_record.html", context=context)
    if step not in forms:
        raise Missing
    return _take(request, kind, context, step)


def _take(request: ActorRequest, kind: Kind, context: dict[str, Any], step: str) -> HttpResponse:
    pk = context["record"].pk
    form = RecordStepForm(request.POST, kind=kind, step=step, by=request.actor, prefix=step)
    shown = {**context, "steps": [(move, form if move.step == step else other) for move, other in context["steps"]], "tried": step}
    if not form.is_valid():
        return render(request, "protection/care_record.html", shown, status=422)
    try:
        services.take_step(
            kind=kind.code,
            record_id=pk,
            step=step,
            by=request.actor,
            record=form.record(),
            words=form.words(),
            override_id=_signed(request, kind, pk, step),
        )
    except (Refused, Invalid) as problem:
        return render(request, "protection/care_record.html", {**shown, "reasons": _reasons(problem, form)}, status=problem.status)
    return redirect(f"protection:{kind.code}", pk=pk)


def _context(request: ActorRequest, kind: Kind, pk: UUID) -> dict[str, Any]:
    mine = kind.model.objects.visible_to(request.actor).select_related("case", "person", "by")
    record = mine.get_or_missing(pk=pk)
    moves = kind.table.open_to(record, request.actor)
    gates = queries.gates_of(kind.table, record, [move.step for move in moves], request.actor)
    return {
        "record": record,
        "kind": kind,
        "case": record.case,
        "person": record.person,
        "facts": showing.facts(kind, record),
        "words": showing.words(kind, record, request.actor),
        "steps": [(move, RecordStepForm(kind=kind, step=move.step, by=request.actor, prefix=move.step)) for move in moves],
        "gates": gates,
        "clocks": queries.clock_lines(record.pk, request.actor),
        "waiver_lines": by_step(request, kind.table, record, moves),
        "once": new_id(),
    }


def _named(kind: Kind) -> str:
    return next(move.name for move in kind.table.moves if move.step == kind.opens)


def _reasons(problem: Refused | Invalid, form: RecordStepForm) -> tuple[Any, ...]:
    """What stands on top; a problem of one field stands beside it."""
    if isinstance(problem, Refused):
        return problem.reasons
    rest: list[Any] = []
    for name, words in problem.problems.items():
        if name in form.fields:
            form.add_error(name, [str(word) for word in words])
        else:
            rest.extend(words)
    return tuple(rest)


def _signed(request: ActorRequest, kind: Kind, pk: UUID, step: str) -> UUID | None:
    """The unused waiver that somebody else signed for this step, if there is one."""
    found = overrides.signed(subject_id=pk, workflow=kind.table.name, step=step, by=request.actor)
    return found.pk if found else None


def _waive(request: ActorRequest, kind: Kind, context: dict[str, Any], step: str) -> HttpResponse:
    """A supervisor signs a waiver for somebody else's step."""
    if step not in kind.table.steps:
        raise Missing
    record = context["record"]
    offered = {right.key: right.words for right in kind.table.waivable(record, move=step, by=request.actor)}
    form = WaiverForm(request.POST, gates=[(key, offered.get(key, key)) for key in kind.table.rights], auto_id=f"id_{step}_waiver_%s")
    if not form.is_valid():
        form.fields["gates"].choices = list(offered.items())  # type: ignore[attr-defined]
        again = by_step(request, kind.table, record, [move for move, _form in context["steps"]], sent=(step, form))
        return render(request, "protection/care_record.html", {**context, "waiver_lines": again}, status=422)
    try:
        overrides.give(
            case_id=record.case_id, subject_id=record.pk, workflow=kind.table.name, step=step, by=request.actor, **form.cleaned_data
        )
    except Refused as refusal:
        return render(request, "protection/care_record.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return redirect(f"protection:{kind.code}", pk=record.pk)
