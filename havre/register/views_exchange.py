"""Sheets in, copies out, published data of others: a sheet is looked at, mapped, checked, and only then imported."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from havre.register.exchange import external, importing, reports, staging
from havre.register.exchange.exporting import export_cases
from havre.register.exchange.mapping import Options
from havre.register.forms_exchange import ExportForm, ExternalForm, MappingForm, UploadForm
from havre.register.models import ExportRecord, ExternalDataset, ImportBatch, SavedMapping
from havre.register.views import confirm_url
from havre.trust import policy
from havre.trust.enums import Act, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest

View = Callable[..., HttpResponse]
SHOWN, LISTED = 200, 50


def for_importers(view: View) -> View:
    """Only for a job that may import (403 for the others)."""

    @login_required
    @wraps(view)
    def wrapped(request: ActorRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if request.actor is None:
            return redirect("home")
        policy.require_in_house(request.actor, Act.IMPORT)
        return view(request, *arguments, **named)

    return wrapped


def with_fresh_factor(view: View) -> View:
    """What stands in a sheet is opened like an identity: first the second factor, then back here."""

    @wraps(view)
    def wrapped(request: ActorRequest, *arguments: Any, **named: Any) -> HttpResponse:
        if not request.actor.factor_is_fresh:
            return redirect(confirm_url(request.get_full_path()))
        return view(request, *arguments, **named)

    return wrapped


@for_importers
def imports(request: ActorRequest) -> HttpResponse:
    """What the organisation brought in, newest first, and the way in for a new sheet."""
    form, status = UploadForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if not request.FILES and int(request.META.get("CONTENT_LENGTH") or 0) > staging.UPLOAD_BYTES:
            # the only handler of uploads keeps them in memory, and takes none over its limit
            form = UploadForm({}, MultiValueDict({"file": [SimpleUploadedFile("sheet", b"")]}))
            form.is_valid()
            tell(form, Invalid({"file": [staging.too_big()]}))
        elif form.is_valid():
            try:
                batch = staging.stage(by=request.actor, content=form.cleaned_data["file"].read())
            except Invalid as invalid:
                tell(form, invalid)
            else:
                return redirect("exchange:check", batch.pk)
    batches = list(ImportBatch.objects.of(request.actor)[:LISTED])
    return render(request, "register/exchange/imports.html", {"form": form, "batches": batches}, status=status)


@for_importers
@with_fresh_factor
def check(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A waiting sheet: what its columns hold, and what an import of it would do."""
    batch = staging.waiting(by=request.actor, batch_id=pk)
    options = Options.of(batch.options)
    try:
        shape = staging.shape_of(staging.content_of(by=request.actor, batch_id=pk), options)
    except Invalid as invalid:
        return render(request, "register/exchange/check.html", {"batch": batch, "reasons": _words(invalid)}, status=422)
    mappings = SavedMapping.objects.of(request.actor)
    form = MappingForm(request.POST or None, shape=shape, options=options, mappings=mappings)
    if request.method == "POST" and form.is_valid():
        staging.set_options(by=request.actor, batch_id=pk, options=form.options(), save_as=form.cleaned_data["save_as"])
        return redirect("exchange:check", pk)
    context: dict[str, Any] = {"batch": batch, "form": form}
    try:
        trial = staging.check(by=request.actor, batch_id=pk)
    except Invalid as invalid:
        context["reasons"] = _words(invalid)
        return render(request, "register/exchange/check.html", context, status=422)
    context |= {"trial": trial, "counts": reports.counts(trial.counts), "problems": trial.problems[:SHOWN]}
    return render(request, "register/exchange/check.html", context, status=422 if request.method == "POST" else 200)


@for_importers
@with_fresh_factor
def check_list(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The problems of a waiting sheet, as CSV."""
    return _download(reports.as_csv(staging.check(by=request.actor, batch_id=pk).problems), "check.csv")


@for_importers
@require_POST
def run(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Import a waiting sheet."""
    if not request.actor.factor_is_fresh:
        # a POST cannot be come back to: the check page can
        return redirect("exchange:check", pk)
    try:
        batch = reports.finished(by=request.actor) or staging.run(by=request.actor, batch_id=pk)
    except importing.Interrupted as stop:
        messages.error(request, str(stop))
        return redirect("exchange:check", pk)
    return redirect("exchange:report", batch.pk)


@for_importers
@require_POST
def forget(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Remove a waiting sheet."""
    staging.forget(by=request.actor, batch_id=pk)
    messages.success(request, _("The sheet was removed; nothing of it was imported."))
    return redirect("exchange:imports")


@for_importers
def report(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What became of a sheet. Without a fresh second factor the values that stood in it are not shown."""
    batch = reports.batch_of(by=request.actor, batch_id=pk)
    by_code = dict(batch.problems.order_by().values_list("code").annotate(n=Count("pk")))
    context: dict[str, Any] = {"batch": batch, "counts": reports.counts(Counter(by_code))}
    if request.actor.factor_is_fresh:
        context["problems"] = reports.opened(by=request.actor, batch_id=pk).problems[:SHOWN]
    elif by_code:
        context["confirm"] = confirm_url(request.get_full_path())
    return render(request, "register/exchange/report.html", context)


@for_importers
@with_fresh_factor
def report_list(request: ActorRequest, pk: UUID) -> HttpResponse:
    """Row, column, value, what is wrong, how to mend: as CSV."""
    return _download(reports.as_csv(reports.opened(by=request.actor, batch_id=pk).problems), "report.csv")


@for_importers
@with_fresh_factor
def rejected(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The rejected rows, to be mended and sent again."""
    return _download(reports.rejected_csv(reports.opened(by=request.actor, batch_id=pk)), "rows.csv")


@login_required
def exports(request: ActorRequest) -> HttpResponse:
    """Copies that left, and the way out for another."""
    if request.actor is None:
        return redirect("home")
    if (Act.EXPORT, Section.CASE, request.actor.role) not in policy.POLICY.rules:
        raise Refused((_("your present job takes no cases out"),), status=403)
    if not request.actor.factor_is_fresh:
        return redirect(confirm_url(request.path))
    form, status = ExportForm(request.POST or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                copy = export_cases(
                    by=request.actor, reason=said["reason"], recipient=said["recipient"], expires_at=form.expires_at, form=said["form"]
                )
            except Invalid as invalid:
                tell(form, invalid, {"expires_at": "expires_on"})
            else:
                return _attached(HttpResponse(copy.content, content_type="application/octet-stream"), copy.name)
    records = list(ExportRecord.objects.of(request.actor).select_related("by")[:LISTED])
    return render(request, "register/exchange/exports.html", {"form": form, "records": records}, status=status)


@login_required
def datasets(request: ActorRequest) -> HttpResponse:
    """Published data of others, and the way in for another set."""
    if request.actor is None:
        return redirect("home")
    if not policy.may_in_house(request.actor, Act.COUNT):
        policy.require_in_house(request.actor, Act.IMPORT)
    form, status = ExternalForm(request.POST or None, request.FILES or None), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            said = form.cleaned_data
            try:
                dataset = external.add_dataset(
                    by=request.actor, source=said["file"].file, title=said["title"], origin=said["origin"], licence=said["licence"]
                )
            except Invalid as invalid:
                tell(form, invalid)
            else:
                messages.success(request, _("%(title)s is kept: %(rows)s rows.") % {"title": dataset.title, "rows": dataset.rows})
                return redirect("exchange:datasets")
    found = list(ExternalDataset.objects.all()[:LISTED])
    return render(request, "register/exchange/datasets.html", {"form": form, "datasets": found}, status=status)


def _words(invalid: Invalid) -> list[str]:
    return [str(words) for several in invalid.problems.values() for words in several]


def _download(text: str, name: str) -> HttpResponse:
    return _attached(HttpResponse(text, content_type="text/csv; charset=utf-8"), name)


def _attached(response: HttpResponse, name: str) -> HttpResponse:
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
