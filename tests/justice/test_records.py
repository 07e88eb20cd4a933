"""What hangs on a proceeding, by its services: suspects, hearings, assets, requests abroad, links."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from havre import trust
from havre.justice import drawing, services
from havre.justice.models import Asset, Hearing, LinkNode, Sentence
from havre.justice.services import linking, records
from havre.trust import clocks
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from tests.factories import NOW
from tests.factories_casework import person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.justice.acting import add, hearing, justice, opened, step


def test_suspects_have_charges_verdicts_and_penalties_of_their_own(proceeding, police, prosecutor):
    one = add("suspects", proceeding, police, kind="natural", role="recruiter", file_number="CR/12/2026")
    firm = add("suspects", proceeding, police, kind="legal", role="exploiter")
    assert one.pseudonym != firm.pseudonym and one.pseudonym.startswith("S-")
    with pytest.raises(Refused) as refusal:
        step("suspects", one, "indict", prosecutor)
    assert refusal.value.rows == ("suspect.indict:has_charge",)
    with trust.acting(prosecutor):
        charges = [
            services.add_charge(proceeding_id=proceeding.pk, iccs="02042", article="s. 1", suspect_id=who.pk, by=prosecutor)
            for who in (one, firm)
        ]
        with pytest.raises(Invalid):
            services.add_charge(proceeding_id=proceeding.pk, iccs="02042", article="s. 1", suspect_id=one.pk, by=prosecutor)
    for who in (one, firm):
        step("suspects", who, "indict", prosecutor)
    with pytest.raises(Refused):
        step("suspects", one, "convict", prosecutor)
    prison = {"kind": "imprisonment", "months": 60}
    with trust.acting(prosecutor):
        with pytest.raises(Invalid):
            records.sentence(charge_id=charges[0].pk, record=dict(prison), by=prosecutor)
        records.decide_charge(charge_id=charges[0].pk, verdict="convicted", by=prosecutor)
        records.decide_charge(charge_id=charges[1].pk, verdict="acquitted", by=prosecutor)
        records.sentence(charge_id=charges[0].pk, record=dict(prison), by=prosecutor)
        with pytest.raises(Invalid):
            records.sentence(charge_id=charges[0].pk, record={"kind": "fine"}, by=prosecutor)
    assert step("suspects", one, "convict", prosecutor).status == "found_guilty"
    assert step("suspects", firm, "acquit", prosecutor).status == "found_innocent"
    assert step("suspects", one, "appeal", prosecutor).status == "indicted"
    assert Sentence.objects.for_house("tests").get().months == 60


def test_verdict_is_the_prosecutions_to_record(proceeding, police):
    with trust.acting(police):
        charge = services.add_charge(proceeding_id=proceeding.pk, iccs="02042", article="s. 1", by=police)
        with pytest.raises(Refused) as refusal:
            records.decide_charge(charge_id=charge.pk, verdict="convicted", by=police)
    assert refusal.value.status == 403


def test_database_holds_no_prison_without_its_length(proceeding, police):
    with trust.acting(police):
        charge = services.add_charge(proceeding_id=proceeding.pk, iccs="02042", article="s. 1", by=police)
    row = Sentence(case_id=charge.case_id, proceeding=proceeding, charge=charge, kind="imprisonment", imposed_on=NOW.date(), by=police.user)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_person_is_heard_only_with_mode_and_measures(proceeding, police, prosecutor):
    with pytest.raises(Refused) as refusal:
        add("hearings", proceeding, police, **hearing(person_heard=True))
    assert refusal.value.rows == ("hearing.schedule:RG17",)
    found = add("hearings", proceeding, police, **hearing(person_heard=True, mode="remote", measures=["screen_or_video"]))
    with pytest.raises(Refused) as refusal:
        step("hearings", found, "adjourn", prosecutor)
    assert refusal.value.rows == ("hearing.adjourn:says_why",)
    assert step("hearings", found, "adjourn", prosecutor, adjourned_because="no_interpreter").status == "adjourned"
    assert Hearing.objects.for_house("tests").get().adjourned_because == "no_interpreter"


def test_asset_is_frozen_confiscated_and_pays_a_claim(proceeding, police, prosecutor, case):
    found = add("assets", proceeding, police, kind="vehicle", amount=Decimal(9000), currency="GHS")
    step("assets", found, "freeze", prosecutor)
    step("assets", found, "confiscate", prosecutor)
    with pytest.raises(Refused) as refusal:
        step("assets", found, "assign", prosecutor)
    assert refusal.value.rows == ("asset.assign:for_claim",)
    with trust.acting(prosecutor):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="criminal", by=prosecutor)
    assert step("assets", found, "assign", prosecutor, claim=str(claim.pk)).claim_id == claim.pk
    assert Asset.objects.for_house("tests").get().frozen_on == NOW.date()


def test_row_of_another_proceeding_is_missing(case, proceeding, police):
    other = opened(case, police)
    stranger = add("suspects", other, police, kind="natural", role="money")
    with pytest.raises(Missing):
        add("assets", proceeding, police, kind="vehicle", amount=Decimal(1), currency="GHS", suspect=str(stranger.pk))


def test_request_abroad_is_sent_answered_and_a_joint_team_is_begun_and_ended(proceeding, police, prosecutor):
    asked = add("assistance", proceeding, police, kind="records", basis="untoc", country="NG")
    sent = step("assistance", asked, "send", prosecutor)
    assert (sent.sent_on, sent.answer_by) == (NOW.date(), (NOW + timedelta(days=90)).date())
    step("assistance", asked, "answer_part", police)
    assert step("assistance", asked, "answer", police).answered_on == NOW.date()
    assert clocks.state(clocks.latest(asked.pk, "assistance_answer")) == "ended"
    team = add("assistance", proceeding, police, kind="joint_team", basis="bilateral", country="TG")
    step("assistance", team, "send", prosecutor)
    with pytest.raises(Refused):
        step("assistance", team, "answer", police)
    with pytest.raises(Refused) as refusal:
        step("assistance", team, "begin_team", prosecutor)
    assert refusal.value.rows == ("assistance_abroad.begin_team:a_team",)
    step("assistance", team, "begin_team", prosecutor, until=(NOW + timedelta(days=365)).date())
    assert step("assistance", team, "end_team", prosecutor).status == "team_ended"


def node(proceeding, by, kind="phone_node", words="+233 00 000 0001", **more):
    with trust.acting(by):
        return linking.add_node(proceeding_id=proceeding.pk, kind=kind, words=words, by=by, **more)


@pytest.mark.usefixtures("unlocked")
def test_link_is_corroborated_from_another_origin_only(proceeding, police):
    suspect = add("suspects", proceeding, police, kind="natural", role="recruiter")
    first, second = node(proceeding, police, words="", suspect_id=suspect.pk), node(proceeding, police)
    link = {"kind": "uses", "first": str(first.pk), "second": str(second.pk), "origin": "testimony", "seen_on": NOW.date()}
    found = add("links", proceeding, police, **link)
    for origin in ({}, {"second_origin": "testimony"}):
        with pytest.raises(Refused) as refusal:
            step("links", found, "corroborate", police, **origin)
        assert refusal.value.rows == ("sourced_link.corroborate:other_origin",)
    assert step("links", found, "corroborate", police, second_origin="traffic_data").status == "corroborated"
    assert step("links", found, "refute", police).status == "refuted"


@pytest.mark.usefixtures("unlocked")
def test_words_of_a_node_are_sealed_and_no_column_leads_to_a_person(proceeding, police):
    made = node(proceeding, police, words="Golden Example Company")
    assert "Golden" not in str(LinkNode.objects.for_house("tests").filter(pk=made.pk).values().get())
    fields = {one.related_model._meta.label for one in LinkNode._meta.get_fields() if one.is_relation and one.concrete}
    assert fields == {"register.Case", "justice.Proceeding", "trust.User", "justice.Suspect"}
    with pytest.raises(Invalid):
        node(proceeding, police, words="")


@pytest.mark.parametrize("role", [Role.LEGAL_AID, Role.COMPENSATION_FUND])
def test_link_view_is_the_investigations_own(case, proceeding, role):
    with pytest.raises(Missing):
        node(proceeding, justice(role, case))


def test_drawing_leaves_out_what_is_refuted_and_escapes_words():
    places = [(trust.ids.new_id(), "<b>S-1</b>"), (trust.ids.new_id(), "phone")]
    link = SimpleNamespace(first_id=places[0][0], second_id=places[1][0], status="asserted")
    drawn = drawing.svg(places, [link, SimpleNamespace(**{**vars(link), "status": "refuted"})])
    assert drawn.count("<path") == 1 and "<b>" not in drawn and "style" not in drawn and "script" not in drawn
