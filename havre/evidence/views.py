"""Pages of the analyst: they read the small results of jobs and import no statistics."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, ngettext
from django.views.decorators.http import require_GET, require_POST

from havre.evidence import services, sources
from havre.evidence.labels import label_of
from havre.evidence.models import JobKind, JobRun, JobState
from havre.evidence.tasks import hand_over
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.middleware import ActorRequest


@login_required
@require_GET
def figures(request: ActorRequest) -> HttpResponse:
    """What can be counted, and the last jobs."""
    policy.require_in_house(request.actor, Act.COUNT)
    jobs = JobRun.objects.filter(kind__in=[JobKind.EXTRACT, JobKind.PROFILE]).select_related("by")[:20]
    waiting = any(job.state in (JobState.QUEUED, JobState.RUNNING) for job in jobs)
    return render(request, "evidence/figures.html", {"sources": sources.known(), "jobs": jobs, "waiting": waiting})


@login_required
@require_POST
def extract(request: ActorRequest) -> HttpResponse:
    hand_over(services.ask_extract(by=request.actor))
    return redirect("evidence:figures")


@login_required
@require_POST
def profile(request: ActorRequest) -> HttpResponse:
    job = services.ask_profile(source=request.POST.get("source", ""), by=request.actor)
    hand_over(job)
    return redirect("evidence:profile_page", pk=job.pk)


@login_required
@require_GET
def profile_page(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One profile: each figure with its method line and both denominators, each chart with its table."""
    job = services.job_of(pk=pk, by=request.actor, kind=JobKind.PROFILE)
    language = "fr" if (get_language() or "").startswith("fr") else "en"
    charts, method = job.charts.get(language, {}), job.result.get("method", {})
    context = {
        "job": job,
        "method": method,
        "coverage": _coverage(str(method.get("coverage", ""))),
        "sections": [_section(one, charts, language) for one in job.result.get("breakdowns", ())],
        "incidence": [_section(one, {}, language) for one in job.result.get("incidence", ())],
        "chain": [{**one, "wait": {**one["wait"], "words": one["wait"][f"warnings_{language}"]}} for one in job.result.get("chain", ())],
        "flow_kinds": [(label_of(kind), number) for kind, number in job.result.get("flow_kinds", {}).items()],
        "years": job.result.get("years", ()),
        "k": job.result.get("k"),
    }
    return render(request, "evidence/profile.html", context)


def _coverage(said: str) -> str:
    """Who reported, in words: a job writes `organisations=12`, a published data set its own sentence."""
    kind, _equals, number = said.partition("=")
    if kind == "organisations" and number.isdecimal():
        return ngettext("%(n)d organisation", "%(n)d organisations", int(number)) % {"n": int(number)}
    return said


def _section(one: dict[str, Any], charts: dict[str, str], language: str) -> dict[str, Any]:
    name = f"{one['column']}-{one['group']}".replace(" ", "-")
    warnings = dict.fromkeys(word for row in one["measures"] for word in row[f"warnings_{language}"])
    return {
        **one,
        "name": name,
        "title": label_of(one["column"]),
        "group_title": label_of(one["group"]),
        "svg": charts.get(name, ""),
        "warnings": list(warnings),
        "method": one["measures"][0]["method"],
        "rows": [{**row, "label": label_of(row["code"]), **_percents(row)} for row in one["measures"]],
    }


def _percents(row: dict[str, Any]) -> dict[str, float | None]:
    names = {"share": "value", "of_all": "share_of_everyone", "from": "low", "to": "high"}
    return {name: None if row[key] is None else 100 * row[key] for name, key in names.items()}
