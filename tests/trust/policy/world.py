"""A random world: services, actors, cases, grants of every basis, seals, conflicts, moments; made from a seed."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import product

from havre.register.models import Case, Note, Person
from havre.trust.enums import ALL_SECTIONS, ROLE_PURPOSES, Act, Basis, Role, Section
from havre.trust.models import Conflict, Grant, Restriction, Seal
from tests.factories import NOW, OrganisationFactory, make_actor
from tests.trust.policy import cedar

ACTS = (Act.READ, Act.READ, Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE, Act.SEAL)


@dataclass
class World:
    actors: list
    cases: list[Case]
    notes: dict  # (case, person, section) -> note id
    grants: dict  # case id -> grants
    sealed: set
    conflicts: dict  # case id -> holder ids
    persons: dict  # case id -> two person ids
    closed: dict  # (person id, section) -> holder ids


def make_world(seed: int, *, actors: int = 97, cases: int = 13) -> World:
    draw = random.Random(seed)
    services = [OrganisationFactory() for _ in range(4)]
    # every purpose of every job: a row may mind the purpose
    jobs = [(role, purpose) for role in Role for purpose in ROLE_PURPOSES[role]]
    drawn = [(role, draw.choice(ROLE_PURPOSES[role])) for role in draw.choices(list(Role), k=actors - len(jobs))]
    people = [_actor(draw, services, role, purpose) for role, purpose in [*jobs, *drawn]]
    world = World(people, [], {}, {}, set(), {}, {}, {})
    for _number in range(cases):
        _case(draw, world, people)
    return world


def _actor(draw, services, role, purpose):
    age = draw.choice([None, timedelta(minutes=1), timedelta(minutes=4, seconds=59), timedelta(minutes=5, seconds=1)] + [timedelta(0)] * 4)
    actor = make_actor(role, organisation=draw.choice(services), purpose=purpose)
    return replace(actor, factor_at=None if age is None else NOW - age)


def _case(draw, world, people):
    case = Case(
        country="GH", lead_id=draw.choice(people).organisation_id, opened_at=NOW - timedelta(days=draw.randrange(1, 99)), made_up=True
    )
    case.save(force_insert=True)
    persons = [Person(case=case), Person(case=case)]
    for person in persons:
        person.save(force_insert=True)
        for section in Section:
            note = Note(
                case=case,
                person=person,
                section_bit=int(section),
                happened_at=NOW,
                by=people[0].user,
                organisation_id=people[0].organisation_id,
            )
            note.save(force_insert=True)
            world.notes[case.pk, person.pk, section] = note.pk
    world.persons[case.pk] = tuple(person.pk for person in persons)
    # many holders a case, else nearly everything is refused and agreement says little
    holders = draw.sample(people, k=int(len(people) * 0.85))
    grants = [_grant(draw, case, actor, world) for actor in holders for _ in range(draw.choice([1, 2, 3, 3]))]
    world.grants[case.pk] = Grant.objects.bulk_create(grants)
    if len(world.cases) % 5 == 4:
        Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=people[0].user)
        world.sealed.add(case.pk)
    against = draw.sample(people, k=draw.choice([0, 0, 0, 1, 2]))
    world.conflicts[case.pk] = {draw.choice(actor.holders) for actor in against}
    Conflict.objects.bulk_create([Conflict(case_id=case.pk, holder_id=pk, reason="complaint") for pk in world.conflicts[case.pk]])
    _restrict(draw, world, case, people)
    world.cases.append(case)


def _restrict(draw, world, case, people):
    """Lists of some persons: colleagues and jobs, some sections each, some lifted since."""
    for person in world.persons[case.pk]:
        named = {draw.choice(actor.holders) for actor in draw.sample(people, k=draw.choice([0, 5, 15]))}
        for holder in sorted(named):
            bits, lifted = draw.randrange(2, 256, 2), draw.random() < 0.2
            ended = {"lifted_at": NOW, "lifted_by": people[0].user} if lifted else {}
            whose = {"case_id": case.pk, "person_id": person, "holder_id": holder}
            Restriction.objects.create(**whose, sections=bits, reason="knows_person", placed_by=people[0].user, placed_at=NOW, **ended)
            for section in Section(0 if lifted else bits):
                world.closed.setdefault((person, section), set()).add(holder)


def _grant(draw, case, actor, world) -> Grant:
    start = NOW + draw.choice(
        [-timedelta(days=9), -timedelta(days=1), timedelta(0), timedelta(microseconds=1), timedelta(days=1)][: draw.choice([3, 3, 5])]
    )
    end = max(start, NOW + draw.choice([timedelta(days=30)] * 8 + [timedelta(microseconds=1), timedelta(0), -timedelta(hours=1)]))
    basis = draw.choice([*Basis, Basis.OWN_CASE, Basis.OWN_CASE, Basis.CONSENT])
    sections = ALL_SECTIONS if draw.random() < 0.8 else Section(draw.randrange(1, 256))
    return Grant(
        person_id=draw.choice(world.persons[case.pk]) if basis == Basis.IDENTITY_REQUEST else None,
        holder_id=actor.holder_id if draw.random() < 0.85 else actor.personal_id,
        role=actor.role if draw.random() < 0.97 else draw.choice(list(Role)),
        case_id=case.pk,
        sections=int(sections),
        purpose=actor.purpose if draw.random() < 0.95 else draw.choice(ROLE_PURPOSES[actor.role]),
        basis=basis,
        starts_at=start,
        ends_at=end,
    )


def cedar_answers(world: World, asked: list, policy) -> list[bool]:
    """Cedar's answer to each (actor, act, section, case, person): one request a grant, allowed when any grant is, since Cedar has no quantifier."""
    entities = [cedar.principal(actor) for actor in world.actors]
    for case in world.cases:
        for person, section in product(world.persons[case.pk], Section):
            attributes = {
                "section": section.code,
                "sealed": case.pk in world.sealed,
                "conflicts": sorted(world.conflicts[case.pk]),
                "person": str(person),
                "closedTo": sorted(world.closed.get((person, section), ())),
            }
            entities.append({"uid": {"type": "Part", "id": f"{person}/{section.code}"}, "attrs": attributes, "parents": []})
    requests, owner = [], []
    for number, (actor, act, section, case, person) in enumerate(asked):
        # grants of strangers cannot matter to LIVE; a few are sent along so that the judge sees some
        mine = [g for g in world.grants[case.pk] if g.holder_id in actor.holders] + world.grants[case.pk][:1]
        for grant in [None, *mine]:
            owner.append(number)
            requests.append(_request(actor, act, section, person, grant))
    allowed = [False] * len(asked)
    for number, answer in zip(owner, cedar.judge(policy, requests, entities), strict=True):
        allowed[number] = allowed[number] or answer
    return allowed


def _request(actor, act, section, person, grant) -> dict:
    context: dict = {"now": cedar.millis(actor.at), "hasGrant": grant is not None}
    if grant is not None:
        context["grant"] = {
            "holder": grant.holder_id,
            "role": str(grant.role),
            "purpose": str(grant.purpose),
            "basis": str(grant.basis),
            "sections": [s.code for s in Section(grant.sections)],
            # a microsecond is the unit of our clock and a millisecond Cedar's: keep the order
            "startsAt": cedar.millis(grant.starts_at) + (1 if grant.starts_at > actor.at else 0),
            "endsAt": cedar.millis(grant.ends_at) + (1 if grant.ends_at > actor.at else 0),
            **({"person": str(grant.person_id)} if grant.person_id else {}),
        }
    return {
        "principal": f'Actor::"{actor.user.pk}"',
        "action": f'Action::"{act}"',
        "resource": f'Part::"{person}/{section.code}"',
        "context": context,
    }
