"""Two services, a case, a consent; and the acts between them, for the tests of referral."""

from __future__ import annotations

from datetime import timedelta

from havre import trust
from havre.referral import services
from havre.referral.models import MoreAsked, Notice, Referral
from havre.trust.enums import Role, Section
from havre.trust.models import Accreditation
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of

SHARED = Section.PROTECTION | Section.WHEREABOUTS
ENTRY = {
    "needs": ["shelter", "social"], "languages": ["eng", "fra"], "age_bands": [], "genders": [], "families": False, "days": [],
    "opens_at": None, "closes_at": None, "capacity": 4, "closed": False, "free_places": 2,
}  # fmt: skip


def make_house(role=Role.SHELTER, **case):
    sender, receiver = make_actor(Role.CASE_MANAGER), make_actor(role)
    agree(sender, receiver)
    made = make_case(sender, **case)
    return sender, receiver, made, consent_to(made, receiver, sections=SHARED)


def prepared(house, **changes):
    sender, receiver, case, consent = house
    fields = {
        "receiver_id": receiver.organisation_id, "receiver_role": receiver.role, "purpose": receiver.purpose, "sections": SHARED,
        "need": "shelter", "asked_until": NOW + timedelta(days=60), "consent_id": consent and consent.pk, **changes,
    }  # fmt: skip
    with trust.acting(sender):
        return services.prepare(case_id=case.pk, person_id=person_of(case).pk, by=sender, **fields)


def offered(house, **changes):
    draft = prepared(house, **changes)
    with trust.acting(house[0]):
        return services.offer(referral_id=draft.pk, by=house[0])


def accepted(house, **changes):
    referral = offered(house, **changes)
    return act(services.accept, house[1], referral_id=referral.pk, no_conflict=True)


def act(service, by, **fields):
    """One act inside its actor's context."""
    with trust.acting(by):
        return service(by=by, **fields)


def describe(actor, **changes):
    return act(services.describe, actor, **{**ENTRY, **changes})


def accredited(actor, *, days=300):
    return Accreditation.objects.create(
        organisation_id=actor.organisation_id, kind=actor.role, by="Example ministry", starts_on=NOW.date() - timedelta(days=10),
        ends_on=NOW.date() + timedelta(days=days),
    )  # fmt: skip


def stored(record):
    """The row as it is now, any protected model."""
    return type(record).objects.for_house("tests").get(pk=record.pk)


def told(actor):
    """The kinds of notices to this actor's job, oldest first."""
    rows = Notice.objects.for_house("tests").filter(organisation_id=actor.organisation_id).order_by("at", "pk")
    return [one.kind for one in rows if one.role in {"", actor.role}]


__all__ = ["MoreAsked", "Referral"]
