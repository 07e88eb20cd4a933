"""The bridge: what is coded passes, everything else stays, sealed cases are absent."""

import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import polars as pl
import pytest

from havre import standards
from havre.evidence.jobs import extracting
from havre.evidence.labels import LABELS, label_of
from havre.register.extract import COLUMNS, FIELDS
from havre.register.models import Case, Person, PersonFacts, TraffickingEvent
from havre.trust import contracts as registry
from havre.trust.contracts import Column, Contract
from tests.factories import NOW, make_actor
from tests.factories_evidence import SECRET_NAME, make_register, seal_case


def bytes_of(folder: Path) -> bytes:
    """Every cell of every table, decompressed, and the files as they lie."""
    found = b"".join(path.read_bytes() for path in sorted(folder.iterdir()))
    for path in folder.glob("*.parquet"):
        found += json.dumps(pl.read_parquet(path).to_dicts(), default=str, ensure_ascii=False).encode()
    return found


def test_extract_writes_every_declared_table_with_its_manifest(tmp_path):
    make_register(8)
    manifest = extracting.write(tmp_path, now=NOW)
    assert {table: manifest["tables"][table]["rows"] for table in ("cases", "persons", "events", "detections")} == {
        "cases": 8, "persons": 8, "events": 16, "detections": 8,
    }  # fmt: skip
    persons = pl.read_parquet(tmp_path / "persons.parquet")
    assert persons["age_group"].value_counts().sort("age_group").rows() == [("adult", 4), ("child", 4)]
    assert manifest["dropped"] == {}
    assert manifest["code_lists"]["persons.age_group"] == ["child", "adult", "not_recorded"]


def test_codes_of_the_extract_are_those_of_the_standard_and_bear_its_words_alone():
    book = standards.htcds()
    of_persons = {one.name: one.values for one in COLUMNS if one.table == "persons"}
    assert of_persons["gender"] == book.names("gender", extended=False)
    lists = {"gender": "gender", **{name: book.field(field).values for name, field in FIELDS.items()}}
    for name, picklist in lists.items():
        assert [label_of(code) for code in of_persons[name]] == [str(book.label(picklist, code)) for code in of_persons[name]]
    # no second list of words
    assert {code for name in lists for code in of_persons[name]} & set(LABELS) == set()


def test_extract_lets_no_name_no_free_text_and_no_identifier_out(tmp_path):
    cases = make_register(3)
    case = cases[0]
    person = Person.objects.for_house("tests").get(case=case)
    facts = PersonFacts.objects.for_house("tests").get(person=person)
    facts.coded = {
        "vic_TypeOfExploitation": [SECRET_NAME, "ForcedLabour"],
        "vic_Description": SECRET_NAME,
        "vic_MethodsOfControl": SECRET_NAME,
    }
    facts.citizenships = [SECRET_NAME]
    facts.save()
    person.gender = SECRET_NAME
    person.save()
    TraffickingEvent(
        case=case, person=person, kind="Transit", leg=5, country="GH", region=SECRET_NAME[:10], industry=SECRET_NAME,
        composites={"source": SECRET_NAME}, means=[SECRET_NAME], source=SECRET_NAME,
    ).save(force_insert=True)  # fmt: skip
    manifest = extracting.write(tmp_path, now=NOW)
    found = bytes_of(tmp_path)
    # positive control: the scan sees what did get out
    assert b"ForcedLabour" in found
    for word in (SECRET_NAME.encode(), SECRET_NAME[:10].encode(), case.ref.encode(), str(case.pk).encode(), person.pk.hex.encode()):
        assert word not in found
    # nothing is lost unseen: what was dropped is counted by column
    assert manifest["dropped"] == {
        "persons.forms": 1, "persons.controls": 1, "persons.citizenships": 1, "persons.gender": 1, "events.means": 1,
    }  # fmt: skip


def test_extract_says_status_and_debt_on_the_route_and_no_sum(tmp_path):
    (case,) = make_register(1)
    person = Person.objects.for_house("tests").get(case=case)
    for leg, (status, debt) in enumerate((("smuggled", None), ("trafficked", Decimal("1234.56")), ("returnee", Decimal(0))), 10):
        TraffickingEvent(
            case=case, person=person, kind="Transit", leg=leg, country="GH", status_on_route=status, debt=debt, debt_currency="GHS"
        ).save(force_insert=True)
    extracting.write(tmp_path, now=NOW)
    events = pl.read_parquet(tmp_path / "events.parquet").filter(pl.col("leg") >= 10).sort("leg")
    assert events.select("status", "debt").rows() == [("smuggled", None), ("trafficked", True), ("returnee", False)]
    assert b"1234" not in bytes_of(tmp_path)


def test_amounts_leave_in_whole_units_with_a_currency_that_looks_like_one():
    gate = extracting.Gate(b"key")
    amount, currency = Column("claim", "paid", "amount"), Column("claim", "currency", "currency")
    assert [gate.take(amount, value) for value in (Decimal("1200.49"), Decimal(-1), 10**12, None)] == [1200, None, None, None]
    assert [gate.take(currency, value) for value in ("GHS", "Ama", "")] == ["GHS", None, None]
    assert dict(gate.dropped) == {"claim.paid": 2, "claim.currency": 2}


def test_extract_leaves_sealed_cases_out_of_every_table(tmp_path):
    owner = make_actor()
    cases = make_register(5, owner=owner)
    seal_case(cases[0], owner)
    manifest = extracting.write(tmp_path, now=NOW)
    assert {manifest["tables"][table]["rows"] for table in ("cases", "persons", "detections")} == {4}


def test_extract_twice_gives_other_pseudonyms_that_hold_within_a_run(tmp_path):
    make_register(4)
    runs = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        extracting.write(tmp_path / name, now=NOW)
        persons = set(pl.read_parquet(tmp_path / name / "persons.parquet")["person"])
        assert set(pl.read_parquet(tmp_path / name / "events.parquet")["person"]) == persons
        runs.append(persons)
    assert runs[0].isdisjoint(runs[1])


def test_extract_knows_months_not_days(tmp_path):
    make_register(2)
    extracting.write(tmp_path, now=NOW)
    cases = pl.read_parquet(tmp_path / "cases.parquet")
    assert all(len(month) == 7 for month in cases["opened_on"])


@pytest.fixture
def extra_contract():
    before = dict(registry._contracts)
    yield registry.register_contract
    registry._contracts.clear()
    registry._contracts.update(before)


def test_extract_refuses_a_column_that_no_contract_declares(tmp_path, extra_contract):
    extra_contract(
        Contract(
            part="justice",
            extract=lambda: [("trials", [{"case_id": "1", "judge": "x"}])],
            columns=(Column("trials", "case_id", "pseudonym"),),
        )
    )
    with pytest.raises(extracting.Undeclared, match="trials: judge not declared"):
        extracting.write(tmp_path, now=NOW)


def test_dates_of_other_parts_become_waits_in_days(tmp_path, extra_contract):
    (case,) = make_register(1)
    person = Person.objects.for_house("tests").get(case=case)
    opened = Case.objects.for_house("tests").get(pk=case.pk).opened_at
    row = {"case_id": case.pk, "person_id": person.pk, "presumed_on": opened.replace(day=opened.day).date()}
    columns = (
        Column("decisions", "case_id", "pseudonym"),
        Column("decisions", "person_id", "pseudonym"),
        Column("decisions", "presumed_on", "date"),
    )
    extra_contract(Contract(part="protection", extract=lambda: [("decisions", [row])], columns=columns))
    extracting.write(tmp_path, now=NOW)
    assert pl.read_parquet(tmp_path / "steps.parquet").select("step", "days").rows() == [("decisions.presumed", 0)]


@pytest.mark.parametrize("way", [UUID, str], ids=["id", "text"])
def test_part_may_write_ids_as_text_and_its_sealed_rows_stay_out_and_its_dates_count(way, tmp_path, extra_contract):
    owner = make_actor()
    sealed, seen = make_register(2, owner=owner)
    seal_case(sealed, owner)
    rows = []
    for case in (sealed, seen):
        person = Person.objects.for_house("tests").get(case=case)
        rows.append({"case_id": way(str(case.pk)), "person_id": way(str(person.pk)), "presumed_on": NOW.date()})
    kinds = {"case_id": "pseudonym", "person_id": "pseudonym", "presumed_on": "date"}
    columns = tuple(Column("decisions", name, kind) for name, kind in kinds.items())
    extra_contract(Contract(part="protection", extract=lambda: [("decisions", rows)], columns=columns))
    manifest = extracting.write(tmp_path, now=NOW)
    assert [manifest["tables"][table]["rows"] for table in ("decisions", "steps")] == [1, 1]
    known = set(pl.read_parquet(tmp_path / "persons.parquet")["person"])
    assert set(pl.read_parquet(tmp_path / "steps.parquet")["person"]) <= known


def test_web_process_imports_no_analytics():
    code = (
        "import django, sys; django.setup(); import havre.site.urls; "
        "heavy = {'polars', 'numpy', 'scipy', 'pandas', 'pyarrow', 'duckdb', 'splink', 'altair', 'opendp'} & set(sys.modules); "
        "sys.exit(' '.join(sorted(heavy)) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "havre.site.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
