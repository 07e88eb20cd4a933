"""Justice by its services: a pseudonym, counted interviews, non-punishment, and money that is actually paid."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from havre import trust
from havre.justice import services
from havre.justice.models import CompensationClaim, Proceeding
from havre.trust import clocks, policy
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import person_of

OPEN = {"against": "trafficker", "measures": ["no_contact"], "lawyer_at": NOW, "threats_assessed_at": NOW}


@pytest.fixture
def case():
    return make_case(make_actor())


def justice(role, case):
    actor = make_actor(role)
    give_to(actor, case, basis=Basis.LEGAL_DUTY)
    return actor


def opened(case, by=None, **changes):
    by = by or justice(Role.INVESTIGATOR, case)
    with trust.acting(by):
        return services.open_proceeding(case_id=case.pk, person_id=person_of(case).pk, record={**OPEN, **changes}, by=by)


def take(found, step, by, **record):
    with trust.acting(by):
        return services.move(proceeding_id=found.pk, step=step, by=by, record=record)


def test_pseudonym_is_fresh_and_made_from_nothing_of_the_case(case):
    first, second = opened(case), opened(case)
    assert first.pseudonym != second.pseudonym
    for told in (case.ref, str(case.pk), str(person_of(case).pk)):
        assert first.pseudonym not in told
        assert not set(told.split("-")) & set(first.pseudonym.split("-"))


def test_open_without_measures_is_refused_and_without_lawyer_is_counted(case):
    with pytest.raises(Refused) as refusal:
        opened(case, measures=[])
    assert refusal.value.rows == ("proceeding.open:RG17",)
    assert opened(case, lawyer_at=None).status == "inquiry"


def test_second_interview_needs_its_own_reason_each_time(case):
    by = justice(Role.INVESTIGATOR, case)
    found = opened(case, by)
    take(found, "interview", by, informed_at=NOW, language="eng", privacy_confirmed=True)
    with pytest.raises(Refused) as refusal:
        take(found, "interview", by)
    assert refusal.value.rows == ("proceeding.interview:RG19",)
    assert take(found, "interview", by, repeat_justified=True).interviews == 2
    with pytest.raises(Refused):
        take(found, "interview", by)


def test_charging_a_person_without_a_lawyer_starts_the_alert_and_a_lawyer_ends_it(case):
    found, prosecutor = opened(case, against="person", lawyer_at=None), justice(Role.PROSECUTOR, case)
    take(found, "charge_person", prosecutor, nexus="none", nexus_assessed_at=NOW)
    clock = clocks.latest(found.pk, "lawyer")
    assert clocks.due_at(clock) == NOW + timedelta(hours=24)
    with trust.acting(prosecutor):
        services.protect(proceeding_id=found.pk, record={"lawyer_at": NOW}, by=prosecutor)
    assert clocks.state(clock) == "ended"


def test_request_for_non_punishment_is_answered_by_dropping_or_with_reasons(case):
    found, prosecutor, lawyer = opened(case, against="person"), justice(Role.PROSECUTOR, case), justice(Role.LEGAL_AID, case)
    take(found, "charge_person", prosecutor, nexus="none", nexus_assessed_at=NOW)
    take(found, "ask_non_punishment", lawyer)
    with pytest.raises(Refused):
        take(found, "maintain", prosecutor)
    assert take(found, "maintain", prosecutor, non_punishment="maintained").status == "charged"
    take(found, "ask_non_punishment", lawyer)
    done = take(found, "drop", prosecutor, nexus="direct", nexus_assessed_at=NOW, close_reason="dropped")
    assert (done.status, done.non_punishment, done.closed_at) == ("closed", "dropped", NOW)


def test_database_holds_no_trial_of_a_person_for_a_direct_result_of_trafficking(case):
    found = opened(case, against="person")
    with pytest.raises(IntegrityError), transaction.atomic():
        Proceeding.objects.for_house("tests").filter(pk=found.pk).update(status="tried", nexus="direct", nexus_assessed_at=NOW)


def test_proceeding_runs_from_inquiry_to_its_end(case):
    found, prosecutor, lawyer = opened(case), justice(Role.PROSECUTOR, case), justice(Role.LEGAL_AID, case)
    take(found, "charge", prosecutor)
    with pytest.raises(Refused) as refusal:
        take(found, "hear", prosecutor)
    assert refusal.value.rows == ("proceeding.hear:RG17",)
    take(found, "hear", prosecutor, hearing_mode="closed")
    take(found, "judge", prosecutor, verdict="convicted")
    take(found, "appeal", lawyer)
    take(found, "judge_appeal", prosecutor, verdict="convicted_lesser")
    assert take(found, "close", prosecutor, close_reason="final").status == "closed"


@pytest.mark.parametrize("record", [{"pseudonym": "Ama"}, {"measures": ["shelter address"]}, {"against": "someone"}])
def test_record_that_cannot_be_is_invalid(case, record):
    with pytest.raises(Invalid):
        opened(case, **record)


@pytest.mark.parametrize("iccs", ["", "TIP", "0204123"])
def test_charge_needs_an_iccs_code(case, iccs):
    by = justice(Role.INVESTIGATOR, case)
    found = opened(case, by)
    with trust.acting(by):
        with pytest.raises(Invalid):
            services.add_charge(proceeding_id=found.pk, iccs=iccs, article="s. 1", by=by)
        assert services.add_charge(proceeding_id=found.pk, iccs="02042", article="s. 1", by=by).iccs == "02042"


def test_proceeding_is_missing_for_care_roles_without_consent(case):
    found, worker = opened(case), make_actor(Role.CASE_MANAGER)
    give_to(worker, case, basis=Basis.LEGAL_DUTY)
    with trust.acting(worker), pytest.raises(Missing):
        services.move(proceeding_id=found.pk, step="close", by=worker)


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.PROSECUTOR, Role.COMPENSATION_FUND, Role.LABOUR_INSPECTOR])
@pytest.mark.parametrize("basis", list(Basis))
def test_justice_never_reads_whereabouts_on_any_basis(case, role, basis):
    actor = make_actor(role)
    give_to(actor, case, basis=basis)
    for act in (Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE):
        for person in (None, person_of(case).pk):
            assert not policy.decide(actor, act, Section.WHEREABOUTS, case.pk, person_id=person).allowed


def test_claim_goes_from_telling_to_full_payment(case):
    lawyer, fund = justice(Role.LEGAL_AID, case), justice(Role.COMPENSATION_FUND, case)
    with trust.acting(lawyer):
        claim = services.inform(case_id=case.pk, person_id=person_of(case).pk, language="eng", by=lawyer)
        with pytest.raises(Refused) as refusal:
            services.move_claim(claim_id=claim.pk, step="claim", by=lawyer)
        assert refusal.value.rows == ("claim.claim:RG10",)
        with pytest.raises(Invalid):
            services.move_claim(claim_id=claim.pk, step="claim", record={"wanted_at": NOW, "claimed": Decimal(900)}, by=lawyer)
        money = {"wanted_at": NOW, "claimed": Decimal(900), "currency": "GHS", "kind": "fund"}
        services.move_claim(claim_id=claim.pk, step="claim", record=money, by=lawyer)
    with trust.acting(fund):
        services.move_claim(claim_id=claim.pk, step="award", record={"awarded": Decimal(700)}, by=fund)
        assert clocks.due_at(clocks.latest(claim.pk, "enforce")) == NOW + timedelta(days=30)
        with pytest.raises(Refused):
            services.move_claim(claim_id=claim.pk, step="pay", by=fund)
        services.move_claim(claim_id=claim.pk, step="pay_part", record={"paid": Decimal(200)}, by=fund)
        assert clocks.state(clocks.latest(claim.pk, "enforce")) == "running"
        services.move_claim(claim_id=claim.pk, step="pay", record={"paid": Decimal(700)}, by=fund)
    assert CompensationClaim.objects.for_house("tests").get().status == "paid"
    assert clocks.state(clocks.latest(claim.pk, "enforce")) == "ended"
