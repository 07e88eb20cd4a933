"""A labour inspector is front line and justice: what they read of a case hangs on the purpose declared and on who leads.

docs/decisions/inspector-front-line.md; Must show 5 of the casework (the wall of whereabouts).
"""

from datetime import timedelta

import pytest

from havre import trust
from havre.justice.workflow import INVESTIGATORS
from havre.referral import services
from havre.referral.queries import leads
from havre.register import notes
from havre.register.enums import Channel
from havre.register.models import Note
from havre.register.services import open_case
from havre.trust import policy
from havre.trust.enums import ROLE_PURPOSES, Act, Basis, Purpose, Role, Section
from havre.trust.errors import Invalid, Refused
from havre.trust.models import Organisation
from havre.trust.policy.decide import sections_readable
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import PERSON, agree, consent_to, person_of
from tests.factories_vault import unlocked  # noqa: F401
from tests.referral.houses import act, prepared

pytestmark = [pytest.mark.usefixtures("unlocked"), pytest.mark.postgresql]
CARE = (Section.SCREENING, Section.PROTECTION)
PARTS = Section.PROTECTION | Section.SCREENING | Section.FACTS | Section.IDENTITY


def inspector(**fields):
    return make_actor(Role.LABOUR_INSPECTOR, **fields)


def opened_by(by):
    return act(open_case, by, person=PERSON, channel=Channel.INSPECTION, happened_at=NOW)


def note(case, by, section=Section.PROTECTION):
    words = {"words": "Sleeps at the house by the river.", "happened_at": NOW}
    return act(notes.add, by, case_id=case.pk, person_id=person_of(case).pk, section=section, **words)


def reads(actor, case) -> set[Section]:
    """What the policy says and what the lists give, which must be one."""
    with trust.acting(actor):
        said = set(sections_readable(actor, case.pk))
        given = {Section(bit) for bit in Note.objects.visible_to(actor).filter(case=case).values_list("section_bit", flat=True)}
    assert given <= said
    return said


def test_inspection_reads_care_on_its_own_case_for_identification_and_never_for_justice():
    by = inspector()
    case = opened_by(by)
    for section in CARE:
        note(case, by, section)
    assert {*CARE, Section.FACTS} <= reads(by, case)
    pursuing = by.for_purpose(Purpose.JUSTICE)
    assert reads(pursuing, case) == {Section.CASE, Section.IDENTITY, Section.FACTS, Section.JUSTICE}
    with pytest.raises(Refused) as refusal:
        note(case, pursuing)
    assert "change the purpose of your job to identification" in str(refusal.value.reasons[0])
    with trust.acting(pursuing):
        assert list(Note.objects.visible_to(pursuing).filter(case=case)) == []


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("role", [role for role in Role if Purpose.JUSTICE in ROLE_PURPOSES[role] and role is not Role.LEGAL_AID], ids=str)
def test_who_acts_for_justice_reads_no_words_of_care_on_any_basis(role, basis):
    by = make_actor(role, purpose=Purpose.JUSTICE)
    case = make_case(make_actor(Role.CASE_MANAGER))
    give_to(by, case, basis=basis)
    for section in (*CARE, Section.WHEREABOUTS, Section.HEALTH):
        for one in (Act.READ, Act.WRITE, Act.EXPORT, Act.SHARE):
            for person in (None, person_of(case).pk):
                assert not policy.decide(by, one, section, case.pk, person_id=person).allowed, (section, one)
    assert reads(by, case).isdisjoint({*CARE, Section.WHEREABOUTS, Section.HEALTH})


def test_inspection_that_handed_the_case_on_reads_nothing_that_carers_write_then():
    by, second = inspector(), make_actor(Role.CASE_MANAGER)
    manager = make_actor(Role.CASE_MANAGER, organisation=Organisation.objects.get(pk=by.organisation_id))
    case = opened_by(by)
    agree(manager, second)
    consent_to(case, second, sections=PARTS, days=3650)
    asked = {"second_id": second.organisation_id, "second_role": second.role, "sections": PARTS}
    transfer = act(services.propose, manager, case_id=case.pk, **asked)
    read = [clock.id for clock in leads.open_clocks(case.pk, PARTS)]
    act(services.take_lead, second, transfer_id=transfer.pk, no_conflict=True, clocks_read=read)
    note(case, second)
    assert Section.PROTECTION in reads(second, case)
    for purpose in ROLE_PURPOSES[Role.LABOUR_INSPECTOR]:
        assert reads(by.for_purpose(purpose), case) == set()


def test_referral_to_an_inspection_for_justice_carries_no_words_of_care():
    sender, receiver = make_actor(Role.CASE_MANAGER), inspector(purpose=Purpose.JUSTICE)
    agree(sender, receiver)
    case = make_case(sender)
    with pytest.raises(Invalid) as problem:
        prepared((sender, receiver, case, consent_to(case, receiver, sections=PARTS)), sections=Section.SCREENING)
    assert "sections" in problem.value.problems
    assert prepared((sender, receiver, case, consent_to(case, receiver, sections=PARTS)), sections=Section.FACTS).status == "draft"


def test_inspector_still_works_for_justice_on_what_justice_is_made_of():
    assert Role.LABOUR_INSPECTOR in INVESTIGATORS
    by = inspector(purpose=Purpose.JUSTICE)
    case = make_case(make_actor(Role.CASE_MANAGER))
    give_to(by, case, basis=Basis.LEGAL_DUTY, ends_at=NOW + timedelta(days=9))
    for section in (Section.CASE, Section.FACTS, Section.JUSTICE):
        assert policy.decide(by, Act.READ, section, case.pk).allowed
    assert policy.decide(by, Act.WRITE, Section.JUSTICE, case.pk).allowed
