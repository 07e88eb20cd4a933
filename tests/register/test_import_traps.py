"""Each trap of the published standard, by its number in the notes: the file is written here in the published layout, fault included.

Where HAVRE_PUBLISHED_DATA names the published files, the same assertions read those too.
"""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings

from havre import trust
from havre.register.exchange import importing, vocabulary
from havre.register.exchange.definitions import differences, read_definitions
from havre.register.exchange.mapping import Options, plan
from havre.register.exchange.sheets import open_book
from havre.register.exchange.tables import header
from havre.register.models import Consent, Detection, ImportBatch, Person, PersonFacts, TraffickingEvent
from havre.trust import identity
from havre.trust.enums import Section
from havre.trust.errors import Invalid
from tests.factories import make_actor
from tests.factories_exchange import TEMPLATE_NAMES, csv_file, excel_file, ods_file, sheet, template
from tests.factories_vault import unlocked  # noqa: F401

pytestmark = pytest.mark.usefixtures("unlocked")

DEFINITION_HEADER = [
    *("Section", "Status", "Core", "Field Name Prefix", "Field Name", "Field Label", "Field Name including Prefix", "Field Type"),
    *("Salesforce Standard or Custom", "Value Names (if picklist)", "Value Labels (if picklist)", "Description", "Notes"),
]
GENDERS = "Feminine\nMasculine\nTransgenderFeminine\nTransgenderMasculine\nNonConforming\nNonSpecifiedUnknown"
GENDER_LABELS = (
    "Feminine\xa0\nMasculine\xa0\nTransgender Feminine\xa0\nTransgender Masculine\xa0\nNon-Conforming\xa0\nNot Specified/Unknown"
)


def defined(prefix, name, label, whole, kind, values="", labels="", description=""):
    return ["", "DRAFT", "", prefix, name, label, whole, kind, "Custom", values, labels, description, ""]


DEFINITIONS = [
    DEFINITION_HEADER,
    ["Person - \nVictim Context", *[""] * 12],
    defined("prs_", "Gender", "Gender", "prs_Gender", "Picklist", GENDERS, GENDER_LABELS, "a description,\nwith a line break"),
    defined("prs_", "Citizenship", "Citizenship", "prs_Citizenship", "Multiselect Picklist", "Use ISO 3166 country codes standard"),
    defined("vic_", "RelationshipToTrafficker", "x", "vic_RelationshipToTrafficker", "Picklist", "Familial\nAcquainted\nUnaquainted"),
    defined("per_", "RoleDetails", "Role Details", "per_RoleDetails", "Long Text", "", "", "Detailed description of the the "),
    ["", "DRAFT", "", "per_", "Organisation", *[""] * 8],
    ["", "", "", "", "", "EXAMPLE QUESTION\nIs age a risk?", "", "", "", "", "", "EXAMPLE QUESTION ONLY", ""],
]


def published(name: str) -> io.BytesIO | None:
    """A published file, None where the data are not at hand."""
    path = Path(settings.HAVRE_PUBLISHED_DATA) / "htcds" / name
    return io.BytesIO(path.read_bytes()) if settings.HAVRE_PUBLISHED_DATA and path.exists() else None


def imported(source, **options):
    officer = make_actor()
    batch = importing.run(by=officer, source=source, options=Options(**options))
    return officer, batch


def only(model):
    return model.objects.for_house("tests").get()


def words(officer, section=Section.IDENTITY):
    person = only(Person)
    with trust.acting(officer):
        found = identity.read(by=officer, case_id=person.case_id, person_id=person.pk, section=section)
    return {kind: body for (kind, _record), body in found.items()}


def codes(batch: ImportBatch) -> list[str]:
    return [problem.code for problem in batch.problems.all()]


def test_01_csv_and_ods_of_the_standard_have_the_same_fields():
    assert read_definitions(csv_file(DEFINITIONS)) == read_definitions(ods_file(DEFINITIONS))
    if (table := published("htcds_field_standards_2.0.csv")) and (sheets := published("HTCDS Field Standards 2.0.ods")):
        names = [definition.name for definition in read_definitions(table)]
        assert len(names) == 84
        assert names == [definition.name for definition in read_definitions(sheets)]


def test_01_fields_of_the_published_standard_are_the_ones_that_havre_knows():
    table = published("htcds_field_standards_2.0.csv")
    if table is None:
        pytest.skip("HAVRE_PUBLISHED_DATA is not set")
    assert differences(read_definitions(table)) == []


def test_02_line_breaks_in_cells_do_not_split_rows():
    table = csv_file(DEFINITIONS)
    assert table.getvalue().count(b"\n") > len(DEFINITIONS)
    assert open_book(table).count() == len(DEFINITIONS)
    if real := published("htcds_field_standards_2.0.csv"):
        assert (real.getvalue().count(b"\n") in (456, 457), open_book(real).count()) == (True, 107)


def test_03_shifted_row_of_the_perpetrators_organisation_is_read():
    assert [d.name for d in read_definitions(csv_file(DEFINITIONS)) if d.name.startswith("per_")] == ["per_RoleDetails", "per_Organisation"]
    assert vocabulary.fields()["per_Organisation"].kind == "text"
    if real := published("htcds_field_standards_2.0.csv"):
        assert "per_Organisation" in [d.name for d in read_definitions(real)]


@pytest.mark.parametrize("spelling", ["DebtBondage", "DebtBondage ", " debtbondage"])
def test_04_debt_bondage_with_its_trailing_space_is_one_value(spelling):
    imported(sheet(prs_Gender="Feminine", vic_MethodsOfControl=spelling))
    assert only(PersonFacts).coded["vic_MethodsOfControl"] == ["DebtBondage"]


def test_05_gender_is_matched_without_its_no_break_space():
    (gender,) = (d for d in read_definitions(csv_file(DEFINITIONS)) if d.name == "prs_Gender")
    assert gender.values == vocabulary.fields()["prs_Gender"].values
    imported(sheet(prs_Gender="Feminine\xa0", vic_TypeOfExploitation="Servitude"))
    assert only(Person).gender == "Feminine"


def test_05_unknown_gender_is_matched_on_its_value_name():
    imported(sheet(prs_Gender="NonSpecifiedUnknown", vic_TypeOfExploitation="Servitude"))
    assert only(Person).gender == "NonSpecifiedUnknown"


def test_06_misspelt_unaquainted_is_kept_as_published():
    imported(sheet(vic_RelationshipToTrafficker="Unaquainted"))
    assert only(PersonFacts).coded["vic_RelationshipToTrafficker"] == ["Unaquainted"]


def test_07_value_that_begins_with_a_digit_is_unchanged():
    imported(sheet(vic_RecruitmentWebsitesAndApps="4Sale;QQ"))
    assert only(PersonFacts).coded["vic_RecruitmentWebsitesAndApps"] == ["4Sale", "QQ"]


def test_08_descriptions_and_long_labels_never_match():
    label = "Water supply; sewerage, waste management and remediation"
    _officer, batch = imported(sheet(prs_Gender="Feminine", vic_ForcedLabourIndustry=label))
    assert (batch.created, codes(batch)) == (0, ["value_unknown"])


def test_09_country_and_language_cells_of_the_standard_are_no_picklists():
    (citizenship,) = (d for d in read_definitions(csv_file(DEFINITIONS)) if d.name == "prs_Citizenship")
    assert citizenship.values == ()
    imported(sheet(prs_Citizenship="Ghana", prs_PrimaryLanguage="fre", prs_SecondaryLanguage="Tetum"))
    assert (only(PersonFacts).citizenships, only(Person).languages) == (["GH"], ["fra", "tet"])


@pytest.mark.parametrize("value", ["RestrictsMovement", "UsesChildren"])
def test_10_values_that_the_picklist_lacks_are_kept_as_extensions(value):
    _officer, batch = imported(sheet(prs_Gender="Feminine", vic_MethodsOfControl=value))
    assert only(PersonFacts).coded["vic_MethodsOfControl"] == [value]
    assert codes(batch) == ["value_extension"]


@pytest.mark.parametrize(
    ("written", "kept", "means"),
    [
        ("ThreatOfLawEnforcement", "ThreatsLawEnforcement", ["E.M.2"]),
        ("PsychoactiveSubstances", "PsychoactiveSubstance", ["E.M.13"]),
        ("Threats", "Threats", ["E.M.2"]),
    ],
)
def test_11_names_of_the_definitions_are_aliases_and_plain_threats_stays_coarse(written, kept, means):
    imported(sheet(prs_Gender="Feminine", vic_MethodsOfControl=written))
    assert only(PersonFacts).coded["vic_MethodsOfControl"] == [kept]
    assert only(TraffickingEvent).means == means


def test_12_forced_criminality_is_an_extension_with_its_own_purpose():
    imported(sheet(prs_Gender="Masculine", vic_TypeOfExploitation="ForcedCriminality"))
    assert only(TraffickingEvent).purposes == ["E.P.7"]


def test_13_contradicting_header_rows_are_refused_until_somebody_says_which_holds():
    filled = template({"D": "Efua", "N": "12 Example Street", "O": "Accra"})
    with pytest.raises(Invalid) as refusal:
        imported(filled)
    assert sorted(refusal.value.problems) == ["names_from"]
    assert [letter for letter in "NOPQR" if f"{letter}: " in str(refusal.value)] == ["N", "O", "Q", "R"]

    officer, _batch = imported(filled, names_from="labels")
    assert words(officer, Section.WHEREABOUTS)["whereabouts"] == {"prs_MailingStreet": "12 Example Street", "prs_MailingCity": "Accra"}
    if real := published("HTCDS Excel Spreadsheet v2.0.xlsx"):
        with pytest.raises(Invalid) as refusal:
            plan(list(islice(open_book(real).rows(), 2)))
        assert sorted(refusal.value.problems) == ["names_from"]


def test_13_mapping_by_column_letter_is_refused():
    with pytest.raises(Invalid, match="never by its letter"):
        imported(sheet(First="Efua", Gender="Feminine"), columns={"A": "prs_FirstName"})


def test_14_misspelt_deciding_body_column_is_read():
    imported(sheet(vic_TraffickingStatus="PossibleVictimOfTrafficking", vic_TraffickinStatusDecisionMakingOrg="NGO"))
    assert only(Detection).claimed_by == "NGO"


def test_15_column_with_a_label_and_no_name_is_recovered_with_a_warning():
    _officer, batch = imported(template({"D": "Efua", "AJ": "Other"}), names_from="names")
    assert only(PersonFacts).coded["cas_ReasonForOutgoingReferral"] == ["Other"]
    assert codes(batch) == ["label_recovered"]


def test_16_a_thousand_numbered_empty_rows_make_no_case():
    _officer, batch = imported(template({"D": "Efua"}), names_from="names")
    assert (batch.created, batch.rejected) == (1, 0)
    if real := published("HTCDS Excel Spreadsheet v2.0.xlsx"):
        trial = importing.check(by=make_actor(), source=real, options=Options(names_from="names"))
        assert (trial.rows, trial.new, trial.rejected) == (0, 0, 0)


def test_17_names_of_the_xlsform_are_aliases_and_a_title_is_no_name():
    officer, _batch = imported(
        sheet(
            _uuid="a1",
            prs_First_Name="Efua",
            prs_Second_Name="Exemple",
            prs_Title="Teacher",
            vic_Methods_of_Control="DebtBondage FalsePromises",
        )
    )
    assert words(officer)["identity"] == {
        "prs_FirstName": "Efua",
        "prs_SecondName": "Exemple",
        "prs_Title": "Teacher",
        "havre_RecordId": "a1",
    }
    assert only(PersonFacts).coded["vic_MethodsOfControl"] == ["DebtBondage", "FalsePromises"]


def test_18_fields_that_a_form_lacks_stay_not_recorded():
    imported(sheet(_uuid="a1", prs_Gender="Feminine", cas_ReasonForIncomingReferral="Other"))
    assert only(PersonFacts).coded == {"cas_ReasonForIncomingReferral": ["Other"]}


def test_19_several_industries_are_kept_with_a_warning_that_one_is_exported():
    both = "A_AgricultureForestryAndFishing C_Manufacturing"
    _officer, batch = imported(sheet(prs_Gender="Masculine", vic_ForcedLabourIndustry=both))
    assert only(PersonFacts).coded["vic_ForcedLabourIndustry"] == both.split()
    assert (codes(batch), only(TraffickingEvent).industry) == (["several_exported_first"], "A_AgricultureForestryAndFishing")


@pytest.mark.parametrize(("said", "states"), [("yes", ["reported"]), ("no", []), ("", [])])
def test_20_consent_is_reported_elsewhere_and_never_live(said, states):
    officer, _batch = imported(sheet(prs_Gender="Feminine", con_Consent=said))
    consents = list(Consent.objects.for_house("tests"))
    assert [consent.state for consent in consents] == states
    assert [consent for consent in consents if consent.live(at=officer.at)] == []
    assert only(PersonFacts).coded.get("con_Consent") == ({"yes": ["yes"], "no": ["no"]}.get(said))


@pytest.mark.parametrize("source", ["csv", "xlsx"])
def test_21_na_is_namibia(source):
    rows = [["prs_Citizenship", "prs_Gender"], ["NA", "Feminine"]]
    imported(csv_file(rows) if source == "csv" else excel_file(rows))
    assert only(PersonFacts).citizenships == ["NA"]


def test_22_deprecated_fields_are_read_with_their_meaning_and_not_in_the_export_header():
    _officer, batch = imported(sheet(vic_Vulnerabilities="Poverty;Homelessness", vic_AgreementToManagePersonalData="yes"))
    assert only(PersonFacts).coded["havre_Vulnerability"] == ["DOV-H02", "DOV-I17"]
    assert codes(batch) == ["deprecated", "deprecated"]
    assert [name for name in header() if vocabulary.fields()[name].deprecated] == []
    assert len(header()) == 81


def test_23_age_when_trafficked_is_not_the_age_now():
    imported(sheet(prs_Gender="Feminine", vic_AgeWhenTrafficked="15"))
    assert (only(PersonFacts).age_when_trafficked, only(Person).age_on_opening) == (15, None)


def test_24_location_fields_name_an_organisation_and_no_place():
    officer, _batch = imported(sheet(prs_Gender="Feminine", vic_LocationOfRecruitment="Example Agency", vic_TypeOfExploitation="Servitude"))
    assert (only(TraffickingEvent).country, only(TraffickingEvent).region) == ("", "")
    assert words(officer, Section.FACTS)["text_facts"] == {"vic_LocationOfRecruitment": "Example Agency"}


def test_25_actual_victim_is_a_claim_with_its_body():
    _officer, batch = imported(sheet(vic_TraffickingStatus="ActualVictimOfTrafficking", prs_Gender="Feminine"))
    assert (only(Detection).claimed_status, only(Detection).claimed_by) == ("ActualVictimOfTrafficking", "")
    assert only(PersonFacts).coded == {}
    assert codes(batch) == ["claim_without_body"]


def test_26_unknown_columns_are_accepted_and_kept_sealed():
    extra = [*DEFINITION_HEADER, "Category"]
    assert read_definitions(csv_file([extra, [*DEFINITIONS[2], "Released"]])) == read_definitions(
        csv_file(DEFINITIONS[:1] + DEFINITIONS[2:3])
    )
    officer, batch = imported(sheet(prs_Gender="Feminine", Shoe="38"))
    assert (batch.created, codes(batch)) == (1, ["column_unknown"])
    assert words(officer)["unmapped"] == {"Shoe": "38"}


def test_27_role_of_a_perpetrator_is_not_the_persons_own_status():
    imported(sheet(prs_Gender="Masculine", per_RoleInProcess="SoldIndividual"))
    assert (only(Person).role, only(Detection).claimed_status) == ("victim", "")
    assert only(PersonFacts).coded == {"per_RoleInProcess": ["SoldIndividual"]}


def test_published_template_header_is_the_one_that_these_tests_write():
    real = published("HTCDS Excel Spreadsheet v2.0.xlsx")
    if real is None:
        pytest.skip("HAVRE_PUBLISHED_DATA is not set")
    (_number, names), *_rest = islice(open_book(real).rows(), 1)
    assert tuple(name or "" for name in names) == TEMPLATE_NAMES
