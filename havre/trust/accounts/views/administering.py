"""The administrator's and the head of service's pages. No case is reachable from here."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from havre.trust import policy
from havre.trust.accounts import invitations, queries, resets, rules, slowing
from havre.trust.accounts.forms import InviteForm, JobForm, NumberForm, OrganisationForm
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.enums import Act
from havre.trust.errors import HavreError, Invalid, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest


def _show(request: HttpRequest, template: str, found: dict[str, Any], error: HavreError | None = None) -> HttpResponse:
    """The page again with every reason and what was typed, or the page."""
    if isinstance(error, Invalid):
        form = found["form"]
        tell(form, error)
    reasons = error.reasons if isinstance(error, Refused) else ()
    status = 200 if request.method == "GET" else getattr(error, "status", 422)
    return render(request, template, {**found, "reasons": reasons}, status=status)


def _must_act(request: ActorRequest) -> None:
    if request.actor is None:
        raise Refused((_("Your account holds no job: ask your administrator."),), status=403)


@login_required
@require_safe
def organisations(request: ActorRequest) -> HttpResponse:
    """Every organisation."""
    _must_act(request)
    policy.require_in_house(request.actor, Act.ADMINISTER)
    rows = [(row, rules.administers(request.actor, row)) for row in queries.organisations()]
    return render(request, "accounts/organisations.html", {"rows": rows})


@login_required
@require_http_methods(["GET", "POST"])
@fresh_factor_required
def add_organisation(request: ActorRequest) -> HttpResponse:
    """A new organisation."""
    policy.require_in_house(request.actor, Act.ADMINISTER)
    form = OrganisationForm(request.POST or None)
    error: HavreError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            made = invitations.add_organisation(by=request.actor, **form.cleaned_data)
            return redirect("accounts_members", made.pk)
        except (Invalid, Refused) as caught:
            error = caught
    return _show(request, "accounts/add_organisation.html", {"form": form}, error)


@login_required
@require_safe
def members(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The people of one organisation, what waits there for a second person, what can be done."""
    _must_act(request)
    place = queries.organisation(request.actor, pk)
    found = {
        "place": place,
        "people": queries.colleagues(pk),
        "awaited": queries.awaited(pk),
        "resets": queries.resets_asked(request.actor, pk),
        "administers": rules.administers(request.actor, place),
    }
    return render(request, "accounts/members.html", found)


@login_required
@require_http_methods(["GET", "POST"])
@fresh_factor_required
def invite(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A new person; the answer to the form is the sheet to print, shown this once."""
    place = queries.organisation(request.actor, pk)
    policy.require_in_house(request.actor, Act.ADMINISTER)
    form = InviteForm(request.POST or None)
    error: HavreError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            printed = invitations.invite(by=request.actor, organisation_id=pk, **form.cleaned_data)
            return render(request, "accounts/printed.html", {"printed": printed, "place": place})
        except (Invalid, Refused) as caught:
            error = caught
    return _show(request, "accounts/invite.html", {"form": form, "place": place}, error)


@login_required
@require_http_methods(["GET", "POST"])
@fresh_factor_required
def add_job(request: ActorRequest, pk: UUID, user_pk: UUID) -> HttpResponse:
    """Another job in this organisation for somebody who is already in it."""
    place, person = queries.organisation(request.actor, pk), queries.person(request.actor, user_pk, pk)
    form = JobForm(request.POST or None)
    error: HavreError | None = None
    if request.method == "POST" and form.is_valid():
        try:
            invitations.add_job(by=request.actor, user_id=user_pk, organisation_id=pk, **form.cleaned_data)
            return redirect("accounts_members", pk)
        except (Invalid, Refused) as caught:
            error = caught
    return _show(request, "accounts/add_job.html", {"form": form, "place": place, "person": person}, error)


@login_required
@require_POST
@fresh_factor_required
def new_code(request: ActorRequest, pk: UUID, user_pk: UUID) -> HttpResponse:
    """A new printed code; the answer is the sheet, shown this once."""
    place, person = queries.organisation(request.actor, pk), queries.person(request.actor, user_pk, pk)
    printed = invitations.new_code(by=request.actor, user_id=person.pk)
    return render(request, "accounts/printed.html", {"printed": printed, "place": place})


@login_required
@require_POST
@fresh_factor_required
def close_account(request: ActorRequest, pk: UUID, user_pk: UUID) -> HttpResponse:
    """An account is closed for good."""
    person = queries.person(request.actor, user_pk, pk)
    invitations.close_account(by=request.actor, user_id=person.pk)
    return redirect("accounts_members", pk)


@login_required
@require_POST
@fresh_factor_required
def end_job(request: ActorRequest, pk: UUID, job_pk: UUID) -> HttpResponse:
    """A job ends."""
    queries.organisation(request.actor, pk)
    invitations.end_job(by=request.actor, membership_id=job_pk)
    return redirect("accounts_members", pk)


@login_required
@require_http_methods(["GET", "POST"])
@fresh_factor_required
def confirm_job(request: ActorRequest, pk: UUID, nomination_pk: UUID) -> HttpResponse:
    """The second person confirms or refuses a job."""
    place = queries.organisation(request.actor, pk)
    nomination = next((row for row in queries.awaited(pk) if row.pk == nomination_pk), None)
    if nomination is None:
        return redirect("accounts_members", pk)
    form = NumberForm(request.POST or None)
    error: HavreError | None = None
    try:
        if request.method == "POST" and "decline" in request.POST:
            invitations.decline_job(by=request.actor, nomination_id=nomination_pk)
            return redirect("accounts_members", pk)
        if request.method == "POST" and form.is_valid():
            key = slowing.key_of("meeting", str(nomination_pk))
            slowing.claim(key, at=request.actor.at)
            invitations.confirm_job(by=request.actor, nomination_id=nomination_pk, number=form.cleaned_data["number"])
            slowing.passed(key)
            return redirect("accounts_members", pk)
    except (Invalid, Refused) as caught:
        error = caught
    return _show(request, "accounts/confirm_job.html", {"form": form, "place": place, "nomination": nomination}, error)


@login_required
@require_POST
@fresh_factor_required
def ask_reset(request: ActorRequest, pk: UUID, user_pk: UUID) -> HttpResponse:
    """The first of two persons says that a colleague lost the second factor."""
    queries.organisation(request.actor, pk)
    resets.ask_reset(by=request.actor, user_id=user_pk, organisation_id=pk)
    return redirect("accounts_members", pk)


@login_required
@require_POST
@fresh_factor_required
def confirm_reset(request: ActorRequest, pk: UUID, reset_pk: UUID) -> HttpResponse:
    """The second person confirms it."""
    queries.organisation(request.actor, pk)
    resets.confirm_reset(by=request.actor, reset_id=reset_pk)
    return redirect("accounts_members", pk)
