"""The inquiry goes to the prosecution: facts and proceeding are opened to it, and nothing else of the case."""

from havre import trust
from havre.justice import services
from havre.justice.models import Proceeding
from havre.trust.enums import Basis, Role, Section
from havre.trust.models import Grant
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import person_of

RECORD = {"against": "trafficker", "measures": ["pseudonym"], "threats_assessed_at": NOW, "lawyer_at": NOW}


def test_refer_opens_facts_and_proceeding_to_the_prosecution_once_and_no_whereabouts():
    owner, investigator, prosecutor = make_actor(Role.CASE_MANAGER), make_actor(Role.INVESTIGATOR), make_actor(Role.PROSECUTOR)
    case = make_case(owner)
    give_to(investigator, case, sections=Section.FACTS | Section.JUSTICE, basis=Basis.REFERRAL)
    with trust.acting(prosecutor):
        assert not Proceeding.objects.visible_to(prosecutor).exists()
    with trust.acting(investigator):
        opened = services.open_proceeding(case_id=case.pk, person_id=person_of(case).pk, record=RECORD, by=investigator)
        for _again in range(2):
            services.move(proceeding_id=opened.pk, step="refer", by=investigator)
    given = Grant.objects.filter(case_id=case.pk, source_id=opened.pk)
    assert [Section(one.sections) for one in given] == [Section.CASE | Section.FACTS | Section.JUSTICE]
    assert given.get().basis == Basis.LEGAL_DUTY
    with trust.acting(prosecutor):
        assert Proceeding.objects.visible_to(prosecutor).get() == opened
