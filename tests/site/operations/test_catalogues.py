import gettext
import shutil
import subprocess
from pathlib import Path

import pytest

import havre
from havre.site.operations.catalogues import compile_catalogue

SOURCES = sorted(Path(havre.__file__).parent.glob("*/locale/fr/LC_MESSAGES/django.po"))


@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext is the judge here")
@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.parts[-5])
def test_catalogue_without_gettext_says_what_gettext_says(source, tmp_path):
    ours, theirs = tmp_path / "ours.mo", tmp_path / "theirs.mo"
    compile_catalogue(source, ours)
    subprocess.run(["msgfmt", "-o", theirs, source], check=True)
    with ours.open("rb") as one, theirs.open("rb") as other:
        found, expected = gettext.GNUTranslations(one), gettext.GNUTranslations(other)
    # msgfmt drops the day of collecting from the header; what a reader needs of it is the same
    heads = [one.info() for one in (found, expected)]
    assert [(head["content-type"], head["plural-forms"]) for head in heads] == [(heads[1]["content-type"], heads[1]["plural-forms"])] * 2
    assert {key: words for key, words in found._catalog.items() if key} == {key: words for key, words in expected._catalog.items() if key}
    assert len(expected._catalog) > 5


def test_catalogue_leaves_guesses_out(tmp_path):
    source = tmp_path / "django.po"
    source.write_text(
        'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n#, fuzzy\nmsgid "a"\nmsgstr "b"\n\nmsgid "c"\nmsgstr "d"\n'
    )
    assert compile_catalogue(source, tmp_path / "x.mo") == 2
