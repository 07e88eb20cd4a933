"""What the exchange knows of the standard is what the house's library of standards says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from havre.register.exchange import vocabulary
from havre.standards.library import library


def test_fields_and_values_are_those_of_the_standards_library():
    ours = {name: field.values for name, field in vocabulary.fields().items() if field.place != "own"}
    theirs = library().htcds
    assert set(ours) == set(theirs.by_name)


def test_country_codes_are_those_of_the_standards_library():
    assert set(vocabulary.alpha3()) == set(library().countries.by_alpha2)


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
