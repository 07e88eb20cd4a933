"""Who must hold a second factor, what a second person must confirm, and who administers whom. Read from the policy, never listed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from allauth.mfa.models import Authenticator

from havre.trust import policy
from havre.trust.enums import Act, Role, Section
from havre.trust.models import Membership, Nomination, Organisation, User

if TYPE_CHECKING:
    from havre.trust.actors import Actor

FACTOR_TYPES = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


def opens_identities() -> frozenset[Role]:
    """The roles that a policy row lets read an identity."""
    return frozenset(role for act, section, role in policy.POLICY.rules if (act, section) == (Act.READ, Section.IDENTITY))


def guards_the_house() -> frozenset[Role]:
    """The roles that administer accounts, review accesses or erase: they open no identity, but could open the way to one."""
    return frozenset(role for act, role in policy.POLICY.house if act in {Act.ADMINISTER, Act.REVIEW, Act.ERASE})


def needs_second_person(role: Role | str, *, supervisor: bool = False) -> bool:
    """Whether this job begins only when a second person has confirmed it. A head of service confirms others, so counts too."""
    return supervisor or Role(role) in opens_identities() | guards_the_house()


def needs_factor(user: User) -> bool:
    """Whether this account may do nothing before a second factor is enrolled. A job that is still to be confirmed counts."""
    roles = opens_identities() | guards_the_house()
    held = Membership.objects.filter(user=user, ended_at=None, role__in=roles)
    awaited = Nomination.objects.filter(user=user, decided_at=None, role__in=roles)
    return held.exists() or awaited.exists()


def has_factor(user: User) -> bool:
    """Whether an authenticator application or a security key is enrolled; recovery codes alone are none."""
    return Authenticator.objects.filter(user_id=user.pk, type__in=FACTOR_TYPES).exists()


def administers(by: Actor, organisation: Organisation | UUID) -> bool:
    """Whether an administrator may act on this organisation's accounts: his own, or one that has no administrator of its own."""
    pk = organisation.pk if isinstance(organisation, Organisation) else organisation
    if not policy.may_in_house(by, Act.ADMINISTER):
        return False
    own = Membership.objects.filter(organisation_id=pk, role=Role.ADMINISTRATOR, ended_at=None).exists()
    return by.organisation_id == pk or not own


def heads(by: Actor, organisation_id: UUID) -> bool:
    """Whether the actor is head of service in this organisation, in the job he is acting in."""
    return (
        by.organisation_id == organisation_id
        and Membership.objects.filter(user=by.user, organisation_id=organisation_id, role=by.role, supervisor=True, ended_at=None).exists()
    )


def may_second(by: Actor, *, organisation_id: UUID, person: User, first_id: UUID) -> bool:
    """Whether the actor may be the second of two persons: a head of that service, or another administrator where it has no other head."""
    if by.user.pk in {person.pk, first_id}:
        return False
    if heads(by, organisation_id):
        return True
    others = Membership.objects.filter(organisation_id=organisation_id, supervisor=True, ended_at=None)
    return administers(by, organisation_id) and not others.exclude(user_id__in=[person.pk, first_id]).exists()
