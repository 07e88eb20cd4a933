"""Pages of the receiver: the list with its tabs, the preview and the answer."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from havre.referral import queries, services
from havre.referral.enums import LIVE, ReferralStatus
from havre.referral.forms import AcceptForm, CompleteForm, DeclineForm, MoreForm
from havre.referral.models import MoreAsked
from havre.referral.workflow import LEADERS, RECEIVERS, REFERRAL, SENDERS, readable_on_referral
from havre.trust.enums import SECTION_LABELS, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

ASKABLE = frozenset(LIVE)
TABS = {"to_answer": queries.TO_ANSWER, "under_way": queries.UNDER_WAY, "closed": queries.CLOSED}


@login_required
@require_GET
def index(request: ActorRequest) -> HttpResponse:
    """Received and sent referrals, by state, the shortest delay first."""
    if request.actor.role not in RECEIVERS:
        raise Missing
    tab = request.GET.get("tab", "to_answer")
    context: dict[str, Any] = {
        "tab": tab,
        "counts": queries.counts(request.actor),
        "sends": request.actor.role in SENDERS,
        "leads": request.actor.role in LEADERS,
    }
    if tab == "sent":
        context["referrals"] = list(queries.sent(request.actor).order_by("-prepared_at")[:200])
    else:
        context["offers"] = queries.previews(request.actor, TABS.get(tab, queries.TO_ANSWER))
    if getattr(request.membership, "supervisor", False):
        context["late"] = queries.late(request.actor)
    return render(request, "referral/index.html", context)


def _answer_context(request: ActorRequest, pk: UUID) -> dict[str, Any]:
    found = queries.preview(request.actor, pk)
    # the link to the case is there once the case is open to this service, not before
    case_ref = None
    more: list[Any] = []
    if not found.over:
        asked = MoreAsked.objects.for_house("offers").filter(referral_id=pk).order_by("asked_at")
        more = [(one, SECTION_LABELS[Section(one.asked)]) for one in asked]
    if found.status in queries.UNDER_WAY:
        case_ref = queries.for_receiver(request.actor).values_list("case__ref", flat=True).get(pk=pk)
    return {
        "offer": found,
        "more": more,
        "ask": MoreForm(sections=_askable(request, pk)) if found.status in ASKABLE else None,
        "case_ref": case_ref,
        "open": found.status == ReferralStatus.OFFERED,
        "under_way": found.status in queries.UNDER_WAY,
        "accept": AcceptForm(),
        "decline": DeclineForm(),
        "complete": CompleteForm(),
        "once": new_id(),
    }


def _askable(request: ActorRequest, pk: UUID) -> list[Section]:
    """The sections that this role may ever read and that do not open with the referral."""
    opened = Section(queries.for_receiver(request.actor).values_list("sections", flat=True).get(pk=pk))
    return [s for s in Section if not s & opened and readable_on_referral(request.actor.role, s)]


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
    except Invalid as invalid:
        words = [word for several in invalid.problems.values() for word in several]
        return render(request, "referral/answer.html", {**_answer_context(request, pk), "reasons": words}, status=422)
    except Refused as refusal:
        return render(request, "referral/answer.html", {**_answer_context(request, pk), "reasons": refusal.reasons}, status=refusal.status)
    return redirect("referral:answer", pk=pk)


def _take(request: ActorRequest, pk: UUID) -> None:
    step, by = request.POST.get("step", ""), request.actor
    accept, decline, complete = AcceptForm(request.POST), DeclineForm(request.POST), CompleteForm(request.POST)
    if step == "acknowledge":
        services.acknowledge(referral_id=pk, by=by)
    elif step == "accept" and accept.is_valid():
        services.accept(referral_id=pk, by=by, **accept.cleaned_data)
    elif step == "decline" and decline.is_valid():
        suggested = decline.cleaned_data["suggested"]
        services.decline(referral_id=pk, reason=decline.cleaned_data["reason"], suggested_id=suggested and suggested.pk, by=by)
    elif step == "ask":
        more = MoreForm(request.POST, sections=_askable(request, pk))
        if not more.is_valid():
            raise Invalid({"section": [_("choose the part of the file that is needed")]})
        services.ask(referral_id=pk, by=by, **more.cleaned_data)
    elif step == "start":
        services.start(referral_id=pk, by=by)
    elif step == "complete" and complete.is_valid():
        services.complete(referral_id=pk, by=by, **complete.cleaned_data)
    else:
        REFERRAL.check(queries.for_receiver(by).get_or_missing(pk=pk), move=step, by=by)
