"""People who can sign in: a passphrase, a second factor, a session of a given age."""

from __future__ import annotations

from datetime import timedelta

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal import auth as totp
from django.utils import timezone

from havre.trust.enums import Role
from havre.trust.middleware import SESSION_FACTOR
from havre.trust.models import Membership
from tests.factories import MembershipFactory

PASSPHRASE = "quiet harbour lantern nine"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def person(role: Role = Role.CASE_MANAGER, *, enrolled: bool = True, **fields) -> Membership:
    """A person with a passphrase and, unless told otherwise, an authenticator application."""
    job = MembershipFactory(role=role, **fields)
    job.user.set_password(PASSPHRASE)
    job.user.save()
    if enrolled:
        enrol(job.user)
    return job


def enrol(user) -> Authenticator:
    """An authenticator application with the known secret."""
    return Authenticator.objects.create(user=user, type="totp", data={"secret": get_adapter().encrypt(SECRET)})


def code_now(*, step: int = 0) -> str:
    """The code that the application shows; `step` moves by 30 seconds, for a second code in one test."""
    counter = list(totp.yield_hotp_counters_from_time())[1] + step
    return totp.format_hotp_value(totp.hotp_value(SECRET, counter))


def recovery_codes(user) -> list[str]:
    """Codes for when the factor is not there: each works once, at any time."""
    return RecoveryCodes.activate(user).generate_codes()


def sign_in(client, user, *, factor: bool = True):
    """Signed in a moment ago, with the second factor given: what most page tests need."""
    client.force_login(user)
    if factor:
        keep(client, **{SESSION_FACTOR: timezone.now().isoformat()})
    return client


def keep(client, **values):
    """Write into the client's session."""
    session = client.session
    session.update(values)
    session.save()


def age(client, *keys: str, by: timedelta):
    """Move moments kept in the session into the past: no test waits."""
    then = (timezone.now() - by).isoformat()
    keep(client, **dict.fromkeys(keys, then))
