"""Asking for more, several persons, urgency, reminders, escalation, withdrawal and its proof: each complaint by its name."""

from datetime import timedelta

import pytest

from havre import trust
from havre.referral import queries, services
from havre.referral.models import Notice, Referral
from havre.register import services as register
from havre.register.models import Consent
from havre.trust import clocks
from havre.trust.enums import Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.models import Grant, Seal
from havre.trust.models.audit import ActRow
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of, withdraw
from tests.referral.houses import accepted, act, make_house, offered, stored, told

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def house():
    return make_house()


def ask(house, referral, *, section=Section.IDENTITY, reason="safety"):
    return act(services.ask, house[1], referral_id=referral.pk, section=section, reason=reason)


def consent_for(house, sections):
    _sender, receiver, case, _consent = house
    return consent_to(case, receiver, sections=sections, days=20)


def open_now(house, section, at=NOW):
    receiver, case = house[1].on(at), house[2]
    held = Grant.objects.filter(case_id=case.pk, holder_id=receiver.holder_id, starts_at__lte=at, ends_at__gt=at)
    return any(grant.sections & section for grant in held)


def test_receiver_asks_for_a_section_and_the_sender_opens_it_on_a_consent_of_its_own(house):
    referral = accepted(house)
    more = ask(house, referral)
    assert (clocks.state(clocks.latest(more.pk, "more")), told(house[0])[-1]) == ("running", "more_asked")
    consent = consent_for(house, Section.IDENTITY)
    act(services.give, house[0], more_id=more.pk, consent_id=consent.pk)
    assert (open_now(house, Section.IDENTITY), stored(more).status, told(house[1])[-1]) == (True, "given", "more_given")
    grant = Grant.objects.get(source_id=more.pk)
    assert grant.ends_at == consent.ends_at
    withdraw(consent, at=LATER, by=house[0])
    assert (open_now(house, Section.IDENTITY, LATER), open_now(house, Section.PROTECTION, LATER)) == (False, True)
    assert stored(referral).status == "accepted"


def test_section_asked_before_acceptance_opens_with_it(house):
    referral = offered(house)
    more = ask(house, referral)
    act(services.give, house[0], more_id=more.pk, consent_id=consent_for(house, Section.IDENTITY).pk)
    assert not open_now(house, Section.IDENTITY)
    act(services.accept, house[1], referral_id=referral.pk, no_conflict=True)
    assert open_now(house, Section.IDENTITY)


def test_sender_refuses_with_a_reason_that_the_receiver_reads(house):
    more = ask(house, accepted(house))
    with pytest.raises(Refused) as refusal:
        act(services.refuse, house[0], more_id=more.pk, reason="because")
    assert refusal.value.rows == ("more.refuse:why_not",)
    act(services.refuse, house[0], more_id=more.pk, reason="person")
    assert (stored(more).refusal, told(house[1])[-1]) == ("person", "more_refused")


@pytest.mark.parametrize("given", [Section.PROTECTION, Section.HEALTH])
def test_section_without_a_consent_that_covers_it_stays_closed(house, given):
    more = ask(house, accepted(house))
    with pytest.raises(Refused) as refusal:
        act(services.give, house[0], more_id=more.pk, consent_id=consent_for(house, given).pk)
    assert (refusal.value.rows, open_now(house, Section.IDENTITY)) == (("more.give:RG14",), False)


def test_request_needs_a_reason_a_section_of_the_role_and_one_at_a_time(house):
    referral = accepted(house)
    with pytest.raises(Refused):
        ask(house, referral, reason="curiosity")
    for section in (Section.PROTECTION, Section.JUSTICE):
        with pytest.raises(Invalid):
            ask(house, referral, section=section)
    ask(house, referral)
    with pytest.raises(Refused):
        ask(house, referral)
    assert Grant.objects.filter(basis="referral").count() == 1


def test_request_that_nobody_answers_lapses_and_both_sides_know(house):
    referral = accepted(house, asked_until=NOW + timedelta(days=60))
    more = ask(house, referral)
    services.expire(NOW + timedelta(days=6))
    assert (stored(more).status, told(house[0])[-1], told(house[1])[-1]) == ("lapsed", "expired", "more_refused")


def test_request_is_missing_for_a_stranger_and_closes_with_the_referral(house):
    referral = accepted(house)
    more = ask(house, referral)
    for stranger in (make_actor(), make_actor(Role.SHELTER)):
        with trust.acting(stranger), pytest.raises(Missing):
            services.give(more_id=more.pk, consent_id=new_id(), by=stranger)
    act(services.withdraw, house[0], referral_id=referral.pk)
    assert (stored(more).status, stored(more).closed_at) == ("lapsed", NOW)


def test_acknowledgement_is_reminded_raised_to_the_head_then_to_the_coordinator(house):
    """community.primero.org/t/156: nothing makes the receiver follow up. Here a late one rises twice, and is counted."""
    referral = offered(house)
    late = NOW + timedelta(hours=24)
    services.expire(late)
    heads = Notice.objects.for_house("tests").filter(for_head=True)
    assert [(one.kind, one.organisation_id) for one in heads] == [("risen", house[1].organisation_id)]
    assert queries.coordination(late)["risen"] == []
    services.expire(late + timedelta(hours=24))
    name = stored(referral).receiver.name
    assert queries.coordination(late + timedelta(hours=24))["risen"] == [(name, 1)]
    coordinator = make_actor(Role.COORDINATOR)
    with trust.acting(coordinator):
        assert [str(one.title) for one in queries.waiting(coordinator)] == ["Referrals have risen to the coordination: < 11"]
    assert told(house[1]) == ["offered", "risen", "due_soon"]
    services.expire(NOW + timedelta(days=6))
    assert (stored(referral).closed_because, told(house[0])) == ("no_answer", ["expired"])
    assert queries.coordination(NOW + timedelta(days=6))["unanswered"] == [(name, 1)]


def test_rejected_share_tells_the_sender_at_once_with_its_reason(house):
    """SORMAS#9945: a rejected share told the sender nothing."""
    referral = offered(house)
    act(services.decline, house[1], referral_id=referral.pk, reason="full", suggested_id=None)
    assert told(house[0]) == ["declined"]
    with trust.acting(house[0]):
        assert queries.sent(house[0]).get().decline_reason == "full"


def test_after_the_share_the_sender_keeps_a_status_view(house):
    """community.primero.org/t/156: after a transfer the sender saw nothing. Accepted, started, ended and the outcome word come back."""
    referral = accepted(house)
    act(services.start, house[1], referral_id=referral.pk)
    act(services.complete, house[1], referral_id=referral.pk, outcome="help_given", person_told=True)
    assert told(house[0]) == ["accepted", "outcome"]
    assert stored(referral).outcome_words == "Help given"
    with trust.acting(house[0]):
        assert clocks.state(clocks.latest(referral.pk, "follow_up")) == "running"
        services.follow_up(referral_id=referral.pk, by=house[0])
    assert clocks.state(clocks.latest(referral.pk, "follow_up")) == "ended"


def test_outcome_that_the_person_keeps_is_not_told_to_the_sender(house):
    referral = accepted(house, outcome_kept=True)
    act(services.complete, house[1], referral_id=referral.pk, outcome="help_given", person_told=True)
    assert (stored(referral).outcome, stored(referral).outcome_words) == ("help_given", "")


def test_same_person_is_offered_to_a_receiver_once_and_two_receivers_may_both_be_asked(house):
    """SORMAS#8576: the same case shared twice."""
    offered(house)
    with pytest.raises(Refused):
        offered(house)
    other = make_actor(Role.SHELTER)
    agree(house[0], other)
    assert offered((house[0], other, house[2], consent_to(house[2], other, sections=Section.PROTECTION)), sections=Section.PROTECTION)
    assert Referral.objects.for_house("tests").filter(status="offered").count() == 2


def test_two_who_answer_at_once_one_wins_and_the_other_is_told_so(house):
    referral = offered(house)
    act(services.accept, house[1], referral_id=referral.pk, no_conflict=True)
    with pytest.raises(Refused) as refusal:
        act(services.decline, house[1], referral_id=referral.pk, reason="full")
    assert refusal.value.rows == ("referral.decline:state",)
    assert "Accepted" in str(refusal.value.reasons[0])
    assert (stored(referral).status, stored(referral).decline_reason) == ("accepted", "")


def test_double_submit_of_an_answer_is_one_act(house):
    referral, key = offered(house), new_id()
    for _twice in range(2):
        with trust.acting(house[1], once=key):
            services.accept(referral_id=referral.pk, no_conflict=True, by=house[1])
    assert (Grant.objects.filter(source_id=referral.pk).count(), ActRow.objects.filter(event="referral.accept").count()) == (1, 1)


def test_withdrawn_consent_closes_tells_both_and_prints_its_proof(house):
    """Issue 5: consent withdrawn while a referral is open; the same transaction, and a proof of what closed when."""
    sender, receiver, _case, consent = house
    referral = accepted(house)
    more = ask(house, referral)
    act(services.give, sender, more_id=more.pk, consent_id=consent_for(house, Section.IDENTITY).pk)
    later = sender.on(LATER)
    act(register.withdraw_consent, later, consent_id=consent.pk)
    closed = stored(referral)
    assert (closed.status, closed.closed_because, closed.ended_at, closed.grants_closed) == ("withdrawn", "consent_withdrawn", LATER, 2)
    assert not open_now(house, Section(255), LATER)
    assert (told(receiver)[-1], told(sender)[-1]) == ("closed", "closed")
    with trust.acting(later):
        (row,) = queries.proof_of(later, Consent.objects.visible_to(later).get(pk=consent.pk))
    assert (row.at, row.seconds, row.grants, row.still_open, row.told_at) == (LATER, 0.0, 1, 0, LATER)


def test_notice_holds_a_kind_and_a_number_and_a_sealed_case_takes_its_notices_along(house):
    referral = offered(house)
    with trust.acting(house[1]):
        (notice,) = queries.notices_of(house[1])
        assert (notice.kind, notice.number) == ("offered", referral.number)
        assert services.seen(by=house[1]) == 1
        assert services.seen(by=house[1]) == 0
    Seal.objects.create(case_id=house[2].pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=house[0].user)
    with trust.acting(house[1]):
        assert list(queries.notices_of(house[1])) == []


def urgent(house, **changes):
    sender, receiver, case, _consent = house
    fields = {"receiver_id": receiver.organisation_id, "receiver_role": "shelter", "need": "shelter", "vital_interest": "danger", **changes}
    return act(services.refer_urgently, sender, case_id=case.pk, person_id=person_of(case).pk, **fields)


def test_urgent_referral_opens_the_least_for_three_days_and_asks_the_consent_afterwards(house):
    sender, receiver, _case, consent = house
    referral = urgent(house)
    assert (referral.status, referral.urgent, referral.sections, referral.asked_until) == (
        "offered", True, int(Section.CASE | Section.PROTECTION), NOW + timedelta(hours=72),
    )  # fmt: skip
    assert clocks.due_at(clocks.latest(referral.pk, "ask_consent")) == NOW + timedelta(hours=72)
    act(services.accept, receiver, referral_id=referral.pk, no_conflict=True)
    act(services.ask_consent, sender, referral_id=referral.pk, answer="given", consent_id=consent.pk)
    assert (stored(referral).consent_id, stored(referral).consent_answer, stored(referral).status) == (consent.pk, "given", "accepted")
    assert (queries.coordination(NOW)["urgent"], queries.coordination(NOW)["urgent_asked"]) == (1, 1)
    withdraw(consent, at=LATER, by=sender)
    assert stored(referral).closed_because == "consent_withdrawn"


def test_urgent_referral_that_the_person_refuses_afterwards_closes_at_once(house):
    referral = urgent(house)
    act(services.accept, house[1], referral_id=referral.pk, no_conflict=True)
    act(services.ask_consent, house[0], referral_id=referral.pk, answer="refused")
    assert (stored(referral).status, stored(referral).closed_because, open_now(house, Section.CASE)) == (
        "withdrawn", "consent_refused", False,
    )  # fmt: skip


def test_urgent_referral_needs_its_vital_interest_and_an_answer_needs_its_consent(house):
    with pytest.raises(Invalid):
        urgent(house, vital_interest="")
    referral = urgent(house)
    for answer, error in (("given", Refused), ("perhaps", Invalid)):
        with pytest.raises(error):
            act(services.ask_consent, house[0], referral_id=referral.pk, answer=answer)
    ordinary = offered(make_house())
    with pytest.raises(Missing):
        act(services.ask_consent, house[0], referral_id=ordinary.pk, answer="refused")


def several(house, others, **changes):
    sender, receiver, _case, _consent = house
    asked = {
        "receiver_id": receiver.organisation_id, "receiver_role": "shelter", "purpose": receiver.purpose, "sections": Section.PROTECTION,
        "need": "shelter", "asked_until": NOW + timedelta(days=9), **changes,
    }  # fmt: skip
    persons = [services.Concerned(case.pk, person_of(case).pk, consent and consent.pk) for case, consent in others]
    return act(services.refer_several, sender, persons=persons, **asked)


def group_of(house, number):
    sender, receiver, _case, _consent = house
    cases = [make_case(sender) for _n in range(number)]
    return [(case, consent_to(case, receiver)) for case in cases]


def test_several_persons_are_offered_together_each_with_a_consent_and_an_answer_of_their_own(house):
    group = group_of(house, 3)
    several(house, group)
    rows = list(Referral.objects.for_house("tests").order_by("pk"))
    assert (len(rows), len({row.group for row in rows}), {row.status for row in rows}) == (3, 1, {"offered"})
    with trust.acting(house[1]):
        assert [one.together for one in queries.previews(house[1], queries.TO_ANSWER)] == [3, 3, 3]
        services.accept(referral_id=rows[0].pk, no_conflict=True, by=house[1])
        services.decline(referral_id=rows[1].pk, reason="full", by=house[1])
    withdraw(group[0][1], at=LATER, by=house[0])
    assert [stored(row).status for row in rows] == ["withdrawn", "declined", "offered"]


def test_double_submit_of_several_sends_each_person_once(house):
    group, key = group_of(house, 2), new_id()
    for _twice in range(2):
        with trust.acting(house[0], once=key):
            several(house, group)
    assert Referral.objects.for_house("tests").count() == 2


def test_group_in_which_one_did_not_agree_is_sent_not_at_all_and_says_who(house):
    group = group_of(house, 2)
    Consent.objects.for_house("tests").filter(pk=group[1][1].pk).update(state="refused")
    with pytest.raises(Refused) as refusal:
        several(house, group)
    assert str(refusal.value.reasons[0]).startswith("person 2: ")
    assert not Referral.objects.for_house("tests").exists()
    for wrong in (group[:1], [group[0], group[0]]):
        with pytest.raises(Invalid):
            several(house, wrong)
