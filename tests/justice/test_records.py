"""What hangs on a proceeding, by its services: custody with both sides, non-punishment, suspects, hearings, assets, abroad, links, claims."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from havre import trust
from havre.justice import drawing, queries, services
from havre.justice.models import Asset, Custody, Exhibit, Hearing, LinkNode, NonPunishmentRequest, Proceeding, Sentence
from havre.justice.services import custody, linking, records
from havre.justice.wages import Rate, Stretch
from havre.trust import clocks
from havre.trust.enums import Basis, Role
from havre.trust.errors import Invalid, Missing, Refused
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import person_of
from tests.factories_vault import unlocked  # noqa: F401

OPEN = {"against": "trafficker", "measures": ["no_contact"], "lawyer_at": NOW, "threats_assessed_at": NOW}


@pytest.fixture
def case():
    return make_case(make_actor())


def justice(role, case, **fields):
    actor = make_actor(role, **fields)
    give_to(actor, case, basis=Basis.LEGAL_DUTY)
    return actor


def opened(case, by, **changes):
    with trust.acting(by):
        return services.open_proceeding(case_id=case.pk, person_id=person_of(case).pk, record={**OPEN, **changes}, by=by)


def later(actor, **time):
    return replace(actor, at=actor.at + timedelta(**time), factor_at=actor.at + timedelta(**time))


def add(code, proceeding, by, /, **record):
    with trust.acting(by):
        return records.add(kind=code, proceeding_id=proceeding.pk, record=record, by=by)


def step(code, row, name, by, /, **record):
    with trust.acting(by):
        return records.step(kind=code, record_id=row.pk, step=name, record=record, by=by)


@pytest.fixture
def police(case):
    return justice(Role.INVESTIGATOR, case)


@pytest.fixture
def prosecutor(case):
    return justice(Role.PROSECUTOR, case)


@pytest.fixture
def proceeding(case, police):
    return opened(case, police)


PAPER = {"kind": "paper", "source": "from_search", "taken_at": NOW - timedelta(hours=3), "seal_number": "GH-0001"}


def chain_of(row):
    return list(Custody.objects.for_house("tests").filter(exhibit=row).order_by("number"))


def test_exhibit_goes_from_hand_to_hand_only_when_both_sides_say_so(proceeding, police, prosecutor):
    found = add("exhibits", proceeding, police, **PAPER)
    with pytest.raises(Refused) as refusal:
        step("exhibits", found, "hand_over", police)
    assert refusal.value.rows == ("exhibit.hand_over:to_whom",)
    step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id))
    # the giver does not receive for the other side, and until the other side has, the giver is the holder
    with pytest.raises(Refused) as refusal:
        step("exhibits", found, "receive", police)
    assert "exhibit.receive:other_side" in refusal.value.rows
    assert [link.organisation_id for link in chain_of(found)] == [police.organisation_id]
    done = step("exhibits", found, "receive", later(prosecutor, minutes=30), seal_whole=True)
    first, second = chain_of(found)
    assert done.status == "in_custody"
    assert (first.ends_at, second.starts_at, second.organisation_id) == (NOW, NOW + timedelta(minutes=30), prosecutor.organisation_id)
    assert custody.gaps([first, second]) == []
    with pytest.raises(Refused) as refusal:
        step("exhibits", found, "hand_over", later(police, hours=1), offered_to=str(prosecutor.organisation_id))
    assert "exhibit.hand_over:holds" in refusal.value.rows


def test_night_between_giving_and_taking_and_a_broken_seal_are_shown_as_a_gap(proceeding, police, prosecutor):
    found = add("exhibits", proceeding, police, **PAPER)
    step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id))
    step("exhibits", found, "receive", later(prosecutor, hours=14), seal_whole=False)
    (gap,) = custody.gaps(chain_of(found))
    assert (gap.number, gap.lasted, gap.seal_broken) == (2, timedelta(hours=14), True)


def test_what_was_not_received_is_taken_back(proceeding, police, prosecutor):
    found = add("exhibits", proceeding, police, **PAPER)
    step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id))
    assert step("exhibits", found, "take_back", police).status == "in_custody"
    assert chain_of(found)[0].offered_to_id is None


@pytest.mark.parametrize(
    ("record", "field"),
    [
        ({"kind": "data_copy"}, "sha256"),
        ({"sha256": "abc"}, "sha256"),
        ({"taken_at": NOW + timedelta(hours=1)}, "taken_at"),
        ({"seal_number": "on the shelf"}, "seal_number"),
        ({"kind": ""}, "kind"),
        ({"shelter": "x"}, "shelter"),
    ],
)
def test_exhibit_that_cannot_be_is_invalid(proceeding, police, record, field):
    with pytest.raises(Invalid) as invalid:
        add("exhibits", proceeding, police, **{**PAPER, **record})
    assert field in invalid.value.problems
    assert not Exhibit.objects.for_house("tests").exists()


@pytest.mark.parametrize("moment", [NOW + timedelta(days=1), NOW - timedelta(days=1)])
def test_hand_over_before_it_was_held_or_in_the_future_is_invalid(proceeding, police, prosecutor, moment):
    found = add("exhibits", proceeding, police, **PAPER)
    with pytest.raises(Invalid):
        step("exhibits", found, "hand_over", police, offered_to=str(prosecutor.organisation_id), given_at=moment)


def test_database_holds_no_two_holders_of_one_exhibit(proceeding, police):
    found = add("exhibits", proceeding, police, **PAPER)
    (link,) = chain_of(found)
    twice = Custody(case_id=found.case_id, exhibit=found, number=2, organisation_id=link.organisation_id, keeper=police.user, starts_at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        twice.save(force_insert=True)


@given(st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 5000)), min_size=1, max_size=8))
@settings(max_examples=60, deadline=None)
def test_gaps_are_the_times_between_holders_and_nothing_else(pairs):
    at, chain = NOW, []
    expected = 0
    for number, (pause, held) in enumerate(pairs, 1):
        at += timedelta(minutes=pause)
        expected += number > 1 and pause > 60
        chain.append(SimpleNamespace(number=number, starts_at=at, ends_at=at + timedelta(minutes=held), seal_whole=None))
        at += timedelta(minutes=held)
    assert len(custody.gaps(reversed(chain))) == expected


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


def hearing(days=10, **more):
    return {"starts_at": NOW + timedelta(days=days), "court": "first_instance", "purpose": "trial_day", **more}


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


@pytest.fixture
def charged(case, police, prosecutor):
    found = opened(case, police, against="person")
    with trust.acting(prosecutor):
        services.move(
            proceeding_id=found.pk, step="charge_person", record={"nexus": "none", "nexus_assessed_at": NOW}, by=prosecutor
        )  # fmt: skip
    return found


def told(actor):
    with trust.acting(actor):
        return [str(one.title) for one in queries.waiting(actor) if one.urgent]


def test_flag_alerts_lawyer_and_prosecutor_on_the_same_day(case, charged, police, prosecutor):
    lawyer = justice(Role.LEGAL_AID, case)
    found = add("requests", charged, police, ground="compelled")
    clock = clocks.latest(found.pk, "alert")
    assert clocks.due_at(clock) == NOW + timedelta(hours=24)
    assert [any("look at it today" in line for line in told(who)) for who in (lawyer, prosecutor, police)] == [True, True, False]
    step("requests", found, "ask", lawyer)
    assert not any("look at it today" in line for line in told(lawyer))
    assert any("answer the request" in line for line in told(prosecutor))
    step("requests", found, "refuse", prosecutor, kept_because="no_link")
    assert clocks.state(clock) == "ended"


def test_answer_is_owed_before_the_next_hearing_which_waits_for_it(case, charged, police, prosecutor):
    lawyer = justice(Role.LEGAL_AID, case)
    day = add("hearings", charged, police, **hearing(days=6))
    found = step("requests", add("requests", charged, police, ground="compelled"), "ask", lawyer)
    assert found.answer_by == (NOW + timedelta(days=5)).date()
    with pytest.raises(Refused) as refusal:
        step("hearings", day, "hold", prosecutor)
    assert refusal.value.rows == ("hearing.hold:no_open_request",)
    step("requests", found, "refuse", prosecutor, kept_because="no_link")
    assert step("hearings", day, "hold", prosecutor).status == "held"


def test_without_a_hearing_the_answer_is_owed_in_14_days(case, charged, police):
    found = step("requests", add("requests", charged, police, ground="child"), "ask", justice(Role.LEGAL_AID, case))
    assert found.answer_by == (NOW + timedelta(days=14)).date()


def test_refusal_needs_its_reason_and_a_review_another_person(case, charged, police, prosecutor):
    lawyer = justice(Role.LEGAL_AID, case)
    found = step("requests", add("requests", charged, police, ground="compelled"), "ask", lawyer)
    with pytest.raises(Refused) as refusal:
        step("requests", found, "refuse", prosecutor)
    assert refusal.value.rows == ("non_punishment.refuse:kept_why",)
    step("requests", found, "refuse", prosecutor, kept_because="no_link")
    step("requests", found, "ask_review", lawyer)
    for name in ("uphold", "grant"):
        with pytest.raises(Refused) as refusal:
            step("requests", found, name, prosecutor)
        assert refusal.value.rows == (f"non_punishment.{name}:another",)
    second = justice(Role.PROSECUTOR, case)
    done = step("requests", found, "grant", second)
    assert (done.status, done.reviewed_by_id) == ("charge_dropped", second.user.pk)
    closed = Proceeding.objects.for_house("tests").get(pk=charged.pk)
    assert (closed.status, closed.non_punishment, closed.close_reason) == ("closed", "dropped", "dropped")


def test_person_is_flagged_only_in_a_proceeding_against_them_and_once(proceeding, charged, police):
    with pytest.raises(Refused) as refusal:
        add("requests", proceeding, police, ground="compelled")
    assert refusal.value.rows == ("non_punishment.flag:against_person_too",)
    add("requests", charged, police, ground="compelled")
    with pytest.raises(IntegrityError), transaction.atomic():
        NonPunishmentRequest(
            case_id=charged.case_id, proceeding=charged, ground="child", flagged_at=NOW, by=police.user
        ).save(force_insert=True)  # fmt: skip


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


def test_each_route_to_compensation_is_a_claim_of_its_own(case):
    lawyer = justice(Role.LEGAL_AID, case)
    place = {"case_id": case.pk, "person_id": person_of(case).pk, "language": "eng", "by": lawyer}
    with trust.acting(lawyer):
        made = [services.inform(**place, kind=kind) for kind in ("criminal", "civil", "fund")]
        with pytest.raises(Invalid) as invalid:
            services.inform(**place, kind="fund")
    assert len({one.pk for one in made}) == 3
    assert list(invalid.value.problems) == ["kind"]


def test_last_day_to_claim_runs_as_a_clock_and_is_told_before_it_ends(case):
    lawyer = justice(Role.LEGAL_AID, case)
    place = {"case_id": case.pk, "person_id": person_of(case).pk, "language": "eng", "by": lawyer}
    with trust.acting(lawyer):
        with pytest.raises(Invalid):
            services.inform(**place, kind="civil", limitation_on=NOW.date())
        claim = services.inform(**place, kind="civil", limitation_on=(NOW + timedelta(days=40)).date())
    clock = clocks.latest(claim.pk, "limitation")
    assert clocks.due_at(clock).date() == claim.limitation_on
    assert any(claim.pseudonym in line and "last day" in line for line in told(lawyer))
    with trust.acting(lawyer):
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    assert clocks.state(clock) == "ended"


@pytest.mark.parametrize(("days", "said"), [(29, None), (31, 30), (91, 90), (200, 180)])
def test_award_that_is_not_paid_is_told_after_30_90_and_180_days(case, days, said):
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="fund", by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="award", record={"awarded": Decimal(700)}, by=fund)
    assert [clocks.due_at(clocks.latest(claim.pk, name)) for name in ("enforce", "enforce_90", "enforce_180")] == [
        NOW + timedelta(days=limit) for limit in (30, 90, 180)
    ]
    reader = later(lawyer, days=days)
    with trust.acting(reader):
        lines = [str(one.title) for one in queries.waiting(reader) if "not paid" in str(one.title)]
    assert [f"{said} days" in line for line in lines] == ([True] if said else [])


def test_reckoning_is_kept_with_its_steps(case):
    from havre.justice.services import lost_wages

    lawyer = justice(Role.LEGAL_AID, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", kind="wages", by=lawyer)
        work = Stretch(NOW.date(), NOW.date() + timedelta(days=6), 6, Decimal(48), Decimal(0), agreed=Rate(Decimal(5), "hour"))
        made = lost_wages.keep(claim_id=claim.pk, stretches=[work], currency="GHS", by=lawyer)
    assert (made.total, made.steps[0]["code"], made.steps[0]["amount"]) == (Decimal("240.00"), "base_agreed", "240.00")
