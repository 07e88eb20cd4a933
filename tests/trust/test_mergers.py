"""Two organisations merge (globaleaks#4872): proposed by one, approved by a head of each, carried out in one act; nothing is lost."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from havre import trust
from havre.referral.enums import ClosedBecause
from havre.referral.models import Referral
from havre.register.models import Case, Consent
from havre.trust import identity, policy
from havre.trust.asking import services as asking
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.merging import services as merging
from havre.trust.middleware import actor_of
from havre.trust.models import ActRow, Agreement, Conflict, Grant, Membership, Merger, Nomination, Organisation, Restriction
from havre.trust.models.accounts import job_holder
from tests.factories import NOW, MembershipFactory, OrganisationFactory, UserFactory, give_to, make_actor, make_case
from tests.factories_site import make_case_now, make_now, person_of, signed_in
from tests.factories_vault import unlocked  # noqa: F401
from tests.factories_whole import consent, send

DAY = timedelta(days=1)


class Two:
    """The organisation that goes and the one that stays, each with a head; an administrator of the first, who proposes."""

    def __init__(self, at=NOW, make=make_actor) -> None:
        self.first, self.second = OrganisationFactory(), OrganisationFactory()
        told = {"at": at} if make is make_actor else {}
        self.one = make(organisation=self.first, supervisor=True, **told)
        self.other = make(organisation=self.second, supervisor=True, **told)
        self.administrator = make(Role.ADMINISTRATOR, organisation=self.first, **told)

    def propose(self):
        return merging.propose(by=self.administrator, first_id=self.first.pk, second_id=self.second.pk)

    def carry_out(self, merger=None) -> Merger:
        merger = merger or self.propose()
        later = self.one.at + timedelta(minutes=1)
        merging.merge_organisations(by=replace(self.one, at=later), merger_id=merger.pk)
        return merging.merge_organisations(by=replace(self.other, at=later), merger_id=merger.pk)


@pytest.fixture
def two():
    return Two()


def in_second(actor, two, at=NOW + DAY):
    """The same person in the job that goes on."""
    job = Membership.objects.get(user=actor.user, organisation=two.second, role=actor.role, ended_at=None)
    return actor_of(job, at=at, purpose=actor.purpose, factor_at=at)


def report(merger) -> dict:
    return {line["what"]: (line["moved"], line["left"], line["how"]) for line in merger.report}


def test_merger_takes_a_proposer_and_two_others_one_of_each_side(two):
    """globaleaks#4872: two approvals, the proposer not among them."""
    merger = two.propose()
    stranger = make_actor(supervisor=True)
    second_head = make_actor(organisation=two.first, supervisor=True)
    plain = make_actor(organisation=two.second)
    for by in (two.administrator, stranger, plain):
        with pytest.raises(Missing):
            merging.merge_organisations(by=by, merger_id=merger.pk)
    merging.merge_organisations(by=two.one, merger_id=merger.pk)
    # one side twice is not both sides
    for by in (two.one, second_head):
        with pytest.raises(Missing):
            merging.merge_organisations(by=by, merger_id=merger.pk)
    assert Organisation.objects.get(pk=two.first.pk).active
    merging.merge_organisations(by=two.other, merger_id=merger.pk)
    gone = Organisation.objects.get(pk=two.first.pk)
    assert (gone.active, gone.merged_into_id, gone.merged_at) == (False, two.second.pk, NOW)
    events = list(ActRow.objects.filter(event__startswith="organisation.merge").order_by("no").values_list("event", flat=True))
    assert events == ["organisation.merge_propose", "organisation.merge_approve", "organisation.merge_approve", "organisation.merge"]


def test_head_who_proposes_as_administrator_does_not_approve_too(two):
    job = MembershipFactory(user=two.one.user, organisation=two.first, role=Role.ADMINISTRATOR)
    merger = merging.propose(by=actor_of(job, at=NOW, factor_at=NOW), first_id=two.first.pk, second_id=two.second.pk)
    with pytest.raises(Missing):
        merging.merge_organisations(by=two.one, merger_id=merger.pk)


def test_stale_factor_and_an_old_proposal_approve_nothing(two):
    merger = two.propose()
    for by in (replace(two.one, factor_at=None), replace(two.one, at=NOW + 31 * DAY, factor_at=NOW + 31 * DAY)):
        with pytest.raises(Refused):
            merging.merge_organisations(by=by, merger_id=merger.pk)
    assert merger.approvals.count() == 0


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMINISTRATOR}))
def test_no_other_role_proposes(role, two):
    with pytest.raises(Refused):
        merging.propose(by=make_actor(role, organisation=two.first), first_id=two.first.pk, second_id=two.second.pk)


def test_proposal_that_cannot_stand_says_why(two):
    with pytest.raises(Invalid):
        merging.propose(by=two.administrator, first_id=two.first.pk, second_id=two.first.pk)
    # an organisation without an administrator of its own is any administrator's
    make_actor(Role.ADMINISTRATOR, organisation=two.second)
    with pytest.raises(Refused):
        merging.propose(by=make_actor(Role.ADMINISTRATOR), first_id=two.first.pk, second_id=two.second.pk)
    two.propose()
    with pytest.raises(Refused):
        two.propose()
    with pytest.raises(IntegrityError), transaction.atomic():
        Merger.objects.create(first=two.first, second=two.second, proposed_by=two.one.user, proposed_at=NOW)


def test_dropped_proposal_moves_nothing_and_may_be_made_again(two):
    merger = two.propose()
    merging.merge_organisations(by=two.one, merger_id=merger.pk)
    merging.drop(by=two.administrator, merger_id=merger.pk)
    with pytest.raises(Missing):
        merging.merge_organisations(by=two.other, merger_id=merger.pk)
    assert Membership.objects.get(user=two.one.user).ended_at is None
    two.carry_out()


def test_conflict_of_interest_of_the_receiving_job_stops_the_merger_before_anything_moves(two):
    case = make_case(two.one)
    merger = two.propose()
    merging.merge_organisations(by=two.one, merger_id=merger.pk)
    Conflict.objects.create(case_id=case.pk, holder=job_holder(two.second.pk, Role.CASE_MANAGER), reason="complaint")
    with pytest.raises(Refused) as refused:
        merging.merge_organisations(by=two.other, merger_id=merger.pk)
    assert (
        "in 1 of its cases a conflict of interest keeps the receiving service out: transfer those elsewhere first" in refused.value.reasons
    )
    assert Case.objects.for_house("tests").get(pk=case.pk).lead_id == two.first.pk


def test_conflict_of_a_job_that_moves_goes_with_its_people_and_spares_the_service_that_leads_the_case(two):
    theirs, outside = make_case(two.other), make_case(make_actor())
    for case in (theirs, outside):
        Conflict.objects.create(case_id=case.pk, holder_id=two.one.holder_id, reason="complaint")
    merger = two.carry_out()
    moved, stayed = in_second(two.one, two), in_second(two.other, two)
    assert report(merger)["conflicts"] == (2, 1, "persons_only")
    assert not policy.decide(moved, Act.READ, Section.PROTECTION, theirs.pk).allowed
    assert policy.decide(stayed, Act.READ, Section.PROTECTION, theirs.pk).allowed
    assert Conflict.objects.filter(case_id=outside.pk, holder_id=stayed.holder_id).exists()


def test_line_of_a_restriction_list_goes_along(two):
    case = make_case(two.one)
    shelter = make_actor(Role.SHELTER, organisation=two.first)
    give_to(shelter, case, basis=Basis.REFERRAL)
    fields = {"case_id": case.pk, "person_id": person_of(case).pk, "holder_id": shelter.holder_id, "reason": "safety"}
    Restriction.objects.create(**fields, sections=int(Section.PROTECTION), placed_by=two.one.user, placed_at=NOW)
    two.carry_out()
    now = in_second(shelter, two)
    assert not policy.decide(now, Act.READ, Section.PROTECTION, case.pk).allowed
    assert policy.decide(now, Act.READ, Section.WHEREABOUTS, case.pk).allowed


def test_jobs_go_on_and_nobody_acts_in_the_old_organisation(two):
    both = make_actor(Role.SHELTER, organisation=two.first)
    MembershipFactory(user=both.user, organisation=two.second, role=Role.SHELTER)
    waits = Nomination.objects.create(user=UserFactory(), organisation=two.first, role=Role.GUARDIAN, asked_by=two.one.user, asked_at=NOW)
    merger = two.carry_out()
    assert not Membership.objects.filter(organisation=two.first, ended_at=None).exists()
    jobs = Membership.objects.filter(organisation=two.second, ended_at=None).values_list("user__name", "role", "supervisor")
    assert sorted(jobs) == sorted(
        [
            (two.one.user.name, Role.CASE_MANAGER, True),
            (two.other.user.name, Role.CASE_MANAGER, True),
            (two.administrator.user.name, Role.ADMINISTRATOR, False),
            (both.user.name, Role.SHELTER, False),
        ]
    )
    assert report(merger)["jobs"] == (2, 1, "held_there_already")
    assert Nomination.objects.get(pk=waits.pk).organisation_id == two.second.pk


def test_agreements_go_on_and_the_one_between_the_two_ends(two):
    third = OrganisationFactory()
    until = {"sections": 255, "starts_on": NOW.date() - DAY, "ends_on": NOW.date() + 90 * DAY, "reference": "Example"}
    with_third = Agreement.objects.create(first=third, second=two.first, **until)
    between = Agreement.objects.create(first=two.second, second=two.first, **until)
    merger = two.carry_out()
    for old in (with_third, between):
        old.refresh_from_db()
        assert old.ended_at is not None
    (live,) = Agreement.objects.filter(ended_at=None)
    assert (live.first_id, live.second_id, live.sections, live.ends_on) == (third.pk, two.second.pk, 255, until["ends_on"])
    assert report(merger)["agreements"] == (1, 1, "ended_between_the_two")


def test_same_access_of_both_is_kept_once_and_reported(two):
    case = make_case(two.one)
    give_to(two.other, case, basis=Basis.OWN_CASE)
    before = Grant.objects.filter(holder_id=two.other.holder_id).count()
    merger = two.carry_out()
    assert report(merger)["accesses"] == (0, 1, "held_there_already")
    assert Grant.objects.filter(holder_id=two.other.holder_id, ends_at__gt=NOW + DAY).count() == before
    assert Grant.objects.filter(holder_id=two.one.holder_id, ends_at__gt=NOW + DAY).count() == 0


@pytest.mark.usefixtures("unlocked")
def test_what_is_sealed_opens_to_the_job_that_went_on_and_a_granted_name_stays_granted(two):
    """No key belongs to an organisation: nothing is wrapped anew, and nothing is closed."""
    case = make_case(two.one)
    body = {"prs_FirstName": "Zéphyrine"}
    with trust.acting(two.one):
        identity.write(by=two.one, case_id=case.pk, person_id=person_of(case).pk, section=Section.IDENTITY, kind="identity", body=body)
    police = make_actor(Role.INVESTIGATOR, organisation=two.first)
    give_to(police, case, sections=Section.JUSTICE, basis=Basis.REFERRAL)
    asked = asking.ask(by=police, case_id=case.pk, person_id=person_of(case).pk, reason="summons", until=NOW + 20 * DAY)
    asking.grant(by=two.one, request_id=asked.pk)
    two.carry_out()
    for actor in (two.one, police):
        now = in_second(actor, two)
        with trust.acting(now):
            found = identity.read_one(by=now, case_id=case.pk, person_id=person_of(case).pk, section=Section.IDENTITY)
        assert found == body
    assert asking.settle(NOW + DAY) == 0


def test_offers_and_shares_between_the_two_are_resolved_and_what_was_open_stays_open():
    two = Two(make=make_now)
    shelter = make_now(Role.SHELTER, organisation=two.second)
    case = make_case_now(two.one)
    given = consent(two.one, case, person_of(case), two.second.pk)
    given.save(force_insert=True)
    shared = send(two.one, case, two.second.pk, Role.SHELTER, status="running")
    Referral.objects.for_house("tests").filter(pk=shared.pk).update(consent=given, vital_interest="")
    give_to(shelter, case, sections=Section.PROTECTION, basis=Basis.REFERRAL, source_id=shared.pk, ends_at=shelter.at + 9 * DAY)
    offered = send(two.one, make_case_now(two.one), two.second.pk, Role.HEALTH)
    third = make_now()
    onward = send(two.one, make_case_now(two.one), third.organisation_id, Role.SHELTER)
    merger = two.carry_out()
    rows = {row.pk: row for row in Referral.objects.for_house("tests").all()}
    for closed in (shared, offered):
        assert (rows[closed.pk].status, rows[closed.pk].closed_because) == ("withdrawn", ClosedBecause.LEAD_MOVED)
        assert rows[closed.pk].sender_id == two.first.pk
    assert (rows[onward.pk].status, rows[onward.pk].sender_id) == ("offered", two.second.pk)
    assert report(merger)["offers_between"] == (0, 2, "closed_between_the_two")
    later = replace(shelter, at=shelter.at + DAY, factor_at=shelter.at + DAY)
    assert policy.decide(later, Act.READ, Section.PROTECTION, case.pk).allowed
    # and it hangs on the person's consent, whose end closes it
    grant = Grant.objects.get(holder_id=shelter.holder_id, ends_at__gt=later.at)
    assert (grant.basis, grant.source_id, grant.sections) == (Basis.CONSENT, given.pk, int(Section.PROTECTION | Section.CASE))
    assert Consent.objects.for_house("tests").get(pk=given.pk).recipient_id == two.second.pk


def test_person_offered_to_both_waits_at_the_one_that_stays():
    two = Two(make=make_now)
    third = make_now()
    case = make_case_now(third)
    first, second = (send(third, case, place.pk, Role.SHELTER) for place in (two.first, two.second))
    merger = two.carry_out()
    status = dict(Referral.objects.for_house("tests").values_list("pk", "status"))
    assert (status[first.pk], status[second.pk]) == ("expired", "offered")
    assert report(merger)["offers_twice"] == (0, 1, "same_offer_there")


def sight(actor, cases) -> set:
    """What one actor may read: (case, section), by list and by single question."""
    with trust.acting(actor):
        listed = set(Case.objects.visible_to(actor).values_list("pk", flat=True))
    found = {(case.pk, section) for case in cases for section in Section if policy.decide(actor, Act.READ, section, case.pk).allowed}
    assert listed == {case for case, section in found if section == Section.CASE}
    return found


@pytest.mark.parametrize("seed", range(4))
def test_nothing_is_lost_whatever_the_two_hold(seed):
    """Each job sees after the merger exactly what it and the same job of the other organisation saw before: cases and sections counted."""
    draw, two = random.Random(seed), Two()
    roles = [Role.CASE_MANAGER, Role.SHELTER, Role.INVESTIGATOR, Role.LEGAL_AID]
    people = [make_actor(role, organisation=place) for role in roles for place in (two.first, two.second)]
    leads = [two.one, two.other, make_actor()]
    cases = [make_case(draw.choice(leads)) for _ in range(8)]
    for case in cases:
        for actor in draw.sample(people, k=5):
            bits = Section(draw.randrange(1, 256))
            ends = {"ends_at": NOW + 9 * DAY} if draw.random() < 0.5 else {}
            give_to(actor, case, sections=bits, basis=draw.choice([Basis.OWN_CASE, Basis.REFERRAL, Basis.CONSENT]), **ends)
    at = NOW + timedelta(hours=1)
    before: dict = {}
    for actor in people:
        for purpose in ROLE_PURPOSES[actor.role]:
            key = (actor.role, purpose)
            before.setdefault(key, set()).update(sight(replace(actor, at=at, factor_at=at, purpose=purpose), cases))
    merger = two.carry_out()
    after = {}
    for actor in people:
        for purpose in ROLE_PURPOSES[actor.role]:
            after[actor.user.pk, actor.role, purpose] = sight(in_second(replace(actor, purpose=Purpose(purpose)), two, at), cases)
    assert {key: before[key[1:]] for key in after} == after
    assert sum(map(len, before.values())) > 40
    led = Case.objects.for_house("tests").filter(lead=two.first).count()
    assert (led, Grant.objects.filter(holder__organisation=two.first, ends_at__gt=at).count()) == (0, 0)
    print(f"seed {seed}: {sum(map(len, before.values()))} sections seen by {len(before)} jobs, none lost; {report(merger)['accesses']}")


def test_through_the_pages_from_the_proposal_to_the_report():
    two = Two(make=make_now)
    make_case_now(two.one)
    clients = {name: signed_in(getattr(two, name)) for name in ("administrator", "one", "other")}
    answer = clients["administrator"].post("/organisations/mergers/", {"first": str(two.first.pk), "second": str(two.second.pk)})
    page = answer["Location"]
    assert page in clients["one"].get("/").content.decode()
    assert clients["administrator"].post(page).status_code == 404
    assert signed_in(make_now(supervisor=True)).get(page).status_code == 404
    assert signed_in(two.one, fresh=False).post(page).status_code == 409
    assert clients["one"].post(page).status_code == 302
    assert clients["other"].post(page).status_code == 302
    shown = clients["other"].get(page).content.decode()
    assert ("Carried out" in shown, "Cases led" in shown) == (True, True)
    assert clients["one"].get("/d/").status_code == 200
