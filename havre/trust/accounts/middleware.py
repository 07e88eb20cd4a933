"""Between a session and the pages: its limits, its person's language, and the second factor it may still owe."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.contrib.auth import logout
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import resolve, reverse
from django.utils import translation
from django.utils.http import urlencode

from havre.trust.accounts import kept, rules, sessions
from havre.trust.middleware import SESSION_FACTOR

# what somebody may reach who still owes a second factor: enrolling one, giving one, and leaving
OPEN_NAMES = frozenset(
    {
        "account_login",
        "account_logout",
        "accounts_calendar",
        "accounts_code_picture",
        "accounts_confirm",
        "accounts_devices",
        "accounts_redeem",
        "mfa_activate_totp",
        "leave",
        "lock",
        "mfa_add_webauthn",
        "mfa_index",
        "mfa_view_recovery_codes",
        "set_language",
    }
)
OPEN_WHEN_LOCKED = frozenset({"account_login", "account_logout", "accounts_calendar", "accounts_confirm", "leave", "lock", "set_language"})


def to(request: HttpRequest, url: str) -> HttpResponse:
    """A redirect that a fragment request follows as a whole page."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return HttpResponseRedirect(url)


class AccountMiddleware:
    """Ends a session that rested or lasted too long, speaks the person's language, and leads to the factor that a job needs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            response = self.get_response(request)
            away = response.status_code == 302 and response.headers["Location"].startswith(reverse("account_login"))
            return (kept.signed_out(request) if away else None) or response
        at = sessions.now()
        if sessions.is_over(request.session, at=at):
            who = request.user.pk
            logout(request)
            page = kept.signed_out(request, who=who)
            if page is not None:
                return page
            again = {"rested": "1"} if request.method != "GET" else {"rested": "1", "next": request.get_full_path()}
            return to(request, f"{reverse('account_login')}?{urlencode(again)}")
        self._see(request, at)
        translation.activate(request.user.language)
        request.LANGUAGE_CODE = translation.get_language()  # type: ignore[attr-defined]
        owed = self._owed(request)
        return self._first(request, owed) if owed else self.get_response(request)

    def _first(self, request: HttpRequest, owed: str) -> HttpResponse:
        """Where this session goes first. A form that was sent from a page left open is kept in the page that asks for the factor."""
        typed = kept.typed(request)
        page = reverse("accounts_confirm")
        if not typed or not owed.startswith(page) or "HX-Request" in request.headers:
            return to(request, owed)
        return render(request, "accounts/confirm_first.html", {"page": page, "kept": typed.fields, "action": typed.action}, status=409)

    def _see(self, request: HttpRequest, at: datetime) -> None:
        seen = sessions.moment(request.session, sessions.SEEN)
        if seen is None or at - seen >= sessions.SEEN_STEP:
            request.session[sessions.SEEN] = at.isoformat()

    def _owed(self, request: HttpRequest) -> str | None:
        """Where this session has to go first: to enrol a factor, to give it, or to unlock. None when it owes nothing."""
        user: Any = request.user
        locked = request.session.get(sessions.LOCKED)
        if not locked and (request.session.get(SESSION_FACTOR) or not rules.needs_factor(user)):
            return None
        try:
            name = resolve(request.path_info).url_name
        except Http404:
            return None
        if name in (OPEN_WHEN_LOCKED if locked else OPEN_NAMES):
            return None
        if not locked and not rules.has_factor(user):
            return reverse("mfa_index")
        return f"{reverse('accounts_confirm')}?{urlencode({'next': request.get_full_path() if request.method == 'GET' else '/'})}"
