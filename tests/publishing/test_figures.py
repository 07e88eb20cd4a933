"""Factsheet and report: only what a published release shows, with its table, its threshold and its name."""

from datetime import date

import pypdfium2
import pytest
from django.utils import timezone

from havre.publishing.documents import build
from havre.publishing.printing import as_pdf
from havre.release.models import Release, ReleaseState
from havre.trust.enums import Role
from tests.factories import make_actor

DAY = date(2026, 11, 29)


@pytest.fixture
def release():
    shown = [
        [[["citizenships", "GH"]], 240],
        [[["citizenships", "TH"]], 35],
        [[["citizenships", "TL"]], None],
        [[], 290],
    ]
    now, by = timezone.now(), make_actor(Role.RAPPORTEUR).user
    fixed = {"state": ReleaseState.PUBLISHED, "digest": "ab" * 32, "published_at": now, "checked_at": now}
    return Release.objects.create(
        ref="2026-7",
        title="x",
        source="x",
        population="register",
        tables=[["citizenships"]],
        shown=shown,
        by=by,
        **fixed,
    )


def nodes(document):
    return {node.id: node for node in document.walk()}


@pytest.mark.parametrize(("language", "hidden"), [("en", "hidden"), ("fr", "masqué")])
def test_map_and_table_hold_the_published_counts_and_no_hidden_one(release, language, hidden):
    found = nodes(build("figures", "factsheet", country="gh", language=language, on=DAY))
    assert ("Ghana", "240") in found["by-citizenship.table"].rows
    assert {row[-1] for row in found["by-citizenship.table"].rows} == {"240", "35", hidden}
    svg = found["by-citizenship.picture"].data["svg"]
    assert ("240" in svg, "35" in svg, hidden in svg) == (True, True, True)
    assert "2026-7" in found["by-citizenship.source"].text


def test_figure_that_was_not_published_is_not_there(release):
    found = nodes(build("figures", "factsheet", country="gh", language="en", on=DAY))
    assert found["by-form"].text.startswith("No figures by form")
    Release.objects.filter(pk=release.pk).update(state=ReleaseState.SIGNED, published_at=None)
    assert nodes(build("figures", "factsheet", country="gh", language="en", on=DAY))["by-citizenship"].text.startswith("No figures")


def test_new_release_changes_the_code_of_the_papers_that_show_it(release):
    before = build("figures", "report", country="gh", language="fr", on=DAY)
    Release.objects.filter(pk=release.pk).update(digest="cd" * 32)
    after = build("figures", "report", country="gh", language="fr", on=DAY)
    assert before.code != after.code
    assert before.manifest["rows"]["releases"] != after.manifest["rows"]["releases"]


@pytest.mark.parametrize("country", ["gh", "tl", "th"])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_factsheet_and_report_are_set_for_every_country(release, country, language):
    for id, shape in (("factsheet", "sheet"), ("report", "book")):
        document = build("figures", id, country=country, language=language, on=DAY)
        first = as_pdf(document, shape)
        assert first == as_pdf(document, shape)
        assert b"pdfuaid" in first
        text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(first))
        assert "".join(document.subtitle.split()) in "".join(text.split())


@pytest.fixture
def by_age(release):
    """The release with a table of two columns, as the form of age and gender has it; one cell is hidden."""
    cells = {("adult", "Feminine"): 874, ("adult", "Masculine"): 566, ("minor", "Feminine"): 633, ("minor", "Masculine"): None}
    shown = [[[["age_group", age], ["gender", gender]], count] for (age, gender), count in cells.items()]
    Release.objects.filter(pk=release.pk).update(tables=[["age_group", "gender"]], shown=[*shown, [[], 2508]])


@pytest.mark.parametrize("language", ["pt", "tet", "th"])
def test_drawn_figures_are_set_in_the_languages_of_the_countries_too(by_age, language):
    for id, shape in (("factsheet", "sheet"), ("report", "book")):
        document = build("figures", id, country="th", language=language, on=DAY)
        assert "by-age-and-gender.picture" in nodes(document) or id == "report"
        assert b"pdfuaid" in as_pdf(document, shape)
