"""What the docstrings of `release/stats` promise: a meaning for everything public, a source for every published method, true examples."""

import ast
import doctest
import re
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

PACKAGE = "havre.release.stats"
ROOT = Path(__file__).parents[3]
# a paper, a standard, an article of law
SOURCE = re.compile(r"\bSource: |\b(?:1[89]|20)\d\d\b|\b(?:ISO|RFC|FIPS|SDMX|DDI)\b")
# what implements no published method, and why it has nothing to cite
PLAIN = {
    "reads, writes or sorts Havre's own formats": (
        *("attacks.battery.as_json", "attacks.battery.lines", "bundle.contents.plain", "bundle.metadata.read_me"),
        *("bundle.verifier.open_bundle", "bundle.verifier.lines", "bundle.verifier.main", "bundle.verifier.status"),
        *("ledger.line_text", "ledger_file.create", "ledger_file.read", "ledger_file.draw", "ledger_file.give_back"),
        *("private.codebook.from_json", "private.codebook.read_codebook", "private.published.template", "protect.grid", "protect.proof"),
        *("protect.needs_words", "published.read_published", "published.of_grid", "published.layout_of", "reading.read_rows"),
    ),
    "looks up, numbers, cuts or hands on": (
        *("attacks.sides.keys", "cells.cell", "cells.words", "cells.domains_of", "private.spend.charges_of", "media.findings.tidy"),
        *("media.packs.pack", "media.reading.read", "private.codebook.declared_public", "private.noise.nothing"),
        *("synthesis.candidates.keys", "synthesis.candidates.row_keys", "synthesis.private.with_recipe", "synthesis.rows.cells_of"),
    ),
    "puts together what functions with a source of their own have found": (
        *("attacks.rates.holds", "bundle.contents.of_tables", "bundle.contents.of_rows", "bundle.contents.of_noisy_tables"),
    ),
    "names versions": ("bundle.contents.libraries", "private.spend.versions"),
}


@cache
def public():
    """Every public function, class and method: (dotted name within the package, node, whether it is a function of a module)."""
    found = []
    for path in sorted((ROOT / PACKAGE.replace(".", "/")).rglob("*.py")):
        module = ".".join(path.relative_to(ROOT / PACKAGE.replace(".", "/")).with_suffix("").parts).removesuffix("__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.FunctionDef | ast.ClassDef) or node.name.startswith("_"):
                continue
            found.append((f"{module}.{node.name}", node, isinstance(node, ast.FunctionDef)))
            if isinstance(node, ast.ClassDef):
                inner = [one for one in node.body if isinstance(one, ast.FunctionDef) and not one.name.startswith("_")]
                found += [(f"{module}.{node.name}.{one.name}", one, False) for one in inner]
    return found


def test_everything_public_has_a_docstring():
    assert [dotted for dotted, node, _function in public() if not ast.get_docstring(node)] == []


def test_every_public_function_cites_a_source_or_is_named_as_plain_with_its_reason(capsys):
    plain = {name for names in PLAIN.values() for name in names}
    functions = {dotted: node for dotted, node, function in public() if function}
    citing = {dotted for dotted, node in functions.items() if SOURCE.search(ast.get_docstring(node))}
    with capsys.disabled():
        print(f"\n{PACKAGE}: {len(citing)} of {len(functions)} public functions cite a source, {len(plain)} are plain")
    assert sorted(set(functions) - citing - plain) == []
    # the list stays true: nothing on it has gone, and nothing on it cites
    assert sorted(plain - set(functions)) == []
    assert sorted(plain & citing) == []


CORE = (
    *("kanon", "primary", "suppress", "attack", "rounding", "cellkey", "accounting", "ledger", "protect"),
    *("media.text", "media.files", "attacks.rates", "attacks.ceiling", "synthesis.metrics", "private.residual", "private.spend"),
)


@pytest.mark.parametrize("name", CORE)
def test_examples_of_the_core_functions_are_there_and_true(name):
    found = doctest.testmod(import_module(f"{PACKAGE}.{name}"))
    assert found.attempted > 0
    assert found.failed == 0
