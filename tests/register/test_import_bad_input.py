"""Sheets that are broken, odd or hostile: each gives a plain word that says how to mend it; nothing is lost, nothing half-written stays."""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import zipfile
from pathlib import Path

import pytest
from django.db import connection
from django.utils import translation

from havre.register.exchange import importing, sheets
from havre.register.models import Case, Detection, ImportBatch
from havre.trust.errors import Invalid, Unavailable
from havre.trust.models import SealedSection
from havre.trust.vault import unlocking
from tests.factories import make_actor
from tests.factories_exchange import csv_file, excel_file, sheet
from tests.factories_vault import committed, unlocked  # noqa: F401

ROWS = [["prs_FirstName", "prs_Gender"], ["Efua", "Feminine"]]


def refused(source) -> str:
    """The words with which a file is refused, nothing having been written."""
    with pytest.raises(Invalid) as refusal:
        importing.run(by=make_actor(), source=source)
    assert (Case.objects.for_house("tests").count(), ImportBatch.objects.count()) == (0, 0)
    return str(refusal.value)


def problems(source, **options):
    trial = importing.check(by=make_actor(), source=source, **options)
    return [(problem.row, problem.column, problem.value, problem.code) for problem in trial.problems]


def zip_of(**parts: bytes) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return io.BytesIO(out.getvalue())


def test_empty_file_is_refused():
    assert "empty" in refused(io.BytesIO())


def test_truncated_workbook_is_refused():
    assert "damaged or was cut off" in refused(io.BytesIO(excel_file(ROWS).getvalue()[:-400]))


def test_workbook_with_a_broken_part_is_refused():
    whole = excel_file(ROWS)
    out = io.BytesIO()
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(out, "w") as target:
        for part in source.infolist():
            content = source.read(part)
            target.writestr(part, content[: len(content) // 2] if "sheet1" in part.filename else content)
    assert "damaged or was cut off" in refused(io.BytesIO(out.getvalue()))


def test_csv_in_another_encoding_is_refused_with_the_way_to_save_it():
    assert "CSV UTF-8" in refused(csv_file([*ROWS, ["Désirée", "Feminine"]], encoding="cp1252"))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_of_several_habits_is_read(encoding, delimiter):
    assert problems(csv_file([*ROWS, ["Désirée", "Féminin"]], encoding=encoding, delimiter=delimiter)) == [
        (3, "prs_Gender", "Féminin", "value_unknown")
    ]


def test_binary_file_is_refused():
    assert "not a table" in refused(io.BytesIO(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"))


def test_password_protected_workbook_is_refused():
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le") + bytes(600)
    assert "protected by a password" in refused(io.BytesIO(ole))


def test_old_excel_file_is_refused_with_the_way_to_save_it():
    assert ".xlsx" in refused(io.BytesIO(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)))


def test_file_of_200_mb_is_refused_without_being_read():
    class Big(io.BytesIO):
        def seek(self, offset, whence=0):
            return 200 * 1024 * 1024 if whence == io.SEEK_END else super().seek(offset, whence)

        def read(self, size=-1):
            raise AssertionError("a file over the limit was read")

    with pytest.raises(Invalid, match="200 MB"):
        sheets.open_book(Big())


def test_zip_bomb_is_refused_before_it_is_unpacked():
    bomb = zip_of(xl__workbook_xml=b"", **{"xl__worksheets__sheet1.xml": bytes(50 * 1024 * 1024)})
    with zipfile.ZipFile(bomb) as archive:
        parts = {part.filename: archive.read(part) for part in archive.infolist()}
    parts["xl__workbook.xml"] = parts.pop("xl/workbook_xml")
    bomb = zip_of(**{name.replace("/", "__"): content for name, content in parts.items()})
    assert bomb.seek(0, io.SEEK_END) < 200_000
    assert "was not opened" in refused(bomb)


def test_workbook_with_a_document_type_is_refused():
    doctype = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'
    assert "no spreadsheet writes" in refused(zip_of(**{"xl__workbook.xml": doctype}))


def test_zip_of_something_else_is_refused():
    assert "no spreadsheet" in refused(zip_of(**{"picture.jpg": b"x"}))


def test_two_sheets_in_one_file_are_asked_about_and_then_read():
    book = excel_file(ROWS, [["other"], ["x"]], names=["People", "Lists"])
    with pytest.raises(Invalid) as refusal:
        importing.run(by=make_actor(), source=book)
    assert (list(refusal.value.problems), "People, Lists" in str(refusal.value)) == (["sheet"], True)
    assert importing.check(by=make_actor(), source=book, options=importing.Options(sheet="People")).new == 1


def test_formula_cell_is_named_with_its_mend():
    assert problems(excel_file([ROWS[0], ['=CONCATENATE("E","fua")', "Feminine"]])) == [
        (2, "prs_FirstName", '=CONCATENATE("E","fua")', "formula")
    ]


def test_merged_cells_are_named_in_every_row_that_they_cover():
    book = excel_file([ROWS[0], ["Efua", "Feminine"], ["Kofi", None], ["Ama", "Feminine"]], merge="B2:B3")
    assert problems(book) == [(2, "prs_Gender", "Feminine", "merged"), (3, "prs_Gender", "", "merged")]


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("31/02/1990", "date_impossible"),
        ("2990-01-05", "date_future"),
        ("12.03.90", "date_unreadable"),
        ("soon", "date_unreadable"),
        ("03/25/1990", "date_impossible"),
        ("1850-05-05", "birth_too_old"),
    ],
)
def test_date_that_cannot_be_is_named(written, code):
    assert problems(sheet(prs_FirstName="Efua", prs_Birthdate=written)) == [(2, "prs_Birthdate", written, code)]


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"prs_Citizenship": "Atlantis"}, "country_unknown"),
        ({"prs_PrimaryLanguage": "Martian"}, "language_unknown"),
        ({"vic_AgeWhenTrafficked": "200"}, "age_impossible"),
        ({"prs_NumberOfChildren": "a few"}, "number_unreadable"),
        ({"con_Consent": "perhaps"}, "yes_no_unreadable"),
        ({"prs_Gender": "Feminine;Masculine"}, "value_several"),
        ({"vic_TypeOfExploitation": "Slavey"}, "value_unknown"),
    ],
)
def test_value_that_is_in_no_list_is_named(columns, code):
    ((name, value),) = columns.items()
    assert problems(sheet(prs_FirstName="Efua", **columns)) == [(2, name, value, code)]


def test_row_that_is_cut_short_is_named():
    text = b"prs_FirstName,prs_Gender,prs_Citizenship\r\nEfua,Feminine,GH\r\nKofi,Mascul"
    assert [code for _row, _column, _value, code in problems(io.BytesIO(text))] == ["short_row", "value_unknown"]


def test_sheet_without_a_known_column_asks_for_a_mapping_and_is_read_by_it():
    source = csv_file([["Prénom", "Sexe"], ["Efua", "F"]])
    assert "mapping page" in refused(source)
    options = importing.Options(columns={"Prénom": "prs_FirstName", "Sexe": "prs_Gender"})
    assert importing.check(by=make_actor(), source=source, options=options).new == 1


def test_problem_words_are_in_the_readers_language_and_every_kind_says_how_to_mend():
    from havre.register.exchange.problems import KINDS

    assert [code for code, kind in KINDS.items() if not str(kind.what) or not str(kind.mend)] == []
    with translation.override("fr"):
        assert {code for code, kind in KINDS.items() if len(str(kind.mend)) < 8} == set()


def test_locked_vault_stops_the_import_and_the_same_file_goes_on_later(request):
    officer = make_actor()
    unlocking.lock()
    with pytest.raises(Unavailable):
        importing.run(by=officer, source=csv_file(ROWS))
    assert (Case.objects.for_house("tests").count(), Detection.objects.for_house("tests").count()) == (0, 0)

    request.getfixturevalue("unlocked")
    batch = importing.run(by=officer, source=csv_file(ROWS))
    assert (batch.state, batch.created, ImportBatch.objects.count()) == ("done", 1, 1)


def many(count: int) -> io.BytesIO:
    return csv_file([ROWS[0], *[[f"Given{n}", "Feminine"] for n in range(count)]])


@pytest.mark.usefixtures("committed", "unlocked")
def test_full_disk_stops_with_plain_words_and_the_same_file_goes_on_behind_what_stands():
    if connection.vendor != "sqlite":
        pytest.skip("a full disk is made by SQLite's own page limit")
    officer = make_actor()
    importing.run(by=officer, source=many(1))
    with connection.cursor() as cursor:
        pages = cursor.execute("PRAGMA page_count").fetchone()[0]
        # room for the first batch of a thousand and not for the second
        cursor.execute(f"PRAGMA max_page_count = {pages + 900}")
    try:
        with pytest.raises(importing.Interrupted, match="disk is full") as stop:
            importing.run(by=officer, source=many(2_500))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1073741823")
    standing = Case.objects.for_house("tests").count()
    assert (stop.value.done_through, standing) == (1_001, 1_001 - 1)

    batch = importing.run(by=officer, source=many(2_500))
    assert (batch.state, batch.created + batch.unchanged, Case.objects.for_house("tests").count()) == ("done", 2_500, 2_500)


@pytest.mark.usefixtures("committed", "unlocked")
def test_locked_database_stops_with_plain_words_and_nothing_half_written():
    if connection.vendor != "sqlite":
        pytest.skip("PostgreSQL has no lock on the whole database")
    officer = make_actor()
    other = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 50")
    importing_source = many(10)
    batch = importing._begin(
        by=officer, incoming=importing.Incoming(importing_source, importing.Options(), officer), ledger=importing.Ledger(), made_up=False
    )
    other.execute("BEGIN IMMEDIATE")
    try:
        with pytest.raises(importing.Interrupted, match="busy"):
            importing.run(by=officer, source=many(10))
    finally:
        other.execute("ROLLBACK")
        other.close()
    assert Case.objects.for_house("tests").count() == 0
    assert importing.run(by=officer, source=many(10)).pk == batch.pk


CHILD = """
import io, os, sys
import django
django.setup()
from django.utils import timezone
from havre.register.exchange import importing
from havre.trust.middleware import actor_of
from havre.trust.models import Membership
from havre.trust.vault import unlocking
from havre.trust.vault.custody import RootsInMemory
unlocking.use(RootsInMemory({1: bytes(range(32))}))
officer = actor_of(Membership.objects.get(), at=timezone.now())
def told(done, everything):
    print(done, flush=True)
importing.run(by=officer, source=open(sys.argv[1], "rb"), progress=told)
print("end", flush=True)
"""
SETUP = """
import django
django.setup()
from havre.site.operations import migrating
migrating.migrate_all()
from havre.trust.models import Membership, Organisation, User
organisation = Organisation.objects.create(code="kill", name="Example", kind="NGO", country="GH", made_up=True)
Membership.objects.create(user=User.objects.create_user("kill", name="Example"), organisation=organisation, role="case_manager")
"""


@pytest.mark.drill
def test_import_killed_in_the_middle_leaves_whole_batches_and_goes_on_without_a_double(tmp_path):
    environment = {**os.environ, "HAVRE_HOME": str(tmp_path / "home"), "DJANGO_SETTINGS_MODULE": "havre.site.settings"}
    environment.pop("PYTEST_CURRENT_TEST", None)
    path = tmp_path / "sheet.csv"
    path.write_bytes(many(6_000).getvalue())
    run = [sys.executable, "-c"]
    subprocess.run([*run, textwrap.dedent(SETUP)], env=environment, check=True, cwd=Path.cwd())
    for stop in (1, 3):
        child = subprocess.Popen([*run, textwrap.dedent(CHILD), str(path)], env=environment, stdout=subprocess.PIPE, text=True)
        for _line in range(stop):
            child.stdout.readline()
        child.send_signal(signal.SIGKILL)
        child.communicate()
    database = sqlite3.connect(tmp_path / "home" / "havre.sqlite3")
    keys = sqlite3.connect(tmp_path / "home" / "keys.sqlite3")
    counts = {
        name: database.execute(f"SELECT COUNT(*) FROM {table}").fetchone()[0]
        for name, table in (("case", "register_case"), ("person", "register_person"), ("detection", "register_detection"))
    }
    assert (counts["case"] % 1_000 in (0, 999), len(set(counts.values()))) == (True, 1)
    sealed = {bytes.fromhex(row[0]) for row in database.execute("SELECT DISTINCT person_id FROM trust_sealedsection")}
    keyed = {bytes.fromhex(row[0]) for row in keys.execute("SELECT person_id FROM trust_personkey")}
    assert sealed - keyed == set()

    subprocess.run([*run, textwrap.dedent(CHILD), str(path)], env=environment, check=True, stdout=subprocess.DEVNULL)
    assert database.execute("SELECT COUNT(*), COUNT(DISTINCT source_key) FROM register_detection").fetchone() == (6_000, 6_000)
    assert database.execute("SELECT state, created + unchanged, rejected FROM register_importbatch").fetchall() == [("done", 6_000, 0)]


def test_sealed_rows_of_a_rejected_row_hold_what_stood_there_and_the_database_does_not(unlocked):  # noqa: F811
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_FirstName="Unmistakable", prs_Gender="Feminin"))
    (row,) = SealedSection.objects.for_house("tests")
    assert (row.kind, b"Unmistakable" in bytes(row.body)) == ("import", False)
