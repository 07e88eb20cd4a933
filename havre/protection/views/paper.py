"""Blank forms for a printer, their typing in, and calls that become no case."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from havre.protection import indicators
from havre.protection.enums import Answer, Profile, Situation
from havre.protection.forms_screening import CallForm, PaperTypedForm, PrintForm, SerialForm
from havre.protection.models import PaperForm, Screening
from havre.protection.services import calls, paper
from havre.protection.services.intake import may_take_in
from havre.protection.views.screening import conditions_of, person_of
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest

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
    language = get_language() or "en"
    deck = [one.statement(language) for one in indicators.cards(told["situation"], told["profile"])]
    words = {"place": Situation(told["situation"]).label, "set": Profile(told["profile"]).label}
    context = {
        "serials": serials,
        "practice": practice,
        "deck": deck,
        "answers": Answer.labels[:4],
        "edition": indicators.edition(),
        **words,
    }
    return render(request, "protection/paper_blank.html", context)


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
    language = get_language() or "en"
    signs = indicators.cards(found.situation, found.profile)
    form = PaperTypedForm(
        request.POST if request.method == "POST" else None, officers=paper.colleagues(request.actor), signs=signs, language=language
    )
    context = {"paper": found, "form": form, "once": new_id()}
    if request.method == "GET" or not form.is_valid():
        return render(request, "protection/paper_typed.html", context, status=200 if request.method == "GET" else 422)
    try:
        made = _type_in(request, found, form)
    except (Refused, Invalid) as error:
        if isinstance(error, Refused):
            return render(request, "protection/paper_typed.html", {**context, "reasons": error.reasons}, status=409)
        reasons = [str(words) for problems in error.problems.values() for words in problems]
        return render(request, "protection/paper_typed.html", {**context, "reasons": reasons}, status=422)
    return redirect("protection:screening", pk=made.pk)


def _type_in(request: ActorRequest, found: PaperForm, form: PaperTypedForm) -> Screening:
    told = form.cleaned_data
    return paper.type_in(
        by=request.actor,
        serial=found.serial,
        officer_id=UUID(told["officer"]),
        happened_at=told["happened_at"],
        place=told["place"],
        answers=form.given(),
        conditions=conditions_of(told, told["happened_at"]),
        person=person_of(told),
        kept_because=told["kept_because"],
    )


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
