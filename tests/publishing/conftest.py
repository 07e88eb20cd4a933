"""The trial document, and who writes and who signs its words, for every test of publishing."""

from __future__ import annotations

import shutil

import pytest

from havre.publishing import pictograms, questions, sources, texts
from havre.trust.enums import Role
from tests.factories_site import make_now
from tests.publishing.trial import Trial


@pytest.fixture
def author():
    """Somebody who writes words on the page."""
    return make_now(Role.TRAINER)


@pytest.fixture
def reader():
    """Somebody else, who reads and signs them."""
    return make_now(Role.RAPPORTEUR)


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
