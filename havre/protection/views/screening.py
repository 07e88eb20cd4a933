"""The cards of a first contact. Nothing is stored before the last one: what was answered travels in the form itself."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from havre.protection import indicators, queries
from havre.protection.enums import Answer, Origin, Profile, Situation
from havre.protection.forms import RIGHTS, KeepForm, OutcomeForm, StartForm
from havre.protection.models import Screening
from havre.protection.services import screening as services
from havre.protection.services.screening import Given
from havre.protection.workflow import CARERS, FRONT_LINE, IDENTIFICATION
from havre.register.enums import AgeBasis
from havre.trust import waivers
from havre.trust.enums import Act
from havre.trust.errors import Missing, Refused
from havre.trust.ids import new_id
from havre.trust.middleware import ActorRequest
from havre.trust.policy import require_in_house
from havre.trust.waivers import Held

PREFIX = "a-"


@login_required
@require_http_methods(["GET", "POST"])
def cards(request: ActorRequest) -> HttpResponse:
    """One card a page, from the first contact to the choice of what is kept."""
    require_in_house(request.actor, Act.OPEN)
    if request.actor.role not in FRONT_LINE | CARERS:
        raise Refused((_("your role does not screen"),), status=403)
    act = request.POST.get("go", "")
    if request.method == "GET" or act == "discard":
        first = {"practice": request.GET.get("practice") == "1", "number": request.GET.get("number", "")}
        context = {"form": StartForm(initial=first), "discarded": act == "discard", "practice": first["practice"]}
        return render(request, "protection/start.html", context)
    start = StartForm(request.POST)
    if not start.is_valid():
        return _start(request, start, status=422)
    deck = indicators.cards(start.cleaned_data["situation"], start.cleaned_data["profile"])
    carried = _carried(request.POST, {one.code for one in deck})
    if act == "back" and _number(request.POST) == 0:
        return _start(request, start)
    if act == "keep":
        return _keep(request, start, carried)
    return _card(request, start, deck, carried, _turn(act, request.POST))


def _start(request: ActorRequest, start: StartForm, status: int = 200) -> HttpResponse:
    """The page before the first card again, with what was written there and every answer given since."""
    answered = [(name, str(value)) for name, value in request.POST.items() if name.startswith(PREFIX)]
    answered += [(PREFIX + code, value) for code, value in _carried(request.POST, {request.POST.get("code", "")} - {""}).items()]
    context = {"form": start, "practice": bool(start.data.get("practice")), "hidden": list(dict(answered).items())}
    return render(request, "protection/start.html", context, status=status)


def _number(posted: QueryDict) -> int:
    try:
        return int(posted.get("card", "0"))
    except ValueError:
        return 0


def _turn(act: str, posted: QueryDict) -> int:
    return max(_number(posted) + {"next": 1, "back": -1}.get(act, 0), 0) if act != "begin" else 0


def _card(request: ActorRequest, start: StartForm, deck: tuple[Any, ...], carried: dict[str, str], number: int) -> HttpResponse:
    hidden = _hidden(start, carried)
    context = {"hidden": hidden, "count": len(deck), "card": number, "practice": start.cleaned_data["practice"]}
    if number >= len(deck):
        return render(request, "protection/keep.html", {**context, "card": len(deck), "form": KeepForm(), "once": new_id()})
    one = deck[number]
    answer, _sep, origin = carried.get(one.code, "").partition("|")
    hidden = [(name, value) for name, value in hidden if name != PREFIX + one.code]
    return render(
        request,
        "protection/card.html",
        {
            **context,
            "hidden": hidden,
            "number": number + 1,
            "statement": one.statement(get_language() or "en"),
            "prompt": queries.prompt_of(one.code, start.cleaned_data["language"]),
            "code": one.code,
            "answers": [(value, label, value == answer) for value, label in Answer.choices],
            "origins": [(value, label, value == (origin or Origin.SAID)) for value, label in Origin.choices],
            "done": range(number + 1),
            "left": range(len(deck) - number - 1),
        },
    )


def _carried(posted: QueryDict, codes: set[str]) -> dict[str, str]:
    """Code → "answer|origin", from what travelled along and from the card just answered."""
    found = {name[len(PREFIX) :]: str(value) for name, value in posted.items() if name.startswith(PREFIX) and name[len(PREFIX) :] in codes}
    code, answer = posted.get("code", ""), posted.get("answer", "")
    if code in codes and answer in Answer.values:
        found[code] = f"{answer}|{posted.get('origin', '')}"
    return found


def _hidden(start: StartForm, carried: dict[str, str], but: Collection[str] = ()) -> list[tuple[str, str]]:
    fields = [(name, str(start.data.get(name, ""))) for name in start.fields if start.data.get(name) and name not in but]
    return [*fields, *((PREFIX + code, value) for code, value in sorted(carried.items()))]


def _keep(request: ActorRequest, start: StartForm, carried: dict[str, str]) -> HttpResponse:
    form = KeepForm(request.POST)
    told = start.cleaned_data
    given = []
    for code, value in carried.items():
        answer, _sep, origin = value.partition("|")
        given.append(Given(code, answer, origin, request.actor.at))
    if told["practice"]:
        suggested = indicators.assess(told["profile"], {one.indicator: one.answer for one in given}).suggestion
        again = {"form": StartForm(initial={"practice": True}), "practice": True, "practised": suggested.label}
        return render(request, "protection/start.html", again)
    try:
        if not form.is_valid():
            raise Refused([str(words) for words in form.errors["kept_because"]])
        done = services.screen(
            by=request.actor,
            situation=Situation(told["situation"]),
            profile=Profile(told["profile"]),
            answers=given,
            conditions=conditions_of(told, request.actor.at),
            person=person_of(told),
            happened_at=request.actor.at,
            kept_because=form.cleaned_data["kept_because"],
            urgent=told["safety_level"] == "immediate",
            group_person_id=told["number"],
        )
    except Refused as refusal:
        deck = indicators.cards(told["situation"], told["profile"])
        # what the rights rest on is asked on this page: done now, it is written down now, and no answer is lost
        asked = RIGHTS if form.is_valid() and form.cleaned_data["kept_because"] else ()
        context = {"hidden": _hidden(start, carried, but=asked), "count": len(deck), "card": len(deck), "form": form, "once": new_id()}
        context["rights"] = [start[name] for name in asked]
        return render(request, "protection/keep.html", {**context, "reasons": refusal.reasons}, status=409)
    return redirect("protection:screening", pk=done.pk)


def person_of(told: dict[str, Any]) -> dict[str, Any]:
    """The person, as the services take them, from what StartForm holds."""
    return {
        "gender": told["gender"],
        "age_on_opening": told["age_on_opening"],
        "age_basis": told["age_basis"] or AgeBasis.NOT_RECORDED,
        "presumed_minor": told["presumed_minor"],
        "languages": [told["language"]],
    }


def conditions_of(told: dict[str, Any], at: Any) -> dict[str, Any]:
    """The fields of RG01 to RG03, from what StartForm holds; what is ticked was done at that moment."""
    plain = ("language", "interpreter", "interpreter_conflict_checked", "privacy_confirmed", "safety_level", "medical_need")
    return {
        **{name: told[name] for name in plain},
        "information_given_at": at if told["informed"] else None,
        "urgent_action_at": at if told["urgent_done"] else None,
    }


@login_required
@require_http_methods(["GET", "POST"])
def outcome(request: ActorRequest, pk: UUID) -> HttpResponse:
    """What was noted, dimension by dimension, and the outcome that the officer confirms."""
    screening = Screening.objects.visible_to(request.actor).select_related("case", "observer", "typed_by").get_or_missing(pk=pk)
    form = OutcomeForm(request.POST if "waive" not in request.POST and request.method == "POST" else None)
    waiting = screening.status == "recorded"
    held = Held(IDENTIFICATION, services.opened_by(screening), about=screening.person_id, steps=frozenset({"ask"}), told=True)
    context = {
        "screening": screening,
        "noted": queries.noted(screening, request.actor),
        "form": form if waiting and request.actor.role in FRONT_LINE | CARERS else None,
        "waivers": waivers.lines(request, held) if waiting else [],
        "once": new_id(),
    }
    if request.method == "GET":
        return render(request, "protection/outcome.html", context)
    if "waive" in request.POST:
        if not waiting:
            raise Missing
        again = waivers.signed(request, held, case_id=screening.case_id, template="protection/outcome.html", context=context)
        return again or redirect("protection:screening", pk=pk)
    if not form.is_valid():
        return render(request, "protection/outcome.html", context, status=422)
    try:
        services.confirm(screening_id=pk, outcome=form.cleaned_data["outcome"], by=request.actor)
    except Refused as refusal:
        return render(request, "protection/outcome.html", {**context, "reasons": refusal.reasons}, status=409)
    return redirect("protection:screening", pk=pk)
