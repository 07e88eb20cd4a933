"""The screen locks to the person's page: until the worker unlocks it, any other address signs the session out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import resolve, reverse

from havre.register.models import Case, Person
from havre.trust.accounts.signals import note
from havre.trust.actors import Actor
from havre.trust.errors import Missing

LOCK = "person_page"
# what may be reached while the screen is locked: the page itself, its acts, unlocking, and leaving
OPEN = frozenset(f"person:{name}" for name in ("page", "close", "less", "ask", "asked", "receipt", "copy", "language", "unlock"))
ALSO = frozenset({"leave", "accounts_calendar"})


class PersonLockMiddleware:
    """Ends a locked session that asks for anything but the person's page. Stands before the one that reads records."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated or LOCK not in request.session:
            return self.get_response(request)
        try:
            name = resolve(request.path_info).view_name
        except Http404:
            name = ""
        if name in OPEN | ALSO:
            return self.get_response(request)
        note("person.left", request.user)
        logout(request)
        return HttpResponseRedirect(reverse("account_login"))


def lock(request: HttpRequest, case: Case, person: Person, language: str) -> None:
    """Lock this session to one person's page, in one language."""
    request.session[LOCK] = {"case": str(case.pk), "person": str(person.pk), "language": language}


def unlock(request: HttpRequest) -> dict[str, Any]:
    """Give the session back; what it was locked to."""
    return dict(request.session.pop(LOCK, {}))


def locked_to(request: HttpRequest, actor: Actor | None) -> tuple[Case, Person, str]:
    """The case, the person and the language that this session is locked to. Raises: Missing when it is not, or they are not there."""
    held = request.session.get(LOCK)
    if not held or actor is None:
        raise Missing
    case = Case.objects.visible_to(actor).get_or_missing(pk=UUID(held["case"]))
    person = Person.objects.visible_to(actor).get_or_missing(pk=UUID(held["person"]), case_id=case.pk)
    return case, person, held["language"]
