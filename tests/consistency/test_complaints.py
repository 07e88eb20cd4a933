"""Each complaint of other systems' users that Havre answers, with the test that shows the answer: the table names tests that exist."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = ROOT / "docs" / "reference" / "complaints.md"
ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NOT_YET = "not yet"


def rows() -> dict[int, tuple[str, list[str]]]:
    """Number → answer, and the tests named for it (`path::name`)."""
    found = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return {int(number): (answer.strip(), re.findall(r"`(tests/[^`]+)`", tests)) for number, _said, answer, tests in found}


def names_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.ClassDef)}


def test_every_complaint_has_its_row():
    assert sorted(rows()) == list(range(1, 35))


def test_every_row_names_a_test_or_says_that_it_is_not_answered_yet():
    assert [number for number, (answer, tests) in rows().items() if bool(tests) == answer.lower().startswith(NOT_YET)] == []


def test_every_named_test_exists():
    wrong = []
    for number, (_answer, tests) in rows().items():
        for one in tests:
            path, _, name = one.partition("::")
            parts = name.split("::")
            if not (ROOT / path).is_file() or not set(parts) - {""} <= names_in(ROOT / path):
                wrong.append((number, one))
    assert wrong == []
