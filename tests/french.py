"""The French of the working tree, compiled apart for one test: `.mo` files are made at install and are not in the repository."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import trans_real

import havre


@pytest.fixture
def french(settings, tmp_path):
    """Everything inside this test speaks French, from the parts' own catalogues."""
    if shutil.which("msgfmt") is None:
        pytest.skip("msgfmt (GNU gettext) is needed to compile the French")
    sources = sorted(Path(havre.__file__).parent.glob("*/locale/fr/LC_MESSAGES/django.po"))
    folder = tmp_path / "fr" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    subprocess.run(["msgcat", "--use-first", "-o", folder / "django.po", *sources], check=True)
    subprocess.run(["msgfmt", "-o", folder / "django.mo", folder / "django.po"], check=True)
    settings.LOCALE_PATHS = [str(tmp_path)]
    trans_real._translations.clear()
    with translation.override("fr"):
        yield
    trans_real._translations.clear()


def speaks_french(actor) -> None:
    """The account's language, which a signed-in page follows."""
    actor.user.language = "fr"
    actor.user.save(update_fields=["language"])
