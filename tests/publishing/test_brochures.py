"""The series of brochures through the front door: every country, two pages in reading order, neutral, bound to the data; too long is refused."""

import re
import subprocess
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from havre import standards
from havre.publishing.documents import build, draft
from havre.publishing.fitting import PLACES
from havre.publishing.pictograms import drawing, names
from havre.publishing.printing import as_pdf
from havre.publishing.sources import document, editions
from havre.publishing.web import as_folder
from havre.trust.errors import Invalid

DAY = date(2026, 11, 29)
DOCUMENTS = editions()["brochures"].documents
COUNTRIES = ("gh", "tl", "th")
FOR_PERSONS = [id for id in DOCUMENTS if document("brochures", id).audience == "person"]
# what a paper must not call the one who holds it
LABELS = {"en": r"victim|traffick|prostitut|illegal|slave", "fr": r"victime|traite\b|prostitu|illégal|esclav"}
KNOWN = {}


def made(id, country="th", language="en"):
    return build("brochures", id, country=country, language=language, on=DAY, known=KNOWN)


def lengthened(document, panel, times):
    """The document with the words of one panel said over and over."""
    grown = tuple(replace(node, nodes=node.nodes * times) if node.id == panel else node for node in document.nodes)
    return replace(document, nodes=grown)


def said(pdf, tmp_path):
    """The text of a PDF in the order of its tags."""
    path = tmp_path / "paper.pdf"
    path.write_bytes(pdf)
    return subprocess.run(["pdfinfo", "-struct-text", str(path)], capture_output=True, text=True, check=True).stdout


def test_series_has_at_least_nine_documents_for_those_concerned_and_for_staff():
    assert len(DOCUMENTS) >= 9
    assert len(FOR_PERSONS) >= 7


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("id", DOCUMENTS)
def test_brochure_is_made_for_every_country_on_two_pages(id, language):
    for country in COUNTRIES:
        one = made(id, country, language)
        strings = [text for node in one.walk() for text in node.strings()]
        assert not [text for text in strings if re.search(r"[{}]", text)]
        assert 250 <= sum(len(text.split()) for text in strings) <= 700
        paper = as_pdf(one, "trifold", address="example.org/i/c/")
        assert len(re.findall(rb"/Type\s*/Page\b", paper)) == 2
        assert b"pdfuaid" in paper
        assert as_pdf(one, "a6").startswith(b"%PDF")


@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("id", FOR_PERSONS)
def test_paper_never_tells_who_holds_it_what_they_are(id, language):
    one = made(id, "th", language)
    written = [one.title, one.subtitle, *(text for node in one.walk() if node.law == () and node.kind != "list" for text in node.strings())]
    assert not [text for text in written if re.search(LABELS[language], text, re.IGNORECASE)]
    assert document("brochures", id).address.startswith("p")


@pytest.mark.parametrize("id", FOR_PERSONS)
def test_rights_and_what_not_to_do_are_withheld_rather_than_shown_stale(id):
    for block in document("brochures", id).walk():
        if block.kind == "rights" or block.id.endswith(("nobody", "steps")):
            assert block.data.get("safety"), block.id


def test_tags_read_cover_first_then_each_panel_whole(tmp_path):
    one = made("home-work")
    text = said(as_pdf(one, "trifold"), tmp_path)
    titles = {node.data["place"]: node.title for node in one.nodes}
    order = [f'H1 "{one.title}"', *(f'H2 "{titles[place]}"' for place in ("flap", "back", "inside1", "inside2", "inside3"))]
    places = [text.index(heading) for heading in order]
    assert places == sorted(places)


def test_days_of_the_period_are_those_of_the_country():
    for country in COUNTRIES:
        days = standards.packaged_fact("reflection_total_days", country).text("en")
        assert f"{days} days" in next(node.text for node in made("time", country).walk() if node.id == "time-days")


def test_number_nobody_dialled_stands_on_no_paper():
    for id in DOCUMENTS:
        assert not [text for node in made(id, "th").walk() for text in node.strings() if re.search(r"\d{3,}", text)]


@pytest.mark.parametrize("place", PLACES["trifold"])
def test_panel_that_does_not_fit_is_refused_by_name(place):
    one = made("women", "gh", "fr")
    panel = next(node.id for node in one.nodes if node.data["place"] == place)
    with pytest.raises(Invalid) as refusal:
        as_pdf(lengthened(one, panel, 12), "trifold")
    words = str(refusal.value)
    assert f"panel {panel}" in words
    assert "trifold" in words
    assert "fr" in words
    assert as_pdf(lengthened(one, panel, 12), "a6").startswith(b"%PDF")


def test_panel_that_lacks_or_is_there_twice_is_refused():
    one = made("women")
    for nodes in (one.nodes[:-1], (*one.nodes, one.nodes[0]), one.nodes[0].nodes):
        with pytest.raises(Invalid):
            as_pdf(replace(one, nodes=nodes), "trifold")


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(DOCUMENTS), st.sampled_from(COUNTRIES), st.sampled_from(["trifold", "a6"]))
def test_same_bytes_twice(id, country, shape):
    first, second = (as_pdf(made(id, country, "fr"), shape) for _ in range(2))
    assert first == second


def test_longer_text_takes_smaller_letters_before_it_is_refused():
    one = made("women")
    assert as_pdf(lengthened(one, "life", 2), "trifold").startswith(b"%PDF")


@pytest.mark.parametrize("name", names())
def test_pictogram_has_one_colour_and_its_place_gives_it(name):
    svg = drawing(name)
    assert set(re.findall(r'(?:fill|stroke)="([^"]+)"', svg)) <= {"none", "currentColor"}
    assert 'viewBox="0 0 48 48"' in svg
    assert "<text" not in svg


def test_page_has_each_drawing_with_its_alternative_text():
    one = draft("brochures", "young", country="tl", language="fr", on=DAY)
    page = as_folder(one)["index.html"].decode()
    figures = [node for node in one.walk() if node.kind == "figure"]
    assert page.count("<svg ") == len(figures)
    assert all(f'aria-label="{node.data["alt"]}"'.replace("'", "&#x27;") in page for node in figures)
