"""Four ways to ask the policy, one answer: the list, the single record, row-level security, Cedar."""

from __future__ import annotations

import random

import pytest
from django.db import connection

from havre import trust
from havre.register.models import Note
from havre.trust import policy
from havre.trust.enums import Act, Role, Section
from havre.trust.policy import rls
from havre.trust.policy.rows import IN_THE_HOUSE, Allow, Forbid, Policy, When
from havre.trust.policy.table import POLICY
from tests.factories import make_actor
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
                asked.append((actor, *(draw.choice(spoken) if spoken and draw.random() < 0.9 else blind), case))
    return asked


def _lists(world, asked, table=POLICY):
    """The answer of the queryset, one list an (actor, act)."""
    found = {}
    for actor in world.actors:
        with trust.acting(actor):
            for act in {act for who, act, *_rest in asked if who is actor}:
                rows = policy.scope(Note.objects.visible_to(actor).model.objects._query(), actor, act, policy=table)
                found[id(actor), act] = set(rows.values_list("case_id", "section_bit"))
    return [(case.pk, int(section)) in found[id(actor), act] for actor, act, section, case in asked]


def _singles(asked, table=POLICY):
    return [policy.decide(actor, act, section, case.pk, policy=table) for actor, act, section, case in asked]


def test_policy_asked_in_list_single_and_cedar_gives_one_answer(seed=1):
    world = make_world(seed)
    asked = _ask(world, seed)
    lists, singles, judged = _lists(world, asked), _singles(asked), cedar_answers(world, asked, POLICY)
    disagreements = [
        (actor.role, act, section, one, single.allowed, third)
        for (actor, act, section, _case), one, single, third in zip(asked, lists, singles, judged, strict=True)
        if not one == single.allowed == third
    ]
    assert disagreements == []
    print(f"seed {seed}: {len(asked)} cases, {sum(lists) / len(asked):.0%} allowed")
    assert len(asked) >= 10_000
    assert sum(lists) / len(asked) >= 0.30
    fired = {row for single in singles for row in single.rows}
    case_rows = {name for name, row in POLICY.allows if row.when is not IN_THE_HOUSE} | {name for name, row in POLICY.forbids}
    # a Forbid that no Allow contradicts is never the one that decides: test_forbid_always_beats_any_allow_added_later
    speaking = case_rows - {name for name, row in POLICY.forbids if row.when is When.ALWAYS}
    assert speaking - fired == set()
    refused = {name for name in speaking if any(name not in single.rows for single in singles)}
    assert refused == speaking


@pytest.mark.parametrize("when", [When.CASE_SEALED, When.IN_CONFLICT, When.FACTOR_STALE])
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


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security exists on PostgreSQL only")
def test_row_level_security_agrees_with_the_list():
    rls.install()
    world = make_world(4)
    disagreements = 0
    with connection.cursor() as cursor:
        for actor in world.actors:
            with trust.acting(actor):
                ours = set(Note.objects.visible_to(actor).values_list("case_id", "section_bit"))
                cursor.execute("SET LOCAL ROLE havre_app")
                cursor.execute("SELECT case_id, section FROM register_note")
                theirs = set(cursor.fetchall())
                cursor.execute("SET LOCAL ROLE NONE")
                disagreements += ours != theirs
                for act in (Act.WRITE, Act.EXPORT, Act.SHARE):
                    listed = set(policy.scope(Note.objects._query(), actor, act).values_list("case_id", "section_bit"))
                    cursor.execute(f"SELECT case_id, section FROM register_note WHERE {rls.predicate(Note, act)}")
                    disagreements += listed != set(cursor.fetchall())
    assert disagreements == 0


@pytest.mark.postgresql
@pytest.mark.skipif(connection.vendor != "postgresql", reason="row-level security exists on PostgreSQL only")
def test_raw_cursor_outside_acting_sees_nothing():
    rls.install()
    make_world(5, actors=20, cases=3)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE havre_app")
        cursor.execute("SELECT count(*) FROM register_case")
        seen = cursor.fetchone()[0]
        cursor.execute("SET LOCAL ROLE NONE")
        cursor.execute("SELECT count(*) FROM register_case WHERE made_up")
        assert (seen, cursor.fetchone()[0]) == (0, 3)
