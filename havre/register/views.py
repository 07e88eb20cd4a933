"""The case list, the search, the case page, a name opened on a reason, and notes."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from havre.register import naming, notes, queries, wording
from havre.register.forms import FilterForm, NoteForm, ReasonForm, SearchForm
from havre.register.models import Case, Person
from havre.trust import policy
from havre.trust.asking.custody import ASKERS
from havre.trust.enums import Act, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.forms import tell
from havre.trust.middleware import ActorRequest

View = Callable[..., HttpResponse]


def for_case_holders(view: View) -> View:
    """Only for a signed-in actor whose role reads case files at all (403 for the others, with what to do)."""

    @login_required
    @wraps(view)
    def wrapped(request: ActorRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.actor is None:
            return redirect("home")
        if (Act.READ, Section.CASE, request.actor.role) not in policy.POLICY.rules:
            raise Refused((_("your present job reads no case files: switch to one that does, if you have it"),), status=403)
        return view(request, *args, **kwargs)

    return wrapped


@for_case_holders
def cases(request: ActorRequest) -> HttpResponse:
    """The cases open to the actor, by state, newest first."""
    tab = request.GET.get("tab", "open")
    tab = tab if tab in queries.TABS else "open"
    form = FilterForm(request.GET or None)
    filters = form.cleaned_data if form.is_bound and form.is_valid() else {}
    found = queries.listing(request.actor, tab=tab, after=request.GET.get("after", ""), **filters)
    kept = {key: str(value) for key, value in request.GET.items() if key in form.fields and value}
    return render(
        request,
        "register/cases.html",
        {
            "found": found,
            "form": form,
            "tab": tab,
            "tabs": [
                {"title": title, "url": _with(kept, tab=code), "current": code == tab, "count": found.load.of(code)}
                for code, title in _tab_titles()
            ],
            "filtered": bool(kept),
            "first": _with(kept, tab=tab) if request.GET.get("after") else "",
            "next": _with(kept, tab=tab, after=found.next) if found.next else "",
            "count": found.load.count if found.load.more else found.load.of(tab),
            "may_open": policy.may_in_house(request.actor, Act.OPEN),
        },
        status=422 if form.is_bound and form.errors else 200,
    )


def _tab_titles() -> tuple[tuple[str, str], ...]:
    return (
        ("open", pgettext("cases", "Active")),
        ("follow-up", pgettext("cases", "In follow-up")),
        ("closed", pgettext("cases", "Closed")),
        ("all", pgettext("cases", "All")),
    )


def _with(kept: dict[str, str], **more: str) -> str:
    return "?" + urlencode({**kept, **more})


@for_case_holders
def search(request: ActorRequest) -> HttpResponse:
    """By reference (GET), or by a name within one's own caseload (POST: a name stays out of addresses and logs)."""
    form = SearchForm(request.POST if request.method == "POST" else request.GET or None)
    context: dict[str, Any] = {"form": form, "may_search_country": policy.may_in_house(request.actor, Act.SEARCH)}
    if form.is_bound and form.is_valid():
        reference, name = form.cleaned_data["ref"], form.cleaned_data["name"]
        if reference:
            exact = queries.exactly(request.actor, reference)
            if exact and not name:
                return redirect("case", ref=exact.ref)
            context["found"] = queries.with_persons(request.actor, queries.by_reference(request.actor, reference))
        elif request.method == "POST":
            _by_name(request, form, name, context)
        context["stale"] = bool(name) and not request.actor.factor_is_fresh
        context["confirm"] = confirm_url(reverse("search"))
    return render(request, "register/search.html", context, status=422 if form.is_bound and form.errors else 200)


def _by_name(request: ActorRequest, form: SearchForm, name: str, context: dict[str, Any]) -> None:
    try:
        context["found"] = queries.with_persons(request.actor, naming.cases_named(by=request.actor, words=name))
    except Invalid as invalid:
        for problems in invalid.problems.values():
            for problem in problems:
                form.add_error("name", str(problem))


@for_case_holders
def case(request: ActorRequest, ref: str) -> HttpResponse:
    """One case, composed from every part's contract; `?part=` chooses the tab."""
    asked = request.GET.get("page", "")
    number = int(asked) if asked.isascii() and asked.isdecimal() and 0 < len(asked) < 5 else 1
    found = queries.case_page(request.actor, case_of(request, ref), number=max(number, 1))
    part = request.GET.get("part", "thread")
    panel = next((one for one in found.tabs if one.code == part), None)
    lock = next((one for one in found.locks if one.code == part), None)
    if panel is None and lock is None:
        part = "thread"
    tabs = [
        {"title": _("Thread"), "url": "?", "current": part == "thread"},
        *({"title": one.title, "url": f"?part={one.code}", "current": one is panel} for one in found.tabs),
        *({"title": one.title, "url": f"?part={one.code}", "current": one is lock, "locked": True} for one in found.locks),
    ]
    draw = {"case": found.case, "actor": request.actor}
    return render(
        request,
        "register/case.html",
        {
            "page": found,
            "case": found.case,
            "tabs": tabs,
            "lock": lock,
            "part": part,
            "panel": panel and {"title": panel.title, "body": _drawn(panel, draw)},
            "above": [_drawn(one, draw) for one in found.above],
            "side": [{"code": one.code, "title": one.title, "body": _drawn(one, draw)} for one in found.side],
            "may_note": bool(found.noting),
            "may_consent": Section.PROTECTION in found.readable,
            "confirm": confirm_url(request.get_full_path()),
            "may_break_glass": policy.may_in_house(request.actor, Act.BREAK_GLASS),
        },
    )


def _drawn(panel: Any, draw: dict[str, Any]) -> str:
    # without the request: a panel has its own context, and the shell's (navigation, messages) would be made anew for each
    return render_to_string(panel.template, {**panel.context, **draw})


def case_of(request: ActorRequest, ref: str) -> Case:
    """One case by its reference. Raises: Missing, also when it is there and not for this actor."""
    return Case.objects.visible_to(request.actor).select_related("lead").get_or_missing(ref=ref)


def _person(persons: list[Person], asked: str | None) -> Person:
    found = next((person for person in persons if asked is None or str(person.pk) == asked), None)
    if found is None:
        raise Missing
    return found


@for_case_holders
def case_name(request: ActorRequest, ref: str) -> HttpResponse:
    """A name, opened on a reason: shown once in the answer to the POST, at no address of its own."""
    found = case_of(request, ref)
    persons = queries.persons_of(request.actor, found)
    person = _person(persons, request.POST.get("person") or request.GET.get("person"))
    form = ReasonForm(request.POST or None, initial={"reason": request.GET.get("reason")})
    back = reverse("case_name", args=[found.ref]) + f"?person={person.pk}"
    context: dict[str, Any] = {
        "case": found,
        "person": person,
        "words": wording.described(person),
        "form": form,
        "confirm": confirm_url(back),
    }
    context["state"] = queries.name_state(request.actor, found, person)
    context["asks"] = request.actor.role in ASKERS
    if request.method == "POST" and form.is_valid() and context["state"] == "open":
        context["facts"] = naming.open_name(case_id=found.pk, person_id=person.pk, reason=form.cleaned_data["reason"], by=request.actor)
        context["opened"] = True
    status = 422 if form.errors else 409 if request.method == "POST" and not context.get("opened") else 200
    return render(request, "register/name.html", context, status=status)


@for_case_holders
def case_note(request: ActorRequest, ref: str) -> HttpResponse:
    """Write a note in a section that the actor may write."""
    found = case_of(request, ref)
    sections = queries.sections_for_notes(request.actor, found.pk)
    if not sections:
        raise Refused((_("no section of this case is open to you for writing"),), status=403)
    form = NoteForm(request.POST or None, sections=sections, persons=queries.persons_of(request.actor, found))
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            notes.add(
                case_id=found.pk,
                person_id=data["person"].pk,
                section=data["section"],
                happened_at=data["happened_at"],
                words=data["words"],
                by=request.actor,
            )
        except Invalid as invalid:
            tell(form, invalid)
        else:
            messages.success(request, _("The note is recorded."))
            return HttpResponseRedirect(reverse("case", args=[found.ref]))
    return render(request, "register/note.html", {"case": found, "form": form}, status=422 if form.errors else 200)


def confirm_url(back: str) -> str:
    """Where the second factor is given again, coming back here after. The accounts' own page first, allauth's where it is not there."""
    for name in ("accounts_confirm", "mfa_reauthenticate", "account_reauthenticate"):
        try:
            return f"{reverse(name)}?{urlencode({'next': back})}"
        except NoReverseMatch:
            continue
    return reverse("account_login")
