"""The emergency access: short, told, judged."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from havre import trust
from havre.register.models import Case
from havre.trust.accounts import glass
from havre.trust.actors import Actor
from havre.trust.contract import waiting
from havre.trust.enums import ALL_SECTIONS, Act, Basis, Purpose, Role, Section
from havre.trust.errors import Missing, Refused
from havre.trust.models import ActRow, BreakGlass, Conflict, Grant, Reading, Seal, User
from havre.trust.models.accounts import person_holder
from havre.trust.policy import POLICY, decide
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_accounts import person, sign_in
from tests.factories_site import signed_assessment


@pytest.fixture
def owner():
    return make_actor()


@pytest.fixture
def case(owner):
    return make_case(owner)


@pytest.fixture
def other():
    return make_actor(Role.FIRST_RESPONDER, purpose=Purpose.PROTECTION)


@pytest.fixture
def officer():
    return make_actor(Role.DATA_PROTECTION_OFFICER)


def break_it(by: Actor, case, reason="danger_to_life"):
    return glass.break_glass(by=by, case_ref=case.ref, reason=reason)


def visible(by: Actor):
    with trust.acting(by):
        return list(Case.objects.visible_to(by))


def test_case_is_open_for_sixty_minutes_then_absent(other, case):
    assert visible(other) == []
    break_it(other, case)
    for minutes, seen in ((0, [case]), (59, [case]), (60, []), (600, [])):
        assert visible(other.on(NOW + timedelta(minutes=minutes))) == seen, minutes


def test_sections_are_those_of_the_policy_and_no_more(other, case):
    break_it(other, case)
    opened = {section for section in Section if decide(other, Act.READ, section, case.pk).allowed}
    expected = {section for section in Section if section & glass.sections_in_emergency(Role.FIRST_RESPONDER)}
    assert opened == expected == {Section.CASE, Section.IDENTITY, Section.WHEREABOUTS, Section.PROTECTION, Section.HEALTH}
    assert not any(decide(other, Act.WRITE, section, case.pk).allowed for section in Section)


def test_access_is_personal_in_this_role_and_for_this_purpose(other, case):
    made = break_it(other, case)
    grant = Grant.objects.get(source_id=made.pk)
    assert (grant.holder, grant.role, grant.basis, grant.purpose) == (
        person_holder(other.user.pk),
        Role.FIRST_RESPONDER,
        Basis.BREAK_GLASS,
        Purpose.PROTECTION,
    )
    colleague = make_actor(Role.FIRST_RESPONDER, organisation_id=other.organisation_id, purpose=Purpose.PROTECTION)
    assert visible(colleague) == []


def test_second_call_gives_the_open_one_and_no_longer_hour(other, case):
    first = break_it(other, case)
    again = break_it(Actor(**{**_fields(other), "at": NOW + timedelta(minutes=3)}), case)
    assert again == first
    assert BreakGlass.objects.count() == Grant.objects.filter(basis=Basis.BREAK_GLASS).count() == 1


def _fields(actor):
    return {name: getattr(actor, name) for name in Actor.__dataclass_fields__}


def test_one_leaves_before_the_hour(other, case):
    made = break_it(other, case)
    glass.close(by=other.on(NOW + timedelta(minutes=5)), break_glass_id=made.pk)
    assert visible(other.on(NOW + timedelta(minutes=6))) == []


@pytest.mark.parametrize("role", sorted(set(Role) - {role for act, role in POLICY.house if act == Act.BREAK_GLASS}))
def test_role_without_the_right_is_refused_and_gets_nothing(role, case):
    by = make_actor(role)
    with pytest.raises(Refused) as refused:
        break_it(by, case)
    assert (refused.value.status, BreakGlass.objects.count(), visible(by)) == (403, 0, [])


def test_stale_factor_is_refused(case):
    by = make_actor(Role.FIRST_RESPONDER, fresh=False)
    with pytest.raises(Refused):
        break_it(by, case)


def test_every_reason_is_given_at_once(case):
    by = make_actor(Role.INVESTIGATOR, fresh=False)
    User.objects.filter(pk=by.user.pk).update(suspended_from_break_glass=True)
    with pytest.raises(Refused) as refused:
        break_it(by, case, reason="curiosity")
    assert len(refused.value.reasons) == 4


def test_refusal_leaves_one_row(case):
    by = make_actor(Role.INVESTIGATOR)
    with pytest.raises(Refused):
        break_it(by, case)
    assert list(Reading.objects.values_list("event", "user_id")) == [("break_glass", by.user.pk)]


def test_unknown_sealed_and_conflicted_cases_are_the_same_absence(other, owner, case):
    sealed, conflicted = case, make_case(owner)
    Seal.objects.create(case_id=sealed.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    Conflict.objects.create(case_id=conflicted.pk, holder_id=other.holder_id, reason="kin")
    for ref in (sealed.ref, str(sealed.pk), conflicted.ref, "D-0000-0000", str(uuid4())):
        with pytest.raises(Missing):
            glass.break_glass(by=other, case_ref=ref, reason="danger_to_life")
    assert BreakGlass.objects.count() == 0


def test_case_sealed_during_the_hour_is_absent_at_once(other, owner, case):
    break_it(other, case)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    assert visible(other) == []


# who is told
def test_team_and_officer_hear_of_it_at_once_and_nobody_else(other, owner, officer, case):
    stranger = make_actor()
    signed_assessment(officer)
    made = break_it(other, case)
    path = f"/emergency/{made.pk}/"
    assert [row.url for row in waiting(owner)] == [path]
    assert [(row.url, row.due_at, row.urgent) for row in waiting(officer)] == [(path, NOW + timedelta(hours=72), True)]
    assert list(waiting(stranger)) == list(waiting(other)) == []
    for actor in (owner, officer, other):
        assert glass.visible(actor, made.pk) == made
    with pytest.raises(Missing):
        glass.visible(stranger, made.pk)


def test_team_of_a_shared_case_hears_of_it_too(other, owner, case):
    shelter = make_actor(Role.SHELTER)
    give_to(shelter, case, sections=ALL_SECTIONS, basis=Basis.REFERRAL)
    break_it(other, case)
    assert len(list(waiting(shelter))) == 1


# the review
def test_officer_judges_and_nothing_waits_any_more(other, officer, case):
    signed_assessment(officer)
    made = break_it(other, case)
    glass.review(by=officer, break_glass_id=made.pk, verdict="justified")
    made.refresh_from_db()
    assert (made.reviewed_by, made.verdict) == (officer.user, "justified")
    assert list(waiting(officer)) == []
    assert not User.objects.get(pk=other.user.pk).suspended_from_break_glass
    assert list(ActRow.objects.order_by("pk").values_list("event", "reason", "case_id")) == [
        ("break_glass", "danger_to_life", case.pk),
        ("break_glass.review", "justified", case.pk),
    ]


def test_not_justified_suspends_and_a_talk_gives_back(other, officer, case):
    made = break_it(other, case)
    glass.review(by=officer, break_glass_id=made.pk, verdict="not_justified")
    with pytest.raises(Refused):
        break_it(Actor(**{**_fields(other), "at": NOW + timedelta(minutes=2)}), case)
    glass.restore(by=officer, user_id=other.user.pk)
    assert glass.reasons_against(other) == []


def test_nobody_reviews_ones_own(case):
    both = make_actor(Role.FIRST_RESPONDER)
    made = break_it(both, case)
    as_officer = Actor(**{**_fields(both), "role": Role.DATA_PROTECTION_OFFICER})
    with pytest.raises(Refused) as refused:
        glass.review(by=as_officer, break_glass_id=made.pk, verdict="justified")
    assert refused.value.status == 403
    made.refresh_from_db()
    assert made.reviewed_at is None
    assert [one.url for one in waiting(as_officer)] == ["/impact/"]


@pytest.mark.parametrize("role", [Role.CASE_MANAGER, Role.ADMINISTRATOR, Role.COORDINATOR])
def test_no_other_role_reviews(role, other, case):
    made = break_it(other, case)
    with pytest.raises(Refused):
        glass.review(by=make_actor(role), break_glass_id=made.pk, verdict="justified")


@pytest.mark.parametrize(("hours", "suspended"), [(71, 0), (72, 1)])
def test_unreviewed_after_72_hours_suspends(hours, suspended, other, case):
    break_it(other, case)
    assert glass.suspend_unreviewed(NOW + timedelta(hours=hours)) == suspended
    assert User.objects.get(pk=other.user.pk).suspended_from_break_glass is bool(suspended)


def test_sweep_twice_suspends_once_and_reviewed_ones_never(other, officer, case):
    reviewed = make_actor(Role.SHELTER)
    glass.review(by=officer, break_glass_id=break_it(reviewed, case).pk, verdict="justified")
    break_it(other, case)
    late = NOW + timedelta(hours=80)
    assert (glass.suspend_unreviewed(late), glass.suspend_unreviewed(late)) == (1, 0)
    assert list(User.objects.filter(suspended_from_break_glass=True)) == [other.user]


def test_late_one_refuses_another_even_when_the_sweep_never_ran(other, owner, case):
    break_it(other, case)
    later = NOW + timedelta(hours=72)
    with pytest.raises(Refused):
        break_it(Actor(**{**_fields(other), "at": later, "factor_at": later}), make_case(owner))


def test_late_review_found_justified_lifts_the_suspension(other, officer, case):
    made = break_it(other, case)
    late = NOW + timedelta(hours=73)
    glass.suspend_unreviewed(late)
    glass.review(by=officer.on(late), break_glass_id=made.pk, verdict="justified")
    assert not User.objects.get(pk=other.user.pk).suspended_from_break_glass


def test_right_is_not_given_back_while_one_is_late(other, officer, case):
    break_it(other, case)
    late = NOW + timedelta(hours=73)
    glass.suspend_unreviewed(late)
    with pytest.raises(Refused):
        glass.restore(by=officer.on(late), user_id=other.user.pk)


# pages
def test_through_the_pages_from_breaking_to_the_finding(client, case):
    job, dpo = person(Role.SHELTER), person(Role.DATA_PROTECTION_OFFICER)
    sign_in(client, job.user)
    page = client.get("/emergency/")
    assert page.status_code == 200
    made = client.post("/emergency/", {"case_ref": case.ref, "reason": "medical_emergency"})
    row = BreakGlass.objects.get()
    assert made.url == f"/emergency/{row.pk}/"
    assert row.ends_at - row.starts_at == timedelta(minutes=60)
    assert client.get(made.url).status_code == 200
    client.logout()
    sign_in(client, dpo.user)
    assert f"/emergency/{row.pk}/" in client.get("/emergency/reviews/").content.decode()
    client.post(f"/emergency/{row.pk}/review/", {"verdict": "justified"})
    row.refresh_from_db()
    assert row.verdict == "justified"


def test_wrong_reference_on_the_page_stays_there_and_leaves_a_trace(client):
    job = person(Role.SHELTER)
    sign_in(client, job.user)
    page = client.post("/emergency/", {"case_ref": "D-0000-0000", "reason": "medical_emergency"})
    assert page.status_code == 422
    assert "D-0000-0000" in page.content.decode()
    assert list(Reading.objects.values_list("event", "user_id")) == [("break_glass", job.user_id)]


def test_page_asks_for_the_factor_again_first(client):
    job = person(Role.SHELTER)
    sign_in(client, job.user)
    session = client.session
    session["factor_at"] = (timezone.now() - timedelta(minutes=6)).isoformat()
    session.save()
    assert client.get("/emergency/").url == "/accounts/confirm/?next=%2Femergency%2F"


@pytest.mark.parametrize("role", [Role.INVESTIGATOR, Role.ADMINISTRATOR, Role.DATA_PROTECTION_OFFICER])
def test_page_is_closed_to_roles_without_the_right(client, role):
    sign_in(client, person(role).user)
    assert client.get("/emergency/").status_code == 403
