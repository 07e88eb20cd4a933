"""A group at night on one screen, an emergency on one screen, and the word of the person, asked for afterwards."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import formset_factory
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from havre.protection import queries
from havre.protection.enums import AgeBand, AskState
from havre.protection.forms_screening import AskForm, GroupForm, LineForm, UrgentForm
from havre.protection.models import Intake, IntakePerson, LaterConsent, Screening
from havre.protection.services import intake as services
from havre.protection.services import later
from havre.protection.workflow import LATER_CONSENT, SCREENING
from havre.register import wording
from havre.register.enums import AgeBasis
from havre.trust import overrides, waivers
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.waivers import Held

LINES = 10
MANY_LINES = 40


@login_required
@require_http_methods(["GET", "POST"])
def groups(request: ActorRequest) -> HttpResponse:
    """The service's groups, newest first, and a new one."""
    services.may_take_in(request.actor)
    language = get_language() or "en"
    form = GroupForm(request.POST or None, language=language)
    mine = Intake.objects.filter(organisation_id=request.actor.organisation_id).order_by("-happened_at")[:30]
    context = {"form": form, "groups": mine, "once": new_id()}
    if request.method == "GET":
        return render(request, "protection/groups.html", context)
    if not form.is_valid():
        return render(request, "protection/groups.html", context, status=422)
    try:
        made = services.open_group(by=request.actor, **form.cleaned_data)
    except Invalid as invalid:
        tell(form, invalid)
        return render(request, "protection/groups.html", context, status=422)
    return redirect("protection:group", pk=made.pk)


@login_required
@require_http_methods(["GET", "POST"])
def group(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One group: everybody in it on one screen, new lines, ties, and the way out of it."""
    services.may_take_in(request.actor)
    event = Intake.objects.filter(pk=pk, organisation_id=request.actor.organisation_id).first()
    if event is None:
        raise Missing
    if request.method == "POST" and request.POST.get("go") in {"split", "tie"}:
        return _on_one(request, pk)
    more = request.method == "POST" and request.POST.get("go") == "more"
    formset = _lines(request, more=more)
    problems: list[str] = []
    if request.method == "POST" and not more and formset.is_valid():
        try:
            services.add_persons(by=request.actor, intake_id=pk, rows=[one.row() for one in formset if one.has_changed()])
            return redirect("protection:group", pk=pk)
        except Invalid as invalid:
            problems = [str(words) for found in invalid.problems.values() for words in found]
    context = {
        "event": event,
        "signs": queries.shared_signs(event),
        "people": queries.group_rows(event, request.actor),
        "formset": formset,
        "numbered": [(f"N-{event.last_number + place:02d}", line) for place, line in enumerate(formset, 1)],
        "tongues": wording.LANGUAGES,
        "problems": problems,
        "refers": _referral_of_several(),
        "once": new_id(),
    }
    return render(request, "protection/group.html", context, status=422 if request.method == "POST" and not more else 200)


def _lines(request: ActorRequest, *, more: bool) -> Any:
    """Empty lines, or those that were sent; `more` gives forty of them with what was typed in the first ones."""
    try:
        empty = min(max(int(request.GET.get("lines", LINES)), 1), services.MOST_ROWS)
    except ValueError:
        empty = LINES
    rows = formset_factory(LineForm, extra=empty, max_num=services.MOST_ROWS, absolute_max=services.MOST_ROWS)
    if request.method == "GET":
        return rows(prefix="n")
    sent = request.POST.copy()
    if more:
        sent["n-TOTAL_FORMS"] = str(MANY_LINES)
    return rows(sent, prefix="n")


def _referral_of_several() -> str:
    """Where one referral for several persons is made, "" in a house without referrals: the parts meet by ids, here in an address."""
    try:
        return reverse("referral:several")
    except NoReverseMatch:
        return ""


def _on_one(request: ActorRequest, pk: UUID) -> HttpResponse:
    try:
        chosen = UUID(request.POST.get("one", ""))
        other = int(request.POST.get("other") or 0)
    except ValueError:
        raise Missing from None
    if request.POST["go"] == "split":
        services.split(by=request.actor, group_person_id=chosen)
    else:
        services.tie(by=request.actor, group_person_id=chosen, other_number=other, kind=request.POST.get("tie", ""))
    return redirect("protection:group", pk=pk)


def hurried(told: dict[str, Any]) -> dict[str, Any]:
    """The person, as the services take them, from what UrgentForm holds."""
    return {
        "gender": told["gender"],
        "age_basis": AgeBasis.ESTIMATED if told["age_band"] else AgeBasis.NOT_RECORDED,
        "presumed_minor": told["age_band"] not in {"", AgeBand.ADULT},
        "languages": [told["language"]] if told["language"] else [],
    }


@login_required
@require_http_methods(["GET", "POST"])
def urgent(request: ActorRequest) -> HttpResponse:
    """What cannot wait, on one screen; then the case, where everything else goes on."""
    services.may_take_in(request.actor)
    form = UrgentForm(request.POST or None)
    context = {"form": form, "once": new_id()}
    if request.method == "GET":
        return render(request, "protection/urgent.html", context)
    if not form.is_valid():
        return render(request, "protection/urgent.html", context, status=422)
    told = form.cleaned_data
    case = later.open_urgent(
        by=request.actor,
        person=hurried(told),
        needs=told["needs"],
        happened_at=request.actor.at,
        ground=told["ground"],
    )
    return redirect("case", ref=case.ref)


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What was kept before the person could be asked, and their answer now; a supervisor's waiver for it, or for the first talk."""
    services.may_take_in(request.actor)
    found = LaterConsent.objects.visible_to(request.actor).select_related("case").get_or_missing(pk=pk)
    form = AskForm(request.POST if "step" in request.POST and "waive" not in request.POST else None)
    held = _held(request, found)
    context = {"found": found, "form": form, "once": new_id(), "waivers": waivers.lines(request, *held)}
    if request.method == "GET":
        return render(request, "protection/ask.html", context)
    if "waive" in request.POST:
        again = waivers.signed(request, *held, case_id=found.case_id, template="protection/ask.html", context=context)
        return again or redirect("protection:ask", pk=pk)
    if not form.is_valid():
        return render(request, "protection/ask.html", context, status=422)
    step = form.cleaned_data["step"]
    try:
        signed = overrides.signed(subject_id=pk, workflow=LATER_CONSENT.name, step=step, by=request.actor)
        later.answer(by=request.actor, later_id=pk, override_id=signed and signed.pk, **form.cleaned_data)
    except Refused as refusal:
        return render(request, "protection/ask.html", {**context, "reasons": refusal.reasons}, status=409)
    return redirect("protection:ask", pk=pk)


def _held(request: ActorRequest, found: LaterConsent) -> list[Held]:
    """The answer, while it is due; the first talk, while a numbered person of a group was not screened yet."""
    due = [Held(LATER_CONSENT, found, steps=frozenset({"agree"}))] if found.status in {AskState.DUE, AskState.UNREACHABLE} else []
    numbered = IntakePerson.objects.visible_to(request.actor).filter(person_id=found.person_id).exists()
    talked = Screening.objects.visible_to(request.actor).filter(person_id=found.person_id).exists()
    draft = Screening(case_id=found.case_id, person_id=found.person_id)
    return due + ([Held(SCREENING, draft, about=found.person_id, steps=frozenset({"record"}))] if numbered and not talked else [])
