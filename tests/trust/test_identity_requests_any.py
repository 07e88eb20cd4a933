"""Any course of an identity request, made from a seed: who opens whose name is what the events say, and the events only grow."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest

from havre.register.models import Person
from havre.trust import grants, policy
from havre.trust.asking import restricting
from havre.trust.asking import services as asking
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.errors import HavreError
from havre.trust.models import Conflict, Grant, IdentityEvent, IdentityRequest
from tests.factories import NOW, give_to, make_actor, make_case

STEPS = ("ask", "ask", "ask", "grant", "grant", "grant", "refuse", "end", "close access", "list", "conflict", "wait", "sweep")
HOUR = timedelta(hours=1)


class Course:
    """One case with two persons, a lead service of two, three requesters of two services, an officer; and what must be open now."""

    def __init__(self, draw: random.Random) -> None:
        self.draw, self.at = draw, NOW
        self.lead = make_actor()
        self.second = make_actor(organisation_id=self.lead.organisation_id)
        self.case = make_case(self.lead)
        Person(case=self.case).save(force_insert=True)
        self.persons = [one.pk for one in self.case.persons.for_house("tests").order_by("pk")]
        police = make_actor(Role.INVESTIGATOR)
        mate = make_actor(Role.INVESTIGATOR, organisation_id=police.organisation_id)
        self.requesters = [police, mate, make_actor(Role.PROSECUTOR)]
        for actor in (police, self.requesters[2]):
            give_to(actor, self.case, sections=Section.JUSTICE | Section.IDENTITY, basis=Basis.REFERRAL, ends_at=NOW + 900 * HOUR)
        # request → until when it is open by the model, kept apart from the product's own grants
        self.open: dict = {}

    def now(self, actor):
        return replace(actor, at=self.at, factor_at=self.at)

    def step(self) -> str:
        name = self.draw.choice(STEPS)
        try:
            getattr(self, name.replace(" ", "_"))()
        except HavreError:
            return f"{name} refused"
        finally:
            self.at += HOUR
        return name

    def ask(self) -> None:
        by, person = self.draw.choice(self.requesters), self.draw.choice(self.persons)
        until = self.at + self.draw.choice([2, 10, 40]) * HOUR
        asking.ask(by=self.now(by), case_id=self.case.pk, person_id=person, reason="court_order", until=until)

    def grant(self) -> None:
        asked, by = self._one(), self.draw.choice([self.lead, self.second, *self.requesters])
        asking.grant(by=self.now(by), request_id=asked.pk)
        self.open[asked.pk] = (asked.user_id, asked.person_id, min(asked.until, NOW + 900 * HOUR))

    def refuse(self) -> None:
        asking.refuse(by=self.now(self.draw.choice([self.lead, *self.requesters])), request_id=self._one().pk, reason="danger")

    def end(self) -> None:
        asked = self._one()
        asking.end(by=self.now(self.draw.choice([self.lead, *self.requesters])), request_id=asked.pk)
        self.open.pop(asked.pk, None)

    def close_access(self) -> None:
        if self.draw.random() < 0.3:
            gone = self.draw.choice(self.requesters)
            grants.end(at=self.at, holder_id=gone.holder_id, case_id=self.case.pk)
            users = {one.user.pk for one in self.requesters if one.holder_id == gone.holder_id}
            self.open = {key: one for key, one in self.open.items() if one[0] not in users}

    def list(self) -> None:
        by, person = self.draw.choice(self.requesters), self.draw.choice(self.persons)
        named = {"case_id": self.case.pk, "person_id": person, "holder_id": by.personal_id}
        restricting.place(by=self.now(self.lead), **named, sections=Section.IDENTITY, reason="knows_person")
        self.open = {key: one for key, one in self.open.items() if one[:2] != (by.user.pk, person)}

    def conflict(self) -> None:
        if self.draw.random() < 0.2:
            by = self.draw.choice(self.requesters)
            Conflict.objects.get_or_create(case_id=self.case.pk, holder_id=by.personal_id, defaults={"reason": "complaint"})
            self.open = {key: one for key, one in self.open.items() if one[0] != by.user.pk}

    def wait(self) -> None:
        self.at += self.draw.choice([1, 5, 30]) * HOUR

    def sweep(self) -> None:
        asking.settle(self.at)

    def _one(self) -> IdentityRequest:
        rows = list(IdentityRequest.objects.order_by("asked_at", "pk"))
        if not rows:
            raise HavreError
        return self.draw.choice(rows)

    def expected(self) -> set:
        return {(user, person) for user, person, until in self.open.values() if until > self.at}

    def found(self) -> set:
        return {
            (actor.user.pk, person)
            for actor in self.requesters
            for person in self.persons
            if policy.decide(self.now(actor), Act.READ, Section.IDENTITY, self.case.pk, person_id=person).allowed
        }


def events() -> list:
    return list(IdentityEvent.objects.order_by("request__asked_at", "request", "number").values())


@pytest.mark.parametrize("seed", range(12))
def test_any_course_of_requests_opens_what_its_events_say_and_no_event_is_ever_lost(seed):
    course = Course(random.Random(seed))
    taken: dict[str, int] = {}
    for _ in range(30):
        before = {row["id"]: row for row in events()}
        name = course.step()
        taken[name] = taken.get(name, 0) + 1
        after = {row["id"]: row for row in events()}
        assert {key: after.get(key) for key in before} == before, name
        assert course.found() == course.expected(), name
        # the team of the requester, and the case as a whole, are never opened by it
        assert not any(policy.decide(course.now(one), Act.READ, Section.IDENTITY, course.case.pk).allowed for one in course.requesters)
    print(f"seed {seed}: {taken}")
    numbers = {}
    for row in events():
        numbers.setdefault(row["request_id"], []).append(row["number"])
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert Grant.objects.filter(basis=Basis.IDENTITY_REQUEST, person_id=None).count() == 0
