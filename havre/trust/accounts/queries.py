"""What the administration's pages show: organisations, people and jobs, never a case."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import Count, Q, QuerySet

from havre.trust.accounts import resets, rules
from havre.trust.actors import Actor
from havre.trust.errors import Missing
from havre.trust.models import BreakGlass, FactorReset, Membership, Nomination, Organisation, User


@dataclass(frozen=True, slots=True)
class Colleague:
    """One person of an organisation, with the jobs held there, for the members' page."""

    user: User
    jobs: tuple[Membership, ...]
    enrolled: bool


def organisations() -> QuerySet[Organisation]:
    """Every organisation, with how many people hold a job in it (`people`)."""
    held = Count("memberships__user", filter=Q(memberships__ended_at=None), distinct=True)
    return Organisation.objects.annotate(people=held).order_by("name")


def organisation(by: Actor, organisation_id: UUID) -> Organisation:
    """One organisation that `by` administers or heads. Raises: Missing otherwise, and when there is none."""
    found = Organisation.objects.filter(pk=organisation_id).first()
    if found is None or not (rules.administers(by, found) or rules.heads(by, found.pk)):
        raise Missing
    return found


def colleagues(organisation_id: UUID) -> list[Colleague]:
    """The people of an organisation by name, in three queries however many they are."""
    jobs = Membership.objects.filter(organisation_id=organisation_id, ended_at=None, user__is_active=True)
    by_user: dict[UUID, list[Membership]] = {}
    for job in jobs.select_related("user", "organisation").order_by("user__name", "starts_at"):
        by_user.setdefault(job.user_id, []).append(job)
    enrolled = set(Authenticator.objects.filter(user_id__in=by_user, type__in=rules.FACTOR_TYPES).values_list("user_id", flat=True))
    return [Colleague(held[0].user, tuple(held), held[0].user_id in enrolled) for held in by_user.values()]


def awaited(organisation_id: UUID) -> QuerySet[Nomination]:
    """Jobs of this organisation that wait for a second person, oldest first."""
    open_ones = Nomination.objects.filter(organisation_id=organisation_id, decided_at=None)
    return open_ones.select_related("user", "organisation", "asked_by").order_by("asked_at")


def resets_asked(by: Actor, organisation_id: UUID) -> list[tuple[FactorReset, bool]]:
    """Factor resets of this organisation that wait for the second person, and whether `by` may be it."""
    waiting = FactorReset.objects.filter(organisation_id=organisation_id, confirmed_at=None, expires_at__gt=by.at)
    return [(reset, resets.may_confirm(by, reset)) for reset in waiting.select_related("user", "asked_by").order_by("asked_at")]


def person(by: Actor, user_id: UUID, organisation_id: UUID) -> User:
    """One person of an organisation that `by` administers or heads, holding a job there or waiting for one. Raises: Missing."""
    organisation(by, organisation_id)
    here = Q(memberships__organisation_id=organisation_id, memberships__ended_at=None) | Q(
        nominations__organisation_id=organisation_id, nominations__decided_at=None
    )
    found = User.objects.filter(here, pk=user_id, is_active=True).distinct().first()
    if found is None:
        raise Missing
    return found


def to_review() -> QuerySet[BreakGlass]:
    """Emergency accesses that nobody has judged, the one due first on top."""
    return BreakGlass.objects.filter(reviewed_at=None).select_related("user").order_by("review_by")
