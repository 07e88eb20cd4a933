"""Turns a signed-in session into an Actor and makes the whole request act as that actor."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from havre.trust import audit
from havre.trust.accounts.kept import typed
from havre.trust.actors import Actor
from havre.trust.context import acting
from havre.trust.enums import ROLE_PURPOSES, Purpose, Role
from havre.trust.errors import Invalid, Missing, Refused, Unavailable
from havre.trust.models import Membership, User
from havre.trust.models.accounts import holders_of, with_holders

# the event of a refusal at the door of a page; the line's route says of which
DOOR = "page.open"
SESSION_MEMBERSHIP, SESSION_PURPOSE, SESSION_FACTOR = "membership", "purpose", "factor_at"


def actor_of(membership: Membership, *, at: datetime, purpose: Purpose | None = None, factor_at: datetime | None = None) -> Actor:
    """The Actor of one membership. A purpose outside the role's list falls back to the role's first."""
    role = Role(membership.role)
    allowed = ROLE_PURPOSES[role]
    user: User = membership.user
    reduced = user.reduced_until is not None and user.reduced_until > at
    holder_id, personal_id = holders_of(membership)
    return Actor(
        user=user,
        organisation_id=membership.organisation_id,
        role=role,
        holder_id=holder_id,
        personal_id=personal_id,
        purpose=purpose if purpose in allowed else allowed[0],
        at=at,
        factor_at=None if reduced else factor_at,
    )


class ActorRequest(HttpRequest):
    """What a view behind `login_required` and this middleware receives."""

    actor: Actor
    membership: Membership


class ActorMiddleware:
    """`request.actor` is the Actor, or None when nobody is signed in or the account has no job.

    People's errors become pages here: 403 and 409 with reasons, 404, 422, 503.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.actor = self._actor(request)  # type: ignore[attr-defined]
        try:
            if request.actor is None:  # type: ignore[attr-defined]
                return self.get_response(request)
            with acting(request.actor, once=_once(request), route=request.path_info):  # type: ignore[attr-defined]
                return self.get_response(request)
        except Unavailable as error:
            return self.process_exception(request, error)  # type: ignore[return-value]

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if isinstance(error, Refused):
            return self._refused(request, error)
        if isinstance(error, Invalid):
            return render(request, "site/invalid.html", {"problems": error.problems, "typed": typed(request)}, status=422)
        if isinstance(error, Missing):
            return render(request, "404.html", status=404)
        if isinstance(error, Unavailable):
            return render(request, "site/unavailable.html", {"why": error.shown}, status=503)
        return None

    def _refused(self, request: HttpRequest, error: Refused) -> HttpResponse:
        """The reasons. Who may never open this page leaves a line too, committed first: no line, and nothing is shown (503)."""
        actor = request.actor  # type: ignore[attr-defined]
        if actor is not None and error.status == 403 and not error.written:
            try:
                audit.refuse(event=DOOR, by=actor, rows=error.rows)
            except Unavailable as unavailable:
                return self.process_exception(request, unavailable)  # type: ignore[return-value]
        # who may not is sent nowhere again; a condition that is missing can be met, and then the same form is sent on
        again = typed(request) if error.status == 409 else None
        return render(request, "site/refused.html", {"reasons": error.reasons, "typed": again}, status=error.status)

    def _actor(self, request: HttpRequest) -> Actor | None:
        if not request.user.is_authenticated:
            return None
        mine = with_holders(Membership.objects.filter(user=request.user, ended_at=None).select_related("organisation", "user"))
        membership = None
        with suppress(ValueError, TypeError):
            membership = mine.filter(pk=UUID(str(request.session.get(SESSION_MEMBERSHIP)))).first()
        membership = membership or mine.order_by("starts_at").first()
        if membership is None:
            return None
        request.membership = membership  # type: ignore[attr-defined]
        factor = request.session.get(SESSION_FACTOR)
        purpose = request.session.get(SESSION_PURPOSE)
        return actor_of(
            membership,
            at=timezone.now(),
            purpose=Purpose(purpose) if purpose in Purpose.values else None,
            factor_at=datetime.fromisoformat(factor) if factor else None,
        )


def _once(request: HttpRequest) -> UUID | None:
    if request.method != "POST":
        return None
    try:
        return UUID(request.POST.get("once", "") or request.headers.get("Idempotency-Key", ""))
    except ValueError:
        return None
