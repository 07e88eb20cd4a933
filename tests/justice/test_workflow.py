"""The tables of justice: every role × state × step, and every gate shown to hold."""

import itertools
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.utils import translation

from havre.justice.workflow import PROCEEDING, TABLES
from havre.trust.enums import Role
from havre.trust.errors import Refused
from havre.trust.ids import new_id
from tests.factories import NOW
from tests.french import french  # noqa: F401

ORG, SOMEBODY, ME = new_id(), new_id(), new_id()
GUILTY, INNOCENT = (SimpleNamespace(verdict=verdict) for verdict in ("convicted", "acquitted"))
OF = {"threats_assessed_at": NOW, "nexus": "none", "against": "person", "is_child": True}
WHOLE = {
    "pk": new_id(), "is_child": True, "informed_at": NOW, "language": "eng", "privacy_confirmed": True, "condition_flag": False,
    "wanted_at": NOW,
    "nexus": "none", "non_punishment_asked_at": NOW, "non_punishment": "maintained", "pseudonym": "P-X", "measures": ["no_contact"],
    "hearing_mode": "closed", "lawyer_at": NOW, "interviews": 0, "repeat_justified": False, "threats_assessed_at": NOW,
    "claimed": Decimal(5),
    "awarded": Decimal(4), "paid": Decimal(3), "close_reason": "dropped", "verdict": "convicted",
    # what hangs on a proceeding
    "proceeding": SimpleNamespace(**OF), "held_charges": [GUILTY], "person_heard": True, "mode": "closed", "request_open": False,
    "adjourned_because": "defence",
    "rejected_because": "late", "claim_id": SOMEBODY, "kept_because": "no_link", "lawyer_alerted_at": NOW, "answered_by_id": SOMEBODY,
    "holder": SimpleNamespace(organisation_id=ORG, offered_to_id=ORG, keeper_id=SOMEBODY),
    "kind": "records", "until": NOW.date(), "origin": "papers", "second_origin": "bank_data",
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
    "has_charge": {"held_charges": []},
    "guilty": {"held_charges": [INNOCENT]},
    "not_guilty": {"held_charges": [GUILTY]},
    "says_why": {"adjourned_because": ""},
    "why_rejected": {"rejected_because": ""},
    "no_open_request": {"request_open": True},
    "for_claim": {"claim_id": None},
    "holds": {"holder": SimpleNamespace(organisation_id=SOMEBODY, offered_to_id=ORG, keeper_id=SOMEBODY)},
    "to_whom": {"holder": SimpleNamespace(organisation_id=ORG, offered_to_id=None, keeper_id=SOMEBODY)},
    "other_side": {"holder": SimpleNamespace(organisation_id=ORG, offered_to_id=SOMEBODY, keeper_id=SOMEBODY)},
    "kept_why": {"kept_because": ""},
    "alerted": {"lawyer_alerted_at": None},
    "a_team": {"until": None},
    "no_team": {"kind": "joint_team"},
    "other_origin": {"second_origin": "papers"},
}
# the same gates, where a record of a proceeding asks the proceeding
WITHOUT_OF = {"RG16": {"nexus": "direct"}, "RG21": {"threats_assessed_at": None}}


def without(table, right):
    """What takes this right away from an otherwise whole record."""
    if right.key == "another":
        return {"answered_by_id": ME}
    if right.key == "RG17" and table.name == "hearing":
        return {"mode": ""}
    told = WITHOUT.get(right.key, {})
    if right.key in WITHOUT_OF:
        told = {**told, "proceeding": SimpleNamespace(**{**OF, **WITHOUT_OF[right.key]})}
    return told


def record(move, state, **changes):
    against = "person" if "against_person" in {right.key for right in move.rights} else "trafficker"
    keys = {right.key for right in move.rights}
    kind = {"kind": "joint_team"} if "a_team" in keys else {}
    charges = {"held_charges": [INNOCENT]} if "not_guilty" in keys else {}
    whole = {"against": against, **WHOLE, **kind, **charges, **changes}
    return SimpleNamespace(status=state or "", _state=SimpleNamespace(adding=state is None), **whole)


def row_of(table, step, state):
    """The row of a step that leaves this state; the first of its name where none does."""
    several = [row for row in table.moves if row.step == step]
    return next((row for row in several if state in row.starts), several[0])


def actor(role):
    return SimpleNamespace(role=role, user=SimpleNamespace(pk=ME), at=NOW, organisation_id=ORG)


CELLS = [
    pytest.param(table, step, state, id=f"{table.name}.{step}.{state}")
    for table in TABLES
    for step, state in itertools.product(table.steps, (None, *table.states))
]


@pytest.mark.parametrize(("table", "step", "state"), CELLS)
def test_step_is_open_to_the_roles_and_states_of_the_table_and_to_nobody_else(table, step, state):
    move = row_of(table, step, state)
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
    missing = record(move, move.starts[0], **without(table, right))
    by = actor(min(move.who))
    if right.effect == "warn":
        assert right in table.check(missing, move=move.step, by=by).warnings
        return
    with pytest.raises(Refused) as refusal:
        table.check(missing, move=move.step, by=by)
    assert refusal.value.rows == (f"{table.name}.{move.step}:{right.key}",)


def test_matrix_is_as_large_as_its_tables_say():
    cells = len(CELLS) * len(Role)
    opened = sum(len(move.starts) * len(move.who) for table in TABLES for move in table.moves)
    print(
        f"\n{len(TABLES)} tables, {cells:,} cells (role × state × step): {opened} allowed, {cells - opened:,} refused; {len(GATES)} rights tried"
    )
    assert (len(TABLES), len(CELLS)) == (9, sum(len(table.steps) * (len(table.states) + 1) for table in TABLES))
    assert opened < cells / 4


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
    "claim.reject": "why_rejected",
    "claim.appeal": "RG10",
    "claim.pay_part": "RG20 payment",
    "claim.pay": "RG20 payment",
    "suspect.suspect": "",
    "suspect.want": "",
    "suspect.detain": "",
    "suspect.release": "RG21",
    "suspect.indict": "has_charge",
    "suspect.convict": "guilty",
    "suspect.acquit": "not_guilty",
    "suspect.appeal": "",
    "suspect.dismiss": "RG21",
    "hearing.schedule": "RG17",
    "hearing.hold": "RG17 no_open_request",
    "hearing.adjourn": "says_why",
    "asset.trace": "",
    "asset.freeze": "",
    "asset.confiscate": "",
    "asset.assign": "for_claim",
    "asset.free": "",
    "exhibit.seize": "",
    "exhibit.hand_over": "holds to_whom",
    "exhibit.receive": "other_side",
    "exhibit.take_back": "holds",
    "exhibit.give_back": "holds",
    "exhibit.destroy": "holds",
    "non_punishment.flag": "against_person_too",
    "non_punishment.ask": "",
    "non_punishment.grant": "another",
    "non_punishment.refuse": "RG16 alerted kept_why",
    "non_punishment.ask_review": "",
    "non_punishment.uphold": "RG16 another kept_why",
    "assistance_abroad.prepare": "",
    "assistance_abroad.send": "",
    "assistance_abroad.acknowledge": "",
    "assistance_abroad.answer_part": "no_team",
    "assistance_abroad.answer": "no_team",
    "assistance_abroad.decline": "",
    "assistance_abroad.begin_team": "a_team",
    "assistance_abroad.end_team": "a_team",
    "sourced_link.link": "",
    "sourced_link.corroborate": "other_origin",
    "sourced_link.refute": "",
    "sourced_link.reopen": "",
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
