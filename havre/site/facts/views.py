"""The list of facts, one fact with its revisions, and the three acts on a revision."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from havre.site.facts import queries, services
from havre.site.facts.forms import ForceForm, ProposeForm
from havre.standards import Fact, profile
from havre.standards.models import FactRevision
from havre.trust import policy
from havre.trust.enums import Act
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.middleware import ActorRequest

View = Callable[..., HttpResponse]


def with_a_job(view: View) -> View:
    """Only for a signed-in person who has a job here."""

    @login_required
    @wraps(view)
    def wrapped(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return redirect("home") if request.actor is None else view(request, *args, **kwargs)

    return wrapped


@with_a_job
@require_GET
def facts(request: ActorRequest) -> HttpResponse:
    """Every fact of the country with its confidence and review state; above them, the revisions that wait for somebody."""
    today = timezone.localdate()
    rows = queries.rows(today)
    context = {
        "driving": [row for row in rows if row.drives],
        "others": [row for row in rows if not row.drives],
        "waiting": queries.waiting_entries(request.actor.user.pk),
        "country": profile(_country()).name,
        "may_edit": policy.may_in_house(request.actor, Act.EDIT_FACTS),
    }
    return render(request, "site/facts/list.html", context)


@with_a_job
@require_GET
def fact(request: ActorRequest, id: str) -> HttpResponse:
    """One fact today, and every revision of it."""
    return _page(request, queries.one(id, timezone.localdate()))


@with_a_job
def propose(request: ActorRequest, id: str) -> HttpResponse:
    """The form of a proposal. Refused (403) to those who may not edit facts, before anything is typed."""
    policy.require_in_house(request.actor, Act.EDIT_FACTS)
    if "." in id:
        raise Missing  # a part is mended within its whole on this page; the service takes parts as well
    found = queries.one(id, timezone.localdate())
    form = ProposeForm(request.POST or None, fact=found)
    if request.method != "POST" or not form.is_valid():
        return _form(request, found, form, status=422 if form.is_bound else 200)
    kept = {name: form.cleaned_data[name] for name in ("valid_from", "source", "confidence", "note")}
    try:
        services.propose(fact=id, value=form.value(), by=request.actor, **kept)
    except Invalid as invalid:
        form.take(invalid.problems)
        return _form(request, found, form, status=422)
    messages.success(request, _("The proposal is recorded. Another person must now read it and accept it."))
    return redirect("fact", id.partition(".")[0])


@with_a_job
@require_POST
def accept(request: ActorRequest, revision: UUID) -> HttpResponse:
    """Stand for a draft as its second reader."""
    return _act(request, revision, lambda: services.accept(revision_id=revision, by=request.actor), _("Accepted. It can be put in force."))


@with_a_job
@require_POST
def in_force(request: ActorRequest, revision: UUID) -> HttpResponse:
    """Put in force, from the day of the form."""
    form = ForceForm(request.POST)
    if not form.is_valid():
        found = FactRevision.objects.filter(pk=revision, country=_country()).first()
        if found is None:
            raise Missing
        again = queries.one(found.root, timezone.localdate())
        return _page(request, again, reasons=(_("write the day from which it holds, for example 2027-01-31"),), status=422)
    day = form.cleaned_data["valid_from"]
    return _act(
        request,
        revision,
        lambda: services.put_in_force(revision_id=revision, valid_from=day, by=request.actor),
        _("In force. Whatever is counted from that day on keeps this revision."),
    )


@with_a_job
@require_POST
def set_aside(request: ActorRequest, revision: UUID) -> HttpResponse:
    """Drop a revision that is not in force."""
    return _act(request, revision, lambda: services.set_aside(revision_id=revision, by=request.actor), _("Set aside."))


def _act(request: ActorRequest, revision: UUID, act: Callable[[], FactRevision], done: str) -> HttpResponse:
    found = FactRevision.objects.filter(pk=revision, country=_country()).first()
    if found is None:
        raise Missing
    try:
        act()
    except Refused as refused:
        if refused.status == 403:
            raise
        return _page(request, queries.one(found.root, timezone.localdate()), reasons=refused.reasons, status=409)
    except Invalid as invalid:
        reasons = tuple(word for words in invalid.problems.values() for word in words)
        return _page(request, queries.one(found.root, timezone.localdate()), reasons=reasons, status=422)
    messages.success(request, done)
    return redirect("fact", found.root)


def _page(request: ActorRequest, found: Fact, *, reasons: tuple[Any, ...] = (), status: int = 200) -> HttpResponse:
    context = {
        "fact": found,
        "history": queries.history(found.id.partition(".")[0], request.actor.user.pk),
        "may_edit": policy.may_in_house(request.actor, Act.EDIT_FACTS),
        "reasons": reasons,
        "today": timezone.localdate(),
    }
    return render(request, "site/facts/fact.html", context, status=status)


def _form(request: ActorRequest, found: Fact, form: ProposeForm, *, status: int) -> HttpResponse:
    return render(request, "site/facts/propose.html", {"fact": found, "form": form}, status=status)


def _country() -> str:
    return settings.HAVRE_COUNTRY.lower()
