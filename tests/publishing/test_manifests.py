"""What an artefact was made of: beside its text, what laid it out, in every format. Another layout is no other statement."""

from __future__ import annotations

import pytest

from havre.publishing import documents, manifests, texts
from havre.publishing.outputs import manifest_of
from tests.publishing.test_leaflet import DAY

FORMS = ("pdf a4", "web", "epub", "scorm12", "scorm2004", "cmi5")


def trial_in_french():
    return documents.draft("trial", "one", country="gh", language="fr", on=DAY)


@pytest.mark.parametrize("form", FORMS)
def test_manifest_names_what_laid_it_out_by_files_that_are_there(form):
    _engine, patterns = manifests.LAID_OUT[form.partition(" ")[0]]
    assert [pattern for pattern in patterns if not list(manifests.PLACE.glob(pattern))] == []
    frame = manifests.frame(form, "fr")
    assert tuple(frame) == manifests.FRAME
    assert all(frame.values())


def test_formats_that_are_laid_out_by_other_files_have_other_frames():
    assert len({manifests.frame(form, "fr")["frame"] for form in FORMS}) == 4


@pytest.mark.django_db
@pytest.mark.parametrize("form", FORMS)
def test_words_of_the_frame_are_in_the_manifest_and_in_no_code(trial, form):
    before = trial_in_french()
    first = manifest_of(before, form)
    path = texts.po_path("shared/terms", "fr")
    path.write_text(path.read_text(encoding="utf-8").replace('msgstr "Sommaire"', 'msgstr "Table"'), encoding="utf-8")
    trial.forget()
    after = trial_in_french()
    assert manifests.changed(first, manifest_of(after, form)) == ["terms"]
    assert after.code == before.code
    assert manifest_of(after, form)["terms"] != manifests.frame(form, "th")["terms"]
