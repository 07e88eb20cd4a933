"""Transfer of the lead: one lead always, grants and clocks carried, and nothing at the second service before it takes it."""

import threading
from contextlib import suppress
from datetime import timedelta

import pytest
from django.db import IntegrityError, OperationalError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services
from havre.referral.models import Referral, Transfer
from havre.referral.queries import leads
from havre.register.models import Case, Person
from havre.trust import clocks
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Conflict, Grant
from havre.trust.models.accounts import job_holder
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import agree, consent_to, withdraw
from tests.pages import browser, shell  # noqa: F401
from tests.referral.houses import accepted, act, offered, stored, told

PARTS = Section.PROTECTION | Section.FACTS | Section.IDENTITY


def make_leads(at=NOW, **case):
    first, second = make_actor(Role.CASE_MANAGER, at=at), make_actor(Role.CASE_MANAGER, at=at)
    agree(first, second)
    made = make_case(first, **case)
    return first, second, made, consent_to(made, second, sections=PARTS, days=3650)


@pytest.fixture
def house():
    return make_leads()


def propose(house, **changes):
    first, second, case, _consent = house
    asked = {"second_id": second.organisation_id, "second_role": second.role, "sections": PARTS, **changes}
    return act(services.propose, first, case_id=case.pk, **asked)


def take(house, transfer, **changes):
    found = leads.open_clocks(transfer.case_id, PARTS)
    asked = {"no_conflict": True, "clocks_read": [clock.id for clock in found], **changes}
    return act(services.take_lead, house[1], transfer_id=transfer.pk, **asked)


def sees(actor, case):
    with trust.acting(actor):
        return Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def test_nothing_of_the_case_is_at_the_second_service_before_it_takes_the_lead(house):
    """SORMAS#4423: cases arrived before acceptance."""
    transfer = propose(house)
    assert (transfer.status, sees(house[1], house[2]), sees(house[0], house[2])) == ("proposed", False, True)
    assert told(house[1]) == ["lead_proposed"]
    assert clocks.due_at(clocks.latest(transfer.pk, "lead_answer")) == NOW + timedelta(days=5)


def test_lead_moves_whole_with_its_shares_and_clocks_and_the_first_service_is_out(house):
    """globaleaks#4676, #3647: nothing is lost when the work changes hands. SORMAS#8576: never two owners."""
    first, second, case, _consent = house
    shelter = make_actor(Role.SHELTER)
    agree(first, shelter)
    agree(second, shelter)
    share = accepted((first, shelter, case, consent_to(case, shelter)), sections=Section.PROTECTION)
    waiting = offered((first, second, case, consent_to(case, second, sections=PARTS)), receiver_role="case_manager", sections=Section.FACTS)
    before = {clock.id: clock.due_at for clock in leads.open_clocks(case.pk, PARTS) if clock.id}
    transfer = take(house, propose(house))
    assert (transfer.status, transfer.clocks_listed) == ("transferred", len(before))
    assert (Case.objects.for_house("tests").get(pk=case.pk).lead_id, sees(first, case), sees(second, case)) == (
        second.organisation_id, False, True,
    )  # fmt: skip
    assert (stored(share).status, stored(share).sender_id, sees(shelter, case)) == ("accepted", second.organisation_id, True)
    assert (stored(waiting).status, stored(waiting).closed_because) == ("withdrawn", "lead_moved")
    own = Grant.objects.filter(case_id=case.pk, basis="own_case", ends_at__gt=NOW)
    assert {(grant.holder.organisation_id, grant.sections) for grant in own} == {(second.organisation_id, int(PARTS | Section.CASE))}
    kept = {clock.id: clock.due_at for clock in leads.open_clocks(case.pk, PARTS)}
    ended = {clocks.latest(waiting.pk, name).pk for name in ("acknowledge", "answer")}
    assert {pk: due for pk, due in before.items() if pk not in ended} == {pk: due for pk, due in kept.items() if pk in before}
    with trust.acting(second):
        services.hand_over(transfer_id=transfer.pk, by=second)
    assert clocks.state(clocks.latest(transfer.pk, "hand_over")) == "ended"


def test_case_has_one_open_proposal_by_the_database_too(house):
    transfer = propose(house)
    with pytest.raises(Refused):
        propose(house)
    again = Transfer(
        case=house[2], first_id=house[0].organisation_id, second_id=house[1].organisation_id, second_role="case_manager",
        sections=1, persons=1, age_band="18-24", proposed_at=NOW, proposed_by=house[0].user,
    )  # fmt: skip
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save(force_insert=True)
    assert stored(transfer).status == "proposed"


def test_two_who_answer_at_once_one_wins_and_the_other_is_told_so(house):
    transfer = propose(house)
    take(house, transfer)
    for late in (lambda: take(house, transfer), lambda: act(services.refuse_lead, house[1], transfer_id=transfer.pk, reason="full")):
        with pytest.raises(Refused) as refusal:
            late()
        assert "Transferred" in str(refusal.value.reasons[0])
    assert Grant.objects.filter(case_id=house[2].pk, basis="own_case", ends_at__gt=NOW).count() == 2


def test_lead_that_moved_meanwhile_is_not_taken(house):
    transfer = propose(house)
    Case.objects.for_house("tests").filter(pk=house[2].pk).update(lead_id=make_actor().organisation_id)
    with pytest.raises(Refused):
        take(house, transfer)


def test_period_added_after_the_list_was_read_is_shown_before_the_lead_moves(house):
    transfer = propose(house)
    shelter = make_actor(Role.SHELTER)
    agree(house[0], shelter)
    offered((house[0], shelter, house[2], consent_to(house[2], shelter)), sections=Section.PROTECTION)
    with pytest.raises(Refused) as refusal:
        take(house, transfer, clocks_read=[])
    assert refusal.value.rows == ("transfer.accept:clocks_read",)
    assert take(house, transfer).clocks_listed == 2


@pytest.mark.parametrize(
    "spoil", [{"state": "refused"}, {"sections": int(Section.PROTECTION)}, {"purpose": "identification"}, {"ends_at": NOW}]
)
def test_lead_needs_the_consent_of_the_person(house, spoil):
    type(house[3]).objects.for_house("tests").filter(pk=house[3].pk).update(**spoil)
    with pytest.raises(Refused) as refusal:
        propose(house)
    assert refusal.value.rows == ("transfer.propose:RG14",)


def test_lead_of_a_case_with_two_persons_needs_both_to_agree(house):
    Person(case=house[2], gender="Male", age_on_opening=30).save(force_insert=True)
    with pytest.raises(Refused):
        propose(house)


def test_lead_of_a_childs_case_needs_best_interests_views_and_guardian():
    house = make_leads(age=15)
    with pytest.raises(Refused) as refusal:
        propose(house)
    assert refusal.value.rows == ("transfer.propose:RG13",)
    assert propose(house, best_interests_at=NOW, child_heard_at=NOW, guardian_named_at=NOW).age_band == "child"


def test_conflict_of_interest_makes_the_proposal_absent_and_the_lead_stay(house):
    """cht-core#6660: the subject of a report must not receive it."""
    transfer = propose(house)
    Conflict.objects.create(case_id=house[2].pk, holder=job_holder(house[1].organisation_id, house[1].role), reason="named")
    with pytest.raises(Missing):
        take(house, transfer)
    assert Case.objects.for_house("tests").get(pk=house[2].pk).lead_id == house[0].organisation_id


def test_refusal_needs_a_listed_reason_and_the_lead_stays(house):
    transfer = propose(house)
    with pytest.raises(Refused) as refusal:
        act(services.refuse_lead, house[1], transfer_id=transfer.pk, reason="nationality")
    assert refusal.value.rows == ("transfer.refuse:RG28",)
    act(services.refuse_lead, house[1], transfer_id=transfer.pk, reason="full")
    assert (stored(transfer).status, stored(transfer).kept_because, told(house[0])) == ("held", "full", ["lead_kept"])
    assert sees(house[0], house[2])
    assert propose(house).status == "proposed"


def test_proposal_without_an_answer_lapses_is_taken_back_or_ends_with_the_consent(house):
    lapsed = propose(house)
    services.expire(NOW + timedelta(days=5))
    assert (stored(lapsed).status, stored(lapsed).kept_because) == ("held", "no_answer")
    back = propose(house)
    act(services.take_back, house[0], transfer_id=back.pk)
    last = propose(house)
    withdraw(house[3], at=NOW, by=house[0])
    assert (stored(back).kept_because, stored(last).kept_because) == ("taken_back", "consent_withdrawn")
    assert told(house[1])[-1] == "closed"


@pytest.mark.django_db(transaction=True, databases="__all__")
def test_lead_that_is_taken_while_its_deadline_passes_ends_in_one_place(house):
    """The worker has read the proposal; before it writes, the second service takes the lead, on a connection of its own."""
    transfer, answers = propose(house), []

    def take_now():
        try:
            answers.append(take(house, transfer).status)
        except (Refused, OperationalError) as error:
            answers.append(type(error).__name__)
        finally:
            connections.close_all()

    other = threading.Thread(target=take_now)

    def between(execute, sql, *rest):
        found = execute(sql, *rest)
        if not other.ident and sql.startswith("SELECT") and "referral_transfer" in sql:
            other.start()
            other.join(2)
        return found

    with suppress(OperationalError), connection.execute_wrapper(between):
        services.lapse(transfer.pk, at=NOW + timedelta(days=5))
    other.join(30)
    lead = Case.objects.for_house("tests").get(pk=house[2].pk).lead_id
    ends = {"held": ("Refused", house[0].organisation_id), "transferred": ("transferred", house[1].organisation_id)}
    assert (answers[0], lead) == ends[stored(transfer).status]


def test_lead_goes_to_another_service_and_a_role_that_leads_only(house):
    for wrong in ({"second_role": "prosecutor"}, {"second_id": house[0].organisation_id}):
        with pytest.raises(Invalid):
            propose(house, **wrong)
    stranger = make_actor()
    with trust.acting(stranger), pytest.raises(Missing):
        services.propose(case_id=house[2].pk, second_id=house[1].organisation_id, second_role="case_manager", sections=PARTS, by=stranger)


@pytest.mark.usefixtures("shell")
def test_pages_propose_show_the_open_periods_and_hand_over():
    """community.primero.org/t/156: after a transfer the sender saw nothing. Here the state stays, if the person agrees."""
    house = make_leads(at=timezone.now())
    first, second, case, _consent = house
    told_here = {
        "second": second.organisation_id,
        "second_role": "case_manager",
        "sections": [int(Section.PROTECTION)],
        "status_agreed": "on",
    }
    client, other = browser(first), browser(second)
    form = reverse("referral:lead", args=[case.pk])
    assert client.get(form).status_code == 200
    where = client.post(form, told_here).headers["Location"]
    assert client.post(form, told_here).status_code == 409
    shown = other.get(where).content.decode()
    assert ("18 to 24" in shown, case.ref in shown, str(case.pk) in shown) == (True, False, False)
    assert browser(make_actor(at=timezone.now())).get(where).status_code == 404
    assert other.post(where, {"step": "accept"}).status_code == 409
    assert other.post(where, {"step": "accept", "no_conflict": "on"}).status_code == 302
    assert case.ref in other.get(where).content.decode()
    assert other.post(where, {"step": "hand_over"}).status_code == 302
    kept = client.get(where).content.decode()
    assert ("Transferred" in kept, case.ref in kept, "18 to 24" in kept) == (True, False, False)
    assert client.get(reverse("case", args=[case.ref])).status_code == 404
    Transfer.objects.for_house("tests").update(status_agreed=False)
    assert client.get(where).status_code == 404
    listed = client.get(reverse("referral:leads")).content.decode()
    assert Transfer.objects.for_house("tests").get().number not in listed
    assert Referral.objects.for_house("tests").count() == 0
