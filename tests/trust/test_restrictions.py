"""One person's restriction list (community.dhis2.org/t/5302): a colleague or a job may not touch these sections of this person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from havre import trust
from havre.protection.models import ScreeningAnswer
from havre.register.models import Note, Person
from havre.trust import policy
from havre.trust.asking import restricting
from havre.trust.enums import Act, Basis, Role, Section
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import ActRow, Reading, Restriction
from havre.trust.policy.rows import When
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_site import make_now, person_of, signed_in
from tests.factories_whole import fill_case

pytestmark = pytest.mark.postgresql
LISTED = next(name for name, row in policy.POLICY.forbids if row.when is When.RESTRICTED)


@pytest.fixture
def team():
    """Two case managers of one service, and a shelter that the case was referred to."""
    lead = make_actor()
    colleague = make_actor(organisation_id=lead.organisation_id)
    shelter = make_actor(Role.SHELTER)
    case = make_case(lead)
    give_to(shelter, case, basis=Basis.REFERRAL)
    return lead, colleague, shelter, case


def note(by, case, person_id, section=Section.PROTECTION):
    made = Note(case=case, person_id=person_id, section_bit=int(section), happened_at=NOW, by=by.user, organisation_id=by.organisation_id)
    made.save(force_insert=True)
    return made.pk


def close(by, case, holder_id, sections=Section.PROTECTION, person_id=None, reason="knows_person"):
    whom = person_id or person_of(case).pk
    return restricting.place(by=by, case_id=case.pk, person_id=whom, holder_id=holder_id, sections=sections, reason=reason)


def seen(by, model=Note):
    with trust.acting(by):
        return set(model.objects.visible_to(by).values_list("pk", flat=True))


def test_colleague_on_the_list_sees_the_section_of_that_person_nowhere_and_the_others_do(team):
    lead, colleague, shelter, case = team
    first = person_of(case)
    second = Person(case=case)
    second.save(force_insert=True)
    mine, theirs = note(lead, case, first.pk), note(lead, case, second.pk)
    facts = note(lead, case, first.pk, Section.FACTS)
    close(lead, case, colleague.personal_id, person_id=first.pk)
    assert seen(colleague) == {theirs, facts}
    assert seen(lead) == {mine, theirs, facts}
    assert seen(shelter) == {mine, theirs}
    decisions = [policy.decide(colleague, act, Section.PROTECTION, case.pk, person_id=first.pk) for act in (Act.READ, Act.WRITE, Act.SHARE)]
    assert [(one.allowed, one.rows) for one in decisions] == [(False, (LISTED,))] * 3
    assert policy.decide(colleague, Act.READ, Section.PROTECTION, case.pk, person_id=second.pk).allowed
    # asked about everybody in the case, and for a record about no one person, the stricter answer
    assert not policy.decide(colleague, Act.READ, Section.PROTECTION, case.pk).allowed
    with trust.acting(colleague), pytest.raises(Refused):
        Note.objects.add(
            by=colleague,
            case=case,
            person=first,
            section_bit=int(Section.PROTECTION),
            happened_at=NOW,
            organisation_id=colleague.organisation_id,
        )


def test_job_on_the_list_is_closed_to_whoever_holds_it(team):
    lead, _colleague, shelter, case = team
    pk = note(lead, case, person_of(case).pk)
    night = make_actor(Role.SHELTER, organisation_id=shelter.organisation_id)
    assert seen(night) == {pk}
    close(lead, case, shelter.holder_id)
    assert (seen(shelter), seen(night), seen(lead)) == (set(), set(), {pk})


def test_record_about_no_one_person_is_closed_by_anybodys_list():
    lead = make_now()
    rows = fill_case(lead)
    colleague = make_now(organisation_id=lead.organisation_id)
    answer = rows["protection.ScreeningAnswer"]
    assert answer.pk in seen(colleague, ScreeningAnswer)
    close(lead, rows["register.Case"], colleague.personal_id, Section.SCREENING, person_id=rows["register.Person"].pk)
    assert answer.pk not in seen(colleague, ScreeningAnswer)
    assert answer.pk in seen(lead, ScreeningAnswer)


def test_lifted_line_opens_again_and_both_are_acts(team):
    lead, colleague, _shelter, case = team
    pk = note(lead, case, person_of(case).pk)
    line = close(lead, case, colleague.personal_id)
    assert seen(colleague) == set()
    restricting.lift(by=lead.on(NOW + timedelta(hours=1)), restriction_id=line.pk)
    assert seen(colleague) == {pk}
    rows = ActRow.objects.filter(event__startswith="restriction.").order_by("no").values_list("event", "reason")
    assert list(rows) == [("restriction.place", "knows_person"), ("restriction.lift", "")]


def test_who_is_named_on_a_line_can_neither_lift_it_nor_place_one_on_oneself(team):
    lead, colleague, _shelter, case = team
    line = close(lead, case, colleague.personal_id)
    with pytest.raises(Refused):
        restricting.lift(by=colleague, restriction_id=line.pk)
    with pytest.raises(Refused):
        close(lead, case, lead.personal_id)
    with pytest.raises(Refused):
        close(lead, case, colleague.personal_id, Section.HEALTH)


def test_only_who_may_seal_the_case_places_a_line(team):
    _lead, _colleague, shelter, case = team
    for by, error in ((shelter, Refused), (make_actor(), Missing), (make_actor(Role.ADMINISTRATOR), Missing)):
        with pytest.raises(error):
            close(by, case, shelter.personal_id)
    assert not Restriction.objects.exists()


def test_line_that_cannot_stand_says_what_to_mend(team):
    lead, colleague, _shelter, case = team
    stranger = make_actor()
    for told, field in (
        ({"holder_id": stranger.personal_id}, "holder"),
        ({"holder_id": colleague.personal_id, "sections": Section.CASE}, "sections"),
        ({"holder_id": colleague.personal_id, "sections": Section(0)}, "sections"),
        ({"holder_id": colleague.personal_id, "reason": "dislike"}, "reason"),
    ):
        with pytest.raises(Invalid) as invalid:
            close(lead, case, **told)
        assert list(invalid.value.problems) == [field]


def test_database_itself_refuses_a_line_about_the_bare_file(team):
    lead, colleague, _shelter, case = team
    fields = {"case_id": case.pk, "person_id": person_of(case).pk, "holder_id": colleague.personal_id, "reason": "safety"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Restriction.objects.create(**fields, sections=33, placed_by=lead.user, placed_at=NOW)


def test_list_is_kept_on_its_page_and_the_case_page_still_opens_for_who_is_on_it():
    lead = make_now()
    rows = fill_case(lead)
    case = rows["register.Case"]
    colleague = make_now(organisation_id=lead.organisation_id)
    page = f"/names/lists/{case.pk}/"
    client = signed_in(lead)
    assert client.get(page).status_code == 200
    restricting.choices(lead, case.pk)
    told = {"person": str(rows["register.Person"].pk), "holder": str(colleague.personal_id), "reason": "person_asks"}
    assert client.post(page, {**told, "sections": []}).status_code == 422
    assert client.post(page, {**told, "sections": ["protection", "health"]}).status_code == 302
    assert colleague.user.name in client.get(page).content.decode()
    assert signed_in(colleague).get(f"/d/{case.ref}/").status_code == 200
    line = Restriction.objects.get()
    assert (line.sections, line.holder_id) == (int(Section.PROTECTION | Section.HEALTH), colleague.personal_id)
    assert signed_in(colleague).post(f"{page}{line.pk}/lift/").status_code == 403
    # the refused act has its line, and the page that it was sent to adds none
    assert list(Reading.objects.filter(kind="refusal").values_list("event", flat=True)) == ["restriction.lift"]
    assert client.post(f"{page}{line.pk}/lift/").status_code == 302
    assert signed_in(make_now()).get(page).status_code == 404
