"""The referral table: every role × state × step, and every gate shown to hold."""

import itertools
from types import SimpleNamespace

import pytest
from django.utils import translation

from havre.referral.workflow import REFERRAL
from havre.trust.enums import Role
from havre.trust.errors import Refused
from havre.trust.ids import new_id
from havre.trust.workflow import ENGINE
from tests.factories import NOW
from tests.french import french  # noqa: F401

HOUSE = new_id()
WHOLE = {
    "pk": new_id(), "is_child": True, "child_protected": True, "condition_flag": False, "acknowledged_at": NOW, "person_told_at": NOW,
    "decline_reason": "full", "outcome": "help_given", "no_conflict_declared": True, "sender_id": HOUSE, "receiver_id": HOUSE,
    "basis": True,
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
}


def record(state, role, **changes):
    told = {**WHOLE, **changes}
    return SimpleNamespace(
        status=state or "", _state=SimpleNamespace(adding=state is None), receiver_role=role, has_basis=lambda at: told["basis"], **told
    )


def actor(role):
    return None if role == ENGINE else SimpleNamespace(role=role, organisation_id=HOUSE, user=SimpleNamespace(pk=new_id()), at=NOW)


@pytest.mark.parametrize(("step", "state"), list(itertools.product(REFERRAL.steps, (None, *REFERRAL.states))))
def test_step_is_open_to_the_roles_and_states_of_the_table_and_to_nobody_else(step, state):
    for role in (*Role, ENGINE):
        rows = [row for row in REFERRAL.moves if row.step == step and state in row.starts and role in row.who]
        if rows:
            assert REFERRAL.check(record(state, role), move=step, by=actor(role)).end == rows[0].end
        else:
            with pytest.raises(Refused):
                REFERRAL.check(record(state, role), move=step, by=actor(role))


GATES = [pytest.param(move, right, id=f"{move.step}.{right.key}") for move in REFERRAL.moves for right in move.rights]


@pytest.mark.parametrize(("move", "right"), GATES)
def test_each_right_that_is_unmet_blocks_or_is_counted_as_its_gate_says(move, right):
    role = sorted(who for who in move.who if who != ENGINE)[0]
    missing = record(move.starts[0], role, **WITHOUT[right.key])
    if right.effect == "warn":
        assert right in REFERRAL.check(missing, move=move.step, by=actor(role)).warnings
        return
    with pytest.raises(Refused) as refusal:
        REFERRAL.check(missing, move=move.step, by=actor(role))
    assert refusal.value.rows == (f"referral.{move.step}:{right.key}",)


# written by hand from the workflow table of the design
ASKED = {
    "prepare": "RG14",
    "offer": "RG13 RG14 sent",
    "acknowledge": "received",
    "accept": "RG14 RG15 no_conflict received",
    "decline": "RG15 RG28 received",
    "start": "RG09 RG10 received",
    "complete": "RG15 outcome received",
    "tell_person": "",
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
    said = [right.refusal for right in REFERRAL.rights.values()] + [move.label for move in REFERRAL.moves]
    with translation.override("en"):
        english = [str(words) for words in said]
    assert [words for words, other in zip(map(str, said), english, strict=True) if words == other] == []
