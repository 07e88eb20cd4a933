"""What a learner holds on paper: the self-test and the exercises, for every country and in both languages."""

from datetime import date

import pytest

from havre.publishing.documents import build

DAY = date(2026, 11, 24)


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("country", ["gh", "tl", "th"])
def test_self_test_and_exercises_build_everywhere(country, language):
    test = build("module", "self-test", country=country, language=language, on=DAY)
    assert [len(node.nodes) for node in test.walk() if node.kind == "questions"] == [40, 40]
    pages = build("module", "exercises", country=country, language=language, on=DAY)
    assert sum(len(node.items) for node in pages.walk() if node.kind == "form") >= 50
    for node in (*test.walk(), *pages.walk()):
        assert "{" not in "".join(node.strings())
