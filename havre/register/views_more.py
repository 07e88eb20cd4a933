"""Opening a case, and the search of the country."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from havre.register import queries, services
from havre.register.forms_cases import CountryForm, OpenForm
from havre.register.views import confirm_url
from havre.trust import identity, policy
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest

# a service's argument, and the field in which it was typed
NAMES = {"ends_at": "until"}


@login_required
def case_open(request: ActorRequest) -> HttpResponse:
    """Open a case for somebody who was not screened: the person came, called, or was sent."""
    policy.require_in_house(request.actor, Act.OPEN)
    form = OpenForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.open_case(by=request.actor, **form.arguments())
        except Invalid as invalid:
            tell(form, invalid, NAMES)
        else:
            messages.success(request, _("The case is open."))
            return redirect("case", ref=made.ref)
    return render(request, "register/open.html", {"form": form}, status=422 if form.errors else 200)


@login_required
def country(request: ActorRequest) -> HttpResponse:
    """Whether somebody is known already, by an exact compound. The words stay out of addresses and logs."""
    policy.require_in_house(request.actor, Act.SEARCH)
    form = CountryForm(request.POST or None)
    fresh = request.actor.factor_is_fresh
    context: dict[str, Any] = {"form": form, "fresh": fresh, "confirm": confirm_url(reverse("country_search"))}
    status = 200
    if request.method == "POST" and form.is_valid() and fresh:
        try:
            told = {name: value for name, value in form.cleaned_data.items() if value}
            ids = identity.search_country(by=request.actor, purpose=request.actor.purpose, **told)
            context["found"] = queries.with_persons(request.actor, queries.by_ids(request.actor, ids))
        except Invalid as invalid:
            tell(form, invalid, NAMES)
        except Refused as refusal:
            context["reasons"], status = refusal.reasons, refusal.status
    return render(request, "register/country.html", context, status=422 if form.errors else status)
