"""Pictures that stand alone, tables beside them, and each number's way back to its method."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace

import polars as pl
import pytest

from havre.evidence.stats.changes import changes
from havre.evidence.stats.engines import Polars
from havre.evidence.stats.figures import flow_map, forest, trend_chart, write
from havre.evidence.stats.places import outlines, places, project, region_labels, regions
from havre.evidence.stats.profiles import flows
from havre.evidence.stats.trends import Mark
from havre.evidence.stats.vulnerability import determinants
from havre.standards import countries
from havre.standards.words import Words
from tests.evidence.stats.tables import SOURCE, frames, person
from tests.evidence.stats.test_changes import noisy, series
from tests.evidence.stats.vulnerability.known import population

LANGUAGES = ("fr", "en")


def routes():
    """Thirty inside Ghana, twenty to Togo, fifteen over Niger and Libya to Italy, three to Lebanon."""
    ways = [("GH", (), "GH")] * 30 + [("GH", (), "TG")] * 20 + [("GH", ("NE", "LY"), "IT")] * 15 + [("GH", (), "LB")] * 3
    events = []
    for number, (origin, via, end) in enumerate(ways):
        legs = [("Recruitment", origin), *(("Transit", one) for one in via), ("Exploitation", end)]
        events += [(f"p{number}", kind, place, country) for place, (kind, country) in enumerate(legs)]
    return flows(Polars(frames([person(n) for n in range(len(ways))], events)), SOURCE, regions=regions())


def study():
    frame = population(1500, 24, 5).with_columns((pl.col("DOV-H01") & ~pl.col("exploited")).alias("DOV-H02"))
    return determinants(frame, "exploited", cluster="community", source=SOURCE)


def broken():
    trend = series(noisy([12] * 20 + [40] * 28, 3), [Mark("2022-09", "dépistage étendu", "screening extended")])
    return trend, changes(trend, SOURCE, seed=3)


def drawn(language):
    trend, breaks = broken()
    return [
        flow_map(routes(), language),
        flow_map(routes(), language, near=True),
        trend_chart(trend, language, changes=breaks),
        forest(study(), language, outcome=Words("exploited", "exploitation")),
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_picture_stands_alone_and_is_told_in_words(language):
    for one in drawn(language):
        root = ET.fromstring(one.svg)
        tags = {element.tag.rpartition("}")[2] for element in root.iter()}
        assert tags <= {"svg", "title", "desc", "rect", "text", "line", "circle", "polygon", "path"}
        attributes = {name for element in root.iter() for name in element.attrib}
        assert not attributes & {"style", "href", "class", "onload"}
        assert root.find("{*}title").text == one.title
        assert len(root.find("{*}desc").text) > 20


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_numbers_leads_to_a_method_line(language):
    for one in drawn(language):
        assert len(one.head) == len(one.rows[0])
        for row in one.rows:
            marks = [int(mark) for mark in re.findall(r"\[(\d+)\]", row[-1])]
            # a row without a figure has no method
            assert marks or row[1:3] == ("–", "–")
            assert all(1 <= mark <= len(one.methods) for mark in marks)
        assert all(SOURCE.fingerprint[:12] in line for line in one.methods)


def test_method_lines_of_a_french_page_hold_no_english():
    lines = " ".join(line for one in drawn("fr") for line in one.methods)
    assert re.findall(r"\b(with|over|clusters|persons|ratio|median|level|survey|robust variance|of)\b", lines) == []
    assert "variance robuste sur 24 grappes (Mancl-DeRouen), t à 22 ddl" in lines


def test_method_lines_say_the_period_unless_each_row_does():
    assert all("; période 2024-01/2025-12;" in line for line in flow_map(routes(), "fr").methods)
    assert not any("période" in line for line in trend_chart(broken()[0], "fr").methods)


@pytest.mark.parametrize(("language", "words"), [("fr", ("Ghana → Niger → Libye → Italie", "entre régions", "23\u202f%")),
                                                 ("en", ("Ghana → Niger → Libya → Italy", "between regions", "23%"))])  # fmt: skip
def test_map_says_routes_kinds_and_shares_in_the_language(language, words):
    one = flow_map(routes(), language, k=11)
    # 15 of 65 + 3 = 68 whole routes
    shares = {row[0]: row[1:4] for row in one.rows}
    share = "22\u202f%" if language == "fr" else "22%"
    assert shares[words[0]] == (words[1], "15", share)


def test_map_holds_back_routes_of_few_persons_in_picture_and_table():
    one = flow_map(routes(), "en", k=11)
    assert [row[2] for row in one.rows] == ["30", "20", "15"]
    assert "Lebanon" not in one.svg
    assert "Routes of fewer than 11 persons are not shown." in one.notes
    assert not any("together" in note for note in one.notes)
    assert "Lebanon" in flow_map(routes(), "en", k=2).svg


def test_map_of_near_routes_leaves_the_far_ones_to_the_other():
    assert {row[1] for row in flow_map(routes(), "en", near=True).rows} == {"inside one country", "inside one region"}
    assert {row[1] for row in flow_map(routes(), "en", near=False).rows} == {"between regions"}


def test_map_without_a_route_says_so():
    one = flow_map((), "fr")
    assert (one.rows, one.notes) == ((), ("Aucun itinéraire de 11 personnes ou plus.",))
    ET.fromstring(one.svg)


def test_map_names_a_country_that_it_cannot_place():
    first = routes()[0]
    one = flow_map([replace(first, origin="XX", end="XX")], "en")
    assert "Not on the map, for want of a known country: XX." in one.notes


def test_trend_table_holds_each_count_and_leaves_a_gap_for_small_ones():
    trend = series([20, 5, 0, 30, 25, 26, 22, 21])
    one = trend_chart(trend, "en", k=11)
    assert [row[1] for row in one.rows] == ["20", "under 11", "0", "30", "25", "26", "22", "21"]
    assert one.rows[1][2] == "–"
    # one band before the gap, one after
    assert one.svg.count('fill-opacity="0.16"') == 3


def test_trend_says_the_break_with_its_interval_and_the_mark():
    trend, breaks = broken()
    one = trend_chart(trend, "fr", changes=breaks)
    assert one.notes[0] == "À partir de 2022-09 : dépistage étendu."
    assert one.notes[1].startswith(f"Rupture en {breaks.changes[0].period} (entre {breaks.changes[0].earliest}")
    assert "dépistage étendu" in one.svg


def test_mark_of_a_whole_year_stands_at_its_first_month():
    marked = replace(series([20] * 30), marks=(Mark("2022", "loi nouvelle", "new law"),))
    at_month = replace(series([20] * 30), marks=(Mark("2022-01", "loi nouvelle", "new law"),))
    assert trend_chart(marked, "en").svg == trend_chart(at_month, "en").svg


def test_forest_gives_the_ratio_as_the_result_has_it_and_the_reason_of_a_refusal():
    found = study()
    one = forest(found, "en")
    term = found.term("DOV-I09")
    row = next(row for row in one.rows if row[0] == term.factor.label.en)
    assert row[1:3] == (f"{term.adjusted.value:.2f}", f"{term.adjusted.low:.2f} – {term.adjusted.high:.2f}")
    assert row[5] == f"{term.adjusted.numerator} / {term.adjusted.denominator}"
    refused = next(row for row in one.rows if row[0].startswith(found.term("DOV-H02").factor.label.en))
    assert "withheld (penalised odds ratio 0." in refused[0]
    assert any(note.startswith(f"{found.term('DOV-H02').factor.label.en}: An empty or rare cell") for note in one.notes)
    assert one.warnings[0].startswith("Association only")
    assert "withheld" in one.svg


def test_pages_are_written_in_both_languages_with_their_pictures(tmp_path):
    pages = write({language: drawn(language) for language in LANGUAGES}, tmp_path, Words("Figures", "Figures chiffrées"))
    assert [page.name for page in pages] == ["figures.fr.html", "figures.en.html"]
    french = pages[0].read_text(encoding="utf-8")
    assert '<html lang="fr">' in french
    assert french.count("<svg") == 4
    assert "<script" not in french
    assert (tmp_path / "trend.en.svg").read_text(encoding="utf-8").startswith("<svg")


def test_every_country_of_the_list_has_a_place_and_every_region_a_name():
    assert set(places()) == {place.alpha2 for place in countries().countries}
    assert set(regions().values()) == set(region_labels())
    # the founding countries' regions, by UN M49
    assert [regions()[code] for code in ("GH", "TL", "TH", "CI", "LB")] == ["011", "035", "035", "011", "145"]
    assert all(-180 <= one.longitude <= 180 and -90 <= one.latitude <= 90 for one in places().values())


def test_outlines_hold_the_places_of_large_countries():
    land, _water = outlines()

    def inside(x, y):
        for ring in land:
            crossings = sum(
                (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1
                for (x1, y1), (x2, y2) in zip(ring, [*ring[1:], ring[0]], strict=True)
            )
            if crossings % 2:
                return True
        return False

    assert all(inside(places()[code].longitude, places()[code].latitude) for code in ("GH", "TH", "NG", "BR", "CN", "FR", "AU"))
    assert not inside(-30, 0)


def test_projection_keeps_areas():
    def cell(south):
        (x1, y1), (x2, _same), (_x, y2) = project(0, south), project(1, south), project(0, south + 0.5)
        return abs((x2 - x1) * (y2 - y1))

    # half a degree at 60° north is half as large as at the equator
    assert cell(60) / cell(0) == pytest.approx(0.5, rel=0.02)
