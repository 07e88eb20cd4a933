"""What the exchange knows of the standard is what the house's library of standards says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from havre.register.exchange import vocabulary
from havre.standards.library import library


def test_every_published_field_has_a_place_and_no_place_is_left_over():
    ours = [name for name, field in vocabulary.fields().items() if field.place != "own"]
    assert ours == list(library().htcds.by_name)
    assert {field.place for field in vocabulary.fields().values()} <= {
        *("identity", "whereabouts", "protection", "facts", "event"),
        *("coded", "column", "own"),
    }


@pytest.mark.parametrize(
    ("typed", "code"), [("NA", "NA"), ("Norvège", "NO"), ("Côte d'Ivoire", "CI"), ("Ivory Coast", "CI"), ("THA", "TH")]
)
def test_a_country_is_read_by_code_and_by_its_names_in_both_languages(typed, code):
    assert vocabulary.countries()[vocabulary.fold(typed)] == code


@pytest.mark.parametrize(("table", "field"), [(vocabulary.MEANS, "means"), (vocabulary.PURPOSES, "purposes")])
def test_codes_of_means_and_purposes_are_nodes_of_the_tree(table, field):
    assert set(table.values()) - set(library().ictip.codes) == set()


def test_deprecated_vulnerabilities_are_read_by_the_published_map():
    published = {name: code for name, code in library().vulnerability.method.deprecated_htcds_map.items() if name != "note"}
    assert published == vocabulary.VULNERABILITIES


def test_importing_loads_no_heavy_library():
    code = (
        "import os, sys; os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'havre.site.settings'); import django; django.setup();"
        "import havre.register.views_exchange, havre.register.demonstration;"
        "print(sorted({'numpy', 'pandas', 'polars', 'pyarrow', 'duckdb', 'scipy', 'fastexcel'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "[]"
