"""The operational guide and its pocket card: whole in three countries and five languages, bound to the workflow tables, readable as text."""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from functools import cache
from itertools import pairwise

import pypdfium2
import pytest
import yaml
from django.utils import translation

from havre.publishing import handbook, manifests, trees
from havre.publishing.documents import build, draft
from havre.publishing.printing import as_pdf
from havre.publishing.sources import LANGUAGES, SOURCE, document
from havre.publishing.terms import term
from havre.trust.wording import Wording
from havre.trust.workflows import workflows

DAY = date(2026, 11, 29)
COUNTRIES = ("gh", "tl", "th")
EVERYWHERE = [(country, language) for country in COUNTRIES for language in LANGUAGES]


@cache
def guide(country, language):
    return build("guide", "guide", country=country, language=language, on=DAY)


@cache
def pages(country, language, id="guide", shape="book"):
    made = build("guide", id, country=country, language=language, on=DAY)
    paper = pypdfium2.PdfDocument(as_pdf(made, shape))
    return [page.get_textpage().get_text_bounded() for page in paper]


def plain(text):
    # where a line is broken is the typesetter's, and pdfium writes a control character for a hyphen there: letters in order are compared
    return re.sub(r"[\s\x00-\x1f\u00ad\ufffe-]+", "", unicodedata.normalize("NFC", text))


@pytest.mark.parametrize(("country", "language"), EVERYWHERE)
def test_guide_builds_in_every_country_and_language(country, language):
    nodes = list(guide(country, language).walk())
    assert "{" not in "".join(text for node in nodes for text in node.strings())
    assert {node.kind for node in nodes} >= {"table", "form", "checklist", "figure", "index", "steps"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_guide_on_paper_has_contents_and_an_index_with_pages(language):
    found = pages("tl", language)
    assert len(found) >= 60
    assert term("contents", language) in found[1]
    last = "\n".join(found[-3:])
    words = [entry["words"] for node in guide("tl", language).walk() if node.kind == "index" for entry in node.data["entries"]]
    assert len(words) > 40
    lost = [word for word in words if not re.search(re.escape(word).replace(r"\ ", r"\s+") + r"\s+\d+", last)]
    assert lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_of_the_guide_comes_back_from_the_paper(language):
    # a table that runs over a page puts the foot of the page between its rows: each string is looked for by itself
    whole = plain("".join(pages("tl", language)))
    lost = [
        text
        for node in guide("tl", language).walk()
        if node.kind not in {"figure", "table"}
        for text in node.strings()
        if plain(text) not in whole and not _cut_by_a_page(plain(text), whole)
    ]
    assert lost == []


def _cut_by_a_page(text, whole):
    return any(text[:cut] in whole and text[cut:] in whole for cut in range(8, len(text) - 8))


def test_workflow_tables_of_the_guide_are_those_of_the_software():
    for language in ("en", "fr"):
        sections = {node.id: node for node in guide("tl", language).walk() if "-w-" in node.id and node.kind == "table"}
        assert len(sections) >= 25
        for id, node in sections.items():
            name = id.split("-w-")[1].removesuffix(".steps")
            rows = [(row.step, row.start, row.end, row.who, row.after, row.law) for row in workflows()[name].as_table(language)]
            assert list(node.rows) == rows, id


@pytest.mark.parametrize("language", ["pt", "tet"])
def test_no_word_of_a_step_lies_over_another_or_beyond_the_margin(language):
    paper = pypdfium2.PdfDocument(as_pdf(guide("tl", language), "book"))
    shown = [page for page in paper if term("only_after", language) in page.get_textpage().get_text_bounded()]
    assert len(shown) > 15
    assert [fault for page in shown for fault in _over(page)] == []


def _over(page):
    """Letters that begin before the one to their left on the line has ended, and letters in the margin."""
    text, lines = page.get_textpage(), {}
    for place in range(text.count_chars()):
        letter = text.get_text_range(place, 1)
        if letter.strip():
            left, low, right, _high = text.get_charbox(place, loose=True)
            lines.setdefault(round(low), []).append((left, right, letter))
    for line in lines.values():
        line.sort()
        yield from (letter for _left, right, letter in line if right > page.get_width() - 55)
        for (_l, end, before), (start, _r, after) in pairwise(line):
            # ligatures share their box, and words on an arrow are drawn twice, with a halo
            if end - start > 2.2 and before != after and f"{before}{after}" not in {"fi", "fl", "ff"}:
                yield f"{before}{after}"


def test_steps_of_identification_stand_on_the_paper():
    whole = plain("".join(pages("tl", "en")))
    assert [row.step for row in workflows()["identification"].as_table("en") if plain(row.step) not in whole] == []


def test_changed_workflow_row_changes_only_that_row_of_the_manifest(monkeypatch):
    before = draft("guide", "guide", country="tl", language="en", on=DAY)
    known = workflows()
    table = known["claim"]
    moves = (replace(table.moves[0], step="tell_at_once", label=""), *table.moves[1:])
    changed = {**known, "claim": replace(table, moves=moves)}
    monkeypatch.setattr(handbook, "workflows", lambda: changed)
    monkeypatch.setattr("havre.publishing.bound.workflows", lambda: changed)
    after = draft("guide", "guide", country="tl", language="en", on=DAY)
    assert manifests.changed(before.manifest, after.manifest) == ["workflows claim"]
    assert before.code != after.code


def test_tree_has_every_act_of_its_workflow_and_says_it_in_words():
    for name in ("identification", "referral", "suspect"):
        table = workflows()[name]
        tree = trees.forks(table, Wording("fr"))
        assert sum(len(fork.branches) for fork in tree) == sum(len(move.starts) for move in table.moves)
        pieces = list(trees.pages(tree))
        assert [branch for piece in pieces for fork in piece for branch in fork.branches] == [b for fork in tree for b in fork.branches]
        with translation.override("fr"):
            assert all(str(move.end.label) in trees.spoken(tree) for move in table.moves)
        assert trees.ladder(name, pieces[0]) == trees.ladder(name, pieces[0])


def test_time_limits_are_those_of_the_clocks_and_of_the_country():
    found = {country: next(node for node in guide(country, "en").walk() if node.id == "xl-all") for country in ("tl", "th")}
    recovery = {country: _recovery(node) for country, node in found.items()}
    assert recovery["tl"] == "30 days"
    assert recovery["th"].count("days") == 2


def _recovery(node):
    return next(row[1] for row in node.rows if "ecovery" in row[0])


def test_every_row_of_the_coverage_points_at_blocks_that_exist():
    rows = yaml.safe_load((SOURCE / "guide" / "coverage.yaml").read_text(encoding="utf-8"))["rows"]
    ids = {block.id for block in document("guide", "guide").walk()}
    assert len({row["id"] for row in rows}) == len(rows) == 57
    assert {row["pillar"] for row in rows} == {0, 1, 2, 3, 4}
    assert [(row["id"], block) for row in rows for block in row["blocks"] if block not in ids] == []
    assert all(row["blocks"] for row in rows)


def test_index_of_thai_words_is_in_the_order_of_a_dictionary():
    # a vowel before its consonant is sorted after it: เด็ก (child) stands among the words in ด, not after ผู้เสียหาย (victim)
    words = ["ผู้เสียหาย", "เด็ก", "แรงงาน", "ค่าเสียหาย", "ตำรวจ", "ใบสั่ง", "ไกล่เกลี่ย"]
    assert sorted(words, key=handbook._order) == ["ไกล่เกลี่ย", "ค่าเสียหาย", "เด็ก", "ตำรวจ", "ใบสั่ง", "ผู้เสียหาย", "แรงงาน"]


def test_index_leads_to_sections_that_exist():
    ids = {block.id for block in document("guide", "guide").walk()}
    index = next(block for block in document("guide", "guide").walk() if block.kind == "index")
    assert set(index.data["places"]) == set(index.data["items"])
    assert [place for places in index.data["places"].values() for place in places if place not in ids] == []


@pytest.mark.parametrize(("country", "language"), EVERYWHERE)
def test_card_is_one_sheet_in_reading_order(country, language):
    found = pages(country, language, "aide-memoire", "card")
    made = build("guide", "aide-memoire", country=country, language=language, on=DAY)
    assert len(found) == 2
    whole = plain("".join(found))
    places = [whole.find(plain(node.title)) for node in made.nodes]
    assert -1 not in places
    assert places == sorted(places)
    assert [text for node in made.walk() for text in node.strings() if plain(text) not in whole] == []


def test_card_is_short():
    words = sum(len(re.findall(r"[\w’]+", unit.text)) for block in document("guide", "aide-memoire").walk() for unit in block.units())
    assert words <= 350


def test_guide_is_the_same_bytes_twice():
    made = guide("tl", "en")
    assert as_pdf(made, "book") == as_pdf(made, "book")
