"""The tables of justice: every role × state × step, and every gate shown to hold."""

import itertools
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from havre.justice.workflow import CLAIM, PROCEEDING
from havre.trust.enums import Role
from havre.trust.errors import Refused
from havre.trust.ids import new_id
from tests.factories import NOW
from tests.french import french  # noqa: F401

TABLES = (PROCEEDING, CLAIM)
WHOLE = {
    "pk": new_id(), "is_child": True, "informed_at": NOW, "language": "eng", "privacy_confirmed": True, "condition_flag": False,
    "wanted_at": NOW,
    "nexus": "none", "non_punishment_asked_at": NOW, "non_punishment": "maintained", "pseudonym": "P-X", "measures": ["no_contact"],
    "hearing_mode": "closed", "lawyer_at": NOW, "interviews": 0, "repeat_justified": False, "threats_assessed_at": NOW,
    "claimed": Decimal(5),
    "awarded": Decimal(4), "paid": Decimal(3), "close_reason": "dropped", "verdict": "convicted",
}  # fmt: skip
WITHOUT = {
    "RG01": {"language": ""},
    "RG02": {"privacy_confirmed": False},
    "RG09": {"condition_flag": True},
    "RG10": {"wanted_at": None},
    "RG16": {"nexus": "direct"},
    "RG17": {"measures": []},
    "RG18": {"lawyer_at": None},
    "RG19": {"interviews": 2},
    "RG20": {"claimed": None, "awarded": None},
    "RG21": {"threats_assessed_at": None},
    "payment": {"paid": None},
    "dropped": {"close_reason": "final"},
    "reasoned": {"close_reason": ""},
    "verdict": {"verdict": ""},
}


def record(move, state, **changes):
    against = "person" if "against_person" in {right.key for right in move.rights} else "trafficker"
    return SimpleNamespace(status=state or "", _state=SimpleNamespace(adding=state is None), **{"against": against, **WHOLE, **changes})


def actor(role):
    return SimpleNamespace(role=role, user=SimpleNamespace(pk=new_id()), at=NOW)


CELLS = [
    pytest.param(table, step, state, id=f"{table.name}.{step}.{state}")
    for table in TABLES
    for step, state in itertools.product(table.steps, (None, *table.states))
]


@pytest.mark.parametrize(("table", "step", "state"), CELLS)
def test_step_is_open_to_the_roles_and_states_of_the_table_and_to_nobody_else(table, step, state):
    move = next(row for row in table.moves if row.step == step)
    for role in Role:
        if state in move.starts and role in move.who:
            assert table.check(record(move, state), move=step, by=actor(role)).end == move.end
        else:
            with pytest.raises(Refused):
                table.check(record(move, state), move=step, by=actor(role))


GATES = [
    pytest.param(table, move, right, id=f"{table.name}.{move.step}.{right.key}")
    for table in TABLES
    for move in table.moves
    for right in move.rights
    if not right.key.startswith("against")
]


@pytest.mark.parametrize(("table", "move", "right"), GATES)
def test_each_right_that_is_unmet_blocks_or_is_counted_as_its_gate_says(table, move, right):
    missing = record(move, move.starts[0], **WITHOUT[right.key])
    by = actor(min(move.who))
    if right.effect == "warn":
        assert right in table.check(missing, move=move.step, by=by).warnings
        return
    with pytest.raises(Refused) as refusal:
        table.check(missing, move=move.step, by=by)
    assert refusal.value.rows == (f"{table.name}.{move.step}:{right.key}",)


# written by hand from the workflow tables of the design
ASKED = {
    "proceeding.open": "RG09 RG17 RG18 RG21",
    "proceeding.interview": "RG01 RG02 RG18 RG19",
    "proceeding.refer": "RG17 RG21",
    "proceeding.charge": "RG17 RG19 RG21 against_trafficker",
    "proceeding.charge_person": "RG16 RG17 RG18 against_person",
    "proceeding.ask_non_punishment": "against_person",
    "proceeding.drop": "against_person dropped",
    "proceeding.maintain": "RG16 against_person",
    "proceeding.hear": "RG17 RG19 RG21",
    "proceeding.judge": "RG17 verdict",
    "proceeding.appeal": "RG17",
    "proceeding.judge_appeal": "RG17 verdict",
    "proceeding.close": "RG21 reasoned",
    "claim.inform": "RG01",
    "claim.claim": "RG10 RG18 RG20",
    "claim.award": "RG20",
    "claim.reject": "",
    "claim.appeal": "RG10",
    "claim.pay_part": "RG20 payment",
    "claim.pay": "RG20 payment",
}


def test_each_step_asks_for_the_rights_of_the_design():
    assert {f"{table.name}.{m.step}": " ".join(right.key for right in m.rights) for table in TABLES for m in table.moves} == ASKED


@pytest.mark.parametrize("nexus", ["", "direct"])
def test_person_is_not_charged_while_the_link_is_direct_or_not_assessed(nexus):
    move = next(row for row in PROCEEDING.moves if row.step == "charge_person")
    with pytest.raises(Refused) as refusal:
        PROCEEDING.check(record(move, "inquiry", nexus=nexus), move="charge_person", by=actor(Role.PROSECUTOR))
    assert refusal.value.rows == ("proceeding.charge_person:RG16",)


@pytest.mark.parametrize(("step", "against"), [("charge", "person"), ("charge_person", "trafficker"), ("ask_non_punishment", "trafficker")])
def test_step_for_the_other_side_is_refused(step, against):
    move = next(row for row in PROCEEDING.moves if row.step == step)
    with pytest.raises(Refused):
        PROCEEDING.check(record(move, move.start, against=against), move=step, by=actor(min(move.who)))


def test_every_right_and_step_is_explained_in_french(french):  # noqa: F811
    said = [right.refusal for table in TABLES for right in table.rights.values()] + [m.label for table in TABLES for m in table.moves]
    with translation.override("en"):
        english = [str(words) for words in said]
    assert [words for words, other in zip(map(str, said), english, strict=True) if words == other] == []
