"""The engine on a small table of its own: every refusal says everything, and nothing is allowed that no row allows."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID
from xml.etree import ElementTree

import pytest

from havre import trust
from havre.trust import law, overrides
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from havre.trust.ids import new_id
from havre.trust.models import Override
from havre.trust.workflow import ENGINE, Move, Right, Workflow
from tests.factories import NOW, MembershipFactory, make_actor, make_case
from tests.french import french  # noqa: F401

INFORMED = Right("informed", met=lambda r: r.informed, refusal="the person has not been told their rights", gate="RG01")
CHILD = Right("child", met=lambda r: r.heard, refusal="the child has not been heard", gate="RG13")
HOLD = Right("hold", met=lambda r: r.hold, refusal="no hold on removal is recorded", gate="RG05")
NOTICE = Right("notice", met=lambda r: r.notice, refusal="no notice of the decision is recorded", gate="RG07")
AGREED = Right("agreed", met=lambda r: r.agreed, refusal="the person has not agreed", gate="RG10", overridable=False)
OTHER = Right("other", met_by=lambda r, by: r.first != by.user.pk, refusal="the same person took the first step", source="CoE art. 10")

DECIDE = {INFORMED, HOLD, NOTICE, OTHER, AGREED}
# fmt: off
TABLE = Workflow("sample", start="new", moves=(
    Move("look",   "new",            "seen", {Role.FIRST_RESPONDER, Role.CASE_MANAGER}, {INFORMED, CHILD}, "art. 1"),
    Move("decide", "seen",           "done", {Role.IDENTIFICATION_AUTHORITY},           DECIDE,            "art. 2", "answer"),
    Move("stop",   ("new", "seen"),  "over", {Role.CASE_MANAGER, ENGINE},               frozenset(),       "art. 3"),
))
# fmt: on


@dataclass
class Record:
    status: str = "new"
    informed: bool = True
    heard: bool = True
    hold: bool = True
    notice: bool = True
    agreed: bool = True
    is_child: bool = False
    is_foreign: bool | None = False
    first: UUID | None = None
    pk: UUID = field(default_factory=new_id)


@pytest.mark.parametrize("step", TABLE.steps)
@pytest.mark.parametrize("status", ["new", "seen", "done", "over"])
@pytest.mark.parametrize("role", [*Role, None], ids=lambda r: str(r or "engine"))
def test_check_every_role_state_and_step_allows_only_what_a_row_allows(role, status, step):
    by = make_actor(role) if role else None
    record = Record(status=status, first=new_id())
    rows = [row for row in TABLE.moves if row.step == step]
    allowed = any((role or ENGINE) in row.who and status in row.starts for row in rows)
    if by is None and step == "decide":
        return  # the engine has no user to compare with; no row of any real table asks that of it
    if allowed:
        assert TABLE.check(record, move=step, by=by).end == rows[0].end
    else:
        with pytest.raises(Refused) as refusal:
            TABLE.check(record, move=step, by=by)
        role_only = status in rows[0].starts
        assert refusal.value.status == (403 if role_only else 409)


def test_check_wrong_role_state_and_rights_gives_every_reason_at_once():
    by = make_actor(Role.SHELTER)
    with pytest.raises(Refused) as refusal:
        TABLE.check(Record(informed=False, heard=False, is_child=True, status="done"), move="look", by=by)
    assert refusal.value.rows == ("sample.look:role", "sample.look:state", "sample.look:RG01", "sample.look:RG13")
    assert refusal.value.reasons[2:] == (INFORMED.reason, CHILD.reason)


def test_reason_of_a_gate_says_that_it_binds_the_service():
    assert INFORMED.reason == (
        "The person has not been told their rights. This binds your service, never the person: help goes on."
        " (UNTOC-TIP:6(2)(a); CoE-THB:12(1)(d); EU-2011/36:11(6); HTCDS:con_Consent)"
    )


def test_reason_of_a_gate_speaks_french(french):  # noqa: F811
    assert "Cette condition lie votre service, jamais la personne\u00a0: l’aide continue." in INFORMED.reason


def test_child_gate_leaves_an_adult_alone():
    assert TABLE.check(Record(heard=False), move="look", by=make_actor()).end == "seen"


def test_foreign_gate_with_nationality_not_recorded_warns_and_does_not_hold_up():
    record = Record(status="seen", hold=False, is_foreign=None, first=new_id())
    checked = TABLE.check(record, move="decide", by=make_actor(Role.IDENTIFICATION_AUTHORITY))
    assert checked.warnings == (HOLD,)


def test_warn_gate_goes_on_and_is_counted():
    checked = TABLE.check(Record(status="seen", notice=False, first=new_id()), move="decide", by=make_actor(Role.IDENTIFICATION_AUTHORITY))
    assert (checked.warnings, checked.codes) == ((NOTICE,), {"warnings": "RG07"})


def test_gate_takes_effect_persons_and_source_from_the_rights_file():
    assert {(r.gate, r.effect, r.applies_to) for r in (INFORMED, CHILD, HOLD, NOTICE)} == {
        ("RG01", "block", "all"),
        ("RG13", "block", "child"),
        ("RG05", "block", "foreign_national"),
        ("RG07", "warn", "all"),
    }
    assert sorted(law.gates()) == [f"RG{n:02}" for n in range(1, 29)]


def test_step_that_the_table_lacks_is_invalid():
    with pytest.raises(Invalid):
        TABLE.check(Record(), move="publish", by=make_actor())


def test_same_person_twice_is_refused():
    by = make_actor(Role.IDENTIFICATION_AUTHORITY)
    with pytest.raises(Refused) as refusal:
        TABLE.check(Record(status="seen", first=by.user.pk), move="decide", by=by)
    assert refusal.value.rows == ("sample.decide:other",)


@pytest.fixture
def signed():
    """An actor, a supervisor of the same service, a record and a waiver of RG01 for `look`."""
    actor = make_actor()
    head = make_actor(organisation_id=actor.organisation_id, organisation=None, supervisor=True)
    case = make_case(actor)
    record = Record(informed=False)
    with trust.acting(head):
        waiver = overrides.give(
            case_id=case.pk, subject_id=record.pk, workflow="sample", step="look", gates=["RG01"], reason="danger", by=head
        )
    return actor, head, record, waiver


def test_waiver_by_another_supervisor_lets_the_step_pass_once(signed):
    actor, _head, record, waiver = signed
    checked = TABLE.check(record, move="look", by=actor, override=waiver)
    assert (checked.end, checked.overridden) == ("seen", (INFORMED,))
    assert Override.objects.for_house("tests").get().used_by == actor.user
    with pytest.raises(Refused):
        TABLE.check(record, move="look", by=actor, override=waiver)


def test_waiver_of_ones_own_act_is_refused(signed):
    _actor, head, record, waiver = signed
    with pytest.raises(Refused) as refusal:
        TABLE.check(record, move="look", by=head, override=waiver)
    assert refusal.value.rows == ("sample.look:override", "sample.look:RG01")


def test_waiver_after_its_day_or_for_another_record_is_refused(signed):
    actor, _head, record, waiver = signed
    with pytest.raises(Refused):
        TABLE.check(record, move="look", by=actor.on(NOW + timedelta(hours=24)), override=waiver)
    with pytest.raises(Refused):
        TABLE.check(Record(informed=False), move="look", by=actor, override=waiver)


def test_waiver_never_lifts_role_state_or_a_persons_own_consent(signed):
    actor, _head, _record, waiver = signed
    record = Record(status="seen", agreed=False, first=new_id(), pk=waiver.subject_id)
    waiver.step, waiver.gates = "decide", ["RG10", "other"]
    with pytest.raises(Refused) as refusal:
        TABLE.check(record, move="decide", by=actor, override=waiver)
    assert refusal.value.rows == ("sample.decide:role", "sample.decide:RG10")


def test_waiver_signed_without_being_supervisor_is_refused():
    actor = make_actor()
    case = make_case(actor)
    with trust.acting(actor), pytest.raises(Refused) as refusal:
        overrides.give(case_id=case.pk, subject_id=new_id(), workflow="sample", step="look", gates=["RG01"], reason="danger", by=actor)
    assert refusal.value.status == 403


def test_waiver_of_a_supervisor_who_has_left_is_refused(signed):
    actor, _head, record, waiver = signed
    waiver.membership.ended_at = NOW
    waiver.membership.save()
    with pytest.raises(Refused):
        TABLE.check(record, move="look", by=actor, override=waiver)


def test_variant_replaces_who_and_adds_a_right_but_takes_none_away():
    changed = TABLE.variant("xx", {"look": {"who": ["health"], "add": ["RG07"], "law": "act 5"}})
    move = changed.moves[0]
    assert (move.who, move.after, move.law) == ({Role.HEALTH}, {INFORMED, CHILD, NOTICE}, "act 5")
    assert changed.moves[1:] == TABLE.moves[1:]


@pytest.mark.parametrize("rows", [{"fly": {}}, {"look": {"who": ["king"]}}, {"look": {"add": ["RG99"]}}, {"look": {"after": []}}])
def test_variant_with_an_unknown_step_role_right_or_key_is_invalid(rows):
    with pytest.raises(Invalid, match=r"^xx: sample"):
        TABLE.variant("xx", rows)


def test_right_without_source_or_test_is_our_bug():
    with pytest.raises(TypeError):
        Right("bare", met=lambda _r: True, refusal="no")
    with pytest.raises(TypeError):
        Right("none", refusal="no", source="art. 1")


def test_table_is_plain_text_in_both_languages(french):  # noqa: F811
    row = TABLE.as_table("fr")[1]
    assert "; RG05 Ne faire l'objet d'aucun éloignement" in row.after
    assert "(signalé et compté, sans bloquer)" in row.after
    assert (row.step, row.start, row.end, row.clock, row.law) == ("decide", "seen", "done", "answer", "art. 2")
    assert TABLE.as_table("en")[2].who == "Case manager, Havre itself, at the deadline"


def test_diagram_is_wellformed_deterministic_and_free_of_script_and_style():
    picture = TABLE.diagram("en")
    root = ElementTree.fromstring(picture)
    assert picture == TABLE.diagram("en")
    tags = {element.tag.split("}")[1] for element in root.iter()}
    assert tags == {"svg", "title", "g", "path", "text"}
    assert not [element for element in root.iter() if "style" in element.attrib or any(k.startswith("on") for k in element.attrib)]
    moves = [e for e in root.iter() if e.get("class") == "wf-move"]
    assert len(moves) == 4


def test_mermaid_names_every_arrow():
    assert TABLE.mermaid("en").splitlines()[-2:] == ["    new --> over : stop", "    seen --> over : stop"]


def test_membership_of_another_service_does_not_waive(signed):
    actor, _head, record, waiver = signed
    waiver.membership = MembershipFactory(user=waiver.given_by, supervisor=True)
    with pytest.raises(Refused):
        TABLE.check(record, move="look", by=actor, override=waiver)
