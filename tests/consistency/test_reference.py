"""The generated reference pages are those of this code, in both languages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from django.apps import apps
from django.utils import translation
from django.utils.translation import trans_real

from havre.site.command import COMMANDS
from havre.site.commands.messages import PACKAGE
from havre.site.operations import reference
from havre.site.operations.wording import SETTINGS
from havre.trust.contracts import contracts
from havre.trust.enums import Role
from havre.trust.errands import ERRANDS
from havre.trust.workflows import workflows

ROOT = PACKAGE.parent
DOCS = ROOT / "docs" / "reference"
READ = re.compile(r"""(?:environ(?:\.get\(|\[)|getenv\()\s*["'](HAVRE_[A-Z_]+)|["'](HAVRE_[A-Z_]+)["'] in os\.environ""")


@pytest.fixture
def french(settings, tmp_path):
    """The working tree's French, in the order in which Django merges it: the house first, then the parts as they are installed."""
    if shutil.which("msgfmt") is None:
        pytest.skip("msgfmt (GNU gettext) is needed to compile the French")
    parts = [Path(config.path) for config in apps.get_app_configs() if config.name.startswith("havre.")]
    sources = [path for part in parts if (path := part / "locale" / "fr" / "LC_MESSAGES" / "django.po").is_file()]
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    subprocess.run(["msgcat", "--use-first", "-o", folder / "django.po", *sources], check=True)
    subprocess.run(["msgfmt", "-o", folder / "django.mo", folder / "django.po"], check=True)
    settings.LOCALE_PATHS = [str(tmp_path)]
    trans_real._translations.clear()
    yield
    trans_real._translations.clear()


def test_reference_pages_are_those_of_this_code(french):
    with translation.override("en"):
        made = reference.pages()
    stale = sorted(name for name, text in made.items() if not (DOCS / name).is_file() or (DOCS / name).read_text(encoding="utf-8") != text)
    assert stale == [], f"run `havre messages compile`, then `havre reference --out docs/reference`: {stale} differ"


def test_workflow_named_by_a_contract_is_in_the_reference():
    named = {name for contract in contracts() for name in contract.workflows}
    assert set(workflows()) == named


def test_setting_that_is_read_is_documented():
    read = {first or second for path in PACKAGE.rglob("*.py") for first, second in READ.findall(path.read_text(encoding="utf-8"))}
    # handed by `havre serve` to its own children; nobody sets it
    assert read - {"HAVRE_KEYS_SOCKET"} == {name for name, _default, _meaning in SETTINGS}


def test_role_command_and_errand_have_their_line():
    text = {name: (DOCS / f"{name}.md").read_text(encoding="utf-8") for name in ("roles", "commands", "errands")}
    assert [role.value for role in Role if f"`{role.value}`" not in text["roles"]] == []
    assert [name for name in COMMANDS if f"`havre {name}`" not in text["commands"]] == []
    assert [name for name in ERRANDS if f"| `{name}` |" not in text["errands"]] == []


def test_command_of_a_contract_can_be_called():
    named = {name for contract in contracts() for name in contract.commands}
    assert named - set(COMMANDS) == set()


def test_policy_book_holds_every_row_and_says_what_the_second_lock_does_not_stop():
    text = (DOCS / "policy-book.en.md").read_text(encoding="utf-8")
    numbers = [number for number, _row in (*reference.POLICY.allows, *reference.POLICY.forbids)]
    assert [number for number in numbers if f"| {number} |" not in text] == []
    assert "run SQL as the application's role" in text
