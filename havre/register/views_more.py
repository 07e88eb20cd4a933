"""Opening a case, the consents of a case, and the search of the country."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havre.register import consents, queries, services
from havre.register.forms_cases import ConsentForm, CountryForm, OpenForm
from havre.register.models import Case, Consent
from havre.register.views import case_of, confirm_url, for_case_holders
from havre.trust import identity, policy
from havre.trust.enums import Act, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.middleware import ActorRequest


def _tell(form: forms.Form, invalid: Invalid) -> None:
    """Put a service's complaints beside the fields they are about."""
    for name, problems in invalid.problems.items():
        for problem in problems:
            form.add_error(NAMES.get(name, name) if NAMES.get(name, name) in form.fields else None, str(problem))


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
            _tell(form, invalid)
        else:
            messages.success(request, _("The case is open."))
            return redirect("case", ref=made.ref)
    return render(request, "register/open.html", {"form": form}, status=422 if form.errors else 200)


@for_case_holders
def case_consents(request: ActorRequest, ref: str) -> HttpResponse:
    """What the person agreed to, refused and withdrew; another answer, and a withdrawal, beside it."""
    found = case_of(request, ref)
    if not policy.decide(request.actor, Act.READ, Section.PROTECTION, found.pk).allowed:
        raise Refused((_("the consents of this case are not open to you: ask the service that leads it"),), status=403)
    writes = policy.decide(request.actor, Act.WRITE, Section.PROTECTION, found.pk).allowed
    form = ConsentForm(request.POST or None, persons=queries.persons_of(request.actor, found)) if writes else None
    context: dict[str, Any] = {"case": found, "form": form}
    if request.method == "POST":
        if form is None:
            raise Refused((_("your service reads these consents and does not write them"),), status=403)
        if form.is_valid() and _recorded(request, found, form, context):
            return redirect("case_consents", ref=found.ref)
    context["consents"] = consents.Shown.of(consents.of_case(request.actor, found.pk), request.actor.at)
    wrong = 409 if context.get("reasons") else 422 if form is not None and form.errors else 200
    return render(request, "register/consents.html", context, status=wrong)


def _recorded(request: ActorRequest, found: Case, form: ConsentForm, context: dict[str, Any]) -> bool:
    try:
        services.record_consent(by=request.actor, case_id=found.pk, **form.arguments())
    except Invalid as invalid:
        _tell(form, invalid)
    except Refused as refusal:
        context["reasons"] = refusal.reasons
    else:
        messages.success(request, _("The answer is recorded."))
        return True
    return False


@for_case_holders
@require_POST
def withdraw(request: ActorRequest, ref: str, pk: UUID) -> HttpResponse:
    """The person takes a consent back: what hung on it closes at once."""
    found = case_of(request, ref)
    Consent.objects.visible_to(request.actor).get_or_missing(pk=pk, case_id=found.pk)
    services.withdraw_consent(by=request.actor, consent_id=pk, through="responder")
    messages.success(request, _("Withdrawn. Whatever it had opened is closed; help does not change."))
    return redirect("case_consents", ref=found.ref)


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
            _tell(form, invalid)
        except Refused as refusal:
            context["reasons"], status = refusal.reasons, refusal.status
    return render(request, "register/country.html", context, status=422 if form.errors else status)
