"""What the two `stats` packages promise together: typed returns, sources in the docstrings, examples that are true, no Django."""

import ast
import doctest
import importlib
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from pkgutil import walk_packages

import havre.evidence.stats as evidence
import havre.release.stats as release

PACKAGES = (evidence, release)
# parts of `evidence/stats` with owners and tests of their own for what their docstrings cite
APART = ("havre.evidence.stats.linkage", "havre.evidence.stats.prevalence")
# a paper, a standard, an article of law, a method by its name, a library that has it
SOURCE = re.compile(r"\bSource\b|\b(19|20)\d\d\b|\bart\. ?\d|\b(ISO|UN|UNODC|IOM|CTDC|HTCDS|SDG|M49)\b|scipy\.|Python's")


@cache
def modules(package):
    """Every module of a package by name, without `__main__`."""
    names = [one.name for one in walk_packages(package.__path__, f"{package.__name__}.") if not one.name.endswith("__main__")]
    # a spark module starts Java only when called: it may be imported
    return [importlib.import_module(name).__name__ for name in (package.__name__, *names)]


def functions(name):
    """The functions and methods of a module as syntax, nested ones left out: (dotted name, node, public)."""
    tree = ast.parse(Path(sys.modules[name].__file__).read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield f"{name}.{node.name}", node, not node.name.startswith("_")
        if isinstance(node, ast.ClassDef):
            for inner in node.body:
                if isinstance(inner, ast.FunctionDef | ast.AsyncFunctionDef):
                    yield f"{name}.{node.name}.{inner.name}", inner, False


def test_at_least_ninety_five_in_a_hundred_returns_are_typed(capsys):
    found = {
        package.__name__: [(name, node.returns is not None) for one in modules(package) for name, node, _p in functions(one)]
        for package in PACKAGES
    }
    with capsys.disabled():
        for package, several in found.items():
            typed = sum(one for _name, one in several)
            print(f"\n{package}: {typed} of {len(several)} returns typed ({100 * typed / len(several):.1f} %)")
    for several in found.values():
        untyped = [name for name, typed in several if not typed]
        assert len(untyped) <= 0.05 * len(several), untyped


def implementing(name):
    """The public functions of a module that compute something: not a reader of a file, a drawing aid or a word for a reader."""
    plain = {
        "havre.evidence.stats.figures.drawing", "havre.evidence.stats.figures.sheet", "havre.evidence.stats.engines.opening",
        "havre.evidence.stats.engines.spark", "havre.evidence.stats.vulnerability.coding", "havre.evidence.stats.errors",
    }  # fmt: skip
    return [] if name in plain else [(dotted, node) for dotted, node, public in functions(name) if public]


# what only looks up, sorts or hands on: nothing to cite
PLAIN = {
    "havre.evidence.stats.measure.fingerprint",
    "havre.evidence.stats.profiles.flow_kinds",
    "havre.evidence.stats.vulnerability.factors.chosen",
    "havre.evidence.stats.measure.share",
}


def test_public_functions_of_evidence_cite_what_they_implement():
    silent = [
        dotted
        for name in modules(evidence)
        if not name.startswith(APART)
        for dotted, node in implementing(name)
        if dotted not in PLAIN and not SOURCE.search(ast.get_docstring(node) or "")
    ]
    assert silent == []


def test_share_of_public_functions_that_cite_is_printed_for_every_package(capsys):
    prefixes = (*APART, "havre.evidence.stats", "havre.release.stats")
    counts = {prefix: [0, 0] for prefix in prefixes}
    for package in PACKAGES:
        for name in modules(package):
            mine = next(prefix for prefix in prefixes if name.startswith(prefix))
            for _dotted, node, public in functions(name):
                counts[mine][0] += public and bool(SOURCE.search(ast.get_docstring(node) or ""))
                counts[mine][1] += public
    with capsys.disabled():
        for prefix, (citing, several) in counts.items():
            print(f"\n{prefix}: {citing} of {several} public functions cite a source, helpers included")
    assert all(citing for citing, _several in counts.values())


def test_every_public_function_of_evidence_has_a_docstring():
    silent = [
        name
        for one in modules(evidence)
        if not one.startswith(APART)
        for name, node, public in functions(one)
        if public and not ast.get_docstring(node)
    ]
    assert silent == []


def test_examples_in_the_docstrings_are_true():
    results = {name: doctest.testmod(sys.modules[name]) for package in PACKAGES for name in modules(package)}
    assert sum(result.attempted for name, result in results.items() if name.startswith("havre.evidence")) >= 30
    assert [name for name, result in results.items() if result.failed] == []


def test_import_of_both_packages_brings_no_django():
    names = ", ".join(name for package in PACKAGES for name in modules(package))
    code = f"import sys\nimport {names}\nraise SystemExit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
