"""The referral tables: every role × state × step, and every gate shown to hold."""

from types import SimpleNamespace

import pytest
from django.utils import translation

from havre.referral.workflow import REFERRAL, REQUEST
from havre.trust.ids import new_id
from havre.trust.workflow import ENGINE
from tests.factories import NOW
from tests.french import french  # noqa: F401
from tests.referral.matrix import HOUSE, cells, check_cell, check_gate, gates

WHOLE = {
    "pk": new_id(), "is_child": True, "child_protected": True, "condition_flag": False, "acknowledged_at": NOW, "person_told_at": NOW,
    "decline_reason": "full", "outcome": "help_given", "no_conflict_declared": True, "sender_id": HOUSE, "receiver_id": HOUSE,
    "basis": True, "open": True, "accredited": True, "place": True, "fits": True, "way": "letter",
}  # fmt: skip
WITHOUT = {
    "RG09": {"condition_flag": True},
    "RG10": {"basis": False},
    "RG13": {"child_protected": False},
    "RG14": {"basis": False},
    "RG15": {"acknowledged_at": None, "person_told_at": None},
    "RG28": {"decline_reason": "nationality"},
    "received": {"receiver_id": new_id()},
    "sent": {"sender_id": new_id()},
    "no_conflict": {"no_conflict_declared": False},
    "outcome": {"outcome": ""},
    "open_service": {"open": False},
    "accredited": {"accredited": False},
    "outside": {"way": "account"},
    "place": {"place": False},
    "fits": {"fits": False},
}


def record(state, role, **changes):
    told = {**WHOLE, **changes}
    return SimpleNamespace(
        status=state or "", _state=SimpleNamespace(adding=state is None), receiver_role=role, has_basis=lambda at: told["basis"],
        service_open=lambda: told["open"], service_accredited=lambda at: told["accredited"],
        service_has_place=lambda at: told["place"], service_fits=lambda: told["fits"], **told,
    )  # fmt: skip


@pytest.mark.parametrize(("step", "state"), cells(REFERRAL))
def test_step_is_open_to_the_roles_and_states_of_the_table_and_to_nobody_else(step, state):
    check_cell(REFERRAL, step, state, record)


@pytest.mark.parametrize(("move", "right"), gates(REFERRAL))
def test_each_right_that_is_unmet_blocks_or_is_counted_as_its_gate_says(move, right):
    check_gate(REFERRAL, move, right, record, WITHOUT[right.key])


MORE_WITHOUT = {
    "RG14": {"covered_now": False},
    "received": {"receiver_id": new_id()},
    "sent": {"sender_id": new_id()},
    "askable": {"referral": SimpleNamespace(status="completed")},
    "why": {"reason": "curiosity"},
    "why_not": {"refusal": ""},
}


def request_for_more(state, role, **changes):
    told = {
        "pk": new_id(), "sender_id": HOUSE, "receiver_id": HOUSE, "reason": "safety", "refusal": "person", "covered_now": True,
        "referral": SimpleNamespace(status="running"), **changes,
    }  # fmt: skip
    return SimpleNamespace(
        status=state or "", _state=SimpleNamespace(adding=state is None), receiver_role=role, covered=lambda at: told["covered_now"], **told
    )


@pytest.mark.parametrize(("step", "state"), cells(REQUEST))
def test_request_for_more_is_open_to_the_roles_and_states_of_its_table(step, state):
    check_cell(REQUEST, step, state, request_for_more)


@pytest.mark.parametrize(("move", "right"), gates(REQUEST))
def test_each_right_of_a_request_for_more_blocks(move, right):
    check_gate(REQUEST, move, right, request_for_more, MORE_WITHOUT[right.key])


# written by hand from the workflow table of the design
ASKED = {
    "prepare": "RG14",
    "offer": "RG13 RG14 accredited fits open_service place sent",
    "acknowledge": "received",
    "accept": "RG14 RG15 accredited no_conflict received",
    "decline": "RG15 RG28 received",
    "start": "RG09 RG10 received",
    "complete": "RG15 outcome received",
    "tell_person": "",
    "follow_up": "sent",
    "accepted_outside": "RG14 outside sent",
    "declined_outside": "RG28 outside sent",
    "ended_outside": "outcome outside sent",
    "ask_consent": "sent",
    "withdraw": "sent",
    "expire": "",
}


def test_each_step_asks_for_the_rights_of_the_design():
    assert {move.step: " ".join(right.key for right in move.rights) for move in REFERRAL.moves} == ASKED


def test_a_persons_consent_is_waived_by_no_supervisor():
    assert [right.key for right in REFERRAL.rights.values() if right.overridable] == ["RG13", "RG15"]


def test_the_house_alone_only_closes():
    assert {move.step for move in REFERRAL.moves if ENGINE in move.who} == {"withdraw", "expire"}


def test_every_right_and_step_is_explained_in_french(french):  # noqa: F811
    tables = (REFERRAL, REQUEST)
    said = [right.refusal for table in tables for right in table.rights.values()] + [move.label for t in tables for move in t.moves]
    with translation.override("en"):
        english = [str(words) for words in said]
    assert [words for words, other in zip(map(str, said), english, strict=True) if words == other] == []
