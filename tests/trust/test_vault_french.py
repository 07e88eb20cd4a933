"""Whoever unlocks the vault reads what is wrong, and what to do, in French too."""

import subprocess
from pathlib import Path

import pytest
from django.utils import translation

import havre
from havre.trust.vault import keyfile

CATALOGUE = Path(havre.__file__).parent / "trust" / "locale" / "fr" / "LC_MESSAGES" / "django.po"


def test_catalogue_is_whole_and_its_placeholders_agree(tmp_path):
    done = subprocess.run(
        ["msgfmt", "--check-format", "--statistics", "-o", str(tmp_path / "out.mo"), str(CATALOGUE)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "untranslated" not in done.stderr
    assert "fuzzy" not in done.stderr


def test_fault_says_what_and_how_to_mend_under_any_language(tmp_path):
    with translation.override("fr"), pytest.raises(keyfile.KeyFault) as fault:
        keyfile.KeyFile.open(tmp_path / "absent", "x")
    assert str(tmp_path / "absent") in fault.value.what
    assert "havre keys make" in fault.value.mend
