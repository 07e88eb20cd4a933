"""What protection, referral and justice give to the house holds together."""

import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver

import havre
from havre import trust
from havre.justice.services import open_proceeding
from havre.protection.services import assistance
from havre.trust.contracts import contracts
from havre.trust.enums import Role, Section
from havre.trust.records import ProtectedModel
from tests.factories import NOW, give_to, make_actor, make_case
from tests.factories_casework import let_in, make_identification, person_of, screen
from tests.parts import panels, timeline

PARTS = {contract.part: contract for contract in contracts() if contract.part in {"protection", "referral", "justice"}}


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_protected_model_of_the_part_is_in_its_contract(part):
    mine = {model for model in apps.get_app_config(part).get_models() if issubclass(model, ProtectedModel)}
    assert set(PARTS[part].models) == mine


@pytest.mark.parametrize("part", sorted(PARTS))
def test_every_address_of_the_part_has_its_row(part):
    _prefix, _patterns = get_resolver().namespace_dict[part]
    named = {f"{part}:{pattern.name}" for pattern in _patterns.url_patterns}
    assert {row.name for row in PARTS[part].urls} == named


def test_extract_gives_the_columns_of_the_contract_and_codes_from_their_lists():
    officer = make_actor(Role.FIRST_RESPONDER)
    case = screen(officer, [("DEL-CD01", "yes", "seen")]).case
    prosecutor = make_actor(Role.PROSECUTOR)
    give_to(prosecutor, case)
    with trust.acting(officer):
        plan = assistance.start_help(case_id=case.pk, person_id=person_of(case).pk, needs=["medical"], by=officer)
        assistance.offer_service(plan_id=plan.pk, kind="Health", need="medical", by=officer)
    with trust.acting(prosecutor):
        record = {"against": "trafficker", "measures": ["no_contact"]}
        open_proceeding(case_id=case.pk, person_id=person_of(case).pk, record=record, by=prosecutor)
    seen = set()
    for contract in PARTS.values():
        for table, rows in contract.extract():
            columns = {column.name: column for column in contract.columns if column.table == table}
            for row in rows:
                seen.add(table)
                assert set(row) == set(columns)
                for name, value in row.items():
                    codes = [] if value is None else value if isinstance(value, list) else [value]
                    assert not columns[name].values or set(codes) <= set(columns[name].values), name
    assert seen == {"screening", "assistance", "proceeding"}


def test_timeline_panels_dossier_and_waiting_of_a_case_show_only_open_sections():
    officer = make_actor(Role.FIRST_RESPONDER)
    case = screen(officer, [("DEL-CD01", "yes", "seen")]).case
    with trust.acting(officer):
        assistance.start_help(case_id=case.pk, person_id=person_of(case).pk, needs=[], by=officer)
        mine = PARTS["protection"]
        assert sorted(entry.section for entry in timeline(mine, officer, case.pk)) == [Section.SCREENING, Section.PROTECTION]
        assert [panel.code for panel in panels(mine, officer, case.pk)] == ["next", "screening", "assistance", "clocks"]
        assert [kind for kind, _fields in mine.dossier(officer, case.pk)] == ["screening"]
        assert len(list(mine.waiting(officer))) == 1
    lawyer = make_actor(Role.INVESTIGATOR)
    give_to(lawyer, case)
    with trust.acting(lawyer):
        for contract in PARTS.values():
            assert not [*timeline(contract, lawyer, case.pk), *panels(contract, lawyer, case.pk), *contract.dossier(lawyer, case.pk)]


def test_nothing_of_a_case_of_others_is_given_and_nothing_raises():
    case, stranger = make_case(make_actor()), make_actor(Role.COORDINATOR, at=NOW)
    with trust.acting(stranger):
        for contract in PARTS.values():
            assert not [*timeline(contract, stranger, case.pk), *panels(contract, stranger, case.pk), *contract.dossier(stranger, case.pk)]
            assert not list(contract.waiting(stranger))


@pytest.mark.parametrize("part", ["protection", "referral", "justice"])
def test_french_is_complete_and_keeps_every_placeholder(part):
    catalogue = Path(havre.__file__).parent / part / "locale/fr/LC_MESSAGES/django.po"
    text = catalogue.read_text(encoding="utf-8")
    checked = subprocess.run(
        ["msgfmt", "--check-format", "--statistics", "-o", "/dev/null", catalogue], capture_output=True, text=True, check=True
    )
    assert ("untranslated" in checked.stderr, "fuzzy" in text) == (False, False)


def test_waiting_of_the_authority_asks_as_many_queries_for_twenty_as_for_one(django_assert_num_queries):
    authority = make_actor(Role.IDENTIFICATION_AUTHORITY)
    let_in(authority, make_identification())
    with trust.acting(authority), CaptureQueriesContext(connection) as one:
        assert len(list(PARTS["protection"].waiting(authority))) == 1
    for _n in range(19):
        let_in(authority, make_identification("presumed"))
    with trust.acting(authority), django_assert_num_queries(len(one)):
        assert len(list(PARTS["protection"].waiting(authority))) == 20
