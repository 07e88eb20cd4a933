"""Pages of mergers: propose, approve, read the report. No case is reachable from here."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from havre.trust import policy
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.merging import queries, services
from havre.trust.middleware import ActorRequest
from havre.trust.models import Organisation
from havre.trust.models.mergers import MergerState


class MergerForm(forms.Form):
    """Which organisation goes on in which other."""

    first = forms.ModelChoiceField(Organisation.objects.filter(active=True), label=_("The organisation that goes"))
    second = forms.ModelChoiceField(Organisation.objects.filter(active=True), label=_("The organisation that it goes on in"))


@login_required
@require_http_methods(["GET", "POST"])
@fresh_factor_required
def every(request: ActorRequest) -> HttpResponse:
    """Every merger, and the form of a new proposal."""
    policy.require_in_house(request.actor, Act.ADMINISTER)
    form = MergerForm(request.POST or None)
    reasons: tuple[object, ...] = ()
    status = 200 if request.method == "GET" else 422
    if request.method == "POST" and form.is_valid():
        sides = {"first_id": form.cleaned_data["first"].pk, "second_id": form.cleaned_data["second"].pk}
        try:
            return redirect("accounts_merger", services.propose(by=request.actor, **sides).pk)
        except Invalid as invalid:
            tell(form, invalid)
        except Refused as refused:
            reasons, status = refused.reasons, refused.status
    return render(request, "accounts/mergers.html", {"form": form, "reasons": reasons, "rows": queries.every()[:50]}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def one(request: ActorRequest, merger_pk: UUID) -> HttpResponse:
    """One merger: how much goes on, who approved, what came of it; the second approval carries it out."""
    if request.actor is None:
        raise Missing
    queries.visible(request.actor, merger_pk)
    return _approve(request, merger_pk) if request.method == "POST" else _page(request, merger_pk)


@fresh_factor_required
def _approve(request: ActorRequest, merger_pk: UUID) -> HttpResponse:
    try:
        services.merge_organisations(by=request.actor, merger_id=merger_pk)
    except Refused as refused:
        return _page(request, merger_pk, refused)
    return redirect("accounts_merger", merger_pk)


def _page(request: ActorRequest, merger_pk: UUID, refused: Refused | None = None) -> HttpResponse:
    found = queries.visible(request.actor, merger_pk)
    waits = found.state == MergerState.PROPOSED
    context = {
        "merger": found,
        "waits": waits,
        "size": queries.size(found.first, request.actor) if waits else None,
        "side": services.side_of(found, request.actor) if waits else None,
        "drops": waits
        and (found.proposed_by_id == request.actor.user.pk or services.side_of(found, request.actor, answered=True) is not None),
        "lines": queries.lines(found),
        "reasons": refused.reasons if refused else (),
    }
    return render(request, "accounts/merger.html", context, status=refused.status if refused else 200)


@login_required
@require_POST
def drop(request: ActorRequest, merger_pk: UUID) -> HttpResponse:
    """A proposal is dropped."""
    if request.actor is None:
        raise Missing
    services.drop(by=request.actor, merger_id=merger_pk)
    return redirect("accounts_merger", merger_pk)
