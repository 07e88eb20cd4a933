"""A register with a chain in it: persons screened, presumed, decided, helped and closed in the last whole month."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from django.utils import timezone

from havre.partnership.counting import periods
from havre.protection.models import AssistancePlan, Identification, Screening
from havre.register.models import Case, Detection, Person, PersonFacts
from havre.trust import clocks
from havre.trust.enums import Basis, Role
from havre.trust.models import Agreement
from havre.trust.models.accounts import job_holder
from havre.trust.models.grants import Grant
from tests.factories import OrganisationFactory, UserFactory, make_actor


def day_of_period() -> datetime:
    """Noon of the last day of the newest period."""
    return timezone.make_aware(datetime.combine(periods(timezone.localdate())[0].last, time(12)))


def make_chain(number: int, *, status: str = "confirmed", gender: str = "Feminine", age: int = 30, waits: int = 4) -> list[Person]:
    """So many persons who took every step, `waits` days between one and the next, the last on the last day of the period."""
    owner, decider, at = make_actor(), UserFactory(), day_of_period()
    presumed = at - timedelta(days=waits)
    people = []
    for _place in range(number):
        case = Case(
            country="GH",
            lead_id=owner.organisation_id,
            opened_at=presumed - timedelta(days=waits),
            opened_by=owner.user,
            status="Closed",
            closed_at=at,
            made_up=True,
        )
        case.save(force_insert=True)
        person = Person(case=case, gender=gender, age_on_opening=age)
        person.save(force_insert=True)
        PersonFacts(person=person, case=case, coded={"vic_TypeOfExploitation": ["ForcedLabour"]}).save(force_insert=True)
        common = {"case": case, "person": person}
        Detection(**common, organisation_id=owner.organisation_id, channel="screening", happened_at=case.opened_at).save(force_insert=True)
        Screening(
            **common,
            situation="first_contact",
            profile="adult_labour",
            edition="1",
            organisation_id=owner.organisation_id,
            observer=owner.user,
            happened_at=case.opened_at,
            kept_because="agreed",
            suggested="presumed_victim_reasonable_grounds",
        ).save(force_insert=True)
        decided = {"decided_at": at, "decided_by": decider} if status in {"confirmed", "not_confirmed"} else {}
        Identification(**common, status=status, opened_at=case.opened_at, presumed_at=presumed, presumed_by=owner.user, **decided).save(
            force_insert=True
        )
        AssistancePlan(**common, started_at=presumed, by=owner.user).save(force_insert=True)
        people.append(person)
    return people


def refer(people: list[Person]) -> None:
    """Each person's case opened to a shelter on an accepted referral, in the period."""
    holder = job_holder(OrganisationFactory().pk, Role.SHELTER)
    for person in people:
        Grant.objects.create(
            holder=holder, role=Role.SHELTER, case_id=person.case_id, sections=1, purpose="protection", basis=Basis.REFERRAL,
            source_id=person.pk, starts_at=day_of_period(), ends_at=day_of_period() + timedelta(days=90),
        )  # fmt: skip


def make_late(people: list[Person], rule: clocks.ClockRule) -> None:
    """A deadline of each person's that passed in the period and that nobody closed."""
    for person in people:
        clocks.start(rule, case_id=person.case_id, subject_id=person.pk, at=day_of_period() - timedelta(days=40), by=None)


def make_agreement(*, days: int, started: int = 300, sections: int = 1, **fields) -> Agreement:
    """An agreement that ends in so many days."""
    today = timezone.localdate()
    dates = {"starts_on": today - timedelta(days=started), "ends_on": today + timedelta(days=days)}
    parties = {"first": OrganisationFactory(name="Example police"), "second": OrganisationFactory(name="Example shelter")}
    return Agreement.objects.create(**{**parties, **dates, "sections": sections, "purposes": ["protection"], "reference": "EX 1", **fields})
