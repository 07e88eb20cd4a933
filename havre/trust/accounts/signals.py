"""What happens when somebody signs in, gives a factor or enrols one."""

from __future__ import annotations

from typing import Any

from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed, authenticator_reset, authenticator_used
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from havre.trust import audit
from havre.trust.accounts import rules, sessions
from havre.trust.context import acting, current
from havre.trust.middleware import SESSION_FACTOR, actor_of
from havre.trust.models import Membership, User


def note(event: str, user: User, *, codes: dict[str, str | int] | None = None) -> None:
    """Write one act of an account in the trail. An account that holds no job yet acts for nobody, so leaves none."""
    job = Membership.objects.filter(user=user, ended_at=None).select_related("user").order_by("starts_at").first()
    if job is None:
        return
    context = current()
    if context is not None and context.actor.user.pk == user.pk:
        audit.record(event=event, by=context.actor, subject=user.pk, codes=codes)
        return
    by = actor_of(job, at=sessions.now())
    with acting(by):
        audit.record(event=event, by=by, subject=user.pk, codes=codes)


@receiver(user_logged_in, dispatch_uid="havre.accounts.begin")
def _begin(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    given = any(record.get("method") == "mfa" for record in get_authentication_records(request, user))
    sessions.begin(request.session, at=sessions.now(), factor=given)
    note("account.sign_in", user, codes={"factor": int(given), "shared": int(bool(request.session.get(sessions.SHARED)))})


@receiver(authenticator_used, dispatch_uid="havre.accounts.used")
def _used(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    # before the sign-in is complete nobody is there yet: `_begin` then reads the records of this very account
    if request.user.is_authenticated and request.user.pk == user.pk:
        request.session[SESSION_FACTOR] = sessions.now().isoformat()


@receiver(authenticator_added, dispatch_uid="havre.accounts.added")
def _added(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    if authenticator.type in rules.FACTOR_TYPES:
        # enrolling is giving it; whoever else is signed in without it has to give it too
        request.session[SESSION_FACTOR] = sessions.now().isoformat()
        sessions.end_all(user, but=request.session.session_key)
    note("account.factor_added", user, codes={"type": authenticator.type})


@receiver(authenticator_removed, dispatch_uid="havre.accounts.removed")
def _removed(sender: Any, request: HttpRequest, user: User, authenticator: Authenticator, **kwargs: Any) -> None:
    note("account.factor_removed", user, codes={"type": authenticator.type})


@receiver(authenticator_reset, dispatch_uid="havre.accounts.codes")
def _codes_made(sender: Any, request: HttpRequest, user: User, **kwargs: Any) -> None:
    note("account.recovery_codes_made", user)
