"""Referral by its services: nothing before acceptance, the earliest of three ends, and withdrawal that acts at once."""

from datetime import UTC, datetime, timedelta

import pytest

from havre import trust
from havre.referral import queries, services
from havre.referral.models import Referral
from havre.register.models import Case, Consent
from havre.trust import clocks
from havre.trust.enums import Purpose, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Agreement, Conflict, Grant, Seal
from havre.trust.models.accounts import job_holder
from tests.factories import NOW, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of, withdraw

SHARED = Section.PROTECTION | Section.WHEREABOUTS


@pytest.fixture
def house():
    """A sender with a case, a receiver under an agreement, the person's consent."""
    sender, receiver = make_actor(Role.CASE_MANAGER), make_actor(Role.SHELTER)
    agree(sender, receiver)
    case = make_case(sender)
    return sender, receiver, case, consent_to(case, receiver, sections=SHARED)


def prepare(sender, receiver, case, consent, **changes):
    fields = {
        "receiver_id": receiver.organisation_id,
        "receiver_role": receiver.role,
        "purpose": receiver.purpose,
        "sections": SHARED,
        "need": "shelter",
        "asked_until": NOW + timedelta(days=200),
        "consent_id": consent and consent.pk,
        **changes,
    }
    with trust.acting(sender):
        return services.prepare(case_id=case.pk, person_id=person_of(case).pk, by=sender, **fields)


def offered(house, **changes):
    draft = prepare(*house, **changes)
    with trust.acting(house[0]):
        return services.offer(referral_id=draft.pk, by=house[0])


def accepted(house, **changes):
    referral = offered(house, **changes)
    with trust.acting(house[1]):
        return services.accept(referral_id=referral.pk, no_conflict=True, by=house[1])


def stored(referral):
    return Referral.objects.for_house("tests").get(pk=referral.pk)


def sees(actor, case):
    with trust.acting(actor):
        return Case.objects.visible_to(actor).filter(pk=case.pk).exists()


def test_offer_shows_the_receiver_its_preview_and_nothing_of_the_case(house):
    _sender, receiver, case, _consent = house
    referral = offered(house)
    with trust.acting(receiver) as context:
        assert not Case.objects.visible_to(receiver).exists()
        assert not Referral.objects.visible_to(receiver).exists()
        (shown,) = queries.previews(receiver, queries.TO_ANSWER)
        assert context.log.subjects == {person_of(case).pk}
    assert (shown.id, shown.need, shown.age_band, shown.language) == (referral.pk, "shelter", "18-24", "eng")
    told = repr(shown)
    assert not [secret for secret in (case.ref, str(case.pk), str(person_of(case).pk)) if secret in told]


def test_accept_opens_the_sections_to_the_role_until_the_first_end(house):
    sender, receiver, case, consent = house
    accepted(house)
    grant = Grant.objects.get(basis="referral")
    assert (grant.ends_at, grant.sections) == (consent.ends_at, int(SHARED | Section.CASE))
    assert grant.holder == job_holder(receiver.organisation_id, receiver.role)
    assert (sees(receiver, case), sees(sender, case)) == (True, True)
    assert not sees(receiver.on(consent.ends_at), case)


@pytest.mark.parametrize(
    ("consent_days", "agreement_days", "asked_days", "ends"),
    [
        (10, 20, 30, NOW + timedelta(days=10)),
        (30, 10, 20, datetime(2026, 12, 5, tzinfo=UTC)),
        (30, 20, 10, NOW + timedelta(days=10)),
    ],
)
def test_share_ends_with_the_first_of_consent_agreement_and_asked_end(consent_days, agreement_days, asked_days, ends):
    sender, receiver = make_actor(), make_actor(Role.SHELTER)
    agree(sender, receiver, ends_on=NOW.date() + timedelta(days=agreement_days))
    case = make_case(sender)
    consent = consent_to(case, receiver, sections=SHARED, days=consent_days)
    assert accepted((sender, receiver, case, consent), asked_until=NOW + timedelta(days=asked_days)).ends_at == ends


@pytest.mark.parametrize("stage", ["draft", "offered", "accepted", "running"])
def test_withdrawn_consent_closes_the_share_and_moves_the_referral_at_once(house, stage):
    sender, receiver, case, consent = house
    referral = {"draft": lambda: prepare(*house), "offered": lambda: offered(house)}.get(stage, lambda: accepted(house))()
    if stage == "running":
        with trust.acting(receiver):
            services.start(referral_id=referral.pk, by=receiver)
    withdraw(consent, at=NOW + timedelta(minutes=1), by=sender)
    assert stored(referral).status == "withdrawn"
    assert not sees(receiver.on(NOW + timedelta(minutes=1)), case)
    assert not list(clocks.overdue(NOW + timedelta(days=30)))


@pytest.mark.parametrize(
    "spoil",
    [
        {"state": "refused"},
        {"ends_at": NOW},
        {"sections": int(Section.CASE | Section.PROTECTION)},
        {"purpose": Purpose.JUSTICE},
        {"recipient_role": Role.HEALTH},
    ],
)
def test_consent_that_does_not_cover_the_share_is_refused(house, spoil):
    sender, receiver, case, consent = house
    Consent.objects.for_house("tests").filter(pk=consent.pk).update(**spoil)
    with pytest.raises(Refused) as refusal:
        prepare(sender, receiver, case, consent)
    assert refusal.value.rows == ("referral.prepare:RG14",)


def test_consent_to_another_organisation_does_not_serve(house):
    sender, _receiver, case, consent = house
    other = make_actor(Role.SHELTER)
    agree(sender, other)
    with pytest.raises(Refused):
        prepare(sender, other, case, consent)


def test_vital_interest_needs_no_consent_but_an_agreement(house):
    sender, receiver, case, _consent = house
    assert prepare(sender, receiver, case, None, vital_interest="danger").status == "draft"
    stranger = make_actor(Role.SHELTER)
    with pytest.raises(Refused):
        prepare(sender, stranger, case, None, vital_interest="danger")


def test_agreement_that_ends_before_the_answer_stops_the_share(house):
    _sender, receiver, _case, _consent = house
    referral = offered(house)
    Agreement.objects.update(ended_at=NOW)
    with trust.acting(receiver), pytest.raises(Refused):
        services.accept(referral_id=referral.pk, no_conflict=True, by=receiver)
    assert (stored(referral).status, Grant.objects.filter(basis="referral").exists()) == ("offered", False)


def test_second_open_offer_of_a_case_to_a_receiver_is_refused(house):
    offered(house)
    with pytest.raises(Refused):
        offered(house)


def test_share_of_a_section_that_the_receiver_role_never_reads_is_invalid(house):
    sender, _receiver, case, _consent = house
    prosecutor = make_actor(Role.PROSECUTOR)
    agree(sender, prosecutor)
    consent = consent_to(case, prosecutor, sections=SHARED)
    with pytest.raises(Invalid):
        prepare(sender, prosecutor, case, consent)


@pytest.mark.parametrize("change", [{"purpose": "statistics"}, {"asked_until": NOW}, {"receiver_role": "king"}])
def test_request_that_cannot_be_is_invalid(house, change):
    with pytest.raises(Invalid):
        prepare(*house, **change)


def test_first_responder_shares_no_whereabouts():
    officer, receiver = make_actor(Role.FIRST_RESPONDER), make_actor(Role.SHELTER)
    agree(officer, receiver)
    case = make_case(officer)
    with pytest.raises(Refused) as refusal:
        prepare(officer, receiver, case, consent_to(case, receiver, sections=SHARED))
    assert refusal.value.status == 403


def test_child_is_not_offered_before_best_interests_views_and_guardian():
    sender, receiver = make_actor(), make_actor(Role.SHELTER)
    agree(sender, receiver)
    case = make_case(sender, age=15)
    house = (sender, receiver, case, consent_to(case, receiver, sections=SHARED))
    with pytest.raises(Refused) as refusal:
        offered(house)
    assert refusal.value.rows == ("referral.offer:RG13",)
    heard = {"best_interests_at": NOW, "child_heard_at": NOW, "guardian_named_at": NOW}
    assert offered(house, child=heard).status == "offered"


@pytest.mark.parametrize(("urgent", "hours"), [(False, 24), (True, 2)])
def test_late_acknowledgement_rises_and_late_answer_ends_the_offer(house, urgent, hours):
    _sender, receiver, _case, _consent = house
    referral = offered(house, urgent=urgent)
    services.expire(NOW + timedelta(hours=hours) - timedelta(seconds=1))
    assert stored(referral).escalated_at is None
    late = NOW + timedelta(hours=hours)
    services.expire(late)
    with trust.acting(receiver):
        assert [one.id for one in queries.late(receiver)] == [referral.pk]
    assert queries.delays(late) == [{"receiver": stored(referral).receiver.name, "acknowledge": 1, "answer": 0}]
    services.expire(datetime(2026, 11, 27, 9, tzinfo=UTC))
    assert (stored(referral).status, services.expire(NOW + timedelta(days=9))) == ("expired", 0)


def test_share_past_its_end_expires(house):
    referral = accepted(house)
    assert services.expire(referral.ends_at - timedelta(seconds=1)) == 0
    assert services.expire(referral.ends_at) == 1
    assert stored(referral).status == "expired"


def test_decline_needs_a_listed_reason_that_the_sender_reads(house):
    sender, receiver, _case, _consent = house
    referral = offered(house)
    with trust.acting(receiver):
        services.acknowledge(referral_id=referral.pk, by=receiver)
        with pytest.raises(Refused) as refusal:
            services.decline(referral_id=referral.pk, reason="nationality", by=receiver)
        assert refusal.value.rows == ("referral.decline:RG28",)
        services.decline(referral_id=referral.pk, reason="full", suggested_id=sender.organisation_id, by=receiver)
    with trust.acting(sender):
        (mine,) = queries.sent(sender)
        assert (mine.status, mine.decline_reason, mine.suggested_id) == ("declined", "full", sender.organisation_id)
    assert not list(clocks.overdue(NOW + timedelta(days=30)))


def test_accept_without_a_word_on_conflicts_or_with_one_on_record_is_refused(house):
    _sender, receiver, case, _consent = house
    referral = offered(house)
    with trust.acting(receiver), pytest.raises(Refused) as refusal:
        services.accept(referral_id=referral.pk, no_conflict=False, by=receiver)
    assert refusal.value.rows == ("referral.accept:no_conflict",)
    Conflict.objects.create(case_id=case.pk, holder=job_holder(receiver.organisation_id, receiver.role), reason="named")
    with trust.acting(receiver), pytest.raises(Missing):
        services.accept(referral_id=referral.pk, no_conflict=True, by=receiver)


def test_offer_of_a_case_sealed_since_is_absent_for_the_receiver(house):
    _sender, receiver, case, _consent = house
    referral = offered(house)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=receiver.user)
    with trust.acting(receiver):
        assert (queries.previews(receiver, queries.TO_ANSWER), queries.counts(receiver)["to_answer"]) == ([], 0)
        with pytest.raises(Missing):
            services.acknowledge(referral_id=referral.pk, by=receiver)


@pytest.mark.parametrize("role", [Role.SHELTER, Role.HEALTH])
def test_offer_is_missing_for_another_service_or_role(house, role):
    referral = offered(house)
    fields = {} if role == Role.SHELTER else {"organisation_id": house[1].organisation_id, "organisation": None}
    stranger = make_actor(role, **fields)
    with trust.acting(stranger), pytest.raises(Missing):
        services.accept(referral_id=referral.pk, no_conflict=True, by=stranger)


def test_complete_sends_the_outcome_back_ends_the_share_and_waits_for_the_person_to_be_told(house):
    sender, receiver, case, _consent = house
    referral = accepted(house)
    with trust.acting(receiver):
        services.start(referral_id=referral.pk, by=receiver)
        services.complete(referral_id=referral.pk, outcome="help_given", by=receiver)
    assert not sees(receiver, case)
    assert clocks.due_at(clocks.latest(referral.pk, "feedback")) == NOW + timedelta(days=5)
    with trust.acting(sender):
        assert queries.sent(sender).get().outcome == "help_given"
        services.tell_person(referral_id=referral.pk, by=sender)
    assert clocks.state(clocks.latest(referral.pk, "feedback")) == "ended"


def test_sender_withdraws_and_the_receiver_cannot(house):
    sender, receiver, case, _consent = house
    referral = accepted(house)
    with trust.acting(receiver), pytest.raises(Refused):
        services.withdraw(referral_id=referral.pk, by=receiver)
    with trust.acting(sender):
        services.withdraw(referral_id=referral.pk, by=sender)
    assert (stored(referral).status, sees(receiver, case)) == ("withdrawn", False)
