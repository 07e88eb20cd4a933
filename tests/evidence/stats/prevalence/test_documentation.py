"""The doctests of the package run, and importing it brings no Django."""

import doctest
import subprocess
import sys
from importlib import import_module
from pkgutil import iter_modules

import havre.evidence.stats.prevalence as package


def test_examples_in_the_docstrings_are_true():
    results = [doctest.testmod(import_module(f"{package.__name__}.{one.name}")) for one in iter_modules(package.__path__)]

    assert sum(result.attempted for result in results) >= 12
    assert sum(result.failed for result in results) == 0


def test_import_of_prevalence_brings_no_django():
    code = f"import sys, {package.__name__}; raise SystemExit('django' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_every_public_function_says_its_source_or_meaning():
    assert all(getattr(package, name).__doc__ for name in package.__all__ if name != "FAMILIES")
