"""The emergency access: breaking the glass, hearing of it, judging it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from havre.trust import audit, policy
from havre.trust.accounts import glass, queries
from havre.trust.accounts.forms import BreakGlassForm, VerdictForm
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.enums import SECTION_LABELS, Act
from havre.trust.errors import Missing, Refused
from havre.trust.middleware import ActorRequest
from havre.trust.models import User


@login_required
@require_http_methods(["GET", "POST"])
@fresh_factor_required
def break_glass(request: ActorRequest) -> HttpResponse:
    """Which case, why, what opens, for how long, who will know."""
    policy.require_in_house(request.actor, Act.BREAK_GLASS)
    form = BreakGlassForm(request.POST or None)
    reasons: tuple[object, ...] = tuple(glass.reasons_against(request.actor)) if request.method == "GET" else ()
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        try:
            return redirect("accounts_glass", glass.break_glass(by=request.actor, **form.cleaned_data).pk)
        except Refused as refused:
            reasons, status = refused.reasons, refused.status
        except Missing:
            # looking for a case by trying references leaves its trace too
            audit.refuse(event="break_glass", by=request.actor)
            form.add_error("case_ref", _("No case answers to this reference. Read it again from the paper or ask over the telephone."))
    opens = [label for section, label in SECTION_LABELS.items() if section in glass.sections_in_emergency(request.actor.role)]
    return render(request, "accounts/break_glass.html", {"form": form, "reasons": reasons, "opens": opens}, status=status)


@login_required
@require_safe
def one(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One emergency access: who, when, why, until when, and what the officer found."""
    if request.actor is None:
        raise Missing
    found = glass.visible(request.actor, pk)
    return render(
        request,
        "accounts/glass.html",
        {
            "glass": found,
            "why": glass.Emergency(found.reason).label,
            "verdict": glass.Verdict(found.verdict).label if found.verdict else "",
            "mine": found.user_id == request.actor.user.pk,
            "open": found.ends_at > request.actor.at,
            "reviews": policy.may_in_house(request.actor, Act.REVIEW),
            "form": VerdictForm(),
        },
    )


@login_required
@require_POST
def close(request: ActorRequest, pk: UUID) -> HttpResponse:
    """End one's own access before its hour."""
    if request.actor is None:
        raise Missing
    glass.close(by=request.actor, break_glass_id=pk)
    return redirect("accounts_glass", pk)


@login_required
@require_safe
def reviews(request: ActorRequest) -> HttpResponse:
    """What the officer has to judge, and who is suspended."""
    if request.actor is None:
        raise Missing
    policy.require_in_house(request.actor, Act.REVIEW)
    rows = [(row, glass.Emergency(row.reason).label) for row in queries.to_review()]
    suspended = User.objects.filter(suspended_from_break_glass=True).order_by("name")
    return render(request, "accounts/reviews.html", {"rows": rows, "suspended": suspended})


@login_required
@require_POST
def review(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The officer's finding."""
    if request.actor is None:
        raise Missing
    form = VerdictForm(request.POST)
    if not form.is_valid():
        return redirect("accounts_glass", pk)
    glass.review(by=request.actor, break_glass_id=pk, verdict=form.cleaned_data["verdict"])
    return redirect("accounts_reviews")


@login_required
@require_POST
def restore(request: ActorRequest, user_pk: UUID) -> HttpResponse:
    """The right comes back after a talk."""
    if request.actor is None:
        raise Missing
    glass.restore(by=request.actor, user_id=user_pk)
    return redirect("accounts_reviews")
