"""The trial document, for every test of publishing."""

from __future__ import annotations

import shutil

import pytest

from havre.publishing import pictograms, questions, sources, texts
from tests.publishing.trial import Trial


@pytest.fixture
def trial(tmp_path, monkeypatch):
    """The trial document, alone in a house of its own."""
    folder = tmp_path / "source"
    shutil.copytree(sources.SOURCE, folder)
    for module in (sources, texts, questions, pictograms):
        monkeypatch.setattr(module, "SOURCE", folder)
    yield Trial(folder)
    monkeypatch.undo()
    Trial.forget()
