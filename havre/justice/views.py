"""Pages of justice: a pseudonym, conditions beside the act, and never a place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from havre.justice import queries, services
from havre.justice.enums import ClaimStatus
from havre.justice.forms import ChargeForm, ClaimForm, InformForm, ProceedingForm, StepForm
from havre.justice.models import Charge, CompensationClaim, Proceeding, Suspect
from havre.justice.views_records import tabs
from havre.justice.workflow import AGAINST_PERSON, AGAINST_TRAFFICKER, CLAIM, OPENERS, PROCEEDING, PROFESSIONALS
from havre.register.models import Person
from havre.trust import acts, waivers
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held
from havre.trust.workflow import Move


@login_required
@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """Proceedings and claims, by pseudonym."""
    if request.actor.role not in PROFESSIONALS:
        raise Missing
    context = {"proceedings": queries.proceedings(request.actor), "claims": queries.claims(request.actor)}
    return render(request, "justice/index.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def new(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Open an inquiry, or record that the person was told of compensation."""
    Person.objects.visible_to(request.actor).get_or_missing(pk=person_id, case_id=case_id)
    if request.actor.role not in PROFESSIONALS:
        raise Missing
    informs = request.POST.get("act") == "inform"
    # what is wrong is said beside the form that was sent, and not beside the other
    signs = "waive" in request.POST
    form = ProceedingForm(None if informs or signs else request.POST or None)
    told = InformForm(request.POST if informs else None)
    context: dict[str, Any] = {"form": form if request.actor.role in OPENERS else None, "inform": told, "once": new_id()}
    held = _first(request, case_id, person_id)
    context["waivers"] = waivers.lines(request, *held)
    if request.method == "GET":
        return render(request, "justice/new.html", context)
    if signs:
        again = waivers.signed(request, *held, case_id=case_id, template="justice/new.html", context=context)
        return again or redirect("justice:new", case_id, person_id)
    try:
        done = _informed(request, told, case_id, person_id) if informs else _opened(request, form, case_id, person_id)
    except Refused as refusal:
        return render(request, "justice/new.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return done or render(request, "justice/new.html", context, status=422)


def _first(request: ActorRequest, case_id: UUID, person_id: UUID) -> tuple[Held, Held]:
    """What may be waived before there is anything but the person."""
    at = request.actor.at
    inquiry = Proceeding(case_id=case_id, person_id=person_id, opened_at=at)
    claim = CompensationClaim(case_id=case_id, person_id=person_id, informed_at=at)
    return Held(PROCEEDING, inquiry, about=person_id), Held(CLAIM, claim, about=person_id)


def _informed(request: ActorRequest, told: InformForm, case_id: UUID, person_id: UUID) -> HttpResponse | None:
    if not told.is_valid():
        return None
    try:
        claim = services.inform(case_id=case_id, person_id=person_id, by=request.actor, **told.cleaned_data)
    except Invalid as invalid:
        tell(told, invalid)
        return None
    return redirect("justice:claim", pk=claim.pk)


def _opened(request: ActorRequest, form: ProceedingForm, case_id: UUID, person_id: UUID) -> HttpResponse | None:
    if not form.is_valid():
        return None
    record = form.record(services.PROCEEDING_RECORDS["open"])
    done = services.open_proceeding(case_id=case_id, person_id=person_id, record=record, by=request.actor)
    return redirect("justice:proceeding", pk=done.pk)


def _written(steps: list[tuple[str, str]], records: dict[str, frozenset[str]]) -> set[str]:
    """What the offered steps write down."""
    return {name for step, _name in steps for name in records.get(step, ())}


def _suspects(request: ActorRequest, found: Proceeding) -> list[tuple[str, str]]:
    mine = Suspect.objects.visible_to(request.actor).filter(proceeding=found).order_by("recorded_at")
    return [(str(one.pk), one.pseudonym) for one in mine]


def _fits(found: Proceeding, move: Move) -> bool:
    """Whether a step is one of this side: what guards a person against punishment is not offered against a trafficker, nor the reverse."""
    sides = {AGAINST_TRAFFICKER, AGAINST_PERSON} & set(move.after)
    return all(side.met is not None and side.met(found) for side in sides)


def _proceeding(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    found = Proceeding.objects.visible_to(request.actor).select_related("person", "case").get_or_missing(pk=pk)
    asked = request.POST.get("step", "")
    moves = [move for move in PROCEEDING.open_to(found, request.actor) if move.step == asked or _fits(found, move)]
    gates = {right.key: (right, met) for move in moves for right, met in PROCEEDING.standing(found, move=move.step, by=request.actor)}
    # the words of a plain condition say what is missing: they are shown while it is
    shown = [(right, met) for right, met in gates.values() if right.gate or not met]
    return {
        "proceeding": found,
        "steps": [(move.step, move.name) for move in moves],
        "gates": [{"words": right.words if met else right.reason, "met": met, "blocks": right.effect == "block"} for right, met in shown],
        "charges": list(Charge.objects.visible_to(request.actor).filter(proceeding=found).order_by("charged_on")),
        "claims": [one for one in queries.claims(request.actor, found.case_id) if one.person_id == found.person_id],
        "charge": ChargeForm(country=found.case.country, suspects=_suspects(request, found))
        if request.actor.role in PROFESSIONALS
        else None,
        "tabs": tabs(request, found, ""),
        "waivers": waivers.lines(request, Held(PROCEEDING, found)),
        "waivers_to": reverse("justice:proceeding", args=[pk]),
        "once": new_id(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def proceeding(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One proceeding and its next step."""
    context = _proceeding(request, pk)
    signs = "waive" in request.POST
    written = _written(context["steps"], services.PROCEEDING_RECORDS)
    form = StepForm(None if signs else request.POST or None, steps=context["steps"], written=written)
    context["form"] = form if context["steps"] else None
    if request.method == "GET":
        return render(request, "justice/proceeding.html", context)
    if signs:
        found = context["proceeding"]
        shown: dict[str, Any] = {"template": "justice/proceeding.html", "context": context}
        again = waivers.signed(request, Held(PROCEEDING, found), case_id=found.case_id, **shown)
        return again or redirect("justice:proceeding", pk=pk)
    if not acts.repeated("proceeding", by=request.actor):
        step = request.POST.get("step", "")
        # a colleague was quicker: the table says where the proceeding stands now
        stale = step in PROCEEDING.steps and step not in dict(context["steps"])
        if not stale and not form.is_valid():
            return render(request, "justice/proceeding.html", context, status=422)
        record = {} if stale else form.record(services.PROCEEDING_RECORDS.get(step, frozenset()))
        try:
            services.move(proceeding_id=pk, step=step, record=record, by=request.actor)
        except Refused as refusal:
            return render(request, "justice/proceeding.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
        except Invalid as invalid:
            tell(form, invalid)
            return render(request, "justice/proceeding.html", context, status=422)
    return redirect("justice:proceeding", pk=pk)


@login_required
@require_POST
def charge(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Add an offence. Missing for a role that only reads of the proceedings."""
    if request.actor.role not in PROFESSIONALS:
        raise Missing
    context = _proceeding(request, pk)
    found = context["proceeding"]
    form = ChargeForm(request.POST, country=found.case.country, suspects=_suspects(request, found))
    if not form.is_valid():
        return render(request, "justice/proceeding.html", {**context, "charge": form}, status=422)
    told = {**form.cleaned_data, "suspect_id": form.cleaned_data["suspect_id"] or None}
    try:
        services.add_charge(proceeding_id=pk, by=request.actor, **told)
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "justice/proceeding.html", {**context, "charge": form}, status=422)
    return redirect("justice:proceeding", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def claim(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One claim and its next step."""
    found = CompensationClaim.objects.visible_to(request.actor).get_or_missing(pk=pk)
    steps = [(move.step, move.name) for move in CLAIM.open_to(found, request.actor)]
    form = ClaimForm(request.POST or None, steps=steps, written=_written(steps, services.CLAIM_RECORDS))
    context = {"claim": found, "form": form if steps else None, "once": new_id(), "wages": request.actor.role in PROFESSIONALS}
    context["too_late"] = (
        found.status == ClaimStatus.INFORMED and found.limitation_on is not None and found.limitation_on < timezone.localdate()
    )
    if request.method == "GET":
        return render(request, "justice/claim.html", context)
    if acts.repeated("claim", by=request.actor):
        return redirect("justice:claim", pk=pk)
    step = request.POST.get("step", "")
    stale = step in CLAIM.steps and step not in dict(steps)
    if not stale and not form.is_valid():
        return render(request, "justice/claim.html", context, status=422)
    record = {} if stale else form.record(services.CLAIM_RECORDS.get(step, frozenset()))
    try:
        services.move_claim(claim_id=pk, step=step, by=request.actor, record=record)
    except Refused as refusal:
        return render(request, "justice/claim.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "justice/claim.html", context, status=422)
    return redirect("justice:claim", pk=pk)
