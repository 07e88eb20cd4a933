"""A withdrawal that acts: every share that hung on it ends in one transaction, receivers are told without content, a proof is left."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from havre import trust
from havre.referral import services as referrals
from havre.referral.models import Referral
from havre.register import consents
from havre.register.consenting import acts, closing
from havre.register.models import ClosedShare, Consent, ConsentEvent
from havre.register.signals import consent_withdrawn
from havre.trust.enums import ALL_SECTIONS, Basis, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.ids import new_id
from havre.trust.models import ActRow, Clock, Conflict, Grant, Seal
from tests.factories import NOW, OrganisationFactory, give_to, make_actor, make_case
from tests.factories_casework import agree, consent_to, person_of
from tests.factories_site import make_case_now, make_now, signed_in

SHARES = 40
BOTH = Section.PROTECTION | Section.FACTS


def shared(worker, *, many=SHARES):
    """A consent on which many accesses of many services hang, one accepted referral and one offer among them."""
    case, receiver_ = make_case(worker), make_actor(Role.LEGAL_AID)
    agree(worker, receiver_)
    consent = consent_to(case, receiver_, sections=BOTH)
    others = [make_actor(Role.SHELTER) for _ in range(3)]
    hanging = [
        give_to(others[n % 3], case, sections=Section.PROTECTION, basis=Basis.CONSENT, source_id=consent.pk, ends_at=NOW + timedelta(days=60 + n))
        for n in range(many)
    ]  # fmt: skip
    with trust.acting(worker):
        sent = refer(worker, case, receiver_, consent, Section.FACTS)
    with trust.acting(receiver_):
        referrals.accept(referral_id=sent.pk, no_conflict=True, by=receiver_)
    # hangs on nothing that the person can take back here
    law = give_to(make_actor(Role.IDENTIFICATION_AUTHORITY), case, basis=Basis.LEGAL_DUTY)
    return case, receiver_, consent, hanging, sent, law


def refer(worker, case, receiver_, consent, sections):
    sent = referrals.prepare(
        by=worker, case_id=case.pk, person_id=person_of(case).pk, receiver_id=receiver_.organisation_id, receiver_role=receiver_.role,
        purpose=receiver_.purpose, sections=sections, need="legal", asked_until=NOW + timedelta(days=30), consent_id=consent.pk,
    )  # fmt: skip
    return referrals.offer(referral_id=sent.pk, by=worker)


def live(case, at=NOW):
    return set(Grant.objects.filter(case_id=case.pk, starts_at__lte=at, ends_at__gt=at).values_list("pk", flat=True))


@pytest.fixture
def worker():
    return make_actor()


@pytest.mark.postgresql
def test_withdrawal_ends_every_share_at_one_moment_and_leaves_the_proof(worker):
    case, receiver_, consent, hanging, sent, law = shared(worker)
    before = live(case)
    with trust.acting(worker):
        acts.withdraw_consent(by=worker, consent_id=consent.pk, through="telephone")
    assert before - live(case) == {one.pk for one in hanging} | set(Grant.objects.filter(source_id=sent.pk).values_list("pk", flat=True))
    assert law.pk in live(case)
    lines = list(ClosedShare.objects.for_house("tests").filter(event__consent=consent))
    assert (len(lines), {one.closed_at for one in lines}) == (SHARES + 1, {worker.at})
    sent.refresh_from_db(from_queryset=Referral.objects.for_house("tests"))
    assert (sent.status, sent.ended_at) == ("withdrawn", worker.at)
    (row,) = ActRow.objects.filter(event="consent.withdraw")
    assert (row.at, row.codes) == (worker.at, {"closed": SHARES + 1, "offers": 1})
    with trust.acting(receiver_):
        assert not list(Consent.objects.visible_to(receiver_).filter(pk=consent.pk))


@pytest.mark.postgresql
def test_withdrawal_that_breaks_off_leaves_everything_as_it_was(worker):
    """A crash between the first share and the last leaves all or nothing."""
    case, _receiver, consent, _hanging, sent, _law = shared(worker, many=9)
    before, clocks = live(case), Clock.objects.for_house("tests").count()

    @receiver(consent_withdrawn)
    def broken(**_rest):
        # every grant is closed by now, the proof not yet written
        assert Grant.objects.filter(source_id=consent.pk, ends_at__gt=NOW).count() == 0
        raise KeyboardInterrupt

    try:
        with pytest.raises(KeyboardInterrupt), trust.acting(worker):
            acts.withdraw_consent(by=worker, consent_id=consent.pk)
    finally:
        consent_withdrawn.disconnect(broken)
    found = Consent.objects.for_house("tests").get(pk=consent.pk)
    sent.refresh_from_db(from_queryset=Referral.objects.for_house("tests"))
    assert (found.state, found.withdrawn_at, sent.status) == ("given", None, "accepted")
    assert (live(case), Clock.objects.for_house("tests").count()) == (before, clocks)
    assert not ConsentEvent.objects.for_house("tests").exists()
    assert not ActRow.objects.filter(event="consent.withdraw").exists()


@pytest.mark.postgresql
def test_what_is_shown_before_is_what_then_happens_and_showing_it_changes_nothing(worker):
    case, _receiver, consent, *_ = shared(worker, many=5)
    before = live(case)
    with trust.acting(worker):
        shown = consents.effect(consent, worker)
        assert live(case) == before
        acts.withdraw_consent(by=worker, consent_id=consent.pk)
        done = consents.proof(worker, Consent.objects.visible_to(worker).get(pk=consent.pk))
    assert {one.number for one in shown.closes} == {one.number for one in done.shares} == before - live(case)
    assert (shown.offers, done.event.offers_closed, done.holds) == (1, 1, True)
    # what law keeps, with its source, and the trace of readings
    assert [source for _code, _words, source in shown.stays] == ["108+ art. 5(4)(e)", "CoE art. 10", "108+ art. 7, 10"]


def test_withdrawal_says_how_often_it_was_read_since_it_was_given(worker):
    case, receiver_, consent, *_ = shared(worker, many=1)
    later = replace(receiver_, at=NOW + timedelta(hours=1))
    with trust.acting(later):
        list(type(case).objects.visible_to(later).filter(pk=case.pk))
    with trust.acting(worker):
        shown = consents.effect(consent, replace(worker, at=NOW + timedelta(hours=2)))
    assert (shown.read_times, shown.read_last) == (1, later.at)


def test_proof_of_two_prints_is_the_same_and_says_when_a_share_was_opened_again(worker):
    _case, _receiver, consent, *_ = shared(worker, many=2)
    with trust.acting(worker):
        acts.withdraw_consent(by=worker, consent_id=consent.pk)
        found = Consent.objects.visible_to(worker).get(pk=consent.pk)
        first, second = consents.proof(worker, found), consents.proof(worker, found)
    assert first.digest == second.digest
    event = ConsentEvent.objects.for_house("tests").get()
    lines = list(ClosedShare.objects.for_house("tests").order_by("grant_no"))
    lines[0].sections = 1
    assert closing.digest(event, lines) != first.digest


def test_withdrawal_twice_ends_nothing_more_and_withdrawal_of_a_refusal_changes_nothing(worker):
    case = make_case(worker)
    receiver_ = make_actor(Role.SHELTER)
    first, refused = consent_to(case, receiver_), consent_to(case, receiver_, state="refused")
    with trust.acting(worker):
        for consent in (first, first, refused):
            acts.withdraw_consent(by=worker, consent_id=consent.pk)
    states = Consent.objects.for_house("tests").values_list("state", flat=True)
    assert (sorted(states), ConsentEvent.objects.for_house("tests").count()) == (["refused", "withdrawn"], 1)


@pytest.mark.postgresql
def test_guardian_who_writes_nothing_withdraws_for_the_child(worker):
    case, guardian = make_case(worker, age=15), make_actor(Role.GUARDIAN)
    give_to(guardian, case, sections=Section.PROTECTION, basis=Basis.CONSENT)
    consent = consent_to(case, make_actor(Role.SHELTER), given_by="guardian")
    with trust.acting(guardian):
        acts.withdraw_consent(by=guardian, consent_id=consent.pk, through="guardian")
    assert Consent.objects.for_house("tests").get().state == "withdrawn"


@pytest.mark.postgresql
def test_narrowed_consent_closes_what_goes_beyond_it_and_leaves_the_rest(worker):
    """Partial change: one section less. The shares that need it end, the others go on."""
    case, _receiver, consent, _hanging, sent, _law = shared(worker, many=3)
    shelter = make_actor(Role.SHELTER)
    wide = give_to(shelter, case, sections=BOTH, basis=Basis.CONSENT, source_id=consent.pk, ends_at=NOW + timedelta(days=50))
    with trust.acting(worker):
        acts.change_consent(by=worker, consent_id=consent.pk, sections=Section.PROTECTION)
    wide.refresh_from_db()
    sent.refresh_from_db(from_queryset=Referral.objects.for_house("tests"))
    assert (wide.ends_at, sent.status) == (NOW, "withdrawn")
    still = Grant.objects.filter(source_id=consent.pk, ends_at__gt=NOW)
    assert (still.count(), {one.sections for one in still}) == (4, {int(Section.PROTECTION | Section.CASE)})
    assert ClosedShare.objects.for_house("tests").count() == 2
    found = Consent.objects.for_house("tests").get(pk=consent.pk)
    assert (found.state, found.sections) == ("given", int(Section.PROTECTION | Section.CASE))


def test_narrowed_share_of_a_service_in_conflict_ends_and_is_not_given_on(worker):
    case, shelter = make_case(worker), make_actor(Role.SHELTER)
    consent = consent_to(case, shelter, sections=BOTH)
    give_to(shelter, case, sections=BOTH, basis=Basis.CONSENT, source_id=consent.pk, ends_at=NOW + timedelta(days=50))
    Conflict.objects.create(case_id=case.pk, holder_id=shelter.holder_id, reason="complaint")
    with trust.acting(worker):
        acts.change_consent(by=worker, consent_id=consent.pk, sections=Section.PROTECTION)
    assert not Grant.objects.filter(source_id=consent.pk, ends_at__gt=NOW).exists()


@pytest.mark.parametrize(
    ("sections", "days"), [(BOTH, 91), (BOTH | Section.HEALTH, None), (Section.CASE, None), (BOTH, -1), (BOTH, None)]
)  # fmt: skip
def test_change_that_opens_more_leaves_nothing_or_changes_nothing_is_invalid(worker, sections, days):
    case = make_case(worker)
    consent = consent_to(case, make_actor(Role.SHELTER), sections=BOTH)
    end = None if days is None else NOW + timedelta(days=days)
    with trust.acting(worker), pytest.raises(Invalid):
        acts.change_consent(by=worker, consent_id=consent.pk, sections=sections, ends_at=end)
    assert Consent.objects.for_house("tests").get().sections == consent.sections


@pytest.mark.postgresql
def test_withdrawal_while_an_offer_is_open_closes_it_before_it_is_answered(worker):
    """Consent withdrawn while a referral is open (bad input and faults)."""
    case, receiver_ = make_case(worker), make_actor(Role.LEGAL_AID)
    agree(worker, receiver_)
    consent = consent_to(case, receiver_, sections=BOTH)
    with trust.acting(worker):
        sent = refer(worker, case, receiver_, consent, Section.FACTS)
        acts.withdraw_consent(by=worker, consent_id=consent.pk)
    with trust.acting(receiver_), pytest.raises((Missing, Refused)):
        referrals.accept(referral_id=sent.pk, no_conflict=True, by=receiver_)
    event = ConsentEvent.objects.for_house("tests").get()
    assert (event.offers_closed, event.shares.model.objects.for_house("tests").count()) == (1, 0)


# -- the receiver is told, and reads nothing


def withdrawn_now():
    owner, shelter = make_now(), make_now(Role.SHELTER)
    case = make_case_now(owner)
    consent = consent_to(case, shelter, days=400)
    give_to(shelter, case, sections=Section.PROTECTION, basis=Basis.CONSENT, source_id=consent.pk)
    return owner, shelter, case, consent


@pytest.mark.postgresql
def test_receiver_finds_a_notice_without_content_and_says_that_it_stopped():
    owner, shelter, case, consent = withdrawn_now()
    assert signed_in(owner).post(reverse("consent_withdraw", args=[case.ref, consent.pk]), {"channel": "telephone"}).status_code == 302
    share = ClosedShare.objects.for_house("tests").get()
    client, notice = signed_in(shelter), reverse("share_ended", args=[share.pk])
    home, page = client.get("/"), client.get(notice)
    assert notice.encode() in home.content
    for shown in (home.content, page.content):
        assert case.ref.encode() not in shown
        assert str(case.pk).encode() not in shown
    assert str(share.grant_no).encode() in page.content
    assert client.post(notice).status_code == 302
    share.refresh_from_db(from_queryset=ClosedShare.objects.for_house("tests"))
    assert (share.seen_by_id, client.get(notice).status_code) == (shelter.user.pk, 404)
    assert notice.encode() not in client.get("/").content


def test_notice_is_its_jobs_own_and_is_gone_once_the_case_is_sealed():
    owner, shelter, case, consent = withdrawn_now()
    signed_in(owner).post(reverse("consent_withdraw", args=[case.ref, consent.pk]))
    share = ClosedShare.objects.for_house("tests").get()
    notice = reverse("share_ended", args=[share.pk])
    assert [signed_in(who).get(notice).status_code for who in (make_now(Role.SHELTER), owner)] == [404, 404]
    assert signed_in(make_now(Role.SHELTER)).post(notice).status_code == 404
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=timezone.now(), review_on=timezone.localdate(), by=owner.user)
    assert signed_in(shelter).get(notice).status_code == 404


# -- pages


def test_pages_show_what_happens_withdraw_and_print_ids_only():
    owner, shelter, case, consent = withdrawn_now()
    client, page = signed_in(owner), reverse("consent_withdraw", args=[case.ref, consent.pk])
    shown = client.get(page)
    assert [one.service for one in shown.context["effect"].closes] == [
        OrganisationFactory._meta.model.objects.get(pk=shelter.organisation_id).name
    ]
    assert b"Help does not change" in shown.content
    assert Consent.objects.for_house("tests").get().state == "given"
    proof = client.post(page, {"channel": "person"}, follow=True)
    assert proof.redirect_chain == [(reverse("consent_proof", args=[case.ref, consent.pk]), 302)]
    assert proof.context["proof"].digest.encode() in proof.content
    again = client.get(page)
    assert (again.status_code, "effect" in again.context) == (200, False)


def test_change_and_renewal_and_answer_go_through_their_pages():
    owner = make_now()
    case = make_case_now(owner)
    receiver_ = make_now(Role.SHELTER)
    given = consent_to(case, receiver_, sections=BOTH, days=400)
    offered = consent_to(case, receiver_, state="offered", days=400)
    client = signed_in(owner)

    def send(name, consent, **typed):
        return client.post(reverse(name, args=[case.ref, consent.pk]), typed)

    far = (timezone.localdate() + timedelta(days=800)).isoformat()
    how = {"language": "eng", "given_by": "person", "evidence": "signed", "explained": ["help_stays", "may_withdraw"]}
    last = (given.ends_at - timedelta(microseconds=1)).date().isoformat()
    assert send("consent_change", given, sections=[str(int(BOTH))], until=last).status_code == 422
    assert send("consent_change", given, sections=[str(int(Section.FACTS))], until=last).status_code == 302
    assert send("consent_renew", given, until=far, **{**how, "explained": ["help_stays"]}).status_code == 409
    assert send("consent_renew", given, until="2020-01-01", **how).status_code == 422
    assert send("consent_renew", given, until=far, **how).status_code == 302
    assert send("consent_answer", offered, state="given", **{**how, "evidence": ""}).status_code == 409
    assert send("consent_answer", offered, state="refused", language="eng", given_by="person").status_code == 302
    found = {one.pk: one for one in Consent.objects.for_house("tests").all()}
    assert (found[given.pk].sections, found[offered.pk].state) == (int(Section.FACTS | Section.CASE), "refused")
    for name in ("consent_change", "consent_renew", "consent_answer", "consent_withdraw", "consent_proof"):
        assert client.get(reverse(name, args=[case.ref, given.pk])).status_code == 200


def test_bundle_of_purposes_typed_on_the_page_is_refused():
    owner = make_now()
    case = make_case_now(owner)
    typed = {
        "person": str(person_of(case).pk), "state": "given", "given_by": "person", "recipient": str(OrganisationFactory().pk),
        "purpose": ["justice", "protection"], "sections": [str(int(Section.PROTECTION))], "language": "eng", "evidence": "signed",
        "until": (timezone.localdate() + timedelta(days=9)).isoformat(), "explained": ["help_stays", "may_withdraw"],
    }  # fmt: skip
    shown = signed_in(owner).post(reverse("case_consents", args=[case.ref]), typed)
    assert (shown.status_code, "purpose" in shown.context["form"].errors) == (422, True)
    assert not Consent.objects.for_house("tests").exists()


def test_double_submit_records_one_answer_and_ends_once():
    """Double submit (bad input and faults): the same form twice is one act."""
    owner = make_now()
    case = make_case_now(owner)
    typed = {
        "person": str(person_of(case).pk), "state": "given", "given_by": "person", "recipient": str(OrganisationFactory().pk),
        "purpose": "protection", "sections": [str(int(Section.PROTECTION))], "language": "eng", "evidence": "signed",
        "until": (timezone.localdate() + timedelta(days=9)).isoformat(), "explained": ["help_stays", "may_withdraw"],
        "once": str(new_id()),
    }  # fmt: skip
    client, page = signed_in(owner), reverse("case_consents", args=[case.ref])
    assert [client.post(page, typed).status_code for _ in range(2)] == [302, 302]
    consent = Consent.objects.for_house("tests").get()
    key = {"once": str(new_id()), "channel": "person"}
    assert [client.post(reverse("consent_withdraw", args=[case.ref, consent.pk]), key).status_code for _ in range(2)] == [302, 302]
    assert [one.step for one in ConsentEvent.objects.for_house("tests").order_by("number")] == ["give", "withdraw"]


def test_role_that_reads_no_protection_reaches_no_consent():
    owner, officer = make_now(), make_now(Role.INVESTIGATOR)
    case = make_case_now(owner)
    give_to(officer, case, sections=ALL_SECTIONS, basis=Basis.REFERRAL)
    consent = consent_to(case, make_now(Role.SHELTER))
    for name in ("consent_change", "consent_renew", "consent_answer", "consent_withdraw", "consent_proof"):
        assert signed_in(officer).get(reverse(name, args=[case.ref, consent.pk])).status_code == 404
