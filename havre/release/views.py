"""Publications: list and draft, the proof with its two signatures, the protected table as a page and as a file."""

from __future__ import annotations

from collections import Counter
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from havre.evidence.labels import label_of
from havre.evidence.models import JobRun
from havre.evidence.tasks import hand_over
from havre.release import services, tables
from havre.release.forms import DraftForm
from havre.release.models import Release, ReleaseState, Side
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.errors import Missing, Refused
from havre.trust.middleware import ActorRequest


@login_required
@require_http_methods(["GET", "POST"])
def releases(request: ActorRequest) -> HttpResponse:
    """The ledger, and a draft of another publication."""
    if not services.readable_by(request.actor):
        policy.require_in_house(request.actor, Act.PUBLISH)
    form = DraftForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            done = services.draft(by=request.actor, **form.cleaned_data)
            return redirect("release:release", pk=done.pk)
        status = 422
    may_draft = policy.may_in_house(request.actor, Act.PUBLISH)
    found = Release.objects.all()[:100]
    return render(request, "release/releases.html", {"releases": found, "form": form, "may_draft": may_draft}, status=status)


def _page(request: ActorRequest, release: Release, *, reasons: tuple = (), status: int = 200) -> HttpResponse:
    signatures = list(release.signatures.filter(digest=release.digest).select_related("by")) if release.digest else []
    by_side = {signature.side: signature for signature in signatures}
    sides = [
        {"side": side, "signature": by_side.get(side), "mine": policy.may_in_house(request.actor, services.SIDE_ACTS[side])}
        for side in Side
    ]
    context = {
        "release": release,
        "proof": release.proof,
        "job": JobRun.objects.filter(pk=release.job_id).first() if release.job_id else None,
        "missing": services.not_publishable(release) if release.state != ReleaseState.PUBLISHED else [],
        "unproven": services.unproven(release),
        "sides": sides,
        "signed": len(signatures),
        "reasons": reasons,
        "may_publish": policy.may_in_house(request.actor, Act.PUBLISH),
        "numbered": [(number, [label_of(column) for column in columns]) for number, columns in enumerate(release.tables)],
    }
    return render(request, "release/release.html", context, status=status)


@login_required
@require_GET
def release(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The proof of one publication."""
    return _page(request, services.release_of(pk=pk, by=request.actor))


@login_required
@require_POST
def act(request: ActorRequest, pk: UUID, step: str) -> HttpResponse:
    """Check, sign or publish; a refusal comes back on the page with every reason."""
    try:
        if step == "check":
            hand_over(services.check(release_id=pk, by=request.actor))
        elif step == "publish":
            services.publish(release_id=pk, by=request.actor)
        elif step in Side.values:
            services.sign(release_id=pk, side=Side(step), digest=request.POST.get("digest", ""), by=request.actor)
        else:
            raise Missing
    except Refused as refusal:
        if refusal.status == 403:
            raise
        found = services.release_of(pk=pk, by=request.actor)
        return _page(request, found, reasons=refusal.reasons, status=409)
    return redirect("release:release", pk=pk)


def _readable(request: HttpRequest, pk: UUID, number: int) -> tuple[Release, list[str]]:
    """A published table is for everybody; before that only for those who look at its proof."""
    found = Release.objects.filter(pk=pk).first()
    actor = getattr(request, "actor", None)
    inside = actor is not None and services.readable_by(actor)
    if found is None or number >= len(found.tables) or not found.shown or not (found.state == ReleaseState.PUBLISHED or inside):
        raise Missing
    return found, found.tables[number]


@require_GET
def table(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """One protected table as a page."""
    found, columns = _readable(request, pk, number)
    heads = [label_of(column) for column in columns]
    shown = list(tables.lines(found.shown, columns))
    names = _names(shown, len(columns))
    lines = [
        {**line, "cells": [(head, code, named[code]) for head, code, named in zip(heads, line["codes"], names, strict=True)]}
        for line in shown
    ]
    context = {"release": found, "heads": heads, "lines": lines, "number": number}
    return render(request, "release/table.html", context)


def _names(lines: list[dict[str, Any]], columns: int) -> list[dict[str, str]]:
    """For each column, what its codes are called; where two codes bear one name, the code stands beside it."""
    found = []
    for place in range(columns):
        plain = {code: str(label_of(code)) for code in {line["codes"][place] for line in lines}}
        often = Counter(plain.values())
        found.append({code: f"{name} ({code})" if often[name] > 1 else name for code, name in plain.items()})
    return found


@require_GET
def table_csv(request: HttpRequest, pk: UUID, number: int) -> HttpResponse:
    """One protected table as a file with a neutral name."""
    found, columns = _readable(request, pk, number)
    response = HttpResponse(tables.as_csv(found.shown, columns), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="table-{found.ref}-{number + 1}.csv"'
    return response
