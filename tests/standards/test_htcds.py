"""HTCDS as packaged, against our own notes and, where it is there, against the published file."""

import csv
import os
from collections import Counter
from pathlib import Path

import pytest

from havre import standards

PUBLISHED = os.environ.get("HAVRE_PUBLISHED_DATA", "")


@pytest.fixture(scope="module")
def published():
    """Full field name → row of the published CSV, read with a real CSV parser."""
    path = Path(PUBLISHED) / "htcds" / "htcds_field_standards_2.0.csv"
    if not PUBLISHED or not path.exists():
        pytest.skip("HAVRE_PUBLISHED_DATA does not lead to htcds/htcds_field_standards_2.0.csv")
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        if row["Field Name"]:
            found[row["Field Name including Prefix"] or row["Field Name Prefix"] + row["Field Name"]] = row
    return found


PICKLISTS = sorted(field.name for field in standards.htcds().fields if field.values)


def test_fields_have_the_counted_statuses_sections_and_core_flags():
    fields = standards.htcds().fields
    assert Counter(field.status for field in fields) == {"live": 81, "deprecated": 3}
    assert (sum(field.core for field in fields), sum(field.core and field.is_live for field in fields)) == (40, 38)
    assert Counter(field.section for field in fields) == {
        "organisation": 10, "person": 25, "victim": 16, "perpetrator": 3, "case": 3, "referral": 10, "case_comment": 1,
        "event": 10, "support_plan": 5, "consent": 1,
    }  # fmt: skip


def test_fields_are_those_of_the_published_file_in_its_order(published):
    fields = standards.htcds().fields
    assert [field.name for field in fields] == list(published)
    assert {f.name: f.core for f in fields} == {name: row["Core"] == "Core" for name, row in published.items()}
    assert {f.name: f.status for f in fields} == {
        name: "live" if row["Status"] == "DRAFT" else "deprecated" for name, row in published.items()
    }
    multiple = {name for name, row in published.items() if row["Field Type"] == "Multiselect Picklist"}
    assert {field.name for field in fields if field.multiple} == multiple


@pytest.mark.parametrize("name", PICKLISTS)
def test_picklist_is_the_published_one_value_by_value(name, published):
    cell = published[name]["Value Names (if picklist)"]
    expected = tuple(line.strip() for line in cell.split("\n") if line.strip())
    assert standards.htcds().names(standards.htcds().field(name).values, extended=False) == expected


def test_every_published_picklist_is_packaged(published):
    lists = {name for name, row in published.items() if "\n" in row["Value Names (if picklist)"]}
    assert lists == set(PICKLISTS)


def test_no_description_is_the_published_one(published):
    ours = {field.name: field.description.en for field in standards.htcds().fields}
    theirs = {name: row["Description"].strip().rstrip(".") for name, row in published.items() if row["Description"].strip()}
    assert [name for name, text in theirs.items() if ours[name].rstrip(".") == text] == []


def test_published_spellings_are_kept_and_labels_are_ours():
    data = standards.htcds()
    assert data.label("relation_to_trafficker", "Unaquainted").en == "Stranger"
    assert "4Sale" in data.names("platforms")
    assert "DebtBondage" in data.names("control")
    assert not [name for names in data.picklists for name in data.names(names) if name != name.strip()]


@pytest.mark.parametrize(
    ("picklist", "name", "written"),
    [
        ("control", "RestrictsMovement", ("Other", True)),
        ("control", "UsesChildren", ("Other", True)),
        ("exploitation", "ForcedCriminality", ("Other", True)),
        ("control", "DebtBondage", ("DebtBondage", False)),
    ],
)
def test_exported_value_of_an_extension_is_other_with_a_note(picklist, name, written):
    assert standards.htcds().exported(picklist, name) == written


def test_exported_value_that_is_not_storable_is_refused():
    with pytest.raises(KeyError):
        standards.htcds().exported("control", "Threats")


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("DebtBondage ", "DebtBondage"),
        ("ThreatOfLawEnforcement", "ThreatsLawEnforcement"),
        ("PsychoactiveSubstances", "PsychoactiveSubstance"),
        ("Threats", "Threats"),
        ("\u00a0FalsePromises\u00a0", "FalsePromises"),
    ],
)
def test_value_name_is_stripped_and_led_through_the_aliases(read, name):
    assert standards.htcds_traps().value_name("control", read) == name


@pytest.mark.parametrize(
    ("read", "name"),
    [
        ("vic_TraffickinStatusDecisionMakingOrg", "vic_TraffickingStatusDecisionMakingOrg"),
        ("prs_First_Name", "prs_FirstName"),
        ("prs_Title", "prs_Title"),
        ("something", "something"),
    ],
)
def test_field_name_is_led_through_the_aliases(read, name):
    assert standards.htcds_traps().field_name(read) == name


def test_excel_contradictions_speak_of_the_five_address_columns():
    found = standards.htcds_traps().excel
    assert [column.column for column in found.contradictions] == list("NOPQR")
    assert {c.name for c in found.contradictions} == {c.label_says for c in found.contradictions}
    assert [(r.column, r.field) for r in found.recover_by_label] == [("AJ", "cas_ReasonForOutgoingReferral")]


def test_missing_fields_of_the_form_are_live_and_core():
    missing = standards.htcds_traps().xlsform.missing_core_fields
    assert len(missing) == 7
    assert all(standards.htcds().field(name).core and standards.htcds().field(name).is_live for name in missing)


def test_crosswalk_reads_every_control_value_but_other_and_no_composite():
    walk = standards.crosswalk()
    values = [name for name in standards.htcds().names("control") if name != "Other"]
    assert [name for name in values if walk.means_of_control(name) is None] == []
    assert walk.means_of_control("Other") is None
    composites = {one.ctdc_synthetic for one in walk.composites if one.ctdc_synthetic}
    exact = {column for one in walk.means for column in one.ctdc_synthetic.to if one.ctdc_synthetic.relation == "exact"}
    assert composites & exact == set()


def test_crosswalk_reads_servitude_as_servitude_and_child_labour_as_a_claim():
    walk = standards.crosswalk()
    assert walk.purpose_of_exploitation("Servitude").code == "E.P.4"
    assert walk.purpose_of_exploitation("ChildLabour") is None
    assert [claim.name for claim in walk.claims_only] == ["ChildLabour"]
    assert walk.of_purpose("E.P.7.1").code == "E.P.7"


def test_crosswalk_never_reads_a_foreign_status_as_confirmed():
    assert set(standards.crosswalk().statuses_read.values()) == {"claim_presumed", "claim_of_deciding_body", "claim_not_found"}


@pytest.mark.parametrize(
    ("layout", "name", "column"),
    [
        ("k_anonymised", "meansOfControlPsychoactiveSubsta", "meansOfControlPsychoactiveSubstances"),
        ("synthetic", "typeOfSexPornography", "sectorOfSexPornography"),
        ("synthetic", "meansOfControlThreats", None),
        ("k_anonymised", "meansThreats", None),
    ],
)
def test_ctdc_column_is_found_by_alias_and_cut_name_within_its_layout_only(layout, name, column):
    assert standards.ctdc().column(layout, name) == column


def test_ctdc_layouts_have_the_counted_columns():
    layouts = standards.ctdc().layouts
    assert len(layouts["synthetic"].names) == layouts["synthetic"].variables == 27
    assert {group: len(layouts["k_anonymised"].columns[group]) for group in ("means", "exploitation", "labour", "sexual", "recruiter")} == {
        "means": 18, "exploitation": 8, "labour": 13, "sexual": 4, "recruiter": 5,
    }  # fmt: skip
