"""Blank forms for a printer, their typing in, and calls that become no case."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.forms import formset_factory
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from havre.protection import indicators
from havre.protection.enums import AgeBand, Answer, Need, PaperKind, Profile, Situation, VitalGround
from havre.protection.forms_screening import (
    URGENT,
    CallForm,
    GroupForm,
    LineForm,
    PaperGroupForm,
    PaperTypedForm,
    PaperUrgentForm,
    PrintForm,
    SerialForm,
)
from havre.protection.models import PaperForm
from havre.protection.services import calls, paper
from havre.protection.services.intake import MOST_ROWS, may_take_in
from havre.protection.views.intake import hurried
from havre.protection.views.screening import conditions_of, person_of
from havre.register import wording
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

# lines on one sheet of a group's paper; the next sheet has a serial and an event of its own, or is typed in on the group's page
SHEET = 12
BLANK = {
    PaperKind.CARDS: "protection/paper_blank_cards.html",
    PaperKind.GROUP: "protection/paper_blank_group.html",
    PaperKind.URGENT: "protection/paper_blank_urgent.html",
}
UNKNOWN = _("no form of your service has this serial; a paper of another service is typed in there")


@login_required
@require_http_methods(["GET", "POST"])
def blank(request: ActorRequest) -> HttpResponse:
    """Choose a set and how many; the answer is a page to print. A practice sheet has no serial and cannot be typed in."""
    may_take_in(request.actor)
    form = PrintForm(request.POST or None)
    if request.method == "GET" or not form.is_valid():
        context = {"form": form, "serial": SerialForm(), "once": new_id()}
        return render(request, "protection/paper.html", context, status=200 if request.method == "GET" else 422)
    told = form.cleaned_data
    practice = request.POST.get("go") == "practice"
    serials = [""]
    if not practice:
        last = paper.print_forms(by=request.actor, **told)
        mine = PaperForm.objects.filter(printed_by=request.actor.user, printed_at=last.printed_at).order_by("serial")
        serials = list(mine.values_list("serial", flat=True))
    return render(request, BLANK[PaperKind(told["kind"])], {"serials": serials, "practice": practice, **_sheet(told)})


def _sheet(told: dict[str, Any]) -> dict[str, Any]:
    """What a blank sheet of this kind prints."""
    language = get_language() or "en"
    common: dict[str, Any] = {"edition": indicators.edition(), "ages": AgeBand.labels, "urgent": [one.label for one in URGENT]}
    if told["kind"] == PaperKind.URGENT:
        grounds = [one.label for one in (VitalGround.EMERGENCY, VitalGround.CHILD)]
        return {**common, "grounds": grounds, "needs": Need.labels}
    common["place"] = Situation(told["situation"]).label
    if told["kind"] == PaperKind.GROUP:
        signs = GroupForm(language=language).fields["shared_signs"].choices  # type: ignore[attr-defined]
        return {**common, "signs": [words for _code, words in signs], "lines": [f"N-{place:02d}" for place in range(1, SHEET + 1)]}
    deck = [one.statement(language) for one in indicators.cards(told["situation"], told["profile"])]
    return {**common, "set": Profile(told["profile"]).label, "deck": deck, "answers": Answer.labels[:4]}


@login_required
@require_http_methods(["GET", "POST"])
def typed(request: ActorRequest) -> HttpResponse:
    """A paper that was filled in by hand, typed in once."""
    may_take_in(request.actor)
    serial = request.POST.get("serial", "") or request.GET.get("serial", "")
    if not serial:
        return render(request, "protection/paper.html", {"form": PrintForm(), "serial": SerialForm(), "once": new_id()})
    try:
        found = paper.find(by=request.actor, typed=serial)
    except (Invalid, Missing) as error:
        words = error.problems["serial"] if isinstance(error, Invalid) else [UNKNOWN]
        first = SerialForm({"serial": serial})
        first.add_error("serial", [str(one) for one in words])
        return render(request, "protection/paper.html", {"form": PrintForm(), "serial": first, "once": new_id()}, status=422)
    return {PaperKind.GROUP: _group, PaperKind.URGENT: _urgent}.get(PaperKind(found.kind), _cards)(request, found)


def _cards(request: ActorRequest, found: PaperForm) -> HttpResponse:
    language = get_language() or "en"
    signs = indicators.cards(found.situation, found.profile)
    form = PaperTypedForm(_posted(request), officers=paper.colleagues(request.actor), signs=signs, language=language)
    told = form.cleaned_data if form.is_bound and form.is_valid() else None

    def keep() -> HttpResponse:
        assert told is not None
        made = paper.type_in(
            **_head(request, found, told),
            answers=form.given(),
            conditions=conditions_of(told, told["happened_at"]),
            person=person_of(told),
            kept_because=told["kept_because"],
        )
        return redirect("protection:screening", pk=made.pk)

    return _kept(request, {"paper": found, "form": form}, keep if told is not None else None)


def _group(request: ActorRequest, found: PaperForm) -> HttpResponse:
    form = PaperGroupForm(_posted(request), officers=paper.colleagues(request.actor), language=get_language() or "en")
    lines = formset_factory(LineForm, extra=SHEET, max_num=MOST_ROWS, absolute_max=MOST_ROWS)
    formset = lines(_posted(request), prefix="n")
    # the form first: both are asked, so that every mistake is shown at once
    good = request.method == "POST" and all([form.is_valid(), formset.is_valid()])

    def keep() -> HttpResponse:
        told = form.cleaned_data
        rows = [one.row() for one in formset if one.has_changed()]
        made = paper.type_in_group(**_head(request, found, told), shared_signs=told["shared_signs"], rows=rows)
        return redirect("protection:group", pk=made.pk)

    numbered = [(f"N-{place:02d}", line) for place, line in enumerate(formset, 1)]
    return _kept(
        request,
        {"paper": found, "form": form, "formset": formset, "numbered": numbered, "tongues": wording.LANGUAGES},
        keep if good else None,
    )


def _urgent(request: ActorRequest, found: PaperForm) -> HttpResponse:
    form = PaperUrgentForm(_posted(request), officers=paper.colleagues(request.actor))
    good = form.is_bound and form.is_valid()

    def keep() -> HttpResponse:
        told = form.cleaned_data
        head = _head(request, found, told)
        made = paper.type_in_urgent(**head, ground=told["ground"], needs=told["needs"], person=hurried(told))
        return redirect("case", ref=made.case.ref)

    return _kept(request, {"paper": found, "form": form}, keep if good else None)


def _posted(request: ActorRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


def _head(request: ActorRequest, found: PaperForm, told: dict[str, Any]) -> dict[str, Any]:
    """Which paper, who was there, when and where: the same for every kind."""
    names = ("happened_at", "place")
    return {"by": request.actor, "serial": found.serial, "officer_id": UUID(told["officer"]), **{name: told[name] for name in names}}


def _kept(request: ActorRequest, context: dict[str, Any], keep: Callable[[], HttpResponse] | None) -> HttpResponse:
    """The page to type in, or what came of it; a refusal and what cannot be are shown above what was typed."""
    context["once"] = new_id()
    if keep is None:
        return render(request, "protection/paper_typed.html", context, status=200 if request.method == "GET" else 422)
    try:
        return keep()
    except Refused as refusal:
        return render(request, "protection/paper_typed.html", {**context, "reasons": refusal.reasons}, status=409)
    except Invalid as invalid:
        reasons = [str(words) for problems in invalid.problems.values() for words in problems]
        return render(request, "protection/paper_typed.html", {**context, "reasons": reasons}, status=422)


@login_required
@require_http_methods(["GET", "POST"])
def hotline(request: ActorRequest) -> HttpResponse:
    """Count a call that becomes no case, and see the months before."""
    may_take_in(request.actor)
    form = CallForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if form.is_valid():
            calls.note(by=request.actor, **form.cleaned_data)
            return redirect("protection:calls")
        status = 422
    return render(request, "protection/calls.html", {"form": form, "months": calls.months(request.actor), "once": new_id()}, status=status)
