"""Pages of the access history: for the data-protection officer, for the case's own service, and on paper for the person."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from havre.trust import audit, policy
from havre.trust.actors import Actor
from havre.trust.asking import queries as names
from havre.trust.enums import Act, Section
from havre.trust.errors import Missing
from havre.trust.forms import MomentField
from havre.trust.history.breach import affected
from havre.trust.history.processing import activities, beside, errands
from havre.trust.history.queries import (
    PAGE,
    case_by_reference,
    consultations,
    is_sealed,
    persons_of_case,
    refusals,
    require_history,
    who_read,
)
from havre.trust.middleware import ActorRequest
from havre.trust.models import User

# the ids that the officer came to by a reference, in the session, the newest last; and the letters that a reference has at most
FOUND, KEPT, REFERENCE = "history_found", 20, 16


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: ActorRequest) -> HttpResponse:
    """The officer types the reference that is on the person's receipt. It travels in the body: an address may be logged."""
    actor = _officer(request)
    problem = ""
    if request.method == "POST":
        words = request.POST.get("ref", "").strip()
        # a reference, as it stands on the person's receipt: an id is nothing that a person could have shown
        case_id = case_by_reference(words) if len(words) <= REFERENCE else None
        if case_id is not None and not is_sealed(case_id):
            request.session[FOUND] = [*request.session.get(FOUND, [])[-KEPT:], str(case_id)]
            return redirect("history_case", case_id=case_id)
        problem = _("No file bears this reference. Type it as it stands on the receipt, for example D-7K2M-0QXA.")
    return render(request, "trust/history/find.html", {"problem": problem, "actor": actor}, status=422 if problem else 200)


@login_required
@require_GET
def case(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Who read this file or a person in it. Reading it is an act of its own."""
    actor = _actor(request)
    officer = _allowed(request, actor, case_id)
    persons, chosen = _persons(request, case_id)
    before = _before(request)
    if before is None:
        audit.record(event="history.view", by=actor, subject=chosen, case_id=case_id)
    wanted = [chosen] if chosen else list(persons)
    rows = consultations([*wanted, case_id], [case_id], staff_names=officer, neutral=False, before=before)
    context = {"rows": rows, "officer": officer, "case_id": case_id, "persons": persons, "chosen": chosen, "more": _more(rows)}
    context["asked"] = names.lines(names.of_persons(case_id, wanted), at=actor.at)
    context["unnamed"] = not officer
    context["restricts"] = policy.decide(actor, Act.SEAL, Section.CASE, case_id).allowed
    return render(request, "trust/history/case.html", context)


@login_required
@require_GET
def paper(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """The same for the person to keep, or only to look at: neutral words, no name, in their language (`?lang=fr`)."""
    actor = _actor(request)
    _allowed(request, actor, case_id)
    persons, chosen = _persons(request, case_id)
    if chosen is None and len(persons) == 1:
        chosen = persons[0]
    if chosen is None:
        raise Missing  # one paper is about one person
    language = request.GET.get("lang", "")
    language = language if language in dict(settings.LANGUAGES) else translation.get_language() or settings.LANGUAGE_CODE
    audit.record(event="history.print", by=actor, subject=chosen, case_id=case_id, codes={"language": language.lower()})
    with translation.override(language):
        rows = who_read(chosen, [case_id], neutral=True, limit=1000)
        return render(request, "trust/history/paper.html", {"rows": rows, "at": actor.at, "language": language, "most": 1000})


@login_required
@require_GET
def refused(request: ActorRequest) -> HttpResponse:
    """What was asked and refused, for the data-protection officer."""
    _officer(request)
    rows = refusals(before=_before(request))
    return render(request, "trust/history/refused.html", {"rows": rows, "more": _more(rows)})


class BreachForm(forms.Form):
    """Whose account leaked, and between which two moments."""

    account = forms.CharField(
        label=gettext_lazy("Sign-in name of the account"), max_length=80, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    since = MomentField(label=gettext_lazy("From"))
    until = MomentField(label=gettext_lazy("Until"))

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("since") and found.get("until") and found["since"] >= found["until"]:
            self.add_error("until", _("The end lies before the beginning: swap the two."))
        found["user"] = User.objects.filter(username=found.get("account", "")).first()
        if found.get("account") and found["user"] is None:
            self.add_error("account", _("No account has this sign-in name. Take it from the list of the organisation."))
        return found


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def breach(request: ActorRequest) -> HttpResponse:
    """A leaked account: who was affected. The name travels in the body, and asking is an act of its own."""
    actor = _officer(request)
    form = BreachForm(request.POST if request.method == "POST" else None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        audit.record(event="history.breach", by=actor, subject=told["user"].pk)
        context["found"] = affected(user_id=told["user"].pk, since=told["since"], until=told["until"])
        context |= {"since": told["since"], "until": told["until"]}
    return render(request, "trust/history/breach.html", context, status=422 if form.errors else 200)


@login_required
@require_GET
def processing(request: ActorRequest) -> HttpResponse:
    """The record of processing, from the contracts and the policy in force."""
    _officer(request)
    return render(request, "trust/history/processing.html", {"activities": activities(), "errands": errands(), "beside": beside()})


def _actor(request: ActorRequest) -> Actor:
    if request.actor is None:
        raise Missing
    return request.actor


def _allowed(request: ActorRequest, actor: Actor, case_id: UUID) -> bool:
    """Whether this is the officer. Raises: Missing, for an officer too who did not come by the file's reference in this session."""
    officer = require_history(actor, case_id)
    if officer and str(case_id) not in request.session.get(FOUND, []):
        raise Missing
    return officer


def _officer(request: ActorRequest) -> Actor:
    actor = _actor(request)
    policy.require_in_house(actor, Act.REVIEW)
    return actor


def _persons(request: ActorRequest, case_id: UUID) -> tuple[tuple[UUID, ...], UUID | None]:
    """The persons of the case, and the one asked for. Raises: Missing for a person of another case, or when there is no such case."""
    persons = persons_of_case(case_id)
    if not persons:
        raise Missing
    asked = request.GET.get("person", "")
    chosen = next((person for person in persons if str(person) == asked), None)
    if asked and chosen is None:
        raise Missing
    return persons, chosen


def _before(request: ActorRequest) -> int | None:
    text = request.GET.get("before", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None


def _more(rows: list) -> int | None:
    """The number after which the next page begins, None on the last page."""
    return rows[-1].no if len(rows) == PAGE else None
