"""What a session remembers, when it ends by itself, and how others are ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from importlib import import_module
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from havre.trust.middleware import SESSION_FACTOR, SESSION_MEMBERSHIP, SESSION_PURPOSE
from havre.trust.models import User

BEGUN, SEEN, SHARED, PASSPHRASE, LOCKED = "begun_at", "seen_at", "shared", "passphrase_at", "locked"
SHARED_IDLE = timedelta(minutes=5)
# a session is written again only when this has passed: a page view is no reason to sync a disk
SEEN_STEP = timedelta(seconds=30)


def moment(session: Any, key: str) -> datetime | None:
    """One moment kept in a session, aware; None when it was never set or cannot be read."""
    try:
        return datetime.fromisoformat(session[key])
    except (KeyError, TypeError, ValueError):
        return None


def idle_limit(*, shared: bool) -> timedelta:
    """How long a session may rest: HAVRE_IDLE_MINUTES, never more than 5 minutes on a shared device (OWASP ASVS 5.0, 7.3.1)."""
    usual = timedelta(minutes=settings.HAVRE_IDLE_MINUTES)
    return min(usual, SHARED_IDLE) if shared else usual


def is_over(session: Any, *, at: datetime) -> bool:
    """Whether the session has rested or lasted too long at this moment. One without its moments is over."""
    begun, seen = moment(session, BEGUN), moment(session, SEEN)
    if begun is None or seen is None:
        return True
    lasted = at - begun >= timedelta(hours=settings.HAVRE_ABSOLUTE_HOURS)
    return lasted or at - seen >= idle_limit(shared=bool(session.get(SHARED)))


def begin(session: Any, *, at: datetime, factor: bool) -> None:
    """Start the clock of a session that has just signed in. Nothing of an earlier person's job or factor stays."""
    for key in (SESSION_MEMBERSHIP, SESSION_PURPOSE, SESSION_FACTOR, PASSPHRASE, LOCKED):
        session.pop(key, None)
    session[BEGUN] = session[SEEN] = at.isoformat()
    session[PASSPHRASE] = at.isoformat()
    if factor:
        session[SESSION_FACTOR] = at.isoformat()


def is_recent(session: Any, key: str, *, at: datetime) -> bool:
    """Whether the moment kept under `key` lies within HAVRE_FACTOR_MINUTES."""
    given = moment(session, key)
    return given is not None and timedelta(0) <= at - given <= timedelta(minutes=settings.HAVRE_FACTOR_MINUTES)


def address_of(request: HttpRequest) -> str:
    """The network address that a try comes from."""
    return request.META.get("REMOTE_ADDR", "")


def end_all(user: User, *, but: str | None = None) -> int:
    """End every session of an account at once, save the one with key `but`. Gives how many were ended."""
    return _end(UserSession.objects.filter(user_id=user.pk).exclude(session_key=but or ""))


def end_one(user: User, session_id: int) -> int:
    """End one session of this very account; another's is not found. Gives how many were ended (0 or 1)."""
    return _end(UserSession.objects.filter(user_id=user.pk, pk=session_id))


def _end(rows: Iterable[UserSession]) -> int:
    store = import_module(settings.SESSION_ENGINE).SessionStore()
    ended = 0
    for row in rows:
        store.delete(row.session_key)
        row.delete()
        ended += 1
    return ended


def now() -> datetime:
    """The moment of a request. One place, so that a test can ask every function above at a moment of its own."""
    return timezone.now()
