"""The one reading of a case's page is no second way in: it gives what `visible_to` gives of each kind of record, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest
from django.db import connection
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from havre import trust
from havre.register.models import Case, Note, Person
from havre.trust import policy
from havre.trust.context import current
from havre.trust.contracts import contracts
from havre.trust.enums import ALL_SECTIONS, ROLE_PURPOSES, Act, Basis, Role, Section
from havre.trust.errors import Unscoped
from havre.trust.models import Conflict, Grant, Restriction, Seal
from havre.trust.moments import Reading
from tests.factories import NOW, make_actor, make_case
from tests.factories_site import make_now
from tests.factories_whole import fill_case

LINES = [line for contract in contracts() for line in contract.lines()]


@pytest.fixture
def whole():
    """A case with a record of every kind, a note in every section; and another case beside it that has the same."""
    owner = make_now()
    cases = [fill_case(owner)["register.Case"] for _ in range(2)]
    for case in cases:
        person = Person.objects.for_house("tests").filter(case=case).earliest("recorded_at")
        another = Person(case=case)
        another.save(force_insert=True)
        for whom, section in product((person, another), Section):
            place = {"by": owner.user, "organisation_id": owner.organisation_id, "happened_at": timezone.now()}
            Note(case=case, person=whom, section_bit=int(section), **place).save(force_insert=True)
    return cases


# the bare file is on no list
CLOSABLE = [*(one for one in Section if one != Section.CASE), ALL_SECTIONS & ~Section.CASE]


@st.composite
def worlds(draw):
    """Who asks, what is granted to whom of them, and what is sealed or in conflict."""
    role = draw(st.sampled_from(list(Role)))
    moments = st.sampled_from([-timedelta(days=1), timedelta(0), timedelta(microseconds=1), timedelta(days=1)])
    grant = st.fixed_dictionaries({
        "personal": st.booleans(),
        "sections": st.sampled_from([ALL_SECTIONS, ALL_SECTIONS, *Section, Section.CASE | Section.PROTECTION, Section.FACTS | Section.JUSTICE]),
        "purpose": st.sampled_from([*ROLE_PURPOSES[role], *ROLE_PURPOSES[Role.CASE_MANAGER]]),
        "basis": st.sampled_from([*Basis, Basis.IDENTITY_REQUEST, Basis.IDENTITY_REQUEST]),
        "whom": st.sampled_from([0, 1]),
        "start": st.sampled_from([-timedelta(days=2), timedelta(0), timedelta(microseconds=1)]),
        "last": moments,
        "other_case": st.sampled_from([False, False, True]),
    })  # fmt: skip
    return {
        "role": role,
        "purpose": draw(st.sampled_from(ROLE_PURPOSES[role])),
        "age": draw(st.sampled_from([None, timedelta(minutes=1), timedelta(minutes=5, seconds=1)])),
        "grants": draw(st.lists(grant, max_size=4)),
        "sealed": draw(st.sampled_from([False, False, False, True])),
        "conflict": draw(st.sampled_from([None, None, None, 0, 1])),
        "lists": draw(st.lists(st.tuples(st.sampled_from([0, 1]), st.sampled_from([0, 1]), st.sampled_from(CLOSABLE)), max_size=2)),
    }


def asker(world, case, other):
    """The actor of a drawn world, new each time, with its grants, conflict and seal; the seal of the one before is lifted."""
    actor = make_actor(world["role"], purpose=world["purpose"], fresh=False)
    if world["age"] is not None:
        actor = replace(actor, factor_at=NOW - world["age"])
    Seal.objects.filter(case_id=case.pk, ended_at=None).update(ended_at=NOW)
    persons = Person.objects.for_house("tests").filter(case=case).order_by("pk").values_list("pk", flat=True)
    first, second = persons[0], persons[len(persons) - 1]
    for whom, holder, sections in {(one[0], one[1]): one for one in world["lists"]}.values():
        named = {"person_id": (first, second)[whom], "holder_id": actor.holders[holder], "sections": int(sections)}
        Restriction.objects.create(case_id=case.pk, **named, reason="knows_person", placed_by=actor.user, placed_at=NOW)
    for one in world["grants"]:
        start = NOW + one["start"]
        Grant.objects.create(
            holder_id=actor.personal_id if one["personal"] else actor.holder_id,
            role=actor.role,
            case_id=(other if one["other_case"] else case).pk,
            sections=int(one["sections"]),
            purpose=one["purpose"],
            basis=one["basis"],
            person_id=(first, second)[one["whom"]] if one["basis"] == Basis.IDENTITY_REQUEST else None,
            starts_at=start,
            ends_at=max(start, NOW + one["last"]),
        )
    if world["sealed"]:
        Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=actor.user)
    if world["conflict"] is not None:
        Conflict.objects.create(case_id=case.pk, holder_id=actor.holders[world["conflict"]], reason="complaint")
    return actor


def one_by_one(actor, case):
    """Each kind asked for by itself, through `visible_to`, and whom its rows are about."""
    found, subjects = set(), set()
    for line in LINES:
        if line.roles is not None and actor.role not in line.roles:
            continue
        for row in line.model.objects.visible_to(actor).filter(**{line.model.case_path: case.pk}):
            found.add((line.model._meta.label, row.pk, int(line.model.section or row.section_bit)))
            subjects.add(row.audit_subject)
    return found, subjects


@pytest.mark.postgresql
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_union_gives_what_visible_to_gives_of_each_kind_and_logs_the_same(whole, world):
    case, other = whole
    actor = asker(world, case, other)
    with trust.acting(actor):
        # the one beside it too: the statement made for the first serves the second, with its own id
        for one_case in (case, other):
            wanted, subjects = one_by_one(actor, one_case)
            context = current()
            context.log.sections, context.log.subjects = Section(0), set()
            reading = Reading.of(actor, one_case.pk, LINES)
            given_ = {(one.line.model._meta.label, one.pk, int(one.section)) for one in reading.moments}
            assert given_ == wanted
            assert len(reading.moments) == len(wanted)
            assert (context.log.subjects, {int(one) for one in context.log.sections}) == (subjects, {section for *_row, section in wanted})


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(world=worlds())
def test_a_case_asked_in_memory_gives_for_every_act_what_the_list_gives(whole, world):
    case, other = whole
    actor = asker(world, case, other)
    with trust.acting(actor):
        ground = policy.ground_of(actor, case.pk)
        for act in (Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE):
            for model in (Case, Person, Note):
                listed = model.objects.visible_to(actor, act).filter(**{model.case_path: case.pk})
                assert set(model.objects.visible_in(ground, act).values_list("pk")) == set(listed.values_list("pk")), (act, model)


def test_reading_of_nobody_in_force_is_refused():
    actor = make_actor()
    case = make_case(actor)
    ground = policy.ground_of(actor, case.pk)
    with pytest.raises(Unscoped):
        Case.objects.visible_in(ground)
    with pytest.raises(Unscoped):
        Reading.of(actor, case.pk, LINES)


def test_ground_of_one_actor_serves_no_other(whole):
    """Somebody else's ground in one's own hands: whoever is in force must be whom it was read for."""
    case, _other = whole
    holder, stranger = make_actor(), make_actor()
    Grant.objects.create(
        holder_id=holder.holder_id, role=holder.role, case_id=case.pk, sections=int(ALL_SECTIONS), purpose=holder.purpose,
        basis=Basis.OWN_CASE, starts_at=NOW - timedelta(days=1), ends_at=NOW + timedelta(days=1),
    )  # fmt: skip
    ground = policy.ground_of(holder, case.pk)
    with trust.acting(stranger), pytest.raises(Unscoped):
        Note.objects.visible_in(ground)


def test_every_column_of_a_line_reads_as_its_record_holds_it(whole):
    """JSON of either database gives back the moments, days, amounts, codes and ids of the record itself."""
    case, _other = whole
    compared = 0
    for role in (Role.CASE_MANAGER, Role.HEALTH, Role.PROSECUTOR):
        actor = make_actor(role, at=timezone.now())
        Grant.objects.create(
            holder_id=actor.holder_id, role=actor.role, case_id=case.pk, sections=int(ALL_SECTIONS), purpose=actor.purpose,
            basis=Basis.OWN_CASE, starts_at=NOW - timedelta(days=400), ends_at=timezone.now() + timedelta(days=400),
        )  # fmt: skip
        with trust.acting(actor):
            for one in Reading.of(actor, case.pk, LINES).moments:
                record = one.line.model.objects.visible_to(actor).get(pk=one.pk)
                for name in one.line.columns:
                    held = record
                    for step in name.split("__"):
                        held = None if held is None else getattr(held, step)
                    assert one.facts[name] == held, (one.line.model, name)
                    compared += 1
    print(f"{connection.vendor}: {compared} values compared")
    assert compared > 100
