"""Former words say of which day they are, on paper and on the page, and a PO file keeps the day of each of its words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from havre.publishing import documents, printing, revisions, tables, texts, web
from havre.publishing.models import TextRevision
from havre.publishing.sources import every_file
from havre.publishing.terms import former
from havre.trust.enums import Role
from tests.factories_site import make_now
from tests.publishing.test_leaflet import DAY
from tests.publishing.trial import BLOCKS, FRENCH, TETUM, THAI

TOLD = {
    "fr": "Texte du 2 novembre 2026 ou antérieur. Il a été modifié depuis.",
    "tet": "Liafuan sira hosi 2 Novembru 2026 ka molok ne'e. Testu muda tiha ona.",
    # years of the Buddhist era
    "th": "ข้อความของวันที่ 2 พฤศจิกายน พ.ศ. 2569 หรือก่อนหน้านั้น ต้นฉบับมีการแก้ไขภายหลัง",
}
WORDS = {"fr": FRENCH, "tet": TETUM, "th": THAI}


def reworded(trial, language):
    """The document after its first block says something else in English."""
    trial.words(language, WORDS[language], on="2026-11-02")
    trial.written({}, [{**BLOCKS[0], "text": BLOCKS[0]["text"] + " You decide."}, BLOCKS[1]])
    return documents.draft("trial", "one", country="gh", language=language, on=DAY)


@pytest.mark.django_db
@pytest.mark.parametrize("language", sorted(TOLD))
def test_former_words_bear_their_day_on_paper_and_on_the_page(trial, language):
    made = reworded(trial, language)
    assert [node.stale for node in made.walk()] == [TOLD[language], ""]
    assert TOLD[language].replace("'", "&#x27;") in web.as_folder(made)["index.html"].decode()
    page = pypdfium2.PdfDocument(printing.as_pdf(made))[0].get_textpage().get_text_bounded()
    assert "".join(TOLD[language].split()) in "".join(page.split())


@pytest.mark.django_db
def test_words_of_the_page_bear_the_day_on_which_they_were_saved(trial):
    by = make_now(Role.TRAINER)
    revisions.write(file="trial/one", unit="opening.text", language="fr", text=FRENCH["opening.text"], by=by)
    made = reworded(trial, "fr")
    saved = TextRevision.objects.get().written_at.date()
    assert next(made.walk()).stale == former({saved.isoformat()}, "fr")


@pytest.mark.django_db
def test_another_day_of_former_words_is_another_edition(trial):
    first = reworded(trial, "fr")
    known = dict(texts.entries("trial/one", "fr"))
    texts.po_path("trial/one", "fr").write_bytes(
        texts.written("trial/one", "fr", {id: replace(entry, written_on="2026-11-03") for id, entry in known.items()})
    )
    trial.forget()
    again = documents.draft("trial", "one", country="gh", language="fr", on=DAY)
    assert again.code != first.code


def test_notice_names_the_newest_day_and_none_when_one_is_not_known():
    assert former({"2026-11-02", "2026-10-30"}, "en") == "Words of 2 November 2026 or earlier. The text has been changed since."
    assert former({"2026-11-02", ""}, "en") == "This part was translated from an earlier text."


@given(st.lists(st.sampled_from(["", "2025-02-28", "2026-11-02", "2026-11-03"]), min_size=4, max_size=4), st.booleans())
def test_days_of_words_come_back_from_the_file(days, signed):
    units = list(texts.units_of("leaflets/rights").values())[: len(days)]
    reviewer = {"reviewer": "A. Reader", "reviewed_on": "2026-11-20"} if signed else {}
    known = {unit.id: texts.Entry(unit.text, unit.text, written_on=day, **reviewer) for unit, day in zip(units, days, strict=True)}
    content = texts.written("leaflets/rights", "fr", known)
    again = {id: entry for id, entry in texts.parsed(content, "a.po").items() if entry.text}
    assert again == known
    assert texts.written("leaflets/rights", "fr", again) == content


def test_every_shipped_translation_has_its_day():
    found = {
        f"{file}.{language}": {entry.written_on for entry in texts.entries(file, language).values() if entry.text}
        for file in (*every_file(), *tables.TABLES)
        for language in ("fr", "pt", "tet", "th")
    }
    assert sum(map(len, found.values())) > 200
    assert [name for name, days in found.items() if any(not day or date.fromisoformat(day) > date(2100, 1, 1) for day in days)] == []
