"""What the two `stats` packages promise together: typed returns, sources in the docstrings, examples that are true, no Django."""

import ast
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[3]
PACKAGES = ("havre.evidence.stats", "havre.release.stats")
# parts of `evidence/stats` with owners and tests of their own for what their docstrings cite
APART = ("havre.evidence.stats.linkage", "havre.evidence.stats.prevalence")
# a paper, a standard, an article of law, or a library that has the method
SOURCE = re.compile(r"\bSource\b|\b(19|20)\d\d\b|\bart\. ?\d|\b(ISO|UN|UNODC|IOM|CTDC|HTCDS|SDG|M49)\b|scipy\.")
# readers of files, drawing aids, words: they implement nothing that has a source
AIDS = tuple(
    f"havre.evidence.stats.{name}"
    for name in ("figures.drawing", "figures.sheet", "engines.opening", "engines.spark", "vulnerability.coding", "errors")
)
# what only looks up, sorts or hands on
PLAIN = {
    "havre.evidence.stats.measure.fingerprint",
    "havre.evidence.stats.measure.share",
    "havre.evidence.stats.profiles.flow_kinds",
    "havre.evidence.stats.vulnerability.factors.chosen",
}


@cache
def functions(package):
    """The functions and methods of a package as syntax, nested ones left out: (module, dotted name, node, public function)."""
    found = []
    for path in sorted((ROOT / package.replace(".", "/")).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef):
                found.append((module, f"{module}.{node.name}", node, not node.name.startswith("_")))
            if isinstance(node, ast.ClassDef):
                inner = [one for one in node.body if isinstance(one, ast.FunctionDef)]
                found += [(module, f"{module}.{node.name}.{one.name}", one, False) for one in inner]
    return found


def test_at_least_ninety_five_in_a_hundred_returns_are_typed(capsys):
    for package in PACKAGES:
        untyped = [dotted for _module, dotted, node, _public in functions(package) if node.returns is None]
        several = len(functions(package))
        with capsys.disabled():
            print(f"\n{package}: {several - len(untyped)} of {several} returns typed ({100 - 100 * len(untyped) / several:.1f} %)")
        assert several > 300
        assert len(untyped) <= 0.05 * several, untyped


def test_public_functions_of_evidence_cite_what_they_implement():
    silent = [
        dotted
        for module, dotted, node, public in functions(PACKAGES[0])
        if public and not module.startswith((*APART, *AIDS)) and dotted not in PLAIN and not SOURCE.search(ast.get_docstring(node) or "")
    ]
    assert silent == []


def test_every_public_function_of_evidence_has_a_docstring():
    mine = [(dotted, node) for module, dotted, node, public in functions(PACKAGES[0]) if public and not module.startswith(APART)]
    assert [dotted for dotted, node in mine if not ast.get_docstring(node)] == []


def test_share_of_public_functions_that_cite_is_printed_for_every_package(capsys):
    prefixes = (*APART, *PACKAGES)
    counts = {prefix: [0, 0] for prefix in prefixes}
    for package in PACKAGES:
        for module, _dotted, node, public in functions(package):
            mine = next(prefix for prefix in prefixes if module.startswith(prefix))
            counts[mine][0] += public and bool(SOURCE.search(ast.get_docstring(node) or ""))
            counts[mine][1] += public
    with capsys.disabled():
        for prefix, (citing, several) in counts.items():
            print(f"\n{prefix}: {citing} of {several} public functions cite a source, helpers included")
    assert all(citing for citing, _several in counts.values())


# one process for all: the libraries behind the two packages take seconds to load
WHOLE = """
import doctest, importlib, sys
modules = sys.argv[1:]
results = {name: doctest.testmod(importlib.import_module(name)) for name in modules}
print(sum(one.attempted for one in results.values()), [name for name, one in results.items() if one.failed], 'django' in sys.modules)
"""


def test_every_module_loads_without_django_and_its_examples_are_true():
    modules = sorted({module for package in PACKAGES for module, *_rest in functions(package)})
    ran = subprocess.run([sys.executable, "-c", WHOLE, *modules], cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    attempted, rest = ran.stdout.strip().splitlines()[-1].split(" ", 1)
    assert rest == "[] False", ran.stdout
    assert int(attempted) >= 30
