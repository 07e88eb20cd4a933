"""Identity requests: one requester, one person, until a day, by the custodians' answer (globaleaks#3656, #3162, #3210, #4688)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction

from havre import trust
from havre.register import naming, services
from havre.register.models import Person
from havre.trust import grants, identity
from havre.trust.accounts import invitations
from havre.trust.asking import custody, queries, words
from havre.trust.asking import services as asking
from havre.trust.contract import due, waiting
from havre.trust.enums import Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import ActRow, Conflict, Grant, IdentityEvent, IdentityRequest, Membership, Reading
from havre.trust.models.accounts import job_holder
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")
NAME = {"prs_FirstName": "Zéphyrine", "prs_SecondName": "Quaynor", "prs_MobilePhone": "+233 24 555 0199"}
DAY = timedelta(days=1)


def add_person(case):
    person = Person(case=case)
    person.save(force_insert=True)
    return person.pk


@pytest.fixture
def lead():
    return make_actor()


@pytest.fixture
def case(lead):
    made = make_case(lead)
    with trust.acting(lead):
        identity.write(by=lead, case_id=made.pk, person_id=whose(made), section=Section.IDENTITY, kind="identity", body=NAME)
    return made


@pytest.fixture
def police(case):
    """An investigator who works on the case without the name, for justice."""
    actor = make_actor(Role.INVESTIGATOR)
    give_to(actor, case, sections=Section.FACTS | Section.JUSTICE | Section.IDENTITY, basis=Basis.REFERRAL)
    return actor


def whose(case):
    return case.persons.for_house("tests").earliest("recorded_at").pk


def asks(by, case, *, until=NOW + 10 * DAY, reason="court_order", **more):
    return asking.ask(by=by, case_id=case.pk, person_id=more.pop("person_id", None) or whose(case), reason=reason, until=until, **more)


def opens(by, case, person_id=None) -> bool:
    try:
        with trust.acting(by):
            found = identity.read_one(by=by, case_id=case.pk, person_id=person_id or whose(case), section=Section.IDENTITY)
    except (Refused, Missing):
        return False
    return found is not None


def kinds(request) -> list[str]:
    return list(IdentityEvent.objects.filter(request=request).order_by("number").values_list("kind", flat=True))


def test_name_opens_to_one_requester_only_and_ends_by_itself(lead, case, police):
    """globaleaks#3656: not to the whole team."""
    colleague = make_actor(Role.INVESTIGATOR, organisation_id=police.organisation_id)
    assert (opens(police, case), opens(colleague, case)) == (False, False)
    asked = asks(police, case)
    assert not opens(police, case)
    asking.grant(by=lead, request_id=asked.pk)
    assert (opens(police, case), opens(colleague, case)) == (True, False)
    later = {days: opens(police.on(NOW + days * DAY), case) for days in (1, 10, 11)}
    # the factor is stale by then: given anew
    assert later == {1: False, 10: False, 11: False}
    fresh = {days: opens(make_again(police, NOW + days * DAY), case) for days in (1, 9, 10, 11)}
    assert fresh == {1: True, 9: True, 10: False, 11: False}


def make_again(actor, at):
    """The same actor at another moment, the second factor given a minute before."""
    return replace(actor, at=at, factor_at=at - timedelta(minutes=1))


def test_name_of_one_person_does_not_open_the_others_of_the_case(lead, case, police):
    second = add_person(case)
    with trust.acting(lead):
        identity.write(by=lead, case_id=case.pk, person_id=second, section=Section.IDENTITY, kind="identity", body=NAME)
    asking.grant(by=lead, request_id=asks(police, case).pk)
    assert (opens(police, case), opens(police, case, second)) == (True, False)


def test_request_grant_use_and_end_are_events_that_nobody_rewrites(lead, case, police):
    """globaleaks#3210, #4688: the history is neither overwritten nor missing."""
    asked = asks(police, case)
    asking.grant(by=lead, request_id=asked.pk)
    opens(police, case)
    opens(police, case)
    asking.end(by=lead, request_id=asked.pk)
    assert kinds(asked) == ["requested", "granted", "used", "used", "ended"]
    assert not opens(police, case)
    names = ["identity.ask", "identity.grant", "identity.use", "identity.use", "identity.end"]
    rows = ActRow.objects.filter(event__in=set(names), subject=whose(case)).order_by("no")
    assert list(rows.values_list("event", flat=True)) == names
    event = IdentityEvent.objects.filter(request=asked).first()
    for change in (
        lambda: IdentityEvent.objects.filter(pk=event.pk).update(kind="refused"),
        lambda: IdentityRequest.objects.filter(pk=asked.pk).update(reason="care"),
        lambda: IdentityEvent.objects.filter(pk=event.pk).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_refusal_needs_a_reason_and_is_told(lead, case, police):
    asked = asks(police, case)
    with pytest.raises(Invalid):
        asking.refuse(by=lead, request_id=asked.pk, reason="")
    asking.refuse(by=lead, request_id=asked.pk, reason="no_ground")
    assert (kinds(asked), opens(police, case)) == (["requested", "refused"], False)
    (line,) = queries.lines(queries.mine(police), at=police.at)
    assert (line["state"], line["events"][-1].why) == ("refused", "The ground is not shown: send the order or the paper")
    with pytest.raises(Missing):
        asking.grant(by=lead, request_id=asked.pk)


def test_all_custodians_must_agree_where_the_country_says_so(lead, case, police, settings):
    """globaleaks#3162: several custodians, AND or OR."""
    settings.HAVRE_IDENTITY_CUSTODIANS = "all:case_manager@lead,data_protection_officer@country"
    officer = make_actor(Role.DATA_PROTECTION_OFFICER)
    asked = asks(police, case)
    asking.grant(by=lead, request_id=asked.pk)
    assert not opens(police, case)
    with pytest.raises(Missing):
        asking.grant(by=lead, request_id=asked.pk)
    second = make_actor(organisation_id=lead.organisation_id)
    with pytest.raises(Missing):
        asking.grant(by=second, request_id=asked.pk)
    asking.grant(by=officer, request_id=asked.pk)
    assert (opens(police, case), kinds(asked)) == (True, ["requested", "granted", "granted", "used"])
    assert not opens(officer, case)


def test_job_that_nobody_holds_is_said_at_once(case, police, settings):
    settings.HAVRE_IDENTITY_CUSTODIANS = "all:case_manager@lead,data_protection_officer@country"
    with pytest.raises(Refused) as refused:
        asks(police, case)
    assert refused.value.reasons == (
        "nobody can answer: this custodian's job is held by no one else: Data-protection officer, of the country. Ask the coordinator",
    )


@pytest.mark.parametrize(
    "text", ["", "some:case_manager@lead", "any:", "any:trainer@lead", "any:case_manager@country", "all:health@lead,health@lead"]
)
def test_setting_that_cannot_be_read_says_what_is_expected(text):
    with pytest.raises(custody.SettingWrong) as wrong:
        custody.parse(text)
    assert "Example: any:case_manager@lead" in str(wrong.value)


def test_only_the_cases_own_custodians_answer_and_nobody_for_oneself(lead, case, police):
    asked = asks(police, case)
    partner = make_actor(Role.CASE_MANAGER)
    give_to(partner, case, basis=Basis.REFERRAL)
    stranger = make_actor(Role.CASE_MANAGER)
    for by in (partner, stranger, police, make_actor(Role.DATA_PROTECTION_OFFICER), make_actor(Role.ADMINISTRATOR)):
        with pytest.raises(Missing):
            asking.grant(by=by, request_id=asked.pk)
        with pytest.raises(Missing):
            asking.refuse(by=by, request_id=asked.pk, reason="no_ground")
    assert kinds(asked) == ["requested"]


def test_custodian_with_a_stale_factor_grants_nothing(lead, case, police):
    asked = asks(police, case)
    with pytest.raises(Refused):
        asking.grant(by=replace(lead, factor_at=None), request_id=asked.pk)
    assert kinds(asked) == ["requested"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"reason": "curiosity"}, "reason"),
        ({"until": NOW - DAY}, "until"),
        ({"until": NOW + 91 * DAY}, "until"),
    ],
)
def test_request_that_cannot_stand_says_what_to_mend(case, police, told, field):
    with pytest.raises(Invalid) as invalid:
        asks(police, case, **told)
    assert list(invalid.value.problems) == [field]


def test_request_never_outlasts_the_requesters_own_access(lead, case):
    shelter = make_actor(Role.SHELTER)
    give_to(shelter, case, sections=Section.PROTECTION, basis=Basis.REFERRAL, ends_at=NOW + 5 * DAY)
    with pytest.raises(Invalid):
        asks(shelter, case, until=NOW + 6 * DAY, reason="care")
    asking.grant(by=lead, request_id=asks(shelter, case, until=NOW + 4 * DAY, reason="care").pk)
    assert opens(shelter, case)


def test_partner_with_protection_only_has_this_way_and_who_holds_the_name_needs_none(lead, case):
    """The existing way stays: the lead service opens names as before, and its opening is nobody's request."""
    shelter = make_actor(Role.SHELTER)
    give_to(shelter, case, sections=Section.PROTECTION, basis=Basis.REFERRAL)
    assert not opens(shelter, case)
    assert opens(lead, case)
    assert not IdentityEvent.objects.exists()
    with pytest.raises(Refused) as refused:
        asks(lead, case)
    assert "the name is open to you already: open it on the case's page" in refused.value.reasons


@pytest.mark.parametrize("role", [Role.INTERPRETER, Role.COORDINATOR, Role.RAPPORTEUR, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_role_that_works_without_names_cannot_ask(case, role):
    by = make_actor(role)
    with pytest.raises(Refused) as refused:
        asks(by, case)
    assert refused.value.status == 403


def test_sealed_case_is_absent_from_every_side_of_a_request(lead, case, police, settings):
    settings.HAVRE_IDENTITY_CUSTODIANS = "any:case_manager@lead,data_protection_officer@country"
    officer = make_actor(Role.DATA_PROTECTION_OFFICER)
    asked = asks(police, case)
    granted = asks(other := make_actor_on(case), case)
    asking.grant(by=lead, request_id=granted.pk)
    assert (len(queries.to_answer(officer)), len(queries.of_country())) == (1, 2)
    keeper = make_actor(organisation_id=lead.organisation_id)
    later = NOW + timedelta(minutes=2)
    custodian = job_holder(lead.organisation_id, Role.CASE_MANAGER)
    services.seal_case(by=make_again(lead, later), case_id=case.pk, custodians=[custodian], reason="threat", review_on=later.date())
    at = later + timedelta(minutes=1)
    assert not opens(make_again(other, at), case)
    for by in (officer, police, other):
        now = make_again(by, at)
        assert (queries.to_answer(now), queries.mine(now), queries.of_country()) == ([], [], [])
        with pytest.raises(Missing):
            queries.visible(now, asked.pk)
        with pytest.raises(Missing):
            asking.end(by=now, request_id=asked.pk) if by is officer else asks(now, case)
    with pytest.raises(Refused):
        asking.grant(by=make_again(keeper, at), request_id=asked.pk)


def make_actor_on(case):
    actor = make_actor(Role.PROSECUTOR)
    give_to(actor, case, sections=Section.JUSTICE, basis=Basis.REFERRAL)
    return actor


def test_name_closes_with_the_requesters_access_or_job(lead, case, police):
    asking.grant(by=lead, request_id=asks(police, case).pk)
    later = make_again(police, NOW + DAY)
    assert opens(later, case)
    grants.end(at=NOW + DAY, holder_id=police.holder_id, case_id=case.pk)
    assert not opens(later, case)
    due(NOW + 2 * DAY)
    assert kinds(IdentityRequest.objects.get())[-1] == "ended"
    assert IdentityEvent.objects.latest("number").reason == "access_closed"


def test_name_closes_when_the_requester_leaves_the_job(lead, case, police):
    asking.grant(by=lead, request_id=asks(police, case).pk)
    administrator = make_actor(Role.ADMINISTRATOR, organisation_id=police.organisation_id)
    job = Membership.objects.get(user=police.user)
    invitations.end_job(by=administrator.on(NOW + DAY), membership_id=job.pk)
    assert Grant.objects.get(basis=Basis.IDENTITY_REQUEST).ends_at == NOW + DAY


def test_conflict_recorded_meanwhile_closes_the_name_and_stops_a_grant(lead, case, police):
    asked = asks(police, case)
    Conflict.objects.create(case_id=case.pk, holder_id=police.personal_id, reason="complaint")
    with pytest.raises(Refused):
        asking.grant(by=lead, request_id=asked.pk)


def test_sweep_writes_the_end_of_what_lapsed_once(lead, case, police):
    unanswered = asks(police, case, until=NOW + DAY)
    granted = asks(other := make_actor_on(case), case, until=NOW + DAY)
    asking.grant(by=lead, request_id=granted.pk)
    assert opens(other, case)
    assert asking.settle(NOW + timedelta(hours=23)) == 0
    assert [asking.settle(NOW + 2 * DAY), asking.settle(NOW + 2 * DAY)] == [2, 0]
    reasons = {event.request_id: event.reason for event in IdentityEvent.objects.filter(kind="ended")}
    assert reasons == {unanswered.pk: "unanswered", granted.pk: "lapsed"}


def test_words_beside_a_request_are_sealed_and_read_by_whoever_may_open_the_name(lead, case, police):
    asked = asks(police, case, words="Order 17 of the court at Example")
    with trust.acting(lead):
        assert words.told(lead, asked) == "Order 17 of the court at Example"
    with trust.acting(police):
        assert words.told(police, asked) == ""


def test_justice_is_told_the_name_and_not_where_to_call(lead, case, police):
    """The wall: a name that was granted opens no telephone to those who may never read a whereabouts."""
    asking.grant(by=lead, request_id=asks(police, case).pk)
    with trust.acting(police):
        seen = naming.open_name(case_id=case.pk, person_id=whose(case), reason="contact", by=police)
    with trust.acting(lead):
        known = naming.open_name(case_id=case.pk, person_id=whose(case), reason="contact", by=lead)
    assert [value for _label, value in seen] == ["Zéphyrine Quaynor"]
    assert [value for _label, value in known] == ["Zéphyrine Quaynor", "+233 24 555 0199"]


def test_search_of_the_caseload_finds_a_granted_name_and_notes_its_use(lead, case, police):
    asked = asks(police, case)
    with trust.acting(police):
        assert identity.search_caseload(by=police, words="Zeph") == []
    asking.grant(by=lead, request_id=asked.pk)
    with trust.acting(police):
        assert [one.name for one in identity.search_caseload(by=police, words="Zeph")] == ["Zéphyrine Quaynor"]
    assert kinds(asked) == ["requested", "granted", "used"]


def test_it_waits_on_the_custodians_home_and_on_nobody_elses(lead, case, police):
    asked = asks(police, case)
    titles = {who: [one.why for one in waiting(by) if str(asked.pk) in one.url] for who, by in (("lead", lead), ("police", police))}
    assert titles == {"lead": ["A court or a prosecutor orders it"], "police": []}
    asking.grant(by=lead, request_id=asked.pk)
    assert [one for one in waiting(lead) if str(asked.pk) in one.url] == []


def test_reading_on_a_grant_is_a_reading_like_any_other(lead, case, police):
    asking.grant(by=lead, request_id=asks(police, case).pk)
    before = Reading.objects.filter(user_id=police.user.pk).count()
    opens(police, case)
    row = Reading.objects.filter(user_id=police.user.pk).latest("no")
    assert (Reading.objects.filter(user_id=police.user.pk).count() - before, row.sections) == (1, int(Section.IDENTITY))
    assert (row.subjects, row.purpose) == ([str(whose(case))], Purpose.JUSTICE)
