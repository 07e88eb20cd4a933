"""Pages of referral: the list with its tabs, the offer, the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.formats import date_format
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from havre.referral import queries, services
from havre.referral.enums import ReferralStatus
from havre.referral.forms import AcceptForm, CompleteForm, DeclineForm, OfferForm
from havre.referral.models import Referral
from havre.referral.workflow import RECEIVERS, REFERRAL, SENDERS
from havre.register.enums import ConsentState
from havre.register.models import Consent, Person
from havre.trust.errors import Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

TABS = {"to_answer": queries.TO_ANSWER, "under_way": queries.UNDER_WAY, "closed": queries.CLOSED}


@login_required
@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """Received and sent referrals, by state, the shortest delay first."""
    if request.actor.role not in RECEIVERS:
        raise Missing
    tab = request.GET.get("tab", "to_answer")
    context: dict[str, Any] = {"tab": tab, "counts": queries.counts(request.actor), "sends": request.actor.role in SENDERS}
    if tab == "sent":
        context["referrals"] = list(queries.sent(request.actor).order_by("-prepared_at")[:200])
    else:
        context["offers"] = queries.previews(request.actor, TABS.get(tab, queries.TO_ANSWER))
    if getattr(request.membership, "supervisor", False):
        context["late"] = queries.late(request.actor)
    return render(request, "referral/index.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def offer(request: ActorRequest, case_id: UUID, person_id: UUID) -> HttpResponse:
    """Prepare a referral and offer it at once. Missing for a role that refers nobody."""
    if request.actor.role not in SENDERS:
        raise Missing
    person = Person.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=person_id, case_id=case_id)
    live = Consent.objects.visible_to(request.actor).filter(
        person=person, state=ConsentState.GIVEN, starts_at__lte=request.actor.at, ends_at__gt=request.actor.at
    )
    consents = [
        (str(one.pk), f"{one.recipient}, {one.get_purpose_display()}, {date_format(one.ends_at)}")
        for one in live.select_related("recipient")
    ]
    form = OfferForm(request.POST or None, consents=consents, sender_id=request.actor.organisation_id)
    context = {"form": form, "case": person.case, "once": new_id()}
    if request.method == "GET":
        return render(request, "referral/offer.html", context)
    if not form.is_valid():
        return render(request, "referral/offer.html", context, status=422)
    try:
        draft = services.prepare(case_id=case_id, person_id=person_id, by=request.actor, **form.request())
        services.offer(referral_id=draft.pk, by=request.actor)
    except Refused as refusal:
        return render(request, "referral/offer.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return redirect("referral:sent", pk=draft.pk)


def _answer_context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    found = queries.preview(request.actor, pk)
    # the link to the case is there once the case is open to this service, not before
    case_id = None
    if found.status in queries.UNDER_WAY:
        case_id = queries.for_receiver(request.actor).values_list("case_id", flat=True).get(pk=pk)
    return {
        "offer": found,
        "case_id": case_id,
        "open": found.status == ReferralStatus.OFFERED,
        "under_way": found.status in queries.UNDER_WAY,
        "accept": AcceptForm(),
        "decline": DeclineForm(),
        "complete": CompleteForm(),
        "once": new_id(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The preview, and the receiver's one step. Missing for a role that receives nobody."""
    if request.actor.role not in RECEIVERS:
        raise Missing
    context = _answer_context(request, pk)
    if request.method == "GET":
        return render(request, "referral/answer.html", context)
    try:
        _take(request, pk)
    except Refused as refusal:
        return render(request, "referral/answer.html", {**_answer_context(request, pk), "reasons": refusal.reasons}, status=refusal.status)
    return redirect("referral:answer", pk=pk)


def _take(request: ActorRequest, pk: UUID) -> None:
    step, by = request.POST.get("step", ""), request.actor
    accept, decline, complete = AcceptForm(request.POST), DeclineForm(request.POST), CompleteForm(request.POST)
    if step == "acknowledge":
        services.acknowledge(referral_id=pk, by=by)
    elif step == "accept" and accept.is_valid():
        services.accept(referral_id=pk, no_conflict=accept.cleaned_data["no_conflict"], by=by)
    elif step == "decline" and decline.is_valid():
        suggested = decline.cleaned_data["suggested"]
        services.decline(referral_id=pk, reason=decline.cleaned_data["reason"], suggested_id=suggested and suggested.pk, by=by)
    elif step == "start":
        services.start(referral_id=pk, by=by)
    elif step == "complete" and complete.is_valid():
        services.complete(referral_id=pk, by=by, **complete.cleaned_data)
    else:
        REFERRAL.check(queries.for_receiver(by).get_or_missing(pk=pk), move=step, by=by)


@login_required
@require_GET
def sent(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The sender's view of what became of a referral: states and the outcome word."""
    found = queries.sent(request.actor).get_or_missing(pk=pk)
    moves = [move for move in REFERRAL.open_to(found, request.actor) if move.step in {"withdraw", "tell_person"}]
    return render(request, "referral/sent.html", {"referral": found, "moves": moves, "once": new_id()})


@login_required
@require_POST
def step(request: ActorRequest, pk: UUID, name: str) -> HttpResponse:
    """The sender's own steps: withdraw, and note that the person was told."""
    act = {"withdraw": services.withdraw, "tell_person": services.tell_person}.get(name)
    if act is None or not Referral.objects.visible_to(request.actor).filter(pk=pk).exists():
        raise Missing
    act(referral_id=pk, by=request.actor)
    return redirect("referral:sent", pk=pk)
