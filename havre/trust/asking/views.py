"""Pages of identity requests: asking, answering, ending; and of a person's restriction list."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from havre.trust import policy
from havre.trust.accounts.fresh import fresh_factor_required
from havre.trust.actors import Actor
from havre.trust.asking import custody, queries, restricting, services, words
from havre.trust.asking.forms import AskForm, RefuseForm, RestrictForm
from havre.trust.enums import SECTION_LABELS, Act, Section
from havre.trust.errors import HavreError, Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest

READERS = custody.ASKERS | custody.OFFICERS


@login_required
@require_http_methods(["GET", "POST"])
def ask(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """Ask for one person's name: the form says who will answer and what is written down."""
    actor = _actor(request)
    if actor.role not in custody.ASKERS:
        raise Refused((_("your role works without names: no rule lets it ask for one"),), status=403)
    if not policy.decide(actor, Act.READ, Section.CASE, case_id).allowed:
        raise Missing
    persons = queries.persons(case_id)
    form = AskForm(request.POST or None, persons=persons)
    found = {"form": form, "case_id": case_id, "rule": custody.custody()}
    return _do(request, "asking/ask.html", found, lambda: _asked(actor, case_id, form))


def _asked(actor: Actor, case_id: UUID, form: AskForm) -> HttpResponse:
    told = form.cleaned_data
    made = services.ask(
        by=actor, case_id=case_id, person_id=told["person"], reason=told["reason"], until=told["until"], words=told["words"]
    )
    return redirect("identity_request", made.pk)


@login_required
@require_safe
def every(request: ActorRequest) -> HttpResponse:
    """One's own requests, those that wait for one's answer, and the country's for the officer."""
    actor = _reader(request)
    officer = policy.may_in_house(actor, Act.REVIEW)
    found = {
        "waiting": queries.lines(queries.to_answer(actor), at=actor.at),
        "rows": queries.lines(queries.of_country() if officer else queries.mine(actor), at=actor.at),
        "officer": officer,
    }
    return render(request, "asking/every.html", found)


@login_required
@require_safe
def one(request: ActorRequest, pk: UUID) -> HttpResponse:
    """One request with its five kinds of event."""
    return render(request, "asking/one.html", _page(_actor(request), pk))


def _page(actor: Actor, pk: UUID) -> dict[str, Any]:
    found = queries.visible(actor, pk)
    job = queries.custodian_job(actor, found)
    (line,) = queries.lines([found], at=actor.at)
    mine = found.user_id == actor.user.pk
    return {
        **line,
        "mine": mine,
        "custodian": bool(job),
        "answers": bool(job) and queries.waits_for(found, actor, job),
        "ends_it": (mine and line["state"] in (queries.WAITING, queries.OPEN)) or (bool(job) and line["state"] == queries.OPEN),
        "jobs": [custody.read_job(text).words for text in found.custodians],
        "words": words.told(actor, found) if job else "",
        "form": RefuseForm(),
    }


@login_required
@require_POST
@fresh_factor_required
def answer(request: ActorRequest, pk: UUID) -> HttpResponse:
    """A custodian grants, or refuses with a reason."""
    actor = _actor(request)
    # the officer sees every request, and answers those alone of which the setting makes him a custodian
    if not queries.custodian_job(actor, queries.visible(actor, pk)):
        raise Missing
    form = RefuseForm(request.POST)
    if "grant" in request.POST:
        return _again(request, pk, lambda: services.grant(by=actor, request_id=pk))
    if not form.is_valid():
        return render(request, "asking/one.html", {**_page(actor, pk), "form": form}, status=422)
    return _again(request, pk, lambda: services.refuse(by=actor, request_id=pk, reason=form.cleaned_data["reason"]))


@login_required
@require_POST
def end(request: ActorRequest, pk: UUID) -> HttpResponse:
    """The requester gives it back, or a custodian ends it early."""
    actor = _actor(request)
    queries.visible(actor, pk)
    return _again(request, pk, lambda: services.end(by=actor, request_id=pk))


@login_required
@require_http_methods(["GET", "POST"])
def restrictions(request: ActorRequest, case_id: UUID) -> HttpResponse:
    """The restriction lists of the persons of one case."""
    actor = _actor(request)
    restricting.require(actor, case_id)
    persons = queries.persons(case_id)
    form = RestrictForm(request.POST or None, persons=persons, holders=restricting.choices(actor, case_id))
    numbers = {pk: number for number, pk in enumerate(persons, 1)}
    rows = [
        (row, numbers.get(row.person_id, ""), [SECTION_LABELS[one] for one in Section(row.sections)], row.holder_id in actor.holders)
        for row in restricting.of_case(case_id)
    ]
    found = {"form": form, "case_id": case_id, "rows": rows, "several": len(persons) > 1}
    return _do(request, "asking/restrictions.html", found, lambda: _restricted(actor, case_id, form))


def _restricted(actor: Actor, case_id: UUID, form: RestrictForm) -> HttpResponse:
    told = form.cleaned_data
    whom = {"case_id": case_id, "person_id": told["person"], "holder_id": int(told["holder"])}
    restricting.place(by=actor, **whom, sections=told["sections"], reason=told["reason"])
    return redirect("restrictions", case_id)


@login_required
@require_POST
def lift(request: ActorRequest, case_id: UUID, restriction_pk: UUID) -> HttpResponse:
    """Take one line off the list."""
    actor = _actor(request)
    restricting.require(actor, case_id)
    restricting.lift(by=actor, restriction_id=restriction_pk)
    return redirect("restrictions", case_id)


def _actor(request: ActorRequest) -> Actor:
    if request.actor is None:
        raise Missing
    return request.actor


def _reader(request: ActorRequest) -> Actor:
    actor = _actor(request)
    if actor.role not in READERS:
        raise Refused((_("your role may not do that here"),), status=403)
    return actor


def _do(request: ActorRequest, template: str, found: dict[str, Any], done: Callable[[], HttpResponse]) -> HttpResponse:
    """Show the page, or do what was sent and go on; with every reason and what was typed when it was refused."""
    form, reasons, status = found["form"], (), 200 if request.method != "POST" else 422
    if request.method == "POST" and form.is_valid():
        try:
            return done()
        except Invalid as invalid:
            tell(form, invalid)
        except Refused as refused:
            reasons, status = refused.reasons, refused.status  # type: ignore[assignment]
    return render(request, template, {**found, "reasons": reasons}, status=status)


def _again(request: ActorRequest, pk: UUID, act: Callable[[], object]) -> HttpResponse:
    try:
        act()
    except (Refused, Invalid) as error:
        reasons = error.reasons if isinstance(error, Refused) else [word for words in error.problems.values() for word in words]
        page = _page(_actor(request), pk)
        status = error.status if isinstance(error, HavreError) else 409
        return render(request, "asking/one.html", {**page, "reasons": reasons}, status=status)
    return redirect("identity_request", pk)
