import pytest

from havre import trust
from havre.register.models import Case, PersonFacts
from havre.trust.enums import Basis, Role, Section
from havre.trust.errors import Missing, Unscoped
from havre.trust.models import Seal
from tests.factories import NOW, give_to, make_actor, make_case


def test_plain_manager_of_protected_model_raises():
    with pytest.raises(Unscoped):
        Case.objects.all()


def test_visible_to_outside_acting_raises():
    with pytest.raises(Unscoped):
        Case.objects.visible_to(make_actor())


def test_case_of_another_organisation_is_missing():
    mine, other = make_actor(), make_actor()
    case = make_case(mine)
    with trust.acting(mine):
        assert Case.objects.visible_to(mine).get_or_missing(pk=case.pk) == case
    with trust.acting(other), pytest.raises(Missing):
        Case.objects.visible_to(other).get_or_missing(pk=case.pk)


def test_section_outside_the_grant_is_absent():
    owner, lawyer = make_actor(), make_actor(Role.LEGAL_AID)
    case = make_case(owner)
    person = Case.objects.for_house("extract").get(pk=case.pk).persons.for_house("extract").get()
    PersonFacts(person=person, case=case).save(force_insert=True)
    give_to(lawyer, case, sections=Section.JUSTICE, basis=Basis.CONSENT)
    with trust.acting(lawyer) as context:
        assert list(PersonFacts.objects.visible_to(lawyer)) == []
        assert list(Case.objects.visible_to(lawyer)) == [case]
        assert (context.log.sections, context.log.subjects) == (Section.CASE, {case.pk})


def test_sealed_case_is_absent_for_its_own_service():
    owner = make_actor()
    case = make_case(owner)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    with trust.acting(owner):
        assert list(Case.objects.visible_to(owner)) == []
