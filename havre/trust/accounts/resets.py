"""Services: a lost second factor is given back by two persons of the organisation, then rights stay reduced for a day."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.utils.translation import gettext_lazy as _

from havre.trust import audit
from havre.trust.accounts import rules, sessions
from havre.trust.actors import Actor
from havre.trust.acts import act
from havre.trust.errors import Missing, Refused
from havre.trust.models import FactorReset, Membership, User

ASKING_LASTS = timedelta(hours=24)
RIGHTS_REDUCED_FOR = timedelta(hours=24)


@act("factor.ask_reset")
def ask_reset(*, by: Actor, user_id: UUID, organisation_id: UUID) -> FactorReset:
    """The first of two persons says that a colleague lost the second factor. Nothing changes before another confirms, within 24 hours.

    Raises: Missing when there is no such person in this organisation; Refused (403) for oneself and for whoever is neither its
    administrator nor a head of service there.
    """
    user = _colleague(user_id, organisation_id)
    as_administrator = rules.administers(by, organisation_id)
    if by.user.pk == user.pk or not (as_administrator or rules.heads(by, organisation_id)):
        raise Refused((_("The administrator or a head of this service asks for it, never the person concerned."),), status=403)
    again = FactorReset.objects.filter(
        user=user, organisation_id=organisation_id, asked_by=by.user, confirmed_at=None, expires_at__gt=by.at
    ).first()
    if again is not None:
        return again
    reset = FactorReset.objects.create(
        user=user,
        organisation_id=organisation_id,
        asked_by=by.user,
        asked_as_administrator=as_administrator,
        asked_at=by.at,
        expires_at=by.at + ASKING_LASTS,
    )
    audit.record(event="factor.ask_reset", by=by, subject=user.pk)
    return reset


@act("factor.reset")
def confirm_reset(*, by: Actor, reset_id: UUID) -> FactorReset:
    """The second person confirms: the factors are gone, every session ends, and for 24 hours no identity, export or emergency access.

    One of the two is administrator, the other head of that service (another administrator where the service has no other head).
    Raises: Missing when it was never asked, has expired or is done; Refused (403) for the person and for the one who asked.
    """
    found = FactorReset.objects.select_for_update(of=("self",)).filter(pk=reset_id, confirmed_at=None, expires_at__gt=by.at)
    reset = found.select_related("user").first()
    if reset is None:
        raise Missing
    if not _completes(by, reset):
        raise Refused(
            (_("The second person must be another one: the administrator and a head of the service confirm together, never alone."),),
            status=403,
        )
    reset.confirmed_by, reset.confirmed_at = by.user, by.at
    reset.save(update_fields=["confirmed_by", "confirmed_at"])
    Authenticator.objects.filter(user_id=reset.user_id).delete()
    User.objects.filter(pk=reset.user_id).update(reduced_until=by.at + RIGHTS_REDUCED_FOR)
    sessions.end_all(reset.user)
    audit.record(event="factor.reset", by=by, subject=reset.user_id)
    return reset


def _completes(by: Actor, reset: FactorReset) -> bool:
    if by.user.pk in {reset.user_id, reset.asked_by_id}:
        return False
    if not reset.asked_as_administrator:
        # a head asked, so the administrator completes it
        return rules.administers(by, reset.organisation_id)
    return rules.may_second(by, organisation_id=reset.organisation_id, person=reset.user, first_id=reset.asked_by_id)


def may_confirm(by: Actor, reset: FactorReset) -> bool:
    """Whether this actor could be the second person of this reset, for the page that offers it."""
    return _completes(by, reset)


def _colleague(user_id: UUID, organisation_id: UUID) -> User:
    job = Membership.objects.filter(user_id=user_id, organisation_id=organisation_id, ended_at=None, user__is_active=True)
    found = job.select_related("user").first()
    if found is None:
        raise Missing
    return found.user
