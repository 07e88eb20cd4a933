"""The breach exercise: a leaked account, who was affected, from the audit trail; and the record of processing from the code."""

import time
from datetime import timedelta

from django.apps import apps
from django.urls import reverse
from django.utils import timezone, translation

from havre import trust
from havre.register.models import Case, Person, PersonFacts
from havre.trust.enums import Role, Section
from havre.trust.errands import ERRANDS
from havre.trust.history.breach import affected
from havre.trust.history.processing import activities, beside, errands
from havre.trust.models import ActRow, Seal
from havre.trust.policy.rls import protected_models
from tests.factories import NOW, make_actor, make_case
from tests.factories_site import make_case_now, make_now, person_of, signed_in


def read(actor, case):
    with trust.acting(actor):
        list(Case.objects.visible_to(actor).filter(pk=case.pk))
        list(Person.objects.visible_to(actor).filter(case_id=case.pk))
        list(PersonFacts.objects.visible_to(actor).filter(case_id=case.pk))


def whole():
    return {"since": NOW - timedelta(days=1), "until": NOW + timedelta(days=1)}


def test_leaked_account_names_exactly_those_it_read_in_that_time_and_whom_to_call():
    leaked, other = make_actor(), make_actor()
    mine = [make_case(leaked) for _ in range(12)]
    late, never = make_case(leaked), make_case(leaked)
    theirs = make_case(other)
    for case in mine:
        read(leaked, case)
        read(leaked, case)
    read(leaked.on(NOW + timedelta(days=2)), late)
    read(other, theirs)
    begun = time.perf_counter()
    found = affected(user_id=leaked.user.pk, **whole())
    print(f"breach exercise: {len(found.persons)} persons of {found.readings} readings in {time.perf_counter() - begun:.3f} s")
    assert {one.subject for one in found.files} == {case.pk for case in mine}
    assert {one.subject for one in found.persons} == {person_of(case).pk for case in mine}
    assert {one.times for one in found.persons} == {2}
    assert [count for _service, count in found.services] == [12]
    assert never.pk not in {one.subject for one in found.files}


def test_sealed_case_is_not_told_to_the_officer_by_a_breach():
    leaked = make_actor()
    case = make_case(leaked)
    read(leaked, case)
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=leaked.user)
    found = affected(user_id=leaked.user.pk, **whole())
    assert (found.files, found.persons, found.services) == ((), (), ())


def test_officer_asks_on_one_page_and_asking_leaves_a_trace():
    leaked, officer = make_now(), make_now(Role.DATA_PROTECTION_OFFICER)
    case = make_case_now(leaked)
    signed_in(leaked).get(reverse("case", args=[case.ref]))
    client, page = signed_in(officer), reverse("history_breach")
    hour = timedelta(hours=1)
    said = [(timezone.localtime() + step).strftime("%Y-%m-%dT%H:%M") for step in (-hour, hour)]
    shown = client.post(page, {"account": leaked.user.username, "since": said[0], "until": said[1]})
    assert [one.subject for one in shown.context["found"].persons] == [person_of(case).pk]
    assert (case.ref in shown.content.decode(), ActRow.objects.filter(event="history.breach").count()) == (False, 1)
    assert client.post(page, {"account": "nobody", "since": said[0], "until": said[1]}).status_code == 422
    assert client.post(page, {"account": leaked.user.username, "since": said[1], "until": said[0]}).status_code == 422
    assert signed_in(leaked).get(page).status_code == 403


def test_record_of_processing_names_every_protected_table_and_a_law_for_every_ground():
    made = activities()
    assert [one.section for one in made] == list(Section)
    assert {table for one in made for table in one.tables} == {model._meta.label for model in protected_models()}
    assert all(ground.law and ground.roles for one in made for ground in one.grounds)
    justice = next(one for one in made if one.section == Section.WHEREABOUTS)
    assert not {Role.INVESTIGATOR.label, Role.PROSECUTOR.label} & {role for ground in justice.grounds for role in ground.roles}


def test_record_of_processing_names_every_errand_and_every_table_that_is_in_no_section():
    assert {name for name, _words in errands()} == ERRANDS - {"tests"}
    ours = {model._meta.label for model in apps.get_models() if model.__module__.startswith("havre.")}
    named = [table for _title, tables in beside() for table in tables]
    assert set(named) == ours - {model._meta.label for model in protected_models()}
    assert len(named) == len(set(named))


def test_record_of_processing_is_a_page_in_both_languages_for_the_officer():
    for language in ("en", "fr"):
        officer = make_now(Role.DATA_PROTECTION_OFFICER, language=language)
        page = signed_in(officer).get(reverse("history_processing"))
        with translation.override(language):
            assert (page.status_code, str(Role.CASE_MANAGER.label) in page.content.decode()) == (200, True)
