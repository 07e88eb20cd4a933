"""`fresh_factor_required`: in front of an identity, an export, a key or the emergency access."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.timezone import localtime
from django.utils.translation import gettext_lazy as _

from havre.trust.accounts.middleware import to
from havre.trust.errors import Refused

View = Callable[..., HttpResponse]


def fresh_factor_required(view: View) -> View:
    """Ask for the second factor again when it was not given in the last HAVRE_FACTOR_MINUTES, then come back to the page.

    What was typed in a form is kept in the page, never on the server.
    Raises: Refused (403) while the account's rights are reduced after a lost factor. Source: OWASP ASVS 5.0, 7.5.3.
    """

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        actor = getattr(request, "actor", None)
        if actor is None:
            return redirect_to_login(request.get_full_path())
        until = actor.user.reduced_until
        if until is not None and until > actor.at:
            words = date_format(localtime(until), "SHORT_DATETIME_FORMAT")
            raise Refused((_("After a lost second factor, your rights stay reduced until %(until)s.") % {"until": words},), status=403)
        if actor.factor_is_fresh:
            return view(request, *args, **kwargs)
        return _ask(request)

    return asked


def _ask(request: HttpRequest) -> HttpResponse:
    page = reverse("accounts_confirm")
    if request.method in {"GET", "HEAD"}:
        back = request.headers.get("HX-Current-URL") or request.get_full_path()
        return to(request, f"{page}?{urlencode({'next': back})}")
    if "HX-Request" in request.headers:
        return render(request, "accounts/_confirm_first.html", {"page": page}, status=409)
    kept = [(name, value) for name, values in request.POST.lists() if name != "csrfmiddlewaretoken" for value in values]
    return render(request, "accounts/confirm_first.html", {"page": page, "kept": kept, "action": request.get_full_path()}, status=409)
