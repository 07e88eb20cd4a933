"""Who read what: for the officer, for the case's own service, and on paper for the person."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import translation

from havre import trust
from havre.register.models import Case, Person, PersonFacts
from havre.trust import audit
from havre.trust.enums import Basis, Role, Section
from havre.trust.errors import Unavailable
from havre.trust.history.queries import PAGE, refusals, who_read
from havre.trust.models import ActRow, Reading, Seal
from tests.factories import NOW, OrganisationFactory, give_to, make_actor, make_case
from tests.factories_audit import make_reading
from tests.french import french  # noqa: F401
from tests.pages import browser, shell  # noqa: F401

pytestmark = pytest.mark.usefixtures("shell")
# a paper that says any of these can put its owner in danger, in English or in French
TELLING = re.compile(r"traffick|traite|esclav|slave|exploit|victim|prostit", re.IGNORECASE)


def person_of(case):
    return Person.objects.for_house("tests").filter(case=case).values_list("pk", flat=True).get()


def history_acts():
    return ActRow.objects.filter(event__startswith="history.")


def read(actor, case):
    with trust.acting(actor, route="case.page"):
        list(Case.objects.visible_to(actor).filter(pk=case.pk))
        list(Person.objects.visible_to(actor).filter(case_id=case.pk))
        list(PersonFacts.objects.visible_to(actor).filter(case_id=case.pk))


@pytest.fixture
def shared():
    """A case of one service, shared with a lawyer by consent and read by both; the lawyer's access has ended since."""
    owner = make_actor(organisation=OrganisationFactory(name="Harbour house"))
    lawyer = make_actor(Role.LEGAL_AID, organisation=OrganisationFactory(name="Legal desk against human trafficking", kind="NGO"))
    case = make_case(owner)
    PersonFacts(person_id=person_of(case), case=case).save(force_insert=True)
    grant = give_to(lawyer, case, sections=Section.FACTS, basis=Basis.CONSENT)
    read(owner, case)
    read(lawyer, case)
    type(grant).objects.filter(pk=grant.pk).update(ends_at=NOW + timedelta(seconds=1))
    return owner, lawyer, case


def test_readings_come_newest_first_with_the_basis_of_their_moment(shared):
    owner, lawyer, case = shared
    rows = who_read(person_of(case), [case.pk])
    assert [(str(row.organisation), str(row.role), [str(b) for b in row.basis], row.staff, row.others) for row in rows] == [
        ("Legal desk against human trafficking", "Legal aid", ["Consent"], "", 0),
        ("Harbour house", "Case manager", ["Own case"], "", 0),
    ]
    assert [str(section) for section in rows[0].sections] == ["File", "Trafficking facts"]
    assert rows[0].law == ("CoE art. 11; 108+ art. 5", "CoE art. 10, 15, 27")
    assert [row.staff for row in who_read(person_of(case), [case.pk], staff_names=True)] == [lawyer.user.name, owner.user.name]


def test_reading_of_somebody_else_is_not_in_the_history(shared):
    _owner, _lawyer, case = shared
    make_reading(uuid4())
    assert len(who_read(person_of(case), [case.pk])) == 2
    assert who_read(uuid4(), [uuid4()]) == []


def test_page_that_showed_many_says_how_many_others(shared):
    owner, _lawyer, case = shared
    make_reading(case.pk, uuid4(), uuid4(), user_id=owner.user.pk, organisation_id=owner.organisation_id)
    assert who_read(person_of(case), [case.pk])[0].others == 2


@pytest.mark.parametrize("count", [1, 20])
def test_history_takes_five_queries_whatever_its_length(count, shared, django_assert_num_queries):
    owner, _lawyer, case = shared
    for _ in range(count):
        make_reading(case.pk, user_id=owner.user.pk, organisation_id=owner.organisation_id)
    person = person_of(case)
    with django_assert_num_queries(2, using="access"), django_assert_num_queries(3):
        assert len(who_read(person, [case.pk], staff_names=True)) == count + 2


def test_officer_sees_who_by_name_and_the_look_is_an_act(shared):
    owner, lawyer, case = shared
    officer = make_actor(Role.DATA_PROTECTION_OFFICER)
    page = came_by_reference(officer, case).get(f"/readers/{case.pk}/")
    assert page.status_code == 200
    assert all(name in page.content.decode() for name in (owner.user.name, lawyer.user.name, "Harbour house"))
    assert list(history_acts().values_list("event", "case_id", "user_id")) == [("history.view", case.pk, officer.user.pk)]


def test_own_service_sees_services_and_no_name_of_other_staff(shared):
    owner, lawyer, case = shared
    give_to(owner, case, starts_at=NOW - timedelta(days=900))
    page = browser(owner).get(f"/readers/{case.pk}/")
    assert (page.status_code, lawyer.user.name in page.content.decode(), "Legal desk" in page.content.decode()) == (200, False, True)


@pytest.mark.parametrize("role", [role for role in Role if role != Role.DATA_PROTECTION_OFFICER])
@pytest.mark.parametrize("page", ["", "paper/"])
def test_history_of_another_services_case_is_missing_for_everybody_else(role, page, shared):
    _owner, _lawyer, case = shared
    stranger = make_actor(role)
    hidden = browser(stranger).get(f"/readers/{case.pk}/{page}")
    absent = browser(stranger).get(f"/readers/{uuid4()}/{page}")
    assert (hidden.status_code, absent.status_code) == (404, 404)
    assert list(history_acts()) == []


def test_holder_by_consent_or_referral_does_not_see_who_read(shared):
    _owner, lawyer, case = shared
    give_to(lawyer, case, basis=Basis.CONSENT)
    assert browser(lawyer).get(f"/readers/{case.pk}/").status_code == 404


def test_case_that_does_not_exist_and_person_of_another_case_are_missing(shared):
    _owner, _lawyer, case = shared
    officer, other = came_by_reference(make_actor(Role.DATA_PROTECTION_OFFICER), case), make_case(make_actor())
    assert officer.get(f"/readers/{uuid4()}/").status_code == 404
    assert officer.get(f"/readers/{case.pk}/?person={person_of(other)}").status_code == 404
    assert officer.get(f"/readers/{case.pk}/?person={person_of(case)}").status_code == 200


def test_officer_finds_the_file_by_its_reference_without_it_in_the_address(shared):
    _owner, _lawyer, case = shared
    officer = browser(make_actor(Role.DATA_PROTECTION_OFFICER))
    found = officer.post("/readers/", {"ref": case.ref.lower()})
    assert (found.status_code, found["Location"]) == (302, f"/readers/{case.pk}/")
    wrong = officer.post("/readers/", {"ref": "D-0000-0000"})
    assert (wrong.status_code, b"No file bears this reference" in wrong.content) == (422, True)


def came_by_reference(officer, case):
    """The officer's browser after the page that asks for the reference on the person's receipt."""
    client = browser(officer)
    client.post("/readers/", {"ref": case.ref})
    return client


@pytest.mark.parametrize("page", ["", "paper/"])
def test_officer_who_did_not_come_by_the_reference_finds_nothing_by_an_id(page, shared):
    _owner, _lawyer, case = shared
    officer = browser(make_actor(Role.DATA_PROTECTION_OFFICER))
    assert officer.get(f"/readers/{case.pk}/{page}").status_code == 404
    assert officer.post("/readers/", {"ref": str(case.pk)}).status_code == 422
    assert officer.get(f"/readers/{case.pk}/{page}").status_code == 404
    assert list(history_acts()) == []


def test_sealed_case_is_not_there_for_the_officer_either(shared):
    owner, _lawyer, case = shared
    officer = came_by_reference(make_actor(Role.DATA_PROTECTION_OFFICER), case)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=owner.user)
    assert officer.get(f"/readers/{case.pk}/").status_code == 404
    assert officer.post("/readers/", {"ref": case.ref}).content.count(b"No file bears this reference") == 1


@pytest.mark.parametrize("path", ["/readers/", "/readers/refused/"])
def test_officers_pages_are_refused_to_everybody_else(path, shared):
    owner, _lawyer, _case = shared
    assert browser(owner).get(path).status_code == 403


def test_refusals_are_listed_for_the_officer(shared):
    owner, _lawyer, case = shared
    audit.refuse(event="case.close", by=owner, subject=case.pk, rows=["closing:consent"])
    page = browser(make_actor(Role.DATA_PROTECTION_OFFICER)).get("/readers/refused/").content.decode()
    assert all(words in page for words in ("case.close", "closing:consent", owner.user.name))
    assert [(row.event, row.staff) for row in refusals()] == [("case.close", owner.user.name)]


def test_page_refused_at_its_door_leaves_one_line_with_the_name_of_its_address_and_no_id():
    """Whoever tried the doors of the house was in no list: only refused acts were."""
    nosy = make_actor(Role.COORDINATOR)
    assert browser(nosy).get("/readers/refused/").status_code == 403
    lines = [(row.event, row.route, row.subjects, row.rows, row.user_id) for row in Reading.objects.all()]
    assert lines == [("page.open", "history_refused", [], [], nosy.user.pk)]
    page = browser(make_actor(Role.DATA_PROTECTION_OFFICER)).get("/readers/refused/").content.decode()
    assert all(words in page for words in ("was refused a page", "page.open · history_refused", nosy.user.name))


def test_file_that_is_not_there_for_a_job_leaves_no_line(shared):
    """A line would say that it is there."""
    _owner, _lawyer, case = shared
    assert browser(make_actor(Role.COORDINATOR)).get(f"/readers/{case.pk}/").status_code == 404
    assert list(Reading.objects.filter(kind="refusal")) == []


def test_refused_page_is_not_shown_when_its_line_cannot_be_written(shared, monkeypatch):
    def full(_reading):
        raise Unavailable

    monkeypatch.setattr("havre.trust.audit.writing.commit", full)
    answer = browser(make_actor(Role.COORDINATOR)).get("/readers/refused/")
    assert (answer.status_code, b"your role may not do that here" in answer.content) == (503, False)


@pytest.mark.parametrize(("language", "title"), [("en", "Who looked at your file"), ("fr", "Qui a consulté votre dossier")])
def test_paper_for_the_person_is_neutral_and_names_nobody(language, title, shared, french):  # noqa: F811
    owner, lawyer, case = shared
    page = came_by_reference(make_actor(Role.DATA_PROTECTION_OFFICER), case).get(f"/readers/{case.pk}/paper/?lang={language}")
    words = page.content.decode()
    assert (page.status_code, title in words) == (200, True)
    assert TELLING.findall(words) == []
    assert [name for name in (owner.user.name, lawyer.user.name, case.ref, str(case.pk)) if name in words] == []
    assert "Harbour house" in words
    assert f'lang="{language}"' in words
    row = ActRow.objects.get(event="history.print")
    assert (row.codes, row.subject) == ({"language": language}, person_of(case))


@pytest.mark.parametrize("language", ["en", "fr"])
def test_telling_words_would_be_found_on_the_staff_page(language, shared):
    _owner, _lawyer, case = shared
    with translation.override(language):
        page = came_by_reference(make_actor(Role.DATA_PROTECTION_OFFICER), case).get(f"/readers/{case.pk}/").content.decode()
    assert TELLING.findall(page) != []


def test_long_history_goes_on_by_the_last_number_shown(shared):
    owner, _lawyer, case = shared
    for _ in range(PAGE):
        make_reading(case.pk, user_id=owner.user.pk, organisation_id=owner.organisation_id)
    first = who_read(None, [case.pk])
    second = who_read(None, [case.pk], before=first[-1].no)
    assert (len(first), [row.no for row in second]) == (PAGE, list(Reading.objects.order_by("-no").values_list("no", flat=True)[PAGE:]))
