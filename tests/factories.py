"""Factories: a small, valid thing of each kind, so that a test states only what it is about."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import factory

from havre.register.models import Case, Person
from havre.trust import grants
from havre.trust.actors import Actor
from havre.trust.enums import ALL_SECTIONS, Basis, Purpose, Role, Section
from havre.trust.middleware import actor_of
from havre.trust.models import Membership, Organisation, User
from havre.trust.models.accounts import job_holder

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


class OrganisationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organisation

    code = factory.Sequence(lambda n: f"org-{n}")
    name = factory.Sequence(lambda n: f"Example organisation {n}")
    kind = "NGO"
    country = "GH"
    made_up = True


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"user-{n}")
    name = factory.Sequence(lambda n: f"Example officer {n}")
    made_up = True


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    user = factory.SubFactory(UserFactory)
    organisation = factory.SubFactory(OrganisationFactory)
    role = Role.CASE_MANAGER


def make_actor(
    role: Role = Role.CASE_MANAGER, *, at: datetime = NOW, purpose: Purpose | None = None, fresh: bool = True, **fields
) -> Actor:
    """An actor in a job of its own; `organisation=` puts it into a given organisation."""
    membership = MembershipFactory(role=role, **fields)
    return actor_of(membership, at=at, purpose=purpose, factor_at=at - timedelta(minutes=1) if fresh else None)


def make_case(owner: Actor, *, sections: Section = ALL_SECTIONS, basis: Basis = Basis.OWN_CASE, age: int | None = 24) -> Case:
    """A case with one person, granted to the owner's job for its purpose."""
    case = Case(country="GH", lead_id=owner.organisation_id, opened_at=NOW - timedelta(days=1), opened_by=owner.user, made_up=True)
    case.save(force_insert=True)
    Person(case=case, gender="Female", age_on_opening=age, languages=["eng"]).save(force_insert=True)
    give_to(owner, case, sections=sections, basis=basis)
    return case


def give_to(actor: Actor, case: Case, *, sections: Section = ALL_SECTIONS, basis: Basis = Basis.OWN_CASE, **fields):
    """A live grant of this case for the actor's job and purpose; one that a request opens is for the case's first person."""
    if basis == Basis.IDENTITY_REQUEST:
        fields.setdefault("person_id", Person.objects.for_house("tests").filter(case=case).earliest("recorded_at").pk)
    return grants.give(
        holder=job_holder(actor.organisation_id, actor.role),
        case_id=case.pk,
        sections=sections,
        purpose=actor.purpose,
        basis=basis,
        starts_at=fields.pop("starts_at", NOW - timedelta(days=1)),
        **fields,
    )
