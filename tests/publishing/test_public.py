"""Public pages: five languages, no trace, no request elsewhere, light, every word in the page's own language."""

import gzip
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from django.utils.html import escape

from havre.publishing.site_words import site_words
from havre.publishing.sources import LANGUAGES
from havre.publishing.terms import every_term

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


def served(client, address, language="tet"):
    return client.get(address, headers={"Accept-Language": f"{language}, en;q=0.5", "Accept-Encoding": "gzip"})


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("public_languages", {}),
        ("public", {"language": "tet"}),
        ("leaflet", {"address": "p3", "country": "gh", "language": "tet"}),
        ("leaflet", {"address": "f2", "country": "gh", "language": "tet"}),
    ],
)
def test_public_page_says_its_language_and_comes_packed(client, name, named):
    answer = served(client, reverse(name, kwargs=named))
    page = gzip.decompress(answer.content).decode()
    assert (answer.status_code, answer["Content-Language"], '<html lang="tet">' in page) == (200, "tet", True)
    assert dict(answer.cookies) == {}


@pytest.mark.parametrize("language", ["fr", "th"])
def test_longest_public_page_is_light_as_it_is_served(client, language):
    answer = served(client, reverse("leaflet", args=["m1", "gh", language]))
    own = sum(len(Path(finders.find(name)).read_bytes()) for name in LOADED)
    assert len(answer.content) + own <= HEAVIEST


@pytest.mark.parametrize(
    "address", ["/i/c/AAAAAAAAAA/", "/i/zz/", "/i/rights/gh/xx/", "/i/none/gh/tet/", "/i/rights/zz/tet.pdf", "/i/m1/gh/tet/"]
)
def test_what_is_not_there_is_said_in_the_language_of_the_reader_without_a_trace(client, address):
    answer = served(client, address)
    page = gzip.decompress(answer.content).decode()
    told = every_term("tet")["unknown_code"] if "/c/" in address else site_words("tet")["nothing"]
    assert (answer.status_code, answer["Content-Language"], dict(answer.cookies)) == (404, "tet", {})
    assert ('<html lang="tet">' in page, escape(told) in page, "<form" in page) == (True, True, False)


def test_colours_of_a_dark_screen_are_not_printed():
    sheet = Path(finders.find("publishing/paper.css")).read_text()
    assert sheet.count("prefers-color-scheme") == sheet.count("@media screen and (prefers-color-scheme: dark)") == 1
