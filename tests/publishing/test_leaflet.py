"""One leaflet through the front door: bound to the country, tagged, the same bytes twice, neutral and without traces."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.urls import reverse

from havre import standards
from havre.publishing.documents import build
from havre.publishing.models import Artefact
from havre.publishing.printing import as_pdf
from havre.publishing.sources import document
from havre.trust.errors import Missing

DAY = date(2026, 11, 24)
LANGUAGES = document("leaflets", "rights").languages
EVERYWHERE = [(country, language) for country in ("gh", "tl", "th") for language in LANGUAGES]


def made(country, language):
    return build("leaflets", "rights", country=country, language=language, on=DAY)


@pytest.mark.parametrize(("country", "language"), EVERYWHERE)
def test_leaflet_is_bound_to_the_country_profile(country, language):
    nodes = {node.id: node for node in made(country, language).walk()}
    days = standards.packaged_fact("reflection_total_days", country).text(language)
    assert days in nodes["reflection"].text
    assert nodes["authorities"].items != ()
    assert "{" not in "".join(text for node in nodes.values() for text in node.strings())


def test_number_nobody_dialled_is_not_printed(client):
    page = client.get(reverse("leaflet", args=["rights", "gh", "fr"])).content.decode()
    assert "0800" not in page
    assert "en cours de vérification" in page


def test_pdf_is_tagged_and_the_same_bytes_twice():
    first, second = (as_pdf(made("th", "fr"), "a4") for _ in range(2))
    assert first == second
    assert b"pdfuaid" in first
    assert b"pdfaid" in first


def test_leaflet_of_another_country_or_language_has_another_code():
    assert len({made(country, language).code for country, language in EVERYWHERE}) == len(EVERYWHERE)


def test_leaflet_in_a_language_that_is_not_there_is_missing(client):
    with pytest.raises(Missing):
        made("gh", "xx")
    assert client.get("/i/rights/gh/xx/").status_code == 404


def test_leaflet_sets_no_cookie_and_loads_nothing_from_elsewhere(client):
    answer = client.get(reverse("leaflet", args=["rights", "th", "en"]))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert "http://" not in answer.content.decode().replace("http://www.w3.org", "")


def test_code_of_a_paper_says_that_it_is_current(client):
    assert client.get(reverse("leaflet_pdf", args=["rights", "gh", "en"])).status_code == 200
    code = Artefact.objects.get().code
    page = client.get(reverse("paper_code", args=[code])).content.decode()
    assert "This paper is current" in page
    assert client.get(reverse("paper_code", args=["ABCDEFGHIJ"])).status_code == 404


def test_readers_who_ask_at_once_are_given_the_paper_that_each_asked_for():
    papers = [made(country, language) for country in ("gh", "tl") for language in ("en", "th")]
    alone = [as_pdf(paper, address="example.org/") for paper in papers]
    with ThreadPoolExecutor(4) as readers:
        asked = [readers.submit(as_pdf, paper, address="example.org/") for paper in papers]
        assert [one.result() for one in asked] == alone
