"""The page of trainings for those who train: enter one, read one in from a platform's export, and what others see of them."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from havre.publishing import queries_trainings as queries
from havre.publishing import services_trainings as services
from havre.publishing.forms import ResultsForm, TrainingForm
from havre.trust.errors import Invalid, Refused
from havre.trust.middleware import ActorRequest


@login_required
@require_http_methods(["GET", "POST"])
def trainings(request: ActorRequest) -> HttpResponse:
    """The trainings held in this country; the form to enter one, and the form that reads one from a file."""
    services.require_trainer(request.actor)
    known = queries.regions()
    read = request.method == "POST" and "read" in request.POST
    form = TrainingForm(request.POST if request.method == "POST" and not read else None, regions=known)
    file = ResultsForm(*((request.POST, request.FILES) if read else ()), regions=known, prefix="r")
    reasons: tuple[Any, ...] = ()
    if form.is_bound and form.is_valid():
        services.write(by=request.actor, **form.cleaned_data)
        return redirect("trainings")
    if file.is_bound and file.is_valid():
        try:
            made = services.read_in(by=request.actor, **file.cleaned_data)
        except Invalid as invalid:
            file.add_error("content", [str(word) for word in invalid.problems["file"]])
        except Refused as refused:
            if refused.status == 403:
                raise
            reasons = refused.reasons
        else:
            numbers = {"enrolled": made.enrolled, "attended": made.attended, "passed": made.passed}
            messages.success(request, _("Read: %(enrolled)s enrolled, %(attended)s attended to the end, %(passed)s passed.") % numbers)
            return redirect("trainings")
    context = {"form": form, "file": file, "sessions": queries.sessions(), "years": queries.by_year(), "reasons": reasons}
    status = 409 if reasons else 422 if form.errors or file.errors else 200
    return render(request, "publishing/trainings.html", context, status=status)
