"""The tables of the lead and of the conference: every role × state × step, and every gate shown to hold."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from havre.referral.workflow import CONFERENCE, REFERRAL, REQUEST, TRANSFER
from havre.trust.enums import Role
from havre.trust.ids import new_id
from havre.trust.workflow import ENGINE
from tests.french import french  # noqa: F401
from tests.referral.matrix import HOUSE, cells, check_cell, check_gate, gates
from tests.referral.test_workflow import record, request_for_more

LEAD_WITHOUT = {
    "RG13": {"child_protected": False},
    "RG14": {"agreed": False},
    "RG28": {"kept_because": "nationality"},
    "leads": {"first_id": new_id()},
    "chosen": {"second_id": new_id()},
    "no_conflict": {"no_conflict_declared": False},
    "clocks_read": {"clocks_open": frozenset({1})},
}


def transfer(state, role, **changes):
    told = {
        "pk": new_id(), "is_child": True, "child_protected": True, "agreed": True, "kept_because": "full", "first_id": HOUSE,
        "second_id": HOUSE, "no_conflict_declared": True, "clocks_open": frozenset(), "clocks_read": frozenset(), **changes,
    }  # fmt: skip
    return SimpleNamespace(
        status=state or "", _state=SimpleNamespace(adding=state is None), second_role=role, covered=lambda at: told["agreed"], **told
    )


CONFERENCE_WITHOUT = {
    "RG06": {"status_quorum": False},
    "RG13": {"child_protected": False},
    "RG14": {"seats_covered": False},
    "notice": {"notice_given": False},
    "one_chair": {"has_one_chair": False},
    "chairs": {"all_seats": []},
    "chair_here": {"chair_present": False},
    "enough": {"enough_present": False},
    "two_bodies": {"bodies_present": False},
    "child_seat": {"child_seat_present": False},
    "reasoned": {"all_decided": False},
    "owned": {"all_owned": False},
    "actions": {"all_answered": False},
    "caller": {"organisation_id": new_id()},
}
ASKED = (
    "has_one_chair", "chair_present", "enough_present", "bodies_present", "child_seat_present", "status_quorum", "all_decided", "all_owned",
    "all_answered",
)  # fmt: skip


def conference(state, role, **changes):
    seat = SimpleNamespace(chair=True, organisation_id=HOUSE, role=role)
    whole = {"all_seats": [seat], "seats_covered": True, **dict.fromkeys(ASKED, True)}
    told = {"pk": new_id(), "is_child": True, "child_protected": True, "notice_given": True, "organisation_id": HOUSE}
    answers = {**whole, **{name: value for name, value in changes.items() if name in whole}}
    plain = {**told, **{name: value for name, value in changes.items() if name in told}}
    asked = {name: (lambda value=value, **_at: value) for name, value in answers.items()}
    return SimpleNamespace(status=state or "", _state=SimpleNamespace(adding=state is None), **plain, **asked)


TABLES = ((TRANSFER, transfer, LEAD_WITHOUT), (CONFERENCE, conference, CONFERENCE_WITHOUT))
CELLS = [
    pytest.param(table, made, step, state, id=f"{table.name}.{step}-{state}") for table, made, _w in TABLES for step, state in cells(table)
]
GATES = [
    pytest.param(table, made, *case.values, without, id=f"{table.name}.{case.id}")
    for table, made, without in TABLES
    for case in gates(table)
]


@pytest.mark.parametrize(("table", "made", "step", "state"), CELLS)
def test_step_is_open_to_the_roles_and_states_of_the_table_and_to_nobody_else(table, made, step, state):
    check_cell(table, step, state, made)


@pytest.mark.parametrize(("table", "made", "move", "right", "without"), GATES)
def test_each_right_that_is_unmet_blocks(table, made, move, right, without):
    check_gate(table, move, right, made, without[right.key])


def test_each_step_asks_for_the_rights_of_the_design():
    # written by hand from tables 7.3 and 7.4
    asked = {f"{table.name}.{m.step}": " ".join(right.key for right in m.rights) for table, _m, _w in TABLES for m in table.moves}
    assert asked == {
        "transfer.propose": "RG13 RG14 leads",
        "transfer.accept": "RG14 chosen clocks_read no_conflict",
        "transfer.refuse": "RG28 chosen",
        "transfer.take_back": "leads",
        "transfer.lapse": "",
        "transfer.hand_over": "chosen",
        "conference.call": "RG13 RG14 notice one_chair",
        "conference.open": "RG06 chair_here chairs child_seat enough two_bodies",
        "conference.decide": "RG06 RG13 chairs owned reasoned",
        "conference.close": "actions chairs",
        "conference.cancel": "caller",
    }


def test_the_house_alone_only_ends():
    assert {f"{t.name}.{move.step}" for t, _m, _w in TABLES for move in t.moves if ENGINE in move.who} == {
        "transfer.take_back", "transfer.lapse", "conference.cancel",
    }  # fmt: skip


def test_every_right_and_step_is_explained_in_french(french):  # noqa: F811
    said = [right.refusal for t, _m, _w in TABLES for right in t.rights.values()] + [move.label for t, _m, _w in TABLES for move in t.moves]
    with translation.override("en"):
        english = [str(words) for words in said]
    assert [words for words, other in zip(map(str, said), english, strict=True) if words == other] == []


def test_whole_matrix_is_counted(capsys):
    """Every role × state × step of the four tables: what is in them is done, the rest is refused. `-s` prints the counts."""
    told = {}
    for table, made in ((REFERRAL, record), (REQUEST, request_for_more), (TRANSFER, transfer), (CONFERENCE, conference)):
        pairs = [check_cell(table, step, state, made) for step, state in cells(table)]
        told[table.name] = (sum(done for done, _no in pairs), sum(no for _done, no in pairs))
    with capsys.disabled():
        print(f"\nreferral matrix (done, refused): {told}; gates: {sum(len(gates(t)) for t in (REFERRAL, REQUEST, TRANSFER, CONFERENCE))}")
    who = len(Role) + 1
    assert {name: sum(pair) for name, pair in told.items()} == {
        table.name: len(table.steps) * (len(table.states) + 1) * who for table in (REFERRAL, REQUEST, TRANSFER, CONFERENCE)
    }
