"""Four ways to ask the policy, one answer: the list, the single record, row-level security, Cedar."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from havre import trust
from havre.register.models import Note
from havre.trust import policy
from havre.trust.enums import Act, Role, Section
from havre.trust.errands import as_house
from havre.trust.policy import rls
from havre.trust.policy.rows import IN_THE_HOUSE, ON_THIS_CASE, Allow, Forbid, Policy, When
from havre.trust.policy.table import POLICY
from tests.factories import make_actor, make_case
from tests.trust.policy import cedar
from tests.trust.policy.world import ACTS, cedar_answers, make_world


def _ask(world, seed):
    """For each actor and case eight questions, most of them about something that a row speaks of."""
    draw = random.Random(seed)
    asked = []
    for actor in world.actors:
        spoken = [(act, section) for act, section, role in POLICY.rules if role is actor.role]
        for case in world.cases:
            for _ in range(8):
                blind = (draw.choice(ACTS), draw.choice(list(Section)))
                what = draw.choice(spoken) if spoken and draw.random() < 0.9 else blind
                asked.append((actor, *what, case, draw.choice(world.persons[case.pk])))
    return asked


def _lists(world, asked, table=POLICY):
    """The answer of the queryset, one list an (actor, act)."""
    found = {}
    for actor in world.actors:
        # as the owner of the tables, so that this is the queryset's answer alone: row-level security answers apart
        with trust.acting(actor), as_house():
            for act in {act for who, act, *_rest in asked if who is actor}:
                rows = policy.scope(Note.objects.visible_to(actor).model.objects._query(), actor, act, policy=table)
                found[id(actor), act] = set(rows.values_list("person_id", "section_bit"))
    return [(person, int(section)) in found[id(actor), act] for actor, act, section, _case, person in asked]


def _singles(asked, table=POLICY):
    return [policy.decide(actor, act, section, case.pk, person_id=person, policy=table) for actor, act, section, case, person in asked]


def _locks(world, asked):
    """The answer of row-level security alone: for a reading a plain SELECT as the application, for another act the policy's own text."""
    found = {}
    with connection.cursor() as cursor:
        for actor in world.actors:
            with trust.acting(actor):
                for act in {act for who, act, *_rest in asked if who is actor} - {Act.READ}:
                    with as_house():
                        cursor.execute(f"SELECT person_id, section FROM register_note WHERE {rls.predicate(Note, act)}")
                    found[id(actor), act] = set(cursor.fetchall())
                cursor.execute("SELECT person_id, section FROM register_note")
                found[id(actor), Act.READ] = set(cursor.fetchall())
    return [(person, int(section)) in found[id(actor), act] for actor, act, section, _case, person in asked]


def _speaks(row, case) -> bool:
    actor, act, section = case[:3]
    return act in row.acts and bool(section & row.sections) and actor.role in row.roles


@pytest.mark.postgresql
def test_policy_asked_in_list_single_row_level_security_and_cedar_gives_one_answer(seed=1):
    world = make_world(seed)
    asked = _ask(world, seed)
    lists, singles, judged = _lists(world, asked), _singles(asked), cedar_answers(world, asked, POLICY)
    locks = _locks(world, asked) if connection.vendor == "postgresql" else lists
    disagreements = [
        (actor.role, act, section, one, single.allowed, third, fourth)
        for (actor, act, section, *_rest), one, single, third, fourth in zip(asked, lists, singles, judged, locks, strict=True)
        if not one == single.allowed == third == fourth
    ]
    assert disagreements == []
    print(f"seed {seed}: {len(asked)} cases, {sum(lists) / len(asked):.0%} allowed, asked {3 + (connection.vendor == 'postgresql')} ways")
    assert len(asked) >= 10_000
    assert sum(lists) / len(asked) >= 0.30
    answers = list(zip(asked, singles, strict=True))
    # where it speaks, each row decided at least once, and at least once did not
    allows = [(name, row) for name, row in POLICY.allows if row.when is not IN_THE_HOUSE]
    forbids = [(name, row) for name, row in POLICY.forbids if row.when is not When.ALWAYS]
    deciding = [(name, row, isinstance(row, Allow)) for name, row in (*allows, *forbids)]
    silent = [name for name, row, allow in deciding if not any(name in one.rows and one.allowed is allow for _case, one in answers)]
    never_met = [
        name
        for name, row, allow in deciding
        if not any(_speaks(row, case) and name not in one.rows and one.allowed is not allow for case, one in answers)
    ]
    assert (silent, never_met) == ([], [])


def test_forbid_always_decides_against_an_allow_that_forgot_it():
    """No row of today's table contradicts them, so a row that allows everything is added: each fires then, and without it does not."""
    careless = Allow(frozenset({Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE, Act.SEAL}), Section(255), frozenset(Role), ON_THIS_CASE, "test")
    grown = Policy((*POLICY.rows, careless))
    fired = {}
    for name, row in POLICY.forbids:
        if row.when is When.ALWAYS:
            actor = make_actor(next(iter(sorted(row.roles))))
            case, (act, section) = make_case(actor), (sorted(row.acts)[0], next(iter(row.sections)))
            against, without = policy.decide(actor, act, section, case.pk, policy=grown), grown.without(row)
            others = [
                other for _name, other in without.forbids if other.when is When.ALWAYS and _speaks(other, (actor, act, section, case))
            ]
            for other in others:
                without = without.without(other)
            fired[name] = (against.allowed, name in against.rows, policy.decide(actor, act, section, case.pk, policy=without).allowed)
    assert len(fired) == 3
    assert set(fired.values()) == {(False, True, True)}


@pytest.mark.parametrize("when", [When.CASE_SEALED, When.IN_CONFLICT, When.FACTOR_STALE, When.FOR_JUSTICE, When.RESTRICTED])
def test_policy_without_a_forbid_is_noticed(when):
    world = make_world(3, actors=40, cases=14)
    asked = _ask(world, 3)
    planted = POLICY
    for row in [row for _name, row in POLICY.forbids if row.when is when]:
        planted = planted.without(row)
    assert _lists(world, asked, planted) != cedar_answers(world, asked, POLICY)


def test_forbid_always_beats_any_allow_added_later():
    draw = random.Random(7)
    for _ in range(50):
        more = [
            Allow(frozenset({draw.choice([Act.READ, Act.WRITE])}), Section.WHEREABOUTS, {draw.choice(list(Role))}, row.when, "test")
            for _name, row in draw.sample(POLICY.allows, 5)
        ]
        grown = Policy((*more, *POLICY.rows))
        justice = (Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND)
        assert [key for key in grown.rules if key[1] is Section.WHEREABOUTS and key[2] in justice] == []


def test_house_acts_agree_with_cedar():
    actors = [make_actor(role) for role in Role]
    entities = [cedar.principal(actor) for actor in actors]
    entities.append({"uid": {"type": "Part", "id": "house"}, "attrs": {"section": "none", "sealed": False, "conflicts": []}, "parents": []})
    asked = [(actor, act) for actor in actors for act in Act]
    requests = [
        {
            "principal": f'Actor::"{actor.user.pk}"',
            "action": f'Action::"{act}"',
            "resource": 'Part::"house"',
            "context": {"now": cedar.millis(actor.at), "hasGrant": False},
        }
        for actor, act in asked
    ]
    ours = [policy.may_in_house(actor, act) for actor, act in asked]
    assert ours == cedar.judge(POLICY, requests, entities)


def test_every_row_names_its_law():
    assert [name for name, row in (*POLICY.allows, *POLICY.forbids) if not row.law] == []
    assert {type(row) for row in POLICY.rows} == {Allow, Forbid}


ON_POSTGRESQL = pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security exists on PostgreSQL only")


def _compare(world, *, model=Note) -> tuple[int, int, int]:
    """(decisions, allowed, differences) of row-level security against the queryset: every actor, act, case and section of a world."""
    decisions = allowed = differences = 0
    with connection.cursor() as cursor:
        for actor in world.actors:
            for act in (Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE, Act.SEAL):
                with trust.acting(actor):
                    with as_house():
                        listed = set(policy.scope(model.objects._query(), actor, act).values_list("person_id", "section_bit"))
                        cursor.execute(f"SELECT person_id, section FROM {model._meta.db_table} WHERE {rls.predicate(model, act)}")
                        locked = set(cursor.fetchall())
                    if act is Act.READ:
                        cursor.execute(f"SELECT person_id, section FROM {model._meta.db_table}")
                        differences += len(locked ^ set(cursor.fetchall()))
                decisions += 2 * len(world.cases) * len(Section)
                allowed += len(listed)
                differences += len(listed ^ locked)
    return decisions, allowed, differences


@pytest.mark.postgresql
@ON_POSTGRESQL
@pytest.mark.parametrize("seed", [4, 5])
def test_row_level_security_agrees_with_the_list_on_every_row(seed):
    decisions, allowed, differences = _compare(make_world(seed))
    print(f"seed {seed}: {decisions} decisions by row-level security, {allowed} allowed, {differences} different")
    assert differences == 0
    assert decisions >= 50_000


@pytest.mark.postgresql
@ON_POSTGRESQL
@pytest.mark.parametrize("fault", ["s.ended_at IS NULL", "c.holder_id = ANY", "g.ends_at >", "r.holder_id = ANY", "g.person_id = "])
def test_row_level_security_with_a_condition_gone_is_noticed(fault):
    """The planted fault, in the database: the policy of the read made again without seals, conflicts or ends."""
    world = make_world(6)
    clause = rls.predicate(Note, Act.READ)
    assert fault in clause
    gone = {
        "s.ended_at IS NULL": clause.replace("s.ended_at IS NULL", "false"),
        "c.holder_id = ANY": clause.replace("c.holder_id = ANY", "false AND c.holder_id = ANY"),
        "r.holder_id = ANY": clause.replace("r.holder_id = ANY", "false AND r.holder_id = ANY"),
        "g.person_id = ": clause.replace("g.person_id = ", "true OR g.person_id = "),
        "g.ends_at >": clause.replace(f"g.ends_at > {rls.NOW}", "true"),
    }[fault]
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("DROP POLICY havre_read ON register_note")
        cursor.execute(f"CREATE POLICY havre_read ON register_note FOR SELECT TO havre_app USING ({gone})")
    assert _compare(world)[2] > 0
