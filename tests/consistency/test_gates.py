"""Every gate that a move of any table names: seen blocking, overridden with a reason by a named supervisor, and passing.

Where no supervisor may override it, two are seen, and NEVER says why. Where its gate warns: shown and counted, and passing. These are
made-up records before the tables; the same at the front door: tests/protection/test_every_gate.py, tests/referral/test_waiving.py and
tests/justice/test_waiving.py, each from its part's tables.
"""

from collections import Counter
from types import SimpleNamespace

import pytest

from havre import trust
from havre.justice.workflow import TABLES as JUSTICE
from havre.protection.workflow import TABLES as PROTECTION
from havre.referral.workflow import CONFERENCE, REFERRAL, TRANSFER
from havre.referral.workflow import REQUEST as MORE
from havre.register.workflow import CONSENT
from havre.register.workflow import REQUEST as OWN_DATA
from havre.trust import law, overrides
from havre.trust.errors import Refused
from havre.trust.models import ActRow, Override
from havre.trust.workflow import ENGINE
from tests.factories import make_actor, make_case
from tests.justice import test_workflow as justice
from tests.protection import test_workflow as protection
from tests.referral import test_workflow as referral
from tests.referral import test_workflow_meetings as meetings
from tests.register import test_consents as consents

# why a block stays whatever a supervisor says, by table and gate
OWN_WORD = "it is the person's own decision: nobody signs in their place"
UNCONDITIONAL = "help never depends on cooperation: there is no reason that could make it"
LISTED = "a refusal that is about who the person is stays a refusal on that ground, whoever signs"
CONSENTED = "without the person's consent there is no basis to share; danger to life is a basis of its own"
NEVER = {
    "RG09": UNCONDITIONAL,
    "RG10": OWN_WORD,
    "RG14": CONSENTED,
    "RG28": LISTED,
    # explained and heard, or there is no consent at all
    "consent.RG01": "what was not explained in a language the person understands was not consented to",
    "interpreter.RG02": "an interpreter close to the accused or who came with the person is a danger: another is found",
    "consent.RG13": "a child's consent is the guardian's with the child; another adult's signature is neither",
}


def _whole(table, move, by, changes):
    """A record at the move's start that lacks nothing but `changes`."""
    state, house = move.starts[0], by.organisation_id
    if table in JUSTICE:
        return justice.record(move, state, **changes)
    if table in PROTECTION:
        return protection.record(state, **{"by_id": by.user.pk, **changes})
    if table in (CONSENT, OWN_DATA):
        return consents.record(state, **{"is_child": True, "given_by": "guardian", "child_heard": True, **changes})
    if table is TRANSFER:
        return meetings.transfer(state, by.role, **{"first_id": house, "second_id": house, **changes})
    if table is CONFERENCE:
        seat = SimpleNamespace(chair=True, organisation_id=house, role=by.role)
        return meetings.conference(state, by.role, **{"organisation_id": house, "all_seats": [seat], **changes})
    made = referral.record if table is REFERRAL else referral.request_for_more
    return made(state, by.role, **{"sender_id": house, "receiver_id": house, **changes})


def _without(table, right):
    if table in JUSTICE:
        return justice.without(table, right)
    if table in (CONSENT, OWN_DATA):
        # the first of the ways in which it may be missing
        return consents.WITHOUT[right.key][0]
    if table in PROTECTION:
        return protection.WITHOUT[right.key]
    told = {"referral": referral.WITHOUT, "more": referral.MORE_WITHOUT, "transfer": meetings.LEAD_WITHOUT}
    return told.get(table.name, meetings.CONFERENCE_WITHOUT)[right.key]


ALL = (*PROTECTION, REFERRAL, MORE, TRANSFER, CONFERENCE, CONSENT, OWN_DATA, *JUSTICE)
GATES = [
    pytest.param(table, move, right, id=f"{table.name}.{move.step}.{move.starts[0] or 'new'}.{right.gate}")
    for table in ALL
    for move in table.moves
    for right in move.rights
    if right.gate
]


def _why_never(table, right):
    return NEVER.get(f"{table.name}.{right.gate}") or NEVER.get(right.gate)


def _blocked(table, move, record, by, right, waiver=None):
    with pytest.raises(Refused) as refusal:
        table.check(record, move=move.step, by=by, override=waiver)
    assert refusal.value.rows == (f"{table.name}.{move.step}:{right.gate}",)
    assert refusal.value.reasons == (right.reason,)


@pytest.mark.parametrize(("table", "move", "right"), GATES)
def test_gate_is_seen_blocking_overridden_with_reason_by_a_named_supervisor_and_passing(table, move, right):
    by = make_actor(sorted(who for who in move.who if who != ENGINE)[0])
    missing = _whole(table, move, by, _without(table, right))
    whole = _whole(table, move, by, {})
    with trust.acting(by):
        met = table.check(whole, move=move.step, by=by)
    assert (met.end, right in met.warnings, met.overridden) == (move.end, False, ())
    if right.effect == "warn":
        shown = table.check(missing, move=move.step, by=by)
        assert right in shown.warnings
        assert right.gate in str(shown.codes["warnings"]).split(",")
        return
    _blocked(table, move, missing, by, right)
    head = make_actor(by.role, organisation_id=by.organisation_id, organisation=None, supervisor=True)
    case = make_case(by)
    with trust.acting(head):
        waiver = overrides.give(
            case_id=case.pk, subject_id=missing.pk, workflow=table.name, step=move.step, gates=[right.gate], reason="danger", by=head
        )
    if not right.overridable:
        assert _why_never(table, right)
        _blocked(table, move, missing, by, right, waiver)
        assert Override.objects.for_house("tests").get().used_at is None
        return
    with trust.acting(by):
        found = overrides.signed(workflow=table.name, step=move.step, subject_id=missing.pk, by=by)
        assert table.check(missing, move=move.step, by=by, override=found).overridden == (right,)
    spent = Override.objects.for_house("tests").get()
    assert (spent.used_by, spent.given_by, spent.reason) == (by.user, head.user, "danger")
    told = ActRow.objects.get(event=f"{table.name}.override")
    assert (told.reason, told.codes["gates"], told.codes["supervisor"]) == ("danger", right.gate, str(head.user.pk))


def test_gates_are_counted(capsys):
    """`-s` or not, the count is printed: gates × moves by what was seen of them."""
    seen = Counter(
        "shown and counted, passing"
        if right.effect == "warn"
        else "blocking, overridden, passing"
        if right.overridable
        else "blocking, never"
        for _table, _move, right in (one.values for one in GATES)
    )
    kinds = {right.gate for _table, _move, right in (one.values for one in GATES)}
    found = {right.gate if right.gate in NEVER else f"{table.name}.{right.gate}" for table, _m, right in (one.values for one in GATES)
             if right.effect == "block" and not right.overridable}  # fmt: skip
    with capsys.disabled():
        print(f"\n{len(kinds)} gates, asked {len(GATES)} times by the moves of {len(ALL)} tables: {dict(seen)}")
        for name, why in sorted(NEVER.items()):
            print(f"  {name} is never overridden: {why}")
        print(f"  named by no move: {', '.join(sorted(set(law.gates()) - kinds))}")
    # of what is published and of professional notes: the release and the person's own page hold them
    assert set(law.gates()) - kinds == {"RG26", "RG27"}
    assert found == set(NEVER)
    assert sum(seen.values()) == len(GATES)
