"""The import contracts hold, and each of them turns red when it is broken."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from havre.site.commands.messages import PACKAGE

ROOT = PACKAGE.parent
LINT = Path(sys.executable).parent / "lint-imports"

# the contract's name, the file that gets one more line, the line
FAULTS = (
    ("A part imports those below it, never above or beside", "register/naming.py", "from havre.protection import enums as planted"),
    (
        "Inside a part the rooms import downwards",
        "protection/models/screening.py",
        "from havre.protection.services import words as planted",
    ),
    (
        "From the sources to a document the modules of publishing import downwards",
        "publishing/binding.py",
        "from havre.publishing import makers as planted",
    ),
    (
        "No two modules or rooms import each other, inside functions neither",
        "register/naming.py",
        "from havre.register.person import copying as planted",
    ),
    ("The statistics and the standards know no Django", "release/stats/rounding.py", "import django.utils as planted"),
    ("Only trust opens the vault", "protection/queries.py", "from havre.trust.vault import sealing as planted"),
    ("Heavy libraries only in stats and jobs", "protection/queries.py", "import polars as planted"),
)


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the import linter on the copy in this folder."""
    return subprocess.run(
        [LINT, "--no-cache", folder / ".importlinter"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    """The package and its contracts, to be spoiled."""
    folder = tmp_path_factory.mktemp("planted")
    only_code = shutil.ignore_patterns("__pycache__", "*.yaml", "*.html", "*.ttf", "*.po", "*.mo", "*.css", "*.js", "*.svg")
    shutil.copytree(PACKAGE, folder / "havre", ignore=only_code)
    shutil.copy(ROOT / ".importlinter", folder)
    return folder


def test_import_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout
    assert done.stdout.count(" KEPT") == len(FAULTS)


@pytest.mark.parametrize(("name", "file", "line"), FAULTS, ids=lambda value: value[:24].replace(" ", "_"))
def test_planted_import_turns_its_contract_red(name, file, line, copy):
    path = copy / "havre" / file
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        path.write_text(text, encoding="utf-8")
    assert done.returncode == 1
    assert f"{name} BROKEN" in done.stdout
