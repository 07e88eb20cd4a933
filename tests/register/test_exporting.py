"""Copies that leave: who may, what is in them, what is not, and that what comes back is what went out."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from datetime import timedelta

import openpyxl
import pyrage
import pytest

from havre.register.exchange import importing, vocabulary
from havre.register.exchange.exporting import export_cases
from havre.register.exchange.tables import harmless, header
from havre.register.models import Case, ExportRecord, PersonFacts, TraffickingEvent
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Missing, Refused
from havre.trust.models import Seal
from tests.factories import NOW, make_actor
from tests.factories_exchange import csv_file, sheet
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = [pytest.mark.postgresql, pytest.mark.usefixtures("unlocked")]


@pytest.fixture
def recipient():
    return pyrage.x25519.Identity.generate()


def copy_of(officer, to, /, **fields):
    asked = {"reason": "transfer", "recipient": str(to.to_public()), "expires_at": officer.at + timedelta(days=30)}
    return export_cases(by=officer, **{**asked, **fields})


def opened(copy, recipient):
    package = pyrage.decrypt(copy.content, [recipient])
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return package, {name: archive.read(name) for name in archive.namelist()}


def table(parts):
    rows = list(csv.reader(io.StringIO(parts["htcds.csv"].decode(), newline="")))
    return rows[0], rows[1:-1], rows[-1]


def sorted_bytes(parts):
    """The HTCDS fields of a copy, byte for byte, in an order that is no copy's own and without the copy's mark."""
    head, rows, _mark = table(parts)
    return csv_file([head, *sorted(rows)]).getvalue()


def every_value_once():
    """A sheet that holds every live picklist value of the standard, and our extensions, at least once."""
    names = [f.name for f in vocabulary.live() if f.values]
    most = max(len(vocabulary.fields()[name].values) for name in names)
    rows = []
    for turn in range(most):
        row = {"havre_RecordId": f"V-{turn}", "prs_FirstName": f"Given{turn}", "prs_SecondName": "Exemple", "prs_Citizenship": "GH;TG"}
        for name in names:
            values = vocabulary.fields()[name].values
            row[name] = values[turn % len(values)]
        row["hte_Country"], row["hte_Date"], row["con_Consent"] = "TL", "2021-05-06", ("yes", "no", "unknown", "")[turn % 4]
        row["prs_Birthdate"] = ("1991-04-03", "1992", "1993-07")[turn % 3]
        row["prs_NumberOfChildren"], row["vic_AgeWhenTrafficked"] = "2", "16"
        rows.append(row)
    rows[0]["vic_MethodsOfControl"] = "RestrictsMovement;UsesChildren;Threats;DebtBondage"
    rows[1]["vic_TypeOfExploitation"] = "ForcedCriminality;ForcedLabour"
    rows[2]["vic_ForcedLabourIndustry"] = "C_Manufacturing;F_Construction"
    columns = list(rows[0])
    return csv_file([columns, *[[row[name] for name in columns] for row in rows]])


@pytest.mark.parametrize("form", ["csv", "xlsx", "json"])
def test_export_import_export_gives_equal_bytes_and_the_sidecar_restores_the_rest(recipient, form):
    first, second = make_actor(), make_actor()
    assert importing.run(by=first, source=every_value_once()).rejected == 0
    once = opened(copy_of(first, recipient), recipient)[1]
    package, _parts = opened(copy_of(first, recipient, form=form), recipient)

    batch = importing.run(by=second, source=io.BytesIO(package))
    assert (batch.rejected, batch.created) == (0, len(table(once)[1]))
    again = opened(copy_of(second, recipient), recipient)[1]
    assert sorted_bytes(again) == sorted_bytes(once)
    assert coded_of(second) == coded_of(first)
    assert events_of(second) == events_of(first)


def coded_of(officer):
    return sorted(
        json.dumps([facts.coded, facts.citizenships, facts.age_when_trafficked], sort_keys=True)
        for facts in PersonFacts.objects.for_house("tests").filter(case__lead_id=officer.organisation_id)
    )


def events_of(officer):
    fields = ("kind", "leg", "country", "happened_on", "precision", "means", "purposes", "industry", "source")
    rows = TraffickingEvent.objects.for_house("tests").filter(case__lead_id=officer.organisation_id).values_list(*fields)
    return sorted(map(str, rows))


def test_copy_that_comes_back_to_its_own_organisation_changes_nothing(recipient):
    officer = make_actor()
    importing.run(by=officer, source=every_value_once())
    before = Case.objects.for_house("tests").count()
    package, _parts = opened(copy_of(officer, recipient), recipient)

    batch = importing.run(by=officer, source=io.BytesIO(package))
    assert (batch.created, batch.rejected, batch.unchanged) == (0, 0, before)


def test_three_states_survive_the_round_trip(recipient):
    officer, other = make_actor(), make_actor()
    rows = [["havre_RecordId", "con_Consent", "prs_Deceased", "vic_TypeOfExploitation/OrganRemoval", "prs_Gender"]]
    rows += [["1", "yes", "no", "no", "Feminine"], ["2", "unknown", "", "", "Masculine"]]
    importing.run(by=officer, source=csv_file(rows))
    package, _parts = opened(copy_of(officer, recipient), recipient)
    importing.run(by=other, source=io.BytesIO(package))

    expected = [
        [{"con_Consent": ["unknown"]}, [], None],
        [{"con_Consent": ["yes"], "prs_Deceased": ["no"], "vic_TypeOfExploitation": []}, [], None],
    ]
    assert coded_of(officer) == coded_of(other) == sorted(json.dumps(one, sort_keys=True) for one in expected)


def test_header_is_the_standards_in_its_order(recipient):
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_Gender="Feminine"))
    head, rows, _mark = table(opened(copy_of(officer, recipient), recipient)[1])

    assert (head, len(head), len(rows)) == (header(), 81, 1)
    assert (head[0], head[10], head[-1]) == ("org_Name", "prs_Salutation", "con_Consent")


def test_extension_values_leave_as_other_and_are_listed_beside(recipient):
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_Gender="Feminine", vic_MethodsOfControl="UsesChildren;RestrictsMovement"))
    parts = opened(copy_of(officer, recipient), recipient)[1]
    head, (row,), _mark = table(parts)

    assert row[head.index("vic_MethodsOfControl")] == "Other"
    beside = json.loads(parts["sidecar.json"])["rows"]["2"]
    assert beside["coded"] == {"vic_MethodsOfControl": ["UsesChildren", "RestrictsMovement"]}


def test_whereabouts_comments_and_deprecated_fields_never_leave_and_the_copy_says_so(recipient):
    officer = make_actor()
    secret = {"prs_MobilePhone": "+233201112223", "prs_MailingCity": "Hidden Town", "cco_CaseComment": "for colleagues"}
    importing.run(by=officer, source=sheet(prs_FirstName="Efua", vic_DetailsOfVulnerabilities="old words", **secret))
    parts = opened(copy_of(officer, recipient), recipient)[1]

    whole = b"".join(parts.values()).decode()
    assert [word for word in ("Efua", "201112223", "Hidden Town", "for colleagues", "old words") if word in whole] == ["Efua"]
    assert set(secret) | {"vic_DetailsOfVulnerabilities"} <= set(json.loads(parts["sidecar.json"])["withheld"])


def test_finding_without_its_deciding_body_does_not_leave(recipient):
    officer = make_actor()
    importing.run(by=officer, source=sheet(vic_TraffickingStatus="ActualVictimOfTrafficking", prs_FirstName="Efua"))
    head, (row,), _mark = table(opened(copy_of(officer, recipient), recipient)[1])

    assert row[head.index("vic_TraffickingStatus")] == ""


@pytest.mark.parametrize("word", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"])
def test_cell_that_a_spreadsheet_would_run_is_made_harmless(word):
    assert harmless(word) == "'" + word


def test_formula_in_a_name_leaves_harmless_and_comes_back_whole(recipient):
    officer, other = make_actor(), make_actor()
    importing.run(by=officer, source=sheet(prs_FirstName='=HYPERLINK("x")', prs_Gender="Feminine"))
    package, parts = opened(copy_of(officer, recipient), recipient)
    head, (row,), _mark = table(parts)
    assert row[head.index("prs_FirstName")] == '\'=HYPERLINK("x")'

    importing.run(by=other, source=io.BytesIO(package))
    head, (back,), _mark = table(opened(copy_of(other, recipient), recipient)[1])
    assert back == row


def test_excel_copy_holds_text_only_and_its_mark(recipient):
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_FirstName="=1+1", prs_Gender="Feminine"))
    copy = copy_of(officer, recipient, form="xlsx")
    page = openpyxl.load_workbook(io.BytesIO(opened(copy, recipient)[1]["htcds.xlsx"])).active

    assert {cell.data_type for row in page.iter_rows() for cell in row if cell.value is not None} == {"s"}
    assert copy.record.mark in page.cell(page.max_row, 1).value


def test_two_copies_bear_two_marks_and_two_orders(recipient):
    officer = make_actor()
    importing.run(by=officer, source=every_value_once())
    first, second = copy_of(officer, recipient), copy_of(officer, recipient)
    (_h, one, mark_one), (_h, two, mark_two) = (table(opened(copy, recipient)[1]) for copy in (first, second))

    assert mark_one[0].startswith(f"# Havre copy {first.record.mark} · transfer · ")
    assert (mark_one == mark_two, one == two, sorted(one) == sorted(two)) == (False, False, True)


def test_copy_is_sealed_to_its_recipient_alone_and_its_record_holds_no_name(recipient):
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_FirstName="Efua", prs_Gender="Feminine"))
    copy = copy_of(officer, recipient)

    assert b"Efua" not in copy.content
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(copy.content, [pyrage.x25519.Identity.generate()])
    (record,) = ExportRecord.objects.all()
    assert (record.reason, record.cases, record.form, len(record.sha256)) == ("transfer", 1, "csv", 64)


def test_export_without_a_fresh_second_factor_is_refused(recipient):
    officer = make_actor(fresh=False)
    importing.run(by=officer, source=sheet(prs_Gender="Feminine"))
    with pytest.raises(Refused):
        copy_of(officer, recipient)
    assert ExportRecord.objects.count() == 0


@pytest.mark.parametrize("role", [Role.LEGAL_AID, Role.INVESTIGATOR, Role.HELPLINE])
def test_export_by_a_role_that_may_not_take_out_finds_nothing(role, recipient):
    officer = make_actor(role)
    with pytest.raises(Invalid):
        copy_of(officer, recipient)


def test_case_of_another_organisation_is_missing_from_an_export(recipient):
    mine, other = make_actor(), make_actor()
    importing.run(by=mine, source=sheet(prs_Gender="Feminine"))
    importing.run(by=other, source=sheet(prs_Gender="Feminine"))
    theirs = Case.objects.for_house("tests").get(lead_id=other.organisation_id)
    with pytest.raises(Missing):
        copy_of(mine, recipient, case_ids=[theirs.pk])


def test_sealed_case_is_absent_from_an_export(recipient):
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_FirstName=["Efua", "Kofi"], prs_Gender=["Feminine", "Masculine"]))
    case = Case.objects.for_house("tests").first()
    Seal.objects.create(case_id=case.pk, reason="threat", starts_at=NOW, review_on=NOW.date(), by=officer.user)

    assert copy_of(officer, recipient).record.cases == 1


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"recipient": "age1nonsense"}, "recipient"),
        ({"reason": "curiosity"}, "reason"),
        ({"form": "pdf"}, "form"),
        ({"expires_at": NOW + timedelta(days=91)}, "expires_at"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_export_with_something_wrong_names_it_and_makes_no_record(recipient, fields, named):
    officer = make_actor()
    importing.run(by=officer, source=sheet(prs_Gender="Feminine"))
    with pytest.raises(Invalid) as refusal:
        copy_of(officer, recipient, **fields)
    assert (list(refusal.value.problems), ExportRecord.objects.count()) == ([named], 0)
