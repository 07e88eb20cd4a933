"""A register with something to count, and with things that must not get out."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from havre.register.enums import Channel
from havre.register.models import Case, Detection, Person, PersonFacts, TraffickingEvent
from havre.trust.enums import Role
from havre.trust.models import Seal
from tests.factories import NOW, MembershipFactory, make_actor

# never in any code list: whatever shows one of these words leaked
SECRET_NAME = "Zanzibelle Quxotte"


def make_register(number: int = 30, *, owner=None):
    """`number` cases of one adult woman or child each, detected over the last months, with facts and a route."""
    owner = owner or make_actor()
    cases = []
    for place in range(number):
        case = Case(
            country="GH", lead_id=owner.organisation_id, opened_at=NOW - timedelta(days=300 - place), opened_by=owner.user, made_up=True
        )
        case.save(force_insert=True)
        person = Person(
            case=case, gender="Feminine" if place % 3 else "Masculine", age_on_opening=16 if place % 2 else 30, languages=["eng"]
        )
        person.save(force_insert=True)
        coded = {"vic_TypeOfExploitation": ["SexualExploitation"] if place % 4 else ["ForcedLabour", "ForcedBegging"]}
        PersonFacts(person=person, case=case, citizenships=["GH"], coded=coded).save(force_insert=True)
        Detection(
            case=case, person=person, organisation_id=owner.organisation_id, channel=Channel.SCREENING, happened_at=case.opened_at
        ).save(force_insert=True)
        for leg, (kind, country) in enumerate((("Recruitment", "TG"), ("Exploitation", "GH"))):
            TraffickingEvent(case=case, person=person, kind=kind, leg=leg, country=country, purposes=["E.P.1"]).save(force_insert=True)
        cases.append(case)
    return cases


def seal_case(case, by):
    """A seal in force."""
    return Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=by.user)


def sign_in(client, role: Role):
    """The client of somebody in this role, with a fresh second factor."""
    membership = MembershipFactory(role=role)
    client.force_login(membership.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    session = client.session
    session["factor_at"] = timezone.now().isoformat()
    session.save()
    return client
