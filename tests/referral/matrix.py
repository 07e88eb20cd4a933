"""What the tests of the tables share: every role × state × step, and every right shown to hold."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest

from havre.trust.enums import Role
from havre.trust.errors import Refused
from havre.trust.ids import new_id
from havre.trust.workflow import ENGINE
from tests.factories import NOW

HOUSE = new_id()


def actor(role):
    return None if role == ENGINE else SimpleNamespace(role=role, organisation_id=HOUSE, user=SimpleNamespace(pk=new_id()), at=NOW)


def cells(table):
    return list(itertools.product(table.steps, (None, *table.states)))


def gates(table):
    return [pytest.param(move, right, id=f"{move.step}.{right.key}") for move in table.moves for right in move.rights]


def check_cell(table, step, state, record):
    """Each role tries the step from the state: done where the table has a row, refused everywhere else. Gives (done, refused)."""
    done = refused = 0
    for role in (*Role, ENGINE):
        rows = [row for row in table.moves if row.step == step and state in row.starts and role in row.who]
        if rows:
            assert table.check(record(state, role), move=step, by=actor(role)).end == rows[0].end
            done += 1
        else:
            with pytest.raises(Refused):
                table.check(record(state, role), move=step, by=actor(role))
            refused += 1
    return done, refused


def check_gate(table, move, right, record, without):
    """A record that lacks only this: blocked by it alone, or shown and counted where its gate warns."""
    role = sorted(who for who in move.who if who != ENGINE)[0]
    missing = record(move.starts[0], role, **without)
    if right.effect == "warn":
        assert right in table.check(missing, move=move.step, by=actor(role)).warnings
        return
    with pytest.raises(Refused) as refusal:
        table.check(missing, move=move.step, by=actor(role))
    assert refusal.value.rows == (f"{table.name}.{move.step}:{right.key}",)
