"""Published data of others: kept with source and licence, normalised, never cases, and once."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from django.conf import settings

from havre.register.exchange import importing
from havre.register.exchange.external import add_dataset, file_of, recognise, rows_of
from havre.register.models import Case, ExternalDataset
from havre.trust.enums import Role
from havre.trust.errors import Invalid, Refused
from tests.factories import make_actor
from tests.factories_exchange import csv_file

ORIGIN = {"title": "Example set", "origin": "Example publisher, example.org", "licence": "CC BY 4.0"}
K = ["yearOfRegistration", "Datasource", "gender", "ageBroad", "citizenship", "meansOfControlDebtBondage", "isSexualExploit"]
K += ["typeOfLabourAgriculture", "meansOfControlPsychoactiveSubsta"]
SYNTHETIC = ["yearOfRegistration", "gender", "ageBroad", "citizenship", "CountryOfExploitation", "traffickMonths", "meansThreats"]
SYNTHETIC += ["isForcedLabour", "isSexualExploit", "isOtherExploit"]
EXTRACT = ["yearOfRegistration", "Datasource", "gender", "citizenship", "isForcedLabour", "ControlCategory", "RecruiterCategory"]
EXTRACT += ["ExploitType", "Labor_Type", "ageCategories"]


@pytest.fixture(autouse=True)
def _home(tmp_path, settings):
    settings.HAVRE_HOME = tmp_path


@pytest.fixture
def rapporteur():
    return make_actor(Role.RAPPORTEUR)


def added(by, *rows):
    return add_dataset(by=by, source=csv_file(rows), **ORIGIN)


def test_k_anonymised_layout_is_normalised_with_its_gaps_kept(rapporteur):
    dataset = added(
        rapporteur,
        K,
        ["2016", "Case Management", "Female", "18--20", "NA", "1", "-99", "0", "-99"],
        ["2017", "Hotline", "Male", "48+", "00", "-99", "1", "-99", "1"],
    )
    assert (dataset.layout, dataset.rows, dataset.source, dataset.licence) == ("ctdc_k", 2, ORIGIN["origin"], "CC BY 4.0")
    first, second = rows_of(dataset)
    assert (first["age_band"], first["citizenship"], first["means_DebtBondage"], first["is_SexualExploit"]) == ("18-20", "NA", "1", "")
    assert (second["age_band"], second["citizenship"], second["means_PsychoactiveSubsta"]) == ("48+", "", "1")
    assert (dataset.counts["means_DebtBondage"], dataset.counts["citizenship"], dataset.counts["year"]) == (1, 1, 2)


@pytest.mark.parametrize("family", ["typeOf", "sectorOf"])
def test_synthetic_layout_is_read_under_both_names_of_its_sectors(rapporteur, family):
    header = [*SYNTHETIC, f"{family}LabourDomesticWork", f"{family}SexProstitution"]
    dataset = added(rapporteur, header, ["2020", "Woman", "9--17", "GHA", "TLS", "0--12", "1", "", "1", "0", "1", ""])
    (row,) = rows_of(dataset)
    assert dataset.layout == "ctdc_synthetic"
    assert (row["citizenship"], row["country_of_exploitation"], row["age_band"], row["means_Threats"]) == ("GH", "TL", "9-17", "1")
    assert (row["labour_DomesticWork"], row["sex_Prostitution"], row["is_ForcedLabour"]) == ("1", "", "")


def test_mixed_layouts_are_refused(rapporteur):
    with pytest.raises(Invalid, match="never counted together"):
        recognise([*K, "meansThreats"])


def test_other_table_is_refused_and_leaves_no_file(rapporteur):
    with pytest.raises(Invalid):
        added(rapporteur, ["name", "age"], ["x", "1"])
    assert (ExternalDataset.objects.count(), list(Path(settings.HAVRE_HOME).rglob("*.csv.gz"))) == (0, [])


def test_second_import_of_the_same_file_changes_nothing(rapporteur):
    rows = [EXTRACT, ["2012", "Hotline", "Female", "0", "-99", "Threats", "Other", "Forced Labor", "Unknown", "Age 9-17"]]
    first, again = added(rapporteur, *rows), added(rapporteur, *rows)
    assert (again, ExternalDataset.objects.count(), again.added_at) == (first, 1, first.added_at)
    assert len(list(Path(settings.HAVRE_HOME).rglob("*.gz"))) == 1


@pytest.mark.parametrize("missing", ["title", "origin", "licence"])
def test_data_set_without_its_source_or_licence_is_refused(rapporteur, missing):
    with pytest.raises(Invalid) as refusal:
        add_dataset(by=rapporteur, source=csv_file([EXTRACT]), **{**ORIGIN, missing: " "})
    assert list(refusal.value.problems) == [missing]


def test_external_data_by_a_role_that_neither_counts_nor_imports_is_refused():
    with pytest.raises(Refused):
        added(make_actor(Role.INVESTIGATOR), EXTRACT)


@pytest.mark.parametrize("header", [K, SYNTHETIC])
def test_published_data_offered_as_cases_are_refused_with_the_way_to_go(header):
    with pytest.raises(Invalid, match="external data set"):
        importing.check(by=make_actor(), source=csv_file([header, ["2020"] * len(header)]))


def test_published_extract_is_taken_whole_as_no_case(rapporteur):
    path = Path(settings.HAVRE_PUBLISHED_DATA) / "ctdc" / "ctdc_k_anonymised_extract.csv"
    if not settings.HAVRE_PUBLISHED_DATA or not path.exists():
        pytest.skip("HAVRE_PUBLISHED_DATA is not set")
    dataset = add_dataset(by=rapporteur, source=io.BytesIO(path.read_bytes()), **ORIGIN)
    again = add_dataset(by=rapporteur, source=io.BytesIO(path.read_bytes()), **ORIGIN)

    assert (dataset.layout, dataset.rows, again, ExternalDataset.objects.count()) == ("ctdc_extract", 14_299, dataset, 1)
    assert (sum(1 for _row in rows_of(dataset)), Case.objects.for_house("tests").count()) == (14_299, 0)
    assert (dataset.counts["is_ForcedLabour"], dataset.counts["gender"], dataset.counts["age_band"]) == (14_299 - 61, 14_299, 14_299)
    assert file_of(dataset).stat().st_size < path.stat().st_size / 10
