from datetime import date

import pytest
from django.urls import reverse

from havre import standards
from havre.publishing.documents import LANGUAGES, build
from havre.publishing.printing import as_pdf
from havre.trust.errors import Missing

DAY = date(2026, 11, 24)
EVERYWHERE = [(country, language) for country in ("gh", "tl", "th") for language in LANGUAGES]


@pytest.mark.parametrize(("country", "language"), EVERYWHERE)
def test_leaflet_is_bound_to_the_country_profile(country, language):
    document = build("rights", country=country, language=language, on=DAY)
    days = standards.packaged_fact("reflection_total_days", country).text(language)
    assert days in next(block.text for block in document.blocks if block.id == "reflection")
    assert next(block for block in document.blocks if block.id == "authorities").items != ()
    assert "{" not in "".join(block.text for block in document.blocks)


def test_number_nobody_dialled_is_not_printed(client):
    page = client.get(reverse("leaflet", args=["rights", "gh", "fr"])).content.decode()
    assert "0800" not in page
    assert "en cours de vérification" in page


def test_pdf_is_tagged_and_the_same_bytes_twice():
    document = build("rights", country="th", language="fr", on=DAY)
    first, second = as_pdf(document), as_pdf(document)
    assert first == second
    assert b"/MarkInfo" in first or b"pdfuaid" in first
    assert b"/Lang" in first


def test_leaflet_of_another_country_has_another_code():
    codes = {build("rights", country=country, language=language, on=DAY).code for country, language in EVERYWHERE}
    assert len(codes) == len(EVERYWHERE)


def test_leaflet_in_a_language_that_is_not_there_is_missing(client):
    with pytest.raises(Missing):
        build("rights", country="gh", language="xx", on=DAY)
    assert client.get("/i/rights/gh/xx/").status_code == 404


def test_leaflet_sets_no_cookie_and_loads_nothing_from_elsewhere(client):
    answer = client.get(reverse("leaflet", args=["rights", "th", "en"]))
    assert (answer.status_code, dict(answer.cookies)) == (200, {})
    assert "http://" not in answer.content.decode().replace("http://www.w3.org", "")
