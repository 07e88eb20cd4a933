"""Guessing is slowed down, never locked out: a lock-out would be a weapon against a shelter.

Passphrases are counted by django-axes, by account and address; codes are counted here, in the database, so that every process sees them.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

from axes.handlers.database import AxesDatabaseHandler
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from havre.trust.errors import Refused
from havre.trust.models import Slowdown

FREE_MISSES = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
FORGOTTEN_AFTER = timedelta(hours=24)


def wait_after(misses: int) -> timedelta:
    """How long the next try must wait after this many misses in a row: nothing under five, then 1, 2, 4… minutes, at most 30."""
    if misses < FREE_MISSES:
        return timedelta(0)
    return min(FIRST_WAIT * 2 ** min(misses - FREE_MISSES, 10), LONGEST_WAIT)


def words(left: timedelta) -> Any:
    """What a person is told when she has to wait; the same whether the account exists or not."""
    minutes = max(1, math.ceil(left.total_seconds() / 60))
    return ngettext_lazy(
        "Too many wrong tries. Wait %(minutes)d minute, then try again.",
        "Too many wrong tries. Wait %(minutes)d minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}


def key_of(*parts: str) -> str:
    """The digest under which tries are counted; `parts` are the use, the account and perhaps the address."""
    return salted_hmac("havre.slowdown", "\0".join(parts), algorithm="sha256").hexdigest()


def claim(key: str, *, at: datetime) -> None:
    """Count a try *before* it is judged, so that tries made at the same moment do not slip through. `passed` takes it back.

    Raises: Refused (429) while the last misses still have to be waited out; such a try is not counted.
    """
    with transaction.atomic():
        Slowdown.objects.get_or_create(key=key, defaults={"last_at": at})
        row = Slowdown.objects.select_for_update().get(key=key)
        if at - row.last_at > FORGOTTEN_AFTER:
            row.misses = 0
        left = row.last_at + wait_after(row.misses) - at
        if row.misses >= FREE_MISSES and left > timedelta(0):
            raise Refused((words(left),), status=429)
        row.misses, row.last_at = row.misses + 1, at
        row.save(update_fields=["misses", "last_at"])


def passed(key: str) -> None:
    """The try was right: what was counted is forgotten."""
    Slowdown.objects.filter(key=key).delete()


class GrowingHandler(AxesDatabaseHandler):
    """Axes counts for 24 hours; whether a try is held back depends on the last miss and on how many there were."""

    def is_locked(self, request: HttpRequest, credentials: dict[str, Any] | None = None) -> bool:
        return left_for(request, self, credentials) > timedelta(0)


def left_for(request: HttpRequest, handler: AxesDatabaseHandler, credentials: dict[str, Any] | None) -> timedelta:
    """How long this account and address still have to wait."""
    longest = timedelta(0)
    now = getattr(request, "axes_attempt_time", None) or timezone.now()
    for attempts in handler.get_user_attempts(request, credentials):
        rows = list(attempts.values_list("failures_since_start", "attempt_time"))
        if rows:
            wait = wait_after(sum(misses for misses, _at in rows))
            longest = max(longest, max(at for _misses, at in rows) + wait - now)
    return longest


def account_named(request: HttpRequest, credentials: dict[str, Any] | None = None) -> str:
    """The account that a try is about, as axes counts it: without case, so that spelling it otherwise gains nothing.

    As a keyed digest: people type other names into this field, and passphrases, and the table is kept.
    """
    typed = (credentials or {}).get("username") or request.POST.get("login", "")
    return salted_hmac("havre.accounts.slowing", str(typed).strip().lower()[:80], algorithm="sha256").hexdigest()


def held_back(request: HttpRequest, response: HttpResponse | None = None, credentials: dict[str, Any] | None = None) -> HttpResponse:
    """The page of a sign-in that has to wait (429), the same for an account that does not exist."""
    left = left_for(request, GrowingHandler(), credentials)
    page = render(request, "accounts/held_back.html", {"reasons": [words(left)], "title": _("Wait a moment")}, status=429)
    page["Retry-After"] = str(max(1, math.ceil(left.total_seconds())))
    return page
