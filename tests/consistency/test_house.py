"""Rules of the whole house that no part can keep alone: sizes, foreign keys, protected models, docstrings, what a start loads."""

from __future__ import annotations

import ast
import os
import statistics
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command

from havre.site.commands.messages import PACKAGE
from havre.trust.contracts import contracts
from havre.trust.policy.rls import protected_models

FLOORS = (
    {"site"},
    {"partnership"},
    {"publishing"},
    {"release"},
    {"evidence"},
    {"protection", "referral", "justice"},
    {"register"},
    {"trust"},
    {"standards"},
)
HEAVY = ("numpy", "scipy", "polars", "pandas", "duckdb", "pyarrow", "splink", "opendp", "altair", "numba")
# a framework calls these by a name that it chose: what they do is in its own documentation
FRAMEWORK = ("views", "forms", "adapter", "apps", "databases", "middleware", "reports")
# tables of data written as code
TABLES = {"havre/trust/policy/table.py"}


def sources() -> list[Path]:
    return sorted(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)


def shown(path: Path) -> str:
    return path.relative_to(PACKAGE.parent).as_posix()


def floor_of(label: str) -> int | None:
    """The floor of a part, 0 at the top; None for what is not ours."""
    return next((number for number, parts in enumerate(FLOORS) if label in parts), None)


def test_foreign_key_points_to_the_same_part_or_a_lower_one():
    wrong = []
    for model in apps.get_models():
        mine = floor_of(model._meta.app_label)
        if mine is None:
            continue
        for field in model._meta.get_fields():
            if not (field.is_relation and field.concrete) or field.related_model is None:
                continue
            label = field.related_model._meta.app_label
            theirs = floor_of(label)
            beside = theirs == mine and label != model._meta.app_label
            if theirs is not None and (theirs < mine or beside):
                wrong.append(f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}")
    assert wrong == []


def test_file_stays_short():
    lengths = {shown(path): len(path.read_text(encoding="utf-8").splitlines()) for path in sources()}
    assert [(name, length) for name, length in lengths.items() if length > 600] == []
    assert statistics.median(lengths.values()) < 120


def test_function_stays_short():
    long = [
        f"{shown(path)}:{node.lineno} {node.name} ({node.end_lineno - node.lineno + 1})"
        for path in sources()
        if shown(path) not in TABLES and not path.name.startswith("contract")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno - node.lineno + 1 > 80
    ]
    assert long == []


def test_no_file_is_called_utils():
    assert [shown(path) for path in sources() if path.stem in {"utils", "util", "helpers", "common", "misc"}] == []


def test_every_protected_model_is_in_exactly_one_contract_its_own():
    listed = {model: contract.part for contract in contracts() for model in contract.models}
    mine = {model: model._meta.app_label for model in protected_models()}
    assert {model._meta.label for model in mine} - {model._meta.label for model in listed} == set()
    assert [model._meta.label for model, part in mine.items() if listed[model] != part] == []


def public_of_trust() -> Iterator[tuple[str, ast.FunctionDef | ast.ClassDef]]:
    """The functions and classes of trust that no underscore hides, as syntax."""
    for path in sorted((PACKAGE / "trust").rglob("*.py")):
        if "migrations" not in path.parts:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
                    yield f"{shown(path)}: {node.name}", node


def test_public_function_of_trust_says_what_it_means():
    found = dict(public_of_trust())
    assert len(found) > 400
    assert [name for name, node in found.items() if not ast.get_docstring(node)] == []


def test_public_function_of_trust_says_what_it_raises():
    def raises(node: ast.AST) -> bool:
        return any(isinstance(one, ast.Raise) and one.exc is not None for one in ast.walk(node))

    found = [(name, node) for name, node in public_of_trust() if isinstance(node, ast.FunctionDef)]
    mine = [(name, node) for name, node in found if not any(f"/{part}" in name for part in FRAMEWORK) and raises(node)]
    assert len(mine) > 40
    assert [name for name, node in mine if "Raise" not in (ast.get_docstring(node) or "")] == []


@pytest.mark.parametrize("what", ["web", "command"])
def test_start_loads_no_heavy_library(what):
    start = {
        "web": "import django; django.setup(); import havre.site.urls",
        "command": "import havre.site.command",
    }[what]
    code = f"import sys\n{start}\nprint(*sorted(set(sys.modules) & set({HEAVY!r})))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "havre.site.settings"},
        cwd=PACKAGE.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_migrations_are_in_step_with_the_models():
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)
