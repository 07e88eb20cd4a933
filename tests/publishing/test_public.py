"""Public pages: five languages, no trace, no request elsewhere, light, every word in the page's own language."""

import gzip

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse

from havre.publishing.site_words import site_words
from havre.publishing.sources import LANGUAGES

# what one page may weigh with everything that it loads (design: 80 kB)
HEAVIEST = 80_000
LOADED = ("site/mark.svg", "publishing/paper.css", "site/leave.js")


def weight(body: bytes) -> int:
    return len(gzip.compress(body)) + sum(len(gzip.compress(open(finders.find(name), "rb").read())) for name in LOADED)


@pytest.mark.parametrize("language", LANGUAGES)
def test_public_page_leaves_no_trace_and_is_light(client, language):
    answer = client.get(reverse("public", args=[language]))
    page = answer.content.decode()
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert f'lang="{language}"' in page
    assert "serviceWorker" not in page
    assert page.count("http") == 0
    assert weight(answer.content) <= HEAVIEST


@pytest.mark.parametrize("language", [code for code in LANGUAGES if code != "en"])
def test_public_page_has_no_sentence_of_another_language(client, language):
    page = client.get(reverse("public", args=[language])).content.decode()
    mine = site_words(language)
    for other in LANGUAGES:
        words = site_words(other)
        foreign = [words[key] for key in words if other != language and len(words[key]) > 14 and words[key] != mine[key]]
        assert [text for text in foreign if text in page] == []


def test_number_nobody_dialled_is_on_no_public_page(client):
    page = client.get(reverse("public", args=["en"])).content.decode()
    assert "tel:" not in page
    assert site_words("en")["no_numbers"] in page


def test_language_that_is_not_there_is_missing(client):
    assert client.get(reverse("public", args=["xx"])).status_code == 404


def test_languages_are_named_as_their_speakers_do(client):
    page = client.get(reverse("public_languages")).content.decode()
    assert all(name in page for name in ("Français", "Português", "Tetun", "ไทย"))
