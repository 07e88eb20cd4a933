"""Pages of the coordination: each asks who counts or coordinates, then shows numbers."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from havre import standards
from havre.partnership import gaps, queries, trained
from havre.partnership.counting import Period, period_of, periods
from havre.partnership.detected import PER, detected
from havre.publishing.queries_trainings import DIMENSIONS
from havre.trust import policy
from havre.trust.counting import STEP, K
from havre.trust.enums import SECTION_LABELS, Act, Purpose
from havre.trust.middleware import ActorRequest
from havre.trust.models import Agreement

View = Callable[..., HttpResponse]
# how an indicator gets its number: kind of status, words
COMPUTED = {
    "automatic": ("doing", gettext_lazy("From the register")),
    "manual_entry": ("todo", gettext_lazy("Entered by hand")),
    "checklist": ("todo", gettext_lazy("Checklist")),
}
INSTRUMENTS = {
    "actip": gettext_lazy("ASEAN convention (ACTIP)"),
    "bali_process": gettext_lazy("Bali Process"),
    "commit": gettext_lazy("COMMIT process"),
    "cplp": gettext_lazy("Community of Portuguese Language Countries"),
    "crc": gettext_lazy("Convention on the Rights of the Child"),
    "ecowas": gettext_lazy("ECOWAS"),
    "gcm": gettext_lazy("Global Compact for Migration"),
    "ilo": gettext_lazy("International Labour Organization"),
    "palermo": gettext_lazy("Palermo Protocol"),
    "rabat_process": gettext_lazy("Rabat Process"),
    "sdg": gettext_lazy("Sustainable Development Goals"),
    "un_gpa": gettext_lazy("United Nations Global Plan of Action"),
    "us_tip": gettext_lazy("United States TIP report"),
}
SDG = "SDG-16.2.2"
# what a commitment's indicator is counted from, where it is the register of trainings
TRAINING = "training"


def for_any_of(*acts: Act) -> Callable[[View], View]:
    """Only for a role that may do one of these acts in the house. Raises: Refused (403)."""

    def wrap(view: View) -> View:
        @login_required
        @require_GET
        @wraps(view)
        def wrapped(request: ActorRequest) -> HttpResponse:
            if request.actor is None:
                return redirect("home")
            if not any(policy.may_in_house(request.actor, act) for act in acts):
                policy.require_in_house(request.actor, acts[0])
            return view(request)

        return wrapped

    return wrap


def _counted(request: ActorRequest) -> tuple[Period, dict[str, Any]]:
    today = timezone.localdate(request.actor.at)
    period = period_of(request.GET.get("year", ""), today)
    recorded, everyone = queries.coverage(period)
    tabs = [{"title": _title(one), "url": f"?year={one.year}", "current": one == period, "count": None} for one in periods(today)]
    return period, {"period": _title(period), "tabs": tabs, "recorded": recorded, "everyone": everyone, "k": K, "step": STEP}


def _title(period: Period) -> str:
    if period.whole:
        return str(period.year)
    return _("%(year)s, January to %(month)s") % {"year": period.year, "month": date_format(period.last, "F")}


@for_any_of(Act.COORDINATE)
def board(request: ActorRequest) -> HttpResponse:
    """Where the chain waits: counts, delays and passed deadlines."""
    period, context = _counted(request)
    against = queries.against_clocks(period, queries.start_of_day(request.actor.at))
    context |= {"chain": queries.chain(period), "delays": queries.delays(period)}
    # what may be shown is read first; the other deadlines are named, and folded away
    context["against"] = [one for one in against if one.shown]
    context["against_few"] = [one for one in against if not one.shown]
    context["gaps"] = [
        ("declined", _("Referrals declined"), _("Answer"), gaps.declined(period)),
        ("unmet", _("Help that could not be had"), _("Need"), gaps.unmet(period)),
        ("waived", _("Conditions waived by a supervisor"), _("Condition"), gaps.waived(period)),
        ("emergencies", _("Emergency accesses"), _("Judgement"), gaps.emergencies(period)),
    ]
    return render(request, "partnership/board.html", context)


@for_any_of(Act.COUNT)
def detected_page(request: ActorRequest) -> HttpResponse:
    """SDG indicator 16.2.2."""
    period, context = _counted(request)
    context |= {"found": detected(period), "per": PER}
    return render(request, "partnership/detected.html", context)


# how trainings are broken down on the page, each table by these dimensions; the file has all of them together
BREAKDOWNS = (
    (gettext_lazy("By service of the learners"), ("audience",)),
    (gettext_lazy("By region"), ("region",)),
    (gettext_lazy("By edition"), ("edition",)),
    (gettext_lazy("By service, region and edition"), DIMENSIONS),
)


@for_any_of(Act.COUNT)
def trainings(request: ActorRequest) -> HttpResponse:
    """Who was trained in a period, by service, region and edition: what the action plan asks for. `?file=csv` gives the same as a file."""
    period, context = _counted(request)
    if request.GET.get("file") == "csv":
        answer = HttpResponse(trained.as_csv(period), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="trainings-{period.year}.csv"'
        return answer
    context |= {"tables": [(title, trained.lines(period, by)) for title, by in BREAKDOWNS], "whole": trained.lines(period, ())}
    return render(request, "partnership/trainings.html", context | {"year": period.year})


@for_any_of(Act.COUNT)
def commitments(request: ActorRequest) -> HttpResponse:
    """Every commitment of the standards by pillar, those of this country marked."""
    book, country = standards.commitments(), settings.HAVRE_COUNTRY.lower()
    pillars = [
        {"code": code, "title": title, "rows": [_commitment(one, country) for one in book.commitments if one.pillar == code]}
        for code, title in book.pillars.items()
    ]
    own = len(book.of(country))
    return render(request, "partnership/commitments.html", {"pillars": pillars, "total": len(book.commitments), "own": own})


def _commitment(one: Any, country: str) -> dict[str, Any]:
    kind, words = COMPUTED[one.computed]
    instrument = INSTRUMENTS.get(one.instrument, one.instrument)
    page = "partnership:detected" if one.id == SDG else "partnership:trainings" if TRAINING in one.data_source else ""
    return {"one": one, "kind": kind, "words": words, "instrument": instrument, "ours": country in one.countries, "page": page}


@for_any_of(Act.COORDINATE, Act.ADMINISTER)
def agreements(request: ActorRequest) -> HttpResponse:
    """Who may share what with whom, and until when."""
    today = timezone.localdate(request.actor.at)
    rows = [_agreement(one, today) for one in queries.agreements()]
    in_force = sum(row["in_force"] for row in rows)
    return render(request, "partnership/agreements.html", {"rows": rows, "in_force": in_force})


def _agreement(one: Agreement, today: Any) -> dict[str, Any]:
    if one.in_force(on=today):
        soon = one.ends_on - today <= queries.NOTICE
        kind, words = ("soon", _("in force, ends soon")) if soon else ("done", _("in force"))
    elif one.ended_at is None and one.starts_on > today:
        kind, words = "todo", _("not yet in force")
    else:
        kind, words = "closed", _("not in force: nothing is transferred")
    known = dict(Purpose.choices)
    return {
        "one": one,
        "kind": kind,
        "words": words,
        "in_force": one.in_force(on=today),
        "sections": [label for section, label in SECTION_LABELS.items() if one.sections & section],
        "purposes": [known.get(code, code) for code in one.purposes],
    }
