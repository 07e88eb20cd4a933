"""My cases, the hand-over of a caseload, and the places that are free: pages of a service, not of one case."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from havre.protection import showing
from havre.protection.forms_care import HandoverForm, ShelterForm
from havre.protection.models import Shelter
from havre.protection.rights import HELPERS
from havre.protection.services import caseload as services
from havre.protection.services import shelters
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

# who reads the free places: whoever may have to find one tonight
SEEKERS = HELPERS | {Role.IDENTIFICATION_AUTHORITY}


def _only(request: ActorRequest, roles: frozenset[Role]) -> None:
    if request.actor.role not in roles:
        raise Refused((_("your present job has no caseload and seeks no place"),), status=403)


@login_required
def mine(request: ActorRequest) -> HttpResponse:
    """The cases one is in charge of, each with its next period, and the tasks with owner and date."""
    _only(request, HELPERS)
    return render(request, "protection/caseload.html", showing.caseload(request.actor))


@login_required
@require_http_methods(["GET", "POST"])
def hand_over(request: ActorRequest) -> HttpResponse:
    """Give a whole caseload to somebody else; what goes with it is listed first."""
    _only(request, HELPERS)
    form = HandoverForm(request.POST if request.method == "POST" else None, by=request.actor)
    context: dict[str, Any] = {"form": form, "once": new_id(), "open": services.open_clocks(request.actor.user, request.actor)}
    if request.method == "GET":
        return render(request, "protection/handover.html", context)
    if not form.is_valid():
        return render(request, "protection/handover.html", context, status=422)
    giver, taker = form.cleaned_data["giver"], form.cleaned_data["taker"]
    if "look" in request.POST:
        return render(request, "protection/handover.html", {**context, "open": services.open_clocks(giver, request.actor)})
    try:
        done = services.hand_over(giver_id=giver.pk, taker_id=taker.pk, by=request.actor)
    except Invalid as problem:
        for words in problem.problems.values():
            form.add_error("taker", [str(word) for word in words])
        return render(request, "protection/handover.html", context, status=422)
    except Refused as refusal:
        return render(request, "protection/handover.html", {**context, "reasons": refusal.reasons}, status=refusal.status)
    return render(request, "protection/handover.html", {**context, "done": done, "open": services.open_clocks(taker, request.actor)})


@login_required
def day(request: ActorRequest) -> HttpResponse:
    """The last day of the people one looks after: what the next shift must know first."""
    _only(request, HELPERS)
    return render(request, "protection/day.html", {"entries": showing.day_log(request.actor)})


@login_required
@require_http_methods(["GET", "POST"])
def places(request: ActorRequest) -> HttpResponse:
    """Free places: for whom, in which languages; never where. A shelter describes its own houses here."""
    _only(request, SEEKERS)
    own = request.actor.role == Role.SHELTER
    houses = list(Shelter.objects.select_related("organisation").order_by("label"))
    chosen = next(
        (one for one in houses if str(one.pk) == request.POST.get("house") and one.organisation_id == request.actor.organisation_id), None
    )
    form = ShelterForm(request.POST if request.method == "POST" else None, instance=chosen) if own else None
    mine = [one for one in houses if own and one.organisation_id == request.actor.organisation_id]
    # each house's form has ids of its own: a label belongs to one field of the page
    forms = [(one, ShelterForm(instance=one, auto_id=f"id_{one.pk}_%s")) for one in mine]
    context: dict[str, Any] = {"houses": showing.houses(houses), "form": form, "forms": forms, "once": new_id()}
    if request.method == "GET":
        return render(request, "protection/places.html", context)
    if form is None:
        raise Refused((_("a shelter describes its own houses"),), status=403)
    if not form.is_valid():
        return render(request, "protection/places.html", context, status=422)
    try:
        shelters.describe(shelter_id=chosen.pk if chosen else None, by=request.actor, **form.cleaned_data)
    except Invalid as problem:
        tell(form, problem)
        return render(request, "protection/places.html", context, status=422)
    return redirect("protection:places")
