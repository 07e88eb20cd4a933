"""Pages of retention, for the data-protection officer: the dry run, the order, the holds."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from havre.trust import audit, policy
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.actors import Actor
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.history.queries import case_by_reference
from havre.trust.middleware import ActorRequest
from havre.trust.models import RetentionOrder
from havre.trust.retention import planning, services
from havre.trust.retention.forms import HoldForm

# held lines that one page shows; the others are counted
SHOWN = 50


def _officer(request: ActorRequest) -> Actor:
    if request.actor is None:
        raise Missing
    policy.require_in_house(request.actor, Act.ERASE)
    return request.actor


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def board(request: ActorRequest) -> HttpResponse:
    """What is over its term; ordered from here, carried out by the worker."""
    actor = _officer(request)
    return _order(request) if request.method == "POST" else _board(request, actor)


def _board(request: ActorRequest, actor: Actor, *, form: HoldForm | None = None, reasons: Any = (), status: int = 200) -> HttpResponse:
    found = planning.plan(actor.at)
    first = services.first_of(found)
    today = timezone.localdate(actor.at)
    context = {
        "going": first.going,
        "digest": first.digest,
        "more": len(found.going) - len(first.going),
        "held": found.held[:SHOWN],
        "held_more": max(0, len(found.held) - SHOWN),
        "rules": [(rule, *planning.titles(rule)) for rule in planning.rules()],
        "holds": [(one, one.review_on <= today) for one in services.holds()],
        "orders": RetentionOrder.objects.select_related("ordered_by__user").order_by("-ordered_at")[:10],
        "form": form or HoldForm(),
        "reasons": reasons,
    }
    return render(request, "trust/retention/board.html", context, status=status)


@fresh_factor_required
def _order(request: ActorRequest) -> HttpResponse:
    try:
        services.order(digest=request.POST.get("digest", ""), by=request.actor)
    except Refused as refused:
        return _board(request, request.actor, reasons=refused.reasons, status=refused.status)
    messages.success(request, _("Ordered. It is carried out within the hour, and this page says what went."))
    return redirect("retention")


@login_required
@require_POST
def hold(request: ActorRequest) -> HttpResponse:
    """Keep a case beyond its terms."""
    actor = _officer(request)
    form = HoldForm(request.POST)
    reasons: Any = ()
    if form.is_valid():
        case_id = case_by_reference(form.cleaned_data["ref"])
        try:
            if case_id is None:
                raise Missing
            services.hold(case_id=case_id, reason=form.cleaned_data["reason"], review_on=form.cleaned_data["review_on"], by=actor)
        except Missing:
            # trying references leaves its trace
            audit.refuse(event="retention.hold", by=actor)
            form.add_error("ref", _("No file bears this reference. Type it as it stands on the receipt, for example D-7K2M-0QXA."))
        except Invalid as invalid:
            tell(form, invalid)
        except Refused as refused:
            reasons = refused.reasons
        else:
            messages.success(request, _("The case is kept until the hold is lifted."))
            return redirect("retention")
    return _board(request, actor, form=form, reasons=reasons, status=409 if reasons else 422)


@login_required
@require_POST
def lift(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End a hold."""
    services.lift(hold_id=pk, by=_officer(request))
    messages.success(request, _("The hold is lifted: the terms count again."))
    return redirect("retention")
