"""A browser's session for an actor, and cases enough to fill a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

from django.test import Client
from django.utils import timezone

from havre.register.models import Case, Person
from havre.trust.actors import Actor
from havre.trust.assessment.snapshot import digest, model_of
from havre.trust.contracts import Waiting, contracts, register_contract
from havre.trust.enums import ALL_SECTIONS, Basis, Role
from havre.trust.middleware import SESSION_FACTOR, actor_of
from havre.trust.models import Assessment, Membership
from tests.factories import MembershipFactory, give_to

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def make_now(role: Role = Role.CASE_MANAGER, *, language: str = "en", **fields) -> Actor:
    """An actor of this very moment: pages ask the clock themselves."""
    membership = MembershipFactory(role=role, user__language=language, **fields)
    return actor_of(membership, at=timezone.now(), factor_at=timezone.now())


def signed_in(actor: Actor, *, fresh: bool = True, client: Client | None = None) -> Client:
    """A client whose session is this actor's, whose second factor was given now or an hour ago."""
    client = client or Client()
    client.force_login(actor.user, backend=BACKEND)
    session = client.session
    membership = Membership.objects.get(user=actor.user)
    session["membership"] = str(membership.pk)
    given = timezone.now() - timedelta(minutes=0 if fresh else 60)
    session[SESSION_FACTOR] = given.isoformat()
    session.save()
    return client


def signed_assessment(officer: Actor) -> Assessment:
    """The impact assessment of today's model, signed by this officer: without one, the officer's home page asks for it."""
    today = timezone.localdate()
    model, job = model_of(today), Membership.objects.get(user=officer.user)
    return Assessment.objects.create(
        number=1, model=model, digest=digest(model), residual={}, opinion="accept", review_on=today + timedelta(days=365),
        signed_by=job, signed_at=officer.at,
    )  # fmt: skip


@contextmanager
def waiting(*items: Waiting) -> Iterator[None]:
    """These things wait for everybody, as if a part's contract said so."""
    before = {contract.part: contract for contract in contracts()}["evidence"]
    register_contract(replace(before, waiting=lambda _actor: items))
    try:
        yield
    finally:
        register_contract(before)


def make_case_now(owner: Actor, *, days: int = 1, age: int | None = 24, status: str = "Active", **fields) -> Case:
    """A case opened so many days ago, with one person, held by the owner's job."""
    opened = timezone.now() - timedelta(days=days)
    closed = opened if status.startswith("Closed") else None
    case = Case(
        country="GH",
        lead_id=owner.organisation_id,
        opened_at=opened,
        closed_at=closed,
        status=status,
        opened_by=owner.user,
        made_up=True,
        **fields,
    )
    case.save(force_insert=True)
    Person(case=case, gender="Female", age_on_opening=age, languages=["eng", "fra"]).save(force_insert=True)
    give_to(owner, case, sections=ALL_SECTIONS, basis=Basis.OWN_CASE, starts_at=timezone.now() - timedelta(days=400))
    return case


def person_of(case: Case) -> Person:
    """The one person of a case made here."""
    return Person.objects.for_house("tests").get(case=case)
